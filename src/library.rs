//! The dotted name of another library's module goes in; what is known of its base classes comes out, as Python that declares the same
//! tables and foreign keys.
//!
//! The modules are in `rules/libraries`. They are read in place of the library's own, which are not part of a repository.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

static LIBRARIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rules/libraries");

/// Where the modules seem to be: no folder has the name.
const ROOT: &str = "<library>";

/// The path that stands for the file of a module, if something is known of it.
pub fn module_file(module: &[String]) -> Option<PathBuf> {
    LIBRARIES.get_dir(module.first()?)?;
    let stem = module.join("/");
    let files = [format!("{stem}/__init__.py"), format!("{stem}.py")];
    files.into_iter().find(|file| LIBRARIES.get_file(file).is_some()).map(|file| Path::new(ROOT).join(file))
}

/// What stands in a file.
pub fn read(file: &Path) -> Option<&'static [u8]> {
    LIBRARIES.get_file(file.strip_prefix(ROOT).ok()?).map(include_dir::File::contents)
}

/// The dotted name of the module that a path stands for.
pub fn name(file: &Path) -> Option<String> {
    let below = file.strip_prefix(ROOT).ok()?.with_extension("");
    let parts = below.iter().map(|part| part.to_string_lossy().into_owned()).filter(|part| part != "__init__");
    Some(parts.collect::<Vec<_>>().join("."))
}
