//! A tree and edits of words in its strings go in; the tree of the text after them comes out, without parsing it.

use std::ops::Range;
use std::sync::OnceLock;

use ast_grep_core::Doc;
use ast_grep_core::source::SgNode;

use super::{Apart, Flat, Table};
use crate::syntax::kind;
use crate::syntax::rows::{Row, row_number};

impl Flat {
    /// The tree of the text after edits, without parsing it: each puts words in place of words inside of a string. None where one does
    /// more. The edits are in order.
    pub fn with_words(&self, edits: &[(Range<usize>, &str)]) -> Option<Self> {
        if !edits.iter().all(|(range, words)| is_words(words) && self.is_words_of_string(range)) {
            return None;
        }
        let (mut text, mut at) = (String::with_capacity(self.text.len() * 2), 0);
        for (range, words) in edits {
            text.push_str(&self.text[at..range.start]);
            text.push_str(words);
            at = range.end;
        }
        text.push_str(&self.text[at..]);
        let mut moves = vec![(0, 0)];
        for (range, words) in edits {
            let (added, removed) = moves[moves.len() - 1];
            moves.push((added + words.len(), removed + range.len()));
        }
        let moved = |offset: usize| {
            let (added, removed) = moves[edits.partition_point(|(range, _)| range.end <= offset)];
            offset + added - removed
        };
        let moved_table = |table: &Table| {
            let row = |row: &Row| Row {
                start: row_number(moved(row.start as usize)),
                end: row_number(moved(row.end as usize)),
                ..*row
            };
            Table { rows: table.rows.iter().map(row).collect(), apart: table.apart.clone() }
        };
        let moved_apart = |apart: &Apart| {
            let table = apart.table.get().map_or_else(OnceLock::new, |table| OnceLock::from(moved_table(table)));
            Apart { body: apart.body.moved(&moved), table, ..*apart }
        };
        let apart = self.apart.iter().map(moved_apart).collect();
        Some(Self { text, outline: moved_table(&self.outline), apart, whole: OnceLock::new() })
    }

    /// Whether a range has words and stands in the content of a string.
    fn is_words_of_string(&self, range: &Range<usize>) -> bool {
        let last = self.root_node().last_from(range.start);
        last.is_some_and(|node| node.kind() == kind::STRING_CONTENT && range.end <= node.range().end)
            && is_words(&self.text[range.clone()])
    }
}

/// Whether a text can stand for another of its kind in a string: there is some, and nothing in it ends or escapes anything.
fn is_words(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ,-_".contains(&byte))
}
