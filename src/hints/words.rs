//! Words go in; where they stand in bytes comes out.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::is_of_name;

/// Of more words than these, one of the rarest letters of each stands in nearly every line.
const MOST_BY_VECTORS: usize = 16;

/// Names that are looked for together, however many they are: of those that begin at a place, the longest.
pub struct Words(AhoCorasick);

impl Words {
    /// None where they are too many to be looked for.
    pub fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Option<Self> {
        let words: Vec<&str> = words.into_iter().collect();
        let mut builder = AhoCorasick::builder();
        // unlike all that overlap, this kind is looked for with vector instructions, which of many words find too much that is none
        builder.match_kind(MatchKind::LeftmostLongest).prefilter(words.len() <= MOST_BY_VECTORS);
        builder.build(words).ok().map(Self)
    }

    /// A few short words, which fit any automaton.
    pub fn few(words: &[&str]) -> Self {
        Self::new(words.iter().copied()).expect("a few short words fit any automaton")
    }

    /// Whether the bytes have one of them.
    pub fn are_in(&self, bytes: &[u8]) -> bool {
        self.0.is_match(bytes)
    }

    /// Whether one of them stands in the bytes as a word of its own: there none can begin inside of another.
    pub(super) fn stand_in(&self, bytes: &[u8]) -> bool {
        let is_of_word = |byte: Option<&u8>| byte.copied().is_some_and(is_of_name);
        let is_whole = |word: Range<usize>| {
            !is_of_word(word.start.checked_sub(1).map(|before| &bytes[before])) && !is_of_word(bytes.get(word.end))
        };
        self.places(bytes).any(is_whole)
    }

    /// Where they stand.
    pub(super) fn places<'b>(&'b self, bytes: &'b [u8]) -> impl Iterator<Item = Range<usize>> + 'b {
        // where there is no word, each byte would be looked at all the same
        let bytes = if self.0.patterns_len() == 0 { &[] } else { bytes };
        self.0.find_iter(bytes).map(|found| found.range())
    }
}
