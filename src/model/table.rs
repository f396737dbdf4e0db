//! What a table is here: its name, and the foreign keys of its columns.

use super::naming::is_name_for;
use crate::module::Location;

/// A table by where it is declared: the call of `Table`, or the mapped class that has it.
pub type TableId = Location;

/// A table's name in its schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TableName {
    /// The schema.
    pub schema: Schema,
    /// The name.
    pub name: String,
}

/// The schema that a table is in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Schema {
    /// None is given.
    #[default]
    Default,
    /// One is given.
    Named(String),
    /// One may be given, and can't be read here.
    Unknown,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Column {
    /// Its table.
    pub table: TableId,
    /// Its name in the database.
    pub name: String,
}

/// What a foreign key refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForeignKeyTarget {
    /// A column of a table by name, as in `ForeignKey("user.id")`; without the column, the one of the same name.
    Named(TableName, Option<String>),
    /// A column of a table, as in `ForeignKey(users.c.id)`.
    Of(Column),
    /// What an expression gives in a function that is called for each class, as in `ForeignKey(f"{cls.__name__}.id")`.
    Made(Location),
    /// An attribute of a mapped class, as in `ForeignKey(User.id)`.
    Attribute(Location, String),
}

/// A foreign key constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The constrained columns, by name, and what each refers to.
    pub columns: Vec<(String, ForeignKeyTarget)>,
    /// Where it is declared.
    pub at: Location,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Which one.
    pub id: TableId,
    /// Its name; None where it can't be known.
    pub name: Option<TableName>,
    /// The class that has it, where a base class outside of the repository names the table.
    pub named_after: Option<String>,
    /// Its foreign keys, as far as they are known.
    pub keys: Vec<ForeignKey>,
    /// It may have columns that are not seen.
    pub is_open: bool,
}

impl TableName {
    /// Reads `schema.table`, where a schema may have dots itself.
    pub fn parse(text: &str) -> Self {
        match text.rsplit_once('.') {
            Some((schema, name)) => Self { schema: Schema::Named(schema.to_owned()), name: name.to_owned() },
            None => Self { schema: Schema::Default, name: text.to_owned() },
        }
    }

    fn is(&self, table: &Table) -> bool {
        match (&table.name, &table.named_after) {
            (Some(name), _) => self.name == name.name && (name.schema == Schema::Unknown || name.schema == self.schema),
            (None, Some(class)) => is_name_for(&self.name, class),
            (None, None) => false,
        }
    }
}

impl ForeignKeyTarget {
    /// Reads `table.column` or `schema.table.column`; a text without a dot names the table alone (`Column._resolve_col_tokens` of
    /// SQLAlchemy).
    pub fn parse(text: &str) -> Self {
        match text.rsplit_once('.') {
            Some((table, column)) => Self::Named(TableName::parse(table), Some(column.to_owned())),
            None => Self::Named(TableName::parse(text), None),
        }
    }

    /// The column of the table that a column with the name refers to; None if it refers to another table.
    pub fn column_in(&self, table: &Table, own_name: &str) -> Option<Column> {
        let name = match self {
            Self::Named(of, column) if of.is(table) => column.clone().unwrap_or_else(|| own_name.to_owned()),
            Self::Of(column) if column.table == table.id => column.name.clone(),
            _ => return None,
        };
        Some(Column { table: table.id.clone(), name })
    }
}

impl Table {
    /// The name, as a report shows it.
    pub fn shown(&self) -> &str {
        let name = self.name.as_ref().map(|name| name.name.as_str());
        name.or(self.named_after.as_deref()).unwrap_or("?")
    }

    /// The foreign keys that refer to a column of another table, or of this one: the constraint, the column there and its own.
    pub fn keys_to<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a ForeignKey, Vec<(Column, Column)>)> {
        self.keys.iter().filter_map(|key| {
            let pairs: Vec<(Column, Column)> = key
                .columns
                .iter()
                .filter_map(|(name, reference)| {
                    let own = Column { table: self.id.clone(), name: name.clone() };
                    Some((reference.column_in(other, name)?, own))
                })
                .collect();
            (!pairs.is_empty()).then_some((key, pairs))
        })
    }
}
