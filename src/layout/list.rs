//! A list in brackets goes in; its document comes out: the parts on lines of their own where they have no room on one, with their comments
//! and commas.

use std::ops::Range;

use crate::syntax::{Node, kind};

use super::build::{DocBuilder, Nesting};
use super::document::{Doc, LineBreak};
use super::shape::comment_range;

/// What stands in the brackets of a list.
#[derive(Default)]
struct ListContents {
    /// The comment behind the bracket that opens.
    opening: Option<Range<usize>>,
    parts: Vec<Part>,
    /// Those on lines of their own behind the last part.
    comments: Vec<Range<usize>>,
}

/// One part of a bracketed list.
struct Part {
    /// Those on lines of their own in front of it.
    comments: Vec<Range<usize>>,
    doc: Doc,
    end_of_line: Option<Range<usize>>,
    comma: Option<Range<usize>>,
}

impl DocBuilder<'_> {
    pub(super) fn list(&self, node: &Node<'_>, at: Nesting) -> Option<Doc> {
        self.list_docs(node, at).map(|docs| self.group(docs))
    }

    /// A list in brackets; None where something but comments, parts and commas is in it.
    pub(super) fn list_docs(&self, node: &Node<'_>, at: Nesting) -> Option<Vec<Doc>> {
        let mut children: Vec<_> = node.children().collect();
        if node.kind() == kind::SUBSCRIPT {
            children.remove(0);
        }
        let [open, inside @ .., close] = children.as_slice() else {
            return None;
        };
        let (open, close) = (open.range(), close.range());
        let ListContents { opening, mut parts, comments } = self.listed(open.end, inside, at)?;
        let is_tuple = node.kind() == kind::TUPLE || node.kind() == kind::SUBSCRIPT && parts[0].comma.is_some();
        let is_single_tuple = is_tuple && parts.len() == 1;
        // a parameter that stands alone gets a comma wherever it goes
        let is_single_parameter = node.kind() == kind::PARAMETERS && parts.len() == 1;
        let comma = parts.last_mut().filter(|_| is_single_parameter).map(|part| part.comma.take());
        let is_magic = comma.as_ref().is_some_and(Option::is_some) && self.style.magic_trailing_comma;
        let inner = self.parts(parts, comments, is_single_tuple);
        let is_grouped = matches!(&*node.kind(), kind::ARGUMENT_LIST | kind::PARAMETERS);
        let inner = if is_grouped { self.group(inner) } else { Doc::All(inner) };
        let mut inside = vec![Doc::Line(LineBreak::Soft), inner];
        inside.extend(comma.map(|comma| Doc::IfBroken(Box::new(Doc::Optional(',', comma)))));
        inside.extend(is_magic.then(|| Doc::Group(true, Box::new(Doc::All(Vec::new())))));
        let mut docs = vec![Doc::Source(open)];
        docs.extend(opening.map(Doc::EndOfLine));
        docs.extend([Doc::indent(inside), Doc::Line(LineBreak::Soft), Doc::Source(close)]);
        Some(docs)
    }

    /// What stands in a list's brackets, the first of which ends at an offset; None where that is nothing, or what has no place in a list.
    fn listed(&self, open: usize, inside: &[Node<'_>], at: Nesting) -> Option<ListContents> {
        let mut listed = ListContents::default();
        let mut end = open;
        for child in inside {
            let on_same_line = !self.text[end..child.range().start].contains(['\n', '\r']);
            end = child.range().end;
            match &*child.kind() {
                kind::COMMENT => {
                    let range = comment_range(self.text, child);
                    end = range.end;
                    match listed.parts.last_mut() {
                        Some(part) if on_same_line => part.end_of_line = Some(range),
                        None if on_same_line => listed.opening = Some(range),
                        _ => listed.comments.push(range),
                    }
                }
                "," => listed.parts.last_mut()?.comma = Some(child.range()),
                _ => {
                    let doc = self.expression(child, at.bracketed());
                    let comments = std::mem::take(&mut listed.comments);
                    listed.parts.push(Part { comments, doc, end_of_line: None, comma: None });
                }
            }
        }
        (!listed.parts.is_empty()).then_some(listed)
    }

    /// The parts with their comments, and the comments behind the last.
    fn parts(&self, parts: Vec<Part>, comments: Vec<Range<usize>>, is_single_tuple: bool) -> Vec<Doc> {
        let mut docs = Vec::new();
        let last = parts.len() - 1;
        for (index, part) in parts.into_iter().enumerate() {
            let own_lines = part.comments.into_iter();
            docs.extend(own_lines.flat_map(|comment| [Doc::Source(comment), Doc::Line(LineBreak::Hard)]));
            docs.push(part.doc);
            docs.extend(part.end_of_line.map(Doc::EndOfLine));
            let is_magic = part.comma.is_some() && self.style.magic_trailing_comma && !is_single_tuple;
            let comma = Doc::Optional(',', part.comma);
            if index < last {
                docs.extend([comma, Doc::Line(LineBreak::SoftOrSpace)]);
            } else if is_single_tuple {
                docs.push(comma);
            } else if is_magic {
                docs.extend([Doc::IfBroken(Box::new(comma)), Doc::Group(true, Box::new(Doc::All(Vec::new())))]);
            } else if last > 0 {
                // a single part gets no comma that it doesn't have
                docs.push(Doc::IfBroken(Box::new(comma)));
            }
        }
        docs.extend(comments.into_iter().flat_map(|comment| [Doc::Line(LineBreak::Hard), Doc::Source(comment)]));
        docs
    }
}
