//! A session's method that is named and not called goes in; what it is given, where that can be told, comes out.

use std::sync::Arc;

use crate::model::Classes;
use crate::module::Module;
use crate::syntax::{Node, Parts, kind, on_one_line};
use crate::types::{Type, Types};

use super::receiver::Receiver;
use super::{CallKind, SessionCall};

/// What calls a function that it is given with the arguments that follow: in a thread, or once for each item.
const RUNNERS: [&str; 5] = [
    "asyncio.to_thread",
    "anyio.to_thread.run_sync",
    "starlette.concurrency.run_in_threadpool",
    "fastapi.concurrency.run_in_threadpool",
    "sqlalchemy.util.greenlet_spawn",
];

/// `asyncio.to_thread(session.refresh, user)`, `map(session.expire, users)`, `again = session.refresh`.
pub(super) fn session_call(
    types: &Types<'_>,
    classes: &Classes<'_>,
    module: &Arc<Module>,
    method: &Node<'_>,
    kinds: &[CallKind],
) -> Option<SessionCall> {
    let name = method.field("attribute")?.text();
    let kind = CallKind::of(&name).filter(|kind| kinds.contains(kind))?;
    let around = method.ancestors().find(|node| node.kind() != kind::PARENTHESIZED_EXPRESSION)?;
    if is_part(&around, method) {
        return None;
    }
    let receiver = method.field("object")?;
    let taking = Receiver::of(types, module, &receiver, &name)?;
    let Receiver::Session { .. } = taking else { return None };
    let call = Some(&around).filter(|around| around.kind() == kind::ARGUMENT_LIST).and_then(Node::parent);
    let written = on_one_line(call.as_ref().unwrap_or(method));
    let mut found = SessionCall::new(module.location(&method.range()), written, kind);
    let unfollowed = format!("`{}` is handed on, and what it is given there is not followed", on_one_line(method));
    let Some((runner, following)) = given_with(&around, method) else {
        found.unknown = Some(unfollowed);
        return Some(found);
    };
    let is_mapping = runner.text() == "map";
    let (given, steps) = types.of(module, &following[0]);
    let given = if is_mapping { types.item_of(&given) } else { given };
    found.steps = steps;
    found.add(classes, &given);
    if found.classes.is_empty() {
        found.unknown = Some(unfollowed);
    } else if following.len() > 1 || !is_mapping && !runs(types, module, &runner) {
        found.doubt = Some(unfollowed);
    }
    Some(found)
}

/// Whether a method is called, set, or asked for something: `session.refresh.assert_awaited_once()`.
fn is_part(around: &Node<'_>, method: &Node<'_>) -> bool {
    let is_in = |field: &str| around.field(field).is_some_and(|part| part.range().contains(&method.range().start));
    match &*around.kind() {
        kind::CALL => is_in("function"),
        kind::ATTRIBUTE => is_in("object"),
        _ => is_in("left"),
    }
}

/// The function that a method is given to, and the arguments behind it, of which the first has no name.
fn given_with<'t>(around: &Node<'t>, method: &Node<'t>) -> Option<(Node<'t>, Vec<Node<'t>>)> {
    let list = Some(around).filter(|around| around.kind() == kind::ARGUMENT_LIST)?;
    let behind: Vec<_> = list.parts().filter(|given| given.range().start >= method.range().end).collect();
    let is_positional = |given: &Node<'_>| given.kind() != kind::KEYWORD_ARGUMENT;
    let function = list.parent()?.field("function").filter(|_| behind.first().is_some_and(is_positional))?;
    Some((function, behind))
}

/// Whether a function calls what it is given with what follows.
fn runs(types: &Types<'_>, module: &Arc<Module>, function: &Node<'_>) -> bool {
    // the loop whose method it is comes from a call
    let is_of_loop = function.field("attribute").is_some_and(|name| name.text() == "run_in_executor");
    is_of_loop
        || matches!(types.of(module, function).0, Type::Outside(path) if RUNNERS.contains(&path.join(".").as_str()))
}
