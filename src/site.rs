//! A file's syntax tree goes in; its cascade sites come out: each value bound to a relationship, with what was resolved.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::cascade::{self, CascadeOptions};
use crate::model::Relationship;
use crate::resolve::{Callee, Literal, Resolver, Scope, evaluate};
use crate::rules::{ConstructorKind, Rule, Rules, Sets, Spelling};
use crate::syntax::{Node, Tree, dotted_name, has_error, keyword_value, positional_arguments, unparenthesized};

/// One place where a cascade is bound to a relationship. Ranges are bytes of the text.
#[derive(Debug, Clone)]
pub struct Site {
    /// The id of the rule that matched.
    pub rule: String,
    /// The value, parentheses around it excluded.
    pub value_span: Range<usize>,
    /// The value, or why it can't be known.
    pub value: Result<Literal, Unknown>,
    /// What the value sets.
    pub sets: Sets,
    /// The call that gets the value.
    pub call_span: Range<usize>,
    /// The constructor's fully qualified name, or the callee as written where it can't be traced.
    pub callee: String,
    /// `viewonly=True` holds for the relationship.
    pub viewonly: bool,
    /// Where sqlmodel's flag can be overridden; None at other sites.
    pub flag: Option<Flag>,
    /// What is known of the relationship.
    pub relationship: Option<Relationship>,
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

/// The surroundings of sqlmodel's `cascade_delete`.
#[derive(Debug, Clone, PartialEq)]
pub enum Flag {
    /// `sa_relationship`, or a cascade in `sa_relationship_kwargs`, takes precedence.
    Overridden,
    /// A dictionary display of `sa_relationship_kwargs`: offset after its `{`, and whether it is empty.
    Display(usize, bool),
    /// A call of `dict` there: offset after its `(`, and whether it is empty.
    DictCall(usize, bool),
    /// `sa_relationship_kwargs=None`: the `None`.
    Nothing(Range<usize>),
    /// There is no `sa_relationship_kwargs` yet: the flag's own argument.
    Argument(Range<usize>),
    /// `sa_relationship_kwargs` is no literal; in words.
    OutOfReach(String),
}

impl Site {
    /// The range of the text that decides about the effective set: the value, or the whole call where a flag is overridden.
    pub fn effective_span(&self) -> &Range<usize> {
        if self.flag.is_some() { &self.call_span } else { &self.value_span }
    }

    /// The effective set that the site would have with other text in its place; None where that is not one
    /// expression, or gives no set.
    pub fn options_in(&self, text: &str) -> Option<CascadeOptions> {
        let tree = Tree::parse(&format!("({text})"));
        let statement = tree.root().named_children().next()?;
        if has_error(&tree.root()) {
            return None;
        }
        let mut value = unparenthesized(&statement.named_children().next()?);
        if self.flag.is_some() {
            let keywords = keyword_value(&value.field("arguments")?, "sa_relationship_kwargs")?;
            value = keyword_value(&keyword_container(&keywords)?, "cascade")?;
        }
        let options = cascade::parse(&evaluate(&value).ok()?.value).ok()?.options;
        Some(if self.viewonly { options.of_viewonly() } else { options })
    }
}

/// The sites of a file at an absolute path, in order of position.
pub fn find(rules: &Rules, resolver: &Resolver<'_>, path: &Path, tree: &Tree) -> Vec<Site> {
    let root = tree.root();
    let matches = rules.find_spellings(&root);
    let finder = Finder {
        resolver,
        path,
        scope: Arc::new(Scope::of_module(&root)),
        root,
        receivers: OnceCell::new(),
        callees: RefCell::default(),
    };
    let mut sites: Vec<Site> = Vec::new();
    let mut claimed = HashSet::new();
    for (rule, matched) in matches {
        let env = matched.get_env();
        let Some(value) = env.get_match("VALUE") else { continue };
        let callee = env.get_match("CALLEE").cloned();
        let keywords = env.get_match("KEYWORDS");
        let Some(callee) = callee.or_else(|| finder.receiver_of(keywords?)) else { continue };
        let mut site = finder.site(rule, matched.get_node(), &unparenthesized(value), &callee);
        if let (Some(site), Some(keywords)) = (&mut site, keywords) {
            // what holds for one call that gets the dictionary need not hold for the next
            site.relationship = None;
            if let Some(other) = finder.other_receiver_of(keywords) {
                site.value = Err(other);
            }
        }
        sites.extend(site.filter(|site| claimed.insert(site.value_span.start)));
    }
    for binding in rules.find_bindings(&finder.root) {
        let value = binding.field("value").map_or(binding.range(), |value| unparenthesized(&value).range());
        if !claimed.contains(&value.start) {
            sites.extend(finder.composed(&binding).or_else(|| unparsed(&binding)));
        }
    }
    sites.sort_by_key(|site| site.value_span.start);
    sites
}

/// A `cascade=` that a syntax error keeps from its call: who gets it can't be told.
fn unparsed(binding: &Node<'_>) -> Option<Site> {
    let mut around = binding.ancestors();
    around.find(|node| node.kind() == "call" && !has_error(node) || node.is_error()).filter(Node::is_error)?;
    let name = binding.field("name").or_else(|| binding.field("key")).unwrap_or_else(|| binding.clone());
    Some(Site {
        rule: "unparsed".to_owned(),
        value_span: name.range(),
        value: Err(syntax_error()),
        sets: Sets::Cascade,
        call_span: name.range(),
        callee: String::new(),
        viewonly: false,
        flag: None,
        relationship: None,
    })
}

fn syntax_error() -> Unknown {
    Unknown { reason: "the statement has a syntax error".to_owned(), help: Some("mend the syntax error") }
}

struct Finder<'a, 't> {
    resolver: &'a Resolver<'a>,
    path: &'a Path,
    scope: Arc<Scope>,
    root: Node<'t>,
    /// The calls that get a dictionary of keyword arguments by its name: `**name`, `sa_relationship_kwargs=name`.
    receivers: OnceCell<HashMap<String, Vec<Node<'t>>>>,
    /// Who was called, by the callee's text and the function it stands in.
    callees: RefCell<HashMap<(String, Option<usize>), Callee>>,
}

impl<'t> Finder<'_, 't> {
    fn callee(&self, function: &Node<'t>) -> Callee {
        let around = function.ancestors().find(|node| matches!(&*node.kind(), "function_definition" | "lambda"));
        let key = (function.text().into_owned(), around.map(|node| node.node_id()));
        if let Some(known) = self.callees.borrow().get(&key) {
            return known.clone();
        }
        let callee = self.resolver.callee(self.path, &self.scope, function);
        self.callees.borrow_mut().insert(key, callee.clone());
        callee
    }

    fn site(&self, rule: &Rule<Spelling>, binding: &Node<'t>, value: &Node<'t>, function: &Node<'t>) -> Option<Site> {
        let spelling = &rule.metadata;
        let call = function.ancestors().find(|node| node.kind() == "call")?;
        let (kind, callee, unknown) = match self.callee(function) {
            Callee::Constructor(kind, name) if spelling.of.contains(&kind) => (Some(kind), name, None),
            Callee::Unknown(why) => (None, function.text().into_owned(), Some(why)),
            _ => return None,
        };
        let container = binding.parent()?;
        let is_backref = spelling.is_backref || kind == Some(ConstructorKind::Backref);
        let is_called = call.field("function").is_some_and(|called| called.node_id() == function.node_id());
        let evaluated = if broken(&container, value) {
            Err(syntax_error())
        } else if let Some(why) = unknown {
            let reason = format!("`{}` can't be traced to SQLAlchemy: {why}", function.text());
            Err(Unknown { reason, help: Some("check by hand whether it makes a relationship") })
        } else {
            evaluate(value).map_err(Unknown::from)
        };
        let flag = (spelling.sets == Sets::CascadeDelete).then(|| flag(&container, binding));
        Some(Site {
            rule: rule.config.id.clone(),
            value_span: value.range(),
            value: evaluated,
            sets: spelling.sets,
            call_span: call.range(),
            callee,
            viewonly: is_viewonly(&container, &call, spelling, is_backref),
            flag,
            relationship: is_called.then(|| Relationship::of_call(&call, is_backref)).flatten(),
        })
    }

    /// The constructor that gets a dictionary of keyword arguments, by the dictionary's name: it is splatted into its
    /// call, or into one that gets the constructor as an argument, or it is `sa_relationship_kwargs`, or a backref's.
    fn receiver_of(&self, keywords: &Node<'t>) -> Option<Node<'t>> {
        let name = &*keywords.text();
        self.calls_with(keywords).iter().find_map(|call| self.constructor_in(call, name))
    }

    /// A call that gets the dictionary too, and makes no relationship.
    fn other_receiver_of(&self, keywords: &Node<'t>) -> Option<Unknown> {
        let name = &*keywords.text();
        let other = self.calls_with(keywords).into_iter().find(|call| self.constructor_in(call, name).is_none())?;
        let function = other.field("function")?;
        Some(format!("the dictionary `{name}` goes to `{}` too", function.text()).into())
    }

    /// The calls that get a dictionary by its name, in the scope that binds the name.
    fn calls_with(&self, keywords: &Node<'t>) -> Vec<Node<'t>> {
        let name = &*keywords.text();
        let function = enclosing_function(keywords);
        let receivers = self.receivers.get_or_init(|| receivers(&self.root));
        let same_name = receivers.get(name).into_iter().flatten().filter(|call| {
            let around = call.ancestors().filter(|node| node.kind() == "function_definition");
            let mut inner = around.take_while(|around| Some(around.node_id()) != function.as_ref().map(Node::node_id));
            let is_inside = function.as_ref().is_none_or(|function| function.range().contains(&call.range().start));
            is_inside && !inner.any(|around| Scope::of_function(&around).targets(name).next().is_some())
        });
        same_name.cloned().collect()
    }

    /// The constructor that is called, or handed over, in a call that gets the dictionary.
    fn constructor_in(&self, call: &Node<'t>, name: &str) -> Option<Node<'t>> {
        let arguments = call.field("arguments")?;
        let handed_over = keyword_value(&arguments, "sa_relationship_kwargs").is_some_and(|value| value.text() == name);
        let handed_on = positional_arguments(&arguments).into_iter().filter(|argument| dotted_name(argument).is_some());
        let is_constructor = |node: &Node<'t>| {
            let found = self.callee(node);
            matches!(found, Callee::Constructor(kind, _) if (kind == ConstructorKind::Sqlmodel) == handed_over)
        };
        call.field("function").into_iter().chain(handed_on.filter(|_| !handed_over)).find(is_constructor)
    }

    /// A binding that no spelling explains, in a dictionary that ends up with a constructor: its value is one of several.
    fn composed(&self, binding: &Node<'t>) -> Option<Site> {
        let value = unparenthesized(&binding.field("value")?);
        let callee = self.holder(binding)?;
        let Callee::Constructor(_, name) = self.callee(&callee) else { return None };
        let call = callee.ancestors().find(|node| node.kind() == "call")?;
        Some(Site {
            rule: "composed".to_owned(),
            value_span: value.range(),
            value: Err("it stands in a dictionary that is put together from parts".to_owned().into()),
            sets: Sets::Cascade,
            call_span: call.range(),
            callee: name,
            viewonly: false,
            flag: None,
            relationship: None,
        })
    }

    /// Who gets the dictionary around a binding, through the expressions that put it together.
    fn holder(&self, binding: &Node<'t>) -> Option<Node<'t>> {
        let mut in_dictionary = binding.kind() == "pair";
        for node in binding.ancestors() {
            match &*node.kind() {
                "dictionary"
                | "binary_operator"
                | "conditional_expression"
                | "boolean_operator"
                | "parenthesized_expression"
                | "argument_list"
                | "tuple"
                | "list" => {}
                "dictionary_splat" => in_dictionary = true,
                "keyword_argument" => {
                    let name = node.field("name")?;
                    if !matches!(&*name.text(), "sa_relationship_kwargs" | "backref") {
                        return None;
                    }
                }
                "call" if node.field("function")?.text() == "dict" => in_dictionary = true,
                "call"
                    if node.field("function")?.field("attribute").is_some_and(|method| method.text() == "update") =>
                {
                    let dictionary = node.field("function")?.field("object")?;
                    return self.receiver_of(&dictionary).filter(|_| in_dictionary);
                }
                "call" => return node.field("function").filter(|_| in_dictionary),
                "assignment" => {
                    let left = node.field("left").filter(|left| left.kind() == "identifier")?;
                    return self.receiver_of(&left).filter(|_| in_dictionary);
                }
                _ => return None,
            }
        }
        None
    }
}

/// The calls that get keyword arguments from a dictionary, by its name.
fn receivers<'t>(root: &Node<'t>) -> HashMap<String, Vec<Node<'t>>> {
    let mut receivers: HashMap<String, Vec<Node<'t>>> = HashMap::new();
    for call in root.dfs().filter(|node| node.kind() == "call") {
        let Some(arguments) = call.field("arguments") else { continue };
        let splatted = arguments.named_children().filter(|argument| argument.kind() == "dictionary_splat");
        let splatted = splatted.filter_map(|splat| splat.named_children().next());
        let of_backref = keyword_value(&arguments, "backref").filter(|pair| matches!(&*pair.kind(), "tuple" | "list"));
        let of_backref = of_backref.and_then(|pair| positional_arguments(&pair).into_iter().nth(1));
        for name in splatted.chain(keyword_value(&arguments, "sa_relationship_kwargs")).chain(of_backref) {
            if name.kind() == "identifier" {
                receivers.entry(name.text().into_owned()).or_default().push(call.clone());
            }
        }
    }
    receivers
}

fn enclosing_function<'t>(node: &Node<'t>) -> Option<Node<'t>> {
    node.ancestors().find(|node| node.kind() == "function_definition")
}

/// Whether `viewonly=True` stands beside the cascade: in the same call or dictionary, in a dictionary display splatted into the
/// call, or for sqlmodel's flag in `sa_relationship_kwargs`. A backref has it from the declaring side unless it says otherwise
/// (`RelationshipProperty._generate_backref` of SQLAlchemy). Other uses of a dictionary with a name are not looked at: what holds
/// for one call need not hold for the next.
fn is_viewonly(container: &Node<'_>, call: &Node<'_>, spelling: &Spelling, is_backref: bool) -> bool {
    let set_in = |container: &Node<'_>| keyword_value(container, "viewonly").map(|value| value.kind() == "true");
    let set_in_call = |call: &Node<'_>| {
        let arguments = call.field("arguments")?;
        let splats = arguments.named_children().filter(|argument| argument.kind() == "dictionary_splat");
        let splatted = splats.filter_map(|splat| keyword_container(&splat.named_children().next()?));
        std::iter::once(arguments.clone()).chain(splatted.collect::<Vec<_>>()).find_map(|place| set_in(&place))
    };
    let elsewhere = || {
        if !call.range().contains(&container.range().start) {
            return None;
        }
        if spelling.sets == Sets::CascadeDelete {
            return set_in(&keyword_container(&keyword_value(container, "sa_relationship_kwargs")?)?);
        }
        let declaring = || enclosing_call(call).filter(|_| is_backref && !spelling.is_backref);
        set_in_call(call).or_else(|| set_in_call(&declaring()?))
    };
    set_in(container).or_else(elsewhere).unwrap_or(false)
}

/// Where a dictionary display, or a call of `dict`, has its items.
fn keyword_container<'t>(dictionary: &Node<'t>) -> Option<Node<'t>> {
    match &*dictionary.kind() {
        "dictionary" => Some(dictionary.clone()),
        "call" if dictionary.field("function")?.text() == "dict" => dictionary.field("arguments"),
        _ => None,
    }
}

/// Whether the simple statement around a value, or in a compound one the call, has a syntax error.
fn broken(container: &Node<'_>, value: &Node<'_>) -> bool {
    let is_simple = |node: &Node<'_>| node.kind().ends_with("_statement") && node.field("body").is_none();
    let statement = value.ancestors().find(|node| node.kind() == "block" || is_simple(node));
    match statement.filter(is_simple) {
        Some(statement) => has_error(&statement),
        None => has_error(container),
    }
}

fn enclosing_call<'t>(call: &Node<'t>) -> Option<Node<'t>> {
    call.ancestors().take_while(|node| !node.kind().ends_with("_statement")).find(|node| node.kind() == "call")
}

fn flag(arguments: &Node<'_>, argument: &Node<'_>) -> Flag {
    if keyword_value(arguments, "sa_relationship").is_some_and(|value| value.kind() != "none") {
        return Flag::Overridden;
    }
    let Some(given) = keyword_value(arguments, "sa_relationship_kwargs") else {
        let splats = arguments.named_children().filter(|child| child.kind() == "dictionary_splat");
        let may_set_it = |splat: &Node<'_>| {
            let display = splat.named_children().next().and_then(|inner| keyword_container(&inner));
            display.is_none_or(|display| {
                display
                    .named_children()
                    .any(|child| child.kind() == "dictionary_splat" || child.text().contains("sa_relationship"))
            })
        };
        return match splats.into_iter().find(may_set_it) {
            None => Flag::Argument(argument.range()),
            Some(splat) => Flag::OutOfReach(format!("`{}` may set sa_relationship_kwargs already", splat.text())),
        };
    };
    if given.kind() == "none" {
        return Flag::Nothing(given.range());
    }
    let Some(container) = keyword_container(&given) else {
        return Flag::OutOfReach(format!("`{}` may set the cascade already", given.text()));
    };
    if keyword_value(&container, "cascade").is_some() {
        return Flag::Overridden;
    }
    if container.named_children().any(|child| !matches!(&*child.kind(), "pair" | "keyword_argument" | "comment")) {
        return Flag::OutOfReach(
            "a dictionary splatted into sa_relationship_kwargs may set the cascade already".to_owned(),
        );
    }
    let is_empty = container.named_children().next().is_none();
    let after_bracket = container.range().start + 1;
    match &*given.kind() {
        "dictionary" => Flag::Display(after_bracket, is_empty),
        _ => Flag::DictCall(after_bracket, is_empty),
    }
}
