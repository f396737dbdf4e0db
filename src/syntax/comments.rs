//! A text goes in; one of the same length comes out, of which the parser's cost grows with its length.
//!
//! In front of each line that is a comment, the parser's scanner looks through all comments that follow, for the indentation of what comes
//! behind them. Where there are very many, they are joined to one comment.

/// How many comments, with nothing but empty lines between, are parsed one by one.
const MOST: usize = 100;

/// The text with long rows of comments as one each; None where there is none.
pub(super) fn joined(text: &str) -> Option<String> {
    let rows = long_rows(text);
    if rows.is_empty() {
        return None;
    }
    let mut joined = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in rows {
        joined.push_str(&text[at..start]);
        joined.push_str(&text[start..end].replace('\n', " "));
        at = end;
    }
    joined.push_str(&text[at..]);
    Some(joined)
}

/// Where the first comment of each long row begins, and its last line.
fn long_rows(text: &str) -> Vec<(usize, usize)> {
    let mut rows = Vec::new();
    let (mut start, mut last, mut number) = (0, 0, 0);
    let mut at = 0;
    while at < text.len() {
        let line = &text[at..memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |length| at + length)];
        let code = line.trim_start();
        if code.starts_with('#') {
            start = if number == 0 { at } else { start };
            (last, number) = (at, number + 1);
        } else if !code.is_empty() {
            if number > MOST {
                rows.push((start, last));
            }
            number = 0;
        }
        at += line.len() + 1;
    }
    if number > MOST {
        rows.push((start, last));
    }
    rows
}
