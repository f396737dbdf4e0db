//! The core of a finding: its code, its place, what is said of it, and the edits of its fix. What its kind of check knows besides is in
//! its [`Details`].

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::Details;
use crate::layout::Relaid;
use crate::model::Relationship;
use crate::policy::{Applicability, Note};
use crate::reach::Level;
use crate::rewrite::FileEdit;
use crate::rules::{Code, Severity};
use crate::source::Position;

/// A place that is not as it should be.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The diagnostic.
    pub code: Code,
    /// The diagnostic's name.
    pub name: String,
    /// How bad it is.
    pub severity: Severity,
    /// One line.
    pub message: String,
    /// What to do, in a few words.
    pub help: String,
    /// The place's range in the text, in bytes: of a cascade, its value.
    pub span: Range<usize>,
    /// Where it begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
    /// The range of the call around it in the text, in bytes.
    pub call_span: Range<usize>,
    /// The call's first and last line, 1-based.
    pub call_lines: (usize, usize),
    /// Who is called; empty where nobody is, or that is not known.
    pub callee: String,
    /// What is known of the relationship that it is about, where it is about one.
    pub relationship: Option<Relationship>,
    /// What is to be known besides, a sentence each, where there is no fix; a fix has notes of its own.
    pub remarks: Vec<Note>,
    /// What to write; None where a human has to decide.
    pub fix: Option<Fix>,
    /// What its kind of check knows besides.
    pub details: Details,
}

/// The edits of one finding.
#[derive(Debug, Clone)]
pub struct Fix {
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// In order of file and position; ranges are bytes of the text. Findings that share a definition have the same.
    pub edits: Vec<FileEdit>,
    /// What speaks for it, in sentences.
    pub notes: Vec<Note>,
}

impl Finding {
    /// What speaks for it, a sentence each: what the relationship is and how that is known, then what its fix changes.
    pub fn reasons(&self) -> Vec<String> {
        let relationship = self.relationship.as_ref().and_then(Relationship::told);
        relationship.into_iter().chain(self.notes().map(|note| note.text.clone())).collect()
    }

    /// The part of it that does not say what the relationship is: what its fix changes.
    pub fn notes(&self) -> impl Iterator<Item = &Note> {
        self.fix.as_ref().map_or(&self.remarks, |fix| &fix.notes).iter()
    }

    /// What to do about it, in a few words: what to write, or else its help.
    pub fn advice(&self) -> String {
        self.written().map_or_else(|| self.help.clone(), |written| format!("write {written}"))
    }

    /// What is to be written, in words, where its kind of check has words for that.
    pub fn written(&self) -> Option<String> {
        self.details.written()
    }

    /// Whether nothing that is read after a refresh depends on it, and nothing else that its fix changes.
    pub fn changes_form_alone(&self) -> bool {
        let raises = self.details.level() == Some(Level::Raises);
        self.details.is_of_form()
            && !raises
            && self.fix.as_ref().is_none_or(|fix| fix.applicability == Applicability::Safe)
    }

    /// Whether it is told, and nothing is to be done.
    pub fn is_information(&self) -> bool {
        self.severity == Severity::Information
    }

    /// Whether there is something to do that no fix does.
    pub fn needs_human(&self) -> bool {
        self.fix.is_none() && !self.is_information()
    }

    /// `User.posts`; None where that is not known.
    pub fn relationship_name(&self) -> Option<String> {
        self.relationship.as_ref().and_then(Relationship::name)
    }

    /// Leaves it to a human, with what to do.
    pub fn hand_over(&mut self, help: String) {
        self.help = help;
        self.fix = None;
        self.details.drop_change();
    }
}

impl Fix {
    /// Makes the layout of a statement a part of the fix, if it changes something in the statement.
    pub fn lay_out(&mut self, path: &Arc<Path>, statement: &Relaid) {
        let is_inside = |edit: &FileEdit| {
            let range = &edit.edit.range;
            edit.path == *path && statement.range.start <= range.start && range.end <= statement.range.end
        };
        if !self.edits.iter().any(is_inside) {
            return;
        }
        for edit in self.edits.iter_mut().filter(|edit| is_inside(edit)) {
            if let Some((_, replacement)) = statement.replaced.iter().find(|(value, _)| *value == edit.edit) {
                edit.edit = replacement.clone();
            }
        }
        let layout = statement.edits.iter().map(|edit| FileEdit { path: Arc::clone(path), edit: edit.clone() });
        self.edits.extend(layout);
        self.edits.sort_by(|a, b| (&a.path, a.edit.range.start).cmp(&(&b.path, b.edit.range.start)));
    }
}
