//! A walk and a test of bytes go in; the files that pass come out, and the places that can't be looked at: what stands there is not
//! known.
//!
//! Scripts count, and links to Python files outside of the walk: the code uses them, though they are not checked.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use parking_lot::Mutex;
use rayon::prelude::*;

use crate::discover::{Extent, NotRead, Unread, Walk};
use crate::disk::{self, Disk};
use crate::source::{Kind, has_suffix_of_python};

/// What a look through files came to.
#[derive(Debug, Default)]
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
    listed: Mutex<HashMap<Extent, Arc<Looked>>>,
}

impl FileSearch {
    /// Nothing is listed yet.
    pub fn new(disk: &Arc<Disk>) -> Self {
        Self { disk: Arc::clone(disk), listed: Mutex::default() }
    }

    /// Looks through the files of a walk.
    pub fn look(&self, walk: &Walk, can_matter: impl Fn(&[u8]) -> bool + Sync) -> Looked {
        let listed = self.listed(walk);
        let test = |path: &PathBuf| match self.disk.read(&walk.absolute(path)) {
            Ok(bytes) => can_matter(&bytes).then(|| Ok(path.clone())),
            Err(error) => Some(Err(Unread { path: path.clone(), reason: error.to_string() })),
        };
        let tested: Vec<Result<PathBuf, Unread>> = listed.files.par_iter().filter_map(test).collect();
        let mut looked = Looked { files: Vec::new(), unread: listed.unread.clone() };
        for one in tested {
            match one {
                Ok(path) => looked.files.push(path),
                Err(unread) => looked.unread.push(unread),
            }
        }
        looked.sort();
        looked
    }

    /// Whether a walk comes by no file that the code can use, and by nothing that can't be looked at.
    pub fn finds_nothing(&self, walk: &Walk) -> bool {
        let listed = self.listed(walk);
        listed.files.is_empty() && listed.unread.is_empty()
    }

    /// All files with code that a walk comes by, as it has them.
    fn listed(&self, walk: &Walk) -> Arc<Looked> {
        let mut known = self.listed.lock();
        Arc::clone(known.entry(walk.extent()).or_insert_with(|| Arc::new(self.list(walk))))
    }

    fn list(&self, walk: &Walk) -> Looked {
        let (files, aside) = walk.settled(|| {
            if self.disk.is_empty() {
                return Default::default();
            }
            let files = Mutex::new(Vec::new());
            let aside = walk.run(|| |path: &Path| files.lock().push(path.to_owned()));
            (files.into_inner(), aside)
        });
        let mut listed = Looked { files, unread: Vec::new() };
        listed.add(&aside.not_read, &aside.others, walk, |_| true);
        let known: HashSet<PathBuf> = listed.files.iter().map(|path| walk.absolute(path)).collect();
        let is_new = |path: &&PathBuf| !known.contains(*path) && walk.covers(path);
        let unsaved = self.disk.unsaved().keys().filter(is_new).map(|path| walk.normal(path));
        listed.files.extend(unsaved.filter(|path| walk.exclusion(path).is_none()));
        listed
    }
}

impl Looked {
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
