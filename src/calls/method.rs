//! An expression goes in; whose method it names, and which, comes out.

use crate::syntax::{Node, asked_attribute, callee_name, kind};

/// A method of something.
pub(super) struct Method<'t> {
    /// What has it.
    pub receiver: Node<'t>,
    pub name: String,
}

impl<'t> Method<'t> {
    /// `session.refresh`, `getattr(session, "refresh")`
    pub fn of(node: &Node<'t>) -> Option<Self> {
        if node.kind() == kind::ATTRIBUTE {
            let name = node.field("attribute")?.text().into_owned();
            return Some(Self { receiver: node.field("object")?, name });
        }
        callee_name(node).filter(|name| name == "getattr")?;
        let (receiver, name) = asked_attribute(node)?;
        Some(Self { receiver, name })
    }
}
