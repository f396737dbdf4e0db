//! A session refreshes or expires an object: what that does to it, and to what it reaches.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::calls::AttributeNames;
use crate::module::Location;
use crate::resolve::Arguments;
use crate::syntax::Node;
use crate::types::Class;

use super::Edge;
use super::heap::{Expiry, Freshness, HeapLink, LoadState, Options, RunValue, Standing, UnseenRelationships};
use super::mapping::{Attribute, LoaderStrategy, Relation};
use super::run::{Exit, Walkthrough};

impl Walkthrough<'_, '_> {
    /// `await session.refresh(object)`
    pub(super) fn refresh(&mut self, call: &Node<'_>, given: &RunValue) -> Result<RunValue, Exit> {
        let RunValue::Object(object) = *given else {
            self.heap.forget_all();
            return Ok(RunValue::Other);
        };
        if matches!(self.heap.objects[object].standing, Standing::Transient | Standing::Pending) {
            return Err(Exit::Ended);
        }
        match self.named_by(call) {
            AttributeNames::Named(Some(names)) => return self.refresh_names(object, &names, call),
            AttributeNames::Named(None) | AttributeNames::Unknown => self.heap.forget_all(),
            AttributeNames::Whole => self.refresh_whole(object, call),
        }
        Ok(RunValue::Other)
    }

    fn named_by(&self, call: &Node<'_>) -> AttributeNames {
        let given = Arguments::of_call(self.module(), call);
        AttributeNames::of(&self.mapping.classes.resolver, call, &given)
    }

    fn refresh_names(&mut self, object: usize, names: &[String], call: &Node<'_>) -> Result<RunValue, Exit> {
        let class = self.heap.objects[object].class.clone();
        for name in names {
            let Attribute::Relation(relation) = self.mapping.attribute(&class, name) else { continue };
            self.drop_change(object, &relation)?;
        }
        self.flush(self.flushes_itself);
        for name in names {
            if let Attribute::Relation(relation) = self.mapping.attribute(&class, name) {
                if relation.loading == LoaderStrategy::Unfollowed {
                    self.heap.forget_all();
                    continue;
                }
                // it is loaded in any case
                let link = HeapLink { state: LoadState::Unloaded, ..self.link(object, &relation) };
                self.may_come(object, &relation, true);
                self.load_relation(object, &relation, &link, call);
                self.load_keys(object, &relation);
            } else {
                self.write_column(object, name);
            }
        }
        Ok(RunValue::Other)
    }

    /// What was changed of a relationship and is not written yet is gone when it is refreshed by its name. Where the other side has the
    /// change too, the flush before the refresh writes it.
    fn drop_change(&mut self, object: usize, relation: &Relation) -> Result<(), Exit> {
        let Some(link) = self.heap.objects[object].links.get(&relation.name).filter(|link| !link.is_flushed) else {
            return Ok(());
        };
        if let Some(RunValue::List(list)) = link.value {
            // what isn't in the session is not written
            let objects = &self.heap.objects;
            self.heap.lists[list].known.retain(|one| objects[*one].standing != Standing::Transient);
        }
        if relation.reverse.is_none() {
            self.heap.objects[object].links.remove(&relation.name);
            return Ok(());
        }
        let is_well = |one: &usize| {
            let known = &self.heap.objects[*one];
            // what the other side alone was told of, and leads to one, need not be in the session
            known.standing != Standing::Transient && matches!(known.freshness, Freshness::Loaded | Freshness::Unknown)
        };
        let is_told = self.reverse(relation).is_some_and(|reverse| match &link.value {
            Some(RunValue::Object(target)) => self.is_many_to_one(relation, &reverse) && is_well(target),
            // what was there before a list took its place is not known
            Some(RunValue::List(list)) => {
                let (list, is_made) = (&self.heap.lists[*list], self.heap.objects[object].is_made);
                (list.rest.is_some() || is_made) && list.known.iter().all(is_well)
            }
            _ => false,
        });
        if is_told && self.flushes_itself { Ok(()) } else { Err(Exit::Ended) }
    }

    /// Whether the foreign key of a relationship is on its own side, as far as that is sure.
    fn is_many_to_one(&self, relation: &Relation, reverse: &Relation) -> bool {
        relation.is_by_key && (reverse.is_list || !reverse.is_by_key)
    }

    /// A relationship was loaded by its name: to do so, an expired object's foreign key is loaded, or what others refer to by theirs: its key,
    /// or any other column, and all with that.
    fn load_keys(&mut self, object: usize, relation: &Relation) {
        if self.reverse(relation).is_some_and(|reverse| self.is_many_to_one(relation, &reverse)) {
            // all columns are loaded with a foreign key
            self.load_expired(object);
            return;
        }
        let class = self.heap.objects[object].class.clone();
        match self.mapping.referred_to(&class, relation) {
            // the query asks for it in any case
            Some(key) => self.write_column(object, &key),
            None => self.heap.doubt(object),
        }
    }

    fn refresh_whole(&mut self, object: usize, call: &Node<'_>) {
        let at = self.module().location(&call.range());
        let again = self.coming_again(object);
        let pending = self.pending();
        self.cascade(object, &at, false, &again);
        self.heap.objects[object].is_touched = false;
        // what it led to when it was changed may not be known any more
        let pending = pending.into_iter().filter(|(changed, _)| self.heap.objects[*changed].is_touched);
        let needed: Vec<usize> = pending.flat_map(|(_, leads_to)| leads_to).collect();
        self.flush(self.flushes_itself);
        needed.into_iter().for_each(|one| self.doubt_each_like(one));
        let class = self.heap.objects[object].class.clone();
        let options = self.options_of(object);
        self.loads_one(object, options.clone());
        let known = &mut self.heap.objects[object];
        known.freshness = Freshness::Loaded;
        known.standing = Standing::Persistent;
        known.written.clear();
        known.base = UnseenRelationships::Queried(options.clone());
        unload(&mut known.links, None);
        // what comes with the object is loaded again
        let mut came = Vec::new();
        for relation in self.mapping.relations(&class).iter() {
            let is_eager = relation.loading == LoaderStrategy::Eager || self.do_load(&options, &class, &relation.name);
            let is_ambiguous = self.is_ambiguous(relation);
            let known = &mut self.heap.objects[object].links;
            match known.get_mut(&relation.name) {
                Some(link) if is_eager && link.value.is_some() && !is_ambiguous => {
                    link.state = LoadState::Loaded;
                    came.extend(link.value.clone());
                }
                Some(link) if options.can_load(&relation.name) && !is_eager => link.state = LoadState::Unknown,
                Some(_) if is_eager => drop(known.remove(&relation.name)),
                _ => {}
            }
        }
        let came: Vec<usize> = came.iter().flat_map(|value| self.heap.objects_in(value)).collect();
        for one in came {
            if self.heap.objects[one].standing == Standing::Persistent {
                self.load_expired(one);
            }
        }
    }

    /// What comes with an object when it is refreshed, as far as it is known.
    fn coming_again(&self, object: usize) -> Vec<usize> {
        let known = &self.heap.objects[object];
        let options = self.options_of(object);
        let relations = self.mapping.relations(&known.class);
        let comes = |relation: &&Rc<Relation>| {
            (relation.loading == LoaderStrategy::Eager || self.do_load(&options, &known.class, &relation.name))
                && !self.is_ambiguous(relation)
        };
        let links = relations.iter().filter(comes).filter_map(|relation| known.links.get(&relation.name));
        let values = links.filter(|link| link.is_flushed).filter_map(|link| link.value.as_ref());
        values.flat_map(|value| self.heap.objects_in(value)).filter(|one| self.is_persistent(*one)).collect()
    }

    fn is_persistent(&self, object: usize) -> bool {
        self.heap.objects[object].standing == Standing::Persistent
    }

    /// `session.expire(object)`
    pub(super) fn expire(&mut self, call: &Node<'_>, given: &RunValue) -> Result<RunValue, Exit> {
        let RunValue::Object(object) = *given else {
            self.heap.forget_all();
            return Ok(RunValue::Other);
        };
        if matches!(self.heap.objects[object].standing, Standing::Transient | Standing::Pending) {
            return Err(Exit::Ended);
        }
        if self.named_by(call) != AttributeNames::Whole {
            self.heap.forget_all();
            return Ok(RunValue::Other);
        }
        let at = self.module().location(&call.range());
        self.cascade(object, &at, true, &[]);
        let known = &mut self.heap.objects[object];
        known.freshness = Freshness::Dead;
        known.standing = Standing::Persistent;
        known.written.clear();
        known.base = UnseenRelationships::Empty;
        unload(&mut known.links, None);
        Ok(RunValue::Other)
    }

    /// Expires what a refresh or an expire of an object reaches.
    fn cascade(&mut self, object: usize, call: &Location, is_expire: bool, again: &[usize]) {
        let mut seen = BTreeSet::from([object]);
        let mut open: Vec<(usize, Vec<Edge>)> = vec![(object, Vec::new())];
        // the classes of what is not seen, each with that of what leads there
        let mut unseen: Vec<(Class, Class)> = Vec::new();
        // what is known, and reached or not
        let mut maybe: Vec<(usize, (Class, Class))> = Vec::new();
        while let Some((one, over)) = open.pop() {
            let class = self.heap.objects[one].class.clone();
            let is_sure = !self.heap.objects[one].is_possible;
            let mut reached: Vec<(usize, Edge)> = Vec::new();
            for relation in self.mapping.relations(&class).iter() {
                let Some(relationship) = relation.cascading else { continue };
                let link = self.link(one, relation);
                match (link.state, &link.value) {
                    (LoadState::Loaded, Some(value)) if is_sure => {
                        let edge = Edge { relationship, loaded: link.at.clone() };
                        reached.extend(self.heap.objects_in(value).into_iter().map(|next| (next, edge.clone())));
                    }
                    (LoadState::Unloaded, _) => {}
                    (LoadState::Unknown, Some(RunValue::Object(next))) if link.is_flushed => {
                        maybe.push((*next, (relation.target.clone(), class.clone())));
                    }
                    // what it leads to may be known by another name
                    _ => unseen.push((relation.target.clone(), class.clone())),
                }
            }
            unseen.extend(self.targets_of_others(one));
            if one != object {
                self.expire_reached(one, call, &over);
            }
            for (next, edge) in reached {
                if seen.insert(next) {
                    open.push((next, over.iter().cloned().chain([edge]).collect()));
                }
            }
        }
        unseen.extend(maybe.into_iter().filter(|(next, _)| !seen.contains(next)).map(|(_, class)| class));
        seen.remove(&object);
        let reached: Vec<usize> = seen.into_iter().collect();
        self.disturb(object, is_expire);
        self.disturb_behind(&reached, object, again);
        self.suspect_behind(unseen, object);
    }

    /// The classes that a cascade can come to over what is loaded of others that may be the same object.
    fn targets_of_others(&self, object: usize) -> Vec<(Class, Class)> {
        let mut targets = Vec::new();
        for other in self.others_like(object) {
            let class = &self.heap.objects[other].class;
            for relation in self.mapping.relations(class).iter().filter(|relation| relation.cascading.is_some()) {
                if self.link(other, relation).state != LoadState::Unloaded {
                    targets.push((relation.target.clone(), class.clone()));
                }
            }
        }
        targets
    }

    /// What a cascade can reach from objects that aren't seen.
    fn suspect_behind(&mut self, mut unseen: Vec<(Class, Class)>, except: usize) {
        unseen.sort_by(|(one, from), (other, also)| (&one.at, &from.at).cmp(&(&other.at, &also.at)));
        unseen.dedup();
        let mut behind: Vec<Class> = Vec::new();
        let mut open: Vec<Class> = unseen.iter().map(|(class, _)| class.clone()).collect();
        open.dedup();
        while let Some(class) = open.pop() {
            for relation in self.mapping.relations(&class).iter().filter(|relation| relation.cascading.is_some()) {
                if !behind.contains(&relation.target) {
                    behind.push(relation.target.clone());
                    open.push(relation.target.clone());
                }
            }
        }
        for object in (0..self.heap.objects.len()).filter(|object| *object != except) {
            let known = &self.heap.objects[object];
            let can_be = |class: &Class| self.mapping.can_be(&known.class, class);
            let is_unseen =
                |(class, from): &(Class, Class)| can_be(class) && known.can_be_related_to(from, self.mapping);
            if behind.iter().any(can_be) || unseen.iter().any(is_unseen) {
                self.heap.suspect(object);
                self.obscure(object, None);
            }
        }
    }

    fn expire_reached(&mut self, object: usize, call: &Location, over: &[Edge]) {
        self.see_loaded(object);
        let known = &mut self.heap.objects[object];
        match known.standing {
            Standing::Transient => {}
            // it leaves the session
            Standing::Pending | Standing::Unknown => self.heap.forget(object),
            Standing::Persistent => {
                let expiry = Rc::new(Expiry { call: call.clone(), over: over.to_vec() });
                let is_possible = known.is_possible;
                if !matches!(known.freshness, Freshness::Dead | Freshness::Expired(_)) {
                    known.freshness =
                        if is_possible { Freshness::Doubtful } else { Freshness::Expired(Rc::clone(&expiry)) };
                }
                known.written.clear();
                known.is_touched = false;
                known.base = UnseenRelationships::Empty;
                unload(&mut known.links, Some(&expiry).filter(|_| !is_possible));
            }
        }
    }

    /// What is loaded of an object with it is known from now on, one by one.
    fn see_loaded(&mut self, object: usize) {
        let class = self.heap.objects[object].class.clone();
        for relation in self.mapping.relations(&class).iter() {
            let link = self.link(object, relation);
            if link.state == LoadState::Loaded {
                self.heap.objects[object].links.entry(relation.name.clone()).or_insert(link);
            }
        }
    }

    /// An object is refreshed, or expired: of others that may be the same it isn't known whether they were.
    fn disturb(&mut self, object: usize, is_expiry: bool) {
        // what an expire takes away is loaded again later
        let loads = self.options_of(object);
        for other in self.others_like(object) {
            if is_expiry {
                self.heap.suspect(other);
            } else {
                self.heap.doubt(other);
            }
            self.obscure(other, Some(&loads));
        }
    }

    /// Objects were expired because another was, which is known: others that may be the same may be so too, but for those that come again.
    fn disturb_behind(&mut self, reached: &[usize], object: usize, again: &[usize]) {
        for other in (0..self.heap.objects.len()).filter(|other| *other != object && !reached.contains(other)) {
            let same: Vec<&usize> = reached.iter().filter(|one| self.may_be_same(**one, other)).collect();
            if same.iter().any(|one| !again.contains(one)) {
                self.heap.suspect(other);
            }
            if !same.is_empty() {
                self.obscure(other, None);
            }
        }
    }

    /// What of an object is loaded may be no more: because of a cascade, or of a refresh, which may load it with some options. What it leads to
    /// in the database is what it was.
    fn obscure(&mut self, object: usize, loads: Option<&Options>) {
        let class = self.heap.objects[object].class.clone();
        for relation in self.mapping.relations(&class).iter() {
            let mut link = self.link(object, relation);
            let comes = loads
                .is_some_and(|options| relation.loading == LoaderStrategy::Eager || options.can_load(&relation.name));
            if link.state == LoadState::Unloaded && !comes {
                // what a cascade took away is not there either where it did so twice
                link.lost = link.lost.filter(|_| loads.is_none());
            } else {
                link.obscure();
            }
            self.heap.objects[object].links.insert(relation.name.clone(), link);
        }
        self.heap.objects[object].base = UnseenRelationships::Unknown;
    }
}

/// Nothing is loaded any more; what leads to one object keeps its key.
pub(super) fn unload(links: &mut BTreeMap<String, HeapLink>, by: Option<&Rc<Expiry>>) {
    for link in links.values_mut() {
        let is_lost = link.state == LoadState::Loaded || link.lost.is_some();
        link.lost = by.cloned().filter(|_| is_lost);
        link.state = LoadState::Unloaded;
        if !link.is_flushed {
            link.value = None;
        }
    }
}
