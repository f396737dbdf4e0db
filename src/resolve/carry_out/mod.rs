//! An expression goes in, and what the names in it stand for while a function is carried out; its one value comes out, as Python would
//! give it, or why that can't be known.
//!
//! It is a part of the evaluation of values, for where one text is asked for, such as a table's name: here conditions are decided, and
//! functions of the repository are carried out.

mod calls;
mod items;
mod patterns;

use super::Resolver;
use super::effort::Effort;
use super::literal::shortened;
use super::locals::{Known, KnownClass};
use super::names::Resolution;
use super::operation::computed;
use super::place::Place;
use super::strings;
use super::value::Value;
use crate::module::BindingKind;
use crate::python::{CollectionKind, PyValue};
use crate::resolve::reason::Reason;
use crate::syntax::{Node, Parts, conditional_parts, dotted_name, kind, positional_arguments, unparenthesized};

pub(super) use calls::Callable;
pub(super) use items::bind;

/// What carrying out gives: None where the expression is of another kind.
type Carried<T> = Option<Result<T, Reason>>;

impl Resolver<'_> {
    /// The one value of an expression.
    ///
    /// # Errors
    /// Why it can't be known.
    pub(super) fn one(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<PyValue, Reason> {
        let value = self.value(place, node, effort)?;
        match value.alternatives.as_slice() {
            [one] if value.arguments.is_empty() => Ok(one.value.clone()),
            _ => Err(Reason::about(&shortened(&node.text()), "can have several values")),
        }
    }

    fn texts(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<String, Reason> {
        match self.one(place, node, effort)? {
            PyValue::Str(text) => Ok(text),
            _ => Err(Reason::about(&shortened(&node.text()), "is no string")),
        }
    }

    /// What an expression stands for: a value, a class or a match.
    pub(super) fn stands_for(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Known, Reason> {
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
        if node.kind() == kind::CALL {
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
        let mut resolutions = self.follow(place, names, effort);
        let Some(Resolution::Bound(found)) = resolutions.pop().filter(|_| resolutions.is_empty()) else { return None };
        match &found.binding().kind {
            BindingKind::Class(_) if found.rest.is_empty() => Some(KnownClass { found, inherits_table: None }),
            BindingKind::Alias(path) if found.rest.is_empty() => {
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
            computed(place, node, &[], |_| Some(value.clone()), || Reason::from("it can't be carried out"))
        }))
    }

    fn carried_out_value(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Carried<PyValue> {
        if !effort.step() {
            return Some(Err("it takes too many steps".into()));
        }
        match &*node.kind() {
            kind::IDENTIFIER => match place.known(&node.text()) {
                Some(Known::Value(value)) => Some(Ok(value.clone())),
                Some(_) => Some(Err(Reason::about(&node.text(), "is no value"))),
                None => place.is_unset(&node.text()).then(|| Err(Reason::about(&node.text(), "has no value yet"))),
            },
            kind::ATTRIBUTE => self.attribute(place, node, effort),
            kind::EXPRESSION_LIST => {
                let items = positional_arguments(node).into_iter().map(|item| self.one(place, &item, effort));
                let items: Result<Vec<PyValue>, Reason> = items.collect();
                Some(items.map(|items| PyValue::Collection(CollectionKind::Tuple, items)))
            }
            kind::COMPARISON_OPERATOR => Some(self.comparison(place, node, effort).map(PyValue::Bool)),
            kind::BINARY_OPERATOR => self.arithmetic(place, node, effort),
            kind::SUBSCRIPT => self.indexed(place, node, effort),
            kind::LIST_COMPREHENSION | kind::GENERATOR_EXPRESSION => Some(
                self.comprehension(place, node, effort).map(|items| PyValue::Collection(CollectionKind::List, items)),
            ),
            kind::CALL => self.called(place, node, effort),
            _ => self.by_operator(place, node, effort),
        }
    }

    /// What `if … else`, `and`, `or`, `not` and a sign give.
    fn by_operator(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Carried<PyValue> {
        match &*node.kind() {
            kind::CONDITIONAL_EXPRESSION => {
                let [body, condition, otherwise] = conditional_parts(node)?;
                Some(
                    self.truth(place, &condition, effort)
                        .and_then(|is_true| self.one(place, if is_true { &body } else { &otherwise }, effort)),
                )
            }
            kind::BOOLEAN_OPERATOR => {
                let (left, right) = (node.field("left")?, node.field("right")?);
                let is_or = node.field("operator")?.text() == "or";
                Some(self.one(place, &left, effort).and_then(|value| {
                    if value.is_truthy() == is_or { Ok(value) } else { self.one(place, &right, effort) }
                }))
            }
            kind::NOT_OPERATOR => {
                let operand = node.field("argument")?;
                Some(self.truth(place, &operand, effort).map(|is_true| PyValue::Bool(!is_true)))
            }
            kind::UNARY_OPERATOR => {
                let operand = node.field("argument")?;
                let is_minus = node.field("operator")?.text() == "-";
                is_minus.then(|| match self.one(place, &operand, effort)? {
                    PyValue::Int(number) => Ok(PyValue::Int(-number)),
                    _ => Err(Reason::about(&node.text(), "is no number")),
                })
            }
            _ => None,
        }
    }

    pub(super) fn truth(&self, place: &Place, condition: &Node<'_>, effort: &Effort) -> Result<bool, Reason> {
        let is_checking =
            dotted_name(condition).is_some_and(|names| names.last().is_some_and(|name| name == "TYPE_CHECKING"));
        if is_checking {
            return Ok(false);
        }
        match self.stands_for(place, condition, effort)? {
            Known::Value(PyValue::Opaque(_)) => Err(Reason::about(&shortened(&condition.text()), "can't be decided")),
            Known::Value(value) => Ok(value.is_truthy()),
            Known::Class(_) | Known::Match(_) => Ok(true),
        }
    }

    /// `a == b`, `a < b <= c`, `c in name`
    fn comparison(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<bool, Reason> {
        let unknown = || Reason::about(&shortened(&node.text()), "can't be decided");
        let mut operands = node.parts();
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
            let sum = super::operation::operation(&operator, &left, &right);
            sum.or_else(|| strings::arithmetic(&operator, &left, &right))
                .ok_or_else(|| Reason::about(&shortened(&node.text()), "is not carried out here"))
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
    ) -> Result<PyValue, Reason> {
        let shown = format!("{}.{name}", class.found.name());
        if name == "__name__" {
            return Ok(PyValue::Str(class.found.name().to_owned()));
        }
        let mut resolutions = self.class_member(&class.found, &[name.to_owned()], effort);
        let Some(Resolution::Bound(found)) = resolutions.pop().filter(|_| resolutions.is_empty()) else {
            return Err(Reason::about(&shown, "can't be told"));
        };
        match &found.binding().kind {
            BindingKind::Function(..) => {
                let node = found.value().ok_or_else(|| Reason::about(&shown, "can't be told"))?;
                if !is_attribute(&node) {
                    return Err(Reason::about(&shown, "is a function"));
                }
                self.run_for_class(&found, &node, class, effort)?
                    .into_value()
                    .ok_or_else(|| Reason::about(&shown, "is no value"))
            }
            _ => {
                let node = found.value().ok_or_else(|| Reason::about(&shown, "has no value"))?;
                self.one(&found.before(), &node, effort)
            }
        }
    }
}

/// How many aliases of a class are followed.
const MOST_ALIASES: usize = 8;

/// Whether a function is read as an attribute of the class.
pub(super) fn is_attribute(function: &Node<'_>) -> bool {
    const WORDS: [&str; 3] = ["declared_attr", "classproperty", "cached_classproperty"];
    let decorators = function.parent().filter(|around| around.kind() == kind::DECORATED_DEFINITION);
    let mut decorators = decorators.iter().flat_map(|around| around.children().collect::<Vec<_>>());
    decorators.any(|child| child.kind() == kind::DECORATOR && WORDS.iter().any(|word| child.text().contains(word)))
}
