//! What two runs of a command showed goes in; sentences, lines and JSON about it come out.

mod json;

use std::collections::{BTreeMap, BTreeSet};

use super::count;
use crate::verify::trace::{
    CallCounts, ChangedTest, CodeLine, Expired, Expiring, Raising, TestOutcome, Trace, TracedCallKind, TracedRun,
};
use crate::verify::{Claim, Ended};

pub(super) use json::JsonTrace;

/// How many places of a relationship are told, the most frequent first.
const MOST_PLACES: usize = 3;
/// How many relationships are told that nothing expired.
const MOST_UNTESTED: usize = 12;
/// How many characters of what a test raised are told.
const LONGEST_MESSAGE: usize = 160;
/// How many of the last lines of a command that failed are told.
const MOST_LINES: usize = 15;

/// Something that was seen, in a line with what belongs to it.
pub(super) struct TraceRemark {
    /// A word that tells its kind.
    pub kind: &'static str,
    /// What; code stands between backticks.
    pub text: String,
    /// Lines that belong to it.
    pub details: Vec<String>,
    /// The lines are what a program printed.
    pub is_output: bool,
}

impl TraceRemark {
    fn of(kind: &'static str, text: String) -> Self {
        Self { kind, text, details: Vec::new(), is_output: false }
    }
}

/// What came of it, in a few sentences.
pub(super) fn summary(trace: &Trace) -> String {
    let versions = trace.before.seen.versions.iter().chain(&trace.after.seen.versions);
    let versions: Vec<String> =
        versions.map(|(sqlalchemy, python)| format!("SQLAlchemy {sqlalchemy} on Python {python}")).collect();
    let of_versions = versions.first().map(|version| format!(" ({version})")).unwrap_or_default();
    let parts = [calls(trace), raised(trace), results(trace)];
    format!("`{}`, before the fix and after it{of_versions}: {}.", trace.command, parts.join("; "))
}

fn calls(trace: &Trace) -> String {
    let told = |run: &TracedRun, is_short: bool| {
        let kinds = [(run.seen.refreshes, "refresh", "refreshes"), (run.seen.expires, "expire", "expires")];
        let called: Vec<_> = kinds.into_iter().filter(|(calls, ..)| calls.all > 0).collect();
        let is_none = called.iter().all(|(calls, ..)| calls.expiring == 0);
        let part = |(CallCounts { all, expiring }, one, several): (CallCounts, &str, &str)| {
            let noun = if all == 1 { one } else { several };
            let expiring = if expiring == 0 { "none".to_owned() } else { expiring.to_string() };
            format!("{expiring} of {all} {noun}")
        };
        match called.is_empty() || (is_none && is_short) {
            true => "none".to_owned(),
            false => called.into_iter().map(part).collect::<Vec<_>>().join(" and "),
        }
    };
    let all = |run: &TracedRun| run.seen.refreshes.all + run.seen.expires.all;
    let expiring = |run: &TracedRun| run.seen.refreshes.expiring + run.seen.expires.expiring;
    let (before, after) = (&trace.before, &trace.after);
    match (all(before) + all(after), expiring(before) + expiring(after)) {
        (0, _) => "no object was refreshed or expired as a whole".to_owned(),
        (_, 0) => format!("{} expired related objects, before or after", told(before, false)),
        _ => format!("{} expired related objects before, {} after", told(before, false), told(after, true)),
    }
}

fn raised(trace: &Trace) -> String {
    let mut errors: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for Raising { raised, before, after, .. } in &trace.raised {
        let times = errors.entry(&raised.error).or_default();
        *times = (times.0 + before, times.1 + after);
    }
    if errors.is_empty() {
        return "MissingGreenlet and DetachedInstanceError were not raised".to_owned();
    }
    let told = |(error, (before, after)): (&str, (usize, usize))| {
        format!("{error} was raised {} before, {} after", times(before), times(after))
    };
    errors.into_iter().map(told).collect::<Vec<_>>().join("; ")
}

fn results(trace: &Trace) -> String {
    let (before, after) = (&trace.before, &trace.after);
    let ended = match before.ended == after.ended {
        true => format!("it {} both times", before.ended.told()),
        false => format!("it {} before, and {} after", before.ended.told(), after.ended.told()),
    };
    let ids = [before, after].into_iter().flat_map(|run| run.seen.tests.iter().flatten().map(|(id, _)| id));
    let told = match (ids.collect::<BTreeSet<_>>().len(), trace.changed_tests.len()) {
        (0, _) => return ended,
        (1, 0) => "the only test did not change its result".to_owned(),
        (all, 0) => format!("no test of {all} changed its result"),
        (all, 1) => format!("1 test of {all} changed its result"),
        (all, changed) => format!("{changed} tests of {all} changed their result"),
    };
    let unsteady = trace.unsteady_tests.len();
    let told = match unsteady {
        0 => told,
        _ => format!("{told}, and {unsteady} did in a second run before the fix, too"),
    };
    match before.ended.is_success() && after.ended.is_success() {
        true => told,
        false => format!("{told} (before: {}; after: {}); {ended}", outcomes(before), outcomes(after)),
    }
}

/// How many tests came to what.
fn outcomes(run: &TracedRun) -> String {
    let results = || run.seen.tests.iter().flatten();
    let number = |outcome| results().filter(|(_, result)| result.outcome == outcome).count();
    let numbers = TestOutcome::ALL.map(|outcome| (outcome, number(outcome)));
    let told = numbers
        .iter()
        .filter(|(_, number)| *number > 0)
        .map(|(outcome, number)| format!("{number} {}", outcome.name()));
    none_if_empty(told.collect::<Vec<_>>().join(", "))
}

fn none_if_empty(text: String) -> String {
    if text.is_empty() { "none".to_owned() } else { text }
}

fn times(number: usize) -> String {
    match number {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        number => format!("{number} times"),
    }
}

/// All that was seen.
pub(super) fn remarks(trace: &Trace) -> Vec<TraceRemark> {
    let mut remarks: Vec<TraceRemark> = trace.relationships.iter().map(expiring).collect();
    remarks.extend(trace.raised.iter().map(raising));
    remarks.extend(trace.changed_tests.iter().map(|test| changed_test("changed", test)));
    remarks.extend(trace.unsteady_tests.iter().map(|test| changed_test("unsteady", test)));
    remarks.extend(not_exercised(&trace.not_exercised));
    remarks.extend(outputs(trace));
    remarks
}

fn expiring(expiring: &Expiring) -> TraceRemark {
    let Expiring { name, before, after, claim } = expiring;
    let number =
        |of: fn(&Expired) -> usize| [before, after].map(|expired| expired.as_ref().map(of).unwrap_or_default());
    let [calls_before, calls_after] = number(Expired::calls);
    let [objects, _] = number(|expired| expired.objects);
    let [left, _] = number(|expired| expired.left);
    let [discarded, _] = number(|expired| expired.discarded);
    let mut parts = vec![format!("in {} before, {} after", count(calls_before, "call"), none_or(calls_after))];
    if objects > 0 {
        parts.push(format!("{} before, {} left without what was loaded", count(objects, "object"), none_or(left)));
    }
    if discarded > 0 {
        parts.push(format!("{} not inserted yet and thrown out of the session", none_or(discarded)));
    }
    match claim {
        Some(claim) => parts.push(format!("`{}`", claim.place())),
        None => parts.push("no fix changes it".to_owned()),
    }
    let kind = if calls_after > 0 { "expires" } else { "expired" };
    let mut remark = TraceRemark::of(kind, format!("`{name}` {}", parts.join("; ")));
    remark.details = places(before.as_ref(), after.as_ref());
    remark.details.extend(expiring.imported_from().map(|file| format!("its class was imported from `{file}`")));
    remark
}

/// The places whose calls expired objects, the most frequent first.
fn places(before: Option<&Expired>, after: Option<&Expired>) -> Vec<String> {
    let mut all: BTreeMap<&(TracedCallKind, Option<CodeLine>), (usize, usize)> = BTreeMap::new();
    for (place, number) in before.iter().flat_map(|expired| &expired.places) {
        all.entry(place).or_default().0 += number;
    }
    for (place, number) in after.iter().flat_map(|expired| &expired.places) {
        all.entry(place).or_default().1 += number;
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by_key(|(_, (before, after))| std::cmp::Reverse(before + after));
    let more = all.len().saturating_sub(MOST_PLACES);
    let told = |((kind, place), (before, after)): (&(TracedCallKind, Option<CodeLine>), (usize, usize))| {
        format!("{} {}: {} before, {} after", kind_told(*kind), place_told(place.as_ref()), times(before), times(after))
    };
    let mut lines: Vec<String> = all.into_iter().take(MOST_PLACES).map(told).collect();
    if more > 0 {
        lines.push(format!("… and at {}", count(more, "other place")));
    }
    lines
}

fn kind_told(kind: TracedCallKind) -> &'static str {
    match kind {
        TracedCallKind::Refresh => "refresh",
        TracedCallKind::Expire => "expire",
    }
}

fn place_told(place: Option<&CodeLine>) -> String {
    match place {
        Some(CodeLine { at, function, .. }) => format!("in `{}:{}` (`{function}`)", at.path, at.line),
        None => "outside of the project".to_owned(),
    }
}

fn raising(Raising { raised, lines, before, after }: &Raising) -> TraceRemark {
    let read = raised.read.as_ref().map(|read| format!(" by a read of `{read}`")).unwrap_or_default();
    let place = match (&raised.place, lines.len()) {
        (Some(place), 2..) => {
            let lines = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            format!("in `{}` (`{}`), lines {lines}", place.at.path, place.function)
        }
        (place, _) => place_told(place.as_ref()),
    };
    let kind = if *after > 0 { "raises" } else { "raised" };
    let text = format!("{}{read} {place}: {} before, {} after", raised.error, times(*before), times(*after));
    let mut remark = TraceRemark::of(kind, text);
    remark.details.extend(raised.because.as_ref().map(|because| {
        let call = format!("{} {}", kind_told(because.kind), place_told(because.place.as_ref()));
        format!("the object was expired through `{}` by the {call}", because.relationship)
    }));
    remark
}

fn changed_test(kind: &'static str, test: &ChangedTest) -> TraceRemark {
    let mut remark = TraceRemark::of(kind, format!("`{}` {}", test.id, test.told()));
    remark.details.extend(test.message().map(|message| shortened(message, LONGEST_MESSAGE)));
    remark
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The claims about relationships whose objects nothing expired, in one remark.
fn not_exercised(claims: &[Claim]) -> Option<TraceRemark> {
    let number = count(claims.len(), "relationship");
    let text = format!("the command expired no objects of {number} that the fix changes");
    let told = |claim: &Claim| {
        let name: Vec<&str> = [claim.owner.as_deref(), claim.attribute.as_deref()].into_iter().flatten().collect();
        format!("`{}` (`{}`)", name.join("."), claim.place())
    };
    let mut remark = TraceRemark::of("untested", text);
    remark.details = claims.iter().take(MOST_UNTESTED).map(told).collect();
    let more = claims.len().saturating_sub(MOST_UNTESTED);
    remark.details.extend((more > 0).then(|| format!("… and {more} more")));
    (!claims.is_empty()).then_some(remark)
}

/// Whether what was printed tells why nothing else is known.
fn needs_output(run: &TracedRun) -> bool {
    match run.ended {
        Ended::TimedOut(_) => true,
        ended => {
            let mut results = run.seen.tests.iter().flatten().map(|(_, result)| result.outcome);
            !ended.is_success() && !results.any(|outcome| outcome == TestOutcome::Passed)
        }
    }
}

/// What the runs printed, where that is needed; once where it is the same.
fn outputs(trace: &Trace) -> Vec<TraceRemark> {
    let (before, after) = (&trace.before, &trace.after);
    let is_same = (before.ended, &before.output) == (after.ended, &after.output);
    let runs = if is_same { vec![("before and after", before)] } else { trace.runs().to_vec() };
    let told = |(when, run): (&str, &TracedRun)| {
        let details = run.output[run.output.len().saturating_sub(MOST_LINES)..].to_vec();
        let text = format!("the command {} {when} the fix; its last lines:", run.ended.told());
        TraceRemark { details, is_output: true, ..TraceRemark::of("printed", text) }
    };
    runs.into_iter().filter(|(_, run)| needs_output(run)).map(told).collect()
}

fn none_or(number: usize) -> String {
    if number == 0 { "none".to_owned() } else { number.to_string() }
}
