//! The events that the watched processes wrote down go in; what they come to, put together, comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};

use serde::{Deserialize, Serialize};

use crate::verify::answer::FileLine;

/// A line that a watched process wrote.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum TraceEvent {
    Watching { sqlalchemy: String, python: String },
    NotWatched { why: String },
    Call { kind: TracedCallKind, place: Option<CodeLine>, relationships: Vec<ReachedRelationship> },
    Raised { error: String, read: Option<String>, place: Option<CodeLine>, because: Option<Because> },
    Tests {},
    Test { id: String, outcome: TestOutcome, message: Option<String> },
}

#[derive(Deserialize)]
struct ReachedRelationship {
    name: String,
    target: String,
    file: Option<String>,
    objects: usize,
    left: usize,
    discarded: usize,
}

/// The method of the session that is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TracedCallKind {
    /// `refresh`
    Refresh,
    /// `expire`
    Expire,
}

/// A line of the code that ran.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CodeLine {
    /// Where it is.
    #[serde(flatten)]
    pub at: FileLine,
    /// The function around it.
    pub function: String,
    /// It is not a library's.
    pub of_project: bool,
}

/// The cascade that an attribute is gone by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Because {
    /// The class, fully qualified, and the attribute.
    pub relationship: String,
    /// What was called.
    pub kind: TracedCallKind,
    /// Where.
    pub place: Option<CodeLine>,
}

/// What a test came to, in the words of pytest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TestOutcome {
    Passed,
    Skipped,
    Xfailed,
    Xpassed,
    Failed,
    Error,
}

impl TestOutcome {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 6] = [Self::Passed, Self::Skipped, Self::Xfailed, Self::Xpassed, Self::Failed, Self::Error];

    /// Whether a test came to the other, where one of its parts (set-up, body, tear-down) came to this and another to the other.
    pub fn is_outweighed_by(self, other: Self) -> bool {
        let weight = |outcome| match outcome {
            Self::Passed => 0,
            Self::Skipped => 1,
            Self::Xfailed => 2,
            Self::Xpassed => 3,
            Self::Failed => 4,
            Self::Error => 5,
        };
        weight(self) < weight(other)
    }

    /// As pytest has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Skipped => "skipped",
            Self::Xfailed => "xfailed",
            Self::Xpassed => "xpassed",
            Self::Failed => "failed",
            Self::Error => "error",
        }
    }

    /// Whether pytest counts it as a failure.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Error)
    }
}

/// The result of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestResult {
    /// What it came to.
    pub outcome: TestOutcome,
    /// The first line of what was raised.
    pub message: Option<String>,
}

/// How many calls there were of objects as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CallCounts {
    /// All of them.
    pub all: usize,
    /// Those that expired related objects.
    pub expiring: usize,
}

/// What was expired through a relationship.
#[derive(Debug, Clone, Default)]
pub struct Expired {
    /// The class that it leads to, fully qualified.
    pub target: String,
    /// The file that the class stands in; absolute where that is outside of the project's copy.
    pub file: Option<String>,
    /// How many objects lost what was loaded, each counted in each call.
    pub objects: usize,
    /// How many of them were still there without it when the call was over.
    pub left: usize,
    /// How many were not inserted yet, and the session threw them out.
    pub discarded: usize,
    /// The calls, and how many there were at each place.
    pub places: BTreeMap<(TracedCallKind, Option<CodeLine>), usize>,
}

impl Expired {
    /// How many calls expired objects through it.
    pub fn calls(&self) -> usize {
        self.places.values().sum()
    }
}

/// Something that was raised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TracedError {
    /// The class of the exception.
    pub error: String,
    /// The class, fully qualified, and the attribute that was read.
    pub read: Option<String>,
    /// The line that read it.
    pub place: Option<CodeLine>,
    /// The cascade that it is gone by, where it is one.
    pub because: Option<Because>,
}

/// What the processes of one run showed.
#[derive(Debug, Default)]
pub struct Seen {
    /// The versions of SQLAlchemy and of Python that were watched.
    pub versions: BTreeSet<(String, String)>,
    /// What could not be watched.
    pub not_watched: BTreeSet<String>,
    /// `refresh`
    pub refreshes: CallCounts,
    /// `expire`
    pub expires: CallCounts,
    /// By class, fully qualified, and attribute.
    pub expired: BTreeMap<String, Expired>,
    /// What was raised, and how often.
    pub raised: BTreeMap<TracedError, usize>,
    /// The results of pytest by the tests' names; None where it did not run.
    pub tests: Option<BTreeMap<String, TestResult>>,
}

impl Seen {
    /// Reads what was written down.
    pub(super) fn read(events: impl BufRead) -> io::Result<Self> {
        let mut seen = Self::default();
        for line in events.split(b'\n') {
            match serde_json::from_slice(&line?) {
                Ok(event) => seen.add(event),
                Err(error) => {
                    seen.not_watched.insert(format!("a line that a process wrote can't be read: {error}"));
                }
            }
        }
        Ok(seen)
    }

    fn add(&mut self, event: TraceEvent) {
        match event {
            TraceEvent::Watching { sqlalchemy, python } => drop(self.versions.insert((sqlalchemy, python))),
            TraceEvent::NotWatched { why } => drop(self.not_watched.insert(why)),
            TraceEvent::Call { kind, place, relationships } => self.add_call(kind, place.as_ref(), relationships),
            TraceEvent::Raised { error, read, place, because } => {
                *self.raised.entry(TracedError { error, read, place, because }).or_default() += 1;
            }
            TraceEvent::Tests {} => drop(self.tests.get_or_insert_default()),
            TraceEvent::Test { id, outcome, message } => {
                let tests = self.tests.get_or_insert_default();
                let known = tests.entry(id).or_insert(TestResult { outcome, message: message.clone() });
                if known.outcome.is_outweighed_by(outcome) {
                    *known = TestResult { outcome, message };
                }
            }
        }
    }

    fn add_call(&mut self, kind: TracedCallKind, place: Option<&CodeLine>, relationships: Vec<ReachedRelationship>) {
        let calls = match kind {
            TracedCallKind::Refresh => &mut self.refreshes,
            TracedCallKind::Expire => &mut self.expires,
        };
        calls.all += 1;
        calls.expiring += usize::from(!relationships.is_empty());
        for ReachedRelationship { name, target, file, objects, left, discarded } in relationships {
            let expired = self.expired.entry(name).or_default();
            (expired.target, expired.file) = (target, file);
            expired.objects += objects;
            expired.left += left;
            expired.discarded += discarded;
            *expired.places.entry((kind, place.cloned())).or_default() += 1;
        }
    }
}
