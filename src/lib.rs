//! cascade-fix finds SQLAlchemy cascades that are unsafe under asyncio and writes the explicit list.
//!
//! The modules are the stages, in the order of the data: [`discover`] the files, read each as a [`source`], match
//! [`rules`] to find each [`site`], [`resolve`] names and values, [`model`] the relationship, decide by [`policy`],
//! [`rewrite`], lay out by [`layout`], [`apply`]. What comes out is an [`outcome`], which every [`report`] shows.

pub mod apply;
pub mod cascade;
pub mod cli;
pub mod discover;
pub mod hints;
pub mod layout;
pub mod model;
pub mod outcome;
pub mod policy;
pub mod python;
pub mod report;
pub mod repository;
pub mod resolve;
pub mod rewrite;
pub mod rules;
pub mod scan;
pub mod selection;
pub mod site;
pub mod source;
pub mod syntax;

use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;

use apply::Context;
use rayon::prelude::*;

use discover::{DiscoverError, NotRead, Settings, Walk};
use layout::{Layout, Styles};
use outcome::{FileOutcome, Outcome, Status};
use policy::{ExpungeCall, Profile, needs_expunge_call};
use repository::{Repositories, Repository};
use rules::Rules;
use scan::{Scan, Scanned};
use selection::Selection;

/// What to check, and how.
pub struct Job {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Which files below them.
    pub walk: Settings,
    /// Which diagnostics.
    pub selection: Selection,
    /// Which list to write.
    pub profile: Profile,
    /// What becomes of the layout.
    pub layout: Layout,
    /// What to look for.
    pub rules: Rules,
}

/// Runs every stage but the last: nothing is written. `progress` counts the files read.
///
/// # Errors
/// A path does not exist, or an exclude is malformed. What goes wrong with a file is part of the outcome.
pub fn run(job: &Job, progress: &AtomicUsize) -> Result<Outcome, DiscoverError> {
    let walk = Walk::new(&job.paths, &job.walk)?;
    let repositories = Repositories::new(walk.working_directory());
    let styles = Styles::default();
    let mut scan = scan::scan(&walk, &job.rules, &repositories, progress);
    let mut outcome = Outcome { files: Vec::new(), files_scanned: scan.files_scanned, files_parsed: scan.files_parsed };
    let files = std::mem::take(&mut scan.files);
    outcome.files.par_extend(files.into_par_iter().map(|file| {
        let repository = repositories.of(&file.path);
        let display = repository.display(&file.path);
        let context = Context {
            rules: &job.rules,
            selection: &job.selection,
            profile: job.profile,
            layout: (job.layout == Layout::Fit).then_some(&styles),
            expunge_call: expunge_call(job, &walk, &repository, &scan, &file),
        };
        context.outcome(file, display)
    }));
    for not_read in scan.not_read {
        let (path, status) = match not_read {
            NotRead::Skipped(path, reason) => (path, Status::Skipped(reason)),
            NotRead::Failed(path, reason) => (path, Status::Failed(reason)),
        };
        let path = walk.absolute(&path);
        let display = repositories.of(&path).display(&path);
        outcome.files.push(FileOutcome::not_read(path, display, status));
    }
    outcome.files.sort_by(|a, b| a.display.cmp(&b.display));
    Ok(outcome)
}

/// Where the file's repository calls `expunge(obj)`, where a site of the file makes that matter.
fn expunge_call<'a>(
    job: &Job,
    walk: &Walk,
    repository: &'a Repository,
    scan: &Scan,
    file: &Scanned,
) -> ExpungeCall<'a> {
    if !file.sites.iter().any(|site| needs_expunge_call(site, job.profile)) {
        return None;
    }
    repository.expunge_call(&job.rules, || {
        let within = |path: &PathBuf| walk.absolute(path).starts_with(repository.root());
        if walk.covers(repository.root()) {
            scan.expunge_candidates.iter().filter(|path| within(path)).cloned().collect()
        } else {
            scan::expunge_candidates(&walk.of_folder(repository.root()))
        }
    })
}
