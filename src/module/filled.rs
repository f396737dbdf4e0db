//! A syntax tree goes in; what can put something into a dictionary comes out, by its name and by the key.

use std::ops::Range;

use foldhash::HashMap;

use crate::hints::Hints;
use crate::syntax::{Node, Parts, hinted_nodes, kind, positional_arguments, string_content};

/// What gives the items of a dictionary, by the key. A dictionary can have thousands, and each is asked for alone.
pub(super) struct ByKey<T> {
    /// By the literal that is the key.
    literal: HashMap<String, Vec<T>>,
    /// That of which the key has to be found out.
    others: Vec<T>,
}

impl<T: Clone> ByKey<T> {
    fn add(&mut self, key: Option<String>, one: T) {
        match key {
            Some(key) => self.literal.entry(key).or_default().push(one),
            None => self.others.push(one),
        }
    }

    /// What can give the item of a key: that of which the literal is the key, and the others.
    fn of_key(&self, key: &str) -> [&[T]; 2] {
        [self.literal.get(key).map(Vec::as_slice).unwrap_or_default(), &self.others]
    }
}

impl<T> Default for ByKey<T> {
    fn default() -> Self {
        Self { literal: HashMap::default(), others: Vec::new() }
    }
}

impl ByKey<usize> {
    /// The parts of a display, or of the arguments of a call, by their numbers among the nodes of the tree.
    pub fn of_parts(parts: &Node<'_>) -> Self {
        let mut all = Self::default();
        for part in parts.parts() {
            let key = match &*part.kind() {
                kind::PAIR => part.field("key").and_then(|key| string_content(&key)),
                kind::KEYWORD_ARGUMENT => part.field("name").map(|name| name.text().into_owned()),
                _ => None,
            };
            all.add(key, part.node_id());
        }
        all
    }

    /// The numbers of those that can give the item of a key, in order.
    pub fn parts(&self, key: &str) -> Vec<usize> {
        let mut parts = self.of_key(key).concat();
        parts.sort_unstable();
        parts
    }
}

/// The ranges of the statements that put something into dictionaries, by the dictionary's name; each in order of position.
#[derive(Default)]
pub(super) struct Filled(HashMap<String, ByKey<Range<usize>>>);

impl Filled {
    pub fn of(root: &Node<'_>) -> Self {
        let hints = Hints::of_set_items(root.get_doc().text());
        let mut filled = Self::default();
        for node in hinted_nodes(root, &hints) {
            for (name, statement) in changed_by(&node) {
                filled.0.entry(name).or_default().add(key_set_by(&statement), statement.range());
            }
        }
        filled
    }

    /// The statements in a range that can put something under the key, in order of position.
    pub fn of_key(&self, name: &str, key: &str, within: &Range<usize>) -> Vec<Range<usize>> {
        let Some(of_name) = self.0.get(name) else { return Vec::new() };
        let inside = |ranges: &[Range<usize>]| {
            let before = |offset: usize| ranges.partition_point(|range| range.start < offset);
            ranges[before(within.start)..before(within.end)].to_vec()
        };
        let mut all = of_name.of_key(key).map(inside).concat();
        all.sort_by_key(|range| range.start);
        all
    }
}

/// The names of the dictionaries that a statement changes, each with what changes it.
fn changed_by<'t>(node: &Node<'t>) -> Vec<(String, Node<'t>)> {
    let named = |target: Option<Node<'_>>, statement: &Node<'t>| {
        let name = target.filter(|target| target.kind() == kind::IDENTIFIER)?;
        Some((name.text().into_owned(), statement.clone()))
    };
    let changed = match &*node.kind() {
        kind::ASSIGNMENT if node.field("left").is_some_and(|left| left.kind() == kind::SUBSCRIPT) => {
            named(node.field("left").and_then(|item| item.field("value")), node)
        }
        // `name["key"], other = …`
        kind::ASSIGNMENT => {
            let targets = node.field("left").into_iter().flat_map(|left| left.parts().collect::<Vec<_>>());
            let items = targets.filter(|target| target.kind() == kind::SUBSCRIPT);
            return items.filter_map(|item| named(item.field("value"), &item)).collect();
        }
        kind::AUGMENTED_ASSIGNMENT => named(node.field("left"), node),
        kind::CALL => {
            let object = node.field("function").and_then(|method| method.field("object"));
            // `operator.setitem(name, "key", …)`
            let first =
                node.field("arguments").and_then(|arguments| positional_arguments(&arguments).into_iter().next());
            return [object, first].into_iter().filter_map(|target| named(target, node)).collect();
        }
        _ => None,
    };
    changed.into_iter().collect()
}

/// The literal that is the key of the one item that a statement sets.
fn key_set_by(statement: &Node<'_>) -> Option<String> {
    match &*statement.kind() {
        kind::ASSIGNMENT => string_content(&statement.field("left")?.field("subscript")?),
        kind::CALL => {
            let method = statement.field("function")?.field("attribute")?.text().into_owned();
            let is_one = matches!(method.as_str(), "setdefault" | "__setitem__");
            let object = statement.field("function")?.field("object").filter(|_| is_one)?;
            // `dict.__setitem__(name, "key", …)`
            let key = positional_arguments(&statement.field("arguments")?).into_iter().next()?;
            string_content(&key).filter(|_| object.text() != "dict")
        }
        _ => None,
    }
}
