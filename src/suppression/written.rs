//! A value and codes go in; the edit comes out that puts a comment above the statement, which suppresses these codes there.

use std::ops::Range;

use super::comments::statements;
use super::directive::OWN;
use crate::rewrite::Edit;
use crate::rules::Code;
use crate::source::Source;
use crate::syntax::Tree;

/// A comment on a line of its own above the statement around a value; None where the value stands in no statement. The codes are in
/// order. What it suppresses has to be looked at anew: the line can be a part of something else.
pub fn comment_above(source: &Source, value: &Range<usize>, codes: &[Code]) -> Option<Edit> {
    let text = source.parser_text();
    let cells = source.cells();
    let part = cells.into_iter().find(|cell| cell.start <= value.start && value.end <= cell.end);
    let part = part.unwrap_or(0..text.len());
    let tree = Tree::parse(&text[part.clone()]);
    let node = tree.node_around(&(value.start - part.start..value.end - part.start))?;
    let statement = statements(&node).into_iter().map(|range| range.start).min()?;
    let line = source.line_at(part.start + statement);
    let own = &source.text()[line.clone()];
    let indentation = &own[..own.len() - own.trim_start().len()];
    let codes = codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", ");
    let text = format!("{indentation}# {OWN} ignore[{codes}]{}", source.newline_at(line.end));
    Some(Edit { range: line.start..line.start, text })
}
