//! A module, a class or an Enum that has a constant goes in, as it is referred to somewhere; whether the constant can be read there by way
//! of the whole of it comes out: by `vars`, by `getattr` with a name that is not known, by whoever gets it.

use super::ReferenceKind;
use crate::syntax::{Node, has_scope, kind, positional_arguments, string_content};

/// What a constant can be reached by way of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whole {
    /// Its members are found by their values too.
    Enumeration,
    /// A class that inherits from others: whoever gets it can be after something else.
    Class,
    /// A class that has nothing but its own names.
    PlainClass,
    /// The module.
    Module,
}

impl Whole {
    pub(super) const COUNT: usize = 4;
    pub(super) const ALL: [Self; Self::COUNT] = [Self::Enumeration, Self::Class, Self::PlainClass, Self::Module];

    /// Whether whoever gets it can be after its names.
    fn is_plain(self) -> bool {
        self != Self::Class
    }
}

/// What is done with the whole at an expression that names it.
pub(super) fn kind_of_whole(expression: &Node<'_>, whole: Whole, is_in_type: bool) -> ReferenceKind {
    let Some(parent) = expression.parent() else { return ReferenceKind::Read };
    let is_field = |field: &str| parent.field(field).is_some_and(|node| node.range() == expression.range());
    if is_in_type {
        let is_read = whole == Whole::Enumeration && is_type_of_input(expression);
        return if is_read { ReferenceKind::Read } else { ReferenceKind::Immaterial };
    }
    match &*parent.kind() {
        kind::ATTRIBUTE if is_field("object") => {
            match &*parent.field("attribute").map(|name| name.text()).unwrap_or_default() {
                "__dict__" | "__members__" | "_member_map_" | "_value2member_map_" => kind_of_names(&parent),
                name if whole == Whole::Enumeration && name.starts_with("__") => ReferenceKind::Read,
                _ => ReferenceKind::Immaterial,
            }
        }
        // a pattern: the class of a value, or one of its members
        kind::DOTTED_NAME | kind::CLASS_PATTERN | kind::CASE_PATTERN => ReferenceKind::Immaterial,
        _ if whole == Whole::Enumeration => ReferenceKind::Read,
        kind::ARGUMENT_LIST => kind_of_argument(expression, &parent, whole),
        kind::CALL
        | kind::DECORATOR
        | kind::COMPARISON_OPERATOR
        | kind::EXPRESSION_STATEMENT
        | kind::BINARY_OPERATOR => ReferenceKind::Immaterial,
        kind::DELETE_STATEMENT | kind::ALIASED_IMPORT => ReferenceKind::Immaterial,
        kind::ASSIGNMENT | kind::SUBSCRIPT if matches!(whole, Whole::Class | Whole::PlainClass) => {
            ReferenceKind::Immaterial
        }
        _ if whole.is_plain() => ReferenceKind::Read,
        _ => ReferenceKind::Immaterial,
    }
}

/// Whether a type is that of a class's field, or of a parameter of a decorated function: pydantic, FastAPI or typer makes such a value of
/// what it gets, and finds the member of an Enum by it.
fn is_type_of_input(expression: &Node<'_>) -> bool {
    let Some(around) = expression.ancestors().find(has_scope) else { return false };
    let is_parameter = || around.field("parameters").is_some_and(|all| all.range().end >= expression.range().end);
    match &*around.kind() {
        kind::CLASS_DEFINITION => true,
        kind::FUNCTION_DEFINITION => {
            let is_decorated = around.parent().is_some_and(|around| around.kind() == kind::DECORATED_DEFINITION);
            is_decorated && is_parameter()
        }
        _ => false,
    }
}

/// What the function does that gets the whole as an argument.
fn kind_of_argument(argument: &Node<'_>, arguments: &Node<'_>, whole: Whole) -> ReferenceKind {
    let Some(call) = arguments.parent().filter(|call| call.kind() == kind::CALL) else {
        return ReferenceKind::Immaterial;
    };
    let given = || positional_arguments(arguments);
    let is_first = || given().first().is_some_and(|first| first.range() == argument.range());
    let has_literal_name = || given().get(1).is_some_and(|name| string_content(name).is_some());
    let function = call.field("function").map(|function| function.text().into_owned()).unwrap_or_default();
    match function.rsplit('.').next().unwrap_or_default() {
        "getattr" | "attrgetter" if is_first() && has_literal_name() => ReferenceKind::Immaterial,
        "getattr" | "dir" | "getmembers" | "getmembers_static" => ReferenceKind::Read,
        "vars" => kind_of_names(&call),
        "setattr" | "delattr" | "object" if is_first() && has_literal_name() => ReferenceKind::Immaterial,
        "setattr" | "delattr" if is_first() => ReferenceKind::Changed,
        "hasattr" | "isinstance" | "issubclass" | "type" | "id" | "callable" | "reload" | "print" | "repr" => {
            ReferenceKind::Immaterial
        }
        "super" | "cast" | "relationship" | "select" | "query" => ReferenceKind::Immaterial,
        _ if whole.is_plain() => ReferenceKind::Read,
        _ => ReferenceKind::Immaterial,
    }
}

/// What is done with the dictionary of names: whatever another name than a literal reads, is read.
pub(super) fn kind_of_names(names: &Node<'_>) -> ReferenceKind {
    let Some(parent) = names.parent() else { return ReferenceKind::Read };
    let is_field = |field: &str| parent.field(field).is_some_and(|node| node.range() == names.range());
    let literal = match &*parent.kind() {
        kind::SUBSCRIPT if is_field("value") => parent.field("subscript"),
        kind::ATTRIBUTE if is_field("object") => {
            let call = parent.parent().filter(|call| call.kind() == kind::CALL);
            call.and_then(|call| positional_arguments(&call.field("arguments")?).into_iter().next())
        }
        kind::COMPARISON_OPERATOR => return ReferenceKind::Immaterial,
        _ => None,
    };
    // a literal that names the constant is a reference of its own
    let is_named = literal.is_some_and(|literal| string_content(&literal).is_some());
    if is_named { ReferenceKind::Immaterial } else { ReferenceKind::Read }
}
