//! Findings as workflow commands of GitHub Actions, of which the runner makes annotations beside the lines.
//!
//! The escapes are those that the runner takes back: `%`, `\r` and `\n` in what is said, `:` and `,` too in a property
//! (<https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>).

use std::io::{self, Write};

use super::host::{FileRange, message};
use super::remarks::{Remark, RemarkLevel, remarks};
use super::visible_but;
use crate::outcome::Outcome;
use crate::rules::Severity;

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    for (file, finding) in outcome.findings() {
        let Some(source) = &file.source else { continue };
        let level = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Information => "notice",
        };
        let title = format!("{} {}", finding.code, finding.name);
        let said = [message(outcome, finding)].into_iter().chain(finding.reasons()).collect::<Vec<_>>().join("\n");
        let place = FileRange::of_value(source, finding);
        writeln!(
            out,
            "::{level} file={},{},title={}::{}",
            property(&file.in_repository),
            range(place),
            property(&title),
            data(&said)
        )?;
    }
    remarks(outcome).iter().try_for_each(|remark| write_remark(remark, out))
}

fn write_remark(remark: &Remark<'_>, out: &mut dyn Write) -> io::Result<()> {
    let level = match remark.level {
        RemarkLevel::Error => "error",
        RemarkLevel::Warning => "warning",
        RemarkLevel::Note => "notice",
    };
    let at = remark.stored_at().map(|at| format!(",line={},col={}", at.line, at.column)).unwrap_or_default();
    let path = property(&remark.file.in_repository);
    writeln!(out, "::{level} file={path}{at},title=cascade-fix::{}", data(&remark.text))
}

/// GitHub takes columns for ranges on one line alone.
fn range(place: FileRange) -> String {
    let FileRange { start, end } = place;
    if place.is_on_one_line() {
        format!("line={},endLine={},col={},endColumn={}", start.line, end.line, start.column, end.column)
    } else {
        format!("line={},endLine={}", start.line, end.line)
    }
}

fn data(text: &str) -> String {
    visible_but(text, &['\r', '\n', '\t']).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
