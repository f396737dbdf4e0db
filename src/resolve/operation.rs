//! Values and an operator, or a template, go in; what Python makes of them comes out.

use super::expression::MOST_ALTERNATIVES;
use super::literal::{Literal, Shape};
use super::place::Place;
use super::reason::Reason;
use super::value::{Step, Value, WrittenLiteral};
use crate::python::{CollectionKind, PyValue};
use crate::syntax::{Node, kind};

/// Each way to take one value of each part.
fn combinations(parts: &[Value]) -> Result<Vec<Vec<PyValue>>, Reason> {
    let mut combinations: Vec<Vec<PyValue>> = vec![Vec::new()];
    for part in parts {
        if let Some(argument) = part.arguments.first() {
            return Err(argument.why_unknown());
        }
        let longer = combinations.iter().flat_map(|before| {
            part.alternatives
                .iter()
                .map(|alternative| [before.as_slice(), std::slice::from_ref(&alternative.value)].concat())
        });
        combinations = longer.take(MOST_ALTERNATIVES + 1).collect();
        if combinations.len() > MOST_ALTERNATIVES {
            return Err("it can have too many values".into());
        }
    }
    Ok(combinations)
}

/// The values of an expression that is computed from others; the whole of it is what a literal can stand for. `otherwise` tells why
/// the computation fails.
pub(super) fn computed(
    place: &Place,
    node: &Node<'_>,
    parts: &[Value],
    compute: impl Fn(&[PyValue]) -> Option<PyValue>,
    otherwise: impl Fn() -> Reason,
) -> Result<Value, Reason> {
    let quote = node.dfs().find(|node| node.kind() == kind::STRING_START);
    let quote = quote.and_then(|start| start.text().chars().find(|c| matches!(c, '"' | '\'')));
    let steps = |part: &Value| {
        part.alternatives.iter().flat_map(|one| one.steps.iter().chain(&one.dependencies)).cloned().collect::<Vec<_>>()
    };
    let dependencies: Vec<Step> = parts.iter().flat_map(steps).collect();
    let mut all = Value::default();
    for parts in combinations(parts)? {
        let value = compute(&parts).ok_or_else(&otherwise)?;
        let kind = if let PyValue::Collection(kind, _) = &value { Some(*kind) } else { None };
        let literal = Literal { value: value.clone(), span: node.range(), shape: Shape::Computed(quote, kind) };
        let at = place.module.location(&node.range());
        all = all.or(Value::of(value, node.range(), WrittenLiteral { literal, at }));
    }
    for alternative in &mut all.alternatives {
        alternative.dependencies.clone_from(&dependencies);
    }
    Ok(all)
}

pub(super) fn operation(operator: &str, left: &PyValue, right: &PyValue) -> Option<PyValue> {
    match (operator, left, right) {
        ("+", PyValue::Str(left), PyValue::Str(right)) => Some(PyValue::Str(format!("{left}{right}"))),
        ("+", PyValue::Collection(kind, left), PyValue::Collection(other, right))
            if kind == other && matches!(kind, CollectionKind::List | CollectionKind::Tuple) =>
        {
            Some(PyValue::Collection(*kind, [left.as_slice(), right].concat()))
        }
        ("|", PyValue::Collection(kind, left), PyValue::Collection(other, right))
            if [kind, other].iter().all(|kind| matches!(kind, CollectionKind::Set | CollectionKind::FrozenSet)) =>
        {
            Some(PyValue::Collection(*kind, [left.as_slice(), right].concat()))
        }
        ("%", PyValue::Str(template), values) => percent(template, values).map(PyValue::Str),
        _ => None,
    }
}

/// `template % values` where every field is `%s` or `%(name)s`.
pub(super) fn percent(template: &str, values: &PyValue) -> Option<String> {
    let by_position = match values {
        PyValue::Collection(CollectionKind::Tuple, items) => items.clone(),
        PyValue::Collection(CollectionKind::FrozenSet, _) => Vec::new(),
        one => vec![one.clone()],
    };
    let by_name = |name: &str| match values {
        PyValue::Collection(CollectionKind::FrozenSet, pairs) => pairs.iter().find_map(|pair| match pair {
            PyValue::Collection(_, pair) if pair.first()?.as_str() == Some(name) => pair.get(1)?.as_str(),
            _ => None,
        }),
        _ => None,
    };
    let mut positions = by_position.iter();
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            out.push('%');
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix('s') {
            out.push_str(positions.next()?.as_str()?);
            rest = behind;
        } else {
            let (name, behind) = rest.strip_prefix('(')?.split_once(")s")?;
            out.push_str(by_name(name)?);
            rest = behind;
        }
    }
    out.push_str(rest);
    positions.next().is_none().then_some(out)
}

/// `template.format(…)` where every field is `{}`, `{0}` or `{name}`; a positional value has the empty name.
pub(super) fn fill_in(template: &str, names: &[String], values: &[PyValue]) -> Option<String> {
    let by_position: Vec<_> = names.iter().zip(values).filter(|(name, _)| name.is_empty()).collect();
    let mut next = 0;
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(behind) = rest.strip_prefix("{{") {
            out.push('{');
            rest = behind;
            continue;
        }
        if let Some(behind) = rest.strip_prefix("}}") {
            out.push('}');
            rest = behind;
            continue;
        }
        let (field, behind) = rest.strip_prefix('{')?.split_once('}')?;
        let value = if field.is_empty() {
            next += 1;
            by_position.get(next - 1)?.1
        } else if let Ok(index) = field.parse::<usize>() {
            by_position.get(index)?.1
        } else {
            names.iter().zip(values).find(|(name, _)| *name == field)?.1
        };
        out.push_str(value.as_str()?);
        rest = behind;
    }
    out.push_str(rest);
    Some(out)
}
