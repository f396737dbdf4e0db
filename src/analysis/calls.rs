//! The repositories under check go in; the calls come out by which their sessions refresh, expire, merge or expunge an object.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use crate::calls::{CallKind, SessionCall, in_module};
use crate::hints::Traits;
use crate::model::Classes;
use crate::module::Module;
use crate::outcome::{ToldCall, ToldRead};
use crate::repository::Repository;
use crate::resolve::Resolver;
use crate::sqlalchemy::Observable;
use crate::types::{Inferred, Types};

use super::Analysis;

impl Analysis {
    /// The calls, as they are told, in order of path and place.
    pub(super) fn told_calls(&self) -> Vec<ToldCall> {
        let mut told: Vec<ToldCall> = Vec::new();
        for repository in self.repositories_checked() {
            let reads = self.known_noticed(&repository).reads;
            let calls = self.placed_calls(&repository);
            let merging = self.calls_of(&repository, merges, &[CallKind::Merge]);
            let refreshing =
                || calls.iter().filter(|call| call.refreshes()).map(|call| (call.call.at.clone(), None)).collect();
            let reads = reads.unwrap_or_else(|| Arc::new(self.reads_of(&repository, refreshing())));
            let told_call =
                |call: &SessionCall| self.told_call(&repository, call, reads.told(&repository, &call.at, None));
            let all = calls.iter().map(|placed| &placed.call).chain(&merging);
            told.extend(
                all.filter(|call| !call.is_implicit)
                    .filter(|call| self.is_own(&repository, &call.at.path))
                    .filter_map(told_call),
            );
        }
        told.sort_by(|a, b| (&a.path, a.start.byte).cmp(&(&b.path, b.start.byte)));
        told
    }

    pub(super) fn told_call(
        &self,
        repository: &Repository,
        call: &SessionCall,
        reads: Vec<ToldRead>,
    ) -> Option<ToldCall> {
        let module = repository.module(&call.at.path)?;
        let step = |step: &crate::types::InferenceStep| {
            let module = repository.module(&step.at.path)?;
            Some(format!("{} ({})", step.words, repository.shown(&module.source, &step.at)))
        };
        Some(ToldCall {
            path: repository.display(&call.at.path),
            start: module.source.position(call.at.start),
            kind: call.kind,
            classes: call.classes.iter().map(|class| class.name.clone()).collect(),
            named_attributes: call.named_attributes,
            unknown: call.doubt.as_ref().or(call.unknown.as_ref()).cloned(),
            steps: call.steps.iter().filter_map(step).collect(),
            reads,
        })
    }

    /// The repositories that have files under check.
    fn repositories_checked(&self) -> Vec<Arc<Repository>> {
        // a repository is asked for by a file in it
        let named = self.walk.named().into_iter();
        let named = named.map(|path| if self.disk.has_folder(&path) { path.join("__init__.py") } else { path });
        let scanned = self.scan.traits.iter().filter(|(_, traits)| calls_session(*traits));
        let paths = named.chain(scanned.map(|(path, _)| self.walk.absolute(path)));
        let mut all: BTreeMap<PathBuf, Arc<Repository>> = BTreeMap::new();
        for path in paths {
            let repository = self.repositories.of(&path);
            all.entry(repository.root().to_owned()).or_insert(repository);
        }
        all.into_values().collect()
    }

    /// The calls that do one of some things, in those files of a repository that have some trait, its tests included.
    pub(super) fn calls_of(
        &self,
        repository: &Arc<Repository>,
        has: impl Fn(Traits) -> bool + Sync,
        kinds: &[CallKind],
    ) -> Vec<SessionCall> {
        let files = self.files_with(repository, has);
        self.inferred(repository, &files, |types, classes, module| in_module(types, classes, module, kinds))
    }

    /// What is read of some files of a repository, where it is inferred what their expressions can be.
    pub(super) fn inferred<T: Send>(
        &self,
        repository: &Arc<Repository>,
        files: &[PathBuf],
        read: impl Fn(&Types<'_>, &Classes<'_>, &Arc<Module>) -> Vec<T> + Sync,
    ) -> Vec<T> {
        let rules = &self.reach.settings.of_folder(repository.root()).rules;
        let resolver = Resolver { constructors: &rules.constructors, repository };
        let mapping = self.mapping_files(repository);
        let search = mapping.search();
        let inferred = self.inferred_of(repository);
        let classes = Classes::new(resolver.clone(), &inferred.declared);
        let types = || Types::new(resolver.clone(), &search, &inferred);
        // one by one: some take a hundred times as long as others
        let found = files.par_iter().with_max_len(1).map_init(types, |types, file| {
            let module = repository.module(&self.walk.absolute(file))?;
            Some(read(types, &classes, &module))
        });
        found.collect::<Vec<_>>().into_iter().flatten().flatten().collect()
    }

    pub(super) fn inferred_of(&self, repository: &Repository) -> Arc<Inferred> {
        let mut inferred = self.inferred.lock();
        Arc::clone(inferred.entry(repository.root().to_owned()).or_default())
    }
}

/// Whether a file can have a session do something with an object.
fn calls_session(traits: Traits) -> bool {
    acts(traits) || merges(traits)
}

/// Whether a file can have a session merge an object.
fn merges(traits: Traits) -> bool {
    traits.joins || traits.can(Observable::Merge)
}

/// Whether a file can have a session refresh, expire or expunge an object.
pub(super) fn acts(traits: Traits) -> bool {
    traits.acts || traits.can(Observable::Refresh) || traits.can(Observable::Expunge)
}
