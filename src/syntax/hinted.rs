//! A node and hints, or words, go in; the nodes in it that touch them come out.

use std::borrow::Borrow;

use super::{Node, kind};
use crate::hints::{Hints, Words};

/// The nodes of a tree that touch a hint, outer ones first and in order of position. Iterative: the depth of the tree costs no
/// stack.
pub fn hinted_nodes<'t, H: Borrow<Hints>>(root: &Node<'t>, hints: H) -> impl Iterator<Item = Node<'t>> + use<'t, H> {
    let mut stack = vec![root.clone()];
    std::iter::from_fn(move || {
        let node = stack.pop()?;
        let from = stack.len();
        stack.extend(node.children().filter(|child| hints.borrow().touch(&child.range())));
        stack[from..].reverse();
        Some(node)
    })
}

/// A node and those in it that touch a word, in the same order. Its own text alone is searched.
pub fn nodes_with_word<'t>(node: &Node<'t>, word: &str) -> impl Iterator<Item = Node<'t>> + use<'t> {
    hinted_nodes(node, Hints::of_word(node.get_doc().text(), &node.range(), word))
}

/// The same of any of some words.
pub fn nodes_with_words<'t>(node: &Node<'t>, words: &Words) -> impl Iterator<Item = Node<'t>> + use<'t> {
    hinted_nodes(node, Hints::of_words(node.get_doc().text(), &node.range(), words))
}

/// The calls in a node, itself included, of functions that have one of some names, or of a few others.
pub fn calls_named<'t>(node: &Node<'t>, names: &Words) -> impl Iterator<Item = Node<'t>> + use<'t> {
    let hints = Hints::of_calls(node.get_doc().text(), &node.range(), names);
    hinted_nodes(node, hints).filter(|node| node.kind() == kind::CALL)
}
