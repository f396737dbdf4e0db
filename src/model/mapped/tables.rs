//! A declarative class goes in; the table that SQLAlchemy makes for it comes out, or that of the class it inherits from.

use std::sync::Arc;

use super::{Classes, Mapped};
use crate::model::declared::{Base, ClassColumn, DeclaredClass};
use crate::model::direction::Selectable;
use crate::model::naming::{Naming, TableNaming, table_name};
use crate::model::table::{Column, ForeignKey, ForeignKeyTarget, Schema, Table};
use crate::module::Location;
use crate::resolve::Place;

/// What a class and its mixins say together.
#[derive(Default)]
pub(super) struct ClassWithMixins {
    pub(super) columns: Vec<ClassColumn>,
    pub(super) keys: Vec<ForeignKey>,
    pub(super) table_name: Option<TableNaming>,
    pub(super) table: Option<Location>,
    pub(super) schema: Option<Schema>,
    pub(super) naming: Option<Naming>,
    pub(super) is_declarative: bool,
    pub(super) is_open: bool,
    pub(super) has_unknown_base: bool,
    pub(super) parent: Option<Arc<Mapped>>,
}

impl<'a> Classes<'a> {
    /// The name of a class's own table: None without such a table, `Some(None)` where the name can't be told.
    pub(super) fn table_name(&self, class: &DeclaredClass, merged: &ClassWithMixins) -> Option<Option<String>> {
        let has_key = class.columns.iter().any(|column| column.is_primary);
        if let Some(naming) = &merged.table_name {
            let is_own = class.table_name.is_some() || merged.parent.is_none() || has_key;
            if !is_own || !(merged.is_declarative || merged.is_open || merged.parent.is_some()) {
                return None;
            }
            return match naming {
                TableNaming::Given(name) => Some(Some(name.clone())),
                TableNaming::Nothing => None,
                TableNaming::Unknown => Some(None),
                TableNaming::Computed(function) => {
                    let known = self.resolver.known_class(&class.at, Some(merged.parent.is_some()));
                    match known.map(|known| self.resolver.returned_for(function, &known)) {
                        Some(Ok(name)) => name.map(Some),
                        Some(Err(_)) | None => Some(None),
                    }
                }
            };
        }
        match merged.naming {
            Some(Naming::Lower) => class.is_table.then(|| Some(table_name(Naming::Lower, &class.name))),
            Some(naming) => (merged.parent.is_none() || has_key).then(|| Some(table_name(naming, &class.name))),
            None => None,
        }
    }

    /// The columns of a class without a table of its own stand in that of its parent.
    pub(super) fn single_table(
        &self,
        class: &DeclaredClass,
        merged: ClassWithMixins,
        parent: &Mapped,
        levels: usize,
    ) -> Mapped {
        let mut own = (*parent.selectable.tables[0]).clone();
        own.is_open |= merged.is_open;
        let mapped = self.with_table(class, ClassWithMixins { parent: None, ..merged }, own, levels);
        let mut attributes = parent.attributes.clone();
        attributes.extend(mapped.attributes);
        let tables =
            mapped.selectable.tables.into_iter().chain(parent.selectable.tables[1..].iter().cloned()).collect();
        Mapped { selectable: Selectable { tables }, attributes, ..mapped }
    }

    pub(super) fn with_table(
        &self,
        class: &DeclaredClass,
        merged: ClassWithMixins,
        mut table: Table,
        levels: usize,
    ) -> Mapped {
        table.is_open |= merged.is_open;
        let mut attributes = merged.parent.as_ref().map(|parent| parent.attributes.clone()).unwrap_or_default();
        let id = table.id.clone();
        for column in &merged.columns {
            attributes.insert(column.attribute.clone(), Column { table: id.clone(), name: column.name.clone() });
        }
        for mut key in merged.all_keys() {
            for (own, reference) in &mut key.columns {
                if let Some(column) = merged.columns.iter().find(|column| column.attribute == *own) {
                    own.clone_from(&column.name);
                }
                if let ForeignKeyTarget::Made(at) = reference {
                    match self.made_for(class, at, merged.parent.is_some()) {
                        Some(text) => *reference = ForeignKeyTarget::parse(&text),
                        None => table.is_open = true,
                    }
                }
                if let ForeignKeyTarget::Attribute(of, attribute) = reference {
                    let column = match (*of == class.at, self.mapped_within(of, levels)) {
                        (false, Some(mapped)) => mapped.column(attribute),
                        _ => attributes.get(attribute).cloned(),
                    };
                    match column {
                        Some(column) => *reference = ForeignKeyTarget::Of(column),
                        None => table.is_open = true,
                    }
                }
            }
            table.keys.push(key);
        }
        let inherited = merged.parent.iter().flat_map(|parent| parent.selectable.tables.iter().cloned());
        let tables = std::iter::once(Arc::new(table)).chain(inherited).collect();
        Mapped { name: class.name.clone(), class: class.at.clone(), selectable: Selectable { tables }, attributes }
    }

    /// The text that an expression in a function gives where it is called for a class.
    pub(super) fn made_for(&self, class: &DeclaredClass, at: &Location, inherits_table: bool) -> Option<String> {
        let module = self.repository().module(&at.path)?;
        let node = module.node(&at.range())?;
        let known = self.resolver.known_class(&class.at, Some(inherits_table))?;
        self.resolver.text_for(&Place::of(&module, &node), &node, &known)
    }

    /// A class with what it has from bases that are not mapped themselves; what stands nearer wins.
    pub(super) fn with_mixins(&self, class: &DeclaredClass, levels: usize) -> ClassWithMixins {
        let mut merged = ClassWithMixins {
            columns: class.columns.clone(),
            keys: class.keys.clone(),
            table_name: class.table_name.clone(),
            table: class.table.clone(),
            schema: class.schema.clone(),
            is_open: class.is_open,
            is_declarative: class.is_declarative || class.is_root,
            ..ClassWithMixins::default()
        };
        let Some(levels) = levels.checked_sub(1) else { return merged };
        class.bases.iter().for_each(|base| self.add_base(base, &mut merged, levels));
        merged
    }

    /// Adds what a class has from one of its bases.
    fn add_base(&self, base: &Base, merged: &mut ClassWithMixins, levels: usize) {
        match base {
            Base::Class(at) => match self.mapped_within(at, levels) {
                Some(mapped) => {
                    merged.is_declarative = true;
                    if let Some(of_base) = self.class(at).map(|base| self.with_mixins(&base, levels)) {
                        merged.naming = merged.naming.take().or(of_base.naming);
                        let is_computed = |naming: &TableNaming| matches!(naming, TableNaming::Computed(..));
                        merged.table_name = merged.table_name.take().or(of_base.table_name.filter(is_computed));
                    }
                    merged.parent.get_or_insert(mapped);
                }
                None => match self.class(at) {
                    Some(base) => merged.merge(self.with_mixins(&base, levels)),
                    None => merged.is_open = true,
                },
            },
            Base::Declarative(naming) => merged.derive(*naming),
            Base::Root => merged.derive(None),
            Base::Made(at, naming) => {
                merged.derive(*naming);
                let declared = self.declared(&at.path);
                let template =
                    declared.templates.iter().find(|(call, _)| call == at).and_then(|(_, of)| self.class(of));
                if let Some(template) = template {
                    merged.merge(self.with_mixins(&template, levels));
                }
            }
            Base::Other => {}
            Base::Foreign(_) | Base::Unknown(_) => (merged.is_open, merged.has_unknown_base) = (true, true),
        }
    }
}

impl ClassWithMixins {
    /// The keys of its columns, and those that stand beside them.
    fn all_keys(&self) -> Vec<ForeignKey> {
        let of_columns = self.columns.iter().flat_map(|column| {
            let key = |to: &ForeignKeyTarget| ForeignKey {
                columns: vec![(column.name.clone(), to.clone())],
                at: column.at.clone(),
            };
            column.references.iter().map(key)
        });
        of_columns.chain(self.keys.iter().cloned()).collect()
    }
    /// Takes a base class that has no columns.
    fn derive(&mut self, naming: Option<Naming>) {
        self.is_declarative = true;
        self.naming = self.naming.or(naming);
    }

    fn merge(&mut self, base: Self) {
        for column in base.columns {
            if !self.columns.iter().any(|known| known.attribute == column.attribute) {
                self.columns.push(column);
            }
        }
        if self.schema.is_none() {
            self.keys.extend(base.keys);
            self.schema = base.schema;
        }
        self.table_name = self.table_name.take().or(base.table_name);
        self.table = self.table.take().or(base.table);
        self.naming = self.naming.or(base.naming);
        self.is_declarative |= base.is_declarative;
        self.is_open |= base.is_open;
        self.has_unknown_base |= base.has_unknown_base;
        if self.parent.is_none() {
            self.parent = base.parent;
        }
    }
}
