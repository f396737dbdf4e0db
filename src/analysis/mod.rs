//! Paths, or texts that are not saved, go in; an analysis comes out, which is asked for the outcome as often as someone likes.
//!
//! Files are read when the analysis is made, or when a request is the first to need them; what was read stays as it was. An outcome with
//! unsafe fixes, or with lists that someone chose, is of the same texts as the one before it.

mod aside;
mod assembled;
mod calls;
mod changed;
mod consumers;
mod coroutines;
mod evidence;
mod files;
mod imports;
mod noticed;
mod orphans;
mod outcomes;
mod reached;
mod reads;
mod run;
mod sightings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use parking_lot::Mutex;

use crate::baseline::BaselineError;
use crate::changed_lines::ChangedLines;
use crate::checks::ModuleCheck;
use crate::discover::{DiscoverError, NotRead, Walk, WalkOptions};
use crate::disk::Disk;
use crate::looked::FileSearch;
use crate::mistake::caught;
use crate::model::Relationship;
use crate::module::Location;
use crate::outcome::{FileOutcome, Outcome, Status};
use crate::reach::{Only, PlacedCall};
use crate::repository::{PathBase, Repositories, Repository};
use crate::scan::{Reader, Scan};
use crate::settings::{Lookup, SettingsError};
use crate::site::{FoundSites, Site};
use crate::sqlalchemy::Lazy;
use crate::sqlalchemy::cascade::CascadeOptions;
use crate::types::Inferred;
use crate::usage::{Search, Usages};
use crate::verify::facts::Facts;

use assembled::assembled;
use evidence::{MappingFiles, has_all_of};
use foldhash::{HashMap, HashSet};
use noticed::Noticed;
use run::Run;

/// What is checked.
#[derive(Clone)]
pub struct Reach {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Texts that count in place of what is on disk. Where no path is named, they alone are checked.
    pub unsaved: Vec<Unsaved>,
    /// Which files below the paths.
    pub walk: WalkOptions,
    /// What to look for and what to do about it, for each file.
    pub settings: Arc<Lookup>,
    /// What the paths are relative to that are told.
    pub base: PathBase,
    /// Why nothing is known of the repositories but the texts that are not saved, where that is so.
    pub unseen: Option<&'static str>,
    /// What is looked for besides cascades: [`OF_MODULES`](crate::checks::OF_MODULES), or checks of one's own.
    pub checks: &'static [ModuleCheck],
}

/// The content of one file, which need not be that on disk.
#[derive(Clone)]
pub struct Unsaved {
    /// Where it is, or would be; None if it has no name.
    pub path: Option<PathBuf>,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// What an outcome is to be of.
#[derive(Default)]
pub struct Request {
    /// Whether unsafe fixes are carried out too.
    pub unsafe_fixes: bool,
    /// The loader to add to fixed relationships that name none.
    pub lazy: Option<Lazy>,
    /// What SQLAlchemy itself said of the relationships.
    pub facts: Option<Facts>,
    /// Whether the outcome has all relationships that a site gives a cascade to, and not those with findings alone.
    pub all_relationships: bool,
    /// Whether the outcome has the calls by which sessions do something with an object.
    pub calls: bool,
    /// Who has to reach the relationship of a finding for it to be told.
    pub only: Option<Only>,
    /// The lines that findings have to touch to be told; all, where it is None.
    pub changed_lines: Option<ChangedLines>,
    /// Lists that someone chose, by the site's value: each is written there, in place of what the policy says.
    pub lists: HashMap<Location, CascadeOptions>,
}

/// Why nothing can be checked.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// A path or a glob of the command line.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// A settings file.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A baseline.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
}

/// What a text without a name is called.
const NO_NAME: &str = "<stdin>";
/// Why the rest of its repository is unknown.
const NAMELESS: &str = "which repository standard input belongs to is not known (--stdin-filename names its file)";

impl Unsaved {
    /// The path, as a walk has it.
    fn path(&self, walk: &Walk) -> PathBuf {
        walk.normal(self.path.as_deref().unwrap_or(Path::new(NO_NAME)))
    }
}

/// What is known of the code under check and of its repositories.
pub struct Analysis {
    reach: Reach,
    walk: Walk,
    disk: Arc<Disk>,
    repositories: Repositories,
    search: FileSearch,
    scan: Scan,
    /// What the scan found, as it found it, where it has a part of a repository alone.
    found: Vec<(Arc<Path>, FoundSites)>,
    usages: Usages,
    sites: Vec<Site>,
    /// Whether a file is among those under check, where it was asked.
    checked: Mutex<HashMap<PathBuf, bool>>,
    /// What the models say of relationships, by site and place in it.
    completed: Mutex<HashMap<(usize, usize), Relationship>>,
    /// By repository: the calls of its sessions.
    calls: Mutex<HashMap<PathBuf, Vec<Arc<PlacedCall>>>>,
    /// By repository: the files that can map classes.
    mapping: Mutex<HashMap<PathBuf, Arc<MappingFiles>>>,
    /// By repository: what was inferred of its code.
    inferred: Mutex<HashMap<PathBuf, Arc<Inferred>>>,
    /// By repository: what notices that its relationships cascade.
    noticed: Mutex<HashMap<PathBuf, Noticed>>,
}

impl Analysis {
    /// Reads what is checked. `progress` counts the files.
    ///
    /// # Errors
    /// A path does not exist, an exclude is malformed, or settings have a mistake. What goes wrong with a file is part of the outcome.
    pub fn of(reach: Reach, progress: &AtomicUsize) -> Result<Self, AnalysisError> {
        let walk = Walk::new(&reach.paths, &reach.walk, &reach.settings)?;
        reach.settings.check()?;
        let unsaved: BTreeMap<PathBuf, Arc<[u8]>> =
            reach.unsaved.iter().map(|one| (walk.absolute(&one.path(&walk)), one.bytes.as_slice().into())).collect();
        let folders = unsaved.keys().filter_map(|path| path.parent()).map(Path::to_owned);
        let named = walk.named().into_iter().chain(folders).collect();
        let nameless = reach.unsaved.iter().any(|one| one.path.is_none());
        let unseen = reach.unseen.or(nameless.then_some(NAMELESS));
        let disk = Arc::new(if unseen.is_some() { Disk::empty_under(unsaved) } else { Disk::under(unsaved) });
        let repositories = Repositories::over(walk.working_directory(), &disk).told_from(reach.base).with_named(named);
        if let Some(reason) = unseen {
            let paths = reach.unsaved.iter().map(|unsaved| walk.absolute(&unsaved.path(&walk)));
            paths.for_each(|path| repositories.of(&path).is_another_because(reason));
        }
        let search = FileSearch::new(&disk);
        let Reach { settings, checks, .. } = &reach;
        let reader = Reader { walk: &walk, settings, repositories: &repositories, disk: &disk, checks };
        let mut scan = if reach.paths.is_empty() { reader.scan_unsaved() } else { reader.scan(progress) };
        reach.settings.check()?;
        let found = std::mem::take(&mut scan.found);
        let is_whole = |path: &Path| has_all_of(&repositories.of(path), &walk, &scan, &search);
        let kept = if found.iter().all(|(path, _)| is_whole(path)) { Vec::new() } else { found.clone() };
        let (usages, sites) = completed(found, &scan.parsed, &reader, &search);
        let (checked, completed) = (Mutex::default(), Mutex::default());
        let (calls, noticed) = (Mutex::default(), Mutex::default());
        let (mapping, inferred) = (Mutex::default(), Mutex::default());
        Ok(Self {
            reach,
            walk,
            disk,
            repositories,
            search,
            scan,
            found: kept,
            usages,
            sites,
            checked,
            completed,
            calls,
            mapping,
            inferred,
            noticed,
        })
    }

    /// What is found, with the fixes. Nothing is written.
    ///
    /// # Errors
    /// A baseline can't be read, or settings that are read for a request have a mistake.
    pub fn outcome(&self, request: &Request) -> Result<Outcome, AnalysisError> {
        let run = Run::new(self, request);
        let mut suppressed = run.suppressed(run.judged(), run.sightings());
        let stale_baseline = run.set_known_aside(&mut suppressed)?;
        if let Some(changed) = &request.changed_lines {
            run.set_unchanged_aside(&mut suppressed, changed);
        }
        if let Some(only) = request.only {
            run.set_unreached_aside(&mut suppressed, only);
        }
        let mut outcome = Outcome {
            calls: request.calls.then(|| self.told_calls()),
            open_calls: run.open_calls(),
            files: run.files(&suppressed),
            unsafe_fixes: request.unsafe_fixes,
            asyncio: run.asyncio(&suppressed.kept),
            noticed: if request.all_relationships { run.noticed(&suppressed.kept) } else { Vec::new() },
            stale_facts: request.facts.iter().flat_map(Facts::stale).map(str::to_owned).collect(),
            stale_baseline,
            files_scanned: self.scan.files_scanned,
            files_parsed: self.scan.parsed.len(),
            unsaved: self.filtered().map(|path| self.walk.absolute(&path).into()),
        };
        outcome.files.extend(self.scan.not_read.iter().map(|not_read| self.not_read(not_read)));
        outcome.files.sort_by(|a, b| a.display.cmp(&b.display));
        // settings of other files may have been read since
        self.reach.settings.check()?;
        Ok(outcome)
    }

    /// The outcome of a request, asked once. A mistake of ours is an error as well, which takes nothing else along.
    ///
    /// # Errors
    /// As those of [`Analysis::of`] and [`Analysis::outcome`], in words.
    pub fn outcome_of(reach: Reach, request: &Request) -> Result<Outcome, String> {
        let run = || Self::of(reach, &AtomicUsize::new(0))?.outcome(request);
        caught(run)?.map_err(|error| error.to_string())
    }

    /// The analysis of texts alone that are not saved, with the same settings.
    ///
    /// # Errors
    /// As those of [`Analysis::of`].
    pub fn of_unsaved(&self, unsaved: Vec<Unsaved>) -> Result<Self, AnalysisError> {
        Self::of(Reach { paths: Vec::new(), unsaved, ..self.reach.clone() }, &AtomicUsize::new(0))
    }

    /// The text that is checked in place of files.
    fn filtered(&self) -> Option<PathBuf> {
        let unsaved = self.reach.unsaved.first().filter(|_| self.reach.paths.is_empty())?;
        Some(unsaved.path(&self.walk))
    }

    fn not_read(&self, not_read: &NotRead) -> FileOutcome {
        let (path, status) = match not_read {
            NotRead::Skipped(path, reason) | NotRead::Undecoded(path, reason) => {
                (path, Status::Skipped(reason.clone()))
            }
            NotRead::Failed(path, reason) => (path, Status::Failed(reason.clone())),
        };
        let path = self.walk.absolute(path);
        let repository = self.repositories.of(&path);
        FileOutcome::not_read(path.into(), &repository, status)
    }

    /// Whether a file (absolute) is among those under check.
    fn checks(&self, file: &Path) -> bool {
        let lock = || self.checked.lock();
        if let Some(known) = lock().get(file) {
            return *known;
        }
        let is_open = || self.disk.unsaved().contains_key(file) && self.walk.covers(file);
        let is_checked = self.walk.visits(file) || is_open() && self.walk.exclusion(&self.walk.normal(file)).is_none();
        lock().insert(file.to_owned(), is_checked);
        is_checked
    }

    /// Completes a relationship that was asked for before; whether it was.
    fn complete_known(&self, place: (usize, usize), relationship: &mut Relationship) -> bool {
        let completed = self.completed.lock();
        completed.get(&place).map(|known| relationship.clone_from(known)).is_some()
    }

    fn keep_completed(&self, relationships: Vec<((usize, usize), &mut Relationship)>) {
        let completed = relationships.into_iter().map(|(place, relationship)| (place, relationship.clone()));
        self.completed.lock().extend(completed);
    }

    fn known_noticed(&self, repository: &Repository) -> Noticed {
        let noticed = self.noticed.lock();
        noticed.get(repository.root()).cloned().unwrap_or_default()
    }

    fn keep_noticed(&self, repository: &Repository, found: &Noticed) {
        let mut noticed = self.noticed.lock();
        noticed.insert(repository.root().to_owned(), found.clone());
    }
}

/// What was found in some files, with what the rest of their repositories says of it: who mentions the names that the sites follow, and the
/// sites. `scanned` are the files of which nothing more is to be found.
fn completed(
    found: Vec<(Arc<Path>, FoundSites)>,
    scanned: &HashSet<Arc<Path>>,
    reader: &Reader<'_>,
    files: &FileSearch,
) -> (Usages, Vec<Site>) {
    let Reader { walk, settings, repositories, .. } = *reader;
    let search = Search { settings, walk, repositories, files, scanned };
    let mut found = found.into_iter().map(|(_, found)| found).collect();
    let usages = search.complete(&mut found);
    let sites = assembled(found, &usages);
    (usages, sites)
}
