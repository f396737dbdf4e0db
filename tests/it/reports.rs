//! Each report is read by what it is written for, or held against what its format documents; what it proposes is what `fix` writes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::common::{read_tree, run_binary, write_tree};
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::Value;
use tempfile::TempDir;

/// Names that would be markup, an option or the end of a field where they are not escaped.
const HOSTILE: &str = "a b,c:d%0A<img src=x onerror=alert(1)>|@team#1`.py";

/// A repository with what is hard to show: files of several encodings and line endings, characters of several bytes before a value,
/// a notebook, a value in another module, one for a human, an unsafe one, and several alike.
fn repository() -> TempDir {
    let import = "from sqlalchemy.orm import relationship\n";
    let files: &[(&str, String)] = &[
        ("app/wide.py", format!("{import}x = 'a\u{10428}b', relationship('Ä', cascade='all')\n")),
        (
            "app/crlf.py",
            format!("{import}\ny = relationship(\n    'B',\n    cascade='all, delete',\n)\n").replace('\n', "\r\n"),
        ),
        ("app/constants.py", "OWNED = 'all, delete-orphan'\n".to_owned()),
        ("app/uses.py", format!("{import}from app.constants import OWNED\na = relationship('A', cascade=OWNED)\n")),
        (
            "app/twins.py",
            format!("{import}a = relationship('A', cascade='all')\nb = relationship('A', cascade='all')\n"),
        ),
        (
            "app/several.py",
            format!(
                "{import}a = relationship(\n    'A',\n    cascade=(\n        'all, '\n        'delete-orphan'\n    ),\n)\n"
            ),
        ),
        (
            "app/human.py",
            format!("{import}a = relationship('A', cascade=unknown())\nb = relationship('A', cascade='al')\n"),
        ),
        ("app/unused.py", "y = 1  # cascade-fix: ignore\n".to_owned()),
        ("app/held.py", format!("{import}a = relationship('A', cascade='save-update, merge, delete-orphan')\n")),
        (HOSTILE, format!("{import}class A<B:\n    pass\nz = relationship('</td>`|@team', cascade='all')\n")),
        ("note.ipynb", notebook(&[import, "q = 'é'; w = relationship('W', cascade=\"all\")\n"])),
    ];
    let folder = TempDir::new().unwrap();
    let mut tree: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes())).collect();
    let latin = b"# -*- coding: latin-1 -*-\nfrom sqlalchemy.orm import relationship\nx = '\xe4', relationship('A', cascade='all')\n";
    tree.insert("app/latin.py".to_owned(), latin.to_vec());
    tree.insert(
        "app/bom.py".to_owned(),
        format!("\u{feff}{import}a = relationship('A', cascade='all')\n").into_bytes(),
    );
    tree.insert("broken.py".to_owned(), b"cascade='\xff'\n".to_vec());
    tree.insert("pyproject.toml".to_owned(), b"[project]\nname = 'app'\n".to_vec());
    write_tree(&tree, folder.path());
    folder
}

fn notebook(lines: &[&str]) -> String {
    let cell = serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null, "source": lines});
    let all = serde_json::json!({"cells": [cell], "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5});
    serde_json::to_string_pretty(&all).unwrap()
}

fn report(folder: &Path, format: &str) -> String {
    let all = ["check", "--isolated", "--quiet", "--select", "CAS", "--output-format", format];
    let run = run_binary(folder, &all);
    assert_eq!(run.status.code(), Some(1), "{format}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

fn json(folder: &Path, format: &str) -> Value {
    serde_json::from_str(&report(folder, format)).unwrap()
}

fn validate(schema: &str, value: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/schemas").join(schema);
    // the pattern for languages in SARIF's schema has a bracket too many, which strict readers refuse
    let schema = std::fs::read_to_string(path).unwrap().replace(r"[a-zA-Z]{2}]?$", r"[a-zA-Z]{2}$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// The file's text, decoded as the fixtures are encoded.
fn text_of(name: &str, bytes: &[u8]) -> String {
    let text = match name {
        "app/latin.py" => bytes.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8(bytes.to_vec()).unwrap(),
    };
    text.trim_start_matches('\u{feff}').to_owned()
}

/// The offset of a place, 1-based; columns are counted by what `width` says of a character.
fn offset(text: &str, line: u64, column: u64, width: fn(char) -> usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line as usize - 1).map(str::len).sum();
    let mut counted = 1;
    let at = text[start..].char_indices().find(|(_, character)| {
        let is_there = counted == column as usize;
        counted += width(*character);
        is_there
    });
    start + at.map_or(text.len() - start, |(at, _)| at)
}

/// Carries out replacements of ranges, the last one first, and holds each file against what `fix` makes of it.
fn assert_fixes_as_fix(folder: &Path, replaced: BTreeMap<String, BTreeSet<(usize, usize, String)>>) {
    let before = read_tree(folder);
    let run = run_binary(folder, &["fix", "--isolated", "--quiet", "--select", "CAS"]);
    assert_eq!(run.status.code(), Some(0));
    for (name, fixed) in read_tree(folder) {
        if name == "broken.py" {
            continue;
        }
        let mut text = text_of(&name, &before[&name]);
        for (start, end, with) in replaced.get(&name).into_iter().flatten().rev() {
            text.replace_range(*start..*end, with);
        }
        assert_eq!(text, text_of(&name, &fixed), "{name}");
        assert_eq!(replaced.contains_key(&name), before[&name] != fixed, "{name}");
    }
}

/// Whether several findings are in the report, each as many times as in JSON.
fn findings(folder: &Path) -> Vec<Value> {
    json(folder, "json")["findings"].as_array().unwrap().clone()
}

#[test]
fn sarif_is_valid_and_its_fixes_are_those_of_fix() {
    let folder = repository();
    let sarif = json(folder.path(), "sarif");
    validate("sarif-2.1.0.json", &sarif);
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), findings(folder.path()).len());
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let notifications = invocation["toolExecutionNotifications"].as_array().unwrap();
    let levels: Vec<&str> = notifications.iter().map(|one| one["level"].as_str().unwrap()).collect();
    assert_eq!(levels.iter().filter(|level| **level == "warning").count(), 1, "a syntax error: {notifications:?}");
    assert_eq!(levels.iter().filter(|level| **level == "note").count(), 2, "skipped, unused: {notifications:?}");
    assert_eq!(levels.len(), 3);
    let mut replaced: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
    let files = read_tree(folder.path());
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        for change in
            result["fixes"].as_array().into_iter().flatten().flat_map(|fix| fix["artifactChanges"].as_array().unwrap())
        {
            let uri = change["artifactLocation"]["uri"].as_str().unwrap();
            let name = percent_encoding::percent_decode_str(uri).decode_utf8().unwrap().into_owned();
            let text = text_of(&name, &files[&name]);
            for replacement in change["replacements"].as_array().unwrap() {
                let region = &replacement["deletedRegion"];
                let at = |line, column| {
                    offset(&text, region[line].as_u64().unwrap(), region[column].as_u64().unwrap(), |_| 1)
                };
                let with = replacement["insertedContent"]["text"].as_str().unwrap().to_owned();
                let range = (at("startLine", "startColumn"), at("endLine", "endColumn"), with);
                replaced.entry(name.clone()).or_default().insert(range);
            }
        }
    }
    assert_fixes_as_fix(folder.path(), replaced);
}

#[test]
fn fingerprints_tell_findings_apart_and_stay_when_other_lines_move() {
    let folder = repository();
    let of_sarif = |sarif: &Value| -> Vec<String> {
        let results = sarif["runs"][0]["results"].as_array().unwrap().iter();
        results.map(|result| result["partialFingerprints"]["cascadeFix/v1"].as_str().unwrap().to_owned()).collect()
    };
    let of_gitlab = |issues: &Value| -> Vec<String> {
        issues.as_array().unwrap().iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let before = of_sarif(&json(folder.path(), "sarif"));
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), before.len());
    assert_eq!(of_gitlab(&json(folder.path(), "gitlab")), before);
    let twins = folder.path().join("app/twins.py");
    let text = std::fs::read_to_string(&twins).unwrap();
    std::fs::write(&twins, format!("# one more line\n\n{}", text.replace("'A'", "\n    'A'"))).unwrap();
    assert_eq!(of_sarif(&json(folder.path(), "sarif")), before);
}

#[test]
fn gitlab_has_what_its_documentation_asks_for() {
    let folder = repository();
    let issues = json(folder.path(), "gitlab");
    validate("gitlab-code-quality.json", &issues);
    let places = |value: &Value, path: &str, line: &str| (value.pointer(path).cloned(), value.pointer(line).cloned());
    let all = findings(folder.path());
    assert_eq!(issues.as_array().unwrap().len(), all.len());
    for (issue, finding) in
        issues.as_array().unwrap().iter().zip(all).filter(|(_, finding)| finding["path"] != "note.ipynb")
    {
        let of_issue = places(issue, "/location/path", "/location/positions/begin/line");
        assert_eq!(of_issue, places(&finding, "/path", "/start/line"));
    }
    let of_notebook =
        issues.as_array().unwrap().iter().find(|issue| issue["location"]["path"] == "note.ipynb").unwrap();
    let json = std::fs::read_to_string(folder.path().join("note.ipynb")).unwrap();
    let line = json.lines().position(|line| line.contains("cascade")).unwrap() + 1;
    assert_eq!(
        of_notebook["location"]["positions"]["begin"]["line"], line,
        "the line of the file, not that of the cell"
    );
}

#[test]
fn rdjson_suggests_on_the_range_of_the_diagnostic_what_fix_writes() {
    let folder = repository();
    let rdjson = json(folder.path(), "rdjson");
    validate("rdjson.json", &rdjson);
    let lines: Vec<Value> =
        report(folder.path(), "rdjsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rdjson["diagnostics"].as_array().unwrap(), &lines);
    let files = read_tree(folder.path());
    let mut replaced: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
    for diagnostic in &lines {
        let name = diagnostic["location"]["path"].as_str().unwrap();
        let text = text_of(name, &files[name]);
        for suggestion in diagnostic["suggestions"].as_array().into_iter().flatten() {
            let range = &suggestion["range"];
            assert_eq!(range, &diagnostic["location"]["range"]);
            let at = |end: &str| {
                let place = |what: &str| range[end][what].as_u64().unwrap();
                offset(&text, place("line"), place("column"), char::len_utf8)
            };
            let with = suggestion["text"].as_str().unwrap().to_owned();
            replaced.entry(name.to_owned()).or_default().insert((at("start"), at("end"), with));
        }
    }
    assert_fixes_as_fix(folder.path(), replaced);
}

#[test]
fn columns_are_what_each_format_counts() {
    let folder = repository();
    // x = 'a𐐨b', relationship('Ä', cascade='all')
    let in_wide = |value: &Value, path: &str| value.pointer(path).is_some_and(|path| path == "app/wide.py");
    let rdjson = json(folder.path(), "rdjson");
    let diagnostics = rdjson["diagnostics"].as_array().unwrap();
    let diagnostic = diagnostics.iter().find(|one| in_wide(one, "/location/path")).unwrap();
    assert_eq!(diagnostic.pointer("/location/range/start").unwrap(), &serde_json::json!({"line": 2, "column": 42}));
    let sarif = json(folder.path(), "sarif");
    let uri = "/locations/0/physicalLocation/artifactLocation/uri";
    let result = sarif["runs"][0]["results"].as_array().unwrap().iter().find(|one| in_wide(one, uri)).unwrap().clone();
    assert_eq!(result.pointer("/locations/0/physicalLocation/region/startColumn").unwrap(), 38);
    let line = "::warning file=app/wide.py,line=2,endLine=2,col=38,endColumn=43,title=CAS001 all-cascade::";
    assert!(report(folder.path(), "github").contains(line));
}

/// A command as the runner of GitHub Actions takes it apart (`ActionCommand.TryParseV2`).
fn runner_reads(line: &str) -> (String, BTreeMap<String, String>, String) {
    let (head, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (command, properties) = head.split_once(' ').unwrap();
    let back = |text: &str| {
        text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    };
    let pairs = properties.split(',').map(|pair| pair.split_once('=').unwrap());
    let properties = pairs.map(|(key, value)| (key.to_owned(), back(value))).collect();
    (command.to_owned(), properties, back(data))
}

#[test]
fn the_runner_of_github_actions_reads_back_what_was_said() {
    let folder = repository();
    let commands: Vec<_> = report(folder.path(), "github").lines().map(runner_reads).collect();
    let all = findings(folder.path());
    for ((level, properties, said), finding) in commands.iter().zip(&all) {
        assert_eq!(level, finding["severity"].as_str().unwrap());
        assert_eq!(properties["file"], finding["path"].as_str().unwrap());
        assert_eq!(
            properties["title"],
            format!("{} {}", finding["code"].as_str().unwrap(), finding["name"].as_str().unwrap())
        );
        assert!(said.starts_with(finding["message"].as_str().unwrap()), "{said}");
        if finding["path"] != "note.ipynb" {
            assert_eq!(properties["line"], finding["start"]["line"].to_string());
            assert_eq!(properties["endLine"], finding["end"]["line"].to_string());
        }
        assert_eq!(properties.contains_key("col"), properties["line"] == properties["endLine"]);
    }
    let rest = commands[all.len()..].iter().map(|(level, properties, said)| {
        let at = ["line", "col"].map(|name| properties.get(name).map_or("", String::as_str)).join(":");
        format!("{level} {}:{at} {}", properties["file"], said.split(':').next().unwrap())
    });
    let expected = [
        format!("warning {HOSTILE}:2:8 a syntax error; only the statements that parse were checked"),
        "notice app/unused.py:1:8 `# cascade-fix".to_owned(),
        "notice broken.py:: skipped".to_owned(),
    ];
    assert_eq!(rest.collect::<BTreeSet<_>>(), BTreeSet::from(expected));
}

#[test]
fn junit_has_a_case_for_each_finding() {
    let folder = repository();
    let read = Report::deserialize_from_str(&report(folder.path(), "junit")).unwrap();
    let cases = read.test_suites.iter().flat_map(|suite| &suite.test_cases);
    let (failed, errors): (Vec<_>, Vec<_>) =
        cases.partition(|case| matches!(case.status, TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, .. }));
    assert_eq!(failed.len(), findings(folder.path()).len());
    assert_eq!(errors.len(), 1, "broken.py is skipped");
    let of_notebook =
        failed.iter().find(|case| case.classname.as_ref().is_some_and(|name| name.as_str() == "note.ipynb"));
    let json = std::fs::read_to_string(folder.path().join("note.ipynb")).unwrap();
    let line = json.lines().position(|line| line.contains("cascade")).unwrap() + 1;
    assert_eq!(of_notebook.unwrap().extra["line"].as_str(), line.to_string(), "the line of the file");
    assert!(failed.iter().any(|case| case.classname.as_ref().is_some_and(|name| name.as_str() == HOSTILE)));
    let clean = TempDir::new().unwrap();
    let read = Report::deserialize_from_str(
        &String::from_utf8(run_binary(clean.path(), &["check", "-q", "--output-format", "junit"]).stdout).unwrap(),
    );
    assert_eq!(read.unwrap().tests, 1, "a report without a case counts as one that went wrong");
}

#[test]
fn markdown_shows_what_it_is_given_and_nothing_else() {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    let folder = repository();
    let markdown = report(folder.path(), "markdown");
    let (mut columns, mut cells, mut shown) = (0, 0, String::new());
    for event in Parser::new_ext(&markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Table(alignments)) => columns = alignments.len(),
            Event::Start(Tag::TableHead | Tag::TableRow) => cells = 0,
            Event::Start(Tag::TableCell) => cells += 1,
            Event::End(pulldown_cmark::TagEnd::TableRow) => assert_eq!(cells, columns),
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(dest_url.starts_with("https://docs.sqlalchemy.org/"), "{dest_url}")
            }
            Event::Start(Tag::Image { .. }) => panic!("an image"),
            Event::Html(html) | Event::InlineHtml(html) => assert_eq!(&*html, "<!-- -->"),
            Event::Code(code) => shown.extend([&*code, "\n"]),
            Event::Text(text) => {
                assert!(!text.contains("@team"), "{text}");
                shown.extend([&*text, "\n"]);
            }
            _ => {}
        }
    }
    for finding in findings(folder.path()) {
        assert!(shown.contains(finding["path"].as_str().unwrap()), "{shown}");
    }
    assert!(shown.contains("unsafe fixes") && shown.contains("For a human") && shown.contains("broken.py"), "{shown}");
}

#[test]
fn markdown_folds_what_a_host_has_no_room_for() {
    let folder = TempDir::new().unwrap();
    let classes: String = (0..1000)
        .map(|index| format!("    r{index} = relationship('Target{index}', cascade='all, delete-orphan')\n"))
        .collect();
    std::fs::write(
        folder.path().join("models.py"),
        format!("from sqlalchemy.orm import relationship\nclass A(Base):\n{classes}"),
    )
    .unwrap();
    let markdown = report(folder.path(), "markdown");
    assert!(markdown.chars().count() <= 65_536, "{}", markdown.chars().count());
    assert!(markdown.contains("<details>") && markdown.contains("800 more"), "{}", &markdown[markdown.len() - 500..]);
}

#[test]
fn several_reports_of_one_run() {
    let folder = repository();
    let run = run_binary(
        folder.path(),
        &[
            "check",
            "--isolated",
            "--select",
            "CAS",
            "--output",
            "sarif=a.sarif",
            "--output",
            "markdown=pr.md",
            "--output-file",
            "all.json",
            "--output-format",
            "json",
        ],
    );
    assert_eq!(run.status.code(), Some(1));
    assert!(run.stdout.is_empty());
    let written = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let (sarif, markdown, all) = (written("a.sarif"), written("pr.md"), written("all.json"));
    assert_eq!((sarif, markdown), (report(folder.path(), "sarif"), report(folder.path(), "markdown")));
    assert_eq!(all, report(folder.path(), "json"));
}

#[test]
fn a_report_that_cannot_be_written_is_told() {
    let folder = repository();
    let said = |arguments: &[&str]| {
        let run = run_binary(folder.path(), arguments);
        assert_eq!(run.status.code(), Some(2));
        String::from_utf8(run.stderr).unwrap()
    };
    assert!(said(&["check", "--output", "sarif=nowhere/a.sarif"]).contains("can't write nowhere/a.sarif"));
    assert!(said(&["check", "--output", "sarf=a"]).contains("there is no format `sarf`; there are full, concise"));
    assert!(said(&["check", "--output", "sarif="]).contains("a file is missing behind `sarif=`"));
    assert!(said(&["check", "--output", "sarif"]).contains("sarif=findings.sarif"));
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_written_through() {
    let folder = repository();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("real.json"), "").unwrap();
    std::os::unix::fs::symlink("real.json", path("link.json")).unwrap();
    std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap();
    let pipe = path("pipe");
    let reader = std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap());
    run_binary(
        folder.path(),
        &[
            "check",
            "-q",
            "--isolated",
            "--output-format",
            "json",
            "--output-file",
            "link.json",
            "--output",
            "sarif=pipe",
        ],
    );
    assert!(std::fs::symlink_metadata(path("link.json")).unwrap().is_symlink());
    assert!(std::fs::read_to_string(path("real.json")).unwrap().starts_with("{\n  \"version\": 1"));
    assert!(reader.join().unwrap().contains("\"2.1.0\""));
    assert!(run_binary(folder.path(), &["check", "-q", "--output-file", "/dev/stdout"]).stdout.starts_with(b"warning"));
}

#[cfg(unix)]
#[test]
fn a_name_begins_no_line_and_moves_no_cursor() {
    let folder = TempDir::new().unwrap();
    let name = "bad\n::error title=x::y\u{1b}[31m.py";
    std::fs::write(
        folder.path().join(name),
        "from sqlalchemy.orm import relationship\na = relationship('A', cascade='all')\nx = (\n",
    )
    .unwrap();
    for arguments in [
        &["check"][..],
        &["check", "--output-format", "concise"],
        &["check", "--output-format", "html"],
        &["graph", "--format", "svg"],
    ] {
        let run = run_binary(folder.path(), &[arguments, &["--isolated"]].concat());
        for said in [run.stdout, run.stderr].map(|bytes| String::from_utf8(bytes).unwrap()) {
            assert!(
                !said.contains('\u{1b}') && !said.lines().any(|line| line.starts_with("::")),
                "{arguments:?}: {said}"
            );
        }
    }
}
