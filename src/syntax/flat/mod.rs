//! A text goes in; a tree of it comes out whose nodes are rows of tables. The bodies of functions and classes may have tables of their own,
//! which are made as soon as somebody goes into them.

mod alone;
mod edited;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use ast_grep_core::Position;
use ast_grep_core::source::{Doc, Edit, SgNode};
use ast_grep_language::SupportLang;

use super::bodies::{Body, Outlining, bodies};
use super::rows::{self, ERROR, Flag, NAMES, Row, row_number};

/// A parsed text.
#[derive(Clone)]
pub struct Flat {
    text: String,
    /// That of the whole text.
    outline: Table,
    /// The bodies whose nodes are in tables of their own: those in the outline in order, and behind them those of each class in order.
    apart: Vec<Apart>,
    /// The nodes of the whole text, where a body was not told by itself.
    whole: OnceLock<Vec<Row>>,
}

/// Nodes in order of position, outer ones first.
#[derive(Clone)]
struct Table {
    rows: Vec<Row>,
    /// The indexes of those that are bodies with tables of their own, in order.
    apart: Vec<u32>,
}

/// The body of a function or a class, whose nodes are in a table of their own.
#[derive(Clone)]
struct Apart {
    body: Body,
    /// The number of the table in which it is one row.
    around: u32,
    /// Its place among those there.
    place: u32,
    /// The number of the first of the bodies in it.
    inner: u32,
    /// Its nodes, itself first.
    table: OnceLock<Table>,
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

impl Table {
    fn of(rows: Vec<Row>) -> Self {
        let apart = rows.iter().enumerate().filter(|(_, row)| row.has(Flag::APART));
        let apart = apart.map(|(index, _)| row_number(index)).collect();
        Self { rows, apart }
    }
}

impl Apart {
    fn new(body: Body, around: u32, place: u32) -> Self {
        Self { body, around, place, inner: 1, table: OnceLock::new() }
    }

    fn has_error(&self, document: &Flat) -> bool {
        let inner = || &document.apart[self.inner as usize - 1..][..self.body.inner.len()];
        let has_error = |table: &Table| table.rows[0].has(Flag::HAS_ERROR);
        self.table.get().is_some_and(has_error) || inner().iter().any(|inner| inner.has_error(document))
    }
}

impl Flat {
    /// Parses; what can't be parsed becomes error nodes.
    pub fn parse(text: &str) -> Self {
        Self::of(text, Table::of(rows::of_text(text)), Vec::new())
    }

    /// The same, where that can be, without bodies from a length on, in bytes, as long as nobody goes into them. An error in one of them is
    /// found there alone.
    pub fn outline(text: &str, of: Outlining, shortest: usize) -> Self {
        // a node's number has that of its table in its upper half
        let bodies = if usize::BITS > u32::BITS { bodies(text, of, shortest) } else { None };
        let bodies = bodies.filter(|bodies| !bodies.is_empty());
        let outline = bodies.and_then(|bodies| Some((rows::around_bodies(text, 0..text.len(), &bodies)?, bodies)));
        let Some((rows, bodies)) = outline else { return Self::parse(text) };
        let in_outline = row_number(bodies.len());
        let mut apart: Vec<Apart> = (0..).zip(bodies).map(|(place, body)| Apart::new(body, 0, place)).collect();
        for class in 0..in_outline {
            let inner = row_number(apart.len()) + 1;
            let of_class = &mut apart[class as usize];
            of_class.inner = inner;
            let bodies = of_class.body.inner.clone();
            apart.extend((0..).zip(bodies).map(|(place, body)| Apart::new(body, class + 1, place)));
        }
        Self::of(text, Table::of(rows), apart)
    }

    fn of(text: &str, outline: Table, apart: Vec<Apart>) -> Self {
        Self { text: text.to_owned(), outline, apart, whole: OnceLock::new() }
    }

    /// What was parsed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many bodies have a table of their own.
    pub fn bodies_apart(&self) -> usize {
        self.apart.len()
    }

    /// A table by its number: 0, or that of a body, counted from 1.
    fn table(&self, number: u32) -> &Table {
        let Some(apart) = self.apart_of(number) else { return &self.outline };
        apart.table.get_or_init(|| {
            let whole = || self.whole.get_or_init(|| rows::of_text(&self.text)).as_slice();
            let (around, index) = self.place_of(apart);
            Table::of(rows::of_body(&self.text, &apart.body, &around[index as usize], whole))
        })
    }

    fn apart_of(&self, number: u32) -> Option<&Apart> {
        Some(&self.apart[number.checked_sub(1)? as usize])
    }

    /// The rows among which a body has one, and the index of that.
    fn place_of(&self, apart: &Apart) -> (&[Row], u32) {
        let around = self.table(apart.around);
        (&around.rows, around.apart[apart.place as usize])
    }

    /// The numbers of the bodies that are among rows of a table.
    fn apart_among(&self, rows: Range<u32>, number: u32) -> Range<u32> {
        let apart = &self.table(number).apart;
        let first = self.apart_of(number).map_or(1, |apart| apart.inner);
        let before = |index: u32| first + row_number(apart.partition_point(|row| *row < index));
        before(rows.start)..before(rows.end)
    }

    /// The node of a row.
    fn node(&self, table: u32, index: u32) -> FlatNode<'_> {
        if index == 0 && table > 0 {
            return self.body(table);
        }
        let rows = &self.table(table).rows;
        match rows[index as usize].has(Flag::APART) {
            true => self.body(self.apart_among(index..index, table).start),
            false => FlatNode { document: self, rows, table, index },
        }
    }

    /// A body with a table of its own, by the number of that.
    fn body(&self, number: u32) -> FlatNode<'_> {
        let (rows, index) =
            self.apart_of(number).map_or((self.outline.rows.as_slice(), 0), |apart| self.place_of(apart));
        FlatNode { document: self, rows: &rows[index as usize..=index as usize], table: number, index: 0 }
    }
}

impl<'r> FlatNode<'r> {
    /// It is a body with a table of its own.
    fn apart(&self) -> Option<&'r Apart> {
        self.document.apart_of(self.table).filter(|_| self.index == 0)
    }

    fn row(&self) -> &'r Row {
        &self.rows[self.index as usize]
    }

    /// The node with another row of its table.
    fn at(&self, index: u32) -> Self {
        let is_plain = index > 0 && self.index > 0 && !self.rows[index as usize].has(Flag::APART);
        if is_plain { Self { index, ..*self } } else { self.document.node(self.table, index) }
    }

    /// Where the rows of its descendants are, in the table of its children.
    fn inner(&self) -> Range<u32> {
        match self.apart() {
            Some(_) => 1..row_number(self.document.table(self.table).rows.len()),
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

    /// Whether it is or has an error, as far as its functions and classes were gone into.
    pub fn has_error(&self) -> bool {
        let inner = || match self.apart() {
            Some(_) => self.table..self.table + 1,
            None => self.document.apart_among(self.inner(), self.table),
        };
        let has_error = |apart: &Apart| apart.has_error(self.document);
        self.row().has(Flag::HAS_ERROR) || inner().filter_map(|one| self.document.apart_of(one)).any(has_error)
    }

    /// The last node in it, or itself, that begins at or before an offset.
    fn last_from(&self, offset: usize) -> Option<Self> {
        let Range { start, end } = self.inner();
        let rows = &self.document.table(self.table).rows[start as usize..end as usize];
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
        let is_inside =
            |node: &Self| if node.table == self.table { node.index >= self.index } else { self.is_around(node.table) };
        let around = std::iter::successors(Some(last), FlatNode::parent).take_while(is_inside);
        let mut around = around.filter(|node| node.range().start <= range.start && range.end <= node.range().end);
        around.find(FlatNode::is_named)
    }

    /// Whether the table with a number is that of a body in its own one.
    fn is_around(&self, table: u32) -> bool {
        let around = |table: &u32| self.document.apart_of(*table).map(|apart| apart.around);
        std::iter::successors(around(&table), around).any(|around| around == self.table)
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
            let is_apart = rows[index as usize].has(Flag::APART);
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
            Some(apart) => Some(self.document.node(apart.around, parent)),
            None => (self.index > 0).then(|| self.at(parent)),
        }
    }

    fn ancestors(&self, _root: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), FlatNode::parent)
    }

    fn children(&self) -> impl ExactSizeIterator<Item = Self> {
        let rows = if self.apart().is_some() { &self.document.table(self.table).rows } else { self.rows };
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
            if *table != node.table {
                tables.push((node.table, node.inner()));
            }
            Some(node)
        })
    }

    fn next(&self) -> Option<Self> {
        let parent = self.parent()?;
        let behind = match self.apart() {
            Some(apart) => self.document.place_of(apart).1 + 1,
            None => self.row().next,
        };
        (behind < parent.inner().end).then(|| parent.at(behind))
    }

    fn prev(&self) -> Option<Self> {
        let parent = self.parent()?;
        let (rows, own) = match self.apart() {
            Some(apart) => self.document.place_of(apart),
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
        FlatNode { document: self, rows: &self.outline.rows, table: 0, index: 0 }
    }

    fn get_node_text<'a>(&'a self, node: &FlatNode<'a>) -> Cow<'a, str> {
        Cow::Borrowed(&self.text[node.range()])
    }
}
