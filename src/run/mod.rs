//! The sites of a scan go in; their verdicts come out, then the outcome of each file.

mod aside;
mod consumers;
mod files;
mod imports;
mod orphans;
mod outcomes;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::checks::{asks_direction, judge};
use crate::discover::Walk;
use crate::hints::{self, Traits};
use crate::job::Job;
use crate::looked::{Looked, look};
use crate::model::{Call, Model, Relationship, SearchFolder};
use crate::module::Location;
use crate::outcome::Asyncio;
use crate::plan::Files;
use crate::policy::{Expunger, Policy, Surroundings, Verdict, asks_observations};
use crate::python::{CollectionKind, PyValue};
use crate::repository::{Places, Repositories, Repository};
use crate::resolve::{Argument, Resolver};
use crate::scan::Scan;
use crate::settings::Settings;
use crate::site::{Found, Site, Unknown, Wrapper};
use crate::sqlalchemy::Observable;
use crate::sqlalchemy::SqlalchemyVersion;
use crate::sqlalchemy::cascade::CascadeOption;
use crate::suppression::Sifted;
use crate::usage::{How, Mention, Usages};

use consumers::Consumers;
use files::FilesOfRun;
use orphans::Asked;
pub(crate) use orphans::Orphaned;

/// One run, after the scan.
pub(crate) struct Run<'a> {
    pub job: &'a Job,
    pub walk: &'a Walk,
    pub repositories: &'a Repositories,
    pub scan: &'a Scan,
    /// What [`Run::judged`] found out of the sites.
    pub orphaned: OnceLock<Orphaned>,
}

impl Run<'_> {
    /// The sites, each once and in order, with their verdicts.
    pub fn judged(&self, found: Vec<Found>, usages: &Usages) -> Vec<(Site, Verdict)> {
        let mut sites = assembled(found, usages);
        let asks =
            |site: &Site| self.job.all_relationships || self.with_policy(site, |policy| asks_direction(site, policy));
        let orphaned = self.relate(sites.iter_mut(), asks, Some(usages));
        let _ = self.orphaned.set(orphaned);
        self.observe(&sites);
        let consumers = Consumers::of(sites.iter(), usages);
        let judged = sites.into_par_iter().map(|mut site| {
            if let Some(changed) = self.changed(&site, usages, &consumers) {
                site.value = Err(changed);
            }
            let verdict = self.verdict(&site);
            (site, verdict)
        });
        let mut judged: Vec<(Site, Verdict)> = judged.collect();
        let is_open = |site: &Site| {
            site.givens.iter().filter_map(|given| given.relationship.as_ref()).any(|known| known.told().is_none())
        };
        let told = judged.iter_mut().filter(|(_, verdict)| !verdict.judgements().is_empty()).map(|(site, _)| site);
        self.relate(told, is_open, None);
        judged
    }

    /// Looks up what the verdicts on sites are likely to ask of their repositories, before several threads ask.
    fn observe(&self, sites: &[Site]) {
        let mut observed: HashSet<PathBuf> = HashSet::new();
        for site in sites {
            let repository = self.repositories.of(&site.at.path);
            if observed.contains(repository.root()) {
                continue;
            }
            self.with_policy(site, |policy| {
                if asks_observations(site, policy) {
                    self.is_harmless(site);
                    policy.surroundings.places(Observable::Refresh);
                    policy.surroundings.places(Observable::Expunge);
                    observed.insert(repository.root().to_owned());
                }
            });
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
            wanted: self.job.wanted.get(&site.at).copied(),
            selection: &settings.selection(&site.at.path),
            surroundings: &Around {
                run: self,
                repository: self.repositories.of(&site.at.path),
                site,
                settings: &settings,
            },
        })
    }

    /// Adds to the relationships of those sites that ask for it what the models of their repositories say. With the usages, gives the
    /// sites whose relationships SQLAlchemy itself can reach by expunge, where a verdict can depend on that.
    fn relate<'s>(
        &self,
        sites: impl Iterator<Item = &'s mut Site>,
        asks: impl Fn(&Site) -> bool,
        usages: Option<&Usages>,
    ) -> Orphaned {
        let mut orphaned = Orphaned::new();
        let mut by_repository: Vec<(Arc<Repository>, Vec<&mut Site>)> = Vec::new();
        for site in sites {
            let repository = self.repositories.of(&site.at.path);
            match by_repository.iter_mut().find(|(known, _)| Arc::ptr_eq(known, &repository)) {
                Some((_, known)) => known.push(site),
                None => by_repository.push((repository, vec![site])),
            }
        }
        for (repository, mut sites) in by_repository {
            let links = usages.and_then(|usages| self.links_asked(&repository, &sites, usages));
            let mut calls: Vec<Call> = links.iter().flat_map(Asked::calls).collect();
            let mut asked: Vec<&mut Relationship> = self.asked(&mut sites, &asks);
            calls.extend(asked.iter().filter_map(|relationship| relationship.call.clone()));
            if calls.is_empty() && links.is_none() {
                continue;
            }
            let rules = &self.job.settings.of_folder(repository.root()).rules;
            let resolver = Resolver { constructors: &rules.constructors, repository: &repository };
            let search: SearchFolder<'_> = &|folder, can_matter| look(&self.walk.of_folder(folder), can_matter).files;
            let model = Model::new(resolver, &calls, search);
            asked.par_iter_mut().for_each(|relationship| model.complete(relationship));
            if let Some(links) = links {
                let search: SearchFolder<'_> =
                    &|folder, can_matter| look(&self.walk.of_all_in(folder), can_matter).files;
                orphaned.extend(orphans::orphaned(&model, links, &sites, search));
            }
        }
        orphaned
    }

    /// The relationships of the sites that ask for what the models say, unless SQLAlchemy itself said it.
    fn asked<'s>(&self, sites: &'s mut [&mut Site], asks: &impl Fn(&Site) -> bool) -> Vec<&'s mut Relationship> {
        let sites = sites.iter_mut().filter(|site| asks(site));
        let given = sites.flat_map(|site| &mut site.givens).filter_map(|given| given.relationship.as_mut());
        given.filter_map(|relationship| (!self.is_in_facts(relationship)).then_some(relationship)).collect()
    }

    /// Adds to a relationship what SQLAlchemy itself said of it; whether it said something.
    fn is_in_facts(&self, relationship: &mut Relationship) -> bool {
        let (Some(facts), Some(Call { at, is_backref })) = (&self.job.facts, relationship.call.clone()) else {
            return false;
        };
        let Some(module) = self.repositories.of(&at.path).module(&at.path) else { return false };
        let line = |offset| module.source.position(offset).line;
        facts.complete(relationship, &at.path, (line(at.start), line(at.end)), is_backref)
    }

    /// The sites without those that a comment suppresses.
    pub fn sifted(&self, sites: Vec<(Site, Verdict)>) -> Sifted {
        let none = HashSet::new();
        let files = FilesOfRun::new(self, &none);
        let checked = self.scan.files.iter().filter(|file| hints::has_own_suppression(file.source.text().as_bytes()));
        let file = |path: &Path| Some((files.source(path)?, Arc::clone(&self.job.settings.of(path).rules)));
        Sifted::new(sites, checked.map(|file| &file.path), file, |site| self.verdict(site))
    }

    /// Why a value can be another when it is read: a name that leads to it is bound anew, or its list is changed.
    fn changed(&self, site: &Site, usages: &Usages, consumers: &Consumers<'_>) -> Option<Unknown> {
        let value = site.value.as_ref().ok()?;
        let of_dictionaries = site.givens.iter().flat_map(|given| &given.steps).map(|step| (step, false));
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
                How::Assigned | How::Given => is_mutable && !is_followed(mention) && !consumers.keep(mention),
                _ => false,
            };
            let changed = |at| usages.mentions(at).iter().filter(|mention| mention.concerns(step)).find(changes);
            let mention = step.definitions().find_map(|(_, at)| changed(at))?;
            let repository = self.repositories.of(&mention.at.path);
            let at = repository.shown(&repository.module(&mention.at.path)?.source, &mention.at);
            Some(Unknown::from(format!("`{}` may be changed at {at}", step.name)))
        })
    }

    /// Whether a path, as the walk has it, is in a repository.
    fn is_within(&self, repository: &Repository, path: &Path) -> bool {
        self.walk.absolute(path).starts_with(repository.root())
    }

    /// Whether the run has scanned all of a repository.
    fn has_all_of(&self, repository: &Repository) -> bool {
        let mut unchecked = self.scan.unchecked.iter();
        self.walk.covers(repository.root()) && !unchecked.any(|path| self.is_within(repository, path))
    }

    /// What the run came by in a repository besides the files that it visits.
    fn others_in(&self, repository: &Repository) -> Vec<PathBuf> {
        self.scan.others.iter().filter(|path| self.is_within(repository, path)).cloned().collect()
    }

    /// The files of a repository that have some trait, in order of path; those that are excluded from the check count too.
    fn files_with(&self, repository: &Repository, has: impl Fn(Traits) -> bool + Sync) -> Vec<PathBuf> {
        let within = |path: &Path| self.is_within(repository, path);
        let has_traits = |bytes: &[u8]| has(Traits::of(bytes));
        let scanned = self.scan.traits.iter().filter(|(path, traits)| has(*traits) && within(path));
        let scanned = scanned.map(|(path, _)| path);
        let mut looked = Looked::default();
        if self.walk.covers(repository.root()) {
            looked.files.extend(scanned.cloned());
            let not_read: Vec<_> = self.scan.not_read.iter().filter(|one| within(one.path())).cloned().collect();
            looked.add(&not_read, &self.others_in(repository), self.walk, has_traits);
            for path in self.scan.unchecked.iter().filter(|path| within(path)) {
                looked.join(look(&self.walk.of_all_in(path), has_traits));
            }
        } else {
            looked = look(&self.walk.of_all_in(repository.root()), has_traits);
            if self.job.unsaved.is_some() {
                looked.files.extend(scanned.map(|path| self.walk.absolute(path)));
                looked.files.sort();
            }
        }
        repository.add_unread(looked.unread);
        looked.files
    }

    /// The places in the repositories of sites with findings that notice an option, for each option that can be lost.
    pub fn noticed(&self, sites: &[(Site, Verdict)]) -> Vec<(CascadeOption, Places)> {
        let told = sites.iter().filter(|(_, verdict)| !verdict.judgements().is_empty());
        let mut repositories: Vec<PathBuf> = Vec::new();
        let mut noticed: Vec<(CascadeOption, Places)> = Vec::new();
        for (site, _) in told {
            let repository = self.repositories.of(&site.at.path);
            if repositories.iter().any(|known| known == repository.root()) {
                continue;
            }
            repositories.push(repository.root().to_owned());
            for what in Observable::ALL {
                let places = self.with_policy(site, |policy| policy.surroundings.places(what).clone());
                match noticed.iter_mut().find(|(option, _)| *option == what.option()) {
                    Some((_, known)) => known.extend(places),
                    None => noticed.push((what.option(), places)),
                }
            }
        }
        noticed
    }

    /// Whether a file of a repository is no part of the product.
    fn is_test(&self, repository: &Repository, file: &Path) -> bool {
        let file = self.walk.absolute(file);
        self.job.settings.of(&file).is_test(&file, repository.root())
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
        repositories.into_iter().map(|(repository, file)| self.asyncio_of(&repository, file)).min()
    }

    /// Whether the repository around a file uses asyncio.
    fn asyncio_of(&self, repository: &Repository, file: &Path) -> Asyncio {
        let Places { product, tests } = repository.asyncio(|| {
            let files = self.files_with(repository, |traits| traits.asyncio);
            let (tests, product): (Vec<_>, Vec<_>) = files.into_iter().partition(|path| self.is_test(repository, path));
            let shown = |paths: Vec<PathBuf>| {
                paths.iter().map(|path| repository.display(&self.walk.absolute(path))).collect::<Vec<_>>()
            };
            Places { product: shown(product), tests: shown(tests) }
        });
        let driver = || repository.dependencies(file).async_driver.map(|path| repository.display(&path));
        match product.first().cloned().or_else(driver) {
            Some(place) => Asyncio::Used(place),
            None => tests.first().map_or(Asyncio::Unused, |place| Asyncio::InTests(place.clone())),
        }
    }

    /// Whether a site is in a product that does not run under asyncio, and the settings ask for that.
    fn is_harmless(&self, site: &Site) -> bool {
        let is_used = || self.asyncio_of(&self.repositories.of(&site.at.path), &site.at.path);
        self.job.settings.of(&site.at.path).require_asyncio.value && !matches!(is_used(), Asyncio::Used(_))
    }

    /// The verdict on a site.
    fn verdict(&self, site: &Site) -> Verdict {
        let verdict = self.with_policy(site, |policy| judge(site, policy));
        if verdict.is_hazard() && self.is_harmless(site) { verdict.as_information() } else { verdict }
    }
}

/// What a site's repository says.
struct Around<'a> {
    run: &'a Run<'a>,
    repository: Arc<Repository>,
    site: &'a Site,
    settings: &'a Settings,
}

impl Surroundings for Around<'_> {
    fn expunger(&self) -> Option<&Expunger> {
        self.run.orphaned.get()?.get(&self.site.at)
    }

    fn shown(&self, location: &Location) -> String {
        match self.repository.module(&location.path) {
            Some(module) => self.repository.shown(&module.source, location),
            None => self.repository.display(&location.path),
        }
    }

    fn places(&self, what: Observable) -> &Places {
        let rules = &self.run.job.settings.of_folder(self.repository.root()).rules;
        self.repository.observed(rules, what, || {
            let files = self.run.files_with(&self.repository, |traits| traits.can(what));
            let with_kind = |file: PathBuf| (file.clone(), self.run.is_test(&self.repository, &file));
            files.into_iter().map(with_kind).collect()
        })
    }

    fn version(&self) -> Option<SqlalchemyVersion> {
        let set = self.settings.sqlalchemy_version.as_ref().map(|setting| setting.value);
        set.or_else(|| Some(self.repository.dependencies(&self.site.at.path).sqlalchemy?.0))
    }
}

/// The sites in order, each once; a value that relationships with and without viewonly get is two.
fn assembled(found: Vec<Found>, usages: &Usages) -> Vec<Site> {
    let mut wrappers: Vec<Wrapper> = Vec::new();
    let mut sites: BTreeMap<(Location, bool), Site> = BTreeMap::new();
    for found in found {
        wrappers.extend(found.wrappers);
        for site in found.sites {
            let key = (site.at.clone(), site.viewonly);
            match sites.get_mut(&key) {
                Some(known) => known.merge(site),
                None => {
                    sites.insert(key, site);
                }
            }
        }
    }
    sites.into_values().map(|site| handed_in(site, &wrappers, usages)).collect()
}

/// A site that is handed in: the calls of its function decide, and are sites of their own. Where there is none, and no default, it can't
/// be known.
fn handed_in(mut site: Site, wrappers: &[Wrapper], usages: &Usages) -> Site {
    let Ok(value) = &site.value else { return site };
    let is_called =
        |argument: &Argument| wrappers.iter().any(|wrapper| wrapper.argument == *argument && usages.is_called(wrapper));
    let uncalled = value.arguments.iter().find(|argument| !is_called(argument));
    let Some(argument) = uncalled else { return site };
    // a default is what it gets where nobody is seen to give something else
    if !value.alternatives.is_empty() {
        return site;
    }
    let reason = format!("`{}` is {}, of which no call was found", argument.name, argument.what);
    site.value = Err(Unknown { reason, help: Some("check by hand what its callers give") });
    site
}
