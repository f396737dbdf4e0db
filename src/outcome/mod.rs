//! What a run knows of each file and each site: the one result that diff, check, fix and every report show.

mod identity;

use std::path::Path;
use std::sync::Arc;

use crate::layout::Relaid;
use crate::model::Relationship;
use crate::policy::{Applicability, Hazard};
use crate::repository::{Places, Repository};
use crate::rewrite::FileEdit;
use crate::rules::{Code, Severity};
use crate::source::{Position, Source};
use crate::sqlalchemy::Lazy;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

pub use identity::{About, Identity, Known, Stale};

/// A site that is not as it should be.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The diagnostic.
    pub code: Code,
    /// The diagnostic's name.
    pub name: String,
    /// How bad it is.
    pub severity: Severity,
    /// One line.
    pub message: String,
    /// What to do, in a few words.
    pub help: String,
    /// The value's range in the text, in bytes.
    pub span: std::ops::Range<usize>,
    /// Where the value begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
    /// The call's range in the text, in bytes.
    pub call_span: std::ops::Range<usize>,
    /// The call's first and last line, 1-based.
    pub call_lines: (usize, usize),
    /// Who is called.
    pub callee: String,
    /// What is known of the relationship.
    pub relationship: Option<Relationship>,
    /// What refresh-expire can do there, where the finding is about that.
    pub hazard: Option<Hazard>,
    /// How the relationship is loaded, in a sentence, where that decides about it.
    pub loaded: Option<String>,
    /// The effective set now, where it is known.
    pub before: Option<CascadeOptions>,
    /// The effective set after the fix.
    pub after: Option<CascadeOptions>,
    /// What to write; None where a human has to decide.
    pub fix: Option<Fix>,
}

impl Finding {
    /// What speaks for it, a sentence each: what the relationship is and how that is known, then what its fix changes.
    pub fn reasons(&self) -> Vec<String> {
        let relationship = self.relationship.as_ref().and_then(Relationship::told);
        relationship.into_iter().chain(self.notes().map(str::to_owned)).collect()
    }

    /// The part of it that does not say what the relationship is: what its fix changes.
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        let loaded = self.loaded.iter().filter(|_| self.fix.is_none());
        loaded.chain(self.fix.iter().flat_map(|fix| &fix.notes)).map(String::as_str)
    }

    /// Whether nothing that is read after a refresh depends on it, and nothing else that its fix changes.
    pub fn changes_form_alone(&self) -> bool {
        self.hazard == Some(Hazard::Form) && self.fix.as_ref().is_none_or(Fix::is_of_form)
    }

    /// Whether it is told, and nothing is to be done.
    pub fn is_information(&self) -> bool {
        self.severity == Severity::Information
    }

    /// Whether there is something to do that no fix does.
    pub fn needs_human(&self) -> bool {
        self.fix.is_none() && !self.is_information()
    }

    /// `User.posts`; None where that is not known.
    pub fn relationship_name(&self) -> Option<String> {
        self.relationship.as_ref().and_then(Relationship::name)
    }

    /// What is to be written, in words: one list, or those of several branches.
    pub fn written(&self) -> Option<String> {
        let mut lists: Vec<CascadeOptions> = Vec::new();
        for (before, after) in self.fix.iter().flat_map(|fix| &fix.branches) {
            if before != after && !lists.contains(after) {
                lists.push(*after);
            }
        }
        let lists = if lists.is_empty() { vec![self.after?] } else { lists };
        Some(lists.iter().map(|list| format!("`{list}`")).collect::<Vec<_>>().join(" or "))
    }
}

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

/// The edits of one finding.
#[derive(Debug, Clone)]
pub struct Fix {
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// In order of file and position; ranges are bytes of the text. Findings that share a definition have the same.
    pub edits: Vec<FileEdit>,
    /// The options that go.
    pub lost: CascadeOptions,
    /// The effective set of each value that there can be, now and afterwards.
    pub branches: Vec<(CascadeOptions, CascadeOptions)>,
    /// The loader that is added.
    pub lazy: Option<Lazy>,
    /// What speaks for it, in sentences.
    pub notes: Vec<String>,
}

impl Fix {
    /// Whether no option comes, and none goes but refresh-expire, and expunge where nothing notices that.
    pub fn is_of_form(&self) -> bool {
        let rest = self.lost.without(CascadeOption::RefreshExpire).without(CascadeOption::Expunge);
        let has_more = |(before, after): &(CascadeOptions, CascadeOptions)| !after.minus(*before).is_empty();
        self.applicability == Applicability::Safe && rest.is_empty() && !self.branches.iter().any(has_more)
    }

    /// Makes the layout of a statement a part of the fix, if it changes something in the statement.
    pub fn lay_out(&mut self, path: &Arc<Path>, statement: &Relaid) {
        let is_inside = |edit: &FileEdit| {
            let range = &edit.edit.range;
            edit.path == *path && statement.range.start <= range.start && range.end <= statement.range.end
        };
        if !self.edits.iter().any(is_inside) {
            return;
        }
        for edit in self.edits.iter_mut().filter(|edit| is_inside(edit)) {
            if let Some((_, replacement)) = statement.replaced.iter().find(|(value, _)| *value == edit.edit) {
                edit.edit = replacement.clone();
            }
        }
        let layout = statement.edits.iter().map(|edit| FileEdit { path: Arc::clone(path), edit: edit.clone() });
        self.edits.extend(layout);
        self.edits.sort_by(|a, b| (&a.path, a.edit.range.start).cmp(&(&b.path, b.edit.range.start)));
    }
}

/// Whether the code that has cascades with refresh-expire runs under asyncio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asyncio {
    /// A file of the product uses it, or asks for a driver.
    Used(String),
    /// A test does, and nothing else.
    InTests(String),
    /// No file does.
    Unused,
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
            sites: Vec::new(),
            unused_suppressions: Vec::new(),
            syntax_errors: Vec::new(),
        }
    }
}

/// The result of a run.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
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

    /// The same for people: those that change the form alone come last, and behind them those about which nothing is to be done.
    pub fn findings_by_weight(&self) -> impl Iterator<Item = (&FileOutcome, &Finding)> {
        let weight = |finding: &Finding| match () {
            () if finding.is_information() => 2,
            () if finding.changes_form_alone() => 1,
            () => 0,
        };
        (0..3).flat_map(move |of| self.findings().filter(move |(_, finding)| weight(finding) == of))
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
}
