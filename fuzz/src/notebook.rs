//! The bytes of a notebook.

use cascade_fix::source::Kind;

use super::decode::check_kind;
use super::whole::check_named;

/// What holds for a module holds for its cells, and what the JSON holds besides stays.
pub fn check(bytes: &[u8]) {
    check_kind(Kind::Notebook, bytes);
    check_named("models.ipynb", bytes);
}
