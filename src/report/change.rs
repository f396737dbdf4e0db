//! One change as `fix --interactive` shows it: what is told of its findings, then the patch.

use std::io::{self, Write};

use annotate_snippets::{Group, Level, Origin, Renderer};

use super::{PatchFolder, full, visible, write_patch};
use crate::outcome::{FileOutcome, Finding, Outcome};
use crate::rules::Severity;

/// How many findings of one change are told in full.
const MOST_TOLD: usize = 5;

/// Prints an outcome that has but one change; the names in the patch are relative to a folder.
///
/// # Errors
/// The output can't be written.
pub fn write_change(alone: &Outcome, folder: &PatchFolder, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    for (file, finding) in alone.findings().take(MOST_TOLD) {
        writeln!(out, "{}", renderer.render(&[reasons(file, finding)]))?;
    }
    match alone.findings().count().checked_sub(MOST_TOLD) {
        Some(more) if more > 0 => writeln!(out, "… and {more} more")?,
        _ => {}
    }
    write_patch(alone, folder, color, out)
}

fn reasons<'a>(file: &'a FileOutcome, finding: &'a Finding) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Information => Level::INFO,
    };
    let title = level.primary_title(&finding.message).id(finding.code.as_str());
    let mut group = title.element(Origin::path(visible(&format!("{}:{}", file.display, finding.start)).into_owned()));
    for note in std::iter::once(full::label(finding)).chain(finding.reasons()) {
        group = group.element(Level::NOTE.message(visible(&note).into_owned()));
    }
    group
}
