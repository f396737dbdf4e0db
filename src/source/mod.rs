//! A file's bytes go in; decoded text comes out, with what is needed to write it back to the byte.
//!
//! Three kinds of positions exist, and only this module converts between them: offsets in the decoded text (UTF-8
//! bytes, byte order mark excluded; what the syntax tree uses), offsets in the file on disk, and 1-based lines and
//! columns (in characters).

mod encoding;

use std::ops::Range;

use serde::Serialize;

pub use encoding::{DecodeError, Encoding};

/// Python refuses more than 100 levels; the parser ends the process at some 500.
const MOST_INDENTATION_LEVELS: usize = 200;

/// A decoded Python source file.
#[derive(Debug, Clone)]
pub struct Source {
    text: String,
    encoding: Encoding,
    line_starts: Vec<usize>,
    /// None where the text has no lone `\r`.
    parser_text: Option<String>,
}

/// A place in a file, as reports give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Position {
    /// 1-based. `\n`, `\r\n` and a lone `\r` end a line, as in Python.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// Offset in the file on disk, in bytes.
    pub byte: usize,
}

impl Source {
    /// Decodes a file as Python does: UTF-8, or what its byte order mark or its first two lines declare (PEP 263).
    ///
    /// # Errors
    /// The encoding is unknown, the bytes do not fit it, encoding the text again would not give the same bytes, or the text is
    /// indented more deeply than any Python reads.
    pub fn decode(bytes: Vec<u8>) -> Result<Self, DecodeError> {
        let (text, encoding) = encoding::decode(bytes)?;
        let source = Self::new(text, encoding);
        if source.indentation_levels() > MOST_INDENTATION_LEVELS {
            return Err(DecodeError::TooManyLevels);
        }
        Ok(source)
    }

    /// The most lines that stand one deeper than the other.
    fn indentation_levels(&self) -> usize {
        let (mut levels, mut most): (Vec<usize>, usize) = (Vec::new(), 0);
        for start in &self.line_starts {
            let line = self.text[*start..].trim_start_matches([' ', '\t', '\x0c']);
            let indentation = self.text.len() - start - line.len();
            if line.starts_with(['\r', '\n', '#']) || line.is_empty() {
                continue;
            }
            levels.retain(|level| *level < indentation);
            levels.push(indentation);
            most = most.max(levels.len());
        }
        most
    }

    fn new(text: String, encoding: Encoding) -> Self {
        let line_starts = line_starts(&text);
        let parser_text = with_line_feeds(&text, &line_starts);
        Self { text, encoding, line_starts, parser_text }
    }

    /// The decoded text, line endings as they are on disk.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text for the parser, of the same length: it knows no lone `\r` as line ending.
    pub fn parser_text(&self) -> &str {
        self.parser_text.as_deref().unwrap_or(&self.text)
    }

    /// The same file with another text.
    pub fn with_text(&self, text: String) -> Self {
        Self::new(text, self.encoding)
    }

    /// The bytes of the file on disk.
    ///
    /// # Errors
    /// The text has a character that the encoding lacks.
    pub fn to_bytes(&self) -> Result<Vec<u8>, DecodeError> {
        self.encoding.encode(&self.text)
    }

    /// Where an offset of the text is on disk, in bytes.
    pub fn disk_offset(&self, offset: usize) -> usize {
        self.encoding.bom_len() + self.encoding.encoded_len(&self.text[..offset])
    }

    /// The place of an offset of the text.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        Position { line, column: self.text[start..offset].chars().count() + 1, byte: self.disk_offset(offset) }
    }

    /// The range of the line (1-based) in the text, its ending excluded.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let start = self.line_starts[line - 1];
        let end = self.line_starts.get(line).copied().unwrap_or(self.text.len());
        let text = self.text[start..end].trim_end_matches(['\r', '\n']);
        start..start + text.len()
    }

    /// The line ending that follows the line of an offset, or the file's first one.
    pub fn newline_at(&self, offset: usize) -> &str {
        let rest = &self.text[offset..];
        let from = rest.find(['\r', '\n']).map(|at| offset + at);
        let Some(at) = from.or_else(|| self.text.find(['\r', '\n'])) else {
            return "\n";
        };
        match &self.text.as_bytes()[at..] {
            [b'\r', b'\n', ..] => "\r\n",
            [b'\r', ..] => "\r",
            _ => "\n",
        }
    }
}

/// The text with `\n` for each lone `\r`; None where it has none.
fn with_line_feeds(text: &str, line_starts: &[usize]) -> Option<String> {
    let is_lone = |at: usize| text.as_bytes()[at] == b'\r' && text.as_bytes().get(at + 1) != Some(&b'\n');
    if !memchr::memchr_iter(b'\r', text.as_bytes()).any(is_lone) {
        return None;
    }
    let ends = line_starts.iter().copied().skip(1).chain([text.len()]);
    let lines = line_starts.iter().zip(ends).map(|(start, end)| &text[*start..end]);
    let mut converted = String::with_capacity(text.len());
    for line in lines {
        match line.strip_suffix('\r') {
            Some(body) => converted.extend([body, "\n"]),
            None => converted.push_str(line),
        }
    }
    Some(converted)
}

fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate().filter_map(|(at, byte)| match byte {
        b'\n' => Some(at + 1),
        b'\r' if bytes.get(at + 1) != Some(&b'\n') => Some(at + 1),
        _ => None,
    });
    std::iter::once(0).chain(ends).collect()
}
