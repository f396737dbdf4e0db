//! A folder goes in; whether its ignore files can be read comes out: a walk opens them, whatever they are.

use std::path::Path;

use super::NotRead;
use crate::disk::check_for_tools;

/// What can't be walked since one of its ignore files can't be read.
pub(super) fn unreadable_ignores(folder: &Path) -> Option<NotRead> {
    [".gitignore", ".ignore", ".git/info/exclude"].iter().find_map(|name| {
        let path = folder.join(name);
        let error = check_for_tools(&path).err()?;
        Some(NotRead::Failed(path, format!("{error}; its folder is left out")))
    })
}
