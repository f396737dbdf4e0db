//! A text goes in; the names in it come out that may stand as an attribute, an argument's name, or a string of their own, by the signs
//! around them, and the strings that may be a keyword's value.

use std::ops::Range;

use super::{has_comment, is_of_word};

/// The plain strings that begin soon behind each place of a word, by what stands between their quotes.
pub fn strings_behind<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = &'t str> {
    // in bytes; nobody writes so much between a keyword and its value
    const LONGEST: usize = 300;
    let behind = text.match_indices(word).map(move |(at, _)| {
        let rest = &text[at + word.len()..];
        let end = (0..=LONGEST).rev().find(|end| rest.is_char_boundary(*end));
        &rest[..end.unwrap_or_default()]
    });
    let quoted = behind.flat_map(|behind| behind.split(['"', '\'']));
    quoted.filter(|part| part.bytes().all(is_of_word))
}

/// In order.
pub fn member_names(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut end = 0;
    let words = std::iter::from_fn(move || {
        let start = end + bytes[end..].iter().position(|byte| is_of_word(*byte))?;
        end = start + bytes[start..].iter().take_while(|byte| is_of_word(**byte)).count();
        Some(start..end)
    });
    words.filter(|word| may_be_member(bytes, word))
}

fn may_be_member(bytes: &[u8], word: &Range<usize>) -> bool {
    // in bytes; who writes more between a sign and a name may have any sign there
    const LONGEST: usize = 300;
    let before = &bytes[word.start.saturating_sub(LONGEST)..word.start];
    let line = before.trim_ascii_end();
    let is_behind_comment = || before[line.len()..].contains(&b'\n') && has_comment(line);
    match line.last() {
        None | Some(b'.' | b'"' | b'\'' | b'\\') => true,
        Some(b'(' | b',') => matches!(bytes[word.end..].trim_ascii_start().first(), Some(b'=' | b'#' | b'\\')),
        _ => is_behind_comment(),
    }
}
