//! A node goes in; whether it reads names that are in scope there, whichever they are, comes out: `globals()[name]`, `vars(self)`.

use std::ops::Range;

use super::whole::{kind_of_names, kind_of_whole};
use super::{ReferenceKind, Span, Whole};
use crate::syntax::{Node, Parts, has_scope, kind};

/// Whose names are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Namespace {
    /// The module's own: `globals()`, `sys.modules[__name__]`.
    Module,
    /// Those of the class in whose body it stands: `locals()`, `dir()`.
    ClassBody,
    /// The attributes of the object or class that a method is called for: `getattr(self, name)`, `cls.__dict__`.
    Object,
    /// The members of the Enum in whose body it stands, by their values: `cls(value)`, `list(cls)`.
    Members,
}

/// A place that reads names, whichever they are.
#[derive(Debug)]
pub struct NamespaceUse {
    span: Span,
    /// Where the class begins in whose body it stands.
    class: u32,
    /// Whose.
    pub namespace: Namespace,
    /// What is done with them.
    pub kind: ReferenceKind,
}

impl NamespaceUse {
    /// What a node reads.
    pub(super) fn of(node: &Node<'_>) -> Option<Self> {
        let (namespace, class, kind) = match &*node.kind() {
            kind::SUBSCRIPT => (Namespace::Module, 0, of_loaded_module(node)?),
            kind::CALL => of_call(node).or_else(|| of_object(node)).or_else(|| of_members(node))?,
            kind::IDENTIFIER | kind::ATTRIBUTE => of_object(node).or_else(|| of_members(node))?,
            _ => return None,
        };
        Some(Self { span: Span::of(&node.range()), class, namespace, kind })
    }

    /// The expression.
    pub fn range(&self) -> Range<usize> {
        self.span.range()
    }

    /// Whether it reads the names of the body of a class.
    pub fn is_of_body(&self, class: &Range<usize>) -> bool {
        self.namespace == Namespace::ClassBody && self.class as usize == class.start
    }

    /// Whether it reads the attributes of an object in a method of a class.
    pub fn is_of_object_in(&self, class: &Range<usize>) -> bool {
        self.namespace == Namespace::Object && self.is_within(class)
    }

    /// Whether it can come to a member by its value, if the class is an Enum.
    pub fn is_of_members_in(&self, class: &Range<usize>) -> bool {
        matches!(self.namespace, Namespace::Members | Namespace::Object) && self.is_within(class)
    }

    fn is_within(&self, class: &Range<usize>) -> bool {
        class.start <= self.range().start && self.range().end <= class.end
    }
}

/// `sys.modules[__name__]`
fn of_loaded_module(item: &Node<'_>) -> Option<ReferenceKind> {
    let is_own = item.field("value")?.text().ends_with("modules") && item.field("subscript")?.text() == "__name__";
    is_own.then(|| kind_of_whole(item, Whole::Module, is_in_type(item)))
}

fn is_in_type(node: &Node<'_>) -> bool {
    node.ancestors().any(|node| node.kind() == kind::TYPE)
}

/// `globals()`, and `locals()`, `vars()` or `dir()` where it stands in no function.
fn of_call(call: &Node<'_>) -> Option<(Namespace, u32, ReferenceKind)> {
    let function = call.field("function")?;
    let kind = match &*function.text() {
        "globals" => return Some((Namespace::Module, 0, kind_of_names(call))),
        "import_module" | "importlib.import_module" if call.field("arguments")?.text() == "(__name__)" => {
            return Some((Namespace::Module, 0, kind_of_whole(call, Whole::Module, is_in_type(call))));
        }
        "locals" | "vars" => kind_of_names(call),
        "dir" => ReferenceKind::Read,
        _ => return None,
    };
    let has_arguments = call.field("arguments")?.parts().next().is_some();
    let scope = call.ancestors().find(has_scope);
    match scope {
        _ if has_arguments => None,
        None => Some((Namespace::Module, 0, kind)),
        Some(scope) if scope.kind() == kind::CLASS_DEFINITION => {
            Some((Namespace::ClassBody, super::offset(scope.range().start), kind))
        }
        Some(_) => None,
    }
}

/// `self`, `cls`, `type(self)` or `self.__class__`, where more is done with it than to read one attribute.
fn of_object(node: &Node<'_>) -> Option<(Namespace, u32, ReferenceKind)> {
    let is_own = matches!(&*node.text(), "self" | "cls" | "type(self)" | "self.__class__");
    let parent = node.parent().filter(|_| is_own)?;
    let kind = match &*parent.kind() {
        kind::ATTRIBUTE | kind::ARGUMENT_LIST => kind_of_whole(node, Whole::Class, is_in_type(node)),
        _ => return None,
    };
    (kind != ReferenceKind::Immaterial).then_some((Namespace::Object, 0, kind))
}

/// `cls`, `type(self)` or `self.__class__`, where something else is done with it than to read an attribute or to tell whose object one is.
fn of_members(node: &Node<'_>) -> Option<(Namespace, u32, ReferenceKind)> {
    let is_class = matches!(&*node.text(), "cls" | "type(self)" | "self.__class__");
    let parent = node.parent().filter(|_| is_class)?;
    let tells = |call: Node<'_>| call.field("function").is_some_and(|function| TELL.contains(&&*function.text()));
    let is_harmless = match &*parent.kind() {
        kind::ATTRIBUTE | kind::PARAMETERS | kind::LAMBDA_PARAMETERS | kind::TYPED_PARAMETER => true,
        kind::ARGUMENT_LIST => parent.parent().is_some_and(tells),
        _ => false,
    };
    (!is_harmless).then_some((Namespace::Members, 0, ReferenceKind::Read))
}

/// Functions that do nothing with the members of a class.
const TELL: [&str; 4] = ["isinstance", "issubclass", "super", "type"];
