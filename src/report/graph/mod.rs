//! What is deleted with what goes in; a drawing of it, or a description that others draw, comes out.

mod canvas;
mod dot;
mod mermaid;
mod svg;

use std::io::{self, Write};

use serde::Serialize;

use crate::graph::{DeleteGraph, Deletion, MappedClass};

pub(super) use mermaid::mermaid;
pub(super) use svg::svg;

/// How `graph` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum GraphFormat {
    /// For Markdown on GitHub and GitLab
    #[default]
    Mermaid,
    /// For Graphviz
    Dot,
    /// A drawing
    Svg,
    /// One JSON document
    Json,
}

/// Prints what is deleted with what.
///
/// # Errors
/// The output can't be written, or the graph is too large to be drawn.
pub fn write_graph(format: GraphFormat, graph: &DeleteGraph, out: &mut dyn Write) -> io::Result<()> {
    match format {
        GraphFormat::Mermaid => write!(out, "{}", mermaid(graph)),
        GraphFormat::Dot => write!(out, "{}", dot::dot(graph)),
        GraphFormat::Svg => write!(out, "{}", svg(graph)),
        GraphFormat::Json => json(graph, out),
    }
}

#[derive(Serialize)]
struct JsonGraph<'a> {
    version: u32,
    classes: Vec<&'a MappedClass>,
    deletions: Vec<JsonDeletion<'a>>,
    cycles: Vec<Vec<usize>>,
}

#[derive(Serialize)]
struct JsonDeletion<'a> {
    /// The index of the class that is deleted.
    from: usize,
    /// The index of the class that is deleted with it.
    to: usize,
    #[serde(flatten)]
    deletion: &'a Deletion,
}

fn json(graph: &DeleteGraph, out: &mut dyn Write) -> io::Result<()> {
    let deletions =
        graph.deletions().map(|(from, to, deletion)| JsonDeletion { from: from.index(), to: to.index(), deletion });
    let report = JsonGraph {
        version: 1,
        classes: graph.graph.node_weights().collect(),
        deletions: deletions.collect(),
        cycles: graph.cycles.iter().map(|classes| classes.iter().map(|class| class.index()).collect()).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}
