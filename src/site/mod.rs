//! A file's syntax tree goes in; its cascade sites come out: each value bound to a relationship, with what was resolved.

mod cells;
mod dictionary;
mod filled_in;
mod flag;

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::cascade::{self, CascadeOptions};
use crate::hints::Hints;
use crate::model::Relationship;
use crate::resolve::{Callee, Literal, Resolver, Scope, evaluate};
use crate::rules::{ConstructorKind, Rule, Rules, Sets, Spelling};
use crate::syntax::{
    Node, Tree, has_error, has_scope, hinted_nodes, keyword_container, keyword_value, splatted, string_content,
    unparenthesized,
};

pub use cells::find_in_cells;
pub use filled_in::withdraw;
pub use flag::Flag;

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

impl Site {
    /// A site of which nothing is known but where it is and why.
    fn unknown(rule: &str, value_span: Range<usize>, call_span: Range<usize>, callee: String, why: Unknown) -> Self {
        Self {
            rule: rule.to_owned(),
            value_span,
            value: Err(why),
            sets: Sets::Cascade,
            call_span,
            callee,
            viewonly: false,
            flag: None,
            relationship: None,
        }
    }

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
    let hints = Hints::of_sites(&root.get_doc().src, &rules.words);
    let matches = rules.find_spellings(&root, &hints);
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
        let value = unparenthesized(value);
        let site = match (env.get_match("CALLEE"), env.get_match("KEYWORDS")) {
            (Some(callee), _) => finder.site(rule, matched.get_node(), &value, callee),
            (None, Some(keywords)) => finder.site_in_dictionary(rule, matched.get_node(), &value, keywords),
            (None, None) => None,
        };
        sites.extend(site.filter(|site| claimed.insert(site.value_span.start)));
    }
    for binding in hinted_nodes(&finder.root, &hints).filter(binds_cascade) {
        let value = binding.field("value").map_or(binding.range(), |value| unparenthesized(&value).range());
        if !claimed.contains(&value.start) {
            sites.extend(finder.composed(&binding).or_else(|| unparsed(&binding)));
        }
    }
    sites.sort_by_key(|site| site.value_span.start);
    sites
}

/// Whether the node is a pair or a keyword argument that binds the name `cascade` to something, whatever it stands in; or the
/// name itself in code that can't be parsed.
fn binds_cascade(node: &Node<'_>) -> bool {
    let key = match &*node.kind() {
        "pair" => node.field("key").and_then(|key| string_content(&key)),
        "keyword_argument" => node.field("name").map(|name| name.text().into_owned()),
        "identifier" if node.parent().is_some_and(|parent| parent.is_error()) => Some(node.text().into_owned()),
        _ => None,
    };
    matches!(key.as_deref(), Some("cascade" | "cascade_delete"))
}

/// A `cascade=` that a syntax error keeps from its call: who gets it can't be told.
fn unparsed(binding: &Node<'_>) -> Option<Site> {
    let mut around = binding.ancestors();
    around.find(|node| node.kind() == "call" && !has_error(node) || node.is_error()).filter(Node::is_error)?;
    let name = binding.field("name").or_else(|| binding.field("key")).unwrap_or_else(|| binding.clone());
    Some(Site::unknown("unparsed", name.range(), name.range(), String::new(), syntax_error()))
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
    /// Who was called, by the callee's text and the function or class it stands in.
    callees: RefCell<HashMap<(String, Option<usize>), Callee>>,
}

impl<'t> Finder<'_, 't> {
    fn callee(&self, function: &Node<'t>) -> Callee {
        let around = function.ancestors().find(has_scope);
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
        let flag = (spelling.sets == Sets::CascadeDelete).then(|| Flag::of(&container, binding));
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
}

/// Whether `viewonly=True` stands beside the cascade: in the same call or dictionary, in a dictionary display splatted into the
/// call, or for sqlmodel's flag in `sa_relationship_kwargs`. A backref has it from the declaring side unless it says otherwise
/// (`RelationshipProperty._generate_backref` of SQLAlchemy). Other uses of a dictionary with a name are not looked at: what holds
/// for one call need not hold for the next.
fn is_viewonly(container: &Node<'_>, call: &Node<'_>, spelling: &Spelling, is_backref: bool) -> bool {
    let set_in = |container: &Node<'_>| keyword_value(container, "viewonly").map(|value| value.kind() == "true");
    let set_in_call = |call: &Node<'_>| {
        let arguments = call.field("arguments")?;
        let displays = splatted(&arguments).into_iter().filter_map(|splatted| keyword_container(&splatted));
        std::iter::once(arguments.clone()).chain(displays).find_map(|place| set_in(&place))
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
