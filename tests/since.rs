//! `--since` and `--staged`: only files that changed, and what is written into one is the same as ever.

#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{folder_with, run_binary};
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
    let shallow = TempDir::new().unwrap();
    let url = format!("file://{}", folder.path().display());
    git(shallow.path(), &["clone", "-q", "--depth", "1", &url, "."]);
    assert!(said(shallow.path(), &["check", "--since", "HEAD~1"]).contains("this is a shallow clone: fetch it first"));
    let outside = TempDir::new().unwrap();
    assert!(said(outside.path(), &["check", "--since", "main"]).contains("is in no work tree of git"));
}
