//! An expression at a place goes in; the values that it can have come out, or why they can't be known.

use super::Resolver;
use super::carry_out::is_attribute;
use super::dictionary::{Entries, key_of};
use super::effort::Effort;
use super::literal::{evaluate, shortened};
use super::names::{End, Found};
use super::operation::{computed, operation};
use super::place::Place;
use super::reason::Reason;
use super::value::{Argument, Port, Step, Value, Written};
use crate::module::Location;
use crate::module::{ModuleName, Parameter, Target};
use crate::python::{CollectionKind, PyValue};
use crate::syntax::{Node, conditional_parts, dotted_name, has_scope, unparenthesized};

/// How many values an expression may have before it counts as unknown.
pub(super) const MOST_ALTERNATIVES: usize = 24;

impl Resolver<'_> {
    /// What an expression at a place can be.
    ///
    /// # Errors
    /// Why that can't be known, in words that complete "this cascade can't be known here: …".
    pub fn value(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Value, Reason> {
        let node = unparenthesized(node);
        if place.module.source.is_masked(&node.range()) {
            return Err("it is filled in by a template".into());
        }
        match evaluate(&node) {
            Ok(literal) => {
                let at = place.module.location(&literal.span);
                Ok(Value::of(literal.value.clone(), node.range(), Written { literal, at }))
            }
            Err(why) => {
                let deeper = effort.deeper(|| self.expression(place, &node, effort, why.into()));
                let value = deeper.unwrap_or_else(|| Err("it is nested too deeply".into()))?;
                if value.alternatives.len() > MOST_ALTERNATIVES {
                    return Err("it can have too many values".into());
                }
                Ok(value)
            }
        }
    }

    /// `why` is what stands in the way of a literal.
    pub(super) fn expression(
        &self,
        place: &Place,
        node: &Node<'_>,
        effort: &Effort,
        why: Reason,
    ) -> Result<Value, Reason> {
        if effort.carries_out()
            && let Some(carried_out) = self.carried_out(place, node, effort)
        {
            return carried_out;
        }
        let value = |node: &Node<'_>| self.value(place, node, effort);
        match &*node.kind() {
            "identifier" | "attribute" => self.named(place, node, effort),
            "conditional_expression" => {
                let [body, _, otherwise] = conditional_parts(node).ok_or(why)?;
                Ok(value(&body)?.or(value(&otherwise)?))
            }
            "boolean_operator" => self.boolean(place, node, effort),
            "named_expression" => self.walrus(place, node, effort).unwrap_or(Err(why)),
            "call" => self.call(place, node, effort).unwrap_or(Err(why)),
            "subscript" => self.item(place, node, effort).unwrap_or(Err(why)),
            "binary_operator" => {
                let (left, right) = (node.field("left"), node.field("right"));
                let (Some(left), Some(right)) = (left, right) else { return Err(why) };
                let operator = node.field("operator").map(|operator| operator.text().into_owned()).unwrap_or_default();
                let right = match (&*operator, &*right.kind()) {
                    ("%", "dictionary") => self.dictionary_of_values(place, &right, effort)?,
                    _ => value(&right)?,
                };
                let compute = |parts: &[PyValue]| operation(&operator, &parts[0], &parts[1]);
                computed(place, node, &[value(&left)?, right], compute, || why.clone())
            }
            "string" | "concatenated_string" => self.formatted_string(place, node, effort),
            "list" => self.display(place, node, CollectionKind::List, effort),
            "tuple" => self.display(place, node, CollectionKind::Tuple, effort),
            "set" => self.display(place, node, CollectionKind::Set, effort),
            _ => Err(why),
        }
    }

    /// What a name leads to.
    pub(super) fn named(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Value, Reason> {
        let shown = shortened(&node.text());
        let Some(names) = dotted_name(node) else {
            let member = self.enum_item(place, node, effort);
            return member.unwrap_or_else(|| Err(Reason::about(&shown, "is an attribute of an expression")));
        };
        let ends = match (names.first().map(String::as_str), names.len()) {
            (Some("self" | "cls"), 2..) => match self.ends_of(place, node, effort) {
                ends if is_known_here(node, effort) && !ends.is_empty() && ends.iter().all(is_bound) => ends,
                _ => return Err(Reason::about(&shown, "is what a subclass or an object makes of it")),
            },
            _ => self.follow(place, &names, effort),
        };
        if is_bound_by_comprehension(node, &names[0]) {
            return Err(Reason::about(&shown, "is bound by a comprehension"));
        }
        let mention = place.module.location(&node.range());
        let mut value = Value::default();
        for end in ends {
            value = value.or(match end {
                End::Bound(found) => {
                    if let Some(star) = self.star_after(&found, effort) {
                        return Err(Reason::about(&shown, format_args!("may be replaced by what comes from `{star}`")));
                    }
                    self.bound_value(&found, &mention, None, effort)?.at(&node.range())
                }
                End::Outside(path) => {
                    let Some((_, module)) = path.split_last().filter(|(_, module)| !module.is_empty()) else {
                        return Err(Reason::about(&shown, "is a module"));
                    };
                    let module = module.join(".");
                    return Err(Reason::about(
                        &shown,
                        format_args!("comes from `{module}`, which is not part of this repository"),
                    ));
                }
                End::Module(_) => return Err(Reason::about(&shown, "is a module")),
                End::Unbound => return Err(Reason::unbound(&shown)),
                End::Unknown(why) => return Err(why),
            });
        }
        Ok(value)
    }

    /// A module outside of the repository of which everything is imported after a binding.
    pub(super) fn star_after(&self, found: &Found, effort: &Effort) -> Option<String> {
        let after = found.binding().name.start;
        let mut stars = found.scope().stars.iter().filter(|(_, offset)| *offset > after);
        let name = [found.name().to_owned()];
        let replaces = |module: &ModuleName| {
            self.is_foreign(found.place(), module)
                || self.member(found.place(), module, &name, effort).iter().any(|end| matches!(end, End::Bound(_)))
        };
        stars.find(|(module, _)| replaces(module)).map(|(module, _)| module.path.join("."))
    }

    /// What a binding that a name leads to is bound to.
    pub(super) fn bound_value(
        &self,
        found: &Found,
        mention: &Location,
        class: Option<String>,
        effort: &Effort,
    ) -> Result<Value, Reason> {
        let name = found.name();
        let step = Step::new(mention.clone(), found, class);
        let is_value = found.rest.as_slice() == ["value"];
        match &found.binding().target {
            Target::Class(_) if !found.rest.is_empty() => self.member_value(found, &step, effort),
            Target::Parameter(parameter) if found.rest.is_empty() => self.parameter(found, parameter, &step, effort),
            Target::Parameter(parameter) => Err(Reason::about(&name, format_args!("is {}", parameter.what))),
            Target::Opaque(what) => Err(Reason::about(&name, format_args!("is {what}"))),
            Target::Function(..) => Err(Reason::about(&name, "is a function")),
            Target::Class(_) => Err(Reason::about(&name, "is a class")),
            Target::Alias(path) if !found.rest.is_empty() => {
                let names: Vec<String> = path.iter().chain(&found.rest).cloned().collect();
                let mut value = Value::default();
                for end in self.follow(&found.before(), &names, effort) {
                    let End::Bound(inner) = end else {
                        return Err(Reason::about(
                            &name,
                            format_args!("is `{}`, which nothing in reach defines", path.join(".")),
                        ));
                    };
                    value = value.or(self.bound_value(&inner, mention, None, effort)?);
                }
                Ok(value)
            }
            _ if !found.rest.is_empty() && !is_value => {
                let shown = format!("{name}.{}", found.rest.join("."));
                Err(Reason::about(&shown, "is no attribute of a class of this repository"))
            }
            _ => {
                let node = found.value().ok_or_else(|| Reason::about(&name, "has no value"))?;
                let value = self.value(&found.before(), &node, effort);
                Ok(value.map_err(|why| why.behind_name(name))?.through(&step, &(mention.start..mention.end)))
            }
        }
    }

    /// A parameter: its default, and what the calls of its function hand in.
    pub(super) fn parameter(
        &self,
        found: &Found,
        parameter: &Parameter,
        step: &Step,
        effort: &Effort,
    ) -> Result<Value, Reason> {
        let owner = found
            .scope()
            .owner
            .as_ref()
            .ok_or_else(|| Reason::about(&found.name(), format_args!("is {}", parameter.what)))?;
        let argument = Argument {
            name: found.name().to_owned(),
            at: found.location(),
            function: found.module().location(&owner.range),
            position: parameter.position,
            port: Port::Value,
            what: parameter.what.clone(),
        };
        if parameter.is_keywords {
            return Err(Reason::about(&found.name(), format_args!("is {}", parameter.what)));
        }
        let default = match found.value() {
            Some(default) => {
                let function = default.ancestors().find(|node| node.range() == owner.range);
                let place = function.map_or_else(|| found.before(), |function| Place::of(found.module(), &function));
                self.value(&place, &default, effort)?
            }
            None => Value::default(),
        };
        let mut value = default.through(step, &(step.mention.start..step.mention.end));
        value.arguments.push(argument);
        Ok(value)
    }

    /// `a or b`, `a and b`.
    pub(super) fn boolean(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Value, Reason> {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
            return Err("it is a boolean expression".into());
        };
        let is_or = node.field("operator").is_some_and(|operator| operator.text() == "or");
        let left = unparenthesized(&left);
        // `condition and a or b`: what is falsy of the left side gives way to b
        let is_and = left.kind() == "boolean_operator"
            && left.field("operator").is_some_and(|operator| operator.text() == "and");
        let condition_and = if is_or && is_and { left.field("right") } else { None };
        let first = match &condition_and {
            Some(truthy) => self.value(place, truthy, effort)?,
            None => self.value(place, &left, effort)?,
        };
        let second = self.value(place, &right, effort)?;
        let (stays, gives_way): (Vec<_>, Vec<_>) =
            first.alternatives.iter().cloned().partition(|alternative| alternative.value.is_truthy() == is_or);
        let is_certain = gives_way.is_empty() && first.arguments.is_empty() && condition_and.is_none();
        let first = Value { alternatives: stays, arguments: first.arguments };
        Ok(if is_certain { first } else { first.or(second) })
    }

    /// `(name := value)`
    pub(super) fn walrus(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<Result<Value, Reason>> {
        let name = node.field("name")?;
        let value = self.value(place, &node.field("value")?, effort);
        let ends = self.follow(&Place::of(&place.module, node).at_any_time(), &dotted_name(&name)?, effort);
        let found = ends.into_iter().find_map(|end| match end {
            End::Bound(found) if found.location().range() == name.range() => Some(found),
            _ => None,
        });
        let step = found.map(|found| Step::new(place.module.location(&name.range()), &found, None));
        Some(value.map(|mut value| {
            for alternative in &mut value.alternatives {
                alternative.steps.splice(0..0, step.clone());
            }
            value
        }))
    }

    /// `dictionary["key"]`
    pub(super) fn item(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<Result<Value, Reason>> {
        if let Some(member) = self.enum_item(place, node, effort) {
            return Some(member);
        }
        let key = key_of(&node.field("subscript")?)?;
        let found = self.entries(place, &node.field("value")?, &key, effort);
        if found.is_open {
            return Some(Err(of_open_dictionary(node)));
        }
        found.entries.into_iter().map(|entry| entry.value_at(&node.range())).reduce(|all, one| Ok(all?.or(one?)))
    }

    /// `dictionary.get("key", default)`, `dictionary.pop("key", default)`: the call, its dictionary, and what it is given.
    pub(super) fn item_or_default(
        &self,
        place: &Place,
        call: &Node<'_>,
        dictionary: &Node<'_>,
        (key, default): (&str, Option<&Node<'_>>),
        effort: &Effort,
    ) -> Option<Result<Value, Reason>> {
        let Entries { entries, arguments, is_certain, is_open } = self.entries(place, dictionary, key, effort);
        if entries.is_empty() && arguments.is_empty() {
            let ends = self.follow(place, &dotted_name(dictionary)?, effort);
            let is_dictionary = |end: &End| matches!(end, End::Bound(found) if found.value().is_some_and(|value| value.kind() == "dictionary"));
            if !ends.iter().all(is_dictionary) {
                return None;
            }
        }
        if is_open {
            return Some(Err(of_open_dictionary(call)));
        }
        let default = match default.filter(|_| !is_certain) {
            Some(default) => self.value(place, default, effort),
            None => Ok(Value::default()),
        };
        let given = Value { alternatives: Vec::new(), arguments };
        let entries = entries.into_iter().map(|entry| entry.value_at(&call.range()));
        let default = default.map(|default| default.at(&call.range()).or(given));
        Some(entries.fold(default, |all, one| Ok(all?.or(one?))))
    }
}

pub(super) fn is_bound(end: &End) -> bool {
    matches!(end, End::Bound(_))
}

/// Whether what `self` or `cls` has can be told where it is read: not where each mapped class has a relationship of its own, as under
/// `declared_attr`, nor where one value is asked for.
pub(super) fn is_known_here(node: &Node<'_>, effort: &Effort) -> bool {
    let function = node.ancestors().find(|around| around.kind() == "function_definition");
    !effort.carries_out() && !function.is_some_and(|function| is_attribute(&function))
}

pub(super) fn of_open_dictionary(item: &Node<'_>) -> Reason {
    let shown = shortened(&item.text());
    Reason::about(&shown, "comes from a dictionary that is put together from what can't be known")
}

/// Whether a comprehension around a node binds the name.
pub fn is_bound_by_comprehension(node: &Node<'_>, name: &str) -> bool {
    let is_comprehension =
        |node: &Node<'_>| node.kind().ends_with("_comprehension") || node.kind() == "generator_expression";
    let around = node.ancestors().take_while(|node| !has_scope(node));
    around.filter(is_comprehension).any(|node| {
        let clauses = node.named_children().filter(|child| child.kind() == "for_in_clause");
        let mut targets = clauses.filter_map(|clause| clause.field("left"));
        targets.any(|left| left.dfs().any(|node| node.kind() == "identifier" && node.text() == name))
    })
}
