//! The outcomes of a run with and without unsafe fixes go in; the branches to make come out: which files each has, what it is called, and
//! what its commits say.

mod codeowners;
mod commit;
mod group;

pub use codeowners::CodeOwners;
pub(crate) use commit::{CommitKind, commit_message, commit_text, is_made_by_us};
pub(crate) use group::{Group, Split, SplitBy, groups};

use std::path::Path;
use std::sync::Arc;

use foldhash::HashSet;

use crate::outcome::{FileOutcome, Outcome};

/// An outcome as if only some files had been checked.
pub(crate) fn restricted(outcome: &Outcome, paths: &HashSet<Arc<Path>>) -> Outcome {
    let files: Vec<FileOutcome> = outcome.files.iter().filter(|file| paths.contains(&file.path)).cloned().collect();
    Outcome { files_scanned: files.len(), files_parsed: files.len(), files, ..outcome.clone() }
}
