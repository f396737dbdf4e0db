//! A function goes in; the decorator comes out that puts something else in its place.

use foldhash::HashSet;

use crate::syntax::{Node, Parts, decorator_last_names, decorators, kind, parameter_name, returned};

use super::call::makes_managers;
use super::function::yields;
use super::kind::Type;
use super::{Context, Types};

impl Types<'_> {
    /// The first decorator of a function, of the repository, that gives something else than what the function gives.
    pub(super) fn replacing_decorator(&self, context: &Context, function: &Node<'_>) -> Option<String> {
        let replaces = |named: &Node<'_>| match self.value(context, named) {
            Type::Function(decorator) => {
                let node = decorator.module.node(&decorator.at.range());
                node.is_some_and(|node| replaces_what_it_decorates(&node))
            }
            Type::Class(class, _) => self.lineage_binds(&Type::Class(class.clone(), Vec::new()), "__call__"),
            _ => false,
        };
        decorators(function).find(replaces).map(|named| named.text().into_owned())
    }

    /// Whether a decorator makes a context manager of a generator, be it by another name.
    pub(super) fn is_manager(&self, context: &Context, function: &Node<'_>) -> bool {
        let is_one =
            |named: Node<'_>| matches!(self.value(context, &named), Type::Outside(path) if makes_managers(&path));
        decorator_last_names(function).into_iter().any(|name| makes_managers(&[name]))
            || function.text().contains("yield") && decorators(function).any(is_one)
    }
}

/// Whether what a decorator puts in place of a function never gives what comes of the function: nothing that its inner functions return
/// is made with a parameter of those around.
fn replaces_what_it_decorates(decorator: &Node<'_>) -> bool {
    let is_function = |node: &Node<'_>| node.kind() == kind::FUNCTION_DEFINITION;
    let Some(body) = decorator.field("body") else { return false };
    let all: Vec<Node<'_>> = body.dfs().filter(is_function).collect();
    let is_innermost =
        |function: &&Node<'_>| function.field("body").is_some_and(|body| !body.dfs().any(|inner| is_function(&inner)));
    let gives_back = |wrapper: &Node<'_>| {
        let around = wrapper
            .ancestors()
            .filter(is_function)
            .take_while(|around| around.range().start >= decorator.range().start);
        let parameters = around.filter_map(|around| around.field("parameters"));
        let mut made: HashSet<String> = parameters
            .flat_map(|parameters| parameters.parts().collect::<Vec<_>>())
            .filter_map(|parameter| Some(parameter_name(&parameter)?.text().into_owned()))
            .collect();
        let mentions = |node: &Node<'_>, made: &HashSet<String>| {
            node.dfs().any(|part| part.kind() == kind::IDENTIFIER && made.contains(&*part.text()))
        };
        for node in wrapper.dfs() {
            let target = match &*node.kind() {
                kind::ASSIGNMENT | kind::FOR_STATEMENT => node.field("left"),
                kind::NAMED_EXPRESSION => node.field("name"),
                kind::AS_PATTERN => node.field("alias"),
                _ => None,
            };
            if let Some(target) = target.filter(|_| mentions(&node, &made)) {
                let names = target.dfs().filter(|part| part.kind() == kind::IDENTIFIER);
                made.extend(names.map(|name| name.text().into_owned()));
            }
        }
        !yields(wrapper).is_empty() || returned(wrapper).iter().any(|given| mentions(given, &made))
    };
    let mut wrappers = all.iter().filter(is_innermost).peekable();
    wrappers.peek().is_some() && !wrappers.any(gives_back)
}
