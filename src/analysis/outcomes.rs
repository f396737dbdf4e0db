//! The judged sites go in; the outcome of each file comes out, with the fixes carried out or held back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::files::FilesOfRun;
use super::run::Run;
use crate::apply::apply;
use crate::checks::Sighting;
use crate::diagnose::{self, Diagnosed, PlannedRewrite, diagnose};
use crate::layout::{self, Layout, Relaid, Styles};
use crate::model::Relationship;
use crate::module::Location;
use crate::outcome::{FileOutcome, Finding, SiteOutcome, Status};
use crate::plan::{Files, Planner};
use crate::policy::{AllowedChanges, Applicability, Rewrite, Verdict, effective_set, written_set};
use crate::rewrite::{Edit, FileEdit};
use crate::rules::Code;
use crate::scan::Scanned;
use crate::site::Site;
use crate::source::Source;
use crate::suppression::{AsideReason, Suppressed};

impl Run<'_> {
    /// The outcome of every file that has something to say. Where unsafe fixes are held back, the findings have them nevertheless.
    pub fn files(&self, suppressed: &Suppressed) -> Vec<FileOutcome> {
        let allowed = if self.request.unsafe_fixes { AllowedChanges::All } else { AllowedChanges::Safe };
        let mut outcomes = self.outcomes(suppressed, allowed);
        let is_unsafe = |(_, sighting): &(Code, Sighting)| {
            sighting.correction.as_ref().is_some_and(|correction| correction.applicability == Applicability::Unsafe)
        };
        let has_unsafe = suppressed.kept.iter().any(|(_, verdict)| verdict.has_unsafe_change())
            || suppressed.sightings.iter().any(is_unsafe);
        if allowed == AllowedChanges::Safe && has_unsafe {
            hold_back(&mut outcomes, self.outcomes(suppressed, AllowedChanges::All));
        }
        outcomes.iter_mut().for_each(leave_out_twins);
        outcomes
    }

    /// The outcomes with the allowed fixes carried out.
    fn outcomes(&self, suppressed: &Suppressed, allowed: AllowedChanges) -> Vec<FileOutcome> {
        let files = FilesOfRun::new(self, &suppressed.left_alone);
        let mut by_file = self.scanned(suppressed);
        for (site, diagnosed) in self.diagnosed(&suppressed.kept, allowed, &files) {
            let Some(file) = self.file_at(&site.at.path, &mut by_file, &files) else { continue };
            match diagnosed {
                Diagnosed::Safe => file.safe_sites += 1,
                Diagnosed::Unselected => {}
                Diagnosed::Found(mut findings) => {
                    self.add_reach(site, &mut findings);
                    file.findings.extend(findings);
                }
            }
        }
        if self.request.all_relationships {
            self.add_sites(&mut by_file, suppressed, &files);
        }
        self.add_sightings(&mut by_file, suppressed, allowed, &files);
        let of_sites = suppressed.aside.iter().filter(|(site, ..)| files.concerns(site));
        let of_sites = of_sites.map(|(site, why, number)| (&site.at.path, *why, *number));
        let of_sightings = suppressed.sightings_aside.iter().map(|(path, why)| (path, *why, 1));
        for (path, why, number) in of_sites.chain(of_sightings) {
            if let Some(file) = self.file_at(path, &mut by_file, &files) {
                *aside(file, why) += number;
            }
        }
        let mut outcomes: Vec<FileOutcome> = by_file.into_values().collect();
        self.apply(&mut outcomes, &files);
        outcomes
    }

    /// What there is to tell of each site that is to be reported, with the edits of the allowed changes.
    fn diagnosed<'s>(
        &self,
        sites: &'s [(Site, Verdict)],
        allowed: AllowedChanges,
        files: &FilesOfRun<'_>,
    ) -> Vec<(&'s Site, Diagnosed)> {
        let rewrites: Vec<Option<Rewrite>> =
            sites.par_iter().map(|(site, verdict)| verdict.rewrite(site, allowed)).collect();
        let wanted: Vec<_> = sites.iter().map(|(site, _)| site).zip(&rewrites).collect();
        let planner = Planner::new(&wanted, &self.analysis.usages, files);
        let diagnosed = sites
            .par_iter()
            .zip(rewrites.par_iter())
            .filter(|((site, _), _)| files.concerns(site))
            .filter_map(|(judged, rewrite)| {
                let site = &judged.0;
                let source = files.source(&site.at.path)?;
                let settings = self.analysis.reach.settings.of(&site.at.path);
                let written =
                    rewrite.as_ref().map(|rewrite| PlannedRewrite { rewrite, planned: planner.plan(site, rewrite) });
                Some((site, diagnose(&settings.rules, &source, judged, allowed, written.as_ref())))
            });
        diagnosed.collect()
    }

    /// The files that were scanned, with what is to be told of each as a whole.
    fn scanned(&self, suppressed: &Suppressed) -> BTreeMap<Arc<Path>, FileOutcome> {
        let outcome = |scanned: &Scanned| {
            let mut outcome = self.unchanged(&scanned.path, &scanned.source);
            outcome.syntax_errors =
                scanned.syntax_errors.iter().map(|range| scanned.source.position(range.start)).collect();
            let selection = self.analysis.reach.settings.of(&scanned.path).selection(&scanned.path);
            let is_shared = !self.analysis.walk.covers(self.analysis.repositories.of(&scanned.path).root());
            outcome.unused_suppressions = suppressed.unused(&scanned.path, is_shared, |code| selection.has(code));
            outcome
        };
        self.analysis.scan.files.iter().map(|scanned| (Arc::clone(&scanned.path), outcome(scanned))).collect()
    }

    /// The outcome of a file.
    fn file_at<'m>(
        &self,
        path: &Arc<Path>,
        by_file: &'m mut BTreeMap<Arc<Path>, FileOutcome>,
        files: &FilesOfRun<'_>,
    ) -> Option<&'m mut FileOutcome> {
        let source = files.source(path)?;
        Some(by_file.entry(Arc::clone(path)).or_insert_with(|| self.unchanged(path, &source)))
    }

    /// Adds what the checks found that are not about cascades, at its place among the other findings.
    fn add_sightings(
        &self,
        by_file: &mut BTreeMap<Arc<Path>, FileOutcome>,
        suppressed: &Suppressed,
        allowed: AllowedChanges,
        files: &FilesOfRun<'_>,
    ) {
        for (code, sighting) in &suppressed.sightings {
            let (path, settings) = (&sighting.at.path, self.analysis.reach.settings.of(&sighting.at.path));
            let Some(source) = files.source(path) else { continue };
            let Some(file) = self.file_at(path, by_file, files) else { continue };
            let finding = diagnose::sighted(&settings.rules, &source, *code, sighting, allowed);
            let behind = file.findings.partition_point(|known| known.span.start <= finding.span.start);
            file.findings.insert(behind, finding);
        }
    }

    /// Adds the sites themselves.
    fn add_sites(
        &self,
        by_file: &mut BTreeMap<Arc<Path>, FileOutcome>,
        suppressed: &Suppressed,
        files: &FilesOfRun<'_>,
    ) {
        let (ignored, aside): (Vec<_>, Vec<_>) =
            suppressed.aside.iter().partition(|(_, why, _)| *why == AsideReason::Ignored);
        let ignored: HashSet<&Location> = ignored.into_iter().map(|(site, ..)| &site.at).collect();
        let aside = aside.into_iter().map(|(site, ..)| (site, true));
        let sites = aside.chain(suppressed.kept.iter().map(|(site, _)| (site, false)));
        for (site, is_suppressed) in sites.filter(|(site, _)| files.concerns(site)) {
            let added = self.site_outcome(site, is_suppressed, files);
            let added = added.map(|added| SiteOutcome { is_ignored: ignored.contains(&site.at), ..added });
            if let (Some(added), Some(file)) = (added, self.file_at(&site.at.path, by_file, files)) {
                file.sites.push(added);
            }
        }
        for file in by_file.values_mut() {
            // one of which a part is suppressed comes twice, that first
            file.sites.sort_by_key(|site| (site.span.start, site.span.end));
            file.sites.dedup_by(|later, first| later.span == first.span);
        }
    }

    fn site_outcome(&self, site: &Site, is_suppressed: bool, files: &FilesOfRun<'_>) -> Option<SiteOutcome> {
        let mut relationships: Vec<Relationship> = Vec::new();
        for relationship in site.recipients.iter().filter_map(|given| given.relationship.as_ref()) {
            if !relationships.contains(relationship) {
                relationships.push(relationship.clone());
            }
        }
        let place = |class: &Option<Location>| {
            let class = class.as_ref()?;
            let line = files.source(&class.path)?.position(class.start).shown_line();
            Some(format!("{}:{line}", self.analysis.repositories.of(&class.path).display(&class.path)))
        };
        Some(SiteOutcome {
            span: site.at.range(),
            start: files.source(&site.at.path)?.position(site.at.start),
            classes: relationships
                .iter()
                .map(|known| [place(&known.owner_class), place(&known.target_class)])
                .collect(),
            relationships,
            options: effective_set(site),
            written: written_set(site),
            is_suppressed,
            is_ignored: false,
        })
    }

    /// The edits of all findings, by file, with the layout of the changed statements: it is a part of each fix that changes something
    /// in the statement.
    fn laid_out(&self, outcomes: &mut [FileOutcome], files: &FilesOfRun<'_>) -> HashMap<Arc<Path>, Vec<Edit>> {
        let edits = edits_by_file(outcomes);
        let styles = Styles::default();
        let relay = |path: &Arc<Path>, edits: &[Edit]| {
            let settings = self.analysis.reach.settings.of(path);
            if settings.layout.value != Layout::Fit {
                return None;
            }
            let module = self.analysis.repositories.of(path).module(path)?;
            // the edits are of what was scanned
            let is_same = module.source.parser_text() == files.source(path)?.parser_text();
            let style = || settings.styled(styles.of(path));
            is_same.then(|| layout::of_file(&module.source, module.tree(), edits, &style()))
        };
        let relaid: HashMap<&Arc<Path>, Vec<Relaid>> = edits
            .par_iter()
            .filter_map(|(path, edits)| Some((path, relay(path, edits)?)))
            .filter(|(_, relaid)| !relaid.is_empty())
            .collect();
        if relaid.is_empty() {
            return edits;
        }
        for fix in outcomes.iter_mut().flat_map(|file| &mut file.findings).filter_map(|finding| finding.fix.as_mut()) {
            // by position, as the statements are; each once
            let touched: BTreeSet<(Arc<Path>, usize)> = fix
                .edits
                .iter()
                .filter_map(|FileEdit { path, edit }| {
                    let statements = relaid.get(path)?;
                    let index = statements.partition_point(|statement| statement.range.end < edit.range.end);
                    let is_inside = statements.get(index)?.range.start <= edit.range.start;
                    is_inside.then(|| (Arc::clone(path), index))
                })
                .collect();
            for (path, index) in touched {
                fix.lay_out(&path, &relaid[&path][index]);
            }
        }
        edits_by_file(outcomes)
    }

    fn unchanged(&self, path: &Arc<Path>, source: &Arc<Source>) -> FileOutcome {
        let repository = self.analysis.repositories.of(path);
        FileOutcome {
            source: Some(Arc::clone(source)),
            ..FileOutcome::not_read(Arc::clone(path), &repository, Status::Unchanged)
        }
    }

    /// Carries out the edits of all findings; a file in which that fails takes the fixes with it that need it.
    fn apply(&self, outcomes: &mut Vec<FileOutcome>, files: &FilesOfRun<'_>) {
        self.take_imports_out(outcomes);
        let edits = self.laid_out(outcomes, files);
        let known: HashSet<Arc<Path>> = outcomes.iter().map(|file| Arc::clone(&file.path)).collect();
        for path in edits.keys().filter(|path| !known.contains(*path)) {
            outcomes.extend(files.source(path).map(|source| self.unchanged(path, &source)));
        }
        self.carry_out(outcomes, edits);
    }

    /// A fix is carried out in all of its files or in none.
    fn carry_out(&self, outcomes: &mut [FileOutcome], mut edits: HashMap<Arc<Path>, Vec<Edit>>) {
        loop {
            let mut failed: Vec<Arc<Path>> = Vec::new();
            for file in outcomes.iter_mut().filter(|file| !matches!(file.status, Status::Failed(_))) {
                file.status = match (edits.get(&file.path), &file.source) {
                    (Some(edits), Some(source)) => match apply(source, edits.iter().collect()) {
                        Ok(changed) => Status::Changed(Box::new(changed)),
                        Err(reason) => {
                            failed.push(Arc::clone(&file.path));
                            Status::Failed(reason)
                        }
                    },
                    _ => Status::Unchanged,
                };
            }
            if failed.is_empty() {
                return;
            }
            for finding in outcomes.iter_mut().flat_map(|file| &mut file.findings) {
                let needs = finding.fix.iter().flat_map(|fix| &fix.edits).find(|edit| failed.contains(&edit.path));
                if let Some(needs) = needs {
                    let file = self.analysis.repositories.of(&needs.path).display(&needs.path);
                    finding.hand_over(format!("write it by hand: the fixes of {file} can't be applied together"));
                }
            }
            edits = edits_by_file(outcomes);
        }
    }
}

/// The number of the findings of a file that are counted and not told, by why.
fn aside(file: &mut FileOutcome, why: AsideReason) -> &mut usize {
    match why {
        AsideReason::Ignored => &mut file.ignored,
        AsideReason::Suppressed => &mut file.suppressed,
        AsideReason::InBaseline => &mut file.in_baseline,
        AsideReason::Unchanged => &mut file.on_unchanged_lines,
        AsideReason::Unreached => &mut file.not_reached,
    }
}

/// Gives each finding without a fix the one that it has where all fixes are carried out, or why it has none there either. Both have the
/// same findings in the same order.
fn hold_back(outcomes: &mut Vec<FileOutcome>, all: Vec<FileOutcome>) {
    let index: HashMap<Arc<Path>, usize> =
        outcomes.iter().enumerate().map(|(index, file)| (Arc::clone(&file.path), index)).collect();
    for other in all {
        match index.get(&other.path) {
            Some(index) => {
                let file = &mut outcomes[*index];
                for (finding, other) in file.findings.iter_mut().zip(other.findings) {
                    assert_eq!((finding.code, &finding.span), (other.code, &other.span));
                    if finding.fix.is_none() {
                        *finding = other;
                    }
                }
            }
            // the definition of a constant
            None => outcomes.push(FileOutcome { status: Status::Unchanged, ..other }),
        }
    }
}

/// Leaves out findings that repeat another: a value is several sites where its calls have different findings suppressed.
fn leave_out_twins(file: &mut FileOutcome) {
    let mut told: Vec<Finding> = Vec::with_capacity(file.findings.len());
    for finding in file.findings.drain(..) {
        let of_value = told.iter().rev().take_while(|other| other.span == finding.span);
        let told_of = |finding: &Finding| {
            (
                finding.code,
                finding.message.clone(),
                finding.help.clone(),
                finding.fix.as_ref().map(|fix| fix.edits.clone()),
            )
        };
        let is_twin = |other: &Finding| told_of(other) == told_of(&finding);
        if !of_value.into_iter().any(is_twin) {
            told.push(finding);
        }
    }
    file.findings = told;
}

/// The edits of all findings, by file.
pub(super) fn edits_by_file(outcomes: &[FileOutcome]) -> HashMap<Arc<Path>, Vec<Edit>> {
    let mut edits: HashMap<Arc<Path>, Vec<Edit>> = HashMap::default();
    for fix in outcomes.iter().flat_map(|file| &file.findings).filter_map(|finding| finding.fix.as_ref()) {
        for FileEdit { path, edit } in &fix.edits {
            edits.entry(Arc::clone(path)).or_default().push(edit.clone());
        }
    }
    for edits in edits.values_mut() {
        edits.sort_by(|a, b| (a.range.start, a.range.end, &a.text).cmp(&(b.range.start, b.range.end, &b.text)));
        edits.dedup();
    }
    edits
}
