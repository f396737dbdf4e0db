//! A range of a file goes in; the simple statement around it, or the header of the compound one, comes out, parsed alone.
//!
//! Where the statement begins and ends is told by its lines, which is much faster than to parse the file; where that gives no
//! statement, the file is parsed.

use std::cell::OnceCell;
use std::ops::Range;

use crate::source::{Source, with_line_feeds};
use crate::syntax::{Node, Tree, has_error, kind};

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
    /// The statement around a range; None where something else stands on its lines. The file is parsed at most once.
    pub fn around(source: &Source, range: &Range<usize>, file: &OnceCell<Tree>) -> Option<Self> {
        let by_lines = by_lines(source.parser_text(), range);
        let by_lines = by_lines
            .and_then(|lines| Self::parse(source, lines.clone()).or_else(|| Self::header(source, lines, range)));
        by_lines.or_else(|| {
            let file = file.get_or_init(|| Tree::parse(source.parser_text()));
            Self::parse(source, by_tree(source, file, range)?)
        })
    }

    /// None where the range is something else than one simple statement with the comment behind it.
    fn parse(source: &Source, range: Range<usize>) -> Option<Self> {
        let tree = Tree::parse(&with_line_feeds(&source.text()[range.clone()]));
        let is_whole = match tree.root().children().collect::<Vec<_>>().as_slice() {
            [statement] => is_simple(statement),
            [statement, comment] => {
                let text = &source.text()[range.clone()];
                let is_behind = || !text[statement.range().end..comment.range().start].contains(['\n', '\r']);
                is_simple(statement) && comment.kind() == kind::COMMENT && is_behind()
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
        let is_whole = tree.root().named_children().filter(|child| child.kind() != kind::COMMENT).count() == 1;
        (is_whole && !has_error(&tree.root())).then_some(Self { range, tree, body })
    }
}

fn is_simple(node: &Node<'_>) -> bool {
    const KINDS: [&str; 4] =
        [kind::EXPRESSION_STATEMENT, kind::RETURN_STATEMENT, kind::ASSERT_STATEMENT, kind::RAISE_STATEMENT];
    KINDS.contains(&&*node.kind())
}

/// The lines of the innermost block's statement around a range, without the blanks around it.
fn by_lines(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let mut within = 0..text.len();
    let mut indentation = 0;
    loop {
        let block = block_around(text, within, range, indentation);
        let header = block.start..text[block.clone()].find('\n').map_or(block.end, |at| block.start + at + 1);
        let code = text[header.clone()].split('#').next().unwrap_or_default();
        if !code.trim_end().ends_with(':') || range.start < header.end {
            let lines = &text[block.clone()];
            let start = block.start + (lines.len() - lines.trim_start().len());
            return (start <= range.start).then(|| start..block.start + lines.trim_end().len());
        }
        within = header.end..block.end;
        let first = text[within.clone()].lines().find(|line| !line.trim().is_empty())?;
        indentation = first.len() - first.trim_start().len();
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

/// The same by the tree of the file.
fn by_tree(source: &Source, file: &Tree, range: &Range<usize>) -> Option<Range<usize>> {
    let mut node = file.root();
    let mut statement: Option<Node<'_>> = None;
    loop {
        let is_block = matches!(&*node.kind(), kind::MODULE | kind::BLOCK);
        let holds = |child: &Node<'_>| child.range().start <= range.start && range.end <= child.range().end;
        let Some(child) = node.children().find(holds) else { break };
        if is_block {
            statement = Some(child.clone());
        }
        node = child;
    }
    let node = statement.filter(is_simple)?.range();
    let text = source.text();
    let (first, last) = (source.line_at(node.start), source.line_at(node.end));
    let behind = text[node.end..last.end].trim();
    let is_alone = text[first.start..node.start].trim().is_empty() && (behind.is_empty() || behind.starts_with('#'));
    is_alone.then(|| node.start..node.end + text[node.end..last.end].trim_end().len())
}
