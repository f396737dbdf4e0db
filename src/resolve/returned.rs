//! A call goes in; where the values are made that it hands on comes out: those that a function of the repository returns, an item of a
//! dictionary, what it copies.

use super::Resolver;
use super::arguments::{Arguments, Expression};
use super::effort::Effort;
use super::function::is_plain;
use super::names::{Found, Resolution};
use super::origin::{Call, Made, Origins};
use super::place::Place;
use super::reason::{Reason, ReasonLink};
use super::value::{Argument, Port, Step};
use crate::syntax::{Node, is_method, kind, positional_arguments, returned, string_content};

impl Resolver<'_> {
    /// What a call hands on; None where it makes something itself.
    pub(super) fn called_for(&self, place: &Place, call: &Node<'_>, effort: &Effort) -> Option<Origins> {
        const COPIES: [&str; 3] = ["copy", "deepcopy", "MappingProxyType"];
        let (function, arguments) = (call.field("function")?, call.field("arguments")?);
        let name = function.field("attribute").unwrap_or_else(|| function.clone()).text();
        let given = positional_arguments(&arguments);
        match (&*name, given.as_slice(), function.field("object")) {
            // what is written in place of it need not have such a method
            ("copy", [], Some(object)) => Some(self.origins(place, &object, effort).at(&call.range())),
            (name, [original], _) if COPIES.contains(&name) => Some(self.origins(place, original, effort)),
            ("cast", [_, value], _) => Some(self.origins(place, value, effort)),
            ("get" | "pop", [key, rest @ ..], Some(object)) if rest.len() < 2 => {
                let (key, default) = (string_content(key)?, rest.first());
                let item = self.item_or_default(place, call, &object, (&key, default), effort);
                item.or_else(|| self.returned_to(place, call, &function, effort)).or_else(|| {
                    let default = self.origins(place, default?, effort);
                    Some(Origins::unknown(self.no_literal(call)).or(default))
                })
            }
            _ => self.returned_to(place, call, &function, effort),
        }
    }

    /// What functions of the repository return to a call; None where it calls something else.
    fn returned_to(&self, place: &Place, call: &Node<'_>, function: &Node<'_>, effort: &Effort) -> Option<Origins> {
        let mention = place.module.location(&function.range());
        let resolutions = self.ends_of(place, function, effort);
        let class = self.class_of_object(place, function, effort);
        let returned = resolutions.iter().map(|resolution| {
            let Resolution::Bound(found) = resolution else { return None };
            let node = found.value().filter(|node| found.rest.is_empty() && is_plain(node))?;
            let function = found.module().location(&node.range());
            let called = Call { place: place.clone(), range: call.range(), function };
            let origins = self.given_by(&called, self.returned_by(found, effort).called_by(&called), effort);
            let step = Step { object: class.clone(), ..Step::new(mention.clone(), found, None) };
            Some(origins.through(&step, &call.range()))
        });
        let returned: Vec<Option<Origins>> = returned.collect();
        returned.iter().any(Option::is_some).then(|| {
            let each = returned.into_iter();
            let each = each.map(|origins| origins.unwrap_or_else(|| Origins::unknown(self.no_literal(call))));
            each.reduce(Origins::or).unwrap_or_default()
        })
    }

    /// What the statements of a function return.
    pub(super) fn returned_by(&self, function: &Found, effort: &Effort) -> Origins {
        let name = function.name();
        let values = function.value().map(|node| returned(&node)).unwrap_or_default();
        let origins = values.iter().map(|value| {
            let origins = self.origins(&Place::of(function.module(), value), value, effort);
            origins.linked(&ReasonLink::Result(name.to_owned()))
        });
        let none = || Origins::unknown(Reason::about(name, "returns nothing that can be known"));
        origins.reduce(Origins::or).unwrap_or_else(none)
    }

    /// The same with what the call gives in place of the function's own parameters.
    fn given_by(&self, call: &Call, mut origins: Origins, effort: &Effort) -> Origins {
        for holder in std::mem::take(&mut origins.holders) {
            origins = origins.or(Origins::unknown(holder.why_unknown()));
        }
        for argument in std::mem::take(&mut origins.arguments) {
            origins = origins.or(match argument.function == call.function {
                true => self.given_for(call, &argument, effort),
                false => Origins::unknown(argument.why_unknown()),
            });
        }
        origins
    }

    /// What a call gives for a parameter of its function.
    pub(super) fn given_for(&self, call: &Call, argument: &Argument, effort: &Effort) -> Origins {
        let node = self.node_of(&call.place, &call.range).ok();
        let Some(arguments) = node.and_then(|call| call.field("arguments")) else {
            return Origins::unknown("it is no call");
        };
        if argument.port == Port::Keywords {
            return Origins::of(Made::OfKeywords(call.place.clone(), arguments.range()));
        }
        let module = self.module_of(&call.place, &call.function);
        let function = module.as_ref().and_then(|module| module.node(&call.function.range()));
        let is_method = function.is_some_and(|function| is_method(&function));
        let arguments = Arguments::of_list(&call.place.module, &arguments);
        match argument.given(&arguments, is_method, false).and_then(Expression::node) {
            Some(given) => self.origins(&call.place, &given, effort),
            None if arguments.are_written() => Origins::default(),
            None => Origins::unknown(Reason::about(&argument.name, "may be given by a splat")),
        }
    }
}

/// Whether a method is read as an attribute: `@property`, `@cached_property` and the like.
pub(super) fn is_property(function: &Node<'_>) -> bool {
    let around = function.parent().filter(|around| around.kind() == kind::DECORATED_DEFINITION);
    let is_one = |child: Node<'_>| child.kind() == kind::DECORATOR && child.text().contains("property");
    around.is_some_and(|around| around.children().any(is_one))
}
