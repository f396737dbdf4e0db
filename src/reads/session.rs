//! A method of a session is called: what it does to the objects.

use std::collections::BTreeSet;

use crate::hints::names_session;
use crate::resolve::{Arguments, Expression, Passed};
use crate::syntax::{Node, Parts, callee_name, dotted_name, kind, parameter_name, positional_arguments};
use crate::types::Type;

use super::cascade::unload;
use super::heap::{Freshness, HeapLink, LoadState, Options, RunValue, Standing, UnseenRelationships};
use super::mapping::LoaderStrategy;
use super::run::{Exit, Walkthrough};

impl Walkthrough<'_, '_> {
    /// A call of a session's method; `given` are the values of its arguments.
    pub(super) fn call_session(
        &mut self,
        name: &str,
        call: &Node<'_>,
        given: &[RunValue],
        is_awaited: bool,
    ) -> Result<RunValue, Exit> {
        let first = given.first().cloned().unwrap_or(RunValue::Unknown);
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
            _ => {
                self.heap.forget_all();
                return Ok(self.typed(call));
            }
        }
        Ok(RunValue::Other)
    }

    /// Whether the session of a call is one of asyncio, as far as the function around tells.
    fn is_async(&self, call: &Node<'_>) -> bool {
        let Some(session) = call.field("function").and_then(|function| function.field("object")) else { return false };
        let is_session = |node: Option<Node<'_>>| node.is_some_and(|node| node.text() == session.text());
        let says_so = |node: &Node<'_>| match &*node.kind() {
            // `await session.commit()`
            kind::AWAIT => {
                let awaited = node.parts().next().and_then(|call| call.field("function"));
                is_session(awaited.and_then(|method| method.field("object")))
            }
            // `session: AsyncSession`
            kind::TYPED_PARAMETER | kind::TYPED_DEFAULT_PARAMETER => {
                let annotation = node.field("type");
                is_session(parameter_name(node))
                    && annotation.is_some_and(|given| given.text().contains("AsyncSession"))
            }
            // `async with maker() as session`
            kind::AS_PATTERN => {
                let around = node.ancestors().find(|node| node.kind() == kind::WITH_STATEMENT);
                is_session(node.field("alias")) && around.is_some_and(|with| with.text().starts_with("async"))
            }
            _ => false,
        };
        let functions = call.ancestors().filter(|node| node.kind() == kind::FUNCTION_DEFINITION);
        functions.into_iter().any(|function| function.dfs().any(|node| says_so(&node)))
    }

    /// An object comes into the session, and what it leads to.
    pub(super) fn attach(&mut self, object: usize) {
        let mut open = vec![object];
        let mut seen = BTreeSet::new();
        while let Some(one) = open.pop().filter(|one| seen.insert(*one)) {
            let known = &mut self.heap.objects[one];
            // what has a row already is not written because of that, and where there need be none it would have come with a query
            known.is_touched |= known.standing != Standing::Persistent && !known.is_possible;
            if known.standing == Standing::Transient {
                known.standing = Standing::Pending;
            }
            let links: Vec<HeapLink> =
                known.links.values().filter(|link| link.state == LoadState::Loaded).cloned().collect();
            let next = links.iter().filter_map(|link| link.value.as_ref());
            open.extend(next.flat_map(|value| self.heap.objects_in(value)).filter(|next| !seen.contains(next)));
        }
    }

    /// What was changed is written. What an expired object has to do with is loaded where its key is needed.
    pub(super) fn flush(&mut self, is_certain: bool) {
        self.heap.flushes += 1;
        let objects = 0..self.heap.objects.len();
        let written: Vec<usize> = objects.clone().filter(|object| self.is_to_be_written(*object)).collect();
        for object in objects {
            let leads_to = self.led_to(object);
            let is_moved = std::mem::take(&mut self.heap.objects[object].is_moved);
            if written.contains(&object) {
                leads_to.into_iter().chain([object]).for_each(|needed| self.doubt_each_like(needed));
            } else if is_moved || leads_to.iter().any(|other| written.contains(other)) {
                self.doubt_each_like(object);
            }
        }
        for object in written {
            self.flush_links(object);
            let known = &mut self.heap.objects[object];
            known.is_touched = false;
            known.since = known.since.or(Some(self.heap.flushes));
            match known.standing {
                Standing::Pending if !is_certain => known.standing = Standing::Unknown,
                Standing::Pending | Standing::Unknown if is_certain => known.standing = Standing::Persistent,
                _ => {}
            }
        }
    }

    fn is_to_be_written(&self, object: usize) -> bool {
        let known = &self.heap.objects[object];
        known.is_touched && known.standing != Standing::Transient
    }

    /// The objects that the next flush writes, each with those that it needs to do so.
    pub(super) fn pending(&self) -> Vec<(usize, Vec<usize>)> {
        let objects = (0..self.heap.objects.len()).filter(|object| self.is_to_be_written(*object));
        objects.map(|object| (object, self.led_to(object))).collect()
    }

    /// The objects that the relationships of one lead to.
    fn led_to(&self, object: usize) -> Vec<usize> {
        let values = self.heap.objects[object].links.values().filter_map(|link| link.value.as_ref());
        values.flat_map(|value| self.heap.objects_in(value)).collect()
    }

    /// An object, by whatever name, may be loaded.
    pub(super) fn doubt_each_like(&mut self, object: usize) {
        self.each_like(object).into_iter().for_each(|one| self.heap.doubt(one));
    }

    /// What an object leads to is written, as far as that is in the session.
    fn flush_links(&mut self, object: usize) {
        let is_outside = |link: &HeapLink| {
            let leads_to = link.value.iter().flat_map(|value| self.heap.objects_in(value)).collect::<Vec<_>>();
            leads_to.into_iter().any(|other| self.heap.objects[other].standing == Standing::Transient)
        };
        let links = self.heap.objects[object].links.iter();
        let written: Vec<String> =
            links.filter(|(_, link)| !link.is_flushed && !is_outside(link)).map(|(name, _)| name.clone()).collect();
        for name in written {
            self.heap.objects[object].links.entry(name).and_modify(|link| link.is_flushed = true);
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
                    unload(&mut object.links, None);
                    object.base = UnseenRelationships::Empty;
                    object.written.clear();
                }
            }
        }
    }

    /// `session.get(…)`
    fn queried(&mut self, call: &Node<'_>, is_awaited: bool) -> RunValue {
        let given = Arguments::of_call(self.module(), call);
        let options = match given.get(&self.mapping.classes.resolver, "options") {
            Passed::Given(options) => options.node().map_or_else(Options::unknown, |given| named_in_options(&given)),
            Passed::Absent => Options::default(),
            Passed::Unknown => Options::unknown(),
        };
        if !is_awaited {
            self.heap.forget_all();
            return RunValue::Unknown;
        }
        self.flush(self.flushes_itself);
        let key = given.written("ident", Some(1)).and_then(Expression::node);
        let key =
            key.filter(|key| matches!(&*key.kind(), kind::INTEGER | kind::STRING)).map(|key| key.text().into_owned());
        let value = self.loaded_by(call, &options);
        if let RunValue::Object(object) = value {
            self.may_have_come(object);
        }
        let (Some(key), RunValue::Object(object)) = (key, &value) else { return value };
        let class = self.heap.objects[*object].class.clone();
        if let Some(same) = self.heap.of_key(&class, &key).filter(|same| self.is_held(*same)) {
            self.load_expired(same);
            return RunValue::Object(same);
        }
        self.heap.objects[*object].key = Some(key);
        value
    }

    /// What is asked for by its key can have come with another object, and then without what leads back to that.
    fn may_have_come(&mut self, object: usize) {
        let class = self.heap.objects[object].class.clone();
        for relation in
            self.mapping.relations(&class).iter().filter(|relation| relation.loading == LoaderStrategy::Eager)
        {
            let has_come_with = |other: usize| {
                let leads_there = self.mapping.relations(&self.heap.objects[other].class);
                let mut leads_there = leads_there.iter().filter(|back| self.mapping.can_be(&back.target, &class));
                leads_there.any(|back| self.link(other, back).state != LoadState::Unloaded)
            };
            let mut others = (0..self.heap.objects.len()).filter(|other| *other != object);
            let leads_back = |other: &usize| self.mapping.can_be(&self.heap.objects[*other].class, &relation.target);
            if others.any(|other| leads_back(&other) && has_come_with(other)) {
                let mut link = self.link(object, relation);
                link.obscure();
                self.heap.objects[object].links.insert(relation.name.clone(), link);
            }
        }
    }

    /// What an awaited call gives that loads objects.
    fn loaded_by(&mut self, call: &Node<'_>, options: &Options) -> RunValue {
        let found = self.mapping.type_of(self.module(), call);
        self.loads_all_in(&found, options);
        self.value_of_type(&found, Some(options))
    }

    fn loads_all_in(&mut self, found: &Type, options: &Options) {
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
    fn executed(&mut self, call: &Node<'_>, statement: &RunValue, is_awaited: bool) -> RunValue {
        self.flush(self.flushes_itself);
        match statement {
            RunValue::Statement(options) if is_awaited => {
                let options = options.clone();
                self.heap.has_changed_rows |= options.is_change;
                self.loaded_by(call, &options)
            }
            _ => {
                self.heap.forget_all();
                self.typed(call)
            }
        }
    }

    /// Whether a name is that of a session whose type can't be told.
    pub(super) fn is_session(&self, node: &Node<'_>) -> bool {
        let found = self.mapping.type_of(self.module(), node);
        let is_open = |part: &Type| matches!(part, Type::Unknown(_) | Type::Variable(_) | Type::OutsideObject(..));
        found.parts().contains(&Type::Session)
            || (found.is_never() || found.parts().iter().any(is_open)) && names_session(node.text().as_bytes())
    }
}

/// What loader options name: `selectinload(User.orders).joinedload(Order.items)`.
pub(super) fn named_in_options(options: &Node<'_>) -> Options {
    const LOADERS: [&str; 5] = ["selectinload", "joinedload", "subqueryload", "immediateload", "contains_eager"];
    const HARMLESS: [&str; 2] = ["lazyload", "raiseload"];
    let mut found = Options::default();
    let calls: Vec<Node<'_>> = options.dfs().filter(|node| node.kind() == kind::CALL).collect();
    found.any = calls.is_empty();
    for call in calls {
        let name = callee_name(&call).unwrap_or_default();
        if !LOADERS.contains(&name.as_str()) {
            found.any |= !HARMLESS.contains(&name.as_str());
            continue;
        }
        let arguments = call.field("arguments").map(|list| positional_arguments(&list)).unwrap_or_default();
        for argument in arguments {
            let parts = dotted_name(&argument).unwrap_or_default();
            match parts.as_slice() {
                [.., class, name] => {
                    found.names.insert((class.clone(), name.clone()));
                }
                _ => found.any = true,
            }
        }
    }
    found
}
