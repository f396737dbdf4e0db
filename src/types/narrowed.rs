//! The use of an expression goes in; the `isinstance` tests that hold there come out, and what they leave of it.

use crate::module::Module;
use crate::syntax::{Node, Parts, conditional_parts, has_scope, is_and, kind, positional_arguments, unparenthesized};

use super::kind::Type;
use super::reaching::leaves;
use super::{Context, Types};

/// A test that holds where the expression is used.
pub(super) struct Tested<'t> {
    /// The class, or the classes, that it is tested for.
    pub classes: Node<'t>,
    /// Whether it is an object of one of them; else of none.
    pub is_one: bool,
}

impl Types<'_> {
    /// What is left of it after the tests that hold.
    pub(super) fn narrowed(&self, context: &Context, found: Type, tests: &[&Tested<'_>]) -> Type {
        tests.iter().fold(found, |found, test| {
            let classes = self.tested_classes(context, &test.classes);
            let is_of = |part: &Type, class: &Type| match (part, class) {
                (Type::Object(one, _), Type::Class(class, _)) => self.inherits(one, class),
                (part, Type::Outside(path)) => is_of_builtin(part, path.last().map_or("", String::as_str)),
                _ => false,
            };
            let is_tested = |part: &&Type| classes.iter().any(|class| is_of(part, class));
            if !test.is_one {
                return Type::any(found.parts().iter().filter(|part| !is_tested(part)).cloned());
            }
            let kept: Vec<Type> = found.parts().iter().filter(is_tested).cloned().collect();
            let own = classes.iter().filter(|class| matches!(class, Type::Class(..)));
            let own: Vec<Type> = own.map(|class| self.made_by(class)).collect();
            match (kept.is_empty(), own.is_empty()) {
                (false, _) => Type::any(kept),
                (true, false) => Type::any(own),
                (true, true) => found,
            }
        })
    }

    /// The classes that are tested for.
    fn tested_classes(&self, context: &Context, classes: &Node<'_>) -> Vec<Type> {
        let classes = unparenthesized(classes);
        let parts: Vec<Node<'_>> = match &*classes.kind() {
            kind::TUPLE | kind::BINARY_OPERATOR => classes.parts().collect(),
            _ => vec![classes],
        };
        let tested = parts.iter().flat_map(|part| match self.value(context, part) {
            Type::Union(classes) => classes,
            one => vec![one],
        });
        tested.collect()
    }
}

/// The tests of an expression, as it is written, that hold where it is used.
pub(super) fn tests<'t>(module: &Module, written: &str, used: &Node<'t>) -> Vec<Tested<'t>> {
    let mut found = Vec::new();
    if !module.mentions(&["isinstance", "type(", "case"]) {
        return found;
    }
    let mut node = used.clone();
    while let Some(around) = node.parent() {
        add_of_construct(written, &node, &around, &mut found);
        if has_scope(&around) {
            break;
        }
        node = around;
    }
    found
}

/// The tests of one construct that hold in the part of it that a node is.
fn add_of_construct<'t>(written: &str, node: &Node<'t>, around: &Node<'t>, found: &mut Vec<Tested<'t>>) {
    let is = |field: &str| around.field(field).is_some_and(|part| part.range() == node.range());
    match &*around.kind() {
        kind::IF_STATEMENT | kind::ELIF_CLAUSE | kind::WHILE_STATEMENT if is("consequence") || is("body") => {
            add(written, around.field("condition"), true, found);
        }
        kind::IF_STATEMENT if matches!(&*node.kind(), kind::ELIF_CLAUSE | kind::ELSE_CLAUSE) => {
            add(written, around.field("condition"), false, found);
            for clause in around.field_children("alternative") {
                if clause.range().start < node.range().start {
                    add(written, clause.field("condition"), false, found);
                }
            }
        }
        kind::CONDITIONAL_EXPRESSION => {
            if let Some([body, condition, otherwise]) = conditional_parts(around) {
                if body.range() == node.range() {
                    add(written, Some(condition.clone()), true, found);
                } else if otherwise.range() == node.range() {
                    add(written, Some(condition.clone()), false, found);
                }
            }
        }
        kind::BOOLEAN_OPERATOR if is("right") => {
            add(written, around.field("left"), is_and(around), found);
        }
        kind::LIST_COMPREHENSION
        | kind::SET_COMPREHENSION
        | kind::GENERATOR_EXPRESSION
        | kind::DICTIONARY_COMPREHENSION => {
            for clause in around.parts().filter(|child| child.kind() == kind::IF_CLAUSE) {
                add(written, clause.parts().next(), true, found);
            }
        }
        kind::CASE_CLAUSE if is("consequence") => add_pattern(written, around, found),
        kind::BLOCK | kind::MODULE => add_before(written, node, around, found),
        _ => {}
    }
}

/// `case X():` of `match x:`
fn add_pattern<'t>(written: &str, clause: &Node<'t>, found: &mut Vec<Tested<'t>>) {
    let subject =
        clause.ancestors().find(|node| node.kind() == kind::MATCH_STATEMENT).and_then(|node| node.field("subject"));
    if subject.is_none_or(|subject| subject.text() != written) {
        return;
    }
    let mut patterns = clause.parts().filter(|child| child.kind() == kind::CASE_PATTERN);
    let (Some(pattern), None) = (patterns.next(), patterns.next()) else { return };
    let class = pattern.parts().next().filter(|inner| inner.kind() == kind::CLASS_PATTERN);
    if let Some(class) = class.and_then(|class| class.parts().next()) {
        found.push(Tested { classes: class, is_one: true });
    }
}

/// Whether a block gives the expression another value: what it was before is left where the block is not run.
fn binds(block: &Node<'_>, written: &str) -> bool {
    let mut inner = block.parts().filter_map(|statement| statement.parts().next());
    inner
        .any(|inner| inner.kind() == kind::ASSIGNMENT && inner.field("left").is_some_and(|left| left.text() == written))
}

/// `assert isinstance(x, X)` and `if not isinstance(x, X): return` or `x = …` before a statement.
fn add_before<'t>(written: &str, node: &Node<'t>, block: &Node<'t>, found: &mut Vec<Tested<'t>>) {
    let before = block.parts().take_while(|other| other.range().start < node.range().start);
    let names = |condition: Node<'t>| condition.text().contains(written);
    for statement in before {
        match &*statement.kind() {
            kind::ASSERT_STATEMENT => add(written, statement.parts().next(), true, found),
            kind::IF_STATEMENT
                if statement.field("alternative").is_none()
                    && statement.field("condition").is_some_and(names)
                    && statement.field("consequence").is_some_and(|block| leaves(&block) || binds(&block, written)) =>
            {
                add(written, statement.field("condition"), false, found);
            }
            _ => {}
        }
    }
}

/// What a condition that holds, or does not, says of the expression.
fn add<'t>(written: &str, condition: Option<Node<'t>>, holds: bool, found: &mut Vec<Tested<'t>>) {
    let Some(condition) = condition.map(|condition| unparenthesized(&condition)) else { return };
    match &*condition.kind() {
        kind::NOT_OPERATOR => add(written, condition.field("argument"), !holds, found),
        kind::BOOLEAN_OPERATOR if is_and(&condition) == holds => {
            add(written, condition.field("left"), holds, found);
            add(written, condition.field("right"), holds, found);
        }
        kind::CALL if condition.field("function").is_some_and(|function| function.text() == "isinstance") => {
            let arguments = condition.field("arguments").map(|arguments| positional_arguments(&arguments));
            if let Some([tested, classes]) = arguments.as_deref()
                && tested.text() == written
            {
                found.push(Tested { classes: classes.clone(), is_one: holds });
            }
        }
        kind::COMPARISON_OPERATOR => {
            let is = |word: &str| condition.children().any(|child| child.kind() == word);
            let is_same = is("is") || is("==");
            let sides: Vec<Node<'t>> = condition.parts().collect();
            // it says nothing of the classes that inherit from the one, where it is not the same
            if let [left, right] = sides.as_slice()
                && is_same == holds
                && left.text() == format!("type({written})")
            {
                found.push(Tested { classes: right.clone(), is_one: true });
            }
        }
        _ => {}
    }
}

/// Whether something is of a class of Python itself, as far as that is told apart.
fn is_of_builtin(found: &Type, class: &str) -> bool {
    match found {
        Type::Sequence(_) => {
            matches!(class, "list" | "set" | "tuple" | "frozenset" | "Sequence" | "Iterable" | "Collection")
        }
        Type::Tuple(_) => matches!(class, "tuple" | "Sequence" | "Iterable" | "Collection"),
        Type::Mapping(..) => matches!(class, "dict" | "Mapping" | "MutableMapping" | "Iterable" | "Collection"),
        _ => false,
    }
}
