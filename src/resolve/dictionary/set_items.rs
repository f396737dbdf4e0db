//! A dictionary's name goes in; what statements put into it after it was bound comes out.

use super::Entries;
use crate::resolve::callee::Resolver;
use crate::resolve::effort::Effort;
use crate::resolve::names::Found;
use crate::resolve::place::Place;
use crate::syntax::{Node, kind, positional_arguments, unpacked_value};

/// How many statements are looked at that can put something into a dictionary under one key.
const MOST_STATEMENTS: usize = 50;

impl Resolver<'_> {
    /// An item that is set, in a display, a pair or a statement.
    pub(super) fn entries_of_item_set(
        &self,
        place: &Place,
        (container, name, value): (&Node<'_>, &Node<'_>, &Node<'_>),
        key: &str,
        effort: &Effort,
    ) -> Entries {
        match self.is_key(place, name, key, effort) {
            Some(true) => Entries::of(self.entry(place, container, value, effort)),
            Some(false) => Entries::default(),
            None => Entries::unknown(),
        }
    }

    /// What statements in the scope of a dictionary's name set in it: `name["key"] = value`, `name.setdefault("key", value)`,
    /// `name.update(key=value)`, `name |= {"key": value}`.
    pub(super) fn entries_set_later(&self, found: &Found, key: &str, effort: &Effort) -> Entries {
        let module = found.module();
        let within = found.scope().owner.as_ref().map_or(0..usize::MAX, |owner| owner.range.clone());
        let statements = module.dictionary_statements(found.name(), key, &within);
        if statements.len() > MOST_STATEMENTS {
            return Entries::unknown();
        }
        let mut all = Entries::default();
        for node in statements.iter().filter_map(|range| module.node(range)) {
            let at = module.location(&node.range());
            let place = Place::of(module, &node);
            let leads = self.definitions_of_names(&place.clone().at_any_time(), &[found.name().to_owned()], effort);
            let is_same = leads.is_some_and(|leads| leads.contains(&found.location()));
            if !is_same || effort.is_visiting(&at) {
                continue;
            }
            if let Some((container, value)) = set_in(&node, found.name()) {
                let found = effort.visiting(at, || match value {
                    Set::Item(name, value) => {
                        self.entries_of_item_set(&place, (&container, &name, &value), key, effort)
                    }
                    Set::Dictionary(other) if other.kind() == kind::ARGUMENT_LIST => {
                        self.entries_of_parts(&place, &other, key, effort)
                    }
                    Set::Dictionary(other) => self.entries(&place, &other, key, effort),
                });
                all = all.or(found);
            }
        }
        all
    }
}

/// What a statement puts into a dictionary.
pub(super) enum Set<'t> {
    /// A value under a key.
    Item(Node<'t>, Node<'t>),
    /// Whatever another dictionary, or the keyword arguments of `update`, hold.
    Dictionary(Node<'t>),
}

pub(super) fn set_in<'t>(node: &Node<'t>, name: &str) -> Option<(Node<'t>, Set<'t>)> {
    match &*node.kind() {
        kind::ASSIGNMENT => {
            let left = node.field("left").filter(|left| left.kind() == kind::SUBSCRIPT)?;
            let is_item = left.field("value")?.text() == name;
            is_item.then(|| Some((node.clone(), Set::Item(left.field("subscript")?, node.field("right")?))))?
        }
        kind::SUBSCRIPT => {
            let is_item = node.field("value")?.text() == name;
            let value = unpacked_value(node);
            is_item.then(|| match value {
                Some(value) => Some((node.clone(), Set::Item(node.field("subscript")?, value))),
                // it may be any
                None => Some((node.clone(), Set::Dictionary(node.clone()))),
            })?
        }
        kind::AUGMENTED_ASSIGNMENT => {
            let is_union = node.field("left")?.text() == name && node.field("operator")?.text() == "|=";
            is_union.then(|| Some((node.clone(), Set::Dictionary(node.field("right")?))))?
        }
        _ => set_by_call(node, name),
    }
}

/// What a call puts into a dictionary: `name.update(…)`, `operator.setitem(name, …)`, `dict.update(name, …)`.
fn set_by_call<'t>(node: &Node<'t>, name: &str) -> Option<(Node<'t>, Set<'t>)> {
    let (function, arguments) = (node.field("function")?, node.field("arguments")?);
    let mut given = positional_arguments(&arguments);
    let method = function.field("attribute").unwrap_or_else(|| function.clone()).text();
    let object = match function.field("object") {
        Some(object) if method != "setitem" && object.text() != "dict" => object,
        None if method != "setitem" => return None,
        _ if given.is_empty() => return None,
        _ => given.remove(0),
    };
    if object.text() != name {
        return None;
    }
    match &*method {
        "setdefault" | "__setitem__" | "setitem" => {
            Some((arguments.clone(), Set::Item(given.first()?.clone(), given.get(1)?.clone())))
        }
        "update" => Some((arguments.clone(), Set::Dictionary(arguments))),
        _ => None,
    }
}
