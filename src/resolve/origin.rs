//! An expression at a place goes in; where its values are made comes out: the literals, displays, operations and calls that it leads to,
//! each with the names on the way, or why that can't be known.
//!
//! Every value is reached by this one way, a string, a list and a dictionary alike. What is made there is then computed as a whole
//! ([`Resolver::value`]), or asked for an item ([`Resolver::entries`]).

use std::ops::Range;

use super::Resolver;
use super::effort::Effort;
use super::literal::evaluate;
use super::names::Found;
use super::place::Place;
use super::reason::{Reason, ReasonLink};
use super::value::{Alternative, Argument, Step};
use crate::module::Location;
use crate::syntax::{Node, conditional_parts, dotted_name, kind, unparenthesized};

/// All places where the values of an expression are made.
#[derive(Clone, Default)]
pub(super) struct Origins {
    pub all: Vec<Origin>,
    /// The parameters that hand in further values.
    pub arguments: Vec<Argument>,
    /// The parameters that hand in what has further values as an item.
    pub holders: Vec<Argument>,
    /// The names on the way, whose dictionaries later statements can put items into.
    pub filled: Vec<FilledName>,
}

/// Where a value is made.
#[derive(Clone)]
pub(super) struct Origin {
    pub made: Made,
    /// The part of the expression that gives it, where that is another than the one that makes it.
    pub here: Option<Range<usize>>,
    /// The names that lead there, in order.
    pub steps: Vec<Step>,
    /// It is the value of an Enum's member, and the member is meant.
    pub is_member: bool,
    /// The calls of the functions in which it is made, the innermost first.
    pub calls: Vec<Call>,
    /// What a reason why the value can't be known tells of the way there, the outermost first.
    pub links: Vec<ReasonLink>,
}

/// A call of a function of the repository.
#[derive(Clone)]
pub(super) struct Call {
    pub place: Place,
    /// The whole call.
    pub range: Range<usize>,
    /// The definition of the function.
    pub function: Location,
}

/// What makes a value.
#[derive(Clone)]
pub(super) enum Made {
    /// An expression that leads no further.
    By(Place, Range<usize>),
    /// The keyword arguments of a call, as `**names` has them.
    OfKeywords(Place, Range<usize>),
    /// What was carried out already.
    Known(Box<Alternative>),
    /// Nothing is there.
    Missing(Reason),
    /// It can't be known.
    Unknown(Reason),
}

/// A name whose dictionary statements can put items into.
#[derive(Clone)]
pub(super) struct FilledName {
    pub found: Found,
    pub steps: Vec<Step>,
    pub calls: Vec<Call>,
}

impl Origins {
    pub(super) fn of(made: Made) -> Self {
        let (steps, calls, links) = (Vec::new(), Vec::new(), Vec::new());
        Self { all: vec![Origin { made, here: None, steps, is_member: false, calls, links }], ..Self::default() }
    }

    pub(super) fn unknown(why: impl Into<Reason>) -> Self {
        Self::of(Made::Unknown(why.into()))
    }

    pub(super) fn by(place: &Place, node: &Node<'_>) -> Self {
        Self::of(Made::By(place.clone(), node.range()))
    }

    pub(super) fn or(mut self, other: Self) -> Self {
        self.all.extend(other.all);
        self.filled.extend(other.filled);
        for (own, others) in [(&mut self.arguments, other.arguments), (&mut self.holders, other.holders)] {
            for argument in others {
                if !own.contains(&argument) {
                    own.push(argument);
                }
            }
        }
        self
    }

    /// The same origins as an expression at `here` has them that reads the name of the step.
    pub(super) fn through(self, step: &Step, here: &Range<usize>) -> Self {
        self.behind(std::slice::from_ref(step)).at(here)
    }

    /// The same origins, reached by way of further names.
    pub(super) fn behind(mut self, steps: &[Step]) -> Self {
        let ways = self.all.iter_mut().map(|origin| &mut origin.steps);
        for way in ways.chain(self.filled.iter_mut().map(|filled| &mut filled.steps)) {
            way.splice(0..0, steps.iter().cloned());
        }
        self
    }

    /// The same where the first name is read by way of the objects of a class.
    pub(super) fn by_objects_of(mut self, class: Option<&Location>) -> Self {
        let ways = self.all.iter_mut().map(|origin| &mut origin.steps);
        for way in ways.chain(self.filled.iter_mut().map(|filled| &mut filled.steps)) {
            if let Some(step) = way.first_mut() {
                step.object = class.cloned();
            }
        }
        self
    }

    /// The same origins, reached by a call of the function in which the values are made.
    pub(super) fn called_by(mut self, call: &Call) -> Self {
        let calls = self.all.iter_mut().map(|origin| &mut origin.calls);
        for calls in calls.chain(self.filled.iter_mut().map(|filled| &mut filled.calls)) {
            calls.push(call.clone());
        }
        self
    }

    /// The same for an expression with the range.
    pub(super) fn at(mut self, here: &Range<usize>) -> Self {
        for origin in &mut self.all {
            origin.here = Some(here.clone());
        }
        self
    }

    /// The same origins, each with a link before those that it tells where its value can't be known.
    pub(super) fn linked(mut self, link: &ReasonLink) -> Self {
        for origin in &mut self.all {
            origin.links.insert(0, link.clone());
        }
        self
    }
}

impl Resolver<'_> {
    /// Where the values of an expression are made.
    pub(super) fn origins(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Origins {
        let node = unparenthesized(node);
        let deeper = effort.deeper(|| self.origins_within(place, &node, effort));
        deeper.unwrap_or_else(|| Origins::unknown("it is nested too deeply"))
    }

    fn origins_within(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Origins {
        if effort.carries_out() {
            if evaluate(node).is_ok() {
                return Origins::by(place, node);
            }
            if let Some(carried_out) = self.carried_out(place, node, effort) {
                return carried_out.map_or_else(Origins::unknown, |value| {
                    let known = value.alternatives.into_iter().map(|one| Origins::of(Made::Known(Box::new(one))));
                    known.reduce(Origins::or).unwrap_or_default()
                });
            }
        }
        let origins = |node: &Node<'_>| self.origins(place, node, effort);
        match &*node.kind() {
            kind::IDENTIFIER | kind::ATTRIBUTE => self.named(place, node, effort),
            kind::CONDITIONAL_EXPRESSION => match conditional_parts(node) {
                Some([body, _, otherwise]) => origins(&body).or(origins(&otherwise)),
                None => Origins::by(place, node),
            },
            kind::BOOLEAN_OPERATOR => self.boolean(place, node, effort),
            kind::NAMED_EXPRESSION => self.walrus(place, node, effort).unwrap_or_else(|| Origins::by(place, node)),
            kind::SUBSCRIPT => self.item(place, node, effort).unwrap_or_else(|| Origins::by(place, node)),
            kind::CALL => self.called_for(place, node, effort).unwrap_or_else(|| Origins::by(place, node)),
            _ => Origins::by(place, node),
        }
    }

    /// `a or b`, `a and b`.
    fn boolean(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Origins {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
            return Origins::unknown("it is a boolean expression");
        };
        let is_or = node.field("operator").is_some_and(|operator| operator.text() == "or");
        let left = unparenthesized(&left);
        // `condition and a or b`: what is falsy of the left side gives way to b
        let is_and = left.kind() == kind::BOOLEAN_OPERATOR
            && left.field("operator").is_some_and(|operator| operator.text() == "and");
        let condition_and = if is_or && is_and { left.field("right") } else { None };
        let mut first = self.origins(place, condition_and.as_ref().unwrap_or(&left), effort);
        let mut is_certain = first.arguments.is_empty() && first.holders.is_empty() && condition_and.is_none();
        let mut stays = Vec::new();
        for origin in first.all {
            match self.truth_of(&origin, effort) {
                Some(is_truthy) if is_truthy != is_or => is_certain = false,
                known => {
                    is_certain &= known.is_some();
                    stays.push(origin);
                }
            }
        }
        first.all = stays;
        if is_certain { first } else { first.or(self.origins(place, &right, effort)) }
    }

    /// Whether what is made is truthy; None where that can't be known.
    fn truth_of(&self, origin: &Origin, effort: &Effort) -> Option<bool> {
        let value = self.settled(origin, effort).ok().filter(|value| value.arguments.is_empty())?;
        let mut truths = value.alternatives.iter().map(|one| one.value.is_truthy());
        let first = truths.next()?;
        truths.all(|other| other == first).then_some(first)
    }

    /// `(name := value)`
    fn walrus(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<Origins> {
        let name = node.field("name")?;
        let origins = self.origins(place, &node.field("value")?, effort);
        let resolutions = self.follow(&Place::of(&place.module, node).at_any_time(), &dotted_name(&name)?, effort);
        let found = resolutions.into_iter().find_map(|resolution| match resolution {
            super::names::Resolution::Bound(found) if found.location().range() == name.range() => Some(found),
            _ => None,
        });
        let step = found.map(|found| Step::new(place.module.location(&name.range()), &found, None));
        Some(origins.behind(step.as_slice()))
    }

    /// The place of an expression that stands somewhere in the repository.
    pub(super) fn place_at(&self, from: &Place, at: &Location) -> Option<Place> {
        let module = self.module_of(from, at)?;
        let node = module.node(&at.range())?;
        Some(Place::of(&module, &node))
    }
}
