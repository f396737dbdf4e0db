//! CAS103: something cascades, and save-update does not: children that are added through the relationship are not inserted. With
//! save-update, where the profile keeps it.

use super::{Check, Judge, Subject};
use crate::policy::{EffectiveSet, Judgement, Shift};
use crate::rules::Code;
use crate::sqlalchemy::cascade::CascadeOption::SaveUpdate;

pub(super) const CHECK: Check = Check::of(Code::Cas103, Judge::Sets(judge));

fn judge(subject: &Subject<'_>) -> Option<Judgement> {
    if subject.view.site.viewonly || !subject.policy.kept(subject.view.direction).contains(SaveUpdate) {
        return None;
    }
    let lacks = |set: &EffectiveSet| !set.options.is_empty() && !set.has(SaveUpdate);
    subject.changed(Code::Cas103, |set| lacks(set).then(|| Shift::adding(SaveUpdate)))
}
