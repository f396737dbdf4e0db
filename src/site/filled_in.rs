//! The sites of a file go in; of those that a template fills in, or that IPython's commands reach into, nothing is claimed any more.

use std::path::Path;

use super::{Site, Unknown};
use crate::model::Relationship;
use crate::source::{Kind, Source, is_covered, uncovered};

/// Withdraws what was read from text of the file that is not what will stand there.
pub fn withdraw(sites: &mut [Site], path: &Path, source: &Source) {
    for site in sites.iter_mut().filter(|site| *site.at.path == *path) {
        if source.is_masked(&site.effective_span()) {
            let reason = match source.kind() {
                Kind::Notebook => "a command of IPython stands in it",
                _ => "it is filled in by a template",
            };
            site.value = Err(Unknown { reason: reason.to_owned(), help: Some("check by hand what it becomes") });
            site.flag = None;
        }
        if let Err(unknown) = &mut site.value {
            unknown.reason = uncovered(&unknown.reason);
        }
        site.callee = uncovered(&site.callee);
        let relationships = site.recipients.iter_mut().filter_map(|given| given.relationship.as_mut());
        for Relationship { owner, attribute, target, .. } in relationships {
            for name in [owner, attribute, target] {
                name.take_if(|name| is_covered(name));
            }
        }
    }
}
