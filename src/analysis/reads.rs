//! A repository goes in; the reads in it come out that raise because a refresh or an expire has expired related objects.

use std::sync::Arc;

use rayon::prelude::*;

use crate::model::{Call, Classes, Model, SearchFolder};
use crate::module::Location;
use crate::outcome::ToldRead;
use crate::policy::set_given;
use crate::python::PyValue;
use crate::reads::{Cascading, Raised, in_module};
use crate::repository::Repository;
use crate::resolve::{Keyword, Resolver};
use crate::site::Given;
use crate::sqlalchemy::cascade::CascadeOption;
use crate::types::{Class, Types};

use super::Analysis;

/// The reads that raise, and the relationships with refresh-expire.
pub(super) struct Reads {
    pub relationships: Vec<Cascading>,
    pub raised: Vec<Raised>,
}

impl Reads {
    /// Those that a call makes raise, in words.
    pub fn told(&self, repository: &Repository, call: &Location) -> Vec<ToldRead> {
        let shown = |at: &Location| {
            let module = repository.module(&at.path)?;
            Some(repository.shown(&module.source, at))
        };
        let of_call = self.raised.iter().filter(|raised| raised.call == *call);
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

impl Analysis {
    /// The reads of a repository, its tests included.
    pub(super) fn reads_of(&self, repository: &Arc<Repository>) -> Reads {
        let rules = &self.reach.settings.of_folder(repository.root()).rules;
        let resolver = Resolver { constructors: &rules.constructors, repository };
        let (walk, search) = (&self.walk, &self.search);
        let of_folder: SearchFolder<'_> = &|folder, can_matter| search.look(&walk.of_folder(folder), can_matter).files;
        let relationships = self.cascading_in(repository, &resolver, of_folder);
        if relationships.is_empty() {
            return Reads { relationships, raised: Vec::new() };
        }
        let classes = Classes::new(resolver.clone());
        let files = self.files_with(repository, |traits| traits.refresh);
        let types = || Types::new(resolver.clone(), of_folder);
        let raised = files.par_iter().map_init(types, |types, file| {
            let module = repository.module(&walk.absolute(file))?;
            Some(in_module(types, &classes, &module, &relationships))
        });
        let raised = raised.collect::<Vec<_>>().into_iter().flatten().flatten().collect();
        Reads { relationships, raised }
    }

    /// The relationships under check of a repository that have refresh-expire.
    fn cascading_in(
        &self,
        repository: &Arc<Repository>,
        resolver: &Resolver<'_>,
        search: SearchFolder<'_>,
    ) -> Vec<Cascading> {
        let has_it = |given| set_given(given).is_some_and(|set| set.contains(CascadeOption::RefreshExpire));
        let of_repository = self
            .sites
            .iter()
            .filter(|site| self.repositories.of(&site.at.path).root() == repository.root() && has_it(site));
        let givens: Vec<&Given> = of_repository.flat_map(|site| &site.givens).collect();
        let call = |given: &&Given| given.relationship.as_ref().and_then(|known| known.call.clone());
        let calls: Vec<Call> = givens.iter().filter_map(call).collect();
        let model = Model::new(resolver.clone(), &calls, search);
        let cascading = givens.iter().filter_map(|given| {
            let mut known = given.relationship.clone()?;
            model.complete(&mut known);
            Some(Cascading {
                name: known.name()?,
                owner: known.owner_class?,
                attribute: known.attribute?,
                target: known.target_class.and_then(|at| class_at(repository, &at)),
                is_list: known.uselist,
                is_eager: may_be_eager(given),
            })
        });
        cascading.collect()
    }
}

fn class_at(repository: &Repository, at: &Location) -> Option<Class> {
    let module = repository.module(&at.path)?;
    let name = module.node(&at.range())?.field("name")?.text().into_owned();
    Some(Class { name, at: at.clone(), module: Arc::clone(&module) })
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
