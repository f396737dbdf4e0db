//! A text with parts that are no Python goes in; a text of the same length that a parser of Python takes comes out.

use std::ops::Range;

/// A part of the text that the parser must not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mask {
    /// In bytes of the text.
    pub range: Range<usize>,
    /// What the parser sees.
    pub cover: Cover,
}

/// What stands in for a masked part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    /// Nothing: white space.
    Blank,
    /// Something: a name that nobody uses.
    Name,
}

/// A letter to Python, of two bytes, that is in no name.
const PLACEHOLDER: char = 'ǀ';

/// The text with its masks, which are in order and apart, covered. Line endings inside of them are covered too: what is put
/// there may be one expression.
pub(super) fn covered(text: &str, masks: &[Mask]) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut at, mut line) = (0, 0);
    for Mask { range, cover } in masks {
        let between = &text[at..range.start];
        line = between.rfind(['\n', '\r', '\x0c']).map_or(line, |ending| at + ending + 1);
        out.push_str(between);
        match cover {
            Cover::Name => push_name(&mut out, range.len()),
            Cover::Blank => line = push_blank(&mut out, line, range.len()),
        }
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

fn push_name(out: &mut String, length: usize) {
    out.extend(std::iter::repeat_n(PLACEHOLDER, length / PLACEHOLDER.len_utf8()));
    out.extend(std::iter::repeat_n('_', length % PLACEHOLDER.len_utf8()));
}

/// White space. In front of a line's first token it does not count as indentation: that begins anew at a form feed. Takes and
/// gives where the indentation begins.
fn push_blank(out: &mut String, line: usize, length: usize) -> usize {
    match length.checked_sub(1 + out.len() - line) {
        Some(before) if out[line..].bytes().all(|byte| matches!(byte, b' ' | b'\t')) => {
            let indentation = out[line..].to_owned();
            out.extend(std::iter::repeat_n(' ', before));
            out.push('\x0c');
            out.push_str(&indentation);
            out.len() - indentation.len()
        }
        _ => {
            out.extend(std::iter::repeat_n(' ', length));
            line
        }
    }
}

/// What the parser saw, as a person may see it.
pub fn uncovered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(PLACEHOLDER) {
        out.push_str(&rest[..at]);
        out.push_str("{{…}}");
        rest = rest[at..].trim_start_matches(PLACEHOLDER);
        rest = rest.strip_prefix('_').unwrap_or(rest);
    }
    out.push_str(rest);
    out
}

/// Whether a text that the parser saw has a covered part.
pub fn is_covered(text: &str) -> bool {
    text.contains(PLACEHOLDER)
}
