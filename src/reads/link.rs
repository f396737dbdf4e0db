//! What a relationship of an object leads to, and whether it is loaded.

use std::rc::Rc;

use crate::module::Location;

use super::heap::{Expiry, Options, RunValue};

/// What is known of relationships that nothing was seen of.
#[derive(Debug, Clone)]
pub(super) enum UnseenRelationships {
    /// None is loaded.
    Empty,
    /// Those are loaded that are so with the object.
    Queried(Options),
    Unknown,
}

/// Whether a relationship of an object is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoadState {
    Loaded,
    Unloaded,
    Unknown,
}

/// What a relationship of an object leads to.
#[derive(Debug, Clone)]
pub(super) struct HeapLink {
    pub state: LoadState,
    /// Where that is known, loaded or not.
    pub value: Option<RunValue>,
    /// Where it came in.
    pub at: Location,
    /// The database has it.
    pub is_flushed: bool,
    /// How a cascade took away what was loaded.
    pub lost: Option<Rc<Expiry>>,
}

impl HeapLink {
    /// It may be loaded, or not.
    pub fn obscure(&mut self) {
        self.state = LoadState::Unknown;
        self.lost = None;
        if !self.is_flushed {
            self.value = None;
        }
    }

    /// What is loaded here, or set.
    pub fn loaded(value: RunValue, at: Location, is_flushed: bool) -> Self {
        Self { state: LoadState::Loaded, value: Some(value), at, is_flushed, lost: None }
    }

    /// What was set here isn't known.
    pub fn unknown(at: Location) -> Self {
        Self { state: LoadState::Unknown, value: None, at, is_flushed: false, lost: None }
    }

    /// What it leads to is known, and not loaded.
    pub fn known(value: RunValue, at: Location) -> Self {
        Self { state: LoadState::Unloaded, ..Self::loaded(value, at, true) }
    }
}
