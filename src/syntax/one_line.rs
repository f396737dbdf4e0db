//! A node goes in; its text on one line comes out, for people.

use super::Node;

/// A node on one line, cut where it is long.
pub fn on_one_line(node: &Node<'_>) -> String {
    const LONGEST: usize = 60;
    let mut text = String::new();
    for word in node.text().split_whitespace() {
        // `f(` and what it is given on the next line
        let is_inside = text.is_empty() || text.ends_with(['(', '[']) || word.starts_with([')', ']']);
        text.push_str(if is_inside { "" } else { " " });
        text.push_str(word);
    }
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
