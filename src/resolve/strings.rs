//! A method or an operator of Python's strings, lists and numbers goes in with its arguments; what it gives comes out, exactly as Python
//! gives it, or None.
//!
//! What depends on Unicode's tables, such as upper case, is carried out for ASCII alone.

use crate::python::{CollectionKind, PyValue};

/// What `str.strip()` and `str.split()` take for white space, in ASCII.
fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{1c}'..=' ')
}

fn text(text: impl Into<String>) -> PyValue {
    PyValue::Str(text.into())
}

fn list(items: impl IntoIterator<Item = String>) -> PyValue {
    PyValue::Collection(CollectionKind::List, items.into_iter().map(PyValue::Str).collect())
}

fn tuple(items: impl IntoIterator<Item = String>) -> PyValue {
    PyValue::Collection(CollectionKind::Tuple, items.into_iter().map(PyValue::Str).collect())
}

/// `object.method(arguments)` of a string.
pub(super) fn method(object: &str, method: &str, arguments: &[PyValue]) -> Option<PyValue> {
    of_letters(object, method, arguments)
        .or_else(|| of_parts(object, method, arguments))
        .or_else(|| of_ends(object, method, arguments))
}

/// Methods that look at what kind of characters there are.
fn of_letters(object: &str, method: &str, arguments: &[PyValue]) -> Option<PyValue> {
    if !object.is_ascii() || !arguments.is_empty() {
        return None;
    }
    let is_each = |is: fn(&char) -> bool| Some(PyValue::Bool(!object.is_empty() && object.chars().all(|c| is(&c))));
    let is_cased = |is: fn(&char) -> bool, is_other: fn(&char) -> bool| {
        Some(PyValue::Bool(object.chars().any(|c| is(&c)) && !object.chars().any(|c| is_other(&c))))
    };
    match method {
        "lower" | "casefold" => Some(text(object.to_ascii_lowercase())),
        "upper" => Some(text(object.to_ascii_uppercase())),
        "capitalize" => {
            let (first, rest) = object.split_at(object.len().min(1));
            Some(text(first.to_ascii_uppercase() + &rest.to_ascii_lowercase()))
        }
        "title" => Some(text(title(object))),
        "swapcase" => {
            let swapped =
                |c: char| if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
            Some(text(object.chars().map(swapped).collect::<String>()))
        }
        "isupper" => is_cased(char::is_ascii_uppercase, char::is_ascii_lowercase),
        "islower" => is_cased(char::is_ascii_lowercase, char::is_ascii_uppercase),
        "isalpha" => is_each(char::is_ascii_alphabetic),
        "isdigit" | "isdecimal" | "isnumeric" => is_each(char::is_ascii_digit),
        "isalnum" => is_each(char::is_ascii_alphanumeric),
        "isspace" => is_each(|c| is_space(*c)),
        _ => None,
    }
}

/// A letter behind another is small, one behind anything else is a capital.
fn title(object: &str) -> String {
    let mut is_inside = false;
    let changed = object.chars().map(|c| {
        let changed = if is_inside { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
        is_inside = c.is_ascii_alphabetic();
        changed
    });
    changed.collect()
}

/// A separator of parts, which may not be empty.
fn separated(separator: &PyValue) -> Option<&str> {
    separator.as_str().filter(|separator| !separator.is_empty())
}

/// At most so many parts of a string, counted from its end or its beginning.
fn split_into(object: &str, separator: &str, parts: usize, is_from_end: bool) -> Vec<String> {
    if !is_from_end {
        return object.splitn(parts, separator).map(str::to_owned).collect();
    }
    let mut parts: Vec<String> = object.rsplitn(parts, separator).map(str::to_owned).collect();
    parts.reverse();
    parts
}

/// Methods that take strings apart.
fn of_parts(object: &str, method: &str, arguments: &[PyValue]) -> Option<PyValue> {
    match (method, arguments) {
        ("split" | "rsplit", []) if object.is_ascii() => {
            let parts = object.split(is_space).filter(|part| !part.is_empty());
            Some(list(parts.map(str::to_owned)))
        }
        ("split" | "rsplit", [separator]) => Some(list(object.split(separated(separator)?).map(str::to_owned))),
        ("split" | "rsplit", [separator, PyValue::Int(most)]) => {
            let parts = usize::try_from(*most).ok()?.checked_add(1)?;
            Some(list(split_into(object, separated(separator)?, parts, method == "rsplit")))
        }
        ("partition", [separator]) => {
            let separator = separated(separator)?;
            Some(tuple(match object.split_once(separator) {
                Some((before, behind)) => [before, separator, behind].map(str::to_owned),
                None => [object, "", ""].map(str::to_owned),
            }))
        }
        ("rpartition", [separator]) => {
            let separator = separated(separator)?;
            Some(tuple(match object.rsplit_once(separator) {
                Some((before, behind)) => [before, separator, behind].map(str::to_owned),
                None => ["", "", object].map(str::to_owned),
            }))
        }
        ("replace", [old, new]) => Some(text(object.replace(old.as_str()?, new.as_str()?))),
        ("replace", [old, new, PyValue::Int(count)]) => {
            let count = usize::try_from(*count).ok()?;
            Some(text(object.replacen(old.as_str()?, new.as_str()?, count)))
        }
        ("count", [part]) => {
            let part = separated(part)?;
            Some(PyValue::Int(i64::try_from(object.matches(part).count()).ok()?))
        }
        ("find", [part]) => position(object, object.find(part.as_str()?)),
        ("rfind", [part]) => position(object, object.rfind(part.as_str()?)),
        _ => None,
    }
}

/// The index of a character, by the offset of its byte.
fn position(object: &str, offset: Option<usize>) -> Option<PyValue> {
    let index = offset.map(|offset| i64::try_from(object[..offset].chars().count()));
    Some(PyValue::Int(index.transpose().ok()?.unwrap_or(-1)))
}

/// Methods that look at the beginning and the end.
fn of_ends(object: &str, method: &str, arguments: &[PyValue]) -> Option<PyValue> {
    let any = |given: &PyValue, is: &dyn Fn(&str) -> bool| match given {
        PyValue::Str(one) => Some(PyValue::Bool(is(one))),
        PyValue::Collection(CollectionKind::Tuple, items) => {
            let items: Option<Vec<&str>> = items.iter().map(PyValue::as_str).collect();
            Some(PyValue::Bool(items?.into_iter().any(is)))
        }
        _ => None,
    };
    let stripped = |is: &dyn Fn(char) -> bool| match method {
        "strip" => object.trim_matches(is),
        "lstrip" => object.trim_start_matches(is),
        _ => object.trim_end_matches(is),
    };
    match (method, arguments) {
        ("strip" | "lstrip" | "rstrip", [] | [PyValue::None]) if object.is_ascii() => Some(text(stripped(&is_space))),
        ("strip" | "lstrip" | "rstrip", [given]) => {
            let given = given.as_str()?;
            Some(text(stripped(&|c| given.contains(c))))
        }
        ("startswith", [given]) => any(given, &|part| object.starts_with(part)),
        ("endswith", [given]) => any(given, &|part| object.ends_with(part)),
        ("removeprefix", [given]) => Some(text(object.strip_prefix(given.as_str()?).unwrap_or(object))),
        ("removesuffix", [given]) => Some(text(object.strip_suffix(given.as_str()?).unwrap_or(object))),
        _ => None,
    }
}

/// `separator.join(items)`
pub(super) fn join(separator: &str, items: PyValue) -> Option<PyValue> {
    let items = items.into_elements()?;
    let texts: Option<Vec<&str>> = items.iter().map(PyValue::as_str).collect();
    Some(text(texts?.join(separator)))
}

/// A comparison of two values, where they are of kinds that compare as they do here.
pub(super) fn compared(operator: &str, left: &PyValue, right: &PyValue) -> Option<bool> {
    let is_plain =
        |value: &PyValue| matches!(value, PyValue::None | PyValue::Bool(_) | PyValue::Int(_) | PyValue::Str(_));
    let is_same_kind = std::mem::discriminant(left) == std::mem::discriminant(right);
    let ordered = || match (left, right) {
        (PyValue::Int(left), PyValue::Int(right)) => Some(left.cmp(right)),
        // by code point, as UTF-8 is ordered
        (PyValue::Str(left), PyValue::Str(right)) => Some(left.cmp(right)),
        _ => None,
    };
    let is_equal = || {
        let is_none = *left == PyValue::None || *right == PyValue::None;
        (is_plain(left) && is_plain(right) && (is_same_kind || is_none)).then(|| left == right)
    };
    match operator {
        "==" => is_equal(),
        "!=" => is_equal().map(|is_equal| !is_equal),
        "is" if *left == PyValue::None || *right == PyValue::None => is_equal(),
        "is not" if *left == PyValue::None || *right == PyValue::None => is_equal().map(|is_equal| !is_equal),
        "<" => ordered().map(std::cmp::Ordering::is_lt),
        "<=" => ordered().map(std::cmp::Ordering::is_le),
        ">" => ordered().map(std::cmp::Ordering::is_gt),
        ">=" => ordered().map(std::cmp::Ordering::is_ge),
        "in" => contains(right, left),
        "not in" => contains(right, left).map(|has| !has),
        _ => None,
    }
}

fn contains(container: &PyValue, item: &PyValue) -> Option<bool> {
    match (container, item) {
        (PyValue::Str(container), PyValue::Str(item)) => Some(container.contains(item.as_str())),
        (PyValue::Collection(_, items), item) => {
            let found: Option<Vec<bool>> = items.iter().map(|other| compared("==", other, item)).collect();
            Some(found?.into_iter().any(|is_equal| is_equal))
        }
        _ => None,
    }
}

/// An arithmetic operator between numbers, or a repetition.
pub(super) fn arithmetic(operator: &str, left: &PyValue, right: &PyValue) -> Option<PyValue> {
    /// How long a text that is repeated may grow.
    const MOST: usize = 1000;
    match (operator, left, right) {
        ("+", PyValue::Int(left), PyValue::Int(right)) => left.checked_add(*right).map(PyValue::Int),
        ("-", PyValue::Int(left), PyValue::Int(right)) => left.checked_sub(*right).map(PyValue::Int),
        ("*", PyValue::Int(left), PyValue::Int(right)) => left.checked_mul(*right).map(PyValue::Int),
        ("*", PyValue::Str(unit), PyValue::Int(count)) | ("*", PyValue::Int(count), PyValue::Str(unit)) => {
            let count = usize::try_from((*count).max(0)).ok()?;
            (unit.len().checked_mul(count)? <= MOST).then(|| text(unit.repeat(count)))
        }
        _ => None,
    }
}

/// `object[index]`
pub(super) fn item(object: &PyValue, index: i64) -> Option<PyValue> {
    let items = sequence(object)?;
    let length = i64::try_from(items.len()).ok()?;
    let index = if index < 0 { index.checked_add(length)? } else { index };
    items.get(usize::try_from(index).ok()?).cloned()
}

/// `object[start:stop:step]`
pub(super) fn slice(object: &PyValue, [start, stop, step]: [Option<i64>; 3]) -> Option<PyValue> {
    let items = sequence(object)?;
    let length = i64::try_from(items.len()).ok()?;
    let step = step.unwrap_or(1);
    let (least, most) = if step < 0 { (-1, length - 1) } else { (0, length) };
    let bound = |given: Option<i64>, otherwise: i64| match given {
        Some(index) if index < 0 => index.saturating_add(length).max(least),
        Some(index) => index.min(most),
        None => otherwise,
    };
    let (mut at, end) = match step {
        0 => return None,
        1.. => (bound(start, 0), bound(stop, length)),
        _ => (bound(start, length - 1), bound(stop, -1)),
    };
    let mut taken = Vec::new();
    while (step > 0 && at < end) || (step < 0 && at > end) {
        taken.push(items.get(usize::try_from(at).ok()?)?.clone());
        at = at.checked_add(step)?;
    }
    match object {
        PyValue::Collection(kind, _) => Some(PyValue::Collection(*kind, taken)),
        _ => join("", PyValue::Collection(CollectionKind::List, taken)),
    }
}

fn sequence(object: &PyValue) -> Option<Vec<PyValue>> {
    let is_sequence =
        matches!(object, PyValue::Str(_) | PyValue::Collection(CollectionKind::List | CollectionKind::Tuple, _));
    is_sequence.then(|| object.clone().into_elements())?
}
