//! A function and the parameter that gets a cascade go in; the first place comes out where it does something else with that than hand it
//! on.
//!
//! The names and expressions that hold the cascade are followed, whatever the order in which the statements run.

use std::sync::Arc;

use super::keys::{Key, KeyPath, inside};
use super::{HowRead, Readers, Reading, Returned};
use crate::module::{Location, Module};
use crate::resolve::{Effort, Place, evaluate};
use crate::syntax::{Node, Parts, conditional_parts, dotted_name, kind, positional_arguments, string_content};

/// Expressions that hold the cascade, each with the keys under which the cascade is in its value.
pub(super) type Holders<'t> = Vec<(Node<'t>, KeyPath)>;

/// One function that is looked into.
pub(super) struct Flow<'f, 't> {
    pub readers: &'f Readers<'f>,
    pub module: &'f Arc<Module>,
    pub function: Node<'t>,
    /// The parameter, where it is bound, and its name.
    definition: Location,
    parameter: String,
    /// The names that hold the cascade.
    held: Vec<(String, KeyPath)>,
    returned: Returned,
}

impl<'f, 't> Flow<'f, 't> {
    pub(super) fn new(
        readers: &'f Readers<'f>,
        module: &'f Arc<Module>,
        function: &Node<'t>,
        definition: Location,
        (parameter, keys): (String, KeyPath),
    ) -> Self {
        let held = vec![(parameter.clone(), keys)];
        Self { readers, module, function: function.clone(), definition, parameter, held, returned: Vec::new() }
    }

    /// Follows the parameter; gives under which keys the function returns the cascade.
    pub(super) fn run(mut self) -> Result<Returned, Reading> {
        let Some(body) = self.function.field("body") else { return Ok(Vec::new()) };
        if let Some(call) = body.dfs().find(sees_all_names) {
            return Err(self.read(&call));
        }
        let names: Vec<Node<'t>> = body.dfs().filter(|node| node.kind() == kind::IDENTIFIER).collect();
        let mut done = 0;
        while let Some((name, keys)) = self.held.get(done).cloned() {
            done += 1;
            for node in names.iter().filter(|node| node.text() == *name && is_read(node)) {
                if !self.is_another(node) {
                    self.follow(node, &keys)?;
                }
            }
        }
        Ok(self.returned)
    }

    /// The reading at a node.
    pub(super) fn read(&self, node: &Node<'_>) -> Reading {
        Reading {
            name: self.parameter.clone(),
            definition: self.definition.clone(),
            at: self.module.location(&node.range()),
            how: HowRead::Used,
        }
    }

    /// A name holds the cascade from now on.
    pub(super) fn hold(&mut self, name: &Node<'_>, keys: KeyPath) {
        const MOST_KEYS: usize = 6;
        let name = name.text().into_owned();
        let is_known = self.held.iter().any(|(held, known)| *held == name && *known == keys);
        if !is_known && keys.len() <= MOST_KEYS {
            self.held.push((name, keys));
        }
    }

    /// Whether a function inside has another parameter of the name.
    fn is_another(&self, name: &Node<'_>) -> bool {
        let around = name.ancestors().take_while(|node| node.range() != self.function.range());
        let mut inner = around.filter(|node| matches!(&*node.kind(), kind::FUNCTION_DEFINITION | kind::LAMBDA));
        inner.any(|function| {
            let inside = function.field("body").is_some_and(|body| body.range().start <= name.range().start);
            inside && self.module.scope_of(&function).parameters().any(|(other, ..)| other == name.text())
        })
    }

    fn follow(&mut self, node: &Node<'t>, keys: &KeyPath) -> Result<(), Reading> {
        let mut pending: Holders<'t> = vec![(node.clone(), keys.clone())];
        while let Some((node, keys)) = pending.pop() {
            pending.extend(self.step(&node, keys)?);
        }
        Ok(())
    }

    /// The expressions around one that hold the cascade because of it.
    fn step(&mut self, node: &Node<'t>, keys: KeyPath) -> Result<Holders<'t>, Reading> {
        let Some(parent) = node.parent() else { return Ok(Vec::new()) };
        let is_field = |field: &str| parent.field(field).is_some_and(|other| other.range() == node.range());
        let outward = |keys: KeyPath| Ok(vec![(parent.clone(), keys)]);
        match &*parent.kind() {
            _ if is_looked_at_alone(&parent, node) => Ok(Vec::new()),
            kind::PARENTHESIZED_EXPRESSION | kind::AWAIT | kind::BOOLEAN_OPERATOR | kind::CONDITIONAL_EXPRESSION => {
                outward(keys)
            }
            kind::COMPARISON_OPERATOR if is_harmless_comparison(&parent, node, &keys) => Ok(Vec::new()),
            kind::NAMED_EXPRESSION => {
                if let Some(name) = parent.field("name") {
                    self.hold(&name, keys.clone());
                }
                outward(keys)
            }
            kind::ASSIGNMENT if is_field("right") => {
                if let Some(left) = parent.field("left") {
                    self.bind(&left, &keys, node)?;
                }
                outward(keys)
            }
            kind::AUGMENTED_ASSIGNMENT => self.augmented(&parent, node, keys),
            kind::FOR_STATEMENT | kind::FOR_IN_CLAUSE if is_field("right") => self.looped_over(&parent, node, &keys),
            kind::DEFAULT_PARAMETER | kind::TYPED_DEFAULT_PARAMETER => {
                if let Some(name) = parent.field("name") {
                    self.hold(&name, keys);
                }
                Ok(Vec::new())
            }
            kind::SUBSCRIPT if is_field("value") => self.subscript(&parent, node, &keys),
            kind::ATTRIBUTE if is_field("object") => self.method(&parent, node, &keys),
            kind::ARGUMENT_LIST | kind::KEYWORD_ARGUMENT => self.argument(&parent, node, keys),
            kind::RETURN_STATEMENT | kind::LAMBDA => self.result(&parent, node, keys),
            _ => self.contained(&parent, node, keys),
        }
    }

    /// What a loop goes through.
    fn looped_over(&mut self, around: &Node<'t>, node: &Node<'t>, keys: &KeyPath) -> Result<Holders<'t>, Reading> {
        match (keys.split_first(), around.field("left")) {
            // the keys of a dictionary
            (Some((Key::Name(_), _)), _) => Ok(Vec::new()),
            (Some((Key::Index(_), rest)), Some(left)) => {
                self.bind(&left, &rest.to_vec(), node)?;
                Ok(Vec::new())
            }
            _ => Err(self.read(node)),
        }
    }

    /// An element of a display, or of what is put together.
    fn contained(&mut self, parent: &Node<'t>, node: &Node<'t>, keys: KeyPath) -> Result<Holders<'t>, Reading> {
        let outward = |keys: KeyPath| Ok(vec![(parent.clone(), keys)]);
        let index = || positional_arguments(parent).iter().position(|other| other.range() == node.range());
        match &*parent.kind() {
            kind::PAIR if parent.field("value").is_some_and(|value| value.range() == node.range()) => {
                let key = parent.field("key").and_then(|key| self.constant(&key));
                parent.parent().map_or_else(
                    || Ok(Vec::new()),
                    |around| {
                        let is_display = around.kind() == kind::DICTIONARY;
                        Ok(vec![(around, inside(Key::Name(key.filter(|_| is_display)), &keys))])
                    },
                )
            }
            kind::TUPLE | kind::LIST | kind::SET | kind::EXPRESSION_LIST => outward(inside(Key::Index(index()), &keys)),
            kind::LIST_COMPREHENSION | kind::SET_COMPREHENSION | kind::GENERATOR_EXPRESSION => {
                outward(inside(Key::Index(None), &keys))
            }
            kind::DICTIONARY_SPLAT => match parent.parent().filter(|around| around.kind() == kind::ARGUMENT_LIST) {
                Some(arguments) => self.given(&arguments, parent, keys),
                None => Ok(parent.parent().map(|around| (around, keys)).into_iter().collect()),
            },
            kind::LIST_SPLAT => self.splatted(parent, node, &keys),
            kind::BINARY_OPERATOR => {
                let operator = parent.field("operator").map(|operator| operator.text().into_owned());
                match (operator.as_deref(), keys.split_first()) {
                    (Some("|"), Some((Key::Name(_), _))) => outward(keys),
                    (Some("+"), Some((Key::Index(_), rest))) => outward(inside(Key::Index(None), rest)),
                    _ => Err(self.read(node)),
                }
            }
            _ => Err(self.read(node)),
        }
    }

    /// `*node` in a display or in a call.
    fn splatted(&mut self, splat: &Node<'t>, node: &Node<'t>, keys: &KeyPath) -> Result<Holders<'t>, Reading> {
        let Some(around) = splat.parent() else { return Ok(Vec::new()) };
        let keys = match (keys.split_first(), &*around.kind()) {
            // the keys of a dictionary
            (Some((Key::Name(_), _)), _) => return Ok(Vec::new()),
            (Some((Key::Index(index), rest)), kind) => {
                let before = positional_arguments(&around).iter().position(|other| other.range() == splat.range());
                let index = index.filter(|_| kind == kind::ARGUMENT_LIST).and_then(|index| Some(index + before?));
                inside(Key::Index(index), rest)
            }
            (None, kind::LIST | kind::TUPLE | kind::SET) => Vec::new(),
            (None, _) => return Err(self.read(node)),
        };
        match &*around.kind() {
            kind::ARGUMENT_LIST => self.given(&around, splat, keys),
            _ => Ok(vec![(around, keys)]),
        }
    }

    /// What a name, a pattern or an item gets.
    fn bind(&mut self, target: &Node<'t>, keys: &KeyPath, node: &Node<'t>) -> Result<(), Reading> {
        match &*target.kind() {
            kind::IDENTIFIER => {
                self.hold(target, keys.clone());
                Ok(())
            }
            kind::SUBSCRIPT => {
                let object = target.field("value").filter(|object| object.kind() == kind::IDENTIFIER);
                let Some(object) = object else { return Err(self.read(node)) };
                let key = target.field("subscript").and_then(|key| self.constant(&key));
                self.hold(&object, inside(Key::Name(key), keys));
                Ok(())
            }
            kind::PATTERN_LIST | kind::TUPLE_PATTERN | kind::LIST_PATTERN => match keys.split_first() {
                Some((Key::Index(index), rest)) => self.unpack(target, *index, rest, node),
                Some((Key::Name(_), _)) => Ok(()),
                None => Err(self.read(node)),
            },
            _ => Err(self.read(node)),
        }
    }

    /// `first, *others = …`
    fn unpack(
        &mut self,
        target: &Node<'t>,
        index: Option<usize>,
        rest: &[Key],
        node: &Node<'t>,
    ) -> Result<(), Reading> {
        let parts = positional_arguments(target);
        let star = parts.iter().position(|part| part.kind() == kind::LIST_SPLAT_PATTERN);
        for (position, part) in parts.iter().enumerate() {
            let is_behind = star.is_some_and(|star| position > star);
            if star == Some(position) {
                if let Some(name) = part.parts().next() {
                    self.hold(&name, inside(Key::Index(None), rest));
                }
            } else if is_behind || index.is_none_or(|index| index == position) {
                self.bind(part, &rest.to_vec(), node)?;
            }
        }
        Ok(())
    }

    fn augmented(&mut self, parent: &Node<'t>, node: &Node<'t>, keys: KeyPath) -> Result<Holders<'t>, Reading> {
        let operator = parent.field("operator").map(|operator| operator.text().into_owned()).unwrap_or_default();
        let is_left = parent.field("left").is_some_and(|left| left.range() == node.range());
        let is_joined = matches!((&*operator, keys.first()), ("|=", Some(Key::Name(_))) | ("+=", Some(Key::Index(_))));
        match parent.field("left") {
            _ if !is_joined => Err(self.read(node)),
            Some(left) if !is_left => self.bind(&left, &keys, node).map(|()| Vec::new()),
            _ => Ok(Vec::new()),
        }
    }

    /// `node[key]`
    fn subscript(&mut self, subscript: &Node<'t>, node: &Node<'t>, keys: &KeyPath) -> Result<Holders<'t>, Reading> {
        let Some((first, rest)) = keys.split_first() else { return Err(self.read(node)) };
        let given = subscript.field("subscript");
        if given.as_ref().is_some_and(|given| given.kind() == kind::SLICE) {
            return Ok(vec![(subscript.clone(), inside(Key::Index(None), rest))]);
        }
        let parent = subscript.parent();
        let is_target = parent.is_some_and(|parent| {
            let is_left = parent.field("left").is_some_and(|left| left.range() == subscript.range());
            parent.kind() == kind::DELETE_STATEMENT || parent.kind() == kind::ASSIGNMENT && is_left
        });
        if is_target || !given.is_some_and(|given| self.leads_to(&given, first)) {
            return Ok(Vec::new());
        }
        Ok(vec![(subscript.clone(), rest.to_vec())])
    }

    /// Whether an expression can be the key.
    pub(super) fn leads_to(&self, node: &Node<'_>, key: &Key) -> bool {
        let text = node.text();
        match (self.constant(node), text.trim_start_matches('-').parse::<usize>()) {
            (Some(name), _) => Key::Name(Some(name)).can_be(key),
            (None, Ok(_)) if text.starts_with('-') => Key::Index(None).can_be(key),
            (None, Ok(index)) => Key::Index(Some(index)).can_be(key),
            (None, Err(_)) => true,
        }
    }

    /// The string that an expression certainly is.
    pub(super) fn constant(&self, node: &Node<'_>) -> Option<String> {
        if let Some(text) = string_content(node) {
            return Some(text);
        }
        if let Ok(literal) = evaluate(node) {
            return literal.value.as_str().map(str::to_owned);
        }
        dotted_name(node)?;
        let value = self.readers.resolver.value(&Place::of(self.module, node), node, &Effort::for_value()).ok()?;
        match (&*value.alternatives, &*value.arguments) {
            ([only], []) => only.value.as_str().map(str::to_owned),
            _ => None,
        }
    }

    /// What is returned is told to those that call the function; what a function inside returns can't be followed.
    fn result(&mut self, parent: &Node<'t>, node: &Node<'t>, keys: KeyPath) -> Result<Holders<'t>, Reading> {
        let function = match &*parent.kind() {
            kind::LAMBDA => Some(parent.clone()),
            _ => parent.ancestors().find(|node| matches!(&*node.kind(), kind::FUNCTION_DEFINITION | kind::LAMBDA)),
        };
        if function.is_none_or(|function| function.range() != self.function.range()) {
            return Err(self.read(node));
        }
        if !self.returned.contains(&keys) {
            self.returned.push(keys);
        }
        Ok(Vec::new())
    }
}

/// `locals()`, `eval(…)` and the like.
fn sees_all_names(node: &Node<'_>) -> bool {
    const SEEING: [&str; 5] = ["eval", "exec", "currentframe", "_getframe", "getargvalues"];
    let Some(function) = node.field("function").filter(|_| node.kind() == kind::CALL) else { return false };
    let name = function.field("attribute").unwrap_or(function);
    let has_arguments = || node.field("arguments").is_some_and(|arguments| arguments.parts().next().is_some());
    match &*name.text() {
        "locals" | "vars" => !has_arguments(),
        name => SEEING.contains(&name),
    }
}

/// Whether an identifier is a name that is read, and not one that is bound or belongs to something else.
fn is_read(name: &Node<'_>) -> bool {
    let Some(parent) = name.parent() else { return false };
    let is_field = |field: &str| parent.field(field).is_some_and(|other| other.range() == name.range());
    match &*parent.kind() {
        kind::ATTRIBUTE => is_field("object"),
        kind::KEYWORD_ARGUMENT => is_field("value"),
        kind::PARAMETERS
        | kind::LAMBDA_PARAMETERS
        | kind::TYPED_PARAMETER
        | kind::GLOBAL_STATEMENT
        | kind::NONLOCAL_STATEMENT => false,
        kind::DOTTED_NAME | kind::ALIASED_IMPORT | kind::LIST_SPLAT_PATTERN | kind::DICTIONARY_SPLAT_PATTERN => false,
        kind::DEFAULT_PARAMETER | kind::TYPED_DEFAULT_PARAMETER => is_field("value"),
        kind::FUNCTION_DEFINITION | kind::CLASS_DEFINITION => false,
        kind::PATTERN_LIST | kind::TUPLE_PATTERN | kind::LIST_PATTERN => false,
        kind::ASSIGNMENT | kind::FOR_STATEMENT | kind::FOR_IN_CLAUSE => !is_field("left"),
        kind::NAMED_EXPRESSION => is_field("value"),
        _ => true,
    }
}

/// A comparison that the options of the cascade don't decide: with None, or for a key of a dictionary.
fn is_harmless_comparison(comparison: &Node<'_>, node: &Node<'_>, keys: &KeyPath) -> bool {
    let operands: Vec<_> = comparison.parts().collect();
    let is_operator = |text: &str| comparison.children().any(|child| child.text() == text);
    let is_none = operands.iter().any(|operand| operand.kind() == kind::NONE);
    let is_container = operands.len() == 2 && operands[1].range() == node.range();
    let has_keys = matches!(keys.first(), Some(Key::Name(_)));
    is_none && operands.len() == 2 || has_keys && is_container && (is_operator("in") || is_operator("not in"))
}

/// Whether the code around an expression does nothing with it, or only tests whether it is true.
fn is_looked_at_alone(around: &Node<'_>, node: &Node<'_>) -> bool {
    let is_same = |other: &Node<'_>| other.range() == node.range();
    match &*around.kind() {
        kind::EXPRESSION_STATEMENT | kind::DELETE_STATEMENT | kind::NOT_OPERATOR | kind::IF_CLAUSE | kind::TYPE => true,
        kind::IF_STATEMENT | kind::ELIF_CLAUSE | kind::WHILE_STATEMENT => true,
        kind::ASSERT_STATEMENT => around.parts().next().is_some_and(|first| is_same(&first)),
        kind::CONDITIONAL_EXPRESSION => conditional_parts(around).is_some_and(|[_, condition, _]| is_same(&condition)),
        _ => false,
    }
}
