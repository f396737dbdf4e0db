//! `self.tables.users` and `self.classes.User` in a test case go in; the table and the class that they stand for come out.
//!
//! The test cases of `sqlalchemy.testing.fixtures`, which SQLAlchemy and its dialects use, declare tables in `define_tables`, classes in
//! `setup_classes` and mappings in `setup_mappers`, and hand them out by name.

use std::sync::Arc;

use super::declared::{Base, DeclaredClass, ImperativeMapping};
use super::mapped::Classes;
use super::names::Referent;
use super::table::Table;
use crate::module::Location;

/// How many bases of a test case are looked into.
const MOST_BASES: usize = 24;

impl Classes<'_> {
    /// The class that a name stands for at a place.
    pub fn named_class(&self, named: &Referent, at: &Location) -> Option<Location> {
        match named {
            Referent::Class(class, rest) if rest.is_empty() => Some(class.clone()),
            Referent::Unknown(names) => {
                let [.., holder, name] = names.as_slice() else { return None };
                (holder == "classes").then(|| self.class_of_case(name, at)).flatten()
            }
            _ => None,
        }
    }

    /// The table that a name stands for at a place, and the attributes behind it.
    pub fn named_table<'n>(&self, named: &'n Referent, at: &Location) -> Option<(Arc<Table>, &'n [String])> {
        match named {
            Referent::Made(call, _, rest) => Some((self.table(call)?, rest)),
            Referent::Unknown(names) => {
                let index = names.iter().position(|name| name == "tables")?;
                let (name, rest) = names[index + 1..].split_first()?;
                Some((self.table_of_case(name, at)?, rest))
            }
            _ => None,
        }
    }

    /// The mapping of a class that holds at a place: one in the same function, else that of the test case.
    pub fn mapping_at(&self, class: &Location, at: &Location) -> Option<ImperativeMapping> {
        let declared = self.declared(&at.path);
        let is_of = |mapping: &ImperativeMapping| self.named_class(&mapping.class, &mapping.at).as_ref() == Some(class);
        let in_function =
            |mapping: &&ImperativeMapping| mapping.function.as_ref().is_some_and(|function| function.covers(at));
        let here = declared.mappings.iter().filter(in_function).find(|mapping| is_of(mapping));
        here.cloned().or_else(|| {
            self.cases(at).iter().find_map(|case| {
                let declared = self.declared(&case.at.path);
                let is_of_case = |mapping: &&ImperativeMapping| mapping.is_set_up && case.at.covers(&mapping.at);
                declared.mappings.iter().filter(is_of_case).find(|mapping| is_of(mapping)).cloned()
            })
        })
    }

    fn table_of_case(&self, name: &str, at: &Location) -> Option<Arc<Table>> {
        self.cases(at).iter().find_map(|case| {
            let declared = self.declared(&case.at.path);
            let tables = declared.tables.iter().filter(|table| case.at.covers(&table.id));
            tables.into_iter().find(|table| table.shown() == name).cloned()
        })
    }

    fn class_of_case(&self, name: &str, at: &Location) -> Option<Location> {
        self.cases(at).iter().find_map(|case| {
            let declared = self.declared(&case.at.path);
            let inside = declared.classes.iter().filter(|class| case.at.covers(&class.at) && class.at != case.at);
            inside.into_iter().find(|class| class.name == name).map(|class| class.at.clone())
        })
    }

    /// The classes around a place and their bases, the nearest first.
    fn cases(&self, at: &Location) -> Vec<Arc<DeclaredClass>> {
        let declared = self.declared(&at.path);
        let around = declared.classes.iter().filter(|class| class.at.covers(at) && class.at != *at);
        let mut cases: Vec<Arc<DeclaredClass>> = around.rev().cloned().collect();
        let mut next = 0;
        while let Some(case) = cases.get(next).cloned()
            && cases.len() < MOST_BASES
        {
            for base in &case.bases {
                if let Base::Class(at) = base
                    && let Some(base) = self.class(at)
                    && !cases.iter().any(|known| known.at == base.at)
                {
                    cases.push(base);
                }
            }
            next += 1;
        }
        cases
    }
}
