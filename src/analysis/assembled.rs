//! What was found in each file goes in; the sites come out in order, each once.

use std::collections::BTreeMap;

use foldhash::HashSet;

use crate::module::Location;
use crate::resolve::Argument;
use crate::site::{FoundSites, Site, Unknown, Wrapper};
use crate::usage::Usages;

/// The sites in order, each once; a value that relationships with and without viewonly get is two.
pub(super) fn assembled(found: Vec<FoundSites>, usages: &Usages) -> Vec<Site> {
    let mut wrappers: Vec<Wrapper> = Vec::new();
    let mut sites: BTreeMap<(Location, bool), Site> = BTreeMap::new();
    for found in found {
        wrappers.extend(found.wrappers);
        for site in found.sites {
            let key = (site.at.clone(), site.viewonly);
            match sites.get_mut(&key) {
                Some(known) => known.merge(site, false),
                None => {
                    sites.insert(key, site);
                }
            }
        }
    }
    let called: HashSet<&Argument> =
        wrappers.iter().filter(|wrapper| usages.is_called(wrapper)).map(|wrapper| &wrapper.argument).collect();
    sites.into_values().map(|site| handed_in(site, &called)).collect()
}

/// A site that is handed in: the calls of its function decide, and are sites of their own. Where there is none, and no default, it can't
/// be known.
fn handed_in(mut site: Site, called: &HashSet<&Argument>) -> Site {
    let Ok(value) = &site.value else { return site };
    let uncalled = value.arguments.iter().find(|argument| !called.contains(argument));
    let Some(argument) = uncalled else { return site };
    // a default is what it gets where nobody is seen to give something else
    if !value.alternatives.is_empty() {
        return site;
    }
    let reason = format!("`{}` is {}, of which no call was found", argument.name, argument.what);
    site.value = Err(Unknown { reason, help: Some("check by hand what its callers give") });
    site
}
