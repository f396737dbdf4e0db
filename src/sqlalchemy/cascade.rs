//! The cascade algebra: a Python value goes in, a set of cascade options comes out, and a set is written as text.
//!
//! It follows `CascadeOptions` in `sqlalchemy/orm/util.py`, whose answers for 511 values are recorded in
//! `testdata/oracle/cascade_truth.jsonl`.

use std::fmt;

use enumflags2::{BitFlags, bitflags};
use serde::{Serialize, Serializer};

use crate::python::{PyValue, is_re_whitespace};

/// One cascade option.
#[bitflags]
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CascadeOption {
    /// Objects reachable through the relationship join the session.
    SaveUpdate,
    /// `Session.merge()` goes on to related objects.
    Merge,
    /// `Session.refresh()` and `Session.expire()` expire related objects: the hazard.
    RefreshExpire,
    /// `Session.expunge()` goes on to related objects.
    Expunge,
    /// Deleting the parent deletes related objects.
    Delete,
    /// An object removed from the relationship is deleted.
    DeleteOrphan,
}

use CascadeOption::*;

/// What `all` stands for. `delete-orphan` is not part of it.
const ALL: [CascadeOption; 5] = [SaveUpdate, Merge, RefreshExpire, Expunge, Delete];

/// Every option, in the order in which a list is written.
const WRITTEN: [CascadeOption; 6] = [SaveUpdate, Merge, RefreshExpire, Expunge, Delete, DeleteOrphan];

/// The names SQLAlchemy accepts, in the order in which a nearest spelling is looked for.
pub const OPTION_NAMES: [&str; 8] =
    ["save-update", "merge", "refresh-expire", "expunge", "delete", "delete-orphan", "all", "none"];

impl CascadeOption {
    /// The option's name as SQLAlchemy spells it.
    pub fn name(self) -> &'static str {
        match self {
            SaveUpdate => "save-update",
            Merge => "merge",
            RefreshExpire => "refresh-expire",
            Expunge => "expunge",
            Delete => "delete",
            DeleteOrphan => "delete-orphan",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        CascadeOptions::ALL.iter().find(|option| option.name() == name)
    }
}

/// A set of cascade options, after `all` and `none` have been carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CascadeOptions(BitFlags<CascadeOption>);

impl CascadeOptions {
    /// Every option.
    pub const ALL: Self = Self(BitFlags::ALL);

    /// The options of the set, in the order of writing.
    pub fn iter(self) -> impl Iterator<Item = CascadeOption> {
        WRITTEN.into_iter().filter(move |option| self.contains(*option))
    }

    /// Whether the option is in the set.
    pub fn contains(self, option: CascadeOption) -> bool {
        self.0.contains(option)
    }

    /// The set without the option.
    pub fn without(self, option: CascadeOption) -> Self {
        Self(self.0 & !option)
    }

    /// The set with the option.
    pub fn with(self, option: CascadeOption) -> Self {
        Self(self.0 | option)
    }

    /// The options that are in any of the sets.
    pub fn union(sets: impl IntoIterator<Item = Self>) -> Self {
        sets.into_iter().fold(Self::default(), Self::or)
    }

    /// The options that are in this set and not in the other.
    pub fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The options that are in either set.
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What SQLAlchemy 2.x keeps of the set where `viewonly=True` holds: no option that writes.
    pub fn of_viewonly(self) -> Self {
        self.minus([SaveUpdate, Delete, DeleteOrphan].into_iter().collect())
    }

    /// Whether nothing cascades.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The options' names, sorted by the alphabet.
    pub fn sorted_names(self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.iter().map(CascadeOption::name).collect();
        names.sort_unstable();
        names
    }
}

impl FromIterator<CascadeOption> for CascadeOptions {
    fn from_iter<I: IntoIterator<Item = CascadeOption>>(options: I) -> Self {
        Self(options.into_iter().collect())
    }
}

/// The list as SQLAlchemy's documentation writes it: `save-update, merge, expunge, delete, delete-orphan`,
/// and `none` where nothing cascades.
impl fmt::Display for CascadeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        let names: Vec<_> = self.iter().map(CascadeOption::name).collect();
        f.write_str(&names.join(", "))
    }
}

/// The names sorted by the alphabet.
impl Serialize for CascadeOptions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.sorted_names().serialize(serializer)
    }
}

/// What SQLAlchemy makes of a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The effective set.
    pub options: CascadeOptions,
    /// Whether `all` was written, and not emptied by `none`.
    pub has_all: bool,
    /// SQLAlchemy's warning, where it gives one.
    pub warning: Option<&'static str>,
}

/// Why SQLAlchemy refuses a value, in its own words.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CascadeError {
    /// `ArgumentError`: options that do not exist.
    #[error("ArgumentError: Invalid cascade option(s): {}", reprs(.0))]
    InvalidOptions(Vec<PyValue>),
    /// `TypeError`: the value can't be iterated, or its elements can't be put into a set or sorted.
    #[error("TypeError: {0}")]
    Type(String),
}

fn reprs(values: &[PyValue]) -> String {
    let reprs: Vec<_> = values.iter().map(PyValue::repr).collect();
    reprs.join(", ")
}

/// Reads a value as `CascadeOptions(value)` of SQLAlchemy 2.x does.
///
/// # Errors
/// What SQLAlchemy raises when the relationship is constructed.
pub fn parse(value: &PyValue) -> Result<Parsed, CascadeError> {
    // as nearly all are written
    if let PyValue::Str(text) = value {
        let names: Vec<&str> = split(text).into_iter().map(|range| &text[range]).collect();
        if names.iter().all(|name| OPTION_NAMES.contains(name)) {
            return Ok(effective(&names));
        }
    }
    let elements = elements(value)?;
    let mut names: Vec<PyValue> = Vec::new();
    for element in elements {
        if let PyValue::Collection(
            kind @ (crate::python::CollectionKind::List | crate::python::CollectionKind::Set),
            _,
        ) = &element
        {
            let name = PyValue::Collection(*kind, Vec::new()).type_name();
            return Err(CascadeError::Type(format!("unhashable type: '{name}'")));
        }
        if !names.contains(&element) {
            names.push(element);
        }
    }
    let known = |name: &PyValue| match name {
        PyValue::Str(text) => OPTION_NAMES.into_iter().find(|known| known == text),
        _ => None,
    };
    let mut unknown: Vec<_> = names.iter().filter(|name| known(name).is_none()).cloned().collect();
    if !unknown.is_empty() {
        sort_as_python_does(&mut unknown)?;
        return Err(CascadeError::InvalidOptions(unknown));
    }
    Ok(effective(&names.iter().filter_map(known).collect::<Vec<_>>()))
}

fn effective(names: &[&str]) -> Parsed {
    let has = |wanted: &str| names.contains(&wanted);
    let has_all = has("all") && !has("none");
    let listed = names.iter().filter_map(|name| CascadeOption::from_name(name));
    let options: CascadeOptions = if has("none") {
        CascadeOptions::default()
    } else if has_all {
        listed.chain(ALL).collect()
    } else {
        listed.collect()
    };
    let orphan_alone = options.contains(DeleteOrphan) && !options.contains(Delete);
    Parsed {
        options,
        has_all,
        warning: orphan_alone.then_some("SAWarning: The 'delete-orphan' cascade option requires 'delete'."),
    }
}

fn elements(value: &PyValue) -> Result<Vec<PyValue>, CascadeError> {
    Ok(match value {
        PyValue::None => Vec::new(),
        PyValue::Str(text) => split(text).into_iter().map(|range| PyValue::Str(text[range].to_owned())).collect(),
        PyValue::Bytes(bytes) => bytes.iter().map(|b| PyValue::Int(i64::from(*b))).collect(),
        PyValue::Collection(_, items) => items.clone(),
        PyValue::Bool(_) | PyValue::Int(_) | PyValue::Opaque(_) => {
            return Err(CascadeError::Type(format!("'{}' object is not iterable", value.type_name())));
        }
    })
}

/// The byte ranges of the options in a string: Python's `re.split(r"\s*,\s*", text)`, empty parts left out.
pub fn split(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let pieces = text.split(',').count();
    for (index, piece) in text.split(',').enumerate() {
        let mut range = start..start + piece.len();
        start += piece.len() + 1;
        if index > 0 {
            range.start += piece.len() - piece.trim_start_matches(is_re_whitespace).len();
        }
        if index + 1 < pieces {
            let left = &text[range.clone()];
            range.end -= left.len() - left.trim_end_matches(is_re_whitespace).len();
        }
        if !range.is_empty() {
            ranges.push(range);
        }
    }
    ranges
}

fn sort_as_python_does(values: &mut [PyValue]) -> Result<(), CascadeError> {
    for pair in values.windows(2) {
        let comparable =
            matches!((&pair[1], &pair[0]), (PyValue::Str(_), PyValue::Str(_)) | (PyValue::Int(_), PyValue::Int(_)));
        if !comparable {
            return Err(CascadeError::Type(format!(
                "'<' not supported between instances of '{}' and '{}'",
                pair[1].type_name(),
                pair[0].type_name()
            )));
        }
    }
    values.sort_by(|a, b| match (a, b) {
        (PyValue::Str(a), PyValue::Str(b)) => a.cmp(b),
        (PyValue::Int(a), PyValue::Int(b)) => a.cmp(b),
        _ => std::cmp::Ordering::Equal,
    });
    Ok(())
}

/// The valid spelling that was probably meant by an option, if one is near; several names for several run together.
pub fn nearest_spelling(option: &str) -> Option<String> {
    let folded = option.trim().to_lowercase().replace(['_', ' '], "-");
    if let Some(names) = run_together(&folded) {
        return Some(names);
    }
    let pieces = folded.split(|c: char| !(c.is_alphanumeric() || c == '-'));
    let pieces = pieces.map(|piece| piece.trim_matches('-')).filter(|piece| !piece.is_empty());
    let names: Option<Vec<_>> = pieces.map(nearest_name).collect();
    names.filter(|names| !names.is_empty()).map(|names| names.join(", "))
}

fn nearest_name(piece: &str) -> Option<&'static str> {
    OPTION_NAMES
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(piece, name), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= name.len() / 4)
        .map(|(_, name)| name)
}

/// Two names without a comma between them, as implicit concatenation makes: `alldelete-orphan`.
fn run_together(text: &str) -> Option<String> {
    OPTION_NAMES.into_iter().find_map(|first| {
        let rest = text.strip_prefix(first)?.trim_start_matches('-');
        let second = OPTION_NAMES.into_iter().find(|name| *name == rest)?;
        Some(format!("{first}, {second}"))
    })
}
