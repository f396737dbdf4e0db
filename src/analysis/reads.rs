//! A repository goes in; the reads in it come out that raise because a refresh or an expire has expired related objects.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::model::{Model, Relationship, RelationshipCall};
use crate::module::Location;
use crate::outcome::ToldRead;
use crate::policy::{may_be_eager, set_given};
use crate::reach::{Level, PlacedCall, RaisingRead};
use crate::reads::{Cascading, Mentions, Raised, in_functions};
use crate::repository::Repository;
use crate::resolve::Resolver;
use crate::site::{Recipient, Site};
use crate::sqlalchemy::cascade::CascadeOption;
use crate::types::Class;

use super::Analysis;
use super::reached::ReachedSites;

/// The reads that raise, and the relationships with refresh-expire.
#[derive(Debug)]
pub(super) struct Reads {
    pub relationships: Vec<Cascading>,
    pub raised: Vec<Raised>,
}

impl Reads {
    /// Whether a read raises because of what a value gives some relationship.
    fn is_over(&self, raised: &Raised, value: &Location) -> bool {
        raised.over.iter().any(|edge| self.relationships[edge.relationship].value == *value)
    }

    /// Those that a call makes raise, in words; of one value alone, where that is asked for.
    pub fn told(&self, repository: &Repository, call: &Location, value: Option<&Location>) -> Vec<ToldRead> {
        let shown = |at: &Location| {
            let module = repository.module(&at.path)?;
            Some(repository.shown(&module.source, at))
        };
        let is_meant = |raised: &&Raised| raised.call == *call && value.is_none_or(|value| self.is_over(raised, value));
        let of_call = self.raised.iter().filter(is_meant);
        let told = of_call.filter_map(|raised| {
            let module = repository.module(&raised.read.path)?;
            let over = raised.over.iter().filter_map(|edge| {
                let relationship = &self.relationships[edge.relationship];
                Some(format!("{} ({})", relationship.name, shown(&edge.loaded)?))
            });
            Some(ToldRead {
                path: repository.display(&raised.read.path),
                start: module.source.position(raised.read.start),
                text: module.node(&raised.read.range())?.text().into_owned(),
                over: over.collect(),
            })
        });
        told.collect()
    }
}

impl ReachedSites {
    /// Adds the reads that raise to what is known of who reaches the relationships.
    pub fn add(&mut self, reads: &Reads, repository: &Repository) {
        for raised in &reads.raised {
            let values = raised.over.iter().map(|edge| &reads.relationships[edge.relationship].value);
            for value in values.collect::<BTreeSet<_>>() {
                let Some(reached) = self.by_value.get_mut(value) else { continue };
                let call = reached.coming().find(|call| call.call.at == raised.call);
                let read = call.and_then(|call| raising_read(repository, call, raised));
                if let Some(read) = read {
                    let reached = Arc::make_mut(reached);
                    reached.level = Level::Raises;
                    reached.reads.push(read);
                }
            }
        }
    }
}

fn raising_read(repository: &Repository, call: &Arc<PlacedCall>, raised: &Raised) -> Option<RaisingRead> {
    let module = repository.module(&raised.read.path)?;
    Some(RaisingRead {
        call: Arc::clone(call),
        text: module.node(&raised.read.range())?.text().into_owned(),
        place: repository.place(&raised.read),
    })
}

impl Analysis {
    /// The reads of a repository that raise because of some calls, each with the values of the relationships that it comes to; None where
    /// that can be any.
    pub(super) fn reads_of(
        &self,
        repository: &Arc<Repository>,
        calls: BTreeMap<Location, Option<BTreeSet<Location>>>,
    ) -> Reads {
        let relationships = self.cascading_in(repository);
        if relationships.is_empty() {
            return Reads { relationships, raised: Vec::new() };
        }
        let numbers = |values: Option<BTreeSet<Location>>| {
            let matters = |one: &Cascading| values.as_ref().is_none_or(|values| values.contains(&one.value));
            (0..relationships.len()).filter(|number| matters(&relationships[*number])).collect()
        };
        let calls = calls.into_iter().map(|(call, values)| (call, numbers(values)));
        let functions = self.functions_to(repository, calls.collect());
        let files: Vec<PathBuf> = functions.keys().map(|path| path.to_path_buf()).collect();
        let mentions = Mentions::of(&relationships);
        let raised = self.inferred(repository, &files, |types, classes, module| {
            in_functions(types, classes, module, &functions[&module.path], &mentions)
        });
        Reads { relationships, raised }
    }

    /// The relationships under check of a repository that have refresh-expire.
    fn cascading_in(&self, repository: &Repository) -> Vec<Cascading> {
        let has_it = |site: &Site| set_given(site).is_some_and(|set| set.contains(CascadeOption::RefreshExpire));
        let is_in = |site: &Site| self.is_own(repository, &site.at.path);
        let of_repository = self.sites.iter().enumerate().filter(|(_, site)| is_in(site) && has_it(site));
        let mut given: Vec<((usize, usize), &Site, &Recipient, Relationship)> = of_repository
            .flat_map(|(number, site)| {
                let places = site.recipients.iter().enumerate();
                places
                    .filter_map(move |(place, given)| Some(((number, place), site, given, given.relationship.clone()?)))
            })
            .collect();
        let open =
            given.iter_mut().filter_map(|(place, _, _, known)| (!self.complete_known(*place, known)).then_some(known));
        let mut open: Vec<&mut Relationship> = open.collect();
        if !open.is_empty() {
            let rules = &self.reach.settings.of_folder(repository.root()).rules;
            let resolver = Resolver { constructors: &rules.constructors, repository };
            let calls: Vec<RelationshipCall> = open.iter().filter_map(|known| known.call.clone()).collect();
            let mapping = self.mapping_files(repository);
            let search = mapping.search();
            let model = Model::new(resolver, &self.inferred_of(repository).declared, &calls, &search);
            open.iter_mut().for_each(|known| model.complete(known));
        }
        let cascading = given.into_iter().filter_map(|(_, site, given, known)| {
            Some(Cascading {
                name: known.name()?,
                owner: known.owner_class?,
                value: site.at.clone(),
                attribute: known.attribute?,
                target: known.target_class.and_then(|at| Class::at(repository, &at)),
                is_list: known.uselist,
                is_eager: may_be_eager(given),
            })
        });
        cascading.collect()
    }
}
