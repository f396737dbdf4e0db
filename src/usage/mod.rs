//! The sites of a scan go in; every reference to the names that they follow comes out, from the whole repository, and the sites in the
//! calls of functions that hand a cascade on.
//!
//! Only files that have one of the names are parsed, and only where a value would be changed by way of a name.

mod definition;
mod heirs;
mod look;
mod modules;
mod namespaces;
mod reference;
mod strings;
mod stub;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use parking_lot::Mutex;
use rayon::prelude::*;

use crate::discover::Unread;
use crate::discover::Walk;
use crate::hints::Words;
use crate::looked::FileSearch;
use crate::module::{Location, Whole};
use crate::repository::{Repositories, Repository};
use crate::resolve::{Resolver, Step};
use crate::scan::find_sites;
use crate::settings::Lookup;
use crate::site::{FoundSites, Wrapper};

pub use definition::wholes;
use definition::{Definition, names};
use heirs::OfObject;
use look::{DefinitionsByName, FileUsages, look};
use modules::can_have_module;
pub use reference::{Picked, Reference, SomeReferences};

/// How often names are looked for that came up while others were.
const MOST_ROUNDS: usize = 6;

/// Where names are referred to.
#[derive(Debug, Default)]
pub struct Usages {
    /// By the place where the name is bound.
    references: HashMap<Location, Vec<Reference>>,
    /// The same, to find one again.
    known: HashMap<Location, HashSet<Reference>>,
    /// The wrappers of which a call was found.
    called: HashSet<Location>,
    /// By the place where the name is bound: what can't be looked at, and may refer to it, in words that begin a sentence.
    unread: HashMap<Location, String>,
    /// Modules, each with one that imports all of its names.
    starred: BTreeSet<(Location, Location)>,
    /// Attributes that are read by way of an object, with where a subclass has another one.
    replaced: HashMap<OfObject, Location>,
}

impl Usages {
    /// What refers to a name, by where it is bound.
    pub fn references(&self, definition: &Location) -> &[Reference] {
        self.references.get(definition).map(Vec::as_slice).unwrap_or_default()
    }

    /// What can't be looked at, and may refer to a name, by where it is bound.
    pub fn unread(&self, definition: &Location) -> Option<&str> {
        self.unread.get(definition).map(String::as_str)
    }

    /// Where a subclass has another attribute than the one that a step reads by way of an object.
    pub fn replaced(&self, step: &Step) -> Option<&Location> {
        self.replaced.get(&(step.definition.clone(), step.object.clone()?))
    }

    /// Adds what a file says.
    fn add(&mut self, looked: FileUsages) {
        for (definition, reference) in looked.references {
            let known = self.known.entry(definition.clone()).or_default();
            if known.insert(reference.clone()) {
                self.references.entry(definition).or_default().push(reference);
            }
        }
        self.called.extend(looked.called);
        self.starred.extend(looked.starred);
        self.replaced.extend(looked.replaced);
    }

    /// Adds to the references to each module those to the modules that import all of its names.
    fn pass_on_starred(&mut self) {
        let mut has_more = true;
        while has_more {
            has_more = false;
            for (module, other) in &self.starred {
                if let Some(unread) = self.unread.get(other).cloned() {
                    self.unread.entry(module.clone()).or_insert(unread);
                }
                let of_other = self.references(other).to_vec();
                let known = self.known.entry(module.clone()).or_default();
                let new: Vec<_> = of_other.into_iter().filter(|reference| known.insert(reference.clone())).collect();
                has_more |= !new.is_empty();
                self.references.entry(module.clone()).or_default().extend(new);
            }
        }
    }

    /// Whether a call of the wrapper was found.
    pub fn is_called(&self, wrapper: &Wrapper) -> bool {
        self.called.contains(&wrapper.definition)
    }
}

/// What is looked through.
pub struct Search<'a> {
    /// The settings of each file.
    pub settings: &'a Lookup,
    /// The walk over the files under check.
    pub walk: &'a Walk,
    /// The repositories of these files.
    pub repositories: &'a Repositories,
    /// All files of these repositories.
    pub files: &'a FileSearch,
    /// The files of which all sites were found before.
    pub scanned: &'a HashSet<Arc<Path>>,
}

/// The files that a search looked through: the sites in them are found.
type LookedThrough = Mutex<HashSet<PathBuf>>;

impl Search<'_> {
    /// Looks for the names that the sites follow; adds the sites that turn up.
    pub fn complete(&self, found: &mut Vec<FoundSites>) -> Usages {
        let mut usages = Usages::default();
        let mut searched: HashSet<Definition> = HashSet::default();
        let looked_through = LookedThrough::default();
        let mut from = 0;
        for _ in 0..MOST_ROUNDS {
            let wrappers: Vec<Wrapper> = found[from..].iter().flat_map(|found| found.wrappers.clone()).collect();
            let mut wanted: HashSet<Definition> =
                found[from..].iter().flat_map(|found| &found.sites).flat_map(names).collect();
            wanted.extend(wrappers.iter().map(Definition::of_wrapper));
            wanted.retain(|definition| searched.insert(definition.clone()));
            from = found.len();
            if wanted.is_empty() {
                break;
            }
            let wrappers: Vec<Wrapper> = found.iter().flat_map(|found| found.wrappers.clone()).collect();
            for (repository, definitions) in self.repositories.grouped(wanted, |definition| &definition.at.path) {
                let look = LookAround {
                    search: self,
                    repository: &repository,
                    wrappers: &wrappers,
                    looked_through: &looked_through,
                };
                look.complete(definitions, &mut usages, found);
            }
        }
        usages.pass_on_starred();
        usages.known.clear();
        usages
    }
}

/// A look through a repository for names.
struct LookAround<'s> {
    search: &'s Search<'s>,
    repository: &'s Repository,
    wrappers: &'s [Wrapper],
    looked_through: &'s LookedThrough,
}

impl LookAround<'_> {
    /// Adds what the files say of the definitions, and of other names that are found to stand for them.
    fn complete(&self, definitions: Vec<Definition>, usages: &mut Usages, found: &mut Vec<FoundSites>) {
        let mut wanted: HashSet<Location> = definitions.iter().map(|definition| definition.at.clone()).collect();
        let mut names = DefinitionsByName::default();
        for definition in definitions {
            names.entry(definition.name.clone()).or_default().push(definition);
        }
        // the names that were not looked for yet, each with all definitions that it can mean
        let mut new = names.clone();
        while !new.is_empty() {
            let (files, mut unread) = self.files_with(&new);
            let looked: Vec<_> = files.into_par_iter().map(|file| self.look(file, &new, &wanted)).collect();
            unread.extend(looked.iter().filter_map(|looked| looked.as_ref().err().cloned()));
            let unseen =
                unread.first().map(|unread| self.repository.told_unread(unread)).or_else(|| self.repository.unseen());
            if let Some(unseen) = unseen {
                for definition in new.values().flatten().filter(|one| !one.is_local) {
                    usages.unread.entry(definition.at.clone()).or_insert_with(|| unseen.clone());
                }
            }
            let mut new_names = HashSet::default();
            for mut looked in looked.into_iter().flatten() {
                for (alias, definition) in looked.aliases.drain(..) {
                    let known = names.entry(alias.clone()).or_default();
                    if !known.contains(&definition) {
                        wanted.insert(definition.at.clone());
                        known.push(definition);
                        new_names.insert(alias);
                    }
                }
                found.append(&mut looked.found);
                usages.add(looked);
            }
            let with_all = |name: String| (name.clone(), names[&name].clone());
            new = new_names.into_iter().map(with_all).collect();
        }
    }

    /// What a file says of the names. Its sites are part of that where they were not found before.
    fn look(&self, file: PathBuf, names: &DefinitionsByName, wanted: &HashSet<Location>) -> Result<FileUsages, Unread> {
        let module = self.repository.open(&file).ok_or_else(|| self.repository.why_unread(&file))?;
        let rules = &self.search.settings.of(&file).rules;
        let resolver = Resolver { constructors: &rules.constructors, repository: self.repository };
        let mut looked = look(&resolver, &module, names, wanted, self.wrappers);
        let is_new = self.looked_through.lock().insert(file);
        if is_new && !self.search.scanned.contains(&module.path) {
            looked.found.insert(0, find_sites(rules, self.repository, &module));
        }
        Ok(looked)
    }

    /// The files, absolute and in order, that have one of the names, and what can't be looked at; names that only one file can see are
    /// not looked for.
    fn files_with(&self, names: &DefinitionsByName) -> (Vec<PathBuf>, Vec<Unread>) {
        let definitions = names.values().flatten();
        let mut files: Vec<PathBuf> = definitions.map(|definition| definition.at.path.to_path_buf()).collect();
        let names_with = |is_wanted: fn(&Definition) -> bool| -> HashSet<&str> {
            names.iter().filter(|(_, all)| all.iter().any(is_wanted)).map(|(name, _)| name.as_str()).collect()
        };
        let wide = names_with(|definition| !definition.is_local && definition.whole != Some(Whole::Module));
        let modules = names_with(|definition| definition.whole == Some(Whole::Module));
        let mut unread = Vec::new();
        if !wide.is_empty() || !modules.is_empty() {
            let words = Words::new(wide);
            let has_name = |bytes: &[u8]| {
                words.as_ref().is_none_or(|words| words.are_in(bytes))
                    || modules.iter().any(|name| can_have_module(bytes, name))
            };
            let walk = self.search.walk.of_all_in(self.repository.root());
            let looked = self.search.files.look(&walk, has_name);
            files.extend(looked.files.iter().map(|file| self.search.walk.absolute(file)));
            unread = looked.unread;
        }
        files.sort();
        files.dedup();
        (files, unread)
    }
}
