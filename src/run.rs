//! The sites of a scan go in; the outcome of each file comes out.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::Job;
use crate::apply::apply;
use crate::cascade::{CascadeOption, CascadeOptions};
use crate::diagnose::{Diagnosed, Written, diagnose};
use crate::discover::Walk;
use crate::hints::{self, Traits};
use crate::layout::{self, Layout, Relaid, Styles};
use crate::model::{Call, Model, Relationship, SearchFolder};
use crate::module::Location;
use crate::outcome::{Asyncio, FileOutcome, Finding, Status};
use crate::plan::{Files, Planner};
use crate::policy::{
    Policy, Reach, Rewrite, Surroundings, Verdict, asks_direction, asks_observations, effective, judge,
};
use crate::python::{CollectionKind, PyValue};
use crate::repository::{Repositories, Repository};
use crate::resolve::{Argument, Resolver, evaluate};
use crate::rewrite::{Edit, FileEdit};
use crate::rules::Observable;
use crate::scan::{Scan, candidates};
use crate::settings::{Settings, SqlalchemyVersion};
use crate::site::{Found, Site, Unknown, Wrapper};
use crate::source::Source;
use crate::suppression::Sifted;
use crate::syntax::Node;
use crate::usage::{How, Mention, Usages};

/// One run, after the scan.
pub(crate) struct Run<'a> {
    pub job: &'a Job,
    pub walk: &'a Walk,
    pub repositories: &'a Repositories,
    pub scan: &'a Scan,
}

impl Run<'_> {
    /// The sites, each once and in order, with their verdicts.
    pub fn judged(&self, found: Vec<Found>, usages: &Usages) -> Vec<(Site, Verdict)> {
        let mut wrappers: Vec<Wrapper> = Vec::new();
        let mut sites: BTreeMap<Location, Site> = BTreeMap::new();
        for found in found {
            wrappers.extend(found.wrappers);
            for site in found.sites {
                match sites.get_mut(&site.at) {
                    Some(known) => known.merge(site),
                    None => {
                        sites.insert(site.at.clone(), site);
                    }
                }
            }
        }
        let mut sites: Vec<Site> = sites.into_values().map(|site| handed_in(site, &wrappers, usages)).collect();
        self.relate(&mut sites);
        self.observe(&sites);
        let judged = sites.into_par_iter().map(|mut site| {
            if let Some(changed) = self.changed(&site, usages) {
                site.value = Err(changed);
            }
            let verdict = self.with_policy(&site, |policy| judge(&site, policy));
            (site, verdict)
        });
        judged.collect()
    }

    /// Looks up what the verdicts on sites are likely to ask of their repositories, before several threads ask.
    fn observe(&self, sites: &[Site]) {
        let mut observed: HashSet<PathBuf> = HashSet::new();
        for site in sites.iter().filter(|site| self.with_policy(site, |policy| asks_observations(site, policy))) {
            if observed.insert(self.repositories.of(&site.at.path).root().to_owned()) {
                self.with_policy(site, |policy| {
                    policy.surroundings.places(Observable::Refresh);
                    policy.surroundings.places(Observable::Expunge);
                });
            }
        }
    }

    /// Does something by the policy for a site.
    fn with_policy<T>(&self, site: &Site, done: impl FnOnce(&Policy<'_>) -> T) -> T {
        let settings = self.job.settings.of(&site.at.path);
        done(&Policy {
            profile: settings.profile.value,
            targets: &settings.targets,
            expunge: settings.expunge.value,
            lazy: self.job.lazy,
            selection: &settings.selection(&site.at.path),
            surroundings: &Around {
                run: self,
                repository: self.repositories.of(&site.at.path),
                site,
                settings: &settings,
            },
        })
    }

    /// Adds to the relationships of sites, where the verdict can depend on it, what the models of their repositories say.
    fn relate(&self, sites: &mut [Site]) {
        let mut by_repository: Vec<(Arc<Repository>, Vec<&mut Relationship>)> = Vec::new();
        for site in sites.iter_mut().filter(|site| self.with_policy(site, |policy| asks_direction(site, policy))) {
            let repository = self.repositories.of(&site.at.path);
            let Some(relationship) = &mut site.relationship else { continue };
            match by_repository.iter_mut().find(|(known, _)| Arc::ptr_eq(known, &repository)) {
                Some((_, relationships)) => relationships.push(relationship),
                None => by_repository.push((repository, vec![relationship])),
            }
        }
        for (repository, relationships) in by_repository {
            let calls: Vec<Call> = relationships.iter().filter_map(|relationship| relationship.call.clone()).collect();
            let rules = &self.job.settings.of_folder(repository.root()).rules;
            let resolver = Resolver { constructors: &rules.constructors, repository: &repository };
            let search: SearchFolder<'_> = &|folder, can_matter| candidates(&self.walk.of_folder(folder), can_matter);
            let model = Model::new(resolver, &calls, search);
            relationships.into_par_iter().for_each(|relationship| model.complete(relationship));
        }
    }

    /// The sites without those that a comment suppresses.
    pub fn sifted(&self, sites: Vec<(Site, Verdict)>) -> Sifted {
        let none = HashSet::new();
        let files = FilesOfRun::new(self, &none);
        let checked = self.scan.files.iter().filter(|file| hints::has_own_suppression(file.source.text().as_bytes()));
        let file = |path: &Path| Some((files.source(path)?, Arc::clone(&self.job.settings.of(path).rules)));
        Sifted::new(sites, checked.map(|file| &file.path), file)
    }

    /// Why a value can be another when it is read: a name that leads to it is bound anew, or its list is changed.
    fn changed(&self, site: &Site, usages: &Usages) -> Option<Unknown> {
        let value = site.value.as_ref().ok()?;
        let of_dictionaries = site.dictionaries.iter().flat_map(|given| &given.steps).map(|step| (step, false));
        let of_values = value.alternatives.iter().flat_map(|alternative| {
            let is_list =
                |value: &PyValue| matches!(value, PyValue::Collection(CollectionKind::List | CollectionKind::Set, _));
            let is_mutable = is_list(&alternative.value) || is_list(&alternative.written.literal.value);
            let computed_from = alternative.dependencies.iter().map(|step| (step, false));
            alternative.steps.iter().map(move |step| (step, is_mutable)).chain(computed_from)
        });
        of_values.chain(of_dictionaries).find_map(|(step, is_mutable)| {
            let steps = || value.alternatives.iter().flat_map(|one| one.steps.iter().chain(&one.dependencies));
            let is_followed =
                |mention: &Mention| site.at.covers(&mention.at) || steps().any(|step| step.mention.covers(&mention.at));
            let changes = |mention: &&Mention| match mention.how {
                How::Changed => !site.at.covers(&mention.at),
                How::Assigned | How::Given => is_mutable && !is_followed(mention),
                _ => false,
            };
            let mention = step.definitions().find_map(|(_, at)| usages.mentions(at).iter().find(changes))?;
            let repository = self.repositories.of(&mention.at.path);
            let at = repository.shown(&repository.module(&mention.at.path)?.source, &mention.at);
            Some(Unknown::from(format!("`{}` may be changed at {at}", step.name)))
        })
    }

    /// The files of a repository that have some trait, in order of path.
    fn files_with(&self, repository: &Repository, has: impl Fn(Traits) -> bool + Sync) -> Vec<PathBuf> {
        let within = |path: &PathBuf| self.walk.absolute(path).starts_with(repository.root());
        let scanned = self.scan.traits.iter().filter(|(path, traits)| has(*traits) && within(path));
        let scanned = scanned.map(|(path, _)| path);
        if self.walk.covers(repository.root()) {
            return scanned.cloned().collect();
        }
        let mut files = candidates(&self.walk.of_folder(repository.root()), |bytes| has(Traits::of(bytes)));
        if self.job.unsaved.is_some() {
            files.extend(scanned.map(|path| self.walk.absolute(path)));
            files.sort();
        }
        files
    }

    /// Whether the repositories of some sites use asyncio, and the first file or settings that say so.
    pub fn asyncio(&self, sites: &[(Site, Verdict)]) -> Option<Asyncio> {
        let hazards = sites.iter().filter(|(_, verdict)| verdict.is_hazard());
        let mut repositories: Vec<(Arc<Repository>, &Path)> = Vec::new();
        for (site, _) in hazards {
            let repository = self.repositories.of(&site.at.path);
            if !repositories.iter().any(|(known, _)| Arc::ptr_eq(known, &repository)) {
                repositories.push((repository, &site.at.path));
            }
        }
        let used = repositories.iter().find_map(|(repository, file)| {
            let imported = self.files_with(repository, |traits| traits.asyncio).into_iter().next();
            let imported = imported.map(|path| repository.display(&self.walk.absolute(&path)));
            imported.or_else(|| Some(repository.display(&repository.dependencies(file).async_driver?)))
        });
        match used {
            Some(place) => Some(Asyncio::Used(place)),
            None => (!repositories.is_empty()).then_some(Asyncio::Unused),
        }
    }

    /// The outcome of every file that has something to say. Where unsafe fixes are held back, the findings have them nevertheless.
    pub fn files(&self, sifted: &Sifted, usages: &Usages) -> Vec<FileOutcome> {
        let reach = if self.job.unsafe_fixes { Reach::All } else { Reach::Safe };
        let mut outcomes = self.outcomes(sifted, usages, reach);
        if reach == Reach::Safe && sifted.kept.iter().any(|(_, verdict)| verdict.has_unsafe_change()) {
            hold_back(&mut outcomes, self.outcomes(sifted, usages, Reach::All));
        }
        outcomes.iter_mut().for_each(leave_out_twins);
        outcomes
    }

    /// The outcomes with the fixes within reach carried out.
    fn outcomes(&self, sifted: &Sifted, usages: &Usages, reach: Reach) -> Vec<FileOutcome> {
        let files = FilesOfRun::new(self, &sifted.left_alone);
        let sites = &sifted.kept;
        let rewrites: Vec<Option<Rewrite>> =
            sites.par_iter().map(|(site, verdict)| verdict.rewrite(site, reach)).collect();
        let wanted: Vec<_> = sites.iter().map(|(site, _)| site).zip(&rewrites).collect();
        let planner = Planner::new(&wanted, usages, &files);
        let mut by_file: BTreeMap<Arc<Path>, FileOutcome> = BTreeMap::new();
        for scanned in &self.scan.files {
            let mut outcome = self.unchanged(&scanned.path, &scanned.source);
            outcome.syntax_errors =
                scanned.syntax_errors.iter().map(|range| scanned.source.position(range.start)).collect();
            let selection = self.job.settings.of(&scanned.path).selection(&scanned.path);
            let is_shared = !self.walk.covers(self.repositories.of(&scanned.path).root());
            outcome.unused_suppressions = sifted.unused(&scanned.path, is_shared, |code| selection.has(code));
            by_file.insert(Arc::clone(&scanned.path), outcome);
        }
        let diagnosed: Vec<(&Site, Diagnosed)> = sites
            .par_iter()
            .zip(rewrites.par_iter())
            .filter(|((site, _), _)| files.concerns(site))
            .filter_map(|(judged, rewrite)| {
                let site = &judged.0;
                let source = files.source(&site.at.path)?;
                let settings = self.job.settings.of(&site.at.path);
                let written = rewrite.as_ref().map(|rewrite| Written { rewrite, planned: planner.plan(site, rewrite) });
                Some((site, diagnose(&settings.rules, &source, judged, reach, written.as_ref())))
            })
            .collect();
        for (site, diagnosed) in diagnosed {
            let Some(source) = files.source(&site.at.path) else { continue };
            let outcome =
                by_file.entry(Arc::clone(&site.at.path)).or_insert_with(|| self.unchanged(&site.at.path, &source));
            match diagnosed {
                Diagnosed::Safe => outcome.safe_sites += 1,
                Diagnosed::Unselected => {}
                Diagnosed::Found(findings) => outcome.findings.extend(findings),
            }
        }
        for (site, number) in sifted.suppressed.iter().filter(|(site, _)| files.concerns(site)) {
            let Some(source) = files.source(&site.at.path) else { continue };
            let outcome =
                by_file.entry(Arc::clone(&site.at.path)).or_insert_with(|| self.unchanged(&site.at.path, &source));
            outcome.suppressed += number;
        }
        let mut outcomes: Vec<FileOutcome> = by_file.into_values().collect();
        self.apply(&mut outcomes, &files);
        outcomes
    }

    /// The edits of all findings, by file, with the layout of the changed statements: it is a part of each fix that changes something
    /// in the statement.
    fn laid_out(&self, outcomes: &mut [FileOutcome], files: &FilesOfRun<'_>) -> HashMap<Arc<Path>, Vec<Edit>> {
        let edits = edits_by_file(outcomes);
        let styles = Styles::default();
        let relay = |path: &Arc<Path>, edits: &[Edit]| {
            let settings = self.job.settings.of(path);
            let is_fitted = settings.layout.value == Layout::Fit;
            is_fitted.then(|| Some(layout::of_file(&*files.source(path)?, edits, &settings.styled(styles.of(path)))))?
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
        let display = self.repositories.of(path).display(path);
        FileOutcome {
            source: Some(Arc::clone(source)),
            ..FileOutcome::not_read(Arc::clone(path), display, Status::Unchanged)
        }
    }

    /// Carries out the edits of all findings; a file in which that fails takes the fixes with it that need it.
    fn apply(&self, outcomes: &mut Vec<FileOutcome>, files: &FilesOfRun<'_>) {
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
                    let file = self.repositories.of(&needs.path).display(&needs.path);
                    finding.help = format!("write it by hand: the fixes of {file} can't be applied together");
                    finding.fix = None;
                    finding.after = None;
                }
            }
            edits = edits_by_file(outcomes);
        }
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
                    debug_assert_eq!((finding.code, &finding.span), (other.code, &other.span));
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

/// What a site's repository says.
struct Around<'a> {
    run: &'a Run<'a>,
    repository: Arc<Repository>,
    site: &'a Site,
    settings: &'a Settings,
}

impl Surroundings for Around<'_> {
    fn places(&self, what: Observable) -> &[String] {
        let rules = &self.run.job.settings.of_folder(self.repository.root()).rules;
        self.repository.observed(rules, what, || self.run.files_with(&self.repository, |traits| traits.can(what)))
    }

    fn version(&self) -> Option<SqlalchemyVersion> {
        let set = self.settings.sqlalchemy_version.as_ref().map(|setting| setting.value);
        set.or_else(|| Some(self.repository.dependencies(&self.site.at.path).sqlalchemy?.0))
    }
}

/// The edits of all findings, by file.
fn edits_by_file(outcomes: &[FileOutcome]) -> HashMap<Arc<Path>, Vec<Edit>> {
    let mut edits: HashMap<Arc<Path>, Vec<Edit>> = HashMap::new();
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

/// A site that is handed in: the calls of its function decide, and are sites of their own. Where there is none, it can't be known.
fn handed_in(mut site: Site, wrappers: &[Wrapper], usages: &Usages) -> Site {
    let Ok(value) = &site.value else { return site };
    let is_called =
        |argument: &Argument| wrappers.iter().any(|wrapper| wrapper.argument == *argument && usages.is_called(wrapper));
    let uncalled = value.arguments.iter().find(|argument| !is_called(argument));
    let Some(argument) = uncalled else { return site };
    let is_hazard = |value: &PyValue| effective(value, false).contains(CascadeOption::RefreshExpire);
    if value.alternatives.iter().any(|alternative| is_hazard(&alternative.value)) {
        return site;
    }
    let reason = format!("`{}` is {}, of which no call was found", argument.name, argument.what);
    site.value = Err(Unknown { reason, help: Some("check by hand what its callers give") });
    site
}

/// The files of a run.
struct FilesOfRun<'a> {
    run: &'a Run<'a>,
    sources: HashMap<Arc<Path>, Arc<Source>>,
    /// Literals that stay, whoever uses them.
    left_alone: &'a HashSet<Location>,
    /// Whether a file is among those under check, where it was asked.
    checked: Mutex<HashMap<PathBuf, bool>>,
}

impl<'a> FilesOfRun<'a> {
    fn new(run: &'a Run<'a>, left_alone: &'a HashSet<Location>) -> Self {
        let sources = run.scan.files.iter().map(|file| (Arc::clone(&file.path), Arc::clone(&file.source))).collect();
        Self { run, sources, left_alone, checked: Mutex::default() }
    }

    /// Whether the site is to be reported: it, or a call that gets its value, is in a file under check.
    fn concerns(&self, site: &Site) -> bool {
        self.is_checked(&site.at.path) || site.dictionaries.iter().any(|given| self.is_checked(&given.at.path))
    }
}

impl Files for FilesOfRun<'_> {
    fn source(&self, path: &Path) -> Option<Arc<Source>> {
        let scanned = self.sources.get(path).cloned();
        scanned.or_else(|| Some(Arc::clone(&self.run.repositories.of(path).module(path)?.source)))
    }

    fn is_checked(&self, path: &Path) -> bool {
        if self.sources.contains_key(path) {
            return true;
        }
        let lock = || self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(path) {
            return *known;
        }
        let is_checked = self.run.walk.visits(path);
        lock().insert(path.to_owned(), is_checked);
        is_checked
    }

    fn shown(&self, location: &Location) -> String {
        let repository = self.run.repositories.of(&location.path);
        match self.source(&location.path) {
            Some(source) => repository.shown(&source, location),
            None => repository.display(&location.path),
        }
    }

    fn tied(&self, literal: &Location, after: CascadeOptions) -> Option<String> {
        if self.left_alone.contains(literal) {
            return Some("`cascade-fix: ignore-file` holds there".to_owned());
        }
        let module = self.run.repositories.of(&literal.path).module(&literal.path)?;
        let node = module.node(&literal.range())?;
        let assignment = node.ancestors().find(|node| node.kind() == "assignment");
        let annotation = assignment.and_then(|assignment| assignment.field("type"));
        if annotation.is_some_and(|annotation| annotation.text().contains("Literal")) {
            return Some("its annotation names the value".to_owned());
        }
        let class = node.ancestors().find(|node| node.kind() == "class_definition")?;
        let decorators = class.parent().into_iter().flat_map(|around| around.children().collect::<Vec<_>>());
        let is_data = |node: &Node<'_>| ["dataclass", "define", "attr"].iter().any(|name| node.text().contains(name));
        if decorators.filter(|node| node.kind() == "decorator").any(|decorator| is_data(&decorator)) {
            return Some("it is the default of a field".to_owned());
        }
        if !class.field("superclasses")?.text().contains("Enum") {
            return None;
        }
        let mut members = class.field("body")?.named_children().collect::<Vec<_>>().into_iter();
        members.find_map(|statement| {
            let member = statement.named_children().next().filter(|node| node.kind() == "assignment")?;
            let given = evaluate(&member.field("right")?).ok()?;
            // this fix or another one makes them the same
            let kept =
                |options: CascadeOptions| options.without(CascadeOption::RefreshExpire).without(CascadeOption::Expunge);
            let is_twin = given.span != literal.range() && kept(effective(&given.value, false)) == kept(after);
            is_twin.then(|| Some(format!("its Enum has the value as `{}` too", member.field("left")?.text())))?
        })
    }
}
