//! Bytes go in; where they can define classes comes out, and whether one can have a base of some name.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{LONGEST_CALL, Words, is_of_word};

/// Whether a file with the bytes can define a class that has one of the words in its list of bases, or can give one of the words another name.
pub fn has_heir_of(bytes: &[u8], words: &Words) -> bool {
    for at in class_definitions(bytes) {
        // what has no end is no Python, and is not looked through again for each definition in it
        let Some(head) = class_head(&bytes[at..]) else { return words.stand_in(bytes) };
        let bases = memchr::memchr(b'(', head).unwrap_or(head.len());
        if words.stand_in(&head[bases..]) {
            return true;
        }
    }
    is_renamed(bytes, words)
}

/// Where definitions of classes can begin: at the start of a line or a statement, or behind a template's tag.
pub(super) fn class_definitions(bytes: &[u8]) -> impl Iterator<Item = usize> {
    static CLASS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("class"));
    let can_begin = |at: &usize| {
        let before = bytes[..*at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c'));
        let behind = bytes.get(at + CLASS.needle().len());
        before.is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b';' | b'}' | b'>'))
            && behind.is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'\\')
    };
    CLASS.find_iter(bytes).filter(can_begin)
}

/// A class definition from its start to the end of its list of bases, or of the bytes; None where that is too far away.
fn class_head(bytes: &[u8]) -> Option<&[u8]> {
    let mut open = 0_usize;
    let end = bytes.iter().take(LONGEST_CALL).position(|byte| {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open == 0 && matches!(byte, b':' | b'\n')
    });
    Some(&bytes[..end.or((bytes.len() <= LONGEST_CALL).then_some(bytes.len()))?])
}

/// Whether one of the words is given another name: `import Word as Other`, `Other = Word`.
fn is_renamed(bytes: &[u8], words: &Words) -> bool {
    static AS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" as "));
    let is_imported = |at: usize| {
        let length = bytes[..at].iter().rev().take_while(|byte| is_of_word(**byte)).count();
        words.stand_in(&bytes[at - length..at])
    };
    let is_assigned = |at: usize| {
        let value = bytes[at + 1..].trim_ascii_start();
        let length = value.iter().take_while(|byte| is_of_word(**byte)).count();
        let ends_line = matches!(value.get(length), None | Some(b'\n' | b'\r' | b' ' | b'#'));
        ends_line && words.stand_in(&value[..length])
    };
    AS.find_iter(bytes).any(is_imported) || memchr::memchr_iter(b'=', bytes).any(is_assigned)
}
