//! The relationships of a repository, and the classes of objects with which something is done that cascades, go in; the classes come out
//! whose relationships it comes to, each with the way.

use std::collections::BTreeSet;

use foldhash::HashMap;
use petgraph::graph::NodeIndex;

use super::{End, Families, Link, Map, Stop, WayStep, Ways};
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
        if from.is_empty() {
            return Self::default();
        }
        let mut map = Map::new(option, links, families);
        map.draw();
        let starts: Vec<_> = from
            .iter()
            .map(|end| {
                map.add(Stop::Object(end.clone()), Stop::Something, WayStep::Silent, false);
                (end.clone(), map.stop(Stop::Object(end.clone())))
            })
            .collect();
        let ways = starts.into_iter().map(|(end, start)| {
            let ways = map.ways(start);
            let owners = ways.iter().filter_map(|(index, arrival)| match &map.graph[*index] {
                Stop::Owner(owner) => {
                    let is_certain = arrival.is_certain;
                    Some((owner.clone(), Way { through: map.through(*index, &ways), is_certain }))
                }
                _ => None,
            });
            (end, owners.collect())
        });
        Self { ways: ways.collect() }
    }

    /// The classes to whose relationships it comes from an object of a class.
    pub fn owners(&self, from: &End) -> impl Iterator<Item = &End> {
        self.ways.get(from).into_iter().flat_map(HashMap::keys)
    }

    /// How it comes from an object of a class to the relationships of another; None where it does not.
    pub fn way(&self, from: &End, owner: &End) -> Option<&Way> {
        self.ways.get(from)?.get(owner)
    }
}

impl Map<'_> {
    /// The relationships on the way to a stop; of a long one those at its ends.
    fn through(&self, stop: NodeIndex, ways: &Ways) -> Vec<String> {
        let (edges, left_out) = self.edges(stop, ways);
        let mut through = Vec::new();
        for (number, edge) in edges.into_iter().enumerate() {
            if left_out == Some(number) {
                through.push("…".to_owned());
            }
            if let WayStep::LeadsTo(link) = self.graph[edge].0 {
                through.push(self.links[link].told());
            }
        }
        through
    }
}
