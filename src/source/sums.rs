//! A text, and what is measured of it, go in; the measure of all that stands before an offset comes out, at the cost of a block.

use std::ops::Range;
use std::sync::OnceLock;

/// Bytes of the text between two sums.
const BLOCK: usize = 1024;

/// The measures of a text up to the beginnings of its blocks, made for who asks first: a place is told for each finding, and what is
/// before it would be looked through for each.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums(OnceLock<Vec<usize>>);

impl Sums {
    /// The measure of a text up to an offset, which is at the beginning of a character. It is that of the parts of a text together, and
    /// always of the same text.
    pub fn before(&self, text: &str, offset: usize, measure: impl Fn(&str) -> usize) -> usize {
        let sums = self.0.get_or_init(|| {
            let mut sum = 0;
            let mut add = |number: usize| {
                sum += measure(&text[start_of(text, number - 1)..start_of(text, number)]);
                sum
            };
            std::iter::once(0).chain((1..=text.len() / BLOCK).map(&mut add)).collect()
        });
        let number = offset / BLOCK;
        sums[number] + measure(&text[start_of(text, number)..offset])
    }

    /// How many characters a part of a line has, where the measure is the number of characters; a line can be as long as the file.
    pub fn characters_in(&self, text: &str, range: Range<usize>) -> usize {
        const LONG: usize = 4 * BLOCK;
        if range.len() < LONG {
            return text[range].chars().count();
        }
        let before = |offset| self.before(text, offset, |text| text.chars().count());
        before(range.end) - before(range.start)
    }
}

/// Where a block begins: with a character.
fn start_of(text: &str, number: usize) -> usize {
    let mut start = number * BLOCK;
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    start
}
