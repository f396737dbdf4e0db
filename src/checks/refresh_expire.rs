//! Sets with refresh-expire go in; what to write in their place comes out: what CAS001, CAS002 and CAS003 share.

use super::Subject;
use crate::policy::{Applicability, Change, EffectiveSet, Judgement, Note, Policy, Shift, View, notes};
use crate::rules::Code;
use crate::site::Flag;
use crate::sqlalchemy::Lazy;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

/// Judges the sets under a code; None where refresh-expire is in none of them, or the way of writing has another code.
pub(super) fn judge(subject: &Subject<'_>, code: Code) -> Option<Judgement> {
    let Subject { view, sets, policy } = *subject;
    let hazards = sets.iter().filter(|set| set.is_hazard());
    if hazards.clone().map(|set| set.code).min() != Some(code) {
        return None;
    }
    let lost_of = |set: &EffectiveSet| set.options.minus(policy.after(view, set.options));
    let before = CascadeOptions::union(sets.iter().map(|set| set.options));
    let lost = CascadeOptions::union(hazards.clone().map(lost_of));
    if let Some(Flag::OutOfReach(reason)) = &view.site.flag {
        let help = format!("{reason}; have it set \"cascade\": \"{}\"", before.minus(lost));
        return Some(Judgement { before: Some(before), help: Some(help), ..Judgement::new(code, String::new()) });
    }
    let (lazy, refusal) = policy.loader(view, before.minus(lost));
    let is_safe = |option: CascadeOption| match option {
        CascadeOption::RefreshExpire => true,
        CascadeOption::Expunge => !policy.notices_expunge(),
        _ => false,
    };
    let takes_writes = policy.viewonly_writes() && hazards.clone().any(|set| set.written != set.options);
    let is_safe = lost.iter().all(is_safe) && lazy.is_none() && !takes_writes;
    let change = Change {
        applicability: if is_safe { Applicability::Safe } else { Applicability::Unsafe },
        each: sets.iter().map(|set| set.is_hazard().then(|| Shift::dropping(lost_of(set)))).collect(),
        lazy,
        notes: notes::of_hazard(view, sets, before, lost, policy)
            .into_iter()
            .chain(refusal.map(Note::of_form))
            .chain(lazy.map(|lazy| Note::of_behaviour(lazy.note())))
            .collect(),
    };
    Some(Judgement { before: Some(before), change: Some(change), ..Judgement::new(code, String::new()) })
}

impl Policy<'_> {
    /// What is written in place of a set that has refresh-expire.
    fn after(&self, view: &View<'_>, before: CascadeOptions) -> CascadeOptions {
        let kept = self.kept(view.direction).without(CascadeOption::RefreshExpire).without(CascadeOption::Expunge);
        let mut after = before.minus(CascadeOptions::ALL.minus(kept));
        if before.contains(CascadeOption::Expunge) && self.keeps_expunge(view.direction) {
            after = after.with(CascadeOption::Expunge);
        }
        after
    }

    /// The loader to add to a site whose set is to be another, or why there is none though one is wanted.
    fn loader(&self, view: &View<'_>, after: CascadeOptions) -> (Option<Lazy>, Option<String>) {
        let Some(lazy) = self.lazy else { return (None, None) };
        let is_old = || self.surroundings.version().is_some_and(|version| version.major < 2);
        let refusal = if let Err(why) = view.site.takes_loader(view.keywords) {
            why
        } else if lazy.raises() && is_old() && after.contains(CascadeOption::Delete) {
            "SQLAlchemy 1.4 loads the collection to delete its objects, and the loader would raise".to_owned()
        } else {
            return (Some(lazy), None);
        };
        (None, Some(format!("lazy=\"{}\" is not added: {refusal}", lazy.name())))
    }
}
