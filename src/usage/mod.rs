//! The sites of a scan go in; every mention of the names that they follow comes out, from the whole repository, and the sites in the
//! calls of functions that hand a cascade on.
//!
//! Only files that have one of the names are parsed, and only where a value would be changed by way of a name.

mod mention;
mod named;
mod own;
mod whole;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use crate::discover::Unread;
use crate::discover::Walk;
use crate::hints::{Hints, Words};
use crate::looked::FileSearch;
use crate::module::{Location, Module};
use crate::policy::effective;
use crate::python::PyValue;
use crate::repository::{Repositories, Repository};
use crate::resolve::{Resolver, Step};
use crate::scan::find_sites;
use crate::settings::Lookup;
use crate::site::{Found, Site, Wrapper, find_in_calls};
use crate::sqlalchemy::cascade::CascadeOption;
use crate::syntax::{Node, hinted_nodes, string_content};

pub use mention::{How, Mention};
use mention::{Mentioned, bound_to, is_called, mentioned};
use named::{has_word, how_of_stub, is_stub_of, named_by_string};
use own::{OwnReadings, starred};
use whole::{Whole, can_have_module, how_of_imported, is_name_of, name_of_module, place_of_module};

/// How often names are looked for that came up while others were.
const MOST_ROUNDS: usize = 6;

/// Where names are mentioned.
#[derive(Debug, Default)]
pub struct Usages {
    /// By the place where the name is bound.
    mentions: HashMap<Location, Vec<Mention>>,
    /// The wrappers of which a call was found.
    called: HashSet<Location>,
    /// By the place where the name is bound: what can't be looked at, and may mention it, in words that begin a sentence.
    unread: HashMap<Location, String>,
    /// Modules, each with one that imports all of its names.
    starred: BTreeSet<(Location, Location)>,
}

/// A name to look for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Definition {
    name: String,
    at: Location,
    class: Option<String>,
    is_local: bool,
    /// The name is that of what has a constant.
    whole: Option<Whole>,
    /// Whoever gets the whole can be after its constants: it is a module, or a class that has nothing else.
    is_plain: bool,
}

impl Usages {
    /// The mentions of a name, by where it is bound.
    pub fn mentions(&self, definition: &Location) -> &[Mention] {
        self.mentions.get(definition).map(Vec::as_slice).unwrap_or_default()
    }

    /// What can't be looked at, and may mention a name, by where it is bound.
    pub fn unread(&self, definition: &Location) -> Option<&str> {
        self.unread.get(definition).map(String::as_str)
    }

    /// Adds to what is done with a module what is done with those that have all of its names.
    fn pass_on_starred(&mut self) {
        let mut has_more = true;
        while has_more {
            has_more = false;
            for (module, other) in &self.starred {
                if let Some(unread) = self.unread.get(other).cloned() {
                    self.unread.entry(module.clone()).or_insert(unread);
                }
                let of_other = self.mentions(other).to_vec();
                let known = self.mentions.entry(module.clone()).or_default();
                let new: Vec<_> = of_other.into_iter().filter(|mention| !known.contains(mention)).collect();
                has_more |= !new.is_empty();
                known.extend(new);
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
}

impl Search<'_> {
    /// Looks for the names that the sites follow; adds the sites that turn up.
    pub fn complete(&self, found: &mut Vec<Found>) -> Usages {
        let mut usages = Usages::default();
        let mut searched: HashSet<Definition> = HashSet::new();
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
            let all: Vec<Wrapper> = found.iter().flat_map(|found| found.wrappers.clone()).collect();
            for (repository, definitions) in self.by_repository(&wanted) {
                self.search(&repository, &definitions, &all, &mut usages, found);
            }
        }
        usages.pass_on_starred();
        usages
    }

    fn by_repository(&self, wanted: &HashSet<Definition>) -> Vec<(Arc<Repository>, Vec<Definition>)> {
        let mut groups: Vec<(Arc<Repository>, Vec<Definition>)> = Vec::new();
        for definition in wanted {
            let repository = self.repositories.of(&definition.at.path);
            match groups.iter_mut().find(|(known, _)| Arc::ptr_eq(known, &repository)) {
                Some((_, definitions)) => definitions.push(definition.clone()),
                None => groups.push((repository, vec![definition.clone()])),
            }
        }
        groups
    }

    fn search(
        &self,
        repository: &Repository,
        definitions: &[Definition],
        wrappers: &[Wrapper],
        usages: &mut Usages,
        found: &mut Vec<Found>,
    ) {
        let mut names: HashMap<String, Vec<Definition>> = HashMap::new();
        for definition in definitions {
            names.entry(definition.name.clone()).or_default().push(definition.clone());
        }
        let mut done: HashSet<String> = HashSet::new();
        let mut new_names: HashSet<String> = names.keys().cloned().collect();
        while !new_names.is_empty() {
            let (files, mut unread) = self.files_with(repository, &new_names, &names);
            let looked: Vec<Result<(Looked, Found), Unread>> = files
                .into_par_iter()
                .map(|file| {
                    let module = repository.fresh_module(&file).ok_or_else(|| repository.why_unread(&file))?;
                    let rules = &self.settings.of(&file).rules;
                    let resolver = Resolver { constructors: &rules.constructors, repository };
                    let looked = look(&resolver, &module, &names, wrappers);
                    let sites = find_sites(rules, repository, &module);
                    Ok((looked, sites))
                })
                .collect();
            unread.extend(looked.iter().filter_map(|looked| looked.as_ref().err().cloned()));
            if let Some(unread) = unread.first() {
                let definitions = new_names.iter().flat_map(|name| &names[name]).filter(|one| !one.is_local);
                for definition in definitions {
                    usages.unread.entry(definition.at.clone()).or_insert_with(|| repository.told_unread(unread));
                }
            }
            new_names.clear();
            for (looked, sites) in looked.into_iter().flatten() {
                for (definition, mention) in looked.mentions {
                    let known = usages.mentions.entry(definition).or_default();
                    if !known.contains(&mention) {
                        known.push(mention);
                    }
                }
                usages.called.extend(looked.called);
                usages.starred.extend(looked.starred);
                found.push(sites);
                found.extend(looked.found);
                for (alias, definition) in looked.aliases {
                    let known = names.entry(alias.clone()).or_default();
                    if !known.contains(&definition) {
                        known.push(definition);
                        if done.insert(alias.clone()) {
                            new_names.insert(alias);
                        }
                    }
                }
            }
        }
    }

    /// The files, absolute and in order, that have one of the names, and what can't be looked at; names that only one file can see are
    /// not looked for.
    fn files_with(
        &self,
        repository: &Repository,
        new_names: &HashSet<String>,
        names: &HashMap<String, Vec<Definition>>,
    ) -> (Vec<PathBuf>, Vec<Unread>) {
        let definitions = || new_names.iter().flat_map(|name| names[name].iter());
        let mut files: Vec<PathBuf> = definitions().map(|definition| definition.at.path.to_path_buf()).collect();
        let names_with = |is_wanted: fn(&Definition) -> bool| -> HashSet<&str> {
            new_names.iter().filter(|name| names[*name].iter().any(is_wanted)).map(String::as_str).collect()
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
            let walk = self.walk.of_all_in(repository.root());
            let looked = self.files.look(&walk, has_name);
            files.extend(looked.files.iter().map(|file| self.walk.absolute(file)));
            unread = looked.unread;
        }
        files.sort();
        files.dedup();
        (files, unread)
    }
}

impl Definition {
    fn of_step(step: &Step) -> Vec<Self> {
        let named = |(name, at): (&String, &Location)| Self {
            name: name.clone(),
            at: at.clone(),
            class: step.class.clone(),
            is_local: step.function.is_some(),
            whole: None,
            is_plain: false,
        };
        step.definitions().map(named).chain(Self::wholes_of(step)).collect()
    }

    /// A name that is bound to the value of another one, and that name.
    fn of_name(module: &Module, name: &Node<'_>) -> (String, Self) {
        let around = name.ancestors().find(|node| matches!(&*node.kind(), "function_definition" | "class_definition"));
        let class =
            around.as_ref().filter(|node| node.kind() == "class_definition").and_then(|class| class.field("name"));
        let definition = Self {
            name: name.text().into_owned(),
            at: module.location(&name.range()),
            is_local: around.is_some_and(|node| node.kind() == "function_definition"),
            class: class.map(|name| name.text().into_owned()),
            whole: None,
            is_plain: false,
        };
        (definition.name.clone(), definition)
    }

    /// What a module is as one that has all the names of another.
    fn of_importer(module: &Module) -> Self {
        let stem = module.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Self {
            name: name_of_module(&module.path).or(stem).unwrap_or_default(),
            at: place_of_module(&module.path),
            class: None,
            is_local: false,
            whole: Some(Whole::Module),
            is_plain: true,
        }
    }

    fn of_wrapper(wrapper: &Wrapper) -> Self {
        Self {
            name: wrapper.name.clone(),
            at: wrapper.definition.clone(),
            class: wrapper.class.clone(),
            is_local: false,
            whole: None,
            is_plain: false,
        }
    }

    /// What the constant of a step can be reached by way of.
    fn wholes_of(step: &Step) -> Vec<Self> {
        let whole = |name: &str, at: &Location, whole: Whole, is_plain: bool| Self {
            name: name.to_owned(),
            at: at.clone(),
            class: None,
            is_local: false,
            whole: Some(whole),
            is_plain,
        };
        match (&step.enumeration, &step.holder) {
            (Some(at), _) => step.class.iter().map(|name| whole(name, at, Whole::Enumeration, true)).collect(),
            (None, Some(holder)) => vec![whole(&holder.name, &holder.at, Whole::Class, holder.is_plain)],
            (None, None) if step.function.is_some() => Vec::new(),
            (None, None) => {
                let name = name_of_module(&step.definition.path);
                let at = place_of_module(&step.definition.path);
                name.map(|name| whole(&name, &at, Whole::Module, true)).into_iter().collect()
            }
        }
    }
}

/// The places by which the constant of a step can be reached besides its own name.
pub fn wholes(step: &Step) -> Vec<(String, Location)> {
    Definition::wholes_of(step).into_iter().map(|whole| (whole.name, whole.at)).collect()
}

/// The names that are followed to a value which can't stay as it is.
fn names(site: &Site) -> Vec<Definition> {
    let Ok(value) = &site.value else { return Vec::new() };
    let can_be_hazard = |value: &PyValue| {
        // a list may be changed after it was made
        matches!(value, PyValue::Collection(..)) || effective(value, false).contains(CascadeOption::RefreshExpire)
    };
    let hazards = value.alternatives.iter();
    let hazards: Vec<_> = hazards.filter(|one| can_be_hazard(&one.value) || !one.dependencies.is_empty()).collect();
    let steps = hazards.iter().flat_map(|alternative| alternative.steps.iter().chain(&alternative.dependencies));
    let of_dictionaries = site.givens.iter().filter(|_| !hazards.is_empty()).flat_map(|given| &given.steps);
    steps.chain(of_dictionaries).flat_map(Definition::of_step).collect()
}

/// What one file has to say of names.
#[derive(Default)]
struct Looked {
    mentions: Vec<(Location, Mention)>,
    aliases: Vec<(String, Definition)>,
    called: Vec<Location>,
    found: Vec<Found>,
    starred: Vec<(Location, Location)>,
}

fn look(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    names: &HashMap<String, Vec<Definition>>,
    wrappers: &[Wrapper],
) -> Looked {
    let mut looked = Looked::default();
    let root = module.tree().root();
    let here = names_in(&root, names, &mut looked);
    let Some(words) = Words::new(here.keys().map(String::as_str)) else { return looked };
    let wanted: HashSet<&Location> = here.values().flatten().map(|definition| &definition.at).collect();
    let mut calls: HashMap<Location, Vec<Node<'_>>> = HashMap::new();
    for node in hinted_nodes(&root, &Hints::of_words(root.get_doc().text(), &words)) {
        let at = || module.location(&node.range());
        match &*node.kind() {
            "identifier" => {
                let Some(definitions) = here.get(&*node.text()) else { continue };
                for definition in definitions.iter().filter(|definition| is_stub_of(module, definition)) {
                    if let Some(how) = how_of_stub(resolver, module, &node) {
                        let mention = Mention::plain(at(), how);
                        looked.mentions.push((definition.at.clone(), mention));
                    }
                }
                let Some(Mentioned { expression, how, items, leads_to, is_certain }) =
                    mentioned(resolver, module, &node, definitions)
                else {
                    continue;
                };
                let other = bound_to(&expression).filter(|_| is_certain && how == How::Assigned);
                let binds = other.as_ref().map(|name| module.location(&name.range()));
                for definition in leads_to.into_iter().filter(|definition| wanted.contains(definition)) {
                    if at() != definition {
                        looked.aliases.extend(other.as_ref().map(|name| Definition::of_name(module, name)));
                        let mention = Mention { at: at(), how, items: items.clone(), binds: binds.clone() };
                        looked.mentions.push((definition.clone(), mention));
                        if is_certain {
                            calls.entry(definition).or_default().push(expression.clone());
                        }
                    }
                }
            }
            "string" => {
                let Some(content) = string_content(&node) else { continue };
                let named = here.iter().filter(|(name, _)| has_word(&content, name)).flat_map(|(_, found)| found);
                for definition in named {
                    let how = match definition.whole {
                        Some(Whole::Module) if is_name_of(&content, &definition.at.path) => how_of_imported(&node),
                        _ => named_by_string(resolver, module, &node, &content, definition),
                    };
                    if let Some(how) = how {
                        let mention = Mention::plain(at(), how);
                        looked.mentions.push((definition.at.clone(), mention));
                    }
                }
            }
            _ => {}
        }
    }
    let own = OwnReadings::new(resolver, module);
    for (name, definition) in here.iter().flat_map(|(name, found)| found.iter().map(move |one| (name, one))) {
        let readings = own.of(name, definition).into_iter();
        looked.mentions.extend(readings.map(|(at, how)| (definition.at.clone(), Mention::plain(at, how))));
    }
    for starred in starred(resolver, module, &here) {
        let importer = Definition::of_importer(module);
        looked.starred.push((starred, importer.at.clone()));
        looked.aliases.push((importer.name.clone(), importer));
    }
    for wrapper in wrappers {
        let Some(expressions) = calls.get(&wrapper.definition) else { continue };
        let called: Vec<Node<'_>> = expressions.iter().filter(|node| is_called(node)).cloned().collect();
        if !called.is_empty() {
            looked.called.push(wrapper.definition.clone());
            looked.found.push(find_in_calls(resolver, module, wrapper, &called));
        }
    }
    looked
}

/// The names with those that the file's imports give them: `import name as alias`.
fn names_in(
    root: &Node<'_>,
    names: &HashMap<String, Vec<Definition>>,
    looked: &mut Looked,
) -> HashMap<String, Vec<Definition>> {
    let mut here = names.clone();
    loop {
        let before = here.len();
        for (alias, original) in renamed(root, &here) {
            let definitions = here[&original].clone();
            looked.aliases.extend(definitions.iter().map(|definition| (alias.clone(), definition.clone())));
            let known = here.entry(alias).or_default();
            known.extend(definitions.into_iter().filter(|definition| !known.contains(definition)).collect::<Vec<_>>());
        }
        if here.len() == before {
            return here;
        }
    }
}

/// `import name as alias` and `name as alias` of the names.
fn renamed(root: &Node<'_>, names: &HashMap<String, Vec<Definition>>) -> Vec<(String, String)> {
    let Some(words) = Words::new([" as ", "\tas "]) else { return Vec::new() };
    let hints = Hints::of_words(root.get_doc().text(), &words);
    let imports = hinted_nodes(root, &hints).filter(|node| node.kind() == "aliased_import");
    imports
        .filter_map(|import| {
            // `import package.module as name`
            let name = import.field("name")?.text().rsplit('.').next()?.to_owned();
            let alias = import.field("alias")?.text().into_owned();
            (names.contains_key(&name) && alias != name).then_some((alias, name))
        })
        .collect()
}
