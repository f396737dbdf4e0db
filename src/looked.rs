//! A walk and a test of bytes go in; the files that pass come out, and the places that can't be looked at: what stands there is not
//! known.
//!
//! Scripts count, and links to Python files outside of the walk: the code uses them, though they are not checked.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use foldhash::{HashMap, HashSet};
use parking_lot::Mutex;
use rayon::prelude::*;

use crate::discover::{Extent, NotRead, Unread, Walk};
use crate::disk::{self, Disk};
use crate::hints::Traits;
use crate::source::{Kind, has_suffix_of_python};

/// What a look through files came to.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    /// The files that pass, in order of path.
    pub files: Vec<PathBuf>,
    /// The files and folders that can't be looked at.
    pub unread: Vec<Unread>,
}

/// The files of a project, which are listed and read once however often they are looked through.
#[derive(Debug)]
pub struct FileSearch {
    disk: Arc<Disk>,
    /// By what is walked.
    listed: Mutex<HashMap<Extent, Arc<Listed>>>,
}

/// All files with code that a walk comes by, as it has them.
#[derive(Debug, Default)]
struct Listed {
    /// Those that it visits, and those that are not saved.
    visited: Vec<PathBuf>,
    /// Those that it does not visit, and what can't be looked at.
    others: Looked,
    /// Of each file, in this order, what it can do, or why it can't be read; as soon as that is asked.
    traits: OnceLock<Vec<Result<Traits, Unread>>>,
}

impl Listed {
    fn files(&self) -> impl IndexedParallelIterator<Item = &PathBuf> {
        self.visited.par_iter().chain(&self.others.files)
    }
}

impl FileSearch {
    /// Nothing is listed yet.
    pub fn new(disk: &Arc<Disk>) -> Self {
        Self { disk: Arc::clone(disk), listed: Mutex::default() }
    }

    /// Looks through the files of a walk.
    pub fn look(&self, walk: &Walk, can_matter: impl Fn(&[u8]) -> bool + Sync) -> Looked {
        let listed = self.listed(walk);
        let test = |path: &PathBuf| match self.read(walk, path) {
            Ok(bytes) => can_matter(&bytes).then(|| Ok(path.clone())),
            Err(unread) => Some(Err(unread)),
        };
        Looked::of(listed.files().filter_map(test).collect(), &listed)
    }

    /// The files of a walk that have some trait.
    pub fn with_traits(&self, walk: &Walk, has: impl Fn(Traits) -> bool) -> Looked {
        let listed = self.listed(walk);
        let files = listed.visited.iter().chain(&listed.others.files);
        let tested = files.zip(self.traits(walk, &listed)).filter_map(|(path, traits)| match traits {
            Ok(traits) => has(*traits).then(|| Ok(path.clone())),
            Err(unread) => Some(Err(unread.clone())),
        });
        Looked::of(tested.collect(), &listed)
    }

    /// The files that a walk visits, with their traits. Those that can't be read are left out.
    pub fn visited(&self, walk: &Walk) -> Vec<(PathBuf, Traits)> {
        let listed = self.listed(walk);
        let visited = listed.visited.iter().zip(self.traits(walk, &listed));
        visited.filter_map(|(path, traits)| Some((path.clone(), *traits.as_ref().ok()?))).collect()
    }

    /// Looks through the files that a walk does not visit, though the code uses them.
    pub fn look_aside(&self, walk: &Walk, can_matter: impl Fn(&[u8]) -> bool) -> Looked {
        let mut others = self.listed(walk).others.clone();
        others.files.retain(|path| self.read(walk, path).is_ok_and(|bytes| can_matter(&bytes)));
        others
    }

    /// Whether a walk comes by no file that the code can use, and by nothing that can't be looked at.
    pub fn finds_nothing(&self, walk: &Walk) -> bool {
        let Listed { visited, others, .. } = &*self.listed(walk);
        visited.is_empty() && others.files.is_empty() && others.unread.is_empty()
    }

    fn read(&self, walk: &Walk, path: &Path) -> Result<Arc<[u8]>, Unread> {
        let unread = |error: io::Error| Unread { path: path.to_owned(), reason: error.to_string() };
        self.disk.read(&walk.absolute(path)).map_err(unread)
    }

    fn traits<'l>(&self, walk: &Walk, listed: &'l Listed) -> &'l [Result<Traits, Unread>] {
        if let Some(known) = listed.traits.get() {
            return known;
        }
        let of = |path: &PathBuf| self.read(walk, path).map(|bytes| Traits::of(&bytes));
        // found before it is kept: a thread that waits for others may be given work that asks for the same
        let traits = listed.files().map(of).collect();
        listed.traits.get_or_init(|| traits)
    }

    fn listed(&self, walk: &Walk) -> Arc<Listed> {
        let mut known = self.listed.lock();
        Arc::clone(known.entry(walk.extent()).or_insert_with(|| Arc::new(self.list(walk))))
    }

    fn list(&self, walk: &Walk) -> Listed {
        let (mut visited, aside) = walk.settled(|| {
            if self.disk.is_empty() {
                return Default::default();
            }
            let files = Mutex::new(Vec::new());
            let aside = walk.run(|| |path: &Path| files.lock().push(path.to_owned()));
            (files.into_inner(), aside)
        });
        let mut others = Looked::default();
        others.add(&aside.not_read, &aside.others, walk, |_| true);
        let known: HashSet<PathBuf> = visited.iter().chain(&others.files).map(|path| walk.absolute(path)).collect();
        let is_new = |path: &&PathBuf| !known.contains(*path) && walk.covers(path);
        let unsaved = self.disk.unsaved().keys().filter(is_new).map(|path| walk.normal(path));
        visited.extend(unsaved.filter(|path| walk.exclusion(path).is_none()));
        Listed { visited, others, traits: OnceLock::new() }
    }
}

impl Looked {
    /// What a test of the listed files came to.
    fn of(tested: Vec<Result<PathBuf, Unread>>, listed: &Listed) -> Self {
        let mut looked = Self { files: Vec::new(), unread: listed.others.unread.clone() };
        for one in tested {
            match one {
                Ok(path) => looked.files.push(path),
                Err(unread) => looked.unread.push(unread),
            }
        }
        looked.sort();
        looked
    }

    /// Adds what a walk came by besides the files that it visits.
    pub fn add(&mut self, not_read: &[NotRead], others: &[PathBuf], walk: &Walk, can_matter: impl Fn(&[u8]) -> bool) {
        for not_read in not_read {
            if let NotRead::Failed(path, reason) | NotRead::Undecoded(path, reason) = not_read {
                self.unread.push(Unread { path: path.clone(), reason: reason.clone() });
            }
        }
        for path in others {
            match code_in(path, walk) {
                Ok(Some(bytes)) if can_matter(&bytes) => self.files.push(path.clone()),
                Ok(_) => {}
                Err(reason) => self.unread.push(Unread { path: path.clone(), reason }),
            }
        }
        self.sort();
    }

    /// Adds what another look came to.
    pub fn join(&mut self, other: Self) {
        self.files.extend(other.files);
        self.unread.extend(other.unread);
        self.sort();
    }

    fn sort(&mut self) {
        self.files.sort();
        self.unread.sort_by(|a, b| a.path.cmp(&b.path));
    }
}

/// How much of a file tells whether Python runs it, in bytes.
const HEAD: usize = 512;

/// The bytes of a file that the walk does not visit, if that is Python which no other file is.
fn code_in(path: &Path, walk: &Walk) -> Result<Option<Vec<u8>>, String> {
    let is_named_so = has_suffix_of_python(path) || Kind::of(path).is_some();
    if path.is_symlink() {
        let target = match path.canonicalize() {
            Ok(target) => target,
            Err(_) if !is_named_so => return Ok(None),
            Err(error) => return Err(format!("the link leads nowhere: {error}")),
        };
        if !target.is_file() || walk.covers(&target) {
            return Ok(None);
        }
    }
    let mut file = match disk::open(path) {
        Ok(file) => file,
        // what nobody can run is no script
        Err(_) if !is_named_so && !is_executable(path) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let mut bytes = Vec::new();
    let head = (&mut file).take(HEAD as u64).read_to_end(&mut bytes);
    head.map_err(|error| error.to_string())?;
    if !is_named_so && !is_python_script(&bytes) {
        return Ok(None);
    }
    file.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(Some(bytes))
}

/// Whether its head says that Python runs it: `#!/usr/bin/env python3`, `#!/usr/bin/env -S uv run --script`, a shell's line that hands
/// the file on, an editor's mode line, or the metadata of a script.
fn is_python_script(head: &[u8]) -> bool {
    const INTERPRETERS: [&str; 4] = ["python", "pypy", "graalpy", "xonsh"];
    const LAUNCHERS: [&str; 8] = ["uv", "uvx", "pipx", "pdm", "poetry", "hatch", "rye", "pixi"];
    let head = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)).to_ascii_lowercase();
    let names_python = |line: &str| INTERPRETERS.iter().any(|name| line.contains(name));
    let starts_python = |line: &str| {
        let is_launcher = |word| LAUNCHERS.contains(&word);
        names_python(line) || line.split(|c: char| c.is_whitespace() || "/!".contains(c)).any(is_launcher)
    };
    let is_run = head.starts_with("#!");
    head.lines().enumerate().any(|(index, line)| match line {
        _ if line.starts_with("#!") => is_run && starts_python(line),
        _ if line.starts_with('#') && line.contains("-*-") => names_python(line),
        "# /// script" => true,
        _ => is_run && index < 3 && line.contains("exec") && names_python(line),
    })
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    true
}
