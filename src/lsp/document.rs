//! An open document: its text, and where the offsets of that are in the words of the protocol.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use line_index::{LineCol, LineIndex, TextSize, WideEncoding, WideLineCol};
use lsp_types::{Position, PositionEncodingKind, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What columns count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum PositionEncoding {
    /// Bytes.
    Utf8,
    /// Code units, as every client can.
    #[default]
    Utf16,
}

impl PositionEncoding {
    /// The one to use of those that a client offers: bytes, where it can.
    pub fn of_client(offered: Option<&[PositionEncodingKind]>) -> Self {
        let has_bytes = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        if has_bytes { Self::Utf8 } else { Self::Utf16 }
    }

    /// As the protocol names it.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }
}

/// A text with its lines.
#[derive(Debug)]
pub(super) struct IndexedText {
    pub text: Arc<str>,
    lines: LineIndex,
    encoding: PositionEncoding,
}

impl IndexedText {
    pub fn new(text: Arc<str>, encoding: PositionEncoding) -> Self {
        let lines = LineIndex::new(&text);
        Self { text, lines, encoding }
    }

    /// Where an offset in bytes is.
    pub fn position(&self, offset: usize) -> Position {
        let offset = TextSize::try_from(offset.min(self.text.len())).unwrap_or_default();
        let at = self.lines.try_line_col(offset).unwrap_or(LineCol { line: 0, col: 0 });
        let column = match self.encoding {
            PositionEncoding::Utf8 => at.col,
            PositionEncoding::Utf16 => self.lines.to_wide(WideEncoding::Utf16, at).map_or(at.col, |wide| wide.col),
        };
        Position::new(at.line, column)
    }

    pub fn range(&self, range: &Range<usize>) -> lsp_types::Range {
        lsp_types::Range::new(self.position(range.start), self.position(range.end))
    }

    /// The offset of a position, in bytes; the end of the text, where there is no such position.
    pub fn offset(&self, Position { line, character }: Position) -> usize {
        let at = match self.encoding {
            PositionEncoding::Utf8 => Some(LineCol { line, col: character }),
            PositionEncoding::Utf16 => self.lines.to_utf8(WideEncoding::Utf16, WideLineCol { line, col: character }),
        };
        let offset = at.and_then(|at| self.lines.offset(at)).map(usize::from);
        offset.filter(|offset| self.text.is_char_boundary(*offset)).unwrap_or(self.text.len())
    }

    /// The offset of a line and a column in characters, both from 1.
    pub fn offset_of(&self, line: usize, column: usize) -> Option<usize> {
        let line = self.lines.line(u32::try_from(line).ok()?.checked_sub(1)?)?;
        let start = usize::from(line.start());
        let inside = self.text.get(start..usize::from(line.end()))?;
        Some(start + inside.char_indices().nth(column.checked_sub(1)?).map_or(inside.len(), |(at, _)| at))
    }
}

/// A document that is open in the editor.
#[derive(Debug)]
pub(super) struct OpenDocument {
    pub uri: Uri,
    pub version: i32,
    pub text: IndexedText,
}

/// What a path of a URI can have as it is (RFC 3986, 3.3).
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The file of a URI, if it is one.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let path = percent_decode_str(&rest[rest.find('/')?..]).decode_utf8().ok()?;
    match path.strip_prefix('/') {
        Some(drive) if cfg!(windows) => Some(PathBuf::from(drive.replace('/', "\\"))),
        _ => Some(PathBuf::from(&*path)),
    }
}

/// The URI of a file at an absolute path.
pub(super) fn uri_of(path: &Path) -> Option<Uri> {
    let path = path.to_str()?.replace('\\', if cfg!(windows) { "/" } else { "\\" });
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{}", utf8_percent_encode(&path, PATH)).parse().ok()
}
