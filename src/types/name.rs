//! A name where it is used goes in; what it can be comes out.

use std::path::Path;

use crate::module::{Binding, BindingKind};
use crate::resolve::{Effort, Found, Place, Resolution};
use crate::syntax::{Node, Parts, has_scope, kind, nodes_with_word, parameter_name};

use super::kind::Type;
use super::narrowed::{Tested, tests};
use super::reaching::{ReachingDefinitions, bindings_in, reaching};
use super::{Context, Types};

impl Types<'_> {
    /// What a name can be where it is used.
    pub(super) fn name(&self, context: &Context, used: &Node<'_>) -> Type {
        let name = used.text().into_owned();
        let mut from = used.clone();
        let around: Vec<Node<'_>> = used.ancestors().filter(has_scope).collect();
        for around in around {
            let is_class = around.kind() == kind::CLASS_DEFINITION;
            let is_direct = from.range() == used.range();
            if (!is_class || is_direct) && is_body_of(&around, &from) {
                let found = self.in_scope(context, &name, used, &around, is_direct);
                if let Some(found) = found {
                    return found;
                }
            }
            from = around;
        }
        self.in_module(context, &name, used, from.range() == used.range())
    }

    /// What a name can be that the function or class binds; None where it binds none.
    fn in_scope(
        &self,
        context: &Context,
        name: &str,
        used: &Node<'_>,
        scope: &Node<'_>,
        is_direct: bool,
    ) -> Option<Type> {
        let bound = context.module.scope_of(scope);
        let all = bound.all(name);
        let elsewhere = self.bound_from_inside(context, name, scope);
        if is_direct {
            let is_parameter = |binding: &Binding| matches!(binding.kind, BindingKind::Parameter(_));
            // a scope has no names of comprehensions, which can have an assignment expression
            let by_statements = context.module.has_walrus() || !all.iter().all(is_parameter);
            let reached = reaching(name, used, by_statements);
            if !reached.names.is_empty() || !all.is_empty() {
                let own = self.of_reaching(context, name, used, scope, reached);
                return Some(Type::any([own].into_iter().chain(elsewhere)));
            }
            return None;
        }
        let names = all.iter().filter_map(|binding| context.node(&binding.name)).map(|name| self.bound(context, &name));
        let names: Vec<Type> = names.chain(elsewhere).collect();
        (!names.is_empty()).then(|| Type::any(names))
    }

    fn of_reaching(
        &self,
        context: &Context,
        name: &str,
        used: &Node<'_>,
        scope: &Node<'_>,
        reached: ReachingDefinitions<'_>,
    ) -> Type {
        let tests = tests(&context.module, name, used);
        let narrowed = |bound: &Node<'_>| {
            let since: Vec<&Tested<'_>> =
                tests.iter().filter(|test| test.classes.range().start > bound.range().start).collect();
            self.narrowed(context, self.bound(context, bound), &since)
        };
        let mut all: Vec<Type> = reached.names.iter().map(narrowed).collect();
        if !reached.is_certain {
            let parameters = scope.field("parameters");
            let parameter = parameters.iter().flat_map(Node::parts).find_map(|parameter| {
                let name_node = parameter_name(&parameter)?;
                (name_node.text() == name).then_some(name_node)
            });
            all.extend(parameter.map(|parameter| narrowed(&parameter)));
            if all.is_empty() {
                // a global of a function, or bound later
                return self.in_module(context, name, used, false);
            }
        }
        Type::any(all)
    }

    /// What functions inside of a function, or of a module, bind its name to: they say `nonlocal`, or `global`.
    fn bound_from_inside(&self, context: &Context, name: &str, scope: &Node<'_>) -> Vec<Type> {
        if !context.module.may_share(name) {
            return Vec::new();
        }
        let keyword = if scope.kind() == kind::MODULE { kind::GLOBAL_STATEMENT } else { kind::NONLOCAL_STATEMENT };
        let says = |node: &Node<'_>| node.kind() == keyword && node.parts().any(|child| child.text() == name);
        let bound = |statement: Node<'_>| {
            let body = statement
                .ancestors()
                .find(has_scope)
                .filter(|function| function.range() != scope.range())?
                .field("body");
            let names = bindings_in(name, body).into_iter().map(|name| self.bound(context, &name));
            Some(Type::any(names))
        };
        nodes_with_word(scope, name).filter(says).filter_map(bound).collect()
    }

    /// What a name of the module's own scope can be, imports followed.
    fn in_module(&self, context: &Context, name: &str, used: &Node<'_>, is_direct: bool) -> Type {
        let elsewhere = match context.module.scope.all(name) {
            [] => Vec::new(),
            _ => self.bound_from_inside(context, name, &context.module.tree().root()),
        };
        let own = self.in_module_itself(context, name, used, is_direct);
        Type::any([own].into_iter().chain(elsewhere))
    }

    fn in_module_itself(&self, context: &Context, name: &str, used: &Node<'_>, is_direct: bool) -> Type {
        let own = context.module.scope.all(name);
        let is_import =
            own.iter().any(|binding| matches!(binding.kind, BindingKind::Module(_) | BindingKind::Member(..)));
        if is_direct && !own.is_empty() && !is_import {
            let reached = reaching(name, used, true);
            if !reached.names.is_empty() {
                return Type::any(reached.names.iter().map(|bound| self.bound(context, bound)));
            }
        }
        let place = Place::of(&context.module, used);
        self.named(context, &place, name)
    }

    /// Where names lead to. What stands behind a module of another library is a name of that library.
    pub(super) fn ends(&self, place: &Place, names: &[String]) -> Vec<Resolution> {
        let resolutions = self.resolver.follow(place, names, &Effort::for_value());
        if names.len() > 1
            && matches!(resolutions.as_slice(), [Resolution::Unknown(_)])
            && let [Resolution::Outside(path)] =
                self.resolver.follow(place, &names[..1], &Effort::for_value()).as_slice()
        {
            return vec![Resolution::Outside(path.iter().chain(&names[1..]).cloned().collect())];
        }
        resolutions
    }

    /// What a name leads to by imports and definitions.
    pub(super) fn named(&self, context: &Context, place: &Place, name: &str) -> Type {
        let resolutions = self.resolver.follow(place, &[name.to_owned()], &Effort::for_value());
        let found = self.of_ends(context, &resolutions);
        match &resolutions[..] {
            [Resolution::Unbound] => {
                builtin(name).unwrap_or_else(|| Type::unknown(format!("nothing in reach defines `{name}`")))
            }
            _ => found,
        }
    }

    /// What the ends of a name can be. What is not bound is nothing that it can be.
    pub(super) fn of_ends(&self, context: &Context, resolutions: &[Resolution]) -> Type {
        let all = resolutions.iter().map(|resolution| match resolution {
            Resolution::Bound(found) => self.found(context, found),
            Resolution::Outside(path) => Type::Outside(path.clone()),
            Resolution::Module(file) => Type::Module(file.clone()),
            Resolution::Unbound => Type::NEVER,
            Resolution::Unknown(why) => Type::unknown(why.to_string()),
        });
        Type::any(all)
    }

    /// What is bound, and the attributes behind it.
    fn found(&self, context: &Context, found: &Found) -> Type {
        if let Some(path) = self.of_sqlalchemy(context, found) {
            return found.rest.iter().fold(Type::Outside(path), |object, name| self.attribute(&object, name));
        }
        let context = context.within(found.module());
        let Some(name) = context.node(&found.binding().name) else { return Type::NEVER };
        let bound = self.bound(&context, &name);
        found.rest.iter().fold(bound, |object, name| self.attribute(&object, name))
    }

    /// The name of what SQLAlchemy or sqlmodel itself defines, for the other files of its repository.
    pub(super) fn of_sqlalchemy(&self, context: &Context, found: &Found) -> Option<Vec<String>> {
        if found.module().path == context.module.path {
            return None;
        }
        let mut path = self.resolver.repository.package(found.module().path.parent()?);
        let is_own = matches!(path.first().map(String::as_str), Some("sqlalchemy" | "sqlmodel"));
        if !is_own || path.get(1).is_some_and(|inner| inner == "testing") {
            return None;
        }
        path.push(found.name().to_owned());
        Some(path)
    }

    /// The module of a file, as something that has attributes.
    pub(super) fn member_of_module(&self, file: &Path, name: &str) -> Type {
        let Some(module) = self.resolver.repository.module(file) else {
            return Type::unknown(format!("{} can't be read", self.resolver.repository.display(file)));
        };
        let resolutions = self.resolver.follow(&Place::after(&module), &[name.to_owned()], &Effort::for_value());
        if !matches!(&resolutions[..], [Resolution::Unbound]) {
            return self.of_ends(&Context::of(&module), &resolutions);
        }
        let folder = file.parent().filter(|_| file.file_stem().is_some_and(|stem| stem == "__init__"));
        let inner = folder.and_then(|folder| self.resolver.repository.module_file(folder, &[name.to_owned()]));
        inner.map_or_else(
            || Type::unknown(format!("`{name}` is not defined in {}", self.resolver.repository.display(file))),
            Type::Module,
        )
    }
}

/// Whether a class or function has the node in its body, or as its parameter, and not in what is evaluated outside of it.
fn is_body_of(scope: &Node<'_>, node: &Node<'_>) -> bool {
    let is_in = |field: &str| {
        scope
            .field(field)
            .is_some_and(|part| part.range().start <= node.range().start && node.range().end <= part.range().end)
    };
    is_in("body")
}

/// What Python itself names.
fn builtin(name: &str) -> Option<Type> {
    const NAMES: [&str; 35] = [
        "list",
        "set",
        "frozenset",
        "dict",
        "tuple",
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "object",
        "type",
        "len",
        "sorted",
        "reversed",
        "iter",
        "next",
        "anext",
        "enumerate",
        "zip",
        "filter",
        "map",
        "isinstance",
        "getattr",
        "setattr",
        "print",
        "range",
        "sum",
        "min",
        "max",
        "any",
        "all",
        "super",
        "repr",
        "id",
    ];
    NAMES.contains(&name).then(|| Type::Outside(vec!["builtins".to_owned(), name.to_owned()]))
}
