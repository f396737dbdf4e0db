//! A file goes in, and a name that is looked for; where code reads all names that are in scope there comes out, which reads that name too.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Definition;
use super::mention::How;
use super::whole::{Whole, how_of_names, how_of_whole};
use crate::module::{Location, Module};
use crate::resolve::{Effort, Place, Resolver};
use crate::syntax::{Node, has_scope};

/// Where a file reads its own names, whichever they are.
pub(super) struct OwnReadings<'a> {
    resolver: &'a Resolver<'a>,
    module: &'a Arc<Module>,
    of_module: OnceCell<Vec<(Location, How)>>,
}

impl<'a> OwnReadings<'a> {
    pub(super) fn new(resolver: &'a Resolver<'a>, module: &'a Arc<Module>) -> Self {
        Self { resolver, module, of_module: OnceCell::new() }
    }

    fn of_module(&self) -> &[(Location, How)] {
        self.of_module.get_or_init(|| readings_of_module(self.module))
    }

    /// Those that read what is defined, or the constant of the whole that it is.
    pub(super) fn of(&self, name: &str, definition: &Definition) -> Vec<(Location, How)> {
        let is_here = definition.at.path == self.module.path;
        match definition.whole {
            Some(Whole::Module) if is_here => self.of_module().to_vec(),
            Some(whole) if is_here => {
                let class = self.module.node(&definition.at.range()).and_then(|name| name.parent());
                let Some(class) = class else { return Vec::new() };
                let mut readings = readings_of_body(self.module, &class);
                if whole == Whole::Class {
                    readings.extend(readings_of_class(self.module, &class));
                }
                readings
            }
            None if !is_here && self.imports(name, definition) => self.of_module().to_vec(),
            _ => Vec::new(),
        }
    }

    /// Whether the name that is defined elsewhere is one of the file's own, where those are read.
    fn imports(&self, name: &str, definition: &Definition) -> bool {
        if definition.is_local || definition.class.is_some() || self.of_module().is_empty() {
            return false;
        }
        let place = Place::after(self.module);
        let leads_to = self.resolver.definitions_of_names(&place, &[name.to_owned()], &Effort::for_value());
        leads_to.is_some_and(|found| found.contains(&definition.at))
    }
}

/// Those of the definitions that are modules of which the file imports all names.
pub(super) fn starred(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    here: &HashMap<String, Vec<Definition>>,
) -> HashSet<Location> {
    let modules = here.values().flatten().filter(|one| one.whole == Some(Whole::Module) && one.at.path != module.path);
    let modules: Vec<&Location> = modules.map(|definition| &definition.at).collect();
    if modules.is_empty() || !module.source.text().contains('*') {
        return HashSet::new();
    }
    let files = resolver.starred_files(&Place::after(module), &Effort::for_value());
    modules.into_iter().filter(|at| files.iter().any(|file| **file == *at.path)).cloned().collect()
}

/// Where a module reads its own names in a way that can be any of them: `globals()[name]`, `getattr(sys.modules[__name__], name)`,
/// `vars()` and the like.
fn readings_of_module(module: &Module) -> Vec<(Location, How)> {
    let root = module.tree().root();
    let text = root.get_doc().text();
    if !["globals", "locals", "vars", "dir(", "__name__"].iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    let found = root.dfs().filter_map(|node| {
        let how = how_of_own(&node)?;
        Some((module.location(&node.range()), how))
    });
    found.collect()
}

fn how_of_own(node: &Node<'_>) -> Option<How> {
    let is_of_module = || !node.ancestors().any(|node| has_scope(&node));
    if node.kind() == "subscript" {
        let is_own = node.field("value")?.text().ends_with("modules") && node.field("subscript")?.text() == "__name__";
        return is_own.then(|| how_of_whole(node, Whole::Module, true));
    }
    let function = node.field("function").filter(|_| node.kind() == "call")?;
    let has_arguments = node.field("arguments")?.named_children().next().is_some();
    match &*function.text() {
        "globals" => Some(how_of_names(node)),
        "locals" | "vars" if !has_arguments && is_of_module() => Some(how_of_names(node)),
        "dir" if !has_arguments && is_of_module() => Some(How::Read),
        "import_module" | "importlib.import_module" if node.field("arguments")?.text() == "(__name__)" => {
            Some(how_of_whole(node, Whole::Module, true))
        }
        _ => None,
    }
}

/// Where the body of a class reads its own names in such a way: `locals()`, `vars()`, `dir()`.
fn readings_of_body(module: &Module, class: &Node<'_>) -> Vec<(Location, How)> {
    let is_of_body = |node: &Node<'_>| {
        let scope = node.ancestors().find(has_scope);
        scope.is_some_and(|scope| scope.range() == class.range())
    };
    let calls = class.dfs().filter(|node| node.kind() == "call" && is_of_body(node));
    let found = calls.filter_map(|call| {
        let has_arguments = call.field("arguments")?.named_children().next().is_some();
        let how = match &*call.field("function")?.text() {
            "locals" | "vars" if !has_arguments => how_of_names(&call),
            "dir" if !has_arguments => How::Read,
            _ => return None,
        };
        Some((module.location(&call.range()), how))
    });
    found.collect()
}

/// Where the methods of a class read its own attributes in such a way: `getattr(self, name)`, `vars(cls)`, `cls.__dict__`.
fn readings_of_class(module: &Module, class: &Node<'_>) -> Vec<(Location, How)> {
    let is_own = |node: &Node<'_>| matches!(&*node.text(), "self" | "cls" | "type(self)" | "self.__class__");
    let names = class.dfs().filter(|node| matches!(&*node.kind(), "identifier" | "attribute" | "call") && is_own(node));
    let found = names.filter_map(|node| {
        let parent = node.parent()?;
        let how = match &*parent.kind() {
            "attribute" | "argument_list" => how_of_whole(&node, Whole::Class, false),
            _ => How::Asked,
        };
        (how != How::Asked).then(|| (module.location(&node.range()), how))
    });
    found.collect()
}
