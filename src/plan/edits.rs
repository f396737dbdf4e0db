//! What a value is to become goes in; the edits come out, tried and proven on the text.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::policy::Note;
use crate::resolve::{Literal, Shape, evaluate};
use crate::rewrite::{Edit, FileEdit};
use crate::source::{Source, splice};
use crate::sqlalchemy::cascade::{self, CascadeOptions};
use crate::syntax::{Tree, has_error, unparenthesized};

/// The edits of one site.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Planned {
    /// In no order; several sites can have the same.
    pub edits: Vec<FileEdit>,
    /// Why they are where they are, in sentences.
    pub notes: Vec<Note>,
}

impl Planned {
    pub(super) fn add(&mut self, other: Self) {
        for edit in other.edits {
            if !self.edits.contains(&edit) {
                self.edits.push(edit);
            }
        }
        other.notes.into_iter().for_each(|note| self.note(note));
    }

    pub(super) fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

pub(super) fn in_file(path: &Arc<Path>, edits: Vec<Edit>) -> Vec<FileEdit> {
    edits.into_iter().map(|edit| FileEdit { path: Arc::clone(path), edit }).collect()
}

/// The text of a range with the edits; None where they overlap, or are not inside.
pub(super) fn tried(source: &Source, span: &Range<usize>, edits: &[Edit]) -> Option<String> {
    let inside: Option<Vec<Edit>> = edits
        .iter()
        .map(|edit| {
            let range = edit.range.start.checked_sub(span.start)?..edit.range.end.checked_sub(span.start)?;
            // the parser knows no lone carriage return
            Some(Edit { range, text: edit.text.replace('\r', "\n") })
        })
        .collect();
    splice(&source.parser_text()[span.clone()], &inside?.iter().collect::<Vec<_>>()).ok()
}

/// The edits, if the set that they were tried out to give is the promised one.
pub(super) fn proven(
    edits: Vec<Edit>,
    given: Option<CascadeOptions>,
    promised: CascadeOptions,
) -> Result<Vec<Edit>, String> {
    match given {
        Some(options) if options == promised => Ok(edits),
        _ => Err("its layout leaves no room for it".to_owned()),
    }
}

/// The effective set of a literal; None where the text is none.
pub(super) fn options_of(text: &str) -> Option<CascadeOptions> {
    let tree = Tree::parse(&format!("({text})"));
    if has_error(&tree.root()) {
        return None;
    }
    let statement = tree.root().named_children().next()?;
    let literal: Literal = evaluate(&unparenthesized(&statement.named_children().next()?)).ok()?;
    if matches!(literal.shape, Shape::Computed(..)) {
        return None;
    }
    Some(cascade::parse(&literal.value).ok()?.options)
}

pub(super) fn is_expression(text: &str) -> bool {
    let tree = Tree::parse(&format!("({text})"));
    !has_error(&tree.root())
}
