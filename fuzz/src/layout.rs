//! The length of a line, and below it a module whose `"all` gets longer: no token but parentheses and commas comes or goes.

use cascade_fix::layout::{Formatter, Relaid, Style, edits};
use cascade_fix::source::{Edit, Source, splice};
use cascade_fix::syntax::Tree;

const LONGER: &str = "save-update, merge, expunge, delete";

/// By ruff's style and by black's.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some((length, text)) = text.split_once('\n') else { return };
    let line_length = length.trim().parse().unwrap_or(88).clamp(1, 320);
    let Ok(source) = Source::decode(text.as_bytes().to_vec()) else { return };
    for formatter in [Formatter::Ruff, Formatter::Black] {
        check_style(&source, &Style { line_length, formatter, ..Style::default() });
    }
}

fn check_style(source: &Source, style: &Style) {
    let quoted = |quote: &'static str| source.text().match_indices(quote).map(move |(at, _)| at + 1..at + quote.len());
    let mut values: Vec<_> = quoted("\"all").chain(quoted("'all")).collect();
    values.sort_by_key(|range| range.start);
    let values: Vec<Edit> = values.into_iter().map(|range| Edit { range, text: LONGER.to_owned() }).collect();
    let with_values = splice(source.text(), &values.iter().collect::<Vec<_>>()).expect("values don't overlap");
    let relaid = edits(source, &Tree::parse(source.parser_text()), &values.iter().collect::<Vec<_>>(), style);
    let laid_out = splice(source.text(), &all(&values, &relaid).iter().collect::<Vec<_>>())
        .unwrap_or_else(|error| panic!("{error}: {values:?} {relaid:?}"));
    let (before, after) = (Tree::parse(&with_values), Tree::parse(&laid_out));
    if before.syntax_errors().is_empty() {
        assert!(after.syntax_errors().is_empty(), "the statement does not parse:\n{laid_out}");
        assert_eq!(tokens(&before), tokens(&after), "other tokens:\n{laid_out}");
    }
}

/// The edits of values, with what takes their place, and those of the layout.
fn all(values: &[Edit], relaid: &[Relaid]) -> Vec<Edit> {
    let replaced = |edit: &Edit| {
        let mut replaced = relaid.iter().flat_map(|one| &one.replaced);
        replaced.find(|(value, _)| value == edit).map_or_else(|| edit.clone(), |(_, replacement)| replacement.clone())
    };
    let layout = relaid.iter().flat_map(|one| one.edits.iter().cloned());
    let mut all: Vec<Edit> = values.iter().map(replaced).chain(layout).collect();
    all.sort_by_key(|edit| (edit.range.start, edit.range.end));
    all
}

/// What the parser sees, but for parentheses, commas and what joins lines.
fn tokens(tree: &Tree) -> Vec<String> {
    let root = tree.root();
    let leaves = root.dfs().filter(|node| node.children().len() == 0 && node.kind() != "line_continuation");
    leaves.map(|leaf| leaf.text().into_owned()).filter(|text| !["(", ")", ","].contains(&text.as_str())).collect()
}
