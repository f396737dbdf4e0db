//! The claims of a run and two answers of SQLAlchemy go in, before and after the change; what is proven comes out.

mod answer;
mod ask;
mod claim;
mod copy;
pub mod facts;
mod process;
pub mod trace;

use std::collections::{BTreeMap, BTreeSet};

use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::CascadeOptions;

pub use answer::{Failure, FailureKind, SqlalchemyAnswer, SqlalchemyRelationship};
pub use ask::Question;
pub use claim::Claim;
pub use copy::copy_project;
pub use process::Ended;
use trace::{Runs, Trace, Tracing};

/// What came of it.
#[derive(Debug)]
pub struct Verification {
    /// Python's version.
    pub python: String,
    /// SQLAlchemy's version.
    pub sqlalchemy: Option<String>,
    /// Each relationship that a claim is about or that is not the same before and after, in order of name.
    pub checked: Vec<Checked>,
    /// How many relationships are the same, and no claim is about them.
    pub unchanged: usize,
    /// The claims about what SQLAlchemy was not asked.
    pub not_seen: Vec<Claim>,
    /// What went wrong, and whether that was after the change.
    pub failures: Vec<(bool, Failure)>,
    /// The modules below a package that can't be imported.
    pub not_imported: Vec<Failure>,
    /// Warnings that came with the change.
    pub new_warnings: Vec<String>,
    /// Warnings that went with it.
    pub gone_warnings: Vec<String>,
    /// What speaks against the change as a whole.
    pub objections: Vec<String>,
    /// Whether SQLAlchemy was asked about the models; else there is the trace alone.
    pub is_asked: bool,
    /// What a command showed, where one was run.
    pub trace: Option<Trace>,
}

/// A relationship before and after.
#[derive(Debug)]
pub struct Checked {
    /// The class, fully qualified, and the attribute.
    pub name: String,
    /// What it is.
    pub direction: Direction,
    /// Whether it is a collection.
    pub uselist: bool,
    /// The effective set before; None where there was no such relationship.
    pub before: Option<CascadeOptions>,
    /// The same after.
    pub after: Option<CascadeOptions>,
    /// The claim.
    pub claim: Option<Claim>,
    /// What refutes it; empty where it is proven.
    pub refuted: Vec<String>,
}

impl Verification {
    /// Whether every claim holds, and nothing else changed.
    pub fn is_proven(&self) -> bool {
        self.failures.is_empty()
            && self.not_seen.is_empty()
            && self.objections.is_empty()
            && self.checked.iter().all(|checked| checked.refuted.is_empty())
            && self
                .trace
                .as_ref()
                .is_none_or(|trace| trace.objections.is_empty() && (self.is_asked || trace.is_exercised()))
    }

    /// What two runs of a command show, without any question about the models.
    pub fn of_runs(tracing: &Tracing, runs: Runs, claims: &[Claim]) -> Self {
        let versions = runs.before.seen.versions.first().cloned();
        let (sqlalchemy, python) = versions.unzip();
        let answer = SqlalchemyAnswer { python: python.unwrap_or_default(), sqlalchemy, ..SqlalchemyAnswer::default() };
        let mut verification = Self { is_asked: false, ..Self::of(Vec::new(), &answer, &answer, false) };
        verification.add_runs(tracing, runs, claims);
        verification
    }

    /// Adds what two runs of a command show, before and after the change.
    pub fn add_runs(&mut self, tracing: &Tracing, runs: Runs, claims: &[Claim]) {
        self.trace = Some(Trace::of(tracing.command.clone(), runs, claims, &self.checked));
    }

    /// Holds the claims against the answers. `may_warn_less` says that fewer warnings are meant.
    pub fn of(claims: Vec<Claim>, before: &SqlalchemyAnswer, after: &SqlalchemyAnswer, may_warn_less: bool) -> Self {
        let failures = |answer: &SqlalchemyAnswer, is_after| {
            answer.failures.iter().map(|failure| (is_after, failure.clone())).collect::<Vec<_>>()
        };
        let mut verification = Self {
            python: before.python.clone(),
            sqlalchemy: before.sqlalchemy.clone(),
            checked: Vec::new(),
            unchanged: 0,
            not_seen: Vec::new(),
            failures: [failures(before, false), failures(after, true)].concat(),
            not_imported: before.not_imported.clone(),
            new_warnings: only_first(&after.warnings, &before.warnings),
            gone_warnings: only_first(&before.warnings, &after.warnings),
            objections: Vec::new(),
            is_asked: true,
            trace: None,
        };
        if !verification.failures.is_empty() {
            return verification;
        }
        verification.compare(claims, before, after);
        let modules = |answer: &SqlalchemyAnswer| {
            answer.not_imported.iter().map(|failure| failure.module.clone()).collect::<Vec<_>>()
        };
        if modules(before) != modules(after) {
            verification.objections.push("not the same modules can be imported before and after".to_owned());
        }
        if !verification.new_warnings.is_empty() {
            verification.objections.push("SQLAlchemy warns of something that it did not warn of before".to_owned());
        }
        if !verification.gone_warnings.is_empty() && !may_warn_less {
            verification.objections.push("SQLAlchemy no longer warns of something".to_owned());
        }
        verification
    }

    fn compare(&mut self, claims: Vec<Claim>, before: &SqlalchemyAnswer, after: &SqlalchemyAnswer) {
        let (before, after) = (by_name(before), by_name(after));
        let mut seen = vec![false; claims.len()];
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let (was, is) = (before.get(name).copied(), after.get(name).copied());
            let of_claims = was.and_then(|was| claim_about(&claims, was, is.map(SqlalchemyRelationship::options)));
            if let Some(index) = of_claims {
                seen[index] = true;
            }
            let claim = of_claims.map(|index| claims[index].clone());
            let refuted = refutations(was, is, claim.as_ref());
            match was.or(is) {
                Some(known) if claim.is_some() || !refuted.is_empty() => self.checked.push(Checked {
                    name: name.clone(),
                    direction: known.direction(),
                    uselist: known.uselist,
                    before: was.map(SqlalchemyRelationship::options),
                    after: is.map(SqlalchemyRelationship::options),
                    claim,
                    refuted,
                }),
                _ => self.unchanged += 1,
            }
        }
        self.not_seen = claims.into_iter().zip(seen).filter(|(_, seen)| !seen).map(|(claim, _)| claim).collect();
    }
}

/// What refutes a claim, or speaks against a change that nothing claims.
fn refutations(
    was: Option<&SqlalchemyRelationship>,
    is: Option<&SqlalchemyRelationship>,
    claim: Option<&Claim>,
) -> Vec<String> {
    let (was, is) = match (was, is) {
        (Some(was), Some(is)) => (was, is),
        (Some(_), None) => return vec!["it is no longer there".to_owned()],
        (None, _) => return vec!["it was not there before".to_owned()],
    };
    let mut refuted = Vec::new();
    let mut expect = |holds: bool, reason: String| {
        if !holds {
            refuted.push(reason);
        }
    };
    expect(was.target == is.target, format!("it leads to {} in place of {}", is.target, was.target));
    let (direction, other) = (was.direction(), is.direction());
    expect(direction == other, format!("it is {} in place of {}", other.name(), direction.name()));
    for (keyword, before, after) in was.other_keywords(is) {
        let is_claimed = claim.is_some_and(|claim| claim.gives(keyword, after));
        expect(is_claimed, format!("{keyword} is {after} in place of {before}"));
    }
    match claim {
        Some(claim) => refuted.extend(contradictions(claim, was, is.options())),
        None => expect(
            was.options() == is.options(),
            format!("it was `{}` and is `{}`; no finding says so", was.options(), is.options()),
        ),
    }
    refuted
}

/// What a claim says of a relationship and of what becomes of it that is not so.
fn contradictions(claim: &Claim, was: &SqlalchemyRelationship, after: CascadeOptions) -> Vec<String> {
    let mut contradictions = Vec::new();
    let before = was.options();
    if !claim.has(before, after) {
        let branches = claim.branches.iter().map(|(before, after)| format!("from `{before}` to `{after}`"));
        let claimed = branches.collect::<Vec<_>>().join(" or ");
        contradictions.push(format!("it went from `{before}` to `{after}`, not {claimed} as {} has it", claim.place()));
    }
    let direction = was.direction();
    if let Some(told) = claim.direction.filter(|told| *told != direction) {
        contradictions.push(format!("it is {}, not {}", direction.name(), told.name()));
    }
    if claim.uselist.is_some_and(|told| told != was.uselist) {
        contradictions.push(format!("uselist is {}", was.uselist));
    }
    contradictions
}

/// The claim about a relationship: by where it is made, else by its name, else by what becomes of it where the value stands apart.
fn claim_about(claims: &[Claim], was: &SqlalchemyRelationship, is: Option<CascadeOptions>) -> Option<usize> {
    let find = |holds: &dyn Fn(&Claim) -> bool| claims.iter().position(holds);
    let is_made = |claim: &Claim| {
        let path = claim.file.to_string_lossy().replace('\\', "/");
        claim.is_backref == was.is_backref && was.is_made_in(&path, claim.call_lines)
    };
    let is_named = |claim: &Claim| claim.names(&was.class, &was.attribute);
    find(&|claim| is_made(claim) && is_named(claim))
        .or_else(|| find(&|claim| is_made(claim) && claim.attribute.is_none()))
        .or_else(|| find(&is_made).filter(|_| Some(was.options()) != is))
        .or_else(|| find(&is_named))
        .or_else(|| {
            let is = is.filter(|is| *is != was.options())?;
            find(&|claim| claim.attribute.is_none() && claim.has(was.options(), is))
        })
}

/// The relationships by name; a class that is there several times is told apart by its turn.
fn by_name(answer: &SqlalchemyAnswer) -> BTreeMap<String, &SqlalchemyRelationship> {
    let mut named = BTreeMap::new();
    for relationship in &answer.relationships {
        let name = format!("{}.{}", relationship.class, relationship.attribute);
        let turn = (2..).map(|turn| format!("{name} ({turn})"));
        let free = std::iter::once(name.clone()).chain(turn).find(|name| !named.contains_key(name));
        named.insert(free.unwrap_or(name), relationship);
    }
    named
}

/// What the first of two sorted lists has more than the other.
fn only_first(first: &[String], second: &[String]) -> Vec<String> {
    let mut rest: Vec<&String> = second.iter().collect();
    let mut is_new = |text: &&String| match rest.iter().position(|other| other == text) {
        Some(index) => {
            rest.remove(index);
            false
        }
        None => true,
    };
    first.iter().filter(|text| is_new(text)).cloned().collect()
}
