//! Findings in reviewdog's diagnostic format (<https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>): columns are bytes of the
//! line in UTF-8. A suggestion has exactly the range of its diagnostic, since reviewdog refuses another.

use std::io::{self, Write};

use foldhash::HashSet;
use serde::Serialize;

use super::host::{self, FileRange, Replacement, ReportingProgram, TOOL};
use crate::outcome::{FileOutcome, Finding, Outcome};
use crate::rules::{Code, Severity};

#[derive(Serialize)]
struct RdjsonReport<'a> {
    source: ReportingProgram,
    diagnostics: Vec<RdjsonDiagnostic<'a>>,
}

#[derive(Serialize)]
struct RdjsonDiagnostic<'a> {
    message: String,
    location: RdjsonLocation<'a>,
    severity: &'static str,
    code: CodeValue,
    source: ReportingProgram,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

#[derive(Serialize)]
struct RdjsonLocation<'a> {
    path: &'a str,
    range: RdjsonRange,
}

#[derive(Serialize, Clone, Copy)]
struct RdjsonRange {
    start: RdjsonPosition,
    end: RdjsonPosition,
}

#[derive(Serialize, Clone, Copy)]
struct RdjsonPosition {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct CodeValue {
    value: Code,
}

#[derive(Serialize)]
struct Suggestion {
    range: RdjsonRange,
    text: String,
}

impl From<FileRange> for RdjsonRange {
    fn from(FileRange { start, end }: FileRange) -> Self {
        Self {
            start: RdjsonPosition { line: start.line, column: start.utf8_column },
            end: RdjsonPosition { line: end.line, column: end.utf8_column },
        }
    }
}

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &RdjsonReport { source: TOOL, diagnostics: diagnostics(outcome) })?;
    writeln!(out)
}

pub(super) fn write_lines(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    diagnostics(outcome).iter().try_for_each(|diagnostic| {
        serde_json::to_writer(&mut *out, diagnostic)?;
        writeln!(out)
    })
}

/// One for each finding, and one for each other place where a fix changes something, such as that of a shared constant. Each change is
/// suggested once.
fn diagnostics(outcome: &Outcome) -> Vec<RdjsonDiagnostic<'_>> {
    let mut suggested: HashSet<(&str, FileRange)> = HashSet::default();
    let mut all = Vec::new();
    for (file, finding) in outcome.findings() {
        let Some(source) = &file.source else { continue };
        let replacements = host::replacements(outcome, file, finding);
        let (own, others): (Vec<_>, Vec<_>) = replacements.into_iter().partition(|replacement| replacement.is_own);
        let own = own.into_iter().find(|own| suggested.insert((&own.file.display, own.place)));
        let place = own.as_ref().map_or_else(|| FileRange::of_value(source, finding), |own| own.place);
        all.push(diagnostic(file, finding, place, host::message(outcome, finding), own));
        for other in others {
            if suggested.insert((&other.file.display, other.place)) {
                let message =
                    format!("the value of {}:{} is written here; change it with it", file.display, finding.start);
                all.push(diagnostic(other.file, finding, other.place, message, Some(other)));
            }
        }
    }
    all
}

fn diagnostic<'a>(
    file: &'a FileOutcome,
    finding: &Finding,
    place: FileRange,
    message: String,
    replacement: Option<Replacement<'_>>,
) -> RdjsonDiagnostic<'a> {
    let suggestion = |replacement: Replacement<'_>| Suggestion { range: place.into(), text: replacement.text };
    RdjsonDiagnostic {
        message,
        location: RdjsonLocation { path: &file.display, range: place.into() },
        severity: match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Information => "INFO",
        },
        code: CodeValue { value: finding.code },
        source: TOOL,
        suggestions: replacement.map(suggestion).into_iter().collect(),
    }
}
