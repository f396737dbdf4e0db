//! A finding goes in; what hosts of code want of it comes out: where it is in the file as it is stored, what to put there, and what makes
//! it the same finding after other lines have moved.

use std::ops::Range;

use foldhash::HashMap;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::concise;
use crate::outcome::Identity;
use crate::outcome::{FileOutcome, Finding, Outcome};
use crate::source::{Edit, FilePosition, Source, splice};

/// A range in a file as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FileRange {
    pub start: FilePosition,
    /// Behind its last character.
    pub end: FilePosition,
}

impl FileRange {
    fn of(source: &Source, stored: &Range<usize>) -> Self {
        Self { start: source.file_position(stored.start), end: source.file_position(stored.end) }
    }

    /// Where the value of a finding is.
    pub fn of_value(source: &Source, finding: &Finding) -> Self {
        Self::of(source, &source.stored_range(&finding.span))
    }

    pub fn is_on_one_line(&self) -> bool {
        self.start.line == self.end.line
    }
}

/// What a fix puts in place of a range of one file: all of its edits there, and what stands between them.
#[derive(Debug, Clone)]
pub(super) struct Replacement<'a> {
    pub file: &'a FileOutcome,
    pub place: FileRange,
    pub text: String,
    /// It is where the finding is.
    pub is_own: bool,
}

/// What the fix of a finding replaces, one for each file; nothing where it is held back.
pub(super) fn replacements<'a>(outcome: &'a Outcome, file: &FileOutcome, finding: &Finding) -> Vec<Replacement<'a>> {
    let Some(fix) = finding.fix.as_ref().filter(|fix| outcome.carries_out(fix)) else { return Vec::new() };
    let mut by_file: Vec<(&FileOutcome, Vec<Edit>)> = Vec::new();
    for edit in &fix.edits {
        let Some(edited) = outcome.files.iter().find(|file| file.path == edit.path) else { continue };
        let Some(stored) = edited.source.as_ref().and_then(|source| source.stored_edit(&edit.edit).ok()) else {
            continue;
        };
        match by_file.iter_mut().find(|(known, _)| known.path == edited.path) {
            Some((_, edits)) => edits.push(stored),
            None => by_file.push((edited, vec![stored])),
        }
    }
    let of_file = |(edited, edits): (&'a FileOutcome, Vec<Edit>)| {
        let source = edited.source.as_ref()?;
        let hull = edits.iter().map(|edit| edit.range.start).min()?..edits.iter().map(|edit| edit.range.end).max()?;
        let call = source.stored_range(&finding.call_span);
        let value = source.stored_range(&finding.span);
        let around = call.start.min(value.start)..call.end.max(value.end);
        let is_own = edited.path == file.path && hull.start < around.end && around.start < hull.end;
        // what is changed is shown as a whole, as the finding is
        let hull = if is_own { hull.start.min(value.start)..hull.end.max(value.end) } else { hull };
        let moved: Vec<Edit> = edits
            .into_iter()
            .map(|Edit { range, text }| Edit { range: range.start - hull.start..range.end - hull.start, text })
            .collect();
        let text = splice(&source.stored()[hull.clone()], &moved.iter().collect::<Vec<_>>()).ok()?;
        Some(Replacement { file: edited, place: FileRange::of(source, &hull), text, is_own })
    };
    by_file.into_iter().filter_map(of_file).collect()
}

/// What is said of a finding: the message, and what to do.
pub(super) fn message(outcome: &Outcome, finding: &Finding) -> String {
    let is_held_back = finding.fix.as_ref().is_some_and(|fix| !outcome.carries_out(fix));
    let held_back = if is_held_back { concise::HELD_BACK } else { "" };
    format!("{}{held_back}", said(finding))
}

/// The same, whatever is carried out.
pub(crate) fn said(finding: &Finding) -> String {
    format!("{}; {}{}", finding.message, finding.advice(), concise::of_form(finding))
}

/// Of each finding, in order, what stays the same when other lines of the file move: by its file, its code, and the relationship or else
/// the text of its call, and which one of several alike it is.
pub(super) fn fingerprints(outcome: &Outcome) -> Vec<String> {
    let mut alike: HashMap<Identity, usize> = HashMap::default();
    let of_finding = |(file, finding): (&FileOutcome, &Finding)| {
        let identity = Identity::of(file, finding);
        let told = [&*identity.path, identity.code.as_str(), identity.about()].join("\0");
        let turn = alike.entry(identity).or_default();
        *turn += 1;
        let digest = Sha256::digest(format!("{told}\0{turn}"));
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    outcome.findings().map(of_finding).collect()
}

/// A person's name for a program that makes reports, and where it is to be found.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct ReportingProgram {
    pub name: &'static str,
    #[serde(skip)]
    pub version: &'static str,
}

/// This program.
pub(super) const TOOL: ReportingProgram = ReportingProgram { name: "cascade-fix", version: env!("CARGO_PKG_VERSION") };
