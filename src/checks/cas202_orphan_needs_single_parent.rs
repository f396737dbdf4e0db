//! CAS202: delete-orphan on a many-to-one or many-to-many without `single_parent=True`, which SQLAlchemy refuses. For a human.

use super::{Check, Judge, Subject};
use crate::policy::Judgement;
use crate::rules::Code;
use crate::site::Keywords;
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::CascadeOption::DeleteOrphan;

pub(super) const CHECK: Check = Check {
    needs_direction: |site, sets| {
        let may_be_refused =
            |keywords: &Keywords| keywords.single_parent.can_be_off() || keywords.single_parent.unread().is_some();
        sets.iter().any(|set| set.has(DeleteOrphan))
            && site.recipients.iter().any(|given| may_be_refused(&given.keywords))
    },
    refuses: |judgement| Some(format!("{}, and delete-orphan needs single_parent=True then", judgement.reason)),
    ..Check::of(Code::Cas202, Judge::Sets(judge))
};

fn judge(subject: &Subject<'_>) -> Option<Judgement> {
    let known = subject.view.direction?;
    let single_parent = &subject.view.keywords.single_parent;
    if !matches!(known, Direction::ManyToMany | Direction::ManyToOne) || !subject.has(DeleteOrphan) {
        return None;
    }
    let reason = format!("this is a {}", known.name());
    match single_parent.can_be_off() {
        true => Some(Judgement { reason, ..subject.needing_human(Code::Cas202) }),
        false => subject.unread(single_parent, "single_parent", "is True"),
    }
}
