//! The file of a baseline: sorted JSON with one finding a line, for reviewers and for git.

use std::io::{self, ErrorKind, Write};
use std::num::NonZeroUsize;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Baseline, FindingKey};
use crate::disk::read_for_tools;
use crate::outcome::{About, Identity};
use crate::rules::Code;
use crate::settings::SettingOrigin;

const VERSION: u32 = 1;

/// Why a baseline can't be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BaselineError {
    /// There is none.
    #[error("{origin}there is no baseline {path}; write it with `cascade-fix check --write-baseline {path}`")]
    Missing {
        /// The file as reports show it.
        path: String,
        /// The settings that name it, `path:line: `; empty for the command line.
        origin: String,
    },
    /// It can't be read.
    #[error("can't read the baseline {path}: {reason}")]
    Unreadable {
        /// The file as reports show it.
        path: String,
        /// Why.
        reason: String,
    },
    /// It is none.
    #[error(
        "{path}:{line}:{column}: {message}; mend it, or delete it and write it anew with `cascade-fix check --write-baseline {path}`"
    )]
    Broken {
        /// The file as reports show it.
        path: String,
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A later version of cascade-fix wrote it.
    #[error(
        "{path} is a baseline of version {version}, and this cascade-fix reads version {VERSION}; use a later one, \
         or delete the file and write it anew with `cascade-fix check --write-baseline {path}`"
    )]
    Version {
        /// The file as reports show it.
        path: String,
        /// Its version.
        version: u32,
    },
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "version")]
    _version: u32,
    findings: Vec<Entry>,
}

/// One finding. Its keys are a contract.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    relationship: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<String>,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<NonZeroUsize>,
}

impl Baseline {
    /// Reads the file at a path, which reports show in another way.
    ///
    /// # Errors
    /// There is no such file, or it is no baseline.
    pub fn read(path: &Path, shown: &str) -> Result<Self, BaselineError> {
        let file = || shown.to_owned();
        let text = read_for_tools(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => BaselineError::Missing { path: file(), origin: String::new() },
            _ if path.is_dir() => BaselineError::Unreadable { path: file(), reason: "it is a folder".to_owned() },
            _ => BaselineError::Unreadable { path: file(), reason: error.to_string() },
        })?;
        let broken = |error: serde_json::Error| BaselineError::Broken {
            path: file(),
            line: error.line().max(1),
            column: error.column().max(1),
            message: without_place(&error),
        };
        let Versioned { version } = serde_json::from_str(&text).map_err(broken)?;
        if version != VERSION {
            return Err(BaselineError::Version { path: file(), version });
        }
        let document: Document = serde_json::from_str(&text).map_err(broken)?;
        let mut baseline = Self::default();
        for entry in document.findings {
            let number = entry.count.map_or(1, NonZeroUsize::get);
            baseline.add(entry.known(), number);
        }
        Ok(baseline)
    }

    /// Writes it.
    ///
    /// # Errors
    /// The output can't be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\n  \"version\": {VERSION},\n  \"findings\": [")?;
        for (index, (known, number)) in self.known().enumerate() {
            write!(out, "{}\n    ", if index > 0 { "," } else { "" })?;
            serde_json::to_writer(&mut *out, &Entry::of(known, number))?;
        }
        writeln!(out, "{}]\n}}", if self.is_empty() { "" } else { "\n  " })
    }
}

impl BaselineError {
    /// The same, where settings name the file.
    pub fn named_by(self, settings: &SettingOrigin) -> Self {
        match (self, settings) {
            (Self::Missing { path, .. }, SettingOrigin::File { .. }) => {
                Self::Missing { path, origin: format!("{settings}: ") }
            }
            (error, _) => error,
        }
    }
}

impl Entry {
    fn of(FindingKey { identity, value }: &FindingKey, number: usize) -> Self {
        let (relationship, call) = match identity.about.clone() {
            About::Relationship(name) => (Some(name), None),
            About::Call(text) => (None, Some(text)),
        };
        let count = NonZeroUsize::new(number).filter(|number| number.get() > 1);
        let (path, value) = (identity.path.clone(), value.clone());
        Self { path, code: identity.code, relationship, call, value, count }
    }

    fn known(self) -> FindingKey {
        let call = self.call.unwrap_or_default();
        let about = self.relationship.map_or(About::Call(call), About::Relationship);
        FindingKey { identity: Identity { path: self.path, code: self.code, about }, value: self.value }
    }
}

/// serde's message, which ends with the place.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(message, _)| message.to_owned())
}
