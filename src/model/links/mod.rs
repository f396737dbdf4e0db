//! The relationships of a repository go in; how an option cascades over them comes out: from what SQLAlchemy itself expunges, or from the
//! objects that the code refreshes, expires or expunges.
//!
//! An object of a class can be of a subclass of it, and has the relationships of the bases of that.

mod namesakes;
mod orphans;
mod reaching;
mod words;

use std::collections::{BTreeMap, VecDeque};

use foldhash::{HashMap, HashSet};
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::module::Location;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

use namesakes::{Namesakes, unknown_bases};

pub use orphans::Orphans;
pub use reaching::{Reaching, Way};

/// A class at one end of a relationship.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    /// A class of the repository.
    Class(Location),
    /// A class with the name, which is none of the repository, or one of several.
    Named(String),
    /// None: what makes the relationship gives it to a name that nothing uses.
    Nobody,
    /// It can't be told.
    Unknown,
}

/// A relationship as far as it gives up orphans, or hands something on.
#[derive(Debug, Clone)]
pub struct Link {
    /// `Invoice.lines`; None where that is not known.
    pub name: Option<String>,
    /// Where its cascade stands, as `path:line:column`.
    pub at: String,
    /// The class that has it.
    pub owner: End,
    /// The class that it leads to.
    pub target: End,
    /// The options that the relationship's cascade can have; None where they are not known.
    pub options: Option<CascadeOptions>,
}

/// A class, and what it inherits from.
#[derive(Debug, Clone)]
pub struct Family {
    /// Its name.
    pub name: String,
    /// Where it is defined, as `path:line`.
    pub at: String,
    /// Its bases in the repository.
    pub bases: Vec<Location>,
    /// Its bases that can't be told, as they are written.
    pub unknown_bases: Vec<String>,
    /// The names of its bases that are classes of libraries.
    pub foreign_bases: Vec<String>,
    /// Classes of the repository that the bases may be which can't be told.
    pub possible_bases: Vec<Location>,
    /// There are no objects of it, but of what inherits from it.
    pub is_mixin: bool,
}

/// The classes that are known, by where they are defined.
pub type Families = BTreeMap<Location, Family>;

/// A stop on a way by which SQLAlchemy comes to expunge an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Stop {
    /// Where every way begins.
    Start,
    /// An object is expunged which is known to be of this class.
    Object(End),
    /// An object is expunged that has the relationships of this class.
    Owner(End),
    /// An object is expunged, whatever it is.
    Something,
    /// An object is expunged whose class has a base with this name, and no more is known of that base.
    OfBase(String),
}

/// One step of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WayStep {
    /// The relationship gives up an orphan.
    GivesUp(usize),
    /// Expunge cascades over the relationship.
    LeadsTo(usize),
    /// The object may be of a subclass.
    MayBe,
    /// The object is of a base too.
    Is,
    /// What is known of the object is not enough to tell.
    Perhaps(Doubt),
    /// Nothing is to be said of it.
    Silent,
}

/// Why it can't be told whether an object has a class's relationships.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// What is given up can be anything.
    AnyClass,
    /// It has the name.
    Namesake,
    /// The class that has the relationship is not known.
    Owner,
    /// Nothing in the repository inherits from the class that has it.
    NoSubclass,
    /// A base of it is not known.
    Base,
    /// It is named where a base is computed.
    Computed,
}

impl Link {
    fn may_give_up(&self) -> bool {
        self.options.is_none_or(|options| options.contains(CascadeOption::DeleteOrphan))
    }

    fn may_lead(&self, option: CascadeOption) -> bool {
        self.options.is_none_or(|options| options.contains(option))
    }
}

/// The ways that there are.
struct Map<'a> {
    /// What cascades.
    option: CascadeOption,
    links: &'a [Link],
    families: &'a Families,
    graph: DiGraph<Stop, (WayStep, bool)>,
    stops: HashMap<Stop, NodeIndex>,
}

/// By stop that can be reached: how.
type Ways = HashMap<NodeIndex, Arrival>;

/// The end of a way.
#[derive(Debug, Clone, Copy)]
struct Arrival {
    /// The last edge; None where the way begins.
    edge: Option<EdgeIndex>,
    /// How many edges the way has.
    length: usize,
    /// The stop where the told beginning of a long way ends; what is in its middle is left out.
    early: NodeIndex,
    /// Nothing on it is in doubt.
    is_certain: bool,
}

/// How many edges are told at each end of a way that has more than two times as many.
const MOST_TOLD: usize = 12;

impl<'a> Map<'a> {
    /// The ways on which an option cascades.
    fn new(option: CascadeOption, links: &'a [Link], families: &'a Families) -> Self {
        Self { option, links, families, graph: DiGraph::new(), stops: HashMap::default() }
    }

    /// The edges of a way that are told, in order, and where others are left out.
    fn edges(&self, stop: NodeIndex, ways: &Ways) -> (Vec<EdgeIndex>, Option<usize>) {
        let is_long = ways.get(&stop).is_some_and(|arrival| arrival.length > 2 * MOST_TOLD);
        let mut edges = Vec::new();
        let mut at = stop;
        while let Some(Arrival { edge: Some(edge), .. }) = ways.get(&at) {
            let Some((from, _)) = self.graph.edge_endpoints(*edge) else { break };
            edges.push(*edge);
            at = if is_long && edges.len() == MOST_TOLD { ways[&stop].early } else { from };
        }
        edges.reverse();
        (edges, is_long.then_some(MOST_TOLD))
    }

    fn stop(&mut self, stop: Stop) -> NodeIndex {
        *self.stops.entry(stop.clone()).or_insert_with(|| self.graph.add_node(stop))
    }

    fn add(&mut self, from: Stop, to: Stop, step: WayStep, is_certain: bool) {
        let (from, to) = (self.stop(from), self.stop(to));
        self.graph.add_edge(from, to, (step, is_certain));
    }

    fn draw(&mut self) {
        for (location, family) in self.families {
            let end = End::Class(location.clone());
            self.add(Stop::Object(end.clone()), Stop::Owner(end.clone()), WayStep::Silent, true);
            for base in &family.bases {
                let base = End::Class(base.clone());
                self.add(Stop::Object(base.clone()), Stop::Object(end.clone()), WayStep::MayBe, true);
                self.add(Stop::Owner(end.clone()), Stop::Owner(base), WayStep::Is, true);
            }
            for base in &family.possible_bases {
                let base = End::Class(base.clone());
                self.add(
                    Stop::Object(base.clone()),
                    Stop::Object(end.clone()),
                    WayStep::Perhaps(Doubt::Computed),
                    false,
                );
                self.add(Stop::Owner(end.clone()), Stop::Owner(base), WayStep::Perhaps(Doubt::Computed), false);
            }
        }
        for (index, link) in self.links.iter().enumerate() {
            let is_certain = link.options.is_some();
            let target = Stop::Object(link.target.clone());
            if self.option == CascadeOption::Expunge && link.may_give_up() {
                self.add(Stop::Start, target.clone(), WayStep::GivesUp(index), is_certain);
            }
            if link.may_lead(self.option) {
                self.add(Stop::Owner(link.owner.clone()), target, WayStep::LeadsTo(index), is_certain);
            }
        }
        self.draw_doubts();
    }

    /// What an object may be of which not all is known.
    fn draw_doubts(&mut self) {
        let ends: Vec<End> = self.links.iter().flat_map(|link| [link.owner.clone(), link.target.clone()]).collect();
        let mut drawn: HashSet<&String> = HashSet::default();
        let names = ends.iter().filter_map(|end| if let End::Named(name) = end { Some(name) } else { None });
        let possible = Namesakes::of(self.families);
        for name in names.filter(|name| drawn.insert(name)) {
            let named = End::Named(name.clone());
            self.add(Stop::Object(named.clone()), Stop::Owner(named.clone()), WayStep::Silent, true);
            for (location, is_namesake) in possible.of_name(name) {
                let class = Stop::Object(End::Class(location.clone()));
                if is_namesake {
                    self.add(class.clone(), Stop::Owner(named.clone()), WayStep::Perhaps(Doubt::Namesake), false);
                }
                self.add(Stop::Object(named.clone()), class, WayStep::Perhaps(Doubt::Namesake), false);
            }
        }
        self.add(Stop::Something, Stop::Owner(End::Unknown), WayStep::Perhaps(Doubt::Owner), false);
        let any = Stop::Object(End::Unknown);
        for owner in ends.into_iter().chain(self.families.keys().cloned().map(End::Class)) {
            self.add(any.clone(), Stop::Owner(owner), WayStep::Perhaps(Doubt::AnyClass), false);
        }
        self.draw_families_in_doubt();
    }

    fn draw_families_in_doubt(&mut self) {
        let inherited_from: HashSet<&Location> = self.families.values().flat_map(|family| &family.bases).collect();
        let alone: Vec<Location> = (self.families.iter())
            .filter(|(location, family)| family.is_mixin && !inherited_from.contains(location))
            .map(|(location, _)| location.clone())
            .collect();
        for class in alone {
            self.add(Stop::Something, Stop::Owner(End::Class(class)), WayStep::Perhaps(Doubt::NoSubclass), false);
        }
        let families = self.families;
        let inherited = unknown_bases(families);
        let mut bases: Vec<&String> = inherited.values().flatten().copied().collect();
        bases.sort();
        bases.dedup();
        for base in bases {
            for (class, own) in &inherited {
                let end = End::Class((*class).clone());
                match own.contains(&base) {
                    true => {
                        let of_base = Stop::OfBase(base.clone());
                        self.add(of_base, Stop::Object(end), WayStep::Perhaps(Doubt::Base), false);
                    }
                    // a class that inherits from the base itself is not what the base stands for
                    false => self.add(Stop::Object(end), Stop::OfBase(base.clone()), WayStep::Silent, false),
                }
            }
        }
    }

    /// The last edge of the way to each stop that can be reached: one without doubts wherever there is one, and of these a short one.
    fn ways(&self, start: NodeIndex) -> Ways {
        let mut ways = Ways::from_iter([(start, Arrival { edge: None, length: 0, early: start, is_certain: true })]);
        let mut reached = vec![start];
        for with_doubts in [false, true] {
            let mut pending: VecDeque<NodeIndex> = reached.iter().copied().collect();
            while let Some(stop) = pending.pop_front() {
                let mut edges: Vec<_> = self.graph.edges(stop).collect();
                edges.sort_by_key(petgraph::visit::EdgeRef::id);
                for edge in edges {
                    let is_open = edge.weight().1 || with_doubts;
                    if is_open && !ways.contains_key(&edge.target()) {
                        let before = ways[&stop];
                        let length = before.length + 1;
                        let early = if length <= MOST_TOLD { edge.target() } else { before.early };
                        let is_certain = before.is_certain && edge.weight().1;
                        ways.insert(edge.target(), Arrival { edge: Some(edge.id()), length, early, is_certain });
                        reached.push(edge.target());
                        pending.push_back(edge.target());
                    }
                }
            }
        }
        ways
    }
}
