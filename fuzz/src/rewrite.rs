//! A list of options on the first line, and below it a value that is to become that list.

use cascade_fix::resolve::{Literal, evaluate};
use cascade_fix::rewrite;
use cascade_fix::source::{Source, splice};
use cascade_fix::sqlalchemy::cascade::{self, CascadeOptions};
use cascade_fix::syntax::{Node, Tree, has_error, unparenthesized};

/// The edits are in order and inside of the value, and writing the same list again changes nothing.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some((list, value)) = text.split_once('\n') else { return };
    let wanted = options(list);
    let Some((source, literal)) = literal(value) else { return };
    let Ok(edits) = rewrite::edits(&source, &literal, wanted) else { return };
    let mut at = literal.span.start;
    for edit in &edits {
        assert!(at <= edit.range.start && edit.range.end <= literal.span.end, "{edit:?} is not behind {at}");
        at = edit.range.end;
    }
    let after = splice(source.text(), &edits.iter().collect::<Vec<_>>()).expect("edits in order");
    let comments = |source: &Source| Tree::parse(source.parser_text()).root().dfs().filter(is_comment).count();
    let written_text = Source::decode(after.clone().into_bytes()).expect("a text");
    assert_eq!(comments(&source), comments(&written_text), "a comment is lost:\n{after}");
    // what does not give the list is refused by whoever asked for the edits
    let Some((source, literal)) = written(after).filter(|(_, literal)| set_of(literal) == Some(wanted)) else { return };
    let Ok(edits) = rewrite::edits(&source, &literal, wanted) else { return };
    let again = splice(source.text(), &edits.iter().collect::<Vec<_>>()).expect("edits in order");
    let again = written(again).unwrap_or_else(|| panic!("{} is no value after {edits:?}", source.text()));
    assert_eq!(set_of(&again.1), Some(wanted), "{} after {edits:?}", again.0.text());
}

fn is_comment(node: &Node<'_>) -> bool {
    node.kind() == "comment"
}

/// The options whose names a list has.
fn options(list: &str) -> CascadeOptions {
    let parse = |text: &str| cascade::parse(&cascade_fix::python::PyValue::Str(text.to_owned())).ok();
    let known = list.split(',').filter_map(|name| parse(name.trim())).map(|parsed| parsed.options);
    CascadeOptions::union(known)
}

fn literal(value: &str) -> Option<(Source, Literal)> {
    let (source, literal) = written(format!("({value}\n)"))?;
    // others are not to be rewritten
    set_of(&literal).map(|_| (source, literal))
}

fn written(text: String) -> Option<(Source, Literal)> {
    let source = Source::decode(text.into_bytes()).ok()?;
    let tree = Tree::parse(source.parser_text());
    // the parser takes a zero byte behind a backslash for the end of a line, and Python for none
    if has_error(&tree.root()) || source.text().contains('\0') {
        return None;
    }
    let statement = tree.root().named_children().next()?;
    let literal = evaluate(&unparenthesized(&statement.named_children().next()?)).ok()?;
    Some((source, literal))
}

fn set_of(literal: &Literal) -> Option<CascadeOptions> {
    Some(cascade::parse(&literal.value).ok()?.options)
}
