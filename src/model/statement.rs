//! The call of a relationship constructor goes in; where it stands comes out: the class and the attribute that the statement around
//! it names.

use std::sync::Arc;

use super::names::stands_for_class;
use super::{Relationship, RelationshipCall};
use crate::module::Module;
use crate::resolve::{Arguments, Passed, Resolver};
use crate::sqlalchemy::unkept_by;
use crate::syntax::{
    Node, Parts, decorating, dotted_name, is_statement, kind, positional_arguments, string_content, unparenthesized,
};

/// Who has a relationship, as the statement around the constructor's call says.
pub enum Owner<'t> {
    /// The class in whose body it stands.
    Body(Node<'t>),
    /// The class that an expression names.
    Name(Node<'t>),
    /// The class that a call maps.
    Mapper(Node<'t>),
    /// It can't be told.
    Unknown,
}

/// Where a relationship stands.
pub struct Stands<'t> {
    /// Who has it.
    pub owner: Owner<'t>,
    /// The attribute.
    pub attribute: Option<String>,
    /// Its annotation.
    pub annotation: Option<Node<'t>>,
}

impl<'t> Stands<'t> {
    /// An item of `properties`, which a call that maps a class gets, or the class around has.
    fn in_properties(item: &Node<'t>, mapper: Option<Node<'t>>, attribute: Option<String>) -> Self {
        let owner = match mapper.filter(|mapper| mapper.kind() == kind::CALL && mapped_class(mapper).is_some()) {
            Some(mapper) => Owner::Mapper(mapper),
            None => enclosing_class(item).map_or(Owner::Unknown, Owner::Body),
        };
        Self { owner, attribute, annotation: None }
    }
}

impl Owner<'_> {
    fn name(&self, module: &Arc<Module>) -> Option<String> {
        match self {
            Self::Body(class) => class.field("name").map(|name| name.text().into_owned()),
            Self::Name(node) => class_name(module, node),
            Self::Mapper(call) => class_name(module, &mapped_class(call)?),
            Self::Unknown => None,
        }
    }
}

/// What the statement around a constructor's call says.
pub fn of_call(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>, is_backref: bool) -> Relationship {
    let relationship = match is_backref {
        true => of_backref(resolver, module, call),
        false => Some(of_declaration(resolver, module, call)),
    };
    let at = module.location(&call.range());
    Relationship { call: Some(RelationshipCall { at, is_backref }), ..relationship.unwrap_or_default() }
}

fn of_declaration(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>) -> Relationship {
    let target = Arguments::of_call(module, call).get_at(resolver, "argument", 0);
    let stands = place_of(call);
    let owner = stands.as_ref().and_then(|stands| stands.owner.name(module));
    let attribute = stands.and_then(|stands| stands.attribute);
    let target = match target {
        Passed::Given(target) => target.node().and_then(|node| class_name(&target.module, &node)),
        Passed::Absent | Passed::Unknown => None,
    };
    Relationship { owner, attribute, target, ..Relationship::default() }
}

/// A backref turns the declaring side around: its owner is that side's target.
fn of_backref(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>) -> Option<Relationship> {
    let arguments = Arguments::of_call(module, call);
    let name = match arguments.get(resolver, "backref") {
        Passed::Given(pair) => pair.node().and_then(|pair| string_content(&pair.parts().next()?)),
        _ => arguments.written("name", Some(0)).and_then(|name| string_content(&name.node()?)),
    };
    let there = of_declaration(resolver, module, &declaring_call(resolver, module, call)?);
    Some(Relationship { owner: there.target, attribute: name, target: there.owner, ..Relationship::default() })
}

/// The call of the declaring side: that which has `backref=(name, {…})`, or the one around `backref(…)`.
pub fn declaring_call<'t>(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'t>) -> Option<Node<'t>> {
    match Arguments::of_list(module, &call.field("arguments")?).get(resolver, "backref") {
        Passed::Given(_) => Some(call.clone()),
        Passed::Absent | Passed::Unknown => call.ancestors().find(|node| node.kind() == kind::CALL),
    }
}

/// The loader that a constructor's name or the attribute's annotation stands for.
pub fn loader(call: &Node<'_>) -> Option<&'static str> {
    let function = call.field("function")?;
    if function.text().ends_with("dynamic_loader") {
        return Some("dynamic");
    }
    if function.text().ends_with("backref") {
        return None;
    }
    unkept_by(&place_of(call)?.annotation?.text())
}

/// Where the nearest node around the call says that it stands.
pub fn place_of<'t>(call: &Node<'t>) -> Option<Stands<'t>> {
    for node in call.ancestors() {
        match &*node.kind() {
            kind::ASSIGNMENT => return of_assignment(&node),
            kind::PAIR if is_properties(&node) => {
                let mapper = node.ancestors().find(|node| node.kind() == kind::CALL || is_statement(node))?;
                let attribute = string_content(&node.field("key")?);
                return Some(Stands::in_properties(&node, Some(mapper), attribute));
            }
            // `properties=dict(name=relationship(…))`
            kind::KEYWORD_ARGUMENT => {
                let dictionary = node.parent()?.parent()?;
                let holder =
                    dictionary.parent().filter(|holder| matches!(&*holder.kind(), kind::KEYWORD_ARGUMENT | kind::PAIR));
                if is_call_of_dict(&dictionary) && holder.is_some_and(|holder| names_properties(&holder)) {
                    let attribute = node.field("name").map(|name| name.text().into_owned());
                    let mapper =
                        dictionary.ancestors().find(|node| node.kind() == kind::CALL && !is_call_of_dict(node));
                    return Some(Stands::in_properties(&node, mapper, attribute));
                }
            }
            kind::CALL if node.node_id() != call.node_id() => {
                let function = node.field("function")?;
                if function.text().ends_with("add_property") {
                    let arguments = positional_arguments(&node.field("arguments")?);
                    return of_add_property(&function, arguments.first()?);
                }
            }
            kind::FUNCTION_DEFINITION => return of_declared(&node),
            _ => {}
        }
    }
    None
}

/// A function under `@declared_attr`.
fn of_declared<'t>(function: &Node<'t>) -> Option<Stands<'t>> {
    let is_declared = |decorator: &Node<'_>| decorator.text().contains("declared_attr");
    decorating(function).iter().find(|decorator| is_declared(decorator))?;
    let owner = Owner::Body(enclosing_class(&function.parent()?)?);
    let attribute = Some(function.field("name")?.text().into_owned());
    Some(Stands { owner, attribute, annotation: function.field("return_type") })
}

/// `name: annotation = …` in a class's body, and `Class.name = …`.
fn of_assignment<'t>(assignment: &Node<'t>) -> Option<Stands<'t>> {
    let left = assignment.field("left")?;
    let attribute = dotted_name(&left)?.pop();
    let owner = match left.field("object") {
        Some(object) => Owner::Name(object),
        None => Owner::Body(enclosing_class(assignment)?),
    };
    Some(Stands { owner, attribute, annotation: assignment.field("type") })
}

/// `Class.__mapper__.add_property("name", …)`
fn of_add_property<'t>(function: &Node<'t>, name: &Node<'t>) -> Option<Stands<'t>> {
    let object = function.field("object")?;
    let owner = match object.field("object") {
        Some(class) if dotted_name(&class).is_some() => Owner::Name(class),
        _ => Owner::Unknown,
    };
    Some(Stands { owner, attribute: string_content(name), annotation: None })
}

/// A pair of the dictionary that `properties` names, as keyword or as key.
fn is_properties(pair: &Node<'_>) -> bool {
    let Some(holder) = pair.parent().and_then(|dictionary| dictionary.parent()) else {
        return false;
    };
    names_properties(&holder)
}

fn names_properties(holder: &Node<'_>) -> bool {
    let mut names = ["name", "key"].into_iter().filter_map(|field| holder.field(field));
    names.any(|name| string_content(&name).unwrap_or_else(|| name.text().into_owned()) == "properties")
}

fn is_call_of_dict(node: &Node<'_>) -> bool {
    node.kind() == kind::CALL && node.field("function").is_some_and(|function| function.text() == "dict")
}

/// What a call of a mapper maps.
fn mapped_class<'t>(call: &Node<'t>) -> Option<Node<'t>> {
    let class = positional_arguments(&call.field("arguments")?).into_iter().next()?;
    (dotted_name(&class).is_some() || class.kind() == kind::STRING).then_some(class)
}

/// The class in whose body the node stands; not one around a function that is no method.
fn enclosing_class<'t>(node: &Node<'t>) -> Option<Node<'t>> {
    let class =
        node.ancestors().find(|node| matches!(&*node.kind(), kind::CLASS_DEFINITION | kind::FUNCTION_DEFINITION))?;
    (class.kind() == kind::CLASS_DEFINITION).then_some(class)
}

/// A class as a name, a string or a lambda around one of them. What may be another thing than a class is not told as one.
fn class_name(module: &Arc<Module>, node: &Node<'_>) -> Option<String> {
    let mut node = unparenthesized(node);
    while node.kind() == kind::LAMBDA {
        node = unparenthesized(&node.field("body")?);
    }
    match &*node.kind() {
        kind::STRING => {
            let is_name = |part: &str| part.chars().all(|c| c.is_alphanumeric() || c == '_') && !part.is_empty();
            string_content(&node).filter(|text| text.trim().split('.').all(is_name))
        }
        _ => {
            let names = dotted_name(&node)?;
            stands_for_class(module, &node, &names).then(|| names.join("."))
        }
    }
}
