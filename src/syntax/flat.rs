//! A text goes in; its syntax tree comes out as one table, which is quick to walk in every direction.
//!
//! tree-sitter finds a node's parent from the root down, and its kind and fields by their names. Here each node is a row, in order of
//! position and outer ones first: the first child is the next row, the next sibling the row behind the last descendant.

use std::borrow::Cow;
use std::num::NonZero;
use std::ops::Range;
use std::sync::LazyLock;

use ast_grep_core::Position;
use ast_grep_core::source::{Doc, Edit, SgNode};
use ast_grep_core::tree_sitter::{LanguageExt, StrDoc, TSLanguage};
use ast_grep_language::SupportLang;

use super::{comments, kind};

/// A parsed text.
#[derive(Clone)]
pub struct Flat {
    text: String,
    rows: Vec<Row>,
}

/// A node of it.
#[derive(Clone, Copy)]
pub struct FlatNode<'r> {
    document: &'r Flat,
    index: u32,
}

#[derive(Clone, Copy)]
struct Row {
    /// Offsets of the first byte, and behind the last.
    start: u32,
    end: u32,
    /// The root is its own.
    parent: u32,
    /// Behind the last descendant.
    next: u32,
    kind: u16,
    /// What its parent calls it; 0 where it doesn't.
    field: u16,
    /// How many nodes are around it, as far as that is counted.
    depth: u16,
    flags: u8,
}

const NAMED: u8 = 1;
const MISSING: u8 = 2;
const EXTRA: u8 = 4;
/// It is or has an error.
const HAS_ERROR: u8 = 8;

/// The kind of what can't be parsed.
const ERROR: u16 = u16::MAX;

/// The names of kinds and fields.
struct GrammarNames {
    /// By the id of the kind, with whether it is a named one.
    kinds: Vec<(&'static str, bool)>,
    /// In order of name.
    fields: Vec<(&'static str, u16)>,
}

static LANGUAGE: LazyLock<TSLanguage> = LazyLock::new(|| SupportLang::Python.get_ts_language());
static NAMES: LazyLock<GrammarNames> = LazyLock::new(|| GrammarNames::of(&LANGUAGE));

impl GrammarNames {
    fn of(language: &'static TSLanguage) -> Self {
        let kinds = 0..u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
        let fields = 1..=u16::try_from(language.field_count()).unwrap_or(u16::MAX);
        let field = |id| Some((language.field_name_for_id(id)?, id));
        let mut fields: Vec<_> = fields.filter_map(field).collect();
        fields.sort();
        let kind = |id| (language.node_kind_for_id(id).unwrap_or_default(), language.node_kind_is_named(id));
        Self { kinds: kinds.map(kind).collect(), fields }
    }

    fn kind(&self, id: u16) -> &'static str {
        self.kinds.get(usize::from(id)).map_or(kind::ERROR, |(name, _)| name)
    }

    fn is_named(&self, id: u16) -> bool {
        self.kinds.get(usize::from(id)).is_none_or(|(_, is_named)| *is_named)
    }
}

impl Flat {
    /// Parses; what can't be parsed becomes error nodes.
    pub fn parse(text: &str) -> Self {
        let parsed = comments::joined(text);
        let StrDoc { tree, .. } = StrDoc::new(parsed.as_deref().unwrap_or(text), SupportLang::Python);
        let mut rows: Vec<Row> = Vec::with_capacity(text.len() / 6);
        let mut cursor = tree.walk();
        let (mut parent, mut depth) = (0, 0_u16);
        loop {
            let node = cursor.node();
            let index = row_number(rows.len());
            let kind = node.kind_id();
            let has_error = node.has_error();
            let flag = |is: bool, flag: u8| if is { flag } else { 0 };
            rows.push(Row {
                start: row_number(node.start_byte()),
                end: row_number(node.end_byte()),
                parent,
                next: index + 1,
                kind,
                field: cursor.field_id().map_or(0, NonZero::get),
                depth,
                flags: flag(NAMES.is_named(kind), NAMED)
                    | flag(has_error && node.is_missing(), MISSING)
                    | flag(node.is_extra(), EXTRA)
                    | flag(has_error, HAS_ERROR),
            });
            if cursor.goto_first_child() {
                parent = index;
                depth = depth.saturating_add(1);
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    rows.shrink_to_fit();
                    return Self { text: text.to_owned(), rows };
                }
                let end = row_number(rows.len());
                let row = &mut rows[parent as usize];
                row.next = end;
                depth = row.depth;
                parent = row.parent;
            }
        }
    }

    /// What was parsed.
    pub fn text(&self) -> &str {
        &self.text
    }

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
        let moved = |offset: u32| {
            let (added, removed) = moves[edits.partition_point(|(range, _)| range.end <= offset as usize)];
            row_number(offset as usize + added - removed)
        };
        let moved_row = |row: &Row| Row { start: moved(row.start), end: moved(row.end), ..*row };
        Some(Self { text, rows: self.rows.iter().map(moved_row).collect() })
    }

    /// Whether a range has words and stands in the content of a string.
    fn is_words_of_string(&self, range: &Range<usize>) -> bool {
        let behind = self.rows.partition_point(|row| row.start as usize <= range.start);
        let last = behind.checked_sub(1).and_then(|last| self.rows.get(last));
        last.is_some_and(|row| NAMES.kind(row.kind) == kind::STRING_CONTENT && range.end <= row.end as usize)
            && is_words(&self.text[range.clone()])
    }
}

/// Whether a text can stand for another of its kind in a string: there is some, and nothing in it ends or escapes anything.
fn is_words(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ,-_".contains(&byte))
}

/// tree-sitter has no larger offsets, and there are fewer rows than bytes.
fn row_number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl<'r> FlatNode<'r> {
    fn row(&self) -> &'r Row {
        &self.document.rows[self.index as usize]
    }

    fn at(&self, index: u32) -> Self {
        Self { index, ..*self }
    }

    fn has(&self, flag: u8) -> bool {
        self.row().flags & flag != 0
    }

    /// How many nodes are around it, or 65,535 where they are more.
    pub fn depth(&self) -> usize {
        self.row().depth.into()
    }

    /// The node of the same tree with a number.
    pub fn numbered(&self, number: usize) -> Self {
        self.at(row_number(number))
    }

    /// Whether it is or has an error.
    pub fn has_error(&self) -> bool {
        self.has(HAS_ERROR)
    }

    /// The innermost named node around a range, from this one on.
    pub fn named_around(&self, range: &Range<usize>) -> Option<Self> {
        if range.is_empty() {
            return self.named_around_nothing(range);
        }
        // what begins last of all that can be around it is in the innermost node that is: no child after child has to be asked
        let rows = &self.document.rows[self.index as usize..self.row().next as usize];
        let behind = rows.partition_point(|row| row.start as usize <= range.start);
        let last = self.at(self.index + row_number(behind.checked_sub(1)?));
        let around = std::iter::successors(Some(last), FlatNode::parent).take_while(|node| node.index >= self.index);
        let mut around = around.filter(|node| node.range().start <= range.start && range.end <= node.range().end);
        around.find(FlatNode::is_named)
    }

    /// The same of an empty range, which several nodes can have at their ends: the first of them.
    fn named_around_nothing(&self, range: &Range<usize>) -> Option<Self> {
        let mut found = None;
        let mut inside = Some(*self);
        while let Some(node) = inside.filter(|node| node.range().start <= range.start && range.end <= node.range().end)
        {
            found = if node.is_named() { Some(node) } else { found };
            inside = node.children().find(|child| child.range().end >= range.end);
        }
        found
    }
}

struct Children<'r> {
    next: FlatNode<'r>,
    end: u32,
}

impl<'r> Iterator for Children<'r> {
    type Item = FlatNode<'r>;

    fn next(&mut self) -> Option<FlatNode<'r>> {
        let node = self.next;
        (node.index < self.end).then(|| {
            self.next = node.at(node.row().next);
            node
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (mut count, mut index) = (0, self.next.index);
        while index < self.end {
            index = self.next.at(index).row().next;
            count += 1;
        }
        (count, Some(count))
    }
}

impl ExactSizeIterator for Children<'_> {}

impl<'r> SgNode<'r> for FlatNode<'r> {
    fn parent(&self) -> Option<Self> {
        (self.index > 0).then(|| self.at(self.row().parent))
    }

    fn ancestors(&self, _root: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), FlatNode::parent)
    }

    fn children(&self) -> impl ExactSizeIterator<Item = Self> {
        Children { next: self.at(self.index + 1), end: self.row().next }
    }

    fn dfs(&self) -> impl Iterator<Item = Self> {
        let node = *self;
        (self.index..self.row().next).map(move |index| node.at(index))
    }

    fn next(&self) -> Option<Self> {
        let index = self.row().next;
        (index < self.parent()?.row().next).then(|| self.at(index))
    }

    fn is_leaf(&self) -> bool {
        self.row().next == self.index + 1
    }

    fn is_named_leaf(&self) -> bool {
        !self.children().any(|child| child.is_named())
    }

    fn kind(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAMES.kind(self.row().kind))
    }

    fn kind_id(&self) -> u16 {
        self.row().kind
    }

    fn node_id(&self) -> usize {
        self.index as usize
    }

    fn range(&self) -> Range<usize> {
        let Row { start, end, .. } = self.row();
        *start as usize..*end as usize
    }

    fn start_pos(&self) -> Position {
        position(&self.document.text, self.range().start)
    }

    fn end_pos(&self) -> Position {
        position(&self.document.text, self.range().end)
    }

    fn is_named(&self) -> bool {
        self.has(NAMED)
    }

    fn is_missing(&self) -> bool {
        self.has(MISSING)
    }

    fn is_error(&self) -> bool {
        self.row().kind == ERROR
    }

    fn is_extra(&self) -> bool {
        self.has(EXTRA)
    }

    fn field(&self, name: &str) -> Option<Self> {
        let fields = &NAMES.fields;
        let known = fields.binary_search_by(|(field, _)| (*field).cmp(name)).ok()?;
        self.child_by_field_id(fields[known].1)
    }

    fn field_children(&self, field_id: Option<u16>) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| field_id == Some(child.row().field))
    }

    fn child_by_field_id(&self, field_id: u16) -> Option<Self> {
        self.children().find(|child| child.row().field == field_id)
    }
}

fn position(text: &str, offset: usize) -> Position {
    let before = &text.as_bytes()[..offset];
    let line = memchr::memchr_iter(b'\n', before).count();
    Position::new(line, offset - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1), offset)
}

impl Doc for Flat {
    type Source = String;
    type Lang = SupportLang;
    type Node<'r> = FlatNode<'r>;

    fn get_lang(&self) -> &SupportLang {
        &SupportLang::Python
    }

    fn get_source(&self) -> &String {
        &self.text
    }

    fn do_edit(&mut self, _edit: &Edit<String>) -> Result<(), String> {
        Err("texts are edited by ranges, not by nodes".to_owned())
    }

    fn root_node(&self) -> FlatNode<'_> {
        FlatNode { document: self, index: 0 }
    }

    fn get_node_text<'a>(&'a self, node: &FlatNode<'a>) -> Cow<'a, str> {
        Cow::Borrowed(&self.text[node.range()])
    }
}
