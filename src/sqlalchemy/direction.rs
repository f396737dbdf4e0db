//! Which way a relationship leads.

use serde::Serialize;

/// Which rows a relationship leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Many rows that refer to the owner's.
    OneToMany,
    /// One row that refers to the owner's.
    OneToOne,
    /// The row that the owner's refers to.
    ManyToOne,
    /// Rows that a third table relates.
    ManyToMany,
}

impl Direction {
    /// As it is written: `one-to-many`.
    pub fn name(self) -> &'static str {
        match self {
            Self::OneToMany => "one-to-many",
            Self::OneToOne => "one-to-one",
            Self::ManyToOne => "many-to-one",
            Self::ManyToMany => "many-to-many",
        }
    }
}
