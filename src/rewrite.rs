//! A site and the set to write go in; the edits come out. Ranges are bytes of the text.
//!
//! The smallest text is replaced: quotes, prefixes and brackets stay, and so do comments between the parts of a value.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::pragma::is_pragma;
use crate::python::{CollectionKind, PyValue};
use crate::resolve::{Literal, Shape, StringPart};
use crate::site::{CascadeBinding, Flag};
use crate::source::Source;
use crate::sqlalchemy::cascade::{self, CascadeOption, CascadeOptions};

pub use crate::source::Edit;

/// What Python takes for blanks inside of a line.
const BLANKS: [char; 3] = [' ', '\t', '\x0c'];

/// A replacement in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdit {
    /// The file, absolute.
    pub path: Arc<Path>,
    /// What is replaced in it.
    pub edit: Edit,
}

/// The edits that make a literal's set `after`, in order, without overlap.
///
/// # Errors
/// Why the value can't be rewritten in place, in words.
pub fn edits(source: &Source, literal: &Literal, after: CascadeOptions) -> Result<Vec<Edit>, String> {
    match &literal.shape {
        Shape::Computed(quote, kind) => {
            if source.text()[literal.span.clone()].contains('#') {
                return Err("a comment stands inside it".to_owned());
            }
            let quote = quote.unwrap_or_else(|| preferred_quote(source, &literal.span));
            let names: Vec<String> = after.iter().map(|option| format!("{quote}{}{quote}", option.name())).collect();
            let comma = if names.len() == 1 { "," } else { "" };
            let names = names.join(", ");
            let text = match kind {
                Some(CollectionKind::List) => format!("[{names}]"),
                Some(CollectionKind::Tuple) => format!("({names}{comma})"),
                Some(CollectionKind::Set) if !after.is_empty() => format!("{{{names}}}"),
                _ => format!("{quote}{after}{quote}"),
            };
            Ok(vec![Edit { range: literal.span.clone(), text }])
        }
        Shape::String(parts) => without_orphans(source.text(), rewrite_string(source.text(), parts, after)),
        Shape::Collection { display: Some(display), written_as, items } => {
            without_orphans(source.text(), rewrite_display(source, literal, display, *written_as, items, after))
        }
        _ => Err("the value is no string and no display".to_owned()),
    }
}

/// The edits, if no comment goes with what they replace, and no pragma loses the code that it stands behind: alone on its line it would
/// hold for more, or for nothing.
fn without_orphans(text: &str, edits: Vec<Edit>) -> Result<Vec<Edit>, String> {
    if edits.iter().any(|edit| text[edit.range.clone()].contains('#')) {
        return Err("a comment stands inside a part that goes".to_owned());
    }
    let orphan = edits.iter().filter(|edit| edit.text.is_empty() && stands_alone(text, &edit.range)).find_map(|edit| {
        let comment = &text[comment_behind(text, edit.range.end)?];
        is_pragma(comment).then_some(comment)
    });
    match orphan {
        Some(pragma) => Err(format!("`{pragma}` is about a part that goes")),
        None => Ok(edits),
    }
}

fn rewrite_string(text: &str, parts: &[StringPart], after: CascadeOptions) -> Vec<Edit> {
    let (first, last) = (&parts[0], &parts[parts.len() - 1]);
    if parts.len() == 1 {
        return vec![Edit { range: first.content.clone(), text: after.to_string() }];
    }
    let has_comment = parts.windows(2).any(|pair| text[pair[0].span.end..pair[1].span.start].contains('#'));
    if !has_comment {
        let quote = &text[first.content.end..first.span.end];
        return vec![Edit { range: first.content.start..last.span.end, text: format!("{after}{quote}") }];
    }
    let shares = shares_of_parts(parts, after);
    let last_used = shares.iter().rposition(|share| !share.is_empty()).unwrap_or(0);
    let edits = parts.iter().zip(shares).enumerate().map(|(index, (part, share))| {
        let names: Vec<_> = share.iter().map(|option| option.name()).collect();
        let rest = &text[part.span.end..last.span.start.max(part.span.end)];
        let comment = rest.len() - rest.trim_start_matches(BLANKS).len();
        let closing = &text[part.content.end..part.span.end];
        if index == 0 && after.is_empty() {
            Edit { range: part.content.clone(), text: after.to_string() }
        } else if names.is_empty() && rest[comment..].starts_with('#') {
            let range = without_comment(text, &part.span, part.span.end + comment);
            // nothing of the value separates the first part from what is before it
            Edit { range: range.start.max(first.span.start)..range.end, text: String::new() }
        } else if names.is_empty() && text[part.span.end..].starts_with(closing) {
            // two quotes and a third would begin a longer string
            Edit { range: part.span.clone(), text: String::new() }
        } else {
            let separator = if index < last_used && !names.is_empty() { ", " } else { "" };
            Edit { range: part.content.clone(), text: names.join(", ") + separator }
        }
    });
    edits.filter(|edit| text[edit.range.clone()] != edit.text).collect()
}

/// Which options each part of a concatenated string gets: those it has now stay, the others go to the part with `all`.
fn shares_of_parts(parts: &[StringPart], after: CascadeOptions) -> Vec<Vec<CascadeOption>> {
    let whole: String = parts.iter().map(|part| part.value.as_str()).collect();
    let mut ends = Vec::new();
    for part in parts {
        ends.push(ends.last().copied().unwrap_or(0) + part.value.len());
    }
    let part_of = |range: &Range<usize>| ends.iter().position(|end| range.start < *end).unwrap_or(0);
    let names = cascade::split(&whole);
    let named = |name: &str| names.iter().find(|range| &whole[(*range).clone()] == name).map(part_of);
    let of_all = named("all").or_else(|| names.first().map(part_of)).unwrap_or(0);
    let mut shares = vec![Vec::new(); parts.len()];
    for option in after.iter() {
        shares[named(option.name()).unwrap_or(of_all)].push(option);
    }
    shares
}

fn rewrite_display(
    source: &Source,
    literal: &Literal,
    display: &Range<usize>,
    written_as: CollectionKind,
    items: &[Literal],
    after: CascadeOptions,
) -> Vec<Edit> {
    let text = source.text();
    let is_bare = !text[display.clone()].starts_with(['(', '[', '{']);
    let inside = if is_bare { display.clone() } else { display.start + 1..display.end - 1 };
    let has_comment = text[inside.clone()].contains('#');
    if after.is_empty() && !has_comment {
        return vec![match written_as {
            CollectionKind::Set if display == &literal.span => {
                Edit { range: display.clone(), text: "set()".to_owned() }
            }
            CollectionKind::Set => Edit { range: display.clone(), text: "()".to_owned() },
            _ if is_bare => Edit { range: display.clone(), text: "()".to_owned() },
            _ => Edit { range: inside, text: String::new() },
        }];
    }
    let one_line = !text[inside.clone()].contains(['\n', '\r']);
    if one_line && !has_comment {
        let names: Vec<_> = after.iter().map(|option| quoted_like(text, items, option.name())).collect();
        let comma = if written_as == CollectionKind::Tuple && names.len() == 1 { "," } else { "" };
        return vec![Edit { range: inside, text: names.join(", ") + comma }];
    }
    rewrite_items(source, items, after, inside.end, written_as == CollectionKind::Tuple)
}

/// One item at a time, so that comments and lines between them stay.
fn rewrite_items(source: &Source, items: &[Literal], after: CascadeOptions, end: usize, is_tuple: bool) -> Vec<Edit> {
    let text = source.text();
    let name_of = |item: &Literal| if let PyValue::Str(name) = &item.value { name.clone() } else { String::new() };
    let mut rest: Vec<_> =
        after.iter().filter(|option| !items.iter().any(|item| name_of(item) == option.name())).collect();
    let mut seen: Vec<String> = Vec::new();
    let mut edits = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let name = name_of(item);
        let stays = after.iter().any(|option| option.name() == name) && !seen.contains(&name);
        let share = if name == "all" { std::mem::take(&mut rest) } else { Vec::new() };
        seen.push(name);
        if stays {
            let comma = text[item.span.end..].trim_start().starts_with(',');
            if is_tuple && after.iter().count() == 1 && !comma {
                edits.push(Edit { range: item.span.end..item.span.end, text: ",".to_owned() });
            }
            continue;
        }
        if share.is_empty() {
            let mut range = with_comma(text, item, items.get(index + 1), end);
            // the items before the last one that go too
            while let Some(before) = edits.pop_if(|before: &mut Edit| before.range.end > range.start) {
                range = last_items(text, before.range.start..range.end);
            }
            edits.push(Edit { range, text: String::new() });
            continue;
        }
        edits.push(Edit { range: item.span.clone(), text: several_in_place(source, item, &share) });
    }
    edits
}

/// Options in place of an item that stood for all of them, each on a line of its own where the item has one. A pragma behind the item
/// covers its own line alone, and so they share it.
fn several_in_place(source: &Source, item: &Literal, options: &[CascadeOption]) -> String {
    let text = source.text();
    let names: Vec<_> =
        options.iter().map(|option| quoted_like(text, std::slice::from_ref(item), option.name())).collect();
    let indentation = &text[source.line_at(item.span.start).start..item.span.start];
    let behind = comment_behind(text, item.span.end);
    let is_covered = behind.is_some_and(|comment| is_pragma(&text[comment]));
    if indentation.trim().is_empty() && !is_covered {
        names.join(&format!(",{}{indentation}", source.newline_at(item.span.start)))
    } else {
        names.join(", ")
    }
}

/// An item and its comma, up to what follows: the next item, or the comment behind it. The last item goes with what separates it from
/// the one before.
fn with_comma(text: &str, item: &Literal, next: Option<&Literal>, end: usize) -> Range<usize> {
    let until = next.map_or(end, |next| next.span.start);
    let between = &text[item.span.end..until];
    let comma = between.find([',', '#']).filter(|at| between[*at..].starts_with(','));
    let after_comma = item.span.end + comma.map_or(0, |at| at + 1);
    let behind = &text[after_comma..until];
    if let Some(comment) = comment_behind(text, after_comma) {
        return without_comment(text, &(item.span.start..after_comma), comment.start);
    }
    match next {
        Some(next) if !behind.contains('#') => item.span.start..next.span.start,
        Some(_) => item.span.start..after_comma,
        None => with_separator(text, item.span.start..after_comma),
    }
}

/// The last items, which go together: with what separates them from the one before, or up to the comment behind them.
fn last_items(text: &str, items: Range<usize>) -> Range<usize> {
    match comment_behind(text, items.end) {
        Some(comment) => without_comment(text, &items, comment.start),
        None => with_separator(text, items),
    }
}

/// A part of a value that has a comment behind it, which stays.
fn without_comment(text: &str, part: &Range<usize>, comment: usize) -> Range<usize> {
    match stands_alone(text, part) {
        true => part.start..comment,
        false => with_separator(text, part.clone()),
    }
}

/// A part with what separates it from the one before; where that is a comment, what stands behind the part keeps its line.
fn with_separator(text: &str, part: Range<usize>) -> Range<usize> {
    let before = text[..part.start].trim_end();
    let comment = before[line_start(before)..].contains('#');
    let behind = text[part.end..].trim_start_matches(BLANKS);
    let keeps_line = comment && !behind.starts_with(['\n', '\r']);
    if keeps_line { part } else { before.len()..part.end }
}

/// Whether nothing stands in front of a part on its line.
fn stands_alone(text: &str, part: &Range<usize>) -> bool {
    text[line_start(&text[..part.start])..part.start].trim().is_empty()
}

/// Where the last line of a text begins.
fn line_start(text: &str) -> usize {
    text.rfind(['\n', '\r']).map_or(0, |at| at + 1)
}

/// The comment behind an item, on the same line.
fn comment_behind(text: &str, item: usize) -> Option<Range<usize>> {
    let line = text[item..].split(['\n', '\r']).next().unwrap_or_default();
    let rest = line.trim_start_matches(|c| c == ',' || BLANKS.contains(&c));
    let start = item + (line.len() - rest.len());
    rest.starts_with('#').then(|| start..item + line.len())
}

/// A name as string literal in the quotes and with the prefix of the first item.
fn quoted_like(text: &str, items: &[Literal], name: &str) -> String {
    let part = items.iter().find_map(|item| match &item.shape {
        Shape::String(parts) => parts.first(),
        _ => None,
    });
    match part {
        Some(part) => {
            let opening = &text[part.span.start..part.content.start];
            let closing = &text[part.content.end..part.span.end];
            format!("{opening}{name}{closing}")
        }
        None => format!("\"{name}\""),
    }
}

/// A string literal of the set, in the quotes that the call around it has.
pub fn literal_like(source: &Source, call: &Range<usize>, after: CascadeOptions) -> String {
    let quote = preferred_quote(source, call);
    format!("{quote}{after}{quote}")
}

/// Another argument or item beside a binding: in front of one that has a line of its own and of the comments above, so that they stay
/// with it.
pub fn beside(source: &Source, binding: &CascadeBinding, name: &str, value: &str) -> Edit {
    let CascadeBinding { range, is_item } = binding;
    let quote = preferred_quote(source, range);
    let value = format!("{quote}{value}{quote}");
    let text = if *is_item { format!("{quote}{name}{quote}: {value}") } else { format!("{name}={value}") };
    let indentation = &source.text()[source.line_at(range.start).start..range.start];
    if indentation.trim().is_empty() {
        let text = format!("{text},{}{indentation}", source.newline_at(range.start));
        let mut at = range.start;
        while let Some(above) = source.line_above(at).filter(|line| source.text()[line.clone()].trim().starts_with('#'))
        {
            let line = &source.text()[above.clone()];
            at = above.start + (line.len() - line.trim_start().len());
        }
        Edit { range: at..at, text }
    } else {
        Edit { range: range.end..range.end, text: format!(", {text}") }
    }
}

/// A dictionary that has the set in place of what the given one holds.
pub fn own_dictionary(source: &Source, given: &Range<usize>, after: CascadeOptions) -> Edit {
    let text = &source.text()[given.clone()];
    let line = source.line_at(given.start);
    let quote = preferred_quote(source, &line);
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let base = if is_plain { text.to_owned() } else { format!("({text})") };
    Edit { range: given.clone(), text: format!("{{**{base}, {quote}cascade{quote}: {quote}{after}{quote}}}") }
}

/// The quote that the text of a range has, else the one that formatters write.
fn preferred_quote(source: &Source, range: &Range<usize>) -> char {
    let text = &source.text()[range.clone()];
    if !text.contains('"') && text.contains('\'') { '\'' } else { '"' }
}

/// The edits that put a cascade beside sqlmodel's flag in a call.
///
/// # Errors
/// Why that can't be done, in words.
pub fn override_flag(
    source: &Source,
    call: &Range<usize>,
    flag: &Flag,
    after: CascadeOptions,
) -> Result<Vec<Edit>, String> {
    let quote = preferred_quote(source, call);
    let value = format!("{quote}{after}{quote}");
    let key = format!("{quote}cascade{quote}");
    let insert = |at: usize, text: String| Ok(vec![Edit { range: at..at, text }]);
    match flag {
        Flag::Display(at, is_empty) => insert_first(source, *at, format!("{key}: {value}"), *is_empty),
        Flag::DictCall(at, is_empty) => insert_first(source, *at, format!("cascade={value}"), *is_empty),
        Flag::Nothing(none) => Ok(vec![Edit { range: none.clone(), text: format!("{{{key}: {value}}}") }]),
        Flag::Argument(argument) => {
            let text = format!("sa_relationship_kwargs={{{key}: {value}}}");
            let line = source.line_at(argument.start);
            let indentation = &source.text()[line.start..argument.start];
            if indentation.trim().is_empty() {
                // in front of the flag, so that a comment behind it stays with it
                insert(argument.start, format!("{text},{}{indentation}", source.newline_at(argument.start)))
            } else {
                insert(argument.end, format!(", {text}"))
            }
        }
        Flag::OutOfReach(reason) => Err(reason.clone()),
        Flag::Overridden => Err("the flag is overridden".to_owned()),
    }
}

/// Inserts the first item of a dictionary display or a call of `dict`, on a line of its own where the items have theirs.
fn insert_first(source: &Source, at: usize, item: String, is_empty: bool) -> Result<Vec<Edit>, String> {
    let rest = &source.text()[at..];
    let blank = rest.len() - rest.trim_start().len();
    let line = rest.find(['\r', '\n']).unwrap_or(rest.len());
    if rest[..line].trim_start().starts_with('#') && !is_empty {
        // behind the comment that stands at the bracket, in front of the next line
        let below = &rest[line..];
        let blank = below.len() - below.trim_start().len();
        return Ok(vec![Edit { range: at + line..at + line, text: format!("{}{item},", &below[..blank]) }]);
    }
    let own_line = rest[..blank].contains(['\n', '\r']) && !is_empty;
    let text = match (is_empty, own_line) {
        (true, _) => item,
        (false, false) => format!("{item}, "),
        (false, true) => format!("{}{item},", &rest[..blank]),
    };
    Ok(vec![Edit { range: at..at, text }])
}
