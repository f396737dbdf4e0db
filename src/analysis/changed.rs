//! A site's value goes in; why it can be another when it is read comes out.

use super::Analysis;
use super::consumers::Consumers;
use crate::module::{Location, ReferenceKind};
use crate::python::{CollectionKind, PyValue};
use crate::site::{Site, Unknown};
use crate::usage::{Reference, Usages};

impl Analysis {
    /// Why a value can be another when it is read: a name that leads to it is bound anew, a subclass has another, or its list is
    /// changed.
    pub(super) fn changed(&self, site: &Site, usages: &Usages, consumers: &Consumers<'_>) -> Option<Unknown> {
        let value = site.value.as_ref().ok()?;
        let of_dictionaries = site.recipients.iter().flat_map(|given| &given.steps).map(|step| (step, false));
        let of_values = value.alternatives.iter().flat_map(|alternative| {
            let is_list =
                |value: &PyValue| matches!(value, PyValue::Collection(CollectionKind::List | CollectionKind::Set, _));
            let is_mutable = is_list(&alternative.value) || is_list(&alternative.written.literal.value);
            let computed_from = alternative.dependencies.iter().map(|step| (step, false));
            alternative.steps.iter().map(move |step| (step, is_mutable)).chain(computed_from)
        });
        of_values.chain(of_dictionaries).find_map(|(step, is_mutable)| {
            if let Some(at) = usages.replaced(step).and_then(|at| self.shown(at)) {
                return Some(Unknown::from(format!("a subclass has another `{}` at {at}", step.name)));
            }
            let steps = || value.alternatives.iter().flat_map(|one| one.steps.iter().chain(&one.dependencies));
            let is_followed = |reference: &Reference| {
                site.at.covers(&reference.at) || steps().any(|step| step.mention.covers(&reference.at))
            };
            let changes = |reference: &&Reference| match reference.kind {
                ReferenceKind::Changed => !site.at.covers(&reference.at),
                _ => !is_followed(reference),
            };
            let changed = |at| {
                let changing = consumers.changing(at, is_mutable);
                changing.iter().copied().filter(|reference| reference.concerns(step)).find(changes)
            };
            let reference = step.definitions().find_map(|(_, at)| changed(at))?;
            let at = self.shown(&reference.at)?;
            Some(Unknown::from(format!("`{}` may be changed at {at}", step.name)))
        })
    }

    fn shown(&self, at: &Location) -> Option<String> {
        let repository = self.repositories.of(&at.path);
        Some(repository.shown(&repository.module(&at.path)?.source, at))
    }
}
