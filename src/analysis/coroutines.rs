//! The calls of a repository go in; the functions of its product that come to them come out: those that make them, and those that call these.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aho_corasick::AhoCorasick;

use super::Analysis;
use crate::module::Location;
use crate::reads::{callers_in, function_around};
use crate::repository::Repository;
use crate::syntax::{callee_name, kind};

/// How many calls there are at most between a function and what it comes to.
const MOST_LEVELS: usize = 2;

impl Analysis {
    /// The functions, by file.
    pub(super) fn functions_to(
        &self,
        repository: &Arc<Repository>,
        calls: BTreeSet<Location>,
    ) -> BTreeMap<Arc<Path>, Vec<Location>> {
        let around = |call: &Location| {
            let module = repository.module(&call.path)?;
            let node = module.node(&call.range())?;
            // what is not awaited is a session's of threads, but for expire
            let is_awaited = || node.parent().is_some_and(|around| around.kind() == kind::AWAIT);
            let is_expire = callee_name(&node).is_some_and(|name| name == "expire");
            let function = function_around(&node).filter(|_| is_expire || is_awaited())?;
            Some(module.location(&function.range()))
        };
        let mut level: BTreeSet<Location> = calls.iter().filter_map(around).collect();
        let mut all = level.clone();
        for _ in 0..MOST_LEVELS {
            level = self.callers(repository, &level).into_iter().filter(|caller| all.insert(caller.clone())).collect();
        }
        let mut by_file: BTreeMap<Arc<Path>, Vec<Location>> = BTreeMap::new();
        for function in all {
            by_file.entry(Arc::clone(&function.path)).or_default().push(function);
        }
        by_file
    }

    /// Those that call one of some functions, in the files that have to do with SQLAlchemy's sessions and asyncio by what they import or call.
    fn callers(&self, repository: &Arc<Repository>, functions: &BTreeSet<Location>) -> Vec<Location> {
        let name = |function: &Location| {
            let module = repository.module(&function.path)?;
            Some(module.node(&function.range())?.field("name")?.text().into_owned())
        };
        let names: HashSet<String> = functions.iter().filter_map(name).collect();
        let Ok(called) = AhoCorasick::new(names.iter().map(|name| format!("{name}("))) else { return Vec::new() };
        let is_caller = |file: &PathBuf| {
            let bytes = self.disk.read(&self.walk.absolute(file), true);
            bytes.is_ok_and(|bytes| called.is_match(&*bytes)) && !self.is_test(repository, file)
        };
        let mut files = self.files_with(repository, |traits| traits.asyncio || traits.refresh || traits.acts);
        files.retain(|file| !names.is_empty() && is_caller(file));
        self.inferred(repository, &files, |types, _, module| callers_in(types, module, &names, functions))
    }
}
