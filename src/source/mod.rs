//! A file's bytes go in; decoded text comes out, with what is needed to write it back to the byte.
//!
//! Three kinds of positions exist, and only this module converts between them: offsets in the decoded text (UTF-8
//! bytes, byte order mark excluded; what the syntax tree uses), offsets in the file on disk, and 1-based lines and
//! columns (in characters).

mod edit;
mod encoding;
mod json_string;
mod kind;
mod magic;
mod mask;
mod notebook;
mod position;
mod sums;
mod template;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

pub use edit::{Edit, EditError, splice};
pub use encoding::{DecodeError, Encoding};
pub use kind::{Kind, TemplateLanguage, can_be_script, has_suffix_of_python};
pub use mask::{is_covered, uncovered};
pub use position::{DiskEdit, FilePosition, Position};

use mask::{Cover, Mask};
use notebook::Notebook;
use sums::Sums;

/// Python refuses more than 100 levels; the parser ends the process at some 500.
const MOST_INDENTATION_LEVELS: usize = 200;

/// How long a text may be, in bytes: its syntax tree takes some three hundred times as much memory.
const MOST_BYTES: usize = 10 << 20;

/// A decoded Python source file.
#[derive(Debug, Clone)]
pub struct Source {
    text: String,
    kind: Kind,
    /// Of a notebook.
    notebook: Option<Box<Notebook>>,
    encoding: Encoding,
    line_starts: OnceLock<Vec<usize>>,
    /// The parts that are no Python, in order of position.
    masks: Vec<Mask>,
    /// None where the parser takes the text as it is.
    parser_text: Option<String>,
    /// The characters of the text.
    characters: Sums,
    /// The bytes of the text on disk.
    encoded: Sums,
    /// Where the lines of what the file holds begin, behind line feeds; made for who asks first.
    stored_lines: OnceLock<Vec<usize>>,
    /// The characters of what the file holds.
    stored_characters: Sums,
}

impl Source {
    /// Decodes a file as Python does: UTF-8, or what its byte order mark or its first two lines declare (PEP 263).
    ///
    /// # Errors
    /// See [`Source::of_kind`].
    pub fn decode(bytes: Vec<u8>) -> Result<Self, DecodeError> {
        Self::of_kind(Kind::Python, bytes)
    }

    /// Decodes a file of a kind; a notebook is UTF-8.
    ///
    /// # Errors
    /// The encoding is unknown, the bytes do not fit it, encoding the text again would not give the same bytes, the text is
    /// indented more deeply than any Python reads or too long, or the notebook is none, or none in Python.
    pub fn of_kind(kind: Kind, bytes: Vec<u8>) -> Result<Self, DecodeError> {
        let (stored, encoding) = match kind {
            Kind::Notebook => encoding::decode_utf8(bytes)?,
            _ => encoding::decode(bytes)?,
        };
        let source = Self::new(stored, kind, encoding)?;
        if source.may_be_too_deep() && source.indentation_levels() > MOST_INDENTATION_LEVELS {
            return Err(DecodeError::TooManyLevels);
        }
        Ok(source)
    }

    /// Whether a line has as many blanks as there are levels that no Python reads.
    fn may_be_too_deep(&self) -> bool {
        let bytes = self.parser_text().as_bytes();
        let blanks = |from: usize| bytes[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0c'));
        let is_deep = |from: usize| blanks(from).take(MOST_INDENTATION_LEVELS).count() == MOST_INDENTATION_LEVELS;
        is_deep(0) || memchr::memchr2_iter(b'\n', b'\r', bytes).any(|end| is_deep(end + 1))
    }

    /// The most lines that stand one deeper than the other.
    fn indentation_levels(&self) -> usize {
        let (mut levels, mut most): (Vec<usize>, usize) = (Vec::new(), 0);
        let text = self.parser_text();
        for start in self.line_starts() {
            // a line may begin inside of what is covered by a character of two bytes
            let Some(rest) = text.get(*start..) else { continue };
            let line = rest.trim_start_matches([' ', '\t', '\x0c']);
            let indentation = rest.len() - line.len();
            if line.starts_with(['\r', '\n', '#']) || line.is_empty() {
                continue;
            }
            levels.retain(|level| *level < indentation);
            levels.push(indentation);
            most = most.max(levels.len());
        }
        most
    }

    /// A file by what it stores, decoded.
    fn new(stored: String, kind: Kind, encoding: Encoding) -> Result<Self, DecodeError> {
        let (text, notebook) = match kind {
            Kind::Notebook => Notebook::read(stored).map(|(text, notebook)| (text, Some(Box::new(notebook))))?,
            _ => (stored, None),
        };
        if text.len() > MOST_BYTES {
            return Err(DecodeError::TooLong(MOST_BYTES));
        }
        let masks = match (&notebook, kind) {
            (Some(notebook), _) => notebook.masks(&text),
            (None, Kind::Template(language)) => template::masks(&text, language),
            (None, _) => Vec::new(),
        };
        let parser_text = for_parser(&text, &masks);
        Ok(Self {
            text,
            kind,
            notebook,
            encoding,
            line_starts: OnceLock::new(),
            masks,
            parser_text,
            characters: Sums::default(),
            encoded: Sums::default(),
            stored_lines: OnceLock::new(),
            stored_characters: Sums::default(),
        })
    }

    /// Where its lines begin; made for who asks first.
    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| line_starts(&self.text))
    }

    /// How the file holds Python.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// A Python file taken for a template; None where it has no tags, or what looks like them goes over several lines: Python has
    /// braces of its own.
    pub fn as_template(&self) -> Option<Self> {
        if self.kind != Kind::Python {
            return None;
        }
        let kind = Kind::Template(TemplateLanguage::Jinja);
        let template = Self::new(self.text.clone(), kind, self.encoding).ok()?;
        let is_long = |mask: &Mask| self.text[mask.range.clone()].contains(['\n', '\r']);
        (!template.masks.is_empty() && !template.masks.iter().any(is_long)).then_some(template)
    }

    /// The decoded text, line endings as they are on disk. Of a notebook, that of its code cells.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text for the parser, of the same length: it knows no lone `\r` as line ending, no tags of a template, no commands of
    /// IPython.
    pub fn parser_text(&self) -> &str {
        self.parser_text.as_deref().unwrap_or(&self.text)
    }

    /// A part of the text for people, of the same length: without lone `\r`.
    pub fn shown_text(&self, range: Range<usize>) -> Cow<'_, str> {
        let text = &self.text[range];
        with_line_feeds(text)
    }

    /// Whether some of a range of the text is not what the parser saw: a template fills it in, or IPython runs it.
    pub fn is_masked(&self, range: &Range<usize>) -> bool {
        let first = self.masks.partition_point(|mask| mask.range.end <= range.start);
        self.masks.get(first).is_some_and(|mask| mask.range.start < range.end)
    }

    /// The ranges of a notebook's code cells in the text; none in other files.
    pub fn cells(&self) -> Vec<Range<usize>> {
        self.notebook.as_ref().map_or_else(Vec::new, |notebook| notebook.cells().collect())
    }

    /// The text for the parser without some of the cells, of the same length.
    pub fn parser_text_without(&self, cells: &[Range<usize>]) -> String {
        let is_left = |mask: &&Mask| {
            let behind = cells.partition_point(|cell| cell.start <= mask.range.start);
            !cells[..behind].last().is_some_and(|cell| cell.contains(&mask.range.start))
        };
        let of_cells = cells.iter().map(|cell| Mask { range: cell.clone(), cover: Cover::Blank });
        let mut masks: Vec<_> = self.masks.iter().filter(is_left).cloned().chain(of_cells).collect();
        masks.sort_by_key(|mask| mask.range.start);
        for_parser(&self.text, &masks).unwrap_or_else(|| self.text.clone())
    }

    /// The same file after edits of its text, which are in order of position.
    ///
    /// # Errors
    /// The edits overlap, or the file can't hold them.
    pub fn with_edits(&self, edits: &[&Edit]) -> Result<Self, EditError> {
        let text = splice(&self.text, edits)?;
        let Some(notebook) = &self.notebook else {
            return Ok(Self::new(text, self.kind, self.encoding)?);
        };
        let on_disk = edits.iter().map(|edit| self.stored_edit(edit)).collect::<Result<Vec<_>, _>>()?;
        let json = splice(notebook.json(), &on_disk.iter().collect::<Vec<_>>())?;
        let changed = Self::new(json, self.kind, self.encoding)?;
        if changed.text == text { Ok(changed) } else { Err(EditError::NotReadBack) }
    }

    /// What the file holds, decoded: the text, or a notebook's JSON.
    pub fn stored(&self) -> &str {
        self.notebook.as_ref().map_or(&self.text, |notebook| notebook.json())
    }

    /// A range of the text in what the file holds.
    pub fn stored_range(&self, range: &Range<usize>) -> Range<usize> {
        let of = |offset| {
            let offset = self.before_character(offset);
            self.notebook.as_ref().map_or(offset, |notebook| notebook.offset_in_json(offset))
        };
        of(range.start)..of(range.end)
    }

    /// An edit of the text as one of what the file holds.
    ///
    /// # Errors
    /// The file can't hold it.
    pub fn stored_edit(&self, edit: &Edit) -> Result<Edit, EditError> {
        let Some(notebook) = &self.notebook else { return Ok(edit.clone()) };
        notebook.json_edit(edit).map(|DiskEdit { range, text }| Edit { range, text })
    }

    /// Where an offset of what the file holds is.
    pub fn file_position(&self, stored: usize) -> FilePosition {
        let text = self.stored();
        let starts = self.stored_lines.get_or_init(|| {
            std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect()
        });
        let line = starts.partition_point(|start| *start <= stored);
        let start = starts[line - 1];
        let column = self.stored_characters.characters_in(text, start..stored) + 1;
        FilePosition { line, column, utf8_column: stored - start + 1 }
    }

    /// An edit of the text as an edit of the file on disk.
    ///
    /// # Errors
    /// The file can't hold it.
    pub fn disk_edit(&self, edit: &Edit) -> Result<DiskEdit, EditError> {
        let Range { start, end } = edit.range;
        match &self.notebook {
            None => Ok(DiskEdit { range: self.disk_offset(start)..self.disk_offset(end), text: edit.text.clone() }),
            Some(notebook) => {
                let DiskEdit { range, text } = notebook.json_edit(edit)?;
                let bom = self.encoding.bom_len();
                Ok(DiskEdit { range: range.start + bom..range.end + bom, text })
            }
        }
    }

    /// The bytes of the file on disk.
    ///
    /// # Errors
    /// The text has a character that the encoding lacks.
    pub fn to_bytes(&self) -> Result<Vec<u8>, DecodeError> {
        self.encoding.encode(self.stored())
    }

    /// Where an offset of the text is on disk, in bytes.
    pub fn disk_offset(&self, offset: usize) -> usize {
        let offset = self.before_character(offset);
        let in_file = match &self.notebook {
            Some(notebook) => notebook.offset_in_json(offset),
            None if self.encoding.is_utf8() => offset,
            None => self.encoded.before(&self.text, offset, |text| self.encoding.encoded_len(text)),
        };
        self.encoding.bom_len() + in_file
    }

    /// The place of an offset of the text.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.before_character(offset);
        let index = self.line_index(offset);
        let cell = self.notebook.as_ref().and_then(|notebook| notebook.cell_at(offset));
        let first = cell.map_or(0, |(_, start)| self.line_index(start));
        Position {
            cell: cell.map(|(number, _)| number),
            line: index - first + 1,
            column: self.characters.characters_in(&self.text, self.line_starts()[index]..offset) + 1,
            byte: self.disk_offset(offset),
        }
    }

    /// The offset, or where the character begins that it is inside of: the parser saw others in its place.
    fn before_character(&self, mut offset: usize) -> usize {
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    fn line_index(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|start| *start <= offset) - 1
    }

    /// The range of the line of an offset of the text, its ending excluded.
    pub fn line_at(&self, offset: usize) -> Range<usize> {
        let index = self.line_index(offset);
        let start = self.line_starts()[index];
        let end = self.line_starts().get(index + 1).copied().unwrap_or(self.text.len());
        let text = self.text[start..end].trim_end_matches(['\r', '\n']);
        start..start + text.len()
    }

    /// The line above that of an offset, without its line ending.
    pub fn line_above(&self, offset: usize) -> Option<Range<usize>> {
        let above = self.line_index(offset).checked_sub(1)?;
        Some(self.line_at(self.line_starts()[above]))
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

/// The text as the parser takes it; None where that is the text itself.
fn for_parser(text: &str, masks: &[Mask]) -> Option<String> {
    let covered = (!masks.is_empty()).then(|| mask::covered(text, masks));
    match with_line_feeds(covered.as_deref().unwrap_or(text)) {
        Cow::Owned(text) => Some(text),
        Cow::Borrowed(_) => covered,
    }
}

/// The text with `\n` for each lone `\r`, of the same length.
pub fn with_line_feeds(text: &str) -> Cow<'_, str> {
    let is_lone = |at: usize| text.as_bytes()[at] == b'\r' && text.as_bytes().get(at + 1) != Some(&b'\n');
    if !memchr::memchr_iter(b'\r', text.as_bytes()).any(is_lone) {
        return Cow::Borrowed(text);
    }
    let of = |(at, character): (usize, char)| if character == '\r' && is_lone(at) { '\n' } else { character };
    Cow::Owned(text.char_indices().map(of).collect())
}

fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends_line = |at: &usize| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n');
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(ends_line);
    std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
}
