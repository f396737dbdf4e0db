//! Paths go in; whether there is a file or a folder comes out. Each folder is listed once: the ways an import can lead are tried by the
//! thousand, and most lead nowhere.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// The names in a folder, each with whether it is that of a folder.
type Listing = HashMap<OsString, bool>;

/// The folders below a root, as they were when they were first asked for.
#[derive(Debug)]
pub(crate) struct Folders {
    root: PathBuf,
    listed: RwLock<HashMap<PathBuf, Arc<Listing>>>,
}

impl Folders {
    /// Those below a folder at an absolute path.
    pub fn below(root: &Path) -> Self {
        Self { root: root.to_owned(), listed: RwLock::default() }
    }

    /// Whether there is a file at an absolute path below the root; links are followed.
    pub fn has_file(&self, path: &Path) -> bool {
        self.kind(path) == Some(false)
    }

    /// Whether there is a folder at an absolute path below the root; links are followed.
    pub fn has_folder(&self, path: &Path) -> bool {
        path == self.root || self.kind(path) == Some(true)
    }

    /// Whether there is anything at an absolute path below the root.
    pub fn has(&self, path: &Path) -> bool {
        path == self.root || self.kind(path).is_some()
    }

    fn kind(&self, path: &Path) -> Option<bool> {
        let folder = path.parent().filter(|folder| folder.starts_with(&self.root))?;
        self.listing(folder).get(path.file_name()?).copied()
    }

    fn listing(&self, folder: &Path) -> Arc<Listing> {
        if let Some(known) = self.listed.read().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return Arc::clone(known);
        }
        // what is not in the folder around is not asked for
        let listing = Arc::new(if self.has_folder(folder) { list(folder) } else { Listing::new() });
        let mut listed = self.listed.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(listed.entry(folder.to_owned()).or_insert(listing))
    }
}

fn list(folder: &Path) -> Listing {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let is_folder = |entry: &std::fs::DirEntry| match entry.file_type().ok()? {
        kind if kind.is_symlink() => Some(entry.path().metadata().ok()?.is_dir()),
        kind => Some(kind.is_dir()),
    };
    entries.filter_map(|entry| Some((entry.file_name(), is_folder(&entry)?))).collect()
}
