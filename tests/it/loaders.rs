//! What is said of a relationship by its loader is what SQLAlchemy does: `testdata/loaders/cases.yml`.

use std::collections::BTreeMap;
use std::process::Command;

use crate::common::{folder_with, run_binary, sqlalchemy};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Cases {
    around: String,
    refresh: Vec<String>,
    form: Vec<String>,
}

/// The modules by their names, and whether each is about a change of form.
fn modules() -> BTreeMap<String, (String, bool)> {
    let cases: Cases = ast_grep_config::from_str(include_str!("../../testdata/loaders/cases.yml")).unwrap();
    let module = |case: &String| match case.contains('\n') {
        true => case.clone(),
        false => cases.around.replace("LINE", case),
    };
    let of = |kind: &'static str, list: &[String]| {
        let named = |(index, case)| (format!("{kind}_{index:02}"), (module(case), kind == "form"));
        list.iter().enumerate().map(named).collect::<Vec<_>>()
    };
    of("refresh", &cases.refresh).into_iter().chain(of("form", &cases.form)).collect()
}

#[test]
fn a_change_of_form_is_told_where_sqlalchemy_leaves_nothing_expired() {
    let modules = modules();
    assert!(modules.len() > 30);
    let files: Vec<(String, &str)> =
        modules.iter().map(|(name, (text, _))| (format!("{name}.py"), text.as_str())).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let folder = folder_with(&files);
    let report = run_binary(folder.path(), &["check", "--isolated", "--output-format", "json"]);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    let asked =
        Command::new(sqlalchemy::python()).arg("testdata/loaders/observe.py").arg(folder.path()).output().unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let observed: BTreeMap<String, bool> = serde_json::from_slice(&asked.stdout).unwrap();
    for (name, (text, is_of_form)) in &modules {
        let of_module = |finding: &&Value| finding["path"] == format!("{name}.py");
        let found: Vec<&Value> = report["findings"].as_array().unwrap().iter().filter(of_module).collect();
        let [finding] = found[..] else { panic!("{name}: {found:?}\n{text}") };
        assert_eq!(observed[name], !is_of_form, "SQLAlchemy on {name}:\n{text}");
        assert_eq!(finding["hazard"], if *is_of_form { "form" } else { "refresh" }, "{name}:\n{text}");
        let says_so = finding["fix"]["notes"].to_string().contains("nothing but the form changes");
        assert_eq!(says_so, *is_of_form, "{name}: {finding}");
    }
}
