//! SQLAlchemy itself gives up unsaved objects of the models in `testdata/repositories/orphans-*`, before and after `fix`: what it
//! inserts must be the same. `testdata/orphans/give_up.py` does that.

use std::path::Path;
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

/// Copies of these repositories, each with its name.
fn repositories<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<(String, TempDir)> {
    let copy = |name: &str| repository_of(&Path::new("testdata/repositories").join(name).join("before"));
    names.into_iter().map(|name| (name.to_owned(), copy(name))).collect()
}

/// What SQLAlchemy inserts with the models of each: by the relationship and the class that is given up.
fn rows(repositories: &[(String, TempDir)]) -> Vec<Value> {
    let mut asked = Command::new(python());
    asked.arg("testdata/orphans/give_up.py").args(repositories.iter().map(|(_, folder)| folder.path()));
    let output = asked.env("CHILD", "B").env("CASCADE", "all, delete-orphan").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_sqlalchemy_inserts_of_what_was_given_up_stays_the_same() {
    let names = std::fs::read_dir("testdata/repositories").unwrap().map(|entry| entry.unwrap().file_name());
    let names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    let all = repositories(names.iter().map(String::as_str).filter(|name| name.starts_with("orphans-")));
    let before = rows(&all);
    for ((name, folder), before) in all.iter().zip(&before) {
        assert!(before.as_object().is_some_and(|rows| !rows.is_empty()), "{name}");
        let run = run_binary(folder.path(), &["fix", "--quiet"]);
        assert_eq!(run.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&run.stderr));
    }
    for ((name, _), (after, before)) in all.iter().zip(rows(&all).iter().zip(&before)) {
        assert_eq!(after, before, "{name}");
    }
}

#[test]
fn without_expunge_something_else_would_be_inserted() {
    let all = repositories(NOTICED);
    let before = rows(&all);
    for (name, folder) in &all {
        std::fs::write(folder.path().join("cascade-fix.toml"), "expunge = \"drop\"\n").unwrap();
        let safe = run_binary(folder.path(), &["fix", "--quiet"]);
        assert!(matches!(safe.status.code(), Some(0 | 1)), "{name}: {}", String::from_utf8_lossy(&safe.stderr));
    }
    let safe = rows(&all);
    all.iter().for_each(|(_, folder)| drop(run_binary(folder.path(), &["fix", "--quiet", "--unsafe-fixes"])));
    let unsafe_too = rows(&all);
    for (index, (name, _)) in all.iter().enumerate() {
        assert_eq!(safe[index], before[index], "{name}: a safe fix changes what is inserted");
        assert_ne!(unsafe_too[index], before[index], "{name}");
    }
}
