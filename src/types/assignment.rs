//! A name where it is used, or where it is bound, goes in; what it can be comes out.

use std::path::PathBuf;

use crate::module::Target;
use crate::resolve::{Effort, End, Found, Place};
use crate::syntax::{Node, has_scope, is_method, unparenthesized};

use super::kind::{Class, Function, Type};
use super::member::arguments_of;
use super::narrowed::{Tested, tests};
use super::reaching::{Reaching, reaching};
use super::{Context, Question, Types};

impl Types<'_> {
    /// What a name can be where it is used.
    pub(super) fn name(&self, context: &Context, used: &Node<'_>) -> Type {
        let name = used.text().into_owned();
        let mut from = used.clone();
        let around: Vec<Node<'_>> = used.ancestors().filter(has_scope).collect();
        for around in around {
            let is_class = around.kind() == "class_definition";
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
        if is_direct {
            let reached = reaching(name, used);
            if !reached.names.is_empty() || !all.is_empty() {
                return Some(self.of_reaching(context, name, used, scope, reached));
            }
            return None;
        }
        let names = all.iter().filter_map(|binding| context.node(&binding.name)).map(|name| self.bound(context, &name));
        let names: Vec<Type> = names.collect();
        (!names.is_empty()).then(|| Type::any(names))
    }

    fn of_reaching(
        &self,
        context: &Context,
        name: &str,
        used: &Node<'_>,
        scope: &Node<'_>,
        reached: Reaching<'_>,
    ) -> Type {
        let tests = tests(name, used);
        let narrowed = |bound: &Node<'_>| {
            let since: Vec<&Tested<'_>> =
                tests.iter().filter(|test| test.classes.range().start > bound.range().start).collect();
            self.narrowed(context, self.bound(context, bound), &since)
        };
        let mut all: Vec<Type> = reached.names.iter().map(narrowed).collect();
        if !reached.is_certain {
            let parameters = scope.field("parameters");
            let parameter = parameters.iter().flat_map(Node::named_children).find_map(|parameter| {
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

    /// What a name of the module's own scope can be, imports followed.
    fn in_module(&self, context: &Context, name: &str, used: &Node<'_>, is_direct: bool) -> Type {
        let own = context.module.scope.all(name);
        let is_import = own.iter().any(|binding| matches!(binding.target, Target::Module(_) | Target::Member(..)));
        if is_direct && !own.is_empty() && !is_import {
            let reached = reaching(name, used);
            if !reached.names.is_empty() {
                return Type::any(reached.names.iter().map(|bound| self.bound(context, bound)));
            }
        }
        let place = Place::of(&context.module, used);
        self.named(context, &place, name)
    }

    /// What a name leads to by imports and definitions.
    pub(super) fn named(&self, context: &Context, place: &Place, name: &str) -> Type {
        let ends = self.resolver.follow(place, &[name.to_owned()], &Effort::for_value());
        let found = self.of_ends(context, &ends);
        match &ends[..] {
            [End::Unbound] => {
                builtin(name).unwrap_or_else(|| Type::unknown(format!("nothing in reach defines `{name}`")))
            }
            _ => found,
        }
    }

    /// What the ends of a name can be. What is not bound is nothing that it can be.
    pub(super) fn of_ends(&self, context: &Context, ends: &[End]) -> Type {
        let all = ends.iter().map(|end| match end {
            End::Bound(found) => self.found(context, found),
            End::Outside(path) => Type::Outside(path.clone()),
            End::Module(file) => Type::Module(file.clone()),
            End::Unbound => Type::NEVER,
            End::Unknown(why) => Type::unknown(why.to_string()),
        });
        Type::any(all)
    }

    /// What is bound, and the attributes behind it.
    fn found(&self, context: &Context, found: &Found) -> Type {
        if let Some(path) = self.of_sqlalchemy(context, found) {
            return found.rest.iter().fold(Type::Outside(path), |object, name| self.attribute(&object, name));
        }
        let is_own = found.module().path == context.module.path;
        let context = if is_own { context.clone() } else { Context::of(found.module()) };
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

    /// What a name can be that is bound here.
    pub(super) fn bound(&self, context: &Context, name: &Node<'_>) -> Type {
        let at = context.module.location(&name.range());
        self.once(context, Question::Bound, at, || self.bound_by(context, name))
    }

    fn bound_by(&self, context: &Context, name: &Node<'_>) -> Type {
        let mut node = name.clone();
        while let Some(around) = node.parent() {
            let is = |field: &str| around.field(field).is_some_and(|part| part.range() == node.range());
            match &*around.kind() {
                "class_definition" if is("name") => return Type::Class(class_of(context, &around), Vec::new()),
                "function_definition" if is("name") => return self.defined(context, &around),
                "import_statement" | "import_from_statement" => {
                    return self.named(context, &Place::of(&context.module, name), &name.text());
                }
                "assignment" if is("left") => return self.assigned(context, name, &around),
                "named_expression" if is("name") => {
                    return around.field("value").map_or(Type::NEVER, |value| self.value(context, &value));
                }
                "for_statement" | "for_in_clause" if is("left") => {
                    let over = around.field("right").map_or(Type::NEVER, |right| self.value(context, &right));
                    let one = self.item(&over);
                    let left = around.field("left").unwrap_or(node);
                    return self.unpacked(&left, name, one);
                }
                "as_pattern_target" => return self.bound_by_as(context, name, &around),
                "case_pattern" => return self.captured(context, name, &around),
                "typed_parameter"
                | "default_parameter"
                | "typed_default_parameter"
                | "parameters"
                | "lambda_parameters" => return self.parameter(context, name),
                "augmented_assignment" => return Type::Other,
                _ => node = around,
            }
        }
        Type::unknown(format!("it can't be told what binds `{}`", name.text()))
    }

    fn defined(&self, context: &Context, function: &Node<'_>) -> Type {
        Type::Function(Function {
            at: context.module.location(&function.range()),
            module: context.module.clone(),
            receiver: None,
            variables: Vec::new(),
        })
    }

    /// `name = value`, `name: annotation = value`, `name, other = value`.
    fn assigned<'t>(&self, context: &Context, name: &Node<'t>, assignment: &Node<'t>) -> Type {
        let declared = || {
            let annotation = assignment.field("type").or_else(|| declared_type(name))?;
            Some((self.annotated(context, &annotation), annotation))
        };
        let Some(mut right) = assignment.field("right") else {
            return declared().map_or(Type::NEVER, |(declared, _)| declared);
        };
        while right.kind() == "assignment" {
            let Some(inner) = right.field("right") else { break };
            right = inner;
        }
        let given = self.value(context, &right);
        let left = assignment.field("left").unwrap_or_else(|| name.clone());
        let found = self.unpacked(&left, name, given);
        let found = if says_all(&found) { found } else { self.filled(context, name, found) };
        let declared = declared().filter(|(declared, _)| is_object(declared) && !self.narrows(&found, declared));
        let written = name.text();
        if let Some((declared, annotation)) = declared {
            self.step(context, name, format!("`{written}` is annotated `{}`", shown(&annotation)));
            return declared;
        }
        if is_object(&found) {
            self.step(context, name, format!("`{written}` is `{}`", shown(&right)));
        }
        found
    }

    /// Whether what is assigned says more than the annotation of the name does.
    fn narrows(&self, found: &Type, declared: &Type) -> bool {
        let is_narrower = |part: &Type| match part {
            Type::Object(class, _) => declared.parts().iter().all(|declared| match declared {
                Type::Object(base, _) => self.inherits(class, base),
                _ => true,
            }),
            Type::Nothing => declared.parts().contains(&Type::Nothing),
            Type::Unknown(_) | Type::Other | Type::Variable(_) | Type::OutsideObject(..) => false,
            other => says_all(other),
        };
        !found.is_never() && found.parts().iter().all(is_narrower)
    }

    /// An empty list, set or dictionary with what is put into it later.
    fn filled(&self, context: &Context, name: &Node<'_>, found: Type) -> Type {
        let is_empty = |found: &Type| match found {
            Type::Sequence(item) => item.is_never(),
            Type::Mapping(_, value) => value.is_never(),
            _ => false,
        };
        if !is_empty(&found) {
            return found;
        }
        let Some(scope) = name.ancestors().find(|node| has_scope(node) || node.kind() == "module") else {
            return found;
        };
        let written = name.text();
        let mut items: Vec<Type> = Vec::new();
        for node in scope.dfs() {
            match &*node.kind() {
                "call" => items.extend(self.put_in(context, &node, &written)),
                "assignment" => {
                    let left = node.field("left").filter(|left| left.kind() == "subscript");
                    let is_it = left.and_then(|left| left.field("value")).is_some_and(|value| value.text() == written);
                    items.extend(node.field("right").filter(|_| is_it).map(|right| self.value(context, &right)));
                }
                _ => {}
            }
        }
        match found {
            Type::Mapping(key, _) => Type::Mapping(key, Box::new(Type::any(items))),
            _ => Type::sequence(Type::any(items)),
        }
    }

    /// `name.append(value)` and the like.
    fn put_in(&self, context: &Context, call: &Node<'_>, name: &str) -> Option<Type> {
        let method = call.field("function").filter(|function| function.kind() == "attribute")?;
        if method.field("object")?.text() != name {
            return None;
        }
        let index = match &*method.field("attribute")?.text() {
            "append" | "add" | "appendleft" | "extend" | "update" => 0,
            "insert" | "setdefault" => 1,
            _ => return None,
        };
        let value = self.value(context, arguments_of(call).get(index)?);
        let is_several = matches!(&*method.field("attribute")?.text(), "extend" | "update");
        Some(if is_several { self.item(&value) } else { value })
    }

    /// `with … as name`, `except … as name`.
    fn bound_by_as<'t>(&self, context: &Context, name: &Node<'t>, target: &Node<'t>) -> Type {
        let Some(pattern) = target.parent() else { return Type::NEVER };
        let is_with = pattern.parent().is_some_and(|around| around.kind() == "with_item");
        let Some(value) = pattern.named_children().next().filter(|_| is_with) else { return Type::Other };
        let managed = self.value(context, &value);
        let entered = self.entered(&managed);
        let left = target.named_children().next().unwrap_or_else(|| name.clone());
        self.unpacked(&left, name, entered)
    }

    /// A name that a pattern of a `case` binds: the subject, or an object of the class before `as`.
    fn captured(&self, context: &Context, name: &Node<'_>, pattern: &Node<'_>) -> Type {
        let class =
            pattern.dfs().find(|node| node.kind() == "class_pattern").and_then(|class| class.named_children().next());
        if let Some(class) = class {
            return self.value(context, &class).each(|class| self.made_by(class));
        }
        let statement = pattern.ancestors().find(|node| node.kind() == "match_statement");
        let is_whole =
            pattern.text() == name.text() && pattern.parent().is_some_and(|around| around.kind() == "case_clause");
        match statement.and_then(|statement| statement.field("subject")).filter(|_| is_whole) {
            Some(subject) => self.value(context, &subject),
            None => Type::unknown(format!("`{}` is captured by a pattern", name.text())),
        }
    }

    /// The part of a value that one name of a target gets.
    fn unpacked(&self, target: &Node<'_>, name: &Node<'_>, value: Type) -> Type {
        if target.range() == name.range() {
            return value;
        }
        let parts: Vec<Node<'_>> = target.named_children().filter(|part| part.kind() != "comment").collect();
        let is_around =
            |part: &Node<'_>| part.range().start <= name.range().start && name.range().end <= part.range().end;
        let Some(index) = parts.iter().position(is_around) else { return Type::NEVER };
        let part = &parts[index];
        if part.kind() == "list_splat_pattern" {
            return Type::sequence(self.item(&value));
        }
        let inner = value.each(|value| match value {
            Type::Tuple(items) if items.len() == parts.len() => items[index].clone(),
            other => self.item(other),
        });
        let inside = unparenthesized(part);
        self.unpacked(&inside, name, inner)
    }

    /// What is left of it after the tests that hold.
    pub(super) fn narrowed(&self, context: &Context, found: Type, tests: &[&Tested<'_>]) -> Type {
        tests.iter().fold(found, |found, test| {
            let classes = self.tested_classes(context, &test.classes);
            if classes.is_empty() {
                return found;
            }
            if !test.is_one {
                let is_tested = |part: &Type| matches!(part, Type::Object(class, _) if classes.contains(class));
                return Type::any(found.parts().iter().filter(|part| !is_tested(part)).cloned());
            }
            let narrower = |class: &Class| Type::Object(class.clone(), Vec::new());
            let kept = found.parts().iter().filter(|part| match part {
                Type::Object(one, _) => classes.iter().any(|class| self.inherits(one, class)),
                _ => false,
            });
            let kept: Vec<Type> = kept.cloned().collect();
            if kept.is_empty() { Type::any(classes.iter().map(narrower)) } else { Type::any(kept) }
        })
    }

    fn tested_classes(&self, context: &Context, classes: &Node<'_>) -> Vec<Class> {
        let classes = unparenthesized(classes);
        let parts: Vec<Node<'_>> =
            if classes.kind() == "tuple" { classes.named_children().collect() } else { vec![classes] };
        let mut found = Vec::new();
        for part in &parts {
            for class in self.value(context, part).parts() {
                if let Type::Class(class, _) = class {
                    found.push(class.clone());
                }
            }
        }
        found
    }

    /// The module of a file, as something that has attributes.
    pub(super) fn member_of_module(&self, file: &PathBuf, name: &str) -> Type {
        let Some(module) = self.resolver.repository.module(file) else {
            return Type::unknown(format!("{} can't be read", self.resolver.repository.display(file)));
        };
        let ends = self.resolver.follow(&Place::after(&module), &[name.to_owned()], &Effort::for_value());
        if !matches!(&ends[..], [End::Unbound]) {
            return self.of_ends(&Context::of(&module), &ends);
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

pub(super) fn class_of(context: &Context, node: &Node<'_>) -> Class {
    Class {
        name: node.field("name").map(|name| name.text().into_owned()).unwrap_or_default(),
        at: context.module.location(&node.range()),
        module: context.module.clone(),
    }
}

/// The name that a parameter binds.
pub(super) fn parameter_name<'t>(parameter: &Node<'t>) -> Option<Node<'t>> {
    match &*parameter.kind() {
        "identifier" => Some(parameter.clone()),
        "default_parameter" | "typed_default_parameter" => parameter.field("name"),
        "typed_parameter" | "dictionary_splat_pattern" | "list_splat_pattern" => {
            parameter_name(&parameter.named_children().next()?)
        }
        _ => None,
    }
}

/// The annotation of a name that stands at another assignment, or at none: `name: annotation`.
fn declared_type<'t>(name: &Node<'t>) -> Option<Node<'t>> {
    let scope = name.ancestors().find(|node| has_scope(node) || node.kind() == "module")?;
    let body = if scope.kind() == "module" { scope } else { scope.field("body")? };
    if name.kind() != "identifier" {
        return None;
    }
    let written = format!("{}:", name.text());
    if !body.text().contains(&written) {
        return None;
    }
    let declares = |node: &Node<'t>| {
        node.kind() == "assignment" && node.field("left").is_some_and(|left| left.text() == name.text())
    };
    body.dfs().filter(|node| declares(node)).find_map(|node| node.field("type"))
}

/// Whether nothing is left open of what it is, and of what is in it.
pub(super) fn says_all(found: &Type) -> bool {
    match found {
        Type::Unknown(_) | Type::Variable(_) => false,
        Type::Union(parts) => !parts.is_empty() && parts.iter().all(says_all),
        Type::Sequence(inner) | Type::Manager(inner) => says_all(inner),
        Type::Mapping(_, value) => says_all(value),
        Type::Tuple(items) => items.iter().all(says_all),
        _ => true,
    }
}

/// Whether it says something of an object.
pub(super) fn is_object(found: &Type) -> bool {
    found.parts().iter().any(|part| !matches!(part, Type::Nothing | Type::Other | Type::Unknown(_)))
}

/// A node on one line, cut where it is long.
pub(super) fn shown(node: &Node<'_>) -> String {
    const LONGEST: usize = 60;
    let text = node.text().split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What Python itself names.
fn builtin(name: &str) -> Option<Type> {
    const NAMES: [&str; 34] = [
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

/// Whether the function of a parameter is a method, and the parameter its first.
pub(super) fn is_receiver(function: &Node<'_>, name: &Node<'_>) -> bool {
    let first = function.field("parameters").and_then(|parameters| parameters.named_children().next());
    first.and_then(|first| parameter_name(&first)).is_some_and(|first| first.range() == name.range())
        && is_method(function)
}
