//! A module or a function goes in; what its names are bound to comes out.

use std::collections::HashMap;
use std::sync::Arc;

use crate::syntax::{Node, dotted_name, keyword_value, positional_arguments, splatted, unparenthesized};

/// A dotted name, as its parts.
pub type Dotted = Vec<String>;

/// How many functions inside each other are looked into, where each hands its arguments on.
const MOST_NESTED: usize = 4;

/// The names bound in one scope.
#[derive(Debug, Default)]
pub struct Scope {
    bindings: HashMap<String, Vec<Binding>>,
    /// `from X import *`, in order.
    pub stars: Vec<ModuleName>,
}

/// A module as an import statement names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleName {
    /// The number of leading dots; 0 for an absolute import.
    pub level: usize,
    /// The dotted name behind them, possibly empty.
    pub path: Dotted,
}

#[derive(Debug)]
struct Binding {
    target: Target,
    /// Stands in a branch that need not run.
    conditional: bool,
}

/// What a name is bound to.
#[derive(Debug)]
pub enum Target {
    /// `import a.b as name`, or `import name`
    Module(Dotted),
    /// `from module import member as name`
    Member(ModuleName, String),
    /// `name = a.b`
    Alias(Dotted),
    /// `name = callee(…)`, with the first argument where it is a name.
    CallResult {
        /// What is called.
        callee: Dotted,
        /// The first positional argument.
        first_argument: Option<Dotted>,
    },
    /// `def name(…)` or a lambda, with the functions it hands its own keyword arguments or `cascade` on to, and the scope
    /// in which these are called.
    Function(Vec<Dotted>, Arc<Scope>),
    /// `class name(bases)`
    Class(Vec<Dotted>),
    /// Anything else, in words that complete "`name` is …".
    Opaque(String),
}

impl Scope {
    /// The bindings of a module's own scope.
    pub fn of_module(root: &Node<'_>) -> Self {
        let mut scope = Self::default();
        scope.add_statements(root, MOST_NESTED);
        scope
    }

    /// The bindings of a function's or lambda's own scope.
    pub fn of_function(function: &Node<'_>) -> Self {
        Self::of_function_within(function, MOST_NESTED)
    }

    /// `levels` bounds the recursion into functions that hand on what they get.
    fn of_function_within(function: &Node<'_>, levels: usize) -> Self {
        let mut scope = Self::default();
        if let Some(parameters) = function.field("parameters") {
            let name = function.field("name").map(|name| name.text().into_owned());
            let what = match name {
                Some(name) => format!("a parameter of `{name}`"),
                None => "a parameter of a lambda".to_owned(),
            };
            for parameter in parameters.named_children().filter_map(|node| parameter_name(&node)) {
                scope.bind(parameter, Target::Opaque(what.clone()), false);
            }
        }
        if let Some(body) = function.field("body") {
            scope.add_statements(&body, levels);
        }
        scope
    }

    /// The bindings of a class's own scope that stand before an offset of the text.
    pub fn of_class_before(class: &Node<'_>, offset: usize) -> Self {
        let mut scope = Self::default();
        let body = class.field("body");
        let statements = body.iter().flat_map(|body| body.named_children());
        for statement in statements.take_while(|statement| statement.range().end <= offset) {
            scope.add_statements(&statement, MOST_NESTED);
        }
        scope
    }

    /// What a name can be bound to when the scope has run: the last binding that always happens, and those in
    /// branches after it, each with its number. Empty where the scope does not bind it.
    pub fn targets(&self, name: &str) -> impl Iterator<Item = (usize, &Target)> {
        self.targets_before(name, usize::MAX)
    }

    /// The same before the binding with the number: what the name is in `name = partial(name, …)`.
    pub fn targets_before(&self, name: &str, number: usize) -> impl Iterator<Item = (usize, &Target)> {
        let bindings = self.bindings.get(name).map(Vec::as_slice).unwrap_or_default();
        let bindings = &bindings[..number.min(bindings.len())];
        let from = bindings.iter().rposition(|binding| !binding.conditional).unwrap_or(0);
        bindings.iter().enumerate().skip(from).map(|(number, binding)| (number, &binding.target))
    }

    fn bind(&mut self, name: String, target: Target, conditional: bool) {
        self.bindings.entry(name).or_default().push(Binding { target, conditional });
    }

    /// Iterative, so that deep nesting costs no stack; functions and classes are named, not entered.
    fn add_statements(&mut self, root: &Node<'_>, levels: usize) {
        let mut stack = vec![(root.clone(), false)];
        while let Some((node, conditional)) = stack.pop() {
            let conditional = conditional || is_branch(&node);
            match &*node.kind() {
                "import_statement" => self.add_import(&node, conditional),
                "import_from_statement" => self.add_import_from(&node, conditional),
                "function_definition" => self.add_definition(&node, function(&node, levels), conditional),
                "class_definition" => self.add_definition(&node, Target::Class(bases(&node)), conditional),
                "assignment" => {
                    self.add_assignment(&node, conditional);
                    // `a = b = value`
                    stack.extend(
                        node.field("right")
                            .filter(|right| right.kind() == "assignment")
                            .map(|right| (right, conditional)),
                    );
                }
                "for_statement" => {
                    self.add_pattern(node.field("left"), "a loop variable", true);
                    stack.extend(blocks_of(&node, conditional));
                }
                "as_pattern_target" => self.add_pattern(Some(node), "bound by `as`", conditional),
                kind if is_transparent(kind) => stack.extend(blocks_of(&node, conditional)),
                _ => {}
            }
        }
    }

    fn add_definition(&mut self, node: &Node<'_>, target: Target, conditional: bool) {
        if let Some(name) = node.field("name") {
            self.bind(name.text().into_owned(), target, conditional);
        }
    }

    fn add_import(&mut self, node: &Node<'_>, conditional: bool) {
        for import in node.field_children("name") {
            let Some((path, alias)) = imported(&import) else { continue };
            match alias {
                Some(alias) => self.bind(alias, Target::Module(path), conditional),
                None => {
                    let head = path[0].clone();
                    self.bind(head.clone(), Target::Module(vec![head]), conditional);
                }
            }
        }
    }

    fn add_import_from(&mut self, node: &Node<'_>, conditional: bool) {
        let Some(module) = node.field("module_name").map(|name| module_name(&name)) else {
            return;
        };
        if node.children().any(|child| child.kind() == "wildcard_import") {
            self.stars.push(module);
            return;
        }
        for import in node.field_children("name") {
            let Some((path, alias)) = imported(&import) else { continue };
            let member = path.join(".");
            let name = alias.unwrap_or_else(|| member.clone());
            self.bind(name, Target::Member(module.clone(), member), conditional);
        }
    }

    fn add_assignment(&mut self, node: &Node<'_>, conditional: bool) {
        let Some(left) = node.field("left") else { return };
        let Some(mut right) = node.field("right") else { return };
        while right.kind() == "assignment" {
            let Some(inner) = right.field("right") else { return };
            right = inner;
        }
        if left.kind() != "identifier" {
            self.add_pattern(Some(left), "unpacked from another value", conditional);
            return;
        }
        // `relationship = None` is what a failed import leaves behind
        if right.kind() != "none" {
            self.bind(left.text().into_owned(), assigned(&right), conditional);
        }
    }

    fn add_pattern(&mut self, pattern: Option<Node<'_>>, what: &str, conditional: bool) {
        let Some(pattern) = pattern else { return };
        if matches!(&*pattern.kind(), "attribute" | "subscript") {
            return;
        }
        for node in pattern.dfs().filter(|node| node.kind() == "identifier") {
            self.bind(node.text().into_owned(), Target::Opaque(what.to_owned()), conditional);
        }
    }
}

fn is_branch(node: &Node<'_>) -> bool {
    matches!(&*node.kind(), "if_statement" | "try_statement" | "for_statement" | "while_statement" | "match_statement")
}

/// Statements whose inner statements run in the same scope.
fn is_transparent(kind: &str) -> bool {
    matches!(
        kind,
        "module"
            | "block"
            | "if_statement"
            | "elif_clause"
            | "else_clause"
            | "try_statement"
            | "except_clause"
            | "except_group_clause"
            | "finally_clause"
            | "with_statement"
            | "with_clause"
            | "with_item"
            | "as_pattern"
            | "while_statement"
            | "match_statement"
            | "case_clause"
            | "expression_statement"
            | "decorated_definition"
            | "ERROR"
    )
}

fn blocks_of<'t>(node: &Node<'t>, conditional: bool) -> Vec<(Node<'t>, bool)> {
    // the stack is last in, first out, and later bindings win
    let mut children: Vec<_> = node.named_children().map(|child| (child, conditional)).collect();
    children.reverse();
    children
}

fn imported(node: &Node<'_>) -> Option<(Dotted, Option<String>)> {
    if node.kind() == "aliased_import" {
        let alias = node.field("alias")?.text().into_owned();
        return Some((split(&node.field("name")?), Some(alias)));
    }
    Some((split(node), None)).filter(|(path, _)| !path.is_empty())
}

fn split(node: &Node<'_>) -> Dotted {
    node.named_children().filter(|child| child.kind() == "identifier").map(|child| child.text().into_owned()).collect()
}

fn module_name(node: &Node<'_>) -> ModuleName {
    if node.kind() != "relative_import" {
        return ModuleName { level: 0, path: split(node) };
    }
    let level = node
        .children()
        .find(|child| child.kind() == "import_prefix")
        .map_or(0, |prefix| prefix.text().matches('.').count());
    let path = node.children().find(|child| child.kind() == "dotted_name").map_or_else(Vec::new, |name| split(&name));
    ModuleName { level, path }
}

fn assigned(right: &Node<'_>) -> Target {
    let right = unparenthesized(right);
    if let Some(path) = dotted_name(&right) {
        return Target::Alias(path);
    }
    match &*right.kind() {
        "call" => {
            let callee = right.field("function").and_then(|function| dotted_name(&function));
            let first_argument = right
                .field("arguments")
                .and_then(|arguments| positional_arguments(&arguments).into_iter().next())
                .and_then(|argument| dotted_name(&argument));
            match callee {
                Some(callee) => Target::CallResult { callee, first_argument },
                None => Target::Opaque("the result of a call".to_owned()),
            }
        }
        "lambda" => function(&right, 0),
        _ => Target::Opaque("no import and no definition".to_owned()),
    }
}

fn bases(class: &Node<'_>) -> Vec<Dotted> {
    let Some(arguments) = class.field("superclasses") else {
        return Vec::new();
    };
    positional_arguments(&arguments).iter().filter_map(dotted_name).collect()
}

fn function(node: &Node<'_>, levels: usize) -> Target {
    let handed_on = handed_on(node);
    let scope = match levels.checked_sub(1) {
        Some(levels) if !handed_on.is_empty() => Scope::of_function_within(node, levels),
        _ => Scope::default(),
    };
    Target::Function(handed_on, Arc::new(scope))
}

/// What a function calls with its own `**kwargs`, or with its own parameter `cascade`.
fn handed_on(function: &Node<'_>) -> Vec<Dotted> {
    let (Some(parameters), Some(body)) = (function.field("parameters"), function.field("body")) else {
        return Vec::new();
    };
    let rest = parameters
        .named_children()
        .find(|parameter| parameter.kind() == "dictionary_splat_pattern")
        .and_then(|splat| parameter_name(&splat));
    let takes_cascade =
        parameters.named_children().any(|parameter| parameter_name(&parameter).as_deref() == Some("cascade"));
    if rest.is_none() && !takes_cascade {
        return Vec::new();
    }
    let hands_on = |arguments: &Node<'_>| {
        let splats = splatted(arguments).iter().any(|name| Some(&*name.text()) == rest.as_deref());
        splats || takes_cascade && keyword_value(arguments, "cascade").is_some_and(|value| value.text() == "cascade")
    };
    body.dfs()
        .filter(|node| node.kind() == "call")
        .filter(|call| call.field("arguments").is_some_and(|arguments| hands_on(&arguments)))
        .filter_map(|call| dotted_name(&call.field("function")?))
        .collect()
}

fn parameter_name(node: &Node<'_>) -> Option<String> {
    match &*node.kind() {
        "identifier" => Some(node.text().into_owned()),
        "default_parameter" | "typed_default_parameter" => node.field("name").map(|name| name.text().into_owned()),
        "typed_parameter" | "dictionary_splat_pattern" | "list_splat_pattern" => {
            node.named_children().next().and_then(|child| parameter_name(&child))
        }
        _ => None,
    }
}
