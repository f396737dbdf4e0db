//! Bytes that are decoded: they come back, and an edit leaves those around it.

use cascade_fix::source::{Edit, Kind, Source, TemplateLanguage};

/// What is written in front of lines: no encoding has another name for it.
const MARK: &str = "#";

/// How many places of a file are looked up, each of which takes time by the text before it.
const MOST_PLACES: usize = 64;

/// How many lines of a file are edited.
const MOST_LINES: usize = 8;

/// As Python, and as what each template language fills in.
pub fn check(bytes: &[u8]) {
    for kind in [Kind::Python, Kind::Template(TemplateLanguage::Jinja), Kind::Template(TemplateLanguage::Mako)] {
        check_kind(kind, bytes);
    }
}

/// As a kind of file.
pub fn check_kind(kind: Kind, bytes: &[u8]) {
    let Ok(source) = Source::of_kind(kind, bytes.to_vec()) else { return };
    assert!(source.to_bytes().expect("it was decoded") == bytes, "the bytes don't come back");
    assert_eq!(source.parser_text().len(), source.text().len(), "the parser gets a text of another length");
    let text = source.text();
    let mut last = 0;
    for (offset, _) in text.char_indices().step_by(text.len() / MOST_PLACES + 1) {
        let on_disk = source.disk_offset(offset);
        assert!(last <= on_disk && on_disk <= bytes.len(), "{offset} is at {on_disk}, and {last} is before it");
        last = on_disk;
    }
    let line_starts = text.match_indices('\n').map(|(at, _)| at + 1).filter(|at| *at < text.len());
    [0, text.len()].into_iter().chain(line_starts).take(MOST_LINES).for_each(|at| check_edit(&source, bytes, at));
}

/// A mark in front of a place.
fn check_edit(source: &Source, bytes: &[u8], at: usize) {
    let edit = Edit { range: at..at, text: MARK.to_owned() };
    // a coding line can become none by it, and a cell an end
    let (Ok(changed), Ok(on_disk)) = (source.with_edits(&[&edit]), source.disk_edit(&edit)) else { return };
    let Ok(after) = changed.to_bytes() else { return };
    let (start, end) = (on_disk.range.start, on_disk.range.end);
    let expected = [&bytes[..start], on_disk.text.as_bytes(), &bytes[end..]].concat();
    assert!(after == expected, "an edit at {at} changes other bytes than those of {start}..{end}");
    let position = source.position(at);
    assert!(position.line > 0 && position.column > 0, "{position:?}");
}
