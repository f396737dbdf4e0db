//! Sites go in as they are found; each comes out once.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::module::Module;
use crate::site::{Found, Site, Wrapper};

/// Sites, each once.
#[derive(Default)]
pub(super) struct Sites {
    pub(super) found: Found,
    /// Indices of the sites by the file and offset of their values, apart where `viewonly=True` holds.
    pub(super) by_offset: HashMap<(Arc<Path>, usize, bool), usize>,
}

impl Sites {
    pub(super) fn add(&mut self, site: Site) {
        let key = (Arc::clone(&site.at.path), site.at.start, site.viewonly);
        match self.by_offset.get(&key) {
            Some(index) => self.found.sites[*index].merge(site),
            None => {
                self.by_offset.insert(key, self.found.sites.len());
                self.found.sites.push(site);
            }
        }
    }

    pub(super) fn add_wrapper(&mut self, wrapper: Wrapper) {
        if !self.found.wrappers.contains(&wrapper) {
            self.found.wrappers.push(wrapper);
        }
    }

    pub(super) fn has(&self, module: &Module, offset: usize) -> bool {
        [false, true].iter().any(|viewonly| self.by_offset.contains_key(&(Arc::clone(&module.path), offset, *viewonly)))
    }
}
