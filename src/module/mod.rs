//! A decoded file goes in; its syntax tree comes out with the names that its scopes bind, and the places that refer to names.

mod references;
mod scope;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::hints::Hints;
use crate::source::Source;
use crate::syntax::{Node, Tree, hinted_nodes, kind, positional_arguments};

pub use references::{
    NamedBy, Namespace, NamespaceUse, Occurrence, ReferenceKind, References, Region, RegionKind, Role, StringUse, Whole,
};
pub use scope::{Binding, Dotted, ModuleName, Parameter, Scope, Target};

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
    index: Arc<Index>,
}

/// What was asked of the tree so far, and is known without it.
#[derive(Default)]
struct Index {
    /// What functions and classes bind, by where they begin.
    inner: Mutex<HashMap<usize, Arc<Scope>>>,
    /// The ranges of the statements that change a dictionary, by its name.
    statements: OnceLock<HashMap<String, Vec<Range<usize>>>>,
    references: OnceLock<References>,
}

/// A range of bytes in the text of a file.
#[derive(Debug, Clone)]
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
        Self { path: path.into(), source: Arc::new(source), tree: tree.into(), scope, index: Arc::default() }
    }

    /// The same without its tree, which takes much more memory than the text: most modules are asked for their names alone.
    pub fn without_tree(&self) -> Self {
        Self {
            path: Arc::clone(&self.path),
            source: Arc::clone(&self.source),
            tree: OnceLock::new(),
            scope: Arc::clone(&self.scope),
            index: Arc::clone(&self.index),
        }
    }

    /// Whether the tree is there already.
    pub fn has_tree(&self) -> bool {
        self.tree.get().is_some()
    }

    /// The syntax tree; offsets are bytes of the text.
    pub fn tree(&self) -> &Tree {
        self.tree.get_or_init(|| Tree::parse(self.source.parser_text()))
    }

    /// The same file with what is parsed in place of its text, of the same length.
    pub fn parsed_as(&self, text: &str) -> Self {
        let tree = Tree::parse(text);
        let scope = Arc::new(Scope::of_module(&tree.root()));
        Self { tree: tree.into(), scope, index: Arc::default(), ..self.without_tree() }
    }

    /// What a function, lambda or class of it binds.
    pub fn scope_of(&self, node: &Node<'_>) -> Arc<Scope> {
        let mut inner = self.index.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let scope = || {
            let is_class = node.kind() == kind::CLASS_DEFINITION;
            Arc::new(if is_class { Scope::of_class(node) } else { Scope::of_function(node) })
        };
        Arc::clone(inner.entry(node.range().start).or_insert_with(scope))
    }

    /// The same of a region that is one.
    pub fn scope_of_region(&self, region: &Region) -> Arc<Scope> {
        let range = region.range();
        let known = self.index.inner.lock().unwrap_or_else(PoisonError::into_inner).get(&range.start).cloned();
        known.or_else(|| Some(self.scope_of(&self.node(&range)?))).unwrap_or_default()
    }

    /// Every place that has a name. The table is made for who asks first, and stays when the tree goes.
    pub fn references(&self) -> &References {
        self.index.references.get_or_init(|| References::of(&self.tree().root()))
    }

    /// The places outside of strings that have a name, in order.
    pub fn occurrences(&self, name: &str) -> &[Occurrence] {
        self.references().of_name(self.source.parser_text(), name)
    }

    /// Where strings have a name as a word, in order: the offset of the word, and the string.
    pub fn in_strings<'m>(&'m self, name: &'m str) -> impl Iterator<Item = (usize, &'m StringUse)> {
        self.references().in_strings(self.source.parser_text(), name)
    }

    /// The strings that have a name as a word, in order, each once.
    pub fn strings_naming<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m StringUse> {
        let mut last = None;
        let strings = self.in_strings(name).map(|(_, string)| string);
        strings.filter(move |string| last.replace(string.content().start) != Some(string.content().start))
    }

    /// Whether a name is in the file, be it as a word of a string.
    pub fn names(&self, name: &str) -> bool {
        !self.occurrences(name).is_empty() || self.strings_naming(name).next().is_some()
    }

    /// The names of an occurrence's expression; None where it is no dotted name.
    pub fn path_of(&self, occurrence: &Occurrence) -> Option<Vec<String>> {
        self.references().path(self.source.parser_text(), occurrence)
    }

    /// What the file's imports call names anew: `import name as alias`, and `import package.name as alias`.
    pub fn import_aliases(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = self.source.parser_text();
        self.references().aliases().map(|(name, alias)| (&text[name], &text[alias]))
    }

    /// The statements that can put something into a dictionary, by the dictionary's name: `name[…] = …`, `name |= …`, `name.setdefault(…)`,
    /// `name.update(…)` and `setitem(name, …)`.
    pub fn dictionary_statements(&self, name: &str) -> impl Iterator<Item = Node<'_>> {
        let index = || {
            let root = self.tree().root();
            let hints = Hints::of_set_items(root.get_doc().text());
            let mut statements: HashMap<String, Vec<Range<usize>>> = HashMap::new();
            for node in hinted_nodes(&root, &hints) {
                for (name, statement) in dictionaries_changed_by(&node) {
                    statements.entry(name).or_default().push(statement);
                }
            }
            statements
        };
        let ranges = self.index.statements.get_or_init(index).get(name);
        ranges.into_iter().flatten().filter_map(|range| self.node(range))
    }

    /// The node that has exactly the range; the innermost of several.
    pub fn node(&self, range: &Range<usize>) -> Option<Node<'_>> {
        self.tree().node_around(range).filter(|node| node.range() == *range)
    }

    /// A range of this file.
    pub fn location(&self, range: &Range<usize>) -> Location {
        Location { path: Arc::clone(&self.path), start: range.start, end: range.end }
    }
}

impl Location {
    /// A range of the same file.
    pub fn part(&self, range: &Range<usize>) -> Self {
        Self { path: Arc::clone(&self.path), start: range.start, end: range.end }
    }

    /// Whether the other is a part of it.
    pub fn covers(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end && self.path.as_os_str() == other.path.as_os_str()
    }

    /// The range in the file.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// The name of the dictionary that a statement changes.
fn dictionaries_changed_by(node: &Node<'_>) -> Vec<(String, Range<usize>)> {
    let named = |target: Option<Node<'_>>, range: Range<usize>| {
        let name = target.filter(|target| target.kind() == kind::IDENTIFIER)?;
        Some((name.text().into_owned(), range))
    };
    let changed = match &*node.kind() {
        kind::ASSIGNMENT if node.field("left").is_some_and(|left| left.kind() == kind::SUBSCRIPT) => {
            named(node.field("left").and_then(|item| item.field("value")), node.range())
        }
        // `name["key"], other = …`
        kind::ASSIGNMENT => {
            let targets = node.field("left").into_iter().flat_map(|left| left.named_children().collect::<Vec<_>>());
            let items = targets.filter(|target| target.kind() == kind::SUBSCRIPT);
            return items.filter_map(|item| named(item.field("value"), item.range())).collect();
        }
        kind::AUGMENTED_ASSIGNMENT => named(node.field("left"), node.range()),
        kind::CALL => {
            let object = node.field("function").and_then(|method| method.field("object"));
            // `operator.setitem(name, "key", …)`
            let first =
                node.field("arguments").and_then(|arguments| positional_arguments(&arguments).into_iter().next());
            return [object, first].into_iter().filter_map(|target| named(target, node.range())).collect();
        }
        _ => None,
    };
    changed.into_iter().collect()
}

/// Paths are compared as they are written: each file has but one spelling here, and `Path` would compare it part by part.
impl Location {
    fn key(&self) -> (&OsStr, usize, usize) {
        (self.path.as_os_str(), self.start, self.end)
    }
}

impl PartialEq for Location {
    fn eq(&self, other: &Self) -> bool {
        self.start == other.start && self.end == other.end && self.path.as_os_str() == other.path.as_os_str()
    }
}

impl Eq for Location {}

impl Hash for Location {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for Location {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Location {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Module").field("path", &self.path).finish_non_exhaustive()
    }
}
