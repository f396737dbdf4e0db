//! What is known of the whole repository, whichever of its files are named: where it begins, its modules, and what its code
//! would notice. Looked up only when a finding needs it.

mod imports;
mod places;
mod roots;
mod told;

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use foldhash::HashMap;
use parking_lot::Mutex;

use crate::dependencies::{self, Dependencies};
use crate::discover::Unread;
use crate::disk::Disk;
use crate::library;
use crate::module::{Location, Module};
use crate::source::{Kind, Source};
use crate::sqlalchemy::Observable;

pub use places::Places;
pub use roots::Repositories;
pub(crate) use told::told_from;

/// The most text whose trees are kept, in bytes; a tree takes up to six times as much.
const MOST_KEPT: usize = 16 << 20;

/// A module as soon as it is read, by who asks first; None where it can't be.
type ReadModule = Arc<OnceLock<Option<Arc<Module>>>>;

/// What the paths that are told are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PathBase {
    /// The working directory, for who runs the program.
    #[default]
    WorkingDirectory,
    /// The top of each file's repository, for who has that alone.
    Repository,
    /// Each of them: an outcome is told from one afterwards, as [`Outcome::told_from`](crate::outcome::Outcome::told_from) does.
    Each,
}

/// The way from a folder to a file, through folders above where it is not below; both are absolute.
pub(crate) fn way_to(file: &Path, folder: &Path) -> PathBuf {
    let common = file.components().zip(folder.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    up.chain(file.components().skip(common)).collect()
}

/// A path with `/`, also where that is not the system's way.
fn slashed(path: &Path) -> String {
    let path = path.to_string_lossy();
    if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() }
}

/// A module as one with a tree, or one whose tree goes with it.
fn opened(module: &Arc<Module>) -> Arc<Module> {
    if module.has_tree() { Arc::clone(module) } else { Arc::new(module.without_tree()) }
}

/// A repository around paths under check.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    /// What hosts take paths to be relative to: the root, or where there is none but what was named, the working directory around it.
    top: PathBuf,
    working_directory: PathBuf,
    base: PathBase,
    disk: Arc<Disk>,
    /// By folder: where the imports of its files may begin.
    import_roots: Mutex<HashMap<PathBuf, Arc<[PathBuf]>>>,
    /// By path, as it is written: `Path` would be looked up part by part.
    modules: Mutex<HashMap<OsString, ReadModule>>,
    /// By what is observed.
    observed: [OnceLock<Places>; Observable::COUNT],
    /// What could not be looked at so far.
    unread: Mutex<Vec<Unread>>,
    /// Why its other files are unknown, where they are.
    unseen: OnceLock<&'static str>,
    /// The files that import SQLAlchemy's asyncio extension.
    asyncio: OnceLock<Places>,
    distributions: OnceLock<Vec<PathBuf>>,
    dependencies: Mutex<HashMap<PathBuf, Dependencies>>,
    /// The text of the modules whose trees are kept, in bytes.
    kept_trees: AtomicUsize,
}

impl Repository {
    fn new(root: &Path, is_found: bool, among: &Repositories) -> Self {
        let has_no_top = !is_found && root.starts_with(&among.working_directory);
        let top = if has_no_top { &among.working_directory } else { root };
        Self {
            root: root.to_owned(),
            top: top.to_owned(),
            working_directory: among.working_directory.clone(),
            base: among.base,
            disk: Arc::clone(&among.disk),
            import_roots: Mutex::default(),
            modules: Mutex::default(),
            observed: Default::default(),
            unread: Mutex::default(),
            unseen: OnceLock::new(),
            asyncio: OnceLock::new(),
            distributions: OnceLock::new(),
            dependencies: Mutex::default(),
            kept_trees: AtomicUsize::new(0),
        }
    }

    /// The folder in which the repository begins.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What is said of the distributions that a file needs: by the nearest folder that says something of it.
    pub fn dependencies(&self, file: &Path) -> Dependencies {
        let folders = file.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root));
        let mut found = Dependencies::default();
        for folder in folders {
            let here = self.dependencies_in(folder);
            found.sqlalchemy = found.sqlalchemy.or(here.sqlalchemy);
            found.async_driver = found.async_driver.or(here.async_driver);
        }
        found
    }

    fn dependencies_in(&self, folder: &Path) -> Dependencies {
        let mut known = self.dependencies.lock();
        known.entry(folder.to_owned()).or_insert_with(|| dependencies::of_folder(folder)).clone()
    }

    /// Keeps in mind what could not be looked at.
    pub fn add_unread(&self, unread: Vec<Unread>) {
        self.unread.lock().extend(unread);
    }

    /// Says that the files here are not those of the repository that is asked about, and why.
    pub fn is_another_because(&self, reason: &'static str) {
        // one reason is enough
        let _ = self.unseen.set(reason);
    }

    /// Why what may be elsewhere in the repository is unknown, in words that begin a sentence.
    pub fn unseen(&self) -> Option<String> {
        Some((*self.unseen.get()?).to_owned())
    }

    /// The first place that could not be looked at, in words that begin a sentence.
    pub fn unread(&self) -> Option<String> {
        if let Some(unseen) = self.unseen() {
            return Some(unseen);
        }
        let unread = self.unread.lock();
        let first = unread.iter().min_by_key(|unread| self.working_directory.join(&unread.path))?;
        Some(self.told_unread(first))
    }

    /// A place that can't be looked at, in words that begin a sentence.
    pub fn told_unread(&self, unread: &Unread) -> String {
        let path = self.display(&self.working_directory.join(&unread.path));
        format!("{path} can't be looked through ({})", unread.reason)
    }

    /// Why a file is no module.
    pub fn why_unread(&self, file: &Path) -> Unread {
        let reason = match self.disk.read_once(file) {
            Err(error) => error.to_string(),
            Ok(bytes) => match Source::of_kind(Kind::of(file).unwrap_or_default(), bytes) {
                Err(error) => error.to_string(),
                Ok(_) => "it was changed meanwhile".to_owned(),
            },
        };
        Unread { path: file.to_owned(), reason }
    }

    /// A path as reports show it: relative to what they are told from.
    pub fn display(&self, path: &Path) -> String {
        match self.base {
            PathBase::WorkingDirectory => self.below_working_directory(path),
            PathBase::Repository => self.relative(path),
            PathBase::Each => told::of_each_base(self.relative(path), &self.below_working_directory(path)),
        }
    }

    /// Relative to the working directory, as long as both are in the repository.
    fn below_working_directory(&self, path: &Path) -> String {
        if let Ok(below) = path.strip_prefix(&self.working_directory) {
            return slashed(below);
        }
        let is_around = path.starts_with(&self.root) && self.working_directory.starts_with(&self.root);
        if is_around { slashed(&way_to(path, &self.working_directory)) } else { slashed(path) }
    }

    /// A path relative to the repository's top, with `/`.
    pub fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.top).map_or_else(|_| self.below_working_directory(path), slashed)
    }

    /// The module in a file, read and parsed once; None where the file can't be read.
    pub fn module(&self, file: &Path) -> Option<Arc<Module>> {
        let read = || self.read(file).map(|module| self.with_room(Arc::new(module)));
        self.read_module(file).get_or_init(read).clone()
    }

    fn read_module(&self, file: &Path) -> ReadModule {
        let (mut modules, file) = (self.modules.lock(), file.as_os_str());
        if let Some(known) = modules.get(file) {
            return Arc::clone(known);
        }
        Arc::clone(modules.entry(file.to_owned()).or_default())
    }

    /// Keeps a module that was parsed, which is likely to be asked for: with its tree, as long as those take little memory.
    pub fn keep(&self, module: &Arc<Module>) {
        let module = self.with_room(Arc::clone(module));
        let path = module.path.as_os_str().to_owned();
        self.modules.lock().insert(path, Arc::new(OnceLock::from(Some(module))));
    }

    /// A module with its tree, as long as those that are kept take little memory; without it after that.
    fn with_room(&self, module: Arc<Module>) -> Arc<Module> {
        let length = module.source.text().len();
        if length > MOST_KEPT {
            return Arc::new(module.without_tree());
        }
        let kept = self.kept_trees.fetch_add(length, Ordering::Relaxed) + length;
        if kept <= MOST_KEPT { module } else { Arc::new(module.without_tree()) }
    }

    /// The same with a tree that goes with it, for who walks the tree once.
    pub fn open(&self, file: &Path) -> Option<Arc<Module>> {
        let mut own = None;
        let module = self.read_module(file);
        let known = module.get_or_init(|| {
            own = self.read(file).map(Arc::new);
            own.clone().map(|module| self.with_room(module))
        });
        own.or_else(|| known.as_ref().map(opened))
    }

    /// The place where something begins as reports show it: `path:line`.
    pub fn place(&self, location: &Location) -> String {
        let line = self.module(&location.path).map(|module| module.source.position(location.start).shown_line());
        format!("{}:{}", self.display(&location.path), line.unwrap_or_default())
    }

    /// The place of an offset as reports show it: `path:line:column`.
    pub fn shown(&self, source: &Source, location: &Location) -> String {
        format!("{}:{}", self.display(&location.path), source.position(location.start))
    }

    /// What the file at an absolute path holds, decoded.
    pub fn source(&self, file: &Path) -> Option<Source> {
        let bytes = match library::read(file) {
            Some(bytes) => bytes.to_vec(),
            None => self.disk.read_once(file).ok()?,
        };
        Source::of_kind(Kind::of(file).unwrap_or_default(), bytes).ok()
    }

    fn read(&self, file: &Path) -> Option<Module> {
        Some(Module::outline(file, self.source(file)?))
    }
}
