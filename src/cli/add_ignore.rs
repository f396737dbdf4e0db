//! `check --add-ignore`: comments that suppress all findings are written into the files.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};

use super::args::{CommandLine, Common};
use super::{CLEAN, FAILURE, FINDINGS, job, print, root, run_job, write_files, write_paths};
use crate::choice::{Silenced, silenced};
use crate::outcome::{Outcome, Status};

/// Writes the comments, as `fix` writes its fixes, and prints the paths of the changed files.
///
/// # Errors
/// The run fails; then nothing is written.
pub(super) fn add(arguments: &CommandLine, common: &Common, reason: &str) -> anyhow::Result<u8> {
    ensure!(!common.reads_stdin(), "--add-ignore writes files; standard input is none");
    let job = job(common, &root()?)?;
    let settings = Arc::clone(&job.reach.settings);
    let mut outcome = run_job(arguments, job)?;
    // what nothing is to be done about needs no comment
    outcome.files.iter_mut().for_each(|file| file.findings.retain(|finding| !finding.is_information()));
    let rules = |path: &Path| Arc::clone(&settings.of(path).rules);
    let Silenced { mut outcome, numbers, refused } = silenced(outcome, reason, rules);
    let written = write_files(&mut outcome)?;
    let number = numbers.iter().filter(|(path, _)| written.contains(path)).map(|(_, number)| number).sum();
    print(|_, out| write_paths(&outcome, out))?;
    if !arguments.quiet {
        let mut err = super::terminal::stderr();
        tell(&outcome, number, written.len(), &refused, &mut err).context("can't write to stderr")?;
    }
    Ok(match outcome.totals().files_failed {
        0 if refused.is_empty() => CLEAN,
        0 => FINDINGS,
        _ => FAILURE,
    })
}

fn tell(outcome: &Outcome, number: usize, files: usize, refused: &[String], out: &mut dyn Write) -> io::Result<()> {
    for (path, status) in outcome.files.iter().map(|file| (&file.display, &file.status)) {
        if let Status::Failed(reason) = status {
            writeln!(out, "{path}: failed: {reason}")?;
        }
    }
    for refused in refused {
        writeln!(out, "{refused}")?;
    }
    let counted = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    match number {
        0 => writeln!(out, "Nothing to suppress."),
        _ => writeln!(out, "Suppressed {} in {}.", counted(number, "finding"), counted(files, "file")),
    }
}
