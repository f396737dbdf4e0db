//! Findings go in; their notes come out, each once with the relationships that it is about, and of each finding what is its own.

use std::collections::BTreeSet;

use foldhash::HashMap;

use crate::outcome::{FileOutcome, Finding};
use crate::policy::Note;

/// The notes of findings.
#[derive(Default)]
pub(super) struct Notes<'a> {
    /// In the order in which the findings have them.
    pub all: Vec<CommonNote<'a>>,
}

/// A note of one or several findings.
pub(super) struct CommonNote<'a> {
    pub note: &'a Note,
    /// Their relationships, or places.
    pub of: BTreeSet<String>,
    /// How many they are.
    pub number: usize,
}

impl<'a> Notes<'a> {
    pub fn of(findings: impl IntoIterator<Item = (&'a FileOutcome, &'a Finding)>) -> Self {
        let mut all: Vec<CommonNote<'a>> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::default();
        for (file, finding) in findings {
            let name = || finding.relationship_name().unwrap_or_else(|| format!("{}:{}", file.display, finding.start));
            for note in finding.notes() {
                let index = *known.entry(&note.text).or_insert(all.len());
                if index == all.len() {
                    all.push(CommonNote { note, of: BTreeSet::new(), number: 0 });
                }
                all[index].of.insert(name());
                all[index].number += 1;
            }
        }
        Self { all }
    }

    /// Those of several findings, which are said once.
    pub fn shared(&self) -> impl Iterator<Item = &CommonNote<'a>> {
        self.all.iter().filter(|note| note.number > 1)
    }

    /// What speaks for a finding alone.
    pub fn own_reasons(&self, finding: &Finding) -> Vec<String> {
        let is_shared = |reason: &String| self.shared().any(|common| common.note.text == *reason);
        finding.reasons().into_iter().filter(|reason| !is_shared(reason)).collect()
    }
}

impl CommonNote<'_> {
    /// The relationships, as many as are to be named, each as `shown` has it.
    pub fn whose(&self, most: usize, shown: impl Fn(&str) -> String) -> String {
        let named = self.of.iter().take(most).map(|name| shown(name)).collect::<Vec<_>>().join(", ");
        match self.of.len().saturating_sub(most) {
            0 => named,
            more => format!("{named} and {more} more"),
        }
    }
}
