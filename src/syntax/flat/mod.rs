//! A text goes in; a tree of it comes out whose nodes are rows of tables. The bodies of functions may have tables of their own, which are made
//! as soon as somebody goes into them.

mod edited;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use ast_grep_core::Position;
use ast_grep_core::source::{Doc, Edit, SgNode};
use ast_grep_language::SupportLang;

use super::bodies::{FunctionBody, function_bodies};
use super::rows::{self, ERROR, Flag, NAMES, Row, row_number};

/// A parsed text.
#[derive(Clone)]
pub struct Flat {
    text: String,
    rows: Vec<Row>,
    /// In order.
    apart: Vec<Apart>,
    /// Those of the whole text, where a body was not told by itself.
    whole: OnceLock<Vec<Row>>,
}

/// The body of a function, whose nodes are in a table of their own.
#[derive(Clone)]
struct Apart {
    body: FunctionBody,
    /// The index of its row.
    row: u32,
    /// Its nodes, itself first.
    rows: OnceLock<Vec<Row>>,
}

/// A node of it.
#[derive(Clone, Copy)]
pub struct FlatNode<'r> {
    document: &'r Flat,
    /// Those of its table; where it is a body with a table of its own, its row in the outline.
    rows: &'r [Row],
    /// 0, or the number of a body, counted from 1.
    table: u32,
    index: u32,
}

impl Apart {
    fn has_error(&self) -> bool {
        self.rows.get().is_some_and(|rows| rows[0].has(Flag::HAS_ERROR))
    }
}

impl Flat {
    /// Parses; what can't be parsed becomes error nodes.
    pub fn parse(text: &str) -> Self {
        Self { text: text.to_owned(), rows: rows::of_text(text), apart: Vec::new(), whole: OnceLock::new() }
    }

    /// The same, where that can be, without the bodies of functions as long as nobody goes into them. An error in one of them is found
    /// there alone.
    pub fn outline(text: &str, shortest: usize) -> Self {
        // a node's number has that of its table in its upper half
        let bodies = if usize::BITS > u32::BITS { function_bodies(text, shortest) } else { None };
        let bodies = bodies.filter(|bodies| !bodies.is_empty());
        let outline = bodies.and_then(|bodies| Some((rows::around_bodies(text, &bodies)?, bodies)));
        let Some((rows, bodies)) = outline else { return Self::parse(text) };
        let indexes =
            rows.iter().enumerate().filter(|(_, row)| row.has(Flag::APART)).map(|(index, _)| row_number(index));
        let apart = bodies.into_iter().zip(indexes);
        let apart = apart.map(|(body, row)| Apart { body, row, rows: OnceLock::new() }).collect();
        Self { text: text.to_owned(), rows, apart, whole: OnceLock::new() }
    }

    /// What was parsed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many bodies of functions have a table of their own.
    pub fn bodies_apart(&self) -> usize {
        self.apart.len()
    }

    /// The rows of a table.
    fn table(&self, table: u32) -> &[Row] {
        match self.apart_of(table) {
            Some(apart) => {
                let row = &self.rows[apart.row as usize];
                let whole = || self.whole.get_or_init(|| rows::of_text(&self.text)).as_slice();
                apart.rows.get_or_init(|| rows::of_body(&self.text, &apart.body, row, whole))
            }
            None => &self.rows,
        }
    }

    fn apart_of(&self, table: u32) -> Option<&Apart> {
        Some(&self.apart[table.checked_sub(1)? as usize])
    }

    /// The bodies that are among rows of a table.
    fn apart_among(&self, rows: Range<u32>, table: u32) -> &[Apart] {
        let before = |index: u32| self.apart.partition_point(|apart| apart.row < index);
        if table == 0 { &self.apart[before(rows.start)..before(rows.end)] } else { &[] }
    }

    /// The node of a row.
    fn node(&self, table: u32, index: u32) -> FlatNode<'_> {
        if table == 0 && self.rows[index as usize].has(Flag::APART) {
            let number = self.apart.partition_point(|apart| apart.row < index);
            return self.body(row_number(number) + 1);
        }
        match index {
            0 if table > 0 => self.body(table),
            _ => FlatNode { document: self, rows: self.table(table), table, index },
        }
    }

    /// The body of a function with a table of its own.
    fn body(&self, table: u32) -> FlatNode<'_> {
        let row = self.apart_of(table).map_or(0, |apart| apart.row) as usize;
        FlatNode { document: self, rows: &self.rows[row..=row], table, index: 0 }
    }
}

impl<'r> FlatNode<'r> {
    /// It is the body of a function with a table of its own.
    fn apart(&self) -> Option<&'r Apart> {
        self.document.apart_of(self.table).filter(|_| self.index == 0)
    }

    fn row(&self) -> &'r Row {
        &self.rows[self.index as usize]
    }

    /// The node with another row of its table.
    fn at(&self, index: u32) -> Self {
        let is_plain = index > 0 && self.index > 0 && (self.table > 0 || !self.rows[index as usize].has(Flag::APART));
        if is_plain { Self { index, ..*self } } else { self.document.node(self.table, index) }
    }

    /// Where the rows of its descendants are, in the table of its children.
    fn inner(&self) -> Range<u32> {
        match self.apart() {
            Some(_) => 1..row_number(self.document.table(self.table).len()),
            None => self.index + 1..self.row().next,
        }
    }

    /// How many nodes are around it, or 65,535 where they are more.
    pub fn depth(&self) -> usize {
        self.row().depth.into()
    }

    /// The node of the same tree with a number.
    pub fn numbered(&self, number: usize) -> Self {
        let table = number.checked_shr(u32::BITS).unwrap_or_default();
        self.document.node(row_number(table), row_number(number & u32::MAX as usize))
    }

    /// Whether it is or has an error, as far as its functions were gone into.
    pub fn has_error(&self) -> bool {
        let inner = || match self.apart() {
            Some(apart) => std::slice::from_ref(apart),
            None => self.document.apart_among(self.inner(), self.table),
        };
        self.row().has(Flag::HAS_ERROR) || inner().iter().any(Apart::has_error)
    }

    /// The last node in it, or itself, that begins at or before an offset.
    fn last_from(&self, offset: usize) -> Option<Self> {
        let Range { start, end } = self.inner();
        let rows = &self.document.table(self.table)[start as usize..end as usize];
        let behind = row_number(rows.partition_point(|row| row.start as usize <= offset));
        let Some(last) = behind.checked_sub(1).map(|last| self.at(start + last)) else {
            return (self.range().start <= offset).then_some(*self);
        };
        if last.table == self.table { Some(last) } else { last.last_from(offset) }
    }

    /// The innermost named node around a range, from this one on.
    pub fn named_around(&self, range: &Range<usize>) -> Option<Self> {
        if range.is_empty() {
            return self.named_around_nothing(range);
        }
        // what begins last of all that can be around it is in the innermost node that is: no child after child has to be asked
        let last = self.last_from(range.start)?;
        let is_inside = |node: &Self| if node.table == self.table { node.index >= self.index } else { self.table == 0 };
        let around = std::iter::successors(Some(last), FlatNode::parent).take_while(is_inside);
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
    document: &'r Flat,
    rows: &'r [Row],
    table: u32,
    /// The rows of those to come, and of what is in them.
    left: Range<u32>,
}

impl Children<'_> {
    fn behind(&self, index: u32) -> u32 {
        self.rows[index as usize].next
    }
}

impl<'r> Iterator for Children<'r> {
    type Item = FlatNode<'r>;

    fn next(&mut self) -> Option<FlatNode<'r>> {
        let index = self.left.start;
        (!self.left.is_empty()).then(|| {
            let Self { document, rows, table, .. } = *self;
            self.left.start = self.behind(index);
            let is_apart = table == 0 && rows[index as usize].has(Flag::APART);
            if is_apart { document.node(table, index) } else { FlatNode { document, rows, table, index } }
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (mut count, mut index) = (0, self.left.start);
        while index < self.left.end {
            index = self.behind(index);
            count += 1;
        }
        (count, Some(count))
    }
}

impl ExactSizeIterator for Children<'_> {}

impl<'r> SgNode<'r> for FlatNode<'r> {
    fn parent(&self) -> Option<Self> {
        let parent = self.row().parent;
        match self.apart() {
            Some(_) => Some(self.document.node(0, parent)),
            None => (self.index > 0).then(|| self.at(parent)),
        }
    }

    fn ancestors(&self, _root: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), FlatNode::parent)
    }

    fn children(&self) -> impl ExactSizeIterator<Item = Self> {
        let rows = if self.apart().is_some() { self.document.table(self.table) } else { self.rows };
        Children { document: self.document, rows, table: self.table, left: self.inner() }
    }

    fn dfs(&self) -> impl Iterator<Item = Self> {
        let document = self.document;
        let mut tables = vec![(self.table, self.index..self.inner().end)];
        std::iter::from_fn(move || {
            while tables.last().is_some_and(|(_, rows)| rows.is_empty()) {
                tables.pop();
            }
            let (table, rows) = tables.last_mut()?;
            let node = document.node(*table, rows.next()?);
            if *table == 0 && node.table > 0 {
                tables.push((node.table, node.inner()));
            }
            Some(node)
        })
    }

    fn next(&self) -> Option<Self> {
        let parent = self.parent()?;
        let behind = match self.apart() {
            Some(apart) => apart.row + 1,
            None => self.row().next,
        };
        (behind < parent.inner().end).then(|| parent.at(behind))
    }

    fn prev(&self) -> Option<Self> {
        let parent = self.parent()?;
        let (rows, own) = match self.apart() {
            Some(apart) => (self.document.rows.as_slice(), apart.row),
            None => (self.rows, self.index),
        };
        // the row before is that of the last node in the one before, or of that one itself
        let mut before = own.checked_sub(1).filter(|before| *before >= parent.inner().start)?;
        while rows[before as usize].parent != self.row().parent {
            before = rows[before as usize].parent;
        }
        Some(parent.at(before))
    }

    fn is_leaf(&self) -> bool {
        self.apart().is_none() && self.inner().is_empty()
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
        let number = u64::from(self.table) << u32::BITS | u64::from(self.index);
        usize::try_from(number).unwrap_or(usize::MAX)
    }

    fn range(&self) -> Range<usize> {
        self.row().range()
    }

    fn start_pos(&self) -> Position {
        position(&self.document.text, self.range().start)
    }

    fn end_pos(&self) -> Position {
        position(&self.document.text, self.range().end)
    }

    fn is_named(&self) -> bool {
        self.row().has(Flag::NAMED)
    }

    fn is_missing(&self) -> bool {
        self.row().has(Flag::MISSING)
    }

    fn is_error(&self) -> bool {
        self.row().kind == ERROR
    }

    fn is_extra(&self) -> bool {
        self.row().has(Flag::EXTRA)
    }

    fn field(&self, name: &str) -> Option<Self> {
        self.child_by_field_id(NAMES.field(name)?)
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
        FlatNode { document: self, rows: &self.rows, table: 0, index: 0 }
    }

    fn get_node_text<'a>(&'a self, node: &FlatNode<'a>) -> Cow<'a, str> {
        Cow::Borrowed(&self.text[node.range()])
    }
}
