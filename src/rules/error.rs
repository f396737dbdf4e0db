//! What is wrong with a rule file, in words that name file, line and key.

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
