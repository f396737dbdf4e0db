//! The text of a template goes in; the tags that are filled in before it is Python come out.

use memchr::memmem::{find, rfind};

use super::kind::TemplateLanguage;
use super::mask::{Cover, Mask};

/// Nobody was seen to write a longer expression with brackets, in bytes; it bounds the work on text that is no template.
const LONGEST_BALANCED: usize = 2000;

/// The tags, in order of position.
pub(super) fn masks(text: &str, language: TemplateLanguage) -> Vec<Mask> {
    let mut tags = Tags { bytes: text.as_bytes(), masks: Vec::new(), missing: Vec::new() };
    let next = match language {
        TemplateLanguage::Jinja => Tags::jinja,
        TemplateLanguage::Mako => Tags::mako,
    };
    let mut at = 0;
    while at < tags.bytes.len() {
        at = next(&mut tags, at);
    }
    tags.masks
}

struct Tags<'t> {
    bytes: &'t [u8],
    masks: Vec<Mask>,
    /// The closing marks that are not to be found any more.
    missing: Vec<&'static [u8]>,
}

impl Tags<'_> {
    /// Takes the first tag behind an offset; gives where to go on.
    fn jinja(&mut self, at: usize) -> usize {
        let Some(start) = memchr::memchr(b'{', &self.bytes[at..]).map(|length| at + length) else {
            return self.bytes.len();
        };
        let inside = start + 2;
        let (cover, end) = match self.bytes.get(start + 1) {
            Some(b'{') => (Cover::Name, self.end_of_expression(inside, b"}}")),
            Some(b'%') => (Cover::Blank, self.end_of_expression(inside, b"%}")),
            Some(b'#') => (Cover::Blank, self.end_after(inside, b"#}")),
            _ => return start + 1,
        };
        let Some(end) = end else { return inside };
        self.masks.push(Mask { range: start..end, cover });
        let is_mark = |byte: &u8| !byte.is_ascii_alphabetic();
        let tag = &self.bytes[inside..end - 2];
        let name: Vec<u8> = tag.iter().copied().skip_while(is_mark).take_while(|byte| !is_mark(byte)).collect();
        match (cover, &*name) {
            (Cover::Blank, b"raw" | b"verbatim") => self.end_of_raw(end),
            _ => end,
        }
    }

    /// Where the tag begins that ends a raw part.
    fn end_of_raw(&self, from: usize) -> usize {
        let ends = [&b"endraw"[..], b"endverbatim"].map(|name| find(&self.bytes[from..], name));
        let Some(name) = ends.into_iter().flatten().min() else { return from };
        rfind(&self.bytes[from..from + name], b"{%").map_or(from, |length| from + length)
    }

    fn mako(&mut self, at: usize) -> usize {
        let rest = &self.bytes[at..];
        if at == 0 || matches!(self.bytes[at - 1], b'\n' | b'\r') {
            let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            match &rest[blanks..] {
                [b'%', next, ..] if *next != b'%' => return self.push_control_line(at),
                [b'#', b'#', ..] => return self.end_of_line(at),
                _ => {}
            }
        }
        let found = match rest {
            [b'$', b'{', ..] => self.end_of_expression(at + 2, b"}").map(|end| (Cover::Name, end)),
            _ if rest.starts_with(b"<%doc>") => self.end_after(at, b"</%doc>").map(|end| (Cover::Blank, end)),
            [b'<', b'%', next, ..] if next.is_ascii_alphabetic() => {
                self.end_after(at, b">").map(|end| (Cover::Blank, end))
            }
            [b'<', b'%', ..] => self.end_after(at, b"%>").map(|end| (Cover::Blank, end)),
            [b'<', b'/', b'%', ..] => self.end_after(at, b">").map(|end| (Cover::Blank, end)),
            _ => None,
        };
        match found {
            Some((cover, end)) => {
                self.masks.push(Mask { range: at..end, cover });
                end
            }
            None if matches!(rest[0], b'\n' | b'\r') => at + 1,
            None => at + 1 + rest[1..].iter().take_while(|byte| !b"$<\n\r".contains(byte)).count(),
        }
    }

    fn push_control_line(&mut self, at: usize) -> usize {
        let mut end = self.end_of_line(at);
        while self.bytes[..end].ends_with(b"\\") && end < self.bytes.len() {
            end = self.end_of_line(end + 1);
        }
        self.masks.push(Mask { range: at..end, cover: Cover::Blank });
        end
    }

    fn end_of_line(&self, from: usize) -> usize {
        memchr::memchr2(b'\n', b'\r', &self.bytes[from..]).map_or(self.bytes.len(), |length| from + length)
    }

    fn end_after(&mut self, from: usize, close: &'static [u8]) -> Option<usize> {
        if self.missing.contains(&close) {
            return None;
        }
        let found = find(&self.bytes[from..], close);
        if found.is_none() {
            self.missing.push(close);
        }
        found.map(|length| from + length + close.len())
    }

    /// Behind the tag's closing mark: the first that is in no string and no bracket, else the first.
    fn end_of_expression(&mut self, from: usize, close: &'static [u8]) -> Option<usize> {
        let first = self.end_after(from, close)?;
        let (mut at, mut depth) = (from, 0_usize);
        while at < self.bytes.len().min(from + LONGEST_BALANCED) {
            if depth == 0 && self.bytes[at..].starts_with(close) {
                return Some(at + close.len());
            }
            match self.bytes[at] {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                quote @ (b'"' | b'\'') => at = self.end_of_string(at, quote),
                _ => {}
            }
            at += 1;
        }
        Some(first)
    }

    /// The closing quote; the opening one where there is none.
    fn end_of_string(&self, start: usize, quote: u8) -> usize {
        let mut at = start + 1;
        while at < self.bytes.len().min(start + LONGEST_BALANCED) {
            match self.bytes[at] {
                b'\\' => at += 1,
                byte if byte == quote => return at,
                _ => {}
            }
            at += 1;
        }
        start
    }
}
