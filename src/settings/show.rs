//! The settings in force for a path go in; text or JSON comes out, in which each value says where it comes from.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::values::name_of;
use super::{Overrides, PerFileIgnore, Setting, SettingOrigin, Settings};
use crate::rules::Code;
use crate::selection::Selection;
use crate::sqlalchemy::SqlalchemyVersion;

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
    pub line_length: Setting<usize>,
    /// The version that what the project depends on says, for want of another.
    pub sqlalchemy_version: Option<Setting<SqlalchemyVersion>>,
}

/// One setting: its key, and what it is.
struct SettingRow(&'static str, ShownSetting);

/// A value and who says so.
type ValueWithOrigin = (Value, String);

enum ShownSetting {
    Unset,
    One(ValueWithOrigin),
    List(Vec<ValueWithOrigin>),
    /// By the names below the key.
    Table(Vec<(String, ValueWithOrigin)>),
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

fn rows(InForce { settings, overrides, line_length, sqlalchemy_version, .. }: &InForce<'_>) -> Vec<SettingRow> {
    let of_command_line = overrides.exclude.iter().cloned().map(Setting::of_command_line);
    let exclude: Vec<_> = settings.exclude.iter().cloned().chain(of_command_line).collect();
    let folders = settings.rule_folders.iter().cloned().map(|folder| folder.map(|folder| folder.display().to_string()));
    let targets = settings.targets.given().map(|(direction, target)| (direction.to_owned(), given(target)));
    let per_file_ignores = settings.per_file_ignores.iter().map(|ignore| {
        let PerFileIgnore { glob, names, .. } = ignore;
        (glob.value.clone(), (json!(names), glob.origin.to_string()))
    });
    let length = settings.line_length.as_ref().unwrap_or(line_length);
    let version = settings.sqlalchemy_version.as_ref().or(sqlalchemy_version.as_ref());
    vec![
        SettingRow("profile", named(&settings.profile)),
        SettingRow("targets", ShownSetting::Table(targets.collect())),
        SettingRow("select", select(&settings.select)),
        SettingRow("ignore", list(&settings.ignore)),
        SettingRow("per-file-ignores", ShownSetting::Table(per_file_ignores.collect())),
        SettingRow("exclude", list(&exclude)),
        SettingRow("tests", list(&settings.tests)),
        SettingRow("require-asyncio", ShownSetting::One(of_flag(&settings.require_asyncio))),
        SettingRow("constructors", list(&settings.constructors)),
        SettingRow("rules", list(&folders.collect::<Vec<_>>())),
        SettingRow(
            "baseline",
            settings.baseline.as_ref().map_or(ShownSetting::Unset, |file| ShownSetting::One(path(file))),
        ),
        SettingRow("expunge", named(&settings.expunge)),
        SettingRow("line-length", ShownSetting::One((json!(length.value), length.origin.to_string()))),
        SettingRow("layout", named(&settings.layout)),
        SettingRow(
            "sqlalchemy-version",
            version.map_or(ShownSetting::Unset, |version| ShownSetting::One(given(version))),
        ),
    ]
}

fn given<T: ToString>(setting: &Setting<T>) -> ValueWithOrigin {
    (json!(setting.value.to_string()), setting.origin.to_string())
}

fn path(setting: &Setting<PathBuf>) -> ValueWithOrigin {
    (json!(setting.value.display().to_string()), setting.origin.to_string())
}

fn of_flag(setting: &Setting<bool>) -> ValueWithOrigin {
    (json!(setting.value), setting.origin.to_string())
}

fn named<T: clap::ValueEnum>(setting: &Setting<T>) -> ShownSetting {
    ShownSetting::One((json!(name_of(&setting.value)), setting.origin.to_string()))
}

fn list(settings: &[Setting<String>]) -> ShownSetting {
    ShownSetting::List(settings.iter().map(given).collect())
}

fn select(settings: &[Setting<String>]) -> ShownSetting {
    let by_default = |code: &Code| (json!(code), SettingOrigin::Default.to_string());
    match settings {
        [] => ShownSetting::List(Selection::default().codes().iter().map(by_default).collect()),
        _ => list(settings),
    }
}

/// TOML writes strings, numbers and lists as JSON does.
fn write_text(in_force: &InForce<'_>, out: &mut dyn Write) -> io::Result<()> {
    let from = in_force.file.map_or_else(|| "no settings file".to_owned(), |file| format!("settings of {file}"));
    writeln!(out, "# {}: {from}", in_force.path)?;
    let by_default = SettingOrigin::Default.to_string();
    for SettingRow(key, shown) in rows(in_force) {
        match shown {
            ShownSetting::Unset => writeln!(out, "# {key} is not set")?,
            ShownSetting::One((value, origin)) => writeln!(out, "{key} = {value}  # {origin}")?,
            ShownSetting::List(values) if values.iter().all(|(_, origin)| *origin == by_default) => {
                let values: Vec<Value> = values.into_iter().map(|(value, _)| value).collect();
                writeln!(out, "{key} = {}  # {by_default}", one_line(&values))?;
            }
            ShownSetting::List(values) => {
                writeln!(out, "{key} = [")?;
                values.iter().try_for_each(|(value, origin)| writeln!(out, "    {value},  # {origin}"))?;
                writeln!(out, "]")?;
            }
            ShownSetting::Table(values) if values.is_empty() => writeln!(out, "{key} = {{}}  # {by_default}")?,
            ShownSetting::Table(values) => values.iter().try_for_each(|(name, (value, origin))| {
                let value = value.as_array().map_or_else(|| value.to_string(), |values| one_line(values));
                writeln!(out, "{key}.{} = {value}  # {origin}", bare_or_quoted(name))
            })?,
        }
    }
    Ok(())
}

fn one_line(values: &[Value]) -> String {
    format!("[{}]", values.iter().map(Value::to_string).collect::<Vec<_>>().join(", "))
}

fn bare_or_quoted(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if is_bare { name.to_owned() } else { json!(name).to_string() }
}

/// Each value is an object with its origin; a list is one of such objects, and a table has them by name.
fn write_json(in_force: &InForce<'_>, out: &mut dyn Write) -> io::Result<()> {
    let with_origin = |(value, origin): ValueWithOrigin| json!({ "value": value, "origin": origin });
    let shown = |shown: ShownSetting| match shown {
        ShownSetting::Unset => with_origin((Value::Null, SettingOrigin::Default.to_string())),
        ShownSetting::One(given) => with_origin(given),
        ShownSetting::List(values) => values.into_iter().map(with_origin).collect(),
        ShownSetting::Table(values) => values.into_iter().map(|(name, given)| (name, with_origin(given))).collect(),
    };
    let settings: Map<_, _> =
        rows(in_force).into_iter().map(|SettingRow(key, value)| (key.to_owned(), shown(value))).collect();
    let document = json!({ "version": 1, "path": in_force.path, "file": in_force.file, "settings": settings });
    writeln!(out, "{document:#}")
}
