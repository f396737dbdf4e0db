//! The use of a name goes in; the places that bind it and can have done so last come out.
//!
//! From the use it goes back over the statements before it, and out of the blocks around: a statement that binds the name on each of its
//! ways ends the search, what another branch binds does not count, and a branch that leaves the function or the loop binds nothing for
//! what follows.

use std::ops::Range;

use crate::syntax::{Node, Parts, has_scope, imported_names, is_block, is_comprehension, kind};

/// The places that bind a name, as their name nodes, before a node; `is_certain` says that there is no way around them.
#[derive(Default)]
pub(super) struct ReachingDefinitions<'t> {
    pub names: Vec<Node<'t>>,
    pub is_certain: bool,
}

/// The bindings of a name that reach a node in the function, class or module around it. Statements are not looked at where none binds it.
pub(super) fn reaching<'t>(name: &str, used: &Node<'t>, by_statements: bool) -> ReachingDefinitions<'t> {
    let mut found = ReachingDefinitions::default();
    let mut node = used.clone();
    while let Some(around) = node.parent() {
        if binds_for_inside(name, &node, &around, &mut found) {
            found.is_certain = true;
            return found;
        }
        if by_statements && is_block(&around) && before_in(name, &node, &mut found) {
            found.is_certain = true;
            return found;
        }
        if by_statements
            && is_loop(&around)
            && node.range() != around.field("right").map_or(0..0, |right| right.range())
        {
            // what the round before has bound
            for statement in around.field("body").iter().flat_map(Node::parts) {
                if statement.range().start > used.range().start {
                    let mut later = ReachingDefinitions::default();
                    bound_by(name, &statement, &mut later);
                    found.names.extend(later.names);
                }
            }
        }
        if has_scope(&around) || around.kind() == kind::MODULE {
            return found;
        }
        node = around;
    }
    found
}

/// What the statements before one of the same block bind; whether there is no way around.
fn before_in<'t>(name: &str, node: &Node<'t>, found: &mut ReachingDefinitions<'t>) -> bool {
    std::iter::successors(node.prev(), Node::prev).any(|statement| bound_by(name, &statement, found))
}

/// What the construct around a node binds for it: a loop's target, a `with` statement's, a pattern's, an assignment expression before
/// it, and what the statements of a `try` bind for its handlers.
fn binds_for_inside<'t>(name: &str, node: &Node<'t>, around: &Node<'t>, found: &mut ReachingDefinitions<'t>) -> bool {
    let is = |field: &str| around.field(field).is_some_and(|part| part.range() == node.range());
    match &*around.kind() {
        kind::FOR_STATEMENT if is("body") => bound_in_target(name, around.field("left"), found),
        kind::WITH_STATEMENT if is("body") => {
            let clause = around.parts().find(|child| child.kind() == kind::WITH_CLAUSE);
            bound_in_expressions(name, clause, found)
        }
        kind::IF_STATEMENT | kind::ELIF_CLAUSE | kind::WHILE_STATEMENT if is("consequence") || is("body") => {
            bound_in_expressions(name, around.field("condition"), found)
        }
        kind::IF_STATEMENT if matches!(&*node.kind(), kind::ELIF_CLAUSE | kind::ELSE_CLAUSE) => {
            // assignment expressions of the conditions before
            bound_in_expressions(name, around.field("condition"), found);
            for clause in around.field_children("alternative").take_while(|other| other.range() != node.range()) {
                bound_in_expressions(name, clause.field("condition"), found);
            }
            false
        }
        kind::CASE_CLAUSE if is("consequence") => {
            let patterns = around.parts().filter(|child| child.kind() == kind::CASE_PATTERN);
            patterns.filter(|pattern| bound_in_pattern(name, pattern, found)).count() > 0
        }
        kind::EXCEPT_CLAUSE => {
            let value = around.field("value").filter(|value| value.range() != node.range());
            bound_in_expressions(name, value, found)
        }
        kind::TRY_STATEMENT if !is("body") => bound_before_clause(name, node, around, found),
        kind::NAMED_EXPRESSION
        | kind::BOOLEAN_OPERATOR
        | kind::CONDITIONAL_EXPRESSION
        | kind::LIST_COMPREHENSION
        | kind::GENERATOR_EXPRESSION
        | kind::SET_COMPREHENSION
        | kind::DICTIONARY_COMPREHENSION => before_in_expression(name, node, around, found),
        _ => false,
    }
}

/// What the parts of a `try` statement bind for a clause that is behind them: its body is done as a whole before `else` alone.
fn bound_before_clause<'t>(
    name: &str,
    clause: &Node<'t>,
    around: &Node<'t>,
    found: &mut ReachingDefinitions<'t>,
) -> bool {
    let mut certain = false;
    for part in around.parts().take_while(|other| other.range().start < clause.range().start) {
        let is_body = part.kind() == kind::BLOCK;
        if is_body || clause.kind() == kind::FINALLY_CLAUSE {
            let bound = statements_bind(name, &part, found);
            certain |= is_body && bound && clause.kind() == kind::ELSE_CLAUSE;
        }
    }
    certain
}

/// `(x := …) and x`, `x if (x := …) else …`, and the names of a comprehension.
fn before_in_expression<'t>(
    name: &str,
    node: &Node<'t>,
    around: &Node<'t>,
    found: &mut ReachingDefinitions<'t>,
) -> bool {
    if is_comprehension(around) {
        let is_before =
            |clause: &Node<'t>| node.kind() != kind::FOR_IN_CLAUSE || clause.range().start < node.range().start;
        let clauses: Vec<_> =
            around.parts().filter(|child| child.kind() == kind::FOR_IN_CLAUSE && is_before(child)).collect();
        if clauses.iter().rev().any(|clause| bound_in_target(name, clause.field("left"), found)) {
            return true;
        }
        let conditions = around.parts().filter(|child| child.kind() == kind::IF_CLAUSE);
        return conditions.filter(|clause| bound_in_expressions(name, Some(clause.clone()), found)).count() > 0;
    }
    let parts = around.parts().filter(|part| part.range() != node.range());
    let is_first = |part: &Node<'t>| match &*around.kind() {
        kind::CONDITIONAL_EXPRESSION => part.range().start > node.range().end,
        _ => part.range().end < node.range().start,
    };
    let first = parts.filter(is_first);
    first.filter(|part| bound_in_expressions(name, Some(part.clone()), found)).count() > 0
}

/// What a statement binds; whether on all of its ways.
fn bound_by<'t>(name: &str, statement: &Node<'t>, found: &mut ReachingDefinitions<'t>) -> bool {
    match &*statement.kind() {
        kind::IF_STATEMENT => bound_by_branches(name, statement, found),
        kind::TRY_STATEMENT => bound_by_try(name, statement, found),
        kind::MATCH_STATEMENT => {
            bound_by_cases(name, statement, found);
            false
        }
        kind::FOR_STATEMENT | kind::WHILE_STATEMENT => {
            bound_in_target(name, statement.field("left"), found);
            bound_in_expressions(name, statement.field("condition"), found);
            branch_binds(name, statement.field("body"), found);
            let otherwise = statement.field("alternative").and_then(|clause| clause.field("body"));
            branch_binds(name, otherwise, found);
            false
        }
        kind::WITH_STATEMENT => {
            let clause = statement.parts().find(|child| child.kind() == kind::WITH_CLAUSE);
            let inside = statement.field("body").is_some_and(|body| statements_bind(name, &body, found));
            inside || bound_in_expressions(name, clause, found)
        }
        kind::FUNCTION_DEFINITION | kind::CLASS_DEFINITION => is_named(name, statement.field("name"), found),
        kind::DECORATED_DEFINITION => {
            statement.field("definition").is_some_and(|definition| is_named(name, definition.field("name"), found))
        }
        kind::IMPORT_STATEMENT | kind::IMPORT_FROM_STATEMENT => {
            imported_names(statement).any(|bound| is_named(name, Some(bound), found))
        }
        kind::DELETE_STATEMENT | kind::GLOBAL_STATEMENT | kind::NONLOCAL_STATEMENT => false,
        _ => bound_in_expressions(name, Some(statement.clone()), found),
    }
}

/// No case has to be taken.
fn bound_by_cases<'t>(name: &str, statement: &Node<'t>, found: &mut ReachingDefinitions<'t>) {
    for clause in statement.field("body").iter().flat_map(Node::parts) {
        for pattern in clause.parts().filter(|child| child.kind() == kind::CASE_PATTERN) {
            bound_in_pattern(name, &pattern, found);
        }
        branch_binds(name, clause.field("consequence"), found);
    }
}

fn bound_by_branches<'t>(name: &str, statement: &Node<'t>, found: &mut ReachingDefinitions<'t>) -> bool {
    let in_condition = bound_in_expressions(name, statement.field("condition"), found);
    let mut all = branch_binds(name, statement.field("consequence"), found);
    let mut has_else = false;
    for clause in statement.field_children("alternative") {
        bound_in_expressions(name, clause.field("condition"), found);
        has_else |= clause.kind() == kind::ELSE_CLAUSE;
        let body = clause.field("consequence").or_else(|| clause.field("body"));
        all &= branch_binds(name, body, found);
    }
    in_condition || all && has_else
}

fn bound_by_try<'t>(name: &str, statement: &Node<'t>, found: &mut ReachingDefinitions<'t>) -> bool {
    let body = statement.field("body");
    let mut in_body = body.as_ref().is_some_and(|body| statements_bind(name, body, found));
    let mut in_handlers = true;
    let mut in_finally = false;
    for part in
        statement.parts().skip_while(|part| Some(part.range()) != body.as_ref().map(|body| body.range())).skip(1)
    {
        let block = part.field("body").or_else(|| part.parts().filter(|child| child.kind() == kind::BLOCK).last());
        match &*part.kind() {
            kind::ELSE_CLAUSE => in_body |= block.is_some_and(|block| statements_bind(name, &block, found)),
            kind::FINALLY_CLAUSE => in_finally |= block.is_some_and(|block| statements_bind(name, &block, found)),
            _ => in_handlers &= branch_binds(name, block, found),
        }
    }
    in_finally || in_body && in_handlers
}

/// What a branch binds for what follows it: nothing, where it leaves. Whether each way through it binds, or leaves.
fn branch_binds<'t>(name: &str, block: Option<Node<'t>>, found: &mut ReachingDefinitions<'t>) -> bool {
    let Some(block) = block else { return false };
    if leaves(&block) {
        return true;
    }
    statements_bind(name, &block, found)
}

fn statements_bind<'t>(name: &str, block: &Node<'t>, found: &mut ReachingDefinitions<'t>) -> bool {
    let statements: Vec<Node<'t>> = block.parts().collect();
    statements.iter().rev().any(|statement| bound_by(name, statement, found))
}

/// Whether no way through a block leads to what follows it.
pub(super) fn leaves(block: &Node<'_>) -> bool {
    block.parts().any(|statement| match &*statement.kind() {
        kind::RETURN_STATEMENT | kind::RAISE_STATEMENT | kind::CONTINUE_STATEMENT | kind::BREAK_STATEMENT => true,
        kind::IF_STATEMENT => {
            let mut others = statement.field_children("alternative").peekable();
            let mut has_else = false;
            let all = others.all(|clause| {
                has_else |= clause.kind() == kind::ELSE_CLAUSE;
                clause.field("consequence").or_else(|| clause.field("body")).is_some_and(|block| leaves(&block))
            });
            all && has_else && statement.field("consequence").is_some_and(|block| leaves(&block))
        }
        kind::WITH_STATEMENT => statement.field("body").is_some_and(|body| leaves(&body)),
        _ => false,
    })
}

/// The places that bind a name in a body, functions inside of it left out.
pub(super) fn bindings_in<'t>(name: &str, body: Option<Node<'t>>) -> Vec<Node<'t>> {
    let mut found = ReachingDefinitions::default();
    bound_in_expressions(name, body, &mut found);
    found.names
}

/// What assignments and assignment expressions in a node bind, functions inside of it left out.
fn bound_in_expressions<'t>(name: &str, node: Option<Node<'t>>, found: &mut ReachingDefinitions<'t>) -> bool {
    let Some(node) = node else { return false };
    if !node.text().contains(name) {
        return false;
    }
    let mut is_bound = false;
    let mut stack = vec![node];
    while let Some(node) = stack.pop() {
        match &*node.kind() {
            kind::ASSIGNMENT if node.field("right").is_none() => {}
            kind::ASSIGNMENT => is_bound |= bound_in_target(name, node.field("left"), found),
            kind::NAMED_EXPRESSION => is_bound |= is_named(name, node.field("name"), found),
            kind::AS_PATTERN_TARGET => is_bound |= bound_in_target(name, Some(node.clone()), found),
            _ => {}
        }
        if !has_scope(&node) {
            stack.extend(node.parts());
        }
    }
    is_bound
}

/// Whether a target, or one of several, is the name.
fn bound_in_target<'t>(name: &str, target: Option<Node<'t>>, found: &mut ReachingDefinitions<'t>) -> bool {
    let Some(target) = target else { return false };
    match &*target.kind() {
        kind::IDENTIFIER => is_named(name, Some(target), found),
        kind::ATTRIBUTE | kind::SUBSCRIPT => false,
        _ => {
            let parts: Vec<Node<'t>> = target.parts().collect();
            parts.into_iter().any(|part| bound_in_target(name, Some(part), found))
        }
    }
}

/// Whether a pattern of a `case` binds the name.
fn bound_in_pattern<'t>(name: &str, pattern: &Node<'t>, found: &mut ReachingDefinitions<'t>) -> bool {
    let names = pattern.dfs().filter(|node| node.kind() == kind::IDENTIFIER && node.text() == name);
    let is_bound = |node: &Node<'t>| {
        let around = node.parent();
        let kind = around.as_ref().map(|around| around.kind().into_owned()).unwrap_or_default();
        match kind.as_str() {
            kind::DOTTED_NAME => around.is_some_and(|dotted| {
                let is_class = dotted.parent().is_some_and(|outer| outer.kind() == kind::CLASS_PATTERN);
                !is_class && dotted.parts().count() == 1
            }),
            kind::KEYWORD_PATTERN => false,
            _ => true,
        }
    };
    // each alternative has it
    names.filter(|node| is_bound(node) && is_named(name, Some(node.clone()), found)).count() > 0
}

fn is_named<'t>(name: &str, node: Option<Node<'t>>, found: &mut ReachingDefinitions<'t>) -> bool {
    let Some(node) = node.filter(|node| node.text() == name) else { return false };
    let range: Range<usize> = node.range();
    if !found.names.iter().any(|known| known.range() == range) {
        found.names.push(node);
    }
    true
}

fn is_loop(node: &Node<'_>) -> bool {
    matches!(&*node.kind(), kind::FOR_STATEMENT | kind::WHILE_STATEMENT)
}
