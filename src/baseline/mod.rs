//! Findings go in; a file comes out that lists them as known, and for other findings, which of them are on the list.
//!
//! A finding is known by its [`Identity`] and its value, so it stays so when other lines move, and does not when someone gives the
//! relationship another unsafe cascade. Where several are alike, their number counts.

mod file;

use std::collections::BTreeMap;

use crate::outcome::{FindingKey, Outcome, Stale};

pub use file::BaselineError;

/// The known findings, with how often each is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline(BTreeMap<FindingKey, usize>);

impl Baseline {
    /// Those of an outcome.
    pub fn of(outcome: &Outcome) -> Self {
        let mut baseline = Self::default();
        for (file, finding) in outcome.findings() {
            baseline.add(FindingKey::of(file, finding), 1);
        }
        baseline
    }

    /// How many findings it has.
    pub fn len(&self) -> usize {
        self.0.values().sum()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, known: FindingKey, number: usize) {
        *self.0.entry(known).or_default() += number;
    }

    /// Takes a finding off the list; whether it was on it.
    pub fn take(&mut self, known: &FindingKey) -> bool {
        let Some(number) = self.0.get_mut(known) else { return false };
        *number -= 1;
        if *number == 0 {
            self.0.remove(known);
        }
        true
    }

    /// What is on the list, and how often.
    pub fn known(&self) -> impl Iterator<Item = (&FindingKey, usize)> {
        self.0.iter().map(|(known, number)| (known, *number))
    }

    /// The same brought up to date: with the findings of an outcome, and without what it tells as not found any more.
    pub fn updated(mut self, outcome: &Outcome) -> Self {
        for Stale { key, number, .. } in &outcome.stale_baseline {
            for _ in 0..*number {
                self.take(key);
            }
        }
        for (known, number) in Self::of(outcome).known() {
            self.add(known.clone(), number);
        }
        self
    }
}
