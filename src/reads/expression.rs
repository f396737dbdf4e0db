//! An expression is evaluated: what it gives, and what it does on the way.

use crate::syntax::{Node, Parts, conditional_parts, has_scope, is_and, kind, string_content, unparenthesized};

use super::heap::RunValue;
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
            kind::COMPARISON_OPERATOR => Ok(self.truth(&node, None)?.map_or(RunValue::Other, RunValue::Flag)),
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
            kind::BINARY_OPERATOR | kind::DICTIONARY | kind::PAIR => {
                let parts: Vec<Node<'_>> = node.parts().collect();
                let values = parts.iter().map(|part| self.value(part)).collect::<Result<Vec<_>, _>>()?;
                if !values.iter().any(|value| !self.heap.objects_in(value).is_empty()) {
                    return Ok(RunValue::Other);
                }
                Ok(match &*node.kind() {
                    kind::BINARY_OPERATOR => self.concatenated(values.into_iter().map(|value| (value, true)).collect()),
                    // what they are in it isn't followed
                    _ => RunValue::Tuple(vec![RunValue::Tuple(values)]),
                })
            }
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
    pub(super) fn put(&mut self, left: &Node<'_>, value: &RunValue) -> Result<(), Exit> {
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
                if let Some(RunValue::List(list) | RunValue::Mapping(list)) = container {
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
                let is_collection = self.heap.lists[list].owner.is_some();
                self.doubt_list(list);
                self.forget_in(&more);
                if left.kind() != kind::IDENTIFIER || is_collection {
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
        let all: Vec<usize> = self.heap.objects_in(value).into_iter().flat_map(|one| self.each_like(one)).collect();
        all.into_iter().for_each(|object| self.heap.forget(object));
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
