//! A parsed statement and the ranges that change in it go in; the document that a formatter would make of it comes out.
//!
//! Only what is around a changed range is taken apart. Everything else stands as it is: what a formatter has laid out before
//! keeps its layout as long as its indentation stays.

use std::ops::Range;

use crate::syntax::{Node, kind};

use super::document::{BestFit, Doc, LineBreak};
use super::shape::{
    comment_range, has_split, inside_parentheses, is_chain, is_compound, is_list, is_operation, value_of,
};
use super::style::Style;

/// Deeper expressions are not taken apart: neither do people write them, nor may they cost the stack.
const DEEPEST: usize = 60;

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Nesting {
    depth: usize,
    /// Inside some brackets: there a line may break.
    bracketed: bool,
}

impl Nesting {
    pub(super) const TOP: Self = Self { depth: 0, bracketed: false };

    pub(super) fn bracketed(self) -> Self {
        Self { bracketed: true, ..self }
    }
}

/// The document of a statement with the comment behind it; None where it is of no kind that has a layout here.
pub(super) fn statement(text: &str, root: &Node<'_>, changed: &[Range<usize>], style: &Style) -> Option<Doc> {
    let builder = DocBuilder { text, changed, style };
    let mut parts = root.children();
    let statement = parts.next()?;
    if is_compound(&statement) {
        return builder.header(&statement);
    }
    let comment = parts.next().map(|comment| comment_range(text, &comment));
    let is_over = parts.next().is_none() && comment.as_ref().is_none_or(|range| text[range.clone()].starts_with('#'));
    if !is_over || statement.get_inner_node().has_error() {
        return None;
    }
    if matches!(&*statement.kind(), kind::ASSERT_STATEMENT | kind::RAISE_STATEMENT) {
        let docs = std::iter::once(builder.two_values(&statement)?);
        return Some(Doc::All(docs.chain(comment.map(Doc::EndOfLine)).collect()));
    }
    let value = value_of(&statement)?;
    let head = statement.range().start..value.range().start;
    let head = head.start..head.start + text[head].trim_end().len();
    let mut docs = Vec::new();
    let left = &text[head.clone()];
    let operator = left.trim_end_matches(|c: char| !c.is_whitespace());
    if left.ends_with('=') && !operator.ends_with(' ') || !left.contains(['\n', '\r']) && left.contains("  ") {
        return None;
    }
    let left_can_split = operator.trim_end().ends_with([']', ')']);
    if !head.is_empty() {
        docs.extend([Doc::Source(head), Doc::Space]);
    }
    if let Some(best_fit) = builder.best_fit(&value, left_can_split, comment.clone()) {
        docs.push(best_fit);
        return Some(Doc::All(docs));
    }
    docs.push(builder.value(&value));
    docs.extend(comment.map(Doc::EndOfLine));
    Some(Doc::All(docs))
}

pub(super) struct DocBuilder<'a> {
    pub text: &'a str,
    pub changed: &'a [Range<usize>],
    pub style: &'a Style,
}

impl DocBuilder<'_> {
    pub(super) fn group(&self, docs: Vec<Doc>) -> Doc {
        Doc::group(self.text, docs)
    }

    fn changes(&self, node: &Node<'_>) -> bool {
        let node = node.range();
        self.changed.iter().any(|range| node.start <= range.end && range.start <= node.end)
    }

    /// A string as the value of a statement: it can't be split.
    fn best_fit(&self, value: &Node<'_>, always: bool, comment: Option<Range<usize>>) -> Option<Doc> {
        let (string, brackets) = match inside_parentheses(value) {
            Some((open, inner, close)) => (inner, Some((open, close))),
            None => (value.clone(), None),
        };
        let inner = string.range();
        let can = string.kind() == kind::STRING && !self.text[inner.clone()].contains(['\n', '\r']);
        can.then_some(Doc::BestFit(BestFit { value: inner, comment, brackets, always }))
    }

    /// The value of a statement: what may stand in parentheses gets them when it breaks.
    pub(super) fn value(&self, value: &Node<'_>) -> Doc {
        let (inner, brackets) = match inside_parentheses(value) {
            Some((open, inner, close)) => (inner, Some((open, close))),
            None => (value.clone(), None),
        };
        if inner.kind() == kind::EXPRESSION_LIST {
            return self.bare_tuple(&inner);
        }
        let optional = match &*inner.kind() {
            kind::CONDITIONAL_EXPRESSION => true,
            kind::BOOLEAN_OPERATOR | kind::BINARY_OPERATOR | kind::COMPARISON_OPERATOR => !has_split(&inner),
            kind::CONCATENATED_STRING => true,
            _ => false,
        };
        if !optional {
            return self.expression(value, Nesting::TOP);
        }
        let (open, close) = brackets.unzip();
        let bracket = |character, range| Doc::IfBroken(Box::new(Doc::Optional(character, range)));
        let inside = vec![Doc::Line(LineBreak::Soft), self.expression(&inner, Nesting::TOP.bracketed())];
        self.group(vec![bracket('(', open), Doc::indent(inside), Doc::Line(LineBreak::Soft), bracket(')', close)])
    }

    /// A tuple without parentheses, which it gets when it breaks.
    fn bare_tuple(&self, node: &Node<'_>) -> Doc {
        if self.text[node.range()].ends_with(',') {
            return Doc::Source(node.range());
        }
        let mut docs = vec![Doc::Line(LineBreak::Soft)];
        for child in node.children() {
            if child.is_named() {
                docs.push(self.expression(&child, Nesting::TOP.bracketed()));
            } else {
                docs.extend([Doc::Optional(',', Some(child.range())), Doc::Line(LineBreak::SoftOrSpace)]);
            }
        }
        docs.push(Doc::IfBroken(Box::new(Doc::Optional(',', None))));
        let bracket = |character| Doc::IfBroken(Box::new(Doc::Optional(character, None)));
        self.group(vec![bracket('('), Doc::indent(docs), Doc::Line(LineBreak::Soft), bracket(')')])
    }

    pub(super) fn expression(&self, node: &Node<'_>, at: Nesting) -> Doc {
        let as_it_is = || Doc::Source(node.range());
        let is_broken = self.text[node.range()].contains(['\n', '\r']);
        // beside an operand or a call that changes, as in `a(…).b(…)`, a list may find room
        let is_beside =
            |parent: Node<'_>| (parent.kind() == kind::CALL || is_operation(&parent)) && self.changes(&parent);
        let changes = self.changes(node) || node.parent().is_some_and(is_beside);
        if at.depth > DEEPEST || !node.is_named() || is_broken && !changes || is_chain(node) {
            return as_it_is();
        }
        let at = Nesting { depth: at.depth + 1, ..at };
        let may_have_comments = is_list(node) || node.kind() == kind::SUBSCRIPT;
        if !may_have_comments && node.children().any(|child| child.kind() == kind::COMMENT) {
            return as_it_is();
        }
        self.taken_apart(node, at).unwrap_or_else(as_it_is)
    }

    /// An expression as its parts; None where it is of a kind that is left as it is.
    fn taken_apart(&self, node: &Node<'_>, at: Nesting) -> Option<Doc> {
        Some(match &*node.kind() {
            _ if is_list(node) => self.list(node, at)?,
            _ if is_operation(node) => self.group(self.operands(node, at)),
            kind::PARENTHESIZED_EXPRESSION => self.parenthesized(node, at),
            kind::LAMBDA => self.lambda(node, at),
            kind::LIST_COMPREHENSION
            | kind::SET_COMPREHENSION
            | kind::DICTIONARY_COMPREHENSION
            | kind::GENERATOR_EXPRESSION => self.comprehension(node, at),
            kind::CONCATENATED_STRING => self.joined(node, at),
            kind::SUBSCRIPT => self.subscript(node, at),
            kind::PAIR => self.group(vec![self.sequence(node, at)]),
            kind::DEFAULT_PARAMETER | kind::TYPED_DEFAULT_PARAMETER => {
                let value = node.field("value")?;
                let name = node.range().start..value.range().start;
                Doc::All(vec![Doc::Source(name), self.expression(&value, at)])
            }
            kind::CALL
            | kind::KEYWORD_ARGUMENT
            | kind::DICTIONARY_SPLAT
            | kind::LIST_SPLAT
            | kind::ATTRIBUTE
            | kind::UNARY_OPERATOR
            | kind::AWAIT
            | kind::IF_CLAUSE
            | kind::FOR_IN_CLAUSE
            | kind::NOT_OPERATOR
            | kind::NAMED_EXPRESSION => self.sequence(node, at),
            _ => return None,
        })
    }

    /// The children one after the other, with one blank where the formatters have some.
    fn sequence(&self, node: &Node<'_>, at: Nesting) -> Doc {
        let mut docs = Vec::new();
        let mut end = node.range().start;
        for child in node.children() {
            let blank = match &*node.kind() {
                kind::PAIR => child.is_named() && !docs.is_empty(),
                kind::AWAIT | kind::IF_CLAUSE | kind::FOR_IN_CLAUSE | kind::NOT_OPERATOR | kind::NAMED_EXPRESSION => {
                    child.range().start > end
                }
                _ => false,
            };
            if blank {
                docs.push(Doc::Space);
            }
            end = child.range().end;
            docs.push(self.expression(&child, at));
        }
        Doc::All(docs)
    }

    /// What stands in front of the brackets, and what is in them, like a list.
    fn subscript(&self, node: &Node<'_>, at: Nesting) -> Doc {
        match node.field("value").zip(self.list(node, at)) {
            Some((value, brackets)) => Doc::All(vec![self.expression(&value, at), brackets]),
            None => Doc::Source(node.range()),
        }
    }

    /// A lambda; its body gets parentheses if it breaks and has none.
    fn lambda(&self, node: &Node<'_>, at: Nesting) -> Doc {
        let Some(body) = node.field("body").filter(|body| body.range().end == node.range().end) else {
            return Doc::Source(node.range());
        };
        let head = node.range().start..body.range().start;
        let head = head.start..head.start + self.text[head].trim_end().len();
        let body = if is_operation(&body) && at.bracketed {
            let inside = vec![Doc::Line(LineBreak::Soft), self.expression(&body, at)];
            let bracket = |character| Doc::IfBroken(Box::new(Doc::Optional(character, None)));
            self.group(vec![bracket('('), Doc::indent(inside), Doc::Line(LineBreak::Soft), bracket(')')])
        } else {
            self.expression(&body, at)
        };
        Doc::All(vec![Doc::Source(head), Doc::Space, body])
    }

    fn parenthesized(&self, node: &Node<'_>, at: Nesting) -> Doc {
        let Some((open, inner, close)) = inside_parentheses(node) else {
            return Doc::Source(node.range());
        };
        let inside = vec![Doc::Line(LineBreak::Soft), self.expression(&inner, at.bracketed())];
        self.group(vec![Doc::Source(open), Doc::indent(inside), Doc::Line(LineBreak::Soft), Doc::Source(close)])
    }

    /// The operands of an operator, each on a line of its own with the operator in front of it.
    fn operands(&self, node: &Node<'_>, at: Nesting) -> Vec<Doc> {
        let mut docs = Vec::new();
        for child in node.children() {
            if child.is_named() {
                let is_same = child.kind() == node.kind() && at.depth <= DEEPEST;
                if is_same {
                    docs.extend(self.operands(&child, Nesting { depth: at.depth + 1, ..at }));
                } else {
                    docs.push(self.expression(&child, at));
                }
            } else {
                let operator = child.range();
                if !self.text[..operator.start].ends_with(char::is_whitespace) {
                    // as in `x**2`
                    docs.push(Doc::Source(operator));
                    continue;
                }
                let before = if at.bracketed { Doc::Line(LineBreak::SoftOrSpace) } else { Doc::Space };
                docs.extend([before, Doc::Source(operator), Doc::Space]);
            }
        }
        docs
    }

    /// The parts of a string, on lines of their own where they have them.
    fn joined(&self, node: &Node<'_>, at: Nesting) -> Doc {
        if !at.bracketed {
            return Doc::Source(node.range());
        }
        let broken = self.text[node.range()].contains(['\n', '\r']);
        let line = if broken { LineBreak::Hard } else { LineBreak::SoftOrSpace };
        let mut docs = Vec::new();
        for part in node.children() {
            if !docs.is_empty() {
                docs.push(Doc::Line(line));
            }
            docs.push(self.expression(&part, at));
        }
        self.group(docs)
    }

    fn comprehension(&self, node: &Node<'_>, at: Nesting) -> Doc {
        let children: Vec<_> = node.children().collect();
        let [open, inside @ .., close] = children.as_slice() else {
            return Doc::Source(node.range());
        };
        let mut docs = Vec::new();
        for child in inside {
            docs.push(Doc::Line(if docs.is_empty() { LineBreak::Soft } else { LineBreak::SoftOrSpace }));
            docs.push(self.expression(child, at.bracketed()));
        }
        // what is in the brackets may go on one line
        docs = vec![docs.remove(0), self.group(docs)];
        let docs =
            vec![Doc::Source(open.range()), Doc::indent(docs), Doc::Line(LineBreak::Soft), Doc::Source(close.range())];
        self.group(docs)
    }
}
