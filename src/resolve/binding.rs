//! A name, an attribute or an item goes in; where the values are made that it is bound to comes out.

use super::Resolver;
use super::carry_out::is_attribute;
use super::dictionary::{Entries, SECOND, key_of};
use super::effort::Effort;
use super::literal::shortened;
use super::names::{Found, Resolution};
use super::origin::{FilledName, Made, Origins};
use super::place::Place;
use super::reason::{Reason, ReasonLink};
use super::returned::is_property;
use super::value::{Argument, Port, Step};
use crate::module::{BindingKind, Location, ModuleName, Parameter};
use crate::syntax::{Node, Parts, definition_around, dotted_name, has_scope, is_comprehension, kind, unparenthesized};

impl Resolver<'_> {
    /// What a name leads to.
    pub(super) fn named(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Origins {
        let shown = shortened(&node.text());
        let Some(names) = dotted_name(node) else { return self.attribute_of_expression(place, node, effort) };
        let resolutions = match (names[0].as_str(), names.len()) {
            ("self" | "cls", 2..) => match self.ends_of(place, node, effort) {
                resolutions
                    if is_known_here(node, effort) && !resolutions.is_empty() && resolutions.iter().all(is_bound) =>
                {
                    resolutions
                }
                _ => return Origins::unknown(Reason::about(&shown, "is what a subclass or an object makes of it")),
            },
            _ => self.follow(place, &names, effort),
        };
        if is_bound_by_comprehension(node, &names[0]) {
            return Origins::unknown(Reason::about(&shown, "is bound by a comprehension"));
        }
        let origins = resolutions.into_iter().map(|resolution| self.origins_of_end(place, node, resolution, effort));
        let class = self.class_of_object(place, node, effort);
        origins.reduce(Origins::or).unwrap_or_default().by_objects_of(class.as_ref())
    }

    fn origins_of_end(&self, place: &Place, node: &Node<'_>, resolution: Resolution, effort: &Effort) -> Origins {
        let shown = shortened(&node.text());
        Origins::unknown(match resolution {
            Resolution::Bound(found) => match self.star_after(&found, effort) {
                Some(star) => Reason::about(&shown, format_args!("may be replaced by what comes from `{star}`")),
                None => {
                    let mention = place.module.location(&node.range());
                    return self.bound_origins(&found, &mention, None, effort).at(&node.range());
                }
            },
            Resolution::Outside(path) => match path.split_last().filter(|(_, module)| !module.is_empty()) {
                Some((_, module)) => {
                    let module = module.join(".");
                    Reason::about(&shown, format_args!("comes from `{module}`, which is not part of this repository"))
                }
                None => Reason::about(&shown, "is a module"),
            },
            Resolution::Module(_) => Reason::about(&shown, "is a module"),
            Resolution::Unbound => Reason::unbound(&shown),
            Resolution::Unknown(why) => why,
        })
    }

    /// `Kind["OWN"].value`, `Options().name`
    fn attribute_of_expression(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Origins {
        if let Some(member) = self.enum_item(place, node, effort) {
            return member;
        }
        let unknown = || Reason::about(&shortened(&node.text()), "is an attribute of an expression");
        let mention = place.module.location(&node.range());
        let (object, name) = (node.field("object"), node.field("attribute"));
        let members = object.zip(name).and_then(|(object, name)| {
            self.instance_member(place, &unparenthesized(&object), &[name.text().into_owned()], effort)
        });
        members.map_or_else(|| Origins::unknown(unknown()), |members| self.of_members(&members, &mention, effort))
    }

    fn of_members(&self, members: &[Found], mention: &Location, effort: &Effort) -> Origins {
        let origins = members.iter().map(|member| self.bound_origins(member, mention, None, effort));
        origins.reduce(Origins::or).unwrap_or_default()
    }

    /// A module outside of the repository of which everything is imported after a binding.
    pub(super) fn star_after(&self, found: &Found, effort: &Effort) -> Option<String> {
        let after = found.binding().name.start;
        let mut stars = found.scope().stars.iter().filter(|(_, offset)| *offset > after);
        let name = [found.name().to_owned()];
        let replaces = |module: &ModuleName| {
            self.is_foreign(found.place(), module)
                || self.member(found.place(), module, &name, effort).iter().any(is_bound)
        };
        stars.find(|(module, _)| replaces(module)).map(|(module, _)| module.path.join("."))
    }

    /// What a binding that a name leads to is bound to.
    pub(super) fn bound_origins(
        &self,
        found: &Found,
        mention: &Location,
        class: Option<String>,
        effort: &Effort,
    ) -> Origins {
        let name = found.name();
        let step = Step::new(mention.clone(), found, class);
        let is_value = found.rest.as_slice() == ["value"];
        Origins::unknown(match &found.binding().kind {
            BindingKind::Class(_) if !found.rest.is_empty() => return self.member_origins(found, &step, effort),
            BindingKind::Parameter(parameter) if found.rest.is_empty() => {
                return self.parameter(found, parameter, &step, effort);
            }
            BindingKind::Function(..)
                if found.rest.is_empty() && found.value().is_some_and(|node| is_property(&node)) =>
            {
                return self.returned_by(found, effort).through(&step, &mention.range());
            }
            BindingKind::Parameter(parameter) => Reason::about(name, format_args!("is {}", parameter.what)),
            BindingKind::Opaque(what) => Reason::about(name, format_args!("is {what}")),
            BindingKind::Function(..) => Reason::about(name, "is a function"),
            BindingKind::Class(_) => Reason::about(name, "is a class"),
            BindingKind::Alias(path) if !found.rest.is_empty() => {
                return self.attribute_of_alias(found, path, mention, effort);
            }
            BindingKind::CallResult { .. } if !found.rest.is_empty() && !is_value => {
                return self.attribute_of_instance(found, mention, effort);
            }
            _ if !found.rest.is_empty() && !is_value => no_attribute(found),
            _ => return self.assigned(found, &step, effort),
        })
    }

    /// What a name is bound to by an assignment.
    fn assigned(&self, found: &Found, step: &Step, effort: &Effort) -> Origins {
        let name = found.name();
        let origins = match (found.value(), &found.binding().kind) {
            (Some(node), _) => self.origins(&found.before(), &node, effort).linked(&ReasonLink::Name(name.to_owned())),
            (None, BindingKind::Nothing) => Origins::of(Made::Missing(Reason::about(name, "has no value"))),
            // a loop's variable, or what a pattern binds
            (None, _) => Origins::unknown(Reason::about(name, "has no value")),
        };
        filled_later(origins, found).through(step, &step.mention.range())
    }

    /// `Short.NAME`, where `Short` is another name.
    fn attribute_of_alias(&self, found: &Found, path: &[String], mention: &Location, effort: &Effort) -> Origins {
        let names: Vec<String> = path.iter().chain(&found.rest).cloned().collect();
        let origins = self.follow(&found.before(), &names, effort).into_iter().map(|resolution| match resolution {
            Resolution::Bound(inner) => self.bound_origins(&inner, mention, None, effort),
            _ => Origins::unknown(Reason::about(
                found.name(),
                format_args!("is `{}`, which nothing in reach defines", path.join(".")),
            )),
        });
        origins.reduce(Origins::or).unwrap_or_default()
    }

    /// `options.NAME`, where a class of the repository made `options`.
    fn attribute_of_instance(&self, found: &Found, mention: &Location, effort: &Effort) -> Origins {
        let members = found.value().and_then(|call| {
            let make = || self.instance_member(&found.before(), &unparenthesized(&call), &found.rest, effort);
            effort.deeper(make).flatten()
        });
        match members {
            Some(members) => self.of_members(&members, mention, effort),
            None => Origins::unknown(no_attribute(found)),
        }
    }

    /// A parameter: its default, and what the calls of its function hand in.
    fn parameter(&self, found: &Found, parameter: &Parameter, step: &Step, effort: &Effort) -> Origins {
        let Some(owner) = found.scope().owner.as_ref() else {
            return Origins::unknown(Reason::about(found.name(), format_args!("is {}", parameter.what)));
        };
        let argument = Argument {
            name: found.name().to_owned(),
            at: found.location(),
            function: found.module().location(&owner.range),
            position: parameter.position,
            port: if parameter.is_keywords { Port::Keywords } else { Port::Value },
            what: parameter.what.clone(),
        };
        let default = found.value().map(|default| {
            let function = default.ancestors().find(|node| node.range() == owner.range);
            let place = function.map_or_else(|| found.before(), |function| Place::of(found.module(), &function));
            self.origins(&place, &default, effort)
        });
        let mut origins = filled_later(default.unwrap_or_default(), found).through(step, &step.mention.range());
        origins.arguments.push(argument);
        origins
    }

    /// `dictionary["key"]`
    pub(super) fn item(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<Origins> {
        if let Some(member) = self.enum_item(place, node, effort) {
            return Some(member);
        }
        let key = key_of(&node.field("subscript")?)?;
        let found = self.entries(place, &node.field("value")?, &key, effort);
        let mut origins = self.origins_of_entries(place, node, &found, effort);
        for argument in found.arguments {
            match argument.port {
                Port::Dictionary if key == SECOND => {
                    origins.arguments.push(Argument { port: Port::Pair, ..argument });
                }
                _ => origins = origins.or(Origins::unknown(argument.why_unknown())),
            }
        }
        let is_nothing = origins.all.is_empty() && origins.arguments.is_empty();
        Some(if is_nothing { Origins::of(Made::Missing(self.no_literal(node))) } else { origins })
    }

    /// `dictionary.get("key", default)`, `dictionary.pop("key", default)`: the call, its dictionary, and what it is given.
    pub(super) fn item_or_default(
        &self,
        place: &Place,
        call: &Node<'_>,
        dictionary: &Node<'_>,
        (key, default): (&str, Option<&Node<'_>>),
        effort: &Effort,
    ) -> Option<Origins> {
        let found = self.entries(place, dictionary, key, effort);
        if found.entries.is_empty() && found.arguments.is_empty() {
            let resolutions = self.follow(place, &dotted_name(dictionary)?, effort);
            let is_dictionary = |resolution: &Resolution| match resolution {
                Resolution::Bound(found) => found.value().is_some_and(|value| value.kind() == kind::DICTIONARY),
                _ => false,
            };
            if !resolutions.iter().all(is_dictionary) {
                return None;
            }
        }
        let default = default.filter(|_| !found.is_certain);
        let default = default.map(|default| self.origins(place, default, effort).at(&call.range()));
        let mut origins = self.origins_of_entries(place, call, &found, effort);
        origins = default.unwrap_or_default().or(origins);
        origins.holders.extend(found.arguments);
        Some(origins)
    }

    /// What is made under a key of a dictionary that an expression asks for.
    fn origins_of_entries(&self, place: &Place, asking: &Node<'_>, found: &Entries, effort: &Effort) -> Origins {
        let open = found.is_open.then(|| Origins::unknown(of_open_dictionary(asking)));
        let origins = found.entries.iter().map(|entry| {
            let made = self.place_at(place, &entry.at).and_then(|of| {
                let node = of.module.node(&entry.at.range())?;
                Some(self.origins(&of, &node, effort))
            });
            let made = made.unwrap_or_else(|| Origins::unknown(of_open_dictionary(asking)));
            made.behind(&entry.steps).at(&asking.range())
        });
        open.into_iter().chain(origins).reduce(Origins::or).unwrap_or_default()
    }
}

/// The same where statements can put something into what a name is bound to.
fn filled_later(mut origins: Origins, found: &Found) -> Origins {
    origins.filled.push(FilledName { found: found.clone(), steps: Vec::new(), calls: Vec::new() });
    origins
}

fn no_attribute(found: &Found) -> Reason {
    let shown = format!("{}.{}", found.name(), found.rest.join("."));
    Reason::about(&shown, "is no attribute of a class of this repository")
}

pub(super) fn is_bound(resolution: &Resolution) -> bool {
    matches!(resolution, Resolution::Bound(_))
}

/// Whether what `self` or `cls` has can be told where it is read: not where each mapped class has a relationship of its own, as under
/// `declared_attr`, nor where one value is asked for.
pub(super) fn is_known_here(node: &Node<'_>, effort: &Effort) -> bool {
    let function = definition_around(node);
    !effort.carries_out() && !function.is_some_and(|function| is_attribute(&function))
}

pub(super) fn of_open_dictionary(item: &Node<'_>) -> Reason {
    let shown = shortened(&item.text());
    Reason::about(&shown, "comes from a dictionary that is put together from what can't be known")
}

/// Whether a comprehension around a node binds the name.
pub fn is_bound_by_comprehension(node: &Node<'_>, name: &str) -> bool {
    let around = node.ancestors().take_while(|node| !has_scope(node));
    around.filter(is_comprehension).any(|node| {
        let clauses = node.parts().filter(|child| child.kind() == kind::FOR_IN_CLAUSE);
        let mut targets = clauses.filter_map(|clause| clause.field("left"));
        targets.any(|left| left.dfs().any(|node| node.kind() == kind::IDENTIFIER && node.text() == name))
    })
}
