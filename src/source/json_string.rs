//! The inside of a JSON string goes in, the text comes out; and the way back.

use std::sync::OnceLock;

/// Bytes of a text between two marks on the way back.
const BETWEEN_MARKS: usize = 1024;

/// Offsets of a text with those in the inside of its JSON string, in order: a cell can be one string, and have many places that are told.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks(OnceLock<Vec<(usize, usize)>>);

/// The characters of the inside of a well-formed JSON string, each with its length there, in bytes. Half a surrogate pair, which no
/// text can hold, is U+FFFD.
fn characters(inside: &str) -> impl Iterator<Item = (char, usize)> {
    let mut rest = inside;
    std::iter::from_fn(move || {
        let (character, length) = first(rest)?;
        rest = &rest[length..];
        Some((character, length))
    })
}

fn first(rest: &str) -> Option<(char, usize)> {
    let character = rest.chars().next()?;
    if character != '\\' {
        return Some((character, character.len_utf8()));
    }
    let escaped = rest[1..].chars().next()?;
    let character = match escaped {
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unit_at(rest).map(|unit| of_units(unit, &rest[6..])),
        other => other,
    };
    Some((character, 1 + escaped.len_utf8()))
}

fn of_units(unit: u16, rest: &str) -> (char, usize) {
    let pair = unit_at(rest).and_then(|low| char::decode_utf16([unit, low]).next()?.ok());
    match (char::from_u32(unit.into()), pair) {
        (Some(character), _) => (character, 6),
        (None, Some(character)) => (character, 12),
        (None, None) => (char::REPLACEMENT_CHARACTER, 6),
    }
}

/// The number of an `\uXXXX` at the beginning.
fn unit_at(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

/// The text of the inside of a JSON string.
pub(super) fn unescape(inside: &str) -> String {
    if !inside.contains('\\') {
        return inside.to_owned();
    }
    characters(inside).map(|(character, _)| character).collect()
}

impl Marks {
    /// Where an offset of the text is in the inside of the JSON string, both in bytes. It is always the same string.
    pub fn offset_inside(&self, inside: &str, offset: usize) -> usize {
        let marks = self.0.get_or_init(|| marks(inside));
        let (mut in_text, mut in_json) = marks[marks.partition_point(|(in_text, _)| *in_text <= offset) - 1];
        for (character, length) in characters(&inside[in_json..]) {
            if in_text >= offset {
                break;
            }
            in_text += character.len_utf8();
            in_json += length;
        }
        in_json
    }
}

fn marks(inside: &str) -> Vec<(usize, usize)> {
    let mut marks = vec![(0, 0)];
    let (mut in_text, mut in_json, mut last) = (0, 0, 0);
    for (character, length) in characters(inside) {
        if in_text >= last + BETWEEN_MARKS {
            marks.push((in_text, in_json));
            last = in_text;
        }
        in_text += character.len_utf8();
        in_json += length;
    }
    marks
}

/// Adds a text as the inside of a JSON string, with `\u` for all that is not ASCII where the file is kept so.
pub(super) fn push_escaped(out: &mut String, text: &str, only_ascii: bool) {
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            _ if character >= '\u{80}' && !only_ascii => out.push(character),
            _ => {
                let mut units = [0; 2];
                let units = character.encode_utf16(&mut units);
                units.iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
        }
    }
}
