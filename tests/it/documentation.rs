//! README's tables are written from what the program says of itself: `BLESS=1 cargo test documentation` writes those that are stale.

use std::fs;

use cascade_fix::policy::Applicability;
use cascade_fix::profile::Profile;
use cascade_fix::report::Format;
use cascade_fix::rules::{FixKind, Rules};
use cascade_fix::settings::Overrides;
use clap::ValueEnum;
use serde_json::Value;

use crate::common::{folder_with, run_binary};

const README: &str = "README.md";

/// Holds a table of the README against what it should be, or writes that.
fn check(name: &str, heads: &[&str], rows: &[Vec<String>]) {
    let readme = fs::read_to_string(README).unwrap();
    let begin = format!("<!-- {name}: written by BLESS=1 cargo test documentation -->\n");
    let end = format!("<!-- end of {name} -->\n");
    let (before, rest) = readme.split_once(&begin).unwrap_or_else(|| panic!("{README} lacks {begin}"));
    let (known, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{README} lacks {end}"));
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rule = vec!["---".to_owned(); heads.len()];
    let lines: String = [heads, rule].iter().chain(rows).map(|cells| line(cells)).collect();
    let table = format!("\n{lines}\n");
    if std::env::var_os("BLESS").is_some() {
        fs::write(README, [before, &begin, &table, &end, after].concat()).unwrap();
    } else {
        assert!(known == table, "BLESS=1 cargo test documentation writes README's table of {name}:\n{table}");
    }
}

fn in_code(text: &str) -> String {
    format!("`{text}`")
}

/// The values of an option with what `--help` says of each.
fn values<T: ValueEnum + 'static>() -> impl Iterator<Item = (T, String, String)> {
    T::value_variants().iter().map(|value| {
        let shown = value.to_possible_value().unwrap();
        let help = shown.get_help().unwrap_or_else(|| panic!("{} has no help", shown.get_name())).to_string();
        (value.clone(), in_code(shown.get_name()), help)
    })
}

/// Whether the fix of `all, delete-orphan` is safe with a profile.
fn applicability(profile: Profile) -> &'static str {
    let models =
        "from sqlalchemy.orm import relationship\nposts = relationship(\"Post\", cascade=\"all, delete-orphan\")\n";
    let folder = folder_with(&[("models.py", models)]);
    let overrides = Overrides { profile: Some(profile), ..Overrides::default() };
    let outcome = crate::common::outcome(folder.path(), overrides, true);
    let fix = outcome.findings().find_map(|(_, finding)| finding.fix.clone()).unwrap();
    match fix.applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe => "unsafe",
    }
}

// one test: several would write the file at once
#[test]
fn the_tables_of_the_readme_are_what_the_program_says() {
    let codes = Rules::built_in().unwrap();
    let codes = codes.diagnostics().map(|diagnostic| {
        let fix = match diagnostic.fix {
            FixKind::Safe => "safe",
            FixKind::Unsafe => "unsafe",
            FixKind::Manual => "by hand",
        };
        let code = diagnostic.code.to_string();
        vec![code, in_code(&diagnostic.name), diagnostic.summary().to_owned(), format!("{fix}: {}", diagnostic.help)]
    });
    check("codes", &["code", "name", "finds", "fix"], &codes.collect::<Vec<_>>());

    let profiles = values::<Profile>().map(|(profile, name, help)| vec![name, help, applicability(profile).to_owned()]);
    check("profiles", &["`--profile`", "does, with what stood there", "the fix"], &profiles.collect::<Vec<_>>());

    let formats = values::<Format>().map(|(_, name, help)| vec![name, help]);
    check("formats", &["format", "what it is"], &formats.collect::<Vec<_>>());

    let schema: Value = serde_json::from_str(&cascade_fix::settings::schema()).unwrap();
    let settings = schema["properties"].as_object().unwrap().iter().map(|(key, setting)| {
        let text = setting["description"].as_str().unwrap().replace('\n', " ");
        let (value, default) =
            text.trim_end_matches('.').split_once("; by default ").unwrap_or_else(|| panic!("{key}: {text}"));
        vec![in_code(key), value.to_owned(), default.to_owned()]
    });
    check("settings", &["key", "value", "default"], &settings.collect::<Vec<_>>());
}

#[test]
fn the_readme_has_a_row_for_each_command() {
    let readme = fs::read_to_string(README).unwrap();
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `cascade-fix ")).collect();
    let help = run_binary(std::path::Path::new("."), &["--help"]).stdout;
    let help = String::from_utf8(help).unwrap();
    let list = help.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    let commands = list.lines().filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    let commands: Vec<&str> =
        commands.map(|line| line.split(' ').next().unwrap()).filter(|name| *name != "help").collect();
    assert!(commands.len() > 5, "{help}");
    for command in commands {
        let names = [format!("`cascade-fix {command}"), format!("`{command}`")];
        let has_row = rows.iter().any(|row| names.iter().any(|name| row.split(" | ").next().unwrap().contains(name)));
        assert!(has_row, "README's table of commands lacks {command}");
    }
}
