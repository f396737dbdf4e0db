//! A call of `re` goes in; what it gives comes out.

use super::Carried;
use crate::python::{CollectionKind, PyValue};
use crate::resolve::Resolver;
use crate::resolve::arguments::{Arguments, Expression};
use crate::resolve::effort::Effort;
use crate::resolve::literal::shortened;
use crate::resolve::locals::Known;
use crate::resolve::names::Resolution;
use crate::resolve::pattern::{Pattern, filled_in};
use crate::resolve::place::Place;
use crate::resolve::reason::Reason;
use crate::syntax::{Node, dotted_name, kind, positional_arguments, unparenthesized};

impl Resolver<'_> {
    /// `re.sub(…)`, `re.compile(…).sub(…)`, and the same by the name of a compiled pattern.
    pub(super) fn of_pattern<'t>(
        &self,
        place: &Place,
        function: &Node<'t>,
        arguments: &Node<'t>,
        effort: &Effort,
    ) -> Carried<PyValue> {
        let (pattern, method, rest) = self.pattern_call(place, function, arguments, effort)?;
        let given = Arguments::of_list(&place.module, arguments);
        let unknown = || Reason::about(&shortened(&function.text()), "is not carried out here");
        Some(pattern.and_then(|pattern| {
            let found = match (&*method, rest.as_slice()) {
                ("sub", [replacement, text, others @ ..]) => {
                    let text = self.texts(place, text, effort)?;
                    let by_position = others.first().map(|count| Expression::of(&place.module, count));
                    let count = by_position.or_else(|| given.written("count", None).cloned());
                    let count = match count.as_ref().and_then(Expression::node) {
                        None => 0,
                        Some(count) => self.number(place, &count, effort)?.ok_or_else(unknown)?,
                    };
                    return self
                        .substituted(place, &pattern, replacement, (&text, count), effort)
                        .unwrap_or_else(|| Err(unknown()));
                }
                ("findall", [text]) => pattern.found(&self.texts(place, text, effort)?).map(found_by_all),
                ("split", [text]) => pattern.split(&self.texts(place, text, effort)?).map(|parts| {
                    PyValue::Collection(CollectionKind::List, parts.into_iter().map(PyValue::Str).collect())
                }),
                ("match" | "search", [text]) => {
                    let first = pattern.first(&self.texts(place, text, effort)?, &method);
                    // a match is as true as any other object; its groups are asked for by name alone
                    first.map(|first| if first.is_some() { PyValue::Opaque("Match") } else { PyValue::None })
                }
                _ => None,
            };
            found.ok_or_else(unknown)
        }))
    }

    /// A number that counts something; None for any other value.
    fn number(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Option<usize>, Reason> {
        let value = self.one(place, node, effort)?;
        Ok(if let PyValue::Int(number) = value { usize::try_from(number).ok() } else { None })
    }

    pub(super) fn substituted(
        &self,
        place: &Place,
        pattern: &Pattern,
        replacement: &Node<'_>,
        (text, count): (&str, usize),
        effort: &Effort,
    ) -> Carried<PyValue> {
        let replacement = unparenthesized(replacement);
        let names = dotted_name(&replacement);
        let is_function = replacement.kind() == kind::LAMBDA
            || names.is_some() && self.callable(place, &replacement, effort).is_some();
        let template = if is_function { Ok(String::new()) } else { self.texts(place, &replacement, effort) };
        let template = match template {
            Ok(template) => template,
            Err(why) => return Some(Err(why)),
        };
        let replaced = pattern.replaced(text, count, |groups| {
            if is_function {
                return match self.applied(place, &replacement, Known::Match(groups.clone()), effort)? {
                    PyValue::Str(text) => Ok(text),
                    _ => Err(Reason::about(&shortened(&replacement.text()), "gives no string")),
                };
            }
            filled_in(&template, groups).ok_or_else(|| Reason::about(&template, "is not carried out here"))
        })?;
        Some(replaced.map(PyValue::Str))
    }

    /// The pattern of a call of `re`, the function's name, and the other arguments.
    pub(super) fn pattern_call<'t>(
        &self,
        place: &Place,
        function: &Node<'t>,
        arguments: &Node<'t>,
        effort: &Effort,
    ) -> Option<(Result<Pattern, Reason>, String, Vec<Node<'t>>)> {
        const FUNCTIONS: [&str; 5] = ["sub", "findall", "split", "match", "search"];
        let given = positional_arguments(arguments);
        let names = dotted_name(function);
        let method = names
            .as_ref()
            .and_then(|names| names.last().cloned())
            .or_else(|| Some(function.field("attribute")?.text().into_owned()))?;
        if let Some(of_module) = names.and_then(|names| self.function_of_re(place, &names, effort)) {
            if !FUNCTIONS.contains(&of_module.as_str()) {
                return None;
            }
            let (pattern, rest) = given.split_first()?;
            let given = Arguments::of_list(&place.module, arguments);
            let flags = given.written("flags", None).and_then(Expression::node);
            return Some((self.pattern(place, pattern, flags.as_ref(), effort), of_module, rest.to_vec()));
        }
        let object = function.field("object").filter(|_| FUNCTIONS.contains(&method.as_str()))?;
        let (place, compiled) = self.compiled(place, &object, effort)?;
        let compiled = place.module.node(&compiled)?;
        let of_pattern = Arguments::of_call(&place.module, &compiled);
        let written = of_pattern.written("pattern", Some(0)).and_then(Expression::node)?;
        let flags = of_pattern.written("flags", Some(1)).and_then(Expression::node);
        Some((self.pattern(&place, &written, flags.as_ref(), effort), method, given))
    }

    pub(super) fn function_of_re(&self, place: &Place, names: &[String], effort: &Effort) -> Option<String> {
        let resolutions = self.follow(place, names, effort);
        match resolutions.as_slice() {
            [Resolution::Outside(path)] if path.len() == 2 && path[0] == "re" => Some(path[1].clone()),
            _ => None,
        }
    }

    pub(super) fn pattern(
        &self,
        place: &Place,
        pattern: &Node<'_>,
        flags: Option<&Node<'_>>,
        effort: &Effort,
    ) -> Result<Pattern, Reason> {
        let text = self.texts(place, pattern, effort)?;
        let ignores_case = match flags.map(|flags| flags.text().into_owned()).as_deref() {
            None | Some("0" | "re.A" | "re.ASCII" | "re.U" | "re.UNICODE") => false,
            Some("re.I" | "re.IGNORECASE") => true,
            Some(other) => return Err(Reason::about(other, "is not carried out here")),
        };
        Pattern::of(&text, ignores_case)
            .ok_or_else(|| Reason::from(format!("the pattern `{}` is not carried out here", shortened(&text))))
    }

    /// The call of `re.compile` that an expression is or names, and its place.
    pub(super) fn compiled(
        &self,
        place: &Place,
        object: &Node<'_>,
        effort: &Effort,
    ) -> Option<(Place, std::ops::Range<usize>)> {
        let is_compile = |place: &Place, call: &Node<'_>| {
            let names = call.field("function").and_then(|function| dotted_name(&function));
            names.and_then(|names| self.function_of_re(place, &names, effort)).is_some_and(|name| name == "compile")
        };
        let object = unparenthesized(object);
        if object.kind() == kind::CALL {
            return is_compile(place, &object).then(|| (place.clone(), object.range()));
        }
        let mut resolutions =
            match self.class_of_expression(place, &object.field("object").unwrap_or_else(|| object.clone()), effort) {
                Some(class) => {
                    self.class_member(&class.found, &[object.field("attribute")?.text().into_owned()], effort)
                }
                None => self.follow(place, &dotted_name(&object)?, effort),
            };
        let Some(Resolution::Bound(found)) = resolutions.pop().filter(|_| resolutions.is_empty()) else { return None };
        let (call, before) = (found.value().filter(|_| found.rest.is_empty())?, found.before());
        (call.kind() == kind::CALL && is_compile(&before, &call)).then(|| (before, call.range()))
    }

    /// A function that gives a match has no value; what is asked of it at once has one.
    pub(super) fn matched(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Carried<Known> {
        if node.kind() != kind::CALL {
            return None;
        }
        let (function, arguments) = (node.field("function")?, node.field("arguments")?);
        let (pattern, method, rest) = self.pattern_call(place, &function, &arguments, effort)?;
        let [text] = rest.as_slice() else { return None };
        if !matches!(&*method, "match" | "search") {
            return None;
        }
        Some(pattern.and_then(|pattern| {
            let first = pattern.first(&self.texts(place, text, effort)?, &method);
            let first = first.ok_or_else(|| Reason::about(&shortened(&node.text()), "is not carried out here"))?;
            Ok(first.map_or(Known::Value(PyValue::None), Known::Match))
        }))
    }

    pub(super) fn group_of_call(
        &self,
        place: &Place,
        groups: &[Option<String>],
        method: &str,
        given: &[Node<'_>],
        effort: &Effort,
    ) -> Result<PyValue, Reason> {
        let unknown = || Reason::about(method, "of a match is not carried out here");
        match (method, given) {
            ("group", []) => group(groups, &PyValue::Int(0)),
            ("group", [index]) => group(groups, &self.one(place, index, effort)?),
            ("groups", []) => {
                let of = |group: &Option<String>| group.clone().map_or(PyValue::None, PyValue::Str);
                Some(PyValue::Collection(CollectionKind::Tuple, groups.iter().skip(1).map(of).collect()))
            }
            _ => None,
        }
        .ok_or_else(unknown)
    }
}

pub(super) fn group(groups: &[Option<String>], index: &PyValue) -> Option<PyValue> {
    let PyValue::Int(index) = index else { return None };
    let group = groups.get(usize::try_from(*index).ok()?)?;
    Some(group.clone().map_or(PyValue::None, PyValue::Str))
}

/// What `re.findall` gives: the matches, their one group, or tuples of their groups.
pub(super) fn found_by_all(found: Vec<Vec<Option<String>>>) -> PyValue {
    let text = |group: Option<String>| PyValue::Str(group.unwrap_or_default());
    let of_match = |mut groups: Vec<Option<String>>| match groups.len() {
        1 => text(groups.remove(0)),
        2 => text(groups.remove(1)),
        _ => PyValue::Collection(CollectionKind::Tuple, groups.into_iter().skip(1).map(text).collect()),
    };
    PyValue::Collection(CollectionKind::List, found.into_iter().map(of_match).collect())
}
