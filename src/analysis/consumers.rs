//! All sites go in; whether a reference to a constant is one by which another relationship gets it comes out: that changes nothing.

use foldhash::HashMap;

use crate::module::{Location, ReferenceKind};
use crate::resolve::Step;
use crate::site::Site;
use crate::usage::{Picked, Reference, SomeReferences, Usages};

/// How many names are followed that one constant is given.
const MOST_NAMES: usize = 8;

/// What the relationships read.
pub(super) struct Consumers<'a> {
    usages: &'a Usages,
    /// The values of all sites, in order.
    values: Vec<Location>,
    /// By where a name is read to be bound to another one: the step from that.
    names: HashMap<Location, Vec<Step>>,
    /// By whether the value of a name can be changed: what refers to it and may do that.
    changing: Picked<'a>,
}

impl<'a> Consumers<'a> {
    pub(super) fn of<'s>(sites: impl Iterator<Item = &'s Site> + Clone, usages: &'a Usages) -> Self {
        let mut values: Vec<Location> = sites.clone().map(|site| site.at.clone()).collect();
        values.sort();
        let mut names: HashMap<Location, Vec<Step>> = HashMap::default();
        let alternatives = sites.flat_map(|site| &site.value).flat_map(|value| &value.alternatives);
        for pair in alternatives.flat_map(|alternative| alternative.steps.windows(2)) {
            let known = names.entry(pair[1].mention.clone()).or_default();
            if !known.contains(&pair[0]) {
                known.push(pair[0].clone());
            }
        }
        Self { usages, values, names, changing: Picked::default() }
    }

    /// The references to a name by which its value may change: those that change the value and, where it is mutable, those that hand it to
    /// something other than a relationship.
    pub(super) fn changing(&self, definition: &Location, is_mutable: bool) -> SomeReferences<'a> {
        self.changing.of(self.usages, (definition, is_mutable), |reference| match reference.kind {
            ReferenceKind::Changed => true,
            ReferenceKind::Aliased | ReferenceKind::Argument => is_mutable && !self.keep(reference),
            _ => false,
        })
    }

    /// Whether a relationship, and nobody else, gets what is referred to.
    fn keep(&self, reference: &Reference) -> bool {
        self.keep_within(reference, MOST_NAMES)
    }

    fn keep_within(&self, reference: &Reference, names: usize) -> bool {
        if self.is_in_value(&reference.at) {
            return true;
        }
        let steps = self.names.get(&reference.at).map(Vec::as_slice).unwrap_or_default();
        let bound = steps.iter().flat_map(Step::definitions).map(|(_, definition)| definition).chain(&reference.binds);
        let bound: Vec<&Location> = bound.collect();
        let Some(left) = names.checked_sub(1).filter(|_| !bound.is_empty()) else { return false };
        let mut references = bound.into_iter().flat_map(|definition| self.usages.references(definition));
        !references.any(|reference| match reference.kind {
            ReferenceKind::Changed => true,
            ReferenceKind::Aliased | ReferenceKind::Argument => !self.keep_within(reference, left),
            _ => false,
        })
    }

    fn is_in_value(&self, mention: &Location) -> bool {
        let until = self.values.partition_point(|value| {
            (value.path.as_os_str(), value.start) <= (mention.path.as_os_str(), mention.start)
        });
        until > 0 && self.values[until - 1].covers(mention)
    }
}
