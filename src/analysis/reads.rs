//! A repository goes in; the reads in it come out that raise because a refresh or an expire has expired related objects.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::model::{Call, Model, SearchFolder};
use crate::module::Location;
use crate::outcome::ToldRead;
use crate::policy::set_given;
use crate::python::PyValue;
use crate::reach::{Level, PlacedCall, RaisingRead};
use crate::reads::{Cascading, Raised, in_functions};
use crate::repository::Repository;
use crate::resolve::{Keyword, Resolver};
use crate::site::Given;
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
    /// The reads of a repository that raise because of some calls.
    pub(super) fn reads_of(&self, repository: &Arc<Repository>, calls: BTreeSet<Location>) -> Reads {
        let relationships = self.cascading_in(repository);
        if relationships.is_empty() {
            return Reads { relationships, raised: Vec::new() };
        }
        let functions = self.functions_to(repository, calls);
        let files: Vec<PathBuf> = functions.keys().map(|path| path.to_path_buf()).collect();
        let raised = self.inferred(repository, &files, |types, classes, module| {
            in_functions(types, classes, module, &functions[&module.path], &relationships)
        });
        Reads { relationships, raised }
    }

    /// The relationships under check of a repository that have refresh-expire.
    fn cascading_in(&self, repository: &Arc<Repository>) -> Vec<Cascading> {
        let rules = &self.reach.settings.of_folder(repository.root()).rules;
        let resolver = Resolver { constructors: &rules.constructors, repository };
        let mapping = self.mapping_files(repository);
        let of_folder: SearchFolder<'_> = &|folder, can_matter| mapping.look(folder, can_matter);
        let has_it = |given| set_given(given).is_some_and(|set| set.contains(CascadeOption::RefreshExpire));
        let of_repository = self
            .sites
            .iter()
            .filter(|site| self.repositories.of(&site.at.path).root() == repository.root() && has_it(site));
        let givens: Vec<(&Location, &Given)> =
            of_repository.flat_map(|site| site.givens.iter().map(|given| (&site.at, given))).collect();
        let call = |(_, given): &(&Location, &Given)| given.relationship.as_ref().and_then(|known| known.call.clone());
        let calls: Vec<Call> = givens.iter().filter_map(call).collect();
        let model = Model::new(resolver, &calls, of_folder);
        let cascading = givens.iter().filter_map(|(value, given)| {
            let mut known = given.relationship.clone()?;
            model.complete(&mut known);
            Some(Cascading {
                name: known.name()?,
                owner: known.owner_class?,
                value: (*value).clone(),
                attribute: known.attribute?,
                target: known.target_class.and_then(|at| Class::at(repository, &at)),
                is_list: known.uselist,
                is_eager: may_be_eager(given),
            })
        });
        cascading.collect()
    }
}

/// Whether a refresh may load a relationship again, as far as its own loader goes.
fn may_be_eager(given: &Given) -> bool {
    let is_known = |value: &PyValue| match value {
        PyValue::Str(name) => {
            matches!(&**name, "select" | "raise" | "raise_on_sql" | "dynamic" | "write_only" | "noload")
        }
        PyValue::Bool(is_lazy) => *is_lazy,
        _ => false,
    };
    match &given.keywords.lazy {
        Keyword::Absent => false,
        Keyword::Given(value) => !is_known(value),
        _ => true,
    }
}
