//! Bytes go in; the places come out where a tag of a template may begin: `{{`, `{%`, `{#`. One in a string doesn't keep a file from being
//! Python, as long as it has no quotes that end the string.

use super::is_of_name;

/// How far a string is looked through for its end, in bytes.
const LONGEST: usize = 300;

/// Those that are in no string of their line.
pub(super) fn tags(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let begins = |at: &usize| matches!(bytes.get(at + 1), Some(b'{' | b'%' | b'#'));
    let mut line = LineStart::default();
    memchr::memchr_iter(b'{', bytes).filter(begins).filter(move |at| !line.is_in_string(bytes, *at))
}

/// A line up to a place in it.
#[derive(Default)]
struct LineStart {
    /// The place.
    at: usize,
    /// That of a string which is open there.
    quote: Option<u8>,
    /// It has three quotes: a string may be open that another line begins or ends.
    is_uncertain: bool,
}

impl LineStart {
    /// Whether a place, which is behind those that were asked for before, is in a string that its line begins and ends.
    fn is_in_string(&mut self, bytes: &[u8], place: usize) -> bool {
        let passed = bytes.get(self.at..place).unwrap_or_default();
        if let Some(end) = memchr::memrchr2(b'\n', b'\r', passed) {
            *self = Self { at: self.at + end + 1, ..Self::default() };
        }
        while self.at < place {
            let byte = bytes[self.at];
            self.is_uncertain |= matches!(byte, b'"' | b'\'') && bytes[self.at..].starts_with(&[byte; 3]);
            match self.quote {
                _ if byte == b'\\' => self.at += 1,
                None if matches!(byte, b'"' | b'\'') => self.quote = Some(byte),
                Some(quote) if byte == quote => self.quote = None,
                _ => {}
            }
            self.at += 1;
        }
        !self.is_uncertain && self.quote.is_some_and(|quote| is_ended(&bytes[place..], quote))
    }
}

/// Whether a quote ends a string on its line, and no word is right behind it.
fn is_ended(bytes: &[u8], quote: u8) -> bool {
    let end = bytes.iter().take(LONGEST).position(|byte| *byte == quote || matches!(byte, b'\n' | b'\r'));
    let behind = end.filter(|end| bytes[*end] == quote).map(|end| bytes.get(end + 1));
    behind.is_some_and(|behind| !behind.is_some_and(|byte| is_of_name(*byte) || matches!(byte, b'"' | b'\'')))
}
