//! A site goes in; the verdict of all checks comes out: what there is to tell, and what to write instead.
//!
//! A check is a file that is named by its code: what it needs, and how it judges. Its text is in `rules/diagnostics`.

mod cas001_all_cascade;
mod cas002_refresh_expire_cascade;
mod cas003_sqlmodel_cascade_delete;
mod cas101_many_to_many_delete;
mod cas102_many_to_one_delete;
mod cas103_missing_save_update;
mod cas104_orphan_without_delete;
mod cas105_noload_with_delete;
mod cas201_invalid_cascade_option;
mod cas202_orphan_needs_single_parent;
mod cas203_passive_deletes_conflict;
mod cas204_viewonly_write_cascade;
mod cas301_unresolved_cascade;

mod chosen;
mod consensus;
mod module_check;
mod refresh_expire;
mod subject;

use std::collections::BTreeSet;

use crate::policy::{EffectiveSet, Judgement, NoSet, Policy, Verdict, possible};
use crate::rules::Code;
use crate::site::{Flag, Site};

pub use module_check::{Correction, ModuleCheck, ModuleView, Sighting};
use subject::Subject;

/// Every check, in the order of their codes, which is that of what is told of a site.
const ALL: &[Check] = &[
    cas001_all_cascade::CHECK,
    cas002_refresh_expire_cascade::CHECK,
    cas003_sqlmodel_cascade_delete::CHECK,
    cas101_many_to_many_delete::CHECK,
    cas102_many_to_one_delete::CHECK,
    cas103_missing_save_update::CHECK,
    cas104_orphan_without_delete::CHECK,
    cas105_noload_with_delete::CHECK,
    cas201_invalid_cascade_option::CHECK,
    cas202_orphan_needs_single_parent::CHECK,
    cas203_passive_deletes_conflict::CHECK,
    cas204_viewonly_write_cascade::CHECK,
    cas301_unresolved_cascade::CHECK,
];

/// Every check that is not about cascades.
pub const OF_MODULES: &[ModuleCheck] = &[];

/// What is looked for under one code in the cascades of relationships.
struct Check {
    code: Code,
    judge: Judge,
    /// Whether the direction of the relationships is to be looked up for a site, whose values have these sets: to judge it, or to tell of
    /// it. That reads other files.
    needs_direction: fn(&Site, &[EffectiveSet]) -> bool,
    /// Why a list that someone wants to be written can't be, where the check has something against it.
    refuses: fn(&Judgement) -> Option<String>,
}

/// What a check looks at.
enum Judge {
    /// The sets that a relationship can get.
    Sets(fn(&Subject<'_>) -> Option<Judgement>),
    /// A value that gives no set.
    NoSet(fn(&NoSet) -> Option<Judgement>),
}

impl Check {
    /// A check that needs no direction, and has nothing against a list that someone chose.
    const fn of(code: Code, judge: Judge) -> Self {
        Self { code, judge, needs_direction: |_, _| false, refuses: |_| None }
    }
}

/// The codes that are checked, in order.
pub fn codes() -> impl Iterator<Item = Code> {
    let of_modules = OF_MODULES.iter().map(|check| check.code);
    let codes: BTreeSet<Code> = ALL.iter().map(|check| check.code).chain(of_modules).collect();
    codes.into_iter()
}

/// Decides about a site.
pub(crate) fn judge(site: &Site, policy: &Policy<'_>) -> Verdict {
    if site.flag == Some(Flag::Overridden) {
        return Verdict::Safe;
    }
    let value = match &site.value {
        Ok(value) => value,
        Err(unknown) => return Verdict::of(without_set(&NoSet::Unknown(unknown.clone())), policy),
    };
    if value.alternatives.is_empty() {
        return Verdict::HandedIn;
    }
    let (mut given, mut refused) = (Vec::new(), Vec::new());
    for alternative in &value.alternatives {
        match EffectiveSet::of(site, &alternative.value) {
            Ok(set) => given.push(set),
            Err(no_set) => refused.push(no_set),
        }
    }
    let Some(no_set) = refused.first() else {
        return Verdict::of(consensus::judge(site, &given, policy), policy);
    };
    let mut judgements = without_set(no_set);
    if !given.is_empty() {
        judgements.extend(consensus::judge(site, &given, policy).into_iter().map(beside_refused));
    }
    Verdict::of(judgements, policy)
}

/// What is told of the sets beside another value that gives none: it is for whoever mends that one.
fn beside_refused(judgement: Judgement) -> Judgement {
    let help = judgement.change.as_ref().map(|_| "write the list by hand, with the value that is refused".to_owned());
    Judgement { change: None, help: help.or(judgement.help), ..judgement }
}

/// Whether the verdict on a site can depend on its direction, or is likely to be told with it.
pub(crate) fn asks_direction(site: &Site, policy: &Policy<'_>) -> bool {
    let given = possible(site);
    // which list replaces the set is decided by the direction, whatever the codes that are reported
    given.iter().any(EffectiveSet::is_hazard)
        || ALL.iter().any(|check| policy.selection.has(check.code) && (check.needs_direction)(site, &given))
}

/// What the checks say of a value that gives no set.
fn without_set(no_set: &NoSet) -> Vec<Judgement> {
    let judge = |check: &Check| if let Judge::NoSet(judge) = check.judge { judge(no_set) } else { None };
    ALL.iter().filter_map(judge).collect()
}

/// What the checks say of the sets that a relationship can get.
fn of_sets(subject: &Subject<'_>) -> Vec<Judgement> {
    let judge = |check: &Check| if let Judge::Sets(judge) = check.judge { judge(subject) } else { None };
    ALL.iter().filter_map(judge).collect()
}
