//! The calls of a repository go in; the functions of its product that come to them come out: those that make them, and those that call these.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashSet;
use rayon::prelude::*;

use super::Analysis;
use crate::module::Location;
use crate::reads::{Callees, Caller, goes_on};
use crate::repository::Repository;
use crate::source::Kind;
use crate::syntax::{callee_name, definition_around, is_async, is_awaited};

/// How many calls there are at most between a function and what it comes to.
const MOST_LEVELS: usize = 2;

/// How a function comes to calls.
#[derive(Default)]
struct Coming {
    /// The places of the relationships that matter to the calls.
    relationships: BTreeSet<usize>,
    /// Something may be read in it behind one of them.
    goes_on: bool,
}

impl Coming {
    /// Adds a way to one; whether a relationship is new.
    fn add(&mut self, relationships: BTreeSet<usize>, goes_on: bool) -> bool {
        let before = self.relationships.len();
        self.relationships.extend(relationships);
        self.goes_on |= goes_on;
        self.relationships.len() > before
    }
}

impl Analysis {
    /// The functions that come to some calls and do something more, by file: each with the places of the relationships that matter to the
    /// calls.
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
            Some((module.location(&function.range()), goes_on(&node)))
        };
        let mut all: BTreeMap<Location, Coming> = BTreeMap::new();
        for (call, relationships) in calls {
            if let Some((function, goes_on)) = around(&call) {
                all.entry(function).or_default().add(relationships, goes_on);
            }
        }
        let mut level: BTreeSet<Location> = all.keys().cloned().collect();
        if !level.is_empty() {
            let files = self.files_of_coroutines(repository);
            for _ in 0..MOST_LEVELS {
                let mut next = BTreeSet::new();
                for Caller { function, called, goes_on } in self.callers(repository, &files, &level) {
                    let relationships = all.get(&called).map(|called| called.relationships.clone()).unwrap_or_default();
                    let is_new = all.entry(function.clone()).or_default().add(relationships, goes_on);
                    next.extend(is_new.then_some(function));
                }
                level = next;
            }
        }
        let mut by_file: BTreeMap<Arc<Path>, BTreeMap<Location, BTreeSet<usize>>> = BTreeMap::new();
        for (function, Coming { relationships, .. }) in all.into_iter().filter(|(_, coming)| coming.goes_on) {
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

    /// The functions in some files that call one of others.
    fn callers(&self, repository: &Arc<Repository>, files: &[PathBuf], functions: &BTreeSet<Location>) -> Vec<Caller> {
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
            self.disk.read(&self.walk.absolute(file)).is_ok_and(|bytes| callees.may_run_in(&bytes, kind))
        };
        let files: Vec<PathBuf> = files.par_iter().filter(may_call).cloned().collect();
        self.inferred(repository, &files, |types, _, module| callees.callers_in(types, module))
    }
}
