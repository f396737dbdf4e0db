//! An expression that computes a value goes in: a call, a sum, a formatted string, a display; the values that it can have come out, or
//! why they can't be known.

use super::Resolver;
use super::effort::Effort;
use super::literal::{shortened, string_part};
use super::names::Resolution;
use super::operation::{computed, fill_in};
use super::place::Place;
use super::reason::Reason;
use super::value::Value;
use crate::python::{CollectionKind, PyValue};
use crate::sqlalchemy::cascade;
use crate::syntax::{Node, Parts, dotted_name, kind, positional_arguments, string_content};

/// A call of a method.
struct MethodCall<'n, 't> {
    function: &'n Node<'t>,
    method: &'n str,
    object: &'n Node<'t>,
    arguments: &'n Node<'t>,
}

impl Resolver<'_> {
    /// A call of Python's own functions and methods, or of SQLAlchemy's.
    pub(super) fn known_call(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<Result<Value, Reason>> {
        let (function, arguments) = (node.field("function")?, node.field("arguments")?);
        let given = positional_arguments(&arguments);
        if let (Some(method), Some(object)) = (function.field("attribute"), function.field("object")) {
            let called =
                MethodCall { function: &function, method: &method.text(), object: &object, arguments: &arguments };
            return self.method_call(place, node, &called, &given, effort);
        }
        let [argument] = given.as_slice() else { return None };
        let converted = |convert: fn(Vec<PyValue>) -> PyValue| {
            let value = self.value(place, argument, effort);
            let elements = |value: PyValue| Some(convert(value.into_elements()?));
            let converted =
                value.and_then(|value| value.map(elements).ok_or_else(|| Reason::from("it is no collection")));
            // a literal has to stand for the whole call
            Some(converted.map(|value| value.at(&node.range())))
        };
        match &*function.text() {
            "list" => converted(|items| PyValue::Collection(CollectionKind::List, items)),
            "tuple" => converted(|items| PyValue::Collection(CollectionKind::Tuple, items)),
            "set" => converted(|items| PyValue::Collection(CollectionKind::Set, items)),
            "frozenset" => converted(|items| PyValue::Collection(CollectionKind::FrozenSet, items)),
            "sorted" => converted(|items| PyValue::Collection(CollectionKind::List, items)),
            "str" => Some(self.value(place, argument, effort).and_then(|value| {
                let unchanged = |value: PyValue| value.as_str().is_some().then_some(value);
                value.map(unchanged).ok_or_else(|| Reason::from("it is no string"))
            })),
            _ if self.is_cascade_options(place, &function, effort) => {
                Some(self.cascade_options(place, argument, effort))
            }
            _ => None,
        }
    }

    /// `object.method(…)`
    fn method_call(
        &self,
        place: &Place,
        node: &Node<'_>,
        called: &MethodCall<'_, '_>,
        given: &[Node<'_>],
        effort: &Effort,
    ) -> Option<Result<Value, Reason>> {
        let value = |node: &Node<'_>| self.value(place, node, effort);
        match (called.method, given) {
            ("join", [items]) => Some(self.joined(place, node, called.object, items, effort)),
            ("format", _) => Some(self.format_call(place, node, called.object, called.arguments, effort)),
            ("strip" | "lower" | "upper", []) => {
                let change = |text: &str| match called.method {
                    "strip" => text.trim().to_owned(),
                    "lower" => text.to_lowercase(),
                    _ => text.to_uppercase(),
                };
                let compute = |parts: &[PyValue]| Some(PyValue::Str(change(parts[0].as_str()?)));
                let failed = || Reason::about(&shortened(&called.object.text()), "is no string");
                Some(value(called.object).and_then(|value| computed(place, node, &[value], compute, failed)))
            }
            ("from_string", [value]) if self.is_cascade_options(place, called.object, effort) => {
                Some(self.cascade_options(place, value, effort))
            }
            _ if self.is_cascade_options(place, called.function, effort) && given.len() == 1 => {
                Some(self.cascade_options(place, &given[0], effort))
            }
            _ => None,
        }
    }

    pub(super) fn is_cascade_options(&self, place: &Place, function: &Node<'_>, effort: &Effort) -> bool {
        let resolutions = dotted_name(function).map(|names| self.follow(place, &names, effort)).unwrap_or_default();
        resolutions.iter().any(|resolution| match resolution {
            Resolution::Outside(path) => self.constructors.is_cascade_options(&path.join(".")),
            _ => false,
        })
    }

    /// `CascadeOptions(value)`: the set itself is read as a collection of the same options.
    pub(super) fn cascade_options(&self, place: &Place, value: &Node<'_>, effort: &Effort) -> Result<Value, Reason> {
        let names = |value: PyValue| match value {
            PyValue::None => Some(PyValue::Collection(CollectionKind::FrozenSet, Vec::new())),
            PyValue::Str(text) => {
                let names = cascade::split(&text).into_iter().map(|range| PyValue::Str(text[range].to_owned()));
                Some(PyValue::Collection(CollectionKind::FrozenSet, names.collect()))
            }
            collection @ PyValue::Collection(..) => Some(collection),
            _ => None,
        };
        self.value(place, value, effort)?.map(names).ok_or_else(|| Reason::from("it makes no set of cascade options"))
    }

    /// `", ".join(items)`, written where the items are.
    pub(super) fn joined(
        &self,
        place: &Place,
        node: &Node<'_>,
        separator: &Node<'_>,
        items: &Node<'_>,
        effort: &Effort,
    ) -> Result<Value, Reason> {
        let separator = self.value(place, separator, effort)?;
        let items = self.value(place, items, effort)?;
        let join = |separator: &str, items: PyValue| {
            let items = items.into_elements()?;
            let texts = items.iter().map(PyValue::as_str).collect::<Option<Vec<_>>>()?;
            Some(PyValue::Str(texts.join(separator)))
        };
        let no_strings = || Reason::from("it joins something that is no string");
        match separator.alternatives.as_slice() {
            [one] if one.steps.is_empty() && one.value.as_str().is_some_and(|text| text.trim() == ",") => {
                let separator = one.value.as_str().unwrap_or_default();
                let mut joined = items.map(|items| join(separator, items)).ok_or_else(no_strings)?;
                for alternative in &mut joined.alternatives {
                    alternative.here = node.range();
                }
                Ok(joined)
            }
            _ => {
                let compute = |parts: &[PyValue]| join(parts[0].as_str()?, parts[1].clone());
                computed(place, node, &[separator, items], compute, no_strings)
            }
        }
    }

    /// `"…{}…".format(…)`
    pub(super) fn format_call(
        &self,
        place: &Place,
        node: &Node<'_>,
        template: &Node<'_>,
        arguments: &Node<'_>,
        effort: &Effort,
    ) -> Result<Value, Reason> {
        let mut parts = vec![self.value(place, template, effort)?];
        let mut names: Vec<String> = Vec::new();
        for argument in arguments.parts() {
            let (name, value) = match &*argument.kind() {
                kind::KEYWORD_ARGUMENT => (argument.field("name"), argument.field("value")),
                kind::DICTIONARY_SPLAT | kind::LIST_SPLAT => {
                    return Err(Reason::about(&shortened(&argument.text()), "fills in what can't be known"));
                }
                _ => (None, Some(argument.clone())),
            };
            names.push(name.map(|name| name.text().into_owned()).unwrap_or_default());
            parts.extend(value.map(|value| self.value(place, &value, effort)).transpose()?);
        }
        let fill = |parts: &[PyValue]| fill_in(parts[0].as_str()?, &names, &parts[1..]).map(PyValue::Str);
        computed(place, node, &parts, fill, || Reason::from("its format is not carried out here"))
    }

    /// The parts of a string: text, or what a field gives.
    fn pieces(
        &self,
        place: &Place,
        string: &Node<'_>,
        effort: &Effort,
    ) -> Result<Vec<(String, Option<Value>)>, Reason> {
        if !string.children().any(|child| child.kind() == kind::INTERPOLATION) {
            let (part, is_bytes) = string_part(string)?;
            return Ok(vec![((!is_bytes).then_some(part.value).ok_or("it is no string")?, None)]);
        }
        let mut pieces = Vec::new();
        for child in string.children() {
            match &*child.kind() {
                kind::INTERPOLATION => {
                    let mut others = child.parts().skip(1);
                    let shows_name = child.children().any(|part| part.text() == "=");
                    let is_plain = !shows_name && others.all(|part| part.text() == "!s");
                    let expression = child.field("expression").filter(|_| is_plain).ok_or_else(|| {
                        format!("`{}` is formatted in a way that is not carried out here", child.text())
                    })?;
                    pieces.push((String::new(), Some(self.value(place, &expression, effort)?)));
                }
                kind::STRING_CONTENT if child.text().contains('\\') => {
                    return Err(Reason::about(&shortened(&string.text()), "has an escape in an f-string"));
                }
                kind::STRING_CONTENT => pieces.push((child.text().replace("{{", "{").replace("}}", "}"), None)),
                _ => {}
            }
        }
        Ok(pieces)
    }

    /// An f-string whose fields are constants.
    pub(super) fn formatted_string(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Value, Reason> {
        let strings: Vec<Node<'_>> = match &*node.kind() {
            kind::STRING => vec![node.clone()],
            _ => node.parts().filter(|child| child.kind() == kind::STRING).collect(),
        };
        let (mut pieces, mut values) = (Vec::new(), Vec::new());
        for string in strings {
            for (piece, value) in self.pieces(place, &string, effort)? {
                pieces.push(piece);
                values.push(value);
            }
        }
        let parts: Vec<Value> = values.iter().flatten().cloned().collect();
        let assemble = |parts: &[PyValue]| {
            let mut given = parts.iter();
            let mut text = String::new();
            for (piece, value) in pieces.iter().zip(&values) {
                text.push_str(piece);
                if value.is_some() {
                    text.push_str(given.next()?.as_str()?);
                }
            }
            Some(PyValue::Str(text))
        };
        computed(place, node, &parts, assemble, || Reason::from("it formats something that is no string"))
    }

    /// A display with names in it.
    pub(super) fn display(
        &self,
        place: &Place,
        node: &Node<'_>,
        kind: CollectionKind,
        effort: &Effort,
    ) -> Result<Value, Reason> {
        let mut parts = Vec::new();
        let mut is_splat = Vec::new();
        for item in positional_arguments(node) {
            let splatted = (item.kind() == kind::LIST_SPLAT).then(|| item.parts().next()).flatten();
            is_splat.push(splatted.is_some());
            parts.push(self.value(place, &splatted.unwrap_or(item), effort)?);
        }
        let collect = |parts: &[PyValue]| {
            let mut items = Vec::new();
            for (part, is_splat) in parts.iter().zip(&is_splat) {
                if *is_splat {
                    items.extend(part.clone().into_elements()?);
                } else {
                    items.push(part.clone());
                }
            }
            Some(PyValue::Collection(kind, items))
        };
        computed(place, node, &parts, collect, || Reason::from("it is put together from what is no collection"))
    }

    /// The values of a dictionary display whose keys are strings, as a tuple of (key, value): what `%` fills in.
    pub(super) fn dictionary_of_values(
        &self,
        place: &Place,
        node: &Node<'_>,
        effort: &Effort,
    ) -> Result<Value, Reason> {
        let unknown = || Reason::about(&shortened(&node.text()), "fills in what can't be known");
        let (mut keys, mut parts) = (Vec::new(), Vec::new());
        for pair in node.parts() {
            keys.push(pair.field("key").and_then(|key| string_content(&key)).ok_or_else(unknown)?);
            parts.push(self.value(place, &pair.field("value").ok_or_else(unknown)?, effort)?);
        }
        let collect = |parts: &[PyValue]| {
            let pairs = keys.iter().zip(parts).map(|(key, value)| {
                PyValue::Collection(CollectionKind::Tuple, vec![PyValue::Str(key.clone()), value.clone()])
            });
            Some(PyValue::Collection(CollectionKind::FrozenSet, pairs.collect()))
        };
        computed(place, node, &parts, collect, unknown)
    }
}
