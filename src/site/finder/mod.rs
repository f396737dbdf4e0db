//! A file's syntax tree goes in; the places come out in which a call gets a cascade, or a dictionary that may have one.

mod assignments;
mod calls;
mod dictionaries;
mod sites;

use std::cell::RefCell;
use std::sync::Arc;

use super::keywords::Beside;
use super::reading::{Key, KeyPath, Readers, keys_to};
use super::{CascadeBinding, Flag, FoundSites, Keywords, Reading, Recipient, Site, Unknown, Wrapper};
use crate::hints::Hints;
use crate::model;
use crate::module::{Location, Module};
use crate::resolve::{Argument, Callee, Effort, Keyword, MOST_SPLATTED, Place, Reason, Resolution, Resolver, Value};
use crate::rules::{ConstructorKind, Match, Rule, Rules, Sets, Spelling};
use crate::sqlalchemy::cascade::{self, CascadeOption};
use crate::syntax::{
    Node, dotted_name, has_error, has_scope, hinted_nodes, is_broken, is_too_deep, kind, splatted, string_content,
    unpacked_value, unparenthesized,
};

use calls::enclosing_call;
pub use calls::find_in_calls;
use dictionaries::is_in_dictionary;
use foldhash::HashMap;
use sites::Sites;

/// The sites of a file, in order of position.
pub fn find(rules: &Rules, resolver: &Resolver<'_>, module: &Arc<Module>) -> FoundSites {
    let root = module.tree().root();
    let finder = Finder::new(resolver, module);
    let hints = Hints::of_sites(root.get_doc().text(), &rules.words);
    let mut sites = Sites::default();
    for (rule, matched) in rules.find_spellings(&root, &hints) {
        finder.add(rule, &matched, &mut sites);
    }
    let unclaimed = |sites: &Sites| -> Vec<Node<'_>> {
        let bound = hinted_nodes(&root, &hints).filter_map(|node| bound_to_cascade(&node));
        bound.filter(|value| !sites.has(module, value.range().start)).collect()
    };
    let mut open = unclaimed(&sites);
    // a dictionary may be splatted where no hint is
    if open.iter().any(is_in_dictionary) {
        for (rule, matched) in rules.find_spellings(&root, &Hints::of_dictionaries(root.get_doc().text())) {
            if matched.get_env().get_match("KEYWORDS").is_some() {
                finder.add(rule, &matched, &mut sites);
            }
        }
        open.retain(|value| !sites.has(module, value.range().start));
    }
    for value in open {
        if let Some(site) = finder.unparsed(&value) {
            sites.add(site);
        }
    }
    sites.found.sites.sort_by(|a, b| a.at.cmp(&b.at));
    sites.found
}

/// The value, where the node gives one the name `cascade`, whatever it stands in; or that name itself in code that can't be parsed.
fn bound_to_cascade<'t>(node: &Node<'t>) -> Option<Node<'t>> {
    let parent = || node.parent();
    let (key, value) = match &*node.kind() {
        kind::PAIR => (string_content(&node.field("key")?)?, node.field("value")?),
        kind::KEYWORD_ARGUMENT => (node.field("name")?.text().into_owned(), node.field("value")?),
        kind::SUBSCRIPT => (string_content(&node.field("subscript")?)?, parent()?.field("right")?),
        kind::STRING if parent()?.kind() == kind::ARGUMENT_LIST => {
            (string_content(node)?, node.next_all().find(Node::is_named)?)
        }
        kind::IDENTIFIER if parent()?.is_error() => (node.text().into_owned(), node.clone()),
        _ => return None,
    };
    matches!(key.as_str(), "cascade" | "cascade_delete").then(|| unparenthesized(&value))
}

/// The call, or the assignment, that something is a part of.
fn around<'t>(node: &Node<'t>) -> Node<'t> {
    node.ancestors()
        .find(|around| matches!(&*around.kind(), kind::CALL | kind::ASSIGNMENT))
        .unwrap_or_else(|| node.clone())
}

fn syntax_error() -> Unknown {
    Unknown { reason: "the statement has a syntax error".to_owned(), help: Some("mend the syntax error") }
}

/// Whether a value has refresh-expire where it is a cascade.
fn is_hazardous(value: &Value) -> bool {
    let sets = value.alternatives.iter().filter_map(|one| cascade::parse(&one.value).ok());
    sets.into_iter().any(|parsed| parsed.options.contains(CascadeOption::RefreshExpire))
}

/// The value, unless it is hazardous and it can't be known whether `viewonly=True` holds.
fn with_known_viewonly(value: Result<Value, Unknown>, viewonly: &Result<bool, Reason>) -> Result<Value, Unknown> {
    match (value, viewonly) {
        (Ok(value), Err(why)) if is_hazardous(&value) => Err(Unknown {
            reason: format!("viewonly beside it can't be known: {why}"),
            help: Some("write the list by hand: with viewonly=True it is merge alone"),
        }),
        (value, _) => value,
    }
}

struct Finder<'a> {
    resolver: &'a Resolver<'a>,
    module: &'a Arc<Module>,
    /// Who was called, by the callee's text and the function or class it stands in.
    callees: RefCell<HashMap<(String, Option<usize>), Callee>>,
    readers: Readers<'a>,
    /// By the number of a call's node.
    crowded: RefCell<HashMap<usize, bool>>,
}

/// A call that gets a cascade, or a dictionary that may have one.
#[derive(Clone)]
pub(super) struct Receiver<'t> {
    pub call: Node<'t>,
    /// The constructor that the call calls, by kind and fully qualified name, or why its callee can't be traced.
    pub constructor: Result<(ConstructorKind, String), String>,
    callee: Node<'t>,
    pub is_backref: bool,
    /// What its argument sets.
    pub sets: Sets,
}

impl Receiver<'_> {
    /// The call is one of the constructor itself, which is not handed to another.
    fn is_called(&self) -> bool {
        self.call.field("function").is_some_and(|called| called.range() == self.callee.range())
    }

    /// Why nothing can be said of what it gets.
    fn untraced(&self) -> Option<Unknown> {
        let why = self.constructor.as_ref().err()?;
        let reason = format!("`{}` can't be traced to SQLAlchemy: {why}", self.callee.text());
        Some(Unknown { reason, help: Some("check by hand whether it makes a relationship") })
    }
}

impl<'a> Finder<'a> {
    fn new(resolver: &'a Resolver<'a>, module: &'a Arc<Module>) -> Self {
        let (callees, crowded) = (RefCell::default(), RefCell::default());
        Self { resolver, module, callees, readers: Readers::new(resolver), crowded }
    }

    fn callee(&self, function: &Node<'_>) -> Callee {
        let around = function.ancestors().find(has_scope);
        let key = (function.text().into_owned(), around.map(|node| node.node_id()));
        if let Some(known) = self.callees.borrow().get(&key) {
            return known.clone();
        }
        let place = Place::of(self.module, function);
        let callee = match self.resolver.callee(&place, function) {
            // this depends on the call, and not on its scope alone
            Callee::Other => match self.resolver.suspected(&place, function) {
                Some(why) => return Callee::Unknown(why),
                None => Callee::Other,
            },
            known => known,
        };
        self.callees.borrow_mut().insert(key, callee.clone());
        callee
    }

    /// The sites of one match of a spelling.
    fn add(&self, rule: &Rule<Spelling>, matched: &Match<'_>, sites: &mut Sites) {
        let env = matched.get_env();
        let binding = matched.get_node();
        if is_too_deep(binding) {
            let why = Unknown::from("it is nested too deeply".to_owned());
            return sites.add(Site::unknown(&rule.config.id, self.module.location(&binding.range()), why));
        }
        match (env.get_match("CALLEE"), env.get_match("VALUE"), env.get_match("KEYWORDS")) {
            (Some(callee), Some(value), _) => {
                if let Some(receiver) = self.receiver(rule, callee) {
                    self.add_value(rule, &receiver, binding, &unparenthesized(value), sites);
                }
            }
            (Some(callee), None, Some(keywords)) => {
                if let Some(receiver) = self.receiver(rule, callee) {
                    if self.is_crowded(&receiver.call) {
                        let why = Unknown::from("too many dictionaries are splatted into the call".to_owned());
                        let at = self.module.location(&receiver.call.range());
                        return sites.add(Site::unknown(&rule.config.id, at, why));
                    }
                    let beside = self.keywords_beside(&receiver, keywords);
                    // a constant that is the whole pair
                    let is_pair = receiver.is_backref
                        && keywords.parent().is_some_and(|parent| parent.kind() == kind::KEYWORD_ARGUMENT);
                    self.add_dictionary(&rule.config.id, &receiver, keywords, (&beside, is_pair), sites);
                }
            }
            (None, Some(value), None) => {
                let site = self.site_of_assignment(rule, env.get_match("PROPERTY"), binding, value, sites);
                site.into_iter().for_each(|site| sites.add(site));
            }
            (None, None, None) => {
                let site = env.get_match("PROPERTY").and_then(|object| match unpacked_value(binding) {
                    Some(value) => self.site_of_assignment(rule, Some(object), binding, &value, sites),
                    None => self.site_of_unknown_assignment(rule, object, binding),
                });
                site.into_iter().for_each(|site| sites.add(site));
            }
            _ => {}
        }
    }

    /// Whether more dictionaries are splatted into a call than are looked into.
    fn is_crowded(&self, call: &Node<'_>) -> bool {
        let count = || call.field("arguments").map_or(0, |arguments| splatted(&arguments).len());
        *self.crowded.borrow_mut().entry(call.node_id()).or_insert_with(|| count() > MOST_SPLATTED)
    }

    fn receiver<'t>(&self, rule: &Rule<Spelling>, callee: &Node<'t>) -> Option<Receiver<'t>> {
        let spelling = &rule.metadata;
        let call = callee.ancestors().find(|node| node.kind() == kind::CALL)?;
        let constructor = match self.callee(callee) {
            Callee::Constructor(kind, name) if spelling.of.contains(&kind) => Ok((kind, name)),
            Callee::Unknown(why) => Err(why),
            _ => return None,
        };
        let is_backref = spelling.is_backref || matches!(constructor, Ok((ConstructorKind::Backref, _)));
        Some(Receiver { call, constructor, callee: callee.clone(), is_backref, sets: spelling.sets })
    }

    fn add_value(
        &self,
        rule: &Rule<Spelling>,
        receiver: &Receiver<'_>,
        binding: &Node<'_>,
        value: &Node<'_>,
        sites: &mut Sites,
    ) {
        let spelling = &rule.metadata;
        let Some(container) = binding.parent() else { return };
        let evaluated = if is_broken(&container, value) {
            Err(syntax_error())
        } else if let Some(why) = receiver.untraced() {
            Err(why)
        } else {
            self.evaluated(value, Some(receiver), sites)
        };
        let flag = (spelling.sets == Sets::CascadeDelete).then(|| self.flag(receiver, &container, binding));
        let given = Recipient {
            keywords: Keywords::of(self.resolver, self.module, binding, &receiver.call),
            reading: self.reading(receiver, keys_to(value, &receiver.call)),
            ..Recipient::of_value(self.module.location(&value.range()))
        };
        let viewonly = self.viewonly(binding, receiver);
        let site = Site {
            value: with_known_viewonly(evaluated, &viewonly),
            sets: spelling.sets,
            viewonly: viewonly.unwrap_or(false),
            binding: CascadeBinding::of(binding),
            flag,
            ..self.site_of_call(&rule.config.id, receiver, given.at.clone(), given)
        };
        sites.add(site);
    }

    fn flag(&self, receiver: &Receiver<'_>, arguments: &Node<'_>, binding: &Node<'_>) -> Flag {
        let flag = Flag::of(self.resolver, self.module, arguments, binding);
        if !receiver.is_called() {
            return flag.beside_partial(self.resolver, arguments, (self.module, &receiver.call));
        }
        let names = dotted_name(&receiver.callee).unwrap_or_default();
        let place = Place::of(self.module, &receiver.callee);
        let resolutions =
            if names.is_empty() { Vec::new() } else { self.resolver.follow(&place, &names, &Effort::for_callee()) };
        resolutions.iter().fold(flag, |flag, resolution| match resolution {
            Resolution::Bound(found) => match found.value().filter(|value| value.kind() == kind::CALL) {
                Some(partial) => flag.beside_partial(self.resolver, arguments, (found.module(), &partial)),
                None => Flag::OutOfReach(format!("`{}` may look at what it is given", found.name())),
            },
            _ => flag,
        })
    }

    fn evaluated(
        &self,
        value: &Node<'_>,
        receiver: Option<&Receiver<'_>>,
        sites: &mut Sites,
    ) -> Result<Value, Unknown> {
        let found = self.resolver.value(&Place::of(self.module, value), value, &Effort::for_value())?;
        self.known(found, receiver, sites)
    }

    /// The parameters that hand a value in make their functions wrappers, or the value unknown.
    fn known(&self, value: Value, receiver: Option<&Receiver<'_>>, sites: &mut Sites) -> Result<Value, Unknown> {
        for argument in &value.arguments {
            let why = || Unknown::from(argument.why_unknown());
            let wrapper = receiver.and_then(|receiver| self.wrapper(argument, receiver));
            sites.add_wrapper(wrapper.ok_or_else(why)?);
        }
        Ok(value)
    }

    /// The function that hands a parameter on to a call which makes a relationship.
    fn wrapper(&self, argument: &Argument, receiver: &Receiver<'_>) -> Option<Wrapper> {
        let arguments = receiver.call.field("arguments")?;
        Wrapper::of(self.module, argument, receiver, self.viewonly(&arguments, receiver))
    }

    /// Whether `viewonly=True` holds beside a value or a dictionary in a call, or why that can't be known. A backref has it from the
    /// declaring side unless it says otherwise (`RelationshipProperty._generate_backref` of SQLAlchemy). Where nothing but a dictionary
    /// that can't be followed may have it, it does not.
    fn viewonly(&self, node: &Node<'_>, receiver: &Receiver<'_>) -> Result<bool, Reason> {
        let of = |node: &Node<'_>, call: &Node<'_>| {
            Beside::of(self.resolver, self.module, node, call).keyword(self.resolver, "viewonly")
        };
        let mut keyword = of(node, &receiver.call);
        if matches!(keyword, Keyword::Absent | Keyword::Unknown) && receiver.is_backref {
            let is_inside = matches!(receiver.constructor, Ok((ConstructorKind::Backref, _)));
            let declaring = if is_inside { enclosing_call(&receiver.call) } else { Some(receiver.call.clone()) };
            if let Some((call, list)) = declaring.and_then(|call| Some((call.clone(), call.field("arguments")?))) {
                keyword = of(&list, &call);
            }
        }
        keyword.is_on()
    }

    fn site_of_call(&self, rule: &str, receiver: &Receiver<'_>, at: Location, given: Recipient) -> Site {
        let Receiver { call, callee, is_backref, constructor, .. } = receiver;
        let written = || callee.text().into_owned();
        let relationship = receiver.is_called().then(|| model::of_call(self.resolver, self.module, call, *is_backref));
        Site {
            call: self.module.location(&call.range()),
            callee: constructor.as_ref().map_or_else(|_| written(), |(_, name)| name.clone()),
            recipients: vec![Recipient { relationship, ..given }],
            ..Site::unknown(rule, at, syntax_error())
        }
    }

    /// Where a function that the call runs does something else than hand on the cascade that is under the keys in its arguments.
    fn reading(&self, receiver: &Receiver<'_>, mut keys: KeyPath) -> Option<Reading> {
        if let Some(Key::Index(Some(index))) = keys.first_mut().filter(|_| !receiver.is_called()) {
            // the first argument of `functools.partial` is the function
            *index = index.saturating_sub(1);
        }
        receiver.constructor.as_ref().ok()?;
        self.readers.of_call(self.module, &receiver.callee, &keys)
    }

    /// A `cascade=` that a syntax error keeps from its call: who gets it can't be told.
    fn unparsed(&self, value: &Node<'_>) -> Option<Site> {
        let mut around = value.ancestors();
        around.find(|node| node.kind() == kind::CALL && !has_error(node) || node.is_error()).filter(Node::is_error)?;
        let binding = value.parent().filter(|node| matches!(&*node.kind(), kind::PAIR | kind::KEYWORD_ARGUMENT));
        let name = binding.and_then(|node| node.field("name").or_else(|| node.field("key")));
        let name = name.unwrap_or_else(|| value.clone());
        Some(Site::unknown("unparsed", self.module.location(&name.range()), syntax_error()))
    }
}
