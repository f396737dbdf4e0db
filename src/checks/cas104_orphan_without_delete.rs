//! CAS104: delete-orphan without delete. Where others can refer to the object, or the policy keeps no delete, it goes; elsewhere delete
//! comes.

use super::{Check, Judge, Subject};
use crate::policy::{EffectiveSet, Judgement, Shift};
use crate::rules::Code;
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::CascadeOption::{Delete, DeleteOrphan};

pub(super) const CHECK: Check = Check {
    needs_direction: |_, sets| sets.iter().any(is_orphan_alone),
    ..Check::of(Code::Cas104, Judge::Sets(judge))
};

fn judge(subject: &Subject<'_>) -> Option<Judgement> {
    let kept = subject.policy.kept(subject.view.direction);
    let is_shared = matches!(subject.view.direction, Some(Direction::ManyToMany | Direction::ManyToOne));
    let shift = if is_shared || !kept.contains(Delete) || !kept.contains(DeleteOrphan) {
        Shift::dropping([DeleteOrphan].into_iter().collect())
    } else {
        Shift::adding(Delete)
    };
    subject.changed(Code::Cas104, |set| is_orphan_alone(set).then_some(shift))
}

fn is_orphan_alone(set: &EffectiveSet) -> bool {
    set.has(DeleteOrphan) && !set.has(Delete)
}
