//! A call of a function of the repository goes in; what the columns refer to that it makes comes out.

use super::names::called;
use super::table::ForeignKeyTarget;
use crate::module::BindingKind;
use crate::resolve::{Arguments, Effort, Place, Resolution, Resolver};
use crate::syntax::{Node, dotted_name, kind, unparenthesized};

/// What the foreign keys refer to that a function declares, with the arguments of a call in place of its parameters. None where the call
/// leads to no function of the repository, or it makes no columns; a reference that can't be told is None.
pub fn references(resolver: &Resolver<'_>, place: &Place, call: &Node<'_>) -> Option<Vec<Option<ForeignKeyTarget>>> {
    let names = dotted_name(&call.field("function")?)?;
    let resolutions = resolver.follow(place, &names, &Effort::for_callee());
    let [Resolution::Bound(found)] = resolutions.as_slice() else { return None };
    if !found.rest.is_empty() || !matches!(found.binding().kind, BindingKind::Function(..)) {
        return None;
    }
    let function = found.value()?;
    let is_foreign_key =
        |node: &Node<'_>| node.kind() == kind::CALL && called(node).is_some_and(|name| name == "ForeignKey");
    let keys: Vec<Node<'_>> = function.dfs().filter(is_foreign_key).collect();
    let given = Arguments::of_call(&place.module, call);
    let reference = |key: &Node<'_>| {
        let arguments = Arguments::of_call(found.module(), key);
        let target = arguments.written("column", Some(0))?.node()?;
        Some(ForeignKeyTarget::parse(&resolver.text_given(found, &unparenthesized(&target), &given)?))
    };
    (!keys.is_empty()).then(|| keys.iter().map(reference).collect())
}
