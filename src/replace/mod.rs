//! A path and bytes go in; the file has them afterwards, all of them, in one step, or is as it was.

#[cfg(not(unix))]
mod portable;
#[cfg(unix)]
mod unix;

use std::io::{self, Write};
use std::path::Path;

#[cfg(not(unix))]
use portable as system;
#[cfg(unix)]
use unix as system;

/// Why a file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// Someone else wrote it, replaced it, or made it something that is no file.
    #[error("it changed since it was read; run again")]
    Changed,
    /// A folder on the way to it is none, or became a link, which could lead anywhere.
    #[error("a folder on the way to it is a link by now, or gone; run again")]
    Moved,
    /// Its mode forbids writing.
    #[error("it is read-only; make it writable and run again")]
    ReadOnly,
    /// The new file would not have what the old one has.
    #[error("its {0} can't be kept: {1}; it was left alone")]
    Attribute(String, io::Error),
    /// The file system's own reason.
    #[error("{0}: {1}")]
    Io(&'static str, io::Error),
    /// Both the new file and another that came in the meantime are there.
    #[error("it was replaced by something else at the same moment, which is in {0} beside it now")]
    Raced(String),
}

/// What is to be known of a file that was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    /// How many other hard links there are to the old file, which keep its text.
    pub other_links: u64,
}

/// Replaces a file that has these bytes. Its mode, owner and extended attributes stay, access control lists among them. The path is
/// without links: one that came on the way to the file is not followed.
///
/// # Errors
/// The file is another by now, is read-only or gone, or can't be written as it is. It was left alone.
pub fn replace(path: &Path, expected: &[u8], bytes: &[u8]) -> Result<Replaced, ReplaceError> {
    system::replace(path, expected, bytes)
}

/// Writes a file, which may be new. One that is there keeps its permissions.
///
/// # Errors
/// The file can't be written. It is as it was.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder_of(&path))?;
    file.write_all(bytes)?;
    if let Ok(known) = path.metadata() {
        file.as_file().set_permissions(known.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

/// What a name begins with that is there for a moment alone.
const PREFIX: &str = ".cascade-fix-";

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
