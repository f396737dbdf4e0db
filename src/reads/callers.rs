//! Functions go in, and a module; the functions of the module come out that call one of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::HashSet;

use crate::hints::{self, Hints, Words};
use crate::module::{Location, Module};
use crate::source::Kind;
use crate::syntax::{Node, callee_name, definition_around, hinted_nodes, is_awaited, kind};
use crate::types::{Type, Types};

/// Functions whose callers are looked for.
pub struct Callees<'a> {
    /// Where they are.
    functions: &'a BTreeSet<Location>,
    /// The names of coroutines, of which only those calls run that are awaited.
    awaited: Names,
    /// The names of the others.
    others: Names,
}

/// A function that calls another one.
pub struct Caller {
    /// Where it is.
    pub function: Location,
    /// The other one.
    pub called: Location,
    /// Something may be read in it behind the call.
    pub goes_on: bool,
}

struct Names {
    all: HashSet<String>,
    words: Words,
}

impl Names {
    fn new(all: HashSet<String>) -> Option<Self> {
        let words = Words::new(all.iter().map(String::as_str))?;
        Some(Self { all, words })
    }
}

impl<'a> Callees<'a> {
    /// Functions, with the names of coroutines, and of the others; None where they are too many to be looked for.
    pub fn new(functions: &'a BTreeSet<Location>, awaited: HashSet<String>, others: HashSet<String>) -> Option<Self> {
        Some(Self { functions, awaited: Names::new(awaited)?, others: Names::new(others)? })
    }

    /// Whether a file of a kind with the bytes may run one of them.
    pub fn may_run_in(&self, bytes: &[u8], kind: Kind) -> bool {
        match kind {
            // JSON may have the letters of an escape before a name
            Kind::Notebook => self.awaited.words.are_in(bytes) || self.others.words.are_in(bytes),
            kind => hints::has_run(bytes, &self.awaited.words, &self.others.words, kind == Kind::Python),
        }
    }

    /// The functions of a module that call one of them.
    pub fn callers_in(&self, types: &Types<'_>, module: &Arc<Module>) -> Vec<Caller> {
        let root = module.tree().root();
        let is_plain = module.source.kind() == Kind::Python;
        let hints = Hints::of_runs(root.get_doc().text(), &self.awaited.words, &self.others.words, is_plain);
        let calls = hinted_nodes(&root, hints).filter(|node| self.can_be(node));
        let one = |part: &Type| match part {
            Type::Function(function) => Some(function.at.clone()).filter(|at| self.functions.contains(at)),
            _ => None,
        };
        let called = |call: Node<'_>| {
            let called: Vec<_> = types.of(module, &call.field("function")?).0.parts().iter().filter_map(one).collect();
            let around = definition_around(&call).filter(|_| !called.is_empty())?;
            let (function, goes_on) = (module.location(&around.range()), goes_on(&call));
            Some(called.into_iter().map(move |called| Caller { function: function.clone(), called, goes_on }))
        };
        calls.filter_map(called).flatten().collect()
    }

    /// Whether a node is a call of one of them, by its name.
    fn can_be(&self, node: &Node<'_>) -> bool {
        let Some(name) = callee_name(node) else { return false };
        let names = if is_awaited(node) { &self.awaited } else { &self.others };
        names.all.contains(&*name)
    }
}

/// Whether something may be read behind a call in the function that it stands in: an attribute, or anything by another call. In a loop that
/// may stand before it, and in its own statement too: `text(post, await reloaded(user))`, `names[user.name] = await reloaded(user)`.
pub fn goes_on(call: &Node<'_>) -> bool {
    let Some(function) = definition_around(call) else { return false };
    let behind = &call.get_doc().text()[call.range().end..function.range().end];
    let is_of_call = |node: &Node<'_>| matches!(&*node.kind(), kind::AWAIT | kind::PARENTHESIZED_EXPRESSION);
    let mut around = call.ancestors().skip_while(is_of_call).take_while(|around| around.range() != function.range());
    let is_last = around.next().is_some_and(|statement| match &*statement.kind() {
        kind::EXPRESSION_STATEMENT | kind::RETURN_STATEMENT => true,
        kind::ASSIGNMENT => statement.field("left").is_some_and(|left| left.kind() == kind::IDENTIFIER),
        _ => false,
    });
    let is_loop = |around: Node<'_>| matches!(&*around.kind(), kind::FOR_STATEMENT | kind::WHILE_STATEMENT);
    !is_last || behind.contains(['.', '(']) || around.any(is_loop)
}
