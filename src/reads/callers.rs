//! A module and functions go in; the functions of the module come out that call one of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::hints::Words;
use crate::module::{Location, Module};
use crate::syntax::{Node, callee_name, definition_around, kind, nodes_with_words};
use crate::types::{Type, Types};

/// The functions of a module that call one of some functions, whose names are given too.
pub fn callers_in(
    types: &Types<'_>,
    module: &Arc<Module>,
    names: &Words,
    functions: &BTreeSet<Location>,
) -> Vec<Location> {
    let root = module.tree().root();
    let calls = nodes_with_words(&root, names).filter(|node| node.kind() == kind::CALL);
    let calls = calls.filter(|call| callee_name(call).is_some_and(|name| names.are(&name)));
    let is_meant = |call: &Node<'_>| {
        let Some(function) = call.field("function") else { return false };
        let (found, _) = types.of(module, &function);
        found.parts().iter().any(|part| matches!(part, Type::Function(function) if functions.contains(&function.at)))
    };
    let around = |call: Node<'_>| Some(module.location(&definition_around(&call)?.range()));
    calls.filter(is_meant).filter_map(around).collect()
}
