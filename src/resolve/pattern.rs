//! A pattern of Python's `re` and a text go in; what matches comes out, as Python finds it.
//!
//! Only patterns whose every part means the same to both engines are carried out, on texts in ASCII without control characters: there
//! both agree on classes of characters, on ends of lines, and on upper and lower case.

use fancy_regex::Regex;

/// A pattern that means the same in Python.
pub(super) struct Pattern {
    regex: Regex,
    /// It consumes nothing, wherever it matches.
    is_empty: bool,
}

/// The groups of a match, the whole first; None for one that took no part.
pub(super) type Groups = Vec<Option<String>>;

/// How many matches are looked for.
const MOST_MATCHES: usize = 1000;

impl Pattern {
    /// Translates a pattern; None where it may mean something else, or is none.
    pub fn of(pattern: &str, ignores_case: bool) -> Option<Self> {
        let translated = translated(pattern)?;
        let flags = if ignores_case { "(?i)" } else { "" };
        let regex = Regex::new(&format!("{flags}{}", translated.text)).ok()?;
        Some(Self { regex, is_empty: !translated.consumes })
    }

    /// All matches from left to right, with the offsets of each.
    fn all(&self, text: &str) -> Option<Vec<(usize, usize, Groups)>> {
        if text.chars().any(|c| !matches!(c, ' '..='~')) {
            return None;
        }
        let mut found = Vec::new();
        let mut from = 0;
        while from <= text.len() && found.len() < MOST_MATCHES {
            let Some(captures) = self.regex.captures_from_pos(text, from).ok()? else { break };
            let whole = captures.get(0)?;
            // where it may match nothing or something, the engines choose in their own ways
            if whole.start() == whole.end() && !self.is_empty {
                return None;
            }
            let groups = (0..captures.len()).map(|index| captures.get(index).map(|group| group.as_str().to_owned()));
            found.push((whole.start(), whole.end(), groups.collect()));
            from = if self.is_empty { whole.end() + 1 } else { whole.end() };
        }
        Some(found)
    }

    /// `re.sub` with what each match gives; `most` matches at most, where that is not 0.
    pub fn replaced<E>(
        &self,
        text: &str,
        most: usize,
        mut replacement: impl FnMut(&Groups) -> Result<String, E>,
    ) -> Option<Result<String, E>> {
        let found = self.all(text)?;
        let mut out = String::new();
        let mut at = 0;
        for (start, end, groups) in found.iter().take(if most == 0 { usize::MAX } else { most }) {
            out.push_str(&text[at..*start]);
            match replacement(groups) {
                Ok(text) => out.push_str(&text),
                Err(error) => return Some(Err(error)),
            }
            at = *end;
        }
        out.push_str(&text[at..]);
        Some(Ok(out))
    }

    /// `re.findall`: the groups of each match.
    pub fn found(&self, text: &str) -> Option<Vec<Groups>> {
        Some(self.all(text)?.into_iter().map(|(.., groups)| groups).collect())
    }

    /// `re.split` without groups.
    pub fn split(&self, text: &str) -> Option<Vec<String>> {
        let found = self.all(text)?;
        let mut parts = Vec::new();
        let mut at = 0;
        for (start, end, groups) in found {
            if groups.len() > 1 {
                return None;
            }
            parts.push(text[at..start].to_owned());
            at = end;
        }
        parts.push(text[at..].to_owned());
        Some(parts)
    }

    /// `re.match`, `re.search` and `re.fullmatch`; None where it can't be told, `Some(None)` where nothing matches.
    pub fn first(&self, text: &str, how: &str) -> Option<Option<Groups>> {
        let first = self.all(text)?.into_iter().next();
        match how {
            "search" => Some(first.map(|(.., groups)| groups)),
            "match" => Some(first.filter(|(start, ..)| *start == 0).map(|(.., groups)| groups)),
            _ => None,
        }
    }
}

/// A replacement with `\1` and `\g<1>` filled in from a match.
pub(super) fn filled_in(template: &str, groups: &Groups) -> Option<String> {
    let group = |index: usize| groups.get(index).map(|group| group.as_deref().unwrap_or_default());
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('\\') {
            out.push('\\');
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix("g<") {
            let (number, behind) = behind.split_once('>')?;
            out.push_str(group(number.parse().ok()?)?);
            rest = behind;
        } else {
            let digit = rest.chars().next()?.to_digit(10).filter(|digit| *digit > 0)?;
            rest = &rest[1..];
            // two digits name a group, three a character
            if rest.starts_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            out.push_str(group(digit as usize)?);
        }
    }
    out.push_str(rest);
    Some(out)
}

struct Translated {
    text: String,
    /// Something in it takes a character.
    consumes: bool,
}

/// A pattern as the other engine writes it. Whatever is not listed here is refused.
fn translated(pattern: &str) -> Option<Translated> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut text = String::new();
    let mut consumes = false;
    // the groups that are open: whether each only looks around
    let mut groups: Vec<bool> = Vec::new();
    let mut can_repeat = false;
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        let is_looking = groups.iter().any(|looks_around| *looks_around);
        let (length, part, is_atom) = match c {
            '(' => {
                let (opening, looks_around) = opening(&chars[at..])?;
                groups.push(looks_around);
                (opening.len(), opening.to_owned(), false)
            }
            ')' => {
                let looks_around = groups.pop()?;
                (1, ")".to_owned(), !looks_around)
            }
            '*' | '+' | '?' | '{' => {
                let repeated = repeated(&chars[at..]).filter(|_| can_repeat)?;
                (repeated.len(), repeated, false)
            }
            '^' | '$' | '|' => (1, c.to_string(), false),
            '}' | ']' | '#' | '&' | '~' => return None,
            _ => {
                let (length, part, takes) = atom(&chars[at..])?;
                consumes |= takes && !is_looking;
                (length, part, takes)
            }
        };
        text.push_str(&part);
        can_repeat = is_atom;
        at += length;
    }
    groups.is_empty().then_some(Translated { text, consumes })
}

/// An escape, a class of characters or a character: how long it is, how the other engine writes it, and whether it takes a character.
fn atom(chars: &[char]) -> Option<(usize, String, bool)> {
    match chars {
        ['\\', escaped, ..] => escape(*escaped, false).map(|(part, takes)| (2, part, takes)),
        ['[', ..] => class(chars).map(|(length, part)| (length, part, true)),
        [character @ ' '..='~', ..] => Some((1, character.to_string(), true)),
        _ => None,
    }
}

/// The sign at the beginning of some characters that says how often the part before it is repeated: `*`, `+?` or `{2,3}`.
fn repeated(chars: &[char]) -> Option<String> {
    match chars {
        ['{', ..] => repetition(chars),
        [sign, '?', ..] => Some(format!("{sign}?")),
        [sign, ..] => Some(sign.to_string()),
        [] => None,
    }
}

/// What opens a group, and whether the group only looks around.
fn opening(chars: &[char]) -> Option<(&'static str, bool)> {
    let begins = |text: &str| text.chars().zip(chars).filter(|(a, b)| a == *b).count() == text.len();
    let known = [("(?<=", true), ("(?<!", true), ("(?=", true), ("(?!", true), ("(?:", false)];
    let found = known.into_iter().find(|(text, _)| begins(text));
    found.or_else(|| (!begins("(?")).then_some(("(", false)))
}

/// An escape, and whether it takes a character.
fn escape(c: char, is_in_class: bool) -> Option<(String, bool)> {
    match c {
        'd' | 'D' | 'w' | 'W' | 's' | 'S' => Some((format!("\\{c}"), true)),
        'b' | 'B' | 'A' if !is_in_class => Some((format!("\\{c}"), false)),
        'Z' if !is_in_class => Some(("\\z".to_owned(), false)),
        '_' | ' ' | '<' | '>' | '"' | '\'' | '`' | '/' | ',' | ';' | ':' | '=' | '!' | '@' | '%' => {
            Some((c.to_string(), true))
        }
        _ if c.is_ascii_punctuation() => Some((format!("\\{c}"), true)),
        _ => None,
    }
}

/// A class of characters, and its length.
fn class(chars: &[char]) -> Option<(usize, String)> {
    let mut text = "[".to_owned();
    let mut at = 1;
    if chars.get(at) == Some(&'^') {
        text.push('^');
        at += 1;
    }
    let first = at;
    loop {
        match chars.get(at)? {
            ']' if at > first => return Some((at + 1, text + "]")),
            '\\' => {
                text += &escape(*chars.get(at + 1)?, true)?.0;
                at += 2;
            }
            // operators between classes, and classes inside of classes
            ']' | '[' | '&' | '~' => return None,
            '-' if chars.get(at + 1) == Some(&'-') => return None,
            c @ ' '..='~' => {
                text.push(*c);
                at += 1;
            }
            _ => return None,
        }
    }
}

/// `{2}`, `{2,}` or `{2,3}`, lazy or not.
fn repetition(chars: &[char]) -> Option<String> {
    let end = chars.iter().position(|c| *c == '}')?;
    let inside: String = chars[1..end].iter().collect();
    let is_number = |text: &str| (1..=2).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit());
    let (least, most) = inside.split_once(',').unwrap_or((&inside, ""));
    let is_lazy = chars.get(end + 1) == Some(&'?');
    (is_number(least) && (most.is_empty() || is_number(most)))
        .then(|| format!("{{{inside}}}{}", if is_lazy { "?" } else { "" }))
}
