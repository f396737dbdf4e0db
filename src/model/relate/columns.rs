//! The columns that a relationship names go in; those of the tables on its two sides come out, and how it joins them.

use std::sync::Arc;

use super::{Model, Side};
use crate::model::direction::{self, Join, Operand};
use crate::model::join::{ColumnName, Term};
use crate::model::names::Referent;
use crate::model::table::Column;
use crate::model::written::WrittenRelationship;
use crate::module::Location;
use crate::resolve::Passed;

impl<'a> Model<'a> {
    pub(super) fn join(&self, written: &WrittenRelationship, parent: &Side, child: &Side) -> Result<Join, String> {
        let operand = |term: &Term| -> Result<Operand, String> {
            let column = term.column.as_ref().and_then(|name| self.column(name, written, parent, child));
            if column.is_none() && term.is_foreign {
                return Err("a foreign column of the join can't be told".to_owned());
            }
            Ok(Operand { column, is_foreign: term.is_foreign, is_remote: term.is_remote })
        };
        let columns = |argument: &Passed<Vec<ColumnName>>, name: &str| -> Result<Vec<Column>, String> {
            match argument {
                Passed::Absent => Ok(Vec::new()),
                Passed::Unknown => Err(format!("{name} can't be read")),
                Passed::Given(names) => names
                    .iter()
                    .map(|column| {
                        self.column(column, written, parent, child).ok_or_else(|| format!("{name} can't be told"))
                    })
                    .collect(),
            }
        };
        let primaryjoin = match &written.primaryjoin {
            Passed::Absent => None,
            Passed::Unknown => return Err("primaryjoin can't be read".to_owned()),
            Passed::Given(comparisons) => {
                let comparisons = comparisons
                    .iter()
                    .map(|(left, right)| Ok(direction::Comparison { left: operand(left)?, right: operand(right)? }));
                Some(comparisons.collect::<Result<Vec<_>, String>>()?)
            }
        };
        Ok(Join {
            primaryjoin,
            foreign_keys: columns(&written.foreign_keys, "foreign_keys")?,
            remote_side: columns(&written.remote_side, "remote_side")?,
        })
    }

    pub(super) fn column(
        &self,
        name: &ColumnName,
        written: &WrittenRelationship,
        parent: &Side,
        child: &Side,
    ) -> Option<Column> {
        match name {
            ColumnName::Own(attribute) => parent.mapped.as_ref()?.column(attribute),
            ColumnName::Code(Referent::Class(class, rest)) => self.column_of_class(class, rest, parent, child),
            ColumnName::Code(named) => {
                let (table, rest) = self.classes.named_table(named, &written.at)?;
                let [columns, name] = rest else { return None };
                (columns == "c" || columns == "columns").then(|| Column { table: table.id.clone(), name: name.clone() })
            }
            ColumnName::Text(names) => self.column_of_text(names, written, parent, child),
        }
    }

    /// `User.id` and `User.__table__.c.id`
    pub(super) fn column_of_class(
        &self,
        class: &Location,
        rest: &[String],
        parent: &Side,
        child: &Side,
    ) -> Option<Column> {
        let of =
            [parent, child].into_iter().filter_map(|side| side.mapped.as_ref()).find(|mapped| mapped.class == *class);
        let mapped = match of {
            Some(mapped) => Arc::clone(mapped),
            None => self.classes.partly_mapped(class)?,
        };
        match rest {
            [attribute] => mapped.column(attribute),
            [table, columns, name] if table == "__table__" && (columns == "c" || columns == "columns") => {
                Some(Column { table: mapped.selectable.tables.first()?.id.clone(), name: name.clone() })
            }
            _ => None,
        }
    }

    /// The same in a string: a class's name, a table's, or a module's before a class's.
    pub(super) fn column_of_text(
        &self,
        names: &[String],
        written: &WrittenRelationship,
        parent: &Side,
        child: &Side,
    ) -> Option<Column> {
        let (attribute, prefix) = names.split_last()?;
        let is_columns = |name: &String| name == "c" || name == "columns";
        let (prefix, by_column) = match prefix.split_last() {
            Some((last, rest)) if is_columns(last) => (rest, true),
            _ => (prefix, false),
        };
        let class_name = prefix.iter().rev().find(|name| *name != "__table__")?;
        if let Some(side) = [parent, child].into_iter().find(|side| side.name == *class_name) {
            let mapped = side.mapped.as_ref()?;
            return match by_column {
                true => Some(Column { table: mapped.selectable.tables.first()?.id.clone(), name: attribute.clone() }),
                false => mapped.column(attribute),
            };
        }
        if by_column {
            let tables = parent.selectable.tables.iter().chain(&child.selectable.tables);
            let table = tables.into_iter().find(|table| table.shown() == class_name)?;
            return Some(Column { table: table.id.clone(), name: attribute.clone() });
        }
        let class = self.registry.find(&self.classes, &prefix.join("."), &written.at)?;
        self.classes.partly_mapped(&class)?.column(attribute)
    }
}
