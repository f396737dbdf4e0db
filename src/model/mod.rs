//! The sites of a scan go in; what each relationship is comes out: who has it, where it leads, its direction, and the evidence.
//!
//! SQLAlchemy decides the direction when mappers are configured. It is inferred here from the tables that the source declares, by the
//! same algorithm, or it is unknown. Modules are read when a relationship needs them: those that its names lead to, and those that
//! define a class that is named by a string.

pub(crate) mod annotation;
mod bases;
mod column_function;
mod declared;
mod direction;
mod ends;
mod fixtures;
mod handed_on;
mod join;
mod links;
mod mapped;
mod names;
mod naming;
mod received;
mod registry;
mod relate;
mod statement;
mod table;
mod written;

use serde::Serialize;

use crate::module::Location;
use crate::sqlalchemy::Direction;

pub use links::{End, Families, Link, Orphans, Reaching, Way};
pub(crate) use mapped::{Classes, DeclaredModules};
pub use registry::{BytesTest, SearchFolder};
pub use relate::Model;
pub use statement::{loader, of_call};

/// What is known of a relationship; a fact that is not known is None.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Relationship {
    /// The mapped class that has the attribute.
    pub owner: Option<String>,
    /// The attribute.
    pub attribute: Option<String>,
    /// The class that the attribute leads to.
    pub target: Option<String>,
    /// one-to-many, one-to-one, many-to-one or many-to-many.
    pub direction: Option<Direction>,
    /// Whether the attribute is a collection.
    pub uselist: Option<bool>,
    /// Why the direction can't be told, where it can't.
    pub unknown: Option<String>,
    /// Where each fact comes from, in words.
    pub evidence: Vec<String>,
    /// Whether the target is the owner, or one of its bases or subclasses.
    #[serde(skip)]
    pub is_recursive: Option<bool>,
    /// Where the owner is defined.
    #[serde(skip)]
    pub owner_class: Option<Location>,
    /// Where the target is defined.
    #[serde(skip)]
    pub target_class: Option<Location>,
    /// The constructor's call, where it is one of SQLAlchemy's own.
    #[serde(skip)]
    pub call: Option<RelationshipCall>,
}

impl Relationship {
    /// `User.posts`; None where the class or the attribute is not known.
    pub fn name(&self) -> Option<String> {
        Some(format!("{}.{}", self.owner.as_ref()?, self.attribute.as_ref()?))
    }

    /// One of which nothing is known, and why.
    pub fn unknown(reason: &str) -> Self {
        Self { unknown: Some(reason.to_owned()), ..Self::default() }
    }

    /// What it is and how that is known, in words; None where nothing was looked up.
    pub fn told(&self) -> Option<String> {
        match (self.direction, &self.unknown) {
            (Some(direction), _) => Some(format!("{}: {}", direction.name(), self.evidence.join("; "))),
            (None, Some(reason)) => Some(format!("its direction is not known: {reason}")),
            (None, None) => None,
        }
    }
}

/// The call that makes a relationship.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RelationshipCall {
    /// The call.
    pub at: Location,
    /// It makes the other side of the relationship around it.
    pub is_backref: bool,
}
