//! A file goes in; the repository that it is in comes out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashMap;
use parking_lot::Mutex;

use super::{PathBase, Repository};
use crate::disk::{Disk, work_tree_around};

/// The repositories of the files under check.
#[derive(Debug)]
pub struct Repositories {
    pub(super) working_directory: PathBuf,
    pub(super) base: PathBase,
    /// The folders that were named, and those of the files that were, apart from each other.
    named: Vec<PathBuf>,
    pub(super) disk: Arc<Disk>,
    /// By folder: that of a file, and that in which its repository begins.
    known: Mutex<HashMap<PathBuf, Arc<Repository>>>,
}

impl Repositories {
    /// None yet; paths are shown relative to the working directory, which is absolute.
    pub fn new(working_directory: &Path) -> Self {
        Self::over(working_directory, &Arc::default())
    }

    /// The same over files that may have other bytes than those on disk.
    pub fn over(working_directory: &Path, disk: &Arc<Disk>) -> Self {
        let (working_directory, disk) = (working_directory.to_owned(), Arc::clone(disk));
        let (base, named) = (PathBase::default(), Vec::new());
        Self { working_directory, base, named, disk, known: Mutex::default() }
    }

    /// The same with another base of what is told.
    pub fn told_from(mut self, base: PathBase) -> Self {
        self.base = base;
        self
    }

    /// The same where folders (absolute) were named: outside of a repository each is one of its own.
    pub fn with_named(mut self, mut folders: Vec<PathBuf>) -> Self {
        folders.sort();
        for folder in folders {
            if !self.named.iter().any(|around| folder.starts_with(around)) {
                self.named.push(folder);
            }
        }
        self
    }

    /// The repository of a file at an absolute path.
    pub fn of(&self, file: &Path) -> Arc<Repository> {
        let folder = file.parent().unwrap_or(file);
        let mut known = self.known.lock();
        if let Some(repository) = known.get(folder) {
            return Arc::clone(repository);
        }
        let found = root_around(folder);
        let root = found.unwrap_or_else(|| self.named_around(folder));
        let repository = known.get(root).cloned();
        let repository = repository.unwrap_or_else(|| Arc::new(Repository::new(root, found.is_some(), self)));
        known.insert(root.to_owned(), Arc::clone(&repository));
        known.insert(folder.to_owned(), Arc::clone(&repository));
        repository
    }

    /// Items by the repository of the file that each is of, in the order in which the repositories come up.
    pub fn grouped<T>(
        &self,
        items: impl IntoIterator<Item = T>,
        file: impl Fn(&T) -> &Path,
    ) -> Vec<(Arc<Repository>, Vec<T>)> {
        let mut groups: Vec<(Arc<Repository>, Vec<T>)> = Vec::new();
        for item in items {
            let repository = self.of(file(&item));
            match groups.iter_mut().find(|(known, _)| Arc::ptr_eq(known, &repository)) {
                Some((_, items)) => items.push(item),
                None => groups.push((repository, vec![item])),
            }
        }
        groups
    }

    /// The folder that was named, else the folder itself.
    fn named_around<'p>(&'p self, folder: &'p Path) -> &'p Path {
        self.named.iter().find(|named| folder.starts_with(named)).map_or(folder, PathBuf::as_path)
    }
}

/// The nearest folder with `.git`, else with `pyproject.toml`.
pub(super) fn root_around(folder: &Path) -> Option<&Path> {
    let with_project = || folder.ancestors().find(|folder| folder.join("pyproject.toml").exists());
    work_tree_around(folder).or_else(with_project)
}
