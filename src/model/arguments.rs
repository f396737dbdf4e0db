//! A call of a relationship constructor goes in, or of what hands its arguments on to one; the arguments that reach the constructor come
//! out, each as the expression that gives it, or why that can't be told.

use std::ops::Range;
use std::sync::Arc;

use super::handed_on;
use super::keyword::Keyword;
use super::written::Argument;
use crate::module::{Location, Module, Target};
use crate::resolve::{Effort, End, Entries, Found, Place, Reason, Resolver, Value, shortened};
use crate::syntax::{Node, dotted_name, keyword_container, keywords, positional_arguments, splatted, unparenthesized};

/// How many wrappers inside each other are looked into.
const MOST_WRAPPERS: usize = 4;

/// An expression in a file.
#[derive(Clone)]
pub struct Expression {
    /// The file.
    pub module: Arc<Module>,
    range: Range<usize>,
}

/// What is given to a call. An expression that can't be told is None.
#[derive(Clone, Default)]
pub struct Arguments {
    pub(super) by_position: Vec<Option<Expression>>,
    /// What argument lists and dictionary displays give, by name.
    pub(super) by_name: Vec<(String, Option<Expression>)>,
    /// Dictionaries that are put together elsewhere.
    pub(super) dictionaries: Vec<Expression>,
    /// `*names`: what is given by position can't be told.
    pub(super) is_open: bool,
}

/// What an argument can be.
#[derive(Default)]
pub struct Possible {
    /// What each expression that gives it can be, or why that can't be known.
    pub values: Vec<Result<Value, Reason>>,
    /// One of them gives it for certain.
    pub is_certain: bool,
    /// A dictionary that can't be followed may give it.
    pub is_open: bool,
}

/// What reaches a constructor.
pub struct Received {
    /// All that it is given.
    pub arguments: Arguments,
    /// It is sqlmodel's.
    pub is_sqlmodel: bool,
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

    fn is_none(&self) -> bool {
        self.node().is_some_and(|node| node.kind() == "none")
    }

    /// What the dictionary that it gives can hold under a key.
    fn entries(&self, resolver: &Resolver<'_>, key: &str) -> Option<Entries> {
        let node = self.node()?;
        Some(resolver.entries(&Place::of(&self.module, &node), &node, key, &Effort::for_value()))
    }
}

impl Arguments {
    /// What an argument list, or the display of a dictionary, gives.
    pub fn of_list(module: &Arc<Module>, list: &Node<'_>) -> Self {
        let of = |node: &Node<'_>| Some(Expression::of(module, node));
        let given = if list.kind() == "argument_list" { positional_arguments(list) } else { Vec::new() };
        let is_splat = |node: &&Node<'_>| node.kind() == "list_splat";
        let mut arguments = Self {
            is_open: given.iter().any(|node| is_splat(&node)),
            by_position: given.iter().take_while(|node| !is_splat(node)).map(of).collect(),
            by_name: keywords(list).map(|(name, value)| (name, of(&value))).collect(),
            dictionaries: Vec::new(),
        };
        for dictionary in splatted(list) {
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
        match keyword_container(&dictionary) {
            Some(container) => {
                let items = Self::of_list(module, &container);
                self.by_name.extend(items.by_name);
                self.dictionaries.extend(items.dictionaries);
            }
            None if dictionary.kind() == "none" => {}
            None => self.dictionaries.push(Expression::of(module, &dictionary)),
        }
    }

    /// Whether a dictionary may have an item.
    pub fn may_have(&self, resolver: &Resolver<'_>, name: &str) -> bool {
        let found = self.dictionaries.iter().map(|dictionary| dictionary.entries(resolver, name));
        found.into_iter().any(|found| found.is_none_or(|found| !found.is_nothing()))
    }

    /// What the relationship gets under a name, by whatever way.
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
        if let Argument::Given(keywords) = self.get(resolver, "sa_relationship_kwargs")
            && let Some(node) = keywords.node()
        {
            self.add(&keywords.module, &node);
        }
    }

    /// The argument with a name.
    pub fn get(&self, resolver: &Resolver<'_>, name: &str) -> Argument<Expression> {
        match self.by_name.iter().find(|(given, _)| given == name) {
            Some((_, Some(expression))) => match expression.node() {
                Some(node) if node.kind() == "none" => Argument::Absent,
                _ => Argument::Given(expression.clone()),
            },
            Some((_, None)) => Argument::Unknown,
            None => self.get_in_dictionaries(resolver, name),
        }
    }

    fn get_in_dictionaries(&self, resolver: &Resolver<'_>, name: &str) -> Argument<Expression> {
        let found = self.dictionaries.iter().map(|dictionary| Some((dictionary, dictionary.entries(resolver, name)?)));
        let mut found = found.filter(|found| found.as_ref().is_none_or(|(_, found)| !found.is_nothing()));
        match (found.next(), found.next()) {
            (None, _) => Argument::Absent,
            (Some(Some((dictionary, only))), None) if only.is_sole() => {
                match Expression::at(resolver, &dictionary.module, &only.entries[0].at) {
                    Some(expression) if expression.is_none() => Argument::Absent,
                    Some(expression) => Argument::Given(expression),
                    None => Argument::Unknown,
                }
            }
            _ => Argument::Unknown,
        }
    }

    /// The argument with a name or, where it is not given so, at a position.
    pub fn get_at(&self, resolver: &Resolver<'_>, name: &str, position: usize) -> Argument<Expression> {
        match (self.get(resolver, name), self.by_position.get(position)) {
            (Argument::Absent, Some(Some(expression))) => match expression.node() {
                Some(node) if node.kind() == "none" => Argument::Absent,
                _ => Argument::Given(expression.clone()),
            },
            (Argument::Absent, Some(None)) => Argument::Unknown,
            (Argument::Absent, None) if self.is_open => Argument::Unknown,
            (given, _) => given,
        }
    }

    /// These, with others behind and over them: `partial(f, …)(…)`.
    fn and(mut self, others: Self) -> Self {
        self.by_position.extend(others.by_position);
        self.by_name.retain(|(name, _)| !others.by_name.iter().any(|(other, _)| other == name));
        self.by_name.extend(others.by_name);
        self.dictionaries.extend(others.dictionaries);
        self.is_open |= others.is_open;
        self
    }
}

/// What an expression can be; where that can't be told by what it is made of, what it is when it is carried out.
fn value(resolver: &Resolver<'_>, place: &Place, node: &Node<'_>) -> Result<Value, Reason> {
    if node.dfs().any(|part| part.kind() == "identifier" && matches!(&*part.text(), "self" | "cls")) {
        return Err(Reason::about(&shortened(&node.text()), "is what a subclass or an object makes of it"));
    }
    let value = resolver.value(place, node, &Effort::for_value());
    value.or_else(|why| resolver.value(place, node, &Effort::for_text()).map_err(|_| why))
}

/// What reaches the constructor by a call.
///
/// # Errors
/// Why that can't be told.
pub fn received(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>) -> Result<Received, String> {
    let shown = || call.field("function").map(|function| function.text().into_owned()).unwrap_or_default();
    let unknown = || format!("`{}` may hand on other arguments than it is given", shown());
    let names = call.field("function").and_then(|function| dotted_name(&function)).ok_or_else(unknown)?;
    let list = call.field("arguments").ok_or_else(unknown)?;
    let way = Way { resolver, levels: MOST_WRAPPERS };
    way.reached(&Place::of(module, call), &names, Arguments::of_list(module, &list))
}

/// The way from a call to the constructor.
pub(super) struct Way<'a> {
    pub resolver: &'a Resolver<'a>,
    levels: usize,
}

impl Way<'_> {
    /// What reaches the constructor that names lead to.
    pub fn reached(&self, place: &Place, names: &[String], given: Arguments) -> Result<Received, String> {
        let is_known =
            |name: Option<&String>| name.is_some_and(|name| self.resolver.constructors.has_simple_name(name));
        let unknown = || Err(format!("`{}` may hand on other arguments than it is given", names.join(".")));
        let plain = |given: &Arguments, is_sqlmodel| Ok(Received { arguments: given.clone(), is_sqlmodel });
        let ends = self.resolver.follow(place, names, &Effort::for_callee());
        let is_only = ends.len() == 1;
        let mut found_last = None;
        for end in ends {
            let received = match end {
                End::Outside(path) if is_known(path.last()) => plain(&given, path[0] == "sqlmodel"),
                End::Module(_) | End::Unbound | End::Unknown(_) if is_known(names.last()) => plain(&given, false),
                // `db.relationship` and what can't be followed
                End::Bound(found) if !found.rest.is_empty() && is_known(found.rest.last()) => plain(&given, false),
                End::Bound(found) if found.rest.is_empty() => {
                    if !is_only && is_stand_in(&found) {
                        continue;
                    }
                    self.bound(&found, given.clone())
                }
                _ => unknown(),
            }?;
            let is_other = |known: &Received| !is_only && known.is_sqlmodel != received.is_sqlmodel;
            if found_last.as_ref().is_some_and(is_other) {
                return unknown();
            }
            found_last = Some(received);
        }
        found_last.map_or_else(unknown, Ok)
    }

    /// What reaches the constructor by a name that the repository binds.
    fn bound(&self, found: &Found, given: Arguments) -> Result<Received, String> {
        let unknown = || format!("`{}` may hand on other arguments than it is given", found.name());
        let deeper = Self { resolver: self.resolver, levels: self.levels.checked_sub(1).ok_or_else(unknown)? };
        match &found.binding().target {
            Target::Alias(path) => deeper.reached(&found.before(), path, given),
            Target::CallResult { callee, first_argument: Some(bound) }
                if callee.last().is_some_and(|name| name == "partial") =>
            {
                let node = found.value().ok_or_else(unknown)?;
                let list = node.field("arguments").ok_or_else(unknown)?;
                let mut before = Arguments::of_list(found.module(), &list);
                before.by_position.remove(0);
                deeper.reached(&found.before(), bound, before.and(given))
            }
            Target::Function(..) => {
                let function = found.value().ok_or_else(unknown)?;
                handed_on::through(&deeper, found.module(), &function, given)?.map_or_else(|| Err(unknown()), Ok)
            }
            _ => Err(unknown()),
        }
    }
}

/// A function that calls nothing, in place of what could not be imported.
fn is_stand_in(found: &Found) -> bool {
    matches!(found.binding().target, Target::Function(..))
        && found.value().is_some_and(|function| {
            let body = function.field("body");
            let calls = |node: &Node<'_>| {
                node.kind() == "call" && !node.ancestors().any(|around| around.kind() == "raise_statement")
            };
            !body.is_some_and(|body| body.dfs().any(|node| calls(&node)))
        })
        || matches!(found.binding().target, Target::Nothing)
}
