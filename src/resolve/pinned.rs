//! An annotation goes in; whether it says which values are possible comes out.

use super::Resolver;
use super::effort::Effort;
use super::names::Resolution;
use super::place::Place;
use crate::module::BindingKind;
use crate::syntax::{Node, dotted_name, kind};

impl Resolver<'_> {
    /// Whether an annotation, or what it names in the repository, has a `Literal` for the value under the keys: `Literal["all"]`, an
    /// alias of that, or a `TypedDict` with such an item.
    pub fn names_values(&self, place: &Place, annotation: &Node<'_>, keys: &[String]) -> bool {
        let effort = Effort::for_value();
        self.names_values_within(place, annotation, keys, &effort)
    }

    fn names_values_within(&self, place: &Place, annotation: &Node<'_>, keys: &[String], effort: &Effort) -> bool {
        if annotation.text().contains("Literal[") {
            return true;
        }
        let names: Vec<Vec<String>> = annotation.dfs().flat_map(|node| named_in(&node)).collect();
        names.iter().any(|names| {
            let resolutions = self.follow(place, names, effort);
            resolutions.iter().any(|resolution| match resolution {
                Resolution::Bound(found) if found.rest.is_empty() => {
                    let Some(node) = found.value() else { return false };
                    let deeper = |annotation: &Node<'_>, keys: &[String]| {
                        let place = Place::of(found.module(), annotation);
                        effort.deeper(|| self.names_values_within(&place, annotation, keys, effort)).unwrap_or(false)
                    };
                    match &found.binding().kind {
                        BindingKind::Class(_) => {
                            let Some((key, rest)) = keys.split_first() else { return false };
                            let item = |node: &Node<'_>| {
                                node.kind() == kind::ASSIGNMENT
                                    && node.field("left").is_some_and(|left| left.text() == **key)
                            };
                            let types = node.dfs().filter(item).filter_map(|item| item.field("type"));
                            types.collect::<Vec<_>>().iter().any(|annotation| deeper(annotation, rest))
                        }
                        BindingKind::Alias(_) | BindingKind::Expression => {
                            !matches!(&*node.kind(), kind::STRING | kind::DICTIONARY) && deeper(&node, keys)
                        }
                        _ => false,
                    }
                }
                _ => false,
            })
        })
    }
}

/// The dotted names of a part of an annotation, which may be a string.
fn named_in(node: &Node<'_>) -> Vec<Vec<String>> {
    match &*node.kind() {
        kind::IDENTIFIER | kind::ATTRIBUTE => dotted_name(node).into_iter().collect(),
        kind::STRING_CONTENT => {
            let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
            let text = node.text();
            let names = text.split(|c| !is_of_name(c)).filter(|name| !name.is_empty());
            names.map(|name| name.split('.').map(str::to_owned).collect()).collect()
        }
        _ => Vec::new(),
    }
}
