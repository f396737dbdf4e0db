//! A repository goes in; which of its files do something that matters comes out, those among them that were not named.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use rayon::prelude::*;

use super::Analysis;
use crate::discover::Walk;
use crate::disk::Disk;
use crate::hints::{Traits, Words};
use crate::looked::{FileSearch, Looked};
use crate::model::BytesTest;
use crate::outcome::Asyncio;
use crate::repository::{Places, Repository};
use crate::scan::Scan;

/// What makes an asynchronous engine, or its sessions.
static MAKING: LazyLock<Words> =
    LazyLock::new(|| Words::few(&["create_async_engine(", "async_engine_from_config(", "async_sessionmaker("]));

impl Analysis {
    /// Whether a path, as the walk has it, is in a repository.
    pub(super) fn is_within(&self, repository: &Repository, path: &Path) -> bool {
        self.walk.absolute(path).starts_with(repository.root())
    }

    /// Whether the repository of a file is this one, and none that stands inside of it.
    pub(super) fn is_own(&self, repository: &Repository, path: &Path) -> bool {
        self.repositories.of(path).root() == repository.root()
    }

    /// Whether the run has scanned all of a repository, or all that can be seen of it.
    pub(super) fn has_all_of(&self, repository: &Repository) -> bool {
        has_all_of(repository, &self.walk, &self.scan, &self.search)
    }

    /// What the run came by in a repository besides the files that it visits.
    pub(super) fn others_in(&self, repository: &Repository) -> Vec<PathBuf> {
        self.scan.others.iter().filter(|path| self.is_within(repository, path)).cloned().collect()
    }

    /// The files of a repository that have some trait, in order of path; those that are excluded from the check count too.
    pub(super) fn files_with(&self, repository: &Repository, has: impl Fn(Traits) -> bool + Sync) -> Vec<PathBuf> {
        let Self { walk, scan, search, .. } = self;
        let within = |path: &Path| self.is_within(repository, path);
        let has_traits = |bytes: &[u8]| has(Traits::of(bytes));
        let looked = if walk.covers(repository.root()) {
            let mut looked = Looked::default();
            let scanned = scan.traits.iter().filter(|(path, traits)| has(*traits) && within(path));
            looked.files.extend(scanned.map(|(path, _)| path.clone()));
            let not_read: Vec<_> = scan.not_read.iter().filter(|one| within(one.path())).cloned().collect();
            looked.add(&not_read, &self.others_in(repository), walk, has_traits);
            for path in scan.unchecked.iter().filter(|path| within(path)) {
                looked.join(search.with_traits(&walk.of_all_in(path), &has));
            }
            looked
        } else {
            search.with_traits(&walk.of_all_in(repository.root()), has)
        };
        repository.add_unread(looked.unread);
        looked.files
    }

    /// The files of a repository that can map classes, which are read.
    pub(super) fn mapping_files(&self, repository: &Repository) -> Arc<MappingFiles> {
        let lock = || self.mapping.lock();
        if let Some(known) = lock().get(repository.root()) {
            return Arc::clone(known);
        }
        let files = self.files_with(repository, |traits| traits.maps);
        let mut files: Vec<PathBuf> = files.into_iter().map(|file| self.walk.absolute(&file)).collect();
        files.sort();
        // each is looked through for something soon, one by one
        files.par_iter().with_max_len(1).for_each(|file| drop(self.disk.read(file)));
        let found = Arc::new(MappingFiles { disk: Arc::clone(&self.disk), files });
        lock().insert(repository.root().to_owned(), Arc::clone(&found));
        found
    }

    /// Whether a file of a repository is no part of the product.
    pub(super) fn is_test(&self, repository: &Repository, file: &Path) -> bool {
        let file = self.walk.absolute(file);
        self.reach.settings.of(&file).is_test(&file, repository.root())
    }

    /// Whether the repository around a file uses asyncio; None where nothing says so, and not all of it is here.
    pub(super) fn asyncio_of(&self, repository: &Repository, file: &Path) -> Option<Asyncio> {
        let Places { product, tests } = repository.asyncio(|| {
            let files = self.files_with(repository, |traits| traits.asyncio);
            let (tests, mut product): (Vec<_>, Vec<_>) =
                files.into_iter().partition(|path| self.is_test(repository, path));
            // an import may be there for a type alone
            let makes_engine =
                |path: &PathBuf| self.disk.read(&self.walk.absolute(path)).is_ok_and(|bytes| MAKING.are_in(&bytes));
            if let Some(index) = product.iter().position(makes_engine) {
                product[..=index].rotate_right(1);
            }
            let shown = |paths: Vec<PathBuf>| {
                paths.iter().map(|path| repository.display(&self.walk.absolute(path))).collect::<Vec<_>>()
            };
            Places { product: shown(product), tests: shown(tests) }
        });
        let driver = || repository.dependencies(file).async_driver.map(|path| repository.display(&path));
        match product.first().cloned().or_else(driver) {
            Some(place) => Some(Asyncio::Used(place)),
            None if repository.unseen().is_some() => None,
            None => Some(tests.first().map_or(Asyncio::Unused, |place| Asyncio::InTests(place.clone()))),
        }
    }
}

/// Whether a scan has all of a repository, or all that can be seen of it.
pub(super) fn has_all_of(repository: &Repository, walk: &Walk, scan: &Scan, search: &FileSearch) -> bool {
    let mut unchecked = scan.unchecked.iter().filter(|path| walk.absolute(path).starts_with(repository.root()));
    // a folder called `dist` mostly has what a browser runs
    let mut is_whole =
        || walk.covers(repository.root()) && unchecked.all(|path| search.finds_nothing(&walk.of_all_in(path)));
    repository.unseen().is_some() || is_whole()
}

/// The files of a repository that can map classes.
pub(super) struct MappingFiles {
    disk: Arc<Disk>,
    /// In order of path.
    files: Vec<PathBuf>,
}

impl MappingFiles {
    /// Looks for those in a folder for whose bytes a test holds. One after the other: who asks may hold what others wait for.
    pub fn search(&self) -> impl Fn(&Path, &BytesTest<'_>) -> Vec<PathBuf> + Sync {
        |folder, can_matter| {
            self.within(folder).iter().filter(|file| self.is_meant(file, can_matter)).cloned().collect()
        }
    }

    /// The same by all threads, for who holds nothing.
    pub fn search_together(&self) -> impl Fn(&Path, &BytesTest<'_>) -> Vec<PathBuf> + Sync {
        |folder, can_matter| {
            self.within(folder).par_iter().filter(|file| self.is_meant(file, can_matter)).cloned().collect()
        }
    }

    fn within(&self, folder: &Path) -> &[PathBuf] {
        let from = &self.files[self.files.partition_point(|file| file.as_path() < folder)..];
        &from[..from.partition_point(|file| file.starts_with(folder))]
    }

    fn is_meant(&self, file: &Path, can_matter: &BytesTest<'_>) -> bool {
        self.disk.read(file).is_ok_and(|bytes| can_matter(&bytes))
    }
}
