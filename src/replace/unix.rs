//! A folder is held open, so that nothing that is renamed or linked meanwhile leads elsewhere. The new file has no name until it is whole
//! and on disk; then it is exchanged for the old one, in one step, and what came out is looked at: an edit that someone made up to
//! that moment is put back.

use std::collections::hash_map::RandomState;
use std::ffi::{CString, OsStr};
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path};

use rustix::fs::{AtFlags, CWD, FileType, Gid, Mode, OFlags, Stat, Uid};
use rustix::io::Errno;

use super::{PREFIX, ReplaceError, Replaced, folder_of};

pub(super) fn replace(path: &Path, expected: &[u8], bytes: &[u8]) -> Result<Replaced, ReplaceError> {
    let folder = open_folder(folder_of(path))?;
    let name = path.file_name().ok_or(ReplaceError::Moved)?;
    let old = Old::open(&folder, name)?;
    let mut new = New::make(&folder).map_err(|error| ReplaceError::Io("a file beside it can't be made", error))?;
    let written = new.file.write_all(bytes);
    written.map_err(|error| ReplaceError::Io("a file beside it can't be written", error))?;
    old.hand_on(&new.file)?;
    new.file.sync_all().map_err(|error| ReplaceError::Io("a file beside it can't be written", error))?;
    old.check(&folder, name, expected)?;
    let named = new.named().map_err(|error| ReplaceError::Io("a file beside it can't be made", error))?;
    match rustix::fs::renameat_with(&folder, &named, &folder, name, EXCHANGE) {
        Ok(()) => old.check_exchanged(&folder, name, &mut new, expected)?,
        // not every file system can
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            old.check(&folder, name, expected)?;
            new.rename(name).map_err(|error| ReplaceError::Io("it can't be replaced", error.into()))?;
        }
        Err(error) => return Err(ReplaceError::Io("it can't be replaced", error.into())),
    }
    drop(new);
    sync(&folder);
    Ok(Replaced { other_links: old.links.saturating_sub(1) })
}

const EXCHANGE: rustix::fs::RenameFlags = rustix::fs::RenameFlags::EXCHANGE;

/// What opens what is no link, and does not wait for whoever writes into a pipe.
const CAUTIOUS: OFlags = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// The folder at a path that has no links on the way.
fn open_folder(path: &Path) -> Result<OwnedFd, ReplaceError> {
    #[cfg(target_os = "linux")]
    const SEARCH: OFlags = OFlags::PATH;
    #[cfg(not(target_os = "linux"))]
    const SEARCH: OFlags = OFlags::RDONLY;
    let open = |around: &dyn AsFd, name: &OsStr| {
        let flags = SEARCH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(around.as_fd(), name, flags, Mode::empty())
    };
    let mut folder: Option<OwnedFd> = None;
    for component in path.components() {
        let name = match component {
            Component::RootDir => OsStr::new("/"),
            Component::CurDir => OsStr::new("."),
            Component::Normal(name) => name,
            Component::ParentDir | Component::Prefix(_) => return Err(ReplaceError::Moved),
        };
        let opened = match &folder {
            Some(around) => open(around, name),
            None => open(&CWD, name),
        };
        folder = Some(opened.map_err(|error| match error {
            Errno::NOTDIR | Errno::LOOP | Errno::NOENT => ReplaceError::Moved,
            error => ReplaceError::Io("a folder on the way to it can't be opened", error.into()),
        })?);
    }
    folder.ok_or(ReplaceError::Moved)
}

/// The file that is to be replaced.
struct Old {
    file: File,
    stat: Stat,
    /// How many hard links there are to it.
    links: u64,
}

impl Old {
    fn open(folder: &OwnedFd, name: &OsStr) -> Result<Self, ReplaceError> {
        let unreadable = |error: Errno| match error {
            Errno::LOOP => ReplaceError::Changed,
            error => ReplaceError::Io("it can't be read again", error.into()),
        };
        let file = rustix::fs::openat(folder, name, OFlags::RDONLY | CAUTIOUS, Mode::empty()).map_err(unreadable)?;
        let stat = rustix::fs::fstat(&file).map_err(unreadable)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(ReplaceError::Changed);
        }
        if stat.st_mode & 0o222 == 0 {
            return Err(ReplaceError::ReadOnly);
        }
        let file = File::from(file);
        let links = file.metadata().map_or(1, |known| known.nlink());
        Ok(Self { file, stat, links })
    }

    /// Gives the new file what the old one has besides its bytes. The owner comes first: a new one takes bits of the mode away.
    fn hand_on(&self, new: &File) -> Result<(), ReplaceError> {
        let own =
            rustix::fs::fstat(new).map_err(|error| ReplaceError::Io("a file beside it can't be read", error.into()))?;
        let refused = |what: &str, error: Errno| ReplaceError::Attribute(what.to_owned(), error.into());
        if (own.st_uid, own.st_gid) != (self.stat.st_uid, self.stat.st_gid) {
            let (owner, group) = (Uid::from_raw(self.stat.st_uid), Gid::from_raw(self.stat.st_gid));
            rustix::fs::fchown(new, Some(owner), Some(group)).map_err(|error| refused("owner", error))?;
        }
        #[cfg(any(target_os = "linux", target_vendor = "apple"))]
        self.hand_on_extended_attributes(new)?;
        let mode = Mode::from_raw_mode(self.stat.st_mode);
        rustix::fs::fchmod(new, mode).map_err(|error| refused("mode", error))
    }

    /// Access control lists are among them.
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    fn hand_on_extended_attributes(&self, new: &File) -> Result<(), ReplaceError> {
        let refused = |name: &[u8], error: Errno| {
            let name = format!("extended attribute {}", String::from_utf8_lossy(name));
            ReplaceError::Attribute(name, error.into())
        };
        let names = match whole(|buffer| rustix::fs::flistxattr(&self.file, buffer)) {
            Ok(names) => names,
            Err(Errno::OPNOTSUPP) => return Ok(()),
            Err(error) => return Err(refused(b"s", error)),
        };
        for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            let known = CString::new(name).unwrap_or_default();
            let value = whole(|buffer| rustix::fs::fgetxattr(&self.file, &*known, buffer));
            let value = value.map_err(|error| refused(name, error))?;
            // what the system gives each file of the folder may be there already, and forbidden to set
            if whole(|buffer| rustix::fs::fgetxattr(new, &*known, buffer)).is_ok_and(|there| there == value) {
                continue;
            }
            let set = rustix::fs::fsetxattr(new, &*known, &value, rustix::fs::XattrFlags::empty());
            set.map_err(|error| refused(name, error))?;
        }
        Ok(())
    }

    /// Whether this file, with these bytes, has a name in the folder.
    fn check(&self, folder: &OwnedFd, name: &OsStr, expected: &[u8]) -> Result<(), ReplaceError> {
        let there = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW);
        let is_this = there.is_ok_and(|there| is_same(&there, &self.stat));
        if is_this && has(&self.file, expected) { Ok(()) } else { Err(ReplaceError::Changed) }
    }

    /// Whether what came out is this file; if not, it goes back.
    fn check_exchanged(
        &self,
        folder: &OwnedFd,
        name: &OsStr,
        new: &mut New<'_>,
        expected: &[u8],
    ) -> Result<(), ReplaceError> {
        let Some(out) = new.name.clone() else { return Ok(()) };
        let Err(changed) = self.check(folder, OsStr::new(&out), expected) else { return Ok(()) };
        let back = rustix::fs::renameat_with(folder, &out, folder, name, EXCHANGE);
        let written = rustix::fs::fstat(&new.file).ok();
        let there = rustix::fs::statat(folder, &out, AtFlags::SYMLINK_NOFOLLOW);
        let is_written = there.is_ok_and(|there| written.is_some_and(|written| is_same(&there, &written)));
        if back.is_ok() && is_written {
            return Err(changed);
        }
        // what is there is neither the old file nor the new one: it is someone's, and stays
        new.name = None;
        Err(ReplaceError::Raced(out))
    }
}

/// The new file: it has no name at first, where the system can do that, and loses the one that it gets for a moment.
struct New<'f> {
    folder: &'f OwnedFd,
    file: File,
    name: Option<String>,
}

impl<'f> New<'f> {
    fn make(folder: &'f OwnedFd) -> io::Result<Self> {
        const MODE: Mode = Mode::RUSR.union(Mode::WUSR);
        #[cfg(target_os = "linux")]
        {
            let unnamed = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
            match rustix::fs::openat(folder, ".", unnamed, MODE) {
                Ok(file) => return Ok(Self { folder, file: File::from(file), name: None }),
                Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL | Errno::NOENT) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::RDWR | CAUTIOUS;
        let (file, name) = with_new_name(|name| rustix::fs::openat(folder, name, flags, MODE))?;
        Ok(Self { folder, file: File::from(file), name: Some(name) })
    }

    /// Its name, which it gets now where it has none.
    fn named(&mut self) -> io::Result<String> {
        #[cfg(target_os = "linux")]
        if self.name.is_none() {
            use std::os::fd::AsRawFd;

            let open = format!("/proc/self/fd/{}", self.file.as_raw_fd());
            let link = |name: &str| rustix::fs::linkat(CWD, &open, self.folder, name, AtFlags::SYMLINK_FOLLOW);
            self.name = Some(with_new_name(link)?.1);
        }
        Ok(self.name.clone().unwrap_or_default())
    }

    /// Gives it the name of the old one.
    fn rename(&mut self, name: &OsStr) -> Result<(), Errno> {
        let Some(own) = &self.name else { return Ok(()) };
        rustix::fs::renameat(self.folder, own, self.folder, name)?;
        self.name = None;
        Ok(())
    }
}

impl Drop for New<'_> {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            // after the exchange that is the old file
            let _ = rustix::fs::unlinkat(self.folder, name, AtFlags::empty());
        }
    }
}

/// What is made under a name that nothing else has.
fn with_new_name<T>(make: impl Fn(&str) -> Result<T, Errno>) -> io::Result<(T, String)> {
    const MOST_TRIED: u32 = 1000;
    for _ in 0..MOST_TRIED {
        let name = format!("{PREFIX}{:016x}", RandomState::new().build_hasher().finish());
        match make(&name) {
            Ok(made) => return Ok((made, name)),
            Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Errno::EXIST.into())
}

fn is_same(one: &Stat, other: &Stat) -> bool {
    (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
}

/// Whether a file has these bytes and no more.
fn has(file: &File, expected: &[u8]) -> bool {
    use std::os::unix::fs::FileExt;

    let mut at = 0;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read_at(&mut buffer, at as u64) {
            Ok(0) => return at == expected.len(),
            Ok(length) if expected[at..].starts_with(&buffer[..length]) => at += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(_) | Err(_) => return false,
        }
    }
}

/// All that a system call fills a buffer with, however long that is.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn whole(call: impl Fn(&mut [u8]) -> Result<usize, Errno>) -> Result<Vec<u8>, Errno> {
    let mut buffer = vec![0; 1024];
    loop {
        match call(&mut buffer) {
            Ok(length) => {
                buffer.truncate(length);
                return Ok(buffer);
            }
            Err(Errno::RANGE) if buffer.len() < 1 << 20 => buffer.resize(buffer.len() * 4, 0),
            Err(error) => return Err(error),
        }
    }
}

/// Has the folder's names on disk. Not every file system takes that, and the file is whole either way.
fn sync(folder: &OwnedFd) {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    if let Ok(folder) = rustix::fs::openat(folder, ".", flags, Mode::empty()) {
        let _ = rustix::fs::fsync(&folder);
    }
}
