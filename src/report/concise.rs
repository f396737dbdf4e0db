//! One line for each finding: `path:line:column: CODE message`, which editors and terminals make a link of.

use std::io::{self, Write};

use crate::outcome::{FileOutcome, Finding, Outcome};

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    outcome.findings().try_for_each(|(file, finding)| writeln!(out, "{}", line(file, finding)))
}

/// The line of one finding, its end excluded.
pub(crate) fn line(file: &FileOutcome, finding: &Finding) -> String {
    let Finding { code, message, start, .. } = finding;
    format!("{}:{start}: {code} {message}; {}", file.display, advice(finding))
}

/// What to do about a finding.
pub(super) fn advice(finding: &Finding) -> String {
    match finding.written() {
        Some(written) => format!("write {written}"),
        None => finding.help.clone(),
    }
}
