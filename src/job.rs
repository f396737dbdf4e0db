//! What to check, and how: all that a run is told from outside.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::changed_lines::ChangedLines;
use crate::discover::WalkOptions;
use crate::module::Location;
use crate::repository::Base;
use crate::settings::Lookup;
use crate::sqlalchemy::Lazy;
use crate::sqlalchemy::cascade::CascadeOptions;
use crate::verify::facts::Facts;

/// A run to be done.
pub struct Job {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// A text to check in place of files.
    pub unsaved: Option<Unsaved>,
    /// Which files below them.
    pub walk: WalkOptions,
    /// What to look for and what to do about it, for each file.
    pub settings: Arc<Lookup>,
    /// Whether unsafe fixes are carried out too.
    pub unsafe_fixes: bool,
    /// The loader to add to fixed relationships that name none.
    pub lazy: Option<Lazy>,
    /// What SQLAlchemy itself said of the relationships.
    pub facts: Option<Facts>,
    /// Whether the outcome has all relationships that a site gives a cascade to, and not those with findings alone.
    pub all_relationships: bool,
    /// What the paths are relative to that are told.
    pub base: Base,
    /// The lines that findings have to touch to be told; all, where it is None.
    pub changed_lines: Option<ChangedLines>,
    /// Lists that someone chose, by the site's value: each is written there, in place of what the policy says.
    pub wanted: HashMap<Location, CascadeOptions>,
}

/// The content of one file, which need not be that on disk.
pub struct Unsaved {
    /// Where it is, or would be; None if it has no name.
    pub path: Option<PathBuf>,
    /// All of it.
    pub bytes: Vec<u8>,
}
