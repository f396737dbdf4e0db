//! A dictionary of keyword arguments goes in; what it can hold under a key comes out, through the names, displays and calls that it
//! is put together from.

mod entries;
mod set_items;

use super::callee::{Callee, Resolver};
use super::effort::Effort;
use super::names::Resolution;
use super::origin::{Call, Made, Origins};
use super::place::Place;
use super::value::{Argument, Port, Value};
use crate::python::PyValue;
use crate::syntax::{
    Node, Parts, keyword_value, kind, positional_arguments, splatted, string_content, unparenthesized,
};

pub use entries::{DictionaryEntry, Entries};

impl Resolver<'_> {
    /// What a dictionary at a place can hold under a key.
    pub fn entries(&self, place: &Place, dictionary: &Node<'_>, key: &str, effort: &Effort) -> Entries {
        let found = effort.deeper(|| self.entries_of(&self.origins(place, dictionary, effort), key, effort));
        found.unwrap_or_else(Entries::unknown)
    }

    /// What the dictionaries that are made at origins can hold under a key.
    fn entries_of(&self, origins: &Origins, key: &str, effort: &Effort) -> Entries {
        let made = Entries::any(origins.all.iter().map(|origin| {
            let entries = self.entries_made(&origin.made, key, effort);
            self.entries_given(entries, &origin.calls, key, effort).behind(&origin.steps, key)
        }));
        let is_handed_in = !origins.arguments.is_empty() || origins.all.is_empty();
        let set = Entries::any(origins.filled.iter().map(|filled| {
            let entries = self.entries_set_later(&filled.found, key, effort);
            self.entries_given(entries, &filled.calls, key, effort).behind(&filled.steps, key)
        }));
        let is_certain = if is_handed_in { set.is_certain } else { made.is_certain };
        let is_open = made.is_open || set.is_open || !origins.holders.is_empty();
        let mut all = Entries { is_certain, is_open, ..made.or(set) };
        all.arguments.extend(origins.arguments.iter().map(|argument| {
            let port = if argument.port == Port::Value { Port::Dictionary } else { argument.port };
            Argument { port, ..argument.clone() }
        }));
        all
    }

    /// The same with what the calls give in place of the parameters of their functions.
    fn entries_given(&self, mut all: Entries, calls: &[Call], key: &str, effort: &Effort) -> Entries {
        for call in calls {
            let (own, others) = all.arguments.drain(..).partition(|argument| argument.function == call.function);
            all.arguments = others;
            let own: Vec<Argument> = own;
            for argument in own {
                let given = self.given_for(call, &argument, effort);
                all = all.or(self.entries_of(&given, key, effort));
            }
        }
        all
    }

    /// What is made holds under a key.
    fn entries_made(&self, made: &Made, key: &str, effort: &Effort) -> Entries {
        match made {
            Made::By(place, range) => match self.node_of(place, range) {
                Ok(node) => self.entries_of_made(place, &node, key, effort),
                Err(_) => Entries::unknown(),
            },
            Made::OfKeywords(place, range) => match self.node_of(place, range) {
                Ok(arguments) => self.entries_of_keywords(place, &arguments, key, effort),
                Err(_) => Entries::unknown(),
            },
            Made::Missing(_) => Entries::default(),
            Made::Known(_) | Made::Unknown(_) => Entries::unknown(),
        }
    }

    /// What an expression that leads no further holds under a key.
    fn entries_of_made(&self, place: &Place, node: &Node<'_>, key: &str, effort: &Effort) -> Entries {
        match &*node.kind() {
            kind::DICTIONARY => self.entries_of_parts(place, node, key, effort),
            kind::LIST | kind::TUPLE | kind::EXPRESSION_LIST if index_of(key).is_some() => {
                self.entries_at(place, node, key, effort)
            }
            kind::LIST | kind::TUPLE | kind::SET => self.entries_of_pairs(place, node, key, effort),
            kind::BINARY_OPERATOR if node.field("operator").is_some_and(|operator| operator.text() == "|") => {
                let sides = [node.field("left"), node.field("right")];
                let sides = sides.iter().flatten().map(|side| self.entries(place, side, key, effort));
                sides.fold(Entries::default(), Entries::overlaid)
            }
            kind::CALL => self.entries_of_call(place, node, key, effort).unwrap_or_else(Entries::unknown),
            kind::NONE => Entries::default(),
            // a name without a dictionary behind it
            kind::STRING | kind::CONCATENATED_STRING if key == SECOND => Entries::default(),
            _ => Entries::unknown(),
        }
    }

    /// `dict(…)` and the like, and what is read where it is called.
    fn entries_of_call(&self, place: &Place, call: &Node<'_>, key: &str, effort: &Effort) -> Option<Entries> {
        let function = call.field("function")?;
        if makes_dictionary(&function) || self.is_typed_dictionary(place, &function, effort) {
            return Some(self.entries_of_parts(place, &call.field("arguments")?, key, effort));
        }
        let is_backref = key == SECOND && matches!(self.callee(place, &function), Callee::Constructor(..));
        is_backref.then(Entries::default)
    }

    /// A display, or the arguments of `dict(…)`: what comes later wins.
    fn entries_of_parts(&self, place: &Place, parts: &Node<'_>, key: &str, effort: &Effort) -> Entries {
        let mut all = Entries::default();
        for part in place.module.parts_with_key(parts, key) {
            all = match &*part.kind() {
                kind::PAIR => match (part.field("key"), part.field("value")) {
                    (Some(name), Some(value)) => {
                        all.overlaid(self.entries_of_item_set(place, (parts, &name, &value), key, effort))
                    }
                    _ => all,
                },
                kind::KEYWORD_ARGUMENT if part.field("name").is_none_or(|name| name.text() != key) => all,
                kind::KEYWORD_ARGUMENT => match part.field("value") {
                    Some(value) => Entries::of(self.entry(place, parts, &value, effort)),
                    None => all,
                },
                kind::DICTIONARY_SPLAT => {
                    let splatted = part.parts().next();
                    let later = splatted.map(|splatted| self.entries(place, &splatted, key, effort));
                    all.overlaid(later.unwrap_or_default())
                }
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
        let is_unpacked = items.iter().any(|item| item.kind() == kind::LIST_SPLAT);
        let Some(index) = index_of(key).filter(|_| !is_unpacked) else { return Entries::unknown() };
        let from_end = || items.len().checked_sub(index.unsigned_abs());
        let index = usize::try_from(index).ok().or_else(from_end);
        let item = index.and_then(|index| items.get(index));
        item.map_or_else(Entries::default, |item| Entries::of(self.entry(place, list, item, effort)))
    }

    /// `[("key", value), …]`, of which a dictionary can be made.
    fn entries_of_pairs(&self, place: &Place, pairs: &Node<'_>, key: &str, effort: &Effort) -> Entries {
        let mut all = Entries::default();
        for pair in pairs.parts() {
            let is_pair = matches!(&*pair.kind(), kind::TUPLE | kind::LIST);
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

    fn entry(&self, place: &Place, container: &Node<'_>, value: &Node<'_>, effort: &Effort) -> DictionaryEntry {
        let value = unparenthesized(value);
        let is_broken = crate::syntax::is_broken(container, &value);
        let at = place.module.location(&value.range());
        let container = place.module.location(&container.range());
        DictionaryEntry { value: self.value(place, &value, effort), at, steps: Vec::new(), container, is_broken }
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

    /// Whether a name is that of a `TypedDict`, whose call is one of `dict`.
    fn is_typed_dictionary(&self, place: &Place, function: &Node<'_>, effort: &Effort) -> bool {
        let resolutions = self.ends_of(place, function, effort);
        resolutions.iter().any(|resolution| match resolution {
            Resolution::Bound(found) => self.inherits_from(found, "TypedDict", effort),
            _ => false,
        })
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
}

/// The key of a pair's second item.
pub(super) const SECOND: &str = "[1]";

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
        kind::STRING | kind::CONCATENATED_STRING | kind::BINARY_OPERATOR => true,
        kind::CALL => {
            const METHODS: [&str; 5] = ["format", "lower", "upper", "join", "replace"];
            let method = node.field("function").and_then(|function| function.field("attribute"));
            method.is_some_and(|method| METHODS.contains(&&*method.text()))
        }
        _ => false,
    }
}

/// Whether a call of the function makes a dictionary of its arguments, as `dict` does.
fn makes_dictionary(function: &Node<'_>) -> bool {
    const NAMES: [&str; 5] = ["dict", "OrderedDict", "UserDict", "immutabledict", "frozendict"];
    let name = function.field("attribute").unwrap_or_else(|| function.clone()).text();
    NAMES.contains(&&*name)
}
