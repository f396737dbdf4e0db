//! A session's method that is named and not called at once goes in; what it is given, where that can be told, comes out.

use std::sync::Arc;

use crate::model::Classes;
use crate::module::Module;
use crate::syntax::{Node, Parts, callee_name, kind, on_one_line, string_content};
use crate::types::{Type, Types};

use super::method::Method;
use super::receiver::Receiver;
use super::{CallKind, SessionCall};

/// What calls a function that it is given with the arguments that follow.
const RUNNERS: [&str; 5] = [
    "asyncio.to_thread",
    "anyio.to_thread.run_sync",
    "starlette.concurrency.run_in_threadpool",
    "fastapi.concurrency.run_in_threadpool",
    "sqlalchemy.util.greenlet_spawn",
];

/// `asyncio.to_thread(session.refresh, user)`, `map(session.expire, users)`, `again = session.refresh`, `methodcaller("refresh", user)`.
pub(super) fn session_call(
    types: &Types<'_>,
    classes: &Classes<'_>,
    module: &Arc<Module>,
    method: &Node<'_>,
    kinds: &[CallKind],
) -> Option<SessionCall> {
    let Some(Method { receiver, name }) = Method::of(method) else {
        return of_any_receiver(types, classes, module, method, kinds);
    };
    let kind = CallKind::of(&name).filter(|kind| kinds.contains(kind))?;
    let around = method.ancestors().find(|node| node.kind() != kind::PARENTHESIZED_EXPRESSION)?;
    if !is_handed_on(&around, method) {
        return None;
    }
    let taking = Receiver::of(types, module, &receiver, &name)?;
    let call = Some(&around).filter(|around| around.kind() == kind::ARGUMENT_LIST).and_then(Node::parent);
    let written = on_one_line(call.as_ref().unwrap_or(method));
    let mut found = SessionCall::new(module.location(&method.range()), written, kind);
    let (mut is_followed, mut is_given) = (false, false);
    if let Some((function, given)) = call.and_then(|call| given_with(&call, method)) {
        let runs = Runs::of(types, module, &function);
        let (object, steps) = types.of(module, &given[0]);
        found.add(classes, &if runs == Some(Runs::EachItem) { types.item_of(&object) } else { object });
        found.steps = steps;
        (is_followed, is_given) = (runs.is_some() && given.len() == 1, true);
    }
    match taking {
        Receiver::Session | Receiver::SessionAmongOthers => {}
        // what has the name of a session has much that is no method, such as when it expires
        Receiver::Named if is_given && (kind != CallKind::Expire || !found.classes.is_empty()) => {}
        Receiver::Named => return None,
        Receiver::Open(_) if found.classes.is_empty() => return None,
        Receiver::Open(why) => found.doubt = Some(why),
    }
    if found.classes.is_empty() || !is_followed {
        found.leave_open(method);
    }
    Some(found)
}

impl SessionCall {
    /// A method is handed on, and who calls it with what isn't known.
    fn leave_open(&mut self, method: &Node<'_>) {
        let why = format!("`{}` is handed on, and what it is given there is not followed", on_one_line(method));
        (self.doubt, self.unknown) = (Some(why.clone()), Some(why));
    }
}

/// `operator.methodcaller("refresh", user)`
fn of_any_receiver(
    types: &Types<'_>,
    classes: &Classes<'_>,
    module: &Arc<Module>,
    call: &Node<'_>,
    kinds: &[CallKind],
) -> Option<SessionCall> {
    callee_name(call).filter(|name| name == "methodcaller")?;
    let given: Vec<_> = call.field("arguments")?.parts().collect();
    let name = string_content(given.first()?)?;
    let kind = CallKind::of(&name).filter(|kind| kinds.contains(kind))?;
    let mut found = SessionCall::new(module.location(&call.range()), on_one_line(call), kind);
    let object = given.get(1)?;
    let (object, steps) = types.of(module, &object.field("value").unwrap_or_else(|| object.clone()));
    found.add(classes, &object);
    found.steps = steps;
    if found.classes.is_empty() && !is_given_session(types, module, call, &name) {
        return None;
    }
    found.leave_open(call);
    Some(found)
}

/// Whether what a call makes is called with a session at once: `methodcaller("refresh", user)(session)`.
fn is_given_session(types: &Types<'_>, module: &Arc<Module>, made: &Node<'_>, method: &str) -> bool {
    let call = made.parent().filter(|around| around.kind() == kind::CALL);
    let given = call.and_then(|call| call.field("arguments")?.parts().next());
    let receiver = given.and_then(|given| Receiver::of(types, module, &given, method));
    receiver.is_some_and(|receiver| !matches!(receiver, Receiver::Open(_)))
}

/// Whether a method is handed on: it is not called, set, deleted, compared, or asked for something, as in
/// `session.refresh.assert_awaited_once()`.
fn is_handed_on(around: &Node<'_>, method: &Node<'_>) -> bool {
    let is_in = |field: &str| around.field(field).is_some_and(|part| part.range().contains(&method.range().start));
    match &*around.kind() {
        kind::CALL => !is_in("function"),
        kind::ATTRIBUTE => !is_in("object"),
        kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT | kind::FOR_STATEMENT | kind::FOR_IN_CLAUSE => !is_in("left"),
        kind::COMPARISON_OPERATOR | kind::NOT_OPERATOR | kind::DELETE_STATEMENT | kind::ASSERT_STATEMENT => false,
        kind::EXPRESSION_STATEMENT | kind::PATTERN_LIST | kind::TUPLE_PATTERN | kind::LIST_PATTERN => false,
        _ => true,
    }
}

/// The function of a call that is given a method, and the arguments behind that, of which the first has no name.
fn given_with<'t>(call: &Node<'t>, method: &Node<'t>) -> Option<(Node<'t>, Vec<Node<'t>>)> {
    let list = call.field("arguments")?;
    let behind: Vec<_> = list.parts().filter(|given| given.range().start >= method.range().end).collect();
    let is_positional = |given: &Node<'_>| given.kind() != kind::KEYWORD_ARGUMENT;
    let function = call.field("function").filter(|_| behind.first().is_some_and(is_positional))?;
    Some((function, behind))
}

/// How a function calls what it is given: with what follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Runs {
    /// Once.
    Once,
    /// Once for each item.
    EachItem,
}

impl Runs {
    /// None where that isn't known.
    fn of(types: &Types<'_>, module: &Arc<Module>, function: &Node<'_>) -> Option<Self> {
        // the loop whose method it is comes from a call
        if function.field("attribute").is_some_and(|name| name.text() == "run_in_executor") {
            return Some(Self::Once);
        }
        let Type::Outside(path) = types.of(module, function).0 else { return None };
        match path.join(".").as_str() {
            "builtins.map" => Some(Self::EachItem),
            path => RUNNERS.contains(&path).then_some(Self::Once),
        }
    }
}
