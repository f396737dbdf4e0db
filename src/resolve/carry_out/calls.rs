//! A call goes in; what it gives comes out, where the function is a builtin, a method of strings, or of the repository.

use super::Carried;
use super::items::MOST_ELEMENTS;
use crate::module::BindingKind;
use crate::python::{CollectionKind, PyValue};
use crate::resolve::Resolver;
use crate::resolve::effort::Effort;
use crate::resolve::literal::shortened;
use crate::resolve::locals::{Known, KnownClass, Locals};
use crate::resolve::names::{Found, Resolution};
use crate::resolve::place::Place;
use crate::resolve::reason::Reason;
use crate::resolve::strings;
use crate::syntax::{Node, Parts, dotted_name, kind, positional_arguments, unparenthesized};

/// A function, with the class that it is called on where it is a method of one.
pub(in crate::resolve) struct Callable {
    pub found: Found,
    pub class: Option<KnownClass>,
}

impl Resolver<'_> {
    /// A call of a built-in function, of a method, of `re`, or of a function of the repository.
    pub(super) fn called(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Carried<PyValue> {
        let (function, arguments) = (node.field("function")?, node.field("arguments")?);
        let given = match &*arguments.kind() {
            kind::GENERATOR_EXPRESSION => vec![arguments.clone()],
            _ => positional_arguments(&arguments),
        };
        let has_others = given.iter().any(|argument| argument.kind() == kind::LIST_SPLAT)
            || given.len() != arguments.parts().count();
        let has_others = has_others && arguments.kind() != kind::GENERATOR_EXPRESSION;
        if let Some(found) = self.of_pattern(place, &function, &arguments, effort) {
            return Some(found);
        }
        let is_builtin = function.kind() == kind::IDENTIFIER && place.bindings(&function.text(), effort).is_empty();
        if is_builtin
            && !has_others
            && let Some(value) = self.builtin(place, &function.text(), &given, effort)
        {
            return Some(value);
        }
        if let Some(callable) = self.callable(place, &function, effort) {
            return effort.deeper(|| self.call_function(place, &callable, &arguments, effort)).map(|known| {
                known?.into_value().ok_or_else(|| Reason::about(&shortened(&node.text()), "gives no value"))
            });
        }
        if let Some(decided) = self.inherits_table(place, &function, &given, effort) {
            return Some(decided);
        }
        let (object, method) = (function.field("object")?, function.field("attribute")?.text().into_owned());
        if let Some(Known::Match(groups)) = dotted_name(&object).and_then(|names| place.known(&names[0])) {
            return Some(self.group_of_call(place, groups, &method, &given, effort));
        }
        if has_others || matches!(&*method, "format" | "get" | "pop") {
            return None;
        }
        self.string_method(place, &object, &method, &given, effort)
    }

    /// A method of a string.
    pub(super) fn string_method<'t>(
        &self,
        place: &Place,
        object: &Node<'t>,
        method: &str,
        given: &[Node<'t>],
        effort: &Effort,
    ) -> Carried<PyValue> {
        // `str.lower(name)`
        let (object, given) = if object.text() == "str" { given.split_first()? } else { (object, given) };
        let object = match self.one(place, object, effort) {
            Ok(PyValue::Str(object)) => object,
            Ok(_) => return None,
            Err(why) => return Some(Err(why)),
        };
        if method == "join" {
            let [items] = given else { return None };
            let joined = self.one(place, items, effort);
            return Some(joined.and_then(|items| {
                strings::join(&object, items).ok_or_else(|| Reason::from("it joins something that is no string"))
            }));
        }
        let given: Result<Vec<PyValue>, Reason> = given.iter().map(|given| self.one(place, given, effort)).collect();
        Some(given.and_then(|given| {
            strings::method(&object, method, &given).ok_or_else(|| Reason::about(method, "is not carried out here"))
        }))
    }

    /// `has_inherited_table(cls)`, which only the tables of the class's bases decide.
    pub(super) fn inherits_table(
        &self,
        place: &Place,
        function: &Node<'_>,
        given: &[Node<'_>],
        effort: &Effort,
    ) -> Carried<PyValue> {
        let names =
            dotted_name(function).filter(|names| names.last().is_some_and(|name| name == "has_inherited_table"))?;
        let [class] = given else { return None };
        let is_sqlalchemy =
            |resolution: &Resolution| matches!(resolution, Resolution::Outside(path) if path[0] == "sqlalchemy");
        self.follow(place, &names, effort).iter().all(is_sqlalchemy).then_some(())?;
        let class = self.class_of_expression(place, class, effort)?;
        let unknown = || Reason::from(format!("it can't be told whether `{}` inherits a table", class.found.name()));
        Some(class.inherits_table.map(PyValue::Bool).ok_or_else(unknown))
    }

    pub(super) fn builtin(&self, place: &Place, name: &str, given: &[Node<'_>], effort: &Effort) -> Carried<PyValue> {
        let elements = |node: &Node<'_>| self.elements(place, node, effort);
        Some(match (name, given) {
            ("len", [of]) => self.one(place, of, effort).and_then(|value| {
                let items = value.into_elements().ok_or_else(|| Reason::about(&of.text(), "has no length"))?;
                Ok(PyValue::Int(length(items.len())))
            }),
            ("str", [of]) => self.one(place, of, effort).and_then(|value| match value {
                PyValue::Str(_) => Ok(value),
                PyValue::Int(number) => Ok(PyValue::Str(number.to_string())),
                _ => Err(Reason::about(&of.text(), "is no string")),
            }),
            ("list", [of]) => elements(of).map(list),
            ("tuple", [of]) => elements(of).map(tuple),
            ("bool", [of]) => self.truth(place, of, effort).map(PyValue::Bool),
            ("list", []) => Ok(list(Vec::new())),
            ("str", []) => Ok(PyValue::Str(String::new())),
            _ => return self.builtin_of_elements(place, name, given, effort),
        })
    }

    /// The result of a builtin function that goes through the elements of an argument, such as `enumerate`.
    fn builtin_of_elements(&self, place: &Place, name: &str, given: &[Node<'_>], effort: &Effort) -> Carried<PyValue> {
        let elements = |node: &Node<'_>| self.elements(place, node, effort);
        Some(match (name, given) {
            ("reversed", [of]) => elements(of).map(|items| list(items.into_iter().rev().collect())),
            ("enumerate", [of]) => elements(of).map(|items| {
                let numbered = items.into_iter().enumerate();
                list(numbered.map(|(index, item)| tuple(vec![PyValue::Int(length(index)), item])).collect())
            }),
            ("zip", [first, second]) => elements(first).and_then(|first| {
                let both = first.into_iter().zip(elements(second)?);
                Ok(list(both.map(|(one, other)| tuple(vec![one, other])).collect()))
            }),
            ("range", [_] | [_, _]) => self.range(place, given, effort),
            ("any" | "all", [of]) => elements(of).map(|items| {
                let is_any = name == "any";
                PyValue::Bool(items.iter().any(|item| item.is_truthy() == is_any) == is_any)
            }),
            ("map", [function, of]) => elements(of).and_then(|items| {
                let applied = items.into_iter().map(|item| self.applied(place, function, Known::Value(item), effort));
                applied.collect::<Result<Vec<_>, Reason>>().map(list)
            }),
            ("filter", [function, of]) => elements(of).and_then(|items| {
                let mut kept = Vec::new();
                for item in items {
                    let is_kept = match &*function.kind() {
                        kind::NONE => item.is_truthy(),
                        _ => self.applied(place, function, Known::Value(item.clone()), effort)?.is_truthy(),
                    };
                    if is_kept {
                        kept.push(item);
                    }
                }
                Ok(list(kept))
            }),
            _ => return None,
        })
    }

    pub(super) fn range(&self, place: &Place, given: &[Node<'_>], effort: &Effort) -> Result<PyValue, Reason> {
        let mut bounds = Vec::new();
        for bound in given {
            match self.one(place, bound, effort)? {
                PyValue::Int(number) => bounds.push(number),
                _ => return Err(Reason::about(&bound.text(), "is no number")),
            }
        }
        let numbers = if let [stop] = bounds.as_slice() { 0..*stop } else { bounds[0]..bounds[1] };
        if numbers.clone().count() > MOST_ELEMENTS {
            return Err("it takes too many steps".into());
        }
        Ok(PyValue::Collection(CollectionKind::List, numbers.map(PyValue::Int).collect()))
    }

    /// What a function, a lambda or a method of `str` makes of one thing.
    pub(super) fn applied(
        &self,
        place: &Place,
        function: &Node<'_>,
        given: Known,
        effort: &Effort,
    ) -> Result<PyValue, Reason> {
        let unknown = || Reason::about(&shortened(&function.text()), "is not carried out here");
        let function = unparenthesized(function);
        let names = dotted_name(&function);
        if let (Some([of, method]), Known::Value(PyValue::Str(text))) = (names.as_deref(), &given)
            && of == "str"
        {
            return strings::method(text, method, &[]).ok_or_else(unknown);
        }
        let applied = if function.kind() == kind::LAMBDA {
            let inner = self.lambda_place(place, &function, given).ok_or_else(unknown)?;
            let body = function.field("body").ok_or_else(unknown)?;
            return effort.deeper(|| self.one(&inner, &body, effort)).unwrap_or_else(|| Err(unknown()));
        } else {
            let callable = self.callable(place, &function, effort).ok_or_else(unknown)?;
            effort
                .deeper(|| self.run_with(&callable, vec![given], Vec::new(), effort))
                .unwrap_or_else(|| Err(unknown()))
        };
        applied?.into_value().ok_or_else(unknown)
    }

    /// The place of a lambda's body, with its one parameter.
    pub(in crate::resolve) fn lambda_place(&self, place: &Place, lambda: &Node<'_>, given: Known) -> Option<Place> {
        let parameters = lambda.field("parameters")?;
        let mut names = parameters.parts();
        let name = names.next().filter(|name| name.kind() == kind::IDENTIFIER)?;
        names.next().is_none().then(|| place.with(Locals::of(&name.text(), given)))
    }

    /// The function of the repository that an expression names.
    pub(in crate::resolve) fn callable(&self, place: &Place, function: &Node<'_>, effort: &Effort) -> Option<Callable> {
        let is_method = function.field("object").and_then(|object| self.class_of_expression(place, &object, effort));
        let is_local = dotted_name(function).is_some_and(|names| place.known(&names[0]).is_some());
        if is_method.is_none() && is_local {
            return None;
        }
        let (mut resolutions, class) = match is_method {
            Some(class) => {
                let name = function.field("attribute")?.text().into_owned();
                (self.class_member(&class.found, &[name], effort), Some(class))
            }
            None => (self.follow(place, &dotted_name(function)?, effort), None),
        };
        let Some(Resolution::Bound(found)) = resolutions.pop().filter(|_| resolutions.is_empty()) else { return None };
        if !found.rest.is_empty() {
            return None;
        }
        match &found.binding().kind {
            BindingKind::Function(..) => Some(Callable { found, class }),
            BindingKind::Alias(path) if class.is_none() => {
                let path = path.clone();
                let mut resolutions = self.follow(&found.before(), &path, effort);
                match resolutions.pop().filter(|_| resolutions.is_empty()) {
                    Some(Resolution::Bound(found))
                        if found.rest.is_empty() && matches!(found.binding().kind, BindingKind::Function(..)) =>
                    {
                        Some(Callable { found, class: None })
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

fn list(items: Vec<PyValue>) -> PyValue {
    PyValue::Collection(CollectionKind::List, items)
}

fn tuple(items: Vec<PyValue>) -> PyValue {
    PyValue::Collection(CollectionKind::Tuple, items)
}

fn length(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
