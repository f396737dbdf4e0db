//! Which comments suppress which findings: `testdata/suppression/*.yml`, each case with each kind of line ending.
//!
//! A case is a small repository. `files` are its files; `source` is short for its `models.py`. `check` are the paths that are checked
//! (all, if none) with the codes of `select` (those on by default, if none). `left` are the findings that no comment suppresses, as
//! `line CODE`, with the file before it if that is not `models.py`; `unused` are the comments that are told of, with what is wrong.
//! `fixed` maps texts of a file to what all fixes make of them, the unsafe ones too; what it does not name stays.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::common::{cases, read_tree, run_binary, write_tree};

const NEWLINES: [&str; 3] = ["\n", "\r\n", "\r"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    check: Vec<String>,
    #[serde(default)]
    select: Vec<String>,
    #[serde(default)]
    left: Vec<String>,
    #[serde(default)]
    suppressed: u64,
    #[serde(default)]
    unused: Vec<String>,
    #[serde(default)]
    fixed: BTreeMap<String, Vec<[String; 2]>>,
}

type Case = cases::Case<Table>;

impl Case {
    /// Every file, with line endings of a kind.
    fn tree(&self, newline: &str) -> BTreeMap<String, Vec<u8>> {
        self.files.iter().map(|(name, text)| (name.clone(), text.replace('\n', newline).into_bytes())).collect()
    }

    fn expected(&self, newline: &str) -> BTreeMap<String, Vec<u8>> {
        let mut tree = self.tree(newline);
        for (name, changes) in &self.fixed {
            let mut text = String::from_utf8(tree[name].clone()).unwrap();
            for [before, after] in changes {
                let before = before.replace('\n', newline);
                assert_eq!(text.matches(&before).count(), 1, "{}: {before}", self.name);
                text = text.replace(&before, &after.replace('\n', newline));
            }
            tree.insert(name.clone(), text.into_bytes());
        }
        tree
    }

    fn arguments<'a>(&'a self, command: &[&'a str]) -> Vec<&'a str> {
        let selected = self.select.iter().flat_map(|code| ["--select", code]);
        command.iter().copied().chain(selected).chain(self.check.iter().map(String::as_str)).collect()
    }
}

/// `line CODE`, or `file:line CODE`
fn finding(finding: &Value) -> String {
    let code = finding["code"].as_str().unwrap();
    at(finding, &format!("{} {code}", finding["start"]["line"]))
}

fn unused(unused: &Value) -> String {
    let reason = unused["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
    at(unused, &format!("{}:{} {}{reason}", unused["line"], unused["column"], unused["text"].as_str().unwrap()))
}

fn at(value: &Value, rest: &str) -> String {
    match value["path"].as_str().unwrap() {
        "models.py" => rest.to_owned(),
        path => format!("{path}:{rest}"),
    }
}

#[test]
fn comments_suppress_what_the_table_says() {
    let cases = cases::in_folder::<Case>(Path::new("testdata/suppression"));
    for (_, case) in &cases {
        for newline in NEWLINES {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join(".git")).unwrap();
            write_tree(&case.tree(newline), folder.path());
            let run = run_binary(folder.path(), &case.arguments(&["check", "--output-format", "json"]));
            let report: Value = serde_json::from_slice(&run.stdout).expect(&case.name);
            let all = |key: &str, shown: fn(&Value) -> String| -> Vec<String> {
                report[key].as_array().unwrap().iter().map(shown).collect()
            };
            let name = format!("{} ({newline:?})", case.name);
            assert_eq!(all("findings", finding), case.left, "{name}");
            assert_eq!(report["suppressed"], case.suppressed, "{name}");
            assert_eq!(all("unused_suppressions", unused), case.unused, "{name}");
            run_binary(folder.path(), &case.arguments(&["fix", "--quiet", "--layout", "keep", "--unsafe-fixes"]));
            for (path, bytes) in read_tree(folder.path()) {
                let expected = &case.expected(newline)[&path];
                assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(expected), "{name}: {path}");
            }
        }
    }
    assert!(cases.len() > 20);
}
