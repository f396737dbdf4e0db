//! A file's text and a statement's range go in; whether a comment tells the formatters to leave it comes out.

use std::ops::Range;

/// Whether a text can have such a comment.
pub(super) fn can_hold(text: &str) -> bool {
    ["fmt:", "yapf:"].iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// Whether `# fmt: skip` is on the statement's lines, or `# fmt: off` (`# yapf: disable`) holds where it begins.
pub(super) fn holds(text: &str, statement: &Range<usize>) -> bool {
    let own_lines = text[statement.clone()].split(['\n', '\r']);
    if own_lines.into_iter().any(|line| line.split('#').skip(1).any(|comment| directive(comment).is_some())) {
        return true;
    }
    let mut lines = text[..statement.start].rsplit(['\n', '\r']);
    let mut level = lines.next().map_or(0, str::len);
    for line in lines {
        let inside = line.trim_start();
        let indentation = line.len() - inside.len();
        if inside.is_empty() || indentation > level {
            continue;
        }
        match inside.strip_prefix('#') {
            Some(comment) => match directive(comment) {
                Some(FormatterDirective::Off) => return true,
                Some(FormatterDirective::On) => return false,
                Some(FormatterDirective::Skip) | None => {}
            },
            None => level = indentation,
        }
    }
    false
}

enum FormatterDirective {
    Off,
    On,
    Skip,
}

fn directive(comment: &str) -> Option<FormatterDirective> {
    match comment.trim() {
        "fmt: off" | "fmt:off" | "yapf: disable" => Some(FormatterDirective::Off),
        "fmt: on" | "fmt:on" | "yapf: enable" => Some(FormatterDirective::On),
        other if other.starts_with("fmt: skip") || other.starts_with("fmt:skip") => Some(FormatterDirective::Skip),
        _ => None,
    }
}
