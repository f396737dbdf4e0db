//! A text goes in; its syntax tree comes out as one table, which is quick to walk in every direction.
//!
//! tree-sitter finds a node's parent from the root down, and its kind and fields by their names. Here each node is a row, in order of
//! position and outer ones first: the first child is the next row, the next sibling the row behind the last descendant.

use std::num::NonZero;
use std::ops::Range;
use std::sync::LazyLock;

use ast_grep_core::tree_sitter::{LanguageExt, StrDoc, TSLanguage};
use ast_grep_language::SupportLang;

use super::bodies::Body;
use super::{comments, kind};

/// A node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Offsets of the first byte, and behind the last.
    pub start: u32,
    pub end: u32,
    /// The root is its own.
    pub parent: u32,
    /// Behind the last descendant.
    pub next: u32,
    pub kind: u16,
    /// What its parent calls it; 0 where it doesn't.
    pub field: u16,
    /// How many nodes are around it, as far as that is counted.
    pub depth: u16,
    pub flags: u8,
}

/// What is said of a node in one bit.
#[derive(Clone, Copy)]
pub(super) struct Flag(u8);

impl Flag {
    pub const NAMED: Self = Self(1);
    pub const MISSING: Self = Self(2);
    pub const EXTRA: Self = Self(4);
    /// It is or has an error.
    pub const HAS_ERROR: Self = Self(8);
    /// It is the body of a function or a class, whose nodes are in a table of their own.
    pub const APART: Self = Self(16);

    /// Those that hold.
    fn all(flags: [(bool, Self); 5]) -> u8 {
        flags.into_iter().filter(|(holds, _)| *holds).fold(0, |all, (_, flag)| all | flag.0)
    }
}

/// What stands in an outline for a body.
const STATEMENT: &str = "0";

/// The kind of what can't be parsed.
pub(super) const ERROR: u16 = u16::MAX;

/// The names of kinds and fields.
pub(super) struct GrammarNames {
    /// By the id of the kind, with whether it is a named one.
    kinds: Vec<(&'static str, bool)>,
    /// In order of length, then of name: most are told apart by that.
    fields: Vec<(&'static str, u16)>,
    /// The id of what can stand between any two nodes.
    comment: Option<u16>,
    /// The id of a backslash at the end of a line.
    continuation: Option<u16>,
    /// The id of `*items`.
    splat: Option<u16>,
}

static LANGUAGE: LazyLock<TSLanguage> = LazyLock::new(|| SupportLang::Python.get_ts_language());
pub(super) static NAMES: LazyLock<GrammarNames> = LazyLock::new(|| GrammarNames::of(&LANGUAGE));

impl GrammarNames {
    fn of(language: &'static TSLanguage) -> Self {
        let kinds = 0..u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
        let fields = 1..=u16::try_from(language.field_count()).unwrap_or(u16::MAX);
        let field = |id| Some((language.field_name_for_id(id)?, id));
        let mut fields: Vec<_> = fields.filter_map(field).collect();
        fields.sort_by_key(|(name, _)| (name.len(), *name));
        let kind = |id| (language.node_kind_for_id(id).unwrap_or_default(), language.node_kind_is_named(id));
        let kinds: Vec<_> = kinds.map(kind).collect();
        let id_of = |kind: &str| kinds.iter().position(|(name, _)| *name == kind).and_then(|id| u16::try_from(id).ok());
        let [comment, continuation, splat] = [kind::COMMENT, kind::LINE_CONTINUATION, kind::LIST_SPLAT].map(id_of);
        Self { kinds, fields, comment, continuation, splat }
    }

    pub fn kind(&self, id: u16) -> &'static str {
        self.kinds.get(usize::from(id)).map_or(kind::ERROR, |(name, _)| name)
    }

    pub fn field(&self, name: &str) -> Option<u16> {
        let known = self.fields.binary_search_by_key(&(name.len(), name), |(field, _)| (field.len(), field)).ok()?;
        Some(self.fields[known].1)
    }

    fn is_named(&self, id: u16) -> bool {
        self.kinds.get(usize::from(id)).is_none_or(|(_, is_named)| *is_named)
    }
}

impl Row {
    pub fn has(&self, flag: Flag) -> bool {
        self.flags & flag.0 != 0
    }

    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// That of a text which has this many rows, itself first, and no error; this is that of another one.
    pub fn of_whole(&self, text: &str, rows: usize) -> Self {
        Self { start: 0, end: row_number(text.len()), next: row_number(rows), flags: Flag::NAMED.0, ..*self }
    }

    /// The same of a table that begins with more rows.
    fn behind(&self, rows: u32) -> Self {
        Self { parent: self.parent + rows, next: self.next + rows, ..*self }
    }

    /// The same of a table that begins with another row, of a text that begins further on, inside of more nodes.
    fn moved(&self, rows: u32, offset: u32, depth: u16) -> Self {
        Self {
            start: self.start + offset,
            end: self.end + offset,
            parent: self.parent.saturating_sub(rows),
            next: self.next - rows,
            depth: self.depth.saturating_add(depth),
            ..*self
        }
    }
}

/// The nodes of a text; what can't be parsed becomes error nodes.
pub(super) fn of_text(text: &str) -> Vec<Row> {
    walked(text, &[]).0
}

/// The nodes of a part of a text, with one row for each of these bodies in it; offsets are those of the part. None where there is an error,
/// or where something else is a body.
pub(super) fn around_bodies(text: &str, part: Range<usize>, bodies: &[Body]) -> Option<Vec<Row>> {
    let (mut outline, mut at) = (String::with_capacity(part.len()), part.start);
    // where each body stands in the outline, and how much shorter that is up to there
    let mut places: Vec<Range<usize>> = Vec::with_capacity(bodies.len());
    let mut shorter = vec![0];
    for Body { range, .. } in bodies {
        outline.push_str(&text[at..range.start]);
        let start = outline.len();
        outline.push_str(STATEMENT);
        places.push(start..outline.len());
        shorter.push(row_number(range.end - part.start - outline.len()));
        at = range.end;
    }
    outline.push_str(&text[at..part.end]);
    let (mut rows, found) = walked(&outline, &places);
    let mut passed = 0;
    for row in &mut rows {
        let ends_before = |place: &Range<usize>, offset: u32| place.end <= offset as usize;
        // rows are in order of their starts, and most have no body
        passed += places[passed..].iter().take_while(|place| ends_before(place, row.start)).count();
        let ahead = &places[passed..];
        let has_body = ahead.first().is_some_and(|place| ends_before(place, row.end));
        let inside = if has_body { ahead.partition_point(|place| ends_before(place, row.end)) } else { 0 };
        (row.start, row.end) = (row.start + shorter[passed], row.end + shorter[passed + inside]);
    }
    (found == bodies.len() && !rows[0].has(Flag::HAS_ERROR)).then_some(rows)
}

/// The nodes of a body, itself first, with one row for each of those in it; `row` is its own in the table around it, and `whole` are all of
/// the text.
pub(super) fn of_body<'w>(text: &str, body: &Body, row: &Row, whole: impl Fn() -> &'w [Row]) -> Vec<Row> {
    let part = body.definition..body.range.end;
    let outline = if body.inner.is_empty() { None } else { around_bodies(text, part.clone(), &body.inner) };
    let alone = outline.unwrap_or_else(|| of_text(&text[part]));
    let offset = row_number(body.definition);
    if let Some(first) = body_at(&alone, row.start - offset).filter(|first| alone[*first].end + offset == row.end) {
        return within(&alone, first, offset, row.depth);
    }
    // something behind the definition decides where it ends
    match body_at(whole(), row.start) {
        Some(first) => within(whole(), first, 0, row.depth),
        None => broken(whole(), row),
    }
}

/// A body that is none because of an error: what there is of its nodes among those of the whole text.
fn broken(whole: &[Row], row: &Row) -> Vec<Row> {
    let body = Row { parent: 0, flags: row.flags & !Flag::APART.0 | Flag::HAS_ERROR.0, ..*row };
    let mut rows = vec![body];
    let mut at = whole.partition_point(|inner| inner.start < row.start);
    while let Some(inner) = whole.get(at).filter(|inner| inner.start < row.end) {
        if inner.end > row.end {
            at += 1;
            continue;
        }
        let first = row_number(rows.len());
        rows.extend(within(whole, at, 0, row.depth.saturating_add(1)).into_iter().map(|inner| inner.behind(first)));
        rows[first as usize].parent = 0;
        at = inner.next as usize;
    }
    if !rows[1..].iter().any(|inner| inner.has(Flag::HAS_ERROR)) {
        let depth = row.depth.saturating_add(1);
        rows = vec![body, Row { kind: ERROR, field: 0, next: 2, depth, ..body }];
    }
    rows[0].next = row_number(rows.len());
    rows
}

/// The index of the block that begins at an offset.
fn body_at(rows: &[Row], start: u32) -> Option<usize> {
    let first = rows.partition_point(|row| row.start < start);
    let mut there = rows[first..].iter().take_while(|row| row.start == start);
    Some(first + there.position(|row| NAMES.kind(row.kind) == kind::BLOCK)?)
}

/// The rows of a node and those in it as a table of their own, which begins at an offset, at a depth.
fn within(rows: &[Row], first: usize, offset: u32, depth: u16) -> Vec<Row> {
    let depth = depth.saturating_sub(rows[first].depth);
    let inner = &rows[first..rows[first].next as usize];
    inner.iter().map(|inner| inner.moved(row_number(first), offset, depth)).collect()
}

/// The nodes of a text, and how many of the bodies are among them that stand at these places, each in one row. A backslash at
/// the end of a line can stand between any two of them, and is none.
fn walked(text: &str, bodies: &[Range<usize>]) -> (Vec<Row>, usize) {
    let StrDoc { tree, .. } = StrDoc::new(comments::joined(text).as_deref().unwrap_or(text), SupportLang::Python);
    let mut rows: Vec<Row> = Vec::with_capacity(text.len() / 6);
    let mut cursor = tree.walk();
    let has_errors = cursor.node().has_error();
    let (mut parent, mut depth, mut found) = (0, 0_u16, 0);
    // how many children of each node around are still to come: the cursor takes long to find that there is none
    let mut left: Vec<u32> = Vec::new();
    let GrammarNames { comment, continuation, splat, .. } = *NAMES;
    let mut splats: Vec<u32> = Vec::new();
    loop {
        let node = cursor.node();
        let index = row_number(rows.len());
        let kind = node.kind_id();
        let is_left_out = Some(kind) == continuation;
        let has_error = has_errors && node.has_error();
        let is_apart =
            bodies.get(found).is_some_and(|body| *body == node.byte_range()) && NAMES.kind(kind) == kind::BLOCK;
        if !is_left_out {
            if Some(kind) == splat && index == parent + 1 {
                splats.push(index);
            }
            rows.push(Row {
                start: row_number(node.start_byte()),
                end: row_number(node.end_byte()),
                parent,
                next: index + 1,
                kind,
                field: cursor.field_id().map_or(0, NonZero::get),
                depth,
                flags: Flag::all([
                    (NAMES.is_named(kind), Flag::NAMED),
                    (has_error && node.is_missing(), Flag::MISSING),
                    // the way out of an error may lead over others
                    (Some(kind) == comment || has_errors && node.is_extra(), Flag::EXTRA),
                    (has_error, Flag::HAS_ERROR),
                    (is_apart, Flag::APART),
                ]),
            });
        }
        found += usize::from(is_apart);
        let children = if is_apart || is_left_out { 0 } else { node.child_count() };
        if children > 0 && cursor.goto_first_child() {
            left.push(children - 1);
            (parent, depth) = (index, depth.saturating_add(1));
            continue;
        }
        loop {
            let Some(more) = left.last_mut() else {
                splats.into_iter().for_each(|splat| lift(&mut rows, splat));
                rows.shrink_to_fit();
                return (rows, found);
            };
            if *more > 0 && cursor.goto_next_sibling() {
                *more -= 1;
                break;
            }
            left.pop();
            cursor.goto_parent();
            (parent, depth) = closed(&mut rows, parent);
        }
    }
}

/// `*a.b(c)` where it stands alone in brackets: the grammar takes it for a call of an attribute of `*a`, and Python for all that `a.b(c)`
/// gives. The splat at an index, a first child, changes places with the nodes around it that begin with it.
fn lift(rows: &mut [Row], splat: u32) {
    let begins_with = |row: &Row| matches!(NAMES.kind(row.kind), kind::CALL | kind::ATTRIBUTE | kind::SUBSCRIPT);
    let mut top = splat;
    while top > 0 && rows[top as usize].parent == top - 1 && begins_with(&rows[top as usize - 1]) {
        top -= 1;
    }
    // behind the star
    let first = splat + 2;
    let is_plain = first < rows[splat as usize].next && !rows[first as usize].has(Flag::EXTRA);
    if top == splat || !is_plain {
        return;
    }
    let (outer, star, own) = (rows[top as usize], rows[splat as usize + 1], rows[splat as usize]);
    rows[first as usize].field = own.field;
    for row in &mut rows[first as usize..outer.next as usize] {
        row.parent = match row.parent {
            parent if parent == splat => splat + 1,
            parent if (top..splat).contains(&parent) => parent + 2,
            parent => parent,
        };
    }
    for row in &mut rows[own.next as usize..outer.next as usize] {
        row.depth = row.depth.saturating_add(1);
    }
    let start = rows[first as usize].start;
    rows.copy_within(top as usize..splat as usize, top as usize + 2);
    for (index, row) in (top + 2..).zip(&mut rows[top as usize + 2..=splat as usize + 1]) {
        let field = if index == top + 2 { 0 } else { row.field };
        let parent = if index == top + 2 { top } else { index - 1 };
        *row = Row { start, parent, field, depth: row.depth.saturating_add(1), ..*row };
    }
    let flags = own.flags | outer.flags & Flag::HAS_ERROR.0;
    rows[top as usize] = Row { kind: own.kind, flags, ..outer };
    rows[top as usize + 1] = Row { parent: top, next: top + 2, depth: outer.depth.saturating_add(1), ..star };
}

/// Ends a node whose last descendant has its row; gives the node around it, and its own depth.
fn closed(rows: &mut [Row], index: u32) -> (u32, u16) {
    let end = row_number(rows.len());
    let row = &mut rows[index as usize];
    row.next = end;
    (row.parent, row.depth)
}

/// tree-sitter has no larger offsets; no more rows are counted.
pub(super) fn row_number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
