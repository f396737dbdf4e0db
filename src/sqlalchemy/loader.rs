//! The loaders that a relationship can be given beside its cascade.

use crate::python::PyValue;

/// How the objects of a relationship come to be loaded, as `lazy` says (the strategies in `sqlalchemy/orm/strategies.py`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loader {
    /// By a query when they are read.
    Select,
    /// With the parent, by one more query.
    Selectin,
    /// With the parent, by the parent's query once more.
    Subquery,
    /// With the parent, by a query for each.
    Immediate,
    /// With the parent, by its own query.
    Joined,
    /// Not at all: a read raises.
    Raise,
    /// Not by a query: a read that needs one raises.
    RaiseOnSql,
    /// Not at all: a read gives nothing.
    Noload,
    /// By a query that is written out, for each read.
    Dynamic,
    /// By a statement that is written out, for each read.
    WriteOnly,
}

impl Loader {
    /// The loader that a value of `lazy` stands for.
    pub fn of(lazy: &PyValue) -> Option<Self> {
        match lazy {
            PyValue::Bool(true) => Some(Self::Select),
            PyValue::Bool(false) => Some(Self::Joined),
            PyValue::None => Some(Self::Noload),
            PyValue::Str(name) => Self::named(name),
            _ => None,
        }
    }

    /// The loader with a name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "select" => Some(Self::Select),
            "selectin" => Some(Self::Selectin),
            "subquery" => Some(Self::Subquery),
            "immediate" => Some(Self::Immediate),
            "joined" => Some(Self::Joined),
            "raise" => Some(Self::Raise),
            "raise_on_sql" => Some(Self::RaiseOnSql),
            "noload" => Some(Self::Noload),
            "dynamic" => Some(Self::Dynamic),
            "write_only" => Some(Self::WriteOnly),
            _ => None,
        }
    }

    /// Whether it keeps none of the objects that it reads.
    pub fn keeps_nothing(self) -> bool {
        matches!(self, Self::Dynamic | Self::WriteOnly)
    }
}

/// The loader that an annotation stands for, by its name: one that keeps nothing.
pub fn unkept_by(annotation: &str) -> Option<&'static str> {
    let all = [("write_only", "WriteOnlyMapped"), ("dynamic", "DynamicMapped")];
    all.into_iter().find(|(_, word)| annotation.contains(word)).map(|(name, _)| name)
}

/// A loader that can be added to a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Lazy {
    /// A read of what is not loaded raises
    Raise,
    /// A read of what is not loaded raises where it needs a query
    RaiseOnSql,
    /// What is related is loaded with the parent, by one more query
    Selectin,
}

impl Lazy {
    /// As SQLAlchemy spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raise => "raise",
            Self::RaiseOnSql => "raise_on_sql",
            Self::Selectin => "selectin",
        }
    }

    /// What it does to a relationship, in a sentence.
    pub fn note(self) -> String {
        let effect = match self {
            Self::Raise => "a read of what is not loaded raises",
            Self::RaiseOnSql => "a read of what is not loaded raises where it needs a query",
            Self::Selectin => "what is related is loaded with the parent, by one more query",
        };
        format!("lazy=\"{}\" is added, which is why this is unsafe: {effect}", self.name())
    }

    /// Whether it raises where something is not loaded.
    pub fn raises(self) -> bool {
        self != Self::Selectin
    }
}
