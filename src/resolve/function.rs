//! A function of the repository goes in with what it is given; what it returns comes out, statement by statement, or why that can't be
//! known.

use super::Resolver;
use super::arguments::{Arguments, Passed};
use super::carry_out::{Callable, bind, is_attribute};
use super::effort::Effort;
use super::literal::shortened;
use super::locals::{Known, KnownClass, Locals};
use super::names::Found;
use super::place::Place;
use super::reason::Reason;
use crate::module::{BindingKind, Location};
use crate::python::{CollectionKind, PyValue};
use crate::syntax::{
    Node, Parts, decorating, definition_around, has_scope, is_async, kind, names_read, positional_arguments, splatted,
    unparenthesized,
};

/// How many rounds a loop may have.
const MOST_ROUNDS: usize = 500;

/// What a statement leads to.
enum ControlFlow {
    Next,
    Return(Known),
    Break,
    Continue,
}

impl Resolver<'_> {
    /// The class with the definition, to carry out functions for it.
    pub fn known_class(&self, at: &Location, inherits_table: Option<bool>) -> Option<KnownClass> {
        let module = self.repository.module(&at.path)?;
        let name = module.node(&at.range())?.field("name")?;
        let found = self.class_around(&Place::of(&module, &name), &name, &Effort::for_callee())?;
        Some(KnownClass { found, inherits_table })
    }

    /// The text that a function or lambda gives for a class; None where it gives None.
    ///
    /// # Errors
    /// Why it can't be known.
    pub fn returned_for(&self, function: &Location, class: &KnownClass) -> Result<Option<String>, Reason> {
        let unknown = || Reason::from("it is made in a way that is not carried out here");
        let module = self.repository.module(&function.path).ok_or_else(unknown)?;
        let node = module.node(&function.range()).ok_or_else(unknown)?;
        let known = Known::Class(Box::new(class.clone()));
        let returned = self.run(&Place::of(&module, &node), &node, vec![known], Vec::new(), &Effort::for_text())?;
        match returned.into_value() {
            Some(PyValue::Str(text)) => Ok(Some(text)),
            Some(PyValue::None) => Ok(None),
            _ => Err(unknown()),
        }
    }

    /// The text that an expression in a function gives where the function is called for a class.
    pub fn text_for(&self, place: &Place, node: &Node<'_>, class: &KnownClass) -> Option<String> {
        let function = definition_around(node)?;
        if !is_attribute(&function) {
            return None;
        }
        let parameters = function.field("parameters")?;
        let name = parameters.parts().find(|child| child.kind() == kind::IDENTIFIER)?;
        let locals = Locals::of(&name.text(), Known::Class(Box::new(class.clone())));
        let place = place.clone().knowing(&function.range(), locals);
        match self.one(&place, node, &Effort::for_text()).ok()? {
            PyValue::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The text that an expression at a place gives, where it can give one alone.
    pub fn text(&self, place: &Place, node: &Node<'_>) -> Option<String> {
        match self.one(place, node, &Effort::for_text()).ok()? {
            PyValue::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The text that an expression in a function gives where the function gets what a call gives.
    pub fn text_given(&self, function: &Found, node: &Node<'_>, given: &Arguments) -> Option<String> {
        let whole = function.value()?;
        let scope = function.module().scope_of(&whole);
        let mut locals = Locals::default();
        for (_, names) in names_read(node) {
            let position = scope.all(&names[0]).iter().find_map(|binding| match &binding.kind {
                BindingKind::Parameter(parameter) => Some(parameter.position),
                _ => None,
            });
            if let Some(position) = position
                && let Passed::Given(expression) = given.passed(self, &names[0], position)
                && let Some(text) = expression.text(self)
            {
                locals.set(&names[0], Known::Value(PyValue::Str(text)));
            }
        }
        self.text(&Place::of(function.module(), node).knowing(&whole.range(), locals), node)
    }

    /// What a function of a class, or a lambda, returns for the class.
    pub(super) fn run_for_class(
        &self,
        found: &Found,
        function: &Node<'_>,
        class: &KnownClass,
        effort: &Effort,
    ) -> Result<Known, Reason> {
        let place = Place::of(found.module(), function);
        let known = Known::Class(Box::new(class.clone()));
        self.run(&place, function, vec![known], Vec::new(), effort)
    }

    /// What a function returns to a call.
    pub(super) fn call_function(
        &self,
        place: &Place,
        callable: &Callable,
        arguments: &Node<'_>,
        effort: &Effort,
    ) -> Result<Known, Reason> {
        let shown = shortened(&arguments.text());
        let (mut by_position, mut by_name) = (Vec::new(), Vec::new());
        if arguments.kind() == kind::GENERATOR_EXPRESSION {
            by_position.push(self.stands_for(place, arguments, effort)?);
        } else {
            for argument in positional_arguments(arguments) {
                if argument.kind() == kind::LIST_SPLAT {
                    return Err(Reason::about(&shown, "unpacks what can't be known"));
                }
                by_position.push(self.stands_for(place, &argument, effort)?);
            }
            if !splatted(arguments).is_empty() {
                return Err(Reason::about(&shown, "unpacks what can't be known"));
            }
            for argument in arguments.parts().filter(|child| child.kind() == kind::KEYWORD_ARGUMENT) {
                let (Some(name), Some(value)) = (argument.field("name"), argument.field("value")) else { continue };
                by_name.push((name.text().into_owned(), self.stands_for(place, &value, effort)?));
            }
        }
        self.run_with(callable, by_position, by_name, effort)
    }

    /// The same with what the call gives; a method gets its class first.
    pub(super) fn run_with(
        &self,
        callable: &Callable,
        mut by_position: Vec<Known>,
        by_name: Vec<(String, Known)>,
        effort: &Effort,
    ) -> Result<Known, Reason> {
        let unknown = || Reason::about(callable.found.name(), "can't be carried out here");
        let function = callable.found.value().ok_or_else(unknown)?;
        let decorators = decorators_as_written(&function);
        let is_static = decorators.iter().any(|name| name == "staticmethod");
        let is_class_method = decorators.iter().any(|name| name == "classmethod");
        match &callable.class {
            Some(class) if is_class_method => by_position.insert(0, Known::Class(Box::new(class.clone()))),
            Some(_) if !is_static => return Err(unknown()),
            _ => {}
        }
        if !decorators.iter().all(|name| is_harmless(name)) {
            return Err(Reason::about(callable.found.name(), "is decorated"));
        }
        let place = Place::of(callable.found.module(), &function);
        self.run(&place, &function, by_position, by_name, effort)
    }

    fn run(
        &self,
        place: &Place,
        function: &Node<'_>,
        by_position: Vec<Known>,
        by_name: Vec<(String, Known)>,
        effort: &Effort,
    ) -> Result<Known, Reason> {
        let unknown = || Reason::about(&shortened(&function.text()), "can't be carried out here");
        let body = function.field("body").ok_or_else(unknown)?;
        let is_other = |node: &Node<'_>| {
            matches!(&*node.kind(), kind::YIELD | kind::AWAIT | kind::GLOBAL_STATEMENT | kind::NONLOCAL_STATEMENT)
        };
        if body.dfs().any(|node| is_other(&node)) || is_async(function) {
            return Err(unknown());
        }
        let locals = self.bound_parameters(place, function, by_position, by_name, effort)?;
        let mut inside = Place::of(&place.module, &body).holding(locals);
        if function.kind() == kind::LAMBDA {
            return self.stands_for(&inside, &body, effort);
        }
        match self.block(&mut inside, &body, effort)? {
            ControlFlow::Return(known) => Ok(known),
            ControlFlow::Next => Ok(Known::Value(PyValue::None)),
            ControlFlow::Break | ControlFlow::Continue => Err(unknown()),
        }
    }

    /// The parameters with what a call gives, or their defaults.
    fn bound_parameters(
        &self,
        place: &Place,
        function: &Node<'_>,
        by_position: Vec<Known>,
        mut by_name: Vec<(String, Known)>,
        effort: &Effort,
    ) -> Result<Locals, Reason> {
        let mut locals = Locals::default();
        locals.is_whole = function.kind() != kind::LAMBDA;
        let mut given = by_position.into_iter();
        let mut by_position_ends = false;
        let parameters = function.field("parameters");
        let parameters = parameters.iter().flat_map(|list| list.parts().collect::<Vec<_>>());
        for parameter in parameters {
            if matches!(&*parameter.kind(), kind::POSITIONAL_SEPARATOR | kind::KEYWORD_SEPARATOR) {
                by_position_ends |= parameter.kind() == kind::KEYWORD_SEPARATOR;
                continue;
            }
            let name = name_of(&parameter);
            let name =
                name.ok_or_else(|| Reason::about(&parameter.text(), "takes what can't be known"))?.text().into_owned();
            let named = by_name.iter().position(|(given, _)| *given == name).map(|index| by_name.remove(index).1);
            let by_position = if by_position_ends { None } else { given.next() };
            let known = match (by_position.or(named), parameter.field("value")) {
                (Some(known), _) => known,
                (None, Some(default)) => self.stands_for(place, &default, effort)?,
                (None, None) => return Err(Reason::about(&name, "is not given")),
            };
            locals.set(&name, known);
        }
        match given.next().is_none() && by_name.is_empty() {
            true => Ok(locals),
            false => Err("it is given more than it takes".into()),
        }
    }

    fn block(&self, place: &mut Place, block: &Node<'_>, effort: &Effort) -> Result<ControlFlow, Reason> {
        for statement in block.parts() {
            match self.statement(place, &statement, effort)? {
                ControlFlow::Next => {}
                other => return Ok(other),
            }
        }
        Ok(ControlFlow::Next)
    }

    fn statement(&self, place: &mut Place, statement: &Node<'_>, effort: &Effort) -> Result<ControlFlow, Reason> {
        if !effort.step() {
            return Err("it takes too many steps".into());
        }
        let unknown = || Err(Reason::about(&shortened(&statement.text()), "is not carried out here"));
        match &*statement.kind() {
            kind::PASS_STATEMENT | kind::IMPORT_STATEMENT | kind::IMPORT_FROM_STATEMENT => Ok(ControlFlow::Next),
            kind::BREAK_STATEMENT => Ok(ControlFlow::Break),
            kind::CONTINUE_STATEMENT => Ok(ControlFlow::Continue),
            kind::RETURN_STATEMENT => match statement.parts().next() {
                Some(value) => self.stands_for(place, &value, effort).map(ControlFlow::Return),
                None => Ok(ControlFlow::Return(Known::Value(PyValue::None))),
            },
            kind::EXPRESSION_STATEMENT => match statement.parts().next() {
                Some(expression) => self.expression_statement(place, &expression, effort),
                None => unknown(),
            },
            kind::IF_STATEMENT => self.branches(place, statement, effort),
            kind::FOR_STATEMENT => self.for_loop(place, statement, effort),
            kind::WHILE_STATEMENT => self.while_loop(place, statement, effort),
            _ => unknown(),
        }
    }

    fn expression_statement(&self, place: &mut Place, node: &Node<'_>, effort: &Effort) -> Result<ControlFlow, Reason> {
        let unknown = || Reason::about(&shortened(&node.text()), "is not carried out here");
        match &*node.kind() {
            kind::STRING | kind::CONCATENATED_STRING => {}
            kind::ASSIGNMENT => self.assign(place, node, effort)?,
            kind::AUGMENTED_ASSIGNMENT => {
                let (left, right) = node.field("left").zip(node.field("right")).ok_or_else(unknown)?;
                let operator = node.field("operator").ok_or_else(unknown)?.text().into_owned();
                let (before, by) = (self.one(place, &left, effort)?, self.one(place, &right, effort)?);
                // `+=` changes a list itself, which other names may stand for too
                if matches!(before, PyValue::Collection(..)) || left.kind() != kind::IDENTIFIER {
                    return Err(unknown());
                }
                let operator = operator.trim_end_matches('=');
                let changed = super::operation::operation(operator, &before, &by);
                let changed =
                    changed.or_else(|| super::strings::arithmetic(operator, &before, &by)).ok_or_else(unknown)?;
                place.set(&left.text(), Known::Value(changed));
            }
            kind::CALL => self.change_list(place, node, effort)?,
            _ => return Err(unknown()),
        }
        Ok(ControlFlow::Next)
    }

    /// `name = value`. A list gets no second name: a change by way of one name would have to be seen by way of the other.
    fn assign(&self, place: &mut Place, node: &Node<'_>, effort: &Effort) -> Result<(), Reason> {
        let unknown = || Reason::about(&shortened(&node.text()), "is not carried out here");
        let left = node.field("left").ok_or_else(unknown)?;
        let Some(right) = node.field("right").map(|right| unparenthesized(&right)) else { return Ok(()) };
        let known = self.stands_for(place, &right, effort)?;
        let is_list = matches!(known, Known::Value(PyValue::Collection(CollectionKind::List | CollectionKind::Set, _)));
        if right.kind() == kind::ASSIGNMENT || is_list && matches!(&*right.kind(), kind::IDENTIFIER | kind::ATTRIBUTE) {
            return Err(unknown());
        }
        match known {
            Known::Value(value) => bind(place, &left, value),
            other if left.kind() == kind::IDENTIFIER => {
                place.set(&left.text(), other);
                Ok(())
            }
            _ => Err(unknown()),
        }
    }

    /// `items.append(value)`, of a list that the function made itself.
    fn change_list(&self, place: &mut Place, call: &Node<'_>, effort: &Effort) -> Result<(), Reason> {
        let unknown = || Reason::about(&shortened(&call.text()), "is not carried out here");
        let (function, arguments) = call.field("function").zip(call.field("arguments")).ok_or_else(unknown)?;
        let (object, method) = function.field("object").zip(function.field("attribute")).ok_or_else(unknown)?;
        let is_made_here = object.kind() == kind::IDENTIFIER && is_assigned(call, &object.text());
        let given = positional_arguments(&arguments);
        let [given] = given.as_slice() else { return Err(unknown()) };
        let PyValue::Collection(CollectionKind::List, mut items) = self.one(place, &object, effort)? else {
            return Err(unknown());
        };
        match &*method.text() {
            "append" => items.push(self.one(place, given, effort)?),
            "extend" => items.extend(self.elements(place, given, effort)?),
            _ => return Err(unknown()),
        }
        if !is_made_here || items.len() > MOST_ROUNDS {
            return Err(unknown());
        }
        place.set(&object.text(), Known::Value(PyValue::Collection(CollectionKind::List, items)));
        Ok(())
    }

    fn branches(&self, place: &mut Place, statement: &Node<'_>, effort: &Effort) -> Result<ControlFlow, Reason> {
        let alternatives: Vec<Node<'_>> = statement.field_children("alternative").collect();
        for branch in std::iter::once(statement).chain(&alternatives) {
            if branch.kind() == kind::ELSE_CLAUSE {
                let Some(body) = branch.field("body") else { continue };
                return self.block(place, &body, effort);
            }
            let (condition, body) =
                branch.field("condition").zip(branch.field("consequence")).ok_or("a branch can't be read")?;
            if self.truth(place, &condition, effort)? {
                return self.block(place, &body, effort);
            }
        }
        Ok(ControlFlow::Next)
    }

    fn for_loop(&self, place: &mut Place, statement: &Node<'_>, effort: &Effort) -> Result<ControlFlow, Reason> {
        let unknown = || Reason::about(&shortened(&statement.text()), "is not carried out here");
        let (left, right) = statement.field("left").zip(statement.field("right")).ok_or_else(unknown)?;
        let body = statement.field("body").filter(|_| statement.field("alternative").is_none()).ok_or_else(unknown)?;
        for element in self.elements(place, &right, effort)? {
            bind(place, &left, element)?;
            match self.block(place, &body, effort)? {
                ControlFlow::Next | ControlFlow::Continue => {}
                ControlFlow::Break => break,
                returned @ ControlFlow::Return(_) => return Ok(returned),
            }
        }
        Ok(ControlFlow::Next)
    }

    fn while_loop(&self, place: &mut Place, statement: &Node<'_>, effort: &Effort) -> Result<ControlFlow, Reason> {
        let unknown = || Reason::about(&shortened(&statement.text()), "is not carried out here");
        let condition = statement.field("condition").ok_or_else(unknown)?;
        let body = statement.field("body").filter(|_| statement.field("alternative").is_none()).ok_or_else(unknown)?;
        for _ in 0..MOST_ROUNDS {
            if !self.truth(place, &condition, effort)? {
                return Ok(ControlFlow::Next);
            }
            match self.block(place, &body, effort)? {
                ControlFlow::Next | ControlFlow::Continue => {}
                ControlFlow::Break => return Ok(ControlFlow::Next),
                returned @ ControlFlow::Return(_) => return Ok(returned),
            }
        }
        Err("it takes too many steps".into())
    }
}

/// Whether a name is a local variable of the function around a call. A parameter is none: the caller knows its list, too.
fn is_assigned(call: &Node<'_>, name: &str) -> bool {
    let Some(function) = call.ancestors().find(has_scope) else { return false };
    let is_parameter = function
        .field("parameters")
        .is_some_and(|parameters| parameters.dfs().any(|node| node.kind() == kind::IDENTIFIER && node.text() == name));
    let assigns =
        |node: &Node<'_>| node.kind() == kind::ASSIGNMENT && node.field("left").is_some_and(|left| left.text() == name);
    !is_parameter && function.dfs().any(|node| assigns(&node))
}

/// Whether a call of a function, or of a lambda, gives what it returns.
pub(super) fn is_plain(function: &Node<'_>) -> bool {
    let is_other = |node: &Node<'_>| matches!(&*node.kind(), kind::YIELD | kind::AWAIT);
    matches!(&*function.kind(), kind::FUNCTION_DEFINITION | kind::LAMBDA)
        && decorators_as_written(function).iter().all(|name| is_harmless(name))
        && !is_async(function)
        && !function.dfs().any(|node| is_other(&node))
}

/// Whether a decorator leaves what a function returns as it is.
fn is_harmless(decorator: &str) -> bool {
    matches!(
        decorator,
        "staticmethod" | "classmethod" | "cache" | "lru_cache" | "functools.cache" | "functools.lru_cache"
    )
}

/// The names of the decorators of a function, each with all of its parts.
fn decorators_as_written(function: &Node<'_>) -> Vec<String> {
    let decorators = decorating(function).into_iter().filter_map(|decorator| {
        let expression = decorator.parts().next()?;
        Some(expression.field("function").unwrap_or(expression).text().into_owned())
    });
    decorators.collect()
}

/// The name of a parameter that takes one value.
fn name_of<'t>(parameter: &Node<'t>) -> Option<Node<'t>> {
    match &*parameter.kind() {
        kind::IDENTIFIER => Some(parameter.clone()),
        kind::TYPED_PARAMETER => parameter.parts().next().filter(|inner| inner.kind() == kind::IDENTIFIER),
        kind::DEFAULT_PARAMETER | kind::TYPED_DEFAULT_PARAMETER => parameter.field("name"),
        _ => None,
    }
}
