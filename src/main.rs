//! Finds SQLAlchemy cascades that include refresh-expire and writes the explicit list.

use std::process::ExitCode;

/// A run makes very many small values on several threads, which this one is quicker at than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cascade_fix::cli::main()
}
