//! A dictionary of keyword arguments goes in; what it can hold under a key comes out, through the names, displays and calls that it
//! is put together from.

mod entries;
mod set_items;

use super::callee::{Callee, Resolver};
use super::effort::Effort;
use super::names::{End, Found};
use super::place::Place;
use super::value::{Argument, Port, Step, Value};
use crate::module::Location;
use crate::module::Target;
use crate::python::PyValue;
use crate::syntax::{
    Node, conditional_parts, is_method, keyword_value, positional_arguments, splatted, string_content, unparenthesized,
};

pub use entries::{Entries, Entry};

impl Resolver<'_> {
    /// What a dictionary at a place can hold under a key.
    pub fn entries(&self, place: &Place, dictionary: &Node<'_>, key: &str, effort: &Effort) -> Entries {
        let found = effort.deeper(|| self.entries_within(place, &unparenthesized(dictionary), key, effort));
        found.unwrap_or_else(Entries::unknown)
    }

    fn entries_within(&self, place: &Place, node: &Node<'_>, key: &str, effort: &Effort) -> Entries {
        let entries = |node: &Node<'_>| self.entries(place, node, key, effort);
        match &*node.kind() {
            "dictionary" => self.entries_of_parts(place, node, key, effort),
            "list" | "tuple" | "expression_list" if index_of(key).is_some() => {
                self.entries_at(place, node, key, effort)
            }
            "list" | "tuple" | "set" => self.entries_of_pairs(place, node, key, effort),
            "binary_operator" if node.field("operator").is_some_and(|operator| operator.text() == "|") => {
                let sides = [node.field("left"), node.field("right")];
                sides.iter().flatten().map(entries).fold(Entries::default(), Entries::overlaid)
            }
            "conditional_expression" => {
                let parts = conditional_parts(node).map(|[body, _, otherwise]| [body, otherwise]);
                Entries::any(parts.iter().flatten().map(entries))
            }
            "boolean_operator" => {
                let sides = [node.field("left"), node.field("right")];
                Entries::any(sides.iter().flatten().map(entries))
            }
            "named_expression" => node.field("value").map(|value| entries(&value)).unwrap_or_default(),
            "identifier" | "attribute" => self.entries_of_name(place, node, key, effort),
            "subscript" => self.entries_of_item(place, node, key, effort).unwrap_or_else(Entries::unknown),
            "call" => self.entries_of_call(place, node, key, effort).unwrap_or_else(Entries::unknown),
            "none" => Entries::default(),
            // a name without a dictionary behind it
            "string" | "concatenated_string" if key == SECOND => Entries::default(),
            _ => Entries::unknown(),
        }
    }

    /// A display, or the arguments of `dict(…)`: what comes later wins.
    fn entries_of_parts(&self, place: &Place, parts: &Node<'_>, key: &str, effort: &Effort) -> Entries {
        let mut all = Entries::default();
        for part in parts.named_children() {
            all = match &*part.kind() {
                "pair" => match (part.field("key"), part.field("value")) {
                    (Some(name), Some(value)) => {
                        all.overlaid(self.entries_of_item_set(place, (parts, &name, &value), key, effort))
                    }
                    _ => all,
                },
                "keyword_argument" if part.field("name").is_none_or(|name| name.text() != key) => all,
                "keyword_argument" => match part.field("value") {
                    Some(value) => Entries::of(self.entry(place, parts, &value, effort)),
                    None => all,
                },
                "dictionary_splat" => {
                    let splatted = part.named_children().next();
                    let later = splatted.map(|splatted| self.entries(place, &splatted, key, effort));
                    all.overlaid(later.unwrap_or_default())
                }
                "comment" => all,
                _ => all.overlaid(self.entries(place, &part, key, effort)),
            };
        }
        all
    }

    /// What a call's keyword arguments, and the dictionaries splatted among them, have under a key.
    fn entries_of_keywords(&self, place: &Place, arguments: &Node<'_>, key: &str, effort: &Effort) -> Entries {
        let named =
            keyword_value(arguments, key).map(|value| Entries::of(self.entry(place, arguments, &value, effort)));
        let splatted = splatted(arguments).into_iter().map(|dictionary| self.entries(place, &dictionary, key, effort));
        Entries::any(named.into_iter().chain(splatted))
    }

    /// The item of a list or tuple at an index.
    fn entries_at(&self, place: &Place, list: &Node<'_>, key: &str, effort: &Effort) -> Entries {
        let items = positional_arguments(list);
        let is_unpacked = items.iter().any(|item| item.kind() == "list_splat");
        let Some(index) = index_of(key).filter(|_| !is_unpacked) else { return Entries::unknown() };
        let from_end = || items.len().checked_sub(index.unsigned_abs());
        let index = usize::try_from(index).ok().or_else(from_end);
        let item = index.and_then(|index| items.get(index));
        item.map_or_else(Entries::default, |item| Entries::of(self.entry(place, list, item, effort)))
    }

    /// `[("key", value), …]`, of which a dictionary can be made.
    fn entries_of_pairs(&self, place: &Place, pairs: &Node<'_>, key: &str, effort: &Effort) -> Entries {
        let mut all = Entries::default();
        for pair in pairs.named_children().filter(|child| child.kind() != "comment") {
            let is_pair = matches!(&*pair.kind(), "tuple" | "list");
            let later = match positional_arguments(&pair).as_slice() {
                [name, value] if is_pair => self.entries_of_item_set(place, (&pair, name, value), key, effort),
                _ => Entries::unknown(),
            };
            all = all.overlaid(later);
        }
        all
    }

    /// Whether an item's key is the string, or a constant that is; None where it can't be known.
    fn is_key(&self, place: &Place, node: &Node<'_>, key: &str, effort: &Effort) -> Option<bool> {
        if let Some(literal) = string_content(node) {
            return Some(literal == key);
        }
        let value = self.value(place, node, effort).ok().filter(|value| value.arguments.is_empty())?;
        let mut keys = value.alternatives.iter().map(|one| one.value.as_str() == Some(key));
        let first = keys.next()?;
        keys.all(|other| other == first).then_some(first)
    }

    fn entry(&self, place: &Place, container: &Node<'_>, value: &Node<'_>, effort: &Effort) -> Entry {
        let value = unparenthesized(value);
        let viewonly = keyword_value(container, "viewonly").and_then(|value| {
            let mut known = self.value(place, &value, effort).ok().filter(|value| value.arguments.is_empty())?;
            let only = known.alternatives.pop()?;
            known.alternatives.is_empty().then(|| only.value.is_truthy())
        });
        let is_broken = crate::syntax::is_broken(container, &value);
        let at = place.module.location(&value.range());
        Entry { value: self.value(place, &value, effort), at, steps: Vec::new(), viewonly, is_broken }
    }

    fn entries_of_name(&self, place: &Place, node: &Node<'_>, key: &str, effort: &Effort) -> Entries {
        let mention = place.module.location(&node.range());
        let ends = self.ends_of(place, node, effort);
        if ends.is_empty() {
            return Entries::unknown();
        }
        Entries::any(ends.into_iter().map(|end| match end {
            End::Bound(found) => self.entries_of_binding(&found, &mention, key, effort),
            _ => Entries::unknown(),
        }))
    }

    fn entries_of_binding(&self, found: &Found, mention: &Location, key: &str, effort: &Effort) -> Entries {
        let step = Step::new(mention.clone(), found, None).reading(key);
        match &found.binding().target {
            Target::Class(_) if !found.rest.is_empty() => {
                let members = self.class_member(found, &found.rest, effort);
                let bound =
                    members.into_iter().filter_map(|end| if let End::Bound(found) = end { Some(found) } else { None });
                Entries::any(bound.map(|member| {
                    effort.deeper(|| self.entries_of_binding(&member, mention, key, effort)).unwrap_or_default()
                }))
            }
            _ if !found.rest.is_empty() => Entries::unknown(),
            Target::Function(..) if found.value().is_some_and(|function| is_property(&function)) => {
                self.entries_returned(found, mention, key, effort)
            }
            Target::Parameter(parameter) => {
                let Some(owner) = found.scope().owner.as_ref() else { return Entries::default() };
                let port = if parameter.is_keywords { Port::Keywords } else { Port::Dictionary };
                let argument = Argument {
                    name: found.name().to_owned(),
                    at: found.location(),
                    function: found.module().location(&owner.range),
                    position: parameter.position,
                    port,
                    what: parameter.what.clone(),
                };
                let default = found.value().map(|default| self.entries(&found.before(), &default, key, effort));
                let set = self.entries_set_later(found, key, effort);
                let is_certain = set.is_certain;
                let mut all = default.unwrap_or_default().or(set).through(&step);
                all.is_certain = is_certain;
                all.arguments.push(argument);
                all
            }
            _ => {
                let assigned = match (found.value(), &found.binding().target) {
                    (Some(value), _) => self.entries(&found.before(), &value, key, effort),
                    (None, Target::Nothing) => Entries::default(),
                    // a loop's variable, or what a pattern binds
                    (None, _) => Entries::unknown(),
                };
                let is_certain = assigned.is_certain;
                Entries { is_certain, ..assigned.or(self.entries_set_later(found, key, effort)) }.through(&step)
            }
        }
    }

    /// `dictionaries["name"]`
    fn entries_of_item(&self, place: &Place, node: &Node<'_>, key: &str, effort: &Effort) -> Option<Entries> {
        let outer_key = key_of(&node.field("subscript")?)?;
        Some(self.entries_inside(place, &node.field("value")?, &outer_key, key, effort))
    }

    /// What the dictionary that another holds under a key can hold under one of its own.
    pub fn entries_inside(
        &self,
        place: &Place,
        dictionary: &Node<'_>,
        outer_key: &str,
        key: &str,
        effort: &Effort,
    ) -> Entries {
        let mut outer = self.entries(place, dictionary, outer_key, effort);
        let arguments = std::mem::take(&mut outer.arguments).into_iter();
        let handed_in = arguments.filter(|argument| outer_key == SECOND && argument.port == Port::Dictionary);
        let handed_in = handed_in.map(|argument| Argument { port: Port::Pair, ..argument });
        let inner = outer.entries.iter().filter_map(|entry| {
            let module = self.module_of(place, &entry.at)?;
            let node = module.node(&entry.at.range())?;
            let of = Place::of(&module, &node);
            let mut inner = match outer_key {
                "backref" => self.entries_of_backref(&of, &node, key, effort),
                _ => self.entries(&of, &node, key, effort),
            };
            let mut steps = entry.steps.clone();
            steps.iter_mut().for_each(|step| step.items.push(key.to_owned()));
            for found in &mut inner.entries {
                found.steps.splice(0..0, steps.iter().cloned());
            }
            Some(inner)
        });
        let mut all = Entries::any(inner);
        all.is_open |= outer.is_open;
        all.arguments.extend(handed_in);
        all
    }

    /// `dict(…)`, a copy, or a function of the repository that returns a dictionary.
    fn entries_of_call(&self, place: &Place, call: &Node<'_>, key: &str, effort: &Effort) -> Option<Entries> {
        const COPIES: [&str; 3] = ["copy", "deepcopy", "MappingProxyType"];
        let (function, arguments) = (call.field("function")?, call.field("arguments")?);
        if makes_dictionary(&function) || self.is_typed_dictionary(place, &function, effort) {
            return Some(self.entries_of_parts(place, &arguments, key, effort));
        }
        let name = function.field("attribute").unwrap_or_else(|| function.clone()).text();
        let given = positional_arguments(&arguments);
        match (&*name, given.as_slice(), function.field("object")) {
            ("copy", [], Some(object)) => return Some(self.entries(place, &object, key, effort)),
            (name, [original], _) if COPIES.contains(&name) => {
                return Some(self.entries(place, original, key, effort));
            }
            ("cast", [_, value], _) => return Some(self.entries(place, value, key, effort)),
            ("get", [outer_key, default @ ..], Some(object)) if default.len() < 2 => {
                let item = self.entries_inside(place, &object, &string_content(outer_key)?, key, effort);
                let default = default.iter().map(|default| self.entries(place, default, key, effort));
                return Some(Entries::any(default.chain([item])));
            }
            _ => {}
        }
        // a backref is read where it is called
        if key == SECOND && matches!(self.callee(place, &function), Callee::Constructor(..)) {
            return Some(Entries::default());
        }
        let ends = self.ends_of(place, &function, effort);
        let mention = place.module.location(&function.range());
        let returned = ends.iter().map(|end| match end {
            End::Bound(found) if found.rest.is_empty() => self.entries_returned(found, &mention, key, effort),
            _ => Entries::unknown(),
        });
        let mut all = returned.reduce(Entries::or)?;
        // by position or name, or as one of the keyword arguments that the function hands on
        for argument in std::mem::take(&mut all.arguments) {
            all = all.or(match argument.port {
                Port::Keywords => self.entries_of_keywords(place, &arguments, key, effort),
                Port::Dictionary | Port::Pair | Port::Value => {
                    let module = self.module_of(place, &argument.function)?;
                    let is_method =
                        module.node(&argument.function.range()).is_some_and(|function| is_method(&function));
                    let given = argument.given(&arguments, is_method, false);
                    given.map_or_else(Entries::default, |given| self.entries(place, &given, key, effort))
                }
            });
        }
        Some(all)
    }

    /// Whether a name is that of a `TypedDict`, whose call is one of `dict`.
    fn is_typed_dictionary(&self, place: &Place, function: &Node<'_>, effort: &Effort) -> bool {
        let ends = self.ends_of(place, function, effort);
        ends.iter().any(|end| matches!(end, End::Bound(found) if self.inherits_from(found, "TypedDict", effort)))
    }

    /// What the dictionary behind a backref's name can hold, where both are a pair: `("name", {…})`. A string alone is a name.
    pub fn entries_of_backref(&self, place: &Place, pair: &Node<'_>, key: &str, effort: &Effort) -> Entries {
        let pair = unparenthesized(pair);
        let is_text = |value: Value| {
            let mut values = value.alternatives.iter();
            value.arguments.is_empty() && values.all(|one| matches!(one.value, PyValue::Str(_) | PyValue::None))
        };
        if is_formatted(&pair) || self.value(place, &pair, effort).is_ok_and(is_text) {
            return Entries::default();
        }
        self.entries_inside(place, &pair, SECOND, key, effort)
    }

    fn entries_returned(&self, function: &Found, mention: &Location, key: &str, effort: &Effort) -> Entries {
        let Some(node) = function.value().filter(|node| matches!(&*node.kind(), "function_definition" | "lambda"))
        else {
            return Entries::unknown();
        };
        let step = Step::new(mention.clone(), function, None).reading(key);
        let returned = crate::syntax::returned(&node);
        let all = returned
            .iter()
            .map(|value| self.entries(&Place::of(function.module(), value), value, key, effort))
            .reduce(Entries::or)
            .unwrap_or_default();
        all.through(&step)
    }
}

/// The key of a pair's second item.
const SECOND: &str = "[1]";

/// The key that a subscript asks for. That of an item of a list or tuple is its index in brackets, which no keyword can be.
pub(super) fn key_of(subscript: &Node<'_>) -> Option<String> {
    string_content(subscript).or_else(|| {
        let index: isize = subscript.text().parse().ok()?;
        Some(format!("[{index}]"))
    })
}

fn index_of(key: &str) -> Option<isize> {
    key.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// Whether an expression makes a string of others.
fn is_formatted(node: &Node<'_>) -> bool {
    match &*node.kind() {
        "string" | "concatenated_string" | "binary_operator" => true,
        "call" => {
            const METHODS: [&str; 5] = ["format", "lower", "upper", "join", "replace"];
            let method = node.field("function").and_then(|function| function.field("attribute"));
            method.is_some_and(|method| METHODS.contains(&&*method.text()))
        }
        _ => false,
    }
}

/// Whether a method is read as an attribute: `@property`, `@cached_property` and the like.
fn is_property(function: &Node<'_>) -> bool {
    let around = function.parent().filter(|around| around.kind() == "decorated_definition");
    let is_one = |child: Node<'_>| child.kind() == "decorator" && child.text().contains("property");
    around.is_some_and(|around| around.children().any(is_one))
}

/// Whether a call of the function makes a dictionary of its arguments, as `dict` does.
fn makes_dictionary(function: &Node<'_>) -> bool {
    const NAMES: [&str; 5] = ["dict", "OrderedDict", "UserDict", "immutabledict", "frozendict"];
    let name = function.field("attribute").unwrap_or_else(|| function.clone()).text();
    NAMES.contains(&&*name)
}
