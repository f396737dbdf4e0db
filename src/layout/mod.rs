//! A file's text and the value edits of its fixes go in; the edits that lay its statements out again come out, as ruff's and
//! black's formatters would.
//!
//! A statement that was not laid out like that keeps its shape: it is printed first as it stood, and only if that gives the same
//! bytes is it printed with the new values. Strings and comments are carried over as they are.

mod build;
mod changes;
mod document;
mod shape;
mod style;
mod suppression;

use std::ops::Range;

use rayon::prelude::*;

use crate::rewrite::Edit;
use crate::source::{Source, with_line_feeds};
use crate::syntax::{self, Node, Tree};

use changes::{Change, Spliced};
use document::{Place, Printed};

pub use style::{Style, Styles};

/// What a fix does about the layout of the statements that it changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Layout {
    /// Lays them out as ruff and black do, where they were before
    #[default]
    Fit,
    /// Only the value changes
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

/// What [`edits`] gives for a file, which is parsed only if that can be anything.
pub fn of_file(source: &Source, values: &[Edit], style: &Style) -> Vec<Relaid> {
    if values.iter().all(|edit| fits(source, edit, values, style) || was_too_long(source, edit, style)) {
        return Vec::new();
    }
    let mut tree = Tree::parse(&blocks_of(source, values));
    if syntax::has_error(&tree.root()) {
        tree = Tree::parse(source.parser_text());
    }
    edits(source, &tree, &values.iter().collect::<Vec<_>>(), style)
}

/// The parser's text with blanks in place of all but the statements around the edits and the headers of their classes, as far as
/// their lines tell: it is much faster to parse. Where a string or a bracket reaches out of them it has errors.
fn blocks_of(source: &Source, values: &[Edit]) -> String {
    let text = source.parser_text();
    let mut kept = String::with_capacity(text.len());
    for value in values {
        let block = block_around(text, 0..text.len(), &value.range, 0);
        for part in parts_around(text, block, &value.range) {
            if part.end > kept.len() {
                let begin = part.start.max(kept.len());
                kept.extend(text[kept.len()..begin].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
                kept.push_str(&text[begin..part.end]);
            }
        }
    }
    kept
}

/// The header and the one statement of a class around a range; all of another block.
fn parts_around(text: &str, block: Range<usize>, range: &Range<usize>) -> Vec<Range<usize>> {
    let header = block.start..text[block.clone()].find('\n').map_or(block.end, |at| block.start + at + 1);
    let line = text[header.clone()].trim_end();
    if !(line.starts_with("class ") && line.ends_with(':')) || range.start < header.end {
        return vec![block];
    }
    let body = &text[header.end..block.end];
    let first = body.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let indentation = first.len() - first.trim_start().len();
    let member = block_around(text, header.end..block.end, range, indentation);
    vec![header, member]
}

/// The lines around a range, from the last that can begin a statement with the indentation to the first that can't belong to it.
fn block_around(text: &str, within: Range<usize>, range: &Range<usize>, indentation: usize) -> Range<usize> {
    let first_character = |start: usize| {
        let line = &text[start..within.end];
        let line = &line[..line.find('\n').unwrap_or(line.len())];
        let rest = line.trim_start_matches([' ', '\t']);
        (line.len() - rest.len(), rest.trim_end().chars().next())
    };
    let begins = |start: &usize| match first_character(*start) {
        (depth, Some(c)) => depth == indentation && (c.is_alphabetic() || matches!(c, '_' | '@')),
        (_, None) => false,
    };
    let is_next = |start: &usize| match first_character(*start) {
        (depth, Some(c)) => depth <= indentation && !matches!(c, ')' | ']' | '}'),
        (_, None) => false,
    };
    let before = &text.as_bytes()[within.start..range.start];
    let mut starts = memchr::memrchr_iter(b'\n', before).map(|at| within.start + at + 1);
    let begin = starts.find(begins).unwrap_or(within.start);
    let behind = &text.as_bytes()[range.end..within.end];
    let mut ends = memchr::memchr_iter(b'\n', behind).map(|at| range.end + at + 1);
    begin..ends.find(is_next).unwrap_or(within.end)
}

/// Whether a value only grew, and its line is short enough still: the formatters then have no reason to change anything.
fn fits(source: &Source, edit: &Edit, values: &[Edit], style: &Style) -> bool {
    let line = source.line_at(edit.range.start);
    let text = &source.text()[line.clone()];
    let of_line = values.iter().filter(|value| line.contains(&value.range.start));
    let growth: usize = of_line.map(|value| value.text.len().saturating_sub(value.range.len())).sum();
    let only_grows =
        edit.range.end <= line.end && edit.text.len() >= edit.range.len() && !edit.text.contains(['\n', '\r']);
    let is_plain = text.is_ascii() && !text.contains('\t') && edit.text.is_ascii();
    only_grows && is_plain && text.len() + growth <= style.line_length
}

/// Whether the value stands in a statement of one line that is too long already: the formatters would have laid it out in several.
fn was_too_long(source: &Source, edit: &Edit, style: &Style) -> bool {
    let text = &source.text()[source.line_at(edit.range.start)];
    let count = |brackets: [char; 3]| text.matches(brackets).count();
    let is_whole = count(['(', '[', '{']) > 0 && count(['(', '[', '{']) == count([')', ']', '}']);
    let begins = text.trim_start().starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_plain =
        text.is_ascii() && !text.contains(['\t', '#', '\\']) && !text.contains("\"\"\"") && !text.contains("'''");
    is_whole && begins && is_plain && text.contains(" = ") && text.len() > style.line_length
}

/// The statements of a file that its value edits make the formatters lay out differently. The edits are in order of position and do
/// not overlap; neither do they overlap with what comes out.
pub fn edits(source: &Source, tree: &Tree, values: &[&Edit], style: &Style) -> Vec<Relaid> {
    let mut statements = Vec::new();
    let mut rest = values;
    while let Some(first) = rest.first() {
        let Some(range) = statement_of(source, tree, &first.range) else {
            rest = &rest[1..];
            continue;
        };
        let inside = rest.iter().take_while(|edit| edit.range.end <= range.end).count().max(1);
        let (here, others) = rest.split_at(inside);
        rest = others;
        statements.push((range, here));
    }
    let can_be_held = suppression::can_hold(source.text());
    let relaid = statements.into_par_iter().filter_map(|(range, here)| {
        let is_free = !(can_be_held && suppression::holds(source.text(), &range));
        is_free.then(|| relay(source, range, here, style))?
    });
    relaid.collect()
}

/// The statement around a range, with the comment behind it; None where something else stands on its lines.
fn statement_of(source: &Source, tree: &Tree, range: &Range<usize>) -> Option<Range<usize>> {
    let mut node = tree.root();
    let mut statement: Option<Node<'_>> = None;
    loop {
        let is_block = matches!(&*node.kind(), "module" | "block");
        let holds = |child: &Node<'_>| child.range().start <= range.start && range.end <= child.range().end;
        let Some(child) = node.children().find(holds) else { break };
        if is_block {
            statement = Some(child.clone());
        }
        node = child;
    }
    let node = statement.filter(|node| matches!(&*node.kind(), "expression_statement" | "return_statement"))?.range();
    let text = source.text();
    let line = |at: usize| source.line_at(at);
    let (first, last) = (line(node.start), line(node.end));
    let behind = text[node.end..last.end].trim();
    let is_alone = text[first.start..node.start].trim().is_empty() && (behind.is_empty() || behind.starts_with('#'));
    is_alone.then(|| node.start..node.end + text[node.end..last.end].trim_end().len())
}

/// What it takes to lay one statement out again; None where it needs nothing, or was not laid out as the formatters do.
fn relay(source: &Source, range: Range<usize>, values: &[&Edit], style: &Style) -> Option<Relaid> {
    let line = source.line_at(range.start);
    let place = Place { indentation: &source.text()[line.start..range.start], newline: source.newline_at(range.start) };
    let style = style.with_indentation_of(source.text(), line.start, place.indentation);
    let before = &source.text()[range.clone()];
    let old: Vec<_> = values.iter().map(|edit| edit.range.start - range.start..edit.range.end - range.start).collect();
    let printed = print(before, &old, place, &style)?;
    if printed.text != before {
        return None;
    }
    let spliced = Spliced::new(before, range.start, values)?;
    let new = print(&spliced.text, &spliced.changed, place, &style)?;
    if new.text == spliced.text || new.levels != printed.levels {
        return None;
    }
    let reread = Tree::parse(&with_line_feeds(&new.text));
    if syntax::has_error(&reread.root()) {
        return None;
    }
    let gaps = gaps(&spliced.text, &new)?;
    let (replaced, edits) = spliced.edits(values, gaps)?;
    Some(Relaid { range, replaced, edits })
}

fn print(text: &str, changed: &[Range<usize>], place: Place<'_>, style: &Style) -> Option<Printed> {
    let tree = Tree::parse(&with_line_feeds(text));
    let doc = build::statement(text, &tree.root(), changed, style)?;
    Some(document::print(&doc, text, place, style))
}

/// What has to stand between the pieces of the source; None where that is more than blanks, commas and parentheses.
fn gaps(text: &str, printed: &Printed) -> Option<Vec<Change>> {
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
            gaps.push(Change { range: at..piece.start, text: after.to_owned() });
        }
        at = piece.end;
        printed_at = begin + piece.len();
    }
    Some(gaps)
}
