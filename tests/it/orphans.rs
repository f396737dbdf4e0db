//! SQLAlchemy itself gives up unsaved objects of the models in `testdata/repositories/orphans-*`, before and after `fix`: what it
//! inserts must be the same. `testdata/orphans/give_up.py` does that.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::sqlalchemy::python;
use crate::common::{repository_of, run_binary};
use serde_json::Value;
use tempfile::TempDir;

/// Where another list changes what is inserted.
const NOTICED: [&str; 22] = [
    "orphans-by-a-backref",
    "orphans-by-a-list-that-is-not-followed",
    "orphans-by-an-unknown-cascade",
    "orphans-elsewhere",
    "orphans-further-on",
    "orphans-many-to-one",
    "orphans-mapped-imperatively",
    "orphans-handed-on-in-a-script",
    "orphans-in-a-script",
    "orphans-in-excluded-files",
    "orphans-named-by-an-attribute",
    "orphans-of-a-base",
    "orphans-of-a-computed-base",
    "orphans-of-a-subclass",
    "orphans-of-a-tree",
    "orphans-of-an-unknown-base",
    "orphans-of-an-unknown-class",
    "orphans-of-sqlmodel",
    "orphans-one-to-one",
    "orphans-pending",
    "orphans-sharing-a-constant",
    "orphans-with-a-mixin",
];

fn repository(name: &str) -> TempDir {
    repository_of(&Path::new("testdata/repositories").join(name).join("before"))
}

/// What SQLAlchemy inserts, by the relationship and the class that is given up.
fn rows(folder: &Path) -> Value {
    let modules: Vec<&str> =
        if folder.join("shop").exists() { vec!["shop.invoices", "shop.lines"] } else { vec!["models"] };
    let mut asked = Command::new(python());
    asked.arg("testdata/orphans/give_up.py").arg(folder).args(modules);
    let output = asked.env("CHILD", "B").env("CASCADE", "all, delete-orphan").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_sqlalchemy_inserts_of_what_was_given_up_stays_the_same() {
    for entry in std::fs::read_dir("testdata/repositories").unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.starts_with("orphans-") {
            continue;
        }
        let folder = repository(name);
        let before = rows(folder.path());
        assert!(before.as_object().is_some_and(|rows| !rows.is_empty()), "{name}");
        let run = run_binary(folder.path(), &["fix", "--quiet"]);
        assert_eq!(run.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&run.stderr));
        assert_eq!(rows(folder.path()), before, "{name}");
    }
}

#[test]
fn without_expunge_something_else_would_be_inserted() {
    for name in NOTICED {
        let folder = repository(name);
        let before = rows(folder.path());
        std::fs::write(folder.path().join("cascade-fix.toml"), "expunge = \"drop\"\n").unwrap();
        let safe = run_binary(folder.path(), &["fix", "--quiet"]);
        assert!(matches!(safe.status.code(), Some(0 | 1)), "{name}: {}", String::from_utf8_lossy(&safe.stderr));
        assert_eq!(rows(folder.path()), before, "{name}: a safe fix changes what is inserted");
        run_binary(folder.path(), &["fix", "--quiet", "--unsafe-fixes"]);
        assert_ne!(rows(folder.path()), before, "{name}");
    }
}
