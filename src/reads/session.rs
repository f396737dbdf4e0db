//! A method of a session is called: what it does to the objects.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::module::Location;
use crate::syntax::{Node, keyword_value, positional_arguments, string_content};
use crate::types::{Type, is_named_as_session};

use super::Edge;
use super::heap::{Base, Expiry, Freshness, Link, Options, Standing, State, Value};
use super::mapping::{Attribute, Loading};
use super::run::{Exit, Run};

impl Run<'_, '_> {
    /// A call of a session's method; `given` are the values of its arguments.
    pub(super) fn call_session(
        &mut self,
        name: &str,
        call: &Node<'_>,
        given: &[Value],
        is_awaited: bool,
    ) -> Result<Value, Exit> {
        let first = given.first().cloned().unwrap_or(Value::Unknown);
        match name {
            "add" | "add_all" => {
                for object in self.heap.objects_in(&first) {
                    self.attach(object);
                }
            }
            "flush" => self.flush(true),
            "commit" => self.commit(),
            "refresh" if is_awaited => return self.refresh(call, &first),
            "expire" if self.is_async(call) => return self.expire(call, &first),
            "get" | "get_one" => return Ok(self.queried(call, is_awaited)),
            "execute" | "scalars" | "scalar" | "stream" | "stream_scalars" | "exec" => {
                return Ok(self.executed(call, &first, is_awaited));
            }
            "begin" | "begin_nested" | "in_transaction" | "connection" | "is_modified" => {}
            "expunge" => self.heap.objects_in(&first).into_iter().for_each(|object| self.heap.forget(object)),
            _ => {
                self.heap.forget_all();
                return Ok(self.typed(call));
            }
        }
        Ok(Value::Other)
    }

    /// Whether the session of a call is one of asyncio, as far as the function around tells.
    fn is_async(&self, call: &Node<'_>) -> bool {
        let Some(session) = call.field("function").and_then(|function| function.field("object")) else { return false };
        let session = session.text();
        let is_said = |text: &str| {
            text.contains(&format!("await {session}."))
                || text.contains(&format!("{session}: AsyncSession"))
                || text.contains("async with") && text.contains(&format!("as {session}"))
        };
        call.ancestors().filter(|node| node.kind() == "function_definition").any(|function| is_said(&function.text()))
    }

    /// An object comes into the session, and what it leads to.
    pub(super) fn attach(&mut self, object: usize) {
        let mut open = vec![object];
        let mut seen = BTreeSet::new();
        while let Some(one) = open.pop().filter(|one| seen.insert(*one)) {
            let known = &mut self.heap.objects[one];
            known.is_touched = true;
            if known.standing == Standing::Transient {
                known.standing = Standing::Pending;
            }
            let links: Vec<Link> = known.links.values().filter(|link| link.state == State::Loaded).cloned().collect();
            let next = links.iter().filter_map(|link| link.value.as_ref());
            open.extend(next.flat_map(|value| self.heap.objects_in(value)).filter(|next| !seen.contains(next)));
        }
    }

    /// What was changed is written. What an expired object has to do with is loaded where its key is needed.
    pub(super) fn flush(&mut self, is_certain: bool) {
        let objects = 0..self.heap.objects.len();
        let is_written = |object: &usize| {
            let known = &self.heap.objects[*object];
            known.is_touched && known.standing != Standing::Transient
        };
        let written: Vec<usize> = objects.clone().filter(is_written).collect();
        for object in objects {
            let links = self.heap.objects[object].links.values().filter_map(|link| link.value.as_ref());
            let leads_to: Vec<usize> = links.flat_map(|value| self.heap.objects_in(value)).collect();
            if written.contains(&object) {
                self.heap.doubt(object);
                leads_to.into_iter().for_each(|other| self.heap.doubt(other));
            } else if leads_to.iter().any(|other| written.contains(other)) {
                self.heap.doubt(object);
            }
        }
        for object in written {
            let known = &mut self.heap.objects[object];
            known.is_touched = false;
            known.links.values_mut().for_each(|link| link.is_flushed = true);
            match known.standing {
                Standing::Pending if !is_certain => known.standing = Standing::Unknown,
                Standing::Pending | Standing::Unknown if is_certain => known.standing = Standing::Persistent,
                _ => {}
            }
        }
    }

    pub(super) fn commit(&mut self) {
        self.flush(true);
        match self.expires_on_commit {
            Some(false) => {}
            None => self.heap.forget_all(),
            Some(true) => {
                for object in self.heap.objects.iter_mut().filter(|object| object.standing != Standing::Transient) {
                    object.freshness = Freshness::Dead;
                    object.links.clear();
                    object.base = Base::Empty;
                    object.written.clear();
                }
            }
        }
    }

    /// `session.get(…)`
    fn queried(&mut self, call: &Node<'_>, is_awaited: bool) -> Value {
        let options = call.field("arguments").and_then(|list| keyword_value(&list, "options"));
        let options = options.map_or_else(Options::default, |given| named_in_options(&given));
        if !is_awaited {
            self.heap.forget_all();
            return Value::Unknown;
        }
        self.loaded_by(call, &options)
    }

    /// What an awaited call gives that loads objects.
    fn loaded_by(&mut self, call: &Node<'_>, options: &Options) -> Value {
        let (found, _) = self.mapping.types.of(self.module(), call);
        self.loads_all_in(&found, options);
        self.value_of_type(&found, Some(options))
    }

    fn loads_all_in(&mut self, found: &Type, options: &Options) {
        self.heap.optioned.add(options);
        match found {
            Type::Object(class, _) => self.loads(class, options),
            Type::Rows(rows) => rows.columns.iter().for_each(|column| self.loads_all_in(column, options)),
            Type::Sequence(item) => self.loads_all_in(item, options),
            Type::Tuple(parts) | Type::Union(parts) => parts.iter().for_each(|part| self.loads_all_in(part, options)),
            Type::Other | Type::Nothing => {}
            _ => self.heap.forget_all(),
        }
    }

    /// `session.execute(…)` and the like.
    fn executed(&mut self, call: &Node<'_>, statement: &Value, is_awaited: bool) -> Value {
        self.flush(false);
        match statement {
            Value::Statement(options) if is_awaited => {
                let options = options.clone();
                self.loaded_by(call, &options)
            }
            _ => {
                self.heap.forget_all();
                self.typed(call)
            }
        }
    }

    fn refresh(&mut self, call: &Node<'_>, given: &Value) -> Result<Value, Exit> {
        let Value::Object(object) = *given else {
            self.heap.forget_all();
            return Ok(Value::Other);
        };
        if matches!(self.heap.objects[object].standing, Standing::Transient | Standing::Pending) {
            return Err(Exit::Ended);
        }
        match names_in(call) {
            Some(Some(names)) => return self.refresh_names(object, &names, call),
            Some(None) => self.heap.forget_all(),
            None => self.refresh_whole(object, call),
        }
        Ok(Value::Other)
    }

    fn refresh_names(&mut self, object: usize, names: &[String], call: &Node<'_>) -> Result<Value, Exit> {
        self.flush(false);
        let class = self.heap.objects[object].class.clone();
        for name in names {
            if let Attribute::Relation(relation) = self.mapping.attribute(&class, name) {
                if relation.loading == Loading::Unfollowed {
                    self.heap.forget_all();
                    continue;
                }
                let link = self.link(object, &relation);
                self.load_relation(object, &relation, &link, call);
            } else {
                for other in 0..self.heap.objects.len() {
                    if other == object || self.may_be_same(object, other) {
                        self.heap.objects[other].written.insert(name.clone());
                    }
                }
            }
        }
        Ok(Value::Other)
    }

    fn refresh_whole(&mut self, object: usize, call: &Node<'_>) {
        let at = self.module().location(&call.range());
        self.cascade(object, &at);
        self.flush(false);
        let class = self.heap.objects[object].class.clone();
        let options = if self.heap.objects[object].is_foreign {
            // a query elsewhere may have had options, which hold for the refresh too
            Options { any: true, ..Options::default() }
        } else {
            self.heap.optioned.clone()
        };
        let optioned = std::mem::replace(&mut self.heap.optioned, options.clone());
        self.loads(&class, &Options::default());
        self.heap.optioned = optioned;
        let known = &mut self.heap.objects[object];
        known.freshness = Freshness::Loaded;
        known.standing = Standing::Persistent;
        known.written.clear();
        known.base = Base::Queried(options);
        unload(&mut known.links);
    }

    fn expire(&mut self, call: &Node<'_>, given: &Value) -> Result<Value, Exit> {
        let Value::Object(object) = *given else {
            self.heap.forget_all();
            return Ok(Value::Other);
        };
        if matches!(self.heap.objects[object].standing, Standing::Transient | Standing::Pending) {
            return Err(Exit::Ended);
        }
        if names_in(call).is_some() {
            self.heap.forget_all();
            return Ok(Value::Other);
        }
        let at = self.module().location(&call.range());
        self.cascade(object, &at);
        let known = &mut self.heap.objects[object];
        known.freshness = Freshness::Dead;
        known.standing = Standing::Persistent;
        known.written.clear();
        known.base = Base::Empty;
        unload(&mut known.links);
        Ok(Value::Other)
    }

    /// Expires what a refresh or an expire of an object reaches.
    fn cascade(&mut self, object: usize, call: &Location) {
        let mut seen = BTreeSet::from([object]);
        let mut open: Vec<(usize, Vec<Edge>)> = vec![(object, Vec::new())];
        while let Some((one, over)) = open.pop() {
            let class = self.heap.objects[one].class.clone();
            let mut reached: Vec<(usize, Edge)> = Vec::new();
            for relation in self.mapping.relations(&class).iter() {
                let Some(relationship) = relation.cascading else { continue };
                let link = self.link(one, relation);
                if let (State::Loaded, Some(value)) = (link.state, &link.value) {
                    let edge = Edge { relationship, loaded: link.at.clone() };
                    reached.extend(self.heap.objects_in(value).into_iter().map(|next| (next, edge.clone())));
                }
            }
            if one != object {
                self.expire_reached(one, call, &over);
            }
            for (next, edge) in reached {
                if seen.insert(next) {
                    open.push((next, over.iter().cloned().chain([edge]).collect()));
                }
            }
        }
    }

    fn expire_reached(&mut self, object: usize, call: &Location, over: &[Edge]) {
        let known = &mut self.heap.objects[object];
        match known.standing {
            Standing::Transient => {}
            // it leaves the session
            Standing::Pending | Standing::Unknown => self.heap.forget(object),
            Standing::Persistent => {
                if !matches!(known.freshness, Freshness::Dead | Freshness::Expired(_)) {
                    let expiry = Expiry { call: call.clone(), over: over.to_vec() };
                    known.freshness = Freshness::Expired(Rc::new(expiry));
                    known.written.clear();
                }
                known.base = Base::Empty;
                unload(&mut known.links);
            }
        }
    }

    /// Whether two may stand for the same object.
    pub(super) fn may_be_same(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.heap.objects[one], &self.heap.objects[other]);
        !(one.is_made && other.is_made) && self.mapping.can_be(&one.class, &other.class)
    }

    /// Whether a name is that of a session whose type can't be told.
    pub(super) fn is_session(&self, node: &Node<'_>) -> bool {
        let (found, _) = self.mapping.types.of(self.module(), node);
        let is_open = |part: &Type| matches!(part, Type::Unknown(_) | Type::Variable(_) | Type::OutsideObject(..));
        found.parts().contains(&Type::Session)
            || (found.is_never() || found.parts().iter().any(is_open)) && is_named_as_session(&node.text())
    }
}

/// Nothing is loaded any more; what leads to one object keeps its key.
fn unload(links: &mut std::collections::BTreeMap<String, Link>) {
    for link in links.values_mut() {
        link.was_loaded = link.state == State::Loaded || link.was_loaded && link.state == State::Unloaded;
        link.state = State::Unloaded;
        if matches!(link.value, Some(Value::List(_))) || !link.is_flushed {
            link.value = None;
        }
    }
}

/// The attributes that a call names; None inside where they can't be told, None where it names none.
fn names_in(call: &Node<'_>) -> Option<Option<Vec<String>>> {
    let arguments = call.field("arguments")?;
    let names = positional_arguments(&arguments).get(1).cloned();
    let names = names.or_else(|| keyword_value(&arguments, "attribute_names"))?;
    if names.kind() == "none" {
        return None;
    }
    if !matches!(&*names.kind(), "list" | "tuple" | "set") {
        return Some(None);
    }
    let parts: Vec<Node<'_>> = names.named_children().filter(|part| part.kind() != "comment").collect();
    if parts.is_empty() {
        return None;
    }
    Some(parts.iter().map(string_content).collect())
}

/// What loader options name: `selectinload(User.orders).joinedload(Order.items)`.
pub(super) fn named_in_options(options: &Node<'_>) -> Options {
    const LOADERS: [&str; 5] = ["selectinload", "joinedload", "subqueryload", "immediateload", "contains_eager"];
    const HARMLESS: [&str; 2] = ["lazyload", "raiseload"];
    let mut found = Options::default();
    let calls: Vec<Node<'_>> = options.dfs().filter(|node| node.kind() == "call").collect();
    found.any = calls.is_empty();
    for call in calls {
        let name = super::mapping::last_name(&call).unwrap_or_default();
        if !LOADERS.contains(&name.as_str()) {
            found.any |= !HARMLESS.contains(&name.as_str());
            continue;
        }
        let arguments = call.field("arguments").map(|list| positional_arguments(&list)).unwrap_or_default();
        for argument in arguments {
            match argument.field("attribute").filter(|_| argument.kind() == "attribute") {
                Some(attribute) => {
                    found.names.insert(attribute.text().into_owned());
                }
                None => found.any = true,
            }
        }
    }
    found
}
