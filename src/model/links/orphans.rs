//! The relationships of a repository that can give up orphans, or along which expunge cascades, go in; the classes whose unsaved
//! objects SQLAlchemy itself can expunge come out, each with the way that leads there.
//!
//! An object that is not saved yet and leaves a relationship with delete-orphan is expunged from the session, and that cascades by
//! expunge (`track_cascade_events` in `sqlalchemy/orm/unitofwork.py`). What is given up as a `Line` can be of a subclass of it, and has
//! the relationships of the bases of that.

use foldhash::HashMap;

use super::{End, Families, Link, Map, Stop, WayStep};
use crate::sqlalchemy::cascade::CascadeOption;

/// What SQLAlchemy itself can expunge.
#[derive(Debug, Default)]
pub struct Orphans {
    /// By the class that has relationships: how an unsaved object of it is given up, in words.
    reasons: HashMap<End, String>,
}

impl Orphans {
    /// Follows the relationships from where something is given up. The classes are asked for where something is.
    pub fn of(links: &[Link], families: impl FnOnce() -> Families) -> Self {
        let Some(first) = first_giver(links) else { return Self::default() };
        let families = &families();
        let mut map = Map::new(CascadeOption::Expunge, links, families);
        map.add(Stop::Start, Stop::Something, WayStep::GivesUp(first), false);
        map.draw();
        let ways = map.ways(map.stops[&Stop::Start]);
        let owners = map.stops.iter().filter_map(|(stop, index)| match stop {
            Stop::Owner(end) if ways.contains_key(index) => Some((end.clone(), map.told(*index, &ways))),
            _ => None,
        });
        Self { reasons: owners.collect() }
    }

    /// How an unsaved object that has the relationships of a class comes to be expunged, in words that begin a sentence; None where that
    /// does not happen.
    pub fn reason(&self, owner: &End) -> Option<&str> {
        self.reasons.get(owner).map(String::as_str)
    }
}

/// A relationship that gives something up; one that certainly does, where there is one.
fn first_giver(links: &[Link]) -> Option<usize> {
    let givers = || (0..links.len()).filter(|index| links[*index].may_give_up());
    givers().find(|index| links[*index].options.is_some()).or_else(|| givers().next())
}
