//! Kinds of syntax nodes are named by the constants that are made of the grammar's own list, nowhere by text.

use std::collections::BTreeSet;
use std::path::Path;

use ast_grep_core::tree_sitter::LanguageExt;
use ast_grep_language::SupportLang;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::common::read_tree;

/// What the build made of the grammar's list.
const CONSTANTS: &str = include_str!(concat!(env!("OUT_DIR"), "/kind.rs"));

fn kinds() -> BTreeSet<&'static str> {
    let values = CONSTANTS.lines().filter_map(|line| line.strip_suffix("\";")?.rsplit_once('"'));
    values.map(|(_, kind)| kind).collect()
}

#[test]
fn the_grammar_of_the_list_is_the_one_that_parses() {
    let language = SupportLang::Python.get_ts_language();
    let unknown: Vec<_> = kinds().into_iter().filter(|kind| language.id_for_node_kind(kind, true) == 0).collect();
    assert!(unknown.is_empty(), "Cargo.toml: tree-sitter-python is not as ast-grep-language has it: {unknown:?}");
    let ids = (0..language.node_kind_count()).map(|id| u16::try_from(id).unwrap());
    let of_nodes = ids.filter(|id| language.node_kind_is_visible(*id) && language.node_kind_is_named(*id));
    let missing = of_nodes.filter_map(|id| language.node_kind_for_id(id)).filter(|kind| !kinds().contains(kind));
    let missing: Vec<_> = missing.collect();
    assert!(missing.is_empty(), "build.rs: the list lacks {missing:?}");
}

#[test]
fn no_kind_is_written_as_text() {
    let source = read_tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let mut found = Vec::new();
    for (path, text) in source.into_iter().filter(|(path, _)| path.ends_with(".rs")) {
        let tokens: TokenStream = String::from_utf8(text).unwrap().parse().unwrap();
        found.extend(kinds_as_text(tokens).into_iter().map(|(line, kind)| format!("src/{path}:{line}: {kind}")));
    }
    assert!(found.is_empty(), "write `kind::CALL` in place of `\"call\"`:\n{}", found.join("\n"));
}

#[test]
fn a_kind_that_is_written_as_text_is_found() {
    let found = |text: &str| kinds_as_text(text.parse().unwrap());
    for text in [
        "node.kind() == \"call\"",
        "parent()?.kind() != \"call\"",
        "matches!(&*node.kind(), kind::LAMBDA | \"call\")",
        "match &*node.kind() { kind::LAMBDA => 1, \"call\" => 2 }",
        "match (&*node.kind(), other) { (kind::LAMBDA, 1) => 1, (\"call\", _) if f() => 2 }",
        "fn f() { let a = || g(&|n| n.kind() == \"call\"); }",
        "const MANY: [&str; 2] = [kind::LAMBDA, \"expression_statement\"];",
    ] {
        assert_eq!(found(text).len(), 1, "{text}");
    }
    for text in [
        "node.kind() == kind::CALL",
        "node.text() == \"call\"",
        "match &*node.kind() { kind::CALL => \"call\", _ => f(\"call\") }",
        "match &*node.text() { \"call\" => 1, _ => 2 }",
        "node.kind() == \",\"",
        "node.field(\"list\")",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

/// The kinds in some code that are written as text, with their lines: where a node's kind is compared, and where a word is nothing else.
fn kinds_as_text(tokens: TokenStream) -> Vec<(usize, String)> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    // where a `match` began whose arms are still to come
    let mut begun = None;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "match" => begun = Some(at),
            TokenTree::Group(group) => {
                let is_macro = at > 1 && tokens[at - 2].to_string() == "matches";
                let is_arms = group.delimiter() == Delimiter::Brace;
                let subject = begun.take_if(|_| is_arms).map(|begun| tokens[begun..at].iter().cloned().collect());
                if subject.is_some_and(asks_kind) || is_macro && asks_kind(group.stream()) {
                    found.extend(in_patterns(group.stream(), !is_macro));
                }
                found.extend(kinds_as_text(group.stream()));
            }
            TokenTree::Literal(_) => {
                let before: String = tokens[at.saturating_sub(4)..at].iter().map(ToString::to_string).collect();
                let is_compared = before.starts_with("kind()");
                found.extend(kind_in(token).filter(|(_, kind)| is_compared || kind.contains('_')));
            }
            _ => {}
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Whether an expression has a node's kind in it.
fn asks_kind(expression: TokenStream) -> bool {
    expression.to_string().replace(' ', "").contains(".kind()")
}

/// The kinds that stand as text in the patterns of the arms of a `match`, or of `matches!`, which has its subject first.
fn in_patterns(arms: TokenStream, begins_with_pattern: bool) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_pattern = begins_with_pattern;
    let mut before = [String::new(), String::new()];
    for token in arms {
        let text = token.to_string();
        match &token {
            TokenTree::Group(group) if in_pattern => found.extend(in_patterns(group.stream(), true)),
            TokenTree::Literal(_) if in_pattern => found.extend(kind_in(&token)),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && before.concat() == "=>" => {
                in_pattern = true
            }
            TokenTree::Ident(word) if word == "if" => in_pattern = false,
            TokenTree::Punct(sign) if sign.as_char() == ',' => in_pattern = true,
            TokenTree::Punct(sign) if sign.as_char() == '>' => in_pattern = false,
            _ => {}
        }
        before = [std::mem::take(&mut before[1]), text];
    }
    found
}

/// The kind that a literal is the name of, with its line.
fn kind_in(literal: &TokenTree) -> Option<(usize, String)> {
    let text = literal.to_string();
    let name = text.strip_prefix('"')?.strip_suffix('"')?;
    kinds().contains(name).then(|| (literal.span().start().line, name.to_owned()))
}
