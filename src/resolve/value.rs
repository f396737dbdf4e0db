//! An expression at a place goes in; the values that it can have come out, each with where it is written and the names that lead
//! there, or why they can't be known.

use std::ops::Range;

use super::Resolver;
use super::bindings::{Parameter, Target};
use super::dictionary::Entries;
use super::literal::{Literal, Shape, evaluate, shortened, string_part};
use super::names::{Effort, End, Found, Place};
use crate::cascade;
use crate::module::Location;
use crate::python::{CollectionKind, PyValue};
use crate::syntax::{Node, dotted_name, positional_arguments, string_content, unparenthesized};

/// How many values an expression may have before it counts as unknown.
const MOST_ALTERNATIVES: usize = 24;

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
    pub written: Written,
    /// The names that lead from the expression to where it is written, in order.
    pub steps: Vec<Step>,
}

/// A literal in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
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
    /// Other names that the same statement binds to the same value, and where.
    pub also: Vec<(String, Location)>,
}

/// A parameter that hands a value in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Argument {
    /// Its name.
    pub name: String,
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
    /// `**name`: the value is among the keyword arguments that no other parameter takes.
    Keywords,
}

impl Value {
    fn of(value: PyValue, here: Range<usize>, written: Written) -> Self {
        let alternative = Alternative { value, here, written, steps: Vec::new() };
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
    fn map(mut self, convert: impl Fn(PyValue) -> Option<PyValue>) -> Option<Self> {
        for alternative in &mut self.alternatives {
            alternative.value = convert(std::mem::replace(&mut alternative.value, PyValue::None))?;
        }
        Some(self)
    }

    /// The values as a name gives them that is read in another place.
    pub(super) fn through(mut self, step: &Step, here: &Range<usize>) -> Self {
        for alternative in &mut self.alternatives {
            alternative.here = here.clone();
            alternative.steps.insert(0, step.clone());
        }
        self
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
            class,
            also: bound_together(found),
        }
    }
}

/// The other names of `a = b = value`.
fn bound_together(found: &Found) -> Vec<(String, Location)> {
    let Some(value) = found.value() else { return Vec::new() };
    let assignments = value.ancestors().take_while(|node| node.kind() == "assignment");
    let names = assignments.filter_map(|node| node.field("left")).filter(|left| left.kind() == "identifier");
    let others = names.filter(|name| name.range() != found.binding().name);
    others.map(|name| (name.text().into_owned(), found.module().location(&name.range()))).collect()
}

impl Resolver<'_> {
    /// What an expression at a place can be.
    ///
    /// # Errors
    /// Why that can't be known, in words that complete "this cascade can't be known here: …".
    pub fn value(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Value, String> {
        let node = unparenthesized(node);
        match evaluate(&node) {
            Ok(literal) => {
                let at = place.module.location(&literal.span);
                Ok(Value::of(literal.value.clone(), node.range(), Written { literal, at }))
            }
            Err(why) => {
                let deeper = effort.deeper(|| self.expression(place, &node, effort, why));
                let value = deeper.unwrap_or_else(|| Err("it is nested too deeply".to_owned()))?;
                if value.alternatives.len() > MOST_ALTERNATIVES {
                    return Err("it can have too many values".to_owned());
                }
                Ok(value)
            }
        }
    }

    /// `why` is what stands in the way of a literal.
    fn expression(&self, place: &Place, node: &Node<'_>, effort: &Effort, why: String) -> Result<Value, String> {
        let value = |node: &Node<'_>| self.value(place, node, effort);
        match &*node.kind() {
            "identifier" | "attribute" => self.named(place, node, effort),
            "conditional_expression" => {
                let parts: Vec<_> = node.named_children().filter(|child| child.kind() != "comment").collect();
                let [body, _, otherwise] = parts.as_slice() else { return Err(why) };
                Ok(value(body)?.or(value(otherwise)?))
            }
            "boolean_operator" => self.boolean(place, node, effort),
            "named_expression" => self.walrus(place, node, effort).unwrap_or(Err(why)),
            "call" => self.call(place, node, effort).unwrap_or(Err(why)),
            "subscript" => self.item(place, node, effort).unwrap_or(Err(why)),
            "binary_operator" => {
                let (left, right) = (node.field("left"), node.field("right"));
                let (Some(left), Some(right)) = (left, right) else { return Err(why) };
                let operator = node.field("operator").map(|operator| operator.text().into_owned()).unwrap_or_default();
                let right = match (&*operator, &*right.kind()) {
                    ("%", "dictionary") => self.dictionary_of_values(place, &right, effort)?,
                    _ => value(&right)?,
                };
                let compute = |parts: &[PyValue]| operation(&operator, &parts[0], &parts[1]);
                computed(place, node, &[value(&left)?, right], compute, || why.clone())
            }
            "string" | "concatenated_string" => self.formatted_string(place, node, effort),
            "list" => self.display(place, node, CollectionKind::List, effort),
            "tuple" => self.display(place, node, CollectionKind::Tuple, effort),
            "set" => self.display(place, node, CollectionKind::Set, effort),
            _ => Err(why),
        }
    }

    /// What a name leads to.
    fn named(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Value, String> {
        let shown = shortened(&node.text());
        let Some(names) = dotted_name(node) else {
            let member = self.enum_item(place, node, effort);
            return member.unwrap_or_else(|| Err(format!("`{shown}` is an attribute of an expression")));
        };
        let ends = match (names.first().map(String::as_str), names.len()) {
            (Some("self" | "cls"), 2..) => {
                return Err(format!("`{shown}` is what a subclass or an object makes of it"));
            }
            _ => self.follow(place, &names, effort),
        };
        let mention = place.module.location(&node.range());
        let mut value = Value::default();
        for end in ends {
            value = value.or(match end {
                End::Bound(found) => {
                    if let Some(star) = self.star_after(&found) {
                        return Err(format!("`{shown}` may be replaced by what comes from `{star}`"));
                    }
                    self.bound_value(&found, &mention, None, effort)?.at(&node.range())
                }
                End::Outside(path) => {
                    let module = path[..path.len() - 1].join(".");
                    return Err(format!("`{shown}` comes from `{module}`, which is not part of this repository"));
                }
                End::Module => return Err(format!("`{shown}` is a module")),
                End::Unbound => return Err(format!("nothing in reach defines `{shown}`")),
                End::Unknown(why) => return Err(why),
            });
        }
        Ok(value)
    }

    /// A module outside of the repository of which everything is imported after a binding.
    fn star_after(&self, found: &Found) -> Option<String> {
        let after = found.binding().name.start;
        let mut stars = found.scope().stars.iter().filter(|(_, offset)| *offset > after);
        stars.find(|(module, _)| self.is_foreign(found.place(), module)).map(|(module, _)| module.path.join("."))
    }

    /// What a binding that a name leads to is bound to.
    fn bound_value(
        &self,
        found: &Found,
        mention: &Location,
        class: Option<String>,
        effort: &Effort,
    ) -> Result<Value, String> {
        let name = found.name();
        let step = Step::new(mention.clone(), found, class);
        let is_value = found.rest.as_slice() == ["value"];
        match &found.binding().target {
            Target::Class(_) if !found.rest.is_empty() => self.member_value(found, &step, effort),
            Target::Parameter(parameter) if found.rest.is_empty() => self.parameter(found, parameter, &step, effort),
            Target::Parameter(parameter) => Err(format!("`{name}` is {}", parameter.what)),
            Target::Opaque(what) => Err(format!("`{name}` is {what}")),
            Target::Function(..) => Err(format!("`{name}` is a function")),
            Target::Class(_) => Err(format!("`{name}` is a class")),
            Target::Alias(path) if !found.rest.is_empty() && !is_value => {
                let names: Vec<String> = path.iter().chain(&found.rest).cloned().collect();
                let mut value = Value::default();
                for end in self.follow(&found.before(), &names, effort) {
                    let End::Bound(inner) = end else {
                        return Err(format!("`{name}` is `{}`, which nothing in reach defines", path.join(".")));
                    };
                    value = value.or(self.bound_value(&inner, mention, None, effort)?);
                }
                Ok(value)
            }
            _ if !found.rest.is_empty() && !is_value => {
                let shown = format!("{name}.{}", found.rest.join("."));
                Err(format!("`{shown}` is no attribute of a class of this repository"))
            }
            _ => {
                let node = found.value().ok_or_else(|| format!("`{name}` has no value"))?;
                let value = self.value(&found.before(), &node, effort);
                let is_named = |why: &String| why.contains(&format!("`{name}`"));
                let told = |why: String| if is_named(&why) { why } else { format!("`{name}` can be anything: {why}") };
                Ok(value.map_err(told)?.through(&step, &(mention.start..mention.end)))
            }
        }
    }

    /// An attribute of a class: a constant in its body, or a member of an Enum.
    fn member_value(&self, class: &Found, step: &Step, effort: &Effort) -> Result<Value, String> {
        let (names, shown) = (&class.rest, format!("{}.{}", class.name(), class.rest.join(".")));
        let kind = self.enum_kind(class, effort);
        let is_value = names.len() == 2 && names[1] == "value" && kind.is_some();
        if names.len() > 1 && !is_value && kind.is_some() {
            return Err(format!("`{shown}` is an attribute of an Enum's member"));
        }
        let wanted = if is_value { &names[..1] } else { names.as_slice() };
        let mut value = Value::default();
        for end in self.class_member(class, wanted, effort) {
            let End::Bound(found) = end else {
                return Err(format!("`{shown}` is not defined in this repository"));
            };
            let class_name = Some(class.name().to_owned());
            value = value.or(self.bound_value(&found, &step.mention, class_name, effort)?);
        }
        match kind {
            Some(EnumKind::Plain) if !is_value => {
                value.map(|_| Some(PyValue::Opaque("Enum"))).ok_or_else(|| format!("`{shown}` is a member of an Enum"))
            }
            _ => Ok(value),
        }
    }

    /// `Cascade["ALL"]` and `Cascade["ALL"].value` of an Enum.
    fn enum_item(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<Result<Value, String>> {
        let (subscript, attribute) = match &*node.kind() {
            "attribute" => (node.field("object")?, Some(node.field("attribute")?.text().into_owned())),
            _ => (node.clone(), None),
        };
        let mut names = dotted_name(&subscript.field("value")?)?;
        names.push(string_content(&subscript.field("subscript")?)?);
        names.extend(attribute);
        let mention = place.module.location(&node.range());
        self.follow(place, &names, effort).into_iter().find_map(|end| match end {
            End::Bound(found) if self.enum_kind(&found, effort).is_some() => {
                Some(self.bound_value(&found, &mention, None, effort))
            }
            _ => None,
        })
    }

    /// Whether a class is an Enum, and whether its members are strings.
    fn enum_kind(&self, class: &Found, effort: &Effort) -> Option<EnumKind> {
        let Target::Class(bases) = &class.binding().target else { return None };
        let mut is_enum = false;
        let mut is_str = false;
        for base in bases {
            match base.last().map(String::as_str) {
                Some("Enum") => is_enum = true,
                Some("StrEnum") => (is_enum, is_str) = (true, true),
                Some("str") => is_str = true,
                _ => {
                    let ends = self.follow(&class.before(), base, effort);
                    let inherited = ends.into_iter().find_map(|end| match end {
                        End::Bound(base) => effort.deeper(|| self.enum_kind(&base, effort)).flatten(),
                        _ => None,
                    });
                    is_enum |= inherited.is_some();
                    is_str |= inherited == Some(EnumKind::Str);
                }
            }
        }
        is_enum.then_some(if is_str { EnumKind::Str } else { EnumKind::Plain })
    }

    /// A parameter: its default, and what the calls of its function hand in.
    fn parameter(&self, found: &Found, parameter: &Parameter, step: &Step, effort: &Effort) -> Result<Value, String> {
        let owner = found.scope().owner.as_ref().ok_or_else(|| format!("`{}` is {}", found.name(), parameter.what))?;
        let argument = Argument {
            name: found.name().to_owned(),
            function: found.module().location(&owner.range),
            position: parameter.position,
            port: Port::Value,
            what: parameter.what.clone(),
        };
        if parameter.is_keywords {
            return Err(format!("`{}` is {}", found.name(), parameter.what));
        }
        let default = match found.value() {
            Some(default) => {
                let function = default.ancestors().find(|node| node.range() == owner.range);
                let place = function.map_or_else(|| found.before(), |function| Place::of(found.module(), &function));
                self.value(&place, &default, effort)?
            }
            None => Value::default(),
        };
        let mut value = default.through(step, &(step.mention.start..step.mention.end));
        value.arguments.push(argument);
        Ok(value)
    }

    /// `a or b`, `a and b`.
    fn boolean(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Value, String> {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
            return Err("it is a boolean expression".to_owned());
        };
        let is_or = node.field("operator").is_some_and(|operator| operator.text() == "or");
        let left = unparenthesized(&left);
        // `condition and a or b`: what is falsy of the left side gives way to b
        let is_and = left.kind() == "boolean_operator"
            && left.field("operator").is_some_and(|operator| operator.text() == "and");
        let condition_and = if is_or && is_and { left.field("right") } else { None };
        let first = match &condition_and {
            Some(truthy) => self.value(place, truthy, effort)?,
            None => self.value(place, &left, effort)?,
        };
        let second = self.value(place, &right, effort)?;
        let (stays, gives_way): (Vec<_>, Vec<_>) =
            first.alternatives.iter().cloned().partition(|alternative| alternative.value.is_truthy() == is_or);
        let is_certain = gives_way.is_empty() && first.arguments.is_empty() && condition_and.is_none();
        let first = Value { alternatives: stays, arguments: first.arguments };
        Ok(if is_certain { first } else { first.or(second) })
    }

    /// `(name := value)`
    fn walrus(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<Result<Value, String>> {
        let name = node.field("name")?;
        let value = self.value(place, &node.field("value")?, effort);
        let ends = self.follow(&Place::of(&place.module, node).at_any_time(), &dotted_name(&name)?, effort);
        let found = ends.into_iter().find_map(|end| match end {
            End::Bound(found) if found.location().range() == name.range() => Some(found),
            _ => None,
        });
        let step = found.map(|found| Step::new(place.module.location(&name.range()), &found, None));
        Some(value.map(|mut value| {
            for alternative in &mut value.alternatives {
                alternative.steps.splice(0..0, step.clone());
            }
            value
        }))
    }

    /// A call whose result can be told.
    fn call(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<Result<Value, String>> {
        let (function, arguments) = (node.field("function")?, node.field("arguments")?);
        let given = positional_arguments(&arguments);
        if let (Some(method), Some(object)) = (function.field("attribute"), function.field("object")) {
            let value = |node: &Node<'_>| self.value(place, node, effort);
            return match (&*method.text(), given.as_slice()) {
                ("join", [items]) => Some(self.joined(place, node, &object, items, effort)),
                ("format", _) => Some(self.format_call(place, node, &object, &arguments, effort)),
                ("strip" | "lower" | "upper" | "title", []) => {
                    let change = |text: &str| match &*method.text() {
                        "strip" => text.trim().to_owned(),
                        "lower" => text.to_lowercase(),
                        "upper" => text.to_uppercase(),
                        _ => text.to_owned(),
                    };
                    let compute = |parts: &[PyValue]| Some(PyValue::Str(change(parts[0].as_str()?)));
                    let failed = || format!("`{}` is no string", shortened(&object.text()));
                    Some(value(&object).and_then(|value| computed(place, node, &[value], compute, failed)))
                }
                ("get" | "pop", [key, rest @ ..])
                    if rest.len() < 2 && string_content(key).as_deref() == Some("cascade") =>
                {
                    self.item_or_default(place, &object, rest.first(), effort)
                }
                ("from_string", [value]) if self.is_cascade_options(place, &object, effort) => {
                    Some(self.cascade_options(place, value, effort))
                }
                _ if self.is_cascade_options(place, &function, effort) && given.len() == 1 => {
                    Some(self.cascade_options(place, &given[0], effort))
                }
                _ => None,
            };
        }
        let [argument] = given.as_slice() else { return None };
        let converted = |convert: fn(Vec<PyValue>) -> PyValue| {
            let value = self.value(place, argument, effort);
            let elements = |value: PyValue| Some(convert(value.into_elements()?));
            Some(value.and_then(|value| value.map(elements).ok_or_else(|| "it is no collection".to_owned())))
        };
        match &*function.text() {
            "list" => converted(|items| PyValue::Collection(CollectionKind::List, items)),
            "tuple" => converted(|items| PyValue::Collection(CollectionKind::Tuple, items)),
            "set" => converted(|items| PyValue::Collection(CollectionKind::Set, items)),
            "frozenset" => converted(|items| PyValue::Collection(CollectionKind::FrozenSet, items)),
            "sorted" => converted(|items| PyValue::Collection(CollectionKind::List, items)),
            "str" => Some(self.value(place, argument, effort).and_then(|value| {
                let unchanged = |value: PyValue| value.as_str().is_some().then_some(value);
                value.map(unchanged).ok_or_else(|| "it is no string".to_owned())
            })),
            _ if self.is_cascade_options(place, &function, effort) => {
                Some(self.cascade_options(place, argument, effort))
            }
            _ => None,
        }
    }

    fn is_cascade_options(&self, place: &Place, function: &Node<'_>, effort: &Effort) -> bool {
        let ends = dotted_name(function).map(|names| self.follow(place, &names, effort)).unwrap_or_default();
        ends.iter()
            .any(|end| matches!(end, End::Outside(path) if self.constructors.is_cascade_options(&path.join("."))))
    }

    /// `CascadeOptions(value)`: the set itself is read as a collection of the same options.
    fn cascade_options(&self, place: &Place, value: &Node<'_>, effort: &Effort) -> Result<Value, String> {
        let names = |value: PyValue| match value {
            PyValue::None => Some(PyValue::Collection(CollectionKind::FrozenSet, Vec::new())),
            PyValue::Str(text) => {
                let names = cascade::split(&text).into_iter().map(|range| PyValue::Str(text[range].to_owned()));
                Some(PyValue::Collection(CollectionKind::FrozenSet, names.collect()))
            }
            collection @ PyValue::Collection(..) => Some(collection),
            _ => None,
        };
        self.value(place, value, effort)?.map(names).ok_or_else(|| "it makes no set of cascade options".to_owned())
    }

    /// `", ".join(items)`, written where the items are.
    fn joined(
        &self,
        place: &Place,
        node: &Node<'_>,
        separator: &Node<'_>,
        items: &Node<'_>,
        effort: &Effort,
    ) -> Result<Value, String> {
        let separator = self.value(place, separator, effort)?;
        let items = self.value(place, items, effort)?;
        let join = |separator: &str, items: PyValue| {
            let items = items.into_elements()?;
            let texts = items.iter().map(PyValue::as_str).collect::<Option<Vec<_>>>()?;
            Some(PyValue::Str(texts.join(separator)))
        };
        let no_strings = || "it joins something that is no string".to_owned();
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
    fn format_call(
        &self,
        place: &Place,
        node: &Node<'_>,
        template: &Node<'_>,
        arguments: &Node<'_>,
        effort: &Effort,
    ) -> Result<Value, String> {
        let mut parts = vec![self.value(place, template, effort)?];
        let mut names: Vec<String> = Vec::new();
        for argument in arguments.named_children().filter(|child| child.kind() != "comment") {
            let (name, value) = match &*argument.kind() {
                "keyword_argument" => (argument.field("name"), argument.field("value")),
                "dictionary_splat" | "list_splat" => {
                    return Err(format!("`{}` fills in what can't be known", shortened(&argument.text())));
                }
                _ => (None, Some(argument.clone())),
            };
            names.push(name.map(|name| name.text().into_owned()).unwrap_or_default());
            parts.extend(value.map(|value| self.value(place, &value, effort)).transpose()?);
        }
        let fill = |parts: &[PyValue]| fill_in(parts[0].as_str()?, &names, &parts[1..]).map(PyValue::Str);
        computed(place, node, &parts, fill, || "its format is not carried out here".to_owned())
    }

    /// An f-string whose fields are constants.
    fn formatted_string(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Value, String> {
        let strings: Vec<Node<'_>> = match &*node.kind() {
            "string" => vec![node.clone()],
            _ => node.named_children().filter(|child| child.kind() == "string").collect(),
        };
        let (mut pieces, mut values) = (Vec::new(), Vec::new());
        for string in strings {
            if !string.children().any(|child| child.kind() == "interpolation") {
                let (part, is_bytes) = string_part(&string)?;
                pieces.push((!is_bytes).then_some(part.value).ok_or("it is no string")?);
                values.push(None);
                continue;
            }
            for child in string.children() {
                match &*child.kind() {
                    "interpolation" => {
                        let mut others = child.named_children().skip(1).filter(|part| part.kind() != "comment");
                        let is_plain = others.all(|part| part.text() == "!s");
                        let expression = child.field("expression").filter(|_| is_plain).ok_or_else(|| {
                            format!("`{}` is formatted in a way that is not carried out here", child.text())
                        })?;
                        pieces.push(String::new());
                        values.push(Some(self.value(place, &expression, effort)?));
                    }
                    "string_content" if child.text().contains('\\') => {
                        return Err(format!("`{}` has an escape in an f-string", shortened(&node.text())));
                    }
                    "string_content" => {
                        pieces.push(child.text().replace("{{", "{").replace("}}", "}"));
                        values.push(None);
                    }
                    _ => {}
                }
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
        computed(place, node, &parts, assemble, || "it formats something that is no string".to_owned())
    }

    /// A display with names in it.
    fn display(&self, place: &Place, node: &Node<'_>, kind: CollectionKind, effort: &Effort) -> Result<Value, String> {
        let mut parts = Vec::new();
        let mut is_splat = Vec::new();
        for item in positional_arguments(node) {
            let splatted = (item.kind() == "list_splat").then(|| item.named_children().next()).flatten();
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
        computed(place, node, &parts, collect, || "it is put together from what is no collection".to_owned())
    }

    /// The values of a dictionary display whose keys are strings, as a tuple of (key, value): what `%` fills in.
    fn dictionary_of_values(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Value, String> {
        let unknown = || format!("`{}` fills in what can't be known", shortened(&node.text()));
        let (mut keys, mut parts) = (Vec::new(), Vec::new());
        for pair in node.named_children().filter(|child| child.kind() != "comment") {
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

    /// `dictionary["key"]`
    fn item(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<Result<Value, String>> {
        if let Some(member) = self.enum_item(place, node, effort) {
            return Some(member);
        }
        let key = string_content(&node.field("subscript")?)?;
        let found = self.entries(place, &node.field("value")?, &key, effort);
        found.entries.into_iter().map(|entry| entry.value_at(&node.range())).reduce(|all, one| Ok(all?.or(one?)))
    }

    /// `dictionary.get("cascade", default)`, `dictionary.pop("cascade", default)`
    fn item_or_default(
        &self,
        place: &Place,
        dictionary: &Node<'_>,
        default: Option<&Node<'_>>,
        effort: &Effort,
    ) -> Option<Result<Value, String>> {
        let names = dotted_name(dictionary)?;
        let Entries { entries, arguments } = self.entries(place, dictionary, "cascade", effort);
        if entries.is_empty() && arguments.is_empty() {
            let ends = self.follow(place, &names, effort);
            let is_dictionary = |end: &End| matches!(end, End::Bound(found) if found.value().is_some_and(|value| value.kind() == "dictionary"));
            if !ends.iter().all(is_dictionary) {
                return None;
            }
        }
        let default = match default {
            Some(default) => self.value(place, default, effort),
            None => Ok(Value::default()),
        };
        let given = Value { alternatives: Vec::new(), arguments };
        let entries = entries.into_iter().map(|entry| entry.value_at(&dictionary.range()));
        Some(entries.fold(default.map(|default| default.or(given)), |all, one| Ok(all?.or(one?))))
    }
}

/// The kind of an Enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EnumKind {
    /// Its members are no strings.
    Plain,
    /// Its members are strings.
    Str,
}

impl Value {
    /// The same for an expression with the range.
    fn at(mut self, here: &Range<usize>) -> Self {
        for alternative in &mut self.alternatives {
            alternative.here = here.clone();
        }
        self
    }
}

/// The values of an expression that is computed from others; the whole of it is what a literal can stand for. `otherwise` tells why
/// the computation fails.
fn computed(
    place: &Place,
    node: &Node<'_>,
    parts: &[Value],
    compute: impl Fn(&[PyValue]) -> Option<PyValue>,
    otherwise: impl Fn() -> String,
) -> Result<Value, String> {
    let mut combinations: Vec<Vec<PyValue>> = vec![Vec::new()];
    for part in parts {
        if let Some(argument) = part.arguments.first() {
            return Err(format!("`{}` is {}", argument.name, argument.what));
        }
        let longer = combinations.iter().flat_map(|before| {
            part.alternatives
                .iter()
                .map(|alternative| [before.as_slice(), std::slice::from_ref(&alternative.value)].concat())
        });
        combinations = longer.take(MOST_ALTERNATIVES + 1).collect();
    }
    let quote = node.dfs().find(|node| node.kind() == "string_start");
    let quote = quote.and_then(|start| start.text().chars().find(|c| matches!(c, '"' | '\'')));
    let mut all = Value::default();
    for parts in combinations {
        let value = compute(&parts).ok_or_else(&otherwise)?;
        let kind = if let PyValue::Collection(kind, _) = &value { Some(*kind) } else { None };
        let literal = Literal { value: value.clone(), span: node.range(), shape: Shape::Computed(quote, kind) };
        let at = place.module.location(&node.range());
        all = all.or(Value::of(value, node.range(), Written { literal, at }));
    }
    Ok(all)
}

fn operation(operator: &str, left: &PyValue, right: &PyValue) -> Option<PyValue> {
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
fn percent(template: &str, values: &PyValue) -> Option<String> {
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
fn fill_in(template: &str, names: &[String], values: &[PyValue]) -> Option<String> {
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
