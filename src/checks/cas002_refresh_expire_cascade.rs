//! CAS002: refresh-expire itself is in the list. The set without refresh-expire is written, as profile and targets have it.

use super::{Check, Judge, refresh_expire};
use crate::rules::Code;

pub(super) const CHECK: Check =
    Check::of(Code::Cas002, Judge::Sets(|subject| refresh_expire::judge(subject, Code::Cas002)));
