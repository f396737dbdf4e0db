//! An expression goes in, and what the names in it stand for while a function is carried out; its one value comes out, as Python would
//! give it, or why that can't be known.
//!
//! It is a part of the evaluation of values, for where one text is asked for, such as a table's name: here conditions are decided, and
//! functions of the repository are carried out.

use super::Resolver;
use super::compute::computed;
use super::literal::shortened;
use super::locals::{Known, KnownClass, Locals};
use super::names::{Effort, End, Found, Place};
use super::pattern::{Pattern, filled_in};
use super::strings;
use super::value::Value;
use crate::module::Target;
use crate::python::{CollectionKind, PyValue};
use crate::syntax::{Node, conditional_parts, dotted_name, keyword_value, positional_arguments, unparenthesized};

/// What carrying out gives: None where the expression is of another kind.
type Carried<T> = Option<Result<T, String>>;

/// How many elements a list may have.
const MOST_ELEMENTS: usize = 500;

/// A function, with the class that it is called on where it is a method of one.
pub(super) struct Callable {
    pub found: Found,
    pub class: Option<KnownClass>,
}

impl Resolver<'_> {
    /// The one value of an expression.
    ///
    /// # Errors
    /// Why it can't be known.
    pub(super) fn one(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<PyValue, String> {
        let value = self.value(place, node, effort)?;
        match value.alternatives.as_slice() {
            [one] if value.arguments.is_empty() => Ok(one.value.clone()),
            _ => Err(format!("`{}` can have several values", shortened(&node.text()))),
        }
    }

    fn texts(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<String, String> {
        match self.one(place, node, effort)? {
            PyValue::Str(text) => Ok(text),
            _ => Err(format!("`{}` is no string", shortened(&node.text()))),
        }
    }

    /// What an expression stands for: a value, a class or a match.
    pub(super) fn stands_for(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Known, String> {
        let node = unparenthesized(node);
        if let Some(class) = self.class_of_expression(place, &node, effort) {
            return Ok(Known::Class(Box::new(class)));
        }
        if let Some(known) =
            dotted_name(&node).filter(|names| names.len() == 1).and_then(|names| place.known(&names[0]).cloned())
        {
            return Ok(known);
        }
        if let Some(matched) = self.matched(place, &node, effort) {
            return matched;
        }
        self.one(place, &node, effort).map(Known::Value)
    }

    /// `cls`, `type(self)`, `self.__class__`, or the name of a class of the repository.
    fn class_of_expression(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<KnownClass> {
        if node.kind() == "call" {
            let of = positional_arguments(&node.field("arguments")?);
            let is_type = node.field("function")?.text() == "type" && of.len() == 1;
            return is_type.then(|| self.class_of_expression(place, &of[0], effort))?;
        }
        let names = dotted_name(node)?;
        match (place.known(&names[0]), &names[1..]) {
            (Some(Known::Class(class)), []) => Some((**class).clone()),
            (Some(Known::Class(class)), [of]) if of == "__class__" => Some((**class).clone()),
            (Some(_), _) => None,
            (None, _) if names[0] == "__class__" => {
                let found = self.class_around(place, node, effort)?;
                Some(KnownClass { found, inherits_table: None })
            }
            (None, _) => self.class_named(place, &names, effort, MOST_ALIASES),
        }
    }

    fn class_named(&self, place: &Place, names: &[String], effort: &Effort, aliases: usize) -> Option<KnownClass> {
        let mut ends = self.follow(place, names, effort);
        let Some(End::Bound(found)) = ends.pop().filter(|_| ends.is_empty()) else { return None };
        match &found.binding().target {
            Target::Class(_) if found.rest.is_empty() => Some(KnownClass { found, inherits_table: None }),
            Target::Alias(path) if found.rest.is_empty() => {
                let path = path.clone();
                self.class_named(&found.before(), &path, effort, aliases.checked_sub(1)?)
            }
            _ => None,
        }
    }

    /// The value of an expression that literals and names alone don't give.
    pub(super) fn carried_out(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Carried<Value> {
        let value = self.carried_out_value(place, node, effort)?;
        Some(value.and_then(|value| {
            computed(place, node, &[], |_| Some(value.clone()), || "it can't be carried out".to_owned())
        }))
    }

    fn carried_out_value(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Carried<PyValue> {
        if !effort.step() {
            return Some(Err("it takes too many steps".to_owned()));
        }
        match &*node.kind() {
            "identifier" => match place.known(&node.text()) {
                Some(Known::Value(value)) => Some(Ok(value.clone())),
                Some(_) => Some(Err(format!("`{}` is no value", node.text()))),
                None => place.is_unset(&node.text()).then(|| Err(format!("`{}` has no value yet", node.text()))),
            },
            "attribute" => self.attribute(place, node, effort),
            "conditional_expression" => {
                let [body, condition, otherwise] = conditional_parts(node)?;
                Some(
                    self.truth(place, &condition, effort)
                        .and_then(|is_true| self.one(place, if is_true { &body } else { &otherwise }, effort)),
                )
            }
            "boolean_operator" => {
                let (left, right) = (node.field("left")?, node.field("right")?);
                let is_or = node.field("operator")?.text() == "or";
                Some(self.one(place, &left, effort).and_then(|value| {
                    if value.is_truthy() == is_or { Ok(value) } else { self.one(place, &right, effort) }
                }))
            }
            "not_operator" => {
                let operand = node.field("argument")?;
                Some(self.truth(place, &operand, effort).map(|is_true| PyValue::Bool(!is_true)))
            }
            "unary_operator" => {
                let operand = node.field("argument")?;
                let is_minus = node.field("operator")?.text() == "-";
                is_minus.then(|| match self.one(place, &operand, effort)? {
                    PyValue::Int(number) => Ok(PyValue::Int(-number)),
                    _ => Err(format!("`{}` is no number", node.text())),
                })
            }
            "expression_list" => {
                let items = positional_arguments(node).into_iter().map(|item| self.one(place, &item, effort));
                let items: Result<Vec<PyValue>, String> = items.collect();
                Some(items.map(|items| PyValue::Collection(CollectionKind::Tuple, items)))
            }
            "comparison_operator" => Some(self.comparison(place, node, effort).map(PyValue::Bool)),
            "binary_operator" => self.arithmetic(place, node, effort),
            "subscript" => self.indexed(place, node, effort),
            "list_comprehension" | "generator_expression" => Some(
                self.comprehension(place, node, effort).map(|items| PyValue::Collection(CollectionKind::List, items)),
            ),
            "call" => self.called(place, node, effort),
            _ => None,
        }
    }

    pub(super) fn truth(&self, place: &Place, condition: &Node<'_>, effort: &Effort) -> Result<bool, String> {
        let is_checking =
            dotted_name(condition).is_some_and(|names| names.last().is_some_and(|name| name == "TYPE_CHECKING"));
        if is_checking {
            return Ok(false);
        }
        match self.stands_for(place, condition, effort)? {
            Known::Value(PyValue::Opaque(_)) => Err(format!("`{}` can't be decided", shortened(&condition.text()))),
            Known::Value(value) => Ok(value.is_truthy()),
            Known::Class(_) | Known::Match(_) => Ok(true),
        }
    }

    /// `a == b`, `a < b <= c`, `c in name`
    fn comparison(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<bool, String> {
        let unknown = || format!("`{}` can't be decided", shortened(&node.text()));
        let mut operands = node.named_children().filter(|child| child.kind() != "comment");
        let mut left = self.one(place, &operands.next().ok_or_else(unknown)?, effort)?;
        let operators: Vec<String> = node
            .field_children("operators")
            .map(|operator| operator.text().split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        for (operator, right) in operators.iter().zip(operands) {
            let right = self.one(place, &right, effort)?;
            if !strings::compared(operator, &left, &right).ok_or_else(unknown)? {
                return Ok(false);
            }
            left = right;
        }
        Ok(true)
    }

    fn arithmetic(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Carried<PyValue> {
        let operator = node.field("operator")?.text().into_owned();
        if operator == "%" || operator == "|" {
            return None;
        }
        let (left, right) = (node.field("left")?, node.field("right")?);
        Some(self.one(place, &left, effort).and_then(|left| {
            let right = self.one(place, &right, effort)?;
            let sum = super::compute::operation(&operator, &left, &right);
            sum.or_else(|| strings::arithmetic(&operator, &left, &right))
                .ok_or_else(|| format!("`{}` is not carried out here", shortened(&node.text())))
        }))
    }

    /// `cls.__name__`, and an attribute of the class.
    fn attribute(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Carried<PyValue> {
        let class = self.class_of_expression(place, &node.field("object")?, effort)?;
        if self.is_enum(&class.found, effort) {
            return None;
        }
        let name = node.field("attribute")?.text().into_owned();
        effort.deeper(|| self.attribute_of_class(&class, &name, effort))
    }

    /// What a class has as an attribute, whichever of its bases has it.
    pub(super) fn attribute_of_class(
        &self,
        class: &KnownClass,
        name: &str,
        effort: &Effort,
    ) -> Result<PyValue, String> {
        let shown = format!("{}.{name}", class.found.name());
        if name == "__name__" {
            return Ok(PyValue::Str(class.found.name().to_owned()));
        }
        let mut ends = self.class_member(&class.found, &[name.to_owned()], effort);
        let Some(End::Bound(found)) = ends.pop().filter(|_| ends.is_empty()) else {
            return Err(format!("`{shown}` can't be told"));
        };
        match &found.binding().target {
            Target::Function(..) => {
                let node = found.value().ok_or_else(|| format!("`{shown}` can't be told"))?;
                if !is_attribute(&node) {
                    return Err(format!("`{shown}` is a function"));
                }
                self.run_for_class(&found, &node, class, effort)?
                    .into_value()
                    .ok_or_else(|| format!("`{shown}` is no value"))
            }
            _ => {
                let node = found.value().ok_or_else(|| format!("`{shown}` has no value"))?;
                self.one(&found.before(), &node, effort)
            }
        }
    }

    /// `object[index]`, `object[start:stop]`, and a group of a match.
    fn indexed(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Carried<PyValue> {
        let index = node.field("subscript")?;
        let object = node.field("value")?;
        let unknown = || format!("`{}` can't be told", shortened(&node.text()));
        if let Some(Known::Match(groups)) = dotted_name(&object).and_then(|names| place.known(&names[0])) {
            return Some(self.one(place, &index, effort).and_then(|index| group(groups, &index).ok_or_else(unknown)));
        }
        if index.kind() == "string" {
            return None;
        }
        let object = match self.one(place, &object, effort) {
            Ok(object @ (PyValue::Str(_) | PyValue::Collection(..))) => object,
            _ => return None,
        };
        if index.kind() != "slice" {
            return Some(match self.one(place, &index, effort) {
                Ok(PyValue::Int(index)) => strings::item(&object, index).ok_or_else(unknown),
                Ok(_) => Err(unknown()),
                Err(why) => Err(why),
            });
        }
        Some(self.bounds(place, &index, effort).and_then(|bounds| strings::slice(&object, bounds).ok_or_else(unknown)))
    }

    fn bounds(&self, place: &Place, slice: &Node<'_>, effort: &Effort) -> Result<[Option<i64>; 3], String> {
        let (mut bounds, mut index) = ([None; 3], 0);
        for child in slice.children().filter(|child| child.kind() != "comment") {
            if child.kind() == ":" {
                index += 1;
                continue;
            }
            let bound = bounds.get_mut(index).ok_or("a slice can't be read")?;
            *bound = match self.one(place, &child, effort)? {
                PyValue::Int(number) => Some(number),
                PyValue::None => None,
                _ => return Err(format!("`{}` is no number", child.text())),
            };
        }
        Ok(bounds)
    }

    /// The elements of a comprehension, clause by clause.
    fn comprehension(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Vec<PyValue>, String> {
        let body = node.field("body").ok_or("a comprehension can't be read")?;
        let clauses = node.named_children().filter(|child| matches!(&*child.kind(), "for_in_clause" | "if_clause"));
        let mut rounds = vec![place.with(Locals::default())];
        for clause in clauses {
            let mut next = Vec::new();
            for round in rounds {
                if clause.kind() == "if_clause" {
                    let condition = clause.named_children().find(|child| child.kind() != "comment");
                    if self.truth(&round, &condition.ok_or("a condition can't be read")?, effort)? {
                        next.push(round);
                    }
                    continue;
                }
                let (left, right) = (clause.field("left"), clause.field("right"));
                let (left, right) = left.zip(right).ok_or("a comprehension can't be read")?;
                for element in self.elements(&round, &right, effort)? {
                    let mut inner = round.clone();
                    bind(&mut inner, &left, element)?;
                    next.push(inner);
                }
                if next.len() > MOST_ELEMENTS {
                    return Err("it takes too many steps".to_owned());
                }
            }
            rounds = next;
        }
        rounds.iter().map(|round| self.one(round, &body, effort)).collect()
    }

    /// What iterating over an expression gives.
    pub(super) fn elements(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Vec<PyValue>, String> {
        let value = self.one(place, node, effort)?;
        let is_ordered = !matches!(value, PyValue::Collection(CollectionKind::Set | CollectionKind::FrozenSet, _));
        let elements = value.into_elements().filter(|items| is_ordered && items.len() <= MOST_ELEMENTS);
        elements.ok_or_else(|| format!("`{}` has no elements in order", shortened(&node.text())))
    }

    /// A call of a built-in function, of a method, of `re`, or of a function of the repository.
    fn called(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Carried<PyValue> {
        let (function, arguments) = (node.field("function")?, node.field("arguments")?);
        let given = match &*arguments.kind() {
            "generator_expression" => vec![arguments.clone()],
            _ => positional_arguments(&arguments),
        };
        let has_others = given.iter().any(|argument| argument.kind() == "list_splat")
            || given.len() != arguments.named_children().filter(|child| child.kind() != "comment").count();
        let has_others = has_others && arguments.kind() != "generator_expression";
        if let Some(found) = self.of_pattern(place, &function, &arguments, effort) {
            return Some(found);
        }
        let is_builtin = function.kind() == "identifier" && place.bindings(&function.text(), effort).is_empty();
        if is_builtin
            && !has_others
            && let Some(value) = self.builtin(place, &function.text(), &given, effort)
        {
            return Some(value);
        }
        if let Some(callable) = self.callable(place, &function, effort) {
            return effort.deeper(|| self.call_function(place, &callable, &arguments, effort)).map(|known| {
                known?.into_value().ok_or_else(|| format!("`{}` gives no value", shortened(&node.text())))
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
    fn string_method<'t>(
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
                strings::join(&object, items).ok_or_else(|| "it joins something that is no string".to_owned())
            }));
        }
        let given: Result<Vec<PyValue>, String> = given.iter().map(|given| self.one(place, given, effort)).collect();
        Some(given.and_then(|given| {
            strings::method(&object, method, &given).ok_or_else(|| format!("`{method}` is not carried out here"))
        }))
    }

    /// `has_inherited_table(cls)`, which only the tables of the class's bases decide.
    fn inherits_table(
        &self,
        place: &Place,
        function: &Node<'_>,
        given: &[Node<'_>],
        effort: &Effort,
    ) -> Carried<PyValue> {
        let names =
            dotted_name(function).filter(|names| names.last().is_some_and(|name| name == "has_inherited_table"))?;
        let [class] = given else { return None };
        let is_sqlalchemy = |end: &End| matches!(end, End::Outside(path) if path[0] == "sqlalchemy");
        self.follow(place, &names, effort).iter().all(is_sqlalchemy).then_some(())?;
        let class = self.class_of_expression(place, class, effort)?;
        let unknown = || format!("it can't be told whether `{}` inherits a table", class.found.name());
        Some(class.inherits_table.map(PyValue::Bool).ok_or_else(unknown))
    }

    fn builtin(&self, place: &Place, name: &str, given: &[Node<'_>], effort: &Effort) -> Carried<PyValue> {
        let list = |items: Vec<PyValue>| PyValue::Collection(CollectionKind::List, items);
        let pair = |items: Vec<PyValue>| PyValue::Collection(CollectionKind::Tuple, items);
        let elements = |node: &Node<'_>| self.elements(place, node, effort);
        let length = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Some(match (name, given) {
            ("len", [of]) => self.one(place, of, effort).and_then(|value| {
                let items = value.into_elements().ok_or_else(|| format!("`{}` has no length", of.text()))?;
                Ok(PyValue::Int(length(items.len())))
            }),
            ("str", [of]) => self.one(place, of, effort).and_then(|value| match value {
                PyValue::Str(_) => Ok(value),
                PyValue::Int(number) => Ok(PyValue::Str(number.to_string())),
                _ => Err(format!("`{}` is no string", of.text())),
            }),
            ("list", [of]) => elements(of).map(list),
            ("tuple", [of]) => elements(of).map(pair),
            ("bool", [of]) => self.truth(place, of, effort).map(PyValue::Bool),
            ("list", []) => Ok(list(Vec::new())),
            ("str", []) => Ok(PyValue::Str(String::new())),
            ("reversed", [of]) => elements(of).map(|items| list(items.into_iter().rev().collect())),
            ("enumerate", [of]) => elements(of).map(|items| {
                let numbered = items.into_iter().enumerate();
                list(numbered.map(|(index, item)| pair(vec![PyValue::Int(length(index)), item])).collect())
            }),
            ("zip", [first, second]) => elements(first).and_then(|first| {
                let both = first.into_iter().zip(elements(second)?);
                Ok(list(both.map(|(one, other)| pair(vec![one, other])).collect()))
            }),
            ("range", [_] | [_, _]) => self.range(place, given, effort),
            ("any" | "all", [of]) => elements(of).map(|items| {
                let is_any = name == "any";
                PyValue::Bool(items.iter().any(|item| item.is_truthy() == is_any) == is_any)
            }),
            ("map", [function, of]) => elements(of).and_then(|items| {
                let applied = items.into_iter().map(|item| self.applied(place, function, Known::Value(item), effort));
                applied.collect::<Result<Vec<_>, String>>().map(list)
            }),
            ("filter", [function, of]) => elements(of).and_then(|items| {
                let mut kept = Vec::new();
                for item in items {
                    let is_kept = match &*function.kind() {
                        "none" => item.is_truthy(),
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

    fn range(&self, place: &Place, given: &[Node<'_>], effort: &Effort) -> Result<PyValue, String> {
        let mut bounds = Vec::new();
        for bound in given {
            match self.one(place, bound, effort)? {
                PyValue::Int(number) => bounds.push(number),
                _ => return Err(format!("`{}` is no number", bound.text())),
            }
        }
        let numbers = if let [stop] = bounds.as_slice() { 0..*stop } else { bounds[0]..bounds[1] };
        if numbers.clone().count() > MOST_ELEMENTS {
            return Err("it takes too many steps".to_owned());
        }
        Ok(PyValue::Collection(CollectionKind::List, numbers.map(PyValue::Int).collect()))
    }

    /// What a function, a lambda or a method of `str` makes of one thing.
    fn applied(&self, place: &Place, function: &Node<'_>, given: Known, effort: &Effort) -> Result<PyValue, String> {
        let unknown = || format!("`{}` is not carried out here", shortened(&function.text()));
        let function = unparenthesized(function);
        let names = dotted_name(&function);
        if let (Some([of, method]), Known::Value(PyValue::Str(text))) = (names.as_deref(), &given)
            && of == "str"
        {
            return strings::method(text, method, &[]).ok_or_else(unknown);
        }
        let applied = if function.kind() == "lambda" {
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
    pub(super) fn lambda_place(&self, place: &Place, lambda: &Node<'_>, given: Known) -> Option<Place> {
        let parameters = lambda.field("parameters")?;
        let mut names = parameters.named_children().filter(|child| child.kind() != "comment");
        let name = names.next().filter(|name| name.kind() == "identifier")?;
        names.next().is_none().then(|| place.with(Locals::of(&name.text(), given)))
    }

    /// The function of the repository that an expression names.
    pub(super) fn callable(&self, place: &Place, function: &Node<'_>, effort: &Effort) -> Option<Callable> {
        let is_method = function.field("object").and_then(|object| self.class_of_expression(place, &object, effort));
        let is_local = dotted_name(function).is_some_and(|names| place.known(&names[0]).is_some());
        if is_method.is_none() && is_local {
            return None;
        }
        let (mut ends, class) = match is_method {
            Some(class) => {
                let name = function.field("attribute")?.text().into_owned();
                (self.class_member(&class.found, &[name], effort), Some(class))
            }
            None => (self.follow(place, &dotted_name(function)?, effort), None),
        };
        let Some(End::Bound(found)) = ends.pop().filter(|_| ends.is_empty()) else { return None };
        if !found.rest.is_empty() {
            return None;
        }
        match &found.binding().target {
            Target::Function(..) => Some(Callable { found, class }),
            Target::Alias(path) if class.is_none() => {
                let path = path.clone();
                let mut ends = self.follow(&found.before(), &path, effort);
                match ends.pop().filter(|_| ends.is_empty()) {
                    Some(End::Bound(found))
                        if found.rest.is_empty() && matches!(found.binding().target, Target::Function(..)) =>
                    {
                        Some(Callable { found, class: None })
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `re.sub(…)`, `re.compile(…).sub(…)`, and the same by the name of a compiled pattern.
    fn of_pattern<'t>(
        &self,
        place: &Place,
        function: &Node<'t>,
        arguments: &Node<'t>,
        effort: &Effort,
    ) -> Carried<PyValue> {
        let (pattern, method, rest) = self.pattern_call(place, function, arguments, effort)?;
        let unknown = || format!("`{}` is not carried out here", shortened(&function.text()));
        Some(pattern.and_then(|pattern| {
            let found = match (&*method, rest.as_slice()) {
                ("sub", [replacement, text, others @ ..]) => {
                    let text = self.texts(place, text, effort)?;
                    let count = others.first().cloned().or_else(|| keyword_value(arguments, "count"));
                    let count = match count.map(|count| self.one(place, &count, effort)).transpose()? {
                        None => 0,
                        Some(PyValue::Int(count)) => usize::try_from(count).map_err(|_| unknown())?,
                        Some(_) => return Err(unknown()),
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

    fn substituted(
        &self,
        place: &Place,
        pattern: &Pattern,
        replacement: &Node<'_>,
        (text, count): (&str, usize),
        effort: &Effort,
    ) -> Carried<PyValue> {
        let replacement = unparenthesized(replacement);
        let names = dotted_name(&replacement);
        let is_function =
            replacement.kind() == "lambda" || names.is_some() && self.callable(place, &replacement, effort).is_some();
        let template = if is_function { Ok(String::new()) } else { self.texts(place, &replacement, effort) };
        let template = match template {
            Ok(template) => template,
            Err(why) => return Some(Err(why)),
        };
        let replaced = pattern.replaced(text, count, |groups| {
            if is_function {
                return match self.applied(place, &replacement, Known::Match(groups.clone()), effort)? {
                    PyValue::Str(text) => Ok(text),
                    _ => Err(format!("`{}` gives no string", shortened(&replacement.text()))),
                };
            }
            filled_in(&template, groups).ok_or_else(|| format!("`{template}` is not carried out here"))
        })?;
        Some(replaced.map(PyValue::Str))
    }

    /// The pattern of a call of `re`, the function's name, and the other arguments.
    fn pattern_call<'t>(
        &self,
        place: &Place,
        function: &Node<'t>,
        arguments: &Node<'t>,
        effort: &Effort,
    ) -> Option<(Result<Pattern, String>, String, Vec<Node<'t>>)> {
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
            let flags = keyword_value(arguments, "flags");
            return Some((self.pattern(place, pattern, flags.as_ref(), effort), of_module, rest.to_vec()));
        }
        let object = function.field("object").filter(|_| FUNCTIONS.contains(&method.as_str()))?;
        let (place, compiled) = self.compiled(place, &object, effort)?;
        let compiled = place.module.node(&compiled)?;
        let of = compiled.field("arguments")?;
        let written = positional_arguments(&of);
        let flags = keyword_value(&of, "flags").or_else(|| written.get(1).cloned());
        Some((self.pattern(&place, written.first()?, flags.as_ref(), effort), method, given))
    }

    fn function_of_re(&self, place: &Place, names: &[String], effort: &Effort) -> Option<String> {
        let ends = self.follow(place, names, effort);
        match ends.as_slice() {
            [End::Outside(path)] if path.len() == 2 && path[0] == "re" => Some(path[1].clone()),
            _ => None,
        }
    }

    fn pattern(
        &self,
        place: &Place,
        pattern: &Node<'_>,
        flags: Option<&Node<'_>>,
        effort: &Effort,
    ) -> Result<Pattern, String> {
        let text = self.texts(place, pattern, effort)?;
        let ignores_case = match flags.map(|flags| flags.text().into_owned()).as_deref() {
            None | Some("0" | "re.A" | "re.ASCII" | "re.U" | "re.UNICODE") => false,
            Some("re.I" | "re.IGNORECASE") => true,
            Some(other) => return Err(format!("`{other}` is not carried out here")),
        };
        Pattern::of(&text, ignores_case)
            .ok_or_else(|| format!("the pattern `{}` is not carried out here", shortened(&text)))
    }

    /// The call of `re.compile` that an expression is or names, and its place.
    fn compiled(&self, place: &Place, object: &Node<'_>, effort: &Effort) -> Option<(Place, std::ops::Range<usize>)> {
        let is_compile = |place: &Place, call: &Node<'_>| {
            let names = call.field("function").and_then(|function| dotted_name(&function));
            names.and_then(|names| self.function_of_re(place, &names, effort)).is_some_and(|name| name == "compile")
        };
        let object = unparenthesized(object);
        if object.kind() == "call" {
            return is_compile(place, &object).then(|| (place.clone(), object.range()));
        }
        let mut ends =
            match self.class_of_expression(place, &object.field("object").unwrap_or_else(|| object.clone()), effort) {
                Some(class) => {
                    self.class_member(&class.found, &[object.field("attribute")?.text().into_owned()], effort)
                }
                None => self.follow(place, &dotted_name(&object)?, effort),
            };
        let Some(End::Bound(found)) = ends.pop().filter(|_| ends.is_empty()) else { return None };
        let (call, before) = (found.value().filter(|_| found.rest.is_empty())?, found.before());
        (call.kind() == "call" && is_compile(&before, &call)).then(|| (before, call.range()))
    }

    /// A function that gives a match has no value; what is asked of it at once has one.
    fn matched(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Carried<Known> {
        if node.kind() != "call" {
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
            let first = first.ok_or_else(|| format!("`{}` is not carried out here", shortened(&node.text())))?;
            Ok(first.map_or(Known::Value(PyValue::None), Known::Match))
        }))
    }

    fn group_of_call(
        &self,
        place: &Place,
        groups: &[Option<String>],
        method: &str,
        given: &[Node<'_>],
        effort: &Effort,
    ) -> Result<PyValue, String> {
        let unknown = || format!("`{method}` of a match is not carried out here");
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

/// How many aliases of a class are followed.
const MOST_ALIASES: usize = 8;

fn group(groups: &[Option<String>], index: &PyValue) -> Option<PyValue> {
    let PyValue::Int(index) = index else { return None };
    let group = groups.get(usize::try_from(*index).ok()?)?;
    Some(group.clone().map_or(PyValue::None, PyValue::Str))
}

/// What `re.findall` gives: the matches, their one group, or tuples of their groups.
fn found_by_all(found: Vec<Vec<Option<String>>>) -> PyValue {
    let text = |group: Option<String>| PyValue::Str(group.unwrap_or_default());
    let of_match = |mut groups: Vec<Option<String>>| match groups.len() {
        1 => text(groups.remove(0)),
        2 => text(groups.remove(1)),
        _ => PyValue::Collection(CollectionKind::Tuple, groups.into_iter().skip(1).map(text).collect()),
    };
    PyValue::Collection(CollectionKind::List, found.into_iter().map(of_match).collect())
}

/// Binds the names of a pattern to the parts of a value.
pub(super) fn bind(place: &mut Place, pattern: &Node<'_>, value: PyValue) -> Result<(), String> {
    let pattern = unparenthesized(pattern);
    match &*pattern.kind() {
        "identifier" => {
            place.set(&pattern.text(), Known::Value(value));
            Ok(())
        }
        "pattern_list" | "tuple_pattern" | "list_pattern" => {
            let names: Vec<Node<'_>> = pattern.named_children().filter(|child| child.kind() != "comment").collect();
            let values = value.into_elements().filter(|values| values.len() == names.len());
            let values = values.ok_or_else(|| format!("`{}` can't be unpacked here", pattern.text()))?;
            names.iter().zip(values).try_for_each(|(name, value)| bind(place, name, value))
        }
        _ => Err(format!("`{}` is assigned in a way that is not carried out here", shortened(&pattern.text()))),
    }
}

/// Whether a function is read as an attribute of the class.
pub(super) fn is_attribute(function: &Node<'_>) -> bool {
    const WORDS: [&str; 3] = ["declared_attr", "classproperty", "cached_classproperty"];
    let decorators = function.parent().filter(|around| around.kind() == "decorated_definition");
    let mut decorators = decorators.iter().flat_map(|around| around.children().collect::<Vec<_>>());
    decorators.any(|child| child.kind() == "decorator" && WORDS.iter().any(|word| child.text().contains(word)))
}
