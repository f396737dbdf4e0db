//! A call of `refresh` or `expire` goes in; the attributes come out that it names.

use std::sync::Arc;

use crate::module::Module;
use crate::python::PyValue;
use crate::resolve::{Arguments, Effort, Place, Resolver};
use crate::syntax::{Node, Parts, kind, string_content};

/// The attributes that a call is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeNames {
    /// It names none: it is about the whole object, and what the object leads to by refresh-expire.
    Whole,
    /// It names some: which, where that can be told.
    Named(Option<Vec<String>>),
    /// It can't be told whether it names any.
    Unknown,
}

impl AttributeNames {
    /// What a call is given, with these arguments, by `attribute_names`, or at the second place. SQLAlchemy asks whether that is true: an
    /// empty list says as much as None (`Session.refresh` and `Session._expire_state` in `sqlalchemy/orm/session.py`).
    pub fn of(resolver: &Resolver<'_>, call: &Node<'_>, given: &Arguments) -> Self {
        let Some(names) = given.written("attribute_names", Some(1)) else {
            // what is splatted may have been changed meanwhile
            return if given.are_written() { Self::Whole } else { Self::Unknown };
        };
        names.node().map_or(Self::Unknown, |node| match &*node.kind() {
            kind::NONE => Self::Whole,
            kind::LIST | kind::TUPLE | kind::SET => Self::in_display(&node),
            kind::IDENTIFIER if is_asked_for(&node, call) => Self::Named(None),
            kind::IDENTIFIER => Self::of_name(resolver, &names.module, &node).unwrap_or(Self::Unknown),
            _ => Self::Unknown,
        })
    }

    /// What a name stands for, as far as that is written and can't be changed in its place: None or a tuple.
    fn of_name(resolver: &Resolver<'_>, module: &Arc<Module>, name: &Node<'_>) -> Option<Self> {
        let given = resolver.value(&Place::of(module, name), name, &Effort::for_value());
        let given = given.ok().filter(|given| given.arguments.is_empty())?;
        let each = given.alternatives.iter().map(|alternative| {
            let at = &alternative.written.at;
            let module = resolver.repository.module(&at.path);
            let written = module.as_ref().and_then(|module| module.node(&at.range()));
            match written.filter(|node| matches!(&*node.kind(), kind::NONE | kind::TUPLE)) {
                Some(_) => Self::in_value(&alternative.value),
                None => Self::Unknown,
            }
        });
        each.reduce(Self::or)
    }

    /// The names in a list that stands in the call.
    fn in_display(list: &Node<'_>) -> Self {
        let items: Vec<_> = list.parts().collect();
        if items.is_empty() {
            Self::Whole
        } else if items.iter().all(|item| item.kind() == kind::LIST_SPLAT) {
            Self::Unknown
        } else {
            Self::Named(items.iter().map(string_content).collect())
        }
    }

    /// The names in a value.
    fn in_value(value: &PyValue) -> Self {
        match value {
            PyValue::None => Self::Whole,
            PyValue::Collection(_, items) if items.is_empty() => Self::Whole,
            PyValue::Collection(_, items) => {
                let name = |item: &PyValue| match item {
                    PyValue::Str(name) => Some(name.clone()),
                    _ => None,
                };
                Self::Named(items.iter().map(name).collect())
            }
            _ => Self::Unknown,
        }
    }

    /// What is known where it is one of two.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (one, other) if one == other => one,
            (Self::Named(_), Self::Named(_)) => Self::Named(None),
            _ => Self::Unknown,
        }
    }
}

/// `if names: session.refresh(obj, names)`: what is asked for is no empty list, where nothing else is done with it.
fn is_asked_for(names: &Node<'_>, call: &Node<'_>) -> bool {
    let asks = |statement: &Node<'_>| {
        let body = statement.field("consequence").filter(|body| body.range().contains(&call.range().start));
        let is_asked = statement.field("condition").is_some_and(|condition| condition.text() == names.text());
        let is_it = |node: &Node<'_>| node.kind() == kind::IDENTIFIER && node.text() == names.text();
        is_asked && body.is_some_and(|body| body.dfs().filter(is_it).count() == 1)
    };
    let inside = call.ancestors().take_while(|node| node.kind() != kind::FUNCTION_DEFINITION);
    inside.filter(|node| node.kind() == kind::IF_STATEMENT).any(|statement| asks(&statement))
}
