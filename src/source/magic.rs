//! The code of a notebook's cell goes in; what in it is IPython's and not Python's comes out.

use std::ops::Range;

use super::mask::{Cover, Mask};

/// The cell magics that run their cell as Python: ruff's list.
const OF_PYTHON: [&str; 9] = ["capture", "debug", "ipytest", "prun", "pypy", "python", "python3", "time", "timeit"];

/// Whether a cell begins with a magic (`%%bash`) that makes it something else than Python.
pub(super) fn is_foreign(cell: &str) -> bool {
    let Some(magic) = cell.trim_start().strip_prefix("%%") else {
        return false;
    };
    let end = magic.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(magic.len());
    !OF_PYTHON.contains(&&magic[..end])
}

/// The commands of a cell that begins at an offset: `%time`, `!ls`, `?name`, `name?`, `files = !ls`.
pub(super) fn masks(cell: &str, offset: usize) -> Vec<Mask> {
    let bytes = cell.as_bytes();
    let mut masks = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let start = match timed(&bytes[start..]) {
            Some(length) if fits(bytes, at, start, length) => {
                let range = start + offset..start + length + offset;
                masks.push(Mask { range, cover: Cover::Blank });
                start + length
            }
            _ => start,
        };
        let line = match bytes.get(start) {
            // no statement begins with one of these
            Some(b'%' | b'!' | b'?' | b'/' | b',' | b';') => {
                let end = end_of_command(bytes, start);
                LogicalLine { end, command: Some(start..end) }
            }
            _ => logical_line(bytes, start),
        };
        masks.extend(
            line.command.map(|range| Mask { range: range.start + offset..range.end + offset, cover: Cover::Name }),
        );
        at = line.end.max(at + 1);
    }
    masks
}

/// The length of a magic that runs the statement behind it, and of the blanks between.
fn timed(line: &[u8]) -> Option<usize> {
    const RUNNERS: [&[u8]; 3] = [b"%time", b"%timeit", b"%prun"];
    let name = line.iter().take_while(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    let blanks = line[name..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let statement = line[name + blanks..].first()?;
    let is_statement = statement.is_ascii_alphabetic() || *statement == b'_';
    (RUNNERS.contains(&&line[..name]) && is_statement).then_some(name + blanks)
}

/// Whether there is room in a masked part to begin the indentation in front of it anew.
fn fits(bytes: &[u8], at: usize, start: usize, length: usize) -> bool {
    let indentation = bytes[at..start].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    indentation < length
}

/// A logical line: up to the line ending that is in no bracket and no string.
struct LogicalLine {
    end: usize,
    command: Option<Range<usize>>,
}

fn logical_line(bytes: &[u8], start: usize) -> LogicalLine {
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' | b'\'' => at = end_of_string(bytes, at) - 1,
            b'#' => at = end_of_line(bytes, at) - 1,
            b'\\' => at += 1 + usize::from(bytes[at..].starts_with(b"\\\r\n")),
            b'\n' | b'\r' if depth == 0 => break,
            b'?' if depth == 0 && is_last(&bytes[at..]) => {
                let end = end_of_line(bytes, at);
                return LogicalLine { end, command: Some(start..end) };
            }
            b'=' if depth == 0 => {
                let blanks = bytes[at + 1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                let command = at + 1 + blanks;
                if matches!(bytes.get(command), Some(b'!' | b'%')) {
                    let end = end_of_command(bytes, command);
                    return LogicalLine { end, command: Some(command..end) };
                }
            }
            _ => {}
        }
        at += 1;
    }
    LogicalLine { end: at.min(bytes.len()), command: None }
}

/// Whether nothing but `?` and blanks are on the rest of the line.
fn is_last(rest: &[u8]) -> bool {
    let other = rest.iter().find(|byte| !matches!(byte, b'?' | b' ' | b'\t'));
    other.is_none_or(|byte| matches!(byte, b'\n' | b'\r'))
}

fn end_of_line(bytes: &[u8], from: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |length| from + length)
}

/// The end of a command's last line: a backslash continues it.
fn end_of_command(bytes: &[u8], from: usize) -> usize {
    let mut end = end_of_line(bytes, from);
    while bytes[..end].ends_with(b"\\") && end < bytes.len() {
        let ending = if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
        end = end_of_line(bytes, end + ending);
    }
    end
}

/// The end of the string literal that begins there; a line's end where it is not closed on its line.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let is_long = bytes[start..].starts_with(&[quote; 3]);
    let quotes = if is_long { &[quote; 3][..] } else { &[quote][..] };
    let mut at = start + quotes.len();
    while at < bytes.len() {
        if bytes[at..].starts_with(quotes) {
            return at + quotes.len();
        }
        if !is_long && matches!(bytes[at], b'\n' | b'\r') {
            return at;
        }
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    bytes.len()
}
