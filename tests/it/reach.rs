//! Which relationships a call reaches: SQLAlchemy is asked what it expires, for an object of each class of `testdata/reach`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::sqlalchemy::python;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/reach");

/// By class: the relationships over which an object of it expires others.
fn asked() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(python()).arg("ask.py").current_dir(DATA).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The level of each relationship, by its name, beside a function.
fn levels(function: &str) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(Path::new(DATA).join("models.py"), folder.path().join("models.py")).unwrap();
    fs::write(folder.path().join("app.py"), format!("import models\n\n\n{function}")).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_cascade-fix"))
        .args(["check", "--output-format=json", "--isolated", "."])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let level = |finding: &Value| {
        let name = |key: &str| finding["relationship"][key].as_str().unwrap_or_default().to_owned();
        let level = finding["reach"]["level"].as_str().unwrap().to_owned();
        (format!("{}.{}", name("owner"), name("attribute")), level)
    };
    findings.map(level).collect()
}

#[test]
fn a_call_reaches_what_sqlalchemy_expires() {
    for (class, expired) in asked() {
        let levels = levels(&format!("def reload(session, obj: models.{class}):\n    session.refresh(obj)\n"));
        assert!(levels.len() >= 8, "{levels:?}");
        let reached = levels.iter().filter(|(_, level)| *level == "reached").map(|(name, _)| name.clone());
        let mut expected = expired.clone();
        if class == "User" || expired.iter().any(|name| name.starts_with("User.")) {
            // a user may be an admin, as the one is that SQLAlchemy was asked about
            expected.insert("Admin.grants".to_owned());
        }
        assert_eq!(reached.collect::<BTreeSet<_>>(), expected, "an object of {class}");
        assert!(levels.values().all(|level| level == "reached" || level == "dormant"), "{class}: {levels:?}");
    }
}

#[test]
fn what_names_attributes_reaches_nothing() {
    let levels = levels("def reload(session, user: models.User):\n    session.refresh(user, [\"posts\"])\n");
    assert!(levels.values().all(|level| level == "dormant"), "{levels:?}");
}

#[test]
fn an_object_that_is_not_known_may_reach_all() {
    let levels = levels("def reload(session, obj):\n    session.refresh(obj)\n");
    assert!(levels.values().all(|level| level == "unknown"), "{levels:?}");
}

#[test]
fn a_repository_of_advanced_alchemy_refreshes_its_model() {
    let levels = levels(
        "from advanced_alchemy.repository import SQLAlchemyAsyncRepository\n\n\n\
         class Comments(SQLAlchemyAsyncRepository[models.Comment]):\n    model_type = models.Comment\n",
    );
    assert_eq!(levels["Comment.votes"], "reached", "{levels:?}");
    assert_eq!(levels["Post.comments"], "dormant", "{levels:?}");
}
