//! Which files are checked, and what becomes of those that can't be.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::common::{run_binary, write_tree};
use serde_json::Value;

const UNSAFE: &str = "from sqlalchemy.orm import relationship\nposts = relationship(\"Post\", cascade=\"all\")\n";
const FIXED: &str =
    "from sqlalchemy.orm import relationship\nposts = relationship(\"Post\", cascade=\"save-update, merge, delete\")\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_tree(
        &files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect(),
        folder.path(),
    );
    folder
}

fn check(folder: &Path, arguments: &[&str]) -> Value {
    let arguments: Vec<&str> = ["check", "--output-format", "json"].iter().chain(arguments).copied().collect();
    let run = run_binary(folder, &arguments);
    serde_json::from_slice(&run.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&run.stderr)))
}

fn paths(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["path"].as_str().unwrap()).collect()
}

fn stderr(run: &Output) -> String {
    String::from_utf8_lossy(&run.stderr).into_owned()
}

/// What is written where a file can't be looked through, which may detach objects.
fn kept() -> String {
    FIXED.replace("merge, delete", "merge, expunge, delete")
}

#[test]
fn a_schema_is_no_dictionary_of_arguments_until_a_relationship_gets_it() {
    let schema = "FIELDS = {\"cascade\": {\"type\": \"str\"}, \"name\": {\"type\": \"str\"}}\n";
    let options = "FIELDS = {\"cascade\": {\"all\": None}}\n";
    let reader = "from sqlalchemy.orm import relationship\nfrom fields import FIELDS\nposts = relationship(\"Post\", **FIELDS)\n";
    let parsed = |report: &Value| report["summary"]["files_parsed"].as_u64();
    let alone = check(folder(&[("fields.py", schema)]).path(), &[]);
    assert_eq!((parsed(&alone), paths(&alone)), (Some(0), Vec::new()));
    assert_eq!(parsed(&check(folder(&[("fields.py", options)]).path(), &[])), Some(1));
    let given = check(folder(&[("fields.py", schema), ("models.py", reader)]).path(), &[]);
    assert_eq!(paths(&given), ["fields.py"]);
    assert_eq!(given["findings"][0]["code"], "CAS301");
}

#[test]
fn ignore_files_and_default_excludes_hold_until_no_ignore() {
    let folder = folder(&[
        ("app/models.py", UNSAFE),
        ("app/stubs.pyi", UNSAFE),
        ("app/notes.txt", UNSAFE),
        ("app/.hidden/models.py", UNSAFE),
        ("generated/models.py", UNSAFE),
        ("local/models.py", UNSAFE),
        (".venv/lib/models.py", UNSAFE),
        ("build/models.py", UNSAFE),
        ("web/node_modules/models.py", UNSAFE),
        (".gitignore", "generated/\n"),
        (".ignore", "local/\n"),
        (".git/HEAD", "ref: refs/heads/main\n"),
    ]);
    assert_eq!(paths(&check(folder.path(), &[])), ["app/.hidden/models.py", "app/models.py", "app/stubs.pyi"]);
    assert_eq!(paths(&check(folder.path(), &["--no-ignore"])).len(), 8);
    assert_eq!(paths(&check(folder.path(), &["--exclude", "*.pyi,.hidden/"])), ["app/models.py"]);
    assert_eq!(
        paths(&check(folder.path(), &["--exclude", "/app/models.py"])),
        ["app/.hidden/models.py", "app/stubs.pyi"]
    );
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    name: String,
    head: String,
    counts: bool,
}

#[test]
fn what_python_runs_counts_whatever_its_name() {
    let scripts: Vec<Script> = ast_grep_config::from_str(include_str!("../../testdata/scripts.yml")).unwrap();
    assert!(scripts.iter().any(|script| script.counts) && scripts.iter().any(|script| !script.counts));
    for script in scripts {
        let text = format!("{}session.expunge(user)\n", script.head);
        let folder = folder(&[("models.py", UNSAFE), (&script.name, &text)]);
        run_binary(folder.path(), &["fix", "--quiet"]);
        let fixed = fs::read_to_string(folder.path().join("models.py")).unwrap();
        assert_eq!(fixed, if script.counts { kept() } else { FIXED.to_owned() }, "{script:?}");
        assert_eq!(fs::read_to_string(folder.path().join(&script.name)).unwrap(), text);
    }
}

#[test]
fn excludes_hold_for_named_files_and_say_so() {
    let folder = folder(&[("build/models.py", UNSAFE), ("app/models.py", UNSAFE), ("script", UNSAFE)]);
    let report = check(folder.path(), &["build/models.py", "app/models.py"]);
    assert_eq!(paths(&report), ["app/models.py"]);
    assert_eq!(report["skipped"][0]["path"], "build/models.py");
    assert!(report["skipped"][0]["reason"].as_str().unwrap().contains("--no-force-exclude"));
    assert_eq!(paths(&check(folder.path(), &["--no-force-exclude", "build/models.py"])), ["build/models.py"]);
    assert_eq!(paths(&check(folder.path(), &["script"])), ["script"], "a named file needs no ending");
}

#[test]
fn each_file_is_checked_once_and_in_order_whatever_is_named() {
    let folder =
        folder(&[("b/models.py", UNSAFE), ("a/models.py", UNSAFE), ("a/deep/models.py", UNSAFE), ("c.py", UNSAFE)]);
    let all = ["a/deep/models.py", "a/models.py", "b/models.py", "c.py"];
    let absolute = folder.path().join("a");
    for named in [
        &["."][..],
        &["c.py", "b", "./a", "a/models.py", "."],
        &["a", "b", "c.py", "a/deep", "a/", absolute.to_str().unwrap()],
    ] {
        let report = check(folder.path(), named);
        assert_eq!(paths(&report), all, "{named:?}");
        assert_eq!(report["summary"]["files_scanned"], 4, "{named:?}");
    }
    assert_eq!(check(folder.path(), &["-j1"])["findings"], check(folder.path(), &["-j8"])["findings"]);
}

#[test]
fn a_missing_path_is_an_error_before_anything_is_written() {
    let folder = folder(&[("models.py", UNSAFE)]);
    let run = run_binary(folder.path(), &["fix", ".", "nowhere"]);
    assert_eq!(run.status.code(), Some(2));
    assert_eq!(stderr(&run), "cascade-fix: nowhere: no such file or folder\n");
    assert_eq!(fs::read_to_string(folder.path().join("models.py")).unwrap(), UNSAFE);
}

#[test]
fn what_cannot_be_decoded_is_skipped_with_the_reason() {
    let folder = folder(&[("good.py", UNSAFE)]);
    let with_head = |head: &[u8]| [head, b"\n", UNSAFE.as_bytes()].concat();
    fs::write(folder.path().join("latin.py"), with_head(b"# \xe9")).unwrap();
    fs::write(folder.path().join("unknown.py"), with_head(b"# coding: klingon")).unwrap();
    fs::write(folder.path().join("ascii.py"), with_head(b"# coding: ascii\n# \xe9")).unwrap();
    fs::write(folder.path().join("mark.py"), with_head(b"\xef\xbb\xbf# coding: latin-1")).unwrap();
    fs::write(folder.path().join("late.py"), with_head(b"\n\n# coding: latin-1 \xe9")).unwrap();
    fs::write(folder.path().join("long.py"), with_head(&vec![b'#'; 10 << 20])).unwrap();
    let run = run_binary(folder.path(), &["fix"]);
    assert_eq!(run.status.code(), Some(0), "{}", stderr(&run));
    assert!(
        stderr(&run).starts_with(
            "Skipped 6 files:\n  \
         ascii.py: its bytes do not fit the declared encoding `ascii`\n  \
         late.py: not UTF-8 (first bad byte at offset 20); declare its encoding in the first two lines (PEP 263)\n  \
         latin.py: not UTF-8 (first bad byte at offset 2); declare its encoding in the first two lines (PEP 263)\n  \
         long.py: has more than 10 MiB of Python, which takes too much memory\n  \
         mark.py: has a UTF-8 byte order mark, but declares the encoding `latin-1`\n  \
         unknown.py: declares the encoding `klingon`, which cascade-fix can't decode\n\
         Fixed 1 cascade in 1 file; "
        ),
        "{}",
        stderr(&run)
    );
    assert_eq!(fs::read_to_string(folder.path().join("good.py")).unwrap(), kept());
}

#[test]
fn a_named_file_that_cannot_be_decoded_fails_and_does_not_count() {
    let latin = [b"# \xe9\n", UNSAFE.as_bytes()].concat();
    let cases: [(&str, Vec<u8>); 5] = [
        ("latin.py", latin.clone()),
        ("nothing_to_find.py", b"# \xe9\n".to_vec()),
        ("unknown.pyi", [b"# coding: klingon\n", UNSAFE.as_bytes()].concat()),
        ("script", latin.clone()),
        ("note.ipynb", b"{ \"cells\": ".to_vec()),
    ];
    for (name, bytes) in cases {
        let folder = folder(&[("good.py", UNSAFE)]);
        fs::write(folder.path().join(name), &bytes).unwrap();
        for command in ["diff", "check", "fix"] {
            for quiet in [&[][..], &["--quiet"]] {
                let run = run_binary(folder.path(), &[&[command, "good.py", name], quiet].concat());
                assert_eq!(run.status.code(), Some(2), "{command} {name}: {}", stderr(&run));
                assert!(stderr(&run).starts_with(&format!("Failed 1 file:\n  {name}: ")), "{}", stderr(&run));
                assert_eq!(stderr(&run).contains("; 1 file checked."), quiet.is_empty(), "{}", stderr(&run));
            }
        }
        let written = fs::read_to_string(folder.path().join("good.py")).unwrap();
        assert!(written == FIXED || written == kept(), "{written}");
        let report = check(folder.path(), &[]);
        let skipped = usize::from(name != "nothing_to_find.py" && name != "script" && name != "note.ipynb");
        assert_eq!(report["skipped"].as_array().unwrap().len(), skipped, "{name}: one that was found is skipped");
        assert_eq!(report["failed"].as_array().unwrap().len(), 0, "{name}");
        fs::write(folder.path().join(name), "x = 1\n").unwrap();
    }
}

#[test]
fn files_that_were_not_read_are_not_counted_as_checked() {
    let folder = folder(&[("good.py", UNSAFE), ("plain.py", "x = 1\n")]);
    fs::write(folder.path().join("latin.py"), [b"# \xe9\n", UNSAFE.as_bytes()].concat()).unwrap();
    assert_eq!(check(folder.path(), &[])["summary"]["files_scanned"], 2);
    let run = run_binary(folder.path(), &["check"]);
    assert_eq!(run.status.code(), Some(1));
    assert!(stderr(&run).contains("; 2 files checked."), "{}", stderr(&run));
}

#[test]
fn a_hook_fails_where_something_was_changed_or_is_left() {
    let by_hand = "from sqlalchemy.orm import relationship\nposts = relationship('Post', cascade=read())\n";
    let held_back = "from sqlalchemy.orm import relationship\n\
                     posts = relationship('Post', viewonly=True, cascade='save-update, merge')\n";
    let hook: &[&str] = &["fix", "--exit-non-zero-on-fix", "--quiet"];
    let cases: [(&str, &[&str], [i32; 2]); 7] = [
        (UNSAFE, &[], [1, 0]),
        (FIXED, &[], [0, 0]),
        (by_hand, &[], [1, 1]),
        (by_hand, &["--ignore", "CAS301"], [0, 0]),
        (held_back, &[], [1, 1]),
        (held_back, &["--unsafe-fixes"], [1, 0]),
        ("posts = relationship('Post', cascade=read())  # cascade-fix: ignore\n", &[], [0, 0]),
    ];
    for (text, options, statuses) in cases {
        let folder = folder(&[("models.py", text)]);
        for status in statuses {
            let run = run_binary(folder.path(), &[hook, options, &["models.py"]].concat());
            assert_eq!(run.status.code(), Some(status), "{text} {options:?}");
        }
        let without = run_binary(folder.path(), &[&["fix", "--quiet", "models.py"], options].concat());
        assert_eq!(without.status.code(), Some(0), "{text} {options:?}");
    }
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn symbolic_links_are_not_followed() {
        let folder = folder(&[("app/models.py", UNSAFE), ("real/other.py", UNSAFE)]);
        symlink(folder.path().join("real"), folder.path().join("app/linked")).unwrap();
        symlink(folder.path().join("real/other.py"), folder.path().join("app/link.py")).unwrap();
        assert_eq!(paths(&check(folder.path(), &["app"])), ["app/models.py"]);
        let report = check(folder.path(), &["app/link.py"]);
        assert_eq!(report["skipped"][0]["reason"], "is a symbolic link; name the file it leads to");
    }

    #[test]
    fn a_fixed_file_keeps_its_mode_and_nothing_is_left_beside_it() {
        let folder = folder(&[("models.py", UNSAFE)]);
        let path = folder.path().join("models.py");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o751)).unwrap();
        assert_eq!(run_binary(folder.path(), &["fix"]).status.code(), Some(0));
        assert_eq!(fs::read_to_string(&path).unwrap(), FIXED);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o751);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_read_only_file_fails_alone() {
        let folder = folder(&[("a.py", UNSAFE), ("b.py", UNSAFE), ("c.py", UNSAFE)]);
        fs::set_permissions(folder.path().join("b.py"), fs::Permissions::from_mode(0o444)).unwrap();
        let run = run_binary(folder.path(), &["fix"]);
        assert_eq!(run.status.code(), Some(2));
        assert!(
            stderr(&run).starts_with(
                "Failed 1 file:\n  b.py: it is read-only; make it writable and run again\nFixed 2 cascades in 2 files"
            ),
            "{}",
            stderr(&run)
        );
        for (name, text) in [("a.py", FIXED), ("b.py", UNSAFE), ("c.py", FIXED)] {
            assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), text);
        }
    }

    #[test]
    fn a_file_that_may_not_be_read_fails_and_does_not_count() {
        let folder = folder(&[("a.py", UNSAFE), ("b.py", UNSAFE)]);
        fs::set_permissions(folder.path().join("b.py"), fs::Permissions::from_mode(0o000)).unwrap();
        if fs::read(folder.path().join("b.py")).is_ok() {
            return; // root may read everything
        }
        for paths in [&["."][..], &["a.py", "b.py"]] {
            let run = run_binary(folder.path(), &[&["check", "--quiet"], paths].concat());
            assert_eq!(run.status.code(), Some(2));
            assert!(stderr(&run).starts_with("Failed 1 file:\n  b.py: "), "{}", stderr(&run));
            assert_eq!(check(folder.path(), paths)["summary"]["files_scanned"], 1);
        }
    }

    #[test]
    fn a_killed_run_leaves_every_file_whole() {
        let files: Vec<(String, &str)> = (0..400).map(|number| (format!("m{number}.py"), UNSAFE)).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        let mut interrupted = 0;
        for _ in 0..20 {
            let folder = folder(&files);
            let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
            let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_cascade-fix"))
                .args(["fix", "--quiet"])
                .current_dir(folder.path())
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap();
            // the first file to be written is the first by name
            while read("m0.py") == UNSAFE && child.try_wait().unwrap().is_none() {}
            child.kill().unwrap();
            child.wait().unwrap();
            let texts: Vec<String> = files.iter().map(|(name, _)| read(name)).collect();
            assert!(texts.iter().all(|text| text == UNSAFE || text == FIXED), "{texts:?}");
            interrupted +=
                usize::from(texts.iter().any(|text| text == FIXED) && texts.iter().any(|text| text == UNSAFE));
            if interrupted == 2 {
                return;
            }
        }
        panic!("only {interrupted} kills landed while files were written");
    }
}

#[test]
fn a_file_that_changed_since_it_was_read_is_not_written() {
    use cascade_fix::source::Source;
    let folder = folder(&[("models.py", "# edited meanwhile\n")]);
    let path = folder.path().join("models.py");
    let read = Source::decode(UNSAFE.into()).unwrap();
    let fixed = Source::decode(FIXED.into()).unwrap();
    let error = cascade_fix::apply::write(&path, &read, &fixed).unwrap_err();
    assert_eq!(error, "it changed since it was read; run again");
    assert_eq!(fs::read_to_string(&path).unwrap(), "# edited meanwhile\n");
    fs::remove_file(&path).unwrap();
    let error = cascade_fix::apply::write(&path, &read, &fixed).unwrap_err();
    assert!(error.starts_with("it can't be read again"), "{error}");
}

#[test]
fn naming_one_file_gives_it_the_same_fix_as_naming_all() {
    const DETACH: &str = "def run(session, user):\n    session.expunge(user)\n";
    const HEAD: &str = "ref: refs/heads/main\n";
    type Layout<'a> = (&'a [(&'a str, &'a str)], &'a str, bool);
    let layouts: [Layout<'_>; 3] = [
        (&[("pyproject.toml", ""), ("app/models.py", UNSAFE), ("jobs/detach.py", DETACH)], "app/models.py", true),
        (&[(".git/HEAD", HEAD), ("app/models.py", UNSAFE), ("jobs/detach.py", DETACH)], "app/models.py", true),
        (
            &[(".git/HEAD", HEAD), ("lib/.git/HEAD", HEAD), ("lib/models.py", UNSAFE), ("jobs/detach.py", DETACH)],
            "lib/models.py",
            false,
        ),
    ];
    for (files, models, keeps_expunge) in layouts {
        let (whole, named) = (folder(files), folder(files));
        assert_eq!(run_binary(whole.path(), &["fix"]).status.code(), Some(0));
        assert_eq!(run_binary(named.path(), &["fix", models]).status.code(), Some(0));
        let read = |folder: &Path| fs::read_to_string(folder.join(models)).unwrap();
        assert_eq!(read(whole.path()), read(named.path()), "{files:?}");
        assert_eq!(read(whole.path()).contains("expunge"), keeps_expunge, "{files:?}");
    }
    let files = [("pyproject.toml", ""), ("app/models.py", UNSAFE), ("jobs/detach.py", DETACH)];
    let inside = folder(&files);
    assert_eq!(run_binary(&inside.path().join("app"), &["fix", "models.py"]).status.code(), Some(0));
    assert!(fs::read_to_string(inside.path().join("app/models.py")).unwrap().contains("expunge"));
}

#[test]
fn outside_of_a_repository_what_was_named_is_the_whole() {
    const DETACH: &str = "def run(session, user):\n    session.expunge(user)\n";
    let files = [
        ("app/models.py", UNSAFE),
        ("app/sub/models.py", UNSAFE),
        ("app/jobs.py", DETACH),
        ("lib/models.py", UNSAFE),
        ("lib/deep/jobs.py", DETACH),
        ("other/models.py", UNSAFE),
    ];
    let keeping = |paths: &[&str], folder: &Path| -> Vec<String> {
        let report = check(folder, paths);
        let findings = report["findings"].as_array().unwrap().iter();
        let kept = findings.filter(|one| one["after"].as_array().unwrap().contains(&Value::from("expunge")));
        kept.map(|one| one["path"].as_str().unwrap().to_owned()).collect()
    };
    let cases: [(&[&str], &[&str]); 8] = [
        (&["."], &["app/models.py", "app/sub/models.py", "lib/models.py", "other/models.py"]),
        (&["other"], &[]),
        (&["app"], &["app/models.py", "app/sub/models.py"]),
        (&["app/sub"], &[]),
        (&["app/models.py"], &["app/models.py"]),
        (&["app/sub/models.py"], &[]),
        (&["app/models.py", "app/sub/models.py", "other"], &["app/models.py", "app/sub/models.py"]),
        (&["app/sub", "lib", "other/models.py"], &["lib/models.py"]),
    ];
    for (paths, kept) in cases {
        assert_eq!(keeping(paths, folder(&files).path()), kept, "{paths:?}");
    }
    let with_project = folder(&[&files[..], &[("pyproject.toml", "")]].concat());
    assert_eq!(keeping(&["other"], with_project.path()), ["other/models.py"]);
    let with_git = folder(&[&files[..], &[(".git/HEAD", "ref: refs/heads/main\n")]].concat());
    assert_eq!(keeping(&["app/sub/models.py"], with_git.path()), ["app/sub/models.py"]);
}

#[test]
fn one_file_under_two_names_is_one_file() {
    let folder = folder(&[("app/models.py", UNSAFE), ("jobs/models.py", UNSAFE)]);
    let report = check(folder.path(), &["app", "app/../jobs", "app/../app/models.py", "./jobs/../app"]);
    assert_eq!(paths(&report), ["app/models.py", "jobs/models.py"]);
    assert_eq!(report["summary"]["files_scanned"], 2);
}

#[test]
fn exit_statuses_are_those_of_the_help() {
    let folder = folder(&[("unsafe/models.py", UNSAFE), ("clean/models.py", FIXED)]);
    let status = |arguments: &[&str]| run_binary(folder.path(), arguments).status.code().unwrap();
    for command in
        [&["clean"][..], &["diff", "clean"], &["check", "clean"], &["fix", "clean"], &["--version"], &["--help"]]
    {
        assert_eq!(status(command), 0, "{command:?}");
    }
    for command in [&["unsafe"][..], &["diff", "."], &["check", "unsafe"], &["check", "--select", "CAS001", "unsafe"]] {
        assert_eq!(status(command), 1, "{command:?}");
    }
    for command in [&["check", "--ignore", "CAS001", "unsafe"][..], &["check", "--select", "CAS2,cas3", "unsafe"]] {
        assert_eq!(status(command), 0, "{command:?}");
    }
    for command in [
        &["--nonsense"][..],
        &["check", "--select", "CAS9"],
        &["check", "--exclude", "a{", "."],
        &["fix", "--rules", "nowhere"],
    ] {
        assert_eq!(status(command), 2, "{command:?}");
    }
    assert_eq!(status(&["fix", "--exit-non-zero-on-fix", "unsafe"]), 1);
    assert_eq!(status(&["fix", "--exit-non-zero-on-fix", "unsafe"]), 0);
}

#[test]
fn empty_and_hostile_files_are_no_trouble() {
    let deep = format!("x = {}cascade={}\ncascade = 1\n", "(".repeat(5000), ")".repeat(5000));
    let deep_list = format!(
        "from sqlalchemy.orm import relationship\nr = relationship('P', cascade={}'all'{})\n",
        "[".repeat(3000),
        "]".repeat(3000)
    );
    let deep_attribute = format!("x{}(cascade='all')\n", ".a".repeat(6000));
    let deep_functions: String = (0..1500).map(|level| format!("{}def f(**k):\n", " ".repeat(level))).collect();
    let deep_functions = format!("{deep_functions}{}relationship('A', cascade='all', **k)\n", " ".repeat(1500));
    let folder = folder(&[
        ("deep_functions.py", &deep_functions),
        ("empty.py", ""),
        ("nul.py", "cascade=\0\0\n"),
        ("unclosed.py", "relationship('A', cascade='all"),
        ("deep.py", &deep),
        ("deep_list.py", &deep_list),
        ("deep_attribute.py", &deep_attribute),
        ("only.py", "cascade=\\"),
    ]);
    let run = run_binary(folder.path(), &["check", "--output-format", "json"]);
    assert!(matches!(run.status.code(), Some(0 | 1)), "{:?} {}", run.status, stderr(&run));
}

#[test]
fn colour_marks_the_changed_words_where_it_is_wanted_and_nowhere_else() {
    let folder = folder(&[("models.py", UNSAFE)]);
    let diff = |arguments: &[&str], no_color: bool| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cascade-fix"));
        command.args(arguments).current_dir(folder.path()).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        if no_color {
            command.env("NO_COLOR", "1");
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let (red, green, inverted) = ("\x1b[31m-", "\x1b[32m+", "\x1b[7m");
    let colored = diff(&["--color", "always"], false);
    assert!([red, green, inverted].iter().all(|mark| colored.contains(mark)), "{colored:?}");
    assert!(diff(&["check", "--color", "always"], false).contains("\x1b["));
    for plain in [diff(&[], false), diff(&[], true), diff(&["--color", "never", "diff"], false), diff(&["check"], true)]
    {
        assert!(!plain.contains('\x1b'), "{plain:?}");
    }
}

#[test]
fn options_that_would_go_unused_in_front_of_a_command_are_refused() {
    let folder = folder(&[("models.py", UNSAFE)]);
    for misplaced in [&["--select", "CAS001", "check"][..], &["--no-ignore", "diff"]] {
        let run = run_binary(folder.path(), misplaced);
        assert_eq!(run.status.code(), Some(2), "{misplaced:?}");
        assert!(stderr(&run).contains("stands before the command"), "{}", stderr(&run));
    }
    let run = run_binary(folder.path(), &["models.py", "fix"]);
    assert_eq!((run.status.code(), &*stderr(&run)), (Some(2), "cascade-fix: fix: no such file or folder\n"));
    assert_eq!(run_binary(folder.path(), &["--quiet", "fix", "models.py"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(folder.path().join("models.py")).unwrap(), FIXED);
}
