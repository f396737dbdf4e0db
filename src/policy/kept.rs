//! A set goes in; what the profile, or the targets of the direction, leave of it comes out.

use super::Policy;
use crate::profile::{Expunge, Profile};
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

use Direction::{ManyToMany, ManyToOne, OneToMany, OneToOne};

impl Policy<'_> {
    /// The options that may stay in the set of a relationship; expunge is decided by [`Policy::keeps_expunge`].
    pub(crate) fn kept(&self, direction: Option<Direction>) -> CascadeOptions {
        self.targets.of(direction).map(|target| target.value).unwrap_or_else(|| self.profile.kept())
    }

    /// Whether there are relationships whose expunge goes.
    pub(crate) fn can_lose_expunge(&self) -> bool {
        let directions = [OneToMany, OneToOne, ManyToOne, ManyToMany].map(Some).into_iter().chain([None]);
        let is_preserved = |direction| self.targets.of(direction).is_none() && self.profile == Profile::Preserve;
        let is_kept =
            self.expunge == Expunge::Keep || self.expunge == Expunge::Auto && directions.into_iter().all(is_preserved);
        !is_kept || self.wanted.is_some()
    }

    /// Whether expunge may stay in the set of a relationship.
    pub(crate) fn keeps_expunge(&self, direction: Option<Direction>) -> bool {
        match (self.expunge, self.targets.of(direction)) {
            (Expunge::Keep, _) => true,
            (Expunge::Drop, _) => false,
            (Expunge::Auto, Some(target)) => target.value.contains(CascadeOption::Expunge),
            (Expunge::Auto, None) if self.profile == Profile::Recommended => self.notices_expunge(),
            (Expunge::Auto, None) => self.profile == Profile::Preserve,
        }
    }
}
