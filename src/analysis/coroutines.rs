//! The calls of a repository go in; the functions of its product that come to them come out: those that make them, and those that call these.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashSet;
use rayon::prelude::*;

use super::Analysis;
use crate::module::Location;
use crate::reads::Callees;
use crate::repository::Repository;
use crate::source::Kind;
use crate::syntax::{callee_name, definition_around, is_async, is_awaited};

/// How many calls there are at most between a function and what it comes to.
const MOST_LEVELS: usize = 2;

impl Analysis {
    /// The functions that come to some calls, by file: each with the places of the relationships that matter to the calls.
    pub(super) fn functions_to(
        &self,
        repository: &Arc<Repository>,
        calls: BTreeMap<Location, BTreeSet<usize>>,
    ) -> BTreeMap<Arc<Path>, BTreeMap<Location, BTreeSet<usize>>> {
        let around = |call: &Location| {
            let module = repository.module(&call.path)?;
            let node = module.node(&call.range())?;
            // what is not awaited is a session's of threads, but for expire
            let is_expire = callee_name(&node).is_some_and(|name| name == "expire");
            let function = definition_around(&node).filter(|_| is_expire || is_awaited(&node))?;
            Some(module.location(&function.range()))
        };
        let mut all: BTreeMap<Location, BTreeSet<usize>> = BTreeMap::new();
        for (call, relationships) in calls {
            if let Some(function) = around(&call) {
                all.entry(function).or_default().extend(relationships);
            }
        }
        let mut level: BTreeSet<Location> = all.keys().cloned().collect();
        if !level.is_empty() {
            let files = self.files_of_coroutines(repository);
            for _ in 0..MOST_LEVELS {
                let mut next = BTreeSet::new();
                for (caller, called) in self.callers(repository, &files, &level) {
                    let relationships = all.get(&called).cloned().unwrap_or_default();
                    let known = all.entry(caller.clone()).or_default();
                    let before = known.len();
                    known.extend(relationships);
                    if known.len() > before {
                        next.insert(caller);
                    }
                }
                level = next;
            }
        }
        let mut by_file: BTreeMap<Arc<Path>, BTreeMap<Location, BTreeSet<usize>>> = BTreeMap::new();
        for (function, relationships) in all {
            by_file.entry(Arc::clone(&function.path)).or_default().insert(function, relationships);
        }
        by_file
    }

    /// The files of the product that have to do with SQLAlchemy's sessions and asyncio by what they import or call.
    fn files_of_coroutines(&self, repository: &Repository) -> Vec<PathBuf> {
        let mut files = self.files_with(repository, |traits| traits.asyncio || traits.refresh || traits.acts);
        files.retain(|file| !self.is_test(repository, file));
        files
    }

    /// The functions in some files that call one of others, each with that.
    fn callers(
        &self,
        repository: &Arc<Repository>,
        files: &[PathBuf],
        functions: &BTreeSet<Location>,
    ) -> Vec<(Location, Location)> {
        let (mut awaited, mut others) = (HashSet::default(), HashSet::default());
        for function in functions {
            let Some(module) = repository.module(&function.path) else { continue };
            let Some(node) = module.node(&function.range()) else { continue };
            let names = if is_async(&node) { &mut awaited } else { &mut others };
            names.extend(node.field("name").map(|name| name.text().into_owned()));
        }
        let Some(callees) = Callees::new(functions, awaited, others) else { return Vec::new() };
        let may_call = |file: &&PathBuf| {
            let kind = Kind::of(file).unwrap_or_default();
            self.disk.read(&self.walk.absolute(file), true).is_ok_and(|bytes| callees.may_run_in(&bytes, kind))
        };
        let files: Vec<PathBuf> = files.par_iter().filter(may_call).cloned().collect();
        self.inferred(repository, &files, |types, _, module| callees.callers_in(types, module))
    }
}
