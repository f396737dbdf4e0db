//! CAS105: delete beside `lazy="noload"`, which keeps it from finding the children. For a human.

use super::{Check, Judge, Subject};
use crate::policy::Judgement;
use crate::rules::Code;
use crate::sqlalchemy::cascade::CascadeOption::Delete;

pub(super) const CHECK: Check = Check::of(Code::Cas105, Judge::Sets(judge));

fn judge(subject: &Subject<'_>) -> Option<Judgement> {
    let is_noload = subject.view.keywords.lazy.can_be("noload");
    (is_noload && subject.has(Delete)).then(|| subject.needing_human(Code::Cas105))
}
