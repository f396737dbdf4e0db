//! Modules that a grammar makes up, fixed: Python itself reads what comes out, and sees that nothing but the values of cascades changed.
//!
//! The modules are the same in each run; `EVERY=1 cargo test generated` makes up many more.

mod modules;
mod values;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use cascade_fix::outcome::Status;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::targets::whole;

const CASES: usize = 300;
const CASES_OF_EVERY: usize = 9_000;
/// How many modules are kept in mind at once.
const TOGETHER: usize = 300;
/// How many smaller modules are tried for one that fails.
const MOST_TRIED: usize = 500;

/// `judge.py`, which is asked and answers line by line.
struct Judge {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Judge {
    fn start() -> Self {
        let mut python = Command::new("python3");
        python.arg("testdata/generated/judge.py").env("PYTHONUTF8", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = python.spawn().expect("the tests need python3");
        let (input, output) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        Self { process, input, output }
    }

    fn asked(&mut self, before: &str, fixed: &Fixed) -> Value {
        let question = json!({"before": before, "after": fixed.text, "drops_alone": !fixed.unsafe_fixes});
        writeln!(self.input, "{question}").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("judge.py comes to an end over\n{before}"))
    }

    /// What is wrong with the fixes of a module; None where it is none, or nothing is.
    fn wrong(&mut self, module: &str, fixes: &[Fixed], seen: &mut Seen) -> Option<String> {
        for fixed in fixes {
            match self.asked(module, fixed) {
                Value::Null => seen.fixed += usize::from(fixed.text != module),
                Value::String(refused) if refused == "refused" => seen.refused += 1,
                wrong => return Some(format!("{wrong}\n--- before\n{module}\n--- after\n{}", fixed.text)),
            }
        }
        None
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What became of the modules.
#[derive(Debug, Default)]
struct Seen {
    fixed: usize,
    refused: usize,
}

/// The text after a fix.
struct Fixed {
    text: String,
    unsafe_fixes: bool,
}

/// The safe fixes of a module, and all fixes of all codes.
fn fixes(module: &str) -> Vec<Fixed> {
    let fixed = |unsafe_fixes: bool| {
        let outcome = whole::outcome("models.py", module.as_bytes(), unsafe_fixes);
        let changed = outcome.files.into_iter().find_map(|file| match file.status {
            Status::Changed(changed) => Some(String::from_utf8(changed.to_bytes().unwrap()).unwrap()),
            _ => None,
        });
        Fixed { text: changed.unwrap_or_else(|| module.to_owned()), unsafe_fixes }
    };
    vec![fixed(false), fixed(true)]
}

#[test]
fn python_reads_what_a_fix_writes_and_sees_that_cascades_alone_change() {
    let cases = if std::env::var_os("EVERY").is_some() { CASES_OF_EVERY } else { CASES };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (strategy, mut judge, mut seen) = (modules::module(), Judge::start(), Seen::default());
    for _ in 0..cases / TOGETHER {
        let trees: Vec<_> = (0..TOGETHER).map(|_| strategy.new_tree(&mut runner).unwrap()).collect();
        let texts: Vec<String> = trees.iter().map(ValueTree::current).collect();
        let fixed: Vec<Vec<Fixed>> = texts.par_iter().map(|text| fixes(text)).collect();
        for ((tree, text), fixed) in trees.into_iter().zip(&texts).zip(&fixed) {
            if let Some(wrong) = judge.wrong(text, fixed, &mut seen) {
                panic!("{}", smallest(tree, wrong, &mut judge));
            }
        }
    }
    assert!(seen.fixed > cases && seen.refused < cases / 10, "of {cases} modules with two fixes each: {seen:?}");
}

/// What is wrong with the smallest module for which something is, of those that are tried.
fn smallest(mut tree: impl ValueTree<Value = String>, mut wrong: String, judge: &mut Judge) -> String {
    let mut is_smaller = tree.simplify();
    for _ in 0..MOST_TRIED {
        if !is_smaller {
            break;
        }
        let module = tree.current();
        is_smaller = match judge.wrong(&module, &fixes(&module), &mut Seen::default()) {
            Some(still) => {
                wrong = still;
                tree.simplify()
            }
            None => tree.complicate(),
        };
    }
    wrong
}
