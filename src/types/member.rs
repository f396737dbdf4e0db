//! An object and the name of an attribute go in; what the attribute can be comes out.

use crate::syntax::{Node, Parts, callee_name, decorator_last_names, kind, nodes_with_word, positional_arguments};

use super::class::Ancestor;
use super::kind::{Class, Function, Rows, RowsOf, Type};
use super::rows::column_named;
use super::{Context, Types};

/// What makes a relationship.
pub(super) const RELATIONSHIPS: [&str; 4] = ["relationship", "Relationship", "relation", "dynamic_loader"];

/// What makes an attribute that is no object of a mapped class.
const COLUMNS: [&str; 12] = [
    "Column",
    "mapped_column",
    "Field",
    "column_property",
    "synonym",
    "deferred",
    "query_expression",
    "field",
    "column",
    "composite",
    "ForeignKey",
    "PrivateAttr",
];

/// What makes a method an attribute that is read.
const PROPERTIES: [&str; 8] = [
    "property",
    "cached_property",
    "hybrid_property",
    "classproperty",
    "memoized_property",
    "reify",
    "lazy_property",
    "abstractproperty",
];

impl Types<'_> {
    /// What an attribute of something can be.
    pub(super) fn attribute(&self, object: &Type, name: &str) -> Type {
        object.each(|object| match object {
            Type::Object(class, given) | Type::Class(class, given) => {
                self.member(object, &self.lineage(class, given), class, name)
            }
            Type::Module(file) => self.member_of_module(file, name),
            Type::Outside(path) => Type::Outside(path.iter().cloned().chain([name.to_owned()]).collect()),
            Type::OutsideObject(path, given) => self.attribute_of_outside(path, given, name),
            Type::Unknown(why) => Type::unknown(why.clone()),
            Type::Variable(variable) => Type::unknown(format!("`{variable}` can stand for any class")),
            Type::Nothing => Type::NEVER,
            Type::Other => Type::Other,
            Type::Tuple(_) if matches!(name, "t" | "_t" | "_mapping") => object.clone(),
            Type::Tuple(columns) => column_named(columns, name),
            Type::Session if matches!(name, "sync_session" | "registry" | "session") => Type::Session,
            _ => Type::unknown(format!("what `{name}` is can't be told")),
        })
    }

    /// An attribute of an object of a class of the repository, or of the class.
    pub(super) fn member(&self, receiver: &Type, lineage: &[Ancestor], class: &Class, name: &str) -> Type {
        for ancestor in lineage {
            let Some(node) = ancestor.class.module.node(&ancestor.class.at.range()) else { continue };
            let bound = ancestor.class.module.scope_of(&node);
            let bindings = bound.all(name);
            if !bindings.is_empty() || declares(&node, name) {
                let found = self.in_class(receiver, ancestor, &node, name);
                if !found.is_never() && found != Type::Nothing {
                    return found;
                }
            }
            let set = self.set_in_methods(receiver, ancestor, &node, name);
            if !set.is_never() {
                return set;
            }
        }
        self.inherited_from_library(receiver, class, name)
    }

    /// What a class binds the name to.
    fn in_class(&self, receiver: &Type, ancestor: &Ancestor, class: &Node<'_>, name: &str) -> Type {
        let context = ancestor.context(receiver);
        let body = class.field("body");
        let mut all = Vec::new();
        let mut stack: Vec<Node<'_>> = body.iter().flat_map(Node::parts).collect();
        while let Some(statement) = stack.pop() {
            match &*statement.kind() {
                kind::EXPRESSION_STATEMENT => {
                    let assignment = statement.parts().next().filter(|node| node.kind() == kind::ASSIGNMENT);
                    let assignment = assignment
                        .filter(|assignment| assignment.field("left").is_some_and(|left| left.text() == name));
                    all.extend(assignment.map(|assignment| self.class_attribute(&context, receiver, &assignment)));
                }
                kind::FUNCTION_DEFINITION if is_named(&statement, name) => {
                    all.push(self.method(&context, ancestor, receiver, &statement));
                }
                kind::DECORATED_DEFINITION => stack.extend(statement.field("definition")),
                kind::CLASS_DEFINITION if is_named(&statement, name) => {
                    all.push(Type::Class(super::assignment::class_of(&context, &statement), Vec::new()));
                }
                kind::IF_STATEMENT | kind::ELSE_CLAUSE | kind::ELIF_CLAUSE | kind::TRY_STATEMENT | kind::BLOCK => {
                    stack.extend(statement.parts());
                }
                _ => {}
            }
        }
        Type::any(all)
    }

    /// `name: annotation = value` in a class.
    fn class_attribute(&self, context: &Context, receiver: &Type, assignment: &Node<'_>) -> Type {
        let right = assignment.field("right");
        let is_of_class = matches!(receiver, Type::Class(..));
        let made_by = right.as_ref().and_then(callee_name);
        let is_relationship = made_by.as_deref().is_some_and(|name| RELATIONSHIPS.contains(&name));
        let is_column = made_by.as_deref().is_some_and(|name| COLUMNS.contains(&name));
        if is_of_class && (is_relationship || is_column) {
            return Type::Other;
        }
        if let Some(annotation) = assignment.field("type") {
            let declared = self.annotated(context, &annotation);
            let is_open = declared.parts().iter().any(|part| matches!(part, Type::Unknown(_)));
            if !(is_open && is_relationship) {
                return declared;
            }
        }
        match right {
            Some(right) if is_relationship => self.relationship(context, &right),
            Some(_) if is_column => Type::Other,
            Some(_) if made_by.as_deref() == Some("query_property") => query_of(receiver),
            Some(right) if made_by.as_deref() == Some("association_proxy") => self.proxied(receiver, &right),
            Some(right) => self.value(context, &right),
            None => Type::NEVER,
        }
    }

    /// A function that a class defines, as an attribute of it or of its objects: a property is what it gives.
    fn method(&self, context: &Context, ancestor: &Ancestor, receiver: &Type, definition: &Node<'_>) -> Type {
        let decorators = decorator_last_names(definition);
        let has = |words: &[&str]| decorators.iter().any(|name| words.contains(&name.as_str()));
        let of_class = || match receiver {
            Type::Object(class, given) => Type::Class(class.clone(), given.clone()),
            other => other.clone(),
        };
        let bound_to = match receiver {
            _ if has(&["staticmethod"]) => None,
            _ if has(&["classmethod", "declared_attr"]) => Some(of_class()),
            Type::Object(..) => Some(receiver.clone()),
            _ => None,
        };
        let function = Function {
            receiver: bound_to.map(Box::new),
            variables: ancestor.variables.clone().into_iter().collect(),
            ..Function::of(&context.module, definition)
        };
        if has(&["declared_attr"]) {
            let made = self.returned_expressions(&function);
            return made.unwrap_or_else(|| self.returned(&function, &[]));
        }
        if has(&PROPERTIES) && matches!(receiver, Type::Object(..)) {
            return self.returned(&function, &[]);
        }
        // what a hybrid property is within a statement is no object
        if has(&["setter", "deleter", "expression", "comparator", "update_expression"]) {
            return Type::NEVER;
        }
        Type::Function(function)
    }

    /// What a declared_attr function makes, where that is a relationship or a column.
    fn returned_expressions(&self, function: &Function) -> Option<Type> {
        let context = Context::of(&function.module);
        let node = function.module.node(&function.at.range())?;
        let made: Vec<Node<'_>> = crate::syntax::returned(&node);
        let [call] = made.as_slice() else { return None };
        let name = callee_name(call)?;
        if RELATIONSHIPS.contains(&name.as_str()) {
            return Some(self.relationship(&context, call));
        }
        COLUMNS.contains(&name.as_str()).then_some(Type::Other)
    }

    /// What the methods of a class set: `self.name = …`.
    fn set_in_methods(&self, receiver: &Type, ancestor: &Ancestor, class: &Node<'_>, name: &str) -> Type {
        let text = class.text();
        let written = format!(".{name}");
        if !text.contains(&written) {
            return Type::NEVER;
        }
        let context = ancestor.context(receiver);
        let is_set = |node: &Node<'_>| {
            node.kind() == kind::ASSIGNMENT
                && node.field("left").is_some_and(|left| {
                    left.kind() == kind::ATTRIBUTE
                        && left.field("attribute").is_some_and(|attribute| attribute.text() == name)
                        && left.field("object").is_some_and(|object| matches!(&*object.text(), "self" | "cls"))
                })
        };
        let mut all = Vec::new();
        for assignment in nodes_with_word(class, &written).filter(|node| is_set(node)) {
            if let Some(annotation) = assignment.field("type") {
                return self.annotated(&context, &annotation);
            }
            let value = assignment.field("right").map(|right| self.value(&context, &right));
            all.extend(value.map(|value| self.filled_in(&context, class, &format!("self.{name}"), value)));
        }
        let known = all.iter().any(|found| !matches!(found, Type::Unknown(_) | Type::Nothing));
        if known {
            all.retain(|found| *found != Type::Nothing);
        }
        Type::any(all)
    }

    /// An attribute that no class of the repository has.
    fn inherited_from_library(&self, receiver: &Type, class: &Class, name: &str) -> Type {
        let is_class = matches!(receiver, Type::Class(..));
        let object = made_of(receiver);
        if name == "query" && is_class {
            return query_of(receiver);
        }
        if name == "__class__" {
            return Type::Class(class.clone(), Vec::new());
        }
        if name == "awaitable_attrs" && !is_class {
            // of `AsyncAttrs`: the same attributes, to be awaited
            return object;
        }
        if let Some(made) = self.member_of_library(receiver, class, name) {
            return made;
        }
        if let Some(made) = self.backref(class, name).filter(|_| !is_class) {
            return made;
        }
        let bases = self.library_bases(class);
        let foreign = bases.iter().find_map(|base| match base {
            Type::OutsideObject(path, _) => Some(format!(", which inherits from `{}`,", path.join("."))),
            Type::Unknown(why) => Some(format!(", of which a base is not known ({why}),")),
            _ => None,
        });
        Type::unknown(format!("where `{}`{} gets `{name}` is not seen", class.name, foreign.unwrap_or_default()))
    }
}

fn is_named(definition: &Node<'_>, name: &str) -> bool {
    definition.field("name").is_some_and(|node| node.text() == name)
}

/// An object of what is a class, or the object itself.
pub(super) fn made_of(receiver: &Type) -> Type {
    match receiver {
        Type::Class(class, given) => Type::Object(class.clone(), given.clone()),
        other => other.clone(),
    }
}

/// `Model.query`
fn query_of(receiver: &Type) -> Type {
    Type::Rows(Rows { of: RowsOf::Query, columns: vec![made_of(receiver)] })
}

/// `name: annotation` without a value binds nothing, and says what it is.
fn declares(class: &Node<'_>, name: &str) -> bool {
    let written = format!("{name}:");
    let spaced = format!("{name} :");
    let text = class.text();
    text.contains(&written) || text.contains(&spaced)
}

/// The first positional arguments of a call.
pub(super) fn arguments_of<'t>(call: &Node<'t>) -> Vec<Node<'t>> {
    let arguments = call.field("arguments");
    match &arguments {
        Some(list) if list.kind() == kind::ARGUMENT_LIST => positional_arguments(list),
        Some(generator) => vec![generator.clone()],
        None => Vec::new(),
    }
}
