//! A name in a file goes in; whether it is one that is looked for comes out, and what is done with it.

use std::sync::Arc;

use super::Definition;
use super::whole::how_of_whole;
use crate::module::{Location, Module};
use crate::resolve::{Effort, Place, Resolver, Step};
use crate::syntax::{Node, conditional_parts, positional_arguments, string_content};

/// A place that mentions a name, other than where it is bound or imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The name.
    pub at: Location,
    /// What is done with it.
    pub how: How,
    /// The keys of the item with which that is done, the outermost first; none where it is the whole.
    pub items: Vec<String>,
    /// Where the other name is bound that gets the value, if it gets it as it is.
    pub binds: Option<Location>,
}

impl Mention {
    /// One of the whole, by which no other name is bound.
    pub(super) fn plain(at: Location, how: How) -> Self {
        Self { at, how, items: Vec::new(), binds: None }
    }

    /// Whether it is about what a step reads of the same name: the same item, a part of that, or what that is a part of.
    pub fn concerns(&self, step: &Step) -> bool {
        self.items.iter().zip(&step.items).all(|(one, other)| one == other)
    }
}

/// What is done with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Its value is read.
    Read,
    /// Another name is bound to it.
    Assigned,
    /// A function gets it that may change it, if that is a list.
    Given,
    /// Only whether it is set is asked.
    Asked,
    /// `__all__` has it.
    Exported,
    /// A stub, or a type, names the value.
    Typed,
    /// It is bound anew, or its value is changed.
    Changed,
}

/// Whether the expression is called, or handed to `functools.partial`.
pub(super) fn is_called(expression: &Node<'_>) -> bool {
    let Some(parent) = expression.parent() else { return false };
    match &*parent.kind() {
        "call" => parent.field("function").is_some_and(|function| function.range() == expression.range()),
        "argument_list" => {
            let is_first = parent.named_children().find(|child| child.kind() != "comment");
            is_first.is_some_and(|first| first.range() == expression.range())
                && parent
                    .parent()
                    .and_then(|call| call.field("function"))
                    .is_some_and(|called| called.text().ends_with("partial"))
        }
        _ => false,
    }
}

/// The name in `name = expression`.
pub(super) fn bound_to<'t>(expression: &Node<'t>) -> Option<Node<'t>> {
    let outer = with_parentheses(expression);
    let assignment = outer.parent().filter(|parent| parent.kind() == "assignment")?;
    let is_right = assignment.field("right").is_some_and(|right| right.range() == outer.range());
    assignment.field("left").filter(|left| is_right && left.kind() == "identifier")
}

/// What a name in a file is.
pub(super) struct Mentioned<'t> {
    /// The expression that it is the last name of.
    pub expression: Node<'t>,
    /// What is done with that.
    pub how: How,
    /// The keys of the item with which it is done.
    pub items: Vec<String>,
    /// Where it is bound.
    pub leads_to: Vec<Location>,
    /// It is; else it may be: an attribute of something unknown.
    pub is_certain: bool,
}

/// What a name is that some of the definitions have; None where it is none that is read or changed.
pub(super) fn mentioned<'t>(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    name: &Node<'t>,
    definitions: &[Definition],
) -> Option<Mentioned<'t>> {
    let parent = name.parent()?;
    let is_field = |field: &str| parent.field(field).is_some_and(|node| node.range() == name.range());
    let expression = match &*parent.kind() {
        "attribute" if is_field("attribute") => parent.clone(),
        "keyword_argument" if is_field("name") => return None,
        "dotted_name" if is_pattern(&parent) => return in_pattern(resolver, module, name, &parent, definitions),
        "aliased_import" | "dotted_name" => return None,
        "function_definition" | "class_definition" if is_field("name") => return None,
        "parameters" | "lambda_parameters" | "typed_parameter" => return None,
        "dictionary_splat_pattern" | "list_splat_pattern" => return None,
        "default_parameter" | "typed_default_parameter" if is_field("name") => return None,
        _ => name.clone(),
    };
    // another value of a name in its own scope is evaluated with it
    if expression.kind() == "identifier" && is_field("left") && parent.kind().ends_with("assignment") {
        let here = definitions.iter().map(|definition| &definition.at).filter(|at| at.path == module.path);
        let leads_to = here.cloned().collect();
        return is_declared_global(name).then(|| Mentioned {
            expression: name.clone(),
            how: How::Changed,
            items: Vec::new(),
            leads_to,
            is_certain: true,
        });
    }
    let found = resolver.definitions(&Place::of(module, name), &expression, &Effort::for_value());
    let is_certain = found.is_some();
    let leads_to = found.unwrap_or_else(|| {
        let possible = definitions.iter().filter(|definition| expression.kind() == "attribute" && !definition.is_local);
        possible.map(|definition| definition.at.clone()).collect()
    });
    let (how, items) = match how_of_wholes(&expression, &leads_to, definitions) {
        Some(how) => (how, Vec::new()),
        None => use_of(&expression),
    };
    Some(Mentioned { expression, how, items, leads_to, is_certain })
}

/// Whether a dotted name stands in the pattern of a `case`, and not in an import.
fn is_pattern(names: &Node<'_>) -> bool {
    names.parent().is_some_and(|parent| parent.kind().ends_with("_pattern"))
}

/// A name in `case module.NAME:`, with which a value is compared; one without a dot is bound.
fn in_pattern<'t>(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    name: &Node<'t>,
    dotted: &Node<'t>,
    definitions: &[Definition],
) -> Option<Mentioned<'t>> {
    let parts: Vec<Node<'t>> = dotted.named_children().collect();
    let is_class = dotted.parent().is_some_and(|parent| parent.kind() == "class_pattern");
    if parts.len() < 2 && !is_class {
        return None;
    }
    let until = parts.iter().position(|part| part.range() == name.range())?;
    let names: Vec<String> = parts[..=until].iter().map(|part| part.text().into_owned()).collect();
    let found = resolver.definitions_of_names(&Place::of(module, name), &names, &Effort::for_value());
    let is_certain = found.is_some();
    let leads_to = found.unwrap_or_else(|| {
        let possible = definitions.iter().filter(|definition| until > 0 && !definition.is_local);
        possible.map(|definition| definition.at.clone()).collect()
    });
    let how = how_of_wholes(name, &leads_to, definitions).unwrap_or(How::Read);
    Some(Mentioned { expression: name.clone(), how, items: Vec::new(), leads_to, is_certain })
}

/// What is done with the whole that some of the definitions are, if one of them is it.
fn how_of_wholes(expression: &Node<'_>, leads_to: &[Location], definitions: &[Definition]) -> Option<How> {
    let whole = definitions.iter().find(|one| one.whole.is_some() && leads_to.contains(&one.at))?;
    Some(how_of_whole(expression, whole.whole?, whole.is_plain))
}

/// Whether the function around says `global name`.
fn is_declared_global(name: &Node<'_>) -> bool {
    let text = name.get_doc().text();
    if !text.contains("global ") && !text.contains("nonlocal ") {
        return false;
    }
    let Some(function) = name.ancestors().find(|node| node.kind() == "function_definition") else { return false };
    let mut statements =
        function.dfs().filter(|node| matches!(&*node.kind(), "global_statement" | "nonlocal_statement"));
    statements.any(|statement| statement.named_children().any(|declared| declared.text() == name.text()))
}

/// What is done with the expression that reads a name, and with which item of it.
fn use_of(expression: &Node<'_>) -> (How, Vec<String>) {
    let mut outer = with_parentheses(expression);
    let mut items = Vec::new();
    while let Some(item) = Item::of(&outer) {
        items.push(item.key);
        if item.is_taken_out {
            return (How::Changed, items);
        }
        outer = with_parentheses(&item.read);
    }
    let how = if !items.is_empty() && is_assigned(&outer) { How::Asked } else { how(&outer) };
    (how, items)
}

fn with_parentheses<'t>(node: &Node<'t>) -> Node<'t> {
    let around = node.ancestors().take_while(|node| node.kind() == "parenthesized_expression");
    around.last().unwrap_or_else(|| node.clone())
}

/// Whether an item gets a value, which the resolver takes for another one that the dictionary can have.
fn is_assigned(item: &Node<'_>) -> bool {
    item.parent().is_some_and(|parent| {
        parent.kind() == "assignment" && parent.field("left").is_some_and(|left| left.range() == item.range())
    })
}

/// An item that is read of a dictionary.
struct Item<'t> {
    read: Node<'t>,
    key: String,
    is_taken_out: bool,
}

impl<'t> Item<'t> {
    /// `dictionary["key"]`, `dictionary.get("key", …)` or `dictionary.pop("key", …)` around the dictionary.
    fn of(dictionary: &Node<'t>) -> Option<Self> {
        let parent = dictionary.parent()?;
        let is_in = |field: &str| parent.field(field).is_some_and(|node| node.range() == dictionary.range());
        match &*parent.kind() {
            "subscript" if is_in("value") => {
                let key = string_content(&parent.field("subscript")?)?;
                Some(Self { read: parent, key, is_taken_out: false })
            }
            "attribute" if is_in("object") => {
                let call = parent.parent().filter(|call| call.kind() == "call")?;
                let key = string_content(positional_arguments(&call.field("arguments")?).first()?)?;
                let method = parent.field("attribute")?.text().into_owned();
                matches!(&*method, "get" | "pop").then(|| Self { read: call, key, is_taken_out: method == "pop" })
            }
            _ => None,
        }
    }
}

/// What is done with the expression that reads a name or an item.
fn how(outer: &Node<'_>) -> How {
    let Some(parent) = outer.parent() else { return How::Read };
    let is_field = |field: &str| parent.field(field).is_some_and(|node| node.range() == outer.range());
    match &*parent.kind() {
        "assignment" | "augmented_assignment" | "for_statement" if is_field("left") => How::Changed,
        "delete_statement" => How::Changed,
        "comparison_operator" if asks_for_none(&parent) || asks_for_item(&parent, outer) => How::Asked,
        "assignment" if is_field("right") => How::Assigned,
        "dictionary_splat" if is_overlaid(&parent) => How::Asked,
        "argument_list" | "binary_operator" if is_overlaid(outer) => How::Asked,
        "if_statement" | "elif_clause" | "while_statement" if is_field("condition") => How::Asked,
        "not_operator" => How::Asked,
        "conditional_expression" => {
            let is_condition = |[_, condition, _]: [Node<'_>; 3]| condition.range() == outer.range();
            if conditional_parts(&parent).is_some_and(is_condition) { How::Asked } else { How::Read }
        }
        "subscript" if is_field("value") && is_set(&parent) => How::Changed,
        "attribute" if is_field("object") => method_of(&parent),
        "argument_list" | "keyword_argument" => argument_of(&parent),
        _ => How::Read,
    }
}

/// The argument of a function.
fn argument_of(arguments: &Node<'_>) -> How {
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
    let call = arguments.ancestors().find(|node| node.kind() == "call");
    let call = if arguments.kind() == "argument_list" { arguments.parent() } else { call };
    let function = call.and_then(|call| call.field("function")).map(|function| function.text().into_owned());
    let name = function.as_deref().and_then(|function| function.rsplit('.').next()).unwrap_or_default();
    if READING.contains(&name) { How::Read } else { How::Given }
}

fn asks_for_none(comparison: &Node<'_>) -> bool {
    comparison.children().any(|child| matches!(&*child.text(), "is" | "is not"))
        && comparison.named_children().any(|child| child.kind() == "none")
}

/// `"key" in dictionary`
fn asks_for_item(comparison: &Node<'_>, dictionary: &Node<'_>) -> bool {
    let operands: Vec<_> = comparison.named_children().filter(|child| child.kind() != "comment").collect();
    operands.len() == 2
        && string_content(&operands[0]).as_deref() == Some("cascade")
        && operands[1].range() == dictionary.range()
        && comparison.children().any(|child| matches!(&*child.text(), "in" | "not in"))
}

/// Whether a dictionary's cascade gives way to a later one, in `{**dictionary, "cascade": …}`, `dict(dictionary, cascade=…)` or
/// `dictionary | {"cascade": …}`.
fn is_overlaid(part: &Node<'_>) -> bool {
    let Some(container) = part.parent() else { return false };
    let is_cascade = |node: &Node<'_>| match &*node.kind() {
        "pair" => node.field("key").and_then(|key| string_content(&key)).as_deref() == Some("cascade"),
        "keyword_argument" => node.field("name").is_some_and(|name| name.text() == "cascade"),
        "dictionary" => crate::syntax::keyword_value(node, "cascade").is_some(),
        _ => false,
    };
    match &*container.kind() {
        "argument_list" => {
            let call = container.parent().and_then(|call| call.field("function"));
            call.is_some_and(|function| function.text() == "dict") && part.next_all().any(|node| is_cascade(&node))
        }
        "dictionary" | "binary_operator" => part.next_all().any(|node| is_cascade(&node)),
        _ => false,
    }
}

/// Whether the element of a collection, or an item under a key that is no literal, is set or deleted.
fn is_set(subscript: &Node<'_>) -> bool {
    subscript.parent().is_some_and(|parent| match &*parent.kind() {
        "assignment" | "augmented_assignment" => {
            parent.field("left").is_some_and(|left| left.range() == subscript.range())
        }
        kind => kind == "delete_statement",
    })
}

/// `name.method`
fn method_of(attribute: &Node<'_>) -> How {
    const CHANGING: [&str; 11] =
        ["append", "extend", "insert", "remove", "add", "discard", "clear", "reverse", "sort", "pop", "popitem"];
    let name = attribute.field("attribute").map(|name| name.text().into_owned()).unwrap_or_default();
    match name.as_str() {
        "update" | "setdefault" | "__setitem__" => How::Asked,
        name if CHANGING.contains(&name) => How::Changed,
        _ => How::Read,
    }
}
