//! The bytes of a file go in; what they can do that matters to its repository comes out.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{after_constructor, has_comment, is_called, is_given_nothing, is_handed_on, is_of_name};
use crate::sqlalchemy::Observable;

/// What of a file matters to its repository, or to itself, besides its sites.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traits {
    /// It can call `expunge`.
    pub expunge: bool,
    /// It can refresh or expire an object.
    pub refresh: bool,
    /// It can merge an object into a session.
    pub merge: bool,
    /// It can refresh, expire or expunge an object of something, whatever its name, or speaks of sessions and can hand
    /// on the method that does.
    pub acts: bool,
    /// It speaks of sessions, and can merge an object into something, whatever its name.
    pub joins: bool,
    /// It uses advanced-alchemy, whose repositories refresh what they return.
    pub advanced_alchemy: bool,
    /// It can map classes: it has what columns and relationships are made with.
    pub maps: bool,
    /// It imports SQLAlchemy's asyncio extension.
    pub asyncio: bool,
    /// It has the option that makes orphans.
    pub orphans: bool,
    /// It can have SQLAlchemy make relationships from the database's own foreign keys.
    pub automap: bool,
    /// It has a word without which there is no site, but for those of rules of the user's and of notebooks.
    pub site_word: bool,
    /// It can have a comment of cascade-fix's own, in the usual spelling, which may have a mistake or be of no use.
    pub own_comment: bool,
}

/// What a word in a file is the sign of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Word {
    Expunge,
    Refresh,
    Merge,
    AdvancedAlchemy,
    Asyncio,
    Automap,
    Orphans,
    OwnComment,
    Site,
    Relation,
    Maps,
}

pub(super) const DELETE_ORPHAN: &str = "delete-orphan";

pub(super) const TRAITS: [(&str, Word); 18] = [
    ("expunge", Word::Expunge),
    ("refresh", Word::Refresh),
    ("expire", Word::Refresh),
    ("merge", Word::Merge),
    ("advanced_alchemy", Word::AdvancedAlchemy),
    (".ext.asyncio", Word::Asyncio),
    ("automap_base", Word::Automap),
    (DELETE_ORPHAN, Word::Orphans),
    ("cascade-fix:", Word::OwnComment),
    ("cascade", Word::Site),
    ("elation", Word::Relation),
    ("olumn(", Word::Maps),
    ("Mapped[", Word::Maps),
    ("__mapper", Word::Maps),
    ("__tablename__", Word::Maps),
    ("SQLModel", Word::Maps),
    ("table=True", Word::Maps),
    ("mapper(", Word::Maps),
];

/// They are looked for together, in every file that is read.
pub(super) static TRAIT_WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    // this kind looks for them with vector instructions
    let built = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(TRAITS.map(|(word, _)| word));
    built.expect("a few short words fit any automaton")
});

impl Traits {
    /// Those of a file with the bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut traits = Self::default();
        let mut hands_on = false;
        // a session's methods are given an object
        let is_given = |found: &aho_corasick::Match| !is_given_nothing(&bytes[found.end()..]);
        let method = |found: &aho_corasick::Match| match receiver(&bytes[..found.start()]) {
            Some(receiver) => {
                let behind = &bytes[found.end()..];
                let is_given = is_called(behind) && is_given(found);
                let is_of_session = is_given && names_session(receiver);
                NamedMethod { is_given, is_of_session, is_handed_on: is_handed_on(behind) }
            }
            None => NamedMethod { is_handed_on: is_asked_for(bytes, found.range()), ..NamedMethod::default() },
        };
        for found in TRAIT_WORDS.find_iter(bytes) {
            match TRAITS[found.pattern().as_usize()].1 {
                Word::Expunge => {
                    let method = method(&found);
                    traits.acts |= method.is_given;
                    hands_on |= method.is_handed_on;
                    // expunge_all and expunged are other words; a mailbox's method is given nothing
                    let is_whole = !bytes.get(found.end()).copied().is_some_and(is_of_name);
                    let is_defined = bytes[..found.start()].ends_with(b"def ");
                    traits.expunge |= is_whole && !is_defined && is_given(&found);
                }
                Word::Refresh => {
                    let method = method(&found);
                    traits.acts |= method.is_given;
                    hands_on |= method.is_handed_on;
                    traits.refresh |= method.is_of_session;
                }
                Word::Merge => {
                    let method = method(&found);
                    traits.joins |= method.is_given || method.is_handed_on;
                    traits.merge |= method.is_of_session;
                }
                Word::AdvancedAlchemy => traits.advanced_alchemy = true,
                Word::Asyncio => traits.asyncio = true,
                Word::Automap => traits.automap = true,
                Word::Orphans => traits.orphans = true,
                Word::OwnComment => (traits.own_comment, traits.site_word) = (true, true),
                Word::Site => traits.site_word = true,
                Word::Relation => {
                    traits.site_word = true;
                    traits.maps |= may_be_constructor(bytes, found.start());
                }
                Word::Maps => traits.maps = true,
            }
        }
        if hands_on || traits.joins {
            let speaks = memchr::memmem::find(bytes, b"ession").is_some();
            (traits.acts, traits.joins) = (traits.acts || hands_on && speaks, traits.joins && speaks);
        }
        traits
    }

    /// Whether one of them matters to its repository.
    pub fn of_repository(self) -> bool {
        self.expunge
            || self.refresh
            || self.merge
            || self.acts
            || self.joins
            || self.advanced_alchemy
            || self.maps
            || self.asyncio
            || self.automap
            || self.orphans
    }

    /// Whether it can do something.
    pub fn can(self, what: Observable) -> bool {
        match what {
            Observable::Expunge => self.expunge,
            Observable::Refresh => self.refresh || self.advanced_alchemy,
            Observable::Merge => self.merge,
        }
    }
}

/// What a file does with a method whose name stands in it.
#[derive(Default)]
struct NamedMethod {
    /// It is called with an object.
    is_given: bool,
    /// And what has it can be a session, by its name.
    is_of_session: bool,
    /// It may be handed on.
    is_handed_on: bool,
}

/// Whether a word with `elation`, which is at an offset, may be the name of a constructor, or of what makes one, that is called, imported or
/// given another name, as far as its line tells.
fn may_be_constructor(bytes: &[u8], at: usize) -> bool {
    let rest = after_constructor(bytes, at);
    let name = rest.iter().take_while(|byte| is_of_name(**byte)).count();
    let blanks = rest[name..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0c')).count();
    let rest = &rest[name + blanks..];
    let line = end_of_line(&bytes[..at]);
    let has = |word: &[u8]| line.len() == LONGEST_LINE || memchr::memmem::find(line, word).is_some();
    // in a list of names there is a comma before each other one
    let is_listed = || {
        let listed = line.iter().rposition(|byte| matches!(byte, b',' | b'(')).map_or(0, |comma| comma + 1);
        !line[listed..].trim_ascii_start().contains(&b' ')
    };
    let is_renamed = || rest.strip_prefix(b"as").is_some_and(|rest| !rest.first().copied().is_some_and(is_of_name));
    match rest.first() {
        Some(b'(') => true,
        None | Some(b')' | b',' | b';' | b'#' | b'\\' | b'\r' | b'\n') => has(b"import") || has(b"=") || is_listed(),
        _ => is_renamed() && (has(b"import") || is_listed()),
    }
}

/// In bytes; who writes more may mean anything.
const LONGEST_LINE: usize = 60;

/// The end of the last line, as far as that is looked at.
fn end_of_line(bytes: &[u8]) -> &[u8] {
    let bytes = &bytes[bytes.len().saturating_sub(LONGEST_LINE)..];
    &bytes[memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1)..]
}

/// What has the method whose name begins where this ends, with all that stands before it. None where it certainly is no method.
fn receiver(before: &[u8]) -> Option<&[u8]> {
    let is_blank = |byte: &&u8| byte.is_ascii_whitespace() || **byte == b'\\';
    let blanks = before.iter().rev().take_while(is_blank).count();
    let (path, blanks) = before.split_at(before.len() - blanks);
    // what stands in a comment may be anything
    let is_behind_comment = || blanks.iter().any(|byte| matches!(byte, b'\n' | b'\r')) && has_comment(path);
    path.strip_suffix(b".").or_else(|| is_behind_comment().then_some(path))
}

/// Whether a word is a string that `getattr` or `methodcaller` may be given.
fn is_asked_for(bytes: &[u8], word: Range<usize>) -> bool {
    // in bytes; nobody writes so much between a function and the name that it is given
    const LONGEST: usize = 300;
    let before = &bytes[word.start.saturating_sub(LONGEST)..word.start];
    let quote = before.last().filter(|quote| matches!(quote, b'"' | b'\''));
    let has = |word: &[u8]| memchr::memmem::find(before, word).is_some();
    // JSON has a backslash before a quote
    let behind = bytes[word.end..].strip_prefix(b"\\").unwrap_or(&bytes[word.end..]);
    quote.is_some() && behind.first() == quote && (has(b"getattr") || has(b"methodcaller"))
}

/// Whether what ends here, as it stands before a method's dot, can be a session by its name, as code that is not annotated has it:
/// `session`, `self.db_session`, `get_db()`, `s`.
pub fn names_session(before: &[u8]) -> bool {
    let line = end_of_line(before).to_ascii_lowercase();
    let name = line.len() - line.iter().rev().take_while(|byte| is_of_name(**byte)).count();
    let has = |word: &[u8]| memchr::memmem::find(&line, word).is_some();
    has(b"sess") || has(b"db") || &line[name..] == b"s"
}
