//! The names of classes go in; the mapped classes with these names come out, as SQLAlchemy looks up strings.
//!
//! SQLAlchemy has all modules in memory. Here a class is looked for in the folder of the file that names it first, then in wider ones: a
//! repository of many thousands of files is not read again because one relationship names its target by a string.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::declared::{Base, ImperativeMapping};
use super::mapped::Classes;
use super::names::Referent;
use crate::hints::Words;
use crate::module::Location;
use crate::source::Kind;

/// The classes of a repository that were asked for, by name.
#[derive(Debug, Default)]
pub struct Registry {
    classes: BTreeMap<String, BTreeSet<Location>>,
}

/// A class's name, and a file that has it in a string.
pub type Wanted = (String, Arc<Path>);

/// A test of the bytes of a file.
pub type BytesTest<'a> = dyn Fn(&[u8]) -> bool + Sync + 'a;

/// The files of a folder for whose bytes a test holds.
pub type SearchFolder<'a> = &'a (dyn Fn(&Path, &BytesTest<'_>) -> Vec<PathBuf> + Sync);

impl Registry {
    /// Reads the files that define the classes, or map them imperatively.
    pub fn of(wanted: HashSet<Wanted>, classes: &mut Classes<'_>, search: SearchFolder<'_>) -> Self {
        let mut registry = Self::default();
        let mut pending: BTreeSet<Wanted> = wanted.into_iter().collect();
        let files: HashSet<&Arc<Path>> = pending.iter().map(|(_, file)| file).collect();
        let folders_around = |file: &Arc<Path>| (Arc::clone(file), classes.resolver.repository.folders_around(file));
        let around: HashMap<Arc<Path>, Vec<PathBuf>> = files.into_iter().map(folders_around).collect();
        for level in 0.. {
            let mut folders: BTreeMap<&Path, BTreeSet<&str>> = BTreeMap::new();
            for (name, file) in &pending {
                if let Some(folder) = around[file].get(level) {
                    folders.entry(folder).or_default().insert(name);
                }
            }
            if folders.is_empty() {
                break;
            }
            let mut mappings = Vec::new();
            for (folder, names) in &folders {
                mappings.extend(registry.read(folder, names, classes, search));
            }
            classes.add_mappings(mappings);
            let is_found = |(name, file): &Wanted| {
                let Some(folder) = around[file].get(level) else { return false };
                let mut known = registry.classes.get(name).into_iter().flatten();
                known.any(|class| class.path.starts_with(folder) && classes.may_be_mapped(class))
            };
            let open = pending.iter().filter(|wanted| !is_found(wanted)).cloned().collect();
            pending = open;
        }
        registry
    }

    fn read(
        &mut self,
        folder: &Path,
        names: &BTreeSet<&str>,
        classes: &Classes<'_>,
        search: SearchFolder<'_>,
    ) -> Vec<ImperativeMapping> {
        let patterns: Vec<String> = names.iter().map(|name| format!("class {name}")).collect();
        let (Ok(definitions), Ok(words)) = (AhoCorasick::new(&patterns), AhoCorasick::new(names)) else {
            return Vec::new();
        };
        let is_end =
            |bytes: &[u8], at: usize| bytes.get(at).is_none_or(|next| !(next.is_ascii_alphanumeric() || *next == b'_'));
        let defines = |bytes: &[u8]| definitions.find_overlapping_iter(bytes).any(|found| is_end(bytes, found.end()));
        let maps = |bytes: &[u8]| {
            let has = |word: &str| memchr::memmem::find(bytes, word.as_bytes()).is_some();
            (has("map_imperatively(") || has("mapper(")) && words.is_match(bytes)
        };
        let mut files = search(folder, &|bytes| defines(bytes) || maps(bytes));
        files.retain(|file| Kind::of(file) != Some(Kind::Notebook));
        let all: Vec<_> = files.par_iter().map(|file| classes.declared(file)).collect();
        let mut mappings = Vec::new();
        for declared in all {
            for class in declared.classes.iter().filter(|class| names.contains(class.name.as_str())) {
                self.classes.entry(class.name.clone()).or_default().insert(class.at.clone());
            }
            mappings.extend(
                declared.mappings.iter().filter(|mapping| matches!(mapping.class, Referent::Class(..))).cloned(),
            );
        }
        mappings
    }

    /// The class that a string names at a place; None where there is none, or more than one that is as near.
    pub fn find(&self, classes: &Classes<'_>, text: &str, at: &Location) -> Option<Location> {
        match self.nearest(classes, text, at).as_slice() {
            [class] => Some((*class).clone()),
            _ => None,
        }
    }

    /// The classes that a string may name at a place: of several the nearest, which may be as near as each other.
    pub fn nearest(&self, classes: &Classes<'_>, text: &str, at: &Location) -> Vec<&Location> {
        let mut path: Vec<&str> = text.trim().split('.').collect();
        let known = path.pop().and_then(|name| self.classes.get(name));
        let mut found: Vec<&Location> = known.into_iter().flatten().collect();
        // a class in a function is seen by what stands in the same function
        let function = |class: &Location| classes.class(class).and_then(|class| class.function.clone());
        found.retain(|class| path.is_empty() || is_in_module(class, &path));
        found.retain(|class| function(class).is_none_or(|function| function.covers(at)));
        found.retain(|class| classes.may_be_mapped(class));
        if found.iter().any(|class| classes.mapped(class).is_some()) {
            found.retain(|class| classes.mapped(class).is_some());
        }
        let shared = |class: &Location| {
            let depth = class.path.iter().zip(at.path.iter()).take_while(|(a, b)| a == b).count();
            (depth, function(class).map_or(0, |function| function.start + 1))
        };
        if found.len() > 1 {
            let nearest = found.iter().map(|class| shared(class)).max();
            found.retain(|class| Some(shared(class)) == nearest);
        }
        found
    }
}

/// Whether the class's file is the module with the dotted path, or stands in the package: a package may hand out the class of a module
/// inside.
fn is_in_module(class: &Location, path: &[&str]) -> bool {
    let file = class.path.with_extension("");
    let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy()).collect();
    parts.windows(path.len()).any(|window| window.iter().map(|part| &**part).eq(path.iter().copied()))
}

/// How many mapped classes that inherit from one are looked at.
const MOST_INHERITING: usize = 40;

/// The names of classes, by the folder that is the root of their repository.
fn names_by_root(classes: &Classes<'_>, of: &BTreeSet<Location>) -> BTreeMap<PathBuf, BTreeSet<String>> {
    let mut names: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    for base in of {
        let root = classes.resolver.repository.folders_around(&base.path).pop();
        if let (Some(root), Some(class)) = (root, classes.class(base)) {
            names.entry(root).or_default().insert(class.name.clone());
        }
    }
    names
}

/// The mapped classes of the repository that inherit from each of some classes, in order. All files are looked through once for each
/// generation.
pub fn inheriting(
    classes: &Classes<'_>,
    of: BTreeSet<Location>,
    search: SearchFolder<'_>,
) -> HashMap<Location, BTreeSet<Location>> {
    let mut heirs: HashMap<Location, BTreeSet<Location>> = HashMap::default();
    let mut searched = of.clone();
    let mut open: BTreeSet<Location> = of.clone();
    while !open.is_empty() {
        let mut next = BTreeSet::new();
        for (root, names) in &names_by_root(classes, &open) {
            let Some(words) = Words::new(names.iter().map(String::as_str)) else { continue };
            let mut files = search(root, &|bytes| words.are_in(bytes));
            files.retain(|file| Kind::of(file) != Some(Kind::Notebook));
            let declared: Vec<_> = files.par_iter().map(|file| classes.declared(file)).collect();
            for class in declared.iter().flat_map(|declared| &declared.classes) {
                for base in &class.bases {
                    if let Base::Class(base) = base
                        && open.contains(base)
                    {
                        heirs.entry(base.clone()).or_default().insert(class.at.clone());
                        next.insert(class.at.clone());
                    }
                }
            }
        }
        open = next.into_iter().filter(|class| searched.insert(class.clone())).collect();
    }
    let all_of = |class: &Location| {
        let mut all: BTreeSet<Location> = BTreeSet::new();
        let mut open = vec![class.clone()];
        while let Some(base) = open.pop().filter(|_| all.len() < MOST_INHERITING) {
            let new = heirs.get(&base).into_iter().flatten().filter(|heir| all.insert((*heir).clone()));
            open.extend(new.cloned());
        }
        all.retain(|class| classes.mapped(class).is_some());
        all
    };
    of.iter().map(|class| (class.clone(), all_of(class))).collect()
}
