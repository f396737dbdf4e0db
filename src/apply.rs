//! A file and all edits in it go in; its text after the fixes comes out. Writing it is a step of its own.

use std::path::Path;

use crate::replace::{Replaced, replace};
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

/// Writes a changed file: [`replace`].
///
/// # Errors
/// The new text has more syntax errors than the old one, or the file can't be replaced. It is as it was then.
pub fn write(path: &Path, before: &Source, after: &Source) -> Result<Replaced, String> {
    still_parses(before, after)?;
    let expected = before.to_bytes().map_err(|error| error.to_string())?;
    let bytes = after.to_bytes().map_err(|error| error.to_string())?;
    replace(path, &expected, &bytes).map_err(|error| error.to_string())
}
