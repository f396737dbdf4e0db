//! An outcome goes in; what a page shows of it comes out, as plain text.

use std::ops::Range;
use std::path::Path;

use foldhash::HashMap;
use similar::{ChangeTag, DiffOp, TextDiff};

use crate::graph::DeleteGraph;
use crate::outcome::{FileOutcome, Finding, Outcome, Status};
use crate::reach::Level;
use crate::related::{Related, related};
use crate::report::graph::svg;
use crate::report::host::message;
use crate::report::notes::{CommonNote, Notes};
use crate::report::patch::{CONTEXT, lines};
use crate::report::remarks::{Remark, remarks};
use crate::report::summary::{asyncio, sentences};
use crate::report::visible;
use crate::rewrite::FileEdit;
use crate::source::Source;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

/// How many relationships are drawn: a page with more is slow, and nobody could follow them. `graph` draws them all.
const MOST_LINES: usize = 1000;

/// How many relationships are named beside what they have in common.
const MOST_NAMED: usize = 10;

/// What the page shows.
pub(super) struct Page {
    pub sentences: Vec<String>,
    pub asyncio: Option<String>,
    pub may_run_under_asyncio: bool,
    pub options: Vec<&'static str>,
    pub states: Vec<(&'static StateLabel, usize)>,
    /// How many relationships there are of each level that something reaches today, or nothing.
    pub levels: Vec<(&'static str, usize)>,
    pub rows: Vec<RelationshipRow>,
    pub files: Vec<FileDiff>,
    /// What several findings have in common, and which.
    pub notes: Vec<(Prose, String)>,
    pub held_back: Vec<Told>,
    pub human: Vec<Told>,
    /// Files that were not checked, and comments that suppress nothing: where, and why.
    pub remarks: Vec<(String, Prose)>,
    pub graph: Option<String>,
}

/// What becomes of a relationship.
#[derive(PartialEq, Eq)]
pub(super) struct StateLabel {
    /// Its class in the style sheet.
    pub class: &'static str,
    pub text: &'static str,
}

const STATES: [StateLabel; 6] = [
    StateLabel { class: "fixed", text: "can be fixed" },
    StateLabel { class: "held", text: "held back" },
    StateLabel { class: "human", text: "for a human" },
    StateLabel { class: "information", text: "information" },
    StateLabel { class: "suppressed", text: "suppressed" },
    StateLabel { class: "ignored", text: "ignored by the settings" },
];
const NEEDS_NOTHING: StateLabel = StateLabel { class: "safe", text: "needs nothing" };

/// A relationship.
pub(super) struct RelationshipRow {
    pub name: String,
    pub target: Option<String>,
    pub direction: &'static str,
    /// Why the direction is not known, where it isn't.
    pub unknown: Option<Prose>,
    pub place: String,
    /// The number of its file among those that are changed.
    pub file: Option<usize>,
    pub cells: Vec<OptionCell>,
    /// Who reaches it today, in a word; empty where nothing is to be done about refresh-expire.
    pub reach: &'static str,
    /// By which that is sorted.
    pub urgency: u8,
    /// One at least.
    pub states: Vec<&'static StateLabel>,
}

/// An option of a relationship, before and after.
pub(super) struct OptionCell {
    pub class: &'static str,
    pub symbol: &'static str,
    pub text: &'static str,
    /// By which a column is sorted.
    pub order: u8,
}

/// The changes of a file.
pub(super) struct FileDiff {
    pub path: String,
    pub hunks: Vec<PageHunk>,
}

/// Changed lines with those around them.
pub(super) struct PageHunk {
    pub header: String,
    pub lines: Vec<HunkLine>,
    pub told: Vec<Told>,
}

/// A line of a hunk.
pub(super) struct HunkLine {
    pub class: &'static str,
    pub sign: &'static str,
    /// What of it is changed, and what not.
    pub parts: Vec<(bool, String)>,
}

/// What is said of a finding.
pub(super) struct Told {
    pub place: String,
    pub code: &'static str,
    pub name: String,
    pub message: Prose,
    pub reasons: Vec<Prose>,
}

/// A sentence in parts: what stands between backticks is code.
pub(super) type Prose = Vec<(bool, String)>;

fn prose(text: &str) -> Prose {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return vec![(false, visible(text).into_owned())];
    }
    parts.into_iter().enumerate().map(|(index, part)| (index % 2 == 1, visible(part).into_owned())).collect()
}

impl Page {
    pub fn of(outcome: &Outcome) -> Self {
        let changed: Vec<&FileOutcome> =
            outcome.files.iter().filter(|file| matches!(file.status, Status::Changed(_))).collect();
        let numbers: HashMap<&Path, usize> =
            changed.iter().enumerate().map(|(number, file)| (&*file.path, number)).collect();
        let number = |file: &FileOutcome| numbers.get(&*file.path).copied();
        let mut related = related(outcome);
        related.sort_by_key(|related| related.findings.iter().any(|finding| finding.changes_form_alone()));
        let rows: Vec<RelationshipRow> =
            related.iter().map(|related| RelationshipRow::of(related, outcome, number(related.file))).collect();
        let graph = DeleteGraph::of(outcome);
        let edited = edited(outcome);
        let notes = Notes::of(outcome.findings_by_weight());
        let in_common = |common: &CommonNote<'_>| {
            (prose(&common.note.text), visible(&common.whose(MOST_NAMED, str::to_owned)).into_owned())
        };
        let of_kind = |is_meant: &dyn Fn(&Finding) -> bool| {
            let findings = outcome.findings_by_weight().filter(|(_, finding)| is_meant(finding));
            findings.map(|(file, finding)| Told::of(outcome, file, finding, &notes)).collect::<Vec<_>>()
        };
        Self {
            sentences: sentences(outcome, None),
            asyncio: asyncio(outcome),
            may_run_under_asyncio: outcome.may_run_under_asyncio(),
            options: CascadeOptions::ALL.iter().map(|option| option.name()).collect(),
            states: numbers_by_state(&rows),
            levels: numbers_by_level(&rows),
            files: changed.iter().filter_map(|file| FileDiff::of(outcome, file, &edited, &notes)).collect(),
            notes: notes.shared().map(in_common).collect(),
            held_back: of_kind(&|finding| finding.fix.as_ref().is_some_and(|fix| !outcome.carries_out(fix))),
            human: of_kind(&|finding| finding.needs_human()),
            remarks: remarks(outcome).iter().map(remark).collect(),
            graph: (1..=MOST_LINES).contains(&graph.graph.edge_count()).then(|| svg(&graph)),
            rows,
        }
    }
}

/// How many relationships are in each state.
fn numbers_by_state(rows: &[RelationshipRow]) -> Vec<(&'static StateLabel, usize)> {
    let number = |state: &'static StateLabel| rows.iter().filter(|row| row.states.contains(&state)).count();
    STATES.iter().chain([&NEEDS_NOTHING]).map(|state| (state, number(state))).collect()
}

/// How many relationships are reached at each level that some are.
fn numbers_by_level(rows: &[RelationshipRow]) -> Vec<(&'static str, usize)> {
    let number = |level: Level| rows.iter().filter(|row| row.reach == level.name()).count();
    let numbers = Level::ALL.map(|level| (level.name(), number(level)));
    numbers.into_iter().filter(|(_, number)| *number > 0).collect()
}

impl RelationshipRow {
    fn of(related: &Related<'_>, outcome: &Outcome, file: Option<usize>) -> Self {
        let findings = &related.findings;
        let fixes = || findings.iter().filter_map(|finding| finding.fix.as_ref());
        let is_fixed = fixes().any(|fix| outcome.carries_out(fix));
        let of_states = [
            is_fixed,
            fixes().any(|fix| !outcome.carries_out(fix)),
            findings.iter().any(|finding| finding.needs_human()),
            findings.iter().any(|finding| finding.fix.is_none() && !finding.needs_human()),
            related.site.is_suppressed,
            related.site.is_ignored,
        ];
        let mut states: Vec<&StateLabel> =
            STATES.iter().zip(of_states).filter(|(_, is_one)| *is_one).map(|(state, _)| state).collect();
        if states.is_empty() {
            states.push(&NEEDS_NOTHING);
        }
        let known = related.relationship;
        let levels = findings.iter().filter_map(|finding| finding.details.level());
        let level = levels.max_by_key(|level| level.urgency());
        Self {
            reach: level.map(Level::name).unwrap_or_default(),
            urgency: level.map_or(0, Level::urgency),
            name: related.name(),
            target: known.and_then(|known| known.target.clone()),
            direction: known.and_then(|known| known.direction).map_or("unknown", |direction| direction.name()),
            unknown: known.and_then(|known| known.unknown.as_deref()).map(prose),
            place: visible(&format!("{}:{}", related.file.display, related.site.start)).into_owned(),
            file: file.filter(|_| is_fixed),
            cells: CascadeOptions::ALL.iter().map(|option| OptionCell::of(option, related)).collect(),
            states,
        }
    }

    /// The classes of its states.
    pub fn classes(&self) -> String {
        self.states.iter().map(|state| state.class).collect::<Vec<_>>().join(" ")
    }
}

impl OptionCell {
    fn of(option: CascadeOption, related: &Related<'_>) -> Self {
        let has = |options: Option<CascadeOptions>| options.is_some_and(|options| options.contains(option));
        if related.before().is_none() {
            return Self { class: "unknown", symbol: "?", text: "not known", order: 5 };
        }
        let without_effect = related.site.written.is_some_and(|written| written.contains(option));
        let (class, symbol, text, order) = match (has(related.before()), has(related.after), has(related.at_last())) {
            (true, true, true) => ("kept", "●", "kept", 1),
            (true, false, _) => ("removed", "−", "removed", 3),
            (false, true, _) => ("added", "+", "added", 4),
            (true, true, false) => ("would-remove", "◐", "kept; a fix that is held back would remove it", 2),
            (false, false, true) => ("would-add", "◌", "absent; a fix that is held back would add it", 2),
            (false, false, false) if without_effect && related.held_back.is_some() => {
                ("would-remove", "◐", "written, without effect; a fix that is held back would remove it", 2)
            }
            (false, false, false) if without_effect && related.is_rewritten() => {
                ("removed", "−", "written, without effect; removed", 3)
            }
            (false, false, false) => ("absent", "·", "absent", 0),
        };
        Self { class, symbol, text, order }
    }
}

impl Told {
    fn of(outcome: &Outcome, file: &FileOutcome, finding: &Finding, notes: &Notes<'_>) -> Self {
        Self {
            place: visible(&format!("{}:{}", file.display, finding.start)).into_owned(),
            code: finding.code.as_str(),
            name: finding.relationship_name().unwrap_or_default(),
            message: prose(&message(outcome, finding)),
            reasons: notes.own_reasons(finding).iter().map(|reason| prose(reason)).collect(),
        }
    }
}

impl FileDiff {
    fn of(outcome: &Outcome, file: &FileOutcome, edited: &Edited<'_>, notes: &Notes<'_>) -> Option<Self> {
        let (Status::Changed(changed), Some(source)) = (&file.status, &file.source) else { return None };
        let (old, new) = (lines(source.stored().as_bytes()), lines(changed.stored().as_bytes()));
        let diff = TextDiff::from_slices(&old, &new);
        let hunks = diff.unified_diff().context_radius(CONTEXT).iter_hunks().map(|hunk| PageHunk {
            header: hunk.header().to_string(),
            lines: hunk.ops().iter().flat_map(|op| HunkLine::all(&diff, op)).collect(),
            told: told_in(outcome, file, edited, &old_lines(hunk.ops()), notes),
        });
        Some(Self { path: visible(&file.display).into_owned(), hunks: hunks.collect() })
    }
}

impl HunkLine {
    fn all(diff: &TextDiff<'_, '_, [u8]>, op: &DiffOp) -> Vec<Self> {
        let changes = diff.iter_inline_changes(op).map(|change| {
            let (class, sign) = match change.tag() {
                ChangeTag::Equal => ("same", " "),
                ChangeTag::Delete => ("gone", "-"),
                ChangeTag::Insert => ("new", "+"),
            };
            let part = |(is_changed, text): (bool, std::borrow::Cow<'_, str>)| {
                (is_changed, text.trim_end_matches(['\n', '\r']).to_owned())
            };
            Self { class, sign, parts: change.iter_strings_lossy().map(part).collect() }
        });
        changes.collect()
    }
}

/// The lines of the old text that a hunk has, 1-based.
fn old_lines(ops: &[DiffOp]) -> Range<usize> {
    let start = ops.iter().map(|op| op.old_range().start).min().unwrap_or_default();
    let end = ops.iter().map(|op| op.old_range().end).max().unwrap_or_default();
    start + 1..end + 1
}

/// The findings that change something in a file, each with the lines at which it does.
type Edited<'a> = HashMap<&'a Path, Vec<(usize, &'a FileOutcome, &'a Finding)>>;

fn edited(outcome: &Outcome) -> Edited<'_> {
    let sources: HashMap<&Path, &Source> =
        outcome.files.iter().filter_map(|file| Some((&*file.path, &**file.source.as_ref()?))).collect();
    let mut edited = Edited::default();
    for (file, finding) in outcome.findings() {
        let fix = finding.fix.as_ref().filter(|fix| outcome.carries_out(fix));
        for FileEdit { path, edit } in fix.into_iter().flat_map(|fix| &fix.edits) {
            let Some(source) = sources.get(&**path) else { continue };
            let line = source.file_position(source.stored_range(&edit.range).start).line;
            edited.entry(path).or_default().push((line, file, finding));
        }
    }
    edited
}

/// The findings that change some of the lines of a file, each once.
fn told_in(
    outcome: &Outcome,
    file: &FileOutcome,
    edited: &Edited<'_>,
    shown: &Range<usize>,
    notes: &Notes<'_>,
) -> Vec<Told> {
    let here = edited.get(&*file.path).into_iter().flatten().filter(|(line, ..)| shown.contains(line));
    let mut findings: Vec<(&FileOutcome, &Finding)> = Vec::new();
    for (_, of, finding) in here {
        if !findings.iter().any(|(_, known)| std::ptr::eq(*known, *finding)) {
            findings.push((of, finding));
        }
    }
    findings.into_iter().map(|(of, finding)| Told::of(outcome, of, finding, notes)).collect()
}

fn remark(remark: &Remark<'_>) -> (String, Prose) {
    (visible(&remark.place()).into_owned(), prose(&remark.text))
}
