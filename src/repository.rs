//! What is known of the whole repository, whichever of its files are named: where it begins, its modules, and what its code
//! would notice. Looked up only when a finding needs it.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use crate::dependencies::{self, Dependencies};
use crate::discover::Unread;
use crate::disk::Disk;
use crate::library;
use crate::module::{Location, Module};
use crate::rules::Rules;
use crate::source::{Kind, Source};
use crate::sqlalchemy::Observable;

/// The files that a distribution's folder has one of.
const DISTRIBUTION: [&str; 3] = ["pyproject.toml", "setup.py", "setup.cfg"];

/// The most text whose trees are kept, in bytes; a tree takes up to ten times as much.
const MOST_KEPT: usize = 4 << 20;

/// What the paths that are told are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Base {
    /// The working directory, for who runs the program.
    #[default]
    WorkingDirectory,
    /// The top of each file's repository, for who has that alone.
    Repository,
}

/// The repositories of the files under check.
#[derive(Debug)]
pub struct Repositories {
    working_directory: PathBuf,
    base: Base,
    /// The folders that were named, and those of the files that were, apart from each other.
    named: Vec<PathBuf>,
    disk: Arc<Disk>,
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
        let (base, named) = (Base::default(), Vec::new());
        Self { working_directory, base, named, disk, known: Mutex::default() }
    }

    /// The same with another base of what is told.
    pub fn told_from(mut self, base: Base) -> Self {
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
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
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

    /// The folder that was named, else the folder itself.
    fn named_around<'p>(&'p self, folder: &'p Path) -> &'p Path {
        self.named.iter().find(|named| folder.starts_with(named)).map_or(folder, PathBuf::as_path)
    }
}

/// The nearest folder with `.git`, else with `pyproject.toml`.
fn root_around(folder: &Path) -> Option<&Path> {
    let with_project = || folder.ancestors().find(|folder| folder.join("pyproject.toml").exists());
    work_tree_around(folder).or_else(with_project)
}

/// The top of the nearest work tree of git around a folder.
pub(crate) fn work_tree_around(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| folder.join(".git").exists())
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

/// Where code does something, as `path:line`, or the files that do, in order of path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// In the product.
    pub product: Vec<String>,
    /// In its tests and migrations.
    pub tests: Vec<String>,
}

static NO_PLACES: Places = Places { product: Vec::new(), tests: Vec::new() };

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

/// A repository around paths under check.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    /// What hosts take paths to be relative to: the root, or where there is none but what was named, the working directory around it.
    top: PathBuf,
    working_directory: PathBuf,
    base: Base,
    disk: Arc<Disk>,
    /// By folder: where the imports of its files may begin.
    import_roots: Mutex<HashMap<PathBuf, Arc<[PathBuf]>>>,
    modules: Mutex<HashMap<PathBuf, Option<Arc<Module>>>>,
    /// By what is observed.
    observed: [OnceLock<Places>; Observable::COUNT],
    /// What could not be looked at so far.
    unread: Mutex<Vec<Unread>>,
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

    /// The places that do something which notices a cascade. `candidates` gives the files that can, in order of path, each with whether it
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
        let mut known = self.dependencies.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(folder.to_owned()).or_insert_with(|| dependencies::of_folder(folder)).clone()
    }

    /// The places of a file. What can't be parsed may do it where it has the word.
    fn observed_in(&self, rules: &Rules, what: Observable, file: &Path) -> Vec<String> {
        let file = self.working_directory.join(file);
        let Some(module) = self.fresh_module(&file) else {
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

    /// Keeps in mind what could not be looked at.
    pub fn add_unread(&self, unread: Vec<Unread>) {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).extend(unread);
    }

    /// The first place that could not be looked at, in words that begin a sentence.
    pub fn unread(&self) -> Option<String> {
        let unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
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
        let reason = match self.disk.read(file, false) {
            Err(error) => error.to_string(),
            Ok(bytes) => match Source::of_kind(Kind::of(file).unwrap_or_default(), bytes.to_vec()) {
                Err(error) => error.to_string(),
                Ok(_) => "it was changed meanwhile".to_owned(),
            },
        };
        Unread { path: file.to_owned(), reason }
    }

    /// A path as reports show it: relative to what they are told from.
    pub fn display(&self, path: &Path) -> String {
        match self.base {
            Base::WorkingDirectory => self.below_working_directory(path),
            Base::Repository => self.relative(path),
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

    /// The folders in which an absolute import of the file may begin: those around it, up to the repository's root, and
    /// the `src` folders in them. Folders that are no packages come first: Python's path holds no packages.
    pub fn import_roots(&self, file: &Path) -> Arc<[PathBuf]> {
        let folder = file.parent().unwrap_or(file);
        let lock = || self.import_roots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(folder) {
            return Arc::clone(known);
        }
        let within = folder.ancestors().take_while(|folder| folder.starts_with(&self.root));
        let (packages, mut roots): (Vec<_>, Vec<_>) =
            within.map(Path::to_owned).partition(|folder| self.is_package(folder));
        let sources = roots.iter().map(|folder| folder.join("src"));
        let sources: Vec<_> = sources.filter(|folder| self.disk.has_folder(folder)).collect();
        roots.extend(sources);
        roots.extend(packages);
        let roots: Arc<[PathBuf]> = roots.into();
        lock().insert(folder.to_owned(), Arc::clone(&roots));
        roots
    }

    fn is_package(&self, folder: &Path) -> bool {
        folder.starts_with(&self.root) && self.disk.has_file(&folder.join("__init__.py"))
    }

    /// The folders around a file in which its classes may be defined, the narrowest first: its own, that of its outermost package, that in
    /// which its imports begin, and that of its distribution, which may be the whole repository.
    pub fn folders_around(&self, file: &Path) -> Vec<PathBuf> {
        let folders: Vec<&Path> =
            file.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root)).collect();
        let packages = folders.iter().take_while(|folder| self.is_package(folder)).count();
        let marks = || DISTRIBUTION.iter().chain(&[".git"]);
        let distribution = folders.iter().find(|folder| marks().any(|name| self.disk.has(&folder.join(name))));
        let own = folders.first();
        let outermost = packages.checked_sub(1).and_then(|last| folders.get(last));
        let mut around: Vec<PathBuf> = Vec::new();
        for folder in [own, outermost, folders.get(packages), distribution].into_iter().flatten() {
            if around.last().is_none_or(|last| last.starts_with(folder) && last != folder) {
                around.push(folder.to_path_buf());
            }
        }
        around
    }

    /// The folders in which an absolute import may begin that nothing around the file has: those of the other distributions of the
    /// repository, and the `src` folders in them.
    pub fn distribution_roots(&self) -> &[PathBuf] {
        self.distributions.get_or_init(|| distributions(&self.root))
    }

    /// The file of the module below an import root: `a/b.py`, or the package's `a/b/__init__.py`.
    pub fn module_file(&self, import_root: &Path, module: &[String]) -> Option<PathBuf> {
        let stem = module.iter().fold(import_root.to_owned(), |path, name| path.join(name));
        let package = stem.join("__init__.py");
        [package, stem.with_extension("py"), stem.with_extension("pyi")]
            .into_iter()
            .find(|file| file.starts_with(&self.root) && self.disk.has_file(file))
    }

    /// The dotted name of the package in a folder; empty where it is none.
    pub fn package(&self, folder: &Path) -> Vec<String> {
        let packages = folder.ancestors().take_while(|folder| self.is_package(folder));
        let names = packages.filter_map(Path::file_name);
        let mut names: Vec<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.reverse();
        names
    }

    /// The module in a file, read and parsed once; None where the file can't be read.
    pub fn module(&self, file: &Path) -> Option<Arc<Module>> {
        let lock = || self.modules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(file) {
            return known.clone();
        }
        let module = self.read(file).map(|module| Arc::new(module.without_tree()));
        lock().insert(file.to_owned(), module.clone());
        module
    }

    /// Keeps a module that was parsed, which is likely to be asked for: with its tree, as long as those take little memory.
    pub fn keep(&self, module: &Arc<Module>) {
        let length = module.source.text().len();
        let kept = self.kept_trees.fetch_add(length, Ordering::Relaxed) + length;
        let module = if kept <= MOST_KEPT { Arc::clone(module) } else { Arc::new(module.without_tree()) };
        let mut modules = self.modules.lock().unwrap_or_else(PoisonError::into_inner);
        modules.insert(module.path.to_path_buf(), Some(module));
    }

    /// The same with a tree that goes with it, for who walks the tree once.
    pub fn open(&self, file: &Path) -> Option<Arc<Module>> {
        let lock = || self.modules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(file) {
            let opened = |module: &Arc<Module>| {
                if module.has_tree() { Arc::clone(module) } else { Arc::new(module.without_tree()) }
            };
            return known.as_ref().map(opened);
        }
        let module = self.read(file).map(Arc::new);
        lock().insert(file.to_owned(), module.as_ref().map(|module| Arc::new(module.without_tree())));
        module
    }

    /// The module in a file, which is not kept.
    pub fn fresh_module(&self, file: &Path) -> Option<Arc<Module>> {
        let known = self.modules.lock().unwrap_or_else(PoisonError::into_inner).get(file).cloned();
        known.unwrap_or_else(|| self.read(file).map(Arc::new))
    }

    /// The place of an offset as reports show it: `path:line:column`.
    pub fn shown(&self, source: &Source, location: &Location) -> String {
        format!("{}:{}", self.display(&location.path), source.position(location.start))
    }

    /// The file at an absolute path.
    fn read(&self, file: &Path) -> Option<Module> {
        let bytes = match library::read(file) {
            Some(bytes) => bytes.to_vec(),
            None => self.disk.read(file, false).ok()?.to_vec(),
        };
        Some(Module::parse(file, Source::of_kind(Kind::of(file).unwrap_or_default(), bytes).ok()?))
    }
}

/// The folders below a repository's root that have a distribution's metadata, and their `src` folders.
fn distributions(root: &Path) -> Vec<PathBuf> {
    /// How deep in the repository a distribution is looked for.
    const DEEPEST: usize = 3;
    let mut walk = ignore::WalkBuilder::new(root);
    let is_folder = |entry: &ignore::DirEntry| entry.file_type().is_some_and(|kind| kind.is_dir());
    walk.max_depth(Some(DEEPEST)).filter_entry(move |entry| is_folder(entry) && entry.file_name() != "node_modules");
    let folders = walk.build().filter_map(Result::ok).map(ignore::DirEntry::into_path);
    let mut found: Vec<PathBuf> =
        folders.filter(|folder| DISTRIBUTION.iter().any(|name| folder.join(name).is_file())).collect();
    found.sort();
    found.into_iter().flat_map(|folder| [folder.join("src"), folder]).filter(|folder| folder.is_dir()).collect()
}
