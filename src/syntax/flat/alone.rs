//! A tree and the range of a statement in it go in; the tree of that statement alone comes out, without parsing it.

use std::ops::Range;

use ast_grep_core::source::{Doc, SgNode};

use super::{Flat, FlatNode, Table};
use crate::syntax::groups::{BLOCKS, OF_EXPRESSIONS};
use crate::syntax::kind;
use crate::syntax::rows::{Flag, Row, row_number};

impl Flat {
    /// The tree of a statement of expressions, and of the comment behind it, as if they were the whole text. None where the range is
    /// something else, or has an error.
    pub fn alone(&self, range: &Range<usize>) -> Option<Self> {
        let first = self.root_node().last_from(range.start)?;
        let mut around = std::iter::successors(Some(first), FlatNode::parent);
        let statement = around.find(|node| node.parent().is_some_and(|parent| BLOCKS.contains(&&*parent.kind())))?;
        let comment = || statement.next().filter(|next| next.kind() == kind::COMMENT);
        let comment = if statement.range().end == range.end { None } else { Some(comment()?) };
        let end = comment.as_ref().unwrap_or(&statement).range().end;
        let is_whole = statement.range().start == range.start && end == range.end;
        let is_known = OF_EXPRESSIONS.contains(&&*statement.kind()) && self.root_node().kind() == kind::MODULE;
        if !is_whole || !is_known {
            return None;
        }
        let of_statement = &statement.rows[statement.index as usize..statement.row().next as usize];
        let is_plain = |row: &Row| !row.has(Flag::HAS_ERROR) && !row.has(Flag::APART) && row.depth < u16::MAX;
        if !of_statement.iter().all(is_plain) {
            return None;
        }
        let (begin, outer) = (row_number(range.start), statement.row().depth);
        let moved = |row: &Row, from: u32, to: u32| Row {
            start: row.start - begin,
            end: row.end - begin,
            parent: if row.depth == outer { 0 } else { row.parent - from + to },
            next: row.next - from + to,
            depth: row.depth - outer + 1,
            ..*row
        };
        let text = &self.text[range.clone()];
        let behind = row_number(of_statement.len() + 1);
        let comment = comment.map(|comment| moved(comment.row(), comment.index, behind));
        let whole = self.outline.rows[0].of_whole(text, of_statement.len() + 1 + usize::from(comment.is_some()));
        let of_statement = of_statement.iter().map(|row| moved(row, statement.index, 1));
        let rows = std::iter::once(whole).chain(of_statement).chain(comment).collect();
        Some(Self::of(text, Table::of(rows), Vec::new()))
    }
}
