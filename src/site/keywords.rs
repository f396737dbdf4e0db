//! The call that gets a cascade goes in; what it is given besides comes out.

use std::ops::Range;

use crate::model;
use crate::python::PyValue;
use crate::resolve::evaluate;
use crate::syntax::{Node, keyword_container, keywords, splatted};

/// The other arguments of a relationship that decide what its cascade does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Keywords {
    /// `single_parent`
    pub single_parent: Keyword,
    /// `passive_deletes`
    pub passive_deletes: Keyword,
    /// `lazy`; also where the constructor or the annotation decides about the loader.
    pub lazy: Keyword,
    /// The argument or dictionary item that gives the cascade, where another can stand beside it.
    pub binding: Option<Binding>,
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

/// `cascade=…` in a call, or `"cascade": …` in a dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The whole argument or item, in bytes of the text.
    pub range: Range<usize>,
    /// It is an item of a dictionary display.
    pub is_item: bool,
}

/// A loader that can be added to a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Lazy {
    /// A read of what is not loaded raises
    Raise,
    /// A read of what is not loaded raises where it needs a query
    RaiseOnSql,
    /// What is related is loaded with the parent, by one more query
    Selectin,
}

impl Lazy {
    /// As SQLAlchemy spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raise => "raise",
            Self::RaiseOnSql => "raise_on_sql",
            Self::Selectin => "selectin",
        }
    }

    /// Whether it raises where something is not loaded.
    pub fn raises(self) -> bool {
        self != Self::Selectin
    }
}

impl Keyword {
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
    pub(super) fn of(binding: &Node<'_>, call: &Node<'_>) -> Self {
        let Some(container) = binding.parent() else { return Self::default() };
        let display = || container.ancestors().find(|node| node.kind() != "parenthesized_expression");
        let is_splatted =
            container.kind() == "dictionary" && display().is_some_and(|node| node.kind() == "dictionary_splat");
        let arguments = display().and_then(|splat| splat.parent()).filter(|_| is_splatted);
        let mut places: Vec<Node<'_>> = [container.clone()].into_iter().chain(arguments).collect();
        let mut is_open = false;
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
            Some((_, value)) => evaluate(value).map_or(Keyword::Unknown, |literal| Keyword::Given(literal.value)),
            None if is_open => Keyword::Unknown,
            None => Keyword::Absent,
        };
        let is_item = binding.kind() == "pair";
        let is_named = is_item || binding.kind() == "keyword_argument";
        Self {
            single_parent: keyword("single_parent"),
            passive_deletes: keyword("passive_deletes"),
            lazy: model::loader(call)
                .map_or_else(|| keyword("lazy"), |name| Keyword::Given(PyValue::Str(name.to_owned()))),
            binding: is_named.then(|| Binding { range: binding.range(), is_item }),
        }
    }

    /// The same where another call gets the cascade too.
    pub(super) fn merge(&mut self, other: Self) {
        self.single_parent.merge(other.single_parent);
        self.passive_deletes.merge(other.passive_deletes);
        self.lazy.merge(other.lazy);
        if self.binding != other.binding {
            self.binding = None;
        }
    }
}
