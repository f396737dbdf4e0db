//! A decoded file goes in; its syntax tree comes out with the names that its scopes bind, and the places that refer to names.

mod filled;
mod references;
mod scope;

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};

use parking_lot::Mutex;

use crate::hints::{self, Hints, Words};
use crate::source::{Kind, Source};
use crate::syntax::{Node, Outlining, Parts, Tree, has_error, hinted_nodes, kind, nodes_with_words, numbered};

use filled::{ByKey, Filled};
use foldhash::{HashMap, HashSet};

pub use references::{
    NamedBy, Namespace, NamespaceUse, Occurrence, ReferenceKind, References, Region, RegionKind, Role, StringUse,
    Whole, is_of_word,
};
pub use scope::{Binding, BindingKind, Dotted, ModuleName, Parameter, Scope};

/// A parsed file.
pub struct Module {
    /// Absolute.
    pub path: Arc<Path>,
    /// Its text.
    pub source: Arc<Source>,
    /// Its syntax tree, unless nobody asked for it yet.
    tree: OnceLock<Tree>,
    /// What that does without.
    outlining: Option<Outlining>,
    /// What its own scope binds.
    pub scope: Arc<Scope>,
    index: Arc<Index>,
}

/// What was asked of the tree so far, and is known without it.
#[derive(Default)]
struct Index {
    /// What functions and classes bind, by where they begin.
    inner: Mutex<HashMap<usize, Arc<Scope>>>,
    filled: OnceLock<Filled>,
    /// What is in large displays, by their numbers among the nodes of the tree.
    parts: Mutex<HashMap<usize, Arc<ByKey<usize>>>>,
    references: OnceLock<References>,
    /// The words that stand in the text once.
    lone_words: OnceLock<HashSet<Box<str>>>,
    /// The words that a colon follows at once.
    annotated: OnceLock<HashSet<Box<str>>>,
    /// The words that stand behind `global` and `nonlocal`.
    shared: OnceLock<HashSet<Box<str>>>,
    mentions: Mutex<HashMap<&'static [&'static str], bool>>,
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
        Self::of(path, source, tree, None)
    }

    fn of(path: &Path, source: Source, tree: Tree, outlining: Option<Outlining>) -> Self {
        let scope = Arc::new(Scope::of_module(&tree.root()));
        let (path, source) = (path.into(), Arc::new(source));
        Self { path, source, tree: tree.into(), outlining, scope, index: Arc::default() }
    }

    /// Parses a file for who asks for a few of its definitions. An error in one of the others may be passed over.
    pub fn outline(path: &Path, source: Source) -> Self {
        Self::outlined(path, source, Outlining::Definitions, |_| {})
    }

    /// Parses a file for who asks for what touches hints: an error there is not passed over, nor one outside of functions, nor one around
    /// what a session is mostly told to do.
    pub fn outline_around(path: &Path, source: Source, hints: &Hints) -> Self {
        static TOLD: LazyLock<Words> = LazyLock::new(|| Words::few(&[".refresh(", ".expire(", ".merge(", "expunge"]));
        Self::outlined(path, source, Outlining::Functions, |root| {
            hinted_nodes(root, hints).for_each(drop);
            nodes_with_words(root, &TOLD).for_each(drop);
        })
    }

    fn outlined(path: &Path, source: Source, of: Outlining, go_into: impl FnOnce(&Node<'_>)) -> Self {
        if source.kind() != Kind::Python {
            return Self::parse(path, source);
        }
        let tree = Tree::outline(source.parser_text(), of);
        go_into(&tree.root());
        // an error around what may be a template's tag is that of a template
        hinted_nodes(&tree.root(), Hints::of_tags(source.parser_text())).for_each(drop);
        if has_error(&tree.root()) {
            return Self::parse(path, source);
        }
        Self::of(path, source, tree, Some(of))
    }

    /// The same without its tree, which takes much more memory than the text: most modules are asked for their names alone.
    pub fn without_tree(&self) -> Self {
        Self {
            path: Arc::clone(&self.path),
            source: Arc::clone(&self.source),
            tree: OnceLock::new(),
            outlining: self.outlining,
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
        self.tree.get_or_init(|| {
            let text = self.source.parser_text();
            // what is kept of one is numbered as its nodes are
            self.outlining.map_or_else(|| Tree::parse(text), |of| Tree::outline(text, of))
        })
    }

    /// The same file with what is parsed in place of its text, of the same length.
    pub fn parsed_as(&self, text: &str) -> Self {
        let tree = Tree::parse(text);
        let scope = Arc::new(Scope::of_module(&tree.root()));
        Self { tree: tree.into(), outlining: None, scope, index: Arc::default(), ..self.without_tree() }
    }

    /// What a function, lambda or class of it binds.
    pub fn scope_of(&self, node: &Node<'_>) -> Arc<Scope> {
        let mut inner = self.index.inner.lock();
        let scope = || {
            let is_class = node.kind() == kind::CLASS_DEFINITION;
            Arc::new(if is_class { Scope::of_class(node) } else { Scope::of_function(node) })
        };
        Arc::clone(inner.entry(node.range().start).or_insert_with(scope))
    }

    /// The same of a region that is one.
    pub fn scope_of_region(&self, region: &Region) -> Arc<Scope> {
        let range = region.range();
        let known = self.index.inner.lock().get(&range.start).cloned();
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

    /// Whether a word stands in the text once, be it in a comment.
    pub fn has_once(&self, word: &str) -> bool {
        let lone = || {
            let mut times: HashMap<&str, usize> = HashMap::default();
            let words = self.source.text().split(|c| !is_of_word(c));
            words.for_each(|word| *times.entry(word).or_default() += 1);
            times.into_iter().filter(|(_, times)| *times == 1).map(|(word, _)| word.into()).collect()
        };
        self.index.lone_words.get_or_init(lone).contains(word)
    }

    /// Whether a colon follows a word somewhere at once, as where a name is annotated.
    pub fn has_before_colon(&self, word: &str) -> bool {
        let before = |(at, _): (usize, &str)| {
            let text = &self.source.text()[..at];
            text[text.trim_end_matches(is_of_word).len()..].into()
        };
        self.index.annotated.get_or_init(|| self.source.text().match_indices(':').map(before).collect()).contains(word)
    }

    /// Whether a function may say of a name that it is that of another one, or of the module: `nonlocal`, `global`.
    pub fn may_share(&self, name: &str) -> bool {
        let shared = || hints::shared_names(self.source.text()).map(Into::into).collect();
        self.index.shared.get_or_init(shared).contains(name)
    }

    /// Whether a name can be bound in an expression.
    pub fn has_walrus(&self) -> bool {
        self.mentions(&[":="])
    }

    /// Whether the text has one of some words, or of parts of words, which are asked for together.
    pub fn mentions(&self, words: &'static [&'static str]) -> bool {
        let has = || words.iter().any(|word| self.source.text().contains(word));
        *self.index.mentions.lock().entry(words).or_insert_with(has)
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

    /// The statements in a range that can put something into a dictionary of the name under a key: `name[…] = …`, `name |= …`,
    /// `name.setdefault(…)`, `name.update(…)` and `setitem(name, …)`, in order.
    pub fn dictionary_statements(&self, name: &str, key: &str, within: &Range<usize>) -> Vec<Range<usize>> {
        self.index.filled.get_or_init(|| Filled::of(&self.tree().root())).of_key(name, key, within)
    }

    /// The parts of a display, or of the arguments of a call, without those that certainly give an item of another key.
    pub fn parts_with_key<'t>(&self, parts: &Node<'t>, key: &str) -> Vec<Node<'t>> {
        /// In bytes; less is looked through as soon as written down.
        const SMALL: usize = 2000;
        if parts.range().len() < SMALL {
            return parts.parts().collect();
        }
        let mut known = self.index.parts.lock();
        let all = known.entry(parts.node_id()).or_insert_with(|| Arc::new(ByKey::of_parts(parts)));
        all.parts(key).into_iter().map(|number| numbered(parts, number)).collect()
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
