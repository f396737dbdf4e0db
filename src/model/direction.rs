//! The tables of both sides and the join go in; the direction comes out, with the columns that decide it.
//!
//! It follows `JoinCondition` in `sqlalchemy/orm/relationships.py` and `Join._joincond_scan_left_right` in
//! `sqlalchemy/sql/selectable.py`.

use std::sync::Arc;

use foldhash::HashSet;

use super::table::{Column, ForeignKey, Table};

/// As SQLAlchemy has it: one-to-one is one-to-many or many-to-one there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationshipDirection {
    /// The target's table refers to the owner's.
    OneToMany,
    /// The owner's table refers to the target's.
    ManyToOne,
    /// A third table refers to both.
    ManyToMany,
}

/// The tables of a mapped class: its own first, then those of the classes that it inherits from.
#[derive(Debug, Clone, Default)]
pub struct Selectable {
    /// At least one.
    pub tables: Vec<Arc<Table>>,
}

/// One side of a comparison in a join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operand {
    /// The column; None where it is something else.
    pub column: Option<Column>,
    /// `foreign(…)`
    pub is_foreign: bool,
    /// `remote(…)`
    pub is_remote: bool,
}

/// Two operands that a join compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Left of the operator.
    pub left: Operand,
    /// Right of it.
    pub right: Operand,
}

/// What the arguments of the relationship say of its join.
#[derive(Debug, Clone, Default)]
pub struct Join {
    /// The comparisons of `primaryjoin`.
    pub primaryjoin: Option<Vec<Comparison>>,
    /// `foreign_keys`
    pub foreign_keys: Vec<Column>,
    /// `remote_side`
    pub remote_side: Vec<Column>,
}

/// A direction and the foreign keys that it follows from; none where the join names its foreign columns itself.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The direction.
    pub direction: RelationshipDirection,
    /// The pairs of referenced and foreign columns.
    pub pairs: Vec<(Column, Column)>,
    /// Where the constraint is declared.
    pub key: Option<ForeignKey>,
}

impl Selectable {
    fn has(&self, column: &Column) -> bool {
        self.tables.iter().any(|table| table.id == column.table)
    }

    fn table(&self, column: &Column) -> Option<&Arc<Table>> {
        self.tables.iter().find(|table| table.id == column.table)
    }

    fn is(&self, other: &[Arc<Table>]) -> bool {
        self.tables.len() == other.len() && self.tables.iter().zip(other).all(|(a, b)| a.id == b.id)
    }

    fn is_open(&self) -> bool {
        self.tables.iter().any(|table| table.is_open)
    }
}

impl Comparison {
    fn operands(&self) -> [&Operand; 2] {
        [&self.left, &self.right]
    }

    fn columns(&self) -> Option<(&Column, &Column)> {
        Some((self.left.column.as_ref()?, self.right.column.as_ref()?))
    }
}

/// A foreign key and the pairs of columns that it compares: the referenced one and its own.
type Candidate<'a> = (&'a ForeignKey, Vec<(Column, Column)>);

/// Decides without `secondary`. `is_same` says that owner and target are the same class.
///
/// # Errors
/// Why it can't be decided, in a few words.
pub fn decide(parent: &Selectable, child: &Selectable, join: &Join) -> Result<Decided, String> {
    let mut key = None;
    let mut comparisons = match &join.primaryjoin {
        Some(comparisons) => comparisons.clone(),
        None => {
            let (found, pairs) = foreign_key_between(parent, child, &join.foreign_keys)?;
            key = Some(found.clone());
            let operand = |column| Operand { column: Some(column), is_foreign: false, is_remote: false };
            pairs.into_iter().map(|(there, own)| Comparison { left: operand(there), right: operand(own) }).collect()
        }
    };
    mark_foreign(&mut comparisons, parent, child, &join.foreign_keys);
    let direction = direction_of(&mut comparisons, parent, child, &join.remote_side)?;
    let foreign_last = |comparison: &Comparison| {
        let (left, right) = comparison.columns()?;
        let pair = if comparison.left.is_foreign { (right, left) } else { (left, right) };
        (comparison.left.is_foreign || comparison.right.is_foreign).then(|| (pair.0.clone(), pair.1.clone()))
    };
    let pairs = comparisons.iter().filter_map(foreign_last).collect();
    Ok(Decided { direction, pairs, key })
}

/// The first table of two sides that may have more columns, by its name, or by that of its class.
fn open_table(parent: &Selectable, child: &Selectable) -> String {
    let table = parent.tables.iter().chain(&child.tables).find(|table| table.is_open);
    match table.and_then(|table| table.name.as_ref().map(|name| &name.name).or(table.named_after.as_ref())) {
        Some(name) => format!("the table of `{name}`"),
        None => "a table".to_owned(),
    }
}

/// The one foreign key between the two sides.
fn foreign_key_between<'a>(
    parent: &'a Selectable,
    child: &'a Selectable,
    considered: &[Column],
) -> Result<Candidate<'a>, String> {
    let own = parent.tables.get(..1).unwrap_or_default();
    for left in [own, parent.tables.as_slice()] {
        let mut candidates = candidates_between(left, child, considered);
        if candidates.len() > 1 && !considered.is_empty() {
            let wanted: HashSet<&Column> = considered.iter().collect();
            candidates.retain(|(key, pairs)| {
                key.columns.len() == wanted.len() && pairs.iter().map(|(_, own)| own).collect::<HashSet<_>>() == wanted
            });
        }
        if let Some((_, first)) = candidates.first() {
            if candidates.iter().any(|(_, pairs)| pairs != first) {
                return Err("several foreign keys link the two tables".to_owned());
            }
            return Ok(candidates.remove(0));
        }
        if parent.tables.len() > 1 && (parent.is_open() || child.is_open()) {
            return Err(format!("{} may have columns that can't be seen here", open_table(parent, child)));
        }
    }
    Err("no foreign key between the two tables can be seen here".to_owned())
}

fn candidates_between<'a>(left: &'a [Arc<Table>], child: &'a Selectable, considered: &[Column]) -> Vec<Candidate<'a>> {
    let mut candidates: Vec<Candidate<'a>> = Vec::new();
    let mut add = |from: &'a Arc<Table>, to: &'a Arc<Table>| {
        for (key, pairs) in from.keys_to(to) {
            let pairs: Vec<_> =
                pairs.into_iter().filter(|(_, own)| considered.is_empty() || considered.contains(own)).collect();
            if !pairs.is_empty() && !candidates.iter().any(|(known, _)| *known == key) {
                candidates.push((key, pairs));
            }
        }
    };
    for table in &child.tables {
        left.iter().for_each(|left| add(table, left));
    }
    if !child.is(left) {
        for left in left {
            child.tables.iter().for_each(|table| add(left, table));
        }
    }
    candidates
}

/// `_annotate_fks`
fn mark_foreign(comparisons: &mut [Comparison], parent: &Selectable, child: &Selectable, foreign_keys: &[Column]) {
    let is_marked = |comparison: &Comparison| comparison.operands().iter().any(|operand| operand.is_foreign);
    if comparisons.iter().any(is_marked) {
        return;
    }
    for comparison in comparisons {
        if !foreign_keys.is_empty() {
            for operand in [&mut comparison.left, &mut comparison.right] {
                operand.is_foreign = operand.column.as_ref().is_some_and(|column| foreign_keys.contains(column));
            }
        } else if let Some((left, right)) = comparison.columns() {
            let refers = |from: &Column, to: &Column| refers(parent, child, from, to);
            let (left_is_foreign, right_is_foreign) = (refers(left, right), refers(right, left));
            comparison.left.is_foreign = left_is_foreign;
            comparison.right.is_foreign = !left_is_foreign && right_is_foreign;
        }
    }
}

/// `Column.references`
fn refers(parent: &Selectable, child: &Selectable, from: &Column, to: &Column) -> bool {
    let table = |column| parent.table(column).or_else(|| child.table(column));
    let (Some(own), Some(other)) = (table(from), table(to)) else { return false };
    own.keys_to(other).any(|(_, pairs)| pairs.iter().any(|(there, own)| there == to && own == from))
}

/// `_determine_direction`
fn direction_of(
    comparisons: &mut [Comparison],
    parent: &Selectable,
    child: &Selectable,
    remote_side: &[Column],
) -> Result<RelationshipDirection, String> {
    let foreign = |comparisons: &[Comparison]| -> Vec<Operand> {
        let operands = comparisons.iter().flat_map(Comparison::operands).filter(|operand| operand.is_foreign);
        operands.cloned().collect()
    };
    let columns: Vec<Column> = foreign(comparisons).into_iter().filter_map(|operand| operand.column).collect();
    let in_child = columns.iter().any(|column| child.has(column));
    let in_parent = columns.iter().any(|column| parent.has(column));
    match (in_child, in_parent) {
        (true, false) => return Ok(RelationshipDirection::OneToMany),
        (false, true) => return Ok(RelationshipDirection::ManyToOne),
        (false, false) => return Err("the join has no column that is known to be foreign".to_owned()),
        (true, true) => {}
    }
    mark_remote(comparisons, parent, child, remote_side);
    let foreign = foreign(comparisons);
    let (mut one_to_many, mut many_to_one) = (columns_of(foreign.iter(), true), columns_of(foreign.iter(), false));
    if !one_to_many.is_empty() && !many_to_one.is_empty() {
        let all = |is_remote: bool| columns_of(comparisons.iter().flat_map(Comparison::operands), is_remote);
        let equated: HashSet<Column> = all(true).intersection(&all(false)).cloned().collect();
        one_to_many.retain(|column| !equated.contains(column));
        many_to_one.retain(|column| !equated.contains(column));
    }
    match (one_to_many.is_empty(), many_to_one.is_empty()) {
        (false, true) => Ok(RelationshipDirection::OneToMany),
        (true, false) => Ok(RelationshipDirection::ManyToOne),
        _ => Err("foreign columns stand on both sides of the join".to_owned()),
    }
}

/// The columns of the operands that are remote, or that are not.
fn columns_of<'a>(operands: impl Iterator<Item = &'a Operand>, is_remote: bool) -> HashSet<Column> {
    operands.filter(|operand| operand.is_remote == is_remote).filter_map(|operand| operand.column.clone()).collect()
}

/// `_annotate_remote`
fn mark_remote(comparisons: &mut [Comparison], parent: &Selectable, child: &Selectable, remote_side: &[Column]) {
    if comparisons.iter().flat_map(Comparison::operands).any(|operand| operand.is_remote) {
        return;
    }
    let in_both = |column: &Column| parent.has(column) && child.has(column);
    let is_self_referential =
        comparisons.iter().filter_map(Comparison::columns).any(|(left, right)| in_both(left) && in_both(right));
    let has_two_columns = |comparison: &Comparison| comparison.columns().is_some();
    for comparison in comparisons {
        if is_self_referential {
            if !has_two_columns(comparison) {
                continue;
            }
            let is_equated = comparison.left.column == comparison.right.column;
            let is_remote = |operand: &Operand| match &operand.column {
                Some(column) if !remote_side.is_empty() => remote_side.contains(column),
                _ => operand.is_foreign,
            };
            comparison.left.is_remote = is_remote(&comparison.left);
            comparison.right.is_remote = is_remote(&comparison.right) && !is_equated;
        } else if !remote_side.is_empty() {
            for operand in [&mut comparison.left, &mut comparison.right] {
                operand.is_remote = operand.column.as_ref().is_some_and(|column| remote_side.contains(column));
            }
        } else if let Some((left, right)) = comparison.columns() {
            let is_remote = |own: &Column, other: &Column| child.has(own) && parent.has(other);
            let marks = (is_remote(left, right), is_remote(right, left));
            (comparison.left.is_remote, comparison.right.is_remote) = marks;
        }
    }
}
