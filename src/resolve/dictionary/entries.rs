//! What a dictionary can have under a key.

use crate::module::Location;
use crate::python::PyValue;
use crate::resolve::reason::Reason;
use crate::resolve::value::{Argument, Step, Value};

/// What a dictionary holds under a key.
#[derive(Debug, Clone)]
pub struct DictionaryEntry {
    /// What the value can be, or why that can't be known.
    pub value: Result<Value, Reason>,
    /// Where the value stands.
    pub at: Location,
    /// The names of dictionaries that lead there, in order.
    pub steps: Vec<Step>,
    /// The display, or the arguments, in which it stands.
    pub container: Location,
    /// A part of the statement that has it can't be parsed.
    pub is_broken: bool,
}

/// What a dictionary holds under a key: nothing, where both are empty.
#[derive(Debug, Default)]
pub struct Entries {
    /// Each thing that it can hold.
    pub entries: Vec<DictionaryEntry>,
    /// The parameters that hand in further ones.
    pub arguments: Vec<Argument>,
    /// One of the entries is certainly there.
    pub is_certain: bool,
    /// A part of the dictionary can't be known.
    pub is_open: bool,
}

impl Entries {
    pub(super) fn of(entry: DictionaryEntry) -> Self {
        Self { entries: vec![entry], is_certain: true, ..Self::default() }
    }

    /// A dictionary of which nothing can be known.
    pub(super) fn unknown() -> Self {
        Self { is_open: true, ..Self::default() }
    }

    /// Whether exactly one entry is possible, and certain.
    pub fn is_sole(&self) -> bool {
        self.is_certain && !self.is_open && self.arguments.is_empty() && self.entries.len() == 1
    }

    /// Whether nothing is there, for certain.
    pub fn is_nothing(&self) -> bool {
        self.entries.is_empty() && self.arguments.is_empty() && !self.is_open
    }

    /// The only value that is possible, and certain.
    pub fn value(&self) -> Option<&PyValue> {
        let value = self.entries.first().filter(|_| self.is_sole())?.value.as_ref().ok()?;
        if let ([only], []) = (&*value.alternatives, &*value.arguments) { Some(&only.value) } else { None }
    }

    /// What the dictionary holds under the key when a later part overrides it: where that certainly has the key, the later entries alone.
    pub(super) fn overlaid(self, later: Self) -> Self {
        if later.is_certain {
            return later;
        }
        let is_certain = self.is_certain;
        Self { is_certain, ..self.or(later) }
    }

    pub(super) fn or(mut self, other: Self) -> Self {
        self.is_certain &= other.is_certain;
        self.is_open |= other.is_open;
        for entry in other.entries {
            if !self.entries.iter().any(|known| known.at == entry.at) {
                self.entries.push(entry);
            }
        }
        self.arguments.extend(other.arguments);
        self
    }

    /// What any of several dictionaries can hold.
    pub(super) fn any(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().reduce(Self::or).unwrap_or_default()
    }

    /// The same behind names of dictionaries, of which the item with the key is read.
    pub(super) fn behind(mut self, steps: &[Step], key: &str) -> Self {
        let reading = |step: &Step| {
            let mut step = step.clone();
            step.items.push(key.to_owned());
            step
        };
        for entry in &mut self.entries {
            entry.steps.splice(0..0, steps.iter().map(reading));
        }
        self
    }
}
