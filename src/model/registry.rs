//! A class's name goes in; the mapped classes with that name come out, as SQLAlchemy looks up strings.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use aho_corasick::AhoCorasick;

use super::mapped::Classes;
use super::names::Named;
use crate::module::Location;
use crate::source::Kind;

/// The classes of a repository that were asked for, by name.
#[derive(Debug, Default)]
pub struct Registry {
    classes: BTreeMap<String, Vec<Location>>,
}

impl Registry {
    /// Reads the files that define a class with one of the names, or map one imperatively. `candidates` gives the files for
    /// which a test of their bytes holds.
    pub fn of(
        names: &HashSet<String>,
        classes: &mut Classes<'_>,
        candidates: impl FnOnce(&(dyn Fn(&[u8]) -> bool + Sync)) -> Vec<PathBuf>,
    ) -> Self {
        let mut registry = Self::default();
        let patterns: Vec<String> = names.iter().map(|name| format!("class {name}")).collect();
        let Ok(searcher) = AhoCorasick::new(&patterns) else { return registry };
        let defines = |bytes: &[u8]| {
            searcher.find_overlapping_iter(bytes).any(|found| {
                bytes.get(found.end()).is_some_and(|next| !(next.is_ascii_alphanumeric() || *next == b'_'))
            })
        };
        let maps = |bytes: &[u8]| {
            let has = |word: &str| memchr::memmem::find(bytes, word.as_bytes()).is_some();
            has("map_imperatively(") || has("mapper(")
        };
        let files = candidates(&|bytes| defines(bytes) || maps(bytes));
        let mut mappings = Vec::new();
        for file in files.iter().filter(|file| Kind::of(file) != Some(Kind::Notebook)) {
            let declared = classes.declared(file);
            for class in declared.classes.iter().filter(|class| names.contains(&class.name)) {
                registry.classes.entry(class.name.clone()).or_default().push(class.at.clone());
            }
            mappings.extend(declared.mappings.iter().filter(|mapping| matches!(mapping.class, Named::Class(..))).cloned());
        }
        classes.add_mappings(mappings);
        registry
    }

    /// The class that a string names at a place; None where there is none, or more than one.
    pub fn find(&self, classes: &Classes<'_>, text: &str, at: &Location) -> Option<Location> {
        let mut path: Vec<&str> = text.trim().split('.').collect();
        let name = path.pop()?;
        let all = self.classes.get(name)?;
        let mut found: Vec<&Location> = all
            .iter()
            .filter(|class| path.is_empty() || is_in_module(class, &path))
            .filter(|class| classes.may_be_mapped(class))
            .collect();
        if found.iter().any(|class| classes.mapped(class).is_some()) {
            found.retain(|class| classes.mapped(class).is_some());
        }
        // a class in a function is seen by what stands in the same function
        let function = |class: &Location| classes.class(class).and_then(|class| class.function.clone());
        found.retain(|class| function(class).is_none_or(|function| function.covers(at)));
        let depth = |class: &Location| match function(class) {
            Some(function) => function.start + 1,
            None => 0,
        };
        if let Some(deepest) = found.iter().map(|class| depth(class)).max() {
            found.retain(|class| depth(class) == deepest);
        }
        if found.len() > 1 {
            found.retain(|class| class.path == at.path);
        }
        match found.as_slice() {
            [class] => Some((*class).clone()),
            _ => None,
        }
    }
}

/// Whether the class's file is the module with the dotted path, or one that ends in it.
fn is_in_module(class: &Location, path: &[&str]) -> bool {
    let file = class.path.with_extension("");
    let mut parts: Vec<String> = file.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "__init__") {
        parts.pop();
    }
    let is_suffix = |path: &[&str]| parts.len() >= path.len() && parts[parts.len() - path.len()..].iter().eq(path.iter());
    // a package may hand out the class of a module inside
    is_suffix(path) || parts.windows(path.len()).any(|window| window.iter().eq(path.iter()))
}
