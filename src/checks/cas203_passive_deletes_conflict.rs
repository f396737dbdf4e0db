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
    let passive_deletes = &subject.view.keywords.passive_deletes;
    if !subject.has(Delete) && !subject.has(DeleteOrphan) {
        return None;
    }
    match passive_deletes.can_be("all") {
        true => Some(subject.needing_human(Code::Cas203)),
        false => subject.unread(passive_deletes, "passive_deletes", "is not \"all\""),
    }
}
