//! What two runs of a command showed goes in; the part of the JSON that is about them comes out.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::report::verification::JsonClaim;
use crate::verify::trace::{
    Because, CallCounts, ChangedTest, CodeLine, Expired, TestResult, Trace, TracedCallKind, TracedRun,
};

#[derive(Serialize)]
pub(in crate::report) struct JsonTrace<'a> {
    command: &'a str,
    before: JsonRun<'a>,
    after: JsonRun<'a>,
    relationships: Vec<JsonExpiring<'a>>,
    not_exercised: Vec<JsonClaim<'a>>,
    raised: Vec<JsonRaising<'a>>,
    changed_tests: Vec<JsonTest<'a>>,
    unsteady_tests: Vec<JsonTest<'a>>,
    objections: &'a [String],
}

#[derive(Serialize)]
struct JsonRun<'a> {
    ended: String,
    exit_status: Option<i32>,
    seconds: f64,
    sqlalchemy: Option<&'a str>,
    python: Option<&'a str>,
    refreshes: CallCounts,
    expires: CallCounts,
    tests: Option<usize>,
    not_watched: &'a BTreeSet<String>,
    output: &'a [String],
}

#[derive(Serialize)]
struct JsonExpiring<'a> {
    name: &'a str,
    before: Option<JsonExpired<'a>>,
    after: Option<JsonExpired<'a>>,
    claim: Option<JsonClaim<'a>>,
}

#[derive(Serialize)]
struct JsonExpired<'a> {
    target: &'a str,
    file: Option<&'a str>,
    calls: usize,
    objects: usize,
    left: usize,
    discarded: usize,
    places: Vec<JsonTracedCall<'a>>,
}

#[derive(Serialize)]
struct JsonTracedCall<'a> {
    kind: TracedCallKind,
    #[serde(flatten)]
    place: Option<&'a CodeLine>,
    times: usize,
}

#[derive(Serialize)]
struct JsonRaising<'a> {
    error: &'a str,
    read: Option<&'a str>,
    path: Option<&'a str>,
    function: Option<&'a str>,
    lines: &'a BTreeSet<usize>,
    because: Option<&'a Because>,
    before: usize,
    after: usize,
}

#[derive(Serialize)]
struct JsonTest<'a> {
    id: &'a str,
    before: Option<&'a TestResult>,
    after: Option<&'a TestResult>,
    worse: bool,
}

impl<'a> JsonTrace<'a> {
    pub(in crate::report) fn of(trace: &'a Trace) -> Self {
        let relationships = trace.relationships.iter().map(|expiring| JsonExpiring {
            name: &expiring.name,
            before: expiring.before.as_ref().map(JsonExpired::of),
            after: expiring.after.as_ref().map(JsonExpired::of),
            claim: expiring.claim.as_ref().map(JsonClaim::of),
        });
        let raised = trace.raised.iter().map(|raising| JsonRaising {
            error: &raising.raised.error,
            read: raising.raised.read.as_deref(),
            path: raising.raised.place.as_ref().map(|place| place.at.path.as_str()),
            function: raising.raised.place.as_ref().map(|place| place.function.as_str()),
            lines: &raising.lines,
            because: raising.raised.because.as_ref(),
            before: raising.before,
            after: raising.after,
        });
        Self {
            command: &trace.command,
            before: JsonRun::of(&trace.before),
            after: JsonRun::of(&trace.after),
            relationships: relationships.collect(),
            not_exercised: trace.not_exercised.iter().map(JsonClaim::of).collect(),
            raised: raised.collect(),
            changed_tests: trace.changed_tests.iter().map(JsonTest::of).collect(),
            unsteady_tests: trace.unsteady_tests.iter().map(JsonTest::of).collect(),
            objections: &trace.objections,
        }
    }
}

impl<'a> JsonTest<'a> {
    fn of(test: &'a ChangedTest) -> Self {
        Self { id: &test.id, before: test.before.as_ref(), after: test.after.as_ref(), worse: test.is_worse() }
    }
}

impl<'a> JsonRun<'a> {
    fn of(run: &'a TracedRun) -> Self {
        let versions = run.seen.versions.first();
        Self {
            ended: run.ended.told(),
            exit_status: run.ended.code(),
            seconds: run.took.as_secs_f64(),
            sqlalchemy: versions.map(|(sqlalchemy, _)| sqlalchemy.as_str()),
            python: versions.map(|(_, python)| python.as_str()),
            refreshes: run.seen.refreshes,
            expires: run.seen.expires,
            tests: run.seen.tests.as_ref().map(|tests| tests.len()),
            not_watched: &run.seen.not_watched,
            output: &run.output,
        }
    }
}

impl<'a> JsonExpired<'a> {
    fn of(expired: &'a Expired) -> Self {
        let places = expired.places.iter();
        Self {
            target: &expired.target,
            file: expired.file.as_deref(),
            calls: expired.calls(),
            objects: expired.objects,
            left: expired.left,
            discarded: expired.discarded,
            places: places
                .map(|((kind, place), times)| JsonTracedCall { kind: *kind, place: place.as_ref(), times: *times })
                .collect(),
        }
    }
}
