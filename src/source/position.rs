//! Places in files, as people, hosts of code and editors count them.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

/// A place in a file, as reports give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Position {
    /// In a notebook: which of its cells, 1-based, those without code counted too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<usize>,
    /// 1-based, in a notebook within the cell. `\n`, `\r\n` and a lone `\r` end a line, as in Python.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// Offset in the file on disk, in bytes.
    pub byte: usize,
}

impl Position {
    /// `12`, in a notebook `cell 3:12`.
    pub fn shown_line(&self) -> String {
        let cell = self.cell.map(|cell| format!("cell {cell}:")).unwrap_or_default();
        format!("{cell}{}", self.line)
    }
}

/// `12:5`, in a notebook `cell 3:12:5`.
impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.shown_line(), self.column)
    }
}

/// A place in a file as it is stored, as hosts of code show it: of a notebook in its JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FilePosition {
    /// 1-based. `\n` alone ends a line, as for git.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// 1-based, in bytes of the line in UTF-8.
    pub utf8_column: usize,
}

/// One replacement in a file on disk. The range is in bytes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskEdit {
    /// What is replaced; empty for an insertion.
    pub range: Range<usize>,
    /// What stands there afterwards, in UTF-8.
    pub text: String,
}
