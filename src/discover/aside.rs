//! What a walk comes by and does not give: files that are not read, and those that are not checked.

use std::path::{Path, PathBuf};

/// What ends before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRead {
    /// Left out, and why.
    Skipped(PathBuf, String),
    /// It, or the folder, can't be read.
    Failed(PathBuf, String),
    /// Its bytes give no text.
    Undecoded(PathBuf, String),
}

/// A file or folder that can't be looked at.
#[derive(Debug, Clone)]
pub struct Unread {
    /// Which.
    pub path: PathBuf,
    /// Why not.
    pub reason: String,
}

/// What a walk comes by besides the files that it visits.
#[derive(Debug, Default)]
pub struct Aside {
    /// What is not read.
    pub not_read: Vec<NotRead>,
    /// Files and links that may be Python, by their names, and are not checked.
    pub others: Vec<PathBuf>,
    /// Files and folders of the project that are excluded from the check.
    pub unchecked: Vec<PathBuf>,
}

impl NotRead {
    /// Which file or folder.
    pub fn path(&self) -> &Path {
        match self {
            Self::Skipped(path, _) | Self::Failed(path, _) | Self::Undecoded(path, _) => path,
        }
    }
}
