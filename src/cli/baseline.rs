//! `check --write-baseline`: all findings go into a file that later runs take as known.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, ensure};

use super::args::{CommandLine, Common};
use super::{CLEAN, FAILURE, job_with, root, run_job, write_file};
use crate::baseline::Baseline;
use crate::outcome::{Outcome, Status};
use crate::settings::Overrides;

/// Writes the baseline. One that is there is brought up to date: what this run looked for and did not find goes, what it did not look
/// for stays.
///
/// # Errors
/// What is there is no baseline, or the file can't be written.
pub(super) fn write(arguments: &CommandLine, common: &Common, file: &Path) -> anyhow::Result<u8> {
    ensure!(!common.reads_stdin(), "--write-baseline is about files; standard input is none");
    let shown = file.display().to_string();
    let known = file.exists().then(|| Baseline::read(file, &shown)).transpose()?;
    let overrides = match &known {
        Some(_) => Overrides { baseline: Some(file.to_owned()), no_baseline: false, ..common.overrides() },
        None => Overrides { no_baseline: true, ..common.overrides() },
    };
    let outcome = run_job(arguments, job_with(common, overrides, &root()?)?)?;
    let baseline = known.clone().unwrap_or_default().updated(&outcome);
    if known.as_ref() != Some(&baseline) {
        write_file(file, |out| baseline.write(out))?;
    }
    if !arguments.quiet {
        let mut err = super::terminal::stderr();
        tell(&shown, known.is_some(), &baseline, &outcome, &mut err).context("can't write to stderr")?;
    }
    Ok(if outcome.totals().files_failed > 0 { FAILURE } else { CLEAN })
}

fn tell(file: &str, is_known: bool, baseline: &Baseline, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    for (path, status) in outcome.files.iter().map(|file| (&file.display, &file.status)) {
        if let Status::Failed(reason) = status {
            writeln!(out, "{path}: failed: {reason}")?;
        }
    }
    let number = baseline.len();
    let findings = if number == 1 { "finding" } else { "findings" };
    let added = outcome.findings().count();
    let gone: usize = outcome.stale_baseline.iter().map(|stale| stale.number).sum();
    match (is_known, added + gone) {
        (false, _) => writeln!(out, "Wrote {file}: {number} {findings}.")?,
        (true, 0) => writeln!(out, "{file} is up to date: {number} {findings}.")?,
        (true, _) => writeln!(out, "Wrote {file}: {number} {findings}; {added} added, {gone} taken off.")?,
    }
    Ok(())
}
