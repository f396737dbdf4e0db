//! The table that a syntax tree is kept in has the nodes that tree-sitter has.

use std::ops::Range;
use std::path::Path;

use ast_grep_core::Doc;
use ast_grep_core::source::SgNode;
use ast_grep_core::tree_sitter::{LanguageExt, StrDoc};
use ast_grep_language::SupportLang;
use cascade_fix::module::Module;
use cascade_fix::source::{Kind, Source};
use cascade_fix::syntax::{Outlining, PythonDoc};
use rayon::prelude::*;

use crate::common::read_tree;
use crate::targets;

type FlatNode<'r> = <PythonDoc as Doc>::Node<'r>;

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
    // a backslash at the end of a line is no node of the table
    let is_node = |node: &N| node.kind() != "line_continuation";
    let of_node = |node: N| {
        let children: Vec<_> = node.children().filter(is_node).map(|child| child.range()).collect();
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
    root.dfs().filter(is_node).map(of_node).collect()
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
        assert!(has_misread_splat(&text) || of_table(&document) == of_tree_sitter(&text), "{text}");
        for node in document.root_node().dfs() {
            let siblings = std::iter::successors(node.children().next(), SgNode::next);
            assert!(siblings.map(|sibling| sibling.range()).eq(node.children().map(|child| child.range())), "{text}");
            let siblings: Vec<_> = std::iter::successors(node.children().last(), SgNode::prev).collect();
            let forwards = siblings.iter().rev().map(|sibling| sibling.range());
            assert!(forwards.eq(node.children().map(|child| child.range())), "{text}");
        }
    }
}

/// Whether tree-sitter takes a splat for what is called, or asked for something.
fn has_misread_splat(text: &str) -> bool {
    let document = StrDoc::new(text, SupportLang::Python);
    document.root_node().dfs().any(|node| {
        matches!(node.kind(), "call" | "attribute" | "subscript")
            && SgNode::children(&node).next().is_some_and(|first| first.kind() == "list_splat")
    })
}

#[test]
fn a_splat_that_stands_alone_is_that_of_the_whole_expression() {
    // the nodes in brackets alone, and with another item behind it: ranges and flags but for those around them
    let inside = |text: &str| {
        let document = PythonDoc::parse(text);
        let all = of_table(&document).into_iter().skip_while(|facts| facts.kind != "list_splat");
        let all = all.take_while(|facts| facts.kind != "," && facts.kind != "]" || facts.around.len() > 3);
        all.map(|facts| (facts.kind, facts.range, facts.flags, facts.around.len(), facts.children, facts.fields))
            .collect::<Vec<_>>()
    };
    for expression in ["x.y", "rows(s)", "a.b(c).d", "e[0]", "a.b[0](c, d=1).e", "(await s.all(a)).b", "'a b'.split()"]
    {
        let (alone, with_others) = (inside(&format!("[*{expression}]\n")), inside(&format!("[*{expression}, 1]\n")));
        assert!(alone.len() > 3 && alone == with_others, "{expression}\n{alone:?}\n{with_others:?}");
    }
}

/// The Python files of the test data, with their names, and of the folder that `OUTLINES` names.
fn python_files() -> Vec<(String, Vec<u8>)> {
    let own = read_tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata"));
    let others = std::env::var_os("OUTLINES").map(|folder| read_tree(Path::new(&folder))).unwrap_or_default();
    own.into_iter().chain(others).filter(|(name, _)| name.ends_with(".py")).collect()
}

#[test]
fn a_statement_alone_has_the_nodes_that_it_has_in_its_file() {
    let differences = python_files().into_par_iter().filter_map(|(name, bytes)| {
        let text = std::str::from_utf8(&bytes).ok()?;
        let document = PythonDoc::outline(text, Outlining::Functions, 100);
        let root = document.root_node();
        let statements = root.dfs().filter(|node| node.parent().is_some_and(|parent| is_of_statements(&parent)));
        let with_comment = |node: &FlatNode<'_>| {
            let comment = node.next().filter(|next| next.kind() == "comment")?;
            Some(node.range().start..comment.range().end)
        };
        let mut ranges = statements.flat_map(|node| [Some(node.range()), with_comment(&node)]).flatten();
        let difference = ranges.find_map(|range| {
            let alone = document.alone(&range)?;
            (of_table(&alone) != of_table(&PythonDoc::parse(&text[range]))).then(|| alone.text().to_owned())
        });
        Some(format!("{name}: {}", difference?))
    });
    assert_eq!(differences.collect::<Vec<_>>(), [] as [&str; 0]);
    let document = PythonDoc::parse("x = 1; y = 2\n\n\nclass A:\n    x = 1  # all\n    y(\n");
    let alone = |range| document.alone(&range).map(|alone| alone.text().to_owned());
    assert_eq!(alone(0..5).as_deref(), Some("x = 1"));
    assert_eq!([alone(0..12), alone(1..5), alone(0..4), alone(4..5)], [const { None }; 4]);
}

fn is_of_statements(node: &FlatNode<'_>) -> bool {
    matches!(&*node.kind(), "module" | "block")
}

#[test]
fn outlines_have_the_nodes_of_the_whole_trees() {
    let all = python_files();
    let difference = |(name, bytes): &(String, Vec<u8>)| {
        let text = std::str::from_utf8(bytes).ok()?;
        let found = [1, 300].into_iter().find_map(|shortest| targets::outline::difference(text, shortest));
        found.map(|difference| format!("{name}: {difference}"))
    };
    let differences: Vec<String> = all.par_iter().filter_map(difference).collect();
    assert_eq!(differences, [] as [&str; 0]);
    let has_bodies = |text: &str| PythonDoc::outline(text, Outlining::Functions, 1).bodies_apart() > 0;
    let texts = || all.iter().filter_map(|(_, bytes)| std::str::from_utf8(bytes).ok());
    assert!(texts().filter(|text| has_bodies(text)).count() > 50, "most files with functions can be outlined");
}

#[test]
fn an_error_in_a_function_is_found_as_soon_as_somebody_goes_into_it() {
    let body = format!("    x = 1\n    {}\n", "a b c".repeat(80));
    let text = format!("def f():\n{body}\ndef g():\n{body}\nclass A:\n    pass\n");
    let document = PythonDoc::outline(&text, Outlining::Functions, 300);
    let functions: Vec<_> = document.root_node().children().collect();
    assert!(!document.root_node().has_error());
    assert!(functions[0].dfs().any(|node| node.is_error()));
    assert!(document.root_node().has_error() && functions[0].has_error());
    assert!(!functions[1].has_error());
    assert!(functions[1].dfs().any(|node| node.is_error()) && functions[1].has_error());
    assert_eq!(functions[2].kind(), "class_definition");
}

#[test]
fn what_stands_beside_an_error_in_a_class_is_there() {
    let method = format!("    def f(self):\n        x = '{}'\n\n", "word ".repeat(80));
    for error in ["import", "else:", "a b c", "x = lambda", "?", "@"] {
        let text = format!("class A:\n    {error}\n{method}{method}\n\ndef g():\n    pass\n");
        let document = PythonDoc::outline(&text, Outlining::Definitions, 120);
        let kinds: Vec<_> = document.root_node().dfs().map(|node| node.kind().into_owned()).collect();
        assert!(kinds.iter().filter(|kind| *kind == "function_definition").count() == 3, "{error}: {kinds:?}");
        assert!(document.root_node().has_error(), "{error}");
    }
}

#[test]
fn a_template_with_its_tags_in_a_function_is_one() {
    let kind = |statement: &str| {
        let text = format!("import x\n\n\ndef f():\n    {statement}\n{}", "    x = 1\n".repeat(60));
        let source = Source::of_kind(Kind::Python, text.into_bytes()).unwrap();
        Module::outline(Path::new("/a.py"), source).source.kind()
    };
    assert!(matches!(kind("from {{ package }} import y"), Kind::Template(_)));
    assert!(matches!(kind("x = \"it's\"; from {{ package }} import y"), Kind::Template(_)));
    assert!(matches!(kind("x = '''a\nb'''; from {{ package }} import y"), Kind::Template(_)));
    assert!(matches!(kind("x = '''a\nit's''' ; from {{ package }} import y"), Kind::Template(_)));
    assert!(matches!(kind("x = \"{{ y | default(\"a\") }}\""), Kind::Template(_)));
    assert_eq!(kind("return f'{{{x}}}'"), Kind::Python);
    assert_eq!(kind("print 'broken'"), Kind::Python);
}

#[test]
fn words_of_strings_are_replaced_as_if_the_text_was_parsed_again() {
    let text = "f(cascade=\"all\", b='x', c=f\"{y}all\", d='')  # all\n";
    let at = |index: usize| text.match_indices("all").nth(index).map(|(at, word)| at..at + word.len()).unwrap();
    let edits = [(at(0), "save-update, merge"), (at(1), "delete")];
    let document = PythonDoc::parse(text).with_words(&edits).unwrap();
    assert_eq!(document.text(), "f(cascade=\"save-update, merge\", b='x', c=f\"{y}delete\", d='')  # all\n");
    assert_eq!(of_table(&document), of_tree_sitter(document.text()));
    let text = "def f():\n    g('all')\n    g('all')\n\n\ndef g():\n    x = 'all'\n";
    let edits: Vec<_> =
        text.match_indices("all").map(|(at, word)| (at..at + word.len(), "save-update, merge")).collect();
    for is_gone_into in [false, true] {
        let outline = PythonDoc::outline(text, Outlining::Definitions, 1);
        assert!(!is_gone_into || outline.root_node().dfs().count() > 10);
        let document = outline.with_words(&edits[1..]).unwrap();
        assert_eq!(of_table(&document), of_tree_sitter(document.text()));
    }
    let text = "f(cascade=\"all\", b='x', c=f\"{y}all\", d='')  # all\n";
    let refused = [(at(2), "words"), (at(0), "a'b\""), (at(0), ""), (0..1, "g"), (at(0).start - 1..at(0).end, "x")];
    for edit in refused {
        assert!(PythonDoc::parse(text).with_words(&[edit]).is_none());
    }
}
