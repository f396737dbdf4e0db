//! CAS202: delete-orphan on a many-to-one or many-to-many without `single_parent=True`, which SQLAlchemy refuses. For a human.

use super::{Check, Judge, Subject};
use crate::policy::Judgement;
use crate::python::PyValue;
use crate::rules::Code;
use crate::site::{Keyword, Keywords};
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::CascadeOption::DeleteOrphan;

pub(super) const CHECK: Check = Check {
    needs_direction: |site, given| {
        given.iter().any(|given| given.has(DeleteOrphan))
            && site.givens.iter().any(|given| may_lack_single_parent(&given.keywords))
    },
    refuses: |judgement| Some(format!("{}, and delete-orphan needs single_parent=True then", judgement.reason)),
    ..Check::of(Code::Cas202, Judge::Sets(judge))
};

fn judge(subject: &Subject<'_>) -> Option<Judgement> {
    let known = subject.view.direction?;
    let is_shared = matches!(known, Direction::ManyToMany | Direction::ManyToOne);
    let is_refused = is_shared && subject.has(DeleteOrphan) && may_lack_single_parent(subject.view.keywords);
    let reason = format!("this is a {}", known.name());
    is_refused.then(|| Judgement { reason, ..subject.for_a_human(Code::Cas202) })
}

fn may_lack_single_parent(keywords: &Keywords) -> bool {
    matches!(&keywords.single_parent, Keyword::Absent | Keyword::Given(PyValue::Bool(false) | PyValue::None))
}
