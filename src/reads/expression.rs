//! An expression is evaluated: what it gives, and what it does on the way.

use crate::syntax::{Node, Parts, conditional_parts, has_scope, is_and, kind, string_content, unparenthesized};

use super::decisions::Guard;
use super::heap::{Freshness, HeapLink, List, LoadState, Options, RunValue, Standing, UnseenRelationships};
use super::run::{Exit, Walkthrough};

impl Walkthrough<'_, '_> {
    pub(super) fn value(&mut self, node: &Node<'_>) -> Result<RunValue, Exit> {
        self.count()?;
        let node = unparenthesized(node);
        match &*node.kind() {
            kind::IDENTIFIER => Ok(self.named(&node)),
            kind::ATTRIBUTE => self.attribute(&node),
            kind::CALL => self.call(&node, false),
            kind::AWAIT => self.awaited(&node),
            kind::ASSIGNMENT => self.assignment(&node),
            kind::AUGMENTED_ASSIGNMENT => self.augmented(&node),
            kind::NAMED_EXPRESSION => {
                let value = node.field("value").map_or(Ok(RunValue::Unknown), |value| self.value(&value))?;
                if let Some(name) = node.field("name") {
                    self.bind(&name.text(), value.clone());
                }
                Ok(value)
            }
            kind::SUBSCRIPT => self.subscript(&node),
            kind::LIST | kind::SET => self.display(&node),
            kind::TUPLE | kind::EXPRESSION_LIST => {
                let parts: Vec<Node<'_>> = node.parts().collect();
                Ok(RunValue::Tuple(parts.iter().map(|part| self.value(part)).collect::<Result<_, _>>()?))
            }
            kind::CONDITIONAL_EXPRESSION => match conditional_parts(&node) {
                Some([body, condition, otherwise]) => {
                    let holds = self.holds(Some(condition), None)?;
                    self.value(if holds { &body } else { &otherwise })
                }
                None => Ok(RunValue::Unknown),
            },
            kind::BOOLEAN_OPERATOR => self.either(&node),
            kind::NOT_OPERATOR => {
                let known = node.field("argument").map_or(Ok(None), |inner| self.truth(&inner, None))?;
                Ok(known.map_or(RunValue::Other, |holds| RunValue::Flag(!holds)))
            }
            kind::LIST_COMPREHENSION
            | kind::SET_COMPREHENSION
            | kind::GENERATOR_EXPRESSION
            | kind::DICTIONARY_COMPREHENSION => self.comprehension(&node),
            kind::NONE => Ok(RunValue::Nothing),
            kind::LAMBDA | kind::FUNCTION_DEFINITION | kind::CLASS_DEFINITION => Ok(RunValue::Unknown),
            kind::KEYWORD_ARGUMENT => node.field("value").map_or(Ok(RunValue::Unknown), |value| self.value(&value)),
            _ => {
                node.parts().try_for_each(|part| self.value(&part).map(|_| ()))?;
                Ok(constant(&node).unwrap_or(RunValue::Other))
            }
        }
    }

    fn named(&mut self, node: &Node<'_>) -> RunValue {
        let name = node.text();
        if let Some(known) = self.name(&name) {
            return known;
        }
        if let Some(constant) = self.constant_of_module(node) {
            return constant;
        }
        let found = self.typed(node);
        if matches!(found, RunValue::Object(_) | RunValue::List(_)) {
            self.remember(&name, found.clone());
        }
        found
    }

    /// What a name stands for that the module alone binds, once, to one of Python's own values.
    fn constant_of_module(&self, node: &Node<'_>) -> Option<RunValue> {
        let name = node.text();
        let binds = |around: &Node<'_>| !self.module().scope_of(around).all(&name).is_empty();
        let is_own = node.ancestors().filter(has_scope).any(|around| binds(&around));
        let [binding] = self.module().scope.all(&name) else { return None };
        if is_own || self.is_shared(&name) {
            return None;
        }
        let bound = self.module().node(&binding.name)?;
        let assignment = bound.parent().filter(|around| around.kind() == kind::ASSIGNMENT)?;
        assignment.field("left").filter(|left| left.range() == bound.range())?;
        constant(&assignment.field("right")?)
    }

    fn attribute(&mut self, node: &Node<'_>) -> Result<RunValue, Exit> {
        let (Some(object), Some(name)) = (node.field("object"), node.field("attribute")) else {
            return Ok(RunValue::Unknown);
        };
        if matches!(&*name.text(), "no_autoflush" | "autoflush") {
            // when a flush comes is not followed then
            return Err(Exit::Ended);
        }
        match self.value(&object)? {
            RunValue::Object(object) if name.text() == "awaitable_attrs" => Ok(RunValue::Awaitable(object)),
            RunValue::Object(object) => self.read(object, &name.text(), node),
            RunValue::Class(_) | RunValue::Statement(_) => Ok(RunValue::Other),
            value if value.is_no_object() => Ok(RunValue::Other),
            RunValue::Session => Ok(RunValue::Session),
            _ => Ok(self.typed(node)),
        }
    }

    /// `await …`
    fn awaited(&mut self, node: &Node<'_>) -> Result<RunValue, Exit> {
        let Some(inner) = node.parts().next() else {
            return Ok(RunValue::Unknown);
        };
        let inner = unparenthesized(&inner);
        match &*inner.kind() {
            kind::CALL => self.call(&inner, true),
            kind::ATTRIBUTE => {
                let (Some(object), Some(name)) = (inner.field("object"), inner.field("attribute")) else {
                    return Ok(RunValue::Unknown);
                };
                match self.value(&object)? {
                    RunValue::Awaitable(object) => self.await_attribute(object, &name.text(), &inner),
                    _ => {
                        self.heap.forget_all();
                        Ok(RunValue::Unknown)
                    }
                }
            }
            _ => {
                self.value(&inner)?;
                self.heap.forget_all();
                Ok(self.typed(node))
            }
        }
    }

    fn assignment(&mut self, node: &Node<'_>) -> Result<RunValue, Exit> {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else { return Ok(RunValue::Unknown) };
        let value = self.value(&right)?;
        self.put(&left, &value)?;
        Ok(value)
    }

    /// Something gets a value: a name, an attribute, a part.
    fn put(&mut self, left: &Node<'_>, value: &RunValue) -> Result<(), Exit> {
        match &*left.kind() {
            kind::ATTRIBUTE => {
                let (Some(object), Some(name)) = (left.field("object"), left.field("attribute")) else { return Ok(()) };
                if name.text() == "autoflush" {
                    return Err(Exit::Ended);
                }
                self.forget_conditions(&left.text());
                if let RunValue::Object(object) = self.value(&object)? {
                    let at = self.module().location(&left.range());
                    self.set(object, &name.text(), value, &at)?;
                }
                Ok(())
            }
            kind::SUBSCRIPT => {
                let container = left.field("value").map(|value| self.value(&value)).transpose()?;
                for key in left.field_children("subscript") {
                    self.value(&key)?;
                }
                if let Some(RunValue::List(list)) = container {
                    self.doubt_list(list);
                    // what it gets leaves others
                    self.heap.forget_all();
                }
                Ok(())
            }
            _ => {
                self.assign(left, value.clone());
                Ok(())
            }
        }
    }

    fn augmented(&mut self, node: &Node<'_>) -> Result<RunValue, Exit> {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else { return Ok(RunValue::Unknown) };
        let before = self.value(&left)?;
        let more = self.value(&right)?;
        match before {
            RunValue::List(list) => {
                self.doubt_list(list);
                self.forget_in(&more);
                if left.kind() != kind::IDENTIFIER {
                    // what it gets leaves others
                    self.heap.forget_all();
                }
            }
            before => {
                let value = if before.is_no_object() { RunValue::Other } else { RunValue::Unknown };
                self.put(&left, &value)?;
            }
        }
        Ok(RunValue::Other)
    }

    /// It isn't known any more which objects are in a list.
    pub(super) fn doubt_list(&mut self, list: usize) {
        let known = std::mem::take(&mut self.heap.lists[list]);
        if let Some((object, name)) = known.owner {
            self.heap.objects[object].links.remove(&name);
            self.heap.objects[object].base = super::heap::UnseenRelationships::Unknown;
            self.heap.objects[object].is_foreign = true;
        }
        for object in known.known.into_iter().chain(known.rest) {
            self.heap.forget(object);
        }
    }

    /// It isn't known any more what became of the objects of a value.
    pub(super) fn forget_in(&mut self, value: &RunValue) {
        self.heap.objects_in(value).into_iter().for_each(|object| self.heap.forget(object));
    }

    fn subscript(&mut self, node: &Node<'_>) -> Result<RunValue, Exit> {
        let Some(of) = node.field("value") else { return Ok(RunValue::Unknown) };
        let of = self.value(&of)?;
        let index = node.field("subscript");
        if let Some(index) = &index {
            self.value(index)?;
        }
        let number = index.and_then(|index| index.text().parse::<usize>().ok());
        match (&of, number) {
            (RunValue::List(list), Some(number)) if self.heap.lists[*list].rest.is_none() => {
                let known = self.heap.lists[*list].known.get(number).copied();
                known.map(RunValue::Object).ok_or(Exit::Ended)
            }
            (RunValue::List(list), Some(number)) if self.may_be_known(*list, number) => {
                Ok(self.one_of_all(&of).map_or(RunValue::Unknown, RunValue::Object))
            }
            (RunValue::List(list), Some(number)) => {
                // there is one
                let rest = self.heap.lists[*list].rest;
                let is_same = |list: &&mut List| list.rest == rest;
                for list in self.heap.lists.iter_mut().filter(is_same) {
                    list.is_anchored &= !list.known.is_empty();
                    list.may_lack_others &= !list.known.is_empty();
                }
                let known = self.heap.lists[*list].taken.get(&number).copied();
                let one = known.or_else(|| self.one_of_list(&of));
                if let Some(one) = one {
                    self.heap.lists[*list].taken.insert(number, one);
                }
                Ok(one.map_or(RunValue::Unknown, RunValue::Object))
            }
            (RunValue::Tuple(parts), Some(number)) => Ok(parts.get(number).cloned().unwrap_or(RunValue::Unknown)),
            (of, _) if of.is_no_object() => Ok(RunValue::Other),
            _ => Ok(self.typed(node)),
        }
    }

    /// One of the objects of a list: one that is known, or another.
    fn one_of_all(&mut self, list: &RunValue) -> Option<usize> {
        let all = self.heap.objects_in(list);
        let class = self.heap.objects[*all.last()?].class.clone();
        let is_loaded = |one: &usize| {
            let known = &self.heap.objects[*one];
            known.standing == Standing::Persistent && matches!(known.freshness, Freshness::Loaded)
        };
        if !all.iter().all(is_loaded) {
            return Some(self.heap.foreign(class));
        }
        let mut options = Options::default();
        all.iter().for_each(|one| options.add_possible(&self.heap.objects[*one].options));
        let is_foreign = all.iter().any(|one| self.heap.objects[*one].is_foreign);
        let object = self.heap.queried(class, options);
        let chosen_from = self.heap.chosen_from(list);
        let known = &mut self.heap.objects[object];
        known.one_of = chosen_from;
        (known.is_given, known.is_foreign, known.base) = (true, is_foreign, UnseenRelationships::Unknown);
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

    /// Whether what is at a place of a list may be one that is known by another name: of a copy, or apart from the others.
    fn may_be_known(&self, list: usize, number: usize) -> bool {
        let this = &self.heap.lists[list];
        let is_anchored = this.is_anchored && !this.known.is_empty();
        let has_copy =
            |(other, copy): (usize, &List)| other != list && copy.rest == this.rest && !copy.taken.is_empty();
        is_anchored || !this.taken.contains_key(&number) && self.heap.lists.iter().enumerate().any(has_copy)
    }

    /// `[a, b]`
    fn display(&mut self, node: &Node<'_>) -> Result<RunValue, Exit> {
        let parts: Vec<Node<'_>> = node.parts().collect();
        let values = parts.iter().map(|part| self.value(part)).collect::<Result<Vec<_>, _>>()?;
        let objects: Option<Vec<usize>> = values
            .iter()
            .map(|value| match value {
                RunValue::Object(object) => Some(*object),
                _ => None,
            })
            .collect();
        Ok(match objects {
            Some(known) => self.heap.list(List { known, ..List::default() }),
            None if values.iter().all(|value| value.is_no_object() || *value == RunValue::Nothing) => RunValue::Other,
            None => RunValue::Unknown,
        })
    }

    /// `one and other`, `one or other`
    fn either(&mut self, node: &Node<'_>) -> Result<RunValue, Exit> {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else { return Ok(RunValue::Unknown) };
        let is_and = is_and(node);
        let left = unparenthesized(&left);
        if left.kind() == kind::BOOLEAN_OPERATOR {
            // its own parts are decided about, and not the whole of it
            let holds = self.holds(Some(left), None)?;
            return if holds == is_and { self.value(&right) } else { Ok(RunValue::Unknown) };
        }
        let value = self.value(&left)?;
        let holds = self.is_true(&value).unwrap_or_else(|| self.assume(&left, None));
        if holds == is_and { self.value(&right) } else { Ok(value) }
    }

    fn comprehension(&mut self, node: &Node<'_>) -> Result<RunValue, Exit> {
        let Some(body) = node.field("body") else { return Ok(RunValue::Unknown) };
        let clauses: Vec<Node<'_>> = node.parts().filter(|clause| clause.kind() == kind::FOR_IN_CLAUSE).collect();
        let [clause] = clauses.as_slice() else {
            return self.nested(&clauses, node, &body);
        };
        let (Some(left), Some(right)) = (clause.field("left"), clause.field("right")) else {
            return Ok(RunValue::Unknown);
        };
        let over = self.value(&right)?;
        self.enter_loop(&over, &right, node);
        let rest = self.rest(&over);
        if let RunValue::List(list) = over {
            self.put_expired_first(list);
        }
        let mut given = Vec::new();
        let before = self.heap.objects.len();
        let items = self.items(&over, &right, 1);
        let taken: Vec<usize> = (before..self.heap.objects.len()).collect();
        for item in items {
            self.assign(&left, item);
            self.conditions(node)?;
            given.push(self.value(&body)?);
        }
        self.agree(rest, &taken);
        let objects: Option<Vec<usize>> = given
            .iter()
            .map(|value| match value {
                RunValue::Object(object) => Some(*object),
                _ => None,
            })
            .collect();
        Ok(match (objects.as_deref(), rest) {
            (Some([known @ .., one]), Some(_)) => {
                self.heap.list(List { known: known.to_vec(), rest: Some(*one), ..List::default() })
            }
            (Some(known), None) => self.heap.list(List { known: known.to_vec(), ..List::default() }),
            _ => RunValue::Unknown,
        })
    }

    /// The conditions of a comprehension are evaluated, and taken to hold.
    fn conditions(&mut self, node: &Node<'_>) -> Result<(), Exit> {
        for clause in node.parts().filter(|clause| clause.kind() == kind::IF_CLAUSE) {
            clause.parts().try_for_each(|condition| self.holds(Some(condition), Some(Guard::PASSED)).map(|_| ()))?;
        }
        Ok(())
    }

    /// A comprehension of several loops: one round of each.
    fn nested(&mut self, clauses: &[Node<'_>], node: &Node<'_>, body: &Node<'_>) -> Result<RunValue, Exit> {
        for clause in clauses {
            let (Some(left), Some(right)) = (clause.field("left"), clause.field("right")) else { continue };
            let over = self.value(&right)?;
            let item = self.items(&over, &right, 1).into_iter().next().unwrap_or(RunValue::Unknown);
            self.assign(&left, item);
        }
        self.conditions(node)?;
        self.value(body)?;
        Ok(RunValue::Unknown)
    }
}

/// What a literal stands for.
pub(super) fn constant(node: &Node<'_>) -> Option<RunValue> {
    match &*node.kind() {
        kind::TRUE | kind::FALSE => Some(RunValue::Flag(node.kind() == kind::TRUE)),
        kind::NONE => Some(RunValue::Nothing),
        kind::INTEGER => Some(RunValue::Literal(node.text().into_owned())),
        // it is no number
        kind::STRING => string_content(node).map(|content| RunValue::Literal(format!("'{content}'"))),
        _ => None,
    }
}
