//! A parameter that ends up in a relationship goes in; the function comes out whose calls make relationships.

use std::sync::Arc;

use super::finder::Receiver;
use crate::module::{Location, Module};
use crate::resolve::{Argument, Arguments, Reason};
use crate::rules::{ConstructorKind, Sets};
use crate::syntax::{Node, Parts, assigned_name, has_scope, is_method, is_statement, kind, returned};

/// A function, lambda or class whose calls make relationships with what they are given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wrapper {
    /// The parameter that hands the cascade in.
    pub argument: Argument,
    /// Where its name is bound: that of the class for `__init__`.
    pub definition: Location,
    /// Its name.
    pub name: String,
    /// The first parameter is the object, which calls do not give.
    pub is_method: bool,
    /// It is the attribute of a class.
    pub class: Option<String>,
    /// What it makes, by kind and fully qualified name.
    pub constructor: (ConstructorKind, String),
    /// The argument is for the other side of what it makes.
    pub is_backref: bool,
    /// Whether `viewonly=True` holds for what it makes, or why that can't be known.
    pub viewonly: Result<bool, Reason>,
    /// What the argument sets.
    pub sets: Sets,
}

impl Wrapper {
    /// The wrapper that hands a parameter on to a call which makes a relationship; None where the function's result is another.
    pub(super) fn of(
        module: &Arc<Module>,
        argument: &Argument,
        receiver: &Receiver<'_>,
        viewonly: Result<bool, Reason>,
    ) -> Option<Self> {
        let call = &receiver.call;
        let function = call.ancestors().find(|node| node.range() == argument.function.range())?;
        let class = function
            .ancestors()
            .find(|node| matches!(&*node.kind(), kind::CLASS_DEFINITION | kind::FUNCTION_DEFINITION));
        let class = class.filter(|class| class.kind() == kind::CLASS_DEFINITION);
        let name = match function.field("name") {
            Some(name) => name,
            None => assigned_name(&function)?,
        };
        let is_method = is_method(&function);
        let class_name = class.and_then(|class| class.field("name"));
        let (name, class_name) = if name.text() == "__init__" {
            // its calls are those of the class
            let called = call.field("function").and_then(|called| called.field("attribute"));
            (called.filter(|called| called.text() == "__init__").and(class_name)?, None)
        } else if gives(&function, call) {
            (name, class_name)
        } else {
            return None;
        };
        Some(Self {
            argument: argument.clone(),
            definition: module.location(&name.range()),
            name: name.text().into_owned(),
            is_method,
            class: class_name.map(|name| name.text().into_owned()),
            constructor: receiver.constructor.clone().ok()?,
            is_backref: receiver.is_backref,
            viewonly,
            sets: receiver.sets,
        })
    }

    /// What a call hands in: the argument that is given for the parameter.
    pub(super) fn given<'a>(&self, arguments: &'a Arguments, is_partial: bool) -> Option<Node<'a>> {
        self.argument.given(arguments, self.is_method, is_partial)?.node()
    }
}

/// Whether a function's result is, or contains, what the call gives, or the function makes it an attribute of a class.
fn gives(function: &Node<'_>, call: &Node<'_>) -> bool {
    if is_returned(function, call) {
        return true;
    }
    let statement = call.ancestors().find(|node| node.kind() == kind::ASSIGNMENT || is_statement(node));
    let Some(statement) = statement else { return false };
    if statement.kind() == kind::ASSIGNMENT {
        return statement.field("left").is_some_and(|left| {
            left.kind() == kind::ATTRIBUTE || returned(function).iter().any(|result| result.text() == left.text())
        });
    }
    let added = statement.parts().next().and_then(|node| node.field("function"));
    added.is_some_and(|called| called.text() == "setattr" || called.text().ends_with("add_property"))
}

/// Whether a call is, or is a part of, what a function returns.
fn is_returned(function: &Node<'_>, call: &Node<'_>) -> bool {
    if function.kind() == kind::LAMBDA {
        let is_around =
            |body: Node<'_>| body.range().start <= call.range().start && call.range().end <= body.range().end;
        return function.field("body").is_some_and(is_around);
    }
    let inside: Vec<Node<'_>> = call.ancestors().take_while(|around| around.range() != function.range()).collect();
    let returning = inside.iter().rposition(|around| around.kind() == kind::RETURN_STATEMENT);
    returning.is_some_and(|statement| !inside[statement..].iter().any(has_scope))
}
