//! An attribute of an object is read, set or awaited: what that does to what is loaded, and whether it raises.

use std::rc::Rc;

use crate::module::Location;
use crate::syntax::Node;
use crate::types::{Class, Type};

use super::Raised;
use super::heap::{Base, Expiry, Freshness, Link, List, Options, Standing, State, Value};
use super::mapping::{Attribute, Loading, Relation};
use super::run::{Exit, Run};

impl Run<'_, '_> {
    /// Reads an attribute, which stands at a node.
    pub(super) fn read(&mut self, object: usize, name: &str, node: &Node<'_>) -> Result<Value, Exit> {
        let class = self.heap.objects[object].class.clone();
        match self.mapping.attribute(&class, name) {
            Attribute::Column => self.read_column(object, name, node),
            Attribute::Relation(relation) => self.read_relation(object, &relation, node),
            Attribute::Property(function) => self.inline(&function, vec![(None, Value::Object(object))], false),
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

    fn read_column(&mut self, object: usize, name: &str, node: &Node<'_>) -> Result<Value, Exit> {
        let known = &mut self.heap.objects[object];
        if known.written.contains(name) {
            return Ok(Value::Other);
        }
        match &known.freshness {
            Freshness::Expired(expiry) => {
                let expiry = Rc::clone(expiry);
                Err(self.raises(&expiry, node))
            }
            Freshness::Dead => Err(Exit::Ended),
            Freshness::Loaded => Ok(Value::Other),
            Freshness::Unknown => {
                // it would have raised here
                known.freshness = Freshness::Loaded;
                Ok(Value::Other)
            }
        }
    }

    fn raises(&mut self, expiry: &Expiry, node: &Node<'_>) -> Exit {
        let read = self.module().location(&node.range());
        let raised = Raised { call: expiry.call.clone(), over: expiry.over.clone(), read };
        if !self.found.iter().any(|known| known.call == raised.call && known.read == raised.read) {
            self.found.push(raised);
        }
        Exit::Ended
    }

    /// What is known of a relationship of an object.
    pub(super) fn link(&self, object: usize, relation: &Relation) -> Link {
        let known = &self.heap.objects[object];
        if let Some(link) = known.links.get(&relation.name) {
            return link.clone();
        }
        let state = match &known.base {
            _ if relation.loading == Loading::Unfollowed => State::Unknown,
            Base::Empty => State::Unloaded,
            Base::Queried(_) if relation.loading == Loading::Eager => State::Loaded,
            Base::Queried(options) if options.any => State::Unknown,
            Base::Queried(options) if options.names.contains(&relation.name) => State::Loaded,
            Base::Queried(_) => State::Unloaded,
            Base::Unknown => State::Unknown,
        };
        let at = known.class.at.clone();
        Link { state, value: None, at, is_flushed: true, was_loaded: false }
    }

    fn read_relation(&mut self, object: usize, relation: &Relation, node: &Node<'_>) -> Result<Value, Exit> {
        let link = self.link(object, relation);
        if relation.loading == Loading::Unfollowed {
            self.heap.doubt(object);
            return Ok(Value::Unknown);
        }
        match (self.heap.objects[object].freshness.clone(), link.state) {
            (Freshness::Expired(expiry), State::Unloaded) => {
                let is_there = || self.known_target(&link).is_some_and(|target| self.is_loaded_and_held(target));
                if relation.loading != Loading::Never && (link.was_loaded || relation.is_by_key && is_there()) {
                    return Err(self.raises(&expiry, node));
                }
                Err(Exit::Ended)
            }
            (Freshness::Dead, State::Unloaded) => Err(Exit::Ended),
            (_, State::Loaded) => Ok(self.value_of(object, relation, link, node)),
            (_, State::Unloaded) => self.read_unloaded(object, relation, &link, node),
            (_, State::Unknown) => {
                let value = self.foreign_value(object, relation);
                let at = self.module().location(&node.range());
                let link = Link::loaded(value.clone(), at, true);
                self.heap.objects[object].links.insert(relation.name.clone(), link);
                Ok(value)
            }
        }
    }

    fn known_target(&self, link: &Link) -> Option<usize> {
        match link.value {
            Some(Value::Object(target)) => Some(target),
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
        link: &Link,
        node: &Node<'_>,
    ) -> Result<Value, Exit> {
        let standing = self.heap.objects[object].standing;
        if matches!(standing, Standing::Transient | Standing::Pending) {
            let owner = Some((object, relation.name.clone()));
            return Ok(if relation.is_list {
                self.heap.list(List { owner, ..List::default() })
            } else {
                Value::Nothing
            });
        }
        if relation.is_list || !relation.is_by_key || relation.loading == Loading::Never {
            return Err(Exit::Ended);
        }
        let Some(target) = self.known_target(link) else {
            let known = &self.heap.objects[object];
            let is_unset = known.is_made && !known.written.iter().any(|name| name.contains("id"));
            return if is_unset && link.value.is_none() { Ok(Value::Nothing) } else { Err(Exit::Ended) };
        };
        if !self.is_held(target) {
            return Err(Exit::Ended);
        }
        let at = self.module().location(&node.range());
        match self.heap.objects[target].freshness.clone() {
            Freshness::Expired(expiry) => Err(self.raises(&expiry, node)),
            Freshness::Dead => Err(Exit::Ended),
            Freshness::Loaded | Freshness::Unknown => {
                let value = Value::Object(target);
                self.heap.objects[object].links.insert(relation.name.clone(), Link::loaded(value.clone(), at, true));
                Ok(value)
            }
        }
    }

    /// What a loaded relationship leads to.
    fn value_of(&mut self, object: usize, relation: &Relation, link: Link, node: &Node<'_>) -> Value {
        if let Some(value) = link.value {
            return value;
        }
        let options = match &self.heap.objects[object].base {
            Base::Queried(options) => options.clone(),
            _ => Options { any: true, ..Options::default() },
        };
        let target = self.heap.queried(relation.target.clone(), options);
        let value = self.leading_back(target, object, relation);
        let at = self.module().location(&node.range());
        let link = Link::loaded(value.clone(), at, true);
        self.heap.objects[object].links.insert(relation.name.clone(), link);
        value
    }

    fn foreign_value(&mut self, object: usize, relation: &Relation) -> Value {
        let target = self.heap.foreign(relation.target.clone());
        if relation.is_list {
            let owner = Some((object, relation.name.clone()));
            self.heap.list(List { rest: Some(target), owner, ..List::default() })
        } else {
            Value::Object(target)
        }
    }

    /// What leads from an object to one of its relationship, or to all of them, with what is known of the way back.
    fn leading_back(&mut self, target: usize, object: usize, relation: &Relation) -> Value {
        if let Some(reverse) = self.reverse(relation)
            && !reverse.is_list
            && reverse.is_by_key
        {
            let at = self.heap.objects[object].class.at.clone();
            let back = Link::known(Value::Object(object), at);
            self.heap.objects[target].links.insert(reverse.name.clone(), back);
        }
        if relation.is_list {
            let owner = Some((object, relation.name.clone()));
            self.heap.list(List { rest: Some(target), owner, ..List::default() })
        } else {
            Value::Object(target)
        }
    }

    fn reverse(&self, relation: &Relation) -> Option<Rc<Relation>> {
        match self.mapping.attribute(&relation.target, relation.reverse.as_ref()?) {
            Attribute::Relation(reverse) => Some(reverse),
            _ => None,
        }
    }

    /// `await object.awaitable_attrs.name`, `refresh(object, ["name"])`
    pub(super) fn await_attribute(&mut self, object: usize, name: &str, node: &Node<'_>) -> Result<Value, Exit> {
        self.load_expired(object);
        let class = self.heap.objects[object].class.clone();
        let Attribute::Relation(relation) = self.mapping.attribute(&class, name) else { return Ok(Value::Other) };
        let link = self.link(object, &relation);
        match (link.state, relation.loading) {
            (_, Loading::Unfollowed) => Ok(Value::Unknown),
            (State::Loaded, _) => Ok(self.value_of(object, &relation, link, node)),
            (_, Loading::Never) => Err(Exit::Ended),
            _ => Ok(self.load_relation(object, &relation, &link, node)),
        }
    }

    /// Loads a relationship apart from its object.
    pub(super) fn load_relation(&mut self, object: usize, relation: &Relation, link: &Link, node: &Node<'_>) -> Value {
        let known = link.value.clone().filter(|value| !relation.is_list || matches!(value, Value::List(_)));
        self.loads(&relation.target, &Options::default());
        let value = match known {
            Some(value @ Value::Object(_)) if link.is_flushed => value,
            _ => {
                let target = self.heap.queried(relation.target.clone(), Options::default());
                self.leading_back(target, object, relation)
            }
        };
        let at = self.module().location(&node.range());
        let link = Link::loaded(value.clone(), at, true);
        self.heap.objects[object].links.insert(relation.name.clone(), link);
        value
    }

    /// An object's columns are loaded again where they were expired.
    pub(super) fn load_expired(&mut self, object: usize) {
        if matches!(self.heap.objects[object].freshness, Freshness::Loaded) {
            return;
        }
        let class = self.heap.objects[object].class.clone();
        self.loads(&class, &Options::default());
        let has_eager = self.mapping.relations(&class).iter().any(|relation| relation.loading == Loading::Eager);
        let known = &mut self.heap.objects[object];
        known.freshness = Freshness::Loaded;
        known.standing = Standing::Persistent;
        known.written.clear();
        if has_eager {
            known.base = Base::Unknown;
        }
    }

    /// A query loads objects of a class, and what comes with them: any that are known may be among them.
    pub(super) fn loads(&mut self, class: &Class, options: &Options) {
        self.heap.optioned.add(options);
        let mut classes = vec![class.clone()];
        let mut next = 0;
        while let Some(class) = classes.get(next).cloned() {
            next += 1;
            for relation in self.mapping.relations(&class).iter() {
                let comes_along = relation.loading == Loading::Eager || self.heap.optioned.can_load(&relation.name);
                if comes_along && !classes.contains(&relation.target) {
                    classes.push(relation.target.clone());
                }
            }
        }
        for object in 0..self.heap.objects.len() {
            let of = self.heap.objects[object].class.clone();
            if classes.iter().any(|class| self.mapping.can_be(&of, class)) {
                self.heap.doubt(object);
            }
        }
    }

    /// Sets an attribute.
    pub(super) fn set(&mut self, object: usize, name: &str, value: &Value, at: &Location) -> Result<(), Exit> {
        let class = self.heap.objects[object].class.clone();
        self.heap.objects[object].is_touched = true;
        let Attribute::Relation(relation) = self.mapping.attribute(&class, name) else {
            self.set_column(object, name);
            return Ok(());
        };
        if relation.is_list {
            self.set_list(object, &relation, value, at)
        } else {
            self.set_one(object, &relation, value, at)
        }
        .map(|()| self.join_session(object, value))
    }

    /// A column is set. Another name of the same object has it then, too.
    fn set_column(&mut self, object: usize, name: &str) {
        for other in 0..self.heap.objects.len() {
            if other == object || self.may_be_same(object, other) {
                self.heap.objects[other].written.insert(name.to_owned());
            }
        }
    }

    /// What is set comes into the session with the object that has it.
    fn join_session(&mut self, object: usize, value: &Value) {
        if self.heap.objects[object].standing != Standing::Transient {
            for joined in self.heap.objects_in(value) {
                self.attach(joined);
            }
        }
    }

    fn set_one(&mut self, object: usize, relation: &Relation, value: &Value, at: &Location) -> Result<(), Exit> {
        let before = self.link(object, relation);
        self.leave(object, relation, &before);
        let link = match value {
            Value::Object(_) | Value::Nothing => Link::loaded(value.clone(), at.clone(), false),
            _ => Link { state: State::Unknown, value: None, ..Link::loaded(Value::Unknown, at.clone(), false) },
        };
        self.heap.objects[object].links.insert(relation.name.clone(), link);
        if let Value::Object(target) = value {
            self.put_back(*target, relation, object, at);
        }
        Ok(())
    }

    fn set_list(&mut self, object: usize, relation: &Relation, value: &Value, at: &Location) -> Result<(), Exit> {
        let before = self.link(object, relation);
        let has_row = !matches!(self.heap.objects[object].standing, Standing::Transient | Standing::Pending);
        if before.state == State::Unloaded && has_row && self.heap.objects[object].standing == Standing::Persistent {
            return Err(Exit::Ended);
        }
        self.leave(object, relation, &before);
        let known = match value {
            Value::List(list) if self.heap.lists[*list].rest.is_none() => self.heap.lists[*list].known.clone(),
            _ => {
                let link =
                    Link { state: State::Unknown, value: None, ..Link::loaded(Value::Unknown, at.clone(), false) };
                self.heap.objects[object].links.insert(relation.name.clone(), link);
                return Ok(());
            }
        };
        let owner = Some((object, relation.name.clone()));
        let list = self.heap.list(List { known: known.clone(), rest: None, owner });
        self.heap.objects[object].links.insert(relation.name.clone(), Link::loaded(list, at.clone(), false));
        known.into_iter().for_each(|one| self.put_back(one, relation, object, at));
        Ok(())
    }

    /// The other side of what an object no longer leads to.
    fn leave(&mut self, object: usize, relation: &Relation, before: &Link) {
        let Some(value) = &before.value else { return };
        for other in self.heap.objects_in(value) {
            self.take_back(other, relation, object);
        }
    }

    /// An object is no longer in a relationship of another: it isn't in the other side either.
    pub(super) fn take_back(&mut self, other: usize, relation: &Relation, object: usize) {
        let Some(reverse) = self.reverse(relation) else { return };
        let Some(link) = self.heap.objects[other].links.get_mut(&reverse.name) else { return };
        match link.value {
            Some(Value::List(list)) => self.heap.lists[list].known.retain(|one| *one != object),
            Some(Value::Object(target)) if target == object => link.value = Some(Value::Nothing),
            _ => {}
        }
    }

    /// An object comes into a relationship of another: it is on the other side too, as far as that is loaded or not in the database yet.
    pub(super) fn put_back(&mut self, other: usize, relation: &Relation, object: usize, at: &Location) {
        self.heap.objects[other].is_touched = true;
        let Some(reverse) = self.reverse(relation) else { return };
        let link = self.link(other, &reverse);
        if !reverse.is_list {
            let back = Link::loaded(Value::Object(object), at.clone(), false);
            self.heap.objects[other].links.insert(reverse.name.clone(), back);
            return;
        }
        let is_new = matches!(self.heap.objects[other].standing, Standing::Transient | Standing::Pending);
        match (link.state, &link.value) {
            (State::Loaded, Some(Value::List(list))) => {
                let list = *list;
                self.add_to(list, object);
                self.heap.objects[other].links.entry(reverse.name.clone()).and_modify(|link| link.is_flushed = false);
            }
            (State::Unloaded, _) if is_new => {
                let owner = Some((other, reverse.name.clone()));
                let list = self.heap.list(List { known: vec![object], rest: None, owner });
                self.heap.objects[other].links.insert(reverse.name.clone(), Link::loaded(list, at.clone(), false));
            }
            _ => {}
        }
    }

    pub(super) fn add_to(&mut self, list: usize, object: usize) {
        let known = &mut self.heap.lists[list].known;
        if !known.contains(&object) {
            known.push(object);
        }
    }
}
