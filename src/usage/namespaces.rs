//! A file goes in, and a name that is looked for; where code reads all names that are in scope there comes out, which reads that name too.

use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::definition::Definition;
use crate::module::{Location, Module, Namespace, NamespaceUse, Whole};
use crate::resolve::{Effort, Place, Resolver};

/// The places in a file that read all names at once, of the module or class that is defined or, where the file imports it, of the file.
pub(super) fn reading<'m>(
    resolver: &Resolver<'_>,
    module: &'m Arc<Module>,
    name: &str,
    definition: &Definition,
) -> Vec<&'m NamespaceUse> {
    let of_module = |one: &&NamespaceUse| one.namespace == Namespace::Module;
    let uses = module.references().namespaces().iter();
    let is_here = definition.at.path == module.path;
    match definition.whole {
        Some(Whole::Module) if is_here => uses.filter(of_module).collect(),
        Some(whole) if is_here => {
            let Some(class) = module.references().class_named_at(definition.at.start) else { return Vec::new() };
            let range = class.range();
            let is_of_objects = |one: &&NamespaceUse| match whole {
                Whole::Enumeration => one.is_of_members_in(&range),
                _ => one.is_of_object_in(&range),
            };
            let of_objects = uses.clone().filter(is_of_objects);
            uses.filter(|one| one.is_of_body(&range)).chain(of_objects).collect()
        }
        None if !is_here && uses.clone().any(|one| of_module(&one)) && imports(resolver, module, name, definition) => {
            uses.filter(of_module).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the name in this file leads to the definition, which is in another file.
fn imports(resolver: &Resolver<'_>, module: &Arc<Module>, name: &str, definition: &Definition) -> bool {
    if definition.is_local || definition.class.is_some() {
        return false;
    }
    let leads_to = resolver.definitions_of_names(&Place::after(module), &[name.to_owned()], &Effort::for_value());
    leads_to.is_some_and(|found| found.contains(&definition.at))
}

/// Those of the definitions that are modules of which the file imports all names.
pub(super) fn starred(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    here: &HashMap<String, Vec<Definition>>,
) -> HashSet<Location> {
    let modules = here.values().flatten().filter(|one| one.whole == Some(Whole::Module) && one.at.path != module.path);
    let modules: Vec<&Location> = modules.map(|definition| &definition.at).collect();
    if modules.is_empty() || module.scope.stars.is_empty() {
        return HashSet::default();
    }
    let files = resolver.starred_files(&Place::after(module), &Effort::for_value());
    modules.into_iter().filter(|at| files.iter().any(|file| **file == *at.path)).cloned().collect()
}
