//! The bytes of a template, in each language.

use super::whole::check_named;

/// What holds for a module holds for what is filled in to make one.
pub fn check(bytes: &[u8]) {
    check_named("models.py.j2", bytes);
    check_named("models.py.mako", bytes);
}
