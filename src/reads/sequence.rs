//! A sequence of objects: what is taken of it by its place or its key, and what it gives as another sequence.

use std::collections::BTreeMap;

use crate::syntax::{Node, Parts, kind};

use super::heap::{Freshness, HeapLink, List, LoadState, Options, RunValue, Standing, UnseenRelationships};
use super::run::{Exit, Walkthrough};

/// What a subscript asks for.
enum Subscript {
    /// From the end where it is below zero.
    Place(i64),
    /// From one place to another, which it doesn't come to.
    Slice(usize, Option<i64>),
    Other,
}

impl Subscript {
    fn of(node: &Node<'_>) -> Self {
        let text = node.text();
        if let Ok(place) = text.parse() {
            return Self::Place(place);
        }
        let bounds: Vec<&str> = text.split(':').map(str::trim).collect();
        match bounds.as_slice() {
            [start, end] if node.kind() == kind::SLICE => {
                let start = if start.is_empty() { Some(0) } else { start.parse().ok() };
                let end = if end.is_empty() { Some(None) } else { end.parse().ok().map(Some) };
                start.zip(end).map_or(Self::Other, |(start, end)| Self::Slice(start, end))
            }
            _ => Self::Other,
        }
    }
}

impl RunValue {
    /// The list that something goes through.
    pub(super) fn sequence(&self) -> Option<usize> {
        match self {
            Self::List(list) | Self::Numbered(list) => Some(*list),
            _ => None,
        }
    }

    /// One of what `enumerate` gives.
    pub(super) fn numbered(self) -> Self {
        Self::Tuple(vec![Self::Other, self])
    }
}

impl Walkthrough<'_, '_> {
    /// `of[index]`
    pub(super) fn subscript(&mut self, node: &Node<'_>) -> Result<RunValue, Exit> {
        let Some(of) = node.field("value") else { return Ok(RunValue::Unknown) };
        let of = self.value(&of)?;
        let index = node.field("subscript");
        if let Some(index) = &index {
            self.value(index)?;
        }
        let index = index.as_ref().map_or(Subscript::Other, Subscript::of);
        match (&of, index) {
            (RunValue::List(list), Subscript::Place(place)) => self.at_place(*list, place),
            (RunValue::List(list), Subscript::Slice(start, end)) => {
                Ok(self.slice(*list, start, end)?.unwrap_or_else(|| self.typed(node)))
            }
            (RunValue::Mapping(list), Subscript::Place(_)) => Ok(self.any_of(*list)),
            (RunValue::List(list) | RunValue::Mapping(list), Subscript::Other) => Ok(self.any_of(*list)),
            (RunValue::Tuple(parts), Subscript::Place(place)) => {
                let place = usize::try_from(place).ok();
                Ok(place.and_then(|place| parts.get(place)).cloned().unwrap_or(RunValue::Unknown))
            }
            (of, _) if of.is_no_object() => Ok(RunValue::Other),
            _ => Ok(self.typed(node)),
        }
    }

    /// What is at a place of a list.
    pub(super) fn at_place(&mut self, list: usize, place: i64) -> Result<RunValue, Exit> {
        let this = &self.heap.lists[list];
        if this.is_shuffled {
            return Ok(self.any_of(list));
        }
        if this.rest.is_none() {
            let from_start = if place < 0 { place + this.known.len() as i64 } else { place };
            let known = usize::try_from(from_start).ok().and_then(|place| this.known.get(place)).copied();
            return known.map(RunValue::Object).ok_or(Exit::Ended);
        }
        if self.may_be_known(list, place) {
            return Ok(self.any_of(list));
        }
        // there is one
        let rest = this.rest;
        for list in self.heap.lists.iter_mut().filter(|list| list.rest == rest) {
            list.is_anchored &= !list.known.is_empty();
            list.may_lack_others &= !list.known.is_empty();
        }
        let known = self.heap.lists[list].taken.get(&place).copied();
        let one = known.or_else(|| self.one_of_list(list));
        if let Some(one) = one {
            self.heap.lists[list].taken.insert(place, one);
        }
        Ok(one.map_or(RunValue::Unknown, RunValue::Object))
    }

    /// `list[start:end]`, where it is known what that has: the first of it, and others that need not be there.
    fn slice(&mut self, list: usize, start: usize, end: Option<i64>) -> Result<Option<RunValue>, Exit> {
        let this = &self.heap.lists[list];
        let end_from_start = end.map(usize::try_from).transpose().ok();
        if this.is_shuffled {
            return Ok(None);
        }
        if start == 0 && end.is_none() {
            return Ok(Some(self.copied(list)));
        }
        if this.rest.is_none() {
            let Some(end) = end_from_start else { return Ok(None) };
            let known = this.known.iter().take(end.unwrap_or(usize::MAX)).skip(start).copied().collect();
            return Ok(Some(self.heap.list(List { known, ..List::default() })));
        }
        if start > 1 || end.is_some_and(|end| end <= 0) {
            return Ok(None);
        }
        let has_others = end != Some(start as i64 + 1);
        let RunValue::Object(first) = self.at_place(list, start as i64)? else { return Ok(None) };
        let class = self.heap.objects[first].class.clone();
        let rest = has_others.then(|| self.heap.possible(class));
        let slice = List { known: vec![first], rest, may_lack_others: true, is_anchored: true, ..List::default() };
        Ok(Some(self.heap.list(slice)))
    }

    /// One of a list, not known which.
    pub(super) fn any_of(&mut self, list: usize) -> RunValue {
        self.one_of_all(list).map_or(RunValue::Unknown, RunValue::Object)
    }

    /// One of the objects of a list: one that is known, or another.
    fn one_of_all(&mut self, list: usize) -> Option<usize> {
        let all = self.heap.all_in(list);
        let class = self.heap.objects[*all.last()?].class.clone();
        let is_persistent = |one: &usize| self.heap.objects[*one].standing == Standing::Persistent;
        let is_loaded = |one: &usize| matches!(self.heap.objects[*one].freshness, Freshness::Loaded);
        let is_expired = |one: &usize| {
            let known = &self.heap.objects[*one];
            matches!(known.freshness, Freshness::Expired(_)) && known.written.is_empty()
        };
        let are_expired = all.iter().all(is_expired);
        if !all.iter().all(is_persistent) || !are_expired && !all.iter().all(is_loaded) {
            return Some(self.heap.foreign(class));
        }
        let mut options = Options::default();
        all.iter().for_each(|one| options.add_possible(&self.heap.objects[*one].options));
        let is_foreign = all.iter().any(|one| self.heap.objects[*one].is_foreign);
        let freshness = self.heap.objects[all[0]].freshness.clone();
        let object = self.heap.queried(class, options);
        let chosen_from = self.heap.chosen_from(list);
        let known = &mut self.heap.objects[object];
        known.one_of = Some(chosen_from);
        (known.is_given, known.is_foreign, known.base) = (true, is_foreign, UnseenRelationships::Unknown);
        if are_expired {
            known.freshness = freshness;
        }
        let class = known.class.clone();
        for relation in self.mapping.relations(&class).iter() {
            let link = self.link(all[0], relation);
            if all.iter().all(|one| self.link(*one, relation).state == LoadState::Unloaded) {
                let link = HeapLink { value: None, lost: None, is_flushed: true, ..link };
                self.heap.objects[object].links.insert(relation.name.clone(), link);
            }
        }
        Some(object)
    }

    /// Whether what is at a place of a list may be one that is known by another name: of a copy, by its place from the other end, or apart from
    /// the others.
    fn may_be_known(&self, list: usize, place: i64) -> bool {
        let this = &self.heap.lists[list];
        let is_anchored = this.is_anchored && !this.known.is_empty();
        let has_copy =
            |(other, copy): (usize, &List)| other != list && copy.rest == this.rest && !copy.taken.is_empty();
        // the first is not the last
        let can_be_at = |other: &i64| (*other < 0) != (place < 0) && place.max(*other) - place.min(*other) != 1;
        let may_be_there = || this.taken.keys().any(can_be_at) || self.heap.lists.iter().enumerate().any(has_copy);
        is_anchored || !this.taken.contains_key(&place) && may_be_there()
    }

    /// `[a, *others]`
    pub(super) fn display(&mut self, node: &Node<'_>) -> Result<RunValue, Exit> {
        let mut parts = Vec::new();
        for part in node.parts() {
            let splatted = part.parts().next().filter(|_| part.kind() == kind::LIST_SPLAT);
            parts.push((self.value(splatted.as_ref().unwrap_or(&part))?, splatted.is_some()));
        }
        Ok(self.concatenated(parts))
    }

    /// A list of objects, and of all that is in other lists, which are said to be that.
    pub(super) fn concatenated(&mut self, parts: Vec<(RunValue, bool)>) -> RunValue {
        let (mut joined, mut is_known, mut has_objects) = (List::default(), true, false);
        for (value, is_list) in parts {
            match value {
                RunValue::Object(object) if !is_list => joined.known.push(object),
                RunValue::List(list) if is_list && joined.rest.is_none_or(|rest| self.heap.has(list, rest)) => {
                    let list = &self.heap.lists[list];
                    joined.known.extend(&list.known);
                    joined.rest = list.rest.or(joined.rest);
                    joined.may_lack_others |= list.may_lack_others;
                    joined.is_shuffled |= list.is_shuffled;
                    joined.joined.extend(&list.joined);
                }
                value => {
                    is_known = false;
                    has_objects |= !(value.is_no_object() || value == RunValue::Nothing);
                }
            }
        }
        // some came beside the others of a list
        joined.is_anchored = joined.rest.is_some() && !joined.known.is_empty();
        let is_empty = joined.known.is_empty() && joined.rest.is_none();
        match is_known {
            true => self.heap.list(joined),
            false if has_objects || !is_empty => RunValue::Unknown,
            false => RunValue::Other,
        }
    }

    /// The same objects in another list, which is no relationship.
    pub(super) fn copied(&mut self, list: usize) -> RunValue {
        let copy = List { owner: None, ..self.heap.lists[list].clone() };
        self.heap.list(copy)
    }

    /// The same in an order that isn't known.
    pub(super) fn shuffled(&mut self, list: usize) -> RunValue {
        let copy = &self.heap.lists[list];
        let copy = List { owner: None, taken: BTreeMap::new(), is_shuffled: true, ..copy.clone() };
        self.heap.list(copy)
    }

    /// What the parts of a list are assigned to, one of which can take several: `first, *others = list`.
    pub(super) fn unpacked(&mut self, list: usize, targets: &[Node<'_>]) -> Vec<RunValue> {
        let is_star = |target: &Node<'_>| target.kind() == kind::LIST_SPLAT_PATTERN;
        let star = targets.iter().position(is_star);
        let mut parts = Vec::new();
        for place in 0..targets.len() {
            let part = match star {
                Some(star) if place == star => self.slice(list, place, None).ok().flatten(),
                Some(star) if place > star => self.at_place(list, place as i64 - targets.len() as i64).ok(),
                _ => self.at_place(list, place as i64).ok(),
            };
            parts.push(part.unwrap_or(RunValue::Unknown));
        }
        parts
    }
}
