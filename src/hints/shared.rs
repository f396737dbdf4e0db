//! A text goes in; the names come out that its functions may declare to be those of another one, or of the module.

use super::is_of_word;

/// Whether there may be one.
pub fn may_share_names(text: &str) -> bool {
    declarations(text).next().is_some()
}

/// Those names, and others that stand in the same lines.
pub fn shared_names(text: &str) -> impl Iterator<Item = &str> {
    let is_of_name = |c: char| !c.is_ascii() || is_of_word(c as u8);
    declarations(text).flat_map(move |names| names.split(move |c| !is_of_name(c))).filter(|name| !name.is_empty())
}

/// What stands behind `global` and `nonlocal`, where these may begin a statement, to the end of its lines.
fn declarations(text: &str) -> impl Iterator<Item = &str> {
    const BLANKS: [char; 3] = [' ', '\t', '\x0c'];
    let may_begin = |before: &str| {
        let before = before.trim_end_matches(BLANKS);
        // a template's tag may end there
        before.is_empty() || before.ends_with(['\n', '\r', ';', ':', '}', '>'])
    };
    ["global", "nonlocal"].into_iter().flat_map(move |word| {
        let places = memchr::memmem::find_iter(text.as_bytes(), word).filter(move |at| may_begin(&text[..*at]));
        let behind = places.map(move |at| &text[at + word.len()..]);
        behind.filter(|behind| behind.starts_with(BLANKS) || behind.starts_with('\\')).map(statement)
    })
}

/// A text to the first end of a line that has no backslash before it.
fn statement(text: &str) -> &str {
    let goes_on = |line: &&str| line.trim_end_matches(['\n', '\r']).ends_with('\\');
    let lines = text.split_inclusive('\n');
    let joined: usize = lines.take_while(goes_on).map(str::len).sum();
    &text[..joined + text[joined..].find(['\n', '\r']).unwrap_or(text.len() - joined)]
}
