//! CAS101: delete on a many-to-many deletes rows that others share. Without delete and delete-orphan.

use super::{Check, Judge};
use crate::rules::Code;
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::CascadeOption;

pub(super) const CHECK: Check = Check {
    needs_direction: |_, sets| sets.iter().any(|set| set.has(CascadeOption::Delete)),
    ..Check::of(Code::Cas101, Judge::Sets(|subject| subject.shared_delete(Code::Cas101, Direction::ManyToMany)))
};
