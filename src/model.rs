//! The call of a relationship constructor goes in; what its own statement says of the relationship comes out.
//!
//! Direction and uselist depend on the tables of both sides; they are unknown here.

use serde::Serialize;

use crate::syntax::{Node, dotted_name, keyword_value, positional_arguments, string_content, unparenthesized};

/// What is known of a relationship; a fact that is not known is None.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Relationship {
    /// The mapped class that has the attribute.
    pub owner: Option<String>,
    /// The attribute.
    pub attribute: Option<String>,
    /// The class that the attribute leads to.
    pub target: Option<String>,
    /// one-to-many, one-to-one, many-to-one or many-to-many.
    pub direction: Option<&'static str>,
    /// Whether the attribute is a collection.
    pub uselist: Option<bool>,
    /// Where each fact comes from, in words.
    pub evidence: Vec<String>,
}

impl Relationship {
    /// What the statement around a constructor's call says; None where it says nothing.
    pub fn of_call(call: &Node<'_>, is_backref: bool) -> Option<Self> {
        let relationship = if is_backref { of_backref(call) } else { Some(of_declaration(call)) }?;
        (relationship != Self::default()).then_some(relationship)
    }
}

fn of_declaration(call: &Node<'_>) -> Relationship {
    let arguments = call.field("arguments");
    let target = arguments.as_ref().and_then(|arguments| {
        keyword_value(arguments, "argument").or_else(|| positional_arguments(arguments).into_iter().next())
    });
    let (owner, attribute) = place_of(call).unwrap_or_default();
    Relationship { owner, attribute, target: target.and_then(|target| class_name(&target)), ..Relationship::default() }
}

/// A backref turns the declaring side around: its owner is that side's target.
fn of_backref(call: &Node<'_>) -> Option<Relationship> {
    let arguments = call.field("arguments")?;
    let (declaring, name) = match keyword_value(&arguments, "backref") {
        Some(pair) => (call.clone(), pair.named_children().next()),
        None => {
            let outer = call.ancestors().find(|node| node.kind() == "call")?;
            (outer, positional_arguments(&arguments).into_iter().next())
        }
    };
    let there = of_declaration(&declaring);
    Some(Relationship {
        owner: there.target,
        attribute: name.and_then(|name| string_content(&name)),
        target: there.owner,
        ..Relationship::default()
    })
}

/// Owner and attribute, from the nearest node around the call that names them.
fn place_of(call: &Node<'_>) -> Option<(Option<String>, Option<String>)> {
    for node in call.ancestors() {
        match &*node.kind() {
            "assignment" => {
                let mut names = dotted_name(&node.field("left")?)?;
                let attribute = names.pop();
                let owner = if names.is_empty() { enclosing_class(&node) } else { Some(names.join(".")) };
                return owner.is_some().then_some((owner, attribute));
            }
            "pair" => {
                let mapper =
                    node.ancestors().find(|node| node.kind() == "call" || node.kind().ends_with("_statement"))?;
                if is_properties(&node) {
                    return Some((
                        mapped_class(&mapper).or_else(|| enclosing_class(&node)),
                        string_content(&node.field("key")?),
                    ));
                }
            }
            "call" if node.node_id() != call.node_id() => {
                let function = node.field("function")?;
                let arguments = positional_arguments(&node.field("arguments")?);
                if function.text().ends_with("add_property") {
                    let mut names = dotted_name(&function.field("object")?)?;
                    names.pop();
                    return Some((
                        Some(names.join(".")).filter(|name| !name.is_empty()),
                        string_content(arguments.first()?),
                    ));
                }
            }
            "function_definition" => {
                let is_declared = |decorator: &Node<'_>| {
                    decorator.kind() == "decorator" && decorator.text().contains("declared_attr")
                };
                node.parent()?.children().find(is_declared)?;
                let class = enclosing_class(&node.parent()?)?;
                return Some((Some(class), Some(node.field("name")?.text().into_owned())));
            }
            _ => {}
        }
    }
    None
}

/// A pair of the dictionary that `properties` names, as keyword or as key.
fn is_properties(pair: &Node<'_>) -> bool {
    let Some(holder) = pair.parent().and_then(|dictionary| dictionary.parent()) else {
        return false;
    };
    ["name", "key"]
        .iter()
        .filter_map(|field| holder.field(field))
        .any(|name| string_content(&name).unwrap_or_else(|| name.text().into_owned()) == "properties")
}

fn mapped_class(call: &Node<'_>) -> Option<String> {
    let arguments = call.field("arguments")?;
    class_name(positional_arguments(&arguments).first()?)
}

/// The class in whose body the node stands; not one around a function that is no method.
fn enclosing_class(node: &Node<'_>) -> Option<String> {
    let class = node.ancestors().find(|node| matches!(&*node.kind(), "class_definition" | "function_definition"))?;
    (class.kind() == "class_definition").then(|| class.field("name").map(|name| name.text().into_owned()))?
}

/// A class as a name, a string or a lambda around one of them.
fn class_name(node: &Node<'_>) -> Option<String> {
    let mut node = unparenthesized(node);
    while node.kind() == "lambda" {
        node = unparenthesized(&node.field("body")?);
    }
    match &*node.kind() {
        "string" => string_content(&node),
        _ => dotted_name(&node).map(|names| names.join(".")),
    }
}
