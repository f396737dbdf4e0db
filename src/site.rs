//! A file's syntax tree goes in; its cascade sites come out: each value bound to a relationship, with what was resolved.

use std::cell::RefCell;
use std::collections::HashMap;
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
    pub value: Result<Literal, String>,
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

/// The surroundings of sqlmodel's `cascade_delete`.
#[derive(Debug, Clone, PartialEq)]
pub enum Flag {
    /// `sa_relationship`, or a cascade in `sa_relationship_kwargs`, takes precedence.
    Overridden,
    /// A dictionary display of `sa_relationship_kwargs`: offset after its `{`, and whether it is empty.
    Display(usize, bool),
    /// A call of `dict` there: offset after its `(`, and whether it is empty.
    DictCall(usize, bool),
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
    if matches.is_empty() {
        return Vec::new();
    }
    let finder = Finder { resolver, path, scope: Arc::new(Scope::of_module(&root)), root, callees: RefCell::default() };
    let mut sites: Vec<Site> = Vec::new();
    for (rule, matched) in matches {
        let env = matched.get_env();
        let Some(value) = env.get_match("VALUE") else { continue };
        let callee = env.get_match("CALLEE").cloned();
        let callee = callee.or_else(|| finder.receiver_of(env.get_match("KEYWORDS")?));
        let Some(callee) = callee else { continue };
        let site = finder.site(rule, matched.get_node(), &unparenthesized(value), &callee);
        sites.extend(site.filter(|site| sites.iter().all(|known| known.value_span != site.value_span)));
    }
    sites.sort_by_key(|site| site.value_span.start);
    sites
}

struct Finder<'a, 't> {
    resolver: &'a Resolver<'a>,
    path: &'a Path,
    scope: Arc<Scope>,
    root: Node<'t>,
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
        let (callee, unknown) = match self.callee(function) {
            Callee::Constructor(kind, name) if spelling.of.contains(&kind) => (name, None),
            Callee::Unknown(why) => (function.text().into_owned(), Some(why)),
            _ => return None,
        };
        let container = binding.parent()?;
        let is_backref = spelling.is_backref || callee.ends_with(".backref");
        let evaluated = if broken(&container, value) {
            Err("the statement has a syntax error".to_owned())
        } else if let Some(why) = unknown {
            Err(format!("who `{}` is can't be told: {why}", function.text()))
        } else {
            evaluate(value)
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
            relationship: Relationship::of_call(&call, is_backref),
        })
    }

    /// The constructor that gets a dictionary of keyword arguments, by the dictionary's name: it is splatted into its
    /// call, or into one that gets the constructor as an argument, or it is `sa_relationship_kwargs`.
    fn receiver_of(&self, keywords: &Node<'t>) -> Option<Node<'t>> {
        let scope = keywords.ancestors().find(|node| node.kind() == "function_definition");
        let name = keywords.text();
        let calls = scope.as_ref().unwrap_or(&self.root).dfs().filter(|node| node.kind() == "call");
        for call in calls.collect::<Vec<_>>() {
            let (Some(function), Some(arguments)) = (call.field("function"), call.field("arguments")) else {
                continue;
            };
            let splatted = arguments.named_children().any(|argument| {
                argument.kind() == "dictionary_splat" && argument.named_children().any(|inner| inner.text() == name)
            });
            let handed_over =
                keyword_value(&arguments, "sa_relationship_kwargs").is_some_and(|value| value.text() == name);
            if !splatted && !handed_over {
                continue;
            }
            let handed_on = positional_arguments(&arguments).into_iter().filter(|_| splatted);
            let found = std::iter::once(function)
                .chain(handed_on.filter(|argument| dotted_name(argument).is_some()))
                .find(|node| matches!(self.callee(node), Callee::Constructor(kind, _) if (kind == ConstructorKind::Sqlmodel) == handed_over));
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// Whether `viewonly=True` stands beside the cascade, or for sqlmodel's flag in `sa_relationship_kwargs`. A backref has it from the
/// declaring side unless it says otherwise (`RelationshipProperty._generate_backref` of SQLAlchemy).
fn is_viewonly(container: &Node<'_>, call: &Node<'_>, spelling: &Spelling, is_backref: bool) -> bool {
    let set_in = |container: &Node<'_>| keyword_value(container, "viewonly").map(|value| value.kind() == "true");
    let elsewhere = || {
        if spelling.sets == Sets::CascadeDelete {
            return set_in(&keyword_container(&keyword_value(container, "sa_relationship_kwargs")?)?);
        }
        let declaring = if spelling.is_backref { Some(call.clone()) } else { enclosing_call(call) };
        declaring.filter(|_| is_backref).and_then(|declaring| set_in(&declaring.field("arguments")?))
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
    let Some(given) = keyword_value(arguments, "sa_relationship_kwargs").filter(|value| value.kind() != "none") else {
        let splatted = arguments.named_children().any(|child| child.kind() == "dictionary_splat");
        return match (splatted, keyword_value(arguments, "sa_relationship_kwargs")) {
            (false, None) => Flag::Argument(argument.range()),
            _ => Flag::OutOfReach("the call may set sa_relationship_kwargs already".to_owned()),
        };
    };
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
