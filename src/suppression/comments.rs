//! A file's text goes in; its suppression comments come out, and which of them reach a place in it.

use std::iter;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use super::directive::{Directive, DirectiveScope, directives};
use crate::hints::{self, Hints};
use crate::outcome::UnusedSuppression;
use crate::rules::{Code, Rules};
use crate::source::Source;
use crate::syntax::{Node, Outlining, Tree, hinted_nodes, is_statement, kind};

/// The suppression comments of a file.
pub(super) struct Comments {
    source: Arc<Source>,
    /// What was parsed, by its range in the text: a notebook's cells, or all of it.
    parts: Vec<(Range<usize>, Tree)>,
    /// In order of the lines that they are about.
    comments: Vec<Comment>,
    /// The indices of those that are about the file.
    about_file: Vec<usize>,
}

/// One directive of a comment.
struct Comment {
    directive: Directive,
    /// Offset in the text.
    start: usize,
    /// Where the line begins that it is about.
    line: usize,
    is_used: bool,
}

/// Where a finding can be suppressed. Ranges are bytes of the text.
pub(super) struct Anchor {
    /// The value, or the dictionary that is handed to a call.
    value: Range<usize>,
    /// The call or the dictionary around it.
    call: Option<Range<usize>>,
    /// The statement around it; of a compound one its head, without its decorators and with them.
    statements: Vec<Range<usize>>,
    /// The calls inside of the call that have a cascade of their own.
    nested: Vec<Range<usize>>,
}

impl Anchor {
    /// The same without what stands inside of the call: a comment there can be about another call with a cascade.
    pub fn at_its_ends(self) -> Self {
        Self { nested: self.call.iter().cloned().collect(), ..self }
    }
}

impl Comments {
    /// None where the file has no suppression comment.
    pub fn of(source: &Arc<Source>, rules: &Rules) -> Option<Self> {
        let text = source.parser_text();
        // a line may be that of a string; most comments are about what other tools find
        let has_directive = |range: &Range<usize>| {
            hints::suppressing_lines(&text[range.clone()]).any(|line| !directives(line, rules).is_empty())
        };
        let cells = source.cells();
        let ranges = if cells.is_empty() { iter::once(0..text.len()).collect() } else { cells };
        let parts = ranges.into_iter().filter(has_directive);
        let parts: Vec<_> =
            parts.map(|range| (range.clone(), Tree::outline(&text[range], Outlining::Functions))).collect();
        let mut comments = Vec::new();
        let mut below = Below::default();
        for (range, tree) in &parts {
            let hints = Hints::of_suppressions(&text[range.clone()]);
            for node in hinted_nodes(&tree.root(), &hints).filter(|node| node.kind() == kind::COMMENT) {
                let start = range.start + node.range().start;
                let found = directives(&node.text(), rules).into_iter();
                let below = &mut below;
                comments.extend(found.filter_map(|directive| Comment::new(source, range.end, start, directive, below)));
            }
        }
        comments.sort_by_key(|comment: &Comment| comment.line);
        let about_file = |(_, comment): &(usize, &Comment)| comment.directive.scope == DirectiveScope::File;
        let about_file = comments.iter().enumerate().filter(about_file).map(|(index, _)| index).collect();
        (!comments.is_empty()).then(|| Self { source: Arc::clone(source), parts, comments, about_file })
    }

    /// The surroundings of a value. `call` is the call that gets it, where that is known and around it; `calls` are those of the file
    /// that get a cascade, in order.
    pub fn place(&self, value: &Range<usize>, call: Option<&Range<usize>>, calls: &[Range<usize>]) -> Anchor {
        let node = self.node(value);
        let offset = |range: Range<usize>, part: &Range<usize>| range.start + part.start..range.end + part.start;
        let around = || {
            let (part, node) = node.as_ref()?;
            let call = node.ancestors().find(|node| matches!(&*node.kind(), kind::CALL | kind::DICTIONARY))?;
            Some(offset(call.range(), part))
        };
        let call = call.filter(|call| is_inside(value, call)).cloned().or_else(around);
        let of_part = |(part, node): &(&Range<usize>, Node<'_>)| {
            statements(node).into_iter().map(|range| offset(range, part)).collect::<Vec<_>>()
        };
        let statements = node.as_ref().map(of_part).unwrap_or_default();
        let is_nested =
            |inner: &&Range<usize>| call.as_ref().is_some_and(|call| is_inside(inner, call) && **inner != *call);
        let within = call.as_ref().map_or(0..0, |call| {
            let from = calls.partition_point(|inner| inner.start < call.start);
            from..from + calls[from..].partition_point(|inner| inner.start < call.end)
        });
        let nested = calls[within].iter().filter(is_nested).filter(|inner| !is_inside(value, inner)).cloned().collect();
        Anchor { value: value.clone(), call, statements, nested }
    }

    fn node(&self, range: &Range<usize>) -> Option<(&Range<usize>, Node<'_>)> {
        let behind = self.parts.partition_point(|(part, _)| part.start <= range.start);
        let (part, tree) = self.parts[..behind].last().filter(|(part, _)| is_inside(range, part))?;
        Some((part, tree.node_around(&(range.start - part.start..range.end - part.start))?))
    }

    /// Where in the text the comment stands that suppresses some codes there and can be given more; of several the last.
    pub fn extensible(&self, place: &Anchor) -> Option<Range<usize>> {
        let is_extensible = |comment: &&Comment| {
            let Directive { scope, mistakes, has_list, .. } = &comment.directive;
            *scope == DirectiveScope::Line && *has_list && mistakes.is_empty() && comment.reaches(&self.source, place)
        };
        let comment = self.near(place).rev().map(|index| &self.comments[index]).find(is_extensible)?;
        Some(comment.start..comment.start + comment.directive.range.len())
    }

    /// Whether a comment suppresses the code there.
    pub fn suppress(&mut self, place: &Anchor, code: Code) -> bool {
        let source = Arc::clone(&self.source);
        self.mark(code, self.near(place), |comment| comment.reaches(&source, place))
    }

    /// Whether a comment that is about findings of cascades suppresses the code where a value is defined that is used elsewhere.
    pub fn suppress_definition(&mut self, place: &Anchor, code: Code) -> bool {
        let source = Arc::clone(&self.source);
        self.mark(code, self.near(place), |comment| {
            matches!(comment.directive.scope, DirectiveScope::Line | DirectiveScope::Noqa)
                && comment.reaches(&source, place)
        })
    }

    /// Whether a comment suppresses the code in the whole file.
    pub fn suppress_file(&mut self, code: Code) -> bool {
        self.mark(code, iter::empty(), |comment| comment.directive.scope == DirectiveScope::File)
    }

    /// The indices of the comments that can reach a place, in order: those about lines of the value and the call, and the ends of the
    /// statements, whose other lines can be the whole file.
    fn near(&self, place: &Anchor) -> impl DoubleEndedIterator<Item = usize> + use<> {
        let line = |at: usize| self.source.line_at(at).start;
        let of_lines = |first: usize, last: usize| {
            let from = self.comments.partition_point(|comment| comment.line < first);
            from..from + self.comments[from..].partition_point(|comment| comment.line <= last)
        };
        let whole = iter::once(&place.value).chain(&place.call);
        let whole = whole.map(|range| of_lines(line(range.start), line(range.end)));
        let ends = place.statements.iter().flat_map(|range| [line(range.start), line(range.end)]);
        let mut near: Vec<usize> = whole.chain(ends.map(|line| of_lines(line, line))).flatten().collect();
        near.sort_unstable();
        near.dedup();
        near.into_iter()
    }

    /// The lines of calls that are in order, from the beginning of the first to that of the last: those of calls inside of each other or
    /// on one line together.
    fn lines_of(&self, calls: &[Range<usize>]) -> Vec<RangeInclusive<usize>> {
        let line = |at: usize| self.source.line_at(at).start;
        let mut lines: Vec<RangeInclusive<usize>> = Vec::new();
        for call in calls {
            let (first, last) = (line(call.start), line(call.end));
            match lines.last_mut() {
                Some(before) if first <= *before.end() => *before = *before.start()..=last.max(*before.end()),
                _ => lines.push(first..=last),
            }
        }
        lines
    }

    /// Marks those as used that reach a finding, of those near it and those about the file.
    fn mark(&mut self, code: Code, near: impl Iterator<Item = usize>, reaches: impl Fn(&Comment) -> bool) -> bool {
        let mut is_suppressed = false;
        for index in near.chain(self.about_file.iter().copied()) {
            let comment = &mut self.comments[index];
            if comment.directive.codes.contains(&code) && reaches(comment) {
                comment.is_used = true;
                is_suppressed = true;
            }
        }
        is_suppressed
    }

    /// The comments of cascade-fix's own that have a mistake, or suppress nothing though all that they are about is looked for. `calls`
    /// are those of the file that get a cascade; where others may use what the file defines (`is_shared`), only comments beside these
    /// are known to be of no use.
    pub fn unused(
        &self,
        calls: &[Range<usize>],
        is_shared: bool,
        is_selected: impl Fn(Code) -> bool,
    ) -> Vec<UnusedSuppression> {
        let mut unused = Vec::new();
        let with_call = if is_shared { self.lines_of(calls) } else { Vec::new() };
        let own = |comment: &&Comment| matches!(comment.directive.scope, DirectiveScope::Line | DirectiveScope::File);
        for comment in self.comments.iter().filter(own) {
            let Directive { range, codes, mistakes, .. } = &comment.directive;
            let one = |reason| UnusedSuppression {
                at: self.source.position(comment.start),
                text: self.source.text()[comment.start..comment.start + range.len()].to_owned(),
                reason,
            };
            unused.extend(mistakes.iter().map(|mistake| one(Some(mistake.clone()))));
            let is_about_all = *codes == Code::ALL;
            let is_meant = |code: &&Code| !is_about_all || code.is_on_by_default();
            let is_looked_for = codes.iter().filter(is_meant).all(|code| is_selected(*code));
            let is_known = !is_shared || comment.is_on_one_of(&with_call);
            if mistakes.is_empty() && !comment.is_used && is_looked_for && is_known {
                unused.push(one(None));
            }
        }
        unused
    }
}

impl Comment {
    /// A directive of the comment at an offset of the text; None where it can't be about anything. `end` is that of what was parsed.
    fn new(source: &Source, end: usize, comment: usize, mut directive: Directive, below: &mut Below) -> Option<Self> {
        let start = comment + directive.range.start;
        // a comment over several lines is one of many that were read together
        let mut line = source.line_at(start).start;
        let is_alone = source.text()[line..comment.max(line)].trim().is_empty();
        match directive.scope {
            DirectiveScope::Line if is_alone => line = below.line(source, line, end),
            DirectiveScope::File if !is_alone => {
                directive.codes.clear();
                directive.mistakes.push("it is not on a line of its own".to_owned());
            }
            DirectiveScope::Noqa | DirectiveScope::BareNoqa if is_alone => return None,
            _ => {}
        }
        Some(Self { directive, start, line, is_used: false })
    }

    /// Whether the line that it is about is one of the range's.
    fn is_on(&self, source: &Source, range: &Range<usize>) -> bool {
        source.line_at(range.start).start <= self.line && self.line <= source.line_at(range.end).start
    }

    /// Whether it can be about nothing but a call that has one of the lines, which are in order and apart.
    fn is_on_one_of(&self, lines: &[RangeInclusive<usize>]) -> bool {
        let lines = lines.get(lines.partition_point(|lines| *lines.end() < self.line));
        self.directive.scope == DirectiveScope::Line && lines.is_some_and(|lines| lines.contains(&self.line))
    }

    fn reaches(&self, source: &Source, place: &Anchor) -> bool {
        let first = |range: &Range<usize>| source.line_at(range.start).start;
        let last = |range: &Range<usize>| source.line_at(range.end).start;
        let is_on = |range: &Range<usize>| self.is_on(source, range);
        let is_at_end = |range: &Range<usize>| first(range) == self.line || last(range) == self.line;
        match self.directive.scope {
            DirectiveScope::File => true,
            _ if is_on(&place.value) => true,
            _ if place.call.iter().chain(&place.statements).any(is_at_end) => true,
            DirectiveScope::BareNoqa => false,
            // a comment beside a backref is about the backref
            DirectiveScope::Line | DirectiveScope::Noqa => {
                place.call.as_ref().is_some_and(is_on) && !place.nested.iter().any(is_on)
            }
        }
    }
}

/// What comments on lines of their own stand above. Those above each other stand above the same.
#[derive(Default)]
struct Below {
    /// The lines of the last that was asked for, and of the comments below it, by where they begin.
    comments: Range<usize>,
    /// The line below these; None where nothing follows at once.
    line: Option<usize>,
}

impl Below {
    /// Where the line begins that a comment stands above; its own where nothing follows at once.
    fn line(&mut self, source: &Source, own: usize, end: usize) -> usize {
        if !self.comments.contains(&own) {
            let (last, line) = line_below(source, own, end);
            *self = Self { comments: own..last + 1, line };
        }
        self.line.unwrap_or(own)
    }
}

/// Where the last of the comments begins that stand below one at once, and where the line below that one does.
fn line_below(source: &Source, own: usize, end: usize) -> (usize, Option<usize>) {
    let mut last = own;
    loop {
        let line = source.line_at(last).end + source.newline_at(source.line_at(last).end).len();
        if line >= end {
            return (last, None);
        }
        match source.text()[source.line_at(line)].trim_start().chars().next() {
            None => return (last, None),
            Some('#') => last = line,
            Some(_) => return (last, Some(line)),
        }
    }
}

/// The statement around a node; of a compound one, in whose head the node stands, the head, without its decorators and with them.
pub(super) fn statements(node: &Node<'_>) -> Vec<Range<usize>> {
    let is_whole = |node: &Node<'_>| {
        is_statement(node)
            || matches!(&*node.kind(), kind::FUNCTION_DEFINITION | kind::CLASS_DEFINITION | kind::DECORATOR)
    };
    let Some(statement) = node.ancestors().find(is_whole) else { return Vec::new() };
    let body = statement.field("body").or_else(|| statement.field("consequence"));
    let Some(body) = body else { return vec![statement.range()] };
    let ends_head = |node: &Node<'_>| node.kind() == ":" && node.range().end <= body.range().start;
    let end = statement.children().filter(ends_head).last().map_or(body.range().start, |colon| colon.range().end);
    let decorated = statement.parent().filter(|around| around.kind() == kind::DECORATED_DEFINITION);
    [Some(statement), decorated].iter().flatten().map(|node| node.range().start..end).collect()
}

fn is_inside(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
