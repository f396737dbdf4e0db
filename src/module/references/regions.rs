//! The scopes and loops of a file: what decides what a name means, and when it is read.

use std::ops::Range;

use super::Span;
use crate::syntax::{Node, kind};

/// What a region is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionKind {
    /// The whole file.
    Module,
    /// A function or lambda.
    Function,
    /// A class.
    Class,
    /// A `for` or `while` statement: what it binds later counts in its next round.
    Loop,
}

/// A scope or a loop.
#[derive(Debug)]
pub struct Region {
    /// What it is.
    pub kind: RegionKind,
    span: Span,
    body: Span,
    /// That of a function or class; else empty.
    pub(super) name: Span,
    /// The index of the region around.
    pub(super) parent: u32,
}

impl Region {
    /// The region that a node is, in another one.
    pub(super) fn of(node: &Node<'_>, parent: u32) -> Option<Self> {
        let kind = match &*node.kind() {
            kind::MODULE => RegionKind::Module,
            kind::FUNCTION_DEFINITION | kind::LAMBDA => RegionKind::Function,
            kind::CLASS_DEFINITION => RegionKind::Class,
            kind::FOR_STATEMENT | kind::WHILE_STATEMENT => RegionKind::Loop,
            _ => return None,
        };
        let span = Span::of(&node.range());
        let nothing = Span { start: span.start, end: span.start };
        let field = |name: &str| match kind {
            RegionKind::Function | RegionKind::Class => node.field(name).map(|part| Span::of(&part.range())),
            RegionKind::Module | RegionKind::Loop => None,
        };
        let (body, name) = (field("body").unwrap_or(nothing), field("name").unwrap_or(nothing));
        Some(Self { kind, span, body, name, parent })
    }

    /// All of it.
    pub fn range(&self) -> Range<usize> {
        self.span.range()
    }

    /// The name of a function or class; else empty.
    pub fn name(&self) -> Range<usize> {
        self.name.range()
    }

    /// Whether something is in the body: defaults, decorators and bases are looked up from outside.
    pub fn has_in_body(&self, range: &Range<usize>) -> bool {
        let body = self.body.range();
        !body.is_empty() && body.start <= range.start && range.end <= body.end
    }
}
