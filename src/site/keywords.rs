//! The call that gets a cascade goes in; what the relationship is given besides comes out.

use std::sync::Arc;

use crate::model;
use crate::module::Module;
use crate::python::PyValue;
use crate::resolve::{Arguments, Keyword, Resolver};
use crate::syntax::{Node, kind};

/// The other arguments of a relationship that decide what its cascade does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Keywords {
    /// `single_parent`
    pub single_parent: Keyword,
    /// `passive_deletes`
    pub passive_deletes: Keyword,
    /// `lazy`; also where the constructor or the annotation decides about the loader.
    pub lazy: Keyword,
    /// `join_depth`
    pub join_depth: Keyword,
}

/// What a relationship is given.
pub(super) struct Beside {
    arguments: Arguments,
    /// They are all arguments of the call, and not the items of one dictionary that is handed on for itself.
    is_whole: bool,
}

impl Beside {
    /// What a relationship is given together with a value or a dictionary that stands in the call which makes it.
    pub fn of(resolver: &Resolver<'_>, module: &Arc<Module>, node: &Node<'_>, call: &Node<'_>) -> Self {
        let list = call.field("arguments").map(|list| list.range());
        let is_list = |container: &Node<'_>| Some(container.range()) == list;
        let mut container = match &*node.kind() {
            kind::ARGUMENT_LIST => Some(node.clone()),
            kind::DICTIONARY | kind::CALL | kind::IDENTIFIER | kind::ATTRIBUTE | kind::SUBSCRIPT => splatted_into(node),
            _ => node.parent(),
        };
        while let Some(inner) = container.clone().filter(|container| !is_list(container)) {
            let display = if inner.kind() == kind::ARGUMENT_LIST { inner.parent() } else { Some(inner) };
            let Some(outer) = display.and_then(|display| splatted_into(&display)) else { break };
            container = Some(outer);
        }
        let is_whole = container.as_ref().is_some_and(is_list);
        let mut arguments = Arguments::default();
        match container {
            Some(container) => arguments = Arguments::of_list(module, &container),
            None => arguments.add(module, node),
        }
        arguments.open_dictionary_of_sqlmodel(resolver);
        Self { arguments, is_whole }
    }

    /// What is given under a name.
    pub fn keyword(&self, resolver: &Resolver<'_>, name: &str) -> Keyword {
        self.arguments.keyword(resolver, name)
    }
}

/// What a dictionary is splatted into: arguments, or another dictionary.
fn splatted_into<'t>(dictionary: &Node<'t>) -> Option<Node<'t>> {
    let around = dictionary.ancestors().find(|around| around.kind() != kind::PARENTHESIZED_EXPRESSION)?;
    around.parent().filter(|_| around.kind() == kind::DICTIONARY_SPLAT)
}

impl Keywords {
    /// Those beside a value or a dictionary.
    pub(super) fn of(resolver: &Resolver<'_>, module: &Arc<Module>, node: &Node<'_>, call: &Node<'_>) -> Self {
        let beside = Beside::of(resolver, module, node, call);
        Self::each(model::loader(call).filter(|_| beside.is_whole), |name| beside.keyword(resolver, name))
    }

    fn each(loader: Option<&str>, keyword: impl Fn(&str) -> Keyword) -> Self {
        Self {
            single_parent: keyword("single_parent"),
            passive_deletes: keyword("passive_deletes"),
            join_depth: keyword("join_depth"),
            lazy: loader.map_or_else(|| keyword("lazy"), |name| Keyword::Given(PyValue::Str(name.to_owned()))),
        }
    }

    /// The same where the call is looked at in another way.
    pub(super) fn merge(&mut self, other: Self) {
        self.single_parent.merge(other.single_parent);
        self.passive_deletes.merge(other.passive_deletes);
        self.lazy.merge(other.lazy);
        self.join_depth.merge(other.join_depth);
    }
}
