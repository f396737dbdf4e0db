//! A file's text and the value edits of its fixes go in; the edits that lay its statements out again come out, as ruff's and
//! black's formatters would.
//!
//! A statement that was not laid out like that keeps its shape: it is printed first as it stood, and only if that gives the same
//! bytes is it printed with the new values. Strings and comments are carried over as they are. Neither is one laid out again where a
//! pragma would come to stand beside other code.

mod build;
mod changes;
mod document;
mod header;
mod list;
mod pragmas;
mod shape;
mod statement;
mod style;
mod suppression;

use std::ops::Range;

use rayon::prelude::*;

use crate::source::{Edit, Source};
use crate::syntax::{self, Node, Tree, kind};

use changes::{Gap, Spliced};
use document::{Margin, Printed};
use statement::{Lines, Statement, with_body};
use style::Openers;

pub use style::{Formatter, Style, Styles};

/// What a fix does about the layout of the statements that it changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Layout {
    /// Lay them out as ruff and black do, if they were laid out so before
    #[default]
    Fit,
    /// Change the value alone
    Keep,
}

/// A statement that has to be laid out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relaid {
    /// The statement with the comment behind it, in bytes of the text.
    pub range: Range<usize>,
    /// Value edits that take in a part of the layout, each with what replaces it.
    pub replaced: Vec<(Edit, Edit)>,
    /// The edits of the layout alone: blanks, commas and parentheses.
    pub edits: Vec<Edit>,
}

/// What [`edits`] gives for a file; nothing, without a look at its statements, where each value fits or stood in a line that was too long
/// before.
pub fn of_file(source: &Source, tree: &Tree, values: &[Edit], style: &Style) -> Vec<Relaid> {
    let mut last = None;
    // a line can be as long as the file, and have many values
    let mut was_too_long = |edit: &Edit| {
        let line = source.line_at(edit.range.start);
        match &last {
            Some((start, known)) if *start == line.start => *known,
            _ => last.insert((line.start, was_too_long(&source.text()[line], style))).1,
        }
    };
    if values.iter().all(|edit| fits(source, edit, values, style) || was_too_long(edit)) {
        return Vec::new();
    }
    edits(source, tree, &values.iter().collect::<Vec<_>>(), style)
}

/// Whether a value only grew, and its line is short enough still: the formatters then have no reason to change anything.
fn fits(source: &Source, edit: &Edit, values: &[Edit], style: &Style) -> bool {
    let line = source.line_at(edit.range.start);
    if line.len() > style.line_length {
        return false;
    }
    let text = &source.text()[line.clone()];
    let first = values.partition_point(|value| value.range.start < line.start);
    let of_line = values[first..].iter().take_while(|value| value.range.start < line.end);
    let growth: usize = of_line.map(|value| value.text.len().saturating_sub(value.range.len())).sum();
    let only_grows =
        edit.range.end <= line.end && edit.text.len() >= edit.range.len() && !edit.text.contains(['\n', '\r']);
    let is_plain = text.is_ascii() && !text.contains('\t') && edit.text.is_ascii();
    only_grows && is_plain && text.len() + growth <= style.line_length
}

/// Whether a line has a whole statement and is too long already: the formatters would have laid it out in several.
fn was_too_long(text: &str, style: &Style) -> bool {
    let count = |brackets: [char; 3]| text.matches(brackets).count();
    let is_whole = count(['(', '[', '{']) > 0 && count(['(', '[', '{']) == count([')', ']', '}']);
    let begins = text.trim_start().starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_plain =
        text.is_ascii() && !text.contains(['\t', '#', '\\']) && !text.contains("\"\"\"") && !text.contains("'''");
    is_whole && begins && is_plain && text.contains(" = ") && text.len() > style.line_length
}

/// The statements of a file that its value edits make the formatters lay out differently. The edits are in order of position and do
/// not overlap; neither do they overlap with what comes out. The tree is that of the file.
pub fn edits(source: &Source, tree: &Tree, values: &[&Edit], style: &Style) -> Vec<Relaid> {
    let mut lines = Lines::of(source, tree);
    let mut openers = Openers::of(source.text());
    let mut statements = Vec::new();
    let mut rest = values;
    while let Some(first) = rest.first() {
        let Some(statement) = Statement::around(source, &first.range, &mut lines) else {
            rest = &rest[1..];
            continue;
        };
        let inside = rest.iter().take_while(|edit| edit.range.end <= statement.range.end).count().max(1);
        let (here, others) = rest.split_at(inside);
        rest = others;
        let place = place_of(source, &statement);
        let line = source.line_at(statement.range.start).start;
        let style = style.with_indentation_of(&mut openers, line, place.indentation);
        statements.push((statement, here, place, style));
    }
    let can_be_held = suppression::can_hold(source.text());
    let relaid = statements.into_par_iter().filter_map(|(statement, here, place, style)| {
        let is_free = !(can_be_held && suppression::holds(source.text(), &statement.range));
        is_free.then(|| relay(source, statement, here, place, &style))?
    });
    relaid.collect()
}

/// Where a statement stands.
fn place_of<'s>(source: &'s Source, statement: &Statement) -> Margin<'s> {
    let start = statement.range.start;
    let in_front = &source.text()[source.line_at(start).start..start];
    let indentation = &in_front[..in_front.len() - in_front.trim_start().len()];
    let lead = in_front.len() - indentation.len();
    Margin { indentation, lead, newline: source.newline_at(start) }
}

/// What it takes to lay one statement out again; None where it needs nothing, or was not laid out as the formatters do.
fn relay(source: &Source, statement: Statement, values: &[&Edit], place: Margin<'_>, style: &Style) -> Option<Relaid> {
    let Statement { range, tree, body } = statement;
    let before = &source.text()[range.clone()];
    let old: Vec<_> = values.iter().map(|edit| edit.range.start - range.start..edit.range.end - range.start).collect();
    let printed = print(before, &tree, &old, place, style)?;
    if printed.text != before {
        return None;
    }
    let spliced = Spliced::new(before, range.start, values)?;
    let edits: Vec<_> = old.into_iter().zip(values.iter().map(|edit| edit.text.as_str())).collect();
    let tree = tree.with_edits(&edits, &with_body(&spliced.text, body));
    let new = print(&spliced.text, &tree, &spliced.changed, place, style)?;
    if new.text == spliced.text || new.levels != printed.levels {
        return None;
    }
    let above = source.line_above(range.start).map_or("", |line| &source.text()[line]);
    if !pragmas_stay(above, &spliced.text, &tree.root(), &new) {
        return None;
    }
    let gaps = gaps(&spliced.text, &new)?;
    // blanks and commas between the parts of a list can't break it
    let has = |text: &str| text.contains(['(', ')']);
    let has_parentheses = gaps.iter().any(|gap| has(&gap.text) || has(&spliced.text[gap.range.clone()]));
    if has_parentheses && syntax::has_error(&Tree::parse(&with_body(&new.text, body)).root()) {
        return None;
    }
    let (replaced, edits) = spliced.edits(values, gaps)?;
    Some(Relaid { range, replaced, edits })
}

/// Whether the pragmas of a statement, and the one above it, are about the same code as before.
fn pragmas_stay(above: &str, text: &str, root: &Node<'_>, printed: &Printed) -> bool {
    if !text.contains('#') && !above.contains('#') {
        return true;
    }
    let comments: Vec<_> = root
        .dfs()
        .filter(|node| node.kind() == kind::COMMENT)
        .map(|comment| shape::comment_range(text, &comment))
        .collect();
    let moved = comments.iter().map_while(|comment| printed.place_of(comment)).collect::<Vec<_>>();
    pragmas::cover_the_same(above, (text, &comments), (&printed.text, &moved))
}

fn print(text: &str, tree: &Tree, changed: &[Range<usize>], place: Margin<'_>, style: &Style) -> Option<Printed> {
    let doc = build::statement(text, &tree.root(), changed, style)?;
    Some(document::print(&doc, text, place, style))
}

/// What has to stand between the pieces of the source; None where that is more than blanks, commas and parentheses.
fn gaps(text: &str, printed: &Printed) -> Option<Vec<Gap>> {
    let is_layout = |gap: &str| gap.chars().all(|c| c.is_whitespace() || "(),".contains(c));
    let mut gaps = Vec::new();
    let (mut at, mut printed_at) = (0, 0);
    let end = (text.len()..text.len(), printed.text.len());
    for (piece, begin) in printed.pieces.iter().chain([&end]) {
        let before = text.get(at..piece.start)?;
        let after = printed.text.get(printed_at..*begin)?;
        if !is_layout(before) || !is_layout(after) {
            return None;
        }
        if before != after {
            gaps.push(Gap { range: at..piece.start, text: after.to_owned() });
        }
        at = piece.end;
        printed_at = begin + piece.len();
    }
    Some(gaps)
}
