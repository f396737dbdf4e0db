//! The relationships of a repository, and the classes of objects with which something is done that cascades, go in; the classes come out
//! whose relationships it comes to, each with the way.

use std::collections::{BTreeSet, HashMap};

use super::{End, Families, Link, Map, Step, Stop};
use crate::sqlalchemy::cascade::CascadeOption;

/// What an option comes to, from the objects of each class.
#[derive(Debug, Default)]
pub struct Reaching {
    /// By the class of an object: the classes that have the relationships which are come to.
    ways: HashMap<End, HashMap<End, Way>>,
}

/// How it comes to the relationships of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The relationships on the way, as `User.orders`; none where the object itself has those of the class.
    pub through: Vec<String>,
    /// Nothing on the way is in doubt.
    pub is_certain: bool,
}

impl Reaching {
    /// Follows the relationships with an option from the objects of some classes.
    pub fn of(links: &[Link], option: CascadeOption, from: &BTreeSet<End>, families: &Families) -> Self {
        let mut map = Map::new(option, links, families);
        map.draw();
        let starts: Vec<_> = from
            .iter()
            .map(|end| {
                map.add(Stop::Object(end.clone()), Stop::Something, Step::Silent, false);
                (end.clone(), map.stop(Stop::Object(end.clone())))
            })
            .collect();
        let ways = starts.into_iter().map(|(end, start)| {
            let ways = map.ways(start);
            let owners = map.stops.iter().filter_map(|(stop, index)| match stop {
                Stop::Owner(owner) if ways.contains_key(index) => {
                    let edges = map.back(*index, &ways);
                    let leads = edges.iter().rev().filter_map(|edge| match map.graph[*edge].0 {
                        Step::LeadsTo(link) => Some(links[link].told()),
                        _ => None,
                    });
                    let is_certain = edges.iter().all(|edge| map.graph[*edge].1);
                    Some((owner.clone(), Way { through: leads.collect(), is_certain }))
                }
                _ => None,
            });
            (end, owners.collect())
        });
        Self { ways: ways.collect() }
    }

    /// How it comes from an object of a class to the relationships of another; None where it does not.
    pub fn way(&self, from: &End, owner: &End) -> Option<&Way> {
        self.ways.get(from)?.get(owner)
    }
}
