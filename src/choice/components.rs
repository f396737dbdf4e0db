//! Sites and their edits go in; the groups of sites come out of which no edit touches one of another group.

use foldhash::HashMap;
use petgraph::unionfind::UnionFind;

use crate::module::Location;
use crate::rewrite::FileEdit;

/// The groups, each in the order of the sites, and in the order of their first sites.
pub(super) fn components<'e>(
    sites: &[Location],
    edits: impl Iterator<Item = (Location, &'e FileEdit)>,
) -> Vec<Vec<Location>> {
    let indices: HashMap<&Location, usize> = sites.iter().enumerate().map(|(index, site)| (site, index)).collect();
    let mut edits: Vec<(&FileEdit, usize)> =
        edits.filter_map(|(site, edit)| Some((edit, *indices.get(&site)?))).collect();
    edits.sort_by(|(a, _), (b, _)| (&a.path, a.edit.range.start).cmp(&(&b.path, b.edit.range.start)));
    let mut groups: UnionFind<usize> = UnionFind::new(sites.len());
    // what the edits so far reach to
    let mut reached: Option<(&FileEdit, usize, usize)> = None;
    for (edit, site) in edits {
        let end = edit.edit.range.end;
        reached = match reached {
            Some((last, until, with)) if last.path == edit.path && edit.edit.range.start <= until => {
                groups.union(with, site);
                Some((last, until.max(end), with))
            }
            _ => Some((edit, end, site)),
        };
    }
    let mut components: Vec<Vec<Location>> = Vec::new();
    let mut places: HashMap<usize, usize> = HashMap::default();
    for (index, site) in sites.iter().enumerate() {
        let place = *places.entry(groups.find(index)).or_insert(components.len());
        if place == components.len() {
            components.push(Vec::new());
        }
        components[place].push(site.clone());
    }
    components
}
