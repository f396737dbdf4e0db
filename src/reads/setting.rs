//! An attribute of an object is set, or an object comes into a relationship: what that does on both sides.

use crate::module::Location;
use crate::types::Class;

use super::heap::{Freshness, HeapLink, List, LoadState, RunValue, Standing};
use super::mapping::{Attribute, Relation};
use super::run::{Exit, Walkthrough};

impl Walkthrough<'_, '_> {
    /// Sets an attribute.
    pub(super) fn set(&mut self, object: usize, name: &str, value: &RunValue, at: &Location) -> Result<(), Exit> {
        let class = self.heap.objects[object].class.clone();
        let Attribute::Relation(relation) = self.mapping.attribute(&class, name) else {
            self.heap.objects[object].is_touched = true;
            let may_lead = self.mapping.may_be_foreign_key(&class, name);
            self.heap.objects[object].is_keyed |= may_lead;
            if (may_lead || name.ends_with("id")) && !self.heap.objects[object].is_made {
                self.lead_elsewhere(object, &class, at);
                self.heap.moved_by_key.push(class);
            }
            self.write_column(object, name);
            return Ok(());
        };
        let before = self.link(object, &relation);
        if !relation.is_list && before.value.as_ref() == Some(value) {
            // the other side isn't told, and nothing changes where it was loaded
            self.heap.objects[object].is_touched |= before.state != LoadState::Loaded;
            let link = HeapLink::loaded(value.clone(), at.clone(), before.is_flushed);
            self.heap.objects[object].links.insert(relation.name.clone(), link);
            return Ok(());
        }
        self.heap.objects[object].is_touched = true;
        self.heap.objects_in(value).into_iter().for_each(|one| self.relate(object, one));
        if !self.is_known(value) {
            self.relate_to(object, &relation.target, None);
        }
        if relation.is_list {
            self.heap.objects_in(value).into_iter().for_each(|one| self.moves(one, &relation));
        } else if let Some(reverse) = self.reverse(&relation) {
            self.moves(object, &reverse);
        }
        if relation.is_list {
            self.set_list(object, &relation, value, at)
        } else {
            self.set_one(object, &relation, value, at)
        }
        .map(|()| {
            self.may_be_set(object, &relation, value, at);
            self.join_session(object, value);
        })
    }

    /// What may be a foreign key of an object is set: where that leads isn't known.
    fn lead_elsewhere(&mut self, object: usize, class: &Class, at: &Location) {
        for one in self.each_like(object) {
            for relation in self.mapping.relations(class).iter().filter(|relation| relation.is_by_key) {
                self.heap.objects[one].links.insert(relation.name.clone(), HeapLink::unknown(at.clone()));
            }
        }
    }

    /// A relationship of an object is set: of others that may be the same, or be what it is set to, it isn't known whether theirs was.
    fn may_be_set(&mut self, object: usize, relation: &Relation, value: &RunValue, at: &Location) {
        let reverse = self.reverse(relation);
        for other in self.others_like(object) {
            let link = self.link(other, relation);
            if !relation.is_list && link.value.as_ref() == Some(value) {
                // it leads there in any case
                let state = if link.state == LoadState::Loaded { link.state } else { LoadState::Unknown };
                self.heap.doubt(other);
                self.heap.objects[other].links.insert(relation.name.clone(), HeapLink { state, ..link });
            } else {
                self.may_be_replaced(other, relation, reverse.as_deref(), Some(value), at);
            }
        }
        let Some(reverse) = reverse else { return };
        for target in self.heap.objects_in(value) {
            self.may_lead(target, object, &reverse, Some(relation), at);
        }
    }

    /// A relationship of an object leads to another now: of others that may be the object it isn't known whether theirs does.
    fn may_lead(&mut self, object: usize, to: usize, relation: &Relation, reverse: Option<&Relation>, at: &Location) {
        for other in self.others_like(object).into_iter().filter(|other| *other != to) {
            if relation.is_list {
                self.may_have_more(other, relation);
            } else {
                self.may_be_replaced(other, relation, reverse, None, at);
            }
        }
    }

    /// A relationship of an object may lead elsewhere from now on: to a value, where that is known.
    fn may_be_replaced(
        &mut self,
        object: usize,
        relation: &Relation,
        reverse: Option<&Relation>,
        by: Option<&RunValue>,
        at: &Location,
    ) {
        self.heap.doubt(object);
        if let Some(reverse) = reverse {
            self.may_leave(object, reverse, None);
        }
        let is_loaded = self.link(object, relation).state == LoadState::Loaded;
        let link = match by {
            // it is loaded in any case, and leads to one of two
            Some(RunValue::Object(_)) if is_loaded => {
                HeapLink::loaded(self.foreign_value(object, relation), at.clone(), false)
            }
            _ => HeapLink::unknown(at.clone()),
        };
        self.heap.objects[object].links.insert(relation.name.clone(), link);
    }

    /// A column is set. Another name of the same object has it then, too.
    pub(super) fn write_column(&mut self, object: usize, name: &str) {
        for one in self.each_like(object) {
            self.heap.objects[one].written.insert(name.to_owned());
        }
    }

    /// What is set comes into the session with the object that has it.
    fn join_session(&mut self, object: usize, value: &RunValue) {
        if self.heap.objects[object].standing != Standing::Transient {
            for joined in self.heap.objects_in(value) {
                self.attach(joined);
            }
        }
    }

    fn set_one(&mut self, object: usize, relation: &Relation, value: &RunValue, at: &Location) -> Result<(), Exit> {
        let before = self.link(object, relation);
        self.leave(object, relation, &before);
        let link = match value {
            RunValue::Object(_) | RunValue::Nothing => HeapLink::loaded(value.clone(), at.clone(), false),
            _ => HeapLink::unknown(at.clone()),
        };
        self.heap.objects[object].links.insert(relation.name.clone(), link);
        let Some(reverse) = self.reverse(relation) else { return Ok(()) };
        self.heap.objects[object].is_moved |= !self.was_empty(object, &before);
        if let RunValue::Object(target) = value {
            let led_to = self.link(*target, &reverse).value;
            let is_other = led_to.is_some_and(|known| known != RunValue::Object(object));
            self.put_back(*target, relation, object, at);
            let back = self.heap.objects[*target].links.get_mut(&reverse.name).filter(|_| !reverse.is_list);
            match (back, before.state) {
                // it can have been there before: then the other side isn't told, and leads to where it did
                (Some(back), LoadState::Unknown) if is_other => *back = HeapLink::unknown(at.clone()),
                (Some(back), LoadState::Unknown) => back.state = LoadState::Unknown,
                // without a key that leads there, what was there isn't looked for: the other side is told
                (Some(back), LoadState::Unloaded) if !relation.is_by_key && reverse.is_by_key => {
                    back.state = LoadState::Loaded
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// An object comes into a collection of another: of others that may be one of the two it isn't known whether they did.
    pub(super) fn may_join(&mut self, object: usize, owner: usize, relation: &Relation, at: &Location) {
        let reverse = self.reverse(relation);
        self.may_lead(owner, object, relation, reverse.as_deref(), at);
        match reverse {
            Some(reverse) => self.may_lead(object, owner, &reverse, Some(relation), at),
            None => self.others_like(object).into_iter().for_each(|other| self.heap.doubt(other)),
        }
    }

    /// Whether an object knows of another, which has it in a relationship, so that it doesn't change when it comes there again.
    pub(super) fn is_told(&self, object: usize, relation: &Relation, owner: usize) -> bool {
        let Some(name) = &relation.reverse else { return true };
        let Some(link) = self.heap.objects[object].links.get(name).filter(|link| link.state == LoadState::Loaded)
        else {
            return false;
        };
        let leads_back = link.value.as_ref().is_some_and(|value| match value {
            RunValue::List(list) => self.heap.lists[*list].known.contains(&owner),
            value => *value == RunValue::Object(owner),
        });
        leads_back && matches!(self.heap.objects[object].freshness, Freshness::Loaded)
    }

    /// A relationship of others may lead to an object no more; of one of them it does.
    pub(super) fn may_leave(&mut self, object: usize, relation: &Relation, but_of: Option<usize>) {
        for owner in (0..self.heap.objects.len()).filter(|owner| Some(*owner) != but_of) {
            let value = self.heap.objects[owner].links.get(&relation.name).and_then(|link| link.value.clone());
            match value {
                Some(RunValue::List(list)) if self.heap.has(list, object) => {
                    self.heap.lists[list].known.retain(|one| *one != object);
                    self.heap.lists[list].rest.take_if(|rest| *rest == object);
                    self.heap.lists[list].loosen();
                    self.may_have_more(owner, relation);
                }
                Some(RunValue::Object(target)) if target == object => {
                    self.heap.objects[owner].links.entry(relation.name.clone()).and_modify(|link| {
                        (link.state, link.value, link.lost) = (LoadState::Unknown, None, None);
                    });
                }
                _ => {}
            }
        }
    }

    /// What stands for the others of a list comes into a collection: where it can be in one alone, it may leave that of another.
    pub(super) fn may_leave_all(&mut self, rest: Option<usize>, collection: &Relation, owner: usize) {
        if let Some(rest) = rest.filter(|_| self.reverse(collection).is_some_and(|reverse| !reverse.is_list)) {
            self.may_leave(rest, collection, Some(owner));
        }
    }

    /// A relationship of an object may lead to one more: that changes nothing where it has others that aren't known one by one.
    fn may_have_more(&mut self, object: usize, relation: &Relation) {
        self.heap.doubt(object);
        let mut link = self.link(object, relation);
        match link.value {
            Some(RunValue::List(list)) if link.state == LoadState::Loaded => {
                if self.heap.lists[list].rest.is_none() {
                    let rest = self.heap.possible(relation.target.clone());
                    self.heap.lists[list].rest = Some(rest);
                    self.heap.lists[list].loosen();
                }
            }
            _ => link.obscure(),
        }
        self.heap.objects[object].links.insert(relation.name.clone(), link);
    }

    /// The other side of what an object no longer leads to.
    pub(super) fn leave(&mut self, object: usize, relation: &Relation, before: &HeapLink) {
        let Some(value) = &before.value else { return self.leave_all(object, relation) };
        for other in self.heap.objects_in(value) {
            self.take_back(other, relation, object);
        }
    }

    /// An object no longer leads to one that isn't known: it is in the collection of none of those that it may have led to.
    fn leave_all(&mut self, object: usize, relation: &Relation) {
        let Some(reverse) = self.reverse(relation).filter(|_| !relation.is_list) else { return };
        for list in &mut self.heap.lists {
            if list.owner.as_ref().is_some_and(|(_, name)| *name == reverse.name) {
                list.known.retain(|one| *one != object);
            }
        }
    }

    /// An object is no longer in a relationship of another: it isn't in the other side either.
    pub(super) fn take_back(&mut self, other: usize, relation: &Relation, object: usize) {
        let Some(reverse) = self.reverse(relation) else { return };
        let Some(link) = self.heap.objects[other].links.get_mut(&reverse.name) else { return };
        match link.value {
            Some(RunValue::List(list)) => self.heap.lists[list].known.retain(|one| *one != object),
            Some(RunValue::Object(target)) if target == object => link.value = Some(RunValue::Nothing),
            _ => {}
        }
    }

    /// An object comes into a relationship of another: it is on the other side too, as far as that is loaded or not in the database yet.
    pub(super) fn put_back(&mut self, other: usize, relation: &Relation, object: usize, at: &Location) {
        self.heap.objects[other].is_touched = true;
        self.relate(object, other);
        let Some(reverse) = self.reverse(relation) else { return };
        let link = self.link(other, &reverse);
        if !reverse.is_list {
            self.put_back_one(other, relation, &reverse, object, at);
            return;
        }
        let is_new = matches!(self.heap.objects[other].standing, Standing::Transient | Standing::Pending);
        match (link.state, &link.value) {
            (LoadState::Loaded, value) => {
                let value = value.clone();
                let value = value.unwrap_or_else(|| self.value_at(other, &reverse, at));
                let RunValue::List(list) = value else { return };
                self.add_to(list, object);
                self.heap.objects[other].links.entry(reverse.name.clone()).and_modify(|link| link.is_flushed = false);
            }
            (LoadState::Unloaded, _) if is_new => {
                let owner = Some((other, reverse.name.clone()));
                let list = self.heap.list(List { known: vec![object], owner, ..List::default() });
                self.heap.objects[other].links.insert(reverse.name.clone(), HeapLink::loaded(list, at.clone(), false));
            }
            _ => {}
        }
    }

    /// The same, where the other side leads to one object.
    fn put_back_one(&mut self, other: usize, relation: &Relation, reverse: &Relation, object: usize, at: &Location) {
        let link = self.link(other, reverse);
        if link.value == Some(RunValue::Object(object)) {
            let back = HeapLink::loaded(RunValue::Object(object), at.clone(), link.is_flushed);
            self.heap.objects[other].links.insert(reverse.name.clone(), back);
            return;
        }
        if !self.was_empty(other, &link) {
            self.heap.objects[other].is_moved = true;
            self.heap.moved.insert(reverse.name.clone());
        }
        match link.value {
            Some(RunValue::Object(before)) if before != object && relation.is_list => {
                self.take_back(before, reverse, other);
            }
            // whether what led to it before is told depends on who told the other side
            Some(RunValue::Object(before)) if before != object => {
                self.heap.moved.insert(relation.name.clone());
                self.heap.objects[before].links.insert(relation.name.clone(), HeapLink::unknown(at.clone()));
            }
            _ => {}
        }
        let mut back = HeapLink::loaded(RunValue::Object(object), at.clone(), false);
        let has_come = !self.heap.objects[object].is_made && !relation.is_list;
        if has_come && !self.heap.objects[other].is_made {
            // what is set can have been there before: then the other side isn't told
            back.state = LoadState::Unknown;
        }
        self.heap.objects[other].links.insert(reverse.name.clone(), back);
    }

    /// Whether a relationship is known to have led to nothing.
    fn was_empty(&self, object: usize, before: &HeapLink) -> bool {
        let is_new = self.heap.objects[object].is_made && before.value.is_none();
        is_new || matches!(before.value, Some(RunValue::Nothing))
    }

    /// Whether it is known which objects a value has.
    fn is_known(&self, value: &RunValue) -> bool {
        match value {
            RunValue::Object(_) | RunValue::Nothing => true,
            RunValue::List(list) => self.heap.lists[*list].rest.is_none(),
            _ => false,
        }
    }

    /// Two objects are related from now on.
    pub(super) fn relate(&mut self, one: usize, other: usize) {
        for (one, other) in [(one, other), (other, one)] {
            self.relate_to(one, &self.heap.objects[other].class.clone(), Some(other));
        }
    }

    /// An object, or another name of it, is related to one of a class from now on, which may be known.
    fn relate_to(&mut self, object: usize, class: &Class, other: Option<usize>) {
        for one in self.each_like(object) {
            let known = &mut self.heap.objects[one];
            let partner = (class.clone(), other);
            if known.is_made && !known.partners.contains(&partner) {
                known.partners.push(partner);
            }
        }
    }
}
