//! CAS003: sqlmodel's `cascade_delete=True`, which stands for `all, delete-orphan`. The set without refresh-expire is written, as profile and targets have it.

use super::{Check, Judge, refresh_expire};
use crate::rules::Code;

pub(super) const CHECK: Check =
    Check::of(Code::Cas003, Judge::Sets(|subject| refresh_expire::judge(subject, Code::Cas003)));
