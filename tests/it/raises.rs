//! Reads that are told to raise do raise, in random asynchronous programs that SQLAlchemy runs.

use std::process::Command;

use crate::common::sqlalchemy::python;

#[test]
fn reads_that_are_told_raise_in_that_line_and_none_does_after_the_fix() {
    let run = Command::new(python())
        .args(["scripts/raises.py", "--jobs", "2", "--count", "100", "--bin", env!("CARGO_BIN_EXE_cascade-fix")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert_eq!(run.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.contains("raises: 0 wrong and 0 left by the fix"), "{said}");
}
