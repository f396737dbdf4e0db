//! A module, a class or an Enum that has a constant goes in, as it is mentioned somewhere; whether the constant can be read there by way
//! of the whole of it comes out: by `vars`, by `getattr` with a name that is not known, by whoever gets it.

use std::path::Path;

use super::mention::How;
use crate::module::Location;
use crate::syntax::{Node, positional_arguments, string_content};

/// What a constant can be reached by way of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Whole {
    /// Its members are found by their values too.
    Enumeration,
    /// The class whose attribute it is.
    Class,
    /// The module.
    Module,
}

/// The name under which other files import a module; None where they can't.
pub(super) fn name_of_module(path: &Path) -> Option<String> {
    path.extension().filter(|extension| *extension == "py")?;
    let stem = path.file_stem()?.to_str()?;
    let name = if stem == "__init__" { path.parent()?.file_name()?.to_str()? } else { stem };
    Some(name.to_owned())
}

/// Where a module itself, and none of its names, is bound.
pub(super) fn place_of_module(path: &std::sync::Arc<Path>) -> Location {
    Location { path: std::sync::Arc::clone(path), start: 0, end: 0 }
}

/// Whether a file with the bytes can bind the module of the name or all of its names, or look it up: not where it imports some of its
/// names alone.
pub(super) fn can_have_module(bytes: &[u8], name: &str) -> bool {
    let is_of_name = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    memchr::memmem::find_iter(bytes, name).any(|at| {
        let (before, after) = (&bytes[..at], &bytes[at + name.len()..]);
        if is_of_name(before.last()) || is_of_name(after.first()) {
            return false;
        }
        let line = before[memchr::memrchr(b'\n', before).map_or(0, |at| at + 1)..].trim_ascii_start();
        let is_import = |line: &[u8]| memchr::memmem::find(line, b"import").is_some();
        let is_quoted = matches!(after.first(), Some(b'"' | b'\''));
        let is_listed =
            line.is_empty() && matches!(after.trim_ascii_start().first(), Some(b',' | b')' | b'a' | b'#') | None);
        is_import(line) || is_quoted || is_listed || imports_all(after)
    })
}

/// Whether `import *` follows the name of a module.
fn imports_all(after: &[u8]) -> bool {
    after.trim_ascii_start().strip_prefix(b"import").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"*"))
}

/// What is done with the whole at an expression that names it.
pub(super) fn how_of_whole(expression: &Node<'_>, whole: Whole, is_plain: bool) -> How {
    let Some(parent) = expression.parent() else { return How::Read };
    let is_field = |field: &str| parent.field(field).is_some_and(|node| node.range() == expression.range());
    if expression.ancestors().any(|node| node.kind() == "type") {
        return How::Asked;
    }
    match &*parent.kind() {
        "attribute" if is_field("object") => {
            match &*parent.field("attribute").map(|name| name.text()).unwrap_or_default() {
                "__dict__" | "__members__" | "_member_map_" | "_value2member_map_" => how_of_names(&parent),
                name if whole == Whole::Enumeration && name.starts_with("__") => How::Read,
                _ => How::Asked,
            }
        }
        // a pattern: the class of a value, or one of its members
        "dotted_name" | "class_pattern" | "case_pattern" => How::Asked,
        _ if whole == Whole::Enumeration => How::Read,
        "argument_list" => how_of_argument(expression, &parent, is_plain),
        "call" | "decorator" | "comparison_operator" | "expression_statement" | "binary_operator" => How::Asked,
        "delete_statement" | "aliased_import" => How::Asked,
        "assignment" | "subscript" if whole == Whole::Class => How::Asked,
        _ if is_plain => How::Read,
        _ => How::Asked,
    }
}

/// The argument of a function. `is_plain` where whoever gets the whole can be after its names.
fn how_of_argument(argument: &Node<'_>, arguments: &Node<'_>, is_plain: bool) -> How {
    let Some(call) = arguments.parent().filter(|call| call.kind() == "call") else { return How::Asked };
    let given = positional_arguments(arguments);
    let is_first = given.first().is_some_and(|first| first.range() == argument.range());
    let function = call.field("function").map(|function| function.text().into_owned()).unwrap_or_default();
    let has_literal_name = || given.get(1).is_some_and(|name| string_content(name).is_some());
    match function.rsplit('.').next().unwrap_or_default() {
        "getattr" | "attrgetter" if is_first && has_literal_name() => How::Asked,
        "getattr" | "dir" | "getmembers" | "getmembers_static" => How::Read,
        "vars" => how_of_names(&call),
        "setattr" | "delattr" | "object" if is_first && has_literal_name() => How::Asked,
        "setattr" | "delattr" if is_first => How::Changed,
        "hasattr" | "isinstance" | "issubclass" | "type" | "id" | "callable" | "reload" | "print" | "repr" => {
            How::Asked
        }
        "super" | "cast" | "relationship" | "select" | "query" => How::Asked,
        _ if is_plain => How::Read,
        _ => How::Asked,
    }
}

/// What is done with the dictionary of names: whatever another name than a literal reads, is read.
pub(super) fn how_of_names(names: &Node<'_>) -> How {
    let Some(parent) = names.parent() else { return How::Read };
    let is_field = |field: &str| parent.field(field).is_some_and(|node| node.range() == names.range());
    let literal = match &*parent.kind() {
        "subscript" if is_field("value") => parent.field("subscript"),
        "attribute" if is_field("object") => {
            let call = parent.parent().filter(|call| call.kind() == "call");
            call.and_then(|call| positional_arguments(&call.field("arguments")?).into_iter().next())
        }
        "comparison_operator" => return How::Asked,
        _ => None,
    };
    // a literal that names the constant is a mention of its own
    if literal.is_some_and(|literal| string_content(&literal).is_some()) { How::Asked } else { How::Read }
}

/// Whether a dotted name in a string is that of the module.
pub(super) fn is_name_of(content: &str, path: &Path) -> bool {
    let mut folders = path.with_extension("");
    if folders.ends_with("__init__") {
        folders.pop();
    }
    let parts: Vec<&str> = content.trim_start_matches('.').split('.').collect();
    folders.ends_with(parts.iter().collect::<std::path::PathBuf>())
}

/// What is done with the module that a string names: what `import_module` and the like give is looked at as the module is.
pub(super) fn how_of_imported(string: &Node<'_>) -> Option<How> {
    let around = string.parent()?;
    let expression = match &*around.kind() {
        "argument_list" => around.parent().filter(|call| {
            let function = call.field("function").map(|function| function.text().into_owned()).unwrap_or_default();
            let name = function.rsplit('.').next().unwrap_or_default();
            ["import_module", "__import__", "import_string", "resolve_name", "importorskip"].contains(&name)
        })?,
        "subscript" if around.field("value")?.text().ends_with("modules") => around,
        _ => return None,
    };
    Some(how_of_whole(&expression, Whole::Module, true))
}
