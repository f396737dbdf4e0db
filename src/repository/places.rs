//! What the code of a repository does goes in as a question; the places that do it come out, each question asked once.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::Repository;
use crate::rules::Rules;
use crate::sqlalchemy::Observable;

/// Where code of a kind stands, as `path:line`, or the files that have some, in order of path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// In the product.
    pub product: Vec<String>,
    /// In its tests and migrations.
    pub tests: Vec<String>,
}

pub(super) static NO_PLACES: Places = Places { product: Vec::new(), tests: Vec::new() };

impl Places {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.product.is_empty() && self.tests.is_empty()
    }

    /// Those of both, the product's first.
    pub fn extend(&mut self, other: Self) {
        self.product.extend(other.product);
        self.tests.extend(other.tests);
    }
}

impl Repository {
    /// The places that notice a cascade. `candidates` gives the files that can, in order of path, each with whether it
    /// is a test; it is asked once, and not before it is needed.
    pub fn observed(
        &self,
        rules: &Rules,
        what: Observable,
        candidates: impl FnOnce() -> Vec<(PathBuf, bool)>,
    ) -> &Places {
        let known = &self.observed[what as usize];
        if known.get().is_none() {
            // not inside of the cell: what waits for other threads may be given work that asks for the same
            let found: Vec<(bool, Vec<String>)> = candidates()
                .par_iter()
                .map(|(file, is_test)| (*is_test, self.observed_in(rules, what, file)))
                .collect();
            let (tests, product): (Vec<_>, Vec<_>) = found.into_iter().partition(|(is_test, _)| *is_test);
            let all = |found: Vec<(bool, Vec<String>)>| found.into_iter().flat_map(|(_, places)| places).collect();
            let _ = known.set(Places { product: all(product), tests: all(tests) });
        }
        // set just now, if not before
        known.get().unwrap_or(&NO_PLACES)
    }

    /// The files that import SQLAlchemy's asyncio extension; `find` is asked once, and not before it is needed.
    pub fn asyncio(&self, find: impl FnOnce() -> Places) -> &Places {
        if self.asyncio.get().is_none() {
            let _ = self.asyncio.set(find());
        }
        self.asyncio.get().unwrap_or(&NO_PLACES)
    }

    /// The places of a file. What can't be parsed counts where it has the word.
    pub(super) fn observed_in(&self, rules: &Rules, what: Observable, file: &Path) -> Vec<String> {
        let file = self.working_directory.join(file);
        let Some(module) = self.open(&file) else {
            self.add_unread(vec![self.why_unread(&file)]);
            return Vec::new();
        };
        let tree = module.tree();
        let found = rules.find_observations(&tree.root(), what).into_iter().map(|node| node.range().start);
        let broken = tree.syntax_errors().into_iter();
        let broken = broken.filter_map(|error| Some(error.start + what.word_in(&module.source.text()[error])?));
        let mut offsets: Vec<usize> = found.chain(broken).collect();
        offsets.sort_unstable();
        let line = |offset: usize| module.source.position(offset).shown_line();
        let mut lines: Vec<_> = offsets.into_iter().map(|at| format!("{}:{}", self.display(&file), line(at))).collect();
        lines.dedup();
        lines
    }
}
