//! Settings files: what is said of a mistake, which file counts, and the schema that editors read.

use std::fs;

use crate::common::{analysis, asked, folder_with, run_binary};
use cascade_fix::settings::{Lookup, Overrides, SettingsSource};
use serde::Deserialize;
use serde_json::Value;

const SCHEMA: &str = "cascade-fix.schema.json";
const UNSAFE: &str = "from sqlalchemy.orm import relationship\nr = relationship('A', cascade='all')\n";

#[derive(Deserialize)]
struct Mistakes {
    mistake: Vec<Mistake>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Mistake {
    name: String,
    file: Option<String>,
    text: String,
    error: String,
    #[serde(default)]
    passes_schema: bool,
}

#[derive(Deserialize)]
struct ValidOnes {
    valid: Vec<Valid>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Valid {
    name: String,
    file: Option<String>,
    text: String,
}

fn mistakes() -> Vec<Mistake> {
    toml::from_str::<Mistakes>(&fs::read_to_string("testdata/settings/mistakes.toml").unwrap()).unwrap().mistake
}

fn valid_ones() -> Vec<Valid> {
    toml::from_str::<ValidOnes>(&fs::read_to_string("testdata/settings/valid.toml").unwrap()).unwrap().valid
}

/// What the schema is about in a settings file's text; None where it is no TOML.
fn settings_in(file: Option<&str>, text: &str) -> Option<Value> {
    let document: Value = toml::from_str(text).ok()?;
    Some(if file == Some("pyproject.toml") { document["tool"]["cascade-fix"].clone() } else { document })
}

#[test]
fn a_mistake_is_told_with_file_line_column_and_key_and_nothing_is_written() {
    for Mistake { name, file, text, error, .. } in mistakes() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(file.as_deref().unwrap_or("cascade-fix.toml")), text).unwrap();
        fs::write(folder.path().join("models.py"), UNSAFE).unwrap();
        for command in [&["fix"][..], &["config"]] {
            let run = run_binary(folder.path(), command);
            assert_eq!(String::from_utf8_lossy(&run.stderr), format!("cascade-fix: {error}\n"), "{name}");
            assert_eq!((run.status.code(), &*run.stdout), (Some(2), &b""[..]), "{name}");
        }
        assert_eq!(fs::read_to_string(folder.path().join("models.py")).unwrap(), UNSAFE, "{name}");
    }
}

#[test]
fn the_valid_ones_are_taken_and_printed_as_settings_that_say_the_same() {
    for Valid { name, file, text } in valid_ones() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(file.as_deref().unwrap_or("cascade-fix.toml")), text).unwrap();
        let printed = |arguments: &[&str]| {
            let run = run_binary(folder.path(), &[&["config"], arguments].concat());
            assert_eq!(run.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&run.stderr));
            String::from_utf8(run.stdout).unwrap()
        };
        let in_force = printed(&[]);
        fs::write(folder.path().join("printed.toml"), &in_force).unwrap();
        let values = |text: &str| toml::from_str::<Value>(text).unwrap();
        assert_eq!(values(&printed(&["--config", "printed.toml"])), values(&in_force), "{name}");
    }
}

#[test]
fn the_schema_takes_the_valid_ones_and_refuses_mistakes() {
    let schema: Value = serde_json::from_str(&cascade_fix::settings::schema()).unwrap();
    jsonschema::draft7::meta::validate(&schema).unwrap();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    for Valid { name, file, text } in valid_ones() {
        let settings = settings_in(file.as_deref(), &text).unwrap();
        let errors: Vec<String> = validator.iter_errors(&settings).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
    for Mistake { name, file, text, passes_schema, .. } in mistakes() {
        let Some(settings) = settings_in(file.as_deref(), &text) else { continue };
        assert_eq!(validator.is_valid(&settings), passes_schema, "{name}");
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
fn a_mistake_in_rules_that_settings_name_is_told_with_their_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("app/rules")).unwrap();
    fs::write(folder.path().join("app/cascade-fix.toml"), "rules = [\"rules\"]\n").unwrap();
    fs::write(folder.path().join("app/rules/mine.yml"), "id: mine\nlanguage: Python\nrule:\n  pattern: f($VALUE)\n")
        .unwrap();
    fs::write(folder.path().join("app/models.py"), UNSAFE).unwrap();
    let run = run_binary(folder.path(), &["fix"]);
    let error = String::from_utf8(run.stderr).unwrap();
    assert!(error.starts_with("cascade-fix: app/rules/mine.yml:"), "{error}");
    assert_eq!(run.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("app/models.py")).unwrap(), UNSAFE);
}

#[test]
fn folders_of_rules_are_relative_to_the_working_directory_that_the_library_is_given() {
    let rule = "id: mine\nlanguage: Python\nrule:\n  pattern: gives($VALUE)\nmetadata:\n  sets: cascade\n  of: [relationship]\n  word: gives\n";
    let folder = folder_with(&[
        ("app/cascade-fix.toml", "rules = [\"own\"]\n"),
        ("app/own/mine.yml", rule),
        ("app/models.py", "gives(\"all\")\n"),
        ("more/other.yml", &rule.replace("gives", "hands").replace("mine", "other")),
        ("app/links.py", "hands(\"all\")\n"),
    ]);
    let codes = |overrides| {
        let analysis = analysis(folder.path(), overrides, &SettingsSource::Nearest, Vec::new());
        asked(&analysis, false).findings().map(|(_, finding)| finding.code.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(codes(Overrides::default()), ["CAS001"]);
    assert_eq!(codes(Overrides { rules: vec!["more".into()], ..Overrides::default() }), ["CAS001", "CAS001"]);
    fs::write(folder.path().join("app/own/mine.yml"), "id: mine\n").unwrap();
    let settings = Lookup::new(Overrides::default(), &SettingsSource::Nearest, folder.path()).unwrap();
    settings.of(&folder.path().join("app/models.py"));
    let error = settings.check().unwrap_err().to_string();
    assert!(error.starts_with("app/own/mine.yml:"), "{error}");
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
    for repository in ["settings", "settings-constructors", "settings-nested"] {
        let before = std::path::PathBuf::from(format!("testdata/repositories/{repository}/before"));
        for path in crate::common::read_tree(&before).keys().filter(|path| path.ends_with(".py")) {
            let folder = tempfile::tempdir().unwrap();
            crate::common::copy_tree(&before, folder.path());
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
    assert!(fs::read_to_string(SCHEMA).unwrap() == schema, "BLESS=1 cargo test settings writes {SCHEMA}");
}

#[test]
fn the_schema_knows_every_setting_that_the_command_config_prints() {
    let schema: Value = serde_json::from_str(&cascade_fix::settings::schema()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = run_binary(folder.path(), &["config", "--output-format", "json"]);
    let printed: Value = serde_json::from_slice(&run.stdout).unwrap();
    for key in printed["settings"].as_object().unwrap().keys() {
        assert!(schema["properties"][key]["description"].is_string(), "{key}");
    }
}

/// Files with their texts, and the lines that `config` shows of line length and version.
type Shown<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

#[test]
fn config_names_the_files_in_which_line_length_and_version_were_found() {
    let cases: [Shown<'_>; 10] = [
        (&[], "line-length = 88  # default", "# sqlalchemy-version is not set"),
        (
            &[("pyproject.toml", "[project]\ndependencies = ['sqlalchemy>=1.4']\n[tool.ruff]\nline-length = 100\n")],
            "line-length = 100  # pyproject.toml",
            "sqlalchemy-version = \"1.4\"  # pyproject.toml",
        ),
        (
            &[
                ("ruff.toml", "extend = 'config/base.toml'\n"),
                ("config/base.toml", "line-length = 99\n"),
                ("uv.lock", "[[package]]\nname = 'sqlalchemy'\nversion = '2.0.44'\n"),
            ],
            "line-length = 99  # config/base.toml",
            "sqlalchemy-version = \"2.0\"  # uv.lock",
        ),
        (
            &[("app/pyproject.toml", "[tool.black]\nline_length = 70\n"), ("requirements.txt", "sqlalchemy==2.1.0\n")],
            "line-length = 70  # app/pyproject.toml",
            "sqlalchemy-version = \"2.1\"  # requirements.txt",
        ),
        (
            &[(
                "pyproject.toml",
                "[tool.ruff.format]\n[tool.ruff]\nline-length = 90\n[tool.black]\nline-length = 70\n",
            )],
            "line-length = 90  # pyproject.toml",
            "# sqlalchemy-version is not set",
        ),
        // who has black and does not say that ruff formats has black format
        (
            &[("pyproject.toml", "[tool.ruff]\nline-length = 90\n[tool.black]\nline-length = 70\n")],
            "line-length = 70  # pyproject.toml",
            "# sqlalchemy-version is not set",
        ),
        (
            &[
                (".editorconfig", "root = true\n[*.py]\nmax_line_length = 120\n"),
                ("app/.editorconfig", "[*.js]\nmax_line_length = 60\n"),
            ],
            "line-length = 120  # .editorconfig",
            "# sqlalchemy-version is not set",
        ),
        // ruff is there and sets none
        (
            &[("pyproject.toml", "[tool.ruff]\n"), (".editorconfig", "[*.py]\nmax_line_length = 120\n")],
            "line-length = 88  # default",
            "# sqlalchemy-version is not set",
        ),
        (
            &[
                ("poetry.lock", "[[package]]\nname = 'sqlalchemy'\nversion = '1.4.54'\n"),
                ("ruff.toml", "line-length = 0\n"),
            ],
            "line-length = 88  # default",
            "sqlalchemy-version = \"1.4\"  # poetry.lock",
        ),
        // what settings of its own say counts
        (
            &[
                ("cascade-fix.toml", "line-length = 60\nsqlalchemy-version = '2.1'\n"),
                ("ruff.toml", "line-length = 99\n"),
                ("requirements.txt", "sqlalchemy==2.0.1\n"),
            ],
            "line-length = 60  # cascade-fix.toml:1",
            "sqlalchemy-version = \"2.1\"  # cascade-fix.toml:2",
        ),
    ];
    for (files, length, version) in cases {
        let folder = crate::common::folder_with(files);
        fs::create_dir_all(folder.path().join(".git")).unwrap();
        fs::create_dir_all(folder.path().join("app")).unwrap();
        let run = run_binary(folder.path(), &["config", "app"]);
        let shown = String::from_utf8(run.stdout).unwrap();
        let has = |line: &str| shown.lines().any(|shown| shown == line);
        assert!(has(length) && has(version), "{files:?}:\n{shown}");
    }
}
