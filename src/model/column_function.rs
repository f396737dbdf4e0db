//! A call of a function of the repository goes in; what the columns refer to that it makes comes out.

use super::names::{called, text};
use super::table::Reference;
use crate::module::Target;
use crate::resolve::{Effort, End, Found, Place, Resolver};
use crate::syntax::{Node, dotted_name, keyword_value, positional_arguments, unparenthesized};

/// What the foreign keys refer to that a function declares, with the arguments of a call in place of its parameters. None where the call
/// leads to no function of the repository, or it makes no columns; a reference that can't be told is None.
pub fn references(resolver: &Resolver<'_>, place: &Place, call: &Node<'_>) -> Option<Vec<Option<Reference>>> {
    let names = dotted_name(&call.field("function")?)?;
    let ends = resolver.follow(place, &names, &Effort::for_callee());
    let [End::Bound(found)] = ends.as_slice() else { return None };
    if !found.rest.is_empty() || !matches!(found.binding().target, Target::Function(..)) {
        return None;
    }
    let function = found.value()?;
    let is_foreign_key =
        |node: &Node<'_>| node.kind() == "call" && called(node).is_some_and(|name| name == "ForeignKey");
    let keys: Vec<Node<'_>> = function.dfs().filter(is_foreign_key).collect();
    let arguments = call.field("arguments")?;
    let given = |name: &str| given(resolver, place, found, &function, &arguments, name);
    let reference = |key: &Node<'_>| {
        let target = positional_arguments(&key.field("arguments")?).into_iter().next()?;
        Some(Reference::parse(&filled_in(&unparenthesized(&target), &given)?))
    };
    (!keys.is_empty()).then(|| keys.iter().map(reference).collect())
}

/// The text that a call gives to a parameter.
fn given(
    resolver: &Resolver<'_>,
    place: &Place,
    found: &Found,
    function: &Node<'_>,
    arguments: &Node<'_>,
    name: &str,
) -> Option<String> {
    let scope = found.module().scope_of(function);
    let position = scope.all(name).iter().find_map(|binding| match &binding.target {
        Target::Parameter(parameter) => Some(parameter.position),
        _ => None,
    })?;
    let by_position = position.and_then(|position| positional_arguments(arguments).get(position).cloned());
    text(resolver, place, &keyword_value(arguments, name).or(by_position)?)
}

/// A string or f-string whose only names are parameters, or a parameter.
fn filled_in(node: &Node<'_>, given: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    match &*node.kind() {
        "identifier" => given(&node.text()),
        "string" => {
            let parts =
                node.named_children().filter(|part| matches!(&*part.kind(), "string_content" | "interpolation"));
            let text = |part: Node<'_>| match &*part.kind() {
                "interpolation" => filled_in(&part.named_children().next()?, given),
                _ => Some(part.text().into_owned()),
            };
            parts.map(text).collect()
        }
        _ => None,
    }
}
