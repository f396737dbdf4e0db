//! What comes into a collection, and what leaves it: by a method of it, or by a list that takes its place.

use std::rc::Rc;

use crate::module::Location;
use crate::syntax::Node;

use super::heap::{HeapLink, List, LoadState, RunValue, Standing};
use super::mapping::{Attribute, Relation};
use super::run::{Exit, Walkthrough};

impl Walkthrough<'_, '_> {
    /// A list takes the place of a collection.
    pub(super) fn set_list(
        &mut self,
        object: usize,
        relation: &Relation,
        value: &RunValue,
        at: &Location,
    ) -> Result<(), Exit> {
        let before = self.link(object, relation);
        let has_row = !matches!(self.heap.objects[object].standing, Standing::Transient | Standing::Pending);
        if before.state == LoadState::Unloaded && has_row && self.heap.objects[object].standing == Standing::Persistent
        {
            return Err(Exit::Ended);
        }
        let all = match value {
            RunValue::List(list) => List { owner: None, ..self.heap.lists[*list].clone() },
            _ => {
                if *value == RunValue::Unknown {
                    // whatever comes leaves others
                    self.heap.forget_all();
                }
                self.leave(object, relation, &before);
                self.heap.objects[object].links.insert(relation.name.clone(), HeapLink::unknown(at.clone()));
                if self.reverse(relation).is_some() {
                    self.heap.objects_in(value).into_iter().for_each(|one| self.may_leave(one, relation, Some(object)));
                }
                return Ok(());
            }
        };
        let owner = Some((object, relation.name.clone()));
        for other in before.value.iter().flat_map(|value| self.heap.objects_in(value)).collect::<Vec<_>>() {
            if !all.known.contains(&other) && all.rest != Some(other) {
                self.take_back(other, relation, object);
            }
        }
        self.may_leave_all(all.rest, relation, object);
        let objects: Vec<usize> = all.known.iter().copied().chain(all.rest).collect();
        let list = self.heap.list(List { owner, ..all });
        self.heap.objects[object].links.insert(relation.name.clone(), HeapLink::loaded(list, at.clone(), false));
        for one in objects {
            self.put_in(one, relation, object, &before, at);
        }
        Ok(())
    }

    /// An object is in the list that takes the place of another: if it was in that before, its own side isn't told.
    fn put_in(&mut self, one: usize, relation: &Relation, owner: usize, before: &HeapLink, at: &Location) {
        let known = match before.value {
            Some(RunValue::List(list)) if before.state == LoadState::Loaded => Some(list),
            _ => None,
        };
        if known.is_some_and(|list| self.heap.has(list, one)) {
            return;
        }
        self.put_back(one, relation, owner, at);
        let was_there = match known {
            Some(list) => self.heap.all_in(list).iter().any(|other| self.may_be_same(one, *other)),
            None => before.state != LoadState::Unloaded,
        };
        if was_there
            && let Some(reverse) = self.reverse(relation).filter(|reverse| !reverse.is_list)
            && let Some(back) = self.heap.objects[one].links.get_mut(&reverse.name)
        {
            back.state = LoadState::Unknown;
        }
    }

    pub(super) fn call_list(
        &mut self,
        list: usize,
        name: &str,
        given: &[(Option<String>, RunValue)],
        call: &Node<'_>,
    ) -> Result<RunValue, Exit> {
        let first = given.first().map_or(RunValue::Unknown, |(_, value)| value.clone());
        match (name, &first) {
            ("append" | "add", RunValue::Object(object)) => self.append(list, *object, call),
            ("extend", RunValue::List(other)) if self.can_take(list, *other) => self.extend(list, *other, call),
            ("sort", _) => {
                self.order(list, call, call)?;
                let list = &mut self.heap.lists[list];
                list.taken.clear();
                list.is_shuffled = true;
            }
            ("remove" | "discard", RunValue::Object(object)) if self.heap.lists[list].known.contains(object) => {
                self.heap.lists[list].known.retain(|one| one != object);
                if let Some((_, name)) = self.heap.lists[list].owner.clone() {
                    self.heap.moved.insert(name);
                }
                self.heap.forget(*object);
            }
            ("copy", _) => return Ok(self.copied(list)),
            ("index" | "count", _) => return Ok(RunValue::Other),
            ("all" | "unique", _) => return Ok(RunValue::List(list)),
            _ => return Ok(self.changed_somehow(list, given, call)),
        }
        Ok(RunValue::Nothing)
    }

    /// A method is called of which it isn't known what it does to a list; what it gives.
    pub(super) fn changed_somehow(
        &mut self,
        list: usize,
        given: &[(Option<String>, RunValue)],
        call: &Node<'_>,
    ) -> RunValue {
        self.doubt_list(list);
        given.iter().for_each(|(_, value)| self.forget_in(value));
        if given.iter().any(|(_, value)| *value == RunValue::Unknown) {
            self.heap.forget_all();
        }
        self.typed(call)
    }

    /// Whether a list can take all of another, of which others need not be known one by one.
    fn can_take(&self, list: usize, other: usize) -> bool {
        self.heap.lists[other].rest.is_none() || self.heap.lists[list].rest.is_none()
    }

    /// All of a list come into another.
    fn extend(&mut self, list: usize, other: usize, call: &Node<'_>) {
        let List { known, rest, may_lack_others, .. } = self.heap.lists[other].clone();
        for object in known.into_iter().chain(rest) {
            self.append(list, object, call);
        }
        if rest.is_some() {
            if let Some((owner, relation)) = self.relation_of(list) {
                self.may_leave_all(rest, &relation, owner);
            }
            let list = &mut self.heap.lists[list];
            list.known.retain(|one| Some(*one) != rest);
            (list.rest, list.may_lack_others) = (rest, may_lack_others);
        }
    }

    /// The relationship that a list is, and the object that has it.
    fn relation_of(&self, list: usize) -> Option<(usize, Rc<Relation>)> {
        let (owner, name) = self.heap.lists[list].owner.clone()?;
        match self.mapping.attribute(&self.heap.objects[owner].class, &name) {
            Attribute::Relation(relation) => Some((owner, relation)),
            _ => None,
        }
    }

    /// An object comes into a list: into the relationship that it is, too.
    fn append(&mut self, list: usize, object: usize, call: &Node<'_>) {
        let is_there = self.heap.lists[list].known.contains(&object);
        self.add_to(list, object);
        let Some((owner, relation)) = self.relation_of(list) else { return };
        let name = relation.name.clone();
        self.relate(owner, object);
        let at = self.module().location(&call.range());
        let link = self.link(owner, &relation);
        if !is_there || link.value != Some(RunValue::List(list)) {
            self.moves(object, &relation);
        }
        let is_told = is_there && self.is_told(object, &relation, owner);
        match &link.value {
            // nothing changes in the database, where it is in the session
            Some(RunValue::List(current)) if *current == list && is_told => {
                if self.heap.objects[owner].standing != Standing::Transient {
                    self.attach(object);
                }
                return;
            }
            Some(RunValue::List(current)) if *current == list && is_there => {}
            Some(RunValue::List(current)) if *current == list => {
                self.heap.objects[owner].links.entry(name).and_modify(|link| {
                    link.at = at.clone();
                    link.is_flushed = false;
                });
            }
            None if link.state == LoadState::Unloaded => {
                let standing = self.heap.objects[owner].standing;
                let is_new = matches!(standing, Standing::Transient | Standing::Pending);
                if !is_new {
                    return;
                }
                let loaded = HeapLink::loaded(RunValue::List(list), at.clone(), false);
                self.heap.objects[owner].links.insert(name, loaded);
            }
            _ => return,
        }
        self.heap.objects[owner].is_touched = true;
        self.may_join(object, owner, &relation, &at);
        self.put_back(object, &relation, owner, &at);
        if self.heap.objects[owner].standing != Standing::Transient {
            self.attach(object);
        }
    }

    /// An object comes into a list, in which it may be already, as one of those that aren't known apart.
    pub(super) fn add_to(&mut self, list: usize, object: usize) {
        if self.include(list, object) && !self.heap.objects[object].is_made {
            self.heap.lists[list].joined.insert(object);
        }
    }

    /// An object is in a list; whether that is news.
    pub(super) fn include(&mut self, list: usize, object: usize) -> bool {
        let list = &mut self.heap.lists[list];
        let is_new = !list.known.contains(&object);
        if is_new {
            list.is_anchored = true;
            list.known.push(object);
        }
        is_new
    }

    /// An object comes into a collection, or leaves one: where it can be in one alone, in that of another object it is no more.
    pub(super) fn moves(&mut self, object: usize, collection: &Relation) {
        let is_of_many = self.reverse(collection).is_some_and(|reverse| reverse.is_list);
        if collection.is_list && !is_of_many && !self.heap.objects[object].is_made {
            self.heap.moved.insert(collection.name.clone());
        }
    }
}
