//! A text goes in; the bodies of its functions and classes come out, as far as a look at lines, strings and brackets finds them.
//!
//! Most files are asked what they define, and a few of their definitions are gone into; what stands in the others need not be parsed.
//! Columns are counted as the parser's scanner counts them.

use std::ops::Range;

/// The width of a tab in an indentation, as the parser's scanner takes it.
const TAB: usize = 8;

/// Whether a byte decides how a logical line goes on.
const DECIDES: [bool; 256] = {
    let (mut decides, mut at) = ([false; 256], 0);
    let bytes = b" \t\n#\\\"'()[]{}";
    while at < bytes.len() {
        decides[bytes[at] as usize] = true;
        at += 1;
    }
    decides
};

/// Which bodies an outline does without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlining {
    /// Those of functions.
    Functions,
    /// Those of classes too.
    Definitions,
}

/// The body of a function, or of a class that is in no other and in no function, from its first statement to the end of its last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Body {
    /// Where the definition begins, without its decorators.
    pub definition: usize,
    /// Offsets of the first byte, and behind the last.
    pub range: Range<usize>,
    /// In that of a class: those of its functions.
    pub inner: Vec<Body>,
}

impl Body {
    /// The same where each offset is another one.
    pub fn moved(&self, moved: &impl Fn(usize) -> usize) -> Self {
        let Self { definition, range, inner } = self;
        let inner = inner.iter().map(|inner| inner.moved(moved)).collect();
        Self { definition: moved(*definition), range: moved(range.start)..moved(range.end), inner }
    }
}

/// The bodies from a length on, in bytes, that are not inside of such a body, in order. None where the lines can't be told apart.
pub(super) fn bodies(text: &str, of: Outlining, shortest: usize) -> Option<Vec<Body>> {
    if memchr::memchr2(b'\r', b'\x0c', text.as_bytes()).is_some() {
        return None;
    }
    let lines = Lines { text: text.as_bytes(), at: 0, columns: vec![0], opens_block: false };
    let mut reader = BodyReader { text, of, lines, next: None, shortest };
    reader.next = reader.lines.next_line()?;
    Some(reader.of_block(None)?.0)
}

/// Goes over the lines of a text once.
struct BodyReader<'t> {
    text: &'t str,
    of: Outlining,
    lines: Lines<'t>,
    /// The line that is to be looked at.
    next: Option<Line>,
    shortest: usize,
}

impl BodyReader<'_> {
    /// The bodies in the lines to come, or in those of the class of a column, and where the last of the lines ends.
    fn of_block(&mut self, class: Option<usize>) -> Option<(Vec<Body>, usize)> {
        let (mut bodies, mut end) = (Vec::new(), 0);
        while let Some(line) = self.line_inside(class)? {
            end = line.range.end;
            let is_class = self.of == Outlining::Definitions && class.is_none() && line.is_class(self.lines.text);
            if !line.opens_block || !is_class && !line.is_function(self.lines.text) {
                continue;
            }
            let Some(first) = self.next.clone().filter(|first| first.column > line.column) else { continue };
            let inner;
            (inner, end) = if is_class { self.of_block(Some(line.column))? } else { self.of_function(line.column)? };
            let range = first.range.start..end;
            let behind = self.next.as_ref().map_or(self.text.len(), |behind| behind.range.start);
            let length = range.len() - inner.iter().map(|inner| inner.range.len()).sum::<usize>();
            if length >= self.shortest && !has_comment_of_body(&self.text[end..behind], line.column) {
                bodies.push(Body { definition: line.range.start, range, inner });
            } else {
                bodies.extend(inner);
            }
        }
        Some((bodies, end))
    }

    /// The next line, if it is inside of what begins at a column; None in place of all where the text is not well-formed.
    fn line_inside(&mut self, column: Option<usize>) -> Option<Option<Line>> {
        match self.next.take_if(|line| column.is_none_or(|column| line.column > column)) {
            Some(line) => {
                self.next = self.lines.next_line()?;
                Some(Some(line))
            }
            None => Some(None),
        }
    }

    /// The same of a function, in which none is looked for.
    fn of_function(&mut self, column: usize) -> Option<(Vec<Body>, usize)> {
        let mut end = 0;
        while let Some(line) = self.line_inside(Some(column))? {
            end = line.range.end;
        }
        Some((Vec::new(), end))
    }
}

/// Whether a comment behind the last statement of a body may belong to it: which do, the parser decides in ways of its own.
fn has_comment_of_body(behind: &str, column: usize) -> bool {
    let own_line = behind.split('\n').next().unwrap_or_default();
    let is_inside = |line: &str| {
        let comment = line.trim_start();
        let indentation = &line[..line.len() - comment.len()];
        comment.starts_with('#')
            && indentation.bytes().map(|byte| if byte == b'\t' { TAB } else { 1 }).sum::<usize>() > column
    };
    own_line.contains('#') || behind.lines().skip(1).any(is_inside)
}

/// A logical line: a statement, the head of one, or several with `;` between.
#[derive(Clone)]
struct Line {
    /// From its first byte to its last, without a comment behind it.
    range: Range<usize>,
    column: usize,
    /// It ends in a colon.
    opens_block: bool,
}

impl Line {
    fn is_function(&self, text: &[u8]) -> bool {
        let line = &text[self.range.clone()];
        let behind_async = line.strip_prefix(b"async").map(|rest| rest.trim_ascii_start());
        starts_with(line, b"def")
            || starts_with(line, b"async") && behind_async.is_some_and(|rest| starts_with(rest, b"def"))
    }

    fn is_class(&self, text: &[u8]) -> bool {
        starts_with(&text[self.range.clone()], b"class")
    }
}

/// Whether a line begins with a word.
fn starts_with(line: &[u8], word: &[u8]) -> bool {
    line.strip_prefix(word).and_then(<[u8]>::first).is_some_and(|byte| b" \t\\".contains(byte))
}

/// The logical lines of a text.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    /// Those of the blocks that are open, the outermost first.
    columns: Vec<usize>,
    /// The last line did.
    opens_block: bool,
}

impl Lines<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// The next line, if there is one; None in place of all where the text is not well-formed.
    fn next_line(&mut self) -> Option<Option<Line>> {
        let Some(column) = self.indentation() else { return Some(None) };
        self.nest(column)?;
        let start = self.at;
        let (mut end, mut last, mut depth) = (start, 0, 0_usize);
        loop {
            let plain = self.text[self.at..].iter().take_while(|byte| !DECIDES[usize::from(**byte)]).count();
            if plain > 0 {
                self.at += plain;
                (end, last) = (self.at, self.text[self.at - 1]);
            }
            let Some(byte) = self.byte() else { break };
            match byte {
                b'\n' if depth == 0 => break,
                b' ' | b'\t' | b'\n' => {
                    self.at += 1;
                    continue;
                }
                b'#' => {
                    self.skip_comment();
                    continue;
                }
                b'\\' => {
                    // the line goes on, unless that is all that it has
                    if self.at == start || self.text.get(self.at + 1) != Some(&b'\n') {
                        return None;
                    }
                    self.at += 2;
                    continue;
                }
                b'"' | b'\'' => self.skip_string(start)?,
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
                _ => {}
            }
            self.at += 1;
            (end, last) = (self.at, byte);
        }
        self.opens_block = last == b':';
        (depth == 0).then_some(Some(Line { range: start..end, column, opens_block: self.opens_block }))
    }

    /// Opens and closes the blocks that a line does by its column; None where it is in none of them.
    fn nest(&mut self, column: usize) -> Option<()> {
        if self.opens_block && self.columns.last().is_some_and(|last| column > *last) {
            self.columns.push(column);
        }
        while self.columns.last().is_some_and(|last| column < *last) {
            self.columns.pop();
        }
        (self.columns.last() == Some(&column)).then_some(())
    }

    /// Goes to the first byte of the next line that has more than a comment, and gives its column.
    fn indentation(&mut self) -> Option<usize> {
        let mut column = 0;
        loop {
            match self.byte()? {
                b'\n' => column = 0,
                b' ' => column += 1,
                b'\t' => column += TAB,
                b'#' => {
                    self.skip_comment();
                    continue;
                }
                _ => return Some(column),
            }
            self.at += 1;
        }
    }

    /// To the end of the line.
    fn skip_comment(&mut self) {
        self.at = memchr::memchr(b'\n', &self.text[self.at..]).map_or(self.text.len(), |length| self.at + length);
    }

    /// From the first quote of a string to the last byte of its last one. What stands before the quote is looked at back to where its line, or
    /// the replacement field around it, begins.
    fn skip_string(&mut self, from: usize) -> Option<()> {
        let before = &self.text[from..self.at];
        let prefix = before.len() - before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let prefix = before[prefix..].to_ascii_lowercase();
        let is_filled_in = matches!(prefix.as_slice(), b"f" | b"t" | b"rf" | b"fr" | b"rt" | b"tr");
        let quote = self.byte()?;
        let is_triple = self.text[self.at..].starts_with(&[quote; 3]);
        self.at += if is_triple { 3 } else { 1 };
        loop {
            match self.byte()? {
                b'\\' => self.at += 1,
                b'\n' if !is_triple => return None,
                b'{' if is_filled_in && self.text.get(self.at + 1) == Some(&b'{') => self.at += 1,
                b'{' if is_filled_in => self.skip_replacement()?,
                byte if byte == quote && !is_triple => return Some(()),
                byte if byte == quote && self.text[self.at..].starts_with(&[quote; 3]) => {
                    self.at += 2;
                    return Some(());
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// From the brace in front of what is filled in to the one behind it.
    fn skip_replacement(&mut self) -> Option<()> {
        let (start, mut depth, mut is_format) = (self.at, 0_usize, false);
        loop {
            match self.byte()? {
                b'{' if is_format => self.skip_replacement()?,
                b'}' if is_format => return Some(()),
                b'\n' if is_format => return None,
                _ if is_format => {}
                b':' if depth == 1 => is_format = true,
                b'{' | b'(' | b'[' => depth += 1,
                b'}' | b')' | b']' => depth = depth.checked_sub(1)?,
                b'"' | b'\'' => self.skip_string(start)?,
                b'#' => self.skip_comment(),
                _ => {}
            }
            if depth == 0 {
                return Some(());
            }
            self.at += 1;
        }
    }
}
