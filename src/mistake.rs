//! Work goes in that may come to an end that it should not; what came of it comes out, or that it did: one file must not take the others along.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is said where it did.
const MISTAKE: &str =
    "cascade-fix came to an end here that it should not, which is a mistake of its own: its standard error says where";

/// What comes of the work.
///
/// # Errors
/// It panicked.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, &'static str> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| MISTAKE)
}
