//! A module whose tree is asked for without the bodies of its functions and classes.

use cascade_fix::syntax::{Node, Outlining, Tree, has_error};

/// The fields by which children are asked for.
const FIELDS: [&str; 16] = [
    "alias",
    "arguments",
    "attribute",
    "body",
    "condition",
    "definition",
    "function",
    "key",
    "left",
    "module_name",
    "name",
    "object",
    "parameters",
    "return_type",
    "right",
    "value",
];

/// The nodes are those of the whole tree, whatever the least length of a body is, and so are their ways to each other.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for shortest in [1, 40, 300] {
        if let Some(difference) = difference(&text, shortest) {
            panic!("without bodies of {shortest} bytes: {difference}");
        }
    }
}

/// The first node that the two trees have not in common. What can't be parsed is found in other places, and is gone through alone.
pub fn difference(text: &str, shortest: usize) -> Option<String> {
    [Outlining::Functions, Outlining::Definitions].into_iter().find_map(|of| difference_of(text, of, shortest))
}

fn difference_of(text: &str, of: Outlining, shortest: usize) -> Option<String> {
    let whole = Tree::parse(text);
    let outline = Tree::outline_without(text, of, shortest);
    let (root, outlined) = (whole.root(), outline.root());
    let (expected, found): (Vec<_>, Vec<_>) = (root.dfs().collect(), outlined.dfs().collect());
    if has_error(&root) {
        return None;
    }
    let differs =
        |(expected, found): &(&Node<'_>, &Node<'_>)| shown(expected) != shown(found) || ways(expected) != ways(found);
    let first = expected.iter().zip(&found).find(differs);
    let first = first.map(|(expected, found)| format!("{} {:?}, not {}", shown(found), ways(found), shown(expected)));
    let number = || (expected.len() != found.len()).then(|| format!("{} nodes, not {}", found.len(), expected.len()));
    let error = || has_error(&outlined).then(|| "has an error".to_owned());
    let around = || expected.iter().map(Node::range).find_map(|range| is_found_otherwise(&whole, &outline, &range));
    first.or_else(number).or_else(error).or_else(around)
}

fn is_found_otherwise(whole: &Tree, outline: &Tree, range: &std::ops::Range<usize>) -> Option<String> {
    let around = |tree: &Tree| tree.node_around(range).map(|node| shown(&node));
    let (expected, found) = (around(whole), around(outline));
    (expected != found).then(|| format!("around {range:?} {found:?}, not {expected:?}"))
}

fn shown(node: &Node<'_>) -> String {
    let depth = node.get_inner_node().depth();
    format!("{} {:?} {depth} {} {}", node.kind(), node.range(), node.is_named(), node.is_leaf())
}

/// The nodes that are reached from one.
fn ways<'t>(node: &Node<'t>) -> Vec<Option<String>> {
    let fields = FIELDS.iter().map(|field| node.field(field));
    fields
        .chain([node.parent(), node.next(), node.prev()])
        .map(|node| node.map(|node: Node<'t>| shown(&node)))
        .collect()
}
