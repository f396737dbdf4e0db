//! Something is loaded: by a query, a refresh, or because it is awaited. What that does to the objects that are known.

use std::rc::Rc;

use foldhash::HashSet;

use crate::syntax::Node;
use crate::types::Class;

use super::heap::{Freshness, HeapLink, List, LoadState, Object, Options, RunValue, Standing, UnseenRelationships};
use super::mapping::{Attribute, LoaderStrategy, Mapping, Relation};
use super::run::{Exit, Walkthrough};

/// Objects that are loaded.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Coming {
    class: Class,
    /// The class of the objects whose relationship gives them.
    from: Option<Class>,
    /// The literal key of the only one.
    key: Option<String>,
}

impl Coming {
    fn of(class: &Class) -> Self {
        Self { class: class.clone(), from: None, key: None }
    }

    fn can_be(&self, object: &Object, mapping: &Mapping<'_>) -> bool {
        let is_other = |key: &String| object.key.as_ref().is_some_and(|known| known != key);
        mapping.can_be(&object.class, &self.class)
            && !self.key.as_ref().is_some_and(is_other)
            && self.from.as_ref().is_none_or(|from| object.can_be_related_to(from, mapping))
    }
}

impl Walkthrough<'_, '_> {
    /// `await object.awaitable_attrs.name`, `refresh(object, ["name"])`
    pub(super) fn await_attribute(&mut self, object: usize, name: &str, node: &Node<'_>) -> Result<RunValue, Exit> {
        self.load_expired(object);
        let class = self.heap.objects[object].class.clone();
        let Attribute::Relation(relation) = self.mapping.attribute(&class, name) else { return Ok(RunValue::Other) };
        let link = self.link(object, &relation);
        match (link.state, relation.loading) {
            (_, LoaderStrategy::Unfollowed) => Ok(RunValue::Unknown),
            (LoadState::Loaded, _) => Ok(self.value_of(object, &relation, link, node)),
            (_, LoaderStrategy::Never) => Err(Exit::Ended),
            _ => {
                self.flush(self.flushes_itself);
                self.may_come(object, &relation, false);
                Ok(self.load_relation(object, &relation, &link, node))
            }
        }
    }

    /// Loads a relationship apart from its object.
    pub(super) fn load_relation(
        &mut self,
        object: usize,
        relation: &Relation,
        link: &HeapLink,
        node: &Node<'_>,
    ) -> RunValue {
        // what may be loaded already is not loaded then
        let is_sure = link.state == LoadState::Unloaded;
        if !matches!(link.value, Some(RunValue::Object(_))) || !link.is_flushed {
            let class = self.heap.objects[object].class.clone();
            self.doubt_all_of(vec![Coming { from: Some(class), ..Coming::of(&relation.target) }]);
        }
        let value = match link.value {
            Some(RunValue::Object(target)) if link.is_flushed && !self.is_ambiguous(relation) => {
                self.load_or_doubt(target, is_sure);
                RunValue::Object(target)
            }
            Some(RunValue::List(list)) if link.is_flushed && self.has_all(object, relation, list) => {
                let known = self.heap.lists[list].known.clone();
                let owner = Some((object, relation.name.clone()));
                self.heap.list(List { known, owner, ..List::default() })
            }
            _ => match self.known_counterpart(object, relation) {
                Some(target) => {
                    self.load_or_doubt(target, is_sure);
                    RunValue::Object(target)
                }
                // what another took may still be loaded here
                None if !is_sure && link.value.is_none() && self.is_ambiguous(relation) => {
                    self.foreign_value(object, relation)
                }
                None => {
                    let target = self.heap.queried(relation.target.clone(), Options::default());
                    self.leading_back(target, object, relation)
                }
            },
        };
        if let (RunValue::List(list), Some(RunValue::List(before))) = (&value, &link.value)
            && link.is_flushed
            && list != before
        {
            self.has_again(*list, *before, relation, is_sure);
        }
        self.add_those_that_lead_back(&value, object, relation);
        let at = self.module().location(&node.range());
        let link = HeapLink::loaded(value.clone(), at, true);
        self.heap.objects[object].links.insert(relation.name.clone(), link);
        value
    }

    /// The known object whose key leads to another, and which that leads back to, to this alone: one-to-one.
    fn known_counterpart(&self, object: usize, relation: &Relation) -> Option<usize> {
        let is_to_one = !relation.is_list && !relation.is_by_key;
        let reverse = self.reverse(relation).filter(|reverse| is_to_one && !reverse.is_list && reverse.is_by_key)?;
        if self.has_moved(relation) {
            return None;
        }
        (0..self.heap.objects.len()).find(|other| {
            let known = &self.heap.objects[*other];
            let back = known.links.get(&reverse.name).filter(|back| back.is_flushed);
            let leads_back = back.is_some_and(|back| back.value == Some(RunValue::Object(object)));
            leads_back && known.standing == Standing::Persistent && !known.is_possible
        })
    }

    /// A relationship of an object is loaded: that of others that may be the same is so, too, or was before.
    pub(super) fn may_come(&mut self, object: usize, relation: &Relation, is_refresh: bool) {
        for other in self.others_like(object) {
            self.heap.doubt(other);
            let mut link = self.link(other, relation);
            match link.value {
                _ if link.state != LoadState::Loaded || is_refresh && !link.is_flushed => link.obscure(),
                Some(RunValue::List(list)) if is_refresh => {
                    // it has the same objects, in another list
                    let copy = self.heap.lists[list].clone();
                    link.value = Some(self.heap.list(copy));
                }
                _ => {}
            }
            self.heap.objects[other].links.insert(relation.name.clone(), link);
        }
    }

    /// A collection is loaded again: it has what it had before.
    fn has_again(&mut self, list: usize, before: usize, relation: &Relation, is_sure: bool) {
        let has_moved = self.heap.moved.contains(&relation.name);
        if self.has_moved_by_key(relation) || has_moved && self.reverse(relation).is_none() {
            // an object's foreign key was set, or nothing told its collection: each of the known objects may have left that
            self.heap.lists[list].loosen();
            return;
        }
        let before = self.heap.lists[before].clone();
        let again = &mut self.heap.lists[list];
        again.is_anchored |= before.is_anchored;
        again.may_lack_others |= before.may_lack_others;
        let unused = before.rest.filter(|_| !has_moved).and_then(|rest| again.rest.replace(rest));
        (again.known, again.taken, again.joined) = (before.known, before.taken, before.joined);
        // another name of the same would count as one more
        unused.into_iter().for_each(|other| self.heap.forget(other));
        for one in self.heap.all_in(list).into_iter().filter(|_| !has_moved) {
            if self.heap.objects[one].standing == Standing::Persistent {
                self.load_or_doubt(one, is_sure);
            }
        }
    }

    fn load_or_doubt(&mut self, object: usize, is_sure: bool) {
        if is_sure {
            self.load_expired(object);
        } else {
            self.heap.doubt(object);
        }
    }

    /// Whether several rows can lead back to the object of a relationship that gives one of them: the others did not see another come.
    pub(super) fn is_ambiguous(&self, relation: &Relation) -> bool {
        !relation.is_list && !relation.is_by_key && self.heap.moved.contains(&relation.name)
    }

    /// Whether objects may have left collections of a relationship.
    pub(super) fn has_moved(&self, relation: &Relation) -> bool {
        self.has_moved_by_key(relation) || self.heap.moved.contains(&relation.name)
    }

    /// Whether objects may have left collections of a relationship by a foreign key that was set.
    fn has_moved_by_key(&self, relation: &Relation) -> bool {
        let is_of_target = |class| self.mapping.can_be(class, &relation.target);
        self.heap.has_changed_rows || self.heap.moved_by_key.iter().any(is_of_target)
    }

    /// An object's columns are loaded again where they were expired.
    pub(super) fn load_expired(&mut self, object: usize) {
        if matches!(self.heap.objects[object].freshness, Freshness::Loaded) {
            return;
        }
        let class = self.heap.objects[object].class.clone();
        self.loads_one(object, self.options_of(object));
        let has_eager = self.mapping.relations(&class).iter().any(|relation| relation.loading == LoaderStrategy::Eager);
        let known = &mut self.heap.objects[object];
        known.freshness = Freshness::Loaded;
        known.standing = Standing::Persistent;
        known.written.clear();
        if has_eager {
            known.base = UnseenRelationships::Unknown;
        }
    }

    /// A query loads objects of a class, and what comes with them: any that are known may be among them.
    pub(super) fn loads(&mut self, class: &Class, options: &Options) {
        if options.any || options.names.len() > 1 {
            // also of what is loaded with the objects
            self.heap.optioned.add(options);
        }
        let mut all = self.heap.optioned.clone();
        all.add(options);
        let known = std::mem::replace(&mut self.heap.optioned, all);
        self.doubt_all_of(vec![Coming { key: options.key_of(class), ..Coming::of(class) }]);
        self.heap.optioned = known;
    }

    /// Whether options surely load a relationship of an object of a class.
    pub(super) fn do_load(&self, options: &Options, class: &Class, name: &str) -> bool {
        options.can_load(name) && options.do_load(&self.mapping.ancestors(class), name)
    }

    /// What loader options hold for a refresh of an object: those of the query that loaded it, and those of what may be the same.
    pub(super) fn options_of(&self, object: usize) -> Options {
        let known = &self.heap.objects[object];
        let mut options = known.options.clone();
        options.add_possible(&self.heap.optioned);
        // a query elsewhere may have had options
        options.any |= known.is_foreign;
        for other in self.others_like(object) {
            options.add_possible(&self.heap.objects[other].options);
        }
        options
    }

    /// A query loads one object, and what comes with it.
    pub(super) fn loads_one(&mut self, object: usize, options: Options) {
        let class = self.heap.objects[object].class.clone();
        let optioned = std::mem::replace(&mut self.heap.optioned, options);
        self.doubt_all_of(self.coming_with(&class));
        self.others_like(object).into_iter().for_each(|other| self.heap.doubt(other));
        self.may_load_links(object);
        self.heap.optioned = optioned;
    }

    /// A query gives an object that another gave before.
    pub(super) fn loads_again(&mut self, object: usize, options: &Options) {
        self.load_expired(object);
        let optioned = std::mem::replace(&mut self.heap.optioned, options.clone());
        self.may_load_links(object);
        self.heap.optioned = optioned;
        if options.any || !self.is_held(object) {
            // one that is in the session keeps the options that it was loaded with
            self.heap.objects[object].options.add_possible(options);
        }
    }

    /// A query that loads an object may load its relationships, too.
    fn may_load_links(&mut self, object: usize) {
        let class = self.heap.objects[object].class.clone();
        for relation in self.mapping.relations(&class).iter() {
            let is_eager = relation.loading == LoaderStrategy::Eager || self.heap.optioned.can_load(&relation.name);
            if let Some(link) = self.heap.objects[object].links.get_mut(&relation.name).filter(|_| is_eager)
                && link.state == LoadState::Unloaded
            {
                link.state = LoadState::Unknown;
                link.lost = None;
            }
        }
    }

    /// A query gives all objects of a class: those that were expired are loaded again.
    pub(super) fn loads_every(&mut self, class: &Class) {
        for object in 0..self.heap.objects.len() {
            let known = &self.heap.objects[object];
            let is_of_class = self.mapping.ancestors(&known.class).contains(class);
            if is_of_class && known.standing == Standing::Persistent && !matches!(known.freshness, Freshness::Loaded) {
                self.may_load_links(object);
                let known = &mut self.heap.objects[object];
                known.freshness = Freshness::Loaded;
                known.written.clear();
            }
        }
    }

    /// The classes whose objects are loaded together with one of a class, each with the class that they come from.
    fn coming_with(&self, class: &Class) -> Vec<Coming> {
        let relations = self.mapping.relations(class);
        let comes = |relation: &&Rc<Relation>| {
            relation.loading == LoaderStrategy::Eager || self.heap.optioned.can_load(&relation.name)
        };
        let from = |relation: &Rc<Relation>| Coming { from: Some(class.clone()), ..Coming::of(&relation.target) };
        relations.iter().filter(comes).map(from).collect()
    }

    /// Objects are loaded, and what comes with them.
    fn doubt_all_of(&mut self, first: Vec<Coming>) {
        let mut classes: Vec<Class> = first.iter().map(|coming| coming.class.clone()).collect();
        let (mut all, mut looked): (HashSet<Coming>, HashSet<Class>) =
            (first.into_iter().collect(), HashSet::default());
        while let Some(class) = classes.pop() {
            if looked.insert(class.clone()) {
                let coming = self.coming_with(&class);
                classes.extend(coming.iter().map(|coming| coming.class.clone()));
                all.extend(coming);
            }
        }
        for object in 0..self.heap.objects.len() {
            let known = &self.heap.objects[object];
            if all.iter().any(|coming| coming.can_be(known, self.mapping)) {
                self.heap.doubt(object);
                if self.heap.optioned.any {
                    // what is in the session keeps the options that it was loaded with, unless all of it is loaded again
                    self.heap.objects[object].options.any = true;
                }
            }
        }
    }
}
