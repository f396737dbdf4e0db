//! An expression that a class inherits from goes in; the classes of the repository that it may come to come out.
//!
//! `with_metaclass(Meta, Owner)`, `wrapped(Owner)` and `Owner if IS_OLD else Other` are none that can be told, and may be an `Owner`: every
//! class counts that the expression names, or what it calls.

use std::sync::Arc;

use super::names::{Referent, named};
use crate::module::{Location, Module};
use crate::resolve::{Effort, Place, Resolution, Resolver};
use crate::syntax::{Node, names_read};

/// How many names and calls are followed.
const MOST_STEPS: usize = 4;

/// The classes that an expression may come to, each once.
pub(super) fn possible(resolver: &Resolver<'_>, module: &Arc<Module>, expression: &Node<'_>) -> Vec<Location> {
    let mut classes = Vec::new();
    add(resolver, module, expression, MOST_STEPS, &mut classes);
    classes
}

fn add(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    expression: &Node<'_>,
    steps: usize,
    classes: &mut Vec<Location>,
) {
    let Some(left) = steps.checked_sub(1) else { return };
    for (node, names) in names_read(expression) {
        let place = Place::of(module, &node);
        if let Referent::Class(class, _) = named(resolver, &place, &names) {
            if !classes.contains(&class) {
                classes.push(class);
            }
            continue;
        }
        for resolution in resolver.follow(&place, &names, &Effort::for_callee()) {
            let Resolution::Bound(found) = resolution else { continue };
            if let Some(value) = found.value().filter(|value| !value.range().contains(&node.range().start)) {
                add(resolver, found.module(), &value, left, classes);
            }
        }
    }
}
