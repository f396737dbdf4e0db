//! CAS203: delete or delete-orphan beside `passive_deletes="all"`, which SQLAlchemy refuses. For a human.

use super::{Check, Judge, Subject};
use crate::policy::Judgement;
use crate::rules::Code;
use crate::sqlalchemy::cascade::CascadeOption::{Delete, DeleteOrphan};

pub(super) const CHECK: Check = Check {
    refuses: |_| Some("it has passive_deletes=\"all\", beside which SQLAlchemy refuses delete".to_owned()),
    ..Check::of(Code::Cas203, Judge::Sets(judge))
};

fn judge(subject: &Subject<'_>) -> Option<Judgement> {
    let is_all = subject.view.keywords.passive_deletes.is("all");
    (is_all && (subject.has(Delete) || subject.has(DeleteOrphan))).then(|| subject.for_a_human(Code::Cas203))
}
