//! A function and what it is given go in; what a call of it gives comes out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::resolve::{Arguments, Passed};
use crate::syntax::{
    Node, Parts, decorator_last_names, first_parameter, has_scope, is_method, is_splat, kind, on_one_line,
    parameter_name, returned, unparenthesized,
};

use super::annotation::is_class_of;
use super::assignment::{class_of, is_receiver};
use super::kind::{Function, Type, is_object};
use super::{Context, TypeFrame, TypeQuestion, Types};

/// An argument of a call.
pub(super) struct TypedArgument {
    /// By keyword; None by position.
    pub name: Option<String>,
    pub value: Type,
}

impl Types<'_> {
    /// What a call gives.
    pub(super) fn returned(&self, function: &Function, given: &[TypedArgument]) -> Type {
        let Some(node) = function.module.node(&function.at.range()) else { return Type::NEVER };
        let mut variables: BTreeMap<String, Type> = function.variables.iter().cloned().collect();
        let general = Context { module: function.module.clone(), frame: super::class::frame_of(&variables) };
        let arguments = self.arguments(&general, &node, function, given, &mut variables);
        let context = Context {
            module: function.module.clone(),
            frame: Arc::new(TypeFrame { receiver: function.receiver.as_deref().cloned(), arguments, variables }),
        };
        let at = function.module.location(&node.range());
        let found = self.once(&context, TypeQuestion::Returned, at, || self.result(&context, &node));
        if self.is_manager(&context, &node) {
            return Type::Manager(Box::new(self.item(&found)));
        }
        found
    }

    /// By its annotation, else by what it returns or yields.
    fn result(&self, context: &Context, function: &Node<'_>) -> Type {
        let name = function.field("name").map(|name| name.text().into_owned());
        let name = name.unwrap_or_else(|| "the lambda".to_owned());
        if let Some(decorator) = self.replacing_decorator(context, function) {
            return Type::unknown(format!("what `{decorator}`, which decorates `{name}`, gives is not followed"));
        }
        if let Some(annotation) = function.field("return_type") {
            let declared = self.annotated(context, &annotation);
            if is_object(&declared) {
                self.step(context, function, format!("`{name}` returns `{}`", on_one_line(&annotation)));
            }
            let is_open = declared.parts().iter().any(|part| matches!(part, Type::Unknown(_)));
            if !is_open {
                return declared;
            }
            let given = self.given_back(context, function);
            return if is_object(&given) { given } else { declared };
        }
        let found = self.given_back(context, function);
        if is_object(&found) {
            self.step(context, function, format!("`{name}` gives it"));
        }
        found
    }

    fn given_back(&self, context: &Context, function: &Node<'_>) -> Type {
        let yielded = yields(function);
        if !yielded.is_empty() {
            let given = yielded.iter().filter_map(|node| {
                let given = self.value(context, &node.parts().next()?);
                let is_from = node.children().any(|child| child.kind() == "from");
                Some(if is_from { self.item(&given) } else { given })
            });
            return Type::sequence(Type::any(given));
        }
        let all = returned(function);
        if all.is_empty() && is_method(function) && is_left_open(function) {
            let name = function.field("name").map(|name| name.text().into_owned()).unwrap_or_default();
            return Type::unknown(format!("`{name}` is left to classes that inherit it"));
        }
        if all.is_empty() {
            return Type::Nothing;
        }
        Type::any(all.iter().map(|value| self.value(context, value)))
    }

    /// What the parameters without annotation get, by name; type variables are found out by those that have one.
    fn arguments(
        &self,
        context: &Context,
        node: &Node<'_>,
        function: &Function,
        given: &[TypedArgument],
        variables: &mut BTreeMap<String, Type>,
    ) -> BTreeMap<String, Type> {
        let mut arguments = BTreeMap::new();
        let parameters = node.field("parameters");
        let mut parameters: Vec<Node<'_>> = parameters.iter().flat_map(Node::parts).collect();
        let is_bound = function.receiver.is_some() && is_method(node);
        if is_bound && !parameters.is_empty() {
            let first = parameters.remove(0);
            if let (Some(annotation), Some(receiver)) = (first.field("type"), &function.receiver) {
                solve(&self.annotated(context, &annotation), receiver, variables);
            }
        }
        let mut by_position = given.iter().filter(|given| given.name.is_none());
        for parameter in &parameters {
            let Some(name) = parameter_name(parameter) else { continue };
            if is_splat(parameter) || name.parent().is_some_and(|around| is_splat(&around)) {
                continue;
            }
            let by_name = given.iter().find(|given| given.name.as_deref() == Some(&*name.text()));
            let Some(value) = by_name.or_else(|| by_position.next()).map(|given| given.value.clone()) else { continue };
            match parameter.field("type") {
                Some(annotation) => {
                    let declared = self.annotated(context, &annotation);
                    solve(&declared, &value, variables);
                    if says_nothing(&declared) {
                        arguments.insert(name.text().into_owned(), value);
                    }
                }
                None => {
                    arguments.insert(name.text().into_owned(), value);
                }
            }
        }
        arguments
    }

    /// The same for the type variables alone.
    pub(super) fn solve_arguments(
        &self,
        function: &Function,
        given: &[TypedArgument],
        variables: &mut BTreeMap<String, Type>,
    ) {
        if let Some(node) = function.module.node(&function.at.range()) {
            self.arguments(&Context::of(&function.module), &node, function, given, variables);
        }
    }

    /// What a parameter can be.
    pub(super) fn parameter(&self, context: &Context, name: &Node<'_>) -> Type {
        let Some(function) = name.ancestors().find(has_scope) else { return Type::NEVER };
        let parameter = parameter_around(name);
        let written = name.text();
        if is_receiver(&function, name) {
            return self.receiver(context, &function, name);
        }
        let annotation = parameter.field("type");
        let kind = name.parent().map(|around| around.kind().into_owned()).unwrap_or_default();
        let found = match &annotation {
            Some(annotation) => {
                let declared = self.annotated(context, annotation);
                if is_object(&declared) {
                    self.step(context, name, format!("`{written}` is annotated `{}`", on_one_line(annotation)));
                }
                let given = context.frame.arguments.get(&*written).filter(|_| says_nothing(&declared));
                given.filter(|given| is_object(given)).cloned().unwrap_or(declared)
            }
            None => self.given_parameter(context, &function, &parameter, name),
        };
        match kind.as_str() {
            kind::LIST_SPLAT_PATTERN => Type::sequence(found),
            kind::DICTIONARY_SPLAT_PATTERN => Type::Mapping(Box::new(Type::Other), Box::new(found)),
            _ => found,
        }
    }

    /// `self` or `cls`.
    fn receiver(&self, context: &Context, function: &Node<'_>, name: &Node<'_>) -> Type {
        let names = decorator_last_names(function);
        let is_class = names.iter().any(|name| matches!(name.as_str(), "classmethod" | "declared_attr" | "validator"))
            || matches!(&*name.text(), "cls" | "klass");
        if let Some(receiver) = &context.frame.receiver {
            return match receiver {
                Type::Object(class, given) if is_class => Type::Class(class.clone(), given.clone()),
                Type::Class(class, given) if !is_class => Type::Object(class.clone(), given.clone()),
                other => other.clone(),
            };
        }
        let Some(class) = function.ancestors().find(|around| around.kind() == kind::CLASS_DEFINITION) else {
            return Type::NEVER;
        };
        let class = class_of(context, &class);
        self.step(context, name, format!("`{}` is a `{}`", name.text(), class.name));
        if is_class { Type::Class(class, Vec::new()) } else { Type::Object(class, Vec::new()) }
    }

    /// A parameter without annotation: what the call gives it, its default, or the fixture of its name.
    fn given_parameter(&self, context: &Context, function: &Node<'_>, parameter: &Node<'_>, name: &Node<'_>) -> Type {
        let written = name.text();
        if let Some(given) = context.frame.arguments.get(&*written) {
            return given.clone();
        }
        if let Some(default) = parameter.field("value") {
            let given = match default.field("function") {
                Some(called) if is_dependency(&called) => self.dependency(context, &default),
                _ => self.value(context, &default),
            };
            if is_object(&given) {
                return given;
            }
        }
        if let Some(fixture) = self.fixture(context, function, &written) {
            return fixture;
        }
        if is_run_in_session(context.module.source.text(), function, name) {
            return Type::Session;
        }
        let what = function.field("name").map_or("a lambda".to_owned(), |name| format!("`{}`", name.text()));
        Type::unknown(format!("`{written}` is a parameter of {what} without annotation"))
    }

    /// `Depends(get_session)`: what the function gives or yields.
    pub(super) fn dependency(&self, context: &Context, call: &Node<'_>) -> Type {
        let arguments = Arguments::of_call(&context.module, call);
        let Passed::Given(function) = arguments.get_at(&self.resolver, "dependency", 0) else {
            return Type::unknown("what it depends on can't be told");
        };
        self.passed(context, &function).each(|function| match function {
            Type::Function(function) => self.provided(function),
            Type::Class(class, given) => self.object_of(class, given),
            Type::OutsideObject(path, given) => self.call_of_outside_object(path, given),
            Type::Object(..) => self.result_of_method(function, "__call__"),
            _ => Type::unknown(format!("what `{}` gives can't be told", on_one_line(&unparenthesized(call)))),
        })
    }

    /// What a function provides as a dependency or a fixture: what it returns, or the one thing that it yields.
    pub(super) fn provided(&self, function: &Function) -> Type {
        let node = function.module.node(&function.at.range());
        let is_generator = node.is_some_and(|node| {
            let declared = node.field("return_type").map(|declared| declared.text().into_owned()).unwrap_or_default();
            !yields(&node).is_empty() || declared.contains("Generator") || declared.contains("Iterator")
        });
        self.returned(function, &[]).each(|made| match made {
            Type::Sequence(one) if is_generator => (**one).clone(),
            Type::Manager(one) => (**one).clone(),
            other => other.clone(),
        })
    }
}

/// Whether an annotation tells nothing of what is given: `Any`, `Query`.
fn says_nothing(declared: &Type) -> bool {
    matches!(declared, Type::Unknown(_))
}

/// `Depends(…)`, `Security(…)`, `Provide(…)`
pub(super) fn is_dependency(called: &Node<'_>) -> bool {
    let name = called.field("attribute").unwrap_or_else(|| called.clone());
    matches!(&*name.text(), "Depends" | "Security" | "Provide" | "Inject")
}

/// Whether a parameter is the session that `run_sync` calls a function with, which is given to it there, or by its name.
fn is_run_in_session(text: &str, function: &Node<'_>, parameter: &Node<'_>) -> bool {
    const METHOD: &str = "run_sync(";
    let first = first_parameter(function).and_then(|first| parameter_name(&first));
    if first.is_none_or(|first| first.range() != parameter.range()) {
        return false;
    }
    let before = text[..function.range().start].trim_end();
    match function.field("name") {
        Some(name) => text.contains(&format!("{METHOD}{}", name.text())),
        None => before.ends_with(METHOD),
    }
}

/// Whether the body of a method says nothing of what it gives, so that a class that inherits it has to: `...`, `pass`, `raise`.
fn is_left_open(method: &Node<'_>) -> bool {
    let says_nothing = |statement: &Node<'_>| match &*statement.kind() {
        kind::PASS_STATEMENT | kind::RAISE_STATEMENT => true,
        kind::EXPRESSION_STATEMENT => statement
            .parts()
            .all(|inner| matches!(&*inner.kind(), kind::STRING | kind::CONCATENATED_STRING | kind::ELLIPSIS)),
        _ => false,
    };
    method.field("body").is_some_and(|body| body.parts().all(|statement| says_nothing(&statement)))
}

/// The outermost node of a parameter, by its name.
fn parameter_around<'t>(name: &Node<'t>) -> Node<'t> {
    let mut node = name.clone();
    while let Some(around) = node.parent() {
        if matches!(&*around.kind(), kind::PARAMETERS | kind::LAMBDA_PARAMETERS) {
            break;
        }
        node = around;
    }
    node
}

/// The expressions that a function yields.
pub(super) fn yields<'t>(function: &Node<'t>) -> Vec<Node<'t>> {
    let Some(body) = function.field("body") else { return Vec::new() };
    let mut found = Vec::new();
    if function.kind() == kind::LAMBDA || !body.text().contains("yield") {
        return found;
    }
    let mut stack = vec![body];
    while let Some(node) = stack.pop() {
        if node.kind() == kind::YIELD {
            found.push(node.clone());
        }
        if !has_scope(&node) {
            stack.extend(node.parts());
        }
    }
    found
}

/// What type variables stand for where something is given for a type that has them.
pub(super) fn solve(declared: &Type, given: &Type, variables: &mut BTreeMap<String, Type>) {
    match (declared, given) {
        (Type::Variable(name), given) if !given.is_never() => {
            let known = variables.remove(name).unwrap_or(Type::NEVER);
            variables.insert(name.clone(), Type::any([known, given.clone()]));
        }
        (Type::Union(parts), given) => parts.iter().for_each(|part| solve(part, given, variables)),
        (Type::Object(one, inside), Type::Object(other, given))
        | (Type::Class(one, inside), Type::Class(other, given))
            if one == other =>
        {
            inside.iter().zip(given).for_each(|(inside, given)| solve(inside, given, variables));
        }
        (Type::OutsideObject(path, inside), Type::Class(class, given)) if is_class_of(path) => {
            let object = Type::Object(class.clone(), given.clone());
            inside.iter().for_each(|inside| solve(inside, &object, variables));
        }
        (Type::OutsideObject(_, inside), Type::OutsideObject(_, given)) | (Type::Tuple(inside), Type::Tuple(given)) => {
            inside.iter().zip(given).for_each(|(inside, given)| solve(inside, given, variables));
        }
        (Type::Sequence(inside), Type::Sequence(given)) => solve(inside, given, variables),
        (Type::Mapping(_, inside), Type::Mapping(_, given)) => solve(inside, given, variables),
        (Type::Rows(inside), Type::Rows(given)) => {
            inside.columns.iter().zip(&given.columns).for_each(|(inside, given)| solve(inside, given, variables));
        }
        _ => {}
    }
}
