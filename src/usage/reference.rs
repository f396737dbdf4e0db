//! A place that refers to a name of which it is known where it is bound.

use std::sync::Arc;

use foldhash::HashMap;
use parking_lot::Mutex;

use super::Usages;
use crate::module::{Location, ReferenceKind};
use crate::resolve::Step;

/// Some of the references to a name.
pub type SomeReferences<'a> = Arc<[&'a Reference]>;

/// References that were picked from all to a definition. A name can have thousands, and is asked for again and again.
#[derive(Default)]
pub struct Picked<'a>(Mutex<HashMap<(Location, bool), SomeReferences<'a>>>);

impl<'a> Picked<'a> {
    /// The references to a definition that are meant. They are picked once for each `answer` to a question about the definition.
    pub fn of(
        &self,
        usages: &'a Usages,
        (definition, answer): (&Location, bool),
        is_meant: impl Fn(&&Reference) -> bool,
    ) -> SomeReferences<'a> {
        let lock = || self.0.lock();
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
    /// A reference to a whole value that binds no other name to it.
    pub(super) fn plain(at: Location, kind: ReferenceKind) -> Self {
        Self { at, kind, items: Vec::new(), binds: None }
    }

    /// Whether the reference is to what a step reads of the name: the same item, a part of that, or a whole that has it.
    pub fn concerns(&self, step: &Step) -> bool {
        self.items.iter().zip(&step.items).all(|(one, other)| one == other)
    }
}
