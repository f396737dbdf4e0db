//! A value's node goes in; the Python value it is a literal of comes out with the spans it stands in, or why it is none.

use std::ops::Range;

use crate::python::{CollectionKind, PyValue};
use crate::syntax::{Node, Parts, kind, positional_arguments, unparenthesized};

/// A literal, or a collection of literals. Ranges are bytes of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// What it evaluates to.
    pub value: PyValue,
    /// The whole of it, parentheses around it excluded.
    pub span: Range<usize>,
    /// How it is written.
    pub shape: Shape,
}

/// How a literal is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A string literal, or several in implicit concatenation.
    String(Vec<StringPart>),
    /// A display, or a call of the type on one.
    Collection {
        /// The display with its brackets; None for `set()` and the like.
        display: Option<Range<usize>>,
        /// How the display is written; `frozenset([…])` has a list's.
        written_as: CollectionKind,
        /// Its elements.
        items: Vec<Literal>,
    },
    /// None, True, a number.
    Constant,
    /// An expression that is replaced as a whole, with the quote of its first string, and the kind of collection that it is.
    Computed(Option<char>, Option<CollectionKind>),
}

/// One string literal of a string.
#[derive(Debug, Clone, PartialEq)]
pub struct StringPart {
    /// Prefix, quotes and content.
    pub span: Range<usize>,
    /// What stands between the quotes.
    pub content: Range<usize>,
    /// What it evaluates to.
    pub value: String,
}

/// SQLAlchemy refuses every collection of collections, so that deeper ones need no telling apart.
const MOST_NESTED: usize = 4;

/// Evaluates a literal.
///
/// # Errors
/// Why the value can't be known from the node alone, in words that complete "this cascade can't be known here: …".
pub fn evaluate(node: &Node<'_>) -> Result<Literal, String> {
    evaluate_within(node, MOST_NESTED)
}

/// `levels` bounds the recursion: it is how many collections may still be inside each other.
fn evaluate_within(node: &Node<'_>, levels: usize) -> Result<Literal, String> {
    let node = unparenthesized(node);
    let constant = |value| Ok(Literal { value, span: node.range(), shape: Shape::Constant });
    match &*node.kind() {
        kind::STRING => string(&node, std::slice::from_ref(&node)),
        kind::CONCATENATED_STRING => {
            let parts: Vec<_> = node.parts().filter(|child| child.kind() == kind::STRING).collect();
            string(&node, &parts)
        }
        kind::LIST => collection(&node, CollectionKind::List, levels),
        kind::TUPLE | kind::EXPRESSION_LIST => collection(&node, CollectionKind::Tuple, levels),
        kind::SET => collection(&node, CollectionKind::Set, levels),
        kind::DICTIONARY if node.named_children().next().is_none() => {
            constant(PyValue::Collection(CollectionKind::Set, Vec::new()))
        }
        kind::CALL => call(&node, levels),
        kind::BINARY_OPERATOR => concatenation(&node),
        kind::NONE => constant(PyValue::None),
        kind::TRUE => constant(PyValue::Bool(true)),
        kind::FALSE => constant(PyValue::Bool(false)),
        kind::INTEGER => constant(node.text().parse().map_or(PyValue::Opaque("int"), PyValue::Int)),
        kind::FLOAT => constant(PyValue::Opaque("float")),
        kind::ELLIPSIS => constant(PyValue::Opaque("ellipsis")),
        kind::LAMBDA => constant(PyValue::Opaque("function")),
        kind::IDENTIFIER => Err(format!("`{}` is a name, not a literal", node.text())),
        kind::ATTRIBUTE => Err(format!("`{}` is an attribute, not a literal", shortened(&node.text()))),
        kind::CONDITIONAL_EXPRESSION => Err("it is a conditional expression".to_owned()),
        kind::BOOLEAN_OPERATOR => Err("it is a boolean expression".to_owned()),
        _ => Err(format!("`{}` is not a literal", shortened(&node.text()))),
    }
}

fn evaluate_inside(node: &Node<'_>, levels: usize) -> Result<Literal, String> {
    match levels.checked_sub(1) {
        Some(levels) => evaluate_within(node, levels).map(|literal| Literal { span: node.range(), ..literal }),
        None => Err("it is nested too deeply".to_owned()),
    }
}

/// An expression as a message shows it: its first line, or the beginning of that.
pub(crate) fn shortened(text: &str) -> String {
    const MOST_CHARACTERS: usize = 60;
    let line = text.lines().next().unwrap_or_default().trim_end();
    let shown: String = line.chars().take(MOST_CHARACTERS).collect();
    if shown.len() < text.len() { format!("{shown} …") } else { shown }
}

/// `"…" + "…"`, as one string of several parts.
fn concatenation(node: &Node<'_>) -> Result<Literal, String> {
    let unknown = || Err(format!("`{}` is not a literal", shortened(&node.text())));
    let (mut operands, mut left) = (Vec::new(), node.clone());
    while left.kind() == kind::BINARY_OPERATOR {
        let is_sum = left.field("operator").is_some_and(|operator| operator.text() == "+");
        let (Some(first), Some(second)) = (left.field("left"), left.field("right").filter(|_| is_sum)) else {
            return unknown();
        };
        operands.push(second);
        left = first;
    }
    operands.push(left);
    let mut parts = Vec::new();
    for operand in operands.iter().rev() {
        match (&*operand.kind(), &*operand.text()) {
            (kind::STRING, _) => parts.push(operand.clone()),
            (kind::CONCATENATED_STRING, _) => {
                parts.extend(operand.parts().filter(|child| child.kind() == kind::STRING));
            }
            _ => return unknown(),
        }
    }
    string(node, &parts)
}

/// `set()`, `frozenset([…])`, `list(…)`, `tuple(…)` on a display.
fn call(node: &Node<'_>, levels: usize) -> Result<Literal, String> {
    let unknown = || Err(format!("`{}` is not a literal", shortened(&node.text())));
    let (Some(function), Some(arguments)) = (node.field("function"), node.field("arguments")) else {
        return unknown();
    };
    let kind = match &*function.text() {
        "set" => CollectionKind::Set,
        "frozenset" => CollectionKind::FrozenSet,
        "list" => CollectionKind::List,
        "tuple" => CollectionKind::Tuple,
        _ => return unknown(),
    };
    let arguments: Vec<_> = arguments.parts().collect();
    let [argument] = arguments.as_slice() else {
        let shape = Shape::Collection { display: None, written_as: kind, items: Vec::new() };
        let empty = Literal { value: PyValue::Collection(kind, Vec::new()), span: node.range(), shape };
        return if arguments.is_empty() { Ok(empty) } else { unknown() };
    };
    match evaluate_inside(argument, levels)? {
        Literal { value: PyValue::Collection(_, values), shape: shape @ Shape::Collection { .. }, .. } => {
            Ok(Literal { value: PyValue::Collection(kind, values), span: node.range(), shape })
        }
        _ => unknown(),
    }
}

fn collection(node: &Node<'_>, kind: CollectionKind, levels: usize) -> Result<Literal, String> {
    let items = positional_arguments(node);
    let items = items.iter().map(|item| evaluate_inside(item, levels)).collect::<Result<Vec<_>, _>>()?;
    Ok(Literal {
        value: PyValue::Collection(kind, items.iter().map(|item| item.value.clone()).collect()),
        span: node.range(),
        shape: Shape::Collection { display: Some(node.range()), written_as: kind, items },
    })
}

fn string(node: &Node<'_>, parts: &[Node<'_>]) -> Result<Literal, String> {
    let mut value = String::new();
    let mut is_bytes = false;
    let mut string_parts = Vec::new();
    for part in parts {
        let (part, bytes) = string_part(part)?;
        is_bytes |= bytes;
        value.push_str(&part.value);
        string_parts.push(part);
    }
    Ok(Literal {
        value: if is_bytes { PyValue::Bytes(value.into_bytes()) } else { PyValue::Str(value) },
        span: node.range(),
        shape: if is_bytes { Shape::Constant } else { Shape::String(string_parts) },
    })
}

pub(super) fn string_part(node: &Node<'_>) -> Result<(StringPart, bool), String> {
    let unknown = |why: &str| Err(format!("`{}` {why}", shortened(&node.text())));
    let start = node.children().find(|child| child.kind() == kind::STRING_START);
    let end = node.children().find(|child| child.kind() == kind::STRING_END);
    let (Some(start), Some(end)) = (start, end) else {
        return unknown("is no complete string");
    };
    let prefix = start.text().trim_end_matches(['"', '\'']).to_ascii_lowercase();
    if prefix.contains('`') {
        return unknown("is Python 2's repr()");
    }
    if prefix.contains('t') {
        return unknown("is a template string");
    }
    if node.children().any(|child| child.kind() == kind::INTERPOLATION) {
        return unknown("is an f-string with fields");
    }
    let content = start.range().end..end.range().start;
    let raw = node.get_doc().text()[content.clone()].replace("\r\n", "\n");
    let braces = if prefix.contains('f') { raw.replace("{{", "{").replace("}}", "}") } else { raw };
    let value = if prefix.contains('r') { Some(braces) } else { unescape(&braces, prefix.contains('b')) };
    match value {
        Some(value) => Ok((StringPart { span: node.range(), content, value }, prefix.contains('b'))),
        None => unknown("has an escape that is not decoded"),
    }
}

/// What a letter behind a backslash stands for, where it stands for something by itself.
fn unescape_letter(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\n' => "",
        '\\' => "\\",
        '\'' => "'",
        '"' => "\"",
        'a' => "\u{7}",
        'b' => "\u{8}",
        'f' => "\u{c}",
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'v' => "\u{b}",
        _ => return None,
    })
}

/// Carries out Python's escape sequences; None for names of characters (`\N{…}`) and lone surrogates.
fn unescape(text: &str, is_bytes: bool) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let escape = rest.chars().next()?;
        let taken = if let Some(simple) = unescape_letter(escape) {
            out.push_str(simple);
            escape.len_utf8()
        } else {
            let (digits_at, digits, radix) = match escape {
                '0'..='7' => (0, rest.bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count(), 8),
                'x' => (1, 2, 16),
                'u' if !is_bytes => (1, 4, 16),
                'U' if !is_bytes => (1, 8, 16),
                'N' if !is_bytes => return None,
                _ => {
                    out.push('\\');
                    continue;
                }
            };
            let digits = rest.get(digits_at..digits_at + digits)?;
            out.push(char::from_u32(u32::from_str_radix(digits, radix).ok()?)?);
            digits_at + digits.len()
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
    Some(out)
}
