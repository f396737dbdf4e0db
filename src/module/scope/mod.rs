//! A module or a function goes in; what its names are bound to comes out.

mod targets;

use std::ops::Range;
use std::sync::Arc;

use crate::hints;
use crate::syntax::{Node, Parts, kind, parameter_name, unpacked};

use foldhash::HashMap;
use targets::{assigned, bases, function, imported, is_compared, module_name, splat_kind};

/// A dotted name, as its parts.
pub type Dotted = Vec<String>;

/// How many functions inside each other are looked into, where each hands its arguments on.
const MOST_NESTED: usize = 4;

/// The names bound in one scope.
#[derive(Debug, Default)]
pub struct Scope {
    bindings: HashMap<String, Vec<Binding>>,
    /// `from X import *`, in order, with its offset.
    pub stars: Vec<(ModuleName, usize)>,
    /// The function, lambda or class whose scope it is; None for a module's.
    pub owner: Option<ScopeOwner>,
}

/// Whose scope it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeOwner {
    /// The whole definition in the file.
    pub range: Range<usize>,
    /// A class, whose names are not seen from inside its functions.
    pub is_class: bool,
}

/// A module as an import statement names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleName {
    /// The number of leading dots; 0 for an absolute import.
    pub level: usize,
    /// The dotted name behind them, possibly empty.
    pub path: Dotted,
}

/// One way in which a scope binds a name. Ranges are bytes of the file's text.
#[derive(Debug)]
pub struct Binding {
    /// What it is bound to.
    pub kind: BindingKind,
    /// The name where it is bound.
    pub name: Range<usize>,
    /// What is assigned, the default of a parameter, or the definition of a function or class.
    pub value: Option<Range<usize>>,
    /// Stands in a branch that need not run.
    pub conditional: bool,
    /// The last offset from which one of the name's bindings up to this holds: a name can have thousands.
    latest: usize,
    /// The index of the last of them that always happens; 0 where there is none.
    certain: usize,
}

/// What a name is bound to.
#[derive(Debug)]
pub enum BindingKind {
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
    /// `name = …` with another expression.
    Expression,
    /// `name = None`, as a failed import leaves it behind.
    Nothing,
    /// A parameter of the function or lambda whose scope it is.
    Parameter(Parameter),
    /// Anything else, in words that complete "`name` is …".
    Opaque(String),
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// In words: "a parameter of `f`".
    pub what: String,
    /// Its index among those that can be given by position, from 0; None for the others.
    pub position: Option<usize>,
    /// `**name`
    pub is_keywords: bool,
    /// `*name`
    pub is_rest: bool,
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

    fn of(owner: &Node<'_>, is_class: bool) -> Self {
        Self { owner: Some(ScopeOwner { range: owner.range(), is_class }), ..Self::default() }
    }

    /// `levels` bounds the recursion into functions that hand on what they get.
    fn of_function_within(function: &Node<'_>, levels: usize) -> Self {
        let mut scope = Self::of(function, false);
        if let Some(parameters) = function.field("parameters") {
            scope.add_parameters(function, &parameters);
        }
        if let Some(body) = function.field("body") {
            scope.add_statements(&body, levels);
        }
        scope
    }

    fn add_parameters(&mut self, function: &Node<'_>, parameters: &Node<'_>) {
        let what = match function.field("name") {
            Some(name) => format!("a parameter of `{}`", name.text()),
            None => "a parameter of a lambda".to_owned(),
        };
        let mut position = Some(0);
        for node in parameters.parts() {
            let kind = splat_kind(&node);
            if matches!(kind.as_deref(), Some(kind::LIST_SPLAT_PATTERN | kind::KEYWORD_SEPARATOR)) {
                position = None;
            }
            let Some(name) = parameter_name(&node) else { continue };
            let parameter = Parameter {
                what: what.clone(),
                position: position.filter(|_| kind.is_none()),
                is_keywords: kind.as_deref() == Some(kind::DICTIONARY_SPLAT_PATTERN),
                is_rest: kind.as_deref() == Some(kind::LIST_SPLAT_PATTERN),
            };
            let default = node.field("value").map(|value| value.range());
            position = position.map(|position| position + 1);
            self.bind(&name, BindingKind::Parameter(parameter), default, false);
        }
    }

    /// The bindings of a class's own scope.
    pub fn of_class(class: &Node<'_>) -> Self {
        let mut scope = Self::of(class, true);
        if let Some(body) = class.field("body") {
            scope.add_statements(&body, MOST_NESTED);
        }
        scope
    }

    /// The names that are bound to classes.
    pub fn classes(&self) -> impl Iterator<Item = &str> {
        let is_class = |bindings: &Vec<Binding>| bindings.iter().any(|one| matches!(one.kind, BindingKind::Class(_)));
        self.bindings.iter().filter(move |(_, bindings)| is_class(bindings)).map(|(name, _)| name.as_str())
    }

    /// The parameters of the function whose scope it is, by name, in no order, and where each is bound.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &Parameter, &Binding)> {
        let bindings = self.bindings.iter().flat_map(|(name, all)| all.iter().map(move |binding| (&**name, binding)));
        bindings.filter_map(|(name, binding)| match &binding.kind {
            BindingKind::Parameter(parameter) => Some((name, parameter, binding)),
            _ => None,
        })
    }

    /// All bindings of a name, in order of position.
    pub fn all(&self, name: &str) -> &[Binding] {
        self.bindings.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// What a name can be bound to at an offset where the statements run in order: the last binding before it that always
    /// happens, and those in branches after that. Empty where none stands before the offset.
    pub fn before(&self, name: &str, offset: usize) -> &[Binding] {
        let bindings = self.all(name);
        // up to the first that holds from further on
        let bindings = &bindings[..bindings.partition_point(|binding| binding.latest <= offset)];
        &bindings[bindings.last().map_or(0, |last| last.certain)..]
    }

    fn bind(&mut self, name: &Node<'_>, kind: BindingKind, value: Option<Range<usize>>, conditional: bool) {
        let known = self.bindings.entry(name.text().into_owned()).or_default();
        // behind the statement, or the part of it, that binds the name
        let holds_from = value.as_ref().map_or(name.range().end, |value| value.end);
        let (latest, certain) = known.last().map_or((0, 0), |last| (last.latest, last.certain));
        let (latest, certain) = (latest.max(holds_from), if conditional { certain } else { known.len() });
        known.push(Binding { kind, name: name.range(), value, conditional, latest, certain });
    }

    /// Iterative, so that deep nesting costs no stack; functions and classes are named, not entered.
    fn add_statements(&mut self, root: &Node<'_>, levels: usize) {
        let mut stack = vec![(root.clone(), false)];
        while let Some((node, conditional)) = stack.pop() {
            let conditional = conditional || is_branch(&node);
            match &*node.kind() {
                kind::IMPORT_STATEMENT => self.add_import(&node, conditional),
                kind::IMPORT_FROM_STATEMENT => self.add_import_from(&node, conditional),
                kind::FUNCTION_DEFINITION => {
                    self.add_definition(&node, function(&node, levels), conditional);
                    self.add_globals(&node);
                }
                kind::CLASS_DEFINITION => self.add_definition(&node, BindingKind::Class(bases(&node)), conditional),
                kind::ASSIGNMENT => {
                    self.add_expression(&node, conditional);
                    self.add_assignments(&node, conditional);
                }
                kind::FOR_STATEMENT => {
                    self.add_pattern(node.field("left"), "a loop variable", true);
                    stack.extend(blocks_of(&node, conditional));
                }
                kind::CASE_CLAUSE => {
                    for pattern in node.parts().filter(|child| child.kind() == kind::CASE_PATTERN) {
                        self.add_pattern(Some(pattern), "captured by a pattern", true);
                    }
                    stack.extend(blocks_of(&node, conditional));
                }
                kind::AUGMENTED_ASSIGNMENT | kind::CALL | kind::NAMED_EXPRESSION | kind::PARENTHESIZED_EXPRESSION => {
                    self.add_expression(&node, conditional);
                }
                kind::AS_PATTERN_TARGET => self.add_pattern(Some(node), "bound by `as`", conditional),
                kind if is_transparent(kind) => stack.extend(blocks_of(&node, conditional)),
                _ => {}
            }
        }
    }

    fn add_definition(&mut self, node: &Node<'_>, kind: BindingKind, conditional: bool) {
        if let Some(name) = node.field("name") {
            self.bind(&name, kind, Some(node.range()), conditional);
        }
    }

    /// What a function assigns to names that it declares global; a function may declare those of the one around it nonlocal.
    fn add_globals(&mut self, function: &Node<'_>) {
        if !hints::may_share_names(&function.text()) {
            return;
        }
        let is_declaration =
            |node: &Node<'_>| matches!(&*node.kind(), kind::GLOBAL_STATEMENT | kind::NONLOCAL_STATEMENT);
        let declared: Vec<String> = function
            .dfs()
            .filter(is_declaration)
            .flat_map(|statement| statement.parts().map(|name| name.text().into_owned()).collect::<Vec<_>>())
            .collect();
        for assignment in function.dfs().filter(|node| node.kind() == kind::ASSIGNMENT) {
            let (Some(left), Some(right)) = (assignment.field("left"), assignment.field("right")) else { continue };
            if declared.iter().any(|name| left.kind() == kind::IDENTIFIER && left.text() == name.as_str()) {
                self.bind(&left, assigned(&right), Some(right.range()), true);
            }
        }
    }

    fn add_import(&mut self, node: &Node<'_>, conditional: bool) {
        for import in node.field_children("name") {
            let Some((mut path, alias)) = imported(&import) else { continue };
            if alias.is_none() {
                path.truncate(1);
            }
            let name = alias.or_else(|| import.parts().next()).unwrap_or(import);
            self.bind(&name, BindingKind::Module(path), None, conditional);
        }
    }

    fn add_import_from(&mut self, node: &Node<'_>, conditional: bool) {
        let Some(module) = node.field("module_name").map(|name| module_name(&name)) else {
            return;
        };
        if node.children().any(|child| child.kind() == kind::WILDCARD_IMPORT) {
            self.stars.push((module, node.range().start));
            return;
        }
        for import in node.field_children("name") {
            let Some((path, alias)) = imported(&import) else { continue };
            let name = alias.unwrap_or(import);
            self.bind(&name, BindingKind::Member(module.clone(), path.join(".")), None, conditional);
        }
    }

    /// `a = value`, and `a = b = value`
    fn add_assignments<'t>(&mut self, node: &Node<'t>, conditional: bool) {
        let nested = |node: &Node<'t>| node.field("right").filter(|right| right.kind() == kind::ASSIGNMENT);
        let all: Vec<Node<'t>> = std::iter::successors(Some(node.clone()), nested).collect();
        let Some(right) = all.last().and_then(|last| last.field("right")) else { return };
        for left in all.iter().filter_map(|assignment| assignment.field("left")) {
            self.add_assignment(left, &right, conditional);
        }
    }

    fn add_assignment<'t>(&mut self, left: Node<'t>, right: &Node<'t>, conditional: bool) {
        let pairs = unpacked(&left, right);
        if let Some(pairs) = pairs.filter(|pairs| pairs.iter().all(|(name, _)| name.kind() == kind::IDENTIFIER)) {
            for (name, value) in pairs {
                self.bind(&name, assigned(&value), Some(value.range()), conditional);
            }
            return;
        }
        if left.kind() != kind::IDENTIFIER {
            self.add_pattern(Some(left), "unpacked from another value", conditional);
            return;
        }
        self.bind(&left, assigned(right), Some(right.range()), conditional);
    }

    /// `name += value`, and every `name := value` in an expression.
    fn add_expression(&mut self, node: &Node<'_>, conditional: bool) {
        if node.kind() == kind::AUGMENTED_ASSIGNMENT {
            self.add_pattern(node.field("left"), "changed after it was assigned", true);
        }
        if node.text().contains(":=") {
            for walrus in node.dfs().filter(|node| node.kind() == kind::NAMED_EXPRESSION) {
                if let (Some(name), Some(value)) = (walrus.field("name"), walrus.field("value")) {
                    self.bind(&name, assigned(&value), Some(value.range()), conditional);
                }
            }
        }
    }

    fn add_pattern(&mut self, pattern: Option<Node<'_>>, what: &str, conditional: bool) {
        let Some(pattern) = pattern else { return };
        if matches!(&*pattern.kind(), kind::ATTRIBUTE | kind::SUBSCRIPT) {
            return;
        }
        // `one.name, other[0] = …` binds no name
        let is_of_object = |node: &Node<'_>| {
            let mut around = node.ancestors().take_while(|around| around.range() != pattern.range());
            around.any(|around| matches!(&*around.kind(), kind::ATTRIBUTE | kind::SUBSCRIPT))
        };
        let names = pattern.dfs().filter(|node| node.kind() == kind::IDENTIFIER && !is_compared(node));
        for node in names.filter(|node| !is_of_object(node)) {
            self.bind(&node, BindingKind::Opaque(what.to_owned()), None, conditional);
        }
    }
}

fn is_branch(node: &Node<'_>) -> bool {
    matches!(
        &*node.kind(),
        kind::IF_STATEMENT | kind::TRY_STATEMENT | kind::FOR_STATEMENT | kind::WHILE_STATEMENT | kind::MATCH_STATEMENT
    )
}

/// Statements whose inner statements run in the same scope.
fn is_transparent(kind: &str) -> bool {
    matches!(
        kind,
        kind::MODULE
            | kind::BLOCK
            | kind::IF_STATEMENT
            | kind::ELIF_CLAUSE
            | kind::ELSE_CLAUSE
            | kind::TRY_STATEMENT
            | kind::EXCEPT_CLAUSE
            | kind::FINALLY_CLAUSE
            | kind::WITH_STATEMENT
            | kind::WITH_CLAUSE
            | kind::WITH_ITEM
            | kind::AS_PATTERN
            | kind::WHILE_STATEMENT
            | kind::MATCH_STATEMENT
            | kind::CASE_CLAUSE
            | kind::EXPRESSION_STATEMENT
            | kind::DECORATED_DEFINITION
            | kind::ERROR
    )
}

fn blocks_of<'t>(node: &Node<'t>, conditional: bool) -> Vec<(Node<'t>, bool)> {
    // the stack is last in, first out, and later bindings win
    let mut children: Vec<_> = node.parts().map(|child| (child, conditional)).collect();
    children.reverse();
    children
}
