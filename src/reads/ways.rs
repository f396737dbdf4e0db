//! The ways that were gone through a coroutine go in; the reads come out that raise on one of them which somebody can go.
//!
//! Each way takes conditions that aren't known to hold, or not to. Two of them may decide about each other, so that nobody goes it. What
//! raises is told where the conditions that it depends on don't.

use std::collections::BTreeSet;

use super::Raised;
use crate::module::Location;

/// A condition that isn't known, and which way it went.
pub(super) struct Decision {
    /// As it is written, and in which of the functions that are run inside each other.
    pub condition: (String, usize),
    pub kind: DecisionKind,
    /// The names in it, without attributes.
    pub names: BTreeSet<String>,
    /// What it asks of the module.
    pub of_module: Option<ModuleState>,
    /// It is one of the coroutine itself, about what its statements don't bind.
    pub is_free: bool,
    /// What it is about decides which way it goes, though that isn't known here.
    pub is_settled: bool,
    /// The loop around it that sets what it is about: the next round may decide otherwise.
    pub set_in: Option<Location>,
    /// Whether it holds.
    pub holds: bool,
    /// The statement that it is a part of.
    pub statement: Location,
}

/// A variable of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ModuleState {
    /// A call made it: two such have nothing to do with each other.
    Made,
    /// It may be made of another one, as what a function gives that is given nothing.
    Derived,
}

/// What is decided about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecisionKind {
    Condition,
    /// The way goes on where the other one leaves.
    Guard,
    /// There is something in what a loop goes through.
    Loop,
    /// Nothing is raised in a `try` statement.
    Completed,
}

/// A way through a coroutine.
#[derive(Default)]
pub(super) struct Way {
    /// In order.
    pub decisions: Vec<Decision>,
    /// What raises at its end.
    pub raised: Option<Raised>,
    /// The read that it ends with where that isn't known to raise.
    pub doubted: Option<Location>,
    /// The calls by which it came to that read.
    pub calls: Vec<Option<Location>>,
}

/// Those that somebody can come to.
pub(super) fn told(ways: Vec<Way>) -> Vec<Raised> {
    let mut told: Vec<Raised> = Vec::new();
    for way in &ways {
        let Some(raised) = &way.raised else { continue };
        if !told.iter().any(|known| known.is_same(raised)) && way.is_possible(raised, &ways) {
            told.push(raised.clone());
        }
    }
    told
}

impl Way {
    /// Whether the conditions that a read at its end depends on say nothing about each other.
    fn is_possible(&self, raised: &Raised, ways: &[Self]) -> bool {
        let decisions = (0..self.decisions.len()).filter(|index| self.depends_on(*index, raised, ways));
        let decisions: Vec<&Decision> = decisions.map(|index| &self.decisions[index]).collect();
        let is_over = |one: &Decision| one.set_in.as_ref().is_some_and(|around| !around.covers(&raised.read));
        !decisions.iter().any(|one| one.is_settled || is_over(one))
            && decisions
                .iter()
                .enumerate()
                .all(|(index, one)| decisions[..index].iter().all(|other| one.is_apart(other)))
    }

    /// Whether the read does not raise, as far as is known, where one of the conditions goes the other way and the later ones don't.
    fn depends_on(&self, index: usize, raised: &Raised, ways: &[Self]) -> bool {
        let decision = &self.decisions[index];
        if decision.kind == DecisionKind::Guard {
            return true;
        }
        let mut others = ways.iter().filter(|other| other.turns_from(self, index)).peekable();
        if others.peek().is_none() {
            // of many conditions only the last are gone both ways
            return decision.statement.covers(&raised.call) || decision.statement.covers(&raised.read);
        }
        let later = &self.decisions[index + 1..];
        let is_alike = |other: &&Self| {
            let is_same = |one: &Decision| {
                let known = later.iter().find(|known| known.condition == one.condition);
                known.is_none_or(|known| known.holds == one.holds)
            };
            other.decisions[index + 1..].iter().all(is_same)
        };
        !others.filter(is_alike).any(|other| other.calls == self.calls && other.may_raise(raised))
    }

    fn may_raise(&self, raised: &Raised) -> bool {
        self.raised.as_ref().is_some_and(|found| found.is_same(raised)) || self.doubted.as_ref() == Some(&raised.read)
    }

    /// Whether it is another way from one of the decisions on.
    fn turns_from(&self, other: &Self, index: usize) -> bool {
        let is_same =
            |(one, other): (&Decision, &Decision)| one.condition == other.condition && one.holds == other.holds;
        let turn = self.decisions.get(index).is_some_and(|turn| turn.holds != other.decisions[index].holds);
        turn && self.decisions.iter().zip(&other.decisions).take(index).all(is_same)
    }
}

impl Decision {
    /// Whether neither of two says something about the other. Who comes through one guard comes through the next, and of several loops
    /// none says that another goes through nothing.
    fn is_apart(&self, other: &Self) -> bool {
        use DecisionKind::{Completed, Condition, Guard, Loop};
        let are_related = || match (self.of_module, other.of_module) {
            (Some(one), Some(other)) => one.max(other) == ModuleState::Derived,
            _ => false,
        };
        let are_disjoint = || self.names.is_disjoint(&other.names) && !are_related();
        match (self.kind, other.kind) {
            (Guard, Guard) | (Loop | Completed, Loop | Completed) => true,
            (Condition, Condition) => self.is_free && other.is_free && are_disjoint(),
            (Loop, Condition) => (other.is_free || self.statement.covers(&other.statement)) && are_disjoint(),
            (Condition, Loop) => other.is_apart(self),
            // what is asked inside of it is asked before it ends
            (Completed, _) => self.statement.covers(&other.statement) || are_disjoint(),
            (_, Completed) => other.is_apart(self),
            (Guard, _) | (_, Guard) => are_disjoint(),
        }
    }
}
