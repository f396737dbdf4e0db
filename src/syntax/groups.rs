//! Groups of kinds of nodes that several stages ask for. Each kind is a constant of [`kind`], so that one that the grammar lacks doesn't
//! compile.

use super::{Node, kind};

/// Whether a node is a statement that consists of expressions alone: `return x`, `x = y`.
pub fn is_of_expressions(node: &Node<'_>) -> bool {
    OF_EXPRESSIONS.contains(&&*node.kind())
}

pub(super) const OF_EXPRESSIONS: [&str; 4] =
    [kind::EXPRESSION_STATEMENT, kind::RETURN_STATEMENT, kind::ASSERT_STATEMENT, kind::RAISE_STATEMENT];

/// Whether what is in a node are statements, one behind the other.
pub fn is_block(node: &Node<'_>) -> bool {
    BLOCKS.contains(&&*node.kind())
}

pub(super) const BLOCKS: [&str; 2] = [kind::BLOCK, kind::MODULE];

/// Whether a node is a statement other than a definition of a function or a class: a simple one such as `return`, or a compound one such as
/// `if` with its body.
pub fn is_statement(node: &Node<'_>) -> bool {
    matches!(
        &*node.kind(),
        kind::ASSERT_STATEMENT
            | kind::BREAK_STATEMENT
            | kind::CONTINUE_STATEMENT
            | kind::DELETE_STATEMENT
            | kind::EXEC_STATEMENT
            | kind::EXPRESSION_STATEMENT
            | kind::FOR_STATEMENT
            | kind::FUTURE_IMPORT_STATEMENT
            | kind::GLOBAL_STATEMENT
            | kind::IF_STATEMENT
            | kind::IMPORT_FROM_STATEMENT
            | kind::IMPORT_STATEMENT
            | kind::MATCH_STATEMENT
            | kind::NONLOCAL_STATEMENT
            | kind::PASS_STATEMENT
            | kind::PRINT_STATEMENT
            | kind::RAISE_STATEMENT
            | kind::RETURN_STATEMENT
            | kind::TRY_STATEMENT
            | kind::TYPE_ALIAS_STATEMENT
            | kind::WHILE_STATEMENT
            | kind::WITH_STATEMENT
    )
}

/// Whether a node is a clause: a part of a compound statement, such as `else` with its body or what stands between `with` and the colon, or a
/// `for` or `if` of a comprehension.
pub fn is_clause(node: &Node<'_>) -> bool {
    matches!(
        &*node.kind(),
        kind::CASE_CLAUSE
            | kind::ELIF_CLAUSE
            | kind::ELSE_CLAUSE
            | kind::EXCEPT_CLAUSE
            | kind::FINALLY_CLAUSE
            | kind::FOR_IN_CLAUSE
            | kind::IF_CLAUSE
            | kind::WITH_CLAUSE
    )
}

/// Whether a node defines a function or a class, or is such a definition together with its decorators.
pub fn is_definition(node: &Node<'_>) -> bool {
    matches!(&*node.kind(), kind::CLASS_DEFINITION | kind::DECORATED_DEFINITION | kind::FUNCTION_DEFINITION)
}

/// Whether a node is a comprehension of a list, a set or a dictionary, or a generator expression.
pub fn is_comprehension(node: &Node<'_>) -> bool {
    matches!(
        &*node.kind(),
        kind::DICTIONARY_COMPREHENSION
            | kind::GENERATOR_EXPRESSION
            | kind::LIST_COMPREHENSION
            | kind::SET_COMPREHENSION
    )
}

/// Whether a node is something with `*` or `**` before it: a parameter, an argument, an item, a target, a type, or a part of the pattern of a
/// `case`.
pub fn is_splat(node: &Node<'_>) -> bool {
    matches!(
        &*node.kind(),
        kind::DICTIONARY_SPLAT
            | kind::DICTIONARY_SPLAT_PATTERN
            | kind::LIST_SPLAT
            | kind::LIST_SPLAT_PATTERN
            | kind::PARENTHESIZED_LIST_SPLAT
            | kind::SPLAT_PATTERN
            | kind::SPLAT_TYPE
    )
}

/// Whether a node is a pattern: that of a `case` or a part of it, several targets in brackets, or a parameter or target with `*` or `**`. `as`
/// in a `with` or an `except` is one too.
pub fn is_pattern(node: &Node<'_>) -> bool {
    matches!(
        &*node.kind(),
        kind::AS_PATTERN
            | kind::CASE_PATTERN
            | kind::CLASS_PATTERN
            | kind::COMPLEX_PATTERN
            | kind::DICTIONARY_SPLAT_PATTERN
            | kind::DICT_PATTERN
            | kind::KEYWORD_PATTERN
            | kind::LIST_PATTERN
            | kind::LIST_SPLAT_PATTERN
            | kind::SPLAT_PATTERN
            | kind::TUPLE_PATTERN
            | kind::UNION_PATTERN
    )
}

/// Whether a node is an import of modules or of names, other than one from `__future__`; the dots of a relative import count too.
pub fn is_import(node: &Node<'_>) -> bool {
    matches!(&*node.kind(), kind::IMPORT_FROM_STATEMENT | kind::IMPORT_PREFIX | kind::IMPORT_STATEMENT)
}
