//! Findings of a file go in; the edits come out that suppress them by comments: above their statements, behind their lines where nothing
//! can stand above, and with a code more where a comment suppresses others there already.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::comments::{Comments, statements};
use super::directive::{OWN, directives};
use crate::rewrite::Edit;
use crate::rules::{Code, Rules};
use crate::source::{Kind, Source};
use crate::syntax::{Node, Tree, kind};

/// What to suppress. Ranges are bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressible {
    /// The value.
    pub value: Range<usize>,
    /// The call that gets it.
    pub call: Range<usize>,
    /// The diagnostic.
    pub code: Code,
}

/// What suppresses the findings of a file.
#[derive(Debug, Default)]
pub struct Suppressions {
    /// The edits, in order.
    pub edits: Vec<Edit>,
    /// The indices of the findings that no comment can suppress, and why.
    pub refused: Vec<(usize, String)>,
}

/// Where a comment goes. Offsets are bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum CommentPlace {
    /// On a line of its own, where another line begins.
    Above(usize),
    /// Where a line ends.
    Behind(usize),
    /// Into the directive that begins there.
    Existing(usize, usize),
}

/// Why a text can't be the reason of a suppression, if it can't: it has to stay the rest of one comment.
///
/// # Errors
/// It does not, in words.
pub fn checked_reason(reason: &str) -> Result<String, String> {
    let reason = reason.trim();
    if reason.chars().any(char::is_control) {
        return Err("a reason is one line, without a line break or another control character".to_owned());
    }
    let rules = Rules::built_in().map_err(|error| error.to_string())?;
    if directives(&format!("# {reason}"), &rules).is_empty() {
        Ok(reason.to_owned())
    } else {
        Err("the reason has a comment that suppresses something itself; say it without".to_owned())
    }
}

/// The edits that suppress findings of a file, with a reason behind `--` unless it is empty. What they make of the text was looked at:
/// each finding is suppressed by it.
pub fn suppressions(source: &Arc<Source>, rules: &Rules, findings: &[Suppressible], reason: &str) -> Suppressions {
    const TAGS: [&str; 5] = ["{{", "{%", "{#", "${", "<%"];
    if matches!(source.kind(), Kind::Template(_)) && TAGS.iter().any(|tag| reason.contains(tag)) {
        let why = "the reason has a tag of the template's language".to_owned();
        return Suppressions { edits: Vec::new(), refused: (0..findings.len()).map(|at| (at, why.clone())).collect() };
    }
    let existing = Comments::of(source, rules);
    let targets = findings.iter().map(|finding| targets(source, existing.as_ref(), finding));
    // those that are still to be tried, the best one last
    let mut targets: Vec<Vec<CommentPlace>> = targets.collect();
    loop {
        let edits = edits(source, findings, &targets, reason);
        let tried: Vec<usize> = (0..findings.len()).filter(|index| !targets[*index].is_empty()).collect();
        let without_effect = match without_effect(source, rules, findings, &edits, &tried) {
            Ok(without_effect) => without_effect,
            Err(why) => {
                return Suppressions {
                    edits: Vec::new(),
                    refused: tried.into_iter().map(|at| (at, why.clone())).collect(),
                };
            }
        };
        if without_effect.is_empty() {
            let why = "no comment can stand above its statement or beside it";
            let refused = (0..findings.len()).filter(|index| targets[*index].is_empty());
            return Suppressions { edits, refused: refused.map(|index| (index, why.to_owned())).collect() };
        }
        for index in without_effect {
            targets[index].pop();
        }
    }
}

/// A comment on a line of its own above the statement around a value; None where none can stand there. The codes are in order. What it
/// suppresses has to be looked at anew: the line can be a part of something else.
pub fn comment_above(source: &Source, value: &Range<usize>, codes: &[Code]) -> Option<Edit> {
    let codes: BTreeSet<Code> = codes.iter().copied().collect();
    Some(edit(source, CommentPlace::Above(line_of_statement(source, value)?), &codes, ""))
}

/// Where a comment that suppresses a finding can go; the best place is the last.
fn targets(source: &Source, existing: Option<&Comments>, finding: &Suppressible) -> Vec<CommentPlace> {
    let Suppressible { value, call, .. } = finding;
    let behind = |range: &Range<usize>| {
        let line = source.line_at(range.end);
        // a line can end inside of a template's tag
        let text = source.parser_text().get(line.clone())?.trim_end();
        (!text.ends_with('\\')).then_some(CommentPlace::Behind(line.start + text.len()))
    };
    let own = existing.and_then(|comments| {
        let directive = comments.extensible(&comments.place(value, Some(call), &[]).at_its_ends())?;
        Some(CommentPlace::Existing(directive.start, directive.end))
    });
    let above = line_of_statement(source, value).map(CommentPlace::Above);
    [behind(call), behind(value), above, own].into_iter().flatten().collect()
}

/// The edits of the targets that are tried now.
fn edits(source: &Source, findings: &[Suppressible], targets: &[Vec<CommentPlace>], reason: &str) -> Vec<Edit> {
    let mut codes: BTreeMap<CommentPlace, BTreeSet<Code>> = BTreeMap::new();
    for (finding, targets) in findings.iter().zip(targets) {
        if let Some(target) = targets.last() {
            codes.entry(*target).or_default().insert(finding.code);
        }
    }
    let mut edits: Vec<Edit> = codes.into_iter().map(|(target, codes)| edit(source, target, &codes, reason)).collect();
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    edits
}

fn edit(source: &Source, target: CommentPlace, codes: &BTreeSet<Code>, reason: &str) -> Edit {
    let comment = || {
        let codes = codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", ");
        let reason = if reason.is_empty() { String::new() } else { format!(" -- {reason}") };
        format!("# {OWN} ignore[{codes}]{reason}")
    };
    match target {
        CommentPlace::Above(start) => {
            let line = source.line_at(start);
            let own = &source.text()[line.clone()];
            let indentation = &own[..own.len() - own.trim_start().len()];
            let text = format!("{indentation}{}{}", comment(), source.newline_at(line.end));
            Edit { range: start..start, text }
        }
        CommentPlace::Behind(end) => Edit { range: end..end, text: format!("  {}", comment()) },
        CommentPlace::Existing(start, end) => {
            Edit { range: start..end, text: extended(&source.text()[start..end], codes, reason) }
        }
    }
}

/// A directive with a list of codes, with more of them, and with another reason behind its own.
fn extended(directive: &str, codes: &BTreeSet<Code>, reason: &str) -> String {
    let Some((begin, rest)) = directive.split_once('[') else { return directive.to_owned() };
    let Some((list, end)) = rest.split_once(']') else { return directive.to_owned() };
    let mut names: Vec<&str> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    names.extend(
        codes.iter().map(|code| code.as_str()).filter(|code| !list.split(',').any(|name| name.trim() == *code)),
    );
    let known = end.trim();
    let end = match known {
        _ if reason.is_empty() || known.contains(reason) => end.to_owned(),
        "" => format!(" -- {reason}"),
        _ => format!("{}; {reason}", end.trim_end()),
    };
    format!("{begin}[{}]{end}", names.join(", "))
}

/// The indices of the findings, of those that were tried, that the edits do not suppress.
///
/// # Errors
/// The file can't hold the edits, in words.
fn without_effect(
    source: &Arc<Source>,
    rules: &Rules,
    findings: &[Suppressible],
    edits: &[Edit],
    tried: &[usize],
) -> Result<Vec<usize>, String> {
    if tried.is_empty() {
        return Ok(Vec::new());
    }
    let after = source.with_edits(&edits.iter().collect::<Vec<_>>()).map_err(|error| error.to_string())?;
    after.to_bytes().map_err(|error| error.to_string())?;
    let moved = |range: &Range<usize>| {
        let moved = |offset: usize, is_before: &dyn Fn(&Edit) -> bool| {
            let before = || edits.iter().filter(|edit| is_before(edit));
            let (added, gone): (usize, usize) =
                (before().map(|edit| edit.text.len()).sum(), before().map(|edit| edit.range.len()).sum());
            offset + added - gone
        };
        let start = moved(range.start, &|edit| edit.range.start <= range.start);
        start..moved(range.end, &|edit| edit.range.start < range.end)
    };
    let Some(mut comments) = Comments::of(&Arc::new(after), rules) else { return Ok(tried.to_vec()) };
    let is_without_effect = |index: &usize| {
        let Suppressible { value, call, code } = &findings[*index];
        let place = comments.place(&moved(value), Some(&moved(call)), &[]).at_its_ends();
        !comments.suppress(&place, *code)
    };
    Ok(tried.iter().copied().filter(is_without_effect).collect())
}

/// Where the line begins above which a comment is about the statement around a value; None where none can stand there: the line begins
/// in a string, or goes on with the one before it.
fn line_of_statement(source: &Source, value: &Range<usize>) -> Option<usize> {
    let text = source.parser_text();
    let cells = source.cells();
    let part = cells.into_iter().find(|cell| cell.start <= value.start && value.end <= cell.end);
    let part = part.unwrap_or(0..text.len());
    let tree = Tree::parse(&text[part.clone()]);
    let node = tree.node_around(&(value.start - part.start..value.end - part.start))?;
    let statement = statements(&node).into_iter().map(|range| range.start).min()?;
    let mut line = source.line_at(part.start + statement).start;
    let above = |line: usize| source.line_above(line).filter(|above| above.start >= part.start);
    // a line that begins or ends inside of a template's tag is none of those that are parsed
    let parsed = |line: Range<usize>| text.get(line).unwrap_or_default();
    if above(line).is_some_and(|above| parsed(above).trim_end().ends_with('\\')) {
        return None;
    }
    let begin = line - part.start;
    let is_around =
        |node: &Node<'_>| node.kind() == kind::STRING && node.range().start < begin && begin < node.range().end;
    let at_begin = tree.node_around(&(begin..begin + 1))?;
    if is_around(&at_begin) || at_begin.ancestors().any(|node| is_around(&node)) {
        return None;
    }
    while let Some(pragma) = above(line).filter(|above| is_about_next_line(parsed(above.clone()))) {
        line = pragma.start;
    }
    Some(line)
}

/// Whether a line is a comment of another tool about the very next line, which has to stay that.
fn is_about_next_line(line: &str) -> bool {
    const PRAGMAS: [&str; 4] = ["disable-next", "nosemgrep", "noinspection", "ruff: ignore"];
    line.trim_start().strip_prefix('#').is_some_and(|comment| PRAGMAS.iter().any(|pragma| comment.contains(pragma)))
}
