//! Finds SQLAlchemy cascades that are unsafe under asyncio and writes the explicit list.

use std::process::ExitCode;

fn main() -> ExitCode {
    cascade_fix::cli::main()
}
