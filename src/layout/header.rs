//! The header of a compound statement, or a simple statement with several values, goes in; its document comes out.

use std::ops::Range;

use crate::syntax::{Node, kind};

use super::build::{DocBuilder, Nesting};
use super::document::{Doc, LineBreak};
use super::shape::{colon_of, inside_parentheses};

impl DocBuilder<'_> {
    /// The header of `def`, `class`, `if`, `for` and the like up to its colon, or a decorator, with the comment behind; None where it has no
    /// layout here.
    pub(super) fn header(&self, node: &Node<'_>) -> Option<Doc> {
        let (docs, end) = match &*node.kind() {
            kind::DECORATED_DEFINITION => {
                let decorator = node.children().find(|child| child.kind() == kind::DECORATOR)?;
                let value = decorator.named_children().next()?;
                (vec![Doc::Source(node.range().start..value.range().start), self.value(&value)], value.range().end)
            }
            _ => {
                let colon = colon_of(node)?;
                (self.up_to(node, &colon)?, colon.end)
            }
        };
        let rest = &self.text[end..];
        let comment = end + (rest.len() - rest.trim_start().len())..self.text.trim_end().len();
        let mut docs = vec![Doc::All(docs)];
        if !comment.is_empty() && comment.start < comment.end {
            if !self.text[comment.clone()].starts_with('#') {
                return None;
            }
            docs.push(Doc::EndOfLine(comment));
        }
        Some(Doc::All(docs))
    }

    fn up_to(&self, node: &Node<'_>, colon: &Range<usize>) -> Option<Vec<Doc>> {
        if node.children().any(|child| child.kind() == kind::COMMENT && child.range().end <= colon.start) {
            return None;
        }
        let start = node.range().start;
        match &*node.kind() {
            kind::FUNCTION_DEFINITION => {
                let parameters = node.field("parameters")?;
                let around = parameters.range();
                let mut docs = vec![Doc::Source(start..around.start)];
                docs.extend(self.list_docs(&parameters, Nesting::TOP)?);
                docs.push(Doc::Source(around.end..colon.end));
                // what is behind the parameters breaks after these
                Some(vec![self.group(docs)])
            }
            kind::CLASS_DEFINITION => {
                let bases = node.field("superclasses")?;
                let around = bases.range();
                let list = self.group(self.list_docs(&bases, Nesting::TOP)?);
                Some(vec![Doc::Source(start..around.start), list, Doc::Source(around.end..colon.end)])
            }
            kind::IF_STATEMENT | kind::WHILE_STATEMENT => self.one_value(start, &node.field("condition")?, colon),
            kind::FOR_STATEMENT => self.one_value(start, &node.field("right")?, colon),
            kind::MATCH_STATEMENT => {
                let mut subjects = node.field_children("subject");
                let subject = subjects.next().filter(|_| subjects.next().is_none())?;
                self.one_value(start, &subject, colon)
            }
            kind::WITH_STATEMENT => self.with(node, colon),
            _ => None,
        }
    }

    /// What stands in front of a value, the value, and the colon.
    fn one_value(&self, start: usize, value: &Node<'_>, colon: &Range<usize>) -> Option<Vec<Doc>> {
        let around = value.range();
        if value.kind() == kind::EXPRESSION_LIST && self.style.is_black() {
            return None;
        }
        Some(vec![
            self.source_before(start, around.start),
            Doc::Space,
            self.value(value),
            Doc::Source(around.end..colon.end),
        ])
    }

    /// The text up to a value, without the blank in front of that.
    fn source_before(&self, start: usize, value: usize) -> Doc {
        Doc::Source(start..start + self.text[start..value].trim_end().len())
    }

    fn with(&self, node: &Node<'_>, colon: &Range<usize>) -> Option<Vec<Doc>> {
        let clause = node.children().find(|child| child.kind() == kind::WITH_CLAUSE)?;
        let start = node.range().start;
        let items: Vec<_> = clause.named_children().filter(|child| child.kind() == kind::WITH_ITEM).collect();
        let has_comment = clause.children().any(|child| child.kind() == kind::COMMENT);
        match items.as_slice() {
            _ if has_comment => None,
            [item] if !self.text[clause.range()].starts_with('(') => {
                let mut docs = vec![self.source_before(start, item.range().start), Doc::Space];
                docs.extend([self.with_item(item), Doc::Source(clause.range().end..colon.end)]);
                Some(docs)
            }
            [_, _, ..] if self.style.parenthesized_with => Some(vec![
                self.source_before(start, clause.range().start),
                Doc::Space,
                self.with_items(&clause, &items),
                Doc::Source(clause.range().end..colon.end),
            ]),
            _ => None,
        }
    }

    /// Several items, in parentheses where they have lines of their own.
    fn with_items(&self, clause: &Node<'_>, items: &[Node<'_>]) -> Doc {
        let find =
            |kind: &str| clause.children().filter(|child| child.kind() == kind).map(|child| child.range()).last();
        let bracket = |character, range| Doc::IfBroken(Box::new(Doc::Optional(character, range)));
        let mut commas = clause.children().filter(|child| child.kind() == ",").map(|comma| comma.range());
        let mut inside = vec![Doc::Line(LineBreak::Soft)];
        for (index, item) in items.iter().enumerate() {
            inside.push(self.with_item(item));
            let comma = commas.next();
            match index + 1 < items.len() {
                true => inside.extend([Doc::Optional(',', comma), Doc::Line(LineBreak::SoftOrSpace)]),
                false => inside.push(bracket(',', comma)),
            }
        }
        let has_brackets = self.text[clause.range()].starts_with('(');
        let (open, close) = if has_brackets { (find("("), find(")")) } else { (None, None) };
        self.group(vec![bracket('(', open), Doc::indent(inside), Doc::Line(LineBreak::Soft), bracket(')', close)])
    }

    /// `value` or `value as name`.
    fn with_item(&self, item: &Node<'_>) -> Doc {
        let whole = item.range();
        let value = item.named_children().next();
        let value = match value {
            Some(pattern) if pattern.kind() == kind::AS_PATTERN => pattern.named_children().next(),
            other => other,
        };
        match value {
            Some(value) => {
                let end = value.range().end;
                Doc::All(vec![self.expression(&value, Nesting::TOP.bracketed()), Doc::Source(end..whole.end)])
            }
            None => Doc::Source(whole),
        }
    }

    /// `assert` and `raise`: a word and a value, twice.
    pub(super) fn two_values(&self, statement: &Node<'_>) -> Option<Doc> {
        let values: Vec<_> = statement.named_children().collect();
        let (first, second) = match values.as_slice() {
            [first] => (first, None),
            [first, second] => (first, Some(second)),
            _ => return None,
        };
        let (start, around) = (statement.range().start, first.range());
        let mut docs = vec![self.source_before(start, around.start), Doc::Space, self.value(first)];
        if let Some(second) = second {
            let between = &self.text[around.end..second.range().start];
            let word = around.end + (between.len() - between.trim_start().len());
            if word > around.end {
                docs.push(Doc::Space);
            }
            docs.extend([self.source_before(word, second.range().start), Doc::Space, self.message(second)]);
        }
        Some(Doc::All(docs))
    }

    /// The second value: ruff puts a string into parentheses where there is no room for it.
    fn message(&self, node: &Node<'_>) -> Doc {
        let (inner, brackets) = match inside_parentheses(node) {
            Some((open, inner, close)) => (inner, Some((open, close))),
            None => (node.clone(), None),
        };
        if inner.kind() != kind::STRING || self.style.is_black() {
            return self.value(node);
        }
        let (open, close) = brackets.unzip();
        let bracket = |character, range| Doc::IfBroken(Box::new(Doc::Optional(character, range)));
        let inside = vec![Doc::Line(LineBreak::Soft), Doc::Source(inner.range())];
        self.group(vec![bracket('(', open), Doc::indent(inside), Doc::Line(LineBreak::Soft), bracket(')', close)])
    }
}
