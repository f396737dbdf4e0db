//! Findings as GitLab's code quality report (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use std::io::{self, Write};

use serde::Serialize;

use super::host::{FileRange, fingerprints, message};
use crate::outcome::Outcome;
use crate::rules::{Code, Severity};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: Code,
    fingerprint: String,
    severity: &'static str,
    location: GitlabLocation<'a>,
}

#[derive(Serialize)]
struct GitlabLocation<'a> {
    path: &'a str,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: GitlabPosition,
    end: GitlabPosition,
}

#[derive(Serialize)]
struct GitlabPosition {
    line: usize,
    column: usize,
}

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let findings = outcome.findings().zip(fingerprints(outcome));
    let issues = findings.filter_map(|((file, finding), fingerprint)| {
        let FileRange { start, end } = FileRange::of_value(file.source.as_ref()?, finding);
        Some(Issue {
            description: message(outcome, finding),
            check_name: finding.code,
            fingerprint,
            severity: match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "major",
                Severity::Information => "info",
            },
            location: GitlabLocation {
                path: &file.in_repository,
                positions: Positions {
                    begin: GitlabPosition { line: start.line, column: start.column },
                    end: GitlabPosition { line: end.line, column: end.column },
                },
            },
        })
    });
    serde_json::to_writer_pretty(&mut *out, &issues.collect::<Vec<_>>())?;
    writeln!(out)
}
