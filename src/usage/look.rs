//! A module and the names that are looked for go in; the references to them come out, with the aliases that the module gives them.

use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::definition::Definition;
use super::heirs::{OfObject, replaced};
use super::namespaces::{reading, starred};
use super::reference::Reference;
use super::strings::kind_of_string;
use super::stub::{is_stub, is_stub_of, kind_of_stub};
use crate::module::{Location, Module, Occurrence, ReferenceKind, Role, StringUse};
use crate::resolve::{Effort, Resolver};
use crate::site::{FoundSites, Wrapper, find_in_calls};

/// What names stand for.
pub(super) type DefinitionsByName = HashMap<String, Vec<Definition>>;

/// What one file says about the names that are looked for.
#[derive(Default)]
pub(super) struct FileUsages {
    pub(super) references: Vec<(Location, Reference)>,
    pub(super) aliases: Vec<(String, Definition)>,
    pub(super) called: Vec<Location>,
    pub(super) found: Vec<FoundSites>,
    pub(super) starred: Vec<(Location, Location)>,
    pub(super) replaced: Vec<(OfObject, Location)>,
}

/// Looks through a module for names, and for calls of the wrappers. `wanted` is where these names, and others that were looked for before,
/// are bound.
pub(super) fn look(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    names: &DefinitionsByName,
    wanted: &HashSet<Location>,
    wrappers: &[Wrapper],
) -> FileUsages {
    let mut looked = FileUsages::default();
    let here = names_in(module, names, &mut looked);
    let mut look = Look { resolver, module, here: &here, wanted, certain: HashMap::default(), looked };
    for (_, named) in look.places() {
        match named {
            NameUse::ByName(occurrence, definitions) => look.add_name(occurrence, definitions),
            NameUse::InString(string, definitions) => look.add_string(string, definitions),
        }
    }
    look.add_namespaces();
    look.add_starred();
    look.looked.replaced = replaced(resolver, module, here.values().flatten());
    for wrapper in wrappers {
        look.add_calls(wrapper);
    }
    look.looked
}

/// A place that has one of the names, with what the name can mean.
enum NameUse<'l> {
    ByName(&'l Occurrence, &'l [Definition]),
    InString(&'l StringUse, &'l [Definition]),
}

/// One look through a module.
struct Look<'l> {
    resolver: &'l Resolver<'l>,
    module: &'l Arc<Module>,
    /// What the names can mean here.
    here: &'l DefinitionsByName,
    /// Where these and other names are bound.
    wanted: &'l HashSet<Location>,
    /// By where a name is bound: the places that refer to it for certain.
    certain: HashMap<Location, Vec<&'l Occurrence>>,
    looked: FileUsages,
}

impl<'l> Look<'l> {
    /// The places that have one of the names, in order of position.
    fn places(&self) -> Vec<(usize, NameUse<'l>)> {
        let Self { module, here, .. } = *self;
        let mut places = Vec::new();
        for (name, definitions) in here {
            let names = module.occurrences(name).iter();
            places.extend(names.map(|one| (one.range().start, NameUse::ByName(one, definitions))));
            let strings = module.strings_naming(name).filter(|string| string.is_whole);
            places.extend(strings.map(|one| (one.range().start, NameUse::InString(one, definitions))));
        }
        places.sort_by_key(|(start, _)| *start);
        places
    }

    fn add(&mut self, definition: &Location, reference: Reference) {
        self.looked.references.push((definition.clone(), reference));
    }

    fn add_name(&mut self, occurrence: &'l Occurrence, definitions: &[Definition]) {
        let Self { resolver, module, .. } = *self;
        let at = module.location(&occurrence.range());
        if is_stub(module)
            && let Some(kind) = kind_of_stub(resolver, module, occurrence)
        {
            for definition in definitions.iter().filter(|definition| is_stub_of(module, definition)) {
                self.add(&definition.at, Reference::plain(at.clone(), kind));
            }
        }
        match occurrence.role {
            // another value of a name in its own scope is evaluated with it
            Role::Binding | Role::Definition | Role::Import | Role::Keyword => {}
            Role::OuterBinding => {
                let here = definitions.iter().map(|definition| &definition.at).filter(|at| at.path == module.path);
                let plain = Reference::plain(at, ReferenceKind::Changed);
                self.add_leading(occurrence, here.cloned().collect(), true, &plain);
            }
            Role::Reference => self.add_reference(occurrence, definitions, at),
        }
    }

    fn add_reference(&mut self, occurrence: &'l Occurrence, definitions: &[Definition], at: Location) {
        let found = self.resolver.definitions_of(self.module, occurrence, &Effort::for_value());
        let is_certain = found.is_some();
        // an attribute of something unknown may be any of them
        let leads_to = found.unwrap_or_else(|| {
            let possible = definitions.iter().filter(|definition| occurrence.is_attribute && !definition.is_local);
            possible.map(|definition| definition.at.clone()).collect()
        });
        let mut all_whole = definitions.iter().filter_map(|one| Some((one.whole?, &one.at)));
        let whole = all_whole.find(|(_, at)| leads_to.contains(at)).map(|(whole, _)| whole);
        let references = self.module.references();
        let (kind, items) = match whole {
            Some(whole) => (occurrence.kind_of_whole(whole), Vec::new()),
            None => (occurrence.kind, references.items(occurrence)),
        };
        let binds = references.binds(occurrence).filter(|_| is_certain && kind == ReferenceKind::Aliased);
        let binds = binds.map(|name| self.module.location(&name));
        self.add_leading(occurrence, leads_to, is_certain, &Reference { at, kind, items, binds });
    }

    /// Adds a reference to each definition that it leads to, as far as that definition is looked for.
    fn add_leading(
        &mut self,
        occurrence: &'l Occurrence,
        leads_to: Vec<Location>,
        is_certain: bool,
        reference: &Reference,
    ) {
        for definition in leads_to {
            if reference.at == definition || !self.wanted.contains(&definition) {
                continue;
            }
            let alias = reference.binds.as_ref().map(|at| Definition::of_alias(self.module, at, occurrence));
            self.looked.aliases.extend(alias);
            self.add(&definition, reference.clone());
            if is_certain {
                self.certain.entry(definition).or_default().push(occurrence);
            }
        }
    }

    fn add_string(&mut self, string: &StringUse, definitions: &[Definition]) {
        for definition in definitions {
            if let Some(kind) = kind_of_string(self.resolver, self.module, string, definition) {
                self.add(&definition.at, Reference::plain(self.module.location(&string.range()), kind));
            }
        }
    }

    fn add_namespaces(&mut self) {
        for (name, definition) in self.here.iter().flat_map(|(name, found)| found.iter().map(move |one| (name, one))) {
            for one in reading(self.resolver, self.module, name, definition) {
                self.add(&definition.at, Reference::plain(self.module.location(&one.range()), one.kind));
            }
        }
    }

    fn add_starred(&mut self) {
        for starred in starred(self.resolver, self.module, self.here) {
            let importer = Definition::of_importer(self.module);
            self.looked.starred.push((starred, importer.at.clone()));
            self.looked.aliases.push((importer.name.clone(), importer));
        }
    }

    fn add_calls(&mut self, wrapper: &Wrapper) {
        let Some(certain) = self.certain.get(&wrapper.definition) else { return };
        let called = certain.iter().filter(|occurrence| occurrence.is_called);
        let called: Vec<_> = called.filter_map(|occurrence| self.module.node(&occurrence.expression())).collect();
        if !called.is_empty() {
            self.looked.called.push(wrapper.definition.clone());
            self.looked.found.push(find_in_calls(self.resolver, self.module, wrapper, &called));
        }
    }
}

/// The names with those that the file's imports give them: `import name as alias`.
fn names_in(module: &Module, names: &DefinitionsByName, looked: &mut FileUsages) -> DefinitionsByName {
    let mut here = names.clone();
    loop {
        let before = here.len();
        for (name, alias) in module.import_aliases().filter(|(name, alias)| name != alias) {
            let Some(definitions) = here.get(name).cloned() else { continue };
            looked.aliases.extend(definitions.iter().map(|definition| (alias.to_owned(), definition.clone())));
            let known = here.entry(alias.to_owned()).or_default();
            known.extend(definitions.into_iter().filter(|definition| !known.contains(definition)).collect::<Vec<_>>());
        }
        if here.len() == before {
            return here;
        }
    }
}
