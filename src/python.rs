//! Python values as a `cascade` argument can hold them, and how Python prints them.
//!
//! Only what SQLAlchemy's own error messages need is modelled: the value, its type's name, its `repr()`.

use std::sync::LazyLock;

use foldhash::HashSet;
use unicode_general_category::{GeneralCategory, get_general_category};

/// A Python value.
#[derive(Debug, Clone, PartialEq)]
pub enum PyValue {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// An integer, as it is written in decimal.
    Int(i64),
    /// A `str`.
    Str(String),
    /// A `bytes`.
    Bytes(Vec<u8>),
    /// A `list`, `tuple`, `set` or `frozenset` with its elements in order of writing.
    Collection(CollectionKind, Vec<PyValue>),
    /// A value of another type that can't be iterated, by its type's name (`float`, `object`, …).
    Opaque(&'static str),
}

/// The built-in collections that can be written as a literal or by calling the type on one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectionKind {
    /// `[…]`
    List,
    /// `(…,)`
    Tuple,
    /// `{…}`
    Set,
    /// `frozenset(…)`
    FrozenSet,
}

impl PyValue {
    /// The name of the value's type, as in Python's own error messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            PyValue::None => "NoneType",
            PyValue::Bool(_) => "bool",
            PyValue::Int(_) => "int",
            PyValue::Str(_) => "str",
            PyValue::Bytes(_) => "bytes",
            PyValue::Collection(CollectionKind::List, _) => "list",
            PyValue::Collection(CollectionKind::Tuple, _) => "tuple",
            PyValue::Collection(CollectionKind::Set, _) => "set",
            PyValue::Collection(CollectionKind::FrozenSet, _) => "frozenset",
            PyValue::Opaque(name) => name,
        }
    }

    /// The text of a `str`.
    pub fn as_str(&self) -> Option<&str> {
        if let PyValue::Str(text) = self { Some(text) } else { None }
    }

    /// What `bool()` gives for the value.
    pub fn is_truthy(&self) -> bool {
        match self {
            PyValue::None | PyValue::Bool(false) | PyValue::Int(0) => false,
            PyValue::Str(text) => !text.is_empty(),
            PyValue::Bytes(bytes) => !bytes.is_empty(),
            PyValue::Collection(_, items) => !items.is_empty(),
            PyValue::Bool(true) | PyValue::Int(_) | PyValue::Opaque(_) => true,
        }
    }

    /// What iterating over the value gives; None where it can't be iterated.
    pub fn into_elements(self) -> Option<Vec<PyValue>> {
        match self {
            PyValue::Collection(_, items) => Some(items),
            PyValue::Str(text) => Some(text.chars().map(|c| PyValue::Str(c.to_string())).collect()),
            PyValue::Bytes(bytes) => Some(bytes.iter().map(|byte| PyValue::Int(i64::from(*byte))).collect()),
            PyValue::None | PyValue::Bool(_) | PyValue::Int(_) | PyValue::Opaque(_) => None,
        }
    }

    /// What `repr()` gives for the value.
    pub fn repr(&self) -> String {
        match self {
            PyValue::None => "None".to_owned(),
            PyValue::Bool(true) => "True".to_owned(),
            PyValue::Bool(false) => "False".to_owned(),
            PyValue::Int(number) => number.to_string(),
            PyValue::Str(text) => repr_str(text),
            PyValue::Bytes(bytes) => format!("b{}", repr_str(&String::from_utf8_lossy(bytes))),
            PyValue::Collection(kind, items) => repr_collection(*kind, items),
            PyValue::Opaque(name) => format!("<{name} object>"),
        }
    }
}

fn repr_collection(kind: CollectionKind, items: &[PyValue]) -> String {
    let inside = items.iter().map(PyValue::repr).collect::<Vec<_>>().join(", ");
    match kind {
        CollectionKind::List => format!("[{inside}]"),
        CollectionKind::Tuple if items.len() == 1 => format!("({inside},)"),
        CollectionKind::Tuple => format!("({inside})"),
        CollectionKind::Set if items.is_empty() => "set()".to_owned(),
        CollectionKind::Set => format!("{{{inside}}}"),
        CollectionKind::FrozenSet if items.is_empty() => "frozenset()".to_owned(),
        CollectionKind::FrozenSet => format!("frozenset({{{inside}}})"),
    }
}

/// `repr()` of a `str`: single quotes unless only single quotes occur inside, and an escape for what
/// `str.isprintable()` calls not printable (the Unicode categories "Other" and "Separator", the space excepted).
fn repr_str(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if is_printable(c) => out.push(c),
            c => out.push_str(&match c as u32 {
                code @ 0..=0xff => format!("\\x{code:02x}"),
                code @ 0x100..=0xffff => format!("\\u{code:04x}"),
                code => format!("\\U{code:08x}"),
            }),
        }
    }
    out.push(quote);
    out
}

fn is_printable(c: char) -> bool {
    use GeneralCategory::*;
    c == ' '
        || !matches!(
            get_general_category(c),
            Control
                | Format
                | Surrogate
                | PrivateUse
                | Unassigned
                | LineSeparator
                | ParagraphSeparator
                | SpaceSeparator
        )
}

/// What Python's `\s` matches in a `str` pattern. Rust's `char::is_whitespace` lacks U+001C to U+001F.
pub fn is_re_whitespace(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Whether a top-level module is Python's own: `sys.stdlib_module_names` of CPython 3.11 and the modules that came since.
pub fn is_standard_library(module: &str) -> bool {
    const SINCE: [&str; 3] = ["annotationlib", "compression", "string"];
    static NAMES: LazyLock<HashSet<&str>> =
        LazyLock::new(|| include_str!("../rules/standard_library.txt").lines().chain(SINCE).collect());
    NAMES.contains(module)
}
