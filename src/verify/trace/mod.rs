//! Two runs of a command go in, in the project as it was and as it is after the change; what a cascade expired in them, what was raised and what
//! became of the tests comes out.

mod events;
mod run;

use std::collections::{BTreeMap, BTreeSet};

use super::answer::FileLine;
use super::{Checked, Claim};

pub use events::{Because, CallCounts, CodeLine, Expired, Seen, TestOutcome, TestResult, TracedCallKind, TracedError};
pub use run::{TracedRun, Tracing};

/// What came of both runs.
#[derive(Debug)]
pub struct Trace {
    /// The command.
    pub command: String,
    /// The run before the change.
    pub before: TracedRun,
    /// The run after it.
    pub after: TracedRun,
    /// The relationships through which objects were expired in one of them, in order of name.
    pub relationships: Vec<Expiring>,
    /// The claims about relationships whose objects nothing expired.
    pub not_exercised: Vec<Claim>,
    /// What was raised in one of them.
    pub raised: Vec<Raising>,
    /// The tests whose result is another, but for the unsteady ones.
    pub changed_tests: Vec<ChangedTest>,
    /// The tests whose result is another in a second run before the change, too.
    pub unsteady_tests: Vec<ChangedTest>,
    /// What speaks against the change, or keeps the runs from telling.
    pub objections: Vec<String>,
}

/// A relationship through which objects were expired.
#[derive(Debug)]
pub struct Expiring {
    /// The class, fully qualified, and the attribute.
    pub name: String,
    /// What was expired before.
    pub before: Option<Expired>,
    /// The same after.
    pub after: Option<Expired>,
    /// What the change does to it.
    pub claim: Option<Claim>,
}

/// Something that was raised in a function, however its lines have moved.
#[derive(Debug)]
pub struct Raising {
    /// What, and where: the first of the lines.
    pub raised: TracedError,
    /// The lines.
    pub lines: BTreeSet<usize>,
    /// How often before.
    pub before: usize,
    /// How often after.
    pub after: usize,
}

/// A test whose result is another.
#[derive(Debug)]
pub struct ChangedTest {
    /// Its name.
    pub id: String,
    /// The result before; None where it did not run.
    pub before: Option<TestResult>,
    /// The same after.
    pub after: Option<TestResult>,
}

impl ChangedTest {
    /// Whether it got worse: it fails, or is gone.
    pub fn is_worse(&self) -> bool {
        let fails = |result: &Option<TestResult>| result.as_ref().is_some_and(|result| result.outcome.is_failure());
        match &self.after {
            None => !fails(&self.before),
            after => fails(after) && !fails(&self.before),
        }
    }
}

impl Expiring {
    /// The file that the class was imported from, where that is not the project's copy.
    pub fn imported_from(&self) -> Option<&str> {
        let file = self.after.as_ref().or(self.before.as_ref())?.file.as_deref()?;
        std::path::Path::new(file).is_absolute().then_some(file)
    }
}

/// The runs that are held against each other.
#[derive(Debug)]
pub struct Runs {
    /// Before the change.
    pub before: TracedRun,
    /// After it.
    pub after: TracedRun,
    /// Before it once more, where that is needed.
    pub again: Option<TracedRun>,
}

impl Runs {
    /// Runs a command in a copy of the project before the change and in one after it; before it once more where tests changed their result for
    /// another reason than what was not loaded. One after the other: both may need the same port or database.
    ///
    /// # Errors
    /// A run can't be made.
    pub fn of(mut run: impl FnMut(When) -> anyhow::Result<TracedRun>) -> anyhow::Result<Self> {
        let (before, after) = (run(When::Before)?, run(When::After)?);
        let is_explained = |test: &ChangedTest| {
            let errors = ["MissingGreenlet", "DetachedInstanceError"];
            !test.is_worse() && test.message().is_some_and(|message| errors.iter().any(|error| message.contains(error)))
        };
        let is_needed = !changed_tests(&before.seen, &after.seen).iter().all(is_explained);
        let again = is_needed.then(|| run(When::Before)).transpose()?;
        Ok(Self { before, after, again })
    }
}

/// In which copy of the project a command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// As it was.
    Before,
    /// As the change makes it.
    After,
}

impl Trace {
    /// Whether objects were expired before the change through something that it changes.
    pub fn is_exercised(&self) -> bool {
        self.relationships.iter().any(|expiring| expiring.claim.is_some() && expiring.before.is_some())
    }

    /// Holds the runs against each other, and against the claims; `checked` has those whose relationships SQLAlchemy named.
    pub fn of(command: String, Runs { before, after, again }: Runs, claims: &[Claim], checked: &[Checked]) -> Self {
        let names: BTreeSet<&String> = before.seen.expired.keys().chain(after.seen.expired.keys()).collect();
        let expiring = |name: &String| Expiring {
            before: before.seen.expired.get(name).cloned(),
            after: after.seen.expired.get(name).cloned(),
            claim: claim_about(name, &before.seen, claims, checked).cloned(),
            name: name.clone(),
        };
        let relationships: Vec<Expiring> = names.into_iter().map(expiring).collect();
        let is_seen = |claim: &Claim| {
            let mut seen = relationships.iter().filter_map(|expiring| expiring.claim.as_ref());
            seen.any(|other| (&other.file, other.line, &other.attribute) == (&claim.file, claim.line, &claim.attribute))
        };
        let not_exercised = claims.iter().filter(|claim| !is_seen(claim)).cloned().collect();
        let raised = raised(&before.seen, &after.seen);
        let outcome = |run: &TracedRun, id: &String| run.seen.tests.as_ref()?.get(id).map(|result| result.outcome);
        let is_unsteady = |test: &ChangedTest| {
            again.as_ref().is_some_and(|again| outcome(again, &test.id) != outcome(&before, &test.id))
        };
        let (unsteady_tests, changed_tests) =
            changed_tests(&before.seen, &after.seen).into_iter().partition(is_unsteady);
        let objections = Vec::new();
        let mut trace = Self {
            command,
            before,
            after,
            relationships,
            not_exercised,
            raised,
            changed_tests,
            unsteady_tests,
            objections,
        };
        trace.objections = trace.hindrances().into_iter().chain(trace.contradictions()).collect();
        trace
    }

    /// The runs, and when they were.
    pub fn runs(&self) -> [(&'static str, &TracedRun); 2] {
        [("before", &self.before), ("after", &self.after)]
    }

    /// What keeps the runs from telling.
    fn hindrances(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        for (when, run) in self.runs() {
            if let Some(help) = run.ended.hindrance() {
                reasons.push(format!("the command {} {when} the fix: {help}", run.ended.told()));
            }
            for why in &run.seen.not_watched {
                reasons.push(format!("could not watch the command {when} the fix: {why}"));
            }
            if run.seen.versions.is_empty() && run.seen.not_watched.is_empty() {
                reasons.push(format!(
                    "could not watch the command {when} the fix: no Python of it that takes PYTHONPATH imported `sqlalchemy.orm`; run the \
                     tests themselves, without tox, nox, containers, `python -I` or `-E`"
                ));
            }
        }
        reasons
    }

    /// What speaks against the change.
    fn contradictions(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        for expiring in self.relationships.iter().filter(|expiring| expiring.claim.is_some()) {
            let Some(after) = &expiring.after else { continue };
            let from = expiring.imported_from().map(|file| {
                format!("; its class was imported from {file}, not from the project: put that first (PYTHONPATH=src)")
            });
            reasons.push(format!(
                "`{}` still expires objects after the fix, in {} calls{}",
                expiring.name,
                after.calls(),
                from.unwrap_or_default()
            ));
        }
        for Raising { raised: TracedError { error, place, .. }, after, .. } in
            self.raised.iter().filter(|raising| raising.before == 0)
        {
            let place =
                place.as_ref().map_or("somewhere".to_owned(), |CodeLine { at, .. }| format!("{}:{}", at.path, at.line));
            reasons.push(format!("`{error}` is raised after the fix and was not before: {place}, {after} times"));
        }
        let worse = self.changed_tests.iter().filter(|test| test.is_worse());
        reasons.extend(worse.map(|test| format!("`{}` {}", test.id, test.told())));
        // tests that fail now and then end it otherwise, too
        let is_worse =
            self.before.ended.is_success() && !self.after.ended.is_success() && self.unsteady_tests.is_empty();
        if is_worse && reasons.is_empty() && self.after.ended.hindrance().is_none() {
            reasons.push(format!("the command succeeded before the fix and {} after it", self.after.ended.told()));
        }
        reasons
    }
}

impl ChangedTest {
    /// The outcome of the test before the fix and after it, in words.
    pub fn told(&self) -> String {
        let told = |result: &Option<TestResult>| result.as_ref().map_or("did not run", |result| result.outcome.name());
        format!("{} before, {} after", told(&self.before), told(&self.after))
    }

    /// The first line of what was raised, before or after.
    pub fn message(&self) -> Option<&str> {
        [&self.after, &self.before].into_iter().flatten().find_map(|result| result.message.as_deref())
    }
}

/// The claim about a relationship: by the name that SQLAlchemy gave it, else by the last parts of its name, those of its own file first.
fn claim_about<'a>(name: &str, seen: &Seen, claims: &'a [Claim], checked: &'a [Checked]) -> Option<&'a Claim> {
    if let Some(checked) = checked.iter().find(|checked| checked.name == name) {
        return checked.claim.as_ref();
    }
    let (class, attribute) = name.rsplit_once('.')?;
    let file = seen.expired.get(name).and_then(|expired| expired.file.as_deref());
    let is_of_file = |claim: &&Claim| file == Some(claim.file.to_string_lossy().replace('\\', "/").as_str());
    let named = || claims.iter().filter(|claim| claim.names(class, attribute));
    named().find(is_of_file).or_else(|| named().next())
}

/// What was raised, with the lines of a function together: a fix can move them.
fn raised(before: &Seen, after: &Seen) -> Vec<Raising> {
    let without_lines = |raised: &TracedError| {
        let without_line = |place: &Option<CodeLine>| {
            place.clone().map(|place| CodeLine { at: FileLine { line: 0, ..place.at }, ..place })
        };
        let because = raised.because.clone();
        let because = because.map(|because| Because { place: without_line(&because.place), ..because });
        TracedError { place: without_line(&raised.place), because, ..raised.clone() }
    };
    let mut all: BTreeMap<TracedError, Raising> = BTreeMap::new();
    let of_before = before.raised.iter().map(|(raised, times)| (raised, *times, 0));
    let of_after = after.raised.iter().map(|(raised, times)| (raised, 0, *times));
    for (raised, before, after) in of_before.chain(of_after) {
        let raising = all.entry(without_lines(raised)).or_insert_with(|| Raising {
            raised: raised.clone(),
            lines: BTreeSet::new(),
            before: 0,
            after: 0,
        });
        raising.before += before;
        raising.after += after;
        raising.lines.extend(raised.place.as_ref().map(|place| place.at.line));
    }
    all.into_values().collect()
}

fn changed_tests(before: &Seen, after: &Seen) -> Vec<ChangedTest> {
    let empty = BTreeMap::new();
    let (before, after) = (before.tests.as_ref().unwrap_or(&empty), after.tests.as_ref().unwrap_or(&empty));
    let outcome = |result: Option<&TestResult>| result.map(|result| result.outcome);
    let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    ids.into_iter()
        .filter(|id| outcome(before.get(*id)) != outcome(after.get(*id)))
        .map(|id| ChangedTest { id: id.clone(), before: before.get(id).cloned(), after: after.get(id).cloned() })
        .collect()
}
