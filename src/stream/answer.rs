//! What became of a file goes in; the line that answers comes out.

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;

use super::record::{Id, Mistake};
use crate::apply;
use crate::outcome::{FileOutcome, Status};
use crate::report::{JsonFindings, JsonSyntaxError, json_syntax_errors};

/// A line of the output.
#[derive(Serialize)]
pub(super) struct AnswerLine<'a> {
    id: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(flatten)]
    said: AnswerBody<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum AnswerBody<'a> {
    Checked {
        /// Whether the rest of its repository is unknown.
        alone: bool,
        findings: Vec<Box<RawValue>>,
        syntax_errors: Vec<JsonSyntaxError<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        content: Option<String>,
    },
    Skipped {
        skipped: &'a str,
    },
    Wrong {
        line: usize,
        error: &'a str,
    },
}

/// The answer that says something of a file, as a line.
pub(super) fn line(id: &Id, path: Option<&str>, said: AnswerBody<'_>) -> Vec<u8> {
    let mut line = serde_json::to_vec(&AnswerLine { id: id.as_deref(), path, said }).unwrap_or_default();
    line.push(b'\n');
    line
}

/// The answer to a line with a mistake.
pub(super) fn to_mistake(number: usize, mistake: &Mistake) -> Vec<u8> {
    line(&mistake.id, mistake.path.as_deref(), AnswerBody::Wrong { line: number, error: &mistake.reason })
}

/// What is said of a file that was looked at: its findings, or why there are none.
pub(super) fn said<'a>(
    file: &'a FileOutcome,
    findings: &JsonFindings<'a>,
    line: usize,
    options: AnswerOptions,
) -> AnswerBody<'a> {
    let AnswerOptions { alone, fix } = options;
    match &file.status {
        Status::Skipped(reason) => AnswerBody::Skipped { skipped: reason },
        Status::Failed(reason) => AnswerBody::Wrong { line, error: reason },
        Status::Unchanged | Status::Changed(_) => AnswerBody::Checked {
            alone,
            findings: findings.of_file(file),
            syntax_errors: json_syntax_errors(file).collect(),
            content: fix.then(|| fixed(file)).flatten(),
        },
    }
}

/// What is told of each file.
#[derive(Debug, Clone, Copy)]
pub(super) struct AnswerOptions {
    /// Whether the rest of its repository is unknown.
    pub alone: bool,
    /// Whether its fixed text is told.
    pub fix: bool,
}

impl AnswerBody<'_> {
    /// Nothing is found in a file.
    pub fn nothing(alone: bool) -> Self {
        Self::Checked { alone, findings: Vec::new(), syntax_errors: Vec::new(), content: None }
    }
}

/// The text after the fixes, where there are some.
fn fixed(file: &FileOutcome) -> Option<String> {
    let (Status::Changed(changed), Some(source)) = (&file.status, &file.source) else { return None };
    apply::still_parses(Arc::as_ref(source), changed).ok()?;
    String::from_utf8(changed.to_bytes().ok()?).ok()
}
