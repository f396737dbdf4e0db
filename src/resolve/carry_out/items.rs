//! A subscript, a comprehension or something to go through goes in; the items come out.

use super::Carried;
use super::patterns::group;
use crate::python::{CollectionKind, PyValue};
use crate::resolve::Resolver;
use crate::resolve::effort::Effort;
use crate::resolve::literal::shortened;
use crate::resolve::locals::{Known, Locals};
use crate::resolve::place::Place;
use crate::resolve::reason::Reason;
use crate::resolve::strings;
use crate::syntax::{Node, Parts, dotted_name, kind, unparenthesized};

/// How many elements a list may have.
pub(super) const MOST_ELEMENTS: usize = 500;

impl Resolver<'_> {
    /// `object[index]`, `object[start:stop]`, and a group of a match.
    pub(super) fn indexed(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Carried<PyValue> {
        let index = node.field("subscript")?;
        let object = node.field("value")?;
        let unknown = || Reason::about(&shortened(&node.text()), "can't be told");
        if let Some(Known::Match(groups)) = dotted_name(&object).and_then(|names| place.known(&names[0])) {
            return Some(self.one(place, &index, effort).and_then(|index| group(groups, &index).ok_or_else(unknown)));
        }
        if index.kind() == kind::STRING {
            return None;
        }
        let object = match self.one(place, &object, effort) {
            Ok(object @ (PyValue::Str(_) | PyValue::Collection(..))) => object,
            _ => return None,
        };
        if index.kind() != kind::SLICE {
            return Some(match self.one(place, &index, effort) {
                Ok(PyValue::Int(index)) => strings::item(&object, index).ok_or_else(unknown),
                Ok(_) => Err(unknown()),
                Err(why) => Err(why),
            });
        }
        Some(self.bounds(place, &index, effort).and_then(|bounds| strings::slice(&object, bounds).ok_or_else(unknown)))
    }

    pub(super) fn bounds(&self, place: &Place, slice: &Node<'_>, effort: &Effort) -> Result<[Option<i64>; 3], Reason> {
        let (mut bounds, mut index) = ([None; 3], 0);
        for child in slice.children().filter(|child| child.kind() != kind::COMMENT) {
            if child.kind() == ":" {
                index += 1;
                continue;
            }
            let bound = bounds.get_mut(index).ok_or("a slice can't be read")?;
            *bound = match self.one(place, &child, effort)? {
                PyValue::Int(number) => Some(number),
                PyValue::None => None,
                _ => return Err(Reason::about(&child.text(), "is no number")),
            };
        }
        Ok(bounds)
    }

    /// The elements of a comprehension, clause by clause.
    pub(super) fn comprehension(
        &self,
        place: &Place,
        node: &Node<'_>,
        effort: &Effort,
    ) -> Result<Vec<PyValue>, Reason> {
        let body = node.field("body").ok_or("a comprehension can't be read")?;
        let clauses = node.parts().filter(|child| matches!(&*child.kind(), kind::FOR_IN_CLAUSE | kind::IF_CLAUSE));
        let mut rounds = vec![place.with(Locals::default())];
        for clause in clauses {
            let mut next = Vec::new();
            for round in rounds {
                if clause.kind() == kind::IF_CLAUSE {
                    let condition = clause.parts().next();
                    if self.truth(&round, &condition.ok_or("a condition can't be read")?, effort)? {
                        next.push(round);
                    }
                    continue;
                }
                let (left, right) = (clause.field("left"), clause.field("right"));
                let (left, right) = left.zip(right).ok_or("a comprehension can't be read")?;
                for element in self.elements(&round, &right, effort)? {
                    let mut inner = round.clone();
                    bind(&mut inner, &left, element)?;
                    next.push(inner);
                }
                if next.len() > MOST_ELEMENTS {
                    return Err("it takes too many steps".into());
                }
            }
            rounds = next;
        }
        rounds.iter().map(|round| self.one(round, &body, effort)).collect()
    }

    /// What iterating over an expression gives.
    pub(in crate::resolve) fn elements(
        &self,
        place: &Place,
        node: &Node<'_>,
        effort: &Effort,
    ) -> Result<Vec<PyValue>, Reason> {
        let value = self.one(place, node, effort)?;
        let is_ordered = !matches!(value, PyValue::Collection(CollectionKind::Set | CollectionKind::FrozenSet, _));
        let elements = value.into_elements().filter(|items| is_ordered && items.len() <= MOST_ELEMENTS);
        elements.ok_or_else(|| Reason::about(&shortened(&node.text()), "has no elements in order"))
    }
}

/// Binds the names of a pattern to the parts of a value.
pub(in crate::resolve) fn bind(place: &mut Place, pattern: &Node<'_>, value: PyValue) -> Result<(), Reason> {
    let pattern = unparenthesized(pattern);
    match &*pattern.kind() {
        kind::IDENTIFIER => {
            place.set(&pattern.text(), Known::Value(value));
            Ok(())
        }
        kind::PATTERN_LIST | kind::TUPLE_PATTERN | kind::LIST_PATTERN => {
            let names: Vec<Node<'_>> = pattern.parts().collect();
            let values = value.into_elements().filter(|values| values.len() == names.len());
            let values = values.ok_or_else(|| Reason::about(&pattern.text(), "can't be unpacked here"))?;
            names.iter().zip(values).try_for_each(|(name, value)| bind(place, name, value))
        }
        _ => Err(Reason::about(&shortened(&pattern.text()), "is assigned in a way that is not carried out here")),
    }
}
