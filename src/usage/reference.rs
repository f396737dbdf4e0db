//! A place that refers to a name of which it is known where it is bound.

use std::sync::{Arc, Mutex, PoisonError};

use foldhash::HashMap;

use super::Usages;
use crate::module::{Location, ReferenceKind};
use crate::resolve::Step;

/// Some of the references to a name.
pub type SomeReferences<'a> = Arc<[&'a Reference]>;

/// References that were picked from all to a definition. A name can have thousands, and is asked for again and again.
#[derive(Default)]
pub struct Picked<'a>(Mutex<HashMap<(Location, bool), SomeReferences<'a>>>);

impl<'a> Picked<'a> {
    /// Those to a definition that are meant, which is found out once for each answer to a question about it.
    pub fn of(
        &self,
        usages: &'a Usages,
        (definition, answer): (&Location, bool),
        is_meant: impl Fn(&&Reference) -> bool,
    ) -> SomeReferences<'a> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (definition.clone(), answer);
        if let Some(known) = lock().get(&key) {
            return Arc::clone(known);
        }
        let picked: SomeReferences<'a> = usages.references(definition).iter().filter(is_meant).collect();
        lock().insert(key, Arc::clone(&picked));
        picked
    }
}

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
