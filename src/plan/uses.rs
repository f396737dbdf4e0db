//! A literal and the sites that get it go in; whether the literal is changed where it is written comes out, or why it has to stay.

use super::{ChangedAt, Passing, Planner, Use, out_of_check, read};
use crate::module::{Location, ReferenceKind};
use crate::resolve::Step;
use crate::site::{HowRead, Reading, Site};
use crate::usage::{self, SomeReferences};

impl<'a> Planner<'a> {
    /// Where a literal is changed so that all who get it have what they want, and no one else has something new.
    pub(super) fn place_of(&self, literal: &Location, uses: &[Use<'_>]) -> ChangedAt {
        let read_in_function = || uses.iter().find_map(|one| read(one.site)).map(|reading| self.read_by(reading));
        self.wanted_differently(literal, uses)
            .or_else(|| read_in_function().map(ChangedAt::Sites))
            .or_else(|| self.bound_in_passing(literal, uses))
            .or_else(|| uses.iter().flat_map(|one| &one.alternative.steps).find_map(|step| self.needed_at(step)))
            .or_else(|| self.tied(literal, uses).map(ChangedAt::Sites))
            .or_else(|| self.out_of_check(literal).map(ChangedAt::OutOfReach))
            .unwrap_or(ChangedAt::Definition)
    }

    fn wanted_differently(&self, literal: &Location, uses: &[Use<'_>]) -> Option<ChangedAt> {
        let first = &uses[0];
        let other = uses.iter().find(|one| one.after != first.after)?;
        Some(ChangedAt::Sites(format!(
            "the value at {} stays: {} and {} want different lists of it",
            self.files.shown(literal),
            self.files.shown(&first.site.at),
            self.files.shown(&other.site.at)
        )))
    }

    /// A name that is bound to the literal, or to a site's value, in an expression, and is read by something else.
    fn bound_in_passing(&self, literal: &Location, uses: &[Use<'_>]) -> Option<ChangedAt> {
        let at_site =
            |one: &Use<'_>| self.read_in_passing(&one.site.at.part(&one.alternative.here), std::iter::once(one.site));
        let at_literal = || self.read_in_passing(literal, uses.iter().map(|one| one.site));
        uses.iter().find_map(at_site).map(ChangedAt::OutOfReach).or_else(|| at_literal().map(ChangedAt::Sites))
    }

    /// Why what a step reads has to stay: something else is done with it, or its annotation names the value.
    fn needed_at(&self, step: &Step) -> Option<ChangedAt> {
        self.other_use(step, false).or_else(|| {
            let defined = self.files.is_typed(&step.definition).then(|| self.files.shown(&step.definition))?;
            let name = &step.name;
            Some(ChangedAt::Sites(format!("`{name}` (defined at {defined}) stays: its annotation names the value")))
        })
    }

    fn tied(&self, literal: &Location, uses: &[Use<'_>]) -> Option<String> {
        let is_constant = uses.iter().any(|one| !one.alternative.steps.is_empty());
        let why = is_constant.then(|| self.files.tied(literal, uses[0].after)).flatten()?;
        Some(format!("the value at {} stays: {why}", self.files.shown(literal)))
    }

    fn out_of_check(&self, literal: &Location) -> Option<String> {
        let is_out = !self.files.is_checked(&literal.path);
        is_out.then(|| out_of_check("it is defined", &self.files.shown(literal)))
    }

    /// Where something else gets a value by a name that is bound to it in an expression.
    pub(super) fn read_in_passing<'s>(
        &self,
        value: &Location,
        sites: impl Iterator<Item = &'s Site> + Clone,
    ) -> Option<String> {
        let Passing { name, expression, others } = self.files.bound_in_passing(value)?;
        let is_given = |at: &Location| sites.clone().flat_map(|site| &site.recipients).any(|given| given.at.covers(at));
        let is_known = |at: &&Location| is_covered(&self.values, at) || is_given(at);
        let other = std::iter::once(&expression).chain(&others).find(|at| !is_known(at))?;
        Some(format!("`{name}` has the value too, and {} reads that", self.files.shown(other)))
    }

    /// Why a definition can't be changed: something else is done with it.
    pub(super) fn other_use(&self, step: &Step, is_dictionary: bool) -> Option<ChangedAt> {
        let wholes = usage::wholes(step);
        step.definitions().chain(wholes.iter().map(|(name, at)| (name, at))).find_map(|(name, at)| {
            let key = (at.clone(), step.items.clone(), is_dictionary);
            if let Some(known) = self.lock().get(&key) {
                return known.clone();
            }
            let found = self.first_other_use(step, (name, at), is_dictionary);
            self.lock().insert(key, found.clone());
            found
        })
    }

    pub(super) fn first_other_use(
        &self,
        step: &Step,
        (name, at): (&String, &Location),
        is_dictionary: bool,
    ) -> Option<ChangedAt> {
        let is_whole = step.definitions().all(|(_, own)| own != at);
        let own = || format!("`{}` (defined at {})", step.name, self.files.shown(&step.definition));
        let defined = || if is_whole { own() } else { format!("`{name}` (defined at {})", self.files.shown(at)) };
        let others = self.others_of(at, is_dictionary);
        let found = others.iter().find(|reference| reference.concerns(step)).and_then(|reference| {
            let shown = || self.files.shown(&reference.at);
            match reference.kind {
                ReferenceKind::Immaterial => None,
                ReferenceKind::Read | ReferenceKind::Aliased | ReferenceKind::Argument if is_whole => {
                    Some(ChangedAt::Sites(format!("{} stays: {} can reach it by way of `{name}`", defined(), shown())))
                }
                ReferenceKind::Read | ReferenceKind::Aliased | ReferenceKind::Argument => {
                    Some(ChangedAt::Sites(format!("{} stays: {} uses it for something else", defined(), shown())))
                }
                ReferenceKind::Typed => {
                    Some(ChangedAt::Sites(format!("{} stays: {} names its value", defined(), shown())))
                }
                ReferenceKind::Exported => Some(ChangedAt::Sites(format!(
                    "{} stays: `__all__` exports it at {}, so that others may use it",
                    defined(),
                    shown()
                ))),
                ReferenceKind::Changed => {
                    Some(ChangedAt::OutOfReach(format!("{} is changed at {}", defined(), shown())))
                }
            }
        });
        let unread = || self.usages.unread(at);
        found.or_else(|| Some(ChangedAt::Sites(format!("{} stays: {}, and may use it", defined(), unread()?))))
    }

    /// The references to a definition by which something else is done with it than to give relationships their cascades.
    fn others_of(&self, at: &Location, is_dictionary: bool) -> SomeReferences<'a> {
        let is_cascade = |place: &Location| {
            let is_read = self.consumed.get(at).is_some_and(|reads| is_covered(reads, place));
            is_read || is_dictionary && is_covered(&self.values, place)
        };
        self.others.of(self.usages, (at, is_dictionary), |reference| match reference.kind {
            ReferenceKind::Immaterial => false,
            ReferenceKind::Read | ReferenceKind::Aliased | ReferenceKind::Argument => !is_cascade(&reference.at),
            _ => true,
        })
    }

    /// What a function that gets a cascade does with it.
    pub(super) fn read_by(&self, Reading { name, definition, at, how }: &Reading) -> String {
        let (defined, at) = (self.files.shown(definition), self.files.shown(at));
        match how {
            HowRead::Used => format!("`{name}` (defined at {defined}) stays: {at} uses it for something else"),
            HowRead::Typed => format!("`{name}` (defined at {defined}) stays: its type at {at} names the values"),
            HowRead::Decorator => format!("the decorator `{name}` at {at} can use it for something else"),
        }
    }
}

/// Whether a location is a part of one of the others, which are in order and apart from each other, or the same.
pub(super) fn is_covered(others: &[&Location], inner: &Location) -> bool {
    let until =
        others.partition_point(|other| (other.path.as_os_str(), other.start) <= (inner.path.as_os_str(), inner.start));
    until > 0 && others[until - 1].covers(inner)
}
