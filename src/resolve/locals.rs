//! What names stand for while a function of the repository is carried out.

use foldhash::HashMap;

use super::names::Found;
use super::pattern::Groups;
use crate::module::Location;
use crate::python::PyValue;

/// The names of a function that is carried out.
#[derive(Clone, Default)]
pub struct Locals {
    values: HashMap<String, Known>,
    /// Every name is here that the function has bound so far: another name of the function is not bound yet.
    pub(super) is_whole: bool,
}

/// What a name stands for.
#[derive(Clone)]
pub enum Known {
    /// A value.
    Value(PyValue),
    /// A class.
    Class(Box<KnownClass>),
    /// A match of a pattern.
    Match(Groups),
}

/// A class that a function is carried out for.
#[derive(Clone)]
pub struct KnownClass {
    /// Its definition.
    pub found: Found,
    /// Whether a class that it inherits from has a table; None where that can't be told.
    pub inherits_table: Option<bool>,
}

impl KnownClass {
    /// The whole definition.
    pub fn at(&self) -> Option<Location> {
        Some(self.found.module().location(self.found.binding().value.as_ref()?))
    }
}

impl Locals {
    /// One name.
    pub fn of(name: &str, known: Known) -> Self {
        Self { values: HashMap::from_iter([(name.to_owned(), known)]), is_whole: false }
    }

    /// What a name stands for.
    pub(super) fn get(&self, name: &str) -> Option<&Known> {
        self.values.get(name)
    }

    pub(super) fn set(&mut self, name: &str, known: Known) {
        self.values.insert(name.to_owned(), known);
    }
}

impl Known {
    /// The value; None where it is another thing.
    pub fn into_value(self) -> Option<PyValue> {
        if let Self::Value(value) = self { Some(value) } else { None }
    }
}
