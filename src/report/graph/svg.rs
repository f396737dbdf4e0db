//! The graph as a drawing.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use foldhash::HashMap;
use layout::adt::dag::NodeHandle;
use layout::core::base::Orientation;
use layout::core::style::{LineStyleKind, StyleAttr};
use layout::std_shapes::shapes::{Arrow, Element, LineEndKind, ShapeKind};
use layout::topo::layout::VisualGraph;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::unionfind::UnionFind;

use super::canvas::{Canvas, Ink, character_of, size_of_box};
use crate::graph::{DeleteChange, DeleteGraph, Deletion};

/// How many lines are drawn together; the layout takes much longer than in proportion to them, and nobody could follow more.
const MOST_LINES: usize = 120;

/// The drawing, in light and dark: what hangs together is drawn together, the largest first. Where that is too much, each class is drawn
/// with what is deleted with it directly, and such a class is there several times.
pub(in crate::report) fn svg(graph: &DeleteGraph) -> String {
    let mut canvas = Canvas::default();
    for part in parts(graph) {
        draw(graph, &part, &mut canvas);
        canvas.begin_below();
    }
    canvas.finish(&title(graph))
}

/// The deletions that are drawn together.
fn parts(graph: &DeleteGraph) -> Vec<Vec<EdgeIndex>> {
    let mut together = UnionFind::new(graph.graph.node_count());
    for (owner, target, _) in graph.deletions() {
        together.union(owner.index(), target.index());
    }
    let by = |class: &dyn Fn(NodeIndex) -> usize, edges: &mut dyn Iterator<Item = EdgeIndex>| {
        let mut parts: BTreeMap<usize, Vec<EdgeIndex>> = BTreeMap::new();
        for edge in edges {
            let owner = graph.graph.edge_endpoints(edge).map_or(0, |(owner, _)| class(owner));
            parts.entry(owner).or_default().push(edge);
        }
        parts.into_values().collect::<Vec<_>>()
    };
    let mut parts = by(&|owner| together.find(owner.index()), &mut graph.graph.edge_indices());
    parts.sort_by_key(|part| (Reverse(part.len()), part[0]));
    let of_part = |part: Vec<EdgeIndex>| match part.len() {
        0..=MOST_LINES => vec![part],
        _ => {
            let stars = by(&NodeIndex::index, &mut part.into_iter());
            stars.iter().flat_map(|star| star.chunks(MOST_LINES).map(<[_]>::to_vec)).collect()
        }
    };
    parts.into_iter().flat_map(of_part).collect()
}

fn draw(graph: &DeleteGraph, part: &[EdgeIndex], canvas: &mut Canvas) {
    let style = |ink: Ink, text: &str| StyleAttr::new(ink.color(), 1, None, 4, character_of(text));
    let mut drawing = VisualGraph::new(Orientation::LeftToRight);
    let mut boxes: HashMap<NodeIndex, NodeHandle> = HashMap::default();
    for edge in part {
        let Some((owner, target)) = graph.graph.edge_endpoints(*edge) else { continue };
        let [owner, target] = [owner, target].map(|class| {
            *boxes.entry(class).or_insert_with(|| {
                let label = graph.graph[class].label();
                let (shape, look) = (ShapeKind::new_box(&label), style(Ink::Plain, &label));
                drawing.add_node(Element::create(shape, look, Orientation::LeftToRight, size_of_box(&label)))
            })
        });
        let deletion = &graph.graph[*edge];
        let label = deletion.label();
        let look = style(ink(deletion), &label);
        let line = if deletion.lasts() { LineStyleKind::Normal } else { LineStyleKind::Dashed };
        let arrow = Arrow::new(LineEndKind::None, LineEndKind::Arrow, line, &label, &look, &None, &None);
        drawing.add_edge(arrow, owner, target);
    }
    drawing.do_it(false, false, false, canvas);
}

fn ink(deletion: &Deletion) -> Ink {
    match deletion.change {
        _ if deletion.deletes_shared() => Ink::Danger,
        DeleteChange::Added | DeleteChange::WouldBeAdded => Ink::Danger,
        DeleteChange::Removed => Ink::Gone,
        _ if deletion.is_in_cycle => Ink::Cycle,
        DeleteChange::Rewritten => Ink::Rewritten,
        DeleteChange::None | DeleteChange::WouldBeRemoved => Ink::Plain,
    }
}

fn title(graph: &DeleteGraph) -> String {
    let (classes, deletions) = (graph.graph.node_count(), graph.graph.edge_count());
    format!("What is deleted with what: {classes} mapped classes, {deletions} relationships whose delete cascades")
}
