//! A file goes in; what other files call it as a module comes out, and whether they do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::module::Location;

/// The name under which other files import a module; None where they can't.
pub(super) fn name_of_module(path: &Path) -> Option<String> {
    path.extension().filter(|extension| *extension == "py")?;
    let stem = path.file_stem()?.to_str()?;
    let name = if stem == "__init__" { path.parent()?.file_name()?.to_str()? } else { stem };
    Some(name.to_owned())
}

/// Where a module itself, and none of its names, is bound.
pub(super) fn place_of_module(path: &Arc<Path>) -> Location {
    Location { path: Arc::clone(path), start: 0, end: 0 }
}

/// Whether a file with the bytes can bind the module of the name or all of its names, or look it up: not where it imports some of its
/// names alone.
pub(super) fn can_have_module(bytes: &[u8], name: &str) -> bool {
    let is_of_name = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    memchr::memmem::find_iter(bytes, name).any(|at| {
        let (before, after) = (&bytes[..at], &bytes[at + name.len()..]);
        if is_of_name(before.last()) || is_of_name(after.first()) {
            return false;
        }
        let line = before[memchr::memrchr(b'\n', before).map_or(0, |at| at + 1)..].trim_ascii_start();
        let is_import = |line: &[u8]| memchr::memmem::find(line, b"import").is_some();
        let is_quoted = matches!(after.first(), Some(b'"' | b'\''));
        let is_listed =
            line.is_empty() && matches!(after.trim_ascii_start().first(), Some(b',' | b')' | b'a' | b'#') | None);
        is_import(line) || is_quoted || is_listed || imports_all(after)
    })
}

/// Whether `import *` follows the name of a module.
fn imports_all(after: &[u8]) -> bool {
    after.trim_ascii_start().strip_prefix(b"import").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"*"))
}

/// Whether a dotted name in a string is that of the module.
pub(super) fn is_name_of(content: &str, path: &Path) -> bool {
    let mut folders = path.with_extension("");
    if folders.ends_with("__init__") {
        folders.pop();
    }
    let parts: Vec<&str> = content.trim_start_matches('.').split('.').collect();
    folders.ends_with(parts.iter().collect::<PathBuf>())
}
