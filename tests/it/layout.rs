//! Files before and after `fix`: the cases of `testdata/layout/*.toml`. Their expected text is what `ruff format` (black, where that is
//! configured) makes of the file with the new values in it; in `kept.toml` it is the file with the new values alone, and in
//! `pragmas.toml` what leaves each pragma with its code.
//! `RUFF=ruff BLACK=black cargo test layout` asks these themselves, too.

use std::fs;
use std::path::Path;

use crate::common::run_binary;
use cascade_fix::layout::{self, Style};
use cascade_fix::rewrite::Edit;
use cascade_fix::source::Source;
use cascade_fix::syntax::Tree;
use toml::{Table, Value};

/// What stands in front of a case that imports nothing.
const IMPORTS: &str = "from sqlalchemy.orm import backref, relationship\n\n";

struct Case {
    name: String,
    before: String,
    after: String,
    files: Vec<(String, String)>,
    /// The variable that names the formatter whose text it is.
    formatter: Option<&'static str>,
}

/// The cases of whole files.
fn cases() -> Vec<Case> {
    all_cases().into_iter().filter(|case| !case.name.starts_with("values: ")).collect()
}

fn all_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for entry in fs::read_dir("testdata/layout").unwrap() {
        let path = entry.unwrap().path();
        let table: Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        let theme = path.file_stem().unwrap().to_str().unwrap();
        cases.extend(table["case"].as_array().unwrap().iter().map(|case| read(theme, case)));
    }
    assert!(cases.len() > 90);
    cases
}

fn read(theme: &str, case: &Value) -> Case {
    let text = |key: &str| {
        let text = case[key].as_str().unwrap();
        let blocks = ["class ", "def ", "async def ", "@"].iter().any(|block| text.starts_with(block));
        match text.contains("import ") {
            _ if theme == "values" => text.to_owned(),
            true => text.to_owned(),
            false => format!("{IMPORTS}{}{text}", if blocks { "\n" } else { "" }),
        }
    };
    let files: Vec<_> = case.get("files").and_then(Value::as_table).into_iter().flatten().collect();
    let is_of = |tool: &str| {
        files.iter().all(|(name, settings)| {
            let is_its_table = settings.as_str().is_some_and(|settings| settings.contains(&format!("[tool.{tool}]")));
            is_its_table || tool == "ruff" && name.ends_with("ruff.toml")
        })
    };
    let formatter = match theme {
        "kept" | "pragmas" => None,
        _ if is_of("ruff") => Some("RUFF"),
        _ if is_of("black") => Some("BLACK"),
        _ => None,
    };
    Case {
        name: format!("{theme}: {}", case["name"].as_str().unwrap()),
        before: text("before"),
        after: text("after"),
        formatter,
        files: files.into_iter().map(|(name, text)| (name.clone(), text.as_str().unwrap().to_owned())).collect(),
    }
}

fn write(case: &Case, folder: &Path) {
    fs::write(folder.join("models.py"), &case.before).unwrap();
    for (name, text) in &case.files {
        fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn fix_lays_statements_out_as_formatters_do_and_a_second_fix_writes_nothing() {
    // the same list for all, whatever is known of their relationships
    let settings = tempfile::tempdir().unwrap();
    let settings = settings.path().join("settings.toml");
    fs::write(&settings, "expunge = \"drop\"\n").unwrap();
    for case in cases() {
        let folder = tempfile::tempdir().unwrap();
        write(&case, folder.path());
        for _ in 0..2 {
            let run = run_binary(
                folder.path(),
                &["fix", "--quiet", "--unsafe-fixes", "--config", settings.to_str().unwrap()],
            );
            assert_eq!(run.status.code(), Some(0), "{}: {}", case.name, String::from_utf8_lossy(&run.stderr));
            let fixed = fs::read_to_string(folder.path().join("models.py")).unwrap();
            assert!(fixed == case.after, "{}:\n{fixed}\nis not\n{}", case.name, case.after);
        }
    }
}

#[test]
fn with_layout_keep_only_the_value_changes() {
    for case in cases() {
        let folder = tempfile::tempdir().unwrap();
        write(&case, folder.path());
        let run = run_binary(folder.path(), &["check", "--output-format", "json", "--layout", "keep"]);
        let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
        for finding in report["findings"].as_array().unwrap() {
            let inserts = finding["code"] == "CAS003";
            let edits = finding["fix"]["edits"].as_array().unwrap();
            let is_of_value = |edit: &serde_json::Value| {
                edit["start"].as_u64() >= finding["start"]["byte"].as_u64()
                    && edit["end"].as_u64() <= finding["end"]["byte"].as_u64()
            };
            // a default that is handed on stands elsewhere
            let is_elsewhere = edits.len() == 1 && !edits[0]["text"].as_str().unwrap().contains('\n');
            assert!(inserts || is_elsewhere || edits.iter().all(is_of_value), "{}: {edits:?}", case.name);
        }
    }
}

#[test]
fn the_expected_texts_are_the_formatters_own() {
    for case in all_cases() {
        let Some(program) = case.formatter.and_then(std::env::var_os) else { continue };
        let arguments: &[&str] = if case.formatter == Some("RUFF") { &["format", "--no-cache"] } else { &["--fast"] };
        let folder = tempfile::tempdir().unwrap();
        write(&case, folder.path());
        for text in [&case.before, &case.after] {
            fs::write(folder.path().join("models.py"), text).unwrap();
            let mut command = std::process::Command::new(&program);
            let run = command.args(arguments).args(["--check", "."]).current_dir(folder.path()).output().unwrap();
            assert!(run.status.success(), "{}: {}", case.name, String::from_utf8_lossy(&run.stderr));
        }
    }
}

#[test]
fn a_statement_is_laid_out_whatever_its_value_belongs_to() {
    const OLD: &str = "all, delete-orphan";
    const NEW: &str = "save-update, merge, delete, delete-orphan";
    for case in all_cases().into_iter().filter(|case| case.name.starts_with("values: ")) {
        let source = Source::decode(case.before.clone().into_bytes()).unwrap();
        let values: Vec<_> = case.before.match_indices(OLD).map(|(at, _)| at..at + OLD.len()).collect();
        let values: Vec<_> = values.into_iter().map(|range| Edit { range, text: NEW.to_owned() }).collect();
        let mut edits = values.clone();
        let tree = Tree::parse(source.parser_text());
        for relaid in layout::edits(&source, &tree, &values.iter().collect::<Vec<_>>(), &Style::default()) {
            assert_eq!(relaid.replaced, [], "{}", case.name);
            edits.extend(relaid.edits);
        }
        edits.sort_by_key(|edit| std::cmp::Reverse((edit.range.start, edit.range.end)));
        let mut text = case.before.clone();
        for edit in edits {
            text.replace_range(edit.range, &edit.text);
        }
        assert!(text == case.after, "{}:\n{text}\nis not\n{}", case.name, case.after);
    }
}
