//! What a statement selects, and what its loader options load with that.

use std::collections::BTreeSet;

use crate::types::Class;

/// The relationships that loader options of a statement name, each by its class as it is written there, and its own name.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Options {
    pub names: BTreeSet<(String, String)>,
    /// Those that they name where objects are the same that can't be told apart.
    pub maybe: BTreeSet<(String, String)>,
    /// They may name any others.
    pub any: bool,
    /// The name of a class, and the literal key of the one object of it that is selected.
    pub key: Option<(String, String)>,
    /// All objects of a class are selected.
    pub is_all: bool,
    /// The statement writes rows.
    pub is_change: bool,
}

impl Options {
    /// Nothing is known of what they name.
    pub fn unknown() -> Self {
        Self { any: true, ..Self::default() }
    }

    /// Whether they load a relationship of an object that is of all of the classes.
    pub fn do_load(&self, classes: &[Class], name: &str) -> bool {
        let is_of_class = |class: &str| classes.iter().any(|known| known.name == class);
        self.names.iter().any(|(class, named)| named == name && is_of_class(class))
    }

    pub fn can_load(&self, name: &str) -> bool {
        self.any || self.names.iter().chain(&self.maybe).any(|(_, named)| named == name)
    }

    /// The key of the one object of a class that is selected.
    pub fn key_of(&self, class: &Class) -> Option<String> {
        self.key.as_ref().filter(|(name, _)| *name == class.name).map(|(_, key)| key.clone())
    }

    pub fn add(&mut self, other: &Self) {
        self.any |= other.any;
        self.names.extend(other.names.iter().cloned());
        self.maybe.extend(other.maybe.iter().cloned());
    }

    /// Others that hold for the same objects, or not.
    pub fn add_possible(&mut self, other: &Self) {
        self.any |= other.any;
        self.maybe.extend(other.names.iter().chain(&other.maybe).cloned());
    }
}
