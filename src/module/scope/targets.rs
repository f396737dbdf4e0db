//! A statement goes in; what the names that it binds stand for comes out.

use std::sync::Arc;

use super::{BindingKind, Dotted, ModuleName, Scope};
use crate::syntax::{
    Node, Parts, dotted_name, keyword_value, kind, parameter_name, positional_arguments, splatted, unparenthesized,
};

/// The dotted name that is imported, and the name it is given.
pub(super) fn imported<'t>(node: &Node<'t>) -> Option<(Dotted, Option<Node<'t>>)> {
    if node.kind() == kind::ALIASED_IMPORT {
        return Some((split(&node.field("name")?), Some(node.field("alias")?)));
    }
    Some((split(node), None)).filter(|(path, _)| !path.is_empty())
}

pub(super) fn split(node: &Node<'_>) -> Dotted {
    node.parts().filter(|child| child.kind() == kind::IDENTIFIER).map(|child| child.text().into_owned()).collect()
}

pub(super) fn module_name(node: &Node<'_>) -> ModuleName {
    if node.kind() != kind::RELATIVE_IMPORT {
        return ModuleName { level: 0, path: split(node) };
    }
    let level = node
        .children()
        .find(|child| child.kind() == kind::IMPORT_PREFIX)
        .map_or(0, |prefix| prefix.text().matches('.').count());
    let path =
        node.children().find(|child| child.kind() == kind::DOTTED_NAME).map_or_else(Vec::new, |name| split(&name));
    ModuleName { level, path }
}

pub(super) fn assigned(right: &Node<'_>) -> BindingKind {
    let right = unparenthesized(right);
    if let Some(path) = dotted_name(&right) {
        return BindingKind::Alias(path);
    }
    match &*right.kind() {
        kind::CALL => {
            let callee = right.field("function").and_then(|function| dotted_name(&function));
            let first_argument = right
                .field("arguments")
                .and_then(|arguments| positional_arguments(&arguments).into_iter().next())
                .and_then(|argument| dotted_name(&argument));
            match callee {
                Some(callee) => BindingKind::CallResult { callee, first_argument },
                None => BindingKind::Expression,
            }
        }
        kind::LAMBDA => function(&right, 0),
        kind::NONE => BindingKind::Nothing,
        _ => BindingKind::Expression,
    }
}

pub(super) fn bases(class: &Node<'_>) -> Vec<Dotted> {
    let Some(arguments) = class.field("superclasses") else {
        return Vec::new();
    };
    positional_arguments(&arguments).iter().filter_map(dotted_name).collect()
}

pub(super) fn function(node: &Node<'_>, levels: usize) -> BindingKind {
    let handed_on = handed_on(node);
    let scope = match levels.checked_sub(1) {
        Some(levels) if !handed_on.is_empty() => Scope::of_function_within(node, levels),
        _ => Scope::default(),
    };
    BindingKind::Function(handed_on, Arc::new(scope))
}

/// What a function calls with its own `**kwargs`, or with its own parameter `cascade`.
pub(super) fn handed_on(function: &Node<'_>) -> Vec<Dotted> {
    let (Some(parameters), Some(body)) = (function.field("parameters"), function.field("body")) else {
        return Vec::new();
    };
    let rest = parameters
        .parts()
        .find(|parameter| parameter.kind() == kind::DICTIONARY_SPLAT_PATTERN)
        .and_then(|splat| parameter_name(&splat))
        .map(|name| name.text().into_owned());
    let takes_cascade =
        parameters.parts().any(|parameter| parameter_name(&parameter).is_some_and(|name| name.text() == "cascade"));
    if rest.is_none() && !takes_cascade {
        return Vec::new();
    }
    let hands_on = |arguments: &Node<'_>| {
        let splats = splatted(arguments).iter().any(|name| Some(&*name.text()) == rest.as_deref());
        splats || takes_cascade && keyword_value(arguments, "cascade").is_some_and(|value| value.text() == "cascade")
    };
    body.dfs()
        .filter(|node| node.kind() == kind::CALL)
        .filter(|call| call.field("arguments").is_some_and(|arguments| hands_on(&arguments)))
        .filter_map(|call| dotted_name(&call.field("function")?))
        .collect()
}

/// `*names`, `**names` and the bare `*`, also with an annotation.
pub(super) fn splat_kind(parameter: &Node<'_>) -> Option<String> {
    let inner = match &*parameter.kind() {
        kind::TYPED_PARAMETER => parameter.parts().next()?,
        _ => parameter.clone(),
    };
    let kind = inner.kind().into_owned();
    matches!(&*kind, kind::LIST_SPLAT_PATTERN | kind::DICTIONARY_SPLAT_PATTERN | kind::KEYWORD_SEPARATOR)
        .then_some(kind)
}

/// Whether a name in the pattern of a `case` is no name that it binds: a part of a dotted one, a class, or a keyword.
pub(super) fn is_compared(name: &Node<'_>) -> bool {
    let Some(parent) = name.parent() else { return false };
    match &*parent.kind() {
        kind::DOTTED_NAME => {
            let is_class = parent.parent().is_some_and(|around| around.kind() == kind::CLASS_PATTERN);
            is_class || parent.parts().count() > 1
        }
        kind::KEYWORD_PATTERN => parent.parts().next().is_some_and(|first| first.range() == name.range()),
        _ => false,
    }
}
