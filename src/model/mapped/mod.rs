//! A class goes in; the tables that it is mapped to come out, through its bases, mixins and imperative mappings.

mod tables;

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use foldhash::HashMap;
use parking_lot::{Mutex, MutexGuard};

use super::bases;
use super::declared::{self, Base, Declared, DeclaredClass, ImperativeMapping};
use super::direction::Selectable;
use super::links::Family;
use super::names::Referent;
use super::naming::{Naming, TableNaming};
use super::table::{Column, Table, TableName};
use crate::module::{Location, Module};
use crate::repository::Repository;
use crate::resolve::{KnownClass, Resolver};
use crate::syntax::positional_arguments;

/// How deep classes are looked into that inherit from each other, or refer to each other.
const MOST_LEVELS: usize = 24;

/// A class with its tables.
#[derive(Debug)]
pub struct Mapped {
    /// Its name.
    pub name: String,
    /// The whole definition.
    pub class: Location,
    /// Its own table first, then those that it inherits.
    pub selectable: Selectable,
    /// Its columns by attribute, those of its bases included.
    attributes: HashMap<String, Column>,
}

impl Mapped {
    /// The column of an attribute. One that is not seen is taken for a column of the class's own table, where it has but one.
    pub fn column(&self, attribute: &str) -> Option<Column> {
        let known = self.attributes.get(attribute).cloned();
        known.or_else(|| match self.selectable.tables.as_slice() {
            [table] => Some(Column { table: table.id.clone(), name: attribute.to_owned() }),
            _ => None,
        })
    }
}

/// What the modules of one repository declare, as far as somebody asked for it. Their paths are compared as they are written.
#[derive(Debug, Default)]
pub struct DeclaredModules(Mutex<HashMap<OsString, Arc<Declared>>>);

/// What the classes of a repository declare, read when it is asked for.
pub struct Classes<'a> {
    /// Follows names.
    pub resolver: Resolver<'a>,
    modules: Arc<DeclaredModules>,
    mapped: Mutex<HashMap<Location, Option<Arc<Mapped>>>>,
    /// The mappings of classes that are found by name, whichever module they stand in.
    mappings: Vec<ImperativeMapping>,
}

impl<'a> Classes<'a> {
    /// None is known yet but what its modules declare.
    pub fn new(resolver: Resolver<'a>, modules: &Arc<DeclaredModules>) -> Self {
        Self { resolver, modules: Arc::clone(modules), mapped: Mutex::default(), mappings: Vec::new() }
    }

    /// Adds imperative mappings of other modules.
    pub fn add_mappings(&mut self, mappings: impl IntoIterator<Item = ImperativeMapping>) {
        self.mappings.extend(mappings);
    }

    fn repository(&self) -> &Repository {
        self.resolver.repository
    }

    /// What a module declares.
    pub fn declared(&self, path: &Path) -> Arc<Declared> {
        if let Some(known) = self.lock().get(path.as_os_str()) {
            return Arc::clone(known);
        }
        self.repository().open(path).map_or_else(Arc::default, |module| self.declared_in(&module))
    }

    /// What a module declares, which has its tree.
    pub fn declared_in(&self, module: &Arc<Module>) -> Arc<Declared> {
        if let Some(known) = self.lock().get(module.path.as_os_str()) {
            return Arc::clone(known);
        }
        let declared = Arc::new(declared::of_module(&self.resolver, module));
        self.lock().insert(module.path.as_os_str().to_owned(), Arc::clone(&declared));
        declared
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<OsString, Arc<Declared>>> {
        self.modules.0.lock()
    }

    /// The class with the definition.
    pub fn class(&self, at: &Location) -> Option<Arc<DeclaredClass>> {
        self.declared(&at.path).class(at).cloned()
    }

    /// The table that a call of `Table` makes.
    pub fn table(&self, at: &Location) -> Option<Arc<Table>> {
        self.declared(&at.path).tables.iter().find(|table| table.id == *at).cloned()
    }

    /// The tables of a mapped class; None if it has none, or it can't be told.
    pub fn mapped(&self, class: &Location) -> Option<Arc<Mapped>> {
        self.mapped_within(class, MOST_LEVELS)
    }

    fn mapped_within(&self, at: &Location, levels: usize) -> Option<Arc<Mapped>> {
        let lock = || self.mapped.lock();
        if let Some(known) = lock().get(at) {
            return known.clone();
        }
        let levels = levels.checked_sub(1)?;
        let class = self.class(at)?;
        let mapped = self.mapping(&class, levels).or_else(|| self.declarative(&class, levels)).map(Arc::new);
        lock().insert(at.clone(), mapped.clone());
        mapped
    }

    /// A mixin, or a class whose table is not known, with its own columns.
    pub fn partly_mapped(&self, at: &Location) -> Option<Arc<Mapped>> {
        self.mapped(at).or_else(|| {
            let class = self.class(at)?;
            let merged = self.with_mixins(&class, MOST_LEVELS);
            let named_after = merged.has_unknown_base.then(|| class.name.clone());
            let table = Table { id: at.clone(), name: None, named_after, keys: Vec::new(), is_open: true };
            Some(Arc::new(self.with_table(&class, merged, table, MOST_LEVELS)))
        })
    }

    /// Whether a class is mapped, or may be: a base of it can't be seen here.
    pub fn may_be_mapped(&self, at: &Location) -> bool {
        self.mapped(at).is_some()
            || self
                .class(at)
                .is_some_and(|class| !class.is_abstract && self.with_mixins(&class, MOST_LEVELS).has_unknown_base)
    }

    /// Whether objects of a class can be in a session: it is mapped, or its table can't be told, as where a mixin or a call makes that.
    pub fn is_entity(&self, at: &Location) -> bool {
        let Some(class) = self.class(at) else { return self.may_be_mapped(at) };
        let merged = self.with_mixins(&class, MOST_LEVELS);
        // sqlmodel maps what says so alone
        let is_model = merged.naming == Some(Naming::Lower)
            && !class.is_table
            && merged.table_name.is_none()
            && merged.parent.is_none();
        let is_declarative = !class.is_abstract && !class.is_root && merged.is_declarative;
        // a mixin names the tables of others
        let is_mixin =
            !merged.is_declarative && !merged.has_unknown_base && self.mapping(&class, MOST_LEVELS).is_none();
        !is_mixin && !is_model && (self.may_be_mapped(at) && self.deciding_base(at).is_none() || is_declarative)
    }

    /// The base, of another library or not known, by which alone a class may be mapped: nothing here says that it has a table. Its objects
    /// need not be what a call of it makes.
    pub fn deciding_base(&self, at: &Location) -> Option<String> {
        let class = self.class(at).filter(|_| self.mapped(at).is_none())?;
        let merged = self.with_mixins(&class, MOST_LEVELS);
        let has_table = merged.table_name.is_some() || merged.table.is_some() || !merged.columns.is_empty();
        let has_relationship = || {
            let module = self.repository().module(&at.path);
            module.is_some_and(|module| module.source.text()[at.range()].contains("elation"))
        };
        let is_open = merged.has_unknown_base && !merged.is_declarative && !has_table && !has_relationship();
        is_open.then(|| self.unseen_base(&class, MOST_LEVELS)).flatten()
    }

    /// The first base of a class, or of one that it inherits from, that is no code of the repository.
    fn unseen_base(&self, class: &DeclaredClass, levels: usize) -> Option<String> {
        let levels = levels.checked_sub(1)?;
        class.bases.iter().find_map(|base| match base {
            Base::Foreign(name) | Base::Unknown(name) => Some(name.clone()),
            Base::Class(at) => self.unseen_base(self.class(at)?.as_ref(), levels),
            _ => None,
        })
    }

    /// What a class inherits from.
    pub fn family(&self, class: &DeclaredClass) -> Family {
        let template = |made: &Location| {
            let declared = self.declared(&made.path);
            declared.templates.iter().find(|(call, _)| call == made).map(|(_, template)| template.clone())
        };
        let merged = self.with_mixins(class, MOST_LEVELS);
        let is_plain = !(merged.is_declarative || merged.has_unknown_base);
        // a class that is no model has relationships for its subclasses in functions alone
        let has_functions = || {
            let module = self.repository().module(&class.at.path);
            module.is_some_and(|module| module.source.text()[class.at.range()].contains("declared_attr"))
        };
        let mut family = Family {
            name: class.name.clone(),
            at: self.shown(&class.at),
            bases: Vec::new(),
            unknown_bases: Vec::new(),
            foreign_bases: Vec::new(),
            possible_bases: self.possible_bases(class),
            is_mixin: class.is_abstract || class.is_root || is_plain && has_functions(),
        };
        for base in &class.bases {
            match base {
                Base::Class(at) => family.bases.push(at.clone()),
                Base::Made(at, _) => family.bases.extend(template(at)),
                Base::Unknown(written) => family.unknown_bases.push(written.clone()),
                Base::Foreign(name) => family.foreign_bases.push(name.clone()),
                Base::Declarative(_) | Base::Root | Base::Other => {}
            }
        }
        family
    }

    /// The classes that the bases of a class may be which can't be told.
    fn possible_bases(&self, class: &DeclaredClass) -> Vec<Location> {
        let unknown = || (0..class.bases.len()).filter(|index| matches!(class.bases[*index], Base::Unknown(_)));
        let Some(module) = unknown().next().and_then(|_| self.repository().module(&class.at.path)) else {
            return Vec::new();
        };
        let superclasses = module.node(&class.at.range()).and_then(|class| class.field("superclasses"));
        let written = superclasses.map(|superclasses| positional_arguments(&superclasses)).unwrap_or_default();
        let unknown = unknown().filter_map(|index| written.get(index));
        unknown.flat_map(|base| bases::possible(&self.resolver, &module, base)).collect()
    }

    /// A place as `path:line`.
    pub fn shown(&self, location: &Location) -> String {
        self.repository().place(location)
    }

    /// Whether the annotations of a class need no `Mapped[…]`.
    pub fn allows_unmapped(&self, at: &Location) -> bool {
        self.allows_unmapped_within(at, MOST_LEVELS)
    }

    fn allows_unmapped_within(&self, at: &Location, levels: usize) -> bool {
        let (Some(class), Some(levels)) = (self.class(at), levels.checked_sub(1)) else { return false };
        let is_of_base = |base: &Base| matches!(base, Base::Class(at) if self.allows_unmapped_within(at, levels));
        class.allows_unmapped || class.bases.iter().any(is_of_base)
    }

    /// A class as imperative mappings map it, if they all do it to the same table.
    fn mapping(&self, class: &DeclaredClass, levels: usize) -> Option<Mapped> {
        let own = self.declared(&class.at.path);
        let is_of = |mapping: &&ImperativeMapping| match &mapping.class {
            Referent::Class(at, rest) => *at == class.at && rest.is_empty(),
            _ => false,
        };
        let mut all = own.mappings.iter().chain(&self.mappings).filter(is_of);
        let mapping = all.next()?;
        let is_same = all.all(|other| (&other.table, &other.inherits) == (&mapping.table, &mapping.inherits));
        is_same.then(|| self.mapped_by(class.name.clone(), class.at.clone(), mapping, levels))?
    }

    /// The class that an imperative mapping maps.
    pub fn mapped_in(&self, mapping: &ImperativeMapping) -> Option<Mapped> {
        let class = self.named_class(&mapping.class, &mapping.at)?;
        self.mapped_by(self.class(&class)?.name.clone(), class, mapping, MOST_LEVELS)
    }

    fn mapping_of_call(&self, call: &Location) -> Option<ImperativeMapping> {
        self.declared(&call.path).mappings.iter().find(|mapping| mapping.at == *call).cloned()
    }

    /// A class as an imperative mapping maps it.
    fn mapped_by(&self, name: String, class: Location, mapping: &ImperativeMapping, levels: usize) -> Option<Mapped> {
        let levels = levels.checked_sub(1)?;
        let parent = match &mapping.inherits {
            Some(named) => {
                // the mapper itself, or its class
                let mapper = match named {
                    Referent::Made(call, _, rest) if rest.is_empty() => self.mapping_of_call(call),
                    _ => None,
                };
                let class = self.named_class(mapper.as_ref().map_or(named, |mapper| &mapper.class), &mapping.at)?;
                let mapped = match mapper.or_else(|| self.mapping_at(&class, &mapping.at)) {
                    Some(of) => self.mapped_by(self.class(&class)?.name.clone(), class, &of, levels).map(Arc::new),
                    None => self.mapped_within(&class, levels),
                };
                Some(mapped?)
            }
            None => None,
        };
        let mut attributes = parent.as_ref().map(|parent| parent.attributes.clone()).unwrap_or_default();
        let mut tables = Vec::new();
        match self.named_table(&mapping.table, &mapping.at) {
            Some((table, [])) => {
                tables.push(table);
                attributes.clear();
            }
            _ if mapping.has_table => return None,
            _ => {}
        }
        tables.extend(parent.iter().flat_map(|parent| parent.selectable.tables.iter().cloned()));
        (!tables.is_empty()).then_some(Mapped { name, class, selectable: Selectable { tables }, attributes })
    }

    fn declarative(&self, class: &DeclaredClass, levels: usize) -> Option<Mapped> {
        if class.is_abstract || class.is_root {
            return None;
        }
        let merged = self.with_mixins(class, levels);
        // what names the tables of its subclasses is likely to be a base class
        if merged.has_unknown_base && matches!(class.table_name, Some(TableNaming::Computed(..))) {
            return None;
        }
        if let Some(at) = &merged.table {
            let table = self.table(at)?;
            return Some(self.with_table(class, merged, Arc::unwrap_or_clone(table), levels));
        }
        let name = self.table_name(class, &merged);
        if let Some(parent) = merged.parent.clone()
            && name.is_none()
        {
            return Some(self.single_table(class, merged, &parent, levels));
        }
        let name = name?.map(|name| TableName { schema: merged.schema.clone().unwrap_or_default(), name });
        // a name of a table that a function computes is probably a form of the class's name
        let is_made = name.is_none() && matches!(merged.table_name, Some(TableNaming::Computed(..)));
        let named_after = is_made.then(|| class.name.clone());
        let table = Table { id: class.at.clone(), name, named_after, keys: Vec::new(), is_open: false };
        Some(self.with_table(class, merged, table, levels))
    }

    /// A class to carry out functions for it.
    pub fn known(&self, at: &Location) -> Option<KnownClass> {
        let class = self.class(at)?;
        let inherits_table = self.with_mixins(&class, MOST_LEVELS).parent.is_some();
        self.resolver.known_class(at, Some(inherits_table))
    }
}
