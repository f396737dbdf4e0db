//! An outcome goes in; what people and programs read comes out. Every report is a view of the same outcome.

mod change;
mod concise;
mod documentation;
mod full;
mod github;
mod gitlab;
mod graph;
mod host;
mod html;
mod json;
mod junit;
mod markdown;
mod markup;
mod notes;
mod patch;
mod pull_request;
mod rdjson;
mod remarks;
mod sarif;
mod statistics;
mod summary;
mod trace;
mod verification;

use std::borrow::Cow;
use std::io::{self, Write};

use crate::outcome::Outcome;
use crate::repository::PathBase;

pub(crate) use change::write_change;
pub(crate) use documentation::{DocumentationFormat, ListFormat, write_documentation, write_list};
pub(crate) use graph::{GraphFormat, write_graph};
pub(crate) use host::said;
pub(crate) use json::{JsonFindings, JsonSyntaxError, json_syntax_errors};
pub use patch::{PatchFolder, write_patch};
pub(crate) use pull_request::{PullRequest, pull_request_text};
pub(crate) use statistics::write_statistics;
pub use summary::write_summary;
pub(crate) use summary::{Applied, write_failures};
pub(crate) use verification::{VerificationFormat, write_verification};

/// How `check` prints its findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// Source, new list and reasons of each finding
    #[default]
    Full,
    /// One line for each finding
    Concise,
    /// One JSON document
    Json,
    /// One JSON object a line for each finding
    Jsonl,
    /// Workflow commands of GitHub Actions: annotations beside the lines
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// reviewdog's diagnostics with suggestions, as one document
    Rdjson,
    /// The same, one a line
    Rdjsonl,
    /// JUnit's XML, a failed case for each finding
    Junit,
    /// One page for a reviewer: what becomes of each relationship, the diffs with their reasons, what is deleted with what
    Html,
    /// Markdown, for a comment or a job's summary
    Markdown,
}

impl Format {
    /// What its paths are relative to, those in what is said too. A host, and who reads what it shows, knows the repository alone;
    /// reviewdog takes paths to be relative to where it runs.
    pub fn base(self) -> PathBase {
        match self {
            Self::Github | Self::Gitlab | Self::Sarif | Self::Junit | Self::Markdown | Self::Html => {
                PathBase::Repository
            }
            Self::Full | Self::Concise | Self::Json | Self::Jsonl | Self::Rdjson | Self::Rdjsonl => {
                PathBase::WorkingDirectory
            }
        }
    }

    /// Whether it tells of all calls of sessions, where that is asked for.
    pub fn tells_calls(self) -> bool {
        self == Self::Json
    }

    /// Whether it shows relationships that need nothing too.
    pub fn shows_all_relationships(self) -> bool {
        self == Self::Html
    }
}

/// Prints the findings.
///
/// # Errors
/// The output can't be written.
pub fn write_findings(format: Format, outcome: &Outcome, color: bool, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Full => full::write(outcome, color, out),
        Format::Concise => concise::write(outcome, out),
        Format::Json => json::write(outcome, out),
        Format::Jsonl => json::write_lines(outcome, out),
        Format::Github => github::write(outcome, out),
        Format::Gitlab => gitlab::write(outcome, out),
        Format::Sarif => sarif::write(outcome, out),
        Format::Rdjson => rdjson::write(outcome, out),
        Format::Rdjsonl => rdjson::write_lines(outcome, out),
        Format::Junit => junit::write(outcome, out),
        Format::Html => html::write(outcome, out),
        Format::Markdown => markdown::write(outcome, out),
    }
}

/// Text in one line as a terminal may have it: a character that would move its cursor, or begin a line, is shown as its picture.
fn visible(text: &str) -> Cow<'_, str> {
    visible_but(text, &[])
}

/// The same, but for some characters, which stay.
fn visible_but<'t>(text: &'t str, kept: &[char]) -> Cow<'t, str> {
    let shown = |character: char| if kept.contains(&character) { character } else { picture(character) };
    if text.chars().all(|character| shown(character) == character) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(shown).collect())
}

/// What is shown for a character that is none to be seen: one that a terminal obeys, or that has what follows read from right to left.
pub(crate) fn picture(character: char) -> char {
    match u32::from(character) {
        control @ 0..=0x1f => char::from_u32(0x2400 + control).unwrap_or(char::REPLACEMENT_CHARACTER),
        0x7f => '\u{2421}',
        0x202a..=0x202e | 0x2066..=0x2069 => char::REPLACEMENT_CHARACTER,
        _ if character.is_control() => char::REPLACEMENT_CHARACTER,
        _ => character,
    }
}

/// `1 file`, `2 files`.
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
