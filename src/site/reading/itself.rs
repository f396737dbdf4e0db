//! A module in which a cascade is handed to a function goes in; where it looks into the function itself comes out: at its defaults, at what
//! `functools.partial` keeps, or by putting another one in its place.

use std::sync::Arc;

use super::{HowRead, Reading};
use crate::module::Module;
use crate::resolve::Resolver;
use crate::syntax::{Node, dotted_name, kind, nodes_with_word, positional_arguments};

/// What a function or a partial has of its arguments.
const ATTRIBUTES: [&str; 4] = ["keywords", "__defaults__", "__kwdefaults__", "__signature__"];
/// What tells the arguments of a function.
const TELLING: [&str; 4] = ["signature", "getfullargspec", "getcallargs", "get_annotations"];

/// Where the module looks at what a function with the name, as it is written, has of its arguments.
pub(super) fn looked_into(module: &Arc<Module>, name: &str) -> Option<Reading> {
    if !module.mentions(&ATTRIBUTES) && !module.mentions(&TELLING) {
        return None;
    }
    let root = module.tree().root();
    let read = nodes_with_word(&root, name).find(|node| match &*node.kind() {
        kind::ATTRIBUTE => {
            let is_of_it = node.field("object").is_some_and(|object| object.text() == name);
            is_of_it && node.field("attribute").is_some_and(|name| ATTRIBUTES.contains(&&*name.text()))
        }
        kind::CALL => {
            let called = node.field("function").and_then(|function| dotted_name(&function)?.pop());
            let given = node.field("arguments").map(|arguments| positional_arguments(&arguments)).unwrap_or_default();
            called.is_some_and(|called| TELLING.contains(&called.as_str()))
                && given.first().is_some_and(|first| first.text() == name)
        }
        _ => false,
    })?;
    Some(reading(module, name, &read))
}

/// Where the module puts something else in the place of a constructor: `sqlalchemy.orm.relationship = …`.
pub(super) fn replaced(resolver: &Resolver<'_>, module: &Arc<Module>) -> Option<Reading> {
    if !module.mentions(&["relationship =", "backref ="]) {
        return None;
    }
    let root = module.tree().root();
    let assignments = root.dfs().filter(|node| node.kind() == kind::ASSIGNMENT);
    let mut targets = assignments.filter_map(|assignment| assignment.field("left"));
    let target = targets.find(|left| left.kind() == kind::ATTRIBUTE && resolver.is_constructor(module, left))?;
    Some(reading(module, &target.text(), &target))
}

fn reading(module: &Arc<Module>, name: &str, at: &Node<'_>) -> Reading {
    let at = module.location(&at.range());
    Reading { name: name.to_owned(), definition: at.clone(), at, how: HowRead::Used }
}
