//! A range of a file goes in; the simple statement around it, or the header of the compound one, comes out, parsed alone.
//!
//! Where the statement begins and ends is told by its lines, whatever errors there are elsewhere; where that gives no statement, by the
//! tree of the file.

use std::ops::Range;

use crate::source::{Source, with_line_feeds};
use crate::syntax::{Node, Parts, Tree, has_error, is_block, is_of_expressions, kind};

use super::shape::{colon_of, is_compound};

/// A statement that stands alone on its lines.
pub(super) struct Statement {
    /// With the comment behind it, in bytes of the file's text.
    pub range: Range<usize>,
    /// The tree of this range alone, with the body that makes a statement of it.
    pub tree: Tree,
    /// That body: empty for simple statements.
    pub body: &'static str,
}

/// The body of a header, and that of `match`.
const BODY: &str = "\n pass";
const CASES: &str = "\n case _: pass";
/// What a decorator stands above.
const DECORATED: &str = "\nclass A: pass";

/// A statement's text, as it can be parsed.
pub(super) fn with_body(text: &str, body: &str) -> String {
    format!("{}{body}", with_line_feeds(text))
}

impl Statement {
    /// The statement around a range, which is behind those that were asked for before; None where something else stands on its lines.
    pub fn around(source: &Source, range: &Range<usize>, lines: &mut Lines<'_>) -> Option<Self> {
        let by_lines = lines.around(range);
        let by_lines = by_lines.filter(|alone| !goes_on(&lines.text[..alone.start]));
        let by_lines = by_lines.filter(|alone| lines.refused.as_ref() != Some(alone)).and_then(|alone| {
            let parsed =
                Self::of(source, alone.clone(), lines.tree).or_else(|| Self::header(source, alone.clone(), range));
            lines.refused = parsed.is_none().then_some(alone);
            parsed
        });
        by_lines.or_else(|| Self::of(source, by_tree(source, lines.tree, range)?, lines.tree))
    }

    /// None where the range is something else than one simple statement with the comment behind it.
    fn of(source: &Source, range: Range<usize>, file: &Tree) -> Option<Self> {
        // a template's tags are something else for the parser
        let known = if source.is_masked(&range) { None } else { file.alone(&range) };
        let tree = known.unwrap_or_else(|| Tree::parse(&with_line_feeds(&source.text()[range.clone()])));
        let is_whole = match tree.root().children().collect::<Vec<_>>().as_slice() {
            [statement] => is_of_expressions(statement),
            [statement, comment] => {
                let text = &source.text()[range.clone()];
                let is_behind = || !text[statement.range().end..comment.range().start].contains(['\n', '\r']);
                is_of_expressions(statement) && comment.kind() == kind::COMMENT && is_behind()
            }
            _ => false,
        };
        (is_whole && !has_error(&tree.root())).then_some(Self { range, tree, body: "" })
    }

    /// The header around a range, or the decorator; None where something else stands on its lines, or the range is in the body.
    fn header(source: &Source, block: Range<usize>, range: &Range<usize>) -> Option<Self> {
        let text = source.text();
        if text[block.clone()].starts_with('@') {
            return Self::with(source, block, DECORATED);
        }
        // `elif` is an `if` of its own
        let start = block.start + if text[block.clone()].starts_with("elif") { "el".len() } else { 0 };
        let tree = Tree::parse(&with_line_feeds(&text[start..block.end]));
        let compound = tree.root().children().find(is_compound)?;
        let body = if compound.kind() == kind::MATCH_STATEMENT { CASES } else { BODY };
        let colon = colon_of(&compound)?;
        let end = start + colon.end;
        let line = source.line_at(end);
        let behind = text[end..line.end].trim();
        let is_alone = behind.is_empty() || behind.starts_with('#');
        let header = start..end + text[end..line.end].trim_end().len();
        (is_alone && range.end <= end).then(|| Self::with(source, header, body))?
    }

    fn with(source: &Source, range: Range<usize>, body: &'static str) -> Option<Self> {
        let tree = Tree::parse(&with_body(&source.text()[range.clone()], body));
        let is_whole = tree.root().parts().count() == 1;
        (is_whole && !has_error(&tree.root())).then_some(Self { range, tree, body })
    }
}

/// The lines of a file, with the blocks around the last range that was asked for: the next one is likely to stand in most of them, and
/// where a block of many lines begins and ends is not looked for again.
pub(super) struct Lines<'s> {
    text: &'s str,
    /// The outermost first.
    blocks: Vec<Block>,
    /// Of the file.
    tree: &'s Tree,
    /// Lines that are no statement alone, as were the last that were asked for.
    refused: Option<Range<usize>>,
}

/// The lines of a statement, be it one with a body.
struct Block {
    range: Range<usize>,
    /// Where the first line ends.
    header_end: usize,
    /// The lines of its body, and their indentation; None where it has none.
    body: Option<(Range<usize>, usize)>,
    /// The range that it was looked for is on one line.
    is_of_one_line: bool,
}

impl<'s> Lines<'s> {
    pub fn of(source: &'s Source, tree: &'s Tree) -> Self {
        Self { text: source.parser_text(), blocks: Vec::new(), tree, refused: None }
    }

    /// The lines of the innermost block's statement around a range, without the blanks around it.
    fn around(&mut self, range: &Range<usize>) -> Option<Range<usize>> {
        let mut body = Some((0..self.text.len(), 0));
        for level in 0.. {
            let (within, indentation) = body.take()?;
            let is_same =
                |block: &Block| block.is_of_one_line && block.range.start <= range.start && range.end < block.range.end;
            if !self.blocks.get(level).is_some_and(is_same) {
                self.blocks.truncate(level);
                self.blocks.push(Block::around(self.text, within, range, indentation));
            }
            let block = &self.blocks[level];
            if block.body.is_none() && !block.is_compound(self.text) || range.start < block.header_end {
                let lines = &self.text[block.range.clone()];
                let start = block.range.start + (lines.len() - lines.trim_start().len());
                return (start <= range.start).then(|| start..block.range.start + lines.trim_end().len());
            }
            body.clone_from(&block.body);
        }
        None
    }
}

impl Block {
    fn around(text: &str, within: Range<usize>, around: &Range<usize>, indentation: usize) -> Self {
        let range = block_around(text, within, around, indentation);
        let header_end = text[range.clone()].find('\n').map_or(range.end, |at| range.start + at + 1);
        let is_of_one_line = !text[around.clone()].contains('\n');
        let mut block = Self { range, header_end, body: None, is_of_one_line };
        if block.is_compound(text) {
            let within = header_end..block.range.end;
            let first = text[within.clone()].lines().find(|line| !line.trim().is_empty());
            block.body = first.map(|first| (within, first.len() - first.trim_start().len()));
        }
        block
    }

    /// Whether its first line opens a body.
    fn is_compound(&self, text: &str) -> bool {
        let code = text[self.range.start..self.header_end].split('#').next().unwrap_or_default();
        code.trim_end().ends_with(':')
    }
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

/// Whether the last line with code can't be the end of a statement, so that what comes next is a part of that statement. A line as
/// deep as its statement looks like the beginning of another.
fn goes_on(before: &str) -> bool {
    const WORDS: [&str; 5] = [" and", " or", " not", " if", " else"];
    let mut lines = before.lines().rev().map(|line| line.split('#').next().unwrap_or_default().trim_end());
    let code = lines.find(|code| !code.is_empty()).unwrap_or_default();
    let is_open = code.ends_with(['\\', '(', '[', '{', ',', '=', '+', '-', '/', '%', '|', '&', '^', '<']);
    is_open || WORDS.iter().any(|word| code.ends_with(word))
}

/// The same by the tree of the file.
fn by_tree(source: &Source, file: &Tree, range: &Range<usize>) -> Option<Range<usize>> {
    let inside = file.node_around(range)?;
    let is_of_block = |node: &Node<'_>| node.parent().as_ref().is_some_and(is_block);
    let statement = std::iter::once(inside.clone()).chain(inside.ancestors()).find(is_of_block);
    let node = statement.filter(is_of_expressions)?.range();
    let text = source.text();
    let (first, last) = (source.line_at(node.start), source.line_at(node.end));
    let behind = text[node.end..last.end].trim();
    let is_alone = text[first.start..node.start].trim().is_empty() && (behind.is_empty() || behind.starts_with('#'));
    is_alone.then(|| node.start..node.end + text[node.end..last.end].trim_end().len())
}
