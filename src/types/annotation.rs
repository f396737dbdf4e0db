//! An annotation goes in; what it says that an expression can be comes out.

use crate::model::annotation::WrittenType;
use crate::module::BindingKind;
use crate::resolve::{Place, Resolution};
use crate::syntax::{Node, Parts, kind};

use super::assignment::class_of;
use super::kind::{Class, RowsOf, Type};
use super::{Context, TypeQuestion, Types};

/// What holds several objects of its first argument.
const SEQUENCES: [&str; 25] = [
    "list",
    "List",
    "set",
    "Set",
    "frozenset",
    "FrozenSet",
    "Sequence",
    "MutableSequence",
    "Collection",
    "Iterable",
    "Iterator",
    "Generator",
    "AsyncIterator",
    "AsyncIterable",
    "AsyncGenerator",
    "AbstractSet",
    "MutableSet",
    "deque",
    "Deque",
    "InstrumentedList",
    "InstrumentedSet",
    "WriteOnlyMapped",
    "KeysView",
    "ValuesView",
    "Reversible",
];
const MAPPINGS: [&str; 9] = [
    "dict",
    "Dict",
    "Mapping",
    "MutableMapping",
    "defaultdict",
    "DefaultDict",
    "OrderedDict",
    "MappedCollection",
    "KeyFuncDict",
];
/// What is its argument, for who asks what an expression can be.
const TRANSPARENT: [&str; 18] = [
    "Optional",
    "Annotated",
    "AssociationProxy",
    "Mapped",
    "Relationship",
    "RelationshipProperty",
    "Awaitable",
    "Final",
    "ClassVar",
    "Required",
    "NotRequired",
    "InitVar",
    "ReadOnly",
    "Depends",
    "Unpack",
    "SkipValidation",
    "FromDishka",
    "Provide",
];
pub(super) const CLASS_OF: [&str; 2] = ["builtins", "type"];
const CALLABLE: [&str; 2] = ["typing", "Callable"];
/// What is no object of a mapped class.
const PLAIN: [&str; 23] = [
    "str",
    "int",
    "float",
    "bool",
    "bytes",
    "bytearray",
    "complex",
    "None",
    "UUID",
    "datetime",
    "date",
    "time",
    "timedelta",
    "Decimal",
    "Path",
    "Literal",
    "LiteralString",
    "Never",
    "NoReturn",
    "Hashable",
    "Sized",
    "IO",
    "Enum",
];

impl Types<'_> {
    /// What an annotation says.
    pub(super) fn annotated(&self, context: &Context, annotation: &Node<'_>) -> Type {
        let place = Place::of(&context.module, annotation);
        self.written(context, &place, annotation, &WrittenType::of(annotation))
    }

    /// What a type says that stands at a node.
    pub(super) fn written(&self, context: &Context, place: &Place, node: &Node<'_>, written: &WrittenType) -> Type {
        match written {
            WrittenType::Name(names) => self.named_type(context, place, node, names, &[]),
            WrittenType::Text(text) => self.written(context, place, node, &WrittenType::of_text(text)),
            WrittenType::Generic(names, inside) => self.generic(context, place, node, names, inside),
            WrittenType::Union(parts) => Type::any(parts.iter().map(|part| self.written(context, place, node, part))),
            WrittenType::None => Type::Nothing,
            WrittenType::Other => Type::unknown("its annotation can't be followed"),
        }
    }

    /// What a name says, and what it is given for its type variables.
    fn named_type(&self, context: &Context, place: &Place, node: &Node<'_>, names: &[String], given: &[Type]) -> Type {
        if names.last().is_some_and(|name| name == "Self") {
            return self.self_type(context, node);
        }
        if let [name] = names
            && is_type_parameter(node, name)
        {
            return self.variable(context, name);
        }
        let resolutions = self.ends(place, names);
        let all = resolutions.iter().map(|resolution| match resolution {
            Resolution::Outside(path) => self.outside_type(path, given.to_vec()),
            Resolution::Unbound => self.type_statement(context, names).unwrap_or_else(|| plain_or_unbound(names)),
            Resolution::Unknown(why) => Type::unknown(why.to_string()),
            Resolution::Module(_) => Type::Other,
            Resolution::Bound(found) => {
                if let Some(path) = self.of_sqlalchemy(context, found) {
                    return self.outside_type(&path, given.to_vec());
                }
                let there = context.within(found.module());
                let Some(name) = there.node(&found.binding().name) else { return Type::NEVER };
                if let BindingKind::CallResult { callee, .. } = &found.binding().kind
                    && matches!(callee.last().map(String::as_str), Some("TypeVar" | "ParamSpec" | "TypeVarTuple"))
                {
                    return self.variable(context, &name.text());
                }
                if found.rest.is_empty() && !matches!(found.binding().kind, BindingKind::Class(_)) {
                    return self.alias(&there, &name);
                }
                let bound = self.bound(&there, &name);
                let bound = found.rest.iter().fold(bound, |object, name| self.attribute(&object, name));
                bound.each(|bound| self.made_by(bound))
            }
        });
        Type::any(all)
    }

    /// `type Users = list[User]` of the module itself.
    fn type_statement(&self, context: &Context, names: &[String]) -> Option<Type> {
        let [name] = names else { return None };
        if !context.module.source.text().contains(&format!("type {name}")) {
            return None;
        }
        let tree = context.module.tree();
        let root = tree.root();
        let is_it = |node: &Node<'_>| {
            node.kind() == kind::TYPE_ALIAS_STATEMENT && node.field("left").is_some_and(|left| left.text() == *name)
        };
        let right = root.parts().find(is_it)?.field("right")?;
        let at = context.module.location(&right.range());
        Some(self.once(context, TypeQuestion::Written, at, || self.annotated(context, &right)))
    }

    /// `Users = list[User]`, `Session = Annotated[…]`, `type Users = …`: what is assigned, as an annotation.
    fn alias(&self, context: &Context, name: &Node<'_>) -> Type {
        let statement =
            name.ancestors().find(|node| matches!(&*node.kind(), kind::ASSIGNMENT | kind::TYPE_ALIAS_STATEMENT));
        let Some(right) = statement.and_then(|statement| statement.field("right")) else {
            return Type::unknown(format!("`{}` is no class", name.text()));
        };
        let at = context.module.location(&right.range());
        self.once(context, TypeQuestion::Written, at, || match &*right.kind() {
            kind::CALL => {
                let made = self.value(context, &right);
                made.each(|made| self.made_by(made))
            }
            _ => self.annotated(context, &right),
        })
    }

    fn generic(
        &self,
        context: &Context,
        place: &Place,
        node: &Node<'_>,
        names: &[String],
        inside: &[WrittenType],
    ) -> Type {
        let name = names.last().map(String::as_str).unwrap_or_default();
        let part = |index: usize| match inside.get(index) {
            Some(part) => self.written(context, place, node, part),
            None => says_nothing_of_parts(name),
        };
        match name {
            _ if TRANSPARENT.contains(&name) => part(0),
            "Coroutine" => part(2),
            "Literal" => Type::Other,
            "Callable" => callable(part(1)),
            "DynamicMapped" => self.outside_rows(RowsOf::Query, vec![part(0)]),
            "type" | "Type" => part(0).each(class_of_object),
            "tuple" | "Tuple" => match inside {
                [one, WrittenType::Other] => Type::sequence(self.written(context, place, node, one)),
                parts => Type::Tuple(parts.iter().map(|part| self.written(context, place, node, part)).collect()),
            },
            _ if SEQUENCES.contains(&name) => Type::sequence(part(0)),
            _ if MAPPINGS.contains(&name) => Type::Mapping(Box::new(part(0)), Box::new(part(1))),
            "AbstractContextManager" | "AbstractAsyncContextManager" | "ContextManager" | "AsyncContextManager" => {
                Type::Manager(Box::new(part(0)))
            }
            _ => {
                let given: Vec<Type> = (0..inside.len()).map(part).collect();
                self.named_type(context, place, node, names, &given).each(|found| match found {
                    Type::Object(class, _) => Type::Object(class.clone(), given.clone()),
                    other => other.clone(),
                })
            }
        }
    }

    /// What a type variable stands for.
    fn variable(&self, context: &Context, name: &str) -> Type {
        context.frame.variables.get(name).cloned().unwrap_or_else(|| Type::Variable(name.to_owned()))
    }

    /// `Self`, and what `self` is.
    pub(super) fn self_type(&self, context: &Context, node: &Node<'_>) -> Type {
        match &context.frame.receiver {
            Some(Type::Class(class, given)) => Type::Object(class.clone(), given.clone()),
            Some(receiver) => receiver.clone(),
            None => match node.ancestors().find(|around| around.kind() == kind::CLASS_DEFINITION) {
                Some(class) => Type::Object(class_of(context, &class), Vec::new()),
                None => Type::NEVER,
            },
        }
    }

    /// What an object of a class is, by the class.
    pub(super) fn made_by(&self, class: &Type) -> Type {
        match class {
            Type::Class(class, given) => self.object_of(class, given),
            Type::Outside(path) => self.outside_type(path, Vec::new()),
            Type::OutsideObject(path, given) if is_class_of(path) => given.first().cloned().unwrap_or(Type::Other),
            other => other.clone(),
        }
    }

    /// Whether objects of a class are sessions.
    pub fn is_session(&self, class: &Class) -> bool {
        self.begin();
        self.object_of(class, &[]) == Type::Session
    }

    /// An object of a class; what inherits from a session is one.
    pub(super) fn object_of(&self, class: &Class, given: &[Type]) -> Type {
        let known = self.makes.borrow().get(&class.at).cloned();
        let made = known.unwrap_or_else(|| {
            self.makes.borrow_mut().insert(class.at.clone(), None);
            let is_of_session = |base: &Type| matches!(base, Type::Session | Type::SessionMaker);
            let made = self.library_bases(class).into_iter().find(is_of_session);
            self.makes.borrow_mut().insert(class.at.clone(), made.clone());
            made
        });
        made.unwrap_or_else(|| Type::Object(class.clone(), given.to_vec()))
    }
}

/// The class of an object; that of what a type variable stands for is known when that is.
pub(super) fn class_of_object(object: &Type) -> Type {
    match object {
        Type::Object(class, given) => Type::Class(class.clone(), given.clone()),
        Type::Variable(_) => Type::OutsideObject(CLASS_OF.map(str::to_owned).to_vec(), vec![object.clone()]),
        other => other.clone(),
    }
}

/// `type[T]`
pub(super) fn is_class_of(path: &[String]) -> bool {
    path == CLASS_OF
}

/// What can be called and gives something.
pub(super) fn callable(given: Type) -> Type {
    Type::OutsideObject(CALLABLE.map(str::to_owned).to_vec(), vec![given])
}

/// `Callable[…, T]`
pub(super) fn is_callable(path: &[String]) -> bool {
    path == CALLABLE
}

/// `list` without what is in it.
fn says_nothing_of_parts(name: &str) -> Type {
    Type::unknown(format!("an annotation with `{name}` says nothing of what is in it"))
}

/// What a name says that nothing in reach binds.
fn plain_or_unbound(names: &[String]) -> Type {
    match names {
        [name] if PLAIN.contains(&name.as_str()) => Type::Other,
        [name] if matches!(name.as_str(), "list" | "set" | "frozenset" | "dict" | "tuple") => {
            Type::sequence(says_nothing_of_parts(name))
        }
        [name] if matches!(name.as_str(), "object" | "type") => Type::unknown(format!("it is annotated `{name}`")),
        _ => Type::unknown(format!("nothing in reach defines `{}`", names.join("."))),
    }
}

/// Whether a name is one of the type parameters of a function or class around: `def f[T](…)`.
fn is_type_parameter(node: &Node<'_>, name: &str) -> bool {
    let around = node.ancestors().filter(|around| around.kind() != kind::MODULE && around.kind() != kind::BLOCK);
    around.filter_map(|around| around.field("type_parameters")).any(|parameters| {
        let is_it = |parameter: Node<'_>| {
            parameter.dfs().find(|part| part.kind() == kind::IDENTIFIER).is_some_and(|first| first.text() == name)
        };
        parameters.parts().any(is_it)
    })
}
