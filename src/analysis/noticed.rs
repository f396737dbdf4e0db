//! The sites of a repository go in; what notices that their relationships cascade comes out: SQLAlchemy itself, and calls of sessions.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::Analysis;
use super::orphans::{Orphaned, UnresolvedLinks, orphaned};
use super::reached::{Acting, ReachedSites, reached};
use super::reads::Reads;
use crate::model::{End, Families, Link, Model, SearchFolder};
use crate::module::Location;
use crate::outcome::Asyncio;
use crate::repository::Repository;
use crate::site::Site;

/// What notices a cascade, as far as it was asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Noticed {
    /// The sites whose relationships SQLAlchemy itself can reach by expunge.
    pub orphaned: Option<Orphaned>,
    /// Who reaches the relationships of each site by refresh or expire.
    pub reached: Option<ReachedSites>,
    /// Who reaches them by expunge.
    pub detached: Option<ReachedSites>,
    /// The reads that raise because of a refresh or an expire.
    pub reads: Option<Arc<Reads>>,
}

/// What is to be found out.
pub(super) struct NoticingRequest {
    /// The relationships of the repository.
    pub links: UnresolvedLinks,
    /// Whether it matters what SQLAlchemy itself expunges.
    pub orphans: bool,
    /// The calls that refresh or expire whole objects, and those that expunge objects, where they matter.
    pub calls: Option<[Acting; 2]>,
}

impl Noticed {
    /// Finds out which reads raise, where a call reaches something and the code runs under asyncio.
    pub fn add_reads(&mut self, analysis: &Analysis, repository: &Arc<Repository>) {
        let Some(reached) = &mut self.reached else { return };
        let by_value = reached.by_value.iter().filter(|(_, reached)| reached.to_follow().next().is_some());
        let file = by_value.clone().map(|(value, _)| &value.path).next();
        let runs = |file: &Arc<Path>| matches!(analysis.asyncio_of(repository, file), Some(Asyncio::Used(_)));
        if self.reads.is_none() && file.is_some_and(runs) {
            let to_follow = by_value.flat_map(|(_, reached)| reached.to_follow());
            let to_follow: BTreeSet<&Location> =
                to_follow.filter(|call| !call.call.is_implicit).map(|call| &call.call.at).collect();
            let mut calls: BTreeMap<Location, Option<BTreeSet<Location>>> = BTreeMap::new();
            for (value, reached) in &reached.by_value {
                for call in reached.coming().map(|call| &call.call.at).filter(|call| to_follow.contains(call)) {
                    calls.entry(call.clone()).or_default().get_or_insert_default().insert(value.clone());
                }
            }
            let reads = analysis.reads_of(repository, calls);
            reached.add(&reads, repository);
            self.reads = Some(Arc::new(reads));
            analysis.keep_noticed(repository, self);
        }
    }

    /// What is not known yet and is asked for is found out.
    pub fn complete(
        &mut self,
        analysis: &Analysis,
        repository: &Repository,
        model: &Model<'_>,
        request: NoticingRequest,
        sites: &[(usize, &mut Site)],
    ) {
        let (walk, search) = (&analysis.walk, &analysis.search);
        let of_all: SearchFolder<'_> = &|folder, can_matter| search.look(&walk.of_all_in(folder), can_matter).files;
        let links: Vec<Link> = request.links.completed(model);
        let of_links = links.iter().flat_map(|link| [link.owner.clone(), link.target.clone()]);
        let calls = request.calls.iter().flatten().flat_map(|acting| &acting.calls);
        let of_calls = calls.flat_map(|call| call.call.classes.iter().map(|class| End::Class(class.at.clone())));
        let classes: BTreeSet<End> = of_links.chain(of_calls).collect();
        let mapping = analysis.mapping_files(repository);
        let of_mapping = mapping.search_together();
        let families: OnceCell<Families> = OnceCell::new();
        let families = || families.get_or_init(|| model.families(&classes, &of_mapping, of_all)).clone();
        if request.orphans {
            self.orphaned = Some(orphaned(model, &links, request.links.unread.as_ref(), sites, families));
        }
        if let Some(calls) = request.calls {
            let of = |acting| reached(sites.iter().map(|(_, site)| &**site), model, acting, &links, &families());
            let [reached, detached] = calls.map(of);
            (self.reached, self.detached) = (Some(reached), Some(detached));
        }
        analysis.keep_noticed(repository, self);
    }
}
