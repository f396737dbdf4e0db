//! What a run knows of each file and each site: the one result that diff, check, fix and every report show.

mod call;
mod detail;
mod finding;
mod identity;
mod told;

use std::path::Path;
use std::sync::Arc;

use crate::model::Relationship;
use crate::policy::Applicability;
use crate::reach::Level;
use crate::repository::{Places, Repository};
use crate::source::{Position, Source};
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

pub use call::{ToldCall, ToldRead};
pub use detail::{CascadeDetail, Details, ReachDetail, SetChange};
pub use finding::{Finding, Fix};
pub use identity::{About, FindingKey, Identity, Stale};

/// A site as it is, whatever is told of it.
#[derive(Debug, Clone)]
pub struct SiteOutcome {
    /// The value's range in the text, in bytes, as that of its findings.
    pub span: std::ops::Range<usize>,
    /// Where the value begins.
    pub start: Position,
    /// The relationships that get the value, as far as something is known of them.
    pub relationships: Vec<Relationship>,
    /// Where the owner and the target of each are defined, as `path:line`.
    pub classes: Vec<[Option<String>; 2]>,
    /// The effective set now, of all values that there can be; None where it is not known, or none that SQLAlchemy takes.
    pub options: Option<CascadeOptions>,
    /// The set that stands there, where `viewonly=True` takes something of it away.
    pub written: Option<CascadeOptions>,
    /// A comment suppresses a finding of it.
    pub is_suppressed: bool,
    /// Whether the settings ignore something that is found there.
    pub is_ignored: bool,
}

/// Whether the code that has cascades with refresh-expire runs under asyncio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asyncio {
    /// A file of the product uses it, or asks for a driver.
    Used(String),
    /// A test does, and nothing else.
    InTests(String),
    /// No file does.
    Unused,
}

impl Asyncio {
    /// What says more: the product's own use before that of a test, and of several files the first by name.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Used(one), Self::Used(other)) => Self::Used(one.min(other)),
            (Self::Used(file), _) | (_, Self::Used(file)) => Self::Used(file),
            (Self::InTests(one), Self::InTests(other)) => Self::InTests(one.min(other)),
            (Self::InTests(file), _) | (_, Self::InTests(file)) => Self::InTests(file),
            (Self::Unused, Self::Unused) => Self::Unused,
        }
    }
}

/// How a file ends.
#[derive(Debug, Clone)]
pub enum Status {
    /// Nothing to write.
    Unchanged,
    /// The text after the fixes that are carried out: the safe ones, or all.
    Changed(Box<Source>),
    /// Not looked at, and why.
    Skipped(String),
    /// It went wrong, and why.
    Failed(String),
}

impl Status {
    /// Why a file was skipped.
    pub fn skipped(&self) -> Option<&str> {
        if let Status::Skipped(reason) = self { Some(reason) } else { None }
    }

    /// Why a file failed.
    pub fn failed(&self) -> Option<&str> {
        if let Status::Failed(reason) = self { Some(reason) } else { None }
    }
}

/// All that is known of one file.
#[derive(Debug, Clone)]
pub struct FileOutcome {
    /// Absolute.
    pub path: Arc<Path>,
    /// As reports show it: relative to the base of what is told, with `/`.
    pub display: String,
    /// Relative to the top of its repository, with `/`.
    pub in_repository: String,
    /// The text before; None where the file was not read.
    pub source: Option<Arc<Source>>,
    /// How it ends.
    pub status: Status,
    /// Its findings, in order of position.
    pub findings: Vec<Finding>,
    /// How many of its sites need nothing.
    pub safe_sites: usize,
    /// How many of its findings the settings ignore.
    pub ignored: usize,
    /// How many of its findings a comment suppresses.
    pub suppressed: usize,
    /// How many of its findings a baseline lists.
    pub in_baseline: usize,
    /// How many of its findings stand on lines that are as they were, where only changed ones count.
    pub on_unchanged_lines: usize,
    /// How many of its findings no call reaches, where only those count that one does.
    pub not_reached: usize,
    /// Its sites with a known value, where all relationships are asked for.
    pub sites: Vec<SiteOutcome>,
    /// Its comments that suppress nothing.
    pub unused_suppressions: Vec<UnusedSuppression>,
    /// Where it can't be parsed.
    pub syntax_errors: Vec<Position>,
}

/// A comment that was to suppress findings, and suppresses none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedSuppression {
    /// Where it begins.
    pub at: Position,
    /// The comment.
    pub text: String,
    /// What is wrong with it, where that can be told.
    pub reason: Option<String>,
}

impl FileOutcome {
    /// The findings of the value in a range of the text.
    pub fn findings_at<'a>(&'a self, span: &std::ops::Range<usize>) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.span == *span)
    }

    /// A file that was not read.
    pub fn not_read(path: Arc<Path>, repository: &Repository, status: Status) -> Self {
        let (display, in_repository) = (repository.display(&path), repository.relative(&path));
        Self::with_nothing(path, display, in_repository, status)
    }

    /// The file with nothing to tell of it.
    pub fn bare(&self) -> Self {
        let (display, in_repository) = (self.display.clone(), self.in_repository.clone());
        let bare = Self::with_nothing(Arc::clone(&self.path), display, in_repository, Status::Unchanged);
        Self { source: self.source.clone(), ..bare }
    }

    fn with_nothing(path: Arc<Path>, display: String, in_repository: String, status: Status) -> Self {
        Self {
            path,
            display,
            in_repository,
            source: None,
            status,
            findings: Vec::new(),
            safe_sites: 0,
            ignored: 0,
            suppressed: 0,
            in_baseline: 0,
            on_unchanged_lines: 0,
            not_reached: 0,
            sites: Vec::new(),
            unused_suppressions: Vec::new(),
            syntax_errors: Vec::new(),
        }
    }
}

/// The result of a run.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The calls by which sessions of the repositories do something with an object, where they were asked for.
    pub calls: Option<Vec<ToldCall>>,
    /// How many calls of the products refresh or expire an object that is not known.
    pub open_calls: usize,
    /// The files with something to say, in order of path.
    pub files: Vec<FileOutcome>,
    /// The file whose text was given, where one was.
    pub unsaved: Option<Arc<Path>>,
    /// Whether unsafe fixes are carried out too; else they are held back.
    pub unsafe_fixes: bool,
    /// Whether the code with refresh-expire runs under asyncio; None where there is no such code.
    pub asyncio: Option<Asyncio>,
    /// The places that notice an option, where all relationships are asked for.
    pub noticed: Vec<(CascadeOption, Places)>,
    /// The files that have changed since SQLAlchemy was asked about them.
    pub stale_facts: Vec<String>,
    /// What baselines list and is not found any more.
    pub stale_baseline: Vec<Stale>,
    /// How many files were checked: read and, where that mattered, decoded.
    pub files_scanned: usize,
    /// How many of them were parsed.
    pub files_parsed: usize,
}

impl Outcome {
    /// All findings with their files, in order.
    pub fn findings(&self) -> impl Iterator<Item = (&FileOutcome, &Finding)> {
        self.files.iter().flat_map(|file| file.findings.iter().map(move |finding| (file, finding)))
    }

    /// How many findings there are of each level, what is most urgent first; those about refresh-expire have one.
    pub fn levels(&self) -> [(Level, usize); 4] {
        let of = |level| self.findings().filter(|(_, finding)| finding.details.level() == Some(level)).count();
        Level::ALL.map(|level| (level, of(level)))
    }

    /// The same for people: what raises comes first; those that change the form alone come last, and behind them those about which
    /// nothing is to be done.
    pub fn findings_by_weight(&self) -> impl Iterator<Item = (&FileOutcome, &Finding)> {
        let weight = |finding: &Finding| match () {
            () if finding.is_information() => 3,
            () if finding.changes_form_alone() => 2,
            () if finding.details.level() == Some(Level::Raises) => 0,
            () => 1,
        };
        (0..4).flat_map(move |of| self.findings().filter(move |(_, finding)| weight(finding) == of))
    }

    /// Whether nothing says that the hazard is none: there is no code with refresh-expire, or it is a product that runs under asyncio.
    pub fn may_run_under_asyncio(&self) -> bool {
        matches!(&self.asyncio, None | Some(Asyncio::Used(_)))
    }

    /// Whether a fix is carried out, and not held back.
    pub fn carries_out(&self, fix: &Fix) -> bool {
        self.unsafe_fixes || fix.applicability == Applicability::Safe
    }

    /// The numbers of the summary.
    pub fn totals(&self) -> Totals {
        let mut totals =
            Totals { files_scanned: self.files_scanned, files_parsed: self.files_parsed, ..Totals::default() };
        for file in &self.files {
            totals.safe_sites += file.safe_sites;
            totals.ignored += file.ignored;
            totals.suppressed += file.suppressed;
            totals.in_baseline += file.in_baseline;
            totals.on_unchanged_lines += file.on_unchanged_lines;
            totals.not_reached += file.not_reached;
            totals.files_with_findings += usize::from(!file.findings.is_empty());
            totals.files_failed += usize::from(matches!(file.status, Status::Failed(_)));
            for finding in &file.findings {
                match finding.fix.as_ref().map(|fix| fix.applicability) {
                    Some(Applicability::Safe) => totals.fixable_safe += 1,
                    Some(Applicability::Unsafe) => totals.fixable_unsafe += 1,
                    None if finding.is_information() => totals.information += 1,
                    None => totals.manual += 1,
                }
            }
        }
        totals
    }
}

/// The numbers of the summary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Files checked.
    pub files_scanned: usize,
    /// Files parsed.
    pub files_parsed: usize,
    /// Files with a finding.
    pub files_with_findings: usize,
    /// Files that could not be read or written.
    pub files_failed: usize,
    /// Findings with a safe fix.
    pub fixable_safe: usize,
    /// Findings with an unsafe fix.
    pub fixable_unsafe: usize,
    /// Findings for a human.
    pub manual: usize,
    /// Findings about which nothing is to be done.
    pub information: usize,
    /// Sites that need nothing.
    pub safe_sites: usize,
    /// Findings that the settings ignore.
    pub ignored: usize,
    /// Findings that a comment suppresses.
    pub suppressed: usize,
    /// Findings that a baseline lists.
    pub in_baseline: usize,
    /// Findings on lines that are as they were.
    pub on_unchanged_lines: usize,
    /// How many findings no call reaches, where only those count that one does.
    pub not_reached: usize,
}
