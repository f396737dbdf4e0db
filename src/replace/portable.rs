//! Where a file can't be exchanged for another: it is compared, and then replaced.

use std::io::Write;
use std::path::Path;

use super::{PREFIX, ReplaceError, Replaced, folder_of};

pub(super) fn replace(path: &Path, expected: &[u8], bytes: &[u8]) -> Result<Replaced, ReplaceError> {
    let old = path.symlink_metadata().map_err(|error| ReplaceError::Io("it can't be read again", error))?;
    if !old.is_file() {
        return Err(ReplaceError::Changed);
    }
    if old.permissions().readonly() {
        return Err(ReplaceError::ReadOnly);
    }
    let io = |error| ReplaceError::Io("a file beside it can't be written", error);
    let mut file = tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder_of(path)).map_err(io)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(io)?;
    let current = std::fs::read(path).map_err(|error| ReplaceError::Io("it can't be read again", error))?;
    if current != expected {
        return Err(ReplaceError::Changed);
    }
    file.persist(path).map_err(|error| ReplaceError::Io("it can't be replaced", error.error))?;
    Ok(Replaced { other_links: 0 })
}
