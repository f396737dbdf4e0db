//! A string that has the name of a constant as a word goes in; what whoever reads the string can do with the constant comes out.

use std::sync::Arc;

use super::definition::Definition;
use super::modules::{is_name_of, name_of_module};
use super::stub::is_stub_of;
use crate::module::{Module, NamedBy, ReferenceKind, StringUse, Whole};
use crate::resolve::{Effort, Place, Resolver};

/// What a string that names a definition means: an entry of `__all__`, the argument of `getattr`, `patch` and the like, a name that is
/// looked up, code, or the name of a module that is imported.
pub(super) fn kind_of_string(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    string: &StringUse,
    definition: &Definition,
) -> Option<ReferenceKind> {
    let content = &module.source.parser_text()[string.content()];
    match definition.whole {
        Some(Whole::Module) if is_name_of(content, &definition.at.path) => return string.as_module,
        Some(_) => return None,
        None if definition.is_local => return None,
        None => {}
    }
    if string.named_by == NamedBy::Export {
        let leads = resolver.definitions_of_names(&Place::after(module), &[content.to_owned()], &Effort::for_value());
        let is_it = leads.is_some_and(|found| found.contains(&definition.at)) || is_stub_of(module, definition);
        return (content == definition.name && is_it).then_some(ReferenceKind::Exported);
    }
    if content.rsplit(['.', ':']).next() == Some(&definition.name) && string.as_attribute.is_some() {
        return string.as_attribute;
    }
    let is_read = sees(module, content, definition) && can_read(string, content, &definition.name);
    is_read.then_some(ReferenceKind::Read)
}

/// Whether code in the file can reach the constant by its name: it is the module itself, or names that.
fn sees(module: &Module, content: &str, definition: &Definition) -> bool {
    if module.path == definition.at.path {
        return true;
    }
    let Some(name) = name_of_module(&definition.at.path) else { return false };
    module.names(&name) || has_word(content, &name)
}

/// Whether whoever has the string can look the constant up by it.
fn can_read(string: &StringUse, content: &str, name: &str) -> bool {
    let is_path =
        content.len() > name.len() && content.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':'));
    // lower-case words stand in strings for much else
    let is_distinct = name.chars().any(|c| c.is_uppercase() || c == '_');
    match string.named_by {
        NamedBy::Docstring => content.contains(">>>") && has_word(content, name),
        NamedBy::ItemKey if content == name => false,
        NamedBy::Lookup if content == name => true,
        NamedBy::Code => has_word(content, name),
        _ if content == name || is_path => is_distinct,
        _ => is_distinct && has_word(content, name),
    }
}

/// Whether a text has the name, and not as a part of another.
fn has_word(text: &str, name: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_of_name) && !text[at + name.len()..].starts_with(is_of_name))
}
