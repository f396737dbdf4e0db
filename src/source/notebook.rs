//! The JSON of a Jupyter notebook goes in; the text of its code cells comes out, with the way back to each character's place.
//!
//! The cells' sources are joined, each with a line ending behind it: to a reader of names they are one module, as they are to the
//! kernel that runs them. An edit of the text becomes an edit of the JSON strings; nothing else of the file changes.

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::json_string::{Marks, push_escaped, unescape};
use super::magic;
use super::mask::Mask;
use super::{DecodeError, DiskEdit, Edit, EditError};

/// A notebook's file, and where its code is.
#[derive(Debug, Clone)]
pub(super) struct Notebook {
    /// The text of the file.
    json: String,
    only_ascii: bool,
    /// In order of position.
    cells: Vec<Cell>,
    /// In order of position.
    strings: Vec<JsonString>,
}

#[derive(Debug, Clone)]
struct Cell {
    /// 1-based, over all cells of the notebook.
    number: usize,
    /// The range of its source in the text.
    text: Range<usize>,
}

/// A JSON string with a part of a cell's source.
#[derive(Debug, Clone)]
struct JsonString {
    /// Between its quotes, in the file.
    json: Range<usize>,
    /// In the text.
    text: Range<usize>,
    /// The index of its cell.
    cell: usize,
    /// What ends one string of the cell's list and begins the next (`",\n    "`); None where the source is one string.
    separator: Option<Arc<str>>,
    marks: Marks,
}

/// The keys that matter.
#[derive(Deserialize)]
struct JsonNotebook<'j> {
    #[serde(borrow)]
    cells: Option<Vec<JsonCell<'j>>>,
    /// nbformat 3 and older.
    #[serde(borrow)]
    worksheets: Option<Vec<JsonWorksheet<'j>>>,
    #[serde(borrow)]
    metadata: Option<&'j RawValue>,
}

#[derive(Deserialize)]
struct JsonWorksheet<'j> {
    #[serde(borrow)]
    cells: Option<Vec<JsonCell<'j>>>,
}

#[derive(Deserialize)]
struct JsonCell<'j> {
    cell_type: Option<String>,
    #[serde(borrow)]
    source: Option<&'j RawValue>,
    /// nbformat 3 and older: the source of a code cell.
    #[serde(borrow)]
    input: Option<&'j RawValue>,
    /// nbformat 3 and older.
    #[serde(borrow)]
    language: Option<&'j RawValue>,
    #[serde(borrow)]
    metadata: Option<&'j RawValue>,
}

impl JsonCell<'_> {
    /// Whether it holds Python, where the notebook's language is Python.
    fn is_python(&self) -> bool {
        let language = language_at(self.language, "");
        let editors = language_at(self.metadata, "/vscode/languageId");
        let is_code = self.cell_type.as_deref() == Some("code");
        is_code && [language, editors].iter().flatten().all(|language| is_python(language))
    }
}

impl Notebook {
    /// Reads a notebook; gives the text of its code too.
    ///
    /// # Errors
    /// The JSON is malformed or no notebook's, or the notebook's language is not Python.
    pub fn read(json: String) -> Result<(String, Self), DecodeError> {
        let no_notebook = |error: serde_json::Error| DecodeError::NoNotebook(error.to_string());
        if !json.trim_start().starts_with('{') {
            return Err(DecodeError::NoNotebook("it is no JSON object".to_owned()));
        }
        let read: JsonNotebook<'_> = serde_json::from_str(&json).map_err(no_notebook)?;
        let language = language_at(read.metadata, "/language_info/name")
            .or_else(|| language_at(read.metadata, "/kernelspec/language"));
        if let Some(language) = language.filter(|language| !is_python(language)) {
            return Err(DecodeError::OtherLanguage(language));
        }
        let of_worksheets = |sheets: Vec<_>| sheets.into_iter().filter_map(|sheet: JsonWorksheet<'_>| sheet.cells);
        let cells: Option<Vec<_>> =
            read.cells.or_else(|| read.worksheets.map(|sheets| of_worksheets(sheets).flatten().collect()));
        let cells = cells.ok_or_else(|| DecodeError::NoNotebook("it has no `cells`".to_owned()))?;
        let mut builder = NotebookBuilder { json: &json, text: String::new(), cells: Vec::new(), strings: Vec::new() };
        for (index, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.is_python()) {
            let source = cell.source.or(cell.input).map_or("null", RawValue::get);
            builder
                .add(index + 1, source)
                .map_err(|error| DecodeError::NoNotebook(format!("the source of cell {}: {error}", index + 1)))?;
        }
        let NotebookBuilder { text, cells, strings, .. } = builder;
        let only_ascii = json.is_ascii();
        Ok((text, Self { json, only_ascii, cells, strings }))
    }

    /// The text of the file.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// What in the cells is IPython's own.
    pub fn masks(&self, text: &str) -> Vec<Mask> {
        self.cells.iter().flat_map(|cell| magic::masks(&text[cell.text.clone()], cell.text.start)).collect()
    }

    /// The ranges of the cells in the text.
    pub fn cells(&self) -> impl Iterator<Item = Range<usize>> {
        self.cells.iter().map(|cell| cell.text.clone())
    }

    /// The number of the cell with an offset of the text, and where in the text the cell begins.
    pub fn cell_at(&self, offset: usize) -> Option<(usize, usize)> {
        let next = self.cells.partition_point(|cell| cell.text.start <= offset);
        self.cells[..next].last().map(|cell| (cell.number, cell.text.start))
    }

    /// Where an offset of the text is in the file.
    pub fn offset_in_json(&self, offset: usize) -> usize {
        let first = || self.strings.first().map_or(self.json.len(), |string| string.json.start);
        // there is none in a cell without text
        self.string_from(offset).map_or_else(first, |string| self.offset_in_string(string, offset))
    }

    /// The string in which text that begins at an offset stands; at the end of a cell its last.
    fn string_from(&self, offset: usize) -> Option<&JsonString> {
        self.strings[..self.strings.partition_point(|string| string.text.start <= offset)].last()
    }

    /// The string in which text that ends at an offset stands.
    fn string_until(&self, offset: usize) -> Option<&JsonString> {
        self.strings.get(self.strings.partition_point(|string| string.text.end < offset))
    }

    fn offset_in_string(&self, string: &JsonString, offset: usize) -> usize {
        let inside = &self.json[string.json.clone()];
        string.json.start + string.marks.offset_inside(inside, offset.min(string.text.end) - string.text.start)
    }

    /// An edit of the text as an edit of the file.
    ///
    /// # Errors
    /// It is not about the source of one cell.
    pub fn json_edit(&self, edit: &Edit) -> Result<DiskEdit, EditError> {
        let Range { start, end } = edit.range;
        let first = self.string_from(start).filter(|string| start <= string.text.end).ok_or(EditError::AcrossCells)?;
        let last = if start == end { Some(first) } else { self.string_until(end) };
        let last = last.filter(|last| last.cell == first.cell && last.text.start <= end);
        let last = last.ok_or(EditError::AcrossCells)?;
        let ends_string = end == last.text.end;
        let mut text = String::new();
        let mut lines = edit.text.split_inclusive('\n').peekable();
        while let Some(line) = lines.next() {
            push_escaped(&mut text, line, self.only_ascii);
            let ends_line = line.ends_with('\n') && (lines.peek().is_some() || !ends_string);
            text.extend(first.separator.as_deref().filter(|_| ends_line));
        }
        let range = self.offset_in_string(first, start)..self.offset_in_string(last, end);
        Ok(DiskEdit { range, text })
    }
}

/// What is put together cell by cell.
struct NotebookBuilder<'j> {
    json: &'j str,
    text: String,
    cells: Vec<Cell>,
    strings: Vec<JsonString>,
}

impl<'j> NotebookBuilder<'j> {
    /// Adds a code cell; the source is a JSON value inside of the file.
    fn add(&mut self, number: usize, source: &'j str) -> Result<(), serde_json::Error> {
        if source == "null" {
            return Ok(());
        }
        let start = self.text.len();
        let strings = self.strings.len();
        if source.starts_with('[') {
            let items: Vec<&'j RawValue> = serde_json::from_str(source)?;
            let separator = self.separator(source, &items);
            for item in items {
                self.add_string(item.get(), Some(Arc::clone(&separator)))?;
            }
        } else {
            self.add_string(source, None)?;
        }
        if magic::is_foreign(&self.text[start..]) {
            self.text.truncate(start);
            self.strings.truncate(strings);
            return Ok(());
        }
        self.cells.push(Cell { number, text: start..self.text.len() });
        self.text.push('\n');
        Ok(())
    }

    fn add_string(&mut self, string: &'j str, separator: Option<Arc<str>>) -> Result<(), serde_json::Error> {
        let Some(inside) = string.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
            return Err(serde::de::Error::custom("neither text nor a list of texts"));
        };
        let json = self.range(inside);
        let start = self.text.len();
        self.text.push_str(&unescape(inside));
        let text = start..self.text.len();
        self.strings.push(JsonString { json, text, cell: self.cells.len(), separator, marks: Marks::default() });
        Ok(())
    }

    /// What stands between two strings of the list, their quotes included; of one alone, what would.
    fn separator(&self, list: &str, items: &[&'j RawValue]) -> Arc<str> {
        let ranges: Vec<_> = items.iter().map(|item| self.range(item.get())).collect();
        match &*ranges {
            [first, second, ..] => self.json[first.end - 1..=second.start].into(),
            [only] => format!("\",{}\"", &self.json[self.range(list).start + 1..only.start]).into(),
            [] => "".into(),
        }
    }

    /// Where a part of the file's text is in it.
    fn range(&self, part: &str) -> Range<usize> {
        let start = part.as_ptr().addr() - self.json.as_ptr().addr();
        start..start + part.len()
    }
}

/// The name of a language somewhere in a JSON value.
fn language_at(value: Option<&RawValue>, pointer: &str) -> Option<String> {
    let value: Value = serde_json::from_str(value?.get()).ok()?;
    value.pointer(pointer)?.as_str().map(str::to_owned)
}

fn is_python(language: &str) -> bool {
    language.to_ascii_lowercase().contains("python")
}
