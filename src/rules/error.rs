//! What is wrong with a rule file, in words that name file, line and key; or with the name of a diagnostic.

use std::path::PathBuf;

/// Why rules can't be loaded.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// A file or folder can't be read.
    #[error("can't read the rules in {path}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file has a mistake.
    #[error("{path}:{line}: {key}: {message}")]
    Broken {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// The key that is wrong or missing, or `yaml`.
        key: String,
        /// What is wrong, and what to do.
        message: String,
    },
}

/// A name that no diagnostic has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no diagnostic's code or name, and no prefix of a code; {}", match nearest {
    Some(nearest) => format!("did you mean {nearest}?"),
    None => "`cascade-fix rules` lists them".to_owned(),
})]
pub struct UnknownDiagnostic {
    pub(super) given: String,
    /// The code or name that is near.
    pub(super) nearest: Option<String>,
}
