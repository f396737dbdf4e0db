//! Text goes in; Markdown that shows just that text comes out, as GitHub and GitLab read it.
//!
//! What stands in the code under review can be anything: it must not end a table, be markup, call a person by `@name` or mention an issue
//! by `#1`.

use super::picture;

/// A code span, also in a cell of a table.
pub(super) fn code(text: &str) -> String {
    let text = one_line(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    // in a table a bar ends the cell even in a code span
    format!("{fence}{blank}{}{blank}{fence}", text.replace('|', "\\|"))
}

/// Lines that are shown as they are, in a language.
pub(super) fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}", text.trim_end())
}

/// A sentence, also in a cell of a table; what stands between backticks is a code span.
pub(super) fn prose(text: &str) -> String {
    let text = one_line(text);
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(&text);
    }
    let part = |(index, part): (usize, &&str)| if index % 2 == 1 { code(part) } else { escaped(part) };
    parts.iter().enumerate().map(part).collect()
}

/// Text without any markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            // the comment keeps a host from reading a name or a number behind it
            '@' | '#' | '!' => out.extend([&character.to_string(), "<!-- -->"]),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '>' | '$' => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out
}

fn one_line(text: &str) -> String {
    // what has text read from right to left is none that can be seen either
    text.chars().map(|character| if picture(character) == character { character } else { ' ' }).collect()
}
