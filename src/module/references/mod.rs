//! A syntax tree goes in; every place that has a name comes out, with what is done there, in a table that needs the tree no longer.
//!
//! Who reads, changes, exports or rebinds a name is a look into this table. What a name means there is not known yet: that takes the scopes
//! around it, which the table has too.

mod build;
mod kind;
mod namespace;
mod regions;
mod strings;
mod whole;

use std::ops::Range;

use crate::syntax::Node;

pub use kind::ReferenceKind;
pub use namespace::{Namespace, NamespaceUse};
pub use regions::{Region, RegionKind};
pub use strings::{NamedBy, StringUse, is_of_word};
pub use whole::Whole;

/// A range of bytes, in half the memory of a `Range<usize>`: a file has as many of them as names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn of(range: &Range<usize>) -> Self {
        Self { start: offset(range.start), end: offset(range.end) }
    }

    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The parser takes no texts with larger offsets.
fn offset(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// What a place that has a name is to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// An expression, or the pattern of a `case`, that refers to it.
    Reference,
    /// An assignment, or the pattern of a `case`, binds it in the scope around.
    Binding,
    /// An assignment binds it in a scope further out, by `global` or `nonlocal`.
    OuterBinding,
    /// A function, a class or a parameter has it.
    Definition,
    /// It is a part of an import statement.
    Import,
    /// It is the name of a keyword argument.
    Keyword,
}

/// A place that has a name, outside of strings.
#[derive(Debug)]
pub struct Occurrence {
    name: Span,
    /// Where the expression begins whose last name it is: `module` in `module.NAME`.
    expression: u32,
    /// The innermost region around.
    region: u32,
    /// The index behind that of its detail; 0 where it has none.
    detail: u32,
    /// What it is to the name.
    pub role: Role,
    /// What is done with the expression.
    pub kind: ReferenceKind,
    /// The same where the name is that of a whole, by [`Whole`].
    kinds_of_whole: [ReferenceKind; Whole::COUNT],
    /// What the name is an attribute of is written before it.
    pub is_attribute: bool,
    /// The expression is called, or given to `functools.partial`.
    pub is_called: bool,
}

/// What few occurrences have.
#[derive(Debug, Default)]
struct Detail {
    /// The names of the expression, where its text has more than names and dots; none where it is no dotted name.
    path: Option<Box<[Box<str>]>>,
    items: Box<[Box<str>]>,
    binds: Option<Span>,
}

/// Every place in a file that has a name.
#[derive(Debug, Default)]
pub struct References {
    /// In order of name, then of position.
    occurrences: Box<[Occurrence]>,
    details: Box<[Detail]>,
    /// In order of position.
    strings: Box<[StringUse]>,
    /// The words of the strings, in order of word, then of position: where each begins, and the index of its string.
    words: Box<[(u32, u32)]>,
    /// In order of position; the first is the module.
    regions: Box<[Region]>,
    /// In order of position.
    namespaces: Box<[NamespaceUse]>,
    /// `import name as alias`: the last part of the name, and the alias.
    aliases: Box<[(Span, Span)]>,
}

impl Occurrence {
    /// The name.
    pub fn range(&self) -> Range<usize> {
        self.name.range()
    }

    /// The expression whose last name it is.
    pub fn expression(&self) -> Range<usize> {
        self.expression as usize..self.name.end as usize
    }

    /// What is done with the expression where it is the whole.
    pub fn kind_of_whole(&self, whole: Whole) -> ReferenceKind {
        self.kinds_of_whole[whole as usize]
    }
}

impl References {
    /// The places in a tree.
    pub(super) fn of(root: &Node<'_>) -> Self {
        build::references(root)
    }

    /// The places outside of strings that have a name, in order; `text` is what was parsed.
    pub(super) fn of_name(&self, text: &str, name: &str) -> &[Occurrence] {
        let at = |occurrence: &Occurrence| &text[occurrence.range()];
        let start = self.occurrences.partition_point(|one| at(one) < name);
        let count = self.occurrences[start..].iter().take_while(|one| at(one) == name).count();
        &self.occurrences[start..start + count]
    }

    /// Where strings have a name as a word, in order: the offset of the word, and the string.
    pub(super) fn in_strings<'r>(
        &'r self,
        text: &'r str,
        name: &'r str,
    ) -> impl Iterator<Item = (usize, &'r StringUse)> {
        // the name of a file can be more than one word
        let first = strings::word_at(name, 0);
        let start = self.words.partition_point(|(at, _)| strings::word_at(text, *at as usize) < first);
        let words = self.words[start..].iter().take_while(move |(at, _)| strings::word_at(text, *at as usize) == first);
        let is_it = move |(at, string): &&(u32, u32)| {
            let content = &text[..self.strings[*string as usize].content().end];
            let rest = content[*at as usize..].strip_prefix(name);
            rest.is_some_and(|rest| !rest.starts_with(strings::is_of_word))
        };
        words.filter(is_it).map(|(at, string)| (*at as usize, &self.strings[*string as usize]))
    }

    /// The names of an occurrence's expression; None where it is no dotted name.
    pub(super) fn path(&self, text: &str, occurrence: &Occurrence) -> Option<Vec<String>> {
        match self.detail(occurrence) {
            Some(Detail { path: Some(path), .. }) if path.is_empty() => None,
            Some(Detail { path: Some(path), .. }) => Some(path.iter().map(|name| name.to_string()).collect()),
            _ => Some(text[occurrence.expression()].split('.').map(str::to_owned).collect()),
        }
    }

    fn detail(&self, occurrence: &Occurrence) -> Option<&Detail> {
        let index = occurrence.detail.checked_sub(1)?;
        self.details.get(index as usize)
    }

    /// The keys of the item with which something is done, the outermost first; none where it is the whole.
    pub fn items(&self, occurrence: &Occurrence) -> Vec<String> {
        let items = self.detail(occurrence).map(|detail| &*detail.items).unwrap_or_default();
        items.iter().map(|key| key.to_string()).collect()
    }

    /// The name in `name = expression`.
    pub fn binds(&self, occurrence: &Occurrence) -> Option<Range<usize>> {
        self.detail(occurrence)?.binds.map(Span::range)
    }

    /// The regions around an occurrence, the innermost first, without the module.
    pub fn around(&self, occurrence: &Occurrence) -> impl Iterator<Item = &Region> + Clone {
        self.outward(occurrence.region)
    }

    /// The regions around a region, the innermost first, without the module.
    pub fn around_region(&self, region: &Region) -> impl Iterator<Item = &Region> + Clone {
        self.outward(region.parent)
    }

    fn outward(&self, innermost: u32) -> impl Iterator<Item = &Region> + Clone {
        let region = |index: u32| (index > 0).then(|| &self.regions[index as usize]);
        std::iter::successors(region(innermost), move |inner| region(inner.parent))
    }

    /// The class whose name stands at an offset.
    pub fn class_named_at(&self, offset: usize) -> Option<&Region> {
        // nothing that is a region begins between a class and its name
        let behind = self.regions.partition_point(|one| one.range().start <= offset);
        let last = self.regions[..behind].last();
        last.filter(|one| one.kind == RegionKind::Class && one.name.start as usize == offset)
    }

    /// Where names are read without being written.
    pub fn namespaces(&self) -> &[NamespaceUse] {
        &self.namespaces
    }

    /// `import name as alias`: the last part of each name, and its alias.
    pub(super) fn aliases(&self) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        self.aliases.iter().map(|(name, alias)| (name.range(), alias.range()))
    }
}
