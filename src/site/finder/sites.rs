//! Sites go in as they are found; each comes out once.

use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use crate::module::{Location, Module};
use crate::site::{FoundSites, Recipient, Site, Wrapper};

/// Sites, each once.
#[derive(Default)]
pub(super) struct Sites {
    pub(super) found: FoundSites,
    /// Indices of the sites by the file and offset of their values, apart where `viewonly=True` holds.
    by_offset: HashMap<(Arc<Path>, usize, bool), usize>,
    wrappers: HashSet<Wrapper>,
    /// What hands values to relationships, by the indices of their sites: a value can have thousands.
    recipients: HashSet<(usize, Location)>,
}

impl Sites {
    pub(super) fn add(&mut self, site: Site) {
        let key = (Arc::clone(&site.at.path), site.at.start, site.viewonly);
        let index = *self.by_offset.entry(key).or_insert(self.found.sites.len());
        let is_new = |given: &Recipient| self.recipients.insert((index, given.at.clone()));
        let are_new = site.recipients.iter().map(is_new).filter(|is_new| *is_new).count() == site.recipients.len();
        match self.found.sites.get_mut(index) {
            Some(known) => known.merge(site, are_new),
            None => self.found.sites.push(site),
        }
    }

    pub(super) fn add_wrapper(&mut self, wrapper: Wrapper) {
        if self.wrappers.insert(wrapper.clone()) {
            self.found.wrappers.push(wrapper);
        }
    }

    pub(super) fn has(&self, module: &Module, offset: usize) -> bool {
        [false, true].iter().any(|viewonly| self.by_offset.contains_key(&(Arc::clone(&module.path), offset, *viewonly)))
    }
}
