//! One line for each finding: `path:line:column: CODE Class.attribute: message`, which editors and terminals make a link of.

use std::io::{self, Write};

use super::visible;
use crate::outcome::{FileOutcome, Finding, Outcome};

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    outcome.findings_by_weight().try_for_each(|(file, finding)| {
        let is_held_back = finding.fix.as_ref().is_some_and(|fix| !outcome.carries_out(fix));
        writeln!(out, "{}{}", line(file, finding), if is_held_back { HELD_BACK } else { "" })
    })
}

/// What is said beside a fix that is not carried out.
pub(super) const HELD_BACK: &str = " (an unsafe fix: --unsafe-fixes applies it)";

/// The line of one finding, its end excluded.
pub(crate) fn line(file: &FileOutcome, finding: &Finding) -> String {
    let Finding { code, message, start, .. } = finding;
    let relationship = finding.relationship_name().map(|name| format!("{name}: ")).unwrap_or_default();
    let said = format!("{code} {relationship}{message}; {}{}", finding.advice(), of_form(finding));
    visible(&format!("{}:{start}: {said}", file.display)).into_owned()
}

/// What is said beside a finding that changes the form alone.
pub(super) fn of_form(finding: &Finding) -> &'static str {
    if finding.changes_form_alone() && !finding.is_information() { " (changes the form alone)" } else { "" }
}
