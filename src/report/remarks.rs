//! An outcome goes in; what there is to say of files as a whole comes out: what was not checked, and comments that suppress nothing.

use crate::outcome::{FileOutcome, Outcome, Status};
use crate::source::Position;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RemarkLevel {
    Error,
    Warning,
    Note,
}

/// What is said of a file beside its findings.
pub(super) struct Remark<'a> {
    pub file: &'a FileOutcome,
    /// Where, if it is about a place.
    pub at: Option<Position>,
    pub level: RemarkLevel,
    pub text: String,
}

impl Remark<'_> {
    /// `app/models.py:12:5`
    pub fn place(&self) -> String {
        let at = self.at.map(|at| format!(":{at}")).unwrap_or_default();
        format!("{}{at}", self.file.display)
    }

    /// Where in the file as it is stored; of a notebook's cells that is not known.
    pub fn stored_at(&self) -> Option<Position> {
        self.at.filter(|at| at.cell.is_none())
    }
}

pub(super) fn remarks(outcome: &Outcome) -> Vec<Remark<'_>> {
    outcome.files.iter().flat_map(of_file).collect()
}

fn of_file(file: &FileOutcome) -> Vec<Remark<'_>> {
    let remark = |at, level, text| Remark { file, at, level, text };
    let mut remarks = Vec::new();
    match &file.status {
        Status::Failed(reason) => remarks.push(remark(None, RemarkLevel::Error, format!("failed: {reason}"))),
        Status::Skipped(reason) => remarks.push(remark(None, RemarkLevel::Note, format!("skipped: {reason}"))),
        _ => {}
    }
    if let Some(at) = file.syntax_errors.first() {
        let text = "a syntax error; only the statements that parse were checked";
        remarks.push(remark(Some(*at), RemarkLevel::Warning, text.to_owned()));
    }
    for unused in &file.unused_suppressions {
        let reason = unused.reason.as_deref().unwrap_or("it suppresses nothing");
        remarks.push(remark(Some(unused.at), RemarkLevel::Note, format!("`{}`: {reason}", unused.text)));
    }
    remarks
}
