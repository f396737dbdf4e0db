//! A file's syntax tree goes in; its cascade sites come out: each value bound to a relationship, with what was resolved.

mod cells;
mod filled_in;
mod flag;
mod wrapper;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::cascade::{self, CascadeOptions};
use crate::hints::Hints;
use crate::model::Relationship;
use crate::module::{Location, Module};
use crate::resolve::{Callee, Effort, Entries, Entry, Place, Port, Resolver, Step, Value, evaluate};
use crate::rules::{ConstructorKind, Match, Rule, Rules, Sets, Spelling};
use crate::syntax::{
    Node, Tree, has_error, has_scope, hinted_nodes, is_broken, keyword_container, keyword_value, splatted,
    string_content, unparenthesized,
};

pub use cells::find_in_cells;
pub use filled_in::withdraw;
pub use flag::Flag;
pub use wrapper::Wrapper;

/// One place where a cascade is bound to a relationship.
#[derive(Debug, Clone)]
pub struct Site {
    /// The id of the rule that matched.
    pub rule: String,
    /// The value, parentheses around it excluded.
    pub at: Location,
    /// What the value can be, or why that can't be known.
    pub value: Result<Value, Unknown>,
    /// What the value sets.
    pub sets: Sets,
    /// The call that gets the value.
    pub call: Location,
    /// The constructor's fully qualified name, or the callee as written where it can't be traced.
    pub callee: String,
    /// `viewonly=True` holds for the relationship.
    pub viewonly: bool,
    /// Where sqlmodel's flag can be overridden; None at other sites.
    pub flag: Option<Flag>,
    /// What is known of the relationship.
    pub relationship: Option<Relationship>,
    /// Where the value stands in a dictionary: each expression that hands it to a call, with the names of dictionaries that lead
    /// from there to it.
    pub dictionaries: Vec<(Location, Vec<Step>)>,
}

/// The sites of a file, and the functions in it that hand their own parameters on to one.
#[derive(Debug, Default)]
pub struct Found {
    /// In order of position.
    pub sites: Vec<Site>,
    /// Functions whose calls make relationships.
    pub wrappers: Vec<Wrapper>,
}

/// Why a value can't be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// In words that complete "this cascade can't be known here: …".
    pub reason: String,
    /// What to do, where that is not to write a literal.
    pub help: Option<&'static str>,
}

impl From<String> for Unknown {
    fn from(reason: String) -> Self {
        Self { reason, help: None }
    }
}

impl Site {
    /// A site of which nothing is known but where it is and why.
    fn unknown(rule: &str, at: Location, why: Unknown) -> Self {
        Self {
            rule: rule.to_owned(),
            call: at.clone(),
            at,
            value: Err(why),
            sets: Sets::Cascade,
            callee: String::new(),
            viewonly: false,
            flag: None,
            relationship: None,
            dictionaries: Vec::new(),
        }
    }

    /// The range of the text that decides about the effective set: the value, or the whole call where a flag is overridden.
    pub fn effective_span(&self) -> Range<usize> {
        if self.flag.is_some() { self.call.range() } else { self.at.range() }
    }

    /// The same site as seen from another call.
    pub fn merge(&mut self, other: Self) {
        // SQLAlchemy 2.x reduces the list itself where viewonly holds
        self.viewonly &= other.viewonly;
        if self.value.is_err() && other.value.is_ok() {
            self.value = other.value;
        }
        if other.dictionaries.iter().any(|given| !self.dictionaries.contains(given)) {
            // what holds for one call that gets the dictionary need not hold for the next
            self.relationship = None;
            self.dictionaries.extend(other.dictionaries);
        }
    }

    /// The effective set of sqlmodel's call with other text in its place; None where that is not one expression, or gives no set.
    pub fn options_of_flag_in(&self, text: &str) -> Option<CascadeOptions> {
        let tree = Tree::parse(&format!("({text})"));
        let statement = tree.root().named_children().next()?;
        if has_error(&tree.root()) {
            return None;
        }
        let call = unparenthesized(&statement.named_children().next()?);
        let keywords = keyword_value(&call.field("arguments")?, "sa_relationship_kwargs")?;
        let value = keyword_value(&keyword_container(&keywords)?, "cascade")?;
        let options = cascade::parse(&evaluate(&value).ok()?.value).ok()?.options;
        Some(if self.viewonly { options.of_viewonly() } else { options })
    }
}

/// The sites of a file, in order of position.
pub fn find(rules: &Rules, resolver: &Resolver<'_>, module: &Arc<Module>) -> Found {
    let root = module.tree().root();
    let finder = Finder { resolver, module, callees: RefCell::default() };
    let hints = Hints::of_sites(&root.get_doc().src, &rules.words);
    let mut sites = Sites::default();
    for (rule, matched) in rules.find_spellings(&root, &hints) {
        finder.add(rule, &matched, &mut sites);
    }
    let unclaimed = |sites: &Sites| -> Vec<Node<'_>> {
        let bound = hinted_nodes(&root, &hints).filter_map(|node| bound_to_cascade(&node));
        bound.filter(|value| !sites.has(module, value.range().start)).collect()
    };
    // a dictionary may be splatted where no hint is
    if unclaimed(&sites).iter().any(is_in_dictionary) {
        for (rule, matched) in rules.find_spellings(&root, &Hints::of_dictionaries(&root.get_doc().src)) {
            if matched.get_env().get_match("KEYWORDS").is_some() {
                finder.add(rule, &matched, &mut sites);
            }
        }
    }
    for value in unclaimed(&sites) {
        if let Some(site) = finder.unparsed(&value) {
            sites.add(site);
        }
    }
    sites.found.sites.sort_by(|a, b| a.at.cmp(&b.at));
    sites.found
}

/// The sites of what the calls of a wrapper in a file are given. A mention is the wrapper's name, as it is called or handed to
/// `functools.partial`.
pub fn find_in_calls(resolver: &Resolver<'_>, module: &Arc<Module>, wrapper: &Wrapper, mentions: &[Node<'_>]) -> Found {
    let finder = Finder { resolver, module, callees: RefCell::default() };
    let mut sites = Sites::default();
    for mention in mentions {
        finder.add_call(wrapper, mention, &mut sites);
    }
    sites.found
}

/// Sites, each once.
#[derive(Default)]
struct Sites {
    found: Found,
    /// Indices of the sites by the file and offset of their values.
    by_offset: HashMap<(Arc<std::path::Path>, usize), usize>,
}

impl Sites {
    fn add(&mut self, site: Site) {
        let key = (Arc::clone(&site.at.path), site.at.start);
        match self.by_offset.get(&key) {
            Some(index) => self.found.sites[*index].merge(site),
            None => {
                self.by_offset.insert(key, self.found.sites.len());
                self.found.sites.push(site);
            }
        }
    }

    fn add_wrapper(&mut self, wrapper: Wrapper) {
        if !self.found.wrappers.contains(&wrapper) {
            self.found.wrappers.push(wrapper);
        }
    }

    fn has(&self, module: &Module, offset: usize) -> bool {
        self.by_offset.contains_key(&(Arc::clone(&module.path), offset))
    }
}

/// The value, where the node gives one the name `cascade`, whatever it stands in; or that name itself in code that can't be parsed.
fn bound_to_cascade<'t>(node: &Node<'t>) -> Option<Node<'t>> {
    let parent = || node.parent();
    let (key, value) = match &*node.kind() {
        "pair" => (string_content(&node.field("key")?)?, node.field("value")?),
        "keyword_argument" => (node.field("name")?.text().into_owned(), node.field("value")?),
        "subscript" => (string_content(&node.field("subscript")?)?, parent()?.field("right")?),
        "string" if parent()?.kind() == "argument_list" => {
            (string_content(node)?, node.next_all().find(Node::is_named)?)
        }
        "identifier" if parent()?.is_error() => (node.text().into_owned(), node.clone()),
        _ => return None,
    };
    matches!(key.as_str(), "cascade" | "cascade_delete").then(|| unparenthesized(&value))
}

/// Whether the value stands in what may be a dictionary of keyword arguments.
fn is_in_dictionary(value: &Node<'_>) -> bool {
    let mut around = value.ancestors().skip_while(|node| node.kind() == "parenthesized_expression");
    around.next().is_some_and(|binding| match &*binding.kind() {
        "keyword_argument" => around.nth(1).and_then(|call| call.field("function")).is_some_and(|function| {
            function.text() == "dict" || function.field("attribute").is_some_and(|method| method.text() == "update")
        }),
        kind => matches!(kind, "pair" | "assignment" | "argument_list"),
    })
}

fn syntax_error() -> Unknown {
    Unknown { reason: "the statement has a syntax error".to_owned(), help: Some("mend the syntax error") }
}

struct Finder<'a> {
    resolver: &'a Resolver<'a>,
    module: &'a Arc<Module>,
    /// Who was called, by the callee's text and the function or class it stands in.
    callees: RefCell<HashMap<(String, Option<usize>), Callee>>,
}

/// A call that gets a cascade, or a dictionary that may have one.
struct Receiver<'t> {
    call: Node<'t>,
    /// What it turned out to be; None where it can't be traced, and why.
    constructor: Result<(ConstructorKind, String), String>,
    callee: Node<'t>,
    is_backref: bool,
}

impl Finder<'_> {
    fn callee(&self, function: &Node<'_>) -> Callee {
        let around = function.ancestors().find(has_scope);
        let key = (function.text().into_owned(), around.map(|node| node.node_id()));
        if let Some(known) = self.callees.borrow().get(&key) {
            return known.clone();
        }
        let callee = self.resolver.callee(&Place::of(self.module, function), function);
        self.callees.borrow_mut().insert(key, callee.clone());
        callee
    }

    /// The sites of one match of a spelling.
    fn add(&self, rule: &Rule<Spelling>, matched: &Match<'_>, sites: &mut Sites) {
        let env = matched.get_env();
        let binding = matched.get_node();
        match (env.get_match("CALLEE"), env.get_match("VALUE"), env.get_match("KEYWORDS")) {
            (Some(callee), Some(value), _) => {
                if let Some(receiver) = self.receiver(rule, callee) {
                    self.add_value(rule, &receiver, binding, &unparenthesized(value), sites);
                }
            }
            (Some(callee), None, Some(keywords)) => {
                if let Some(receiver) = self.receiver(rule, callee) {
                    self.add_dictionary(&rule.config.id, &receiver, keywords, sites);
                }
            }
            (None, Some(value), None) => {
                let value = unparenthesized(value);
                let callee = "sqlalchemy.orm.RelationshipProperty.cascade".to_owned();
                let evaluated = self.evaluated(&value, None, sites);
                let at = self.module.location(&value.range());
                let site = Site { value: evaluated, callee, ..Site::unknown(&rule.config.id, at, syntax_error()) };
                sites.add(Site { call: self.module.location(&binding.range()), ..site });
            }
            _ => {}
        }
    }

    fn receiver<'t>(&self, rule: &Rule<Spelling>, callee: &Node<'t>) -> Option<Receiver<'t>> {
        let spelling = &rule.metadata;
        let call = callee.ancestors().find(|node| node.kind() == "call")?;
        let constructor = match self.callee(callee) {
            Callee::Constructor(kind, name) if spelling.of.contains(&kind) => Ok((kind, name)),
            Callee::Unknown(why) => Err(why),
            _ => return None,
        };
        let is_backref = spelling.is_backref || matches!(constructor, Ok((ConstructorKind::Backref, _)));
        Some(Receiver { call, constructor, callee: callee.clone(), is_backref })
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
        } else if let Err(why) = &receiver.constructor {
            let reason = format!("`{}` can't be traced to SQLAlchemy: {why}", receiver.callee.text());
            Err(Unknown { reason, help: Some("check by hand whether it makes a relationship") })
        } else {
            self.evaluated(value, Some(receiver), sites)
        };
        let flag = (spelling.sets == Sets::CascadeDelete).then(|| Flag::of(&container, binding));
        let site = Site {
            value: evaluated,
            sets: spelling.sets,
            viewonly: is_viewonly(&container, &receiver.call, spelling, receiver.is_backref),
            flag,
            ..self.site_of_call(&rule.config.id, receiver, self.module.location(&value.range()))
        };
        sites.add(site);
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
            let why = || Unknown::from(format!("`{}` is {}", argument.name, argument.what));
            let wrapper = receiver.and_then(|receiver| Wrapper::of(self.module, argument, receiver));
            sites.add_wrapper(wrapper.ok_or_else(why)?);
        }
        Ok(value)
    }

    fn site_of_call(&self, rule: &str, receiver: &Receiver<'_>, at: Location) -> Site {
        let Receiver { call, callee, is_backref, constructor } = receiver;
        let is_called = call.field("function").is_some_and(|called| called.range() == callee.range());
        let written = || callee.text().into_owned();
        Site {
            call: self.module.location(&call.range()),
            callee: constructor.as_ref().map_or_else(|_| written(), |(_, name)| name.clone()),
            relationship: is_called.then(|| Relationship::of_call(call, *is_backref)).flatten(),
            ..Site::unknown(rule, at, syntax_error())
        }
    }

    /// The sites of the cascades that a dictionary of keyword arguments can hold.
    fn add_dictionary(&self, rule: &str, receiver: &Receiver<'_>, keywords: &Node<'_>, sites: &mut Sites) {
        let place = Place::of(self.module, keywords);
        let effort = Effort::for_value();
        let is_sqlmodel = matches!(receiver.constructor, Ok((ConstructorKind::Sqlmodel, _)));
        let is_splatted = keywords.parent().is_some_and(|parent| parent.kind() == "dictionary_splat");
        let Entries { entries, arguments } = if is_sqlmodel && is_splatted {
            self.resolver.entries_inside(&place, keywords, "sa_relationship_kwargs", "cascade", &effort)
        } else if receiver.is_backref && keywords.parent().is_some_and(|parent| parent.kind() == "keyword_argument") {
            self.resolver.entries_of_backref(&place, keywords, "cascade", &effort)
        } else {
            self.resolver.entries(&place, keywords, "cascade", &effort)
        };
        let given = self.module.location(&unparenthesized(keywords).range());
        if is_sqlmodel && is_splatted {
            for entry in self.resolver.entries(&place, keywords, "cascade_delete", &effort).entries {
                let why = "the flag stands in a dictionary".to_owned();
                let site = self.site_of_entry(rule, receiver, &given, entry, sites);
                sites.add(Site { sets: Sets::CascadeDelete, flag: Some(Flag::OutOfReach(why)), ..site });
            }
        }
        for argument in arguments {
            if let Some(wrapper) = Wrapper::of(self.module, &argument, receiver) {
                sites.add_wrapper(wrapper);
            }
        }
        for entry in entries {
            let site = self.site_of_entry(rule, receiver, &given, entry, sites);
            sites.add(site);
        }
    }

    fn site_of_entry(
        &self,
        rule: &str,
        receiver: &Receiver<'_>,
        given: &Location,
        entry: Entry,
        sites: &mut Sites,
    ) -> Site {
        let unset = || {
            let arguments = receiver.call.field("arguments")?;
            viewonly_of(&arguments, &receiver.call, receiver.is_backref)
        };
        let viewonly = entry.viewonly.or_else(unset).unwrap_or(false);
        let untraced = receiver.constructor.as_ref().err().map(|why| {
            let reason = format!("`{}` can't be traced to SQLAlchemy: {why}", receiver.callee.text());
            Unknown { reason, help: Some("check by hand whether it makes a relationship") }
        });
        let value = if entry.is_broken {
            Err(syntax_error())
        } else if let Some(why) = untraced {
            Err(why)
        } else {
            entry.value.map_err(Unknown::from).and_then(|value| self.known(value, Some(receiver), sites))
        };
        let is_inside = entry.at.path == given.path && given.range().contains(&entry.at.start);
        let site = self.site_of_call(rule, receiver, entry.at.clone());
        let relationship = site.relationship.filter(|_| is_inside || entry.steps.is_empty());
        // reports show the call beside the value
        let call = if entry.at.path == site.call.path { site.call } else { entry.at };
        Site { value, viewonly, relationship, call, dictionaries: vec![(given.clone(), entry.steps)], ..site }
    }

    /// What one call of a wrapper is given.
    fn add_call(&self, wrapper: &Wrapper, mention: &Node<'_>, sites: &mut Sites) {
        const RULE: &str = "wrapper-argument";
        let Some(call) = mention.ancestors().find(|node| node.kind() == "call") else { return };
        let Some(arguments) = call.field("arguments") else { return };
        let is_called = call.field("function").is_some_and(|function| function.range() == mention.range());
        let receiver = Receiver {
            call,
            constructor: Ok(wrapper.constructor.clone()),
            callee: mention.clone(),
            is_backref: wrapper.constructor.0 == ConstructorKind::Backref,
        };
        match wrapper.argument.port {
            Port::Value => {
                let Some(value) = wrapper.given(&arguments, !is_called) else { return };
                let value = unparenthesized(&value);
                let evaluated = self.evaluated(&value, Some(&receiver), sites);
                let site = self.site_of_call(RULE, &receiver, self.module.location(&value.range()));
                sites.add(Site { value: evaluated, viewonly: wrapper.viewonly, ..site });
            }
            Port::Dictionary => {
                if let Some(dictionary) = wrapper.given(&arguments, !is_called) {
                    self.add_dictionary(RULE, &receiver, &dictionary, sites);
                }
            }
            Port::Keywords => {
                for dictionary in splatted(&arguments) {
                    self.add_dictionary(RULE, &receiver, &dictionary, sites);
                }
                if let Some(value) = keyword_value(&arguments, "cascade") {
                    let value = unparenthesized(&value);
                    let evaluated = self.evaluated(&value, Some(&receiver), sites);
                    let site = self.site_of_call(RULE, &receiver, self.module.location(&value.range()));
                    sites.add(Site { value: evaluated, viewonly: wrapper.viewonly, ..site });
                }
            }
        }
    }

    /// A `cascade=` that a syntax error keeps from its call: who gets it can't be told.
    fn unparsed(&self, value: &Node<'_>) -> Option<Site> {
        let mut around = value.ancestors();
        around.find(|node| node.kind() == "call" && !has_error(node) || node.is_error()).filter(Node::is_error)?;
        let binding = value.parent().filter(|node| matches!(&*node.kind(), "pair" | "keyword_argument"));
        let name = binding.and_then(|node| node.field("name").or_else(|| node.field("key")));
        let name = name.unwrap_or_else(|| value.clone());
        Some(Site::unknown("unparsed", self.module.location(&name.range()), syntax_error()))
    }
}

/// Whether `viewonly=True` stands beside the cascade: in the same call or dictionary, in a dictionary display splatted into the
/// call, or for sqlmodel's flag in `sa_relationship_kwargs`. A backref has it from the declaring side unless it says otherwise
/// (`RelationshipProperty._generate_backref` of SQLAlchemy). Other uses of a dictionary with a name are not looked at: what holds
/// for one call need not hold for the next.
fn is_viewonly(container: &Node<'_>, call: &Node<'_>, spelling: &Spelling, is_backref: bool) -> bool {
    let elsewhere = || {
        if !call.range().contains(&container.range().start) {
            return None;
        }
        if spelling.sets == Sets::CascadeDelete {
            return set_in(&keyword_container(&keyword_value(container, "sa_relationship_kwargs")?)?);
        }
        viewonly_of(&call.field("arguments")?, call, is_backref && !spelling.is_backref)
    };
    set_in(container).or_else(elsewhere).unwrap_or(false)
}

fn set_in(container: &Node<'_>) -> Option<bool> {
    keyword_value(container, "viewonly").map(|value| value.kind() == "true")
}

/// What a call says of `viewonly`; a backref's call is asked first, then that of the declaring side around it.
fn viewonly_of(arguments: &Node<'_>, call: &Node<'_>, is_backref: bool) -> Option<bool> {
    let displays = splatted(arguments).into_iter().filter_map(|splatted| keyword_container(&splatted));
    let here = std::iter::once(arguments.clone()).chain(displays).find_map(|place| set_in(&place));
    here.or_else(|| {
        let declaring = enclosing_call(call).filter(|_| is_backref)?;
        viewonly_of(&declaring.field("arguments")?, &declaring, false)
    })
}

fn enclosing_call<'t>(call: &Node<'t>) -> Option<Node<'t>> {
    call.ancestors().take_while(|node| !node.kind().ends_with("_statement")).find(|node| node.kind() == "call")
}
