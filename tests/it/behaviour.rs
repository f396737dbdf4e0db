//! Programs of session calls do the same before and after a safe fix, on models at random.

use std::process::{Command, Output};

use crate::common::sqlalchemy::python;

fn behaviour(arguments: &[&str]) -> Output {
    Command::new(python())
        .args(["scripts/behaviour.py", "--jobs", "2", "--bin", env!("CARGO_BIN_EXE_cascade-fix")])
        .args(arguments)
        .output()
        .unwrap()
}

/// The last line says how many of how many programs differ.
fn differ(output: &Output) -> (usize, usize) {
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().last().unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let mut numbers = line.split(' ').filter_map(|word| word.parse().ok());
    let numbers = numbers.next().zip(numbers.next()).unwrap_or_else(|| panic!("{said}"));
    assert_eq!(output.status.code(), Some(i32::from(numbers.0 > 0)), "{said}");
    if numbers.0 > 0 {
        println!("{said}");
    }
    numbers
}

#[test]
fn what_programs_do_stays_the_same() {
    let (differing, all) = differ(&behaviour(&["--count", "100"]));
    assert_eq!(differing, 0);
    assert!(all > 80, "{all}");
}

#[test]
fn refresh_and_expire_do_no_more_and_no_less_than_is_documented() {
    let (differing, all) = differ(&behaviour(&["--count", "40", "--refresh"]));
    assert_eq!(differing, 0);
    assert!(all > 30, "{all}");
}

#[test]
fn a_fix_that_drops_what_sqlalchemy_itself_uses_is_noticed() {
    assert!(differ(&behaviour(&["--seed", "3", "--count", "5", "--expunge", "drop", "--show", "1"])).0 > 0);
}
