//! The calls that declare tables, columns and foreign keys go in; what they declare comes out.

use std::cell::RefCell;

use super::classes::{is_columns, is_made_for_class};
use super::{DeclarationReader, Declared, is_column, items};
use crate::model::names::{Referent, called};
use crate::model::table::{Column, ForeignKey, ForeignKeyTarget, Schema, Table, TableName};
use crate::module::BindingKind;
use crate::resolve::{Arguments, Effort, Expression, Found, Passed, Place, Resolution, Resolver};
use crate::syntax::{Node, dotted_name, kind, positional_arguments, splatted};

/// How many aliases of a type are followed.
pub(super) const MOST_ALIASES: usize = 8;

/// What a name is bound to that stands for a type, through other names for it.
pub(super) fn alias_of_type(resolver: &Resolver<'_>, place: &Place, names: &[String], aliases: usize) -> Option<Found> {
    let mut resolutions = resolver.follow(place, names, &Effort::for_callee());
    let Some(Resolution::Bound(found)) = resolutions.pop().filter(|_| resolutions.is_empty()) else { return None };
    match &found.binding().kind {
        BindingKind::Alias(path) if found.rest.is_empty() => {
            let path = path.clone();
            alias_of_type(resolver, &found.before(), &path, aliases.checked_sub(1)?)
        }
        BindingKind::Expression if found.rest.is_empty() => Some(found),
        _ => None,
    }
}

/// What a call's arguments declare of a column.
#[derive(Clone)]
pub(super) struct ColumnFacts {
    pub(super) name: Option<String>,
    pub(super) references: Vec<ForeignKeyTarget>,
    pub(super) is_primary: bool,
    pub(super) is_open: bool,
}

impl ColumnFacts {
    pub(super) fn of_references(references: Vec<Option<ForeignKeyTarget>>) -> Self {
        let is_open = references.iter().any(Option::is_none);
        Self { name: None, references: references.into_iter().flatten().collect(), is_primary: false, is_open }
    }
}

impl DeclarationReader<'_> {
    pub(super) fn table(&self, call: &Node<'_>, list: &Node<'_>) -> Table {
        let arguments = Arguments::of_list(self.module, list);
        let name = match arguments.get_at(self.resolver, "name", 0) {
            Passed::Given(name) => name.text(self.resolver),
            Passed::Absent | Passed::Unknown => None,
        };
        let name = name.map(|name| TableName { schema: self.schema(&arguments).unwrap_or(Schema::Default), name });
        let mut table = Table {
            id: self.module.location(&call.range()),
            name,
            named_after: None,
            keys: Vec::new(),
            is_open: !splatted(list).is_empty(),
        };
        for part in positional_arguments(list).iter().skip(2) {
            self.add_part(part, &mut table.keys, &mut table.is_open);
        }
        table
    }

    /// A column or constraint of a table.
    pub(super) fn add_part(&self, part: &Node<'_>, keys: &mut Vec<ForeignKey>, is_open: &mut bool) {
        let Some(name) = (part.kind() == kind::CALL).then(|| called(part)).flatten() else {
            *is_open = true;
            return;
        };
        if name == "ForeignKeyConstraint" {
            match self.constraint(part) {
                Some(key) => keys.push(key),
                None => *is_open = true,
            }
        } else if is_column(&name) || part.text().contains("ForeignKey(") {
            let column = self.column(part);
            *is_open |= column.is_open;
            let at = self.module.location(&part.range());
            let name = column.name.unwrap_or_default();
            keys.extend(
                column
                    .references
                    .into_iter()
                    .map(|to| ForeignKey { columns: vec![(name.clone(), to)], at: at.clone() }),
            );
        }
    }

    /// `ForeignKeyConstraint([…], […])`
    pub(super) fn constraint(&self, call: &Node<'_>) -> Option<ForeignKey> {
        let arguments = Arguments::of_call(self.module, call);
        let own = arguments.written("columns", Some(0))?.node()?;
        let there = arguments.written("refcolumns", Some(1))?.node()?;
        let own = items(&own).into_iter().map(|item| self.text(&item).or_else(|| dotted_name(&item)?.pop()));
        let own: Option<Vec<String>> = own.collect();
        let there: Option<Vec<ForeignKeyTarget>> =
            items(&there).into_iter().map(|item| self.reference(&item)).collect();
        let columns: Vec<_> = own?.into_iter().zip(there?).collect();
        (!columns.is_empty()).then(|| ForeignKey { columns, at: self.module.location(&call.range()) })
    }

    /// What the first argument of `ForeignKey` refers to.
    pub(super) fn reference(&self, node: &Node<'_>) -> Option<ForeignKeyTarget> {
        if let Some(text) = self.text(node) {
            return Some(ForeignKeyTarget::parse(&text));
        }
        if is_made_for_class(node) {
            return Some(ForeignKeyTarget::Made(self.module.location(&node.range())));
        }
        let (prefix, attribute) = (node.field("object")?, node.field("attribute")?.text().into_owned());
        match self.named(&prefix) {
            Referent::Class(class, rest) if rest.is_empty() => Some(ForeignKeyTarget::Attribute(class, attribute)),
            Referent::Class(class, rest) if is_columns(&rest) => Some(ForeignKeyTarget::Attribute(class, attribute)),
            Referent::Made(table, callee, rest)
                if callee.last().is_some_and(|name| name == "Table") && is_columns(&rest) =>
            {
                Some(ForeignKeyTarget::Of(Column { table, name: attribute }))
            }
            _ => None,
        }
    }

    pub(super) fn column(&self, call: &Node<'_>) -> ColumnFacts {
        let mut facts = ColumnFacts { name: None, references: Vec::new(), is_primary: false, is_open: false };
        let Some(list) = call.field("arguments") else { return facts };
        let is_named = called(call).is_some_and(|name| matches!(name.as_str(), "Column" | "mapped_column"));
        if let Passed::Given(name) = Arguments::of_list(self.module, &list).get_at(self.resolver, "name", 0)
            && is_named
            && name.node().is_some_and(|name| matches!(&*name.kind(), kind::STRING | kind::CONCATENATED_STRING))
        {
            facts.name = name.text(self.resolver);
        }
        let inside = list.dfs().filter(|node| node.kind() == kind::CALL);
        for call in std::iter::once(call.clone()).chain(inside) {
            self.add_facts(&call, &mut facts);
        }
        facts
    }

    /// What one call among those that make a column says of it.
    fn add_facts(&self, call: &Node<'_>, facts: &mut ColumnFacts) {
        let arguments = Arguments::of_call(self.module, call);
        if called(call).is_some_and(|name| name == "ForeignKey") {
            let of = arguments.written("column", Some(0)).and_then(Expression::node);
            match of.and_then(|of| self.reference(&of)) {
                Some(reference) => facts.references.push(reference),
                None => facts.is_open = true,
            }
        }
        facts.is_primary |= arguments.keyword(self.resolver, "primary_key").is_on().unwrap_or_default();
        match arguments.get(self.resolver, "foreign_key") {
            Passed::Given(key) => match key.text(self.resolver) {
                Some(text) => facts.references.push(ForeignKeyTarget::parse(&text)),
                None => facts.is_open = true,
            },
            Passed::Unknown => facts.is_open |= called(call).is_some_and(|name| name == "Field"),
            Passed::Absent => {}
        }
    }

    /// The schema that arguments, or the items of a dictionary, name; None where they name none.
    pub(super) fn schema(&self, arguments: &Arguments) -> Option<Schema> {
        match arguments.get(self.resolver, "schema") {
            Passed::Given(schema) => Some(schema.text(self.resolver).map_or(Schema::Unknown, Schema::Named)),
            Passed::Unknown => Some(Schema::Unknown),
            Passed::Absent => None,
        }
    }

    /// The column in `Mapped[Annotated[…, mapped_column(…)]]`, or in the type that a name in it stands for.
    pub(super) fn annotated(&self, annotation: &Node<'_>) -> Option<ColumnFacts> {
        let is_mapped = annotation.dfs().take(6).any(|node| node.kind() == kind::IDENTIFIER && node.text() == "Mapped");
        if !is_mapped {
            return None;
        }
        let is_call = |node: &Node<'_>| node.kind() == kind::CALL && called(node).is_some_and(|name| is_column(&name));
        if let Some(call) = annotation.dfs().find(|node| is_call(node)) {
            return Some(self.column(&call));
        }
        let mut names = annotation.dfs().filter(|node| node.kind() == kind::IDENTIFIER && node.text() != "Mapped");
        names.find_map(|name| {
            let mut types = self.types.borrow_mut();
            types.entry(name.text().into_owned()).or_insert_with(|| self.column_of_type(&name)).clone()
        })
    }

    /// The column in `name = Annotated[…, mapped_column(…)]`.
    pub(super) fn column_of_type(&self, name: &Node<'_>) -> Option<ColumnFacts> {
        let found = alias_of_type(self.resolver, &self.place(name), &[name.text().into_owned()], MOST_ALIASES)?;
        let value = found.value()?;
        let is_call = |node: &Node<'_>| node.kind() == kind::CALL && called(node).is_some_and(|name| is_column(&name));
        let call = value.dfs().find(|node| is_call(node)).filter(|_| value.text().starts_with("Annotated"))?;
        let (module, types) = (found.module(), RefCell::default());
        Some(DeclarationReader { resolver: self.resolver, module, declared: Declared::default(), types }.column(&call))
    }
}

/// Calls in a class's body that make no column.
pub(super) fn is_columnless(callee: &str) -> bool {
    matches!(
        callee,
        "association_proxy"
            | "synonym"
            | "hybrid_property"
            | "hybrid_method"
            | "column_property"
            | "composite"
            | "Index"
            | "property"
            | "ConfigDict"
    )
}
