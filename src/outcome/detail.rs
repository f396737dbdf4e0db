//! What a kind of check knows of a finding beside its core: of a cascade, its sets and what their change means. A finding of a check
//! that is not about cascades has none of it; what another kind has to tell gets a field beside.

use super::ToldCall;
use crate::policy::Hazard;
use crate::reach::Level;
use crate::sqlalchemy::Lazy;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

/// What kinds of checks know of a finding.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// Of a check of cascades.
    pub cascade: Option<CascadeDetail>,
    /// Who reaches the relationship, where that matters.
    pub reach: Option<ReachDetail>,
}

/// Who refreshes or expires objects that lead to a relationship.
#[derive(Debug, Clone)]
pub struct ReachDetail {
    /// What of the code comes to it today.
    pub level: Level,
    /// Nothing of the product does.
    pub is_by_tests_alone: bool,
    /// The calls that do.
    pub calls: Vec<ToldCall>,
    /// The calls of the product of which it can't be told whether they do, where all relationships were asked for.
    pub open: Vec<ToldCall>,
}

/// The sets of a cascade.
#[derive(Debug, Clone, Default)]
pub struct CascadeDetail {
    /// What refresh-expire can do there, where the finding is about that.
    pub hazard: Option<Hazard>,
    /// The effective set now, where it is known.
    pub before: Option<CascadeOptions>,
    /// What the fix makes of it.
    pub change: Option<SetChange>,
}

/// What a fix makes of a set.
#[derive(Debug, Clone)]
pub struct SetChange {
    /// The effective set afterwards.
    pub after: CascadeOptions,
    /// The options that go.
    pub lost: CascadeOptions,
    /// The effective set of each value that there can be, now and afterwards.
    pub branches: Vec<(CascadeOptions, CascadeOptions)>,
    /// The loader that is added.
    pub lazy: Option<Lazy>,
}

impl Details {
    /// What refresh-expire can do there; None of what is not about it.
    pub fn hazard(&self) -> Option<Hazard> {
        self.cascade.as_ref()?.hazard
    }

    /// What of the code comes to the relationship today, where the finding is about that.
    pub fn level(&self) -> Option<Level> {
        Some(self.reach.as_ref()?.level)
    }

    /// The effective set now, where it is known.
    pub fn before(&self) -> Option<CascadeOptions> {
        self.cascade.as_ref()?.before
    }

    /// What the fix makes of the set.
    pub fn change(&self) -> Option<&SetChange> {
        self.cascade.as_ref()?.change.as_ref()
    }

    /// The effective set after the fix.
    pub fn after(&self) -> Option<CascadeOptions> {
        Some(self.change()?.after)
    }

    /// The options that go.
    pub fn lost(&self) -> CascadeOptions {
        self.change().map(|change| change.lost).unwrap_or_default()
    }

    /// What is to be written, in words.
    pub(super) fn written(&self) -> Option<String> {
        self.change().map(SetChange::written)
    }

    /// Whether nothing that is read after a refresh depends on it, and no other option comes or goes.
    pub(super) fn is_of_form(&self) -> bool {
        self.hazard() == Some(Hazard::Form) && self.change().is_none_or(SetChange::is_of_form)
    }

    /// Forgets what a fix would have changed.
    pub(super) fn drop_change(&mut self) {
        if let Some(cascade) = &mut self.cascade {
            cascade.change = None;
        }
    }
}

impl SetChange {
    /// Whether no option comes, and none goes but refresh-expire, and expunge where nothing notices that.
    pub fn is_of_form(&self) -> bool {
        let rest = self.lost.without(CascadeOption::RefreshExpire).without(CascadeOption::Expunge);
        let has_more = |(before, after): &(CascadeOptions, CascadeOptions)| !after.minus(*before).is_empty();
        rest.is_empty() && !self.branches.iter().any(has_more)
    }

    /// One list, or those of several branches.
    fn written(&self) -> String {
        let mut lists: Vec<CascadeOptions> = Vec::new();
        for (before, after) in &self.branches {
            if before != after && !lists.contains(after) {
                lists.push(*after);
            }
        }
        let lists = if lists.is_empty() { vec![self.after] } else { lists };
        lists.iter().map(|list| format!("`{list}`")).collect::<Vec<_>>().join(" or ")
    }
}
