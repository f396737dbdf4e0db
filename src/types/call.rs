//! A call goes in; what it gives comes out.

use crate::hints::names_session;
use crate::resolve::{Arguments, Expression, Passed};
use crate::syntax::{
    Node, Parts, asked_attribute, kind, nodes_with_word, on_one_line, positional_arguments, string_content,
    unparenthesized,
};

use super::annotation::{is_callable, is_class_of};
use super::assignment::class_of;
use super::function::TypedArgument;
use super::kind::{Class, Function, Type, is_object, says_all};
use super::member::arguments_of;
use super::{Context, Types};

impl Types<'_> {
    pub(super) fn call(&self, context: &Context, call: &Node<'_>) -> Type {
        let Some(function) = call.field("function").map(|function| unparenthesized(&function)) else {
            return Type::NEVER;
        };
        let found = match (function.field("object"), function.field("attribute")) {
            (Some(object), Some(name)) if is_super(&object) => {
                let method = self.above(context, call, &name.text());
                self.called(context, &method, call)
            }
            (Some(object), Some(name)) => {
                let written = object.text();
                let object = self.value(context, &object).without_nothing();
                object.each(|object| {
                    let found = self.method_call(context, object, &name.text(), call);
                    let is_told = !matches!(found, Type::Unknown(_)) && !matches!(object, Type::Outside(_));
                    if is_told || !is_open(object) || !names_session(written.as_bytes()) {
                        return found;
                    }
                    let of_session = self.call_of_session(context, &name.text(), call);
                    if says_all(&of_session) && is_object(&of_session) { of_session } else { found }
                })
            }
            _ => {
                let called = self.value(context, &function);
                self.called(context, &called, call)
            }
        };
        if matches!(found, Type::Object(..)) {
            self.step(context, call, format!("`{}` gives it", on_one_line(call)));
        }
        found
    }

    /// What a call of something gives.
    pub(super) fn called(&self, context: &Context, called: &Type, call: &Node<'_>) -> Type {
        called.each(|called| match called {
            Type::Class(class, given) => self.constructed(context, class, given, call),
            Type::Function(function) => self.returned(function, &self.given(context, call)),
            Type::Outside(path) => self.call_of_outside(context, path, call),
            Type::SessionMaker | Type::Session => Type::Session,
            Type::OutsideObject(path, _) if is_class_of(path) => self.made_by(called),
            Type::OutsideObject(path, given) => self.call_of_outside_object(path, given),
            Type::Object(..) => self.call_of_object(context, called, call),
            Type::Unknown(why) => Type::unknown(why.clone()),
            Type::Variable(name) => Type::unknown(format!("`{name}` can stand for any class")),
            Type::Nothing => Type::NEVER,
            _ => not_told(call),
        })
    }

    /// What a call of something gives that a call of another library has made.
    pub(super) fn call_of_outside_object(&self, path: &[String], given: &[Type]) -> Type {
        let what =
            || format!("what a call of `{}` gives can't be told: it is no code of this repository", path.join("."));
        match given {
            [given] if is_callable(path) => given.clone(),
            [made] if makes_managers(path) => made.each(|made| match made {
                Type::Function(function) => Type::Manager(Box::new(self.item(&self.returned(function, &[])))),
                _ => Type::unknown(what()),
            }),
            _ => Type::unknown(what()),
        }
    }

    fn call_of_object(&self, context: &Context, object: &Type, call: &Node<'_>) -> Type {
        self.attribute(object, "__call__").each(|method| match method {
            Type::Function(function) => self.returned(function, &self.given(context, call)),
            _ => not_told(call),
        })
    }

    /// An object of a class, or of the class that it makes objects of; the type variables of a class are found out by what its constructor
    /// gets.
    fn constructed(&self, context: &Context, class: &Class, given: &[Type], call: &Node<'_>) -> Type {
        if given.is_empty()
            && let Type::Function(function) = self.own_constructor(class)
        {
            let mut variables = std::collections::BTreeMap::new();
            let arguments = self.given(context, call);
            self.solve_arguments(&function, &arguments, &mut variables);
            let own = self.class_variables(class);
            if own.iter().any(|name| variables.contains_key(name)) {
                let given = own.iter().map(|name| variables.get(name).cloned().unwrap_or(Type::Variable(name.clone())));
                return Type::Object(class.clone(), given.collect());
            }
        }
        self.model_of_factory(class).unwrap_or_else(|| self.object_of(class, given))
    }

    fn own_constructor(&self, class: &Class) -> Type {
        if self.class_variables(class).is_empty() {
            return Type::NEVER;
        }
        self.attribute(&Type::Object(class.clone(), Vec::new()), "__init__")
    }

    /// A method that a class inherits: `super().name`.
    fn above(&self, context: &Context, node: &Node<'_>, name: &str) -> Type {
        let receiver = self.self_type(context, node);
        let Some(around) = node.ancestors().find(|around| around.kind() == kind::CLASS_DEFINITION) else {
            return Type::NEVER;
        };
        let (Type::Object(class, given) | Type::Class(class, given)) = &receiver else { return Type::NEVER };
        let at = context.module.location(&around.range());
        let mut lineage = self.lineage(class, given);
        let own = lineage.iter().position(|ancestor| ancestor.class.at == at).map_or(1, |own| own + 1);
        let above = lineage.split_off(own.min(lineage.len()));
        self.member(&receiver, &above, class, name).each(|found| match found {
            Type::Unknown(_) => Type::unknown(format!(
                "what `super().{name}` is in `{}` is not seen: no base of it in this repository has that",
                class.name
            )),
            found => found.clone(),
        })
    }

    /// The arguments of a call.
    pub(super) fn given(&self, context: &Context, call: &Node<'_>) -> Vec<TypedArgument> {
        let Some(arguments) = call.field("arguments").filter(|list| list.kind() == kind::ARGUMENT_LIST) else {
            return Vec::new();
        };
        let given = arguments.parts().filter_map(|argument| match &*argument.kind() {
            kind::DICTIONARY_SPLAT | kind::LIST_SPLAT => None,
            kind::KEYWORD_ARGUMENT => {
                let name = argument.field("name")?.text().into_owned();
                Some(TypedArgument { name: Some(name), value: self.value(context, &argument.field("value")?) })
            }
            _ => Some(TypedArgument { name: None, value: self.value(context, &argument) }),
        });
        given.collect()
    }

    /// An argument by its place or its name.
    pub(super) fn argument(&self, context: &Context, call: &Node<'_>, index: usize, name: &str) -> Type {
        match Arguments::of_call(&context.module, call).passed(&self.resolver, name, Some(index)) {
            Passed::Given(argument) => self.passed(context, &argument),
            Passed::Unknown => Type::unknown(format!("what `{}` is given can't be told", on_one_line(call))),
            Passed::Absent => Type::NEVER,
        }
    }

    /// What an argument of a call can be.
    pub(super) fn passed(&self, context: &Context, argument: &Expression) -> Type {
        let context = context.within(&argument.module);
        argument.node().map_or(Type::NEVER, |argument| self.value(&context, &argument))
    }

    /// What a call of something of Python itself gives.
    pub(super) fn call_of_builtin(&self, context: &Context, name: &str, call: &Node<'_>) -> Type {
        let first = || self.argument(context, call, 0, "");
        match name {
            "list" | "set" | "frozenset" | "sorted" | "reversed" | "iter" | "tuple" => {
                Type::sequence(self.item(&first()))
            }
            "next" | "anext" => {
                let default = self.argument(context, call, 1, "");
                Type::any([self.item(&first()), default])
            }
            "min" | "max" => {
                let several = call.field("arguments").is_some_and(|list| positional_arguments(&list).len() > 1);
                if several { Type::any([first(), self.argument(context, call, 1, "")]) } else { self.item(&first()) }
            }
            "enumerate" => Type::sequence(Type::Tuple(vec![Type::Other, self.item(&first())])),
            "zip" => {
                let all = arguments_of(call);
                let items = all.iter().map(|argument| self.item(&self.value(context, argument)));
                Type::sequence(Type::Tuple(items.collect()))
            }
            "filter" => Type::sequence(self.item(&self.argument(context, call, 1, ""))),
            "map" => self.mapped_over(context, call),
            "dict" => self.mapping_made(context, call),
            "getattr" => match asked_attribute(call) {
                Some((_, name)) => self.attribute(&first(), &name),
                None => not_told(call),
            },
            "super" => self.self_type(context, call),
            "type" => first().each(|object| match object {
                Type::Object(class, given) => Type::Class(class.clone(), given.clone()),
                other => other.clone(),
            }),
            _ => Type::Other,
        }
    }

    /// `map(function, items)`
    fn mapped_over(&self, context: &Context, call: &Node<'_>) -> Type {
        let over = TypedArgument { name: None, value: self.item(&self.argument(context, call, 1, "")) };
        Type::sequence(self.argument(context, call, 0, "").each(|function| match function {
            Type::Function(function) => self.returned(function, std::slice::from_ref(&over)),
            Type::Class(class, given) => self.object_of(class, given),
            _ => not_told(call),
        }))
    }

    /// `dict(key=value)`, `dict(mapping)`, `dict(pairs)`
    fn mapping_made(&self, context: &Context, call: &Node<'_>) -> Type {
        if arguments_of(call).is_empty() {
            let given = self.given(context, call).into_iter().map(|given| given.value);
            return Type::Mapping(Box::new(Type::Other), Box::new(Type::any(given)));
        }
        let named = self.given(context, call).into_iter().filter(|given| given.name.is_some());
        let named: Vec<Type> = named.map(|given| given.value).collect();
        let with_named = |value: &Type| Box::new(Type::any([value.clone()].into_iter().chain(named.iter().cloned())));
        self.argument(context, call, 0, "").each(|found| match (found, self.item(found)) {
            (Type::Mapping(key, value), _) => Type::Mapping(key.clone(), with_named(value)),
            (_, Type::Tuple(pair)) if pair.len() == 2 => Type::Mapping(Box::new(pair[0].clone()), with_named(&pair[1])),
            _ => Type::unknown(format!("what is in `{}` can't be told", on_one_line(call))),
        })
    }

    /// A method of the repository's own, or one that its class has from a library.
    fn method_of_class(&self, context: &Context, object: &Type, class: &Class, name: &str, call: &Node<'_>) -> Type {
        let method = self.attribute(object, name);
        let found = match &method {
            Type::Unknown(_) => Type::NEVER,
            Type::Function(own) => {
                let overriding = self.overriding(class, own, name);
                let all = overriding.iter().chain([&method]).map(|method| self.called(context, method, call));
                Type::any(all.collect::<Vec<_>>())
            }
            method => self.called(context, method, call),
        };
        if is_object(&found) || !found.is_never() && !matches!(found, Type::Unknown(_)) {
            return found;
        }
        let made = self.method_of_library(object, class, name);
        made.unwrap_or(if matches!(method, Type::Unknown(_)) { method } else { found })
    }

    /// The methods of classes beside one in its module that stand in place of one of it, where that has no annotation for all of them.
    fn overriding(&self, class: &Class, method: &Function, name: &str) -> Vec<Type> {
        let node = method.module.node(&method.at.range());
        if node.is_none_or(|node| node.field("return_type").is_some()) {
            return Vec::new();
        }
        let context = Context::of(&class.module);
        let root = class.module.tree().root();
        let of_heir = |node: Node<'_>| {
            let heir = (node.kind() == kind::CLASS_DEFINITION).then(|| class_of(&context, &node))?;
            let binds = || !class.module.scope_of(&node).all(name).is_empty();
            let is_heir = heir != *class && binds() && self.inherits(&heir, class);
            is_heir.then(|| self.attribute(&Type::Object(heir, Vec::new()), name))
        };
        nodes_with_word(&root, &format!("def {name}")).filter_map(of_heir).collect()
    }

    /// What a method of something gives.
    fn method_call(&self, context: &Context, object: &Type, name: &str, call: &Node<'_>) -> Type {
        match object {
            Type::Session => self.call_of_session(context, name, call),
            Type::SessionMaker if name == "begin" => Type::Manager(Box::new(Type::Session)),
            Type::SessionMaker => Type::Other,
            Type::Rows(rows) => self.call_of_rows(context, rows, name, call),
            Type::Sequence(item) => match name {
                "pop" | "popleft" | "__anext__" | "__next__" | "asend" | "send" => (**item).clone(),
                "copy" | "intersection" | "difference" => object.clone(),
                "union" | "symmetric_difference" => {
                    let others = self.given(context, call).into_iter().map(|given| self.item(&given.value));
                    Type::sequence(Type::any([(**item).clone()].into_iter().chain(others)))
                }
                _ if GIVE_NO_OBJECT.contains(&name) => Type::Other,
                _ => not_told(call),
            },
            Type::Tuple(columns) => match name {
                "tuple" | "_tuple" => object.clone(),
                "_asdict" => Type::Mapping(Box::new(Type::Other), Box::new(Type::any(columns.clone()))),
                "count" | "index" => Type::Other,
                _ => not_told(call),
            },
            Type::Mapping(key, value) => match name {
                "get" | "pop" | "setdefault" => {
                    Type::any([(**value).clone(), self.argument(context, call, 1, "default")])
                }
                "values" => Type::sequence((**value).clone()),
                "keys" => Type::sequence((**key).clone()),
                "items" => Type::sequence(Type::Tuple(vec![(**key).clone(), (**value).clone()])),
                "copy" => object.clone(),
                _ => Type::Other,
            },
            Type::OutsideObject(path, given) => self.method_of_outside(context, path, given, name, call),
            Type::Object(class, _) if matches!(name, "get" | "pop") && self.has_base_named(class, &["TypedDict"]) => {
                match arguments_of(call).first().and_then(string_content) {
                    Some(key) => self.attribute(object, &key),
                    None => not_told(call),
                }
            }
            Type::Object(class, _) | Type::Class(class, _) => self.method_of_class(context, object, class, name, call),
            Type::Other => Type::Other,
            other => self.called(context, &self.attribute(other, name), call),
        }
    }
}

/// A call that is not followed.
pub(super) fn not_told(call: &Node<'_>) -> Type {
    Type::unknown(format!("what `{}` gives can't be told", on_one_line(call)))
}

/// Methods of lists and sets that give no object that is in them.
const GIVE_NO_OBJECT: [&str; 14] = [
    "append",
    "appendleft",
    "extend",
    "insert",
    "remove",
    "clear",
    "sort",
    "reverse",
    "add",
    "discard",
    "update",
    "count",
    "index",
    "close",
];

/// `contextlib.contextmanager` and its like.
pub(super) fn makes_managers(path: &[String]) -> bool {
    matches!(path.last().map(String::as_str), Some("contextmanager" | "asynccontextmanager"))
}

/// Whether it can't be told what it is.
fn is_open(found: &Type) -> bool {
    matches!(found, Type::Unknown(_) | Type::Variable(_) | Type::Outside(_) | Type::OutsideObject(..))
}

/// `super()`, `super(Class, self)`
fn is_super(object: &Node<'_>) -> bool {
    object.kind() == kind::CALL && object.field("function").is_some_and(|function| function.text() == "super")
}
