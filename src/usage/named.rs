//! A string that has the name of a constant as a word goes in; what whoever reads the string can do with the constant comes out.

use std::sync::Arc;

use super::Definition;
use super::mention::How;
use super::whole::name_of_module;
use crate::module::Module;
use crate::resolve::{Effort, Place, Resolver};
use crate::syntax::Node;

/// What a string that names a definition means: an entry of `__all__`, the argument of `getattr`, `patch` and the like, a name that is
/// looked up, or code.
pub(super) fn named_by_string(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    string: &Node<'_>,
    content: &str,
    definition: &Definition,
) -> Option<How> {
    if definition.is_local || definition.whole.is_some() {
        return None;
    }
    let is_export = string.ancestors().any(|node| {
        let assigned = node.field("left").is_some_and(|left| left.text() == "__all__");
        let extended = node.field("function").is_some_and(|function| function.text().starts_with("__all__"));
        assigned || extended
    });
    if is_export {
        let leads = resolver.definitions_of_names(&Place::after(module), &[content.to_owned()], &Effort::for_value());
        let is_it = leads.is_some_and(|found| found.contains(&definition.at)) || is_stub_of(module, definition);
        return (content == definition.name && is_it).then_some(How::Exported);
    }
    if content.rsplit(['.', ':']).next() == Some(&definition.name)
        && let Some(how) = how_of_argument(string)
    {
        return Some(how);
    }
    let is_read = sees(module, content, definition) && can_read(string, content, definition);
    is_read.then_some(How::Read)
}

/// The argument of a function that gets the name of an attribute.
fn how_of_argument(string: &Node<'_>) -> Option<How> {
    let call = string.parent().filter(|parent| parent.kind() == "argument_list")?.parent()?;
    let function = call.field("function")?.text().into_owned();
    match function.rsplit('.').next().unwrap_or_default() {
        "setattr" | "delattr" | "patch" | "object" | "setitem" => Some(How::Changed),
        "getattr" | "hasattr" | "attrgetter" => Some(How::Read),
        _ => None,
    }
}

/// Whether code in the file can reach the constant by its name: it is the module itself, names that, or has the name.
fn sees(module: &Module, content: &str, definition: &Definition) -> bool {
    if module.path == definition.at.path {
        return true;
    }
    let Some(name) = name_of_module(&definition.at.path) else { return false };
    let text = module.source.text();
    has_word(text, &name) || has_word(content, &name)
}

/// Whether whoever has the string can look the constant up by it.
fn can_read(string: &Node<'_>, content: &str, definition: &Definition) -> bool {
    let Some(parent) = string.parent() else { return false };
    let name = definition.name.as_str();
    let is_path =
        content.len() > name.len() && content.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':'));
    // lower-case words stand in strings for much else
    let is_distinct = name.chars().any(|c| c.is_uppercase() || c == '_');
    match &*parent.kind() {
        "expression_statement" => content.contains(">>>") && has_word(content, name),
        "pair" if content == name => {
            parent.field("value").is_some_and(|value| value.range() == string.range()) && is_distinct
        }
        "subscript" | "argument_list" if content == name && is_of_names(&parent) => true,
        "argument_list" if is_run(&parent) => has_word(content, name),
        _ if content == name || is_path => is_distinct,
        _ => is_distinct && has_word(content, name),
    }
}

/// `vars(…)[…]`, `globals().get(…)`, `….__dict__.pop(…)`
fn is_of_names(parent: &Node<'_>) -> bool {
    let container = match &*parent.kind() {
        "subscript" => parent.field("value"),
        _ => parent.parent().and_then(|call| call.field("function")?.field("object")),
    };
    container.is_some_and(|container| {
        let text = container.text();
        text.ends_with(".__dict__")
            || ["vars(", "globals(", "locals("].iter().any(|function| text.starts_with(function))
            || container.kind() == "identifier" && text.chars().any(char::is_uppercase)
    })
}

/// `eval(…)` and others that run what they are given.
fn is_run(arguments: &Node<'_>) -> bool {
    let function = arguments.parent().and_then(|call| call.field("function"));
    let function = function.map(|function| function.text().into_owned()).unwrap_or_default();
    let name = function.rsplit('.').next().unwrap_or_default();
    ["eval", "exec", "compile", "timeit", "literal_eval", "dedent", "run", "runctx"].contains(&name)
}

/// Whether a text has the name, and not as a part of another.
pub(super) fn has_word(text: &str, name: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_of_name) && !text[at + name.len()..].starts_with(is_of_name))
}

/// Whether a file is the stub of the module that has the definition.
pub(super) fn is_stub_of(module: &Module, definition: &Definition) -> bool {
    let is_stub = module.path.extension().is_some_and(|extension| extension == "pyi");
    is_stub && module.path.file_stem() == definition.at.path.file_stem() && module.path != definition.at.path
}

/// What a stub says of a constant where it declares it: a type that names the value, or the value itself.
pub(super) fn how_of_stub(resolver: &Resolver<'_>, module: &Arc<Module>, name: &Node<'_>) -> Option<How> {
    let declaration = name.parent().filter(|parent| parent.kind() == "assignment")?;
    declaration.field("left").filter(|left| left.range() == name.range())?;
    let value = declaration.field("right").filter(|value| !matches!(&*value.text(), "..." | "None"));
    let is_typed = |annotation: Node<'_>| resolver.names_values(&Place::of(module, &annotation), &annotation, &[]);
    (value.is_some() || declaration.field("type").is_some_and(is_typed)).then_some(How::Typed)
}
