//! A coroutine goes in; whether it, or what it runs, names a relationship with refresh-expire, or the one that leads back, comes out.
//!
//! What raises was loaded over such a relationship: by reading it, by an option that names it, or by setting it or the other side. Where
//! none of them is named nothing has to be followed, which holds for most coroutines.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::HashMap;
use parking_lot::Mutex;

use crate::hints::{Words, names_member};
use crate::module::{Location, Module};
use crate::resolve::Resolver;
use crate::syntax::{Node, callee_name, kind, nodes_with_words, string_content};
use crate::types::{Class, Type};

use super::Cascading;
use super::mapping::{Attribute, Mapping, relationships};
use super::run::MOST_FRAMES;

/// What takes the name of an attribute as a string.
const TAKE_NAMES: [&str; 4] = ["getattr", "setattr", "hasattr", "attrgetter"];

/// The names of relationships, and which functions come to them.
pub struct Mentions {
    names: BTreeSet<String>,
    /// None where they are too many to be looked for.
    words: Option<Words>,
    /// By function, and how many others run it.
    known: Mutex<HashMap<(Location, usize), bool>>,
}

impl Mentions {
    /// Of some relationships.
    pub fn of(resolver: &Resolver<'_>, all: &[Cascading]) -> Self {
        let mut names: BTreeSet<String> = all.iter().map(|one| one.attribute.clone()).collect();
        for one in all {
            let owner = Class::at(resolver.repository, &one.owner);
            let of_owner = owner.iter().flat_map(|owner| relationships(resolver, owner));
            names.extend(of_owner.filter(|(name, _)| *name == one.attribute).filter_map(|(_, reverse)| reverse));
            let of_target = one.target.iter().flat_map(|target| relationships(resolver, target));
            let leading_back = of_target.filter(|(_, reverse)| reverse.as_ref() == Some(&one.attribute));
            names.extend(leading_back.map(|(name, _)| name));
        }
        let words = Words::new(names.iter().map(String::as_str));
        Self { names, words, known: Mutex::default() }
    }

    /// Whether a function, or one that it runs, names one of them; `frames` are run already.
    pub(super) fn are_in(
        &self,
        mapping: &Mapping<'_>,
        module: &Arc<Module>,
        function: &Node<'_>,
        frames: usize,
    ) -> bool {
        let Some(words) = &self.words else { return true };
        let key = (module.location(&function.range()), frames);
        if let Some(known) = self.known.lock().get(&key) {
            return *known;
        }
        let text = &module.source.text()[function.range()];
        let found = names_member(text, words)
            && nodes_with_words(function, words).any(|node| self.is_one(mapping, module, &node))
            || frames + 1 < MOST_FRAMES && self.are_in_called(mapping, module, function, frames);
        self.known.lock().insert(key, found);
        found
    }

    fn are_in_called(&self, mapping: &Mapping<'_>, module: &Arc<Module>, function: &Node<'_>, frames: usize) -> bool {
        let runs = |part: &Type| {
            let Type::Function(function) = part else { return false };
            let node = function.module.node(&function.at.range());
            node.is_some_and(|node| self.are_in(mapping, &function.module, &node, frames + 1))
        };
        let called = function.dfs().filter(|node| node.kind() == kind::CALL).filter_map(|call| call.field("function"));
        called.map(|called| mapping.type_of(module, &called)).any(|called| called.parts().iter().any(runs))
    }

    /// Whether a node names one of them.
    fn is_one(&self, mapping: &Mapping<'_>, module: &Arc<Module>, node: &Node<'_>) -> bool {
        let named = |name: Option<Node<'_>>| name.map(|name| name.text().into_owned());
        let (name, of) = match &*node.kind() {
            kind::ATTRIBUTE => (named(node.field("attribute")), node.field("object")),
            kind::KEYWORD_ARGUMENT => {
                (named(node.field("name")), call_around(node).and_then(|call| call.field("function")))
            }
            kind::STRING => {
                let name = string_content(node).filter(|name| self.names.contains(name));
                let taking = name.and_then(|_| callee_name(&call_around(node)?));
                return taking.is_some_and(|taking| TAKE_NAMES.contains(&taking.as_str()));
            }
            _ => return false,
        };
        let (Some(name), Some(of)) = (name.filter(|name| self.names.contains(name)), of) else { return false };
        let found = mapping.type_of(module, &of);
        let is_made = node.kind() == kind::KEYWORD_ARGUMENT;
        let leads = |part: &Type| match part {
            Type::Object(class, _) => !is_made && is_followed(mapping, class, &name),
            Type::Class(class, _) => is_followed(mapping, class, &name),
            Type::Unknown(_) | Type::Variable(_) => true,
            // a class that SQLAlchemy makes of another one
            Type::OutsideObject(path, _) => path.first().is_some_and(|first| first == "sqlalchemy"),
            _ => false,
        };
        found.is_never() || found.parts().iter().any(leads)
    }
}

/// Whether an attribute of a class is a relationship with refresh-expire, or leads back where one does.
fn is_followed(mapping: &Mapping<'_>, class: &Class, name: &str) -> bool {
    let cascades =
        |attribute: &Attribute| matches!(attribute, Attribute::Relation(relation) if relation.cascading.is_some());
    let attribute = mapping.attribute(class, name);
    let reverse = match &attribute {
        Attribute::Relation(relation) => {
            relation.reverse.as_ref().map(|back| mapping.attribute(&relation.target, back))
        }
        _ => None,
    };
    cascades(&attribute) || reverse.as_ref().is_some_and(cascades)
}

/// The call that a node is an argument of.
fn call_around<'t>(node: &Node<'t>) -> Option<Node<'t>> {
    node.parent().filter(|list| list.kind() == kind::ARGUMENT_LIST)?.parent()
}
