//! What is wrong with a settings file, in words that name file, line, column and key.

use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::file::PYPROJECT_TABLE;
use crate::rules::RuleError;
use crate::rules::UnknownDiagnostic;

/// Why settings can't be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SettingsError {
    /// The file can't be read.
    #[error("can't read the settings in {path}: {reason}")]
    Unreadable {
        /// The file as reports show it.
        path: String,
        /// Why.
        reason: String,
    },
    /// The file has a mistake.
    #[error("{path}:{line}:{column}: {}{message}", key.as_ref().map(|key| format!("{key}: ")).unwrap_or_default())]
    Broken {
        /// The file as reports show it.
        path: String,
        /// 1-based.
        line: usize,
        /// 1-based, in characters.
        column: usize,
        /// The setting; None where the file is no TOML.
        key: Option<String>,
        /// What is wrong, and what to do.
        message: String,
    },
    /// Rules that a settings file or the command line names are broken.
    #[error(transparent)]
    Rules(#[from] Arc<RuleError>),
    /// A code of the command line.
    #[error(transparent)]
    Code(#[from] UnknownDiagnostic),
}

impl From<RuleError> for SettingsError {
    fn from(error: RuleError) -> Self {
        Self::Rules(Arc::new(error))
    }
}

/// `; did you mean …?` where one of the names is near.
pub(super) fn suggestion<'n>(given: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    const MOST_EDITS: usize = 2;
    let distances = names.into_iter().map(|name| (strsim::damerau_levenshtein(given, name), name));
    let nearest = distances.min().filter(|(distance, _)| *distance <= MOST_EDITS);
    nearest.map(|(_, name)| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// serde's message, with the nearest key where an unknown one was given.
pub(super) fn explained(message: &str) -> String {
    let Some(rest) = message.strip_prefix("unknown field ") else { return message.to_owned() };
    // "`given`, expected one of `first`, `second`"
    let mut names = rest.split('`').skip(1).step_by(2);
    let given = names.next().unwrap_or_default();
    let names: Vec<&str> = names.collect();
    match suggestion(given, names.iter().copied()) {
        none if none.is_empty() => format!("there is no such setting; there are {}", names.join(", ")),
        nearest => format!("there is no such setting{nearest}"),
    }
}

/// The dotted key of the setting in whose key or value an offset is.
pub(super) fn key_at(text: &str, offset: usize) -> Option<String> {
    let document = DeTable::parse(text).ok()?;
    let mut path: Vec<String> = Vec::new();
    let mut table = document.get_ref();
    loop {
        let is_at = |span: Range<usize>| span.start <= offset && offset < span.end.max(span.start + 1);
        let entry = table.iter().find(|(key, _)| is_at(key.span()));
        let entry = entry.or_else(|| table.iter().find(|(_, value)| holds(value.get_ref(), value.span(), offset)));
        let Some((key, value)) = entry else { break };
        path.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) if !is_at(key.span()) => table = inner,
            _ => break,
        }
    }
    let path = path.join(".");
    let key = path.strip_prefix(&PYPROJECT_TABLE.join(".")).map_or(&*path, |rest| rest.trim_start_matches('.'));
    (!key.is_empty()).then(|| key.to_owned())
}

/// Whether an offset is in a value; a table's own span is that of its header.
fn holds(value: &DeValue<'_>, span: Range<usize>, offset: usize) -> bool {
    span.contains(&offset)
        || matches!(value, DeValue::Table(table)
            if table.iter().any(|(key, value)| key.span().contains(&offset) || holds(value.get_ref(), value.span(), offset)))
}
