//! A set goes in; what a profile leaves of it comes out.

use clap::ValueEnum;

use super::Policy;
use crate::cascade::{CascadeOption, CascadeOptions};
use crate::model::Direction;
use crate::settings::{Expunge, Targets};

use Direction::{ManyToMany, ManyToOne, OneToMany, OneToOne};

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

impl<T> Targets<T> {
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

impl Profile {
    /// The options that it keeps.
    fn kept(self) -> CascadeOptions {
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

impl Policy<'_> {
    /// The options that may stay in the set of a relationship; expunge is decided by [`Policy::keeps_expunge`].
    pub(super) fn kept(&self, direction: Option<Direction>) -> CascadeOptions {
        self.targets.of(direction).map(|target| target.value).unwrap_or_else(|| self.profile.kept())
    }

    /// Whether there are relationships whose expunge goes.
    pub(super) fn can_lose_expunge(&self) -> bool {
        let directions = [OneToMany, OneToOne, ManyToOne, ManyToMany].map(Some).into_iter().chain([None]);
        let is_preserved = |direction| self.targets.of(direction).is_none() && self.profile == Profile::Preserve;
        let is_kept =
            self.expunge == Expunge::Keep || self.expunge == Expunge::Auto && directions.into_iter().all(is_preserved);
        !is_kept || self.wanted.is_some()
    }

    /// Whether expunge may stay in the set of a relationship.
    pub(super) fn keeps_expunge(&self, direction: Option<Direction>) -> bool {
        match (self.expunge, self.targets.of(direction)) {
            (Expunge::Keep, _) => true,
            (Expunge::Drop, _) => false,
            (Expunge::Auto, Some(target)) => target.value.contains(CascadeOption::Expunge),
            (Expunge::Auto, None) if self.profile == Profile::Recommended => self.notices_expunge(),
            (Expunge::Auto, None) => self.profile == Profile::Preserve,
        }
    }
}
