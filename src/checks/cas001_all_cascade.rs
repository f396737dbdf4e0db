//! CAS001: `all` includes refresh-expire. The set without refresh-expire is written, as profile and targets have it.

use super::{Check, Judge, refresh_expire};
use crate::rules::Code;

pub(super) const CHECK: Check =
    Check::of(Code::Cas001, Judge::Sets(|subject| refresh_expire::judge(subject, Code::Cas001)));
