//! Which options may stay in a cascade, by the direction of the relationship: what users choose.

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

use CascadeOption::{Delete, DeleteOrphan, RefreshExpire, SaveUpdate};

/// Which list replaces an unsafe one. Each leaves something out and adds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Profile {
    /// Drops refresh-expire, and expunge where neither the repository nor SQLAlchemy itself expunges what has it
    #[default]
    Recommended,
    /// Drops refresh-expire alone
    Preserve,
    /// Keeps save-update, delete, delete-orphan alone: merge is lost
    Minimal,
    /// Keeps delete, delete-orphan alone: children added through the relationship are not inserted
    Bare,
    /// Keeps delete alone
    Delete,
    /// Keeps nothing
    None,
}

impl Profile {
    /// The options that it keeps.
    pub(crate) fn kept(self) -> CascadeOptions {
        let kept: &[CascadeOption] = match self {
            Self::Recommended | Self::Preserve => return CascadeOptions::ALL.without(RefreshExpire),
            Self::Minimal => &[SaveUpdate, Delete, DeleteOrphan],
            Self::Bare => &[Delete, DeleteOrphan],
            Self::Delete => &[Delete],
            Self::None => &[],
        };
        kept.iter().copied().collect()
    }
}

/// Whether expunge stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Expunge {
    /// As the targets and the profile say
    #[default]
    Auto,
    /// Always
    Keep,
    /// Never
    Drop,
}

/// Something for each direction of a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
pub struct Targets<T = CascadeOptions> {
    /// The parent's collection of children.
    pub one_to_many: Option<T>,
    /// The parent's only child.
    pub one_to_one: Option<T>,
    /// The child's parent.
    pub many_to_one: Option<T>,
    /// A collection by way of an association table.
    pub many_to_many: Option<T>,
    /// A relationship whose direction is not known.
    pub unknown: Option<T>,
}

impl<T> Default for Targets<T> {
    fn default() -> Self {
        Self { one_to_many: None, one_to_one: None, many_to_one: None, many_to_many: None, unknown: None }
    }
}

impl<T> Targets<T> {
    /// The same of other things.
    pub fn map<U>(self, each: impl Fn(T) -> U) -> Targets<U> {
        Targets {
            one_to_many: self.one_to_many.map(&each),
            one_to_one: self.one_to_one.map(&each),
            many_to_one: self.many_to_one.map(&each),
            many_to_many: self.many_to_many.map(&each),
            unknown: self.unknown.map(&each),
        }
    }

    /// What is given, by the name of the direction.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, &T)> {
        let each = [
            ("one-to-many", &self.one_to_many),
            ("one-to-one", &self.one_to_one),
            ("many-to-one", &self.many_to_one),
            ("many-to-many", &self.many_to_many),
            ("unknown", &self.unknown),
        ];
        each.into_iter().filter_map(|(name, target)| Some((name, target.as_ref()?)))
    }

    /// What is given for a direction, or for one that is not known.
    pub fn of(&self, direction: Option<Direction>) -> Option<&T> {
        match direction {
            Some(Direction::OneToMany) => self.one_to_many.as_ref(),
            Some(Direction::OneToOne) => self.one_to_one.as_ref(),
            Some(Direction::ManyToOne) => self.many_to_one.as_ref(),
            Some(Direction::ManyToMany) => self.many_to_many.as_ref(),
            None => self.unknown.as_ref(),
        }
    }
}
