//! The receiver of a method goes in; whether it is a session comes out.

use std::sync::Arc;

use crate::hints::names_session;
use crate::module::Module;
use crate::syntax::{Node, on_one_line};
use crate::types::{Type, Types};

/// Whether something is a session.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Receiver {
    /// It is nothing else.
    Session,
    /// It is one by its type, and may be something else.
    SessionAmongOthers,
    /// It is not known what it is, and it has the name of one.
    Named,
    /// It can be one: why that can't be told.
    Open(String),
}

impl Receiver {
    /// What something is whose method is asked for. None where it is no session.
    pub(super) fn of(types: &Types<'_>, module: &Arc<Module>, node: &Node<'_>, method: &str) -> Option<Self> {
        let receiver = types.of(module, node).0;
        // what is of another library is one by its name alone
        let (mut open, mut goes_by_name) = (None, receiver.is_never());
        for part in receiver.parts() {
            match part {
                Type::Session if receiver == Type::Session => return Some(Self::Session),
                Type::Session => return Some(Self::SessionAmongOthers),
                // within a class of the repository that inherits from SQLAlchemy's
                Type::Object(class, _) if types.is_session(class) => return Some(Self::SessionAmongOthers),
                // it may hand on what it doesn't have itself
                Type::Object(class, _) => {
                    if let Type::Unknown(why) = types.member_of(class, method) {
                        open = Some(why)
                    }
                }
                Type::Unknown(why) => (open, goes_by_name) = (Some(why.clone()), true),
                Type::Variable(name) => {
                    (open, goes_by_name) = (Some(format!("`{name}` can stand for any class")), true)
                }
                // a decorator can make anything of a function
                Type::Function(_) => (open, goes_by_name) = (Some("it is a function's".to_owned()), true),
                Type::Outside(_) | Type::OutsideObject(..) => goes_by_name = true,
                _ => {}
            }
        }
        if receiver.is_never() {
            open = Some("nothing that it can be is seen to come there".to_owned());
        }
        if goes_by_name && names_session(node.text().as_bytes()) {
            return Some(Self::Named);
        }
        Some(Self::Open(format!("whether `{}` is a session can't be told: {}", on_one_line(node), open?)))
    }
}
