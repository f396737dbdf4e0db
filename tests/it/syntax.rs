//! The table that a syntax tree is kept in has the nodes that tree-sitter has.

use std::ops::Range;
use std::path::Path;

use ast_grep_core::Doc as _;
use ast_grep_core::source::SgNode;
use ast_grep_core::tree_sitter::{LanguageExt, StrDoc};
use ast_grep_language::SupportLang;
use cascade_fix::syntax::PythonDoc;

use crate::common::read_tree;

/// What is to be the same of a node: kind, range, flags, the ranges of what is around, of its children, and of the child in each field.
#[derive(Debug, PartialEq)]
struct Facts {
    kind: String,
    range: Range<usize>,
    flags: [bool; 5],
    around: Vec<Range<usize>>,
    children: Vec<Range<usize>>,
    fields: Vec<(u16, Range<usize>)>,
}

fn facts<'r, N: SgNode<'r>>(root: &N, has_error: impl Fn(&N) -> bool) -> Vec<Facts> {
    let fields = u16::try_from(SupportLang::Python.get_ts_language().field_count()).unwrap();
    let of_node = |node: N| {
        let children: Vec<_> = node.children().map(|child| child.range()).collect();
        let in_field = |field| Some((field, node.child_by_field_id(field)?.range()));
        // tree-sitter has the first case of a `match` as a field of the whole, too, where it is a child of the block
        let in_fields = (1..=fields).filter_map(in_field).filter(|(_, range)| children.contains(range));
        Facts {
            kind: node.kind().into_owned(),
            range: node.range(),
            flags: [node.is_named(), node.is_missing(), node.is_error(), node.is_extra(), has_error(&node)],
            around: node.ancestors(root.clone()).map(|around| around.range()).collect(),
            fields: in_fields.collect(),
            children,
        }
    };
    root.dfs().map(of_node).collect()
}

fn of_tree_sitter(text: &str) -> Vec<Facts> {
    let document = StrDoc::new(text, SupportLang::Python);
    facts(&document.root_node(), |node| node.has_error())
}

fn of_table(document: &PythonDoc) -> Vec<Facts> {
    facts(&document.root_node(), |node| node.has_error())
}

#[test]
fn the_table_has_the_nodes_that_tree_sitter_has() {
    let tree = read_tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata"));
    let python = tree.into_iter().filter(|(name, _)| name.ends_with(".py"));
    let mut texts: Vec<_> = python.filter_map(|(_, bytes)| String::from_utf8(bytes).ok()).collect();
    assert!(texts.len() > 50, "{}", texts.len());
    let broken = ["", "\n", "x = (", "def f(:\n  pass", "class A:\n    x = 'a' 'b'\n\ty", "f(a for b in c"];
    texts.extend(broken.map(str::to_owned));
    for text in texts {
        let document = PythonDoc::parse(&text);
        assert!(of_table(&document) == of_tree_sitter(&text), "{text}");
        for node in document.root_node().dfs() {
            let siblings = std::iter::successors(node.children().next(), SgNode::next);
            assert!(siblings.map(|sibling| sibling.range()).eq(node.children().map(|child| child.range())), "{text}");
        }
    }
}

#[test]
fn words_of_strings_are_replaced_as_if_the_text_was_parsed_again() {
    let text = "f(cascade=\"all\", b='x', c=f\"{y}all\", d='')  # all\n";
    let at = |index: usize| text.match_indices("all").nth(index).map(|(at, word)| at..at + word.len()).unwrap();
    let edits = [(at(0), "save-update, merge"), (at(1), "delete")];
    let document = PythonDoc::parse(text).with_words(&edits).unwrap();
    assert_eq!(document.text(), "f(cascade=\"save-update, merge\", b='x', c=f\"{y}delete\", d='')  # all\n");
    assert_eq!(of_table(&document), of_tree_sitter(document.text()));
    let refused = [(at(2), "words"), (at(0), "a'b\""), (at(0), ""), (0..1, "g"), (at(0).start - 1..at(0).end, "x")];
    for edit in refused {
        assert!(PythonDoc::parse(text).with_words(&[edit]).is_none());
    }
}
