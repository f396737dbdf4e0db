//! The graph as Mermaid's flowchart, which GitHub and GitLab draw.

use std::fmt::Write;

use crate::graph::{DeleteChange, DeleteGraph, Deletion};

/// The flowchart. The arrow is thick where rows are deleted that others may share, and dotted where nothing is deleted any more, or not
/// yet.
pub(in crate::report) fn mermaid(graph: &DeleteGraph) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for class in graph.graph.node_indices() {
        let _ = writeln!(text, "    c{}[\"{}\"]", class.index(), escaped(&graph.graph[class].label()));
    }
    let mut styles: Vec<(&str, Vec<String>)> = Vec::new();
    for (index, (owner, target, deletion)) in graph.deletions().enumerate() {
        let arrow = arrow(deletion);
        let label = escaped(&deletion.label());
        let _ = writeln!(text, "    c{} {arrow}|\"{label}\"| c{}", owner.index(), target.index());
        let Some(style) = style(deletion) else { continue };
        match styles.iter_mut().find(|(known, _)| *known == style) {
            Some((_, edges)) => edges.push(index.to_string()),
            None => styles.push((style, vec![index.to_string()])),
        }
    }
    for (style, edges) in styles {
        let _ = writeln!(text, "    linkStyle {} {style}", edges.join(","));
    }
    text
}

fn arrow(deletion: &Deletion) -> &'static str {
    match deletion.lasts() {
        false => "-.->",
        true if deletion.deletes_shared() => "==>",
        true => "-->",
    }
}

/// Colours that can be told apart on a light and on a dark page.
fn style(deletion: &Deletion) -> Option<&'static str> {
    match deletion.change {
        _ if deletion.deletes_shared() => Some("stroke:#d1242f"),
        _ if deletion.is_in_cycle => Some("stroke:#bc4c00"),
        DeleteChange::Rewritten => Some("stroke:#1a7f37"),
        DeleteChange::Added | DeleteChange::WouldBeAdded => Some("stroke:#d1242f"),
        _ => None,
    }
}

/// Text in quotes: everything that could end it, or be markup, by its number.
fn escaped(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || " _-.:/(),!?✎".contains(c);
    text.chars()
        .map(|character| match character {
            character if is_plain(character) => character.to_string(),
            character if character.is_control() => " ".to_owned(),
            character => format!("#{};", u32::from(character)),
        })
        .collect()
}
