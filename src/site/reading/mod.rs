//! A call that is given a cascade goes in; where the function that it runs does something else with that than hand it on comes out.

mod calls;
mod flow;
mod itself;
mod keys;

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use crate::module::{BindingKind, Scope};
use crate::module::{Location, Module};
use crate::resolve::{Found, Place, Ran, Resolver};
use crate::syntax::{Node, Parts, call_of_argument, first_parameter, has_scope, is_assigned, kind, unparenthesized};

use flow::Flow;
use foldhash::HashMap;
pub(super) use keys::{Key, KeyPath, keys_to};

/// A place that does something else with a cascade than hand it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The parameter or the attribute that it is read of, or the decorator.
    pub name: String,
    /// Where that is bound, or stands.
    pub definition: Location,
    /// Where it is read.
    pub at: Location,
    /// What is known of it.
    pub how: HowRead,
}

/// What is known of a place that gets a cascade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HowRead {
    /// The place does something else with the cascade than hand it on.
    Used,
    /// The annotation of the parameter that gets the cascade names the value.
    Typed,
    /// A decorator, of which nothing can be known.
    Decorator,
}

/// The keys under which a function gives back what it was given.
type Returned = Vec<KeyPath>;

/// A callee's text, and the function or class it stands in.
type Called = (String, Option<usize>);

/// Looks into functions for what they do with a cascade.
pub(super) struct Readers<'a> {
    resolver: &'a Resolver<'a>,
    /// By function or class, and where in its arguments the cascade is.
    known: RefCell<HashMap<(Location, KeyPath), Result<Returned, Reading>>>,
    /// What calls run.
    run: RefCell<HashMap<Called, Vec<Ran>>>,
    /// Where a module puts something else in the place of a constructor.
    replaced: RefCell<HashMap<Arc<Path>, Option<Reading>>>,
}

impl<'a> Readers<'a> {
    pub(super) fn new(resolver: &'a Resolver<'a>) -> Self {
        Self { resolver, known: RefCell::default(), run: RefCell::default(), replaced: RefCell::default() }
    }

    /// Where what the call of a constructor runs does something else with the cascade that is under the keys in its arguments. All calls
    /// are in one module.
    pub(super) fn of_call(&self, module: &Arc<Module>, callee: &Node<'_>, keys: &KeyPath) -> Option<Reading> {
        let replaced = || {
            self.replaced
                .borrow_mut()
                .entry(Arc::clone(&module.path))
                .or_insert_with(|| itself::replaced(self.resolver, module))
                .clone()
        };
        let name = partial_name(callee);
        let looked_into = name.and_then(|name| itself::looked_into(module, &name));
        if let Some(reading) = looked_into.or_else(replaced) {
            return Some(reading);
        }
        let around = callee.ancestors().find(has_scope);
        let key = (callee.text().into_owned(), around.map(|node| node.node_id()));
        let known = self.run.borrow().get(&key).cloned();
        let ran = known.unwrap_or_else(|| {
            let ran = self.resolver.run_by(&Place::of(module, callee), callee);
            self.run.borrow_mut().insert(key, ran.clone());
            ran
        });
        ran.iter().find_map(|ran| match ran {
            Ran::Own(found) => self.of_own(found, keys).err(),
            _ => None,
        })
    }

    /// What a function or a class of the repository does with it.
    fn of_own(&self, found: &Found, keys: &KeyPath) -> Result<Returned, Reading> {
        let key = (found.location(), keys.clone());
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        // what calls itself has nothing to add
        self.known.borrow_mut().insert(key.clone(), Ok(Vec::new()));
        let done = match found.binding().kind {
            BindingKind::Class(_) => self.of_class(found, keys),
            _ => self.of_function(found, keys),
        };
        self.known.borrow_mut().insert(key, done.clone());
        done
    }

    fn of_class(&self, class: &Found, keys: &KeyPath) -> Result<Returned, Reading> {
        if let Some(node) = class.value() {
            self.of_decorators(class.module(), &node, keys)?;
            let is_read = |node: &Node<'_>| is_attribute_of_self(node) && !is_assigned(node) || gets_it_inside(node);
            if let Some(read) = node.dfs().find(is_read) {
                let at = class.module().location(&read.range());
                return Err(Reading { name: named(&read), definition: class.location(), at, how: HowRead::Used });
            }
        }
        for method in ["__init__", "__new__"] {
            for found in self.resolver.method(class, method) {
                self.of_own(&found, keys)?;
            }
        }
        Ok(Vec::new())
    }

    fn of_function(&self, function: &Found, keys: &KeyPath) -> Result<Returned, Reading> {
        let Some(node) = function.value().map(|node| unparenthesized(&node)) else { return Ok(Vec::new()) };
        self.of_decorators(function.module(), &node, keys)?;
        if let Some(reading) = itself::looked_into(function.module(), function.name()) {
            return Err(reading);
        }
        let is_method = function.scope().owner.as_ref().is_some_and(|owner| owner.is_class);
        self.within(function.module(), &node, is_method, keys)
    }

    /// What the body of a function does with it.
    fn within(
        &self,
        module: &Arc<Module>,
        function: &Node<'_>,
        is_method: bool,
        keys: &KeyPath,
    ) -> Result<Returned, Reading> {
        let scope = module.scope_of(function);
        let Some(parameter) = CascadeParameter::of(&scope, has_object(function, is_method), keys) else {
            return Ok(Vec::new());
        };
        let definition = module.location(&parameter.bound);
        let annotation = function.field("parameters").and_then(|parameters| {
            let around = |node: &Node<'_>| {
                node.range().start <= parameter.bound.start && parameter.bound.end <= node.range().end
            };
            parameters.parts().find(around)?.field("type")
        });
        let names = parameter.keys.iter().filter_map(|key| if let Key::Name(name) = key { name.clone() } else { None });
        let names: Vec<String> = names.collect();
        let is_typed = |node: &Node<'_>| self.resolver.names_values(&Place::of(module, node), node, &names);
        if let Some(annotation) = annotation.filter(is_typed) {
            let at = module.location(&annotation.range());
            return Err(Reading { name: parameter.name, definition, at, how: HowRead::Typed });
        }
        Flow::new(self, module, function, definition, (parameter.name, parameter.keys)).run()
    }

    /// What decorators of a function or a class put around it.
    fn of_decorators(&self, module: &Arc<Module>, definition: &Node<'_>, keys: &KeyPath) -> Result<(), Reading> {
        let decorated = definition.parent().filter(|parent| parent.kind() == kind::DECORATED_DEFINITION);
        let decorators = decorated.iter().flat_map(|node| node.children().collect::<Vec<_>>());
        for decorator in decorators.filter(|node| node.kind() == kind::DECORATOR) {
            let Some(expression) = decorator.parts().next() else {
                continue;
            };
            let expression = unparenthesized(&expression);
            let called = expression.field("function").filter(|_| expression.kind() == kind::CALL);
            let name = called.unwrap_or(expression);
            for ran in self.resolver.run_by(&Place::of(module, &name), &name) {
                match ran {
                    Ran::Own(found) => self.of_decorator(&found, keys)?,
                    Ran::Outside(path) if is_harmless(&path) => {}
                    _ => {
                        let at = module.location(&name.range());
                        let name = name.text().into_owned();
                        return Err(Reading { name, definition: at.clone(), at, how: HowRead::Decorator });
                    }
                }
            }
        }
        Ok(())
    }

    /// A decorator of the repository: the functions in it stand for what it decorates.
    fn of_decorator(&self, decorator: &Found, keys: &KeyPath) -> Result<(), Reading> {
        let methods = match decorator.binding().kind {
            BindingKind::Class(_) => self.resolver.method(decorator, "__call__"),
            _ => vec![decorator.clone()],
        };
        for found in &methods {
            let is_class = matches!(decorator.binding().kind, BindingKind::Class(_));
            let Some(node) = found.value().map(|node| unparenthesized(&node)) else { continue };
            if is_class {
                self.of_own(found, keys)?;
            }
            let is_inner = |inner: &Node<'_>| {
                matches!(&*inner.kind(), kind::FUNCTION_DEFINITION | kind::LAMBDA) && inner.range() != node.range()
            };
            for inner in node.dfs().filter(is_inner) {
                self.within(found.module(), &inner, false, keys)?;
            }
        }
        Ok(())
    }
}

/// The parameter that gets the cascade.
struct CascadeParameter {
    name: String,
    bound: std::ops::Range<usize>,
    /// Where in it the cascade is.
    keys: KeyPath,
}

impl CascadeParameter {
    /// By where the cascade is in the arguments; `has_object` where the first parameter is given by no argument.
    fn of(scope: &Scope, has_object: bool, keys: &KeyPath) -> Option<Self> {
        let (first, rest) = keys.split_first()?;
        let found = |name: &str, bound: &std::ops::Range<usize>, keys: KeyPath| Self {
            name: name.to_owned(),
            bound: bound.clone(),
            keys,
        };
        let parameters = || scope.parameters();
        let taken = match first {
            Key::Name(Some(given)) => {
                parameters().find(|(name, it, _)| name == given && !it.is_rest && !it.is_keywords)
            }
            Key::Index(Some(index)) => {
                let index = index + usize::from(has_object);
                parameters().find(|(_, parameter, _)| parameter.position == Some(index))
            }
            _ => None,
        };
        if let Some((name, _, binding)) = taken {
            return Some(found(name, &binding.name, rest.to_vec()));
        }
        match first {
            Key::Name(_) => {
                let (name, _, binding) = parameters().find(|(_, parameter, _)| parameter.is_keywords)?;
                Some(found(name, &binding.name, keys.clone()))
            }
            Key::Index(index) => {
                let (name, _, binding) = parameters().find(|(_, parameter, _)| parameter.is_rest)?;
                let before = parameters().filter(|(_, parameter, _)| parameter.position.is_some()).count();
                let index = index.and_then(|index| (index + usize::from(has_object)).checked_sub(before));
                Some(found(name, &binding.name, keys::inside(Key::Index(index), rest)))
            }
        }
    }
}

/// Whether the first parameter of a function is the object whose method it is.
fn has_object(function: &Node<'_>, is_method: bool) -> bool {
    let first = first_parameter(function);
    let is_static =
        function.parent().filter(|around| around.kind() == kind::DECORATED_DEFINITION).is_some_and(|parent| {
            parent.children().any(|child| child.kind() == kind::DECORATOR && child.text().contains("staticmethod"))
        });
    !is_static && (is_method || first.is_some_and(|first| first.text() == "self"))
}

/// `self.cascade`
fn is_attribute_of_self(node: &Node<'_>) -> bool {
    let has = |field: &str, text: &[&str]| node.field(field).is_some_and(|node| text.contains(&&*node.text()));
    node.kind() == kind::ATTRIBUTE && has("object", &["self"]) && has("attribute", &["cascade", "_cascade"])
}

/// `self.cascade`, `__setattr__`, `metaclass=Meta`
fn named(node: &Node<'_>) -> String {
    let name = if node.kind() == kind::FUNCTION_DEFINITION { node.field("name") } else { None };
    name.unwrap_or_else(|| node.clone()).text().into_owned()
}

/// Whether a part of a class derived from SQLAlchemy's gets the cascade without being called for that: a metaclass, or a method that sets
/// attributes.
fn gets_it_inside(node: &Node<'_>) -> bool {
    let name = || node.field("name").map(|name| name.text().into_owned()).unwrap_or_default();
    match &*node.kind() {
        kind::FUNCTION_DEFINITION => matches!(name().as_str(), "_set_cascade" | "__setattr__"),
        kind::KEYWORD_ARGUMENT => {
            let is_of_class = node
                .parent()
                .and_then(|bases| bases.parent())
                .is_some_and(|class| class.kind() == kind::CLASS_DEFINITION);
            is_of_class && name() == "metaclass"
        }
        _ => false,
    }
}

/// The name that gets what a call makes of its callee: `owned` in `owned = partial(relationship, cascade=…)`.
fn partial_name(callee: &Node<'_>) -> Option<String> {
    let call = call_of_argument(callee)?;
    let assignment = call.parent().filter(|around| around.kind() == kind::ASSIGNMENT)?;
    assignment.field("left").map(|left| left.text().into_owned())
}

/// Whether a decorator from outside of the repository is known to look at no argument.
fn is_harmless(qualified: &str) -> bool {
    // a function that is registered with the decorated one runs in place of that
    if qualified.starts_with("functools.singledispatch") {
        return false;
    }
    const BUILT_IN: [&str; 4] = ["staticmethod", "classmethod", "property", "deprecated"];
    const MODULES: [&str; 7] =
        ["functools", "typing", "typing_extensions", "abc", "sqlalchemy", "warnings", "deprecated"];
    let module = qualified.split_once('.').map_or("", |(module, _)| module);
    MODULES.contains(&module) || BUILT_IN.contains(&qualified)
}
