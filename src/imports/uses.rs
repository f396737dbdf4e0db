//! A module and its edits go in; which imported names the edits take a use of comes out, and whether the rest of the file uses them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::HashSet;

use crate::module::{BindingKind, Module, NamedBy, Occurrence, RegionKind, Role, Scope, StringUse};
use crate::rewrite::Edit;
use crate::syntax::Node;

/// A module with what is edited in it.
pub(super) struct Uses<'a> {
    pub module: &'a Module,
    pub edits: &'a [Edit],
}

/// A name that an import binds, and of which edits take a use away.
pub(super) struct Imported<'a> {
    /// Where it is bound.
    pub name: Node<'a>,
    /// The function, class or file whose name it is.
    owner: Range<usize>,
    /// It is bound elsewhere, too.
    is_bound_again: bool,
    /// The ranges of these edits.
    pub taken_by: Vec<Range<usize>>,
}

/// Whether the file uses a name elsewhere.
pub(super) enum Others {
    Certain,
    /// It may, and why.
    Perhaps(String),
    None,
}

/// The words that an edit takes away, but for those of cascades.
pub(super) fn names_taken_by<'t>(text: &'t str, edit: &Edit) -> Vec<&'t str> {
    const OF_CASCADES: [&str; 11] =
        ["all", "save", "update", "merge", "refresh", "expire", "expunge", "delete", "orphan", "none", "cascade"];
    let left: HashSet<&str> = words(&edit.text).collect();
    words(&text[edit.range.clone()]).filter(|word| !left.contains(word) && !OF_CASCADES.contains(word)).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !is_of_name(c));
    words.filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl<'a> Uses<'a> {
    /// The imported names of which the edits take a use away, each once.
    pub fn imports_taken(&self) -> Vec<Imported<'a>> {
        let mut found: BTreeMap<usize, Imported<'a>> = BTreeMap::new();
        for edit in self.edits {
            let is_inside = |one: &&Occurrence| contains(&edit.range, &one.range());
            for name in names_taken_by(self.module.source.text(), edit) {
                for read in self.module.occurrences(name).iter().filter(is_inside).filter(|one| reads(one)) {
                    let Some(imported) = self.import_of(read, name) else { continue };
                    let known = found.entry(imported.name.range().start).or_insert(imported);
                    if !known.taken_by.contains(&edit.range) {
                        known.taken_by.push(edit.range.clone());
                    }
                }
            }
        }
        found.into_values().collect()
    }

    /// The import that binds a name which is read.
    fn import_of(&self, read: &Occurrence, name: &str) -> Option<Imported<'a>> {
        let (owner, scope) = self.owner(read, name);
        let bindings = scope.all(name);
        let binding =
            bindings.iter().find(|one| matches!(one.kind, BindingKind::Module(_) | BindingKind::Member(..)))?;
        let is_bound_again = bindings.len() > 1;
        let name = self.module.tree().node_around(&binding.name)?;
        Some(Imported { name, owner, is_bound_again, taken_by: Vec::new() })
    }

    /// The innermost scope around an occurrence that binds its name, and its range; the file's if there is none.
    fn owner(&self, occurrence: &Occurrence, name: &str) -> (Range<usize>, Arc<Scope>) {
        let around = self.module.references().around(occurrence).filter(|region| region.kind != RegionKind::Loop);
        let binding = around.enumerate().find_map(|(depth, region)| {
            // functions don't see the names of the class around them
            let is_seen = depth == 0 || region.kind != RegionKind::Class;
            let scope = is_seen.then(|| self.module.scope_of_region(region))?;
            (!scope.all(name).is_empty()).then(|| (region.range(), scope))
        });
        binding.unwrap_or_else(|| (0..self.module.source.text().len(), Arc::clone(&self.module.scope)))
    }

    /// Whether the name's scope uses it outside of the edits and the import statement.
    pub fn others(&self, imported: &Imported<'_>, statement: &Range<usize>) -> Others {
        let name = imported.name.text();
        let is_other = |place: &Range<usize>| {
            let leaves_it = |edit: &Edit| words(&edit.text).any(|word| word == name);
            let is_edited = self.edits.iter().any(|edit| contains(&edit.range, place) && !leaves_it(edit));
            contains(&imported.owner, place) && !is_edited && !contains(statement, place)
        };
        let is_used =
            |one: &Occurrence| is_other(&one.range()) && reads(one) && self.owner(one, &name).0 == imported.owner;
        if self.module.occurrences(&name).iter().any(is_used) {
            return Others::Certain;
        }
        let in_strings = self.module.in_strings(&name).filter(|(at, _)| is_other(&(*at..at + name.len())));
        let is_looked_up = |string: &StringUse| string.named_by == NamedBy::Export || string.is_in_type;
        let mut last = None;
        for (at, string) in in_strings {
            if is_looked_up(string) {
                return Others::Certain;
            }
            last = Some(at);
        }
        match last {
            Some(at) => {
                let line = self.module.source.position(at).shown_line();
                Others::Perhaps(format!("the string in line {line} names it"))
            }
            None if imported.is_bound_again => Others::Perhaps("the name is bound elsewhere, too".to_owned()),
            None => Others::None,
        }
    }
}

/// Whether an occurrence is of a variable, and no attribute, keyword or part of an import.
fn reads(occurrence: &Occurrence) -> bool {
    !occurrence.is_attribute && !matches!(occurrence.role, Role::Import | Role::Keyword)
}

fn contains(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
