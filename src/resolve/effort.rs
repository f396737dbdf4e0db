//! How far names and values are followed before what they lead to counts as unknown.

use std::cell::{Cell, RefCell};

use crate::module::Location;

/// How many names are looked up to find out what one leads to.
pub(super) const MAX_LOOKUPS: u32 = 200;

/// How many expressions and statements are carried out to find out one text.
pub(super) const MAX_STEPS: u32 = 20_000;

/// How many imports are followed from one module to the next.
pub(super) const MAX_IMPORTS: u32 = 50;

/// How many expressions inside each other are evaluated.
pub(super) const MAX_DEPTH: u32 = 40;

/// Bounds the work on names that are defined in terms of each other.
pub struct Effort {
    lookups: Cell<u32>,
    depth: Cell<u32>,
    imports: Cell<u32>,
    /// A chain of names was longer than is followed.
    is_spent: Cell<bool>,
    /// A name that is looked up from inside a function can be whatever is ever assigned to it, not only what is assigned last.
    pub(super) every_assignment: bool,
    /// One value is asked for: conditions are decided, and functions of the repository carried out, in as many steps.
    steps: Option<Cell<u32>>,
    /// The statements whose values are being evaluated.
    visited: RefCell<Vec<Location>>,
}

impl Effort {
    /// For finding out who is called.
    pub fn for_callee() -> Self {
        Self {
            lookups: Cell::new(MAX_LOOKUPS),
            depth: Cell::new(MAX_DEPTH),
            imports: Cell::new(MAX_IMPORTS),
            is_spent: Cell::new(false),
            every_assignment: false,
            steps: None,
            visited: RefCell::default(),
        }
    }

    /// For finding out which values are possible.
    pub fn for_value() -> Self {
        Self { every_assignment: true, ..Self::for_callee() }
    }

    /// For finding out the one text that an expression gives.
    pub fn for_text() -> Self {
        Self { lookups: Cell::new(MAX_LOOKUPS * 10), steps: Some(Cell::new(MAX_STEPS)), ..Self::for_value() }
    }

    /// Whether one value is asked for.
    pub(super) fn carries_out(&self) -> bool {
        self.steps.is_some()
    }

    /// One step less; false where none is left.
    pub(super) fn step(&self) -> bool {
        let Some(steps) = &self.steps else { return false };
        let left = steps.get().checked_sub(1);
        steps.set(left.unwrap_or(0));
        left.is_some()
    }

    /// One look-up less; false where none is left.
    pub(super) fn look_up(&self) -> bool {
        let left = self.lookups.get().checked_sub(1);
        self.lookups.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Whether the value of the statement is being evaluated.
    pub(super) fn is_visiting(&self, statement: &Location) -> bool {
        self.visited.borrow().contains(statement)
    }

    /// Evaluates the value of a statement.
    pub(super) fn visiting<T>(&self, statement: Location, work: impl FnOnce() -> T) -> T {
        self.visited.borrow_mut().push(statement);
        let result = work();
        self.visited.borrow_mut().pop();
        result
    }

    /// Follows a binding to the next; None where it leads back to itself, or that is too far.
    pub(super) fn following<T>(&self, binding: Location, work: impl FnOnce() -> T) -> Option<T> {
        if self.is_visiting(&binding) {
            return None;
        }
        let result = self.visiting(binding, || self.deeper(work));
        self.is_spent.set(self.is_spent.get() || result.is_none());
        result
    }

    /// Whether a chain of names was longer than is followed.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    /// Does something in a module that is imported; None where that is too far.
    pub(super) fn importing<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let left = self.imports.get();
        self.imports.set(left.checked_sub(1)?);
        let result = work();
        self.imports.set(left);
        Some(result)
    }

    /// Does something one level deeper; None where that is too deep.
    pub(super) fn deeper<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let depth = self.depth.get();
        self.depth.set(depth.checked_sub(1)?);
        let result = work();
        self.depth.set(depth);
        Some(result)
    }
}
