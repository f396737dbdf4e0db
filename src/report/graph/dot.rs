//! The graph for Graphviz.

use petgraph::dot::{Config, Dot};
use petgraph::visit::EdgeRef;

use crate::graph::{DeleteChange, DeleteGraph, Deletion};
use crate::report::visible;

/// The graph in the DOT language.
pub(super) fn dot(graph: &DeleteGraph) -> String {
    let labelled = graph
        .graph
        .map(|_, class| visible(&class.label()).into_owned(), |_, deletion| visible(&deletion.label()).into_owned());
    let attributes = |_: &_, edge: petgraph::graph::EdgeReference<'_, String>| style(&graph.graph[edge.id()]);
    let of_class = |_: &_, _| String::new();
    let config = [Config::GraphContentOnly];
    let content = Dot::with_attr_getters(&labelled, &config, &attributes, &of_class);
    format!("digraph \"what is deleted with what\" {{\n    rankdir=LR\n    node [shape=box]\n{content}}}\n")
}

fn style(deletion: &Deletion) -> String {
    let color = match deletion.change {
        _ if deletion.deletes_shared() => "red",
        _ if deletion.is_in_cycle => "darkorange",
        DeleteChange::Rewritten => "darkgreen",
        DeleteChange::None | DeleteChange::WouldBeRemoved => "black",
        DeleteChange::Removed => "gray40",
        DeleteChange::Added | DeleteChange::WouldBeAdded => "red",
    };
    let style = match deletion.lasts() {
        false => "dashed",
        true if deletion.deletes_shared() => "bold",
        true => "solid",
    };
    format!("color={color} style={style}")
}
