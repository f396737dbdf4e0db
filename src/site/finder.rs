//! A file's syntax tree goes in; the places come out in which a call gets a cascade, or a dictionary that may have one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::keywords::Beside;
use super::property::{Object, Tracer, imports_sqlalchemy, read_back};
use super::reading::{Key, Keys, Readers, keys_to};
use super::{Binding, Flag, Found, Given, Keywords, Reading, Site, Unknown, Wrapper};
use crate::hints::Hints;
use crate::model::{self, Keyword};
use crate::module::{Location, Module};
use crate::resolve::{Argument, Callee, Effort, End, Entries, Entry, Place, Port, Resolver, Value, shortened};
use crate::rules::{ConstructorKind, Match, Rule, Rules, Sets, Spelling};
use crate::sqlalchemy::cascade::{self, CascadeOption};
use crate::syntax::{
    Node, dotted_name, has_error, has_scope, hinted_nodes, is_broken, keyword_value, splatted, string_content,
    unpacked_value, unparenthesized,
};

/// The sites of a file, in order of position.
pub fn find(rules: &Rules, resolver: &Resolver<'_>, module: &Arc<Module>) -> Found {
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

/// The sites of what the calls of a wrapper in a file are given. A mention is the wrapper's name, as it is called or handed to
/// `functools.partial`.
pub fn find_in_calls(resolver: &Resolver<'_>, module: &Arc<Module>, wrapper: &Wrapper, mentions: &[Node<'_>]) -> Found {
    let finder = Finder::new(resolver, module);
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
    /// Indices of the sites by the file and offset of their values, apart where `viewonly=True` holds.
    by_offset: HashMap<(Arc<Path>, usize, bool), usize>,
}

impl Sites {
    fn add(&mut self, site: Site) {
        let key = (Arc::clone(&site.at.path), site.at.start, site.viewonly);
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
        [false, true].iter().any(|viewonly| self.by_offset.contains_key(&(Arc::clone(&module.path), offset, *viewonly)))
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

/// The call, or the assignment, that something is a part of.
fn around<'t>(node: &Node<'t>) -> Node<'t> {
    node.ancestors().find(|around| matches!(&*around.kind(), "call" | "assignment")).unwrap_or_else(|| node.clone())
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
fn with_known_viewonly(value: Result<Value, Unknown>, viewonly: &Result<bool, String>) -> Result<Value, Unknown> {
    match (value, viewonly) {
        (Ok(value), Err(why)) if is_hazardous(&value) => Err(Unknown {
            reason: format!("viewonly beside it can't be known: {why}"),
            help: Some("write the list by hand: with viewonly=True it is merge alone"),
        }),
        (value, _) => value,
    }
}

fn enclosing_call<'t>(call: &Node<'t>) -> Option<Node<'t>> {
    call.ancestors().take_while(|node| !node.kind().ends_with("_statement")).find(|node| node.kind() == "call")
}

struct Finder<'a> {
    resolver: &'a Resolver<'a>,
    module: &'a Arc<Module>,
    /// Who was called, by the callee's text and the function or class it stands in.
    callees: RefCell<HashMap<(String, Option<usize>), Callee>>,
    readers: Readers<'a>,
}

/// A call that gets a cascade, or a dictionary that may have one.
#[derive(Clone)]
pub(super) struct Receiver<'t> {
    pub call: Node<'t>,
    /// What it turned out to be, or why it can't be traced.
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
        Self { resolver, module, callees: RefCell::default(), readers: Readers::new(resolver) }
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
        match (env.get_match("CALLEE"), env.get_match("VALUE"), env.get_match("KEYWORDS")) {
            (Some(callee), Some(value), _) => {
                if let Some(receiver) = self.receiver(rule, callee) {
                    self.add_value(rule, &receiver, binding, &unparenthesized(value), sites);
                }
            }
            (Some(callee), None, Some(keywords)) => {
                if let Some(receiver) = self.receiver(rule, callee) {
                    let beside = self.keywords_beside(&receiver, keywords);
                    // a constant that is the whole pair
                    let is_pair = receiver.is_backref
                        && keywords.parent().is_some_and(|parent| parent.kind() == "keyword_argument");
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

    /// What may set a cascade on a relationship's property, and can't be followed.
    fn site_of_unknown_assignment(&self, rule: &Rule<Spelling>, object: &Node<'_>, binding: &Node<'_>) -> Option<Site> {
        let traced = Tracer { resolver: self.resolver }.trace(self.module, object);
        let why = Unknown {
            reason: format!("`{}` may set one on `{}`", shortened(&around(binding).text()), object.text()),
            help: Some("check by hand whether it sets a cascade, and which"),
        };
        let at = self.module.location(&binding.range());
        (traced == Object::Property).then(|| Site::unknown(&rule.config.id, at, why))
    }

    /// A cascade that is set on an object, which a rule of the user's need not name.
    fn site_of_assignment(
        &self,
        rule: &Rule<Spelling>,
        object: Option<&Node<'_>>,
        binding: &Node<'_>,
        value: &Node<'_>,
        sites: &mut Sites,
    ) -> Option<Site> {
        let mut value = unparenthesized(value);
        // `one.cascade = other.cascade = value`
        while value.kind() == "assignment" {
            value = unparenthesized(&value.field("right")?);
        }
        let traced =
            object.map_or(Object::Property, |object| Tracer { resolver: self.resolver }.trace(self.module, object));
        let evaluated = self.evaluated(&value, None, sites);
        let evaluated = match (traced, object) {
            (Object::Property, Some(object)) => {
                match read_back(object).filter(|_| evaluated.as_ref().is_ok_and(is_hazardous)) {
                    Some(read) => Err(Unknown {
                        reason: format!(
                            "line {} reads it back",
                            self.module.source.position(read.range().start).shown_line()
                        ),
                        help: Some("write the list by hand, and look at what is done with it there"),
                    }),
                    None => evaluated,
                }
            }
            (_, None) => evaluated,
            (Object::Unknown, Some(object))
                if evaluated.as_ref().is_ok_and(is_hazardous) && imports_sqlalchemy(self.module) =>
            {
                Err(Unknown {
                    reason: format!("`{}` can't be traced to a relationship", shortened(&object.text())),
                    help: Some("check by hand whether it is a relationship's property"),
                })
            }
            _ => return None,
        };
        let callee = "sqlalchemy.orm.RelationshipProperty.cascade".to_owned();
        let at = self.module.location(&value.range());
        let site = Site { value: evaluated, callee, ..Site::unknown(&rule.config.id, at, syntax_error()) };
        Some(Site { call: self.module.location(&binding.range()), ..site })
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
        let given = Given {
            keywords: Keywords::of(self.resolver, self.module, binding, &receiver.call),
            reading: self.reading(receiver, keys_to(value, &receiver.call)),
            ..Given::of_value(self.module.location(&value.range()))
        };
        let viewonly = self.viewonly(binding, receiver);
        let site = Site {
            value: with_known_viewonly(evaluated, &viewonly),
            sets: spelling.sets,
            viewonly: viewonly.unwrap_or(false),
            binding: Binding::of(binding),
            flag,
            ..self.site_of_call(&rule.config.id, receiver, given.at.clone(), given)
        };
        sites.add(site);
    }

    fn flag(&self, receiver: &Receiver<'_>, arguments: &Node<'_>, binding: &Node<'_>) -> Flag {
        let flag = Flag::of(arguments, binding);
        if !receiver.is_called() {
            return flag.beside_partial(arguments, &receiver.call);
        }
        let names = dotted_name(&receiver.callee).unwrap_or_default();
        let place = Place::of(self.module, &receiver.callee);
        let ends =
            if names.is_empty() { Vec::new() } else { self.resolver.follow(&place, &names, &Effort::for_callee()) };
        ends.iter().fold(flag, |flag, end| match end {
            End::Bound(found) => match found.value().filter(|value| value.kind() == "call") {
                Some(partial) => flag.beside_partial(arguments, &partial),
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
            let why = || Unknown::from(format!("`{}` is {}", argument.name, argument.what));
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
    fn viewonly(&self, node: &Node<'_>, receiver: &Receiver<'_>) -> Result<bool, String> {
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

    fn site_of_call(&self, rule: &str, receiver: &Receiver<'_>, at: Location, given: Given) -> Site {
        let Receiver { call, callee, is_backref, constructor, .. } = receiver;
        let written = || callee.text().into_owned();
        let relationship = receiver.is_called().then(|| model::of_call(self.module, call, *is_backref));
        Site {
            call: self.module.location(&call.range()),
            callee: constructor.as_ref().map_or_else(|_| written(), |(_, name)| name.clone()),
            givens: vec![Given { relationship, ..given }],
            ..Site::unknown(rule, at, syntax_error())
        }
    }

    /// Where what a call runs does something else with what is under the keys in its arguments.
    fn reading(&self, receiver: &Receiver<'_>, mut keys: Keys) -> Option<Reading> {
        if let Some(Key::Index(Some(index))) = keys.first_mut().filter(|_| !receiver.is_called()) {
            // the first argument of `functools.partial` is the function
            *index = index.saturating_sub(1);
        }
        receiver.constructor.as_ref().ok()?;
        self.readers.of_call(self.module, &receiver.callee, &keys)
    }

    /// What a call is given beside a dictionary, as far as a call of the constructor itself says all of it.
    fn keywords_beside<'t>(&self, receiver: &Receiver<'t>, dictionary: &Node<'t>) -> Keywords {
        let is_whole = match dictionary.parent() {
            Some(parent) if parent.kind() == "dictionary_splat" => {
                !matches!(receiver.constructor, Ok((ConstructorKind::Sqlmodel, _)))
            }
            // a constant that is the whole pair
            Some(parent) => !(receiver.is_backref && parent.kind() == "keyword_argument"),
            None => false,
        };
        match is_whole && receiver.is_called() {
            true => Keywords::of(self.resolver, self.module, dictionary, &receiver.call),
            false => Keywords::default(),
        }
    }

    /// The sites of the cascades that a dictionary of keyword arguments can hold.
    fn add_dictionary(
        &self,
        rule: &str,
        receiver: &Receiver<'_>,
        keywords: &Node<'_>,
        (beside, is_pair): (&Keywords, bool),
        sites: &mut Sites,
    ) {
        let place = Place::of(self.module, keywords);
        let effort = Effort::for_value();
        let is_sqlmodel = matches!(receiver.constructor, Ok((ConstructorKind::Sqlmodel, _)));
        let is_splatted = keywords.parent().is_some_and(|parent| parent.kind() == "dictionary_splat");
        let found = if is_sqlmodel && is_splatted {
            self.resolver.entries_inside(&place, keywords, "sa_relationship_kwargs", "cascade", &effort)
        } else if is_pair {
            self.resolver.entries_of_backref(&place, keywords, "cascade", &effort)
        } else {
            self.resolver.entries(&place, keywords, "cascade", &effort)
        };
        let mut keys = keys_to(keywords, &receiver.call);
        if is_sqlmodel && is_splatted {
            keys.push(Key::name("sa_relationship_kwargs"));
        } else if is_pair {
            keys.push(Key::Index(Some(1)));
        }
        keys.push(Key::name("cascade"));
        let given = Given {
            // nothing can be put over what is inside a pair
            is_sole: found.is_sole() && !is_pair,
            keywords: beside.clone(),
            reading: self.reading(receiver, keys),
            ..Given::of_value(self.module.location(&unparenthesized(keywords).range()))
        };
        if found.is_open && found.entries.is_empty() && found.arguments.is_empty() {
            self.open_dictionary(rule, receiver, &given, keywords).into_iter().for_each(|site| sites.add(site));
        }
        let Entries { entries, arguments, .. } = found;
        let viewonly = if entries.is_empty() { Ok(false) } else { self.viewonly(keywords, receiver) };
        if is_sqlmodel && is_splatted {
            for entry in self.resolver.entries(&place, keywords, "cascade_delete", &effort).entries {
                let why = "the flag stands in a dictionary".to_owned();
                let site = self.site_of_entry(rule, receiver, &given, entry, &viewonly, sites);
                sites.add(Site { sets: Sets::CascadeDelete, flag: Some(Flag::OutOfReach(why)), ..site });
            }
        }
        for argument in arguments {
            if let Some(wrapper) = self.wrapper(&argument, receiver) {
                sites.add_wrapper(wrapper);
            }
        }
        for entry in entries {
            let site = self.site_of_entry(rule, receiver, &given, entry, &viewonly, sites);
            sites.add(site);
        }
        if is_splatted && !is_sqlmodel && !receiver.is_backref {
            self.add_backref_in(rule, receiver, keywords, sites);
        }
    }

    /// The other side of a relationship, as a dictionary gives it that the call gets: `**{"backref": ("name", {"cascade": …})}`.
    fn add_backref_in(&self, rule: &str, receiver: &Receiver<'_>, keywords: &Node<'_>, sites: &mut Sites) {
        let (place, effort) = (Place::of(self.module, keywords), Effort::for_value());
        let found = self.resolver.entries_inside(&place, keywords, "backref", "cascade", &effort);
        if found.entries.is_empty() {
            return;
        }
        let receiver = Receiver { is_backref: true, ..receiver.clone() };
        let mut keys = keys_to(keywords, &receiver.call);
        keys.extend([Key::name("backref"), Key::Index(Some(1)), Key::name("cascade")]);
        let given = Given {
            is_sole: false,
            reading: self.reading(&receiver, keys),
            ..Given::of_value(self.module.location(&unparenthesized(keywords).range()))
        };
        let viewonly = self.viewonly(keywords, &receiver);
        for entry in found.entries {
            let site = self.site_of_entry(rule, &receiver, &given, entry, &viewonly, sites);
            sites.add(site);
        }
    }

    /// A dictionary that can't be followed, where nothing beside it says that it has no cascade.
    fn open_dictionary(&self, rule: &str, receiver: &Receiver<'_>, given: &Given, keywords: &Node<'_>) -> Option<Site> {
        let arguments = receiver.call.field("arguments")?;
        if ["cascade", "cascade_delete"].iter().any(|keyword| keyword_value(&arguments, keyword).is_some()) {
            return None;
        }
        let why = receiver.untraced().unwrap_or_else(|| Unknown {
            reason: format!("`{}` can't be followed, and may have one", shortened(&keywords.text())),
            help: Some("check by hand whether it has a cascade"),
        });
        let site = self.site_of_call(rule, receiver, given.at.clone(), given.clone());
        Some(Site { value: Err(why), ..site })
    }

    fn site_of_entry(
        &self,
        rule: &str,
        receiver: &Receiver<'_>,
        given: &Given,
        entry: Entry,
        viewonly: &Result<bool, String>,
        sites: &mut Sites,
    ) -> Site {
        let viewonly = entry.viewonly.map_or_else(|| viewonly.clone(), Ok);
        let value = if entry.is_broken {
            Err(syntax_error())
        } else if let Some(why) = receiver.untraced() {
            Err(why)
        } else {
            entry.value.map_err(Unknown::from).and_then(|value| self.known(value, Some(receiver), sites))
        };
        let value = with_known_viewonly(value, &viewonly);
        let viewonly = viewonly.unwrap_or(false);
        let given = Given { steps: entry.steps, ..given.clone() };
        let site = self.site_of_call(rule, receiver, entry.at.clone(), given);
        // reports show the call beside the value
        let call = if entry.at.path == site.call.path { site.call } else { entry.at };
        Site { value, viewonly, call, ..site }
    }

    /// What one call of a wrapper is given.
    fn add_call(&self, wrapper: &Wrapper, mention: &Node<'_>, sites: &mut Sites) {
        const RULE: &str = "wrapper-argument";
        let Some(call) = mention.ancestors().find(|node| node.kind() == "call") else { return };
        let Some(arguments) = call.field("arguments") else { return };
        let receiver = Receiver {
            call,
            constructor: Ok(wrapper.constructor.clone()),
            callee: mention.clone(),
            is_backref: wrapper.is_backref,
            sets: wrapper.sets,
        };
        let viewonly = match (&wrapper.viewonly, self.viewonly(&arguments, &receiver)) {
            (Ok(inside), Ok(outside)) => Ok(*inside || outside),
            (Err(why), _) => Err(why.clone()),
            (_, outside) => outside,
        };
        let is_pair = wrapper.argument.port == Port::Pair;
        match wrapper.argument.port {
            Port::Value => {
                let Some(value) = wrapper.given(&arguments, !receiver.is_called()) else {
                    self.add_splats(wrapper, &receiver, &arguments, &viewonly, sites);
                    return;
                };
                let value = unparenthesized(&value);
                let evaluated = self.evaluated(&value, Some(&receiver), sites);
                let at = self.module.location(&value.range());
                // what else the function does with it counts too
                let step = wrapper.argument.step(at.clone());
                let reading = self.reading(&receiver, keys_to(&value, &receiver.call));
                let given = Given { steps: vec![step], is_sole: false, reading, ..Given::of_value(at.clone()) };
                let flag = (wrapper.sets == Sets::CascadeDelete)
                    .then(|| Flag::OutOfReach(format!("`{}` hands the flag on", wrapper.name)));
                let site = self.site_of_call(RULE, &receiver, at, given);
                let value = with_known_viewonly(evaluated, &viewonly);
                let viewonly = viewonly.unwrap_or(false);
                sites.add(Site { value, viewonly, sets: wrapper.sets, flag, ..site });
            }
            Port::Dictionary | Port::Pair => {
                if let Some(dictionary) = wrapper.given(&arguments, !receiver.is_called()) {
                    self.add_dictionary(RULE, &receiver, &dictionary, (&Keywords::default(), is_pair), sites);
                }
            }
            Port::Keywords => {
                for dictionary in splatted(&arguments) {
                    self.add_dictionary(RULE, &receiver, &dictionary, (&Keywords::default(), is_pair), sites);
                }
                if let Some(value) = keyword_value(&arguments, "cascade") {
                    let value = unparenthesized(&value);
                    let evaluated = self.evaluated(&value, Some(&receiver), sites);
                    let reading = self.reading(&receiver, keys_to(&value, &receiver.call));
                    let given = Given { reading, ..Given::of_value(self.module.location(&value.range())) };
                    let site = self.site_of_call(RULE, &receiver, given.at.clone(), given);
                    let value = with_known_viewonly(evaluated, &viewonly);
                    sites.add(Site { value, viewonly: viewonly.unwrap_or(false), ..site });
                }
            }
        }
    }

    /// What a call may give to a wrapper's parameter by `*` and `**`.
    fn add_splats(
        &self,
        wrapper: &Wrapper,
        receiver: &Receiver<'_>,
        arguments: &Node<'_>,
        viewonly: &Result<bool, String>,
        sites: &mut Sites,
    ) {
        for dictionary in splatted(arguments) {
            let place = Place::of(self.module, &dictionary);
            let found = self.resolver.entries(&place, &dictionary, &wrapper.argument.name, &Effort::for_value());
            let at = self.module.location(&unparenthesized(&dictionary).range());
            let reading = self.reading(receiver, vec![Key::name(&wrapper.argument.name)]);
            let given = Given { is_sole: false, reading, ..Given::of_value(at) };
            for entry in found.entries {
                let site = self.site_of_entry("wrapper-argument", receiver, &given, entry, viewonly, sites);
                sites.add(site);
            }
        }
        let unpacked = arguments.named_children().find(|argument| argument.kind() == "list_splat");
        if let Some(unpacked) = unpacked.filter(|_| wrapper.argument.position.is_some()) {
            let reason = format!("`{}` may hand it to `{}`", unpacked.text(), wrapper.name);
            let given = Given::of_value(self.module.location(&unpacked.range()));
            let site = self.site_of_call("wrapper-argument", receiver, given.at.clone(), given);
            sites.add(Site { value: Err(Unknown::from(reason)), ..site });
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
