//! The paths of the command line go in; the files with Python below them come out, each once.

mod aside;
mod excludes;
mod ignores;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashSet;
use ignore::{DirEntry, WalkBuilder, WalkState};
use parking_lot::Mutex;

use crate::settings::Lookup;
use crate::source::{Kind, can_be_script, has_suffix_of_python};

use excludes::{Excludes, Fate};
use ignores::unreadable_ignores;

pub use aside::{Aside, NotRead, Unread};

/// What is walked.
#[derive(Debug, Clone, Copy, Default)]
pub struct WalkOptions {
    /// Switches off ignore files and the default excludes.
    pub no_ignore: bool,
    /// Lifts the excludes for files named on the command line.
    pub no_force_exclude: bool,
    /// The files were found to have changed, and not named by someone.
    pub are_changed: bool,
    /// 0 for one per core.
    pub threads: usize,
}

/// Why nothing can be walked.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// A path of the command line.
    #[error("{0}: no such file or folder")]
    Missing(PathBuf),
    /// A path of the command line.
    #[error("{0}: neither a file nor a folder")]
    NoFile(PathBuf),
    /// A glob of `--exclude`.
    #[error("--exclude {0}: {1}")]
    Glob(String, ignore::Error),
    /// Where the program was started, or the way to a path of the command line.
    #[error("a folder can't be read: {0}")]
    Folder(#[from] std::io::Error),
}

/// What a walk over folders goes over.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Extent {
    folders: Vec<PathBuf>,
    /// What is excluded from the check counts.
    with_unchecked: bool,
}

/// A walk over checked paths.
pub struct Walk {
    options: WalkOptions,
    working_directory: PathBuf,
    excludes: Excludes,
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Walk {
    /// Checks the paths and the globs.
    ///
    /// # Errors
    /// A path does not exist, or a glob is malformed.
    pub fn new(paths: &[PathBuf], options: &WalkOptions, settings: &Arc<Lookup>) -> Result<Self, DiscoverError> {
        let working_directory = std::env::current_dir()?;
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for path in paths {
            let kind = path.symlink_metadata().map_err(|_| DiscoverError::Missing(path.clone()))?;
            let normal = normalized(path, &working_directory)?;
            if path.is_dir() {
                folders.push(normal);
            } else if kind.is_file() || kind.is_symlink() {
                files.push(normal);
            } else {
                return Err(DiscoverError::NoFile(path.clone()));
            }
        }
        let excludes = Excludes::new(options, settings, &working_directory)?;
        let mut walk = Self { options: *options, working_directory, excludes, files, folders: Vec::new() };
        walk.files.sort();
        walk.files.dedup();
        walk.files.iter().filter_map(|file| file.parent()).for_each(|folder| walk.excludes.enter(folder));
        folders.sort_by_key(|folder| walk.absolute(folder));
        for folder in folders {
            if !walk.covers(&walk.absolute(&folder)) {
                walk.excludes.enter(&folder);
                walk.folders.push(folder);
            }
        }
        Ok(walk)
    }

    /// Whether the walk comes by every file below the folder (absolute).
    pub fn covers(&self, folder: &Path) -> bool {
        self.folders.iter().any(|walked| folder.starts_with(self.absolute(walked)))
    }

    /// The folders that were named, and those of the named files (absolute).
    pub fn named(&self) -> Vec<PathBuf> {
        let of_files = self.files.iter().filter_map(|file| Some(self.absolute(file).parent()?.to_owned()));
        self.folders.iter().map(|folder| self.absolute(folder)).chain(of_files).collect()
    }

    /// Whether someone named the file, which is as the walk has it.
    pub fn is_named(&self, file: &Path) -> bool {
        !self.options.are_changed && self.files.binary_search_by(|named| named.as_path().cmp(file)).is_ok()
    }

    /// Whether the walk comes by the file (absolute).
    pub fn visits(&self, file: &Path) -> bool {
        if self.files.iter().any(|named| self.absolute(named) == file && self.reason_to_skip(named).is_none()) {
            return true;
        }
        let folder = self.folders.iter().find(|folder| file.starts_with(self.absolute(folder)));
        let Some(folder) = folder.filter(|folder| self.unreadable_ignores_around(folder).is_none()) else {
            return false;
        };
        let above = file.to_owned();
        let absolute = self.absolute(folder);
        let mut builder = self.walk_builder(folder, &[]);
        let excludes = self.excludes.clone();
        excludes.enter(file.parent().unwrap_or(file));
        let (working_directory, no_ignore) = (self.working_directory.clone(), self.options.no_ignore);
        builder.filter_entry(move |entry| {
            let is_on_the_way = || above.starts_with(working_directory.join(entry.path()));
            entry.depth() == 0
                || is_on_the_way()
                    && excludes.fate(entry) == Fate::Visited
                    && (no_ignore || unreadable_ignores(entry.path()).is_none())
        });
        builder.build().filter_map(Result::ok).any(|entry| {
            entry.depth() > 0
                && is_read(&entry)
                && absolute.join(entry.path().strip_prefix(folder).unwrap_or(entry.path())) == file
        })
    }

    /// A path, absolute.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        if path.as_os_str() == "." { self.working_directory.clone() } else { self.working_directory.join(path) }
    }

    /// A path as the walk would have it, also that of a file that does not exist.
    pub fn normal(&self, path: &Path) -> PathBuf {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = normalized(parent.unwrap_or(Path::new(".")), &self.working_directory);
        match (folder, path.file_name()) {
            (Ok(folder), Some(name)) if folder.as_os_str() == "." => PathBuf::from(name),
            (Ok(folder), Some(name)) => folder.join(name),
            _ => path.to_owned(),
        }
    }

    /// Where the program was started.
    pub fn working_directory(&self) -> &Path {
        &self.working_directory
    }

    /// What it goes over.
    pub fn extent(&self) -> Extent {
        Extent { folders: self.folders.clone(), with_unchecked: self.excludes.with_unchecked }
    }

    /// The same settings over another folder.
    pub fn of_folder(&self, folder: &Path) -> Self {
        self.over(folder, self.excludes.clone())
    }

    /// A walk over a folder, or a file, that comes by what is excluded from the check too, as long as it is the project's own: what
    /// that does counts.
    pub fn of_all_in(&self, path: &Path) -> Self {
        self.over(path, self.excludes.with_unchecked())
    }

    fn over(&self, path: &Path, excludes: Excludes) -> Self {
        excludes.enter(path);
        Self {
            options: self.options,
            working_directory: self.working_directory.clone(),
            excludes,
            files: Vec::new(),
            folders: vec![path.to_owned()],
        }
    }

    /// The result of work that calls [`Walk::run`]. It is done again where the walk came by settings that leave out files which it had
    /// been at before.
    pub fn settled<T>(&self, walk: impl Fn() -> T) -> T {
        self.excludes.settled(walk)
    }

    /// Calls a visitor with every file, on several threads; each thread makes its own visitor. Tells what else there is.
    pub fn run<V: FnMut(&Path) + Send>(&self, visitor: impl Fn() -> V) -> Aside {
        let not_read = self.run_over_named_files(visitor());
        let aside = Aside { not_read, ..Aside::default() };
        match self.folders.split_first() {
            Some((first, others)) => self.run_over_folders(first, others, visitor, aside),
            None => aside,
        }
    }

    /// Calls a visitor with the files that were named, and tells which of them are left out.
    fn run_over_named_files(&self, mut visit: impl FnMut(&Path)) -> Vec<NotRead> {
        let mut skipped = Vec::new();
        for file in &self.files {
            match self.reason_to_skip(file) {
                Some(reason) => skipped.push(NotRead::Skipped(file.clone(), reason)),
                None => visit(file),
            }
        }
        skipped
    }

    /// Calls visitors with the files in folders, but for those that were named, and adds to what is aside.
    fn run_over_folders<V: FnMut(&Path) + Send>(
        &self,
        first: &Path,
        others: &[PathBuf],
        visitor: impl Fn() -> V,
        aside: Aside,
    ) -> Aside {
        let named: HashSet<PathBuf> = self.files.iter().map(|file| self.absolute(file)).collect();
        let unreadable = std::iter::once(first).chain(others.iter().map(PathBuf::as_path));
        if let Some(failed) = unreadable.filter_map(|folder| self.unreadable_ignores_around(folder)).next() {
            return Aside { not_read: [aside.not_read, vec![failed]].concat(), ..aside };
        }
        let aside = Mutex::new(aside);
        let lock = || aside.lock();
        let mut builder = self.walk_builder(first, others);
        let (unchecked, unreadable) = self.leave_out_excluded(&mut builder);
        builder.build_parallel().run(|| {
            let mut visit = visitor();
            let (named, lock) = (&named, &lock);
            Box::new(move |entry| {
                match entry {
                    Ok(entry) if is_read(&entry) => {
                        let path = as_named(&entry);
                        if named.is_empty() || !named.contains(&self.absolute(path)) {
                            visit(path);
                        }
                    }
                    Ok(entry) if is_other(&entry) => lock().others.push(as_named(&entry).to_owned()),
                    Ok(_) => {}
                    Err(error) => lock().not_read.push(failed(&error)),
                }
                WalkState::Continue
            })
        });
        let aside = aside.into_inner();
        let unchecked = std::mem::take(&mut *unchecked.lock());
        let failed = std::mem::take(&mut *unreadable.lock());
        Aside { unchecked, not_read: [aside.not_read, failed].concat(), ..aside }
    }

    /// Has a walk leave out what is excluded. What of that still counts, though it is not checked, is in the first list that comes back;
    /// what can't be walked in the second.
    fn leave_out_excluded(&self, builder: &mut WalkBuilder) -> (Shared<PathBuf>, Shared<NotRead>) {
        let (unchecked, failed): (Shared<PathBuf>, Shared<NotRead>) = Default::default();
        let (excludes, found, failing) = (self.excludes.clone(), Arc::clone(&unchecked), Arc::clone(&failed));
        let no_ignore = self.options.no_ignore;
        builder.filter_entry(move |entry| {
            let fate = if entry.depth() == 0 { Fate::Visited } else { excludes.fate(entry) };
            if fate == Fate::Unchecked {
                found.lock().push(as_named(entry).to_owned());
            }
            let is_folder = || entry.file_type().is_some_and(|kind| kind.is_dir());
            let is_walked = fate == Fate::Visited && entry.depth() > 0 && !no_ignore && is_folder();
            match is_walked.then(|| unreadable_ignores(entry.path())).flatten() {
                Some(not_read) => {
                    failing.lock().push(not_read);
                    false
                }
                None => fate == Fate::Visited,
            }
        });
        (unchecked, failed)
    }

    /// The first folder around one, or that itself, whose ignore files can't be read.
    fn unreadable_ignores_around(&self, folder: &Path) -> Option<NotRead> {
        if self.options.no_ignore {
            return None;
        }
        self.absolute(folder).ancestors().find_map(unreadable_ignores)
    }

    fn walk_builder(&self, first: &Path, others: &[PathBuf]) -> WalkBuilder {
        let mut builder = WalkBuilder::new(first);
        for folder in others {
            builder.add(folder);
        }
        builder
            .hidden(false)
            .parents(!self.options.no_ignore)
            .ignore(!self.options.no_ignore)
            .git_ignore(!self.options.no_ignore)
            .git_global(!self.options.no_ignore)
            .git_exclude(!self.options.no_ignore)
            .threads(self.options.threads);
        builder
    }

    fn reason_to_skip(&self, file: &Path) -> Option<String> {
        if file.is_symlink() {
            return Some("is a symbolic link; name the file it leads to".to_owned());
        }
        self.exclusion(file)
    }

    /// Why a file that is named is left out all the same, if it is.
    pub fn exclusion(&self, file: &Path) -> Option<String> {
        let glob = if self.options.no_force_exclude { None } else { self.excludes.of_named(&self.absolute(file)) };
        Some(format!("is excluded by {}; --no-force-exclude lifts that for named files", glob?))
    }
}

/// What several threads add to.
type Shared<T> = Arc<Mutex<Vec<T>>>;

/// The path of what a walk comes by, as people write it.
fn as_named(entry: &DirEntry) -> &Path {
    entry.path().strip_prefix("./").unwrap_or(entry.path())
}

fn is_read(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file()) && Kind::of(entry.path()).is_some()
}

/// Whether it may be Python though it is not read: a script, or a link. A link that begins with `.#` is an editor's lock.
fn is_other(entry: &DirEntry) -> bool {
    let Some(kind) = entry.file_type() else { return false };
    let path = entry.path();
    let is_lock = || entry.file_name().to_string_lossy().starts_with(".#");
    let is_script = || has_suffix_of_python(path) || can_be_script(path);
    kind.is_file() && is_script() || kind.is_symlink() && (Kind::of(path).is_some() || is_script()) && !is_lock()
}

/// One spelling for each file: without links and `..` on the way to it, relative where it is below the working directory, which
/// itself is `.`. A file that is a link itself stays that link.
fn normalized(path: &Path, working_directory: &Path) -> std::io::Result<PathBuf> {
    let is_linked_file = path.is_symlink() && !path.is_dir();
    let path = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if is_linked_file => {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            parent.canonicalize()?.join(name)
        }
        _ => path.canonicalize()?,
    };
    match path.strip_prefix(working_directory.canonicalize()?) {
        Ok(inner) if inner.as_os_str().is_empty() => Ok(PathBuf::from(".")),
        Ok(inner) => Ok(inner.to_owned()),
        Err(_) => Ok(path),
    }
}

fn failed(error: &ignore::Error) -> NotRead {
    let mut path = PathBuf::new();
    let mut inner = error;
    loop {
        match inner {
            ignore::Error::WithPath { path: at, err } => {
                path.clone_from(at);
                inner = err;
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
            _ => return NotRead::Failed(path, inner.to_string()),
        }
    }
}
