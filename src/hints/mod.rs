//! Bytes go in; the places in them that can matter come out, before anything is parsed.
//!
//! A file without a hint is never parsed, and in a parsed file only the nodes around a hint are looked at.

mod classes;
mod members;
mod shared;
mod tags;
mod traits;
mod words;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::memmem::Finder;

use crate::sqlalchemy::Observable;
use crate::sqlalchemy::cascade::OPTION_NAMES;

use classes::class_definitions;
pub use classes::has_heir_of;
pub use members::{member_names, strings_behind};
pub use shared::{may_share_names, shared_names};
use tags::tags;
use traits::DELETE_ORPHAN;
pub use traits::{Traits, names_session};
pub use words::Words;

static CASCADE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("cascade"));
static EXPUNGE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("expunge"));
/// Of a call that names its object.
static REFRESH: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| [".refresh", ".expire"].map(Finder::new));
static MERGE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(".merge"));
/// advanced-alchemy's option.
static AUTO_REFRESH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("auto_refresh"));
/// `SQLAlchemyAsyncRepository` and its like.
static ALCHEMY_CLASS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("SQLAlchemyAsync"));
/// `relation`, `relationship`, `Relationship`, `RelationshipProperty`
static RELATION: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("elation"));
static SETATTR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("setattr"));
static AWAIT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("await"));
static BACKREF: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("backref"));
/// What hands a dictionary of keyword arguments to a call.
static HANDED_OVER: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| ["**", "sa_relationship_kwargs", "backref"].map(Finder::new));
/// What sets an item of a dictionary.
static SETS_ITEM: LazyLock<[Finder<'static>; 5]> =
    LazyLock::new(|| ["]", "|=", ".update", ".setdefault", "setitem"].map(Finder::new));

static SUPPRESSION: LazyLock<AhoCorasick> = LazyLock::new(|| whatever_the_case(&["cascade-fix:", "noqa"]));
static OWN_SUPPRESSION: LazyLock<AhoCorasick> = LazyLock::new(|| whatever_the_case(&["cascade-fix:"]));

/// The position of `cascade` among the arguments of SQLAlchemy 1.2 and 1.3, from 0; in 1.4 it is one more.
const FEWEST_COMMAS: usize = 10;
/// Nobody was seen to write a longer call, in bytes; it bounds the work on files that are no Python.
const LONGEST_CALL: usize = 20_000;

/// How JSON can hide a letter of a word; no writer of notebooks does.
static HIDDEN: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["\\u006", "\\u007"].map(Finder::new));

/// Ranges of bytes, in order and apart from each other.
#[derive(Debug, Default)]
pub struct Hints(Vec<Range<usize>>);

impl Hints {
    /// Where a cascade can be bound: `cascade=`, `cascade_delete=`, `"cascade"`, and constructors with as many arguments
    /// as it takes to give the cascade by position; and the words that the user's rules name.
    pub fn of_sites(text: &str, words: &[Finder<'_>]) -> Self {
        // `setattr(property, name, value)`: the name may stand elsewhere
        let named_elsewhere = SETATTR.find_iter(text.as_bytes()).map(|at| at..at + SETATTR.needle().len() + 1);
        Self::new(site_hints(text.as_bytes(), words).chain(named_elsewhere))
    }

    /// Where a dictionary of keyword arguments can be handed to a call.
    pub fn of_dictionaries(text: &str) -> Self {
        Self::new(HANDED_OVER.iter().flat_map(|word| word.find_iter(text.as_bytes())).map(|at| at..at + 1))
    }

    /// Where an item of a dictionary can be set.
    pub fn of_set_items(text: &str) -> Self {
        Self::new(SETS_ITEM.iter().flat_map(|word| word.find_iter(text.as_bytes())).map(|at| at..at + 1))
    }

    /// Where one of the words stands in a part of a text.
    pub fn of_words(text: &str, part: &Range<usize>, words: &Words) -> Self {
        let starts = words.places(text[part.clone()].as_bytes()).map(|word| part.start + word.start);
        Self::new(starts.map(|at| at..at + 1))
    }

    /// Where a name that is meant may stand in a part of a text as an attribute, an argument's name, or a string of its own.
    pub fn of_members(text: &str, part: &Range<usize>, is_meant: impl Fn(&str) -> bool) -> Self {
        let names = member_names(&text[part.clone()]).map(|name| part.start + name.start..part.start + name.end);
        Self::new(names.filter(|name| is_meant(&text[name.clone()])).map(|name| name.start..name.start + 1))
    }

    /// Where one of the words is called in a part of a text: it stands before a bracket, as a name of its own.
    pub fn of_calls(text: &str, part: &Range<usize>, words: &Words) -> Self {
        let called = calls(text[part.clone()].as_bytes(), words).map(|word| part.start + word.start);
        Self::new(called.map(|at| at..at + 1))
    }

    /// Where one of the words that are meant, of which each is a method's, is called and given something, or may be handed on or asked for
    /// by its name.
    pub fn of_methods(text: &str, words: &Words, is_meant: impl Fn(&str) -> bool) -> Self {
        let bytes = text.as_bytes();
        let is_used = |behind: &[u8]| !is_given_nothing(behind) && (is_called(behind) || is_handed_on(behind));
        let used =
            whole_words(bytes, words).filter(|word| is_meant(&text[word.clone()]) && is_used(&bytes[word.end..]));
        Self::new(used.map(|word| word.start..word.start + 1))
    }

    /// Where one of the words is called and the call may be awaited, or one of the others is called. In what is not `is_plain` Python any
    /// call may be awaited.
    pub fn of_runs(text: &str, awaited: &Words, others: &Words, is_plain: bool) -> Self {
        Self::new(runs(text.as_bytes(), awaited, others, is_plain).map(|at| at..at + 1))
    }

    /// Where classes begin, and where one of the words is called.
    pub fn of_declarations(text: &str, words: &Words) -> Self {
        let bytes = text.as_bytes();
        let called = calls(bytes, words).map(|word| word.start);
        Self::new(class_definitions(bytes).chain(called).map(|at| at..at + 1))
    }

    /// Where classes begin.
    pub fn of_classes(text: &str) -> Self {
        Self::new(class_definitions(text.as_bytes()).map(|at| at..at + 1))
    }

    /// Where a tag of a template may begin that is not in a string.
    pub fn of_tags(text: &str) -> Self {
        Self::new(tags(text.as_bytes()).map(|at| at..at + 1))
    }

    /// Where a word stands in a part of a text.
    pub fn of_word(text: &str, part: &Range<usize>, word: &str) -> Self {
        let starts = memchr::memmem::find_iter(text[part.clone()].as_bytes(), word).map(|at| part.start + at);
        Self::new(starts.map(|at| at..at + 1))
    }

    /// Where something can stand that notices a cascade.
    pub fn of_observable(text: &str, what: Observable) -> Self {
        let words: &[&Finder<'_>] = match what {
            Observable::Expunge => &[&EXPUNGE],
            Observable::Refresh => &[&REFRESH[0], &REFRESH[1], &AUTO_REFRESH, &ALCHEMY_CLASS],
            Observable::Merge => &[&MERGE],
        };
        Self::new(words.iter().flat_map(|word| word.find_iter(text.as_bytes())).map(|at| at..at + 1))
    }

    /// Where the option stands that makes orphans.
    pub fn of_orphans(text: &str) -> Self {
        Self::new(memchr::memmem::find_iter(text.as_bytes(), DELETE_ORPHAN).map(|at| at..at + 1))
    }

    /// Where a comment can suppress findings.
    pub fn of_suppressions(text: &str) -> Self {
        Self::new(SUPPRESSION.find_iter(text).map(|found| found.range()))
    }

    fn new(ranges: impl Iterator<Item = Range<usize>>) -> Self {
        let mut ranges: Vec<_> = ranges.collect();
        ranges.sort_by_key(|range| range.start);
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match apart.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => apart.push(range),
            }
        }
        Self(apart)
    }

    /// Whether a hint is in the range, or partly so.
    pub fn touch(&self, range: &Range<usize>) -> bool {
        let first = self.0.partition_point(|hint| hint.end <= range.start);
        self.0.get(first).is_some_and(|hint| hint.start < range.end)
    }
}

/// Where one of the words is a name of its own that is called: a bracket is behind it, or what can stand between them.
fn calls<'b>(bytes: &'b [u8], words: &'b Words) -> impl Iterator<Item = Range<usize>> + 'b {
    whole_words(bytes, words).filter(move |word| is_called(&bytes[word.end..]))
}

/// Where one of the words begins, that is not the end of a longer name.
fn whole_words<'b>(bytes: &'b [u8], words: &'b Words) -> impl Iterator<Item = Range<usize>> + 'b {
    let is_whole = |word: &Range<usize>| word.start.checked_sub(1).is_none_or(|before| !is_of_name(bytes[before]));
    words.places(bytes).filter(is_whole)
}

/// Whether what ends where this begins may be a method that is handed on: it is not called, nor assigned to, nor asked for something, nor
/// part of a sentence or an import.
fn is_handed_on(behind: &[u8]) -> bool {
    const OPERATORS: [&[u8]; 10] = [b"and", b"as", b"async", b"else", b"for", b"if", b"in", b"is", b"not", b"or"];
    let is_longer = behind.first().copied().is_some_and(is_of_name);
    let blanks = behind.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let (blanks, rest) = behind.split_at(blanks);
    let is_assigned = || rest.starts_with(b"=") && !rest.starts_with(b"==");
    let word = &rest[..rest.iter().take_while(|byte| is_of_name(**byte)).count()];
    let ends_line = || blanks.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
    let is_prose = || !ends_line() && !word.is_empty() && !OPERATORS.contains(&word);
    !is_longer && !matches!(rest.first(), Some(b'(' | b'.' | b'[')) && !is_assigned() && !is_prose()
}

/// Whether the line that ends here has a comment, or may.
fn has_comment(before: &[u8]) -> bool {
    before[memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)..].contains(&b'#')
}

/// Whether a name is called that ends where this begins, as far as one byte tells.
fn is_called(behind: &[u8]) -> bool {
    let first = behind.iter().find(|byte| !byte.is_ascii_whitespace() && **byte != b'\\');
    first.is_some_and(|byte| matches!(byte, b'(' | b')' | b'#'))
}

/// Whether what follows a name are brackets with nothing between them that can be an object: nothing at all, a string or number in its place,
/// or arguments of other names.
fn is_given_nothing(behind: &[u8]) -> bool {
    // in bytes; who writes more before a bracket may have the object there
    const LONGEST: usize = 300;
    let Some(arguments) = behind.trim_ascii_start().strip_prefix(b"(").map(<[u8]>::trim_ascii_start) else {
        return false;
    };
    let length = match arguments.first() {
        Some(b'"' | b'\'') => string_length(arguments),
        _ => arguments.iter().take_while(|byte| is_of_name(**byte)).count(),
    };
    let (first, rest) = arguments.split_at(length);
    let rest = rest.trim_ascii_start();
    let ends = || matches!(rest.first(), Some(b',' | b')'));
    let seen = &arguments[..arguments.len().min(LONGEST)];
    let may_have_object = || {
        let is_cut = seen.len() == LONGEST && !seen.contains(&b')');
        is_cut || seen.contains(&b'*') || memchr::memmem::find(seen, b"instance").is_some()
    };
    match first.first() {
        None => arguments.starts_with(b")"),
        Some(b'"' | b'\'' | b'0'..=b'9') => ends(),
        Some(_) => rest.starts_with(b"=") && !rest.starts_with(b"==") && !may_have_object(),
    }
}

/// Whether one of the words is called in the bytes and the call may be awaited, or one of the others is called. In what is not `is_plain`
/// Python any call may be awaited.
pub fn has_run(bytes: &[u8], awaited: &Words, others: &Words, is_plain: bool) -> bool {
    runs(bytes, awaited, others, is_plain).next().is_some()
}

fn runs<'b>(
    bytes: &'b [u8],
    awaited: &'b Words,
    others: &'b Words,
    is_plain: bool,
) -> impl Iterator<Item = usize> + 'b {
    let is_plain = is_plain && memchr::memchr(b'\r', bytes).is_none();
    let has_await = !is_plain || AWAIT.find(bytes).is_some();
    let awaited = calls(if has_await { bytes } else { &[] }, awaited)
        .filter(move |word| !is_plain || may_be_awaited(&bytes[..word.start]));
    awaited.chain(calls(bytes, others)).map(|word| word.start)
}

/// Whether what is called, and begins with the last of its names here, may have `await` before it, be it behind brackets.
fn may_be_awaited(before: &[u8]) -> bool {
    // in bytes; nobody writes so much there
    const LONGEST: usize = 300;
    let is_of_path =
        |byte: &&u8| is_of_word(**byte) || byte.is_ascii_whitespace() || matches!(byte, b'.' | b'\\' | b'(');
    let length = before.iter().rev().take(LONGEST).take_while(is_of_path).count();
    let (rest, path) = before.split_at(before.len() - length);
    let follows_call = || path.trim_ascii_start().first() == Some(&b'.');
    let is_await = |at: usize| {
        let (left, right) = (at.checked_sub(1).map(|left| path[left]), path.get(at + AWAIT.needle().len()).copied());
        !left.is_some_and(is_of_name) && !right.is_some_and(is_of_name)
    };
    // what stands in a comment may be anything
    let is_behind_comment = || path.contains(&b'\n') && has_comment(rest);
    length == LONGEST || follows_call() || AWAIT.find_iter(path).any(is_await) || is_behind_comment()
}

/// Whether a file with the bytes can have a cascade site.
pub fn can_have_a_site(bytes: &[u8], words: &[Finder<'_>]) -> bool {
    site_hints(bytes, words).next().is_some()
}

/// Whether the bytes, in which JSON has escaped quotes and line endings, can hold a text with a cascade site.
pub fn can_have_a_site_in_json(bytes: &[u8], words: &[Finder<'_>]) -> bool {
    let is_plain = |word: &Finder<'_>| word.needle().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let has = |word: &Finder<'_>| word.find(bytes).is_some();
    let words = || words.iter().any(|word| !is_plain(word) || has(word));
    has(&CASCADE) || has_constructor(bytes) || HIDDEN.iter().any(has) || words()
}

/// Whether a constructor is called, or given another name.
fn has_constructor(bytes: &[u8]) -> bool {
    RELATION.find_iter(bytes).any(|at| {
        let rest = after_constructor(bytes, at);
        alias_in(rest).is_some() || rest.trim_ascii_start().starts_with(b"(")
    })
}

/// What follows a constructor's name, whose `elation` is at an offset.
fn after_constructor(bytes: &[u8], at: usize) -> &[u8] {
    let rest = &bytes[at + b"elation".len()..];
    let rest = rest.strip_prefix(b"ship").unwrap_or(rest);
    rest.strip_prefix(b"Property").unwrap_or(rest)
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The same where names may have letters of any alphabet.
fn is_of_word(byte: u8) -> bool {
    is_of_name(byte) || !byte.is_ascii()
}

/// The lines of a text that can have a comment which suppresses findings, in order.
pub fn suppressing_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut last = 0;
    SUPPRESSION.find_iter(text).filter_map(move |found| {
        if found.start() < last {
            return None;
        }
        let start = text[last..found.start()].rfind(['\n', '\r']).map_or(last, |end| last + end + 1);
        last = text[found.start()..].find(['\n', '\r']).map_or(text.len(), |length| found.start() + length);
        Some(&text[start..last])
    })
}

/// Whether a file with the bytes can have one that is cascade-fix's own.
pub fn has_own_suppression(bytes: &[u8]) -> bool {
    OWN_SUPPRESSION.is_match(bytes)
}

fn whatever_the_case(words: &[&str]) -> AhoCorasick {
    let built = AhoCorasick::builder().ascii_case_insensitive(true).build(words);
    built.expect("a few short words fit any automaton")
}

fn site_hints(bytes: &[u8], words: &[Finder<'_>]) -> impl Iterator<Item = Range<usize>> {
    let words = words.iter().flat_map(|word| word.find_iter(bytes)).map(|at| at..at + 1);
    cascade_bindings(bytes).chain(constructor_calls(bytes)).chain(words)
}

fn cascade_bindings(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    CASCADE.find_iter(bytes).filter(|at| is_binding(bytes, *at)).map(|at| at..at + 1)
}

fn is_binding(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| bytes[at]);
    let rest = &bytes[at + b"cascade".len()..];
    let rest = rest.strip_prefix(b"_delete").unwrap_or(rest);
    if matches!(before, Some(b'"' | b'\'')) {
        return matches!(rest.first(), Some(b'"' | b'\'')) && !is_key_of_pairs(&rest[1..]);
    }
    let is_whole_word = before.is_none_or(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_'));
    // `one.cascade, one.doc = …`
    let is_one_of_several =
        || before == Some(b'.') && matches!(rest.trim_ascii_start().first(), Some(b',' | b')' | b']' | b':' | b'|'));
    // `one._set_cascade(…)`, what SQLAlchemy does where a property's cascade is assigned
    let is_method = || bytes[..at].ends_with(b"._set_") && rest.trim_ascii_start().first() == Some(&b'(');
    is_whole_word && (is_assigned(rest) || is_one_of_several()) || is_method()
}

/// Whether a key is that of a dictionary whose first key is no option: `"cascade": {"type": "str"`. Large schemas have such.
fn is_key_of_pairs(behind_key: &[u8]) -> bool {
    let first_key = || {
        let key = behind_sign(behind_sign(behind_key, b':')?, b'{')?.trim_ascii_start();
        let quote = key.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let length = key[1..].iter().take_while(|byte| is_of_name(**byte)).count();
        let (key, rest) = key[1..].split_at(length);
        behind_sign(rest.strip_prefix(&[*quote])?, b':')?;
        std::str::from_utf8(key).ok()
    };
    first_key().is_some_and(|key| !OPTION_NAMES.contains(&key))
}

fn behind_sign(bytes: &[u8], sign: u8) -> Option<&[u8]> {
    bytes.trim_ascii_start().strip_prefix(&[sign])
}

/// Whether an `=` that is no comparison follows, behind white space, a continued line or a comment.
fn is_assigned(rest: &[u8]) -> bool {
    let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'\\' | b'\x0b')).count();
    let rest = &rest[blanks..];
    match rest.first() {
        Some(b'=') => rest.get(1) != Some(&b'='),
        Some(b'#') => true,
        _ => false,
    }
}

/// Calls of a constructor, or of a name it is imported as, with so many arguments that the cascade can be one of them, or with what
/// may be a dictionary by its name.
fn constructor_calls(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut relations = RELATION.find_iter(bytes);
    // nobody makes a backref without a relationship
    let mut backrefs = None;
    let calls = std::iter::from_fn(move || match relations.next() {
        Some(at) => {
            backrefs.get_or_insert_with(|| BACKREF.find_iter(bytes));
            Some((at, true))
        }
        None => Some((backrefs.as_mut()?.next()?, false)),
    });
    calls.flat_map(|(at, is_relation)| {
        let rest = if is_relation { after_constructor(bytes, at) } else { &bytes[at + b"backref".len()..] };
        match alias_in(rest) {
            None => arguments_with_cascade(bytes, at, rest),
            Some(alias) => {
                let uses = memchr::memmem::find_iter(bytes, alias);
                uses.flat_map(|at| arguments_with_cascade(bytes, at, &bytes[at + alias.len()..])).collect()
            }
        }
    })
}

/// The `NAME` of ` as NAME`.
fn alias_in(after_name: &[u8]) -> Option<&[u8]> {
    let blank = after_name.first().filter(|byte| matches!(byte, b' ' | b'\t'));
    let rest = blank.and_then(|_| after_name.trim_ascii_start().strip_prefix(b"as "))?.trim_ascii_start();
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    Some(&rest[..length]).filter(|alias| !alias.is_empty())
}

/// Where the arguments of a call can give it a cascade from elsewhere: splats, names of dictionaries, and from the callee to the
/// matching parenthesis if there are enough commas between. What stands in comments and strings is passed over.
fn arguments_with_cascade(bytes: &[u8], start: usize, after_name: &[u8]) -> Vec<Range<usize>> {
    let arguments = after_name.trim_ascii_start();
    let mut hints = Vec::new();
    if arguments.first() != Some(&b'(') {
        return hints;
    }
    let offset = bytes.len() - arguments.len();
    let (mut at, mut depth, mut commas) = (0, 0_usize, 0);
    while let Some(byte) = arguments.get(at).filter(|_| at < LONGEST_CALL) {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b',' => commas += 1,
            b'*' if is_splat(&arguments[at..]) => hints.push(offset + at..offset + at + 1),
            b'=' if is_dictionary(&arguments[..at], &arguments[at + 1..]) => hints.push(offset + at..offset + at + 1),
            b'#' => at += arguments[at..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count(),
            b'"' | b'\'' => at += string_length(&arguments[at..]) - 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    if commas >= FEWEST_COMMAS {
        hints.push(start..offset + at.min(arguments.len()));
    }
    hints
}

/// `**name` or `**{…}`, and no power.
fn is_splat(bytes: &[u8]) -> bool {
    let name = bytes.strip_prefix(b"**").map(<[u8]>::trim_ascii_start).and_then(<[u8]>::first);
    name.is_some_and(|byte| {
        byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'(' | b'{' | b'\\') || !byte.is_ascii()
    })
}

/// Whether a keyword gives a dictionary to sqlmodel, or a name or a tuple to a backref.
fn is_dictionary(before: &[u8], value: &[u8]) -> bool {
    let (keyword, value) = (before.trim_ascii_end(), value.trim_ascii_start());
    keyword.ends_with(b"sa_relationship_kwargs") || keyword.ends_with(b"backref") && is_pair_or_name(value)
}

/// A tuple or a list, or a name, also with an item or a call of it, that is not SQLAlchemy's own.
fn is_pair_or_name(value: &[u8]) -> bool {
    let name = value.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')).count();
    match value.get(name) {
        Some(b'(') => !value[..name].ends_with(b"backref"),
        Some(b'[') => true,
        Some(b'"' | b'\'') => false,
        _ => name > 0,
    }
}

/// The length of the string literal at the beginning, its quotes included.
fn string_length(bytes: &[u8]) -> usize {
    let quotes =
        if bytes.len() > 2 && bytes[1] == bytes[0] && bytes[2] == bytes[0] { &bytes[..3] } else { &bytes[..1] };
    let mut at = quotes.len();
    while at < bytes.len().min(LONGEST_CALL) {
        if bytes[at..].starts_with(quotes) {
            return at + quotes.len();
        }
        if quotes.len() == 1 && matches!(bytes[at], b'\n' | b'\r') {
            return at;
        }
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}
