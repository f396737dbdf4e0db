//! An expression at a place goes in; the values that it can have come out, each with where it is written and the names that lead
//! there, or why they can't be known.

use std::ops::Range;

use super::arguments::{Arguments, Expression};
use super::literal::Literal;
use super::names::Found;
use super::reason::Reason;
use crate::module::Location;
use crate::python::PyValue;
use crate::syntax::kind;

/// What an expression can be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Value {
    /// Each value that it can have.
    pub alternatives: Vec<Alternative>,
    /// The parameters that hand in further values: the calls of their functions decide about these.
    pub arguments: Vec<Argument>,
}

/// One value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// The value.
    pub value: PyValue,
    /// The part of the expression, in its own file, that gives this value: what a literal can stand for.
    pub here: Range<usize>,
    /// Where the value is written.
    pub written: WrittenLiteral,
    /// The names that lead from the expression to where it is written, in order.
    pub steps: Vec<Step>,
    /// The names of what it is computed from.
    pub dependencies: Vec<Step>,
}

/// A literal in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenLiteral {
    /// The literal; its ranges are bytes of the file's text.
    pub literal: Literal,
    /// Where it stands.
    pub at: Location,
}

/// One name that is followed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Step {
    /// Where the name is read.
    pub mention: Location,
    /// Where it is bound.
    pub definition: Location,
    /// The function or lambda in whose scope it is bound.
    pub function: Option<Range<usize>>,
    /// The name as it is bound.
    pub name: String,
    /// The class whose attribute it is.
    pub class: Option<String>,
    /// Where that class is bound, if it is an Enum: its members are also reached by way of the whole of it.
    pub enumeration: Option<Location>,
    /// The class whose attribute it is, where it is bound in the body of one.
    pub holder: Option<Holder>,
    /// The class by whose objects it is read, as `self.name` and `cls.name`: a subclass can have another value.
    pub object: Option<Location>,
    /// Other names that the same statement binds to the same value, and where.
    pub also: Vec<(String, Location)>,
    /// The keys of the item that is read, the outermost first, where it is a dictionary's name.
    pub items: Vec<String>,
}

/// A class that has a constant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Holder {
    /// Its name.
    pub name: String,
    /// Where that is bound.
    pub at: Location,
    /// The class names no bases.
    pub is_plain: bool,
}

/// A parameter that hands a value in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Where it is bound.
    pub at: Location,
    /// Its function's definition.
    pub function: Location,
    /// Its index among the parameters that can be given by position.
    pub position: Option<usize>,
    /// How it hands the value in.
    pub port: Port,
    /// In words: "a parameter of `f`".
    pub what: String,
}

/// How a parameter hands a value in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Port {
    /// It is the value.
    Value,
    /// It is a dictionary that has the value.
    Dictionary,
    /// It is a backref's name with a dictionary that has the value.
    Pair,
    /// `**name`: the value is among the keyword arguments that no other parameter takes.
    Keywords,
}

impl Value {
    pub(super) fn of(value: PyValue, here: Range<usize>, written: WrittenLiteral) -> Self {
        let alternative = Alternative { value, here, written, steps: Vec::new(), dependencies: Vec::new() };
        Self { alternatives: vec![alternative], arguments: Vec::new() }
    }

    pub(super) fn or(mut self, other: Self) -> Self {
        for alternative in other.alternatives {
            if !self.alternatives.contains(&alternative) {
                self.alternatives.push(alternative);
            }
        }
        for argument in other.arguments {
            if !self.arguments.contains(&argument) {
                self.arguments.push(argument);
            }
        }
        self
    }

    /// The values with another make of each, written where they are.
    pub(super) fn map(mut self, convert: impl Fn(PyValue) -> Option<PyValue>) -> Option<Self> {
        for alternative in &mut self.alternatives {
            alternative.value = convert(std::mem::replace(&mut alternative.value, PyValue::None))?;
        }
        Some(self)
    }
}

impl Argument {
    /// Why a value that it hands in can't be known.
    pub fn why_unknown(&self) -> Reason {
        Reason::about(&self.name, format_args!("is {}", self.what))
    }

    /// What a call itself hands in by name or position. The object that a method belongs to is not among what its calls give; what
    /// `functools.partial` calls is.
    pub fn given<'a>(&self, arguments: &'a Arguments, is_method: bool, is_partial: bool) -> Option<&'a Expression> {
        let position = self.position.and_then(|position| position.checked_sub(usize::from(is_method)));
        arguments.written(&self.name, position.map(|position| position + usize::from(is_partial)))
    }

    /// The step from what a call gives to the parameter.
    pub fn step(&self, given: Location) -> Step {
        Step {
            mention: given,
            definition: self.at.clone(),
            function: Some(self.function.range()),
            name: self.name.clone(),
            class: None,
            enumeration: None,
            holder: None,
            object: None,
            also: Vec::new(),
            items: Vec::new(),
        }
    }
}

impl Step {
    /// The name, and those that the same statement binds to the same value, with where they are bound.
    pub fn definitions(&self) -> impl Iterator<Item = (&String, &Location)> {
        std::iter::once((&self.name, &self.definition)).chain(self.also.iter().map(|(name, at)| (name, at)))
    }

    pub(super) fn new(mention: Location, found: &Found, class: Option<String>) -> Self {
        let owner = found.scope().owner.as_ref();
        Self {
            mention,
            definition: found.location(),
            function: owner.filter(|owner| !owner.is_class).map(|owner| owner.range.clone()),
            name: found.name().to_owned(),
            class: class.or_else(|| class_of(found)),
            enumeration: None,
            holder: holder_of(found),
            object: None,
            also: bound_together(found),
            items: Vec::new(),
        }
    }
}

/// The class in whose body a name is bound.
fn class_of(found: &Found) -> Option<String> {
    let owner = found.scope().owner.as_ref().filter(|owner| owner.is_class)?;
    Some(found.module().node(&owner.range)?.field("name")?.text().into_owned())
}

fn holder_of(found: &Found) -> Option<Holder> {
    let owner = found.scope().owner.as_ref().filter(|owner| owner.is_class)?;
    let class = found.module().node(&owner.range)?;
    let name = class.field("name")?;
    let at = found.module().location(&name.range());
    Some(Holder { name: name.text().into_owned(), at, is_plain: class.field("superclasses").is_none() })
}

/// The other names of `a = b = value`.
fn bound_together(found: &Found) -> Vec<(String, Location)> {
    let Some(value) = found.value() else { return Vec::new() };
    let assignments = value.ancestors().take_while(|node| node.kind() == kind::ASSIGNMENT);
    let names = assignments.filter_map(|node| node.field("left")).filter(|left| left.kind() == kind::IDENTIFIER);
    let others = names.filter(|name| name.range() != found.binding().name);
    others.map(|name| (name.text().into_owned(), found.module().location(&name.range()))).collect()
}

impl Value {
    /// The same for an expression with the range.
    pub(super) fn at(mut self, here: &Range<usize>) -> Self {
        for alternative in &mut self.alternatives {
            alternative.here = here.clone();
        }
        self
    }
}
