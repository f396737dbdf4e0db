//! A statement's text with its new values, and what has to change between them, go in; edits of the text as it was come out.

use std::ops::Range;

use crate::source::Edit;

/// One replacement in the text with the new values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gap {
    pub range: Range<usize>,
    pub text: String,
}

/// A statement's text with the new values in it.
pub(super) struct Spliced {
    pub text: String,
    /// Where the new values stand in it.
    pub changed: Vec<Range<usize>>,
    /// Where the statement begins in the file.
    start: usize,
}

/// The value edits that change, each with what replaces it, and the edits beside them.
type RelaidEdits = (Vec<(Edit, Edit)>, Vec<Edit>);

impl Spliced {
    /// The text of the statement that begins at an offset of the file, with its value edits carried out; None where they overlap.
    pub fn new(before: &str, start: usize, values: &[&Edit]) -> Option<Self> {
        let (mut text, mut changed, mut at) = (String::with_capacity(before.len() * 2), Vec::new(), 0);
        for edit in values {
            text.push_str(before.get(at..edit.range.start.checked_sub(start)?)?);
            changed.push(text.len()..text.len() + edit.text.len());
            text.push_str(&edit.text);
            at = edit.range.end - start;
        }
        text.push_str(before.get(at..)?);
        Some(Self { text, changed, start })
    }

    /// The changes as edits of the file. A change that touches a new value becomes a part of its edit; None where it touches two.
    pub fn edits(&self, values: &[&Edit], changes: Vec<Gap>) -> Option<RelaidEdits> {
        let mut own: Vec<Vec<Gap>> = vec![Vec::new(); values.len()];
        let mut edits = Vec::new();
        for change in changes {
            let touches = |value: &Range<usize>| value.start <= change.range.end && change.range.start <= value.end;
            let mut touched = (0..values.len()).filter(|index| touches(&self.changed[*index]));
            match (touched.next(), touched.next()) {
                (None, _) => {
                    let range = self.in_file(values, change.range.start)..self.in_file(values, change.range.end);
                    edits.push(Edit { range, text: change.text });
                }
                (Some(index), None) => own[index].push(change),
                (Some(_), Some(_)) => return None,
            }
        }
        let touched = own.into_iter().enumerate().filter(|(_, changes)| !changes.is_empty());
        let replaced = touched.map(|(index, changes)| (values[index].clone(), self.merged(values, index, &changes)));
        Some((replaced.collect(), edits))
    }

    /// A value edit with changes in it and at its ends.
    fn merged(&self, values: &[&Edit], index: usize, changes: &[Gap]) -> Edit {
        let value = &self.changed[index];
        let start = changes.iter().map(|change| change.range.start).fold(value.start, usize::min);
        let end = changes.iter().map(|change| change.range.end).fold(value.end, usize::max);
        let (mut text, mut at) = (String::new(), start);
        for change in changes {
            text.push_str(&self.text[at..change.range.start]);
            text.push_str(&change.text);
            at = change.range.end;
        }
        text.push_str(&self.text[at..end]);
        let edit = &values[index].range;
        Edit { range: edit.start - (value.start - start)..edit.end + (end - value.end), text }
    }

    /// Where an offset between the new values is in the file.
    fn in_file(&self, values: &[&Edit], at: usize) -> usize {
        match self.changed.iter().rposition(|value| value.end <= at) {
            Some(index) => values[index].range.end + (at - self.changed[index].end),
            None => self.start + at,
        }
    }
}
