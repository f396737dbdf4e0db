//! A module and its edits go in; which imported names the edits take a use of comes out, and whether the rest of the file uses them.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::module::Module;
use crate::module::{Scope, Target};
use crate::rewrite::Edit;
use crate::syntax::{Node, has_scope};

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
            let names = names_taken_by(self.module.source.text(), edit);
            let around = (!names.is_empty()).then(|| self.module.tree().node_around(&edit.range)).flatten();
            let Some(around) = around else { continue };
            let is_inside =
                |node: &Node<'_>| edit.range.start <= node.range().start && node.range().end <= edit.range.end;
            for name in around.dfs().filter(|node| node.kind() == "identifier" && is_inside(node)) {
                if !names.contains(&&*name.text()) || !is_read(&name) {
                    continue;
                }
                let Some(imported) = self.import_of(&name) else { continue };
                let known = found.entry(imported.name.range().start).or_insert(imported);
                if !known.taken_by.contains(&edit.range) {
                    known.taken_by.push(edit.range.clone());
                }
            }
        }
        found.into_values().collect()
    }

    /// The import that binds a name which is read.
    fn import_of(&self, name: &Node<'a>) -> Option<Imported<'a>> {
        let (owner, scope) = self.owner(name, &name.text());
        let bindings = scope.all(&name.text());
        let binding = bindings.iter().find(|one| matches!(one.target, Target::Module(_) | Target::Member(..)))?;
        let is_bound_again = bindings.len() > 1;
        let name = self.module.tree().node_around(&binding.name)?;
        Some(Imported { name, owner, is_bound_again, taken_by: Vec::new() })
    }

    /// The innermost scope around a node that binds a name, and its range; the file's if there is none.
    fn owner(&self, node: &Node<'_>, name: &str) -> (Range<usize>, Arc<Scope>) {
        let mut around = node.ancestors().filter(has_scope).enumerate();
        let binding = around.find_map(|(depth, around)| {
            // functions don't see the names of the class around them
            let is_seen = depth == 0 || around.kind() != "class_definition";
            let scope = is_seen.then(|| self.module.scope_of(&around))?;
            (!scope.all(name).is_empty()).then(|| (around.range(), scope))
        });
        binding.unwrap_or_else(|| (0..self.module.source.text().len(), Arc::clone(&self.module.scope)))
    }

    /// Whether the name's scope uses it outside of the edits and the import statement.
    pub fn others(&self, imported: &Imported<'_>, statement: &Range<usize>) -> Others {
        let name = imported.name.text().into_owned();
        let text = &self.module.source.parser_text()[..imported.owner.end];
        let mut perhaps = None;
        for (at, _) in text[imported.owner.start..].match_indices(&name) {
            let place = imported.owner.start + at..imported.owner.start + at + name.len();
            let is_part = text[..place.start].ends_with(is_of_name) || text[place.end..].starts_with(is_of_name);
            let is_edited = self.edits.iter().any(|edit| {
                edit.range.start <= place.start
                    && place.end <= edit.range.end
                    && !words(&edit.text).any(|word| word == name)
            });
            let is_here = statement.start <= place.start && place.end <= statement.end;
            if is_part || is_edited || is_here {
                continue;
            }
            match self.use_at(&place, &name, &imported.owner) {
                Others::Certain => return Others::Certain,
                Others::Perhaps(why) => perhaps = Some(why),
                Others::None => {}
            }
        }
        if imported.is_bound_again {
            perhaps = perhaps.or(Some("the name is bound elsewhere, too".to_owned()));
        }
        perhaps.map_or(Others::None, Others::Perhaps)
    }

    /// What the name at a place is.
    fn use_at(&self, place: &Range<usize>, name: &str, owner: &Range<usize>) -> Others {
        let Some(node) = self.module.tree().node_around(place) else { return Others::Certain };
        match &*node.kind() {
            "comment" => Others::None,
            "identifier" if !is_read(&node) || self.owner(&node, name).0 != *owner => Others::None,
            kind if kind.starts_with("string") => {
                let is_known = |around: &Node<'_>| {
                    let exports = around.field("left").is_some_and(|left| left.text() == "__all__");
                    exports || around.kind() == "type"
                };
                if node.ancestors().any(|around| is_known(&around)) {
                    return Others::Certain;
                }
                let line = self.module.source.position(place.start).shown_line();
                Others::Perhaps(format!("the string in line {line} names it"))
            }
            _ => Others::Certain,
        }
    }
}

/// Whether an identifier reads the name that it is, and is no attribute, keyword or part of an import.
fn is_read(name: &Node<'_>) -> bool {
    let Some(parent) = name.parent() else { return false };
    let is_field = |field: &str| parent.field(field).is_some_and(|node| node.range() == name.range());
    match &*parent.kind() {
        "attribute" => is_field("object"),
        "keyword_argument" => !is_field("name"),
        "dotted_name" => !parent.ancestors().any(|node| node.kind().starts_with("import_")),
        "aliased_import" => false,
        _ => true,
    }
}
