//! What `scripts/fuzz.sh` begins with, `fuzz/seeds`, holds what the fuzzer looks for: the targets' own functions, without the fuzzer.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rayon::prelude::*;

use crate::common::read_tree;
use crate::targets;

/// What a target does with bytes: it panics where something does not hold.
type Check = fn(&[u8]);

const TARGETS: [(&str, Check); 11] = [
    ("decode", targets::decode::check),
    ("layout", targets::layout::check),
    ("notebook", targets::notebook::check),
    ("outline", targets::outline::check),
    ("rewrite", targets::rewrite::check),
    ("rules", targets::rules::check),
    ("settings", targets::settings::check),
    ("suppression", targets::suppression::check),
    ("template", targets::template::check),
    ("values", targets::values::check),
    ("whole", targets::whole::check),
];

#[test]
fn what_is_fuzzed_holds_for_every_seed() {
    let failed: Vec<String> = TARGETS.par_iter().flat_map(|(target, check)| failed(target, *check)).collect();
    assert_eq!(failed, [] as [&str; 0], "each with its reason above");
}

/// The seeds of a target that it does not hold for.
fn failed(target: &str, check: Check) -> Vec<String> {
    let seeds = read_tree(&Path::new("fuzz/seeds").join(target));
    assert!(!seeds.is_empty(), "{target} has no seeds");
    let is_wrong = |bytes: &[u8]| catch_unwind(AssertUnwindSafe(|| check(bytes))).is_err();
    seeds.iter().filter(|(_, bytes)| is_wrong(bytes)).map(|(name, _)| format!("{target}/{name}")).collect()
}

#[test]
fn each_target_is_run_here_too() {
    let names = |folder: &str| {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let here: BTreeSet<String> = TARGETS.iter().map(|(target, _)| (*target).to_owned()).collect();
    assert_eq!(here, names("fuzz/fuzz_targets"));
    assert_eq!(here, names("fuzz/seeds"));
}
