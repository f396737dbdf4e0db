//! Findings as a JUnit report: a suite for each file, a failed case for each finding.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::host::{FileRange, TOOL, message};
use crate::outcome::{FileOutcome, Finding, Outcome, Status};

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let mut report = Report::new(TOOL.name);
    report.add_test_suites(outcome.files.iter().filter_map(|file| suite(outcome, file)));
    if report.test_suites.is_empty() {
        // a report without any case counts as one that went wrong
        let mut suite = TestSuite::new(TOOL.name);
        suite.add_test_case(TestCase::new("no findings", TestCaseStatus::success()));
        report.add_test_suite(suite);
    }
    report.serialize(&mut *out).map_err(io::Error::other)
}

fn suite(outcome: &Outcome, file: &FileOutcome) -> Option<TestSuite> {
    let mut suite = TestSuite::new(file.display.as_str());
    suite.extra.insert("package".into(), TOOL.name.into());
    suite.add_test_cases(file.findings.iter().map(|finding| of_finding(outcome, file, finding)));
    suite.add_test_cases(of_status(file));
    (!suite.test_cases.is_empty()).then_some(suite)
}

fn case(file: &FileOutcome, name: String, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(file.display.as_str());
    case.extra.insert("file".into(), file.display.as_str().into());
    case
}

fn of_finding(outcome: &Outcome, file: &FileOutcome, finding: &Finding) -> TestCase {
    let mut status = match finding.is_information() {
        true => TestCaseStatus::skipped(),
        false => TestCaseStatus::non_success(NonSuccessKind::Failure),
    };
    let place = format!("{}:{}", file.display, finding.start);
    let lines = [format!("{place}: {}", message(outcome, finding))].into_iter().chain(finding.reasons());
    status.set_type(finding.code.as_str()).set_message(message(outcome, finding));
    status.set_description(lines.collect::<Vec<_>>().join("\n"));
    let mut case = case(file, format!("{} {} at {}", finding.code, finding.name, finding.start), status);
    // of the file, as elsewhere: in a notebook that of its JSON
    let line =
        file.source.as_ref().map_or(finding.start.line, |source| FileRange::of_value(source, finding).start.line);
    case.extra.insert("line".into(), line.to_string().into());
    case
}

/// A case for a file that was not read.
fn of_status(file: &FileOutcome) -> Option<TestCase> {
    let (mut status, reason) = match &file.status {
        Status::Failed(reason) => (TestCaseStatus::non_success(NonSuccessKind::Error), reason),
        Status::Skipped(reason) => (TestCaseStatus::skipped(), reason),
        Status::Unchanged | Status::Changed(_) => return None,
    };
    status.set_message(reason.as_str());
    Some(case(file, "read".to_owned(), status))
}
