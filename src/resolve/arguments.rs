//! An argument list goes in; what the call gets under a name comes out, by whatever way it is given: as an argument, in a dictionary that
//! is splatted, behind another name.

use std::ops::Range;
use std::sync::Arc;

use super::callee::Resolver;
use super::dictionary::Entries;
use super::effort::Effort;
use super::keyword::Keyword;
use super::literal::shortened;
use super::place::Place;
use super::reason::Reason;
use super::value::Value;
use crate::module::{Location, Module};
use crate::syntax::{
    Node, Parts, is_too_deep, keyword_container, keywords, kind, positional_arguments, splatted, string_content,
    unparenthesized,
};

/// How many dictionaries that are splatted into a call are looked into.
pub const MOST_SPLATTED: usize = 50;

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passed<T> {
    /// It is not given, or given as None.
    Absent,
    /// It is given.
    Given(T),
    /// It may be given, and can't be read here.
    Unknown,
}

/// An expression in a file.
#[derive(Clone)]
pub struct Expression {
    /// The file.
    pub module: Arc<Module>,
    range: Range<usize>,
}

/// The arguments of a call. An expression that can't be told is None.
#[derive(Clone, Default)]
pub struct Arguments {
    /// What is given by position.
    pub by_position: Vec<Option<Expression>>,
    /// What argument lists and dictionary displays give, by name.
    pub by_name: Vec<(String, Option<Expression>)>,
    /// Dictionaries that are put together elsewhere.
    pub dictionaries: Vec<Expression>,
    /// `*names`: what is given by position can't be told.
    pub is_open: bool,
}

/// What an argument can be.
#[derive(Default)]
pub struct Possible {
    /// What each expression that may be the argument can be, or why that can't be known.
    pub values: Vec<Result<Value, Reason>>,
    /// One of the expressions is the argument for certain.
    pub is_certain: bool,
    /// A dictionary that can't be followed may have the argument.
    pub is_open: bool,
}

impl Expression {
    /// The expression that a node is.
    pub fn of(module: &Arc<Module>, node: &Node<'_>) -> Self {
        Self { module: Arc::clone(module), range: unparenthesized(node).range() }
    }

    /// The expression that stands at a place to which one in a module leads.
    fn at(resolver: &Resolver<'_>, from: &Arc<Module>, at: &Location) -> Option<Self> {
        let module = if at.path == from.path { Arc::clone(from) } else { resolver.repository.module(&at.path)? };
        Some(Self { module, range: at.range() })
    }

    /// Its node.
    pub fn node(&self) -> Option<Node<'_>> {
        self.module.node(&self.range)
    }

    /// The text that it gives, where it gives one alone.
    pub fn text(&self, resolver: &Resolver<'_>) -> Option<String> {
        let node = self.node()?;
        resolver.text(&Place::of(&self.module, &node), &node)
    }

    fn is_none(&self) -> bool {
        self.node().is_some_and(|node| node.kind() == kind::NONE)
    }

    /// What the dictionary that the expression gives can hold under a key.
    fn entries(&self, resolver: &Resolver<'_>, key: &str) -> Option<Entries> {
        let node = self.node()?;
        Some(resolver.entries(&Place::of(&self.module, &node), &node, key, &Effort::for_value()))
    }
}

impl Passed<Expression> {
    /// The same where `None` says as much as nothing.
    fn unless_none(self) -> Self {
        match self {
            Self::Given(expression) if expression.is_none() => Self::Absent,
            given => given,
        }
    }
}

impl Arguments {
    /// What a call is given.
    pub fn of_call(module: &Arc<Module>, call: &Node<'_>) -> Self {
        call.field("arguments").map(|list| Self::of_list(module, &list)).unwrap_or_default()
    }

    /// What the call of a relationship's constructor is given, with what sqlmodel hands on to SQLAlchemy.
    pub fn of_relationship(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>) -> Self {
        let mut arguments = Self::of_call(module, call);
        arguments.open_dictionary_of_sqlmodel(resolver);
        arguments
    }

    /// What an argument list, or the display of a dictionary, gives.
    pub fn of_list(module: &Arc<Module>, list: &Node<'_>) -> Self {
        let of = |node: &Node<'_>| Some(Expression::of(module, node));
        let given = match &*list.kind() {
            kind::ARGUMENT_LIST => positional_arguments(list),
            kind::GENERATOR_EXPRESSION => vec![list.clone()],
            _ => Vec::new(),
        };
        let is_splat = |node: &&Node<'_>| node.kind() == kind::LIST_SPLAT;
        let mut arguments = Self {
            is_open: given.iter().any(|node| is_splat(&node)),
            by_position: given.iter().take_while(|node| !is_splat(node)).map(of).collect(),
            by_name: keywords(list).map(|(name, value)| (name, of(&value))).collect(),
            dictionaries: Vec::new(),
        };
        // which names its other keys give has to be computed
        if list.kind() == kind::DICTIONARY && !has_plain_items(list) {
            arguments.dictionaries.extend(of(list));
        }
        let splatted = splatted(list);
        if splatted.len() > MOST_SPLATTED {
            // of an argument list as a dictionary nothing is known
            arguments.dictionaries.extend(of(list));
            return arguments;
        }
        for dictionary in splatted {
            arguments.add(module, &dictionary);
        }
        arguments
    }

    /// What a display itself says by name, whatever is splatted into it.
    pub fn of_items(module: &Arc<Module>, display: &Node<'_>) -> Self {
        let of = |(name, value): (String, Node<'_>)| (name, Some(Expression::of(module, &value)));
        Self { by_name: keywords(display).map(of).collect(), ..Self::default() }
    }

    /// Adds the items of a dictionary of keyword arguments.
    pub fn add(&mut self, module: &Arc<Module>, dictionary: &Node<'_>) {
        let dictionary = unparenthesized(dictionary);
        match keyword_container(&dictionary).filter(|container| !is_too_deep(container) && has_plain_items(container)) {
            Some(container) => {
                let items = Self::of_list(module, &container);
                self.by_name.extend(items.by_name);
                self.dictionaries.extend(items.dictionaries);
            }
            None if dictionary.kind() == kind::NONE => {}
            None => self.dictionaries.push(Expression::of(module, &dictionary)),
        }
    }

    /// The dictionary that may have an item, if one may.
    pub fn holder(&self, resolver: &Resolver<'_>, name: &str) -> Option<&Expression> {
        let has = |dictionary: &&Expression| dictionary.entries(resolver, name).is_none_or(|found| !found.is_nothing());
        self.dictionaries.iter().find(has)
    }

    /// Whether a dictionary may have an item.
    pub fn may_have(&self, resolver: &Resolver<'_>, name: &str) -> bool {
        self.holder(resolver, name).is_some()
    }

    /// Whether all that is given stands in the call itself.
    pub fn are_written(&self) -> bool {
        self.dictionaries.is_empty() && !self.is_open
    }

    /// What the call itself has under a name, or at a position.
    pub fn written(&self, name: &str, position: Option<usize>) -> Option<&Expression> {
        let by_name = self.by_name.iter().find(|(given, _)| given == name).map(|(_, expression)| expression);
        by_name.or_else(|| self.by_position.get(position?))?.as_ref()
    }

    /// What the call gets under a name, by whatever way.
    pub fn keyword(&self, resolver: &Resolver<'_>, name: &str) -> Keyword {
        Keyword::of(&self.possible(resolver, name))
    }

    fn possible(&self, resolver: &Resolver<'_>, name: &str) -> Possible {
        let mut possible = Possible::default();
        for (_, expression) in self.by_name.iter().filter(|(given, _)| given == name) {
            let value = expression.as_ref().and_then(|expression| {
                let node = expression.node()?;
                Some(value(resolver, &Place::of(&expression.module, &node), &node))
            });
            possible.values.push(value.unwrap_or_else(|| Err("it is handed on".into())));
            possible.is_certain = true;
        }
        for found in self.dictionaries.iter().filter_map(|dictionary| dictionary.entries(resolver, name)) {
            possible.is_certain |= found.is_certain && !found.is_nothing();
            possible.is_open |= found.is_open || !found.arguments.is_empty();
            possible.values.extend(found.entries.into_iter().map(|entry| entry.value));
        }
        possible
    }

    /// Adds what sqlmodel hands on to SQLAlchemy.
    pub fn open_dictionary_of_sqlmodel(&mut self, resolver: &Resolver<'_>) {
        if let Passed::Given(keywords) = self.get(resolver, "sa_relationship_kwargs")
            && let Some(node) = keywords.node()
        {
            self.add(&keywords.module, &node);
        }
    }

    /// The argument with a name.
    pub fn get(&self, resolver: &Resolver<'_>, name: &str) -> Passed<Expression> {
        self.passed(resolver, name, None).unless_none()
    }

    /// The argument with a name or, where it is not given so, at a position.
    pub fn get_at(&self, resolver: &Resolver<'_>, name: &str, position: usize) -> Passed<Expression> {
        self.passed(resolver, name, Some(position)).unless_none()
    }

    /// The same where `None` is an argument like others.
    pub fn passed(&self, resolver: &Resolver<'_>, name: &str, position: Option<usize>) -> Passed<Expression> {
        let by_name = self.by_name.iter().find(|(given, _)| given == name).map(|(_, expression)| expression);
        match by_name.or_else(|| self.by_position.get(position?)) {
            Some(expression) => expression.clone().map_or(Passed::Unknown, Passed::Given),
            None => match self.in_dictionaries(resolver, name) {
                Passed::Absent if position.is_some() && self.is_open => Passed::Unknown,
                found => found,
            },
        }
    }

    fn in_dictionaries(&self, resolver: &Resolver<'_>, name: &str) -> Passed<Expression> {
        let found = self.dictionaries.iter().map(|dictionary| Some((dictionary, dictionary.entries(resolver, name)?)));
        let mut found = found.filter(|found| found.as_ref().is_none_or(|(_, found)| !found.is_nothing()));
        match (found.next(), found.next()) {
            (None, _) => Passed::Absent,
            (Some(Some((dictionary, only))), None) if only.is_sole() => {
                let expression = Expression::at(resolver, &dictionary.module, &only.entries[0].at);
                expression.map_or(Passed::Unknown, Passed::Given)
            }
            _ => Passed::Unknown,
        }
    }

    /// These, with others behind and over them: `partial(f, …)(…)`.
    pub fn and(mut self, others: Self) -> Self {
        self.by_position.extend(others.by_position);
        self.by_name.retain(|(name, _)| !others.by_name.iter().any(|(other, _)| other == name));
        self.by_name.extend(others.by_name);
        self.dictionaries.extend(others.dictionaries);
        self.is_open |= others.is_open;
        self
    }
}

/// The values that an expression can have, as its literals and names give them or, where those don't tell, as carrying it out does.
fn value(resolver: &Resolver<'_>, place: &Place, node: &Node<'_>) -> Result<Value, Reason> {
    if node.dfs().any(|part| part.kind() == kind::IDENTIFIER && matches!(&*part.text(), "self" | "cls")) {
        return Err(Reason::about(&shortened(&node.text()), "is what a subclass or an object makes of it"));
    }
    let value = resolver.value(place, node, &Effort::for_value());
    value.or_else(|why| resolver.value(place, node, &Effort::for_text()).map_err(|_| why))
}

/// Whether each item of a display, or argument of `dict`, has its key written.
fn has_plain_items(items: &Node<'_>) -> bool {
    items.parts().all(|child| match &*child.kind() {
        kind::PAIR => child.field("key").is_some_and(|key| string_content(&key).is_some()),
        kind => matches!(kind, kind::KEYWORD_ARGUMENT | kind::DICTIONARY_SPLAT),
    })
}
