//! An import statement and names of it go in; the edits that take these out come out, or what speaks against that.

use std::ops::Range;

use crate::module::Module;
use crate::pragma::is_pragma;
use crate::rewrite::Edit;
use crate::source::{Kind, Source};
use crate::syntax::{Node, Parts, kind};

/// An import statement.
pub(super) struct ImportStatement<'a> {
    module: &'a Module,
    node: Node<'a>,
    /// What it imports, in order: `name` or `name as alias`.
    parts: Vec<Node<'a>>,
}

impl<'a> ImportStatement<'a> {
    /// The statement that binds a name.
    pub fn around(module: &'a Module, name: &Node<'a>) -> Option<Self> {
        let is_import = |node: &Node<'_>| matches!(&*node.kind(), kind::IMPORT_STATEMENT | kind::IMPORT_FROM_STATEMENT);
        let node = name.ancestors().find(is_import)?;
        let parts = node.field_children("name").collect();
        Some(Self { module, node, parts })
    }

    pub fn range(&self) -> Range<usize> {
        self.node.range()
    }

    /// Whether the names are all that it imports.
    pub fn is_whole(&self, names: &[Node<'_>]) -> bool {
        self.parts.iter().all(|part| is_one_of(part, names))
    }

    /// `from consts import OWNED`, with no more than these names.
    pub fn told(&self, names: &[Node<'_>]) -> String {
        let parts: Vec<_> =
            self.parts.iter().filter(|part| is_one_of(part, names)).map(|part| part.text().into_owned()).collect();
        match self.node.field("module_name") {
            Some(module) => format!("from {} import {}", module.text(), parts.join(", ")),
            None => format!("import {}", parts.join(", ")),
        }
    }

    /// Why the names can't be taken out, in words.
    pub fn obstacle(&self, names: &[Node<'_>]) -> Option<String> {
        let told = |why: &str| Some(why.to_owned());
        let (path, source) = (&self.module.path, &self.module.source);
        if path.file_name().is_some_and(|name| name == "__init__.py")
            || path.extension().is_some_and(|ext| ext == "pyi")
        {
            return told("other modules may import it from here");
        }
        if source.kind() != Kind::Python {
            return told("the file is no plain Python");
        }
        let gone = || self.parts.iter().filter(|part| is_one_of(part, names));
        let is_exported = |part: &Node<'_>| {
            part.field("alias").is_some_and(|alias| part.field("name").is_some_and(|name| name.text() == alias.text()))
        };
        if gone().any(is_exported) {
            return told("`as` exports it");
        }
        if !self.runs_always() {
            return told("it stands under a condition");
        }
        if !self.is_alone() {
            return told("another statement stands on its line");
        }
        let has_comment = match self.is_whole(names) {
            true => self.has_comment(),
            false => self.has_pragma() || gone().any(|part| self.has_own_comment(part)),
        };
        if has_comment { told("a comment stands beside it") } else { None }
    }

    /// Whether it is one of several statements of a file, a function or a class.
    fn runs_always(&self) -> bool {
        let Some(block) = self.node.parent() else { return false };
        let is_body = |block: &Node<'_>| {
            block
                .parent()
                .is_some_and(|owner| matches!(&*owner.kind(), kind::FUNCTION_DEFINITION | kind::CLASS_DEFINITION))
        };
        let has_others = block.parts().count() > 1;
        has_others && (block.kind() == kind::MODULE || block.kind() == kind::BLOCK && is_body(&block))
    }

    fn is_alone(&self) -> bool {
        let (text, range) = (self.module.source.text(), self.range());
        let (first, last) = (self.module.source.line_at(range.start), self.module.source.line_at(range.end));
        let behind = text[range.end..last.end].trim();
        text[first.start..range.start].trim().is_empty() && (behind.is_empty() || behind.starts_with('#'))
    }

    /// Whether a comment stands in it, behind it or directly above it.
    fn has_comment(&self) -> bool {
        let (source, range) = (&self.module.source, self.range());
        let last = source.line_at(range.end);
        source.text()[range.start..last.end].contains('#') || is_comment_above(source, range.start)
    }

    /// Whether a pragma stands in it, behind it or above it, or any comment behind the only line.
    fn has_pragma(&self) -> bool {
        let (source, range) = (&self.module.source, self.range());
        let text = &source.text()[range.start..source.line_at(range.end).end];
        let comments = text.split(['\n', '\r']).filter_map(|line| Some(&line[line.find('#')?..]));
        let is_one_line = !source.text()[range.clone()].contains(['\n', '\r']);
        is_one_line && text.contains('#')
            || comments.into_iter().any(is_pragma)
            || is_comment_above(source, range.start)
    }

    /// Whether a comment stands behind a part, or directly above it.
    fn has_own_comment(&self, part: &Node<'_>) -> bool {
        let source = &self.module.source;
        source.text()[source.line_at(part.range().start)].contains('#')
            || source.text()[source.line_at(part.range().end)].contains('#')
            || self.range().start < source.line_at(part.range().start).start
                && is_comment_above(source, part.range().start)
    }

    /// The edits that take the names out.
    pub fn without(&self, names: &[Node<'_>]) -> Vec<Edit> {
        let remove = |range: Range<usize>| Edit { range, text: String::new() };
        if self.is_whole(names) {
            return vec![remove(self.lines())];
        }
        let gone: Vec<bool> = self.parts.iter().map(|part| is_one_of(part, names)).collect();
        let mut edits = Vec::new();
        let mut at = 0;
        while at < gone.len() {
            let until = at + gone[at..].iter().take_while(|is_gone| **is_gone).count();
            if until > at {
                edits.push(remove(self.run(at..until)));
            }
            at = until + 1;
        }
        edits
    }

    /// What goes with some parts that follow each other.
    fn run(&self, run: Range<usize>) -> Range<usize> {
        let source = &self.module.source;
        let (start, end) = (self.parts[run.start].range().start, self.parts[run.end - 1].range().end);
        let lines = source.line_at(start).start..source.line_at(end).end;
        let behind = source.text()[end..lines.end].trim();
        let is_in_parentheses = self.node.children().any(|child| child.kind() == "(");
        let begins = source.text()[lines.start..start].trim().is_empty();
        let has_own_lines = is_in_parentheses && begins && matches!(behind, "" | ",");
        if has_own_lines {
            return lines.start..after_newline(source.text(), lines.end);
        }
        match self.parts.get(run.end) {
            Some(next) => start..next.range().start,
            None => self.parts[run.start - 1].range().end..end,
        }
    }

    /// The statement's lines, with the blank ones around that nothing needs any more.
    fn lines(&self) -> Range<usize> {
        let (text, range) = (self.module.source.text(), self.range());
        let first = self.module.source.line_at(range.start).start;
        let next = after_newline(text, self.module.source.line_at(range.end).end);
        let is_blank_below = text[next..].starts_with(['\n', '\r']) || text[next..].trim().is_empty();
        let above = text[..first].trim_end();
        match (above.is_empty() || above.ends_with(':'), is_blank_below) {
            // the first of the file or block
            (true, _) => first..behind_blank_lines(text, next),
            (false, true) => after_newline(text, self.module.source.line_at(above.len()).end)..next,
            (false, false) => first..next,
        }
    }
}

/// Whether a part is that of one of the names which it binds.
fn is_one_of(part: &Node<'_>, names: &[Node<'_>]) -> bool {
    let part = part.range();
    names.iter().any(|name| part.start <= name.range().start && name.range().end <= part.end)
}

fn is_comment_above(source: &Source, offset: usize) -> bool {
    source.line_above(offset).is_some_and(|line| source.text()[line].trim_start().starts_with('#'))
}

/// The offset behind the line ending at an offset.
fn after_newline(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    at + ["\r\n", "\n", "\r"].iter().find(|newline| rest.starts_with(**newline)).map_or(0, |newline| newline.len())
}

/// The offset behind the blank lines that begin at an offset.
fn behind_blank_lines(text: &str, at: usize) -> usize {
    let blank = text[at..].split_inclusive('\n').take_while(|line| line.trim().is_empty());
    at + blank.map(str::len).sum::<usize>()
}
