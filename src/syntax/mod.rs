//! Text goes in; a syntax tree comes out, with the few ways in which the stages walk it.

mod bodies;
mod comments;
mod flat;
mod groups;
mod hinted;
pub mod kind;
mod one_line;
mod rows;

use std::ops::Range;

use ast_grep_core::AstGrep;

use crate::source::Source;

pub use bodies::Outlining;
pub use groups::{
    is_block, is_clause, is_comprehension, is_definition, is_import, is_of_expressions, is_pattern, is_splat,
    is_statement,
};
pub use hinted::{calls_named, hinted_nodes, nodes_with_word, nodes_with_words};
pub use one_line::on_one_line;

/// Shorter bodies are parsed as soon as set aside, in bytes.
const SHORTEST_APART: usize = 120;

/// The document type of a parsed Python file.
pub type PythonDoc = flat::Flat;
/// A node of a parsed Python file.
pub type Node<'t> = ast_grep_core::Node<'t, PythonDoc>;

/// What a node consists of.
pub trait Parts<'t> {
    /// Its named children without comments, of which one can stand between any two of them.
    fn parts(&self) -> impl Iterator<Item = Node<'t>>;
}

impl<'t> Parts<'t> for Node<'t> {
    fn parts(&self) -> impl Iterator<Item = Node<'t>> {
        self.named_children().filter(|child| child.kind() != kind::COMMENT)
    }
}

/// A parsed Python file. Offsets are bytes of the text.
pub struct Tree(AstGrep<PythonDoc>);

impl Tree {
    /// Parses; never fails: what can't be parsed becomes error nodes.
    pub fn parse(text: &str) -> Self {
        Self(AstGrep::doc(PythonDoc::parse(text)))
    }

    /// The same, where that can be, without bodies as long as nobody goes into them. An error in one of them is found there alone.
    pub fn outline(text: &str, of: Outlining) -> Self {
        Self::outline_without(text, of, SHORTEST_APART)
    }

    /// The same without bodies from a length on, in bytes.
    pub fn outline_without(text: &str, of: Outlining, shortest: usize) -> Self {
        Self(AstGrep::doc(PythonDoc::outline(text, of, shortest)))
    }

    /// The tree of a part of the text, without parsing it, where that is one statement of expressions and the comment behind it.
    pub fn alone(&self, range: &Range<usize>) -> Option<Self> {
        Some(Self(AstGrep::doc(self.root().get_doc().alone(range)?)))
    }

    /// The tree of the text after edits that are in order.
    pub fn with_edits(&self, edits: &[(Range<usize>, &str)], after: &str) -> Self {
        let known = self.root().get_doc().with_words(edits);
        known.map_or_else(|| Self::parse(after), |document| Self(AstGrep::doc(document)))
    }

    /// Parses a file. Python that is not well-formed is taken for a template where that explains it.
    pub fn of(source: Source) -> (Source, Self) {
        let tree = Self::parse(source.parser_text());
        if !has_error(&tree.root()) {
            return (source, tree);
        }
        let Some(template) = source.as_template() else {
            return (source, tree);
        };
        let filled_in = Self::parse(template.parser_text());
        if filled_in.syntax_errors().len() < tree.syntax_errors().len() {
            (template, filled_in)
        } else {
            (source, tree)
        }
    }

    /// The root of the tree.
    pub fn root(&self) -> Node<'_> {
        self.0.root()
    }

    /// The innermost named node around a range.
    pub fn node_around(&self, range: &Range<usize>) -> Option<Node<'_>> {
        let root = self.root();
        let inner = root.get_inner_node().named_around(range)?;
        Some(root.root().adopt(inner))
    }

    /// The ranges of a parsed file that can't be parsed. A notebook's cells are looked at one by one: the parser's way out of an
    /// error in one of them may lead through others.
    pub fn syntax_errors_of(&self, source: &Source) -> Vec<Range<usize>> {
        if !has_error(&self.root()) {
            return Vec::new();
        }
        let text = source.parser_text();
        let of_cell = |cell: Range<usize>| {
            let errors = Self::parse(&text[cell.clone()]).syntax_errors();
            errors.into_iter().map(move |error| error.start + cell.start..error.end + cell.start)
        };
        let errors: Vec<_> = source.cells().into_iter().flat_map(of_cell).collect();
        if errors.is_empty() { self.syntax_errors() } else { errors }
    }

    /// The ranges that can't be parsed, in order; empty where the text is well-formed.
    pub fn syntax_errors(&self) -> Vec<Range<usize>> {
        if !self.root().get_inner_node().has_error() {
            return Vec::new();
        }
        let mut errors: Vec<Range<usize>> = Vec::new();
        for node in self.root().dfs() {
            let inside = errors.last().is_some_and(|last| node.range().end <= last.end);
            if (node.is_error() || node.is_missing()) && !inside {
                errors.push(node.range());
            }
        }
        errors
    }
}

/// Whether the node is a function, a lambda or a class: what has names of its own.
pub fn has_scope(node: &Node<'_>) -> bool {
    matches!(&*node.kind(), kind::FUNCTION_DEFINITION | kind::LAMBDA | kind::CLASS_DEFINITION)
}

/// Whether a node stands inside of so many others that nobody wrote it: what asks for those around each such node would take the square of
/// their number.
pub fn is_too_deep(node: &Node<'_>) -> bool {
    const MOST_AROUND: usize = 500;
    node.get_inner_node().depth() > MOST_AROUND
}

/// The node with a number, as [`Node::node_id`] gives it, of the tree of another one.
pub fn numbered<'t>(node: &Node<'t>, number: usize) -> Node<'t> {
    node.root().adopt(node.get_inner_node().numbered(number))
}

/// Whether some part of the node can't be parsed.
pub fn has_error(node: &Node<'_>) -> bool {
    node.get_inner_node().has_error()
}

/// The node without the parentheses around it.
pub fn unparenthesized<'t>(node: &Node<'t>) -> Node<'t> {
    let mut node = node.clone();
    while node.kind() == kind::PARENTHESIZED_EXPRESSION {
        let Some(inner) = node.parts().next() else {
            break;
        };
        node = inner;
    }
    node
}

/// `a.b.c` as its names, where the node is nothing else.
pub fn dotted_name(node: &Node<'_>) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut node = unparenthesized(node);
    loop {
        match &*node.kind() {
            kind::IDENTIFIER => {
                names.push(node.text().into_owned());
                names.reverse();
                return Some(names);
            }
            kind::ATTRIBUTE => {
                names.push(node.field("attribute")?.text().into_owned());
                node = unparenthesized(&node.field("object")?);
            }
            _ => return None,
        }
    }
}

/// How many parts of an expression are looked through for names.
const MOST_PARTS: usize = 300;

/// The names that an expression reads, dotted ones whole: `f`, `a.b` and `c` in `f(a.b, key=c)`.
pub fn names_read<'t>(expression: &Node<'t>) -> impl Iterator<Item = (Node<'t>, Vec<String>)> {
    let is_part = |node: &Node<'t>| {
        node.parent().is_some_and(|around| match &*around.kind() {
            kind::ATTRIBUTE => true,
            kind::KEYWORD_ARGUMENT => around.field("name").is_some_and(|name| name.range() == node.range()),
            _ => false,
        })
    };
    let parts = expression.dfs().take(MOST_PARTS).collect::<Vec<_>>().into_iter();
    let names = parts.filter(|node| matches!(&*node.kind(), kind::IDENTIFIER | kind::ATTRIBUTE));
    names.filter(move |node| !is_part(node)).filter_map(|node| dotted_name(&node).map(|names| (node, names)))
}

/// Whether calls of a function give it an object, or a class, before their own arguments.
pub fn is_method(function: &Node<'_>) -> bool {
    let around =
        function.ancestors().find(|node| matches!(&*node.kind(), kind::CLASS_DEFINITION | kind::FUNCTION_DEFINITION));
    let is_static = decorating(function).iter().any(|decorator| decorator.text().contains("staticmethod"));
    around.is_some_and(|around| around.kind() == kind::CLASS_DEFINITION)
        && !is_static
        && function.kind() == kind::FUNCTION_DEFINITION
}

/// `name = value`: the name that an expression, such as a lambda, is assigned to.
pub fn assigned_name<'t>(value: &Node<'t>) -> Option<Node<'t>> {
    let assignment = value.ancestors().find(|node| node.kind() != kind::PARENTHESIZED_EXPRESSION)?;
    assignment.field("left").filter(|left| assignment.kind() == kind::ASSIGNMENT && left.kind() == kind::IDENTIFIER)
}

/// The value of a keyword argument in an argument list, or of a string key in a dictionary display.
pub fn keyword_value<'t>(container: &Node<'t>, keyword: &str) -> Option<Node<'t>> {
    container.named_children().find_map(|child| {
        let matches = match &*child.kind() {
            kind::KEYWORD_ARGUMENT => child.field("name")?.text() == keyword,
            kind::PAIR => child.field("key").and_then(|key| string_content(&key)).as_deref() == Some(keyword),
            _ => false,
        };
        matches.then(|| child.field("value"))?
    })
}

/// The keyword arguments of a call, or the items of a dictionary display whose keys are string literals, in order.
pub fn keywords<'t>(container: &Node<'t>) -> impl Iterator<Item = (String, Node<'t>)> {
    let keywords = container.named_children().filter_map(|child| {
        let name = match &*child.kind() {
            kind::KEYWORD_ARGUMENT => child.field("name")?.text().into_owned(),
            kind::PAIR => string_content(&child.field("key")?)?,
            _ => return None,
        };
        Some((name, child.field("value")?))
    });
    keywords.collect::<Vec<_>>().into_iter()
}

/// Where a dictionary display, or a call of `dict`, has its items.
pub fn keyword_container<'t>(dictionary: &Node<'t>) -> Option<Node<'t>> {
    match &*dictionary.kind() {
        kind::DICTIONARY => Some(dictionary.clone()),
        kind::CALL if dictionary.field("function")?.text() == "dict" => dictionary.field("arguments"),
        _ => None,
    }
}

/// What stands between the quotes of a string literal; None where a part of it is filled in: its literal part alone is another string.
pub fn string_content(node: &Node<'_>) -> Option<String> {
    if node.kind() != kind::STRING || node.children().any(|child| child.kind() == kind::INTERPOLATION) {
        return None;
    }
    let content = node.named_children().find(|child| child.kind() == kind::STRING_CONTENT)?;
    Some(content.text().into_owned())
}

/// What stands between the quotes of a string literal: its literal parts, where others are filled in.
pub fn string_parts(node: &Node<'_>) -> Vec<Range<usize>> {
    node.named_children().filter(|child| child.kind() == kind::STRING_CONTENT).map(|content| content.range()).collect()
}

/// The call that a node is an argument of.
pub fn call_of_argument<'t>(argument: &Node<'t>) -> Option<Node<'t>> {
    argument.parent().filter(|list| list.kind() == kind::ARGUMENT_LIST)?.parent()
}

/// The first parameter of a function.
pub fn first_parameter<'t>(function: &Node<'t>) -> Option<Node<'t>> {
    function.field("parameters")?.parts().next()
}

/// The expressions that are splatted into a call: `options` in `f(**options)`.
pub fn splatted<'t>(arguments: &Node<'t>) -> Vec<Node<'t>> {
    let splats = arguments.named_children().filter(|argument| argument.kind() == kind::DICTIONARY_SPLAT);
    splats.filter_map(|splat| splat.named_children().next()).collect()
}

/// The arguments of a call that are given by position, comments left out.
pub fn positional_arguments<'t>(arguments: &Node<'t>) -> Vec<Node<'t>> {
    let is_named = |child: &Node<'_>| matches!(&*child.kind(), kind::KEYWORD_ARGUMENT | kind::DICTIONARY_SPLAT);
    arguments.parts().filter(|child| !is_named(child)).collect()
}

/// What a call of `getattr` asks for: `getattr(object, "name")`. None where the name is no string.
pub fn asked_attribute<'t>(call: &Node<'t>) -> Option<(Node<'t>, String)> {
    let given = positional_arguments(&call.field("arguments")?);
    let [object, name, ..] = given.as_slice() else { return None };
    Some((object.clone(), string_content(name)?))
}

/// `body if condition else otherwise`, in the order in which it is written.
pub fn conditional_parts<'t>(node: &Node<'t>) -> Option<[Node<'t>; 3]> {
    let parts: Vec<_> = node.parts().collect();
    parts.try_into().ok()
}

/// Whether the simple statement around a value, or in a compound one its container, has a syntax error.
pub fn is_broken(container: &Node<'_>, value: &Node<'_>) -> bool {
    let is_simple = |node: &Node<'_>| is_statement(node) && node.field("body").is_none();
    let statement = value.ancestors().find(|node| node.kind() == kind::BLOCK || is_simple(node));
    match statement.filter(is_simple) {
        Some(statement) => has_error(&statement),
        None => has_error(container),
    }
}

/// The targets and values of `a, b = 1, 2`, one by one; None where they don't stand so.
pub fn unpacked<'t>(left: &Node<'t>, right: &Node<'t>) -> Option<Vec<(Node<'t>, Node<'t>)>> {
    const SEVERAL: [&str; 6] =
        [kind::PATTERN_LIST, kind::TUPLE_PATTERN, kind::LIST_PATTERN, kind::EXPRESSION_LIST, kind::TUPLE, kind::LIST];
    let right = unparenthesized(right);
    if !SEVERAL.contains(&&*left.kind()) || !SEVERAL[3..].contains(&&*right.kind()) {
        return None;
    }
    let items = |node: &Node<'t>| -> Vec<Node<'t>> { node.parts().collect() };
    let (targets, values) = (items(left), items(&right));
    let is_starred = |node: &Node<'_>| matches!(&*node.kind(), kind::LIST_SPLAT | kind::LIST_SPLAT_PATTERN);
    let is_plain = targets.len() == values.len() && !targets.iter().chain(&values).any(is_starred);
    is_plain.then(|| targets.into_iter().zip(values).collect())
}

/// The value that one of several targets of an assignment gets.
pub fn unpacked_value<'t>(target: &Node<'t>) -> Option<Node<'t>> {
    let targets = target.parent()?;
    let assignment = targets.parent().filter(|around| around.kind() == kind::ASSIGNMENT)?;
    let pairs = unpacked(&targets, &assignment.field("right")?)?;
    pairs.into_iter().find(|(one, _)| one.range() == target.range()).map(|(_, value)| value)
}

/// What a function returns: the expressions of its own return statements, or a lambda's body.
pub fn returned<'t>(function: &Node<'t>) -> Vec<Node<'t>> {
    let Some(body) = function.field("body") else { return Vec::new() };
    if function.kind() == kind::LAMBDA {
        return vec![body];
    }
    let mut found = Vec::new();
    let mut stack = vec![body];
    while let Some(node) = stack.pop() {
        match &*node.kind() {
            kind::RETURN_STATEMENT => found.extend(node.parts().next()),
            _ if has_scope(&node) => {}
            kind::BLOCK => stack.extend(node.named_children()),
            _ if is_statement(&node) || is_clause(&node) => stack.extend(node.named_children()),
            _ => {}
        }
    }
    found
}

/// The definition of the function that code stands in.
pub fn definition_around<'t>(node: &Node<'t>) -> Option<Node<'t>> {
    node.ancestors().find(|around| around.kind() == kind::FUNCTION_DEFINITION)
}

/// Whether a function is a coroutine's.
pub fn is_async(function: &Node<'_>) -> bool {
    function.children().any(|child| child.kind() == "async")
}

/// Whether a boolean operator is `and`, and not `or`.
pub fn is_and(operator: &Node<'_>) -> bool {
    operator.children().any(|child| child.kind() == "and")
}

/// Whether a call, or another expression, is awaited where it stands.
pub fn is_awaited(node: &Node<'_>) -> bool {
    let around = node.ancestors().find(|around| around.kind() != kind::PARENTHESIZED_EXPRESSION);
    around.is_some_and(|around| around.kind() == kind::AWAIT)
}

/// The name that a parameter binds.
pub fn parameter_name<'t>(parameter: &Node<'t>) -> Option<Node<'t>> {
    match &*parameter.kind() {
        kind::IDENTIFIER => Some(parameter.clone()),
        kind::DEFAULT_PARAMETER | kind::TYPED_DEFAULT_PARAMETER => parameter.field("name"),
        kind::TYPED_PARAMETER | kind::DICTIONARY_SPLAT_PATTERN | kind::LIST_SPLAT_PATTERN => {
            parameter_name(&parameter.named_children().next()?)
        }
        _ => None,
    }
}

/// The names that an import binds.
pub fn imported_names<'t>(import: &Node<'t>) -> impl Iterator<Item = Node<'t>> {
    let name = |name: Node<'t>| name.field("alias").or_else(|| name.named_children().next());
    import.field_children("name").collect::<Vec<_>>().into_iter().filter_map(name)
}

/// The decorators of a definition.
pub fn decorating<'t>(definition: &Node<'t>) -> Vec<Node<'t>> {
    let is_decorated = |node: &Node<'_>| node.kind() == kind::DECORATED_DEFINITION;
    let around =
        if is_decorated(definition) { Some(definition.clone()) } else { definition.parent().filter(is_decorated) };
    around.iter().flat_map(Node::named_children).filter(|child| child.kind() == kind::DECORATOR).collect()
}

/// What decorates a definition, without the arguments that it is given.
pub fn decorators<'t>(definition: &Node<'t>) -> impl Iterator<Item = Node<'t>> + use<'t> {
    let expressions = decorating(definition).into_iter().filter_map(|decorator| decorator.named_children().next());
    expressions.map(|expression| expression.field("function").unwrap_or(expression))
}

/// The names of the decorators of a definition, each by its last part.
pub fn decorator_last_names(definition: &Node<'_>) -> Vec<String> {
    let last = |called: Node<'_>| called.field("attribute").unwrap_or(called).text().into_owned();
    decorators(definition).map(last).collect()
}

/// Whether the node is what an assignment gives a value.
pub fn is_assigned(node: &Node<'_>) -> bool {
    node.parent().is_some_and(|parent| {
        parent.kind() == kind::ASSIGNMENT && parent.field("left").is_some_and(|left| left.range() == node.range())
    })
}

/// The last name of what a call calls.
pub fn callee_name(call: &Node<'_>) -> Option<String> {
    let function = call.field("function").filter(|_| call.kind() == kind::CALL)?;
    Some(function.field("attribute").unwrap_or(function).text().into_owned())
}
