//! The JSON that other programs read. Its keys are a contract.

use std::cell::RefCell;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use foldhash::{HashMap, HashSet};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::calls::CallKind;
use crate::model::Relationship;
use crate::outcome::About;
use crate::outcome::{Asyncio, FileOutcome, Finding, Fix, Outcome, Status};
use crate::outcome::{FindingKey, ReachDetail, Stale, ToldCall, ToldRead};
use crate::policy::{Applicability, Hazard};
use crate::reach::Level;
use crate::rewrite::FileEdit;
use crate::rules::{Code, Severity};
use crate::source::{DiskEdit, Edit, Position};
use crate::sqlalchemy::cascade::CascadeOptions;

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    // of each value and key a few bytes are written
    let mut out = BufWriter::new(out);
    serde_json::to_writer_pretty(&mut out, &report(outcome))?;
    writeln!(out)?;
    out.flush()
}

pub(super) fn write_lines(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let edits = Edits::of(outcome);
    outcome.findings().try_for_each(|(file, finding)| {
        serde_json::to_writer(&mut *out, &finding_of(&edits, file, finding))?;
        writeln!(out)
    })
}

/// The files of an outcome with their findings, each as in the report.
pub(crate) struct JsonFindings<'a>(Edits<'a>);

impl<'a> JsonFindings<'a> {
    pub fn of(outcome: &'a Outcome) -> Self {
        Self(Edits::of(outcome))
    }

    /// The file at an absolute path, if there is something to say of it.
    pub fn file(&self, path: &Path) -> Option<&'a FileOutcome> {
        self.0.files.get(path).copied()
    }

    /// The findings of a file, in order.
    pub fn of_file(&self, file: &'a FileOutcome) -> Vec<Box<RawValue>> {
        let findings = file.findings.iter().map(|finding| to_raw_value(&finding_of(&self.0, file, finding)));
        findings.filter_map(Result::ok).collect()
    }
}

#[derive(Serialize)]
struct JsonReport<'a> {
    version: u32,
    findings: Vec<JsonFinding<'a>>,
    safe_sites: usize,
    suppressed: usize,
    in_baseline: usize,
    on_unchanged_lines: usize,
    not_reached: usize,
    stale_baseline: Vec<JsonStale<'a>>,
    skipped: Vec<JsonReason<'a>>,
    failed: Vec<JsonReason<'a>>,
    syntax_errors: Vec<JsonSyntaxError<'a>>,
    unused_suppressions: Vec<JsonUnusedSuppression<'a>>,
    summary: JsonSummary<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<&'a [ToldCall]>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    code: Code,
    name: &'a str,
    severity: Severity,
    message: &'a str,
    path: &'a str,
    start: Position,
    end: Position,
    call: JsonCall<'a>,
    relationship: Option<&'a Relationship>,
    hazard: Option<Hazard>,
    before: Option<CascadeOptions>,
    after: Option<CascadeOptions>,
    fix: Option<JsonFix<'a>>,
    help: &'a str,
    reach: Option<JsonReach<'a>>,
}

/// Who refreshes or expires objects that lead to the relationship.
#[derive(Serialize)]
struct JsonReach<'a> {
    level: Level,
    calls: Vec<JsonReachingCall<'a>>,
}

#[derive(Serialize)]
struct JsonReachingCall<'a> {
    path: &'a str,
    start: Position,
    kind: CallKind,
    classes: &'a [String],
    steps: &'a [String],
    reads: &'a [ToldRead],
}

#[derive(Serialize)]
struct JsonCall<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<usize>,
    start_line: usize,
    end_line: usize,
    callee: &'a str,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    applicability: Applicability,
    edits: Vec<JsonEdit<'a>>,
    lost: CascadeOptions,
    notes: Vec<&'a str>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    path: &'a str,
    start: usize,
    end: usize,
    text: String,
}

/// The keys of a baseline's entry, and the baseline.
#[derive(Serialize)]
struct JsonStale<'a> {
    baseline: &'a str,
    path: &'a str,
    code: Code,
    #[serde(flatten)]
    about: JsonAbout<'a>,
    value: &'a str,
    count: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum JsonAbout<'a> {
    Relationship(&'a str),
    Call(&'a str),
}

impl<'a> JsonStale<'a> {
    fn of(stale: &'a Stale) -> Self {
        let Stale { baseline, key: FindingKey { identity, value }, number } = stale;
        let about = match &identity.about {
            About::Relationship(name) => JsonAbout::Relationship(name),
            About::Call(text) => JsonAbout::Call(text),
        };
        Self { baseline, path: &identity.path, code: identity.code, about, value, count: *number }
    }
}

#[derive(Serialize)]
struct JsonReason<'a> {
    path: &'a str,
    reason: &'a str,
}

/// Where the text can't be parsed.
#[derive(Serialize)]
pub(crate) struct JsonSyntaxError<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<usize>,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct JsonUnusedSuppression<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<usize>,
    line: usize,
    column: usize,
    text: &'a str,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonSummary<'a> {
    files_scanned: usize,
    files_parsed: usize,
    files_with_findings: usize,
    fixable_safe: usize,
    fixable_unsafe: usize,
    manual: usize,
    information: usize,
    ignored: usize,
    asyncio: Option<&'a str>,
    asyncio_in_tests: Option<&'a str>,
}

/// The edits of an outcome, on disk. One that several findings share, such as that of a constant, is listed with the first of them
/// alone: all edits together are what `fix` writes. A fix that is held back has all of its edits; they replace those of its site.
struct Edits<'a> {
    files: HashMap<&'a Path, &'a FileOutcome>,
    outcome: &'a Outcome,
    listed: RefCell<HashSet<(&'a Path, &'a Edit)>>,
}

impl<'a> Edits<'a> {
    fn of(outcome: &'a Outcome) -> Self {
        let files = outcome.files.iter().map(|file| (&*file.path, file)).collect();
        Self { files, outcome, listed: RefCell::default() }
    }

    /// The edit, unless it is carried out and an earlier finding has it.
    fn once(&self, fix: &Fix, FileEdit { path, edit }: &'a FileEdit) -> Option<JsonEdit<'a>> {
        if self.outcome.carries_out(fix) && !self.listed.borrow_mut().insert((path, edit)) {
            return None;
        }
        let edited = self.files.get(&**path)?;
        let DiskEdit { range, text } = edited.source.as_ref()?.disk_edit(edit).ok()?;
        Some(JsonEdit { path: &edited.display, start: range.start, end: range.end, text })
    }
}

fn report(outcome: &Outcome) -> JsonReport<'_> {
    let edits = Edits::of(outcome);
    let totals = outcome.totals();
    let reasons = |wanted: fn(&Status) -> Option<&str>| {
        let files = outcome.files.iter();
        files.filter_map(|file| Some(JsonReason { path: &file.display, reason: wanted(&file.status)? })).collect()
    };
    JsonReport {
        version: 1,
        calls: outcome.calls.as_deref(),
        findings: outcome.findings().map(|(file, finding)| finding_of(&edits, file, finding)).collect(),
        safe_sites: totals.safe_sites,
        suppressed: totals.suppressed,
        in_baseline: totals.in_baseline,
        on_unchanged_lines: totals.on_unchanged_lines,
        not_reached: totals.not_reached,
        stale_baseline: outcome.stale_baseline.iter().map(JsonStale::of).collect(),
        skipped: reasons(Status::skipped),
        failed: reasons(Status::failed),
        syntax_errors: outcome.files.iter().flat_map(json_syntax_errors).collect(),
        unused_suppressions: outcome.files.iter().flat_map(unused_suppressions).collect(),
        summary: summary(outcome),
    }
}

fn summary(outcome: &Outcome) -> JsonSummary<'_> {
    let totals = outcome.totals();
    let (asyncio, asyncio_in_tests) = match &outcome.asyncio {
        Some(Asyncio::Used(place)) => (Some(&**place), None),
        Some(Asyncio::InTests(place)) => (None, Some(&**place)),
        Some(Asyncio::Unused) | None => (None, None),
    };
    JsonSummary {
        files_scanned: totals.files_scanned,
        files_parsed: totals.files_parsed,
        files_with_findings: totals.files_with_findings,
        fixable_safe: totals.fixable_safe,
        fixable_unsafe: totals.fixable_unsafe,
        manual: totals.manual,
        information: totals.information,
        ignored: totals.ignored,
        asyncio,
        asyncio_in_tests,
    }
}

pub(crate) fn json_syntax_errors(file: &FileOutcome) -> impl Iterator<Item = JsonSyntaxError<'_>> {
    let error =
        |at: &Position| JsonSyntaxError { path: &file.display, cell: at.cell, line: at.line, column: at.column };
    file.syntax_errors.iter().map(error)
}

fn unused_suppressions(file: &FileOutcome) -> impl Iterator<Item = JsonUnusedSuppression<'_>> {
    file.unused_suppressions.iter().map(|unused| JsonUnusedSuppression {
        path: &file.display,
        cell: unused.at.cell,
        line: unused.at.line,
        column: unused.at.column,
        text: &unused.text,
        reason: unused.reason.as_deref(),
    })
}

fn finding_of<'a>(edits: &Edits<'a>, file: &'a FileOutcome, finding: &'a Finding) -> JsonFinding<'a> {
    let (start_line, end_line) = finding.call_lines;
    let cell = file.source.as_ref().and_then(|source| source.position(finding.call_span.start).cell);
    JsonFinding {
        code: finding.code,
        name: &finding.name,
        severity: finding.severity,
        message: &finding.message,
        path: &file.display,
        start: finding.start,
        end: finding.end,
        call: JsonCall { cell, start_line, end_line, callee: &finding.callee },
        relationship: finding.relationship.as_ref(),
        hazard: finding.details.hazard(),
        before: finding.details.before(),
        after: finding.details.after(),
        fix: finding.fix.as_ref().map(|fix| JsonFix {
            applicability: fix.applicability,
            edits: fix.edits.iter().filter_map(|edit| edits.once(fix, edit)).collect(),
            lost: finding.details.lost(),
            notes: fix.notes.iter().map(|note| &*note.text).collect(),
        }),
        help: &finding.help,
        reach: finding.details.reach.as_ref().map(JsonReach::of),
    }
}

impl<'a> JsonReach<'a> {
    fn of(reach: &'a ReachDetail) -> Self {
        let calls = reach.calls.iter().map(|call| JsonReachingCall {
            path: &call.path,
            start: call.start,
            kind: call.kind,
            classes: &call.classes,
            steps: &call.steps,
            reads: &call.reads,
        });
        Self { level: reach.level, calls: calls.collect() }
    }
}
