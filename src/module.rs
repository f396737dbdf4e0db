//! A decoded file goes in; its syntax tree comes out with the names that its own scope binds.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::resolve::Scope;
use crate::source::Source;
use crate::syntax::{Node, Tree};

/// A parsed file.
pub struct Module {
    /// Absolute.
    pub path: Arc<Path>,
    /// Its text.
    pub source: Arc<Source>,
    /// Its syntax tree, unless nobody asked for it yet.
    tree: OnceLock<Tree>,
    /// What its own scope binds.
    pub scope: Arc<Scope>,
    /// What its functions and classes bind, by where they begin.
    inner: Mutex<HashMap<usize, Arc<Scope>>>,
}

/// A range of bytes in the text of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// Absolute.
    pub path: Arc<Path>,
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Module {
    /// Parses the file at an absolute path.
    pub fn parse(path: &Path, source: Source) -> Self {
        let (source, tree) = Tree::of(source);
        let scope = Arc::new(Scope::of_module(&tree.root()));
        Self { path: path.into(), source: Arc::new(source), tree: tree.into(), scope, inner: Mutex::default() }
    }

    /// The same without its tree, which takes much more memory than the text: most modules are asked for their names alone.
    pub fn without_tree(self) -> Self {
        Self { tree: OnceLock::new(), ..self }
    }

    /// The syntax tree; offsets are bytes of the text.
    pub fn tree(&self) -> &Tree {
        self.tree.get_or_init(|| Tree::parse(self.source.parser_text()))
    }

    /// The same file with what is parsed in place of its text, of the same length.
    pub fn parsed_as(&self, text: &str) -> Self {
        let tree = Tree::parse(text);
        let scope = Arc::new(Scope::of_module(&tree.root()));
        Self {
            path: Arc::clone(&self.path),
            source: Arc::clone(&self.source),
            tree: tree.into(),
            scope,
            inner: Mutex::default(),
        }
    }

    /// What a function, lambda or class of it binds.
    pub fn scope_of(&self, node: &Node<'_>) -> Arc<Scope> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let scope = || {
            let is_class = node.kind() == "class_definition";
            Arc::new(if is_class { Scope::of_class(node) } else { Scope::of_function(node) })
        };
        Arc::clone(inner.entry(node.range().start).or_insert_with(scope))
    }

    /// The node that has exactly the range; the innermost of several.
    pub fn node(&self, range: &Range<usize>) -> Option<Node<'_>> {
        let mut node = self.tree().root();
        let around = |child: &Node<'_>| child.range().start <= range.start && range.end <= child.range().end;
        loop {
            let inner = node.named_children().find(around);
            match inner {
                Some(inner) => node = inner,
                None => break,
            }
        }
        Some(node).filter(|node| node.range() == *range)
    }

    /// A range of this file.
    pub fn location(&self, range: &Range<usize>) -> Location {
        Location { path: Arc::clone(&self.path), start: range.start, end: range.end }
    }
}

impl Location {
    /// The range in the file.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Module").field("path", &self.path).finish_non_exhaustive()
    }
}
