//! A notebook goes in; its sites come out: what is broken in one cell is no reason to misread the next.

use std::sync::Arc;

use super::{FoundSites, Site};
use crate::module::Module;
use crate::syntax::{Tree, has_error};

/// What `find` finds in a file, in order of position. Of a notebook the sites of a broken cell are found among all cells, the
/// others without the broken ones, as the kernel runs them.
pub fn find_in_cells(module: &Arc<Module>, find: impl Fn(&Arc<Module>) -> FoundSites) -> FoundSites {
    let mut found = find(module);
    if !has_error(&module.tree().root()) {
        return found;
    }
    let text = module.source.parser_text();
    let mut broken = module.source.cells();
    broken.retain(|cell| has_error(&Tree::parse(&text[cell.clone()]).root()));
    if broken.is_empty() {
        return found;
    }
    let is_in_broken = |site: &Site| {
        let behind = broken.partition_point(|cell| cell.start <= site.at.start);
        site.at.path == module.path && broken[..behind].last().is_some_and(|cell| cell.contains(&site.at.start))
    };
    let others = find(&Arc::new(module.parsed_as(&module.source.parser_text_without(&broken))));
    found.sites.retain(is_in_broken);
    found.sites.extend(others.sites.into_iter().filter(|site| !is_in_broken(site)));
    found.sites.sort_by(|a, b| a.at.cmp(&b.at));
    found.wrappers = others.wrappers;
    found
}
