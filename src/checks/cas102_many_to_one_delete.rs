//! CAS102: delete on a many-to-one deletes the parent with the child. Without delete and delete-orphan.

use super::{Check, Judge};
use crate::rules::Code;
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::CascadeOption;

pub(super) const CHECK: Check = Check {
    needs_direction: |_, sets| sets.iter().any(|set| set.has(CascadeOption::Delete)),
    ..Check::of(Code::Cas102, Judge::Sets(|subject| subject.shared_delete(Code::Cas102, Direction::ManyToOne)))
};
