//! What is printed goes in; what a terminal may have comes out. Code under review and names of files can hold anything: a sequence that
//! moves the cursor, hides text or sets the window's title is shown, and not obeyed.

use std::io::{self, IsTerminal, StderrLock, Write};

use crate::report::picture;

/// A writer for people. It keeps what it is given until it is flushed, since a sequence can reach over several pieces.
pub(super) struct Shown<W: Write> {
    out: W,
    text: Vec<u8>,
}

/// The error output: for people, or for a log that people read on a terminal.
pub(super) fn stderr() -> Shown<StderrLock<'static>> {
    Shown { out: io::stderr().lock(), text: Vec::new() }
}

/// The standard output: byte for byte, unless it is a terminal.
pub(super) fn stdout() -> Box<dyn Write> {
    let stdout = io::stdout();
    if stdout.is_terminal() {
        return Box::new(Shown { out: stdout.lock(), text: Vec::new() });
    }
    Box::new(io::BufWriter::new(stdout.lock()))
}

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let text = std::mem::take(&mut self.text);
        self.out.write_all(shown(&text).as_bytes())?;
        self.out.flush()
    }
}

impl<W: Write> Drop for Shown<W> {
    fn drop(&mut self) {
        // whoever wants to know has flushed it
        let _ = self.flush();
    }
}

/// Text as a terminal may have it, over several lines.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut shown = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find(|character| picture(character) != character) {
        shown.push_str(&rest[..at]);
        rest = &rest[at..];
        let kept = kept(rest);
        let character = rest.chars().next().filter(|_| kept == 0);
        shown.push_str(&rest[..kept]);
        shown.extend(character.map(picture));
        rest = &rest[kept + character.map_or(0, char::len_utf8)..];
    }
    shown.push_str(rest);
    shown
}

/// How much at the beginning of a text stays, though it begins with a control character: the end of a line, a tab, and the colours that
/// reports have.
fn kept(text: &str) -> usize {
    match text.as_bytes() {
        [b'\n' | b'\t', ..] => 1,
        [b'\r', b'\n', ..] => 2,
        [0x1b, b'[', ..] => style(&text[2..]).map_or(0, |length| length + 2),
        _ => 0,
    }
}

/// The length of the rest of a sequence that sets a colour or a weight, and neither hides text nor lets it blink.
fn style(text: &str) -> Option<usize> {
    let end = text.find(|character: char| !character.is_ascii_digit() && character != ';')?;
    let is_harmless = |number: &str| {
        number.is_empty()
            || matches!(number.parse(), Ok(0..=4 | 7 | 22 | 24 | 27 | 30..=37 | 39..=47 | 49 | 90..=97 | 100..=107))
    };
    let is_style = text[end..].starts_with('m') && text[..end].split(';').all(is_harmless);
    is_style.then_some(end + 1)
}
