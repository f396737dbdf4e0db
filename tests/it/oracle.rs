//! The cascade algebra gives what SQLAlchemy gave, for every recorded value.

use std::collections::BTreeMap;

use cascade_fix::python::{PyValue, is_re_whitespace};
use cascade_fix::resolve::evaluate;
use cascade_fix::sqlalchemy::cascade::{self, CascadeError, Parsed};
use cascade_fix::syntax::Tree;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    input: String,
    result: Option<Vec<String>>,
    error: Option<String>,
    warnings: Vec<String>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("../../testdata/oracle/cascade_truth.jsonl");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The inputs that are no literals, each with a literal of the same value.
fn not_literals() -> BTreeMap<String, Option<String>> {
    serde_json::from_str(include_str!("../../testdata/oracle/not_literals.json")).unwrap()
}

fn literal(expression: &str) -> Result<PyValue, String> {
    let tree = Tree::parse(expression);
    let statement = tree.root().named_children().next().ok_or("nothing")?;
    let value = statement.named_children().next().ok_or("no expression")?;
    evaluate(&value).map(|literal| literal.value)
}

fn assert_as_recorded(case: &Case, got: Result<Parsed, CascadeError>) {
    match got {
        Ok(parsed) => {
            assert_eq!(case.error, None, "{}", case.input);
            assert_eq!(
                Some(&parsed.options.sorted_names()),
                case.result.as_ref().map(|names| names.iter().map(String::as_str).collect()).as_ref(),
                "{}",
                case.input
            );
            assert_eq!(parsed.warning.into_iter().collect::<Vec<_>>(), case.warnings, "{}", case.input);
        }
        Err(error) => assert_eq!(Some(error.to_string()), case.error, "{}", case.input),
    }
}

#[test]
fn every_literal_reads_as_sqlalchemy_reads_it() {
    let not_literals = not_literals();
    let literals: Vec<_> = cases().into_iter().filter(|case| !not_literals.contains_key(&case.input)).collect();
    assert!(literals.len() > 450);
    for case in literals {
        let value = literal(&case.input).unwrap_or_else(|why| panic!("{}: {why}", case.input));
        assert_as_recorded(&case, cascade::parse(&value));
    }
}

#[test]
fn what_is_no_literal_is_not_guessed_and_its_value_reads_as_sqlalchemy_reads_it() {
    let cases = cases();
    assert_eq!(cases.len(), 511);
    for (input, equivalent) in not_literals() {
        let case = cases.iter().find(|case| case.input == input).unwrap_or_else(|| panic!("{input} is not recorded"));
        assert!(literal(&input).is_err(), "{input} was taken for a literal");
        let value = match equivalent {
            Some(equivalent) => literal(&equivalent).unwrap(),
            None => PyValue::Opaque("object"),
        };
        assert_as_recorded(case, cascade::parse(&value));
    }
}

#[test]
fn a_rendered_set_reads_as_itself() {
    for case in cases() {
        let Ok(value) = literal(&case.input) else { continue };
        let Ok(parsed) = cascade::parse(&value) else { continue };
        let again = cascade::parse(&PyValue::Str(parsed.options.to_string())).unwrap();
        assert_eq!(again.options, parsed.options, "{}", case.input);
    }
}

#[test]
fn white_space_is_what_pythons_re_takes_for_it() {
    let codepoints: Vec<u32> =
        serde_json::from_str(include_str!("../../testdata/oracle/python_re_whitespace_codepoints.json")).unwrap();
    let ours: Vec<u32> = ('\0'..=char::MAX).filter(|c| is_re_whitespace(*c)).map(u32::from).collect();
    assert_eq!(ours, codepoints);
}
