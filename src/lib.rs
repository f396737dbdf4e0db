//! cascade-fix finds SQLAlchemy cascades that include refresh-expire, which can raise under asyncio where a relationship is not loaded
//! eagerly, and writes the explicit list.
//!
//! The modules are the stages, in the order of the data: [`discover`] the files, read each as a [`source`], match [`rules`] to find each
//! [`site`], [`resolve`] names and values, look up the [`usage`] of shared ones, [`model`] the relationship, judge by the [`checks`] and a
//! [`policy`] as the [`settings`] want it, leave out what a [`suppression`] names, a [`baseline`] lists, or stands on other than
//! [`changed_lines`], [`plan`] where to edit, [`rewrite`], take out [`imports`] that nothing uses any more, lay out by [`layout`],
//! [`apply`]. What comes out is an [`outcome`], which every [`report`] shows, and of which someone can make a [`choice`]. [`verify`] holds
//! it against what SQLAlchemy itself says of the models. ARCHITECTURE.md tells the whole way, and which module may use which.

pub mod apply;
pub mod baseline;
pub mod changed_lines;
pub mod checks;
pub mod choice;
pub mod cli;
pub mod dependencies;
pub mod diagnose;
pub mod discover;
mod folders;
pub mod git;
pub mod graph;
pub mod hints;
mod imports;
pub mod job;
pub mod layout;
mod library;
pub mod looked;
pub mod model;
pub mod module;
pub mod outcome;
pub mod plan;
pub mod policy;
pub mod pragma;
pub mod profile;
pub mod pull_request;
pub mod python;
pub mod related;
pub mod report;
pub mod repository;
pub mod resolve;
pub mod rewrite;
pub mod rules;
mod run;
pub mod scan;
pub mod selection;
pub mod settings;
pub mod site;
pub mod source;
pub mod sqlalchemy;
pub mod suppression;
pub mod syntax;
pub mod usage;
pub mod verify;

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;

use baseline::BaselineError;
use discover::{DiscoverError, NotRead, Walk};
use outcome::{FileOutcome, Outcome, Status};
use repository::Repositories;
use run::Run;
use scan::Scan;
use settings::SettingsError;
use usage::Search;
use verify::facts::Facts;

pub use job::{Job, Unsaved};

/// Why nothing can be checked.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A path or a glob of the command line.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// A settings file.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A baseline.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
}

/// What a text without a name is called.
const NO_NAME: &str = "<stdin>";

/// Runs every stage but the last: nothing is written. `progress` counts the files read.
///
/// # Errors
/// A path does not exist, an exclude is malformed, or settings have a mistake. What goes wrong with a file is part of the outcome.
pub fn run(job: &Job, progress: &AtomicUsize) -> Result<Outcome, RunError> {
    let (walk, repositories, mut scan) = read(job, progress)?;
    let search = Search { settings: &job.settings, walk: &walk, repositories: &repositories };
    let usages = search.complete(&mut scan.found);
    let found = std::mem::take(&mut scan.found);
    let run = Run { job, walk: &walk, repositories: &repositories, scan: &scan, orphaned: OnceLock::new() };
    let mut sifted = run.sifted(run.judged(found, &usages));
    let stale_baseline = run.set_known_aside(&mut sifted, &usages)?;
    if let Some(changed) = &job.changed_lines {
        run.set_unchanged_aside(&mut sifted, changed);
    }
    let mut outcome = Outcome {
        files: run.files(&sifted, &usages),
        unsafe_fixes: job.unsafe_fixes,
        asyncio: run.asyncio(&sifted.kept),
        noticed: if job.all_relationships { run.noticed(&sifted.kept) } else { Vec::new() },
        stale_facts: job.facts.iter().flat_map(Facts::stale).map(str::to_owned).collect(),
        stale_baseline,
        ..Outcome::default()
    };
    let given = job.unsaved.as_ref().map(|unsaved| walk.normal(unsaved.path.as_deref().unwrap_or(Path::new(NO_NAME))));
    outcome.unsaved = given.map(|path| walk.absolute(&path).into());
    outcome.files_scanned = scan.files_scanned;
    outcome.files_parsed = scan.files_parsed;
    for not_read in scan.not_read {
        let (path, status) = match not_read {
            NotRead::Skipped(path, reason) | NotRead::Undecoded(path, reason) => (path, Status::Skipped(reason)),
            NotRead::Failed(path, reason) => (path, Status::Failed(reason)),
        };
        let path = walk.absolute(&path);
        let repository = repositories.of(&path);
        outcome.files.push(FileOutcome::not_read(path.into(), &repository, status));
    }
    outcome.files.sort_by(|a, b| a.display.cmp(&b.display));
    // settings of other files may have been read since
    job.settings.check()?;
    Ok(outcome)
}

/// Runs the stages that read.
fn read(job: &Job, progress: &AtomicUsize) -> Result<(Walk, Repositories, Scan), RunError> {
    let walk = Walk::new(&job.paths, &job.walk, &job.settings)?;
    job.settings.check()?;
    let repositories = Repositories::new(walk.working_directory()).told_from(job.base).with_named(walk.named());
    let Some(Unsaved { path, bytes }) = &job.unsaved else {
        let scan = scan::scan(&walk, &job.settings, &repositories, progress);
        job.settings.check()?;
        return Ok((walk, repositories, scan));
    };
    let path = walk.normal(path.as_deref().unwrap_or(Path::new(NO_NAME)));
    let absolute = walk.absolute(&path);
    let folder = absolute.parent().unwrap_or(&absolute).to_owned();
    let repositories = repositories.with_named(vec![folder]).with_unsaved(&absolute, bytes);
    let scan = match walk.exclusion(&path) {
        Some(reason) => Scan { not_read: vec![NotRead::Skipped(path, reason)], ..Scan::default() },
        None => scan::scan_bytes(&walk, &job.settings, &repositories, &path, bytes),
    };
    Ok((walk, repositories, scan))
}
