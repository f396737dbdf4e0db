//! The object whose `cascade` is set goes in; whether it is a relationship's property comes out.

use std::sync::{Arc, LazyLock};

use crate::hints::Words;
use crate::module::BindingKind;
use crate::module::Module;
use crate::resolve::{Callee, Effort, Found, Place, Resolution, Resolver};
use crate::rules::ConstructorKind;
use crate::sqlalchemy::LIBRARIES;
use crate::syntax::{
    Node, Parts, dotted_name, has_scope, is_import, kind, nodes_with_words, positional_arguments, unparenthesized,
};

/// How many names lead from an object to where it comes from.
const MOST_STEPS: usize = 6;

/// The object whose `cascade` is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AssignedObject {
    /// Something else, certainly.
    Other,
    /// It can't be told.
    Unknown,
    /// A relationship's property, or what is sought among the properties of a mapper.
    Property,
}

impl AssignedObject {
    /// What it is where it can be either of two.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Property, _) | (_, Self::Property) => Self::Property,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Other, Self::Other) => Self::Other,
        }
    }
}

/// Looks at what an object comes from.
pub(super) struct Tracer<'a> {
    pub resolver: &'a Resolver<'a>,
}

impl Tracer<'_> {
    /// What an expression in a module gives.
    pub fn trace(&self, module: &Arc<Module>, object: &Node<'_>) -> AssignedObject {
        self.traced(module, object, MOST_STEPS)
    }

    fn traced(&self, module: &Arc<Module>, object: &Node<'_>, steps: usize) -> AssignedObject {
        let object = unparenthesized(object);
        let Some(steps) = steps.checked_sub(1) else { return AssignedObject::Unknown };
        if is_read_of_mapper(&object) {
            return AssignedObject::Property;
        }
        if object.kind() == kind::CALL {
            return object.field("function").map_or(AssignedObject::Unknown, |function| self.made(module, &function));
        }
        if object.kind() == kind::NAMED_EXPRESSION {
            return object.field("value").map_or(AssignedObject::Unknown, |value| self.traced(module, &value, steps));
        }
        let Some(names) = dotted_name(&object) else { return AssignedObject::Unknown };
        if let [name] = names.as_slice()
            && matches!(name.as_str(), "self" | "cls")
        {
            return self.object_of_class(module, &object);
        }
        let resolutions = self.resolver.follow(&Place::of(module, &object), &names, &Effort::for_value());
        let traced = resolutions.iter().map(|resolution| match resolution {
            Resolution::Bound(found) if found.rest.is_empty() => self.bound(found, steps),
            // what an object of another class has
            Resolution::Bound(found) if found.is_made_by_call() => match self.bound(found, steps) {
                AssignedObject::Other => AssignedObject::Other,
                _ => AssignedObject::Unknown,
            },
            _ => AssignedObject::Unknown,
        });
        traced.reduce(AssignedObject::or).unwrap_or(AssignedObject::Unknown)
    }

    /// What `self` is in a method: by the bases of the class around.
    fn object_of_class(&self, module: &Arc<Module>, object: &Node<'_>) -> AssignedObject {
        let class = object.ancestors().find(|node| node.kind() == kind::CLASS_DEFINITION);
        let Some(bases) = class.map(|class| class.field("superclasses")) else { return AssignedObject::Unknown };
        let bases = bases.map(|bases| positional_arguments(&bases)).unwrap_or_default();
        let of_base = |base: &Node<'_>| match self.resolver.callee(&Place::of(module, base), base) {
            Callee::Constructor(ConstructorKind::Relationship, _) => AssignedObject::Property,
            Callee::Unknown(_) => AssignedObject::Unknown,
            _ => AssignedObject::Other,
        };
        bases.iter().map(of_base).fold(AssignedObject::Other, AssignedObject::or)
    }

    /// What a name is bound to.
    fn bound(&self, found: &Found, steps: usize) -> AssignedObject {
        match (&found.binding().kind, found.value()) {
            (BindingKind::Class(_) | BindingKind::Function(..) | BindingKind::Module(_), _) => AssignedObject::Other,
            (BindingKind::Parameter(_), _) => AssignedObject::Unknown,
            (_, Some(value)) => self.traced(found.module(), &value, steps),
            (_, None) => match found.module().node(&found.binding().name) {
                Some(name) if is_item_of_properties(&name) => AssignedObject::Property,
                _ => AssignedObject::Unknown,
            },
        }
    }

    /// What a call of the function gives.
    fn made(&self, module: &Arc<Module>, function: &Node<'_>) -> AssignedObject {
        let place = Place::of(module, function);
        match self.resolver.callee(&place, function) {
            Callee::Constructor(ConstructorKind::Relationship, _) => return AssignedObject::Property,
            Callee::Constructor(..) => return AssignedObject::Other,
            _ => {}
        }
        let Some(names) = dotted_name(function) else { return AssignedObject::Unknown };
        let resolutions = self.resolver.follow(&place, &names, &Effort::for_callee());
        let is_class = |resolution: &Resolution| match resolution {
            Resolution::Bound(found) => found.rest.is_empty() && matches!(found.binding().kind, BindingKind::Class(_)),
            _ => false,
        };
        let are_classes = !resolutions.is_empty() && resolutions.iter().all(is_class);
        if are_classes { AssignedObject::Other } else { AssignedObject::Unknown }
    }
}

/// `Parent.children.property`, `mapper.relationships.children`, `inspect(Parent).attrs["children"]`, `mapper.get_property("children")`
/// and the like.
fn is_read_of_mapper(object: &Node<'_>) -> bool {
    let is_named = |node: Option<Node<'_>>, names: &[&str]| {
        let name = node.and_then(|node| node.field("attribute"));
        name.is_some_and(|name| names.contains(&&*name.text()))
    };
    match &*object.kind() {
        kind::ATTRIBUTE => {
            let of = object.field("object");
            let is_attribute = of.as_ref().is_some_and(|of| of.kind() == kind::ATTRIBUTE || is_call_of(of, "getattr"));
            is_attribute && is_named(Some(object.clone()), &["property", "prop"])
                || is_named(of, &["relationships", "attrs"])
        }
        kind::SUBSCRIPT => is_named(object.field("value"), &["relationships", "attrs"]),
        kind::CALL => {
            let function = object.field("function");
            let of = function.as_ref().and_then(|function| function.field("object"));
            is_named(function.clone(), &["get_property", "get_property_by_column"])
                || is_named(function, &["get"]) && is_named(of, &["relationships", "attrs"])
        }
        _ => false,
    }
}

/// Where the function around an object whose `cascade` is set reads that of the same object.
pub(super) fn read_back<'t>(object: &Node<'t>) -> Option<Node<'t>> {
    let scope = object.ancestors().find(has_scope)?;
    let is_set = |node: &Node<'_>| {
        let assignment = node.parent().filter(|around| around.kind() == kind::ASSIGNMENT);
        assignment.and_then(|around| around.field("left")).is_some_and(|left| left.range() == node.range())
    };
    let reads = |node: &Node<'t>| {
        node.kind() == kind::ATTRIBUTE
            && node.field("attribute").is_some_and(|name| name.text() == "cascade")
            && node.field("object").is_some_and(|of| of.text() == object.text())
            && !is_set(node)
    };
    scope.dfs().find(reads)
}

fn is_call_of(node: &Node<'_>, name: &str) -> bool {
    node.kind() == kind::CALL && node.field("function").is_some_and(|function| function.text() == name)
}

/// Whether a loop binds the name to each of a mapper's properties.
fn is_item_of_properties(name: &Node<'_>) -> bool {
    let mut around = name.ancestors();
    let clause = around.find(|node| matches!(&*node.kind(), kind::FOR_STATEMENT | kind::FOR_IN_CLAUSE));
    let Some(iterated) = clause.and_then(|clause| clause.field("right")) else { return false };
    let is_collection = |node: &Node<'_>| {
        let name = node.field("attribute");
        name.is_some_and(|name| matches!(&*name.text(), "relationships" | "iterate_properties" | "attrs"))
    };
    iterated.dfs().any(|node| node.kind() == kind::ATTRIBUTE && is_collection(&node))
}

/// Whether a file imports SQLAlchemy, or a library on top of it.
pub(super) fn imports_sqlalchemy(module: &Module) -> bool {
    let is_of_library = |node: &Node<'_>| {
        let name = dotted_name(node).or_else(|| Some(vec![node.parts().next()?.text().into_owned()]));
        name.is_some_and(|name| LIBRARIES.contains(&name[0].as_str()))
    };
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::few(&LIBRARIES));
    let root = module.tree().root();
    let mut named = nodes_with_words(&root, &WORDS).filter(|node| node.kind() == kind::DOTTED_NAME);
    named.any(|name| is_of_library(&name) && name.ancestors().take(2).any(|around| is_import(&around)))
}
