//! A document (text with places where a line may break) goes in; the text that a formatter prints for it comes out, with where
//! each piece of the source stands in it.
//!
//! The rule is the one of ruff and black: a group stands on one line if it fits there, together with what follows it up to the
//! next place where a line may break; else each of its own places breaks.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::style::Style;

/// A text with places where a line may break. Ranges are bytes of the statement's text.
#[derive(Debug)]
pub(super) enum Doc {
    /// A piece of the source, as it stands there.
    Source(Range<usize>),
    /// A bracket or comma that the source need not have: its range where it does.
    Optional(char, Option<Range<usize>>),
    /// One blank.
    Space,
    /// Where a line may break.
    Line(LineBreak),
    /// One level deeper.
    Indent(Box<Doc>),
    /// On one line, or broken; the flag says that it has to break.
    Group(bool, Box<Doc>),
    /// Only where the group around it breaks.
    IfBroken(Box<Doc>),
    /// A comment behind what stands before it, up to the end of the line.
    EndOfLine(Range<usize>),
    /// What can't be split: in parentheses on a line of its own if it fits only there.
    BestFit(BestFit),
    /// One after the other.
    All(Vec<Doc>),
}

/// See [`Doc::BestFit`].
#[derive(Debug)]
pub(super) struct BestFit {
    pub value: Range<usize>,
    pub comment: Option<Range<usize>>,
    pub brackets: Option<(Range<usize>, Range<usize>)>,
    /// In parentheses even if it is too long there, too.
    pub always: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineBreak {
    Soft,
    SoftOrSpace,
    Hard,
}

impl Doc {
    /// A group; broken if something in it has to break.
    pub fn group(text: &str, docs: Vec<Doc>) -> Self {
        let doc = Self::All(docs);
        Self::Group(doc.has_to_break(text), Box::new(doc))
    }

    pub fn indent(docs: Vec<Doc>) -> Self {
        Self::Indent(Box::new(Self::All(docs)))
    }

    fn has_to_break(&self, text: &str) -> bool {
        match self {
            Self::Source(range) => text[range.clone()].contains(['\n', '\r']),
            Self::Line(line) => *line == LineBreak::Hard,
            Self::Group(broken, _) => *broken,
            Self::EndOfLine(_) => true,
            Self::Indent(doc) => doc.has_to_break(text),
            Self::All(docs) => docs.iter().any(|doc| doc.has_to_break(text)),
            Self::Optional(..) | Self::Space | Self::IfBroken(_) | Self::BestFit(_) => false,
        }
    }
}

/// The printed text.
#[derive(Debug, Default)]
pub(super) struct Printed {
    pub text: String,
    /// Each piece of the source and where it begins in the text, in order.
    pub pieces: Vec<(Range<usize>, usize)>,
    /// How deep each piece of several lines is indented: its inner lines stay as they are.
    pub levels: Vec<usize>,
}

impl Printed {
    /// Where a part of a piece of the source stands in the text.
    pub fn place_of(&self, part: &Range<usize>) -> Option<Range<usize>> {
        let piece = self.pieces.iter().find(|(piece, _)| piece.start <= part.start && part.end <= piece.end);
        piece.map(|(piece, begin)| begin + (part.start - piece.start)..begin + (part.end - piece.start))
    }
}

/// Where a statement stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Margin<'a> {
    /// The blanks in front of its first line.
    pub indentation: &'a str,
    /// How much else stands there, in columns.
    pub lead: usize,
    /// What ends a line.
    pub newline: &'a str,
}

/// Prints a document.
pub(super) fn print(doc: &Doc, text: &str, place: Margin<'_>, style: &Style) -> Printed {
    let mut printer =
        Printer { text, place, style, column: 0, comments: Vec::new(), stack: Vec::new(), out: Printed::default() };
    printer.column = printer.width(place.indentation) + place.lead;
    printer.stack.push(PrintItem { doc, level: 0, broken: true });
    while let Some(item) = printer.stack.pop() {
        printer.step(item);
    }
    printer.flush_comments();
    printer.out
}

#[derive(Clone, Copy)]
struct PrintItem<'d> {
    doc: &'d Doc,
    level: usize,
    broken: bool,
}

impl<'d> PrintItem<'d> {
    fn with(self, doc: &'d Doc) -> Self {
        Self { doc, ..self }
    }
}

struct Printer<'d, 'a> {
    text: &'a str,
    place: Margin<'a>,
    style: &'a Style,
    column: usize,
    comments: Vec<Range<usize>>,
    stack: Vec<PrintItem<'d>>,
    out: Printed,
}

impl<'d> Printer<'d, '_> {
    fn step(&mut self, item: PrintItem<'d>) {
        match item.doc {
            Doc::Source(range) => self.source(range, item.level),
            Doc::Optional(character, range) => self.optional(*character, range.as_ref(), item.level),
            Doc::Space => self.blank(' '),
            Doc::Line(LineBreak::Soft) if !item.broken => {}
            Doc::Line(LineBreak::SoftOrSpace) if !item.broken => self.blank(' '),
            Doc::Line(_) => self.new_line(item.level),
            Doc::Indent(doc) => self.stack.push(PrintItem { level: item.level + 1, ..item.with(doc) }),
            Doc::Group(has_to_break, doc) => {
                let flat = PrintItem { broken: false, ..item.with(doc) };
                let broken = item.broken && (*has_to_break || !self.fits(flat));
                self.stack.push(PrintItem { broken, ..flat });
            }
            Doc::IfBroken(doc) if item.broken => self.stack.push(item.with(doc)),
            Doc::IfBroken(_) => {}
            Doc::EndOfLine(comment) => self.comments.push(comment.clone()),
            Doc::BestFit(best_fit) => self.best_fit(best_fit, item.level),
            Doc::All(docs) => self.stack.extend(docs.iter().rev().map(|doc| item.with(doc))),
        }
    }

    fn best_fit(&mut self, best_fit: &BestFit, level: usize) {
        let comment = best_fit.comment.as_ref().map_or(0, |comment| self.comment_width(comment));
        let width = self.width(&self.text[best_fit.value.clone()]) + comment;
        let fits_inside = self.indentation_width(level + 1) + width <= self.style.line_length;
        if self.column + width <= self.style.line_length || !(fits_inside || best_fit.always) {
            self.source(&best_fit.value, level);
            self.comments.extend(best_fit.comment.clone());
            return;
        }
        let (open, close) = best_fit.brackets.clone().unzip();
        self.optional('(', open.as_ref(), level);
        self.new_line(level + 1);
        self.source(&best_fit.value, level + 1);
        self.comments.extend(best_fit.comment.clone());
        self.new_line(level);
        self.optional(')', close.as_ref(), level);
    }

    fn optional(&mut self, character: char, range: Option<&Range<usize>>, level: usize) {
        match range {
            Some(range) => self.source(range, level),
            None => self.blank(character),
        }
    }

    /// Whether the item fits on the line with what follows it, up to where that may break.
    fn fits(&self, item: PrintItem<'d>) -> bool {
        let mut width = self.column + self.comments.iter().map(|comment| self.comment_width(comment)).sum::<usize>();
        let mut rest = self.stack.iter().rev();
        let mut stack = vec![item];
        while let Some(item) = stack.pop().or_else(|| rest.next().copied()) {
            match item.doc {
                Doc::Source(range) | Doc::Optional(_, Some(range)) => {
                    let text = &self.text[range.clone()];
                    let line = text.find(['\n', '\r']);
                    width += self.width(&text[..line.unwrap_or(text.len())]);
                    if line.is_some() {
                        return width <= self.style.line_length;
                    }
                }
                Doc::Optional(_, None) | Doc::Space => width += 1,
                Doc::Line(line) if item.broken || *line == LineBreak::Hard => return width <= self.style.line_length,
                Doc::Line(line) => width += usize::from(*line == LineBreak::SoftOrSpace),
                Doc::Indent(doc) => stack.push(item.with(doc)),
                Doc::Group(has_to_break, doc) => {
                    stack.push(PrintItem { broken: item.broken || *has_to_break, ..item.with(doc) });
                }
                Doc::IfBroken(doc) if item.broken => stack.push(item.with(doc)),
                Doc::IfBroken(_) => {}
                Doc::EndOfLine(comment) => width += self.comment_width(comment),
                Doc::BestFit(best_fit) => width += self.width(&self.text[best_fit.value.clone()]),
                Doc::All(docs) => stack.extend(docs.iter().rev().map(|doc| item.with(doc))),
            }
            if width > self.style.line_length {
                return false;
            }
        }
        true
    }

    fn source(&mut self, range: &Range<usize>, level: usize) {
        let piece = &self.text[range.clone()];
        self.out.pieces.push((range.clone(), self.out.text.len()));
        self.out.text.push_str(piece);
        match piece.rfind(['\n', '\r']) {
            None => self.column += self.width(piece),
            Some(line) => {
                self.column = self.width(&piece[line + 1..]);
                self.out.levels.push(level);
            }
        }
    }

    fn blank(&mut self, character: char) {
        self.out.text.push(character);
        self.column += 1;
    }

    fn new_line(&mut self, level: usize) {
        self.flush_comments();
        self.out.text.push_str(self.place.newline);
        self.out.text.push_str(self.place.indentation);
        self.out.text.extend(std::iter::repeat_n(self.style.indentation.as_str(), level));
        self.column = self.indentation_width(level);
    }

    fn flush_comments(&mut self) {
        for comment in std::mem::take(&mut self.comments) {
            self.out.text.push_str("  ");
            self.source(&comment, 0);
        }
    }

    fn indentation_width(&self, level: usize) -> usize {
        self.width(self.place.indentation) + level * self.width(&self.style.indentation)
    }

    /// How much of the line a comment takes; nothing where it is addressed to a tool, as ruff sees it.
    fn comment_width(&self, comment: &Range<usize>) -> usize {
        let text = &self.text[comment.clone()];
        if !self.style.is_black() && is_free_in_ruff(text) { 0 } else { self.width(text) + 2 }
    }

    fn width(&self, text: &str) -> usize {
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return text.len();
        }
        text.chars().map(|c| if c == '\t' { self.style.tab_width } else { c.width().unwrap_or(0) }).sum()
    }
}

/// Whether a comment doesn't count as part of its line, by ruff's list.
fn is_free_in_ruff(comment: &str) -> bool {
    let content = comment.trim_start_matches('#').trim_start();
    let starts_with = |word: &str| content.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let tools = ["isort", "type", "pyright", "pyrefly", "pylint", "flake8", "ruff", "ty"];
    starts_with("noqa") || content.split_once(':').is_some_and(|(tool, _)| tools.contains(&tool))
}
