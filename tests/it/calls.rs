//! Which objects session calls are given: each file of `testdata/calls` says it beside the calls.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What a file says of its calls, by line: the words behind `#: `.
fn written(text: &str) -> BTreeMap<u64, String> {
    let lines = (1..).zip(text.lines());
    lines.filter_map(|(line, text)| Some((line, text.split_once("#: ")?.1.trim().to_owned()))).collect()
}

/// The same of what the report says.
fn told(call: &Value) -> String {
    let mut classes: Vec<&str> = call["classes"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    classes.sort_unstable();
    if !call["unknown"].is_null() {
        classes.push("?");
    }
    if classes.is_empty() { "-".to_owned() } else { classes.join(" | ") }
}

fn calls_in(folder: &Path) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cascade-fix"));
    let run =
        command.args(["check", "--calls", "--output-format=json", "--isolated", "."]).current_dir(folder).output();
    let report: Value = serde_json::from_slice(&run.unwrap().stdout).unwrap();
    report["calls"].as_array().unwrap().clone()
}

#[test]
fn calls_are_told_with_the_classes_that_their_objects_can_be() {
    let folders = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/calls")).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for folder in folders.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let mut said: BTreeMap<String, BTreeMap<u64, String>> = BTreeMap::new();
        for call in calls_in(&folder) {
            let file = said.entry(call["path"].as_str().unwrap().to_owned()).or_default();
            let before = file.insert(call["start"]["line"].as_u64().unwrap(), told(&call));
            assert!(before.is_none(), "two calls stand in one line: {call}");
        }
        for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let (right, said) = (written(&fs::read_to_string(&file).unwrap()), said.remove(&name).unwrap_or_default());
            count += right.len();
            for line in right.keys().chain(said.keys().filter(|line| !right.contains_key(line))) {
                let (right, said) = (right.get(line), said.get(line));
                if right != said {
                    wrong.push(format!("{}:{line}: {right:?} is right, {said:?} is said", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 80, "{count} calls");
}
