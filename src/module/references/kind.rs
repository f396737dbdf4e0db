//! An expression that names a constant goes in; what is done with the constant there comes out, and with which item of it.

use crate::syntax::{
    Node, Parts, conditional_parts, is_assigned, keyword_value, kind, positional_arguments, string_content,
};

/// What is done with a name where it is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReferenceKind {
    /// Its value is read.
    Read,
    /// Another name is bound to it.
    Aliased,
    /// A function gets it that may change it, if that is a list.
    Argument,
    /// Nothing that depends on its value: it is asked whether it is set, or what is done is followed elsewhere.
    Immaterial,
    /// `__all__` has it.
    Exported,
    /// A stub, or a type, names the value.
    Typed,
    /// It is bound anew, or its value is changed.
    Changed,
}

/// How many parts behind one are looked at, separators included.
const MOST_BEHIND: usize = 200;

/// What is done with the expression that reads a name, and with which item of it.
pub(super) fn kind_of(expression: &Node<'_>) -> (ReferenceKind, Vec<String>) {
    let mut outer = with_parentheses(expression);
    let mut items = Vec::new();
    while let Some(item) = ItemRead::of(&outer) {
        items.push(item.key);
        if item.is_taken_out {
            return (ReferenceKind::Changed, items);
        }
        outer = with_parentheses(&item.read);
    }
    let kind =
        // an item that gets a value is another one that the dictionary can have for the resolver
        if !items.is_empty() && is_assigned(&outer) { ReferenceKind::Immaterial } else { kind_of_outermost(&outer) };
    (kind, items)
}

/// Whether the expression is called, or handed to `functools.partial`.
pub(super) fn calls_or_binds_arguments(expression: &Node<'_>) -> bool {
    let Some(parent) = expression.parent() else { return false };
    match &*parent.kind() {
        kind::CALL => parent.field("function").is_some_and(|function| function.range() == expression.range()),
        kind::ARGUMENT_LIST => {
            let is_partial = || {
                let called = parent.parent().and_then(|call| call.field("function"));
                called.is_some_and(|called| called.text().ends_with("partial"))
            };
            let is_first = || {
                let first = parent.parts().next();
                first.is_some_and(|first| first.range() == expression.range())
            };
            is_partial() && is_first()
        }
        _ => false,
    }
}

/// The name in `name = expression`.
pub(super) fn bound_to<'t>(expression: &Node<'t>) -> Option<Node<'t>> {
    let outer = with_parentheses(expression);
    let assignment = outer.parent().filter(|parent| parent.kind() == kind::ASSIGNMENT)?;
    let is_right = assignment.field("right").is_some_and(|right| right.range() == outer.range());
    assignment.field("left").filter(|left| is_right && left.kind() == kind::IDENTIFIER)
}

fn with_parentheses<'t>(node: &Node<'t>) -> Node<'t> {
    let around = node.ancestors().take_while(|node| node.kind() == kind::PARENTHESIZED_EXPRESSION);
    around.last().unwrap_or_else(|| node.clone())
}

/// An item that is read of a dictionary.
struct ItemRead<'t> {
    read: Node<'t>,
    key: String,
    is_taken_out: bool,
}

impl<'t> ItemRead<'t> {
    /// `dictionary["key"]`, `dictionary.get("key", …)` or `dictionary.pop("key", …)` around the dictionary.
    fn of(dictionary: &Node<'t>) -> Option<Self> {
        let parent = dictionary.parent()?;
        let is_in = |field: &str| parent.field(field).is_some_and(|node| node.range() == dictionary.range());
        match &*parent.kind() {
            kind::SUBSCRIPT if is_in("value") => {
                let key = string_content(&parent.field("subscript")?)?;
                Some(Self { read: parent, key, is_taken_out: false })
            }
            kind::ATTRIBUTE if is_in("object") => {
                let call = parent.parent().filter(|call| call.kind() == kind::CALL)?;
                let method = parent.field("attribute")?.text().into_owned();
                if !matches!(&*method, "get" | "pop") {
                    return None;
                }
                let key = string_content(positional_arguments(&call.field("arguments")?).first()?)?;
                Some(Self { read: call, key, is_taken_out: method == "pop" })
            }
            _ => None,
        }
    }
}

/// What is done with the expression that reads a name or an item.
fn kind_of_outermost(outer: &Node<'_>) -> ReferenceKind {
    let Some(parent) = outer.parent() else { return ReferenceKind::Read };
    let is_field = |field: &str| parent.field(field).is_some_and(|node| node.range() == outer.range());
    match &*parent.kind() {
        kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT | kind::FOR_STATEMENT if is_field("left") => {
            ReferenceKind::Changed
        }
        kind::DELETE_STATEMENT => ReferenceKind::Changed,
        kind::COMPARISON_OPERATOR if asks_for_none(&parent) || asks_for_item(&parent, outer) => {
            ReferenceKind::Immaterial
        }
        kind::ASSIGNMENT if is_field("right") => ReferenceKind::Aliased,
        kind::DICTIONARY_SPLAT if is_overlaid(&parent) => ReferenceKind::Immaterial,
        kind::ARGUMENT_LIST | kind::BINARY_OPERATOR if is_overlaid(outer) => ReferenceKind::Immaterial,
        kind::IF_STATEMENT | kind::ELIF_CLAUSE | kind::WHILE_STATEMENT if is_field("condition") => {
            ReferenceKind::Immaterial
        }
        kind::NOT_OPERATOR => ReferenceKind::Immaterial,
        kind::CONDITIONAL_EXPRESSION => {
            let is_condition = |[_, condition, _]: [Node<'_>; 3]| condition.range() == outer.range();
            let is_asked = conditional_parts(&parent).is_some_and(is_condition);
            if is_asked { ReferenceKind::Immaterial } else { ReferenceKind::Read }
        }
        kind::SUBSCRIPT if is_field("value") && is_set(&parent) => ReferenceKind::Changed,
        kind::ATTRIBUTE if is_field("object") => kind_of_method(&parent),
        kind::ARGUMENT_LIST | kind::KEYWORD_ARGUMENT => kind_of_argument(&parent),
        _ => ReferenceKind::Read,
    }
}

/// The argument of a function.
fn kind_of_argument(arguments: &Node<'_>) -> ReferenceKind {
    const READING: [&str; 14] = [
        "print",
        "len",
        "str",
        "repr",
        "list",
        "tuple",
        "set",
        "frozenset",
        "sorted",
        "join",
        "info",
        "debug",
        "warning",
        "dict",
    ];
    let call = match &*arguments.kind() {
        kind::ARGUMENT_LIST => arguments.parent(),
        _ => arguments.ancestors().find(|node| node.kind() == kind::CALL),
    };
    let function = call.and_then(|call| call.field("function")).map(|function| function.text().into_owned());
    let name = function.as_deref().and_then(|function| function.rsplit('.').next()).unwrap_or_default();
    if READING.contains(&name) { ReferenceKind::Read } else { ReferenceKind::Argument }
}

fn asks_for_none(comparison: &Node<'_>) -> bool {
    comparison.children().any(|child| matches!(&*child.text(), "is" | "is not"))
        && comparison.parts().any(|child| child.kind() == kind::NONE)
}

/// `"key" in dictionary`
fn asks_for_item(comparison: &Node<'_>, dictionary: &Node<'_>) -> bool {
    let operands: Vec<_> = comparison.parts().collect();
    operands.len() == 2
        && string_content(&operands[0]).as_deref() == Some("cascade")
        && operands[1].range() == dictionary.range()
        && comparison.children().any(|child| matches!(&*child.text(), "in" | "not in"))
}

/// Whether a dictionary's cascade gives way to a later one, in `{**dictionary, "cascade": …}`, `dict(dictionary, cascade=…)` or
/// `dictionary | {"cascade": …}`. One that stands far behind is not looked for.
fn is_overlaid(part: &Node<'_>) -> bool {
    let Some(container) = part.parent() else { return false };
    let is_cascade = |node: &Node<'_>| match &*node.kind() {
        kind::PAIR => node.field("key").and_then(|key| string_content(&key)).as_deref() == Some("cascade"),
        kind::KEYWORD_ARGUMENT => node.field("name").is_some_and(|name| name.text() == "cascade"),
        kind::DICTIONARY => keyword_value(node, "cascade").is_some(),
        _ => false,
    };
    let is_behind = || part.next_all().take(MOST_BEHIND).any(|node| is_cascade(&node));
    match &*container.kind() {
        kind::ARGUMENT_LIST => {
            let call = container.parent().and_then(|call| call.field("function"));
            call.is_some_and(|function| function.text() == "dict") && is_behind()
        }
        kind::DICTIONARY | kind::BINARY_OPERATOR => is_behind(),
        _ => false,
    }
}

/// Whether the element of a collection, or an item under a key that is no literal, is set or deleted.
fn is_set(subscript: &Node<'_>) -> bool {
    subscript.parent().is_some_and(|parent| match &*parent.kind() {
        kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT => {
            parent.field("left").is_some_and(|left| left.range() == subscript.range())
        }
        kind => kind == kind::DELETE_STATEMENT,
    })
}

/// `name.method`
fn kind_of_method(attribute: &Node<'_>) -> ReferenceKind {
    const CHANGING: [&str; 11] =
        ["append", "extend", "insert", "remove", "add", "discard", "clear", "reverse", "sort", "pop", "popitem"];
    let name = attribute.field("attribute").map(|name| name.text().into_owned()).unwrap_or_default();
    match name.as_str() {
        "update" | "setdefault" | "__setitem__" => ReferenceKind::Immaterial,
        name if CHANGING.contains(&name) => ReferenceKind::Changed,
        _ => ReferenceKind::Read,
    }
}
