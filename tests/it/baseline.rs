//! `check --write-baseline` and `--baseline`: what is known is counted and left alone, and what is new is told.

use std::fs;
use std::path::Path;

use crate::common::{folder_with, run_binary};
use serde_json::Value;
use tempfile::TempDir;

const MODELS: &str = r#"from sqlalchemy.orm import relationship

OWNED = "all, delete-orphan"


class Customer(Base):
    orders = relationship("Order", cascade=OWNED)
    notes = relationship("Note", cascade="all")
    tags = relationship("Tag", cascade=unknown())


posts = relationship("Post", cascade="all")
"#;

/// A repository with known findings: four in app/models.py, one in lib/models.py.
fn repository() -> TempDir {
    let lib =
        "from sqlalchemy.orm import relationship\n\nclass Tag:\n    notes = relationship('Note', cascade='all')\n";
    let folder = folder_with(&[("app/models.py", MODELS), ("lib/models.py", lib), ("tests/test.py", "")]);
    fs::create_dir(folder.path().join(".git")).unwrap();
    assert_eq!(write(folder.path(), &[]).0, "Wrote known.json: 5 findings.\n");
    folder
}

/// What is said when the baseline is written, and the exit status.
fn write(folder: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let run = run_binary(folder, &[&["check", "--write-baseline", "known.json"], arguments].concat());
    assert_eq!(String::from_utf8(run.stdout).unwrap(), "");
    (String::from_utf8(run.stderr).unwrap(), run.status.code())
}

fn report(folder: &Path, arguments: &[&str]) -> Value {
    let run = run_binary(folder, &[&["check", "--output-format", "json", "--baseline"], arguments].concat());
    serde_json::from_slice(&run.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&run.stderr)))
}

/// Code and relationship of each finding that is told.
fn told(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let of_finding = |finding: &Value| {
        let name = |key: &str| finding["relationship"][key].as_str().unwrap_or("?").to_owned();
        format!("{} {}.{}", finding["code"].as_str().unwrap(), name("owner"), name("attribute"))
    };
    findings.map(of_finding).collect()
}

fn edit(folder: &Path, file: &str, changes: &[(&str, &str)]) {
    let path = folder.join(file);
    let mut text = fs::read_to_string(&path).unwrap();
    for (before, after) in changes {
        assert!(text.contains(before), "{before}");
        text = text.replace(before, after);
    }
    fs::write(path, text).unwrap();
}

#[test]
fn a_baseline_is_sorted_and_has_a_finding_a_line() {
    let folder = repository();
    let text = fs::read_to_string(folder.path().join("known.json")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..3], ["{", "  \"version\": 1,", "  \"findings\": ["]);
    assert_eq!(lines.len(), 3 + 5 + 2);
    let entries: Vec<&str> = lines[3..8].iter().map(|line| line.trim_end_matches(',')).collect();
    assert!(entries.is_sorted() && entries.iter().all(|entry| serde_json::from_str::<Value>(entry).is_ok()), "{text}");
    assert_eq!(write(folder.path(), &[]), ("known.json is up to date: 5 findings.\n".to_owned(), Some(0)));
    assert_eq!(fs::read_to_string(folder.path().join("known.json")).unwrap(), text);
}

#[test]
fn what_is_known_is_counted_and_not_told() {
    let folder = repository();
    for (paths, number) in [(&[][..], 5), (&["app"], 4), (&["lib/models.py"], 1), (&["tests"], 0)] {
        let run = run_binary(folder.path(), &[&["check", "--baseline", "known.json"], paths].concat());
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!((run.status.code(), run.stdout), (Some(0), Vec::new()), "{paths:?}");
        assert!(said.contains(&format!("{number} in the baseline")) == (number > 0), "{said}");
        assert!(!said.contains("not found any more"), "{said}");
    }
    let report = report(&folder.path().join("app"), &["../known.json"]);
    assert_eq!((&report["in_baseline"], told(&report)), (&Value::from(4), vec![]));
}

#[test]
fn it_is_known_after_edits_of_other_kinds() {
    let folder = repository();
    // lines move, a formatter was at it, another class stands in between
    let changes = [
        ("\n\nclass Customer", "\n\nclass Other:\n    pass\n\n\nclass Customer"),
        ("\"Note\", cascade=\"all\"", "'Note', back_populates='customer',\n        cascade = 'all',\n    "),
        ("relationship(\"Post\", cascade=\"all\")", "relationship(\n    'Post',\n    cascade='all',\n)"),
        ("OWNED =", "# kept for later\nOWNED ="),
    ];
    edit(folder.path(), "app/models.py", &changes);
    let report = report(folder.path(), &["known.json"]);
    assert_eq!((told(&report), &report["in_baseline"]), (vec![], &Value::from(5)));
    assert_eq!(report["stale_baseline"], Value::Array(Vec::new()));
}

#[test]
fn what_is_new_is_told() {
    let folder = repository();
    let new = "    items = relationship('Item', cascade='all')\n";
    edit(folder.path(), "app/models.py", &[("    notes =", &format!("{new}    notes ="))]);
    assert_eq!(told(&report(folder.path(), &["known.json"])), ["CAS001 Customer.items"]);
    // another unsafe list is another finding; so is one more of the same
    edit(folder.path(), "app/models.py", &[("\"Note\", cascade=\"all\"", "\"Note\", cascade=\"all, delete-orphan\"")]);
    assert_eq!(told(&report(folder.path(), &["known.json"])), ["CAS001 Customer.items", "CAS001 Customer.notes"]);
    let twin = "\n\nclass Tag:\n    notes = relationship('Note', cascade='all')\n";
    edit(folder.path(), "lib/models.py", &[("cascade='all')\n", &format!("cascade='all')\n{twin}"))]);
    let report = report(folder.path(), &["known.json", "lib"]);
    assert_eq!((told(&report), &report["in_baseline"]), (vec!["CAS001 Tag.notes".to_owned()], &Value::from(1)));
}

#[test]
fn what_is_not_found_any_more_is_told_and_taken_off() {
    let folder = repository();
    edit(folder.path(), "app/models.py", &[("\"Note\", cascade=\"all\"", "\"Note\"")]);
    fs::remove_file(folder.path().join("lib/models.py")).unwrap();
    let run = run_binary(folder.path(), &["check", "--baseline", "known.json"]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(0), "{said}");
    let told = "2 findings of known.json are not found any more; take them off the list with: \
                cascade-fix check --write-baseline known.json";
    assert!(said.contains(told), "{said}");
    let stale = report(folder.path(), &["known.json"])["stale_baseline"].clone();
    assert_eq!(stale[0]["relationship"], "Customer.notes");
    assert_eq!((&stale[1]["path"], &stale[1]["count"]), (&Value::from("lib/models.py"), &Value::from(1)));
    assert_eq!(write(folder.path(), &[]).0, "Wrote known.json: 3 findings; 0 added, 2 taken off.\n");
}

#[test]
fn what_was_not_looked_for_stays_on_the_list() {
    let folder = repository();
    let up_to_date = "known.json is up to date: 5 findings.\n";
    fs::create_dir(folder.path().join("empty")).unwrap();
    let cases: [&[&str]; 5] =
        [&["empty"], &["lib"], &["--select", "CAS3"], &["--exclude", "app"], &["--ignore", "CAS001", "lib/models.py"]];
    for arguments in cases {
        assert_eq!(write(folder.path(), arguments).0, up_to_date, "{arguments:?}");
        let stale = report(folder.path(), &[&["known.json"], arguments].concat())["stale_baseline"].clone();
        assert_eq!(stale, Value::Array(Vec::new()), "{arguments:?}");
    }
    // a file that can't be parsed as a whole
    edit(
        folder.path(),
        "app/models.py",
        &[("    notes = relationship(\"Note\", ", "    notes = = relationship((\"Note\", ")],
    );
    let stale = report(folder.path(), &["known.json"])["stale_baseline"].clone();
    assert_eq!(stale, Value::Array(Vec::new()));
}

#[test]
fn other_codes_of_a_known_value_are_told() {
    let folder = folder_with(&[(
        "models.py",
        "from sqlalchemy.orm import relationship\n\nclass A:\n    b = relationship('B', cascade='delete, refresh-expire')\n",
    )]);
    assert_eq!(write(folder.path(), &[]).0, "Wrote known.json: 1 finding.\n");
    let told_of = |select: &str| told(&report(folder.path(), &["known.json", "--select", select]));
    assert_eq!(told_of("CAS0"), [""; 0]);
    assert_eq!(told_of("CAS"), ["CAS103 A.b"]);
    assert_eq!(write(folder.path(), &["--select", "CAS1"]).0, "Wrote known.json: 2 findings; 1 added, 0 taken off.\n");
    assert_eq!(told_of("CAS"), [""; 0]);
}

#[test]
fn fix_and_diff_leave_alone_what_is_known() {
    let folder = repository();
    let before = fs::read_to_string(folder.path().join("app/models.py")).unwrap();
    for command in ["diff", "fix"] {
        let run = run_binary(folder.path(), &[command, "--baseline", "known.json"]);
        assert_eq!((run.status.code(), run.stdout), (Some(0), Vec::new()), "{command}");
    }
    // a new use of a constant that known ones share: the constant stays
    edit(
        folder.path(),
        "app/models.py",
        &[("    notes =", "    items = relationship(\"Item\", cascade=OWNED)\n    notes =")],
    );
    let run = run_binary(folder.path(), &["fix", "--baseline", "known.json"]);
    assert_eq!(String::from_utf8(run.stdout).unwrap(), "app/models.py\n");
    let list = "save-update, merge, expunge, delete, delete-orphan";
    let fixed = format!("    items = relationship(\n        \"Item\", cascade=\"{list}\"\n    )\n");
    let expected = before.replace("    notes =", &format!("{fixed}    notes ="));
    assert_eq!(fs::read_to_string(folder.path().join("app/models.py")).unwrap(), expected);
    // all of it, where that is asked for
    run_binary(folder.path(), &["fix", "--no-baseline"]);
    assert!(fs::read_to_string(folder.path().join("app/models.py")).unwrap().contains("OWNED = \"save-update, "));
}

#[test]
fn settings_name_a_baseline_beside_them() {
    let folder = repository();
    fs::create_dir(folder.path().join("ci")).unwrap();
    fs::rename(folder.path().join("known.json"), folder.path().join("ci/known.json")).unwrap();
    fs::write(folder.path().join("pyproject.toml"), "[tool.cascade-fix]\nbaseline = \"ci/known.json\"\n").unwrap();
    let check = |folder: &Path, arguments: &[&str]| {
        let run = run_binary(folder, &[&["check"], arguments].concat());
        (run.status.code(), String::from_utf8(run.stderr).unwrap())
    };
    assert_eq!(check(folder.path(), &[]).0, Some(0));
    assert_eq!(check(&folder.path().join("lib"), &[]).0, Some(0));
    assert_eq!(check(&folder.path().join("tests"), &["../app/models.py"]).0, Some(0));
    assert_eq!(check(folder.path(), &["--no-baseline"]).0, Some(1));
    assert_eq!(check(folder.path(), &["--isolated"]).0, Some(1));
    let run = run_binary(&folder.path().join("lib"), &["config"]);
    let shown = String::from_utf8(run.stdout).unwrap();
    assert!(shown.contains("known.json\"  # ") && shown.contains("pyproject.toml:2"), "{shown}");
    fs::remove_file(folder.path().join("ci/known.json")).unwrap();
    let (status, said) = check(folder.path(), &[]);
    assert_eq!(status, Some(2), "{said}");
    let told = "pyproject.toml:2: there is no baseline ci/known.json; write it with `cascade-fix check --write-baseline ci/known.json`";
    assert!(said.contains(told), "{said}");
    let run = run_binary(folder.path(), &["check", "--write-baseline", "ci/known.json"]);
    assert_eq!(run.status.code(), Some(0));
    assert_eq!(check(folder.path(), &[]).0, Some(0));
}

#[test]
fn a_mistake_in_a_baseline_is_told_with_its_place() {
    let folder = repository();
    let entry = r#"{"path":"app/models.py","code":"CAS001","relationship":"A.b","value":"all"}"#;
    let with = |entries: &str| format!("{{\n\"version\": 1,\n\"findings\": [\n{entries}\n]\n}}\n");
    let cases = [
        (with(&format!("<<<<<<< HEAD\n{entry}\n")), "known.json:4:1: expected value"),
        (with(&format!("{entry}\n{entry}")), "known.json:5:1: expected `,` or `]`"),
        (with(&entry.replace("CAS001", "CAS999")), "known.json:4:39: unknown variant `CAS999`"),
        (with(&entry.replace("\"value\"", "\"values\"")), "unknown field `values`"),
        (with(&entry.replace("\"all\"", "\"all\",\"count\":0")), "expected a nonzero usize"),
        ("[]".to_owned(), "known.json:1:"),
        ("{\"version\": 2, \"findings\": []}".to_owned(), "known.json is a baseline of version 2"),
        (String::new(), "known.json:1:1: EOF"),
    ];
    for (text, expected) in cases {
        fs::write(folder.path().join("known.json"), &text).unwrap();
        let commands: [&[&str]; 3] = [
            &["check", "--baseline", "known.json"],
            &["fix", "--baseline", "known.json"],
            &["check", "--write-baseline", "known.json"],
        ];
        for command in commands {
            let run = run_binary(folder.path(), command);
            let said = String::from_utf8(run.stderr).unwrap();
            assert_eq!((run.status.code(), run.stdout), (Some(2), Vec::new()), "{said}");
            assert!(said.contains(expected) && said.contains("--write-baseline known.json`"), "{said}");
        }
        assert_eq!(fs::read_to_string(folder.path().join("known.json")).unwrap(), text, "it is not written over");
    }
    for file in ["app", "pyproject.toml"] {
        fs::write(folder.path().join("pyproject.toml"), "[project]\n").unwrap();
        let run = run_binary(folder.path(), &["check", "--write-baseline", file]);
        assert_eq!(run.status.code(), Some(2), "{file}");
        assert!(folder.path().join("app").is_dir());
        assert_eq!(fs::read_to_string(folder.path().join("pyproject.toml")).unwrap(), "[project]\n");
    }
}
