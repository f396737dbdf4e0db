//! A class goes in; which of its columns are keys comes out, as far as what is written tells.

use crate::syntax::Node;
use crate::types::Class;

use super::mapping::{Mapping, Relation, member_name, members};

impl Mapping<'_> {
    /// Whether a column can be a foreign key, as far as its class tells.
    pub fn may_be_foreign_key(&self, class: &Class, name: &str) -> bool {
        let of_class = self.ancestors(class).iter().find_map(|owner| {
            let node = owner.module.node(&owner.at.range())?;
            let is_it = |member: &Node<'_>| member_name(member).is_some_and(|found| found.text() == name);
            let member = members(&node).into_iter().find(is_it)?;
            Some(names_foreign_key(&member.text()))
        });
        of_class != Some(false)
    }

    /// Whether a column is all of the primary key and a number that the database gives each row: the first gets 1.
    pub fn is_number_of_rows(&self, class: &Class, name: &str) -> bool {
        let is_given = |text: &str| text.contains("autoincrement") || names_foreign_key(text);
        let is_number = |column: &Node<'_>| {
            let text = column.text();
            is_primary_key(column)
                && !is_given(&text)
                && ["[int]", ": int", "Integer"].iter().any(|one| text.contains(one))
        };
        self.names_of(class, is_primary_key) == [name] && !self.names_of(class, is_number).is_empty()
    }

    /// The primary key of a class, where the foreign keys of those that a relationship leads to can refer to nothing else.
    pub fn referred_to(&self, class: &Class, relation: &Relation) -> Option<String> {
        let keys = self.names_of(class, is_primary_key);
        let [key] = keys.as_slice() else { return None };
        let joins_otherwise = |member: &Node<'_>| {
            let is_it = member_name(member).is_some_and(|name| name.text() == relation.name);
            is_it && (member.text().contains("primaryjoin") || member.text().contains("secondary"))
        };
        let refers_elsewhere = |member: &Node<'_>| {
            let text = member.text();
            names_foreign_key(&text) && !text.contains(&format!(".{key}\"")) && !text.contains(&format!(".{key}'"))
        };
        let is_plain = self.names_of(class, joins_otherwise).is_empty()
            && self.names_of(&relation.target, refers_elsewhere).is_empty();
        (is_plain && relation.is_list).then(|| key.clone())
    }
}

/// Whether the class has a foreign key, so that a relationship of it to one object can be many-to-one.
pub(super) fn has_key(owner: &Class) -> bool {
    owner.module.node(&owner.at.range()).is_some_and(|class| names_foreign_key(&class.text()))
}

/// Whether what is written makes a column of the primary key.
fn is_primary_key(column: &Node<'_>) -> bool {
    column.text().contains("primary_key=True")
}

/// Whether what is written may be a foreign key, or have one.
fn names_foreign_key(text: &str) -> bool {
    text.contains("ForeignKey") || text.contains("foreign_key")
}
