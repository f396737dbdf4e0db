//! A statement's text before and after it is laid out goes in; whether each pragma still stands beside the code that it is about comes
//! out.
//!
//! The code of a pragma's line may neither lose a part nor get one; or that of the next line, where that is what the pragma is about.

use std::ops::Range;

use crate::pragma::{is_about_next_line, is_pragma};

/// Whether the pragmas of a statement cover the same code in another layout of it. `above` is the line in front of it, `comments` and
/// `laid_out_comments` are where its comments stand in either text, in order.
pub(super) fn cover_the_same(
    above: &str,
    (text, comments): (&str, &[Range<usize>]),
    (laid_out, laid_out_comments): (&str, &[Range<usize>]),
) -> bool {
    if is_about_next_line(above) && first_code(text) != first_code(laid_out) {
        return false;
    }
    comments.len() == laid_out_comments.len()
        && comments.iter().zip(laid_out_comments).all(|(comment, moved)| {
            !is_pragma(&text[comment.clone()]) || covered(text, comment) == covered(laid_out, moved)
        })
}

/// The code in front of a pragma, or below it where that is what it is about, without what makes no difference.
fn covered(text: &str, comment: &Range<usize>) -> String {
    let line = text[..comment.start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let before = &text[line..comment.start];
    if before.trim().is_empty() && is_about_next_line(&text[comment.clone()]) {
        return first_code(text[comment.end..].trim_start());
    }
    code(before)
}

/// The code of the first line.
fn first_code(text: &str) -> String {
    code(text.split(['\n', '\r']).next().unwrap_or_default())
}

/// Code without blanks and the comma behind it.
fn code(line: &str) -> String {
    let code: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    code.trim_end_matches(',').to_owned()
}
