//! A finding goes in; what makes it the same finding comes out, wherever the other lines of its file have moved.

use super::{FileOutcome, Finding};
use crate::rules::Code;
use crate::source::Source;

/// What stays the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The file, relative to the root of its repository, with `/`.
    pub path: String,
    /// The diagnostic.
    pub code: Code,
    /// What it is about.
    pub about: About,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// The text of the call, without what a formatter changes, where nothing else is known.
    Call(String),
    /// `User.posts`.
    Relationship(String),
}

impl Identity {
    /// That of a finding of a file.
    pub fn of(file: &FileOutcome, finding: &Finding) -> Self {
        let call = || file.source.as_ref().map(|source| condensed(source, &finding.call_span)).unwrap_or_default();
        let about = finding.relationship_name().map_or_else(|| About::Call(call()), About::Relationship);
        Self { path: file.in_repository.clone(), code: finding.code, about }
    }

    /// What it is about, in words.
    pub fn about(&self) -> &str {
        match &self.about {
            About::Relationship(name) | About::Call(name) => name,
        }
    }
}

/// What a finding is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingKey {
    /// What it is about.
    pub identity: Identity,
    /// The options that cascade, as SQLAlchemy lists them; the text of the value, where they can't be known.
    pub value: String,
}

/// A known finding that is not found any more, as often as that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// The baseline, as reports show it.
    pub baseline: String,
    /// The finding.
    pub key: FindingKey,
    /// How often.
    pub number: usize,
}

impl FindingKey {
    /// What a finding of a file is known by.
    pub fn of(file: &FileOutcome, finding: &Finding) -> Self {
        let text = || file.source.as_ref().map(|source| condensed(source, &finding.span)).unwrap_or_default();
        let value = finding.details.before().map_or_else(text, |options| options.to_string());
        Self { identity: Identity::of(file, finding), value }
    }
}

/// A part of a file without blanks, with one kind of quotes and no comma behind a last argument.
pub fn condensed(source: &Source, range: &std::ops::Range<usize>) -> String {
    let text = source.text().get(range.clone()).unwrap_or_default();
    let mut condensed: String =
        text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '"' { '\'' } else { c }).collect();
    for closing in [")", "]", "}"] {
        condensed = condensed.replace(&format!(",{closing}"), closing);
    }
    condensed
}
