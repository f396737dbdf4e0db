//! CAS204: options that write beside `viewonly=True`. Without them; the list is written anew anyway where refresh-expire is in it.

use super::{Check, Judge, Subject};
use crate::policy::{EffectiveSet, Judgement, Shift, notes};
use crate::rules::Code;

pub(super) const CHECK: Check = Check::of(Code::Cas204, Judge::Sets(judge));

fn judge(subject: &Subject<'_>) -> Option<Judgement> {
    let writes = |set: &EffectiveSet| set.written != set.options && !set.is_hazard();
    let found = subject.changed(Code::Cas204, |set| writes(set).then(Shift::default))?;
    Some(Judgement { reason: notes::of_viewonly(subject.policy).to_owned(), ..found })
}
