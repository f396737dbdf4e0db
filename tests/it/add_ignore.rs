//! `check --add-ignore`: `testdata/add-ignore/*.yml`, each case with each kind of line ending. What is written suppresses all findings but
//! those that are refused, changes nothing else, and a second run writes nothing.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{cases, folder_with, read_tree, run_binary};
use serde::Deserialize;
use serde_json::{Value, json};

const REASON: &str = "--add-ignore=known since 2024";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    source: String,
    after: String,
    #[serde(default)]
    select: Vec<String>,
    /// What is said of findings that no comment can suppress.
    #[serde(default)]
    refused: Vec<String>,
    /// How many findings there are afterwards, of all codes that are on by default.
    #[serde(default)]
    left: usize,
}

fn cases() -> Vec<Case> {
    cases::in_folder(Path::new("testdata/add-ignore")).into_iter().map(|(_, case)| case).collect()
}

/// What Python makes of each source, or its syntax error.
fn syntax_trees(sources: &[&str]) -> Vec<String> {
    const PROGRAM: &str = "import ast, json, sys\n\
        def tree(source):\n\
        \x20   try:\n\
        \x20       return ast.dump(ast.parse(source))\n\
        \x20   except SyntaxError as error:\n\
        \x20       return f'no Python: {error}'\n\
        print(json.dumps([tree(source) for source in json.load(open(sys.argv[1]))]))";
    let folder = folder_with(&[("sources.json", &json!(sources).to_string())]);
    let run =
        Command::new("python3").args(["-c", PROGRAM, "sources.json"]).current_dir(folder.path()).output().unwrap();
    serde_json::from_slice(&run.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&run.stderr)))
}

fn read(folder: &Path, file: &str) -> String {
    String::from_utf8(fs::read(folder.join(file)).unwrap()).unwrap()
}

#[test]
fn comments_are_written_that_suppress_all_findings_and_nothing_else() {
    let cases = cases();
    for case in &cases {
        for newline in ["\n", "\r\n", "\r"] {
            let name = format!("{} ({newline:?})", case.name);
            let folder = folder_with(&[("models.py", &case.source.replace('\n', newline))]);
            let selected: Vec<&str> = case.select.iter().flat_map(|code| ["--select", code]).collect();
            let arguments = [&["check", REASON], &selected[..]].concat();
            let run = run_binary(folder.path(), &arguments);
            let said = String::from_utf8(run.stderr).unwrap();
            assert_eq!(read(folder.path(), "models.py"), case.after.replace('\n', newline), "{name}: {said}");
            assert_eq!(run.status.code(), Some(i32::from(!case.refused.is_empty())), "{name}: {said}");
            let refused: Vec<&str> = said.lines().filter(|line| line.starts_with("models.py:")).collect();
            assert_eq!(refused, case.refused, "{name}");
            if newline != "\n" {
                continue;
            }
            let again = run_binary(folder.path(), &arguments);
            assert_eq!(again.stdout, b"", "{name}: a second run writes nothing");
            assert!(String::from_utf8_lossy(&again.stderr).contains("Nothing to suppress."), "{name}");
            let report = run_binary(folder.path(), &["check", "--output-format", "json"]);
            let report: Value = serde_json::from_slice(&report.stdout).unwrap();
            assert_eq!(report["findings"].as_array().unwrap().len(), case.left, "{name}: {report:#}");
        }
    }
    let sources: Vec<&str> = cases.iter().flat_map(|case| [&*case.source, &*case.after]).collect();
    for (trees, case) in syntax_trees(&sources).chunks(2).zip(&cases) {
        assert!(trees[0] == trees[1] && trees[0].starts_with("Module("), "{}: {}", case.name, trees[1]);
    }
    assert!(cases.len() > 12);
}

#[test]
fn it_works_on_whole_repositories() {
    for repository in
        ["for-a-human", "places", "literals", "shared-by-relationships", "settings", "monorepo", "callees"]
    {
        let before = Path::new("testdata/repositories").join(repository).join("before");
        let folder = tempfile::tempdir().unwrap();
        crate::common::copy_tree(&before, folder.path());
        fs::create_dir(folder.path().join(".git")).unwrap();
        let check = |arguments: &[&str]| {
            let run = run_binary(folder.path(), &[&["check", "--select", "CAS"], arguments].concat());
            (run.status.code(), String::from_utf8(run.stderr).unwrap())
        };
        assert_eq!(check(&[]).0, Some(1), "{repository}");
        assert_eq!(check(&[REASON]).0, Some(0), "{repository}: {}", check(&[REASON]).1);
        let (status, said) = check(&[]);
        assert_eq!(status, Some(0), "{repository}: {said}");
        assert!(said.contains(" suppressed; "), "{repository}: {said}");
        let trees: Vec<_> = [before.as_path(), folder.path()].into_iter().map(read_tree).collect();
        let files = trees[0].keys().filter(|name| name.ends_with(".py"));
        let texts: Vec<String> = files
            .flat_map(|name| [&trees[0][name], &trees[1][name]])
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .collect();
        let both = syntax_trees(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        for (trees, texts) in both.chunks(2).zip(texts.chunks(2)) {
            assert!(trees[0] == trees[1], "{repository}: {}", texts[1]);
        }
    }
}

#[test]
fn notebooks_and_templates_get_comments_too() {
    let cell = |source: Value| json!({"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": source});
    let notebook = json!({
        "cells": [
            cell(json!(["from sqlalchemy.orm import relationship\n", "x = 1"])),
            cell(json!(["posts = relationship('Post', cascade='all')"])),
            cell(json!("%time x\nnotes = relationship(\n    'Note',\n    cascade='all',\n)\n")),
        ],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
    });
    let template = "from sqlalchemy.orm import relationship\n\nclass {{ name }}:\n    {% if posts %}\n    \
                    posts = relationship('{{ post }}', cascade='all')\n    {% endif %}\n    \
                    {# why #} notes = relationship('Note', cascade='{{ cascade }}')\n";
    let folder = folder_with(&[("a.ipynb", &format!("{notebook:#}\n")), ("b.py.j2", template)]);
    let run = run_binary(folder.path(), &["check", "--add-ignore"]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!((run.status.code(), run.stdout), (Some(0), b"a.ipynb\nb.py.j2\n".to_vec()), "{said}");
    assert_eq!(run_binary(folder.path(), &["check"]).status.code(), Some(0));
    let written: Value = serde_json::from_str(&read(folder.path(), "a.ipynb")).unwrap();
    let source = |cell: usize| match &written["cells"][cell]["source"] {
        Value::Array(lines) => lines.iter().map(|line| line.as_str().unwrap()).collect(),
        text => text.as_str().unwrap().to_owned(),
    };
    assert_eq!(source(1), "# cascade-fix: ignore[CAS001]\nposts = relationship('Post', cascade='all')");
    assert!(source(2).starts_with("%time x\n# cascade-fix: ignore[CAS001]\nnotes = relationship(\n"), "{}", source(2));
    let written = read(folder.path(), "b.py.j2");
    assert!(written.contains("{% if posts %}\n    # cascade-fix: ignore[CAS001]\n    posts = "), "{written}");
    assert!(written.lines().filter(|line| !line.contains("cascade-fix")).eq(template.lines()), "{written}");
    // what the template language would fill in is no reason there
    let folder = folder_with(&[
        ("b.py.j2", template),
        ("c.py", "from sqlalchemy.orm import relationship\na = relationship('A', cascade='all')\n"),
    ]);
    let run = run_binary(folder.path(), &["check", "--add-ignore={{ why }}"]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!((run.status.code(), run.stdout), (Some(1), b"c.py\n".to_vec()), "{said}");
    assert!(said.contains("b.py.j2:5:48: CAS001: the reason has a tag of the template's language"), "{said}");
    assert_eq!(read(folder.path(), "b.py.j2"), template);
}

#[test]
fn a_reason_is_one_line_that_suppresses_nothing_itself() {
    let text = "from sqlalchemy.orm import relationship\na = relationship('A', cascade='all')\n";
    let folder = folder_with(&[("models.py", text)]);
    let refused = ["two\nlines", "a\rb", "a\tb", "see # noqa", "# cascade-fix: ignore-file", "#noqa: CAS002", "x\u{0}"];
    for reason in refused {
        if reason.contains('\0') {
            continue;
        }
        let run = run_binary(folder.path(), &["check", &format!("--add-ignore={reason}")]);
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!((run.status.code(), run.stdout), (Some(2), Vec::new()), "{reason:?}: {said}");
        assert!(said.contains("reason"), "{said}");
        assert_eq!(read(folder.path(), "models.py"), text);
    }
    for (reason, written) in
        [("see #123 -- é]", " -- see #123 -- é]"), ("  padded  ", " -- padded"), ("[x] noqa", " -- [x] noqa")]
    {
        let folder = folder_with(&[("models.py", text)]);
        let run = run_binary(folder.path(), &["check", &format!("--add-ignore={reason}")]);
        assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
        let expected = text.replace("a =", &format!("# cascade-fix: ignore[CAS001]{written}\na ="));
        assert_eq!(read(folder.path(), "models.py"), expected);
        assert_eq!(run_binary(folder.path(), &["check"]).status.code(), Some(0));
    }
}

#[test]
fn a_file_that_can_not_hold_the_reason_stays_as_it_is() {
    let text = b"# -*- coding: latin-1 -*-\nfrom sqlalchemy.orm import relationship\n# \xe9\na = relationship('A', cascade='all')\n";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("models.py"), text).unwrap();
    let run = run_binary(folder.path(), &["check", "--add-ignore=\u{2192} later"]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!((run.status.code(), run.stdout), (Some(1), Vec::new()), "{said}");
    assert!(said.starts_with("models.py:4:31: CAS001: "), "{said}");
    assert_eq!(fs::read(folder.path().join("models.py")).unwrap(), text);
    let run = run_binary(folder.path(), &["check", "--add-ignore=\u{e9}"]);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    let expected =
        [&text[..text.len() - 37], b"# cascade-fix: ignore[CAS001] -- \xe9\n", &text[text.len() - 37..]].concat();
    assert_eq!(
        String::from_utf8_lossy(&fs::read(folder.path().join("models.py")).unwrap()),
        String::from_utf8_lossy(&expected)
    );
}

#[test]
fn only_what_would_be_told_is_suppressed() {
    let text = "from sqlalchemy.orm import relationship\n\nclass A:\n    b = relationship('B', cascade='all')\n";
    let folder = folder_with(&[("app/models.py", text), ("lib/models.py", text)]);
    fs::create_dir(folder.path().join(".git")).unwrap();
    let run = |arguments: &[&str]| run_binary(folder.path(), &[&["check"], arguments].concat());
    assert_eq!(run(&["--write-baseline", "known.json", "lib"]).status.code(), Some(0));
    let written = run(&["--baseline", "known.json", "--add-ignore"]).stdout;
    assert_eq!(String::from_utf8(written).unwrap(), "app/models.py\n");
    assert_eq!(run(&["--baseline", "known.json"]).status.code(), Some(0));
    let run = run(&["--add-ignore", "--output-format", "json"]);
    assert!(run.status.code() == Some(2) && String::from_utf8_lossy(&run.stderr).contains("cannot be used with"));
}
