//! The settings in force for a path go in; text or JSON comes out, in which each value says where it comes from.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::values::name_of;
use super::{Origin, Overrides, Setting, Settings};
use crate::selection::Selection;

/// How settings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ConfigFormat {
    /// TOML with comments
    #[default]
    Text,
    /// One JSON document
    Json,
}

/// What is printed.
pub struct InForce<'a> {
    /// For which file or folder, as reports show it.
    pub path: &'a str,
    /// The settings file as reports show it.
    pub file: Option<&'a str>,
    /// The values.
    pub settings: &'a Settings,
    /// What the command line adds to them.
    pub overrides: &'a Overrides,
    /// The line length that the formatters' settings give, for want of another.
    pub line_length: usize,
}

/// One setting: its dotted key, and what it is.
struct Row(Vec<String>, Shown);

enum Shown {
    Unset,
    One(Value, String),
    List(Vec<(Value, String)>),
}

/// Prints the settings.
///
/// # Errors
/// The output can't be written.
pub fn write(format: ConfigFormat, in_force: &InForce<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        ConfigFormat::Text => write_text(in_force, out),
        ConfigFormat::Json => write_json(in_force, out),
    }
}

fn rows(InForce { settings, overrides, line_length, .. }: &InForce<'_>) -> Vec<Row> {
    let key = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut rows = vec![Row(key(&["profile"]), named(&settings.profile))];
    rows.extend(settings.targets.given().map(|(direction, target)| {
        let shown = Shown::One(json!(target.value.to_string()), target.origin.to_string());
        Row(key(&["targets", direction]), shown)
    }));
    rows.push(Row(key(&["select"]), select(&settings.select)));
    rows.push(Row(key(&["ignore"]), list(&settings.ignore)));
    rows.extend(settings.per_file_ignores.iter().map(|ignore| {
        let shown = Shown::One(json!(ignore.names), ignore.glob.origin.to_string());
        Row(key(&["per-file-ignores", &ignore.glob.value]), shown)
    }));
    let given = overrides.exclude.iter().cloned().map(Setting::of_command_line);
    let exclude: Vec<_> = settings.exclude.iter().cloned().chain(given).collect();
    let folders = settings.rule_folders.iter().cloned().map(|folder| folder.map(|folder| folder.display().to_string()));
    rows.push(Row(key(&["exclude"]), list(&exclude)));
    rows.push(Row(key(&["constructors"]), list(&settings.constructors)));
    rows.push(Row(key(&["rules"]), list(&folders.collect::<Vec<_>>())));
    rows.push(Row(key(&["expunge"]), named(&settings.expunge)));
    rows.push(Row(
        key(&["line-length"]),
        settings.line_length.as_ref().map_or_else(
            || Shown::One(json!(line_length), "ruff, black, .editorconfig or their default".to_owned()),
            |length| Shown::One(json!(length.value), length.origin.to_string()),
        ),
    ));
    rows.push(Row(key(&["layout"]), named(&settings.layout)));
    rows.push(Row(
        key(&["sqlalchemy-version"]),
        settings
            .sqlalchemy_version
            .as_ref()
            .map_or(Shown::Unset, |version| Shown::One(json!(version.value.to_string()), version.origin.to_string())),
    ));
    rows
}

fn named<T: clap::ValueEnum>(setting: &Setting<T>) -> Shown {
    Shown::One(json!(name_of(&setting.value)), setting.origin.to_string())
}

fn list(settings: &[Setting<String>]) -> Shown {
    match settings {
        [] => Shown::One(json!([]), Origin::Default.to_string()),
        _ => Shown::List(settings.iter().map(|one| (json!(one.value), one.origin.to_string())).collect()),
    }
}

fn select(settings: &[Setting<String>]) -> Shown {
    match settings {
        [] => Shown::One(json!(Selection::default().codes()), Origin::Default.to_string()),
        _ => list(settings),
    }
}

/// TOML writes strings, numbers and lists as JSON does.
fn write_text(in_force: &InForce<'_>, out: &mut dyn Write) -> io::Result<()> {
    let from = in_force.file.map_or_else(|| "no settings file".to_owned(), |file| format!("settings of {file}"));
    writeln!(out, "# {}: {from}", in_force.path)?;
    for Row(key, shown) in rows(in_force) {
        let key = key.iter().map(|name| bare_or_quoted(name)).collect::<Vec<_>>().join(".");
        match shown {
            Shown::Unset => writeln!(out, "# {key} is not set")?,
            Shown::One(value, origin) => writeln!(out, "{key} = {}  # {origin}", one_line(&value))?,
            Shown::List(values) => {
                writeln!(out, "{key} = [")?;
                values.iter().try_for_each(|(value, origin)| writeln!(out, "    {value},  # {origin}"))?;
                writeln!(out, "]")?;
            }
        }
    }
    Ok(())
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(Value::to_string).collect::<Vec<_>>().join(", ")),
        _ => value.to_string(),
    }
}

fn bare_or_quoted(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if is_bare { name.to_owned() } else { json!(name).to_string() }
}

fn write_json(in_force: &InForce<'_>, out: &mut dyn Write) -> io::Result<()> {
    let with_origin = |(value, origin): (Value, String)| json!({ "value": value, "origin": origin });
    let mut settings = Map::new();
    for Row(key, shown) in rows(in_force) {
        let shown = match shown {
            Shown::Unset => with_origin((Value::Null, Origin::Default.to_string())),
            Shown::One(value, origin) => with_origin((value, origin)),
            Shown::List(values) => values.into_iter().map(with_origin).collect(),
        };
        match &key[..] {
            [table, name] => settings.entry(table).or_insert_with(|| json!({}))[name] = shown,
            _ => {
                settings.insert(key.concat(), shown);
            }
        }
    }
    let document = json!({ "version": 1, "path": in_force.path, "file": in_force.file, "settings": settings });
    writeln!(out, "{document:#}")
}
