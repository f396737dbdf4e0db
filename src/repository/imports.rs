//! A file goes in; where its imports may begin, and which file a dotted name is there, comes out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Repository;

/// The files that a distribution's folder has one of.
pub(super) const DISTRIBUTION: [&str; 3] = ["pyproject.toml", "setup.py", "setup.cfg"];

impl Repository {
    /// The folders in which an absolute import of the file may begin: those around it, up to the repository's root, and where that is a
    /// package, the one that holds it; and the `src` folders in them. Folders that are no packages come first: Python's path holds none.
    pub fn import_roots(&self, file: &Path) -> Arc<[PathBuf]> {
        let folder = file.parent().unwrap_or(file);
        let lock = || self.import_roots.lock();
        if let Some(known) = lock().get(folder) {
            return Arc::clone(known);
        }
        let within = folder.ancestors().take_while(|folder| folder.starts_with(&self.root));
        let (packages, mut roots): (Vec<_>, Vec<_>) =
            within.map(Path::to_owned).partition(|folder| self.is_package(folder));
        // its own modules may be imported by the name of the package that the repository is, or is in
        let around = self.root.ancestors().take_while(|folder| self.disk.has_file(&folder.join("__init__.py"))).count();
        roots.extend(self.root.ancestors().nth(around).filter(|_| around > 0).map(Path::to_owned));
        let sources = roots.iter().map(|folder| folder.join("src"));
        let sources: Vec<_> = sources.filter(|folder| self.disk.has_folder(folder)).collect();
        roots.extend(sources);
        roots.extend(packages);
        let roots: Arc<[PathBuf]> = roots.into();
        lock().insert(folder.to_owned(), Arc::clone(&roots));
        roots
    }

    /// Whether a folder of the repository is a package.
    pub(crate) fn is_package(&self, folder: &Path) -> bool {
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
        self.distributions.get_or_init(|| if self.disk.is_empty() { Vec::new() } else { distributions(&self.root) })
    }

    /// The file of the module below an import root: `a/b.py`, or the package's `a/b/__init__.py`.
    pub fn module_file(&self, import_root: &Path, module: &[String]) -> Option<PathBuf> {
        let is_file = |file: &PathBuf| file.starts_with(&self.root) && self.disk.has_file(file);
        let Some((name, packages)) = module.split_last() else {
            return Some(import_root.join("__init__.py")).filter(is_file);
        };
        let mut folder = import_root.to_owned();
        folder.extend(packages);
        // most imports are of other distributions: the folder is asked once
        if !self.disk.has_stem(&folder, name) {
            return None;
        }
        let stem = folder.join(name);
        [stem.join("__init__.py"), stem.with_extension("py"), stem.with_extension("pyi")].into_iter().find(is_file)
    }

    /// The dotted name of the package in a folder; empty where it is none.
    pub fn package(&self, folder: &Path) -> Vec<String> {
        let packages = folder.ancestors().take_while(|folder| self.is_package(folder));
        let names = packages.filter_map(Path::file_name);
        let mut names: Vec<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.reverse();
        names
    }
}

/// The folders below a repository's root that have a distribution's metadata, and their `src` folders.
pub(super) fn distributions(root: &Path) -> Vec<PathBuf> {
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
