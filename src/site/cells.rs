//! A notebook goes in; its sites come out: what is broken in one cell is no reason to misread the next.

use super::Site;
use crate::source::Source;
use crate::syntax::{Tree, has_error};

/// The sites that `find` finds in a file, in order of position. Of a notebook those of a broken cell are found among all cells,
/// the others without the broken ones, as the kernel runs them.
pub fn find_in_cells(source: &Source, tree: &Tree, find: impl Fn(&Tree) -> Vec<Site>) -> Vec<Site> {
    let mut sites = find(tree);
    if !has_error(&tree.root()) {
        return sites;
    }
    let text = source.parser_text();
    let mut broken = source.cells();
    broken.retain(|cell| has_error(&Tree::parse(&text[cell.clone()]).root()));
    if broken.is_empty() {
        return sites;
    }
    let is_in_broken = |site: &Site| broken.iter().any(|cell| cell.contains(&site.value_span.start));
    let others = find(&Tree::parse(&source.parser_text_without(&broken)));
    sites.retain(is_in_broken);
    sites.extend(others.into_iter().filter(|site| !is_in_broken(site)));
    sites.sort_by_key(|site| site.value_span.start);
    sites
}
