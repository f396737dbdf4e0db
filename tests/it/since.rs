//! `--since` and `--staged`: only files that changed, and what is written into one is the same as ever.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{folder_with, run_binary};
use tempfile::TempDir;

const USES: &str =
    "from sqlalchemy.orm import relationship\nfrom app.lists import OWNED\na = relationship('A', cascade=OWNED)\n";
const OWN: &str = "from sqlalchemy.orm import relationship\na = relationship('A', cascade='all')\n";

fn git(folder: &Path, arguments: &[&str]) {
    let run = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@b"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(run.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

/// A repository whose branch `main` went on after the branch that is checked out left it.
fn repository() -> TempDir {
    let folder = folder_with(&[
        (
            "app/lists.py",
            "OWNED = 'all'
",
        ),
        (
            "app/uses.py",
            "x = 1
",
        ),
        ("app/old.py", OWN),
        ("lib/old.py", OWN),
    ]);
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "first"]);
    git(folder.path(), &["checkout", "-q", "-b", "work"]);
    fs::write(folder.path().join("app/uses.py"), USES).unwrap();
    git(folder.path(), &["commit", "-q", "-a", "-m", "work"]);
    git(folder.path(), &["checkout", "-q", "main"]);
    fs::write(folder.path().join("lib/old.py"), format!("{OWN}# main went on\n")).unwrap();
    git(folder.path(), &["commit", "-q", "-a", "-m", "main"]);
    git(folder.path(), &["checkout", "-q", "work"]);
    folder
}

/// The files with findings.
fn found(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let run = run_binary(folder, &[&["check", "--isolated", "-q", "--output-format", "concise"], arguments].concat());
    assert!(matches!(run.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&run.stderr));
    let lines = String::from_utf8(run.stdout).unwrap();
    lines.lines().filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect()
}

#[test]
fn since_a_branch_is_what_changed_since_it_was_left() {
    let folder = repository();
    assert_eq!(found(folder.path(), &["--since", "main"]), ["app/uses.py"]);
    assert_eq!(found(folder.path(), &["--since", "HEAD"]), [""; 0]);
    fs::write(folder.path().join("new name.py"), OWN).unwrap();
    fs::write(folder.path().join("new.txt"), OWN).unwrap();
    fs::remove_file(folder.path().join("lib/old.py")).unwrap();
    assert_eq!(found(folder.path(), &["--since", "main"]), ["app/uses.py", "new name.py"]);
    assert_eq!(found(folder.path(), &["--since", "main", "app"]), ["app/uses.py"]);
    assert_eq!(found(&folder.path().join("app"), &["--since", "main"]), ["uses.py"]);
    assert_eq!(found(folder.path(), &["--since", "main", "--exclude", "app"]), ["new name.py"]);
}

#[test]
fn staged_are_the_files_of_the_next_commit() {
    let folder = repository();
    assert_eq!(found(folder.path(), &["--staged"]), [""; 0]);
    fs::write(folder.path().join("app/old.py"), format!("{OWN}x = 2\n")).unwrap();
    assert_eq!(found(folder.path(), &["--staged"]), [""; 0]);
    git(folder.path(), &["add", "-A"]);
    assert_eq!(found(folder.path(), &["--staged"]), ["app/old.py"]);
}

#[test]
fn what_is_staged_in_part_is_refused() {
    let folder = repository();
    fs::write(folder.path().join("app/old.py"), format!("{OWN}x = 2\n")).unwrap();
    git(folder.path(), &["add", "-A"]);
    fs::write(folder.path().join("app/old.py"), "x = 1\n").unwrap();
    let run = run_binary(folder.path(), &["check", "--isolated", "--staged"]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.code() == Some(2) && said.contains("app/old.py has changes that are not staged"), "{said}");
}

#[test]
fn what_is_written_is_what_a_full_run_writes() {
    let folder = repository();
    // the definition is not among the files that changed: that is told
    let run = run_binary(folder.path(), &["fix", "--isolated", "--since", "main"]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(said.contains("app/lists.py:1:9") && said.contains("name that file beside this one"), "{said}");
    fs::write(folder.path().join("app/lists.py"), "OWNED = 'all'  # changed\n").unwrap();
    let run = run_binary(folder.path(), &["fix", "--isolated", "--since", "main"]);
    assert_eq!(String::from_utf8(run.stdout).unwrap(), "app/lists.py\n");
    assert_eq!(fs::read_to_string(folder.path().join("app/old.py")).unwrap(), OWN);
}

/// Models of which each relationship has findings of its own.
const MODELS: &str = "from sqlalchemy.orm import relationship
from app.lists import OWNED


class A:
    one = relationship('One', cascade='all')
    two = relationship(
        'Two',
        cascade='all',
        back_populates='a',
        single_parent=True,
    )
    three = relationship('Three', cascade=OWNED)
    four = relationship('Four', cascade='all', doc='''
    a long text
    ''')
";

fn edited(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(MODELS.to_owned(), |text, (before, after)| {
        assert!(text.contains(before), "{before}");
        text.replacen(before, after, 1)
    })
}

/// A repository with the models committed, and once more under a name that git has to quote.
fn repository_of_models() -> TempDir {
    let folder = folder_with(&[
        ("app/lists.py", "OTHER = 1\nOWNED = 'all'\n"),
        ("app/models.py", MODELS),
        ("app/caf\u{e9} \"1\".py", MODELS),
    ]);
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "first"]);
    folder
}

/// The relationships that findings are about.
fn attributes(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let run = run_binary(folder, &[&["check", "--isolated", "-q", "--output-format", "jsonl"], arguments].concat());
    assert!(matches!(run.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&run.stderr));
    let lines = String::from_utf8(run.stdout).unwrap();
    let attribute = |line: &str| {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        finding["relationship"]["attribute"].as_str().unwrap().to_owned()
    };
    lines.lines().map(attribute).collect()
}

/// Texts and what is written for them, and the attributes that are told then.
type Changed<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

#[test]
fn only_what_stands_on_changed_lines_is_told_where_that_is_asked() {
    let cases: [Changed<'_>; 12] = [
        (&[("class A", "# a comment\nclass A")], &[]),
        (&[("    one", "    zero = relationship('Zero', cascade='all')\n    one")], &["zero"]),
        (&[("'One', cascade", "'One',  cascade")], &["one"]),
        (&[("'Two',\n", "'Too',\n")], &["two"]),
        (&[("        single_parent=True,\n", "")], &["two"]),
        (&[("    )\n", "    )\n    other = 1\n")], &[]),
        (&[("    two = relationship(\n", "    other = 1\n    two = relationship(\n")], &[]),
        (&[("a long text", "another text")], &["four"]),
        (&[("'Three'", "'Tree'"), ("'One'", "'Won'")], &["one", "three"]),
        (&[("OWNED\n\n", "OWNED\n\nx = 1\n")], &[]),
        (&[("\n\nclass", "\nclass")], &[]),
        (&[("    three", "\u{c}    three")], &["three"]),
    ];
    for (changes, expected) in cases {
        for file in ["app/models.py", "app/caf\u{e9} \"1\".py"] {
            let folder = repository_of_models();
            fs::write(folder.path().join(file), edited(changes)).unwrap();
            assert_eq!(attributes(folder.path(), &["--since", "main", "--diff-only"]), expected, "{changes:?}");
            git(folder.path(), &["add", "-A"]);
            assert_eq!(attributes(folder.path(), &["--staged", "--diff-only"]), expected, "{changes:?}");
            let all = attributes(folder.path(), &["--since", "main"]);
            assert_eq!(all.len(), if changes[0].0 == "    one" { 5 } else { 4 });
        }
    }
}

#[test]
fn settings_of_git_do_not_change_which_lines_those_are() {
    let folder = repository_of_models();
    fs::write(folder.path().join("app/models.py"), edited(&[("'One'", "'Won'"), ("a long text", "text")])).unwrap();
    fs::write(folder.path().join(".gitattributes"), "*.py -diff\n").unwrap();
    let settings = [
        "diff.noprefix=true",
        "diff.mnemonicPrefix=true",
        "diff.external=false",
        "diff.context=9",
        "color.ui=always",
        "diff.interHunkContext=9",
        "diff.renames=false",
        "core.quotePath=false",
        "diff.relative=true",
    ];
    for setting in settings {
        let (name, value) = setting.split_once('=').unwrap();
        git(folder.path(), &["config", name, value]);
        for inside in ["", "app"] {
            let found = attributes(&folder.path().join(inside), &["--since", "HEAD", "--diff-only"]);
            assert_eq!(found, ["one", "four"], "{setting} in {inside:?}");
        }
    }
}

#[test]
fn what_stands_on_other_lines_is_counted_and_left_alone() {
    let folder = repository_of_models();
    fs::write(folder.path().join("app/models.py"), edited(&[("'One'", "'Won'")])).unwrap();
    let arguments = ["--isolated", "--since", "HEAD", "--diff-only"];
    let run = run_binary(folder.path(), &[&["check"], &arguments[..]].concat());
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(said.contains("; 3 on unchanged lines; 1 file checked."), "{said}");
    assert!(said.contains("Apply with: cascade-fix fix --since HEAD --diff-only --isolated"), "{said}");
    run_binary(folder.path(), &[&["fix"], &arguments[..]].concat());
    let fixed = edited(&[("'One', cascade='all'", "'Won', cascade='save-update, merge, delete'")]);
    assert_eq!(fs::read_to_string(folder.path().join("app/models.py")).unwrap(), fixed);
}

#[test]
fn a_constant_that_changed_changes_its_uses() {
    let folder = repository_of_models();
    let lists = folder.path().join("app/lists.py");
    fs::write(&lists, "OTHER = 2\nOWNED = 'all'\n").unwrap();
    fs::write(folder.path().join("app/models.py"), edited(&[("class A", "class  A")])).unwrap();
    let found = || attributes(folder.path(), &["--since", "HEAD", "--diff-only"]);
    assert_eq!(found(), [""; 0]);
    fs::write(&lists, "OTHER = 2\nOWNED = 'all, delete'\n").unwrap();
    assert_eq!(found(), ["three"]);
}

#[test]
fn a_file_with_another_name_has_its_old_lines() {
    let folder = repository_of_models();
    fs::remove_file(folder.path().join("app/models.py")).unwrap();
    fs::create_dir(folder.path().join("new")).unwrap();
    fs::write(folder.path().join("new/models.py"), edited(&[("'One'", "'Won'")])).unwrap();
    git(folder.path(), &["add", "-A"]);
    assert_eq!(attributes(folder.path(), &["--staged", "--diff-only"]), ["one"]);
    assert_eq!(attributes(folder.path(), &["--since", "HEAD", "--diff-only", "new"]), ["one"]);
    assert_eq!(attributes(&folder.path().join("new"), &["--since", "HEAD", "--diff-only", "."]), ["one"]);
    // git does not know it: all of it is new
    git(folder.path(), &["reset", "-q"]);
    assert_eq!(attributes(folder.path(), &["--since", "HEAD", "--diff-only"]).len(), 4);
}

#[test]
fn before_the_first_commit_all_that_is_staged_is_new() {
    let folder = folder_with(&[("app/models.py", MODELS), ("app/lists.py", "OWNED = 'all'\n")]);
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "-A"]);
    assert_eq!(attributes(folder.path(), &["--staged", "--diff-only"]).len(), 4);
    let run = run_binary(folder.path(), &["check", "--since", "HEAD", "--diff-only"]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.code() == Some(2) && said.contains("`HEAD` names no commit"), "{said}");
}

#[test]
fn what_a_baseline_lists_is_known_on_changed_lines_too() {
    let folder = repository_of_models();
    run_binary(folder.path(), &["check", "--isolated", "--write-baseline", "known.json"]);
    let changes =
        [("'One'", "'Won'"), ("'Two',\n        cascade='all'", "'Two',\n        cascade='all, delete-orphan'")];
    fs::write(folder.path().join("app/models.py"), edited(&changes)).unwrap();
    let arguments = ["--since", "HEAD", "--diff-only", "--baseline", "known.json"];
    assert_eq!(attributes(folder.path(), &arguments), ["two"]);
}

#[test]
fn what_makes_no_sense_is_told() {
    let folder = repository();
    let said = |folder: &Path, arguments: &[&str]| {
        let run = run_binary(folder, arguments);
        assert_eq!(run.status.code(), Some(2));
        String::from_utf8(run.stderr).unwrap()
    };
    assert!(said(folder.path(), &["check", "--since", "nowhere"]).contains("`nowhere` names no commit"));
    assert!(said(folder.path(), &["check", "--since=--output=x"]).contains("names no commit"));
    assert!(said(folder.path(), &["check", "--since", "main", "--staged"]).contains("cannot be used with"));
    assert!(said(folder.path(), &["check", "--since", "main", "nowhere"]).contains("nowhere: no such file or folder"));
    assert!(said(folder.path(), &["check", "--staged", "-"]).contains("standard input is none"));
    assert!(!folder.path().join("x").exists());
    for command in ["check", "diff", "fix"] {
        let told = said(folder.path(), &[command, "--diff-only"]);
        assert!(told.contains("add --since REV (such as --since origin/main) or --staged"), "{told}");
    }
    let shallow = TempDir::new().unwrap();
    let url = format!("file://{}", folder.path().display());
    git(shallow.path(), &["clone", "-q", "--depth", "1", &url, "."]);
    assert!(said(shallow.path(), &["check", "--since", "HEAD~1"]).contains("this is a shallow clone: fetch it first"));
    let outside = TempDir::new().unwrap();
    assert!(said(outside.path(), &["check", "--since", "main"]).contains("is in no work tree of git"));
}
