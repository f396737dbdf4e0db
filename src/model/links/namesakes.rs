//! The classes of a repository go in; those come out that something else can be: what has a name, and what inherits from a base that
//! can't be told.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};

use super::Families;
use crate::module::Location;

/// Classes by the names that lead to them.
pub(super) struct Namesakes<'f> {
    /// Those that have the name, or inherit from what has it and is none of the repository, in order.
    by_name: HashMap<&'f str, Vec<&'f Location>>,
    /// In order.
    mixins: Vec<&'f Location>,
}

impl<'f> Namesakes<'f> {
    pub fn of(families: &'f Families) -> Self {
        let mut by_name: HashMap<&str, Vec<&Location>> = HashMap::default();
        for (location, family) in families {
            let elsewhere = family.foreign_bases.iter().chain(&family.unknown_bases);
            let names = elsewhere.filter_map(|base| base.rsplit('.').next()).chain([family.name.as_str()]);
            for name in names {
                let known = by_name.entry(name).or_default();
                if known.last() != Some(&location) {
                    known.push(location);
                }
            }
        }
        let mixins = families.iter().filter(|(_, family)| family.is_mixin).map(|(location, _)| location);
        Self { by_name, mixins: mixins.collect() }
    }

    /// The classes that what has a name can be, in order, and whether the name says so: a class that is made elsewhere may inherit from a
    /// mixin too.
    pub fn of_name(&self, name: &str) -> BTreeMap<&'f Location, bool> {
        let mixins = self.mixins.iter().map(|location| (*location, false));
        let namesakes = self.by_name.get(name).into_iter().flatten().map(|location| (*location, true));
        mixins.chain(namesakes).collect()
    }
}

/// The bases that can't be told, by the class, those of its own bases included.
pub(super) fn unknown_bases(families: &Families) -> BTreeMap<&Location, HashSet<&String>> {
    let mut heirs: HashMap<&Location, Vec<&Location>> = HashMap::default();
    for (location, family) in families {
        family.bases.iter().for_each(|base| heirs.entry(base).or_default().push(location));
    }
    let mut inherited: BTreeMap<&Location, HashSet<&String>> =
        families.keys().map(|class| (class, HashSet::default())).collect();
    for (location, family) in families {
        for base in &family.unknown_bases {
            let mut pending = vec![location];
            while let Some(class) = pending.pop() {
                if inherited.get_mut(class).is_some_and(|known| known.insert(base)) {
                    pending.extend(heirs.get(class).into_iter().flatten());
                }
            }
        }
    }
    inherited
}
