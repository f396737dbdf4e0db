//! Settings files: what is said of a mistake, which file counts, and the schema that editors read.

mod common;

use std::fs;

use common::run_binary;
use serde::{Deserialize, Serialize};

const SCHEMA: &str = "cascade-fix.schema.json";
const UNSAFE: &str = "from sqlalchemy.orm import relationship\nr = relationship('A', cascade='all')\n";

#[derive(Serialize, Deserialize)]
struct Mistakes {
    mistake: Vec<Mistake>,
}

#[derive(Serialize, Deserialize)]
struct Mistake {
    name: String,
    file: Option<String>,
    text: String,
    error: String,
}

#[test]
fn a_mistake_is_told_with_file_line_column_and_key_and_nothing_is_written() {
    let table: Mistakes = toml::from_str(&fs::read_to_string("testdata/settings/mistakes.toml").unwrap()).unwrap();
    for Mistake { name, file, text, error } in table.mistake {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(file.as_deref().unwrap_or("cascade-fix.toml")), text).unwrap();
        fs::write(folder.path().join("models.py"), UNSAFE).unwrap();
        let run = run_binary(folder.path(), &["fix"]);
        assert_eq!(String::from_utf8_lossy(&run.stderr), format!("cascade-fix: {error}\n"), "{name}");
        assert_eq!(run.status.code(), Some(2), "{name}");
        assert_eq!(fs::read_to_string(folder.path().join("models.py")).unwrap(), UNSAFE, "{name}");
    }
}

#[test]
fn a_mistake_in_a_folder_that_the_walk_comes_by_or_above_it_is_told_too() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("app/models")).unwrap();
    fs::write(folder.path().join("app/cascade-fix.toml"), "layout = 1\n").unwrap();
    fs::write(folder.path().join("app/models/orders.py"), UNSAFE).unwrap();
    for paths in [&["."][..], &["app/models"], &["app/models/orders.py"]] {
        let run = run_binary(folder.path(), &[&["check"], paths].concat());
        let expected = "cascade-fix: app/cascade-fix.toml:1:10: layout: invalid type: integer `1`, expected a string\n";
        assert_eq!((run.status.code(), &*String::from_utf8_lossy(&run.stderr)), (Some(2), expected), "{paths:?}");
    }
    let run = run_binary(folder.path(), &["check", "--isolated"]);
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    let run = run_binary(folder.path(), &["check", "--exclude", "app"]);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn a_malformed_pyproject_toml_that_has_nothing_to_do_with_it_is_no_mistake() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pyproject.toml"), "[project\n").unwrap();
    fs::write(folder.path().join("models.py"), UNSAFE).unwrap();
    assert_eq!(run_binary(folder.path(), &["check"]).status.code(), Some(1));
}

#[test]
fn naming_a_file_writes_the_same_into_it_as_naming_the_whole() {
    for repository in ["settings", "settings-nested"] {
        let before = std::path::PathBuf::from(format!("testdata/repositories/{repository}/before"));
        for path in common::read_tree(&before).keys().filter(|path| path.ends_with(".py")) {
            let folder = tempfile::tempdir().unwrap();
            common::copy_tree(&before, folder.path());
            fs::create_dir(folder.path().join(".git")).unwrap();
            assert_eq!(run_binary(folder.path(), &["fix", path]).status.code(), Some(0));
            let whole = fs::read(before.with_file_name("after").join(path)).unwrap();
            assert!(fs::read(folder.path().join(path)).unwrap() == whole, "{repository}: {path}");
        }
    }
}

#[test]
fn the_committed_schema_is_the_one_that_the_settings_have() {
    let schema = cascade_fix::settings::schema();
    if std::env::var_os("BLESS").is_some() {
        fs::write(SCHEMA, &schema).unwrap();
    }
    assert!(fs::read_to_string(SCHEMA).unwrap() == schema, "BLESS=1 cargo test --test settings writes {SCHEMA}");
}

#[test]
fn the_schema_knows_every_setting_that_the_command_config_prints() {
    let schema: serde_json::Value = serde_json::from_str(&cascade_fix::settings::schema()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = run_binary(folder.path(), &["config", "--output-format", "json"]);
    let printed: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    for key in printed["settings"].as_object().unwrap().keys() {
        assert!(schema["properties"][key]["description"].is_string(), "{key}");
    }
}
