//! The call that gets a cascade goes in; what it is given besides comes out.

use std::sync::Arc;

use crate::model;
use crate::module::Module;
use crate::python::PyValue;
use crate::resolve::{Effort, Place, Resolver, Value, evaluate};
use crate::syntax::{Node, keyword_container, keyword_value, keywords, splatted};

/// The other arguments of a relationship that decide what its cascade does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Keywords {
    /// `single_parent`
    pub single_parent: Keyword,
    /// `passive_deletes`
    pub passive_deletes: Keyword,
    /// `lazy`; also where the constructor or the annotation decides about the loader.
    pub lazy: Keyword,
    /// `join_depth`
    pub join_depth: Keyword,
}

/// An argument that a call has or has not.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Keyword {
    /// The call has it not.
    Absent,
    /// The call has it, with a literal.
    Given(PyValue),
    /// It can't be told.
    #[default]
    Unknown,
}

impl Keyword {
    /// What an argument's value can be, if it can be one thing alone.
    fn of(resolver: &Resolver<'_>, module: &Arc<Module>, value: &Node<'_>) -> Self {
        if let Ok(literal) = evaluate(value) {
            return Self::Given(literal.value);
        }
        match resolver.value(&Place::of(module, value), value, &Effort::for_value()) {
            Ok(Value { alternatives, arguments }) if arguments.is_empty() => match &alternatives[..] {
                [only] => Self::Given(only.value.clone()),
                _ => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }

    /// Whether it is given with a string.
    pub fn is(&self, text: &str) -> bool {
        matches!(self, Self::Given(PyValue::Str(given)) if given == text)
    }

    fn merge(&mut self, other: Self) {
        if *self != other {
            *self = Self::Unknown;
        }
    }
}

impl Keywords {
    /// Those beside a binding, in what it stands in: the call's arguments, or a dictionary that the call gets.
    pub(super) fn of(resolver: &Resolver<'_>, module: &Arc<Module>, binding: &Node<'_>, call: &Node<'_>) -> Self {
        let Some(container) = binding.parent() else { return Self::default() };
        let display = || container.ancestors().find(|node| node.kind() != "parenthesized_expression");
        let is_splatted =
            container.kind() == "dictionary" && display().is_some_and(|node| node.kind() == "dictionary_splat");
        let arguments = display().and_then(|splat| splat.parent()).filter(|_| is_splatted);
        let mut places: Vec<Node<'_>> = [container.clone()].into_iter().chain(arguments).collect();
        let mut is_open = false;
        // beside sqlmodel's flag
        if let Some(inside) = keyword_value(&container, "sa_relationship_kwargs") {
            match keyword_container(&inside) {
                Some(display) => places.push(display),
                None => is_open = true,
            }
        }
        for place in places.clone() {
            for other in splatted(&place) {
                match keyword_container(&other) {
                    Some(display) => places.push(display),
                    None => is_open = true,
                }
            }
        }
        let has_splat = |place: &Node<'_>| place.named_children().any(|child| child.kind() == "dictionary_splat");
        is_open |= places.iter().filter(|place| place.kind() == "dictionary").any(has_splat);
        let given: Vec<(String, Node<'_>)> = places.iter().flat_map(keywords).collect();
        let keyword = |name: &str| match given.iter().find(|(given, _)| given == name) {
            Some((_, value)) => Keyword::of(resolver, module, value),
            None if is_open => Keyword::Unknown,
            None => Keyword::Absent,
        };
        Self::each(model::loader(call), keyword)
    }

    /// Those of a call that gets a dictionary: of all its arguments where the dictionary is splatted into them, else of the dictionary
    /// alone.
    pub(super) fn of_dictionary<'t>(
        resolver: &Resolver<'_>,
        module: &Arc<Module>,
        call: &Node<'t>,
        dictionary: &Node<'t>,
    ) -> Self {
        let is_splatted = dictionary.parent().is_some_and(|parent| parent.kind() == "dictionary_splat");
        let arguments = call.field("arguments").filter(|_| is_splatted);
        let dictionaries = arguments.as_ref().map_or_else(|| vec![dictionary.clone()], splatted);
        let keyword = |name: &str| {
            if let Some(value) = arguments.as_ref().and_then(|arguments| keyword_value(arguments, name)) {
                return Keyword::of(resolver, module, &value);
            }
            let entries =
                |node: &Node<'_>| resolver.entries(&Place::of(module, node), node, name, &Effort::for_value());
            let mut found = dictionaries.iter().map(entries).filter(|found| !found.is_nothing());
            match (found.next(), found.next()) {
                (None, _) => Keyword::Absent,
                (Some(only), None) => only.value().map_or(Keyword::Unknown, |value| Keyword::Given(value.clone())),
                _ => Keyword::Unknown,
            }
        };
        Self::each(model::loader(call).filter(|_| is_splatted), keyword)
    }

    fn each(loader: Option<&str>, keyword: impl Fn(&str) -> Keyword) -> Self {
        Self {
            single_parent: keyword("single_parent"),
            passive_deletes: keyword("passive_deletes"),
            join_depth: keyword("join_depth"),
            lazy: loader.map_or_else(|| keyword("lazy"), |name| Keyword::Given(PyValue::Str(name.to_owned()))),
        }
    }

    /// The same where the call is looked at in another way.
    pub(super) fn merge(&mut self, other: Self) {
        self.single_parent.merge(other.single_parent);
        self.passive_deletes.merge(other.passive_deletes);
        self.lazy.merge(other.lazy);
        self.join_depth.merge(other.join_depth);
    }
}
