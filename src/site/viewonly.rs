//! A call goes in; whether `viewonly=True` holds for its relationship comes out.

use crate::rules::{Sets, Spelling};
use crate::syntax::{Node, keyword_container, keyword_value, splatted};

/// Whether `viewonly=True` stands beside the cascade: in the same call or dictionary, in a dictionary display splatted into the
/// call, or for sqlmodel's flag in `sa_relationship_kwargs`. A backref has it from the declaring side unless it says otherwise
/// (`RelationshipProperty._generate_backref` of SQLAlchemy). Other uses of a dictionary with a name are not looked at: what holds
/// for one call need not hold for the next.
pub(super) fn is_viewonly(container: &Node<'_>, call: &Node<'_>, spelling: &Spelling, is_backref: bool) -> bool {
    let elsewhere = || {
        if !call.range().contains(&container.range().start) {
            return None;
        }
        if spelling.sets == Sets::CascadeDelete {
            return set_in(&keyword_container(&keyword_value(container, "sa_relationship_kwargs")?)?);
        }
        viewonly_of(&call.field("arguments")?, call, is_backref && !spelling.is_backref)
    };
    set_in(container).or_else(elsewhere).unwrap_or(false)
}

fn set_in(container: &Node<'_>) -> Option<bool> {
    keyword_value(container, "viewonly").map(|value| value.kind() == "true")
}

/// What a call says of `viewonly`; a backref's call is asked first, then that of the declaring side around it.
pub(super) fn viewonly_of(arguments: &Node<'_>, call: &Node<'_>, is_backref: bool) -> Option<bool> {
    let displays = splatted(arguments).into_iter().filter_map(|splatted| keyword_container(&splatted));
    let here = std::iter::once(arguments.clone()).chain(displays).find_map(|place| set_in(&place));
    here.or_else(|| {
        let declaring = enclosing_call(call).filter(|_| is_backref)?;
        viewonly_of(&declaring.field("arguments")?, &declaring, false)
    })
}

fn enclosing_call<'t>(call: &Node<'t>) -> Option<Node<'t>> {
    call.ancestors().take_while(|node| !node.kind().ends_with("_statement")).find(|node| node.kind() == "call")
}
