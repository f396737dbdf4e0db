//! Finds SQLAlchemy cascades that are unsafe under asyncio and writes the explicit list.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Syntax trees are made of many small pieces, on several threads; the parser's own go here too.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cascade_fix::cli::main()
}
