//! A place that refers to a name of which it is known where it is bound.

use std::sync::Arc;

use crate::module::{Location, ReferenceKind};
use crate::resolve::Step;

/// Some of the references to a name.
pub type SomeReferences<'a> = Arc<[&'a Reference]>;

/// A place that refers to a name, other than where it is bound or imported.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The name.
    pub at: Location,
    /// What is done with it.
    pub kind: ReferenceKind,
    /// The keys of the item with which that is done, the outermost first; none where it is the whole.
    pub items: Vec<String>,
    /// Where the other name is bound that gets the value, if it gets it as it is.
    pub binds: Option<Location>,
}

impl Reference {
    /// One to the whole, by which no other name is bound.
    pub(super) fn plain(at: Location, kind: ReferenceKind) -> Self {
        Self { at, kind, items: Vec::new(), binds: None }
    }

    /// Whether it is about what a step reads of the same name: the same item, a part of that, or what that is a part of.
    pub fn concerns(&self, step: &Step) -> bool {
        self.items.iter().zip(&step.items).all(|(one, other)| one == other)
    }
}
