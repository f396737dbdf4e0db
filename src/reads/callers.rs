//! A module and functions go in; the functions of the module come out that call one of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::HashSet;

use crate::hints::Words;
use crate::module::{Location, Module};
use crate::syntax::{Node, callee_name, calls_named, definition_around, is_awaited};
use crate::types::{Type, Types};

/// Functions whose callers are looked for.
pub struct Callees<'a> {
    /// Where they are.
    pub functions: &'a BTreeSet<Location>,
    /// The names of coroutines, of which only those calls run that are awaited.
    pub awaited: HashSet<String>,
    /// The names of the others.
    pub plain: HashSet<String>,
}

impl Callees<'_> {
    /// Their names, with something behind each; None where they are too many to be looked for.
    pub fn words(&self, behind: &str) -> Option<Words> {
        let words: Vec<String> = self.awaited.iter().chain(&self.plain).map(|name| format!("{name}{behind}")).collect();
        Words::new(words.iter().map(String::as_str))
    }

    /// Whether a call can be one of them, by its name.
    fn can_be(&self, call: &Node<'_>) -> bool {
        let names = if is_awaited(call) { &self.awaited } else { &self.plain };
        callee_name(call).is_some_and(|name| names.contains(&*name))
    }
}

/// The functions of a module that call one of some functions, whose names are `names`.
pub fn callers_in(types: &Types<'_>, module: &Arc<Module>, callees: &Callees<'_>, names: &Words) -> Vec<Location> {
    let root = module.tree().root();
    let calls = calls_named(&root, names).filter(|call| callees.can_be(call));
    let is_one = |part: &Type| match part {
        Type::Function(function) => callees.functions.contains(&function.at),
        _ => false,
    };
    let is_meant = |call: &Node<'_>| {
        call.field("function").is_some_and(|function| types.of(module, &function).0.parts().iter().any(is_one))
    };
    let around = |call: Node<'_>| Some(module.location(&definition_around(&call)?.range()));
    calls.filter(is_meant).filter_map(around).collect()
}
