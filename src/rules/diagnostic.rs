//! What is said of a finding: code, message, documentation and examples of a diagnostic.

use std::fmt;

use serde::{Deserialize, Serialize};

// one for each file of `rules/diagnostics`
include!(concat!(env!("OUT_DIR"), "/code.rs"));

impl Code {
    /// Whether it is reported unless it is ignored: all but advice.
    pub fn is_on_by_default(self) -> bool {
        !self.as_str().starts_with("CAS1")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It does not work.
    Error,
    /// It works, and bites.
    Warning,
    /// It is told, and nothing is to be done.
    Information,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Information => "information",
        })
    }
}

/// What becomes of the findings of a diagnostic, at best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FixKind {
    /// Fixed without being asked about each.
    Safe,
    /// The fix is shown; a human has to agree.
    Unsafe,
    /// A human has to write it.
    Manual,
}

impl fmt::Display for FixKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            FixKind::Safe => "safe",
            FixKind::Unsafe => "unsafe",
            FixKind::Manual => "manual",
        })
    }
}

/// A diagnostic's texts and examples, one file each in `rules/diagnostics/`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diagnostic {
    /// Its code.
    pub code: Code,
    /// Its name, in words joined by hyphens.
    pub name: String,
    /// How bad it is.
    pub severity: Severity,
    /// What becomes of its findings.
    pub fix: FixKind,
    /// One line; `{reason}` stands for what differs from finding to finding.
    pub message: String,
    /// What to do, in a few words.
    pub help: String,
    /// What it looks for.
    pub what: String,
    /// Why that is bad.
    pub why: String,
    /// Before and after.
    pub example: Example,
    /// What behaves differently after the fix.
    pub changes: String,
    /// Where to read on.
    pub references: Vec<String>,
    /// Sources that do not give this diagnostic.
    #[serde(skip_serializing)]
    pub valid: Vec<String>,
    /// Sources that do.
    #[serde(skip_serializing)]
    pub invalid: Vec<InvalidExample>,
}

impl Diagnostic {
    /// The message without what differs from finding to finding.
    pub fn summary(&self) -> &str {
        self.message.split(": {reason}").next().unwrap_or_default()
    }
}

/// Code before and after.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

/// A source that gives the diagnostic, and what the fix makes of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvalidExample {
    /// The source.
    pub source: String,
    /// The source after the fix; absent where there is none.
    pub fixed: Option<String>,
}
