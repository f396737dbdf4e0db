//! The outcomes of a run with and without its unsafe fixes go in; the changes come out among which someone can choose, and, for those
//! that were chosen, the outcome that carries out just them.
//!
//! Nothing is rewritten here: what is carried out are the edits that the run's fixes have.

mod components;
mod list;
mod silence;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use foldhash::HashSet;

use crate::apply::apply;
use crate::module::Location;
use crate::outcome::{FileOutcome, Finding, Outcome, Status};
use crate::policy::Applicability;
use crate::rewrite::{Edit, FileEdit};
use crate::source::Source;

pub(crate) use list::read_list;
pub use silence::{Silenced, silenced};
pub(crate) use silence::{are_suppressed, comments};

/// What can be chosen from.
pub struct Fixes {
    /// The outcome with the fixes that it carries out unasked.
    pub proposed: Outcome,
    /// The outcome that carries out unsafe fixes too; None where the proposed one has all of them.
    pub all: Option<Outcome>,
}

/// What is chosen as a whole: sites whose edits can't be carried out apart from each other, as those that share a constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Their values, in the order of the report.
    pub sites: Vec<Location>,
}

/// Which fix of a change is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixVariant {
    /// What is carried out unasked.
    Proposed,
    /// What an unsafe fix makes of it.
    Unsafe,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The change.
    pub change: Choice,
    /// What is written for it.
    pub edits: Vec<FileEdit>,
    /// How many findings are fixed by that.
    pub findings: usize,
    /// Whether that is a fix, a comment, or nothing.
    pub decision: Decision,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// A fix is carried out.
    Fix,
    /// A comment suppresses the findings.
    Suppress,
    /// All stays as it is.
    Leave,
}

impl Fixes {
    /// All changes, in the order of the report.
    pub fn changes(&self) -> Vec<Choice> {
        let mut sites: Vec<Location> = Vec::new();
        let mut known: HashSet<Location> = HashSet::default();
        for (file, finding) in self.outcomes().flat_map(Outcome::findings) {
            let site = site(file, finding);
            if finding.fix.is_some() && known.insert(site.clone()) {
                sites.push(site);
            }
        }
        let edits = self.outcomes().flat_map(Outcome::findings).flat_map(|(file, finding)| {
            let site = site(file, finding);
            finding.fix.iter().flat_map(|fix| &fix.edits).map(move |edit| (site.clone(), edit))
        });
        components::components(&sites, edits).into_iter().map(|sites| Choice { sites }).collect()
    }

    fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        std::iter::once(&self.proposed).chain(&self.all)
    }

    /// The findings of a change that a fix is about, with their files.
    pub fn findings(&self, change: &Choice, variant: FixVariant) -> Vec<(&FileOutcome, &Finding)> {
        let outcome = match variant {
            FixVariant::Proposed => Some(&self.proposed),
            FixVariant::Unsafe => self.all.as_ref(),
        };
        let Some(outcome) = outcome else { return Vec::new() };
        let sites: HashSet<&Location> = change.sites.iter().collect();
        let is_meant = |(file, finding): &(&FileOutcome, &Finding)| {
            let is_carried_out = finding.fix.as_ref().is_some_and(|fix| outcome.carries_out(fix));
            is_carried_out && sites.contains(&site(file, finding))
        };
        outcome.findings().filter(is_meant).collect()
    }

    /// Whether there is such a fix.
    pub fn offers(&self, change: &Choice, variant: FixVariant) -> bool {
        let is_unsafe = |(_, finding): &(&FileOutcome, &Finding)| {
            finding.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Unsafe)
        };
        let findings = self.findings(change, variant);
        match variant {
            FixVariant::Proposed => !findings.is_empty(),
            FixVariant::Unsafe => findings.iter().any(is_unsafe),
        }
    }

    /// What a fix of a change writes, each edit once.
    pub fn edits(&self, change: &Choice, variant: FixVariant) -> Vec<FileEdit> {
        let findings = self.findings(change, variant).into_iter();
        unique(findings.flat_map(|(_, finding)| &finding.fix).flat_map(|fix| &fix.edits))
    }

    /// The outcome that has but one change and carries it out.
    pub fn alone(&self, change: &Choice, variant: FixVariant) -> Outcome {
        let mut edits = by_file(&self.edits(change, variant));
        let mut alone = Outcome { unsafe_fixes: true, ..Outcome::default() };
        for (file, finding) in self.findings(change, variant) {
            match alone.files.last_mut().filter(|last| last.path == file.path) {
                Some(known) => known.findings.push(finding.clone()),
                None => {
                    let status = with_edits(file, edits.remove(&file.path));
                    let findings = vec![finding.clone()];
                    alone.files.push(FileOutcome { findings, status, ..file.bare() });
                }
            }
        }
        for (path, edits) in edits {
            alone.files.extend(
                self.file(&path).map(|file| FileOutcome { status: with_edits(file, Some(edits)), ..file.bare() }),
            );
        }
        alone
    }

    /// The text of a file.
    pub fn source(&self, path: &Path) -> Option<&Arc<Source>> {
        self.file(path)?.source.as_ref()
    }

    /// A file of the outcomes.
    fn file(&self, path: &Path) -> Option<&FileOutcome> {
        self.outcomes().flat_map(|outcome| &outcome.files).find(|file| *file.path == *path)
    }

    /// The sites of a change by the lists that are written: those whose value stands elsewhere share one.
    pub fn lists(&self, change: &Choice) -> Vec<Vec<(&FileOutcome, &Finding)>> {
        let variants = [FixVariant::Proposed, FixVariant::Unsafe];
        let findings = variants.map(|variant| self.findings(change, variant)).into_iter().find(|all| !all.is_empty());
        let mut lists: Vec<Vec<(&FileOutcome, &Finding)>> = Vec::new();
        let of_cascades = findings.into_iter().flatten().filter(|(_, finding)| finding.details.cascade.is_some());
        for (file, finding) in of_cascades {
            let edits = |finding: &'_ Finding| finding.fix.iter().flat_map(|fix| fix.edits.clone()).collect::<Vec<_>>();
            let own = edits(finding);
            let is_shared = |list: &&mut Vec<(&FileOutcome, &Finding)>| {
                list.iter().any(|(other_file, other)| {
                    let is_same = site(other_file, other) == site(file, finding);
                    let is_elsewhere = !is_written_here(file, finding) && !is_written_here(other_file, other);
                    is_same || is_elsewhere && edits(other).iter().any(|edit| own.contains(edit))
                })
            };
            match lists.iter_mut().find(is_shared) {
                Some(list) => list.push((file, finding)),
                None => lists.push(vec![(file, finding)]),
            }
        }
        lists
    }

    /// Whether every site of a change of other fixes has a fix here too.
    ///
    /// # Errors
    /// Why one has none, in words.
    pub fn has_fixes(&self, change: &Choice) -> Result<(), String> {
        for wanted in &change.sites {
            let of_site = || self.proposed.findings().filter(|(file, finding)| site(file, finding) == *wanted);
            if !of_site().any(|(_, finding)| finding.fix.is_some()) {
                let told = of_site().next().map(|(_, finding)| finding.help.clone());
                return Err(told.unwrap_or_else(|| "nothing is found there any more".to_owned()));
            }
        }
        Ok(())
    }

    /// The outcome that carries out what was chosen, and nothing else.
    pub fn carried_out(&self, chosen: &[Chosen]) -> Outcome {
        let edits = by_file(&unique(chosen.iter().flat_map(|one| &one.edits)));
        let is_suppression = |one: &&Chosen| one.decision == Decision::Suppress;
        let suppressed: HashSet<&Location> =
            chosen.iter().filter(is_suppression).flat_map(|one| &one.change.sites).collect();
        let missing: Vec<FileOutcome> = edits
            .keys()
            .filter(|path| !self.proposed.files.iter().any(|file| file.path == **path))
            .filter_map(|path| self.file(path).map(FileOutcome::bare))
            .collect();
        let mut outcome = Outcome { unsafe_fixes: true, ..self.proposed.clone() };
        outcome.files.extend(missing);
        for file in &mut outcome.files {
            if !matches!(file.status, Status::Skipped(_) | Status::Failed(_)) {
                file.status = with_edits(file, edits.get(&file.path).cloned());
            }
            let (gone, left) = std::mem::take(&mut file.findings)
                .into_iter()
                .partition::<Vec<_>, _>(|finding| finding.fix.is_some() && suppressed.contains(&site(file, finding)));
            file.findings = left;
            file.suppressed += gone.len();
        }
        outcome
    }
}

/// The site of a finding.
pub fn site(file: &FileOutcome, finding: &Finding) -> Location {
    Location { path: Arc::clone(&file.path), start: finding.span.start, end: finding.span.end }
}

/// Whether the value that is written anew stands at the site itself.
fn is_written_here(file: &FileOutcome, finding: &Finding) -> bool {
    let is_inside = |FileEdit { path, edit }: &FileEdit| {
        *path == file.path && finding.span.start <= edit.range.start && edit.range.end <= finding.span.end
    };
    finding.fix.as_ref().is_some_and(|fix| fix.edits.iter().any(is_inside))
}

fn with_edits(file: &FileOutcome, edits: Option<Vec<Edit>>) -> Status {
    let (Some(edits), Some(source)) = (edits, &file.source) else { return Status::Unchanged };
    match apply(source, edits.iter().collect()) {
        Ok(changed) => Status::Changed(Box::new(changed)),
        Err(reason) => Status::Failed(reason),
    }
}

fn by_file(edits: &[FileEdit]) -> BTreeMap<Arc<Path>, Vec<Edit>> {
    let mut files: BTreeMap<Arc<Path>, Vec<Edit>> = BTreeMap::new();
    for FileEdit { path, edit } in edits {
        files.entry(Arc::clone(path)).or_default().push(edit.clone());
    }
    files
}

fn unique<'e>(edits: impl Iterator<Item = &'e FileEdit>) -> Vec<FileEdit> {
    let key = |one: &FileEdit| (Arc::clone(&one.path), one.edit.range.start, one.edit.range.end, one.edit.text.clone());
    let mut known = BTreeSet::new();
    edits.filter(|edit| known.insert(key(edit))).cloned().collect()
}
