//! The graph as a drawing.

use std::collections::BTreeMap;

use layout::adt::dag::NodeHandle;
use layout::core::base::Orientation;
use layout::core::geometry::Point;
use layout::core::style::{LineStyleKind, StyleAttr};
use layout::std_shapes::shapes::{Arrow, Element, LineEndKind, ShapeKind};
use layout::topo::layout::VisualGraph;
use petgraph::graph::NodeIndex;
use petgraph::unionfind::UnionFind;

use super::canvas::{CHARACTER, Canvas, Ink};
use crate::graph::{Change, DeleteGraph, Deletion};

/// Beyond so many classes that hang together, the layout takes no second look at what crosses.
const MOST_OPTIMIZED: usize = 300;

/// The drawing, in light and dark; what hangs together is drawn together, the largest first.
pub(in crate::report) fn svg(graph: &DeleteGraph) -> String {
    let mut canvas = Canvas::default();
    for part in parts(graph) {
        draw(graph, &part, &mut canvas);
        canvas.begin_below();
    }
    canvas.finish(&title(graph))
}

/// The classes that hang together.
fn parts(graph: &DeleteGraph) -> Vec<Vec<NodeIndex>> {
    let mut together = UnionFind::new(graph.graph.node_count());
    for (owner, target, _) in graph.deletions() {
        together.union(owner.index(), target.index());
    }
    let mut parts: BTreeMap<usize, Vec<NodeIndex>> = BTreeMap::new();
    for class in graph.graph.node_indices() {
        parts.entry(together.find(class.index())).or_default().push(class);
    }
    let mut parts: Vec<_> = parts.into_values().collect();
    parts.sort_by_key(|part| (std::cmp::Reverse(part.len()), part[0]));
    parts
}

fn draw(graph: &DeleteGraph, part: &[NodeIndex], canvas: &mut Canvas) {
    let style = |ink: Ink| StyleAttr::new(ink.color(), 1, None, 4, CHARACTER);
    let mut drawing = VisualGraph::new(Orientation::LeftToRight);
    let boxes: BTreeMap<NodeIndex, NodeHandle> = part
        .iter()
        .map(|class| {
            let label = graph.graph[*class].label();
            let size = Point::new((label.chars().count() * CHARACTER) as f64, 24.);
            let element =
                Element::create(ShapeKind::new_box(&label), style(Ink::Plain), Orientation::LeftToRight, size);
            (*class, drawing.add_node(element))
        })
        .collect();
    for (owner, target, deletion) in graph.deletions() {
        let (Some(owner), Some(target)) = (boxes.get(&owner), boxes.get(&target)) else { continue };
        let look = style(ink(deletion));
        let line = if deletion.lasts() { LineStyleKind::Normal } else { LineStyleKind::Dashed };
        let arrow = Arrow::new(LineEndKind::None, LineEndKind::Arrow, line, &deletion.label(), &look, &None, &None);
        drawing.add_edge(arrow, *owner, *target);
    }
    drawing.do_it(false, part.len() > MOST_OPTIMIZED, false, canvas);
}

fn ink(deletion: &Deletion) -> Ink {
    match deletion.change {
        Change::None | Change::Rewritten if deletion.is_many_to_many() => Ink::Danger,
        Change::Added | Change::WouldBeAdded => Ink::Danger,
        Change::Removed | Change::WouldBeRemoved => Ink::Gone,
        _ if deletion.is_in_cycle => Ink::Cycle,
        Change::Rewritten => Ink::Rewritten,
        Change::None => Ink::Plain,
    }
}

fn title(graph: &DeleteGraph) -> String {
    let (classes, deletions) = (graph.graph.node_count(), graph.graph.edge_count());
    format!("What is deleted with what: {classes} mapped classes, {deletions} relationships whose delete cascades")
}
