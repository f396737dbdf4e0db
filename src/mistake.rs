//! A piece of work goes in, such as the check of one file; its result comes out or, where it panics, a message. A mistake of this program
//! in one file must not end the check of the others.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// The message in place of the result of work that panicked.
const MISTAKE: &str =
    "cascade-fix came to an end here that it should not, which is a mistake of its own: its standard error says where";

/// The result of a piece of work.
///
/// # Errors
/// The work panicked.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, &'static str> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| MISTAKE)
}
