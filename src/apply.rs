//! A file and all edits in it go in; its text after the fixes comes out. Writing it is a step of its own.

use std::io::Write;
use std::path::Path;

use crate::source::{Edit, Source};
use crate::syntax::Tree;

/// The text after the edits, in any order; those that several findings share are carried out once.
///
/// # Errors
/// Two edits overlap, or the encoding lacks a character.
pub fn apply(source: &Source, mut edits: Vec<&Edit>) -> Result<Source, String> {
    edits.sort_by(|a, b| (a.range.start, a.range.end, &a.text).cmp(&(b.range.start, b.range.end, &b.text)));
    edits.dedup();
    let changed = source.with_edits(&edits).map_err(|error| error.to_string())?;
    changed.to_bytes().map_err(|error| error.to_string())?;
    Ok(changed)
}

/// The last look at a fixed text before it leaves.
///
/// # Errors
/// It has more syntax errors than the old one.
pub fn still_parses(before: &Source, after: &Source) -> Result<(), String> {
    let errors = |source: &Source| Tree::parse(source.parser_text()).syntax_errors_of(source).len();
    if errors(after) > errors(before) {
        return Err("the fixed text would not parse; nothing was changed".to_owned());
    }
    Ok(())
}

/// Writes a changed file in one step: to a temporary file beside it, synced, renamed over it. Mode and owner stay.
///
/// # Errors
/// The new text has more syntax errors than the old one; the file changed since it was read, is read-only or gone, or can't be
/// written. It is as it was then.
pub fn write(path: &Path, before: &Source, after: &Source) -> Result<(), String> {
    let io = |error: std::io::Error| error.to_string();
    still_parses(before, after)?;
    let expected = before.to_bytes().map_err(|error| error.to_string())?;
    let bytes = after.to_bytes().map_err(|error| error.to_string())?;
    let metadata = std::fs::symlink_metadata(path).map_err(|error| format!("it can't be read again: {error}"))?;
    if metadata.permissions().readonly() {
        return Err("it is read-only; make it writable and run again".to_owned());
    }
    let mut file = writer(path)
        .map_err(|error| format!("a temporary file with its mode and owner can't be made beside it: {error}"))?;
    file.write_all(&bytes).map_err(io)?;
    let current = std::fs::read(path).map_err(|error| format!("it can't be read again: {error}"))?;
    if current != expected {
        return Err("it changed since it was read; run again".to_owned());
    }
    file.commit().map_err(io)
}

#[cfg(unix)]
fn writer(path: &Path) -> std::io::Result<atomic_write_file::AtomicWriteFile> {
    use atomic_write_file::unix::OpenOptionsExt;
    atomic_write_file::OpenOptions::new().preserve_mode(true).preserve_owner(true).open(path)
}

#[cfg(not(unix))]
fn writer(path: &Path) -> std::io::Result<atomic_write_file::AtomicWriteFile> {
    atomic_write_file::AtomicWriteFile::open(path)
}
