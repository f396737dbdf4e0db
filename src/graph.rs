//! The relationships of a run go in; what is deleted with what comes out: mapped classes, and the relationships between them whose delete
//! cascades, now or after the fixes.

use foldhash::HashMap;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use serde::Serialize;

use crate::outcome::Outcome;
use crate::reach::Level;
use crate::related::{Related, related};
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

/// Beside the name of a relationship whose list a fix rewrites.
const REWRITTEN: &str = " ✎";

/// A mapped class.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct MappedClass {
    /// Its name; of a class that can't be told, the relationship that leads to it.
    pub name: String,
    /// Where it is defined, as `path:line`; None where that can't be told.
    pub place: Option<String>,
    /// Another class has the name too.
    #[serde(skip)]
    pub is_ambiguous: bool,
}

/// A relationship whose delete cascades from its owner to its target.
#[derive(Debug, Clone, Serialize)]
pub struct Deletion {
    /// The attribute.
    pub attribute: Option<String>,
    /// What the relationship is, where that is known.
    pub direction: Option<Direction>,
    /// Where its cascade is, as `path:line:column`.
    pub place: String,
    /// The effective set now.
    pub before: CascadeOptions,
    /// The effective set after the fixes that are carried out.
    pub after: CascadeOptions,
    /// The effective set after a fix that is held back.
    pub held_back: Option<CascadeOptions>,
    /// What becomes of it.
    pub change: DeleteChange,
    /// What of the code comes to it by a refresh or an expire today, where a finding is about that.
    pub reach: Option<Level>,
    /// Where the calls begin that refresh or expire objects which lead to it, as `path:line:column`.
    pub calls: Vec<String>,
    /// A target that leaves its owner is deleted too.
    pub is_orphan_deleted: bool,
    /// Deletes go around: the owner is deleted with what is deleted with it.
    pub is_in_cycle: bool,
}

/// What becomes of a delete that cascades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeleteChange {
    /// Nothing.
    None,
    /// A fix writes another list; deletes cascade as before.
    Rewritten,
    /// After a fix deletes no longer cascade.
    Removed,
    /// After a fix deletes cascade, which did not.
    Added,
    /// As `Removed`, by a fix that is held back.
    WouldBeRemoved,
    /// As `Added`, by a fix that is held back.
    WouldBeAdded,
}

/// What is deleted with what.
#[derive(Debug, Default)]
pub struct DeleteGraph {
    /// Mapped classes; an edge leads from a class to what is deleted with it.
    pub graph: DiGraph<MappedClass, Deletion>,
    /// The classes of each cycle.
    pub cycles: Vec<Vec<NodeIndex>>,
}

impl Deletion {
    fn of(related: &Related<'_>) -> Option<Self> {
        let deletes = |options: CascadeOptions| options.contains(CascadeOption::Delete);
        let (before, after, at_last) = (related.before()?, related.after?, related.at_last()?);
        let change = match (deletes(before), deletes(after), deletes(at_last)) {
            (false, false, false) => return None,
            (true, true, true) if before == after => DeleteChange::None,
            (true, true, true) => DeleteChange::Rewritten,
            (true, false, _) => DeleteChange::Removed,
            (false, true, _) => DeleteChange::Added,
            (true, true, false) => DeleteChange::WouldBeRemoved,
            (false, false, true) => DeleteChange::WouldBeAdded,
        };
        let reach = related.findings.iter().find_map(|finding| finding.details.reach.as_ref());
        let calls = reach.iter().flat_map(|reach| &reach.calls);
        Some(Self {
            attribute: related.relationship.and_then(|known| known.attribute.clone()),
            direction: related.relationship.and_then(|known| known.direction),
            place: format!("{}:{}", related.file.display, related.site.start),
            before,
            after,
            held_back: related.held_back,
            change,
            reach: reach.map(|reach| reach.level),
            calls: calls.map(|call| format!("{}:{}", call.path, call.start)).collect(),
            is_orphan_deleted: at_last.contains(CascadeOption::DeleteOrphan),
            is_in_cycle: false,
        })
    }

    /// Whether deletes cascade after the fixes that are carried out.
    pub fn lasts(&self) -> bool {
        !matches!(self.change, DeleteChange::Removed | DeleteChange::WouldBeAdded)
    }

    /// Whether it deletes rows that others may share: those of a many-to-many, or the parent of a many-to-one.
    pub fn deletes_shared(&self) -> bool {
        self.lasts() && matches!(self.direction, Some(Direction::ManyToMany | Direction::ManyToOne))
    }

    /// Its name, and what is said of it beside that: nothing is told by colour alone.
    pub fn label(&self) -> String {
        let change = match self.change {
            DeleteChange::None | DeleteChange::Rewritten => None,
            DeleteChange::Removed => Some("no longer deletes"),
            DeleteChange::Added => Some("deletes from now on"),
            DeleteChange::WouldBeRemoved => Some("would no longer delete: held back"),
            DeleteChange::WouldBeAdded => Some("would delete: held back"),
        };
        let kind = match self.direction {
            Some(Direction::ManyToMany) => Some("many-to-many!"),
            Some(Direction::ManyToOne) => Some("many-to-one!"),
            _ => None,
        };
        let cycle = self.is_in_cycle.then(|| "cycle".to_owned());
        let told = [kind.map(str::to_owned), cycle, change.map(str::to_owned), self.reach_told()];
        let told: Vec<String> = told.into_iter().flatten().collect();
        let name = self.attribute.as_deref().unwrap_or("?");
        let mark = if self.change == DeleteChange::Rewritten { REWRITTEN } else { "" };
        if told.is_empty() { format!("{name}{mark}") } else { format!("{name}{mark} ({})", told.join(", ")) }
    }
}

impl Deletion {
    /// Whether today's code comes to it, where it does.
    fn reach_told(&self) -> Option<String> {
        match (self.reach?, self.calls.len()) {
            (Level::Raises, _) => Some("raises today".to_owned()),
            (Level::Reached, 1) => Some("reached by 1 call".to_owned()),
            (Level::Reached, calls) => Some(format!("reached by {calls} calls")),
            (Level::Unknown | Level::Dormant, _) => None,
        }
    }
}

impl MappedClass {
    /// The name, with the place where it alone is not enough.
    pub fn label(&self) -> String {
        match &self.place {
            Some(place) if self.is_ambiguous => format!("{} ({place})", self.name),
            _ => self.name.clone(),
        }
    }
}

impl DeleteGraph {
    /// What is deleted with what, by an outcome with all relationships.
    pub fn of(outcome: &Outcome) -> Self {
        let mut all = Self::default();
        let mut nodes: HashMap<(String, Option<String>), NodeIndex> = HashMap::default();
        let deletions = related(outcome).into_iter().filter_map(|related| Some((Deletion::of(&related)?, related)));
        for (deletion, related) in deletions {
            let [owner, target] = ends(&related).map(|(name, place)| {
                *nodes
                    .entry((name.clone(), place.clone()))
                    .or_insert_with(|| all.graph.add_node(MappedClass { name, place, is_ambiguous: false }))
            });
            all.graph.add_edge(owner, target, deletion);
        }
        all.find_cycles();
        all.find_namesakes();
        all
    }

    /// Deletes that only were, or would be, are no part of a cycle.
    fn find_cycles(&mut self) {
        let lasting = self.graph.filter_map(|_, _| Some(()), |_, deletion| deletion.lasts().then_some(()));
        let is_cycle = |classes: &Vec<NodeIndex>| classes.len() > 1 || lasting.contains_edge(classes[0], classes[0]);
        self.cycles = tarjan_scc(&lasting).into_iter().filter(is_cycle).collect();
        self.cycles.iter_mut().for_each(|classes| classes.sort());
        self.cycles.sort();
        let mut cycle_of: HashMap<NodeIndex, usize> = HashMap::default();
        for (index, classes) in self.cycles.iter().enumerate() {
            cycle_of.extend(classes.iter().map(|class| (*class, index)));
        }
        for edge in self.graph.edge_indices() {
            let Some((owner, target)) = self.graph.edge_endpoints(edge) else { continue };
            let is_around = cycle_of.contains_key(&owner) && cycle_of.get(&owner) == cycle_of.get(&target);
            self.graph[edge].is_in_cycle = is_around && self.graph[edge].lasts();
        }
    }

    fn find_namesakes(&mut self) {
        let mut number: HashMap<String, usize> = HashMap::default();
        for class in self.graph.node_weights() {
            *number.entry(class.name.clone()).or_default() += 1;
        }
        self.graph.node_weights_mut().for_each(|class| class.is_ambiguous = number[&class.name] > 1);
    }

    /// The deletions with the classes that they lead from and to, in order.
    pub fn deletions(&self) -> impl Iterator<Item = (NodeIndex, NodeIndex, &Deletion)> {
        self.graph.edge_references().map(|edge| (edge.source(), edge.target(), edge.weight()))
    }
}

/// The owner and the target, each with the place where it is defined.
fn ends(related: &Related<'_>) -> [(String, Option<String>); 2] {
    let known = related.relationship;
    let [owner_place, target_place] = related.classes.clone();
    let owner = known.and_then(|known| known.owner.clone());
    let target = known.and_then(|known| known.target.clone());
    // of a class that can't be told, each relationship has its own
    let unknown = |what: &str| format!("{what} of {}:{}", related.file.display, related.site.start);
    let of = |name: Option<String>, place: Option<String>, what: &str| match name {
        Some(name) => (name, place),
        None => (unknown(what), None),
    };
    [of(owner, owner_place, "owner"), of(target, target_place, "target")]
}
