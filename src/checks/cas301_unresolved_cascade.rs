//! CAS301: a value that can't be known from the source. For a human, with the reason.

use super::{Check, Judge};
use crate::policy::{Judgement, NoSet};
use crate::rules::Code;

pub(super) const CHECK: Check =
    Check { needs_direction: |site, _| site.value.is_err(), ..Check::of(Code::Cas301, Judge::NoSet(judge)) };

fn judge(no_set: &NoSet) -> Option<Judgement> {
    let (reason, help) = match no_set {
        NoSet::Unknown(unknown) => (unknown.reason.clone(), unknown.help.map(str::to_owned)),
        NoSet::NoFlag(value) => (format!("`{}` is no flag", value.repr()), None),
        NoSet::Invalid(..) => return None,
    };
    Some(Judgement { help, ..Judgement::new(Code::Cas301, reason) })
}
