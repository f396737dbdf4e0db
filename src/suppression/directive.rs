//! The text of a comment goes in; what it says about suppressing findings comes out.

use std::ops::Range;

use crate::rules::{Code, Rules};
use crate::selection::named;

/// What begins a comment of cascade-fix's own.
pub(super) const OWN: &str = "cascade-fix:";
/// What other tools' comments have; also ours, by their habit.
pub(super) const NOQA: &str = "noqa";

/// One instruction of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Directive {
    /// Where it stands in the comment, in bytes.
    pub range: Range<usize>,
    /// What it is about.
    pub scope: DirectiveScope,
    /// The codes that it names; all, where it names none.
    pub codes: Vec<Code>,
    /// What is wrong with it, in words.
    pub mistakes: Vec<String>,
    /// Whether it lists codes in brackets.
    pub has_list: bool,
}

/// Which findings a directive is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DirectiveScope {
    /// `ignore`: those of its line's call or statement.
    Line,
    /// `ignore-file`: those of the file.
    File,
    /// `noqa: CODE`: as `ignore`, for several tools.
    Noqa,
    /// `noqa`: those of its line, of all tools.
    BareNoqa,
}

/// The directives of a comment, in order; `rules` know the names of diagnostics. Each begins behind a `#`: `# why  # noqa: E501  # cascade-fix: ignore`.
pub(super) fn directives(comment: &str, rules: &Rules) -> Vec<Directive> {
    let starts: Vec<usize> = memchr::memchr_iter(b'#', comment.as_bytes()).collect();
    let ends = starts.iter().skip(1).copied().chain([comment.len()]);
    let parts = starts.iter().zip(ends).map(|(start, end)| (*start, comment[*start..end].trim_end()));
    parts.filter_map(|(start, text)| directive(start, text, rules)).collect()
}

fn directive(start: usize, text: &str, rules: &Rules) -> Option<Directive> {
    let instruction = text.trim_start_matches('#').trim_start();
    let (scope, codes, mistakes) = match strip_prefix(instruction, OWN) {
        Some(rest) => own(rest.trim_start(), rules)?,
        None => noqa(strip_prefix(instruction, NOQA)?)?,
    };
    Some(Directive { range: start..start + text.len(), scope, codes, mistakes, has_list: text.contains('[') })
}

fn strip_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (begin, rest) = text.split_at_checked(prefix.len())?;
    begin.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// What follows `cascade-fix:`; None where that is prose.
fn own(instruction: &str, rules: &Rules) -> Option<(DirectiveScope, Vec<Code>, Vec<String>)> {
    const WORDS: [(&str, DirectiveScope); 2] =
        [("ignore", DirectiveScope::Line), ("ignore-file", DirectiveScope::File)];
    let length = instruction.find(|c: char| !c.is_alphanumeric() && !"-_".contains(c)).unwrap_or(instruction.len());
    let (word, rest) = instruction.split_at(length);
    let word = word.to_ascii_lowercase();
    if let Some((_, scope)) = WORDS.iter().find(|(known, _)| *known == word) {
        let (codes, mistakes) = listed(rest.trim_start(), rules);
        return Some((*scope, codes, mistakes));
    }
    // as other tools have it
    const SYNONYMS: [&str; 4] = ["disable", "noqa", "off", "skip"];
    if SYNONYMS.contains(&word.as_str()) && (rest.trim().is_empty() || rest.starts_with(['[', '='])) {
        return Some((DirectiveScope::Line, Vec::new(), vec![format!("`{word}` is unknown; did you mean ignore?")]));
    }
    let is_near = |known: &str| strsim::damerau_levenshtein(known, &word) <= 2;
    let (nearest, scope) = WORDS.into_iter().find(|(known, _)| is_near(known))?;
    Some((scope, Vec::new(), vec![format!("`{word}` is unknown; did you mean {nearest}?")]))
}

/// The codes of `[CAS001, CAS2, all-cascade]`, and what is wrong with them; all codes where there is no list.
fn listed(rest: &str, rules: &Rules) -> (Vec<Code>, Vec<String>) {
    let Some(list) = rest.strip_prefix('[') else { return (Code::ALL.to_vec(), Vec::new()) };
    let Some((list, _)) = list.split_once(']') else { return (Vec::new(), vec!["a `]` is missing".to_owned()]) };
    let names: Vec<&str> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return (Vec::new(), vec!["it names no code".to_owned()]);
    }
    let (mut codes, mut mistakes) = (Vec::new(), Vec::new());
    for name in names {
        match rules.named(name) {
            Ok(meant) => codes.extend(meant.iter().map(|diagnostic| diagnostic.code)),
            Err(unknown) => mistakes.push(unknown.to_string()),
        }
    }
    (codes, mistakes)
}

/// What follows `noqa`: nothing, or the codes behind a colon. As in ruff, a colon without a code suppresses nothing, and what follows
/// the codes is prose.
fn noqa(rest: &str) -> Option<(DirectiveScope, Vec<Code>, Vec<String>)> {
    let Some(list) = rest.trim_start().strip_prefix(':') else {
        let is_word = rest.chars().next().is_none_or(char::is_whitespace);
        return is_word.then(|| (DirectiveScope::BareNoqa, Code::ALL.to_vec(), Vec::new()));
    };
    let names = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|name| !name.is_empty());
    let codes: Vec<Code> = names.take_while(|name| is_code(name)).flat_map(codes_of).collect();
    (!codes.is_empty()).then_some((DirectiveScope::Noqa, codes, Vec::new()))
}

/// The codes that begin as the name does, which is not that of another tool's codes.
fn codes_of(name: &str) -> Vec<Code> {
    let is_own = strip_prefix(name, "CAS").is_some();
    if is_own { named(&[name.to_owned()]).unwrap_or_default() } else { Vec::new() }
}

/// Letters and digits behind them, as every linter's codes are; or a prefix of ours.
fn is_code(name: &str) -> bool {
    let digits = name.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_numbered =
        digits.len() < name.len() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_numbered || !codes_of(name).is_empty()
}
