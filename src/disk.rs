//! Paths go in; what is there comes out, each asked of the file system once: the names in a folder, and the bytes of files, as long as
//! these are not too many.
//!
//! Over what is on disk lies what is not saved yet.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use foldhash::HashMap;
use parking_lot::RwLock;

use crate::source::{Kind, Source, TemplateLanguage};

/// The most that is kept of files, in bytes.
const MOST_KEPT: usize = 32 << 20;

/// The names in a folder, each with whether it is that of a folder.
type FolderEntries = HashMap<OsString, bool>;

/// Files as they were when they were first asked for, under those that are not saved.
#[derive(Debug)]
pub struct Disk {
    /// By absolute path.
    unsaved: BTreeMap<PathBuf, Arc<[u8]>>,
    /// By path, as it is written: `Path` would be looked up part by part.
    folders: RwLock<HashMap<OsString, Arc<FolderEntries>>>,
    /// By path, as it is written.
    kept: RwLock<HashMap<OsString, Arc<[u8]>>>,
    /// How much can still be kept.
    room: AtomicUsize,
    /// Nothing is asked of the file system.
    is_empty: bool,
}

impl Default for Disk {
    fn default() -> Self {
        Self::under(BTreeMap::new())
    }
}

impl Disk {
    /// What is on disk under the bytes of files at absolute paths.
    pub fn under(unsaved: BTreeMap<PathBuf, Arc<[u8]>>) -> Self {
        let room = AtomicUsize::new(MOST_KEPT);
        Self { unsaved, folders: RwLock::default(), kept: RwLock::default(), room, is_empty: false }
    }

    /// The bytes of files at absolute paths, and nothing else.
    pub fn empty_under(unsaved: BTreeMap<PathBuf, Arc<[u8]>>) -> Self {
        Self { is_empty: true, ..Self::under(unsaved) }
    }

    /// Whether there is nothing but what is not saved.
    pub fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// The files that are not saved, with their bytes, by absolute path.
    pub fn unsaved(&self) -> &BTreeMap<PathBuf, Arc<[u8]>> {
        &self.unsaved
    }

    /// Whether there is a file at an absolute path; links are followed.
    pub fn has_file(&self, path: &Path) -> bool {
        self.unsaved.contains_key(path) || self.kind(path) == Some(false)
    }

    /// Whether there is a folder at an absolute path; links are followed.
    pub fn has_folder(&self, path: &Path) -> bool {
        self.kind(path) == Some(true)
    }

    /// Whether there is anything at an absolute path.
    pub fn has(&self, path: &Path) -> bool {
        self.unsaved.contains_key(path) || self.kind(path).is_some()
    }

    /// Whether a folder (absolute) can have a Python module of a name.
    pub fn has_stem(&self, folder: &Path, name: &str) -> bool {
        let has = |names: &FolderEntries| {
            let has = |name: &str| names.contains_key(OsStr::new(name));
            has(name) || has(&format!("{name}.py")) || has(&format!("{name}.pyi"))
        };
        !self.unsaved.is_empty() || has(&self.names(folder))
    }

    fn kind(&self, path: &Path) -> Option<bool> {
        self.names(path.parent()?).get(path.file_name()?).copied()
    }

    fn names(&self, folder: &Path) -> Arc<FolderEntries> {
        let known = |folder: &Path| self.folders.read().get(folder.as_os_str()).cloned();
        if let Some(names) = known(folder) {
            return names;
        }
        // what is not in the folder around is not asked for
        let around = folder.parent().and_then(known);
        let is_missing = around.is_some_and(|around| folder.file_name().is_some_and(|name| !around.contains_key(name)));
        let names = Arc::new(if is_missing || self.is_empty { FolderEntries::default() } else { names_in(folder) });
        let mut folders = self.folders.write();
        Arc::clone(folders.entry(folder.as_os_str().to_owned()).or_insert(names))
    }

    /// The bytes of the file at an absolute path, which are kept for the next time as long as there is room.
    ///
    /// # Errors
    /// It can't be read.
    pub fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        thread_local! {
            static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        if let Some(bytes) = self.known(path)? {
            return Ok(bytes);
        }
        let bytes = BUFFER.with_borrow_mut(|buffer| read_into(path, buffer).map(Arc::<[u8]>::from))?;
        let has_room = |room: usize| room.checked_sub(bytes.len());
        if self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, has_room).is_ok() {
            self.kept.write().insert(path.as_os_str().to_owned(), Arc::clone(&bytes));
        }
        Ok(bytes)
    }

    /// The same for who has them alone, and asks once.
    ///
    /// # Errors
    /// It can't be read.
    pub fn read_once(&self, path: &Path) -> io::Result<Vec<u8>> {
        if let Some(bytes) = self.known(path)? {
            return Ok(bytes.to_vec());
        }
        let (mut file, length) = open_with_length(path)?;
        let mut bytes = vec![0; room_for(length)];
        let read = fill(&mut file, length, &mut bytes)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    fn known(&self, path: &Path) -> io::Result<Option<Arc<[u8]>>> {
        let known = self.unsaved.get(path).cloned().or_else(|| self.kept.read().get(path.as_os_str()).cloned());
        if known.is_none() && self.is_empty { Err(io::ErrorKind::NotFound.into()) } else { Ok(known) }
    }
}

/// Reads a file into the buffer, which stays as large as the largest; gives the bytes read.
///
/// # Errors
/// It can't be read.
pub fn read_into<'b>(path: &Path, buffer: &'b mut Vec<u8>) -> io::Result<&'b [u8]> {
    let (mut file, length) = open_with_length(path)?;
    let room = room_for(length);
    if buffer.len() < room {
        // what it had is not copied
        *buffer = vec![0; room.next_power_of_two().max(64 << 10)];
    }
    let read = fill(&mut file, length, buffer)?;
    Ok(&buffer[..read])
}

/// The most that is made room for before it is read: a file can have a length that nobody has written.
const MOST_AT_ONCE: u64 = 64 << 20;

/// How much room is made for a file: a byte more than its length, so that its end is seen.
fn room_for(length: u64) -> usize {
    usize::try_from(length.min(MOST_AT_ONCE)).unwrap_or(usize::MAX - 1) + 1
}

/// Reads a file of a length into a buffer, which grows where that is too small; gives how many bytes it has. A file that comes to an end where
/// its length says so is not asked for more: a system call less for each.
fn fill(file: &mut File, length: u64, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            buffer.resize(filled * 2, 0);
        }
        match file.read(&mut buffer[filled..]) {
            Ok(0) => return Ok(filled),
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        // there was room for more
        if filled as u64 == length && filled < buffer.len() {
            return Ok(filled);
        }
    }
}

/// The most that a file may have that people or their tools write for tools, such as settings, rules or a lock file; in bytes.
const MOST_FOR_TOOLS: u64 = 64 << 20;

/// Opens a regular file. What else may stand under a name that comes from a repository, such as a pipe that nobody writes into or a device
/// without an end, is refused at once.
///
/// # Errors
/// It is no regular file, or can't be opened.
pub fn open(path: &Path) -> io::Result<File> {
    Ok(open_with_length(path)?.0)
}

/// The same, with the length that it has then, in bytes.
///
/// # Errors
/// It is no regular file, or can't be opened.
fn open_with_length(path: &Path) -> io::Result<(File, u64)> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    let file = options.open(path)?;
    let known = file.metadata()?;
    check_regular(&known)?;
    Ok((file, known.len()))
}

fn check_regular(known: &Metadata) -> io::Result<()> {
    if known.is_file() { Ok(()) } else { Err(io::Error::other("it is no regular file")) }
}

fn check_length(bytes: u64) -> io::Result<()> {
    match bytes > MOST_FOR_TOOLS {
        true => Err(io::Error::other(format!("it is longer than {} MiB", MOST_FOR_TOOLS >> 20))),
        false => Ok(()),
    }
}

/// The text of a file that is for tools: settings, rules, requirements.
///
/// # Errors
/// It can't be read, is no regular file, is no UTF-8, or is longer than any of these.
pub fn read_for_tools(path: &Path) -> io::Result<String> {
    text_of(open(path)?)
}

/// The same of a file that someone named on the command line, which may be a pipe: `--config <(jq …)`.
///
/// # Errors
/// It can't be read, is no UTF-8, or is longer than any of these.
pub fn read_named_for_tools(path: &Path) -> io::Result<String> {
    text_of(File::open(path)?)
}

/// What stands in a TOML file for tools, or in the template of one; None where that is no TOML.
pub fn toml_table(text: &str) -> Option<toml::Table> {
    let of_template = || {
        let template = Source::of_kind(Kind::Template(TemplateLanguage::Jinja), text.as_bytes().to_vec());
        template.ok()?.parser_text().parse().ok()
    };
    let has_tags = || text.contains("{%") || text.contains("{{");
    text.parse().ok().or_else(|| if has_tags() { of_template() } else { None })
}

fn text_of(file: File) -> io::Result<String> {
    let mut text = String::new();
    file.take(MOST_FOR_TOOLS + 1).read_to_string(&mut text)?;
    check_length(text.len() as u64)?;
    Ok(text)
}

/// Whether a library that opens the file itself can be let do so: there is none, or it is a regular one.
///
/// # Errors
/// It is something else, or too long.
pub fn check_for_tools(path: &Path) -> io::Result<()> {
    match path.metadata() {
        Ok(known) if !known.is_dir() => check_regular(&known).and_then(|()| check_length(known.len())),
        _ => Ok(()),
    }
}

/// The path of the bytes that the system, or git, has for it, which may be no UTF-8.
pub fn path_of(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    return PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes));
    #[cfg(not(unix))]
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// The top of the nearest work tree of git around a folder.
pub fn work_tree_around(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| folder.join(".git").exists())
}

fn names_in(folder: &Path) -> FolderEntries {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let is_folder = |entry: &std::fs::DirEntry| match entry.file_type().ok()? {
        kind if kind.is_symlink() => Some(entry.path().metadata().ok()?.is_dir()),
        kind => Some(kind.is_dir()),
    };
    entries.filter_map(|entry| Some((entry.file_name(), is_folder(&entry)?))).collect()
}
