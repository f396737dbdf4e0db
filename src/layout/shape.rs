//! A node of a statement goes in; what the formatters' rules ask about it comes out.

use std::ops::Range;

use crate::syntax::{Node, Parts, kind};

/// Whether a statement has a body of statements: only its header is laid out.
pub(super) fn is_compound(statement: &Node<'_>) -> bool {
    const KINDS: [&str; 7] = [
        kind::DECORATED_DEFINITION,
        kind::FUNCTION_DEFINITION,
        kind::CLASS_DEFINITION,
        kind::IF_STATEMENT,
        kind::WHILE_STATEMENT,
        kind::FOR_STATEMENT,
        kind::MATCH_STATEMENT,
    ];
    KINDS.contains(&&*statement.kind()) || statement.kind() == kind::WITH_STATEMENT
}

/// What a statement assigns, returns, yields or is.
pub(super) fn value_of<'t>(statement: &Node<'t>) -> Option<Node<'t>> {
    let inner = statement.parts().next()?;
    if statement.named_children().count() != 1 {
        return None;
    }
    match (&*statement.kind(), &*inner.kind()) {
        (kind::EXPRESSION_STATEMENT, kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT) => {
            let mut value = inner.field("right")?;
            while value.kind() == kind::ASSIGNMENT {
                value = value.field("right")?;
            }
            match &*value.kind() {
                kind::YIELD => yielded(&value).filter(|yielded| yielded.kind() == kind::CALL),
                _ => Some(value),
            }
        }
        (kind::EXPRESSION_STATEMENT, kind::YIELD) => yielded(&inner),
        (kind::EXPRESSION_STATEMENT | kind::RETURN_STATEMENT, _) => Some(inner),
        _ => None,
    }
}

/// What is given by `yield`, or by `yield from`.
fn yielded<'t>(node: &Node<'t>) -> Option<Node<'t>> {
    node.parts().next()
}

/// A comment's range: the parser takes a carriage return for a part of it.
pub(super) fn comment_range(text: &str, comment: &Node<'_>) -> Range<usize> {
    let range = comment.range();
    range.start..range.start + text[range].trim_end().len()
}

/// What stands in parentheses, without comments, and these.
pub(super) fn inside_parentheses<'t>(node: &Node<'t>) -> Option<(Range<usize>, Node<'t>, Range<usize>)> {
    let children: Vec<_> = node.children().collect();
    match (&*node.kind(), children.as_slice()) {
        (kind::PARENTHESIZED_EXPRESSION, [open, inner, close]) => Some((open.range(), inner.clone(), close.range())),
        _ => None,
    }
}

/// Whether two attributes of results follow each other, as in `a().b().c`: the formatters have rules of their own for these.
pub(super) fn is_chain(node: &Node<'_>) -> bool {
    let (mut node, mut attributes) = (node.clone(), 0);
    loop {
        let inner = match &*node.kind() {
            kind::CALL => node.field("function"),
            kind::SUBSCRIPT => node.field("value"),
            kind::ATTRIBUTE => node.field("object"),
            _ => None,
        };
        let Some(inner) = inner else { return false };
        attributes +=
            usize::from(node.kind() == kind::ATTRIBUTE && matches!(&*inner.kind(), kind::CALL | kind::SUBSCRIPT));
        if attributes > 1 {
            return true;
        }
        node = inner;
    }
}

/// Whether the node is a list in brackets.
pub(super) fn is_list(node: &Node<'_>) -> bool {
    matches!(&*node.kind(), kind::ARGUMENT_LIST | kind::LIST | kind::TUPLE | kind::SET | kind::DICTIONARY)
}

/// Whether the node is of a kind that breaks in front of its operators.
pub(super) fn is_operation(node: &Node<'_>) -> bool {
    const KINDS: [&str; 4] =
        [kind::CONDITIONAL_EXPRESSION, kind::BOOLEAN_OPERATOR, kind::BINARY_OPERATOR, kind::COMPARISON_OPERATOR];
    KINDS.contains(&&*node.kind())
}

/// Whether the last operand can be split, or brackets come first: then the formatters split there, and add no parentheses.
pub(super) fn has_split(operation: &Node<'_>) -> bool {
    const BRACKETS: [&str; 5] = [kind::LIST, kind::DICTIONARY, kind::SET, kind::TUPLE, kind::PARENTHESIZED_EXPRESSION];
    let operands: Vec<_> = operation.children().filter(|child| child.is_named()).collect();
    let is_filled = |node: &Node<'_>| node.named_children().next().is_some();
    let in_brackets = |node: &Node<'_>| BRACKETS.contains(&&*node.kind()) && is_filled(node);
    let is_call = |node: &Node<'_>| node.field("arguments").is_some_and(|arguments| is_filled(&arguments));
    let splits = operands.first().is_some_and(in_brackets)
        || operands.last().is_some_and(|last| in_brackets(last) || last.kind() == kind::CALL && is_call(last));
    splits && !operands.iter().any(is_operation)
}

/// The colon in front of a statement's body.
pub(super) fn colon_of(node: &Node<'_>) -> Option<Range<usize>> {
    let body = node.field("body").or_else(|| node.field("consequence"))?.range();
    node.children()
        .filter(|child| child.kind() == ":" && child.range().end <= body.start)
        .last()
        .map(|colon| colon.range())
}
