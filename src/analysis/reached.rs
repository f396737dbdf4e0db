//! The sites of a repository go in; which calls of its sessions reach the relationships of each comes out.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::Analysis;
use super::calls::acts;
use super::run::Run;
use crate::calls::CallKind::{self, Expire, Expunge, Refresh};
use crate::model::{End, Families, Link, Model, Reaching};
use crate::module::Location;
use crate::outcome::{Finding, ReachDetail};
use crate::policy::is_eager;
use crate::reach::{Calls, PlacedCall, Reached, ReachingCall};
use crate::repository::{Places, Repository};
use crate::site::Site;
use crate::sqlalchemy::cascade::CascadeOption;

/// Who reaches the relationships of sites, by their values.
#[derive(Debug, Clone, Default)]
pub(super) struct ReachedSites {
    pub by_value: HashMap<Location, Arc<Reached>>,
    /// How many calls of the product have an object that is not known.
    pub open_calls: usize,
}

impl Analysis {
    /// The calls of a repository that refresh, expire or expunge, each with its place.
    pub(super) fn placed_calls(&self, repository: &Arc<Repository>) -> Vec<Arc<PlacedCall>> {
        let lock = || self.calls.lock();
        if let Some(known) = lock().get(repository.root()) {
            return known.clone();
        }
        let placed = self.calls_of(repository, acts, &[Refresh, Expire, Expunge]).into_iter().map(|call| {
            let (place, is_test) = (repository.place(&call.at), self.is_test(repository, &call.at.path));
            Arc::new(PlacedCall { call, place, is_test })
        });
        let placed: Vec<_> = placed.collect();
        lock().insert(repository.root().to_owned(), placed.clone());
        placed
    }
}

/// The calls that do something which cascades by an option, and the other places that do.
pub(super) struct Acting {
    option: CascadeOption,
    pub calls: Vec<Arc<PlacedCall>>,
    elsewhere: Vec<String>,
}

impl Acting {
    /// Those that refresh or expire whole objects, where `observed` are all places that do. What tests do with objects that are not known
    /// is left out: what runs is the product.
    pub fn refreshing(placed: &[Arc<PlacedCall>], observed: &Places) -> Self {
        let calls: Vec<_> = placed.iter().filter(|call| call.refreshes()).cloned().collect();
        let elsewhere = unexplained(&calls, &observed.product);
        Self { option: CascadeOption::RefreshExpire, calls, elsewhere }
    }

    /// Those that expunge objects. Tests count as the product does: a fix must not break them.
    pub fn expunging(placed: &[Arc<PlacedCall>], observed: &Places) -> Self {
        let expunging = placed.iter().filter(|call| call.call.kind == CallKind::Expunge);
        let as_product = |call: &Arc<PlacedCall>| Arc::new(PlacedCall { is_test: false, ..PlacedCall::clone(call) });
        let calls: Vec<_> = expunging.map(as_product).collect();
        let places: Vec<String> = observed.product.iter().chain(&observed.tests).cloned().collect();
        let elsewhere = unexplained(&calls, &places);
        Self { option: CascadeOption::Expunge, calls, elsewhere }
    }

    /// The same where something else does so too.
    pub fn and_elsewhere(mut self, place: &Option<String>) -> Self {
        self.elsewhere.extend(place.clone());
        self
    }
}

/// The places that are none of the calls.
fn unexplained(calls: &[Arc<PlacedCall>], places: &[String]) -> Vec<String> {
    let known: HashSet<&String> = calls.iter().map(|call| &call.place).collect();
    places.iter().filter(|place| !known.contains(place)).cloned().collect()
}

/// Who reaches the relationships of each site.
pub(super) fn reached<'s>(
    sites: impl Iterator<Item = &'s Site> + Clone,
    model: &Model<'_>,
    Acting { option, calls, elsewhere }: Acting,
    links: &[Link],
    families: &Families,
) -> ReachedSites {
    let classes =
        |call: &Arc<PlacedCall>| call.call.classes.iter().map(|class| End::Class(class.at.clone())).collect::<Vec<_>>();
    let open_calls = calls.iter().filter(|call| call.is_open()).count();
    let from: BTreeSet<End> = calls.iter().flat_map(classes).collect();
    let reaching = Reaching::of(links, option, &from, families);
    let recipients = sites.clone().flat_map(|site| &site.recipients).filter(|given| is_eager(given));
    let eager = recipients.filter_map(|given| given.relationship.as_ref()?.name()).collect();
    let calls = Calls::new(calls, elsewhere, reaching, eager);
    let mut by_owners: HashMap<Vec<End>, Arc<Reached>> = HashMap::default();
    let sites = sites.map(|site| {
        let owners: Vec<End> = site
            .recipients
            .iter()
            .flat_map(|given| super::orphans::ends(model, given))
            .map(|[owner, _]| owner)
            .collect();
        let reached = by_owners.entry(owners).or_insert_with_key(|owners| Arc::new(calls.reach(owners)));
        (site.at.clone(), Arc::clone(reached))
    });
    ReachedSites { by_value: sites.collect(), open_calls }
}

impl Run<'_> {
    /// Adds to the findings of a site that are about refresh-expire who reaches its relationships.
    pub(super) fn add_reach(&self, site: &Site, findings: &mut [Finding]) {
        let Some(reached) = self.reached_by(site) else { return };
        let repository = self.analysis.repositories.of(&site.at.path);
        let reads = self.noticed.get().into_iter().flatten().find_map(|noticed| {
            noticed.reached.as_ref().filter(|reached| reached.by_value.contains_key(&site.at))?;
            noticed.reads.as_ref()
        });
        let told = |reaching: &ReachingCall| {
            let call = &reaching.call.call;
            let reads = reads.map(|reads| reads.told(&repository, &call.at, Some(&site.at))).unwrap_or_default();
            self.analysis.told_call(&repository, call, reads)
        };
        for finding in findings.iter_mut().filter(|finding| finding.details.hazard().is_some()) {
            let calls = reached.calls.iter().filter_map(told).collect();
            // only what tells of all relationships asks for these: there can be many of each
            let open = reached.open.iter().filter(|_| self.request.all_relationships);
            let open = open.filter_map(|(call, _)| self.analysis.told_call(&repository, &call.call, Vec::new()));
            let (level, is_by_tests_alone) = (reached.level, reached.is_by_tests_alone());
            finding.details.reach = Some(ReachDetail { level, is_by_tests_alone, calls, open: open.collect() });
        }
    }

    /// How many calls of the products have an object that is not known, where that was looked up.
    pub(super) fn open_calls(&self) -> usize {
        let noticed = self.noticed.get().into_iter().flatten();
        noticed.filter_map(|noticed| Some(noticed.reached.as_ref()?.open_calls)).sum()
    }

    /// Who expunges objects that lead to the relationships of a site, where that was looked up.
    pub(super) fn detached_by(&self, site: &Site) -> Option<&Arc<Reached>> {
        let mut noticed = self.noticed.get()?.iter().filter_map(|noticed| noticed.detached.as_ref());
        noticed.find_map(|reached| reached.by_value.get(&site.at))
    }

    /// Who reaches the relationships of a site, where that was looked up.
    pub(super) fn reached_by(&self, site: &Site) -> Option<&Arc<Reached>> {
        let mut noticed = self.noticed.get()?.iter().filter_map(|noticed| noticed.reached.as_ref());
        noticed.find_map(|reached| reached.by_value.get(&site.at))
    }
}
