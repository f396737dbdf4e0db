//! The sites of an analysis go in; their verdicts come out, by what is asked.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use foldhash::HashSet;
use rayon::prelude::*;

use crate::checks::{Sighting, asks_direction, judge};
use crate::hints;
use crate::mistake::caught;
use crate::model::{Model, Relationship, RelationshipCall, SearchFolder};
use crate::module::Location;
use crate::outcome::Asyncio;
use crate::plan::Files;
use crate::policy::{Expunger, Policy, Surroundings, Verdict, asks_observations, asks_orphans};
use crate::reach::Reached;
use crate::repository::{Places, Repository};
use crate::resolve::Resolver;
use crate::rules::Code;
use crate::settings::Settings;
use crate::site::{Site, Unknown};
use crate::sqlalchemy::Observable;
use crate::sqlalchemy::SqlalchemyVersion;
use crate::sqlalchemy::cascade::CascadeOption;
use crate::suppression::Suppressed;

use super::consumers::Consumers;
use super::files::FilesOfRun;
use super::noticed::{Noticed, NoticingRequest};
use super::reached::Acting;
use super::{Analysis, Request};

/// A site with its number in the analysis.
type NumberedSite<'s> = (usize, &'s mut Site);

/// One request of an analysis.
pub(super) struct Run<'a> {
    pub analysis: &'a Analysis,
    pub request: &'a Request,
    /// What [`Run::judged`] found out of the sites.
    pub noticed: OnceLock<Vec<Noticed>>,
}

impl<'a> Run<'a> {
    pub fn new(analysis: &'a Analysis, request: &'a Request) -> Self {
        Self { analysis, request, noticed: OnceLock::new() }
    }

    /// The sites in order, with their verdicts.
    pub fn judged(&self) -> Vec<(Site, Verdict)> {
        let mut sites = self.analysis.sites.clone();
        let usages = &self.analysis.usages;
        let asks = |site: &Site| {
            self.request.all_relationships || self.with_policy(site, |policy| asks_direction(site, policy))
        };
        let noticed = self.relate(sites.iter_mut().enumerate(), asks, true);
        let _ = self.noticed.set(noticed);
        self.observe(&sites);
        let consumers = Consumers::of(sites.iter(), usages);
        let judged = sites.into_par_iter().map(|mut site| {
            if let Some(changed) = self.analysis.changed(&site, usages, &consumers) {
                site.value = Err(changed);
            }
            let verdict = caught(|| self.verdict(&site)).unwrap_or_else(|mistake| {
                site.value = Err(Unknown::from(mistake.to_owned()));
                self.verdict(&site)
            });
            (site, verdict)
        });
        let mut judged: Vec<(Site, Verdict)> = judged.collect();
        let is_open = |site: &Site| {
            site.recipients.iter().filter_map(|given| given.relationship.as_ref()).any(|known| known.told().is_none())
        };
        let is_told = |verdict: &Verdict| !verdict.judgements().is_empty();
        let told = judged.iter_mut().enumerate().filter(|(_, (_, verdict))| is_told(verdict));
        self.relate(told.map(|(index, (site, _))| (index, site)), is_open, false);
        judged
    }

    /// Looks up what the verdicts on sites are likely to ask of their repositories, before several threads ask.
    fn observe(&self, sites: &[Site]) {
        let asks = |site: &&&Site| self.with_policy(site, |policy| asks_observations(site, policy));
        for (_, sites) in self.analysis.repositories.grouped(sites, |site| &site.at.path) {
            let Some(site) = sites.iter().find(asks) else { continue };
            self.is_harmless(site);
            self.with_policy(site, |policy| {
                policy.surroundings.places(Observable::Refresh);
                policy.surroundings.places(Observable::Expunge);
            });
        }
    }

    /// Calls a function with the policy that is in force for a site; gives what it gives.
    pub fn with_policy<T>(&self, site: &Site, done: impl FnOnce(&Policy<'_>) -> T) -> T {
        let settings = self.analysis.reach.settings.of(&site.at.path);
        done(&Policy {
            profile: settings.profile.value,
            targets: &settings.targets,
            expunge: settings.expunge.value,
            lazy: self.request.lazy,
            wanted: self.request.lists.get(&site.at).copied(),
            selection: &settings.selection(&site.at.path),
            surroundings: &SiteSurroundings {
                run: self,
                repository: self.analysis.repositories.of(&site.at.path),
                site,
                settings: &settings,
            },
        })
    }

    /// Adds to the relationships of those sites that ask for it what the models of their repositories say. `with_noticed` finds out what
    /// notices their cascades, where a verdict can depend on that. The sites are those of the analysis, by their numbers there, which
    /// keeps what was found.
    fn relate<'s>(
        &self,
        sites: impl Iterator<Item = (usize, &'s mut Site)>,
        asks: impl Fn(&Site) -> bool,
        with_noticed: bool,
    ) -> Vec<Noticed> {
        let groups = self.analysis.repositories.grouped(sites, |(_, site)| &site.at.path);
        let found = groups.into_iter().map(|(repository, mut sites)| {
            let known = self.analysis.known_noticed(&repository);
            let request = if with_noticed { self.noticing_request(&repository, &sites, &known) } else { None };
            let mut noticed = self.relate_in(&repository, &mut sites, &asks, (known, request));
            if with_noticed {
                noticed.add_reads(self.analysis, &repository);
            }
            noticed
        });
        found.collect()
    }

    /// What is to be found out that can notice the cascades of some sites, and is not known from an earlier request.
    fn noticing_request(
        &self,
        repository: &Arc<Repository>,
        sites: &[NumberedSite<'_>],
        known: &Noticed,
    ) -> Option<NoticingRequest> {
        let asks_orphans = |site: &Site| self.with_policy(site, |policy| asks_orphans(site, policy));
        let asks_observations = |site: &Site| self.with_policy(site, |policy| asks_observations(site, policy));
        let orphans = known.orphaned.is_none() && sites.iter().any(|(_, site)| asks_orphans(site));
        let asking = sites.iter().find(|(_, site)| known.reached.is_none() && asks_observations(site));
        let calls = asking.map(|(_, site)| {
            let observed = |what| self.with_policy(site, |policy| policy.surroundings.places(what).clone());
            let placed = self.analysis.placed_calls(repository);
            let refreshing = Acting::refreshing(&placed, &observed(Observable::Refresh));
            let unseen = repository.unseen().map(|why| format!("code that is not here: {why}"));
            [refreshing, Acting::expunging(&placed, &observed(Observable::Expunge))]
                .map(|acting| acting.and_elsewhere(&unseen))
        });
        let links = || self.analysis.links_of_repository(repository, sites);
        (orphans || calls.is_some()).then(|| NoticingRequest { links: links(), orphans, calls })
    }

    /// The same for the sites of one repository.
    fn relate_in(
        &self,
        repository: &Repository,
        sites: &mut [NumberedSite<'_>],
        asks: &impl Fn(&Site) -> bool,
        (mut noticed, request): (Noticed, Option<NoticingRequest>),
    ) -> Noticed {
        let mut calls: Vec<RelationshipCall> = request.iter().flat_map(|request| request.links.calls()).collect();
        let mut asked = self.asked(sites, asks);
        calls.extend(asked.iter().filter_map(|(_, relationship)| relationship.call.clone()));
        if calls.is_empty() && request.is_none() {
            return noticed;
        }
        let rules = &self.analysis.reach.settings.of_folder(repository.root()).rules;
        let resolver = Resolver { constructors: &rules.constructors, repository };
        let (walk, search) = (&self.analysis.walk, &self.analysis.search);
        let of_folder: SearchFolder<'_> = &|folder, can_matter| search.look(&walk.of_folder(folder), can_matter).files;
        let model = Model::new(resolver, &self.analysis.inferred_of(repository).declared, &calls, of_folder);
        asked.par_iter_mut().for_each(|(_, relationship)| model.complete(relationship));
        self.analysis.keep_completed(asked);
        if let Some(request) = request {
            noticed.complete(self.analysis, repository, &model, request, sites);
        }
        noticed
    }

    /// The relationships of the sites that ask for what the models say, by site and place in it; but for those of which SQLAlchemy itself
    /// said it, and those that are known from an earlier request, to which that is added.
    fn asked<'s>(
        &self,
        sites: &'s mut [(usize, &mut Site)],
        asks: &impl Fn(&Site) -> bool,
    ) -> Vec<((usize, usize), &'s mut Relationship)> {
        let sites = sites.iter_mut().filter(|(_, site)| asks(site));
        let given = sites.flat_map(|(number, site)| {
            let places = site.recipients.iter_mut().enumerate();
            places.filter_map(|(place, given)| Some(((*number, place), given.relationship.as_mut()?)))
        });
        let is_open = |(place, relationship): &mut ((usize, usize), &mut Relationship)| {
            !self.is_in_facts(relationship) && !self.analysis.complete_known(*place, relationship)
        };
        let mut given: Vec<_> = given.collect();
        given.retain_mut(is_open);
        given
    }

    /// Adds to a relationship what SQLAlchemy itself said of it; whether it said something.
    fn is_in_facts(&self, relationship: &mut Relationship) -> bool {
        let (Some(facts), Some(RelationshipCall { at, is_backref })) = (&self.request.facts, relationship.call.clone())
        else {
            return false;
        };
        let Some(module) = self.analysis.repositories.of(&at.path).module(&at.path) else { return false };
        let line = |offset| module.source.position(offset).line;
        facts.complete(relationship, &at.path, (line(at.start), line(at.end)), is_backref)
    }

    /// The sites and sightings without those that a comment suppresses.
    pub fn suppressed(&self, sites: Vec<(Site, Verdict)>, sightings: Vec<(Code, Sighting)>) -> Suppressed {
        let none = HashSet::default();
        let files = FilesOfRun::new(self, &none);
        let checked =
            self.analysis.scan.files.iter().filter(|file| hints::has_own_suppression(file.source.text().as_bytes()));
        let file = |path: &Path| Some((files.source(path)?, Arc::clone(&self.analysis.reach.settings.of(path).rules)));
        let of_sightings = sightings.iter().map(|(_, sighting)| &sighting.at.path);
        let checked = checked.map(|file| &file.path).chain(of_sightings);
        let mut suppressed = Suppressed::new(sites, checked, file, |site| self.verdict(site));
        for (code, sighting) in sightings {
            let is_ignored = !self.analysis.reach.settings.of(&sighting.at.path).selection(&sighting.at.path).has(code);
            suppressed.add_sighting(code, sighting, is_ignored);
        }
        suppressed
    }

    /// The places in the repositories of sites with findings that notice an option, for each option that can be lost.
    pub fn noticed(&self, sites: &[(Site, Verdict)]) -> Vec<(CascadeOption, Places)> {
        let told = sites.iter().filter(|(_, verdict)| !verdict.judgements().is_empty());
        let mut noticed: Vec<(CascadeOption, Places)> = Vec::new();
        for (_, sites) in self.analysis.repositories.grouped(told, |(site, _)| &site.at.path) {
            // its surroundings are those of its whole repository
            let (site, _) = sites[0];
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

    /// Whether the repositories of some sites use asyncio, and the first file or settings in which one does, by their names.
    pub fn asyncio(&self, sites: &[(Site, Verdict)]) -> Option<Asyncio> {
        let hazards = sites.iter().filter(|(_, verdict)| verdict.is_hazard());
        let groups = self.analysis.repositories.grouped(hazards, |(site, _)| &site.at.path);
        groups
            .iter()
            .filter_map(|(repository, sites)| self.analysis.asyncio_of(repository, &sites[0].0.at.path))
            .reduce(Asyncio::or)
    }

    /// Whether a site is in a product that does not run under asyncio, and the settings ask for that.
    fn is_harmless(&self, site: &Site) -> bool {
        let is_used = || self.analysis.asyncio_of(&self.analysis.repositories.of(&site.at.path), &site.at.path);
        self.analysis.reach.settings.of(&site.at.path).require_asyncio.value
            && is_used().is_some_and(|found| !matches!(found, Asyncio::Used(_)))
    }

    /// The verdict on a site.
    fn verdict(&self, site: &Site) -> Verdict {
        let verdict = self.with_policy(site, |policy| judge(site, policy));
        if verdict.is_hazard() && self.is_harmless(site) { verdict.as_information() } else { verdict }
    }
}

/// What a site's repository says.
struct SiteSurroundings<'a> {
    run: &'a Run<'a>,
    repository: Arc<Repository>,
    site: &'a Site,
    settings: &'a Settings,
}

impl Surroundings for SiteSurroundings<'_> {
    fn expunger(&self) -> Option<&Expunger> {
        let mut noticed = self.run.noticed.get()?.iter().filter_map(|noticed| noticed.orphaned.as_ref());
        noticed.find_map(|orphaned| orphaned.get(&self.site.at))
    }

    fn detached(&self) -> Option<&Reached> {
        self.run.detached_by(self.site).map(|reached| &**reached)
    }

    fn reached(&self) -> Option<&Reached> {
        self.run.reached_by(self.site).map(|reached| &**reached)
    }

    fn shown(&self, location: &Location) -> String {
        match self.repository.module(&location.path) {
            Some(module) => self.repository.shown(&module.source, location),
            None => self.repository.display(&location.path),
        }
    }

    fn places(&self, what: Observable) -> &Places {
        let rules = &self.run.analysis.reach.settings.of_folder(self.repository.root()).rules;
        self.repository.observed(rules, what, || {
            let files = self.run.analysis.files_with(&self.repository, |traits| traits.can(what));
            let with_kind = |file: PathBuf| (file.clone(), self.run.analysis.is_test(&self.repository, &file));
            files.into_iter().map(with_kind).collect()
        })
    }

    fn version(&self) -> Option<SqlalchemyVersion> {
        let set = self.settings.sqlalchemy_version.as_ref().map(|setting| setting.value);
        set.or_else(|| Some(self.repository.dependencies(&self.site.at.path).sqlalchemy?.0))
    }
}
