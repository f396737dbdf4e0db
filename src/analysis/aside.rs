//! The sites of a run go in; those come out with the findings that are to be told: what a baseline lists is set aside, and what stands
//! on lines that nobody changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashSet;

use super::run::Run;
use crate::baseline::{Baseline, BaselineError};
use crate::changed_lines::ChangedLines;
use crate::module::Location;
use crate::outcome::{FileOutcome, Status};
use crate::outcome::{FindingKey, Stale};
use crate::plan::Files as _;
use crate::reach::Only;
use crate::rules::Code;
use crate::settings::Setting;
use crate::site::Site;
use crate::suppression::{AsideReason, Suppressed};

use super::files::FilesOfRun;

impl Run<'_> {
    /// Sets aside what the baselines list; gives what they list and is not found any more.
    ///
    /// # Errors
    /// A baseline can't be read.
    pub fn set_known_aside(&self, suppressed: &mut Suppressed) -> Result<Vec<Stale>, BaselineError> {
        let mut baselines = self.baselines()?;
        if baselines.is_empty() {
            return Ok(Vec::new());
        }
        let files = self.files(suppressed);
        let (mut known, mut others) = (HashSet::default(), HashSet::default());
        for file in &files {
            let settings = self.analysis.reach.settings.of(&file.path);
            let mut baseline = settings.baseline.as_ref().and_then(|setting| baselines.get_mut(&setting.value));
            for finding in &file.findings {
                let is_known = baseline.as_mut().is_some_and(|baseline| baseline.take(&FindingKey::of(file, finding)));
                let at = Location { path: Arc::clone(&file.path), start: finding.span.start, end: finding.span.end };
                if is_known {
                    known.insert((at, finding.code))
                } else {
                    others.insert((at, finding.code))
                };
            }
        }
        let is_known = |at: &Location, code: Code| {
            let finding = (at.clone(), code);
            known.contains(&finding) && !others.contains(&finding)
        };
        suppressed.set_aside(AsideReason::InBaseline, |site, judgement| is_known(&site.at, judgement.code));
        suppressed.set_sightings_aside(AsideReason::InBaseline, |sighting, code| is_known(&sighting.at, code));
        Ok(self.stale(&baselines, &files))
    }

    /// The baselines of the files under check, by their paths.
    fn baselines(&self) -> Result<BTreeMap<PathBuf, Baseline>, BaselineError> {
        let of_named = self.named().map(|path| self.analysis.reach.settings.of(&path));
        let of_files = self.analysis.scan.files.iter().map(|file| self.analysis.reach.settings.of(&file.path));
        let mut baselines = BTreeMap::new();
        for settings in of_named.chain(of_files) {
            let Some(Setting { value: path, origin }) = &settings.baseline else { continue };
            if !baselines.contains_key(path) {
                let absolute = self.analysis.walk.absolute(path);
                let baseline = Baseline::read(&absolute, &self.analysis.reach.settings.shown(&absolute));
                baselines.insert(path.clone(), baseline.map_err(|error| error.named_by(origin))?);
            }
        }
        Ok(baselines)
    }

    /// The files that are named; for a folder, one that is in it.
    fn named(&self) -> impl Iterator<Item = PathBuf> {
        self.analysis.reach.paths.iter().map(|path| {
            let path = path.canonicalize().unwrap_or_else(|_| self.analysis.walk.absolute(path));
            if path.is_dir() { path.join("models.py") } else { path }
        })
    }

    /// What is left of the baselines, as far as it was looked for.
    fn stale(&self, baselines: &BTreeMap<PathBuf, Baseline>, files: &[FileOutcome]) -> Vec<Stale> {
        let mut roots: Vec<PathBuf> = Vec::new();
        for path in self.named() {
            let root = self.analysis.repositories.of(&path).root().to_owned();
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
        let left =
            baselines.iter().flat_map(|(path, left)| left.known().map(move |(known, number)| (path, known, number)));
        let looked_for = left.filter(|(_, known, _)| {
            let paths: Vec<PathBuf> = roots.iter().map(|root| root.join(&known.identity.path)).collect();
            match paths.iter().find(|path| path.exists()) {
                Some(path) => self.was_looked_for(path, known.identity.code, files),
                None => paths.iter().filter_map(|path| path.parent()).any(|folder| self.analysis.walk.covers(folder)),
            }
        });
        let stale = looked_for.map(|(path, known, number)| {
            let baseline = self.analysis.reach.settings.shown(&self.analysis.walk.absolute(path));
            Stale { baseline, key: known.clone(), number }
        });
        stale.collect()
    }

    /// Whether findings of a file would have been found: it is under check, and all of it was read.
    fn was_looked_for(&self, path: &Path, code: Code, files: &[FileOutcome]) -> bool {
        let is_read_in_part = |file: &FileOutcome| {
            !file.syntax_errors.is_empty() || matches!(file.status, Status::Failed(_) | Status::Skipped(_))
        };
        let is_not_read =
            self.analysis.scan.not_read.iter().any(|not_read| self.analysis.walk.absolute(not_read.path()) == *path);
        self.analysis.reach.unsaved.is_empty()
            && !is_not_read
            && !files.iter().any(|file| *file.path == *path && is_read_in_part(file))
            && self.analysis.reach.settings.of(path).selection(path).has(code)
            && self.analysis.checks(path)
    }

    /// Sets aside what stands on lines that are as they were.
    pub fn set_unchanged_aside(&self, suppressed: &mut Suppressed, changed: &ChangedLines) {
        let none = HashSet::default();
        let files = FilesOfRun::new(self, &none);
        let is_changed =
            |at: &Location| files.source(&at.path).is_some_and(|source| changed.touch(&at.path, &source, &at.range()));
        suppressed.set_aside(AsideReason::Unchanged, |site, _| !places(site).any(is_changed));
        suppressed
            .set_sightings_aside(AsideReason::Unchanged, |one, _| ![&one.at, &one.call].into_iter().any(is_changed));
    }

    /// Sets aside what no call reaches, and what is not about that.
    pub fn set_unreached_aside(&self, suppressed: &mut Suppressed, only: Only) {
        suppressed.set_aside(AsideReason::Unreached, |site, judgement| {
            let reached = self.reached_by(site).filter(|_| judgement.loaded.is_some());
            !reached.is_some_and(|reached| only.wants(reached.level))
        });
        suppressed.set_sightings_aside(AsideReason::Unreached, |_, _| true);
    }
}

/// Where a site gets its value from and hands it to: a constant that was changed changes each use.
fn places(site: &Site) -> impl Iterator<Item = &Location> {
    let alternatives = site.value.iter().flat_map(|value| &value.alternatives);
    let of_values = alternatives.flat_map(|one| {
        let steps = one.steps.iter().chain(&one.dependencies).flat_map(|step| [&step.mention, &step.definition]);
        steps.chain([&one.written.at])
    });
    let of_givens = site.recipients.iter().map(|given| &given.at);
    [&site.at, &site.call].into_iter().chain(of_givens).chain(of_values)
}
