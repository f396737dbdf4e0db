//! An argument of a call goes in; the keys come out that lead from what the call is given to the cascade in it.

use crate::syntax::{Node, kind, positional_arguments, string_content};

/// One step into a dictionary, or into what is given by position.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A keyword argument, or an item of a dictionary; None where it can be any.
    Name(Option<String>),
    /// A positional argument, or an element of a sequence; None where it can be any.
    Index(Option<usize>),
}

/// From a value to the cascade in it, the outermost key first; none where the value is the cascade itself.
pub type KeyPath = Vec<Key>;

impl Key {
    /// The key with a name.
    pub fn name(name: &str) -> Self {
        Self::Name(Some(name.to_owned()))
    }

    /// Whether it can be the other.
    pub fn can_be(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Name(one), Self::Name(other)) => one.is_none() || other.is_none() || one == other,
            (Self::Index(one), Self::Index(other)) => one.is_none() || other.is_none() || one == other,
            _ => false,
        }
    }
}

/// The keys with another one in front.
pub(super) fn inside(key: Key, keys: &[Key]) -> KeyPath {
    std::iter::once(key).chain(keys.iter().cloned()).collect()
}

/// The keys from the arguments of a call to an expression in them.
pub fn keys_to(node: &Node<'_>, call: &Node<'_>) -> KeyPath {
    let mut keys = Vec::new();
    let mut node = node.clone();
    while let Some(parent) = node.parent().filter(|_| node.range() != call.range()) {
        match &*parent.kind() {
            kind::PAIR => keys.push(Key::Name(parent.field("key").and_then(|key| string_content(&key)))),
            kind::KEYWORD_ARGUMENT => keys.push(Key::Name(parent.field("name").map(|name| name.text().into_owned()))),
            kind::ARGUMENT_LIST | kind::TUPLE | kind::LIST
                if !matches!(&*node.kind(), kind::KEYWORD_ARGUMENT | kind::DICTIONARY_SPLAT) =>
            {
                let index = positional_arguments(&parent).iter().position(|other| other.range() == node.range());
                keys.push(Key::Index(index));
            }
            _ => {}
        }
        node = parent;
    }
    keys.reverse();
    keys
}
