//! A call of `refresh` or `expire` goes in; the attributes come out that it names.

use std::sync::Arc;

use crate::module::Module;
use crate::python::{CollectionKind, PyValue};
use crate::resolve::{Arguments, Effort, Expression, Passed, Place, Resolver};
use crate::syntax::{Node, is_assigned, kind, string_content};

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
    /// What a call is given by `attribute_names`, or at the second place. SQLAlchemy asks whether that is true: an empty list says as much as
    /// None (`Session.refresh` and `Session._expire_state` in `sqlalchemy/orm/session.py`).
    pub fn of(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>) -> Self {
        match Arguments::of_call(module, call).get_at(resolver, "attribute_names", 1) {
            Passed::Absent => Self::Whole,
            Passed::Given(names) if is_asked_for(&names, call) => Self::Named(None),
            Passed::Given(names) => Self::in_expression(resolver, &names).unwrap_or(Self::Unknown),
            Passed::Unknown => Self::Unknown,
        }
    }

    fn in_expression(resolver: &Resolver<'_>, names: &Expression) -> Option<Self> {
        let node = names.node()?;
        if matches!(&*node.kind(), kind::LIST | kind::TUPLE | kind::SET) {
            return Some(Self::in_display(&node));
        }
        let given = resolver.value(&Place::of(&names.module, &node), &node, &Effort::for_value());
        let given = given.ok().filter(|given| given.arguments.is_empty())?;
        given.alternatives.iter().map(|alternative| Self::in_value(&alternative.value)).reduce(Self::or)
    }

    /// The names in a list that stands in the call.
    fn in_display(list: &Node<'_>) -> Self {
        let items: Vec<_> = list.named_children().filter(|item| item.kind() != kind::COMMENT).collect();
        if items.is_empty() {
            Self::Whole
        } else if items.iter().all(|item| item.kind() == kind::LIST_SPLAT) {
            Self::Unknown
        } else {
            Self::Named(items.iter().map(string_content).collect())
        }
    }

    /// The names in a value that a name stands for. A list may have been added to meanwhile.
    fn in_value(value: &PyValue) -> Self {
        match value {
            PyValue::None => Self::Whole,
            PyValue::Collection(CollectionKind::List | CollectionKind::Set, items) if items.is_empty() => Self::Unknown,
            PyValue::Collection(CollectionKind::List | CollectionKind::Set, _) => Self::Named(None),
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

/// `if names: session.refresh(obj, names)`: what is asked for is no empty list.
fn is_asked_for(names: &Expression, call: &Node<'_>) -> bool {
    let Some(names) = names.node().filter(|names| names.kind() == kind::IDENTIFIER) else { return false };
    let asks = |statement: &Node<'_>| {
        let body = statement.field("consequence").filter(|body| body.range().contains(&call.range().start));
        let is_asked = statement.field("condition").is_some_and(|condition| condition.text() == names.text());
        let is_it = |node: &Node<'_>| node.kind() == kind::IDENTIFIER && node.text() == names.text();
        is_asked && body.is_some_and(|body| !body.dfs().any(|node| is_it(&node) && is_assigned(&node)))
    };
    let inside = call.ancestors().take_while(|node| node.kind() != kind::FUNCTION_DEFINITION);
    inside.filter(|node| node.kind() == kind::IF_STATEMENT).any(|statement| asks(&statement))
}
