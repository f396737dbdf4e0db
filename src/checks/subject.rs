//! What a check looks at, and the judgements that it can make of it.

use crate::policy::{Applicability, Change, EffectiveSet, Judgement, Policy, Shift, View, notes};
use crate::resolve::Keyword;
use crate::rules::Code;
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

use CascadeOption::{Delete, DeleteOrphan};

/// The relationships that get a value and of which the same is known.
pub(super) struct Subject<'a> {
    /// The relationships, and what is known of them.
    pub view: &'a View<'a>,
    /// The set that each alternative of the value gives, in order.
    pub sets: &'a [EffectiveSet],
    /// What users want.
    pub policy: &'a Policy<'a>,
}

impl Subject<'_> {
    /// Whether one of the sets has an option.
    pub fn has(&self, option: CascadeOption) -> bool {
        self.sets.iter().any(|set| set.has(option))
    }

    /// What any of the sets has.
    fn before(&self) -> CascadeOptions {
        CascadeOptions::union(self.sets.iter().map(|set| set.options))
    }

    /// Judged as what needs a human: there is no fix.
    pub fn needing_human(&self, code: Code) -> Judgement {
        Judgement { before: Some(self.before()), ..Judgement::new(code, String::new()) }
    }

    /// What a human has to look at where an argument decides that can't be read; None where it can.
    pub fn unread(&self, argument: &Keyword, name: &str, needed: &str) -> Option<Judgement> {
        let reason = format!("{name} beside it can't be known: {}", argument.unread()?);
        let help = Some(format!("check by hand that {name} {needed}"));
        Some(Judgement { reason, help, ..self.needing_human(Code::Cas301) })
    }

    /// delete where others can refer to what is deleted.
    pub fn shared_delete(&self, code: Code, of: Direction) -> Option<Judgement> {
        if self.view.direction != Some(of) {
            return None;
        }
        let drop: CascadeOptions = [Delete, DeleteOrphan].into_iter().collect();
        self.changed(code, |set| set.has(Delete).then(|| Shift::dropping(drop)))
    }

    /// An unsafe change of the alternatives that get a shift; None where none does.
    pub fn changed(&self, code: Code, shift: impl Fn(&EffectiveSet) -> Option<Shift>) -> Option<Judgement> {
        let each: Vec<Option<Shift>> = self.sets.iter().map(shift).collect();
        let dropped = CascadeOptions::union(each.iter().flatten().map(|shift| shift.drop));
        if each.iter().all(Option::is_none) {
            return None;
        }
        let before = self.before();
        let lost = before.minus(before.minus(dropped));
        let lost = lost.iter().flat_map(|option| notes::of_lost(option, self.view, before, self.policy));
        let added = CascadeOptions::union(each.iter().flatten().map(|shift| shift.add));
        let notes = lost.chain(added.iter().filter_map(notes::of_added)).collect();
        let change = Change { applicability: Applicability::Unsafe, each, lazy: None, notes };
        Some(Judgement { before: Some(before), change: Some(change), ..Judgement::new(code, String::new()) })
    }
}
