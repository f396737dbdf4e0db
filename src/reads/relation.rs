//! An attribute of an object is read, set or awaited: what that does to what is loaded, and whether it raises.

use std::rc::Rc;

use crate::module::Location;
use crate::syntax::Node;
use crate::types::{Class, Type};

use super::Raised;
use super::heap::{Expiry, Freshness, HeapLink, List, LoadState, Options, RunValue, Standing, UnseenRelationships};
use super::mapping::{Attribute, LoaderStrategy, Relation};
use super::run::{Exit, Walkthrough};

impl Walkthrough<'_, '_> {
    /// Reads an attribute, which stands at a node.
    pub(super) fn read(&mut self, object: usize, name: &str, node: &Node<'_>) -> Result<RunValue, Exit> {
        let class = self.heap.objects[object].class.clone();
        match self.mapping.attribute(&class, name) {
            Attribute::Column => self.read_column(object, name, node).map(|()| RunValue::Other),
            Attribute::Key => {
                self.read_column(object, name, node)?;
                let known = &self.heap.objects[object];
                let has_row = known.standing == Standing::Persistent && !known.written.contains(name);
                Ok(if has_row { RunValue::Key } else { RunValue::Other })
            }
            Attribute::Relation(relation) => self.read_relation(object, &relation, node),
            Attribute::Property(function) => {
                self.inline(&function, node, vec![(None, RunValue::Object(object))], false)
            }
            Attribute::Other => {
                // it can be a column that isn't seen
                let is_method = matches!(self.mapping.types.member_of(&class, name), Type::Function(_));
                if !is_method {
                    self.heap.doubt(object);
                }
                Ok(self.typed(node))
            }
        }
    }

    fn read_column(&mut self, object: usize, name: &str, node: &Node<'_>) -> Result<(), Exit> {
        let known = &mut self.heap.objects[object];
        if known.written.contains(name) {
            return Ok(());
        }
        match &known.freshness {
            Freshness::Expired(expiry) => {
                let expiry = Rc::clone(expiry);
                Err(self.raises(&expiry, node))
            }
            Freshness::Dead => Err(Exit::Ended),
            Freshness::Doubtful => Err(match known.one_of.and_then(|list| self.heap.expired_with_all(list, name)) {
                Some(expiry) => self.raises(&expiry, node),
                None => self.doubt_read(node),
            }),
            Freshness::Loaded => Ok(()),
            Freshness::Unknown => {
                // it would have raised here, and so would another name of it
                known.freshness = Freshness::Loaded;
                self.others_like(object).into_iter().for_each(|other| self.heap.doubt(other));
                Ok(())
            }
        }
    }

    fn raises(&mut self, expiry: &Expiry, node: &Node<'_>) -> Exit {
        let read = self.module().location(&node.range());
        self.raise(Raised { call: expiry.call.clone(), over: expiry.over.clone(), read })
    }

    /// What is known of a relationship of an object.
    pub(super) fn link(&self, object: usize, relation: &Relation) -> HeapLink {
        let known = &self.heap.objects[object];
        if let Some(link) = known.links.get(&relation.name) {
            return link.clone();
        }
        let state = match &known.base {
            _ if relation.loading == LoaderStrategy::Unfollowed => LoadState::Unknown,
            UnseenRelationships::Empty => LoadState::Unloaded,
            UnseenRelationships::Queried(_) if relation.loading == LoaderStrategy::Eager => LoadState::Loaded,
            UnseenRelationships::Queried(options) if self.do_load(options, &known.class, &relation.name) => {
                LoadState::Loaded
            }
            UnseenRelationships::Queried(options) if options.can_load(&relation.name) => LoadState::Unknown,
            UnseenRelationships::Queried(_) => LoadState::Unloaded,
            UnseenRelationships::Unknown => LoadState::Unknown,
        };
        let at = known.class.at.clone();
        HeapLink { state, value: None, at, is_flushed: true, lost: None }
    }

    fn read_relation(&mut self, object: usize, relation: &Relation, node: &Node<'_>) -> Result<RunValue, Exit> {
        let link = self.link(object, relation);
        if relation.loading == LoaderStrategy::Unfollowed {
            self.heap.doubt(object);
            return Ok(RunValue::Unknown);
        }
        match (self.heap.objects[object].freshness.clone(), link.state) {
            (Freshness::Expired(expiry), LoadState::Unloaded) => {
                let is_there = || self.known_target(&link).is_some_and(|target| self.is_loaded_and_held(target));
                if relation.loading != LoaderStrategy::Never
                    && (link.lost.is_some() || relation.is_by_key && is_there())
                {
                    return Err(self.raises(&expiry, node));
                }
                Err(Exit::Ended)
            }
            // whatever became of its columns, it has to be loaded
            (Freshness::Doubtful, LoadState::Unloaded) if link.lost.is_some() && !relation.is_by_key => {
                Err(self.lost(&link, node))
            }
            (Freshness::Dead | Freshness::Doubtful, LoadState::Unloaded | LoadState::Unknown) => Err(Exit::Ended),
            (Freshness::Expired(_), LoadState::Unknown) => Err(Exit::Ended),
            // all that was loaded of it was seen: what isn't known need not be loaded
            (_, LoadState::Unknown) if !self.heap.objects[object].is_given => Err(Exit::Ended),
            (_, LoadState::Loaded) => Ok(self.value_of(object, relation, link, node)),
            (_, LoadState::Unloaded) => self.read_unloaded(object, relation, &link, node),
            (_, LoadState::Unknown) => {
                let value = self.foreign_value(object, relation);
                let at = self.module().location(&node.range());
                let link = HeapLink::loaded(value.clone(), at, true);
                self.heap.objects[object].links.insert(relation.name.clone(), link);
                Ok(value)
            }
        }
    }

    fn known_target(&self, link: &HeapLink) -> Option<usize> {
        match link.value {
            Some(RunValue::Object(target)) => Some(target),
            _ => None,
        }
    }

    fn is_loaded_and_held(&self, target: usize) -> bool {
        matches!(self.heap.objects[target].freshness, Freshness::Loaded) && self.is_held(target)
    }

    /// A relationship that isn't loaded. Where it leads to one object by its key, that can be in the session already.
    fn read_unloaded(
        &mut self,
        object: usize,
        relation: &Relation,
        link: &HeapLink,
        node: &Node<'_>,
    ) -> Result<RunValue, Exit> {
        let standing = self.heap.objects[object].standing;
        if matches!(standing, Standing::Transient | Standing::Pending) {
            let owner = Some((object, relation.name.clone()));
            return Ok(if relation.is_list {
                self.heap.list(List { owner, ..List::default() })
            } else {
                RunValue::Nothing
            });
        }
        if relation.loading == LoaderStrategy::Never {
            return Err(Exit::Ended);
        }
        if relation.is_list || !relation.is_by_key {
            return Err(self.lost(link, node));
        }
        let Some(target) = self.known_target(link) else {
            let known = &self.heap.objects[object];
            let may_lead = |name: &String| name.contains("id") || self.mapping.may_be_foreign_key(&known.class, name);
            let is_unset = known.is_made && !known.written.iter().any(may_lead);
            return if is_unset && link.value.is_none() { Ok(RunValue::Nothing) } else { Err(Exit::Ended) };
        };
        self.looked_up(object, relation, link, target, node)
    }

    /// What a key leads to that is not loaded: it can be in the session.
    fn looked_up(
        &mut self,
        object: usize,
        relation: &Relation,
        link: &HeapLink,
        target: usize,
        node: &Node<'_>,
    ) -> Result<RunValue, Exit> {
        if !self.is_held(target) {
            return Err(self.lost(link, node));
        }
        let at = self.module().location(&node.range());
        match self.heap.objects[target].freshness.clone() {
            // with some of its columns loaded again, it is taken as it is
            Freshness::Expired(_) if !self.heap.objects[target].written.is_empty() => Err(Exit::Ended),
            Freshness::Expired(expiry) => Err(self.raises(&expiry, node)),
            Freshness::Dead | Freshness::Doubtful => Err(Exit::Ended),
            Freshness::Loaded | Freshness::Unknown => {
                let value = RunValue::Object(target);
                self.heap.objects[object]
                    .links
                    .insert(relation.name.clone(), HeapLink::loaded(value.clone(), at, true));
                Ok(value)
            }
        }
    }

    /// It has to be loaded: because of a cascade, or anyway.
    fn lost(&mut self, link: &HeapLink, node: &Node<'_>) -> Exit {
        link.lost.as_ref().map_or(Exit::Ended, |expiry| self.raises(expiry, node))
    }

    /// What a loaded relationship leads to.
    pub(super) fn value_of(&mut self, object: usize, relation: &Relation, link: HeapLink, node: &Node<'_>) -> RunValue {
        link.value.unwrap_or_else(|| self.value_at(object, relation, &self.module().location(&node.range())))
    }

    /// What a loaded relationship leads to of which nothing was seen yet.
    pub(super) fn value_at(&mut self, object: usize, relation: &Relation, at: &Location) -> RunValue {
        let options = match &self.heap.objects[object].base {
            UnseenRelationships::Queried(options) => options.clone(),
            _ => Options::unknown(),
        };
        let target = self.heap.queried(relation.target.clone(), options);
        let value = self.leading_back(target, object, relation);
        let link = HeapLink::loaded(value.clone(), at.clone(), true);
        self.heap.objects[object].links.insert(relation.name.clone(), link);
        value
    }

    pub(super) fn foreign_value(&mut self, object: usize, relation: &Relation) -> RunValue {
        let target = self.heap.foreign(relation.target.clone());
        if relation.is_list {
            let owner = Some((object, relation.name.clone()));
            self.heap.list(List { rest: Some(target), owner, ..List::default() })
        } else {
            RunValue::Object(target)
        }
    }

    /// What leads from an object to one of its relationship, or to all of them, with what is known of the way back.
    pub(super) fn leading_back(&mut self, target: usize, object: usize, relation: &Relation) -> RunValue {
        let owner = &self.heap.objects[object];
        let path = owner.path.iter().chain([&owner.class]).cloned().collect();
        (self.heap.objects[target].comes_from, self.heap.objects[target].path) = (Some(object), path);
        if let Some(reverse) = self.reverse(relation)
            && !reverse.is_list
            && reverse.is_by_key
        {
            let at = self.heap.objects[object].class.at.clone();
            let back = HeapLink::known(RunValue::Object(object), at);
            self.heap.objects[target].links.insert(reverse.name.clone(), back);
        }
        self.doubt_those_that_lead_back(target);
        if relation.is_list {
            let owner = Some((object, relation.name.clone()));
            let mut list = List { rest: Some(target), owner, ..List::default() };
            if self.has_moved(relation) || self.heap.objects[object].is_made {
                list.loosen();
            }
            self.heap.list(list)
        } else {
            RunValue::Object(target)
        }
    }

    /// Whether a class is one that an object came from, over relationships.
    pub(super) fn leads_back(&self, object: usize, class: &Class) -> bool {
        self.heap.objects[object].path.iter().any(|from| self.mapping.can_be(class, from))
    }

    /// What is loaded with an object need not be where that leads back to a class that it came from: SQLAlchemy follows no circles.
    fn doubt_those_that_lead_back(&mut self, target: usize) {
        let class = self.heap.objects[target].class.clone();
        for relation in
            self.mapping.relations(&class).iter().filter(|relation| relation.loading == LoaderStrategy::Eager)
        {
            let leads_back = self.leads_back(target, &relation.target);
            if leads_back && !self.heap.objects[target].links.contains_key(&relation.name) {
                let mut link = self.link(target, relation);
                link.obscure();
                self.heap.objects[target].links.insert(relation.name.clone(), link);
            }
        }
    }

    /// Whether a list of an object that was made here has all that the database has.
    pub(super) fn has_all(&self, object: usize, relation: &Relation, list: usize) -> bool {
        let has_key = self.reverse(relation).is_some_and(|reverse| !reverse.is_list);
        self.heap.objects[object].is_made && self.heap.lists[list].rest.is_none() && has_key
    }

    /// The objects whose own side says that they are in a list.
    pub(super) fn add_those_that_lead_back(&mut self, value: &RunValue, object: usize, relation: &Relation) {
        let (RunValue::List(list), Some(reverse)) = (value, self.reverse(relation)) else { return };
        for other in 0..self.heap.objects.len() {
            let known = &self.heap.objects[other];
            let link = known.links.get(&reverse.name).filter(|link| link.is_flushed);
            let leads_back = link.is_some_and(|link| match link.value {
                Some(RunValue::Object(target)) => target == object,
                Some(RunValue::List(list)) => self.heap.lists[list].known.contains(&object),
                _ => false,
            });
            if !self.mapping.can_be(&known.class, &relation.target) {
                continue;
            }
            if leads_back && !self.heap.is_rest(other) && known.standing == Standing::Persistent {
                self.include(*list, other);
            }
        }
    }

    pub(super) fn reverse(&self, relation: &Relation) -> Option<Rc<Relation>> {
        match self.mapping.attribute(&relation.target, relation.reverse.as_ref()?) {
            Attribute::Relation(reverse) => Some(reverse),
            _ => None,
        }
    }
}
