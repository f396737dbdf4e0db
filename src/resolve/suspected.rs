//! What is called, and is no constructor that is known, goes in; why it may make a relationship all the same comes out.

use std::sync::Arc;

use super::Resolver;
use super::callee::Callee;
use super::effort::Effort;
use super::names::{Found, Resolution};
use super::place::Place;
use crate::module::BindingKind;
use crate::module::Module;
use crate::syntax::{
    Node, Parts, definition_around, dotted_name, is_definition, kind, names_read, nodes_with_word, string_content,
};

/// How many parts of an expression are looked at.
const MOST_NODES: usize = 300;

impl Resolver<'_> {
    /// Why a call may make a relationship though its callee is not known for that, in words that complete "it can't be traced to
    /// SQLAlchemy: …".
    pub fn suspected(&self, place: &Place, function: &Node<'_>) -> Option<String> {
        if !is_called(function) {
            return None;
        }
        self.foreign(place, function)
            .or_else(|| self.handed_a_constructor(place, function))
            .or_else(|| self.made_from_a_constructor(place, function))
    }

    /// What another library gives the name of a constructor, where it gets options that SQLAlchemy alone has, or stands in a model.
    fn foreign(&self, place: &Place, function: &Node<'_>) -> Option<String> {
        let names = dotted_name(function)?;
        let is_like_a_constructor = names.last().is_some_and(|name| self.constructors.has_simple_name(name));
        if !is_like_a_constructor || !(has_own_options(function) || is_in_model(function)) {
            return None;
        }
        let resolutions = self.follow(place, &names, &Effort::for_callee());
        let library = resolutions
            .iter()
            .find_map(|resolution| if let Resolution::Outside(path) = resolution { path.first() } else { None })?;
        Some(format!("it comes from `{library}`, which is not part of this repository"))
    }

    /// `build("Child", relationship, cascade=…)`; what gets a constructor first is looked at as `functools.partial` is.
    fn handed_a_constructor(&self, place: &Place, function: &Node<'_>) -> Option<String> {
        let given = self.constructor_among(&place.module, function)?;
        let is_first = function.parent()?.field("arguments")?.parts().next()?.range() == given.range();
        (!is_first).then(|| format!("it is given `{}`", given.text()))
    }

    /// The argument of a call that is a constructor.
    fn constructor_among<'t>(&self, module: &Arc<Module>, function: &Node<'t>) -> Option<Node<'t>> {
        let arguments = function.parent()?.field("arguments")?;
        arguments.parts().find(|argument| {
            let is_named = argument.kind() == kind::KEYWORD_ARGUMENT;
            let value = if is_named { argument.field("value") } else { Some(argument.clone()) };
            value.is_some_and(|value| self.is_constructor(module, &value))
        })
    }

    /// `logged(relationship)(…)`, or a name that is bound to such an expression.
    fn made_from_a_constructor(&self, place: &Place, function: &Node<'_>) -> Option<String> {
        let Some(names) = dotted_name(function) else {
            let is_it = self.mentions_constructor(&place.module, function);
            return is_it.then(|| "it is an expression".to_owned());
        };
        if names.last().is_some_and(|name| name == "__call__") {
            let is_it = function.field("object").is_some_and(|object| self.is_constructor(&place.module, &object));
            return is_it.then(|| "it is a method of it".to_owned());
        }
        let effort = Effort::for_callee();
        let resolutions = self.follow(place, &names, &effort).into_iter().flat_map(|resolution| match resolution {
            Resolution::Bound(found)
                if !found.rest.is_empty() && matches!(found.binding().kind, BindingKind::Class(_)) =>
            {
                self.class_member(&found, &found.rest, &effort)
            }
            resolution => vec![resolution],
        });
        let bound = |resolution| if let Resolution::Bound(found) = resolution { Some(found) } else { None };
        let found: Vec<Found> = resolutions.filter_map(bound).collect();
        found.iter().find_map(|found| {
            let name = found.name();
            match &found.binding().kind {
                BindingKind::Class(_) if found.rest.is_empty() => self.made_by_method(found, "__new__"),
                BindingKind::CallResult { callee, .. } if self.made_by_object(found, callee).is_some() => {
                    self.made_by_object(found, callee)
                }
                BindingKind::Function(..)
                | BindingKind::Class(_)
                | BindingKind::Module(_)
                | BindingKind::Member(..) => None,
                // a method of what is handed in is none
                BindingKind::Parameter(_) if !found.rest.is_empty() => None,
                BindingKind::Parameter(parameter) => {
                    let is_it = has_own_options(function) || self.gets_a_constructor(found);
                    is_it.then(|| format!("`{name}` is {}", parameter.what))
                }
                _ => {
                    let expression = bound_expression(found)?;
                    let is_it = self.mentions_constructor(found.module(), &expression);
                    is_it.then(|| format!("`{name}` is made from it"))
                }
            }
        })
    }

    /// An object of a class of the repository that makes relationships where it is called.
    fn made_by_object(&self, object: &Found, class: &[String]) -> Option<String> {
        let resolutions = self.follow(&object.before(), class, &Effort::for_callee());
        resolutions.iter().find_map(|resolution| match resolution {
            Resolution::Bound(class) if object.rest.is_empty() && class.rest.is_empty() => {
                self.made_by_method(class, "__call__")
            }
            _ => None,
        })
    }

    /// A class one of whose methods calls a constructor.
    fn made_by_method(&self, class: &Found, method: &str) -> Option<String> {
        let resolutions = self.class_member(class, &[method.to_owned()], &Effort::for_callee());
        let is_it = resolutions.iter().any(|resolution| {
            let Resolution::Bound(found) = resolution else { return false };
            found.value().is_some_and(|function| {
                let mut called =
                    function.dfs().filter(|node| node.kind() == kind::CALL).filter_map(|call| call.field("function"));
                called.any(|called| self.is_constructor(found.module(), &called))
            })
        });
        is_it.then(|| format!("`{method}` of `{}` makes what it gives", class.name()))
    }

    /// Whether a parameter is a constructor where nothing is given for it, or a call in its file gives one to its function.
    fn gets_a_constructor(&self, parameter: &Found) -> bool {
        let module = parameter.module();
        if parameter.value().is_some_and(|default| self.is_constructor(module, &default)) {
            return true;
        }
        let function = || {
            let name = module.node(&parameter.binding().name)?;
            let function = definition_around(&name)?;
            Some(function.field("name")?.text().into_owned())
        };
        let Some(name) = function() else { return false };
        let root = module.tree().root();
        let mut calls = nodes_with_word(&root, &name)
            .filter(|node| node.kind() == kind::CALL)
            .filter_map(|call| call.field("function"));
        calls.any(|called| {
            let is_it = dotted_name(&called).is_some_and(|names| names.last() == Some(&name));
            is_it && self.constructor_among(module, &called).is_some()
        })
    }

    /// Whether an expression names a constructor without calling it.
    fn mentions_constructor(&self, module: &Arc<Module>, expression: &Node<'_>) -> bool {
        let is_read = names_read(expression).any(|(node, names)| {
            // what an attribute is read of counts too
            let most = names.len() - usize::from(is_called(&node));
            (1..=most).any(|length| self.is_constructor_named(module, &node, &names[..length]))
        });
        // `getattr(orm, "relationship")`
        let is_named_by = |node: &Node<'_>| {
            let is_argument = node.parent().is_some_and(|around| around.kind() == kind::ARGUMENT_LIST);
            is_argument
                && string_content(node).is_some_and(|name| self.constructors.kind_by_simple_name(&name).is_some())
        };
        is_read || expression.dfs().take(MOST_NODES).any(|node| is_named_by(&node))
    }

    /// Whether a name in a module is that of a constructor.
    pub fn is_constructor(&self, module: &Arc<Module>, node: &Node<'_>) -> bool {
        dotted_name(node).is_some_and(|names| self.is_constructor_named(module, node, &names))
    }

    fn is_constructor_named(&self, module: &Arc<Module>, node: &Node<'_>, names: &[String]) -> bool {
        names.last().is_some_and(|name| self.constructors.has_simple_name(name))
            && matches!(self.name(&Place::of(module, node), names, &Effort::for_callee()), Callee::Constructor(..))
    }
}

/// The expression that a name gets its value from, also as an item of it.
fn bound_expression<'t>(found: &'t Found) -> Option<Node<'t>> {
    let name = found.module().node(&found.binding().name)?;
    let is_binding = |node: &Node<'_>| {
        matches!(
            &*node.kind(),
            kind::ASSIGNMENT | kind::NAMED_EXPRESSION | kind::FOR_STATEMENT | kind::FOR_IN_CLAUSE | kind::WITH_ITEM
        )
    };
    let binding = name.ancestors().take_while(|node| !is_definition(node)).find(is_binding)?;
    binding.field("right").or_else(|| binding.field("value"))
}

fn is_called(node: &Node<'_>) -> bool {
    node.parent().is_some_and(|call| {
        call.kind() == kind::CALL && call.field("function").is_some_and(|function| function.range() == node.range())
    })
}

/// Whether a call has an option of a cascade that means nothing elsewhere.
fn has_own_options(function: &Node<'_>) -> bool {
    const OWN: [&str; 3] = ["delete-orphan", "refresh-expire", "save-update"];
    let text = function.parent().filter(|call| call.kind() == kind::CALL).map(|call| call.text().into_owned());
    text.is_some_and(|text| OWN.iter().any(|option| text.contains(option)))
}

/// Whether the class around says which table is its own.
fn is_in_model(function: &Node<'_>) -> bool {
    let class =
        function.ancestors().find(|node| node.kind() == kind::CLASS_DEFINITION).and_then(|class| class.field("body"));
    let assignments = class.iter().flat_map(Node::parts).filter_map(|statement| statement.parts().next());
    let mut names = assignments.filter_map(|assignment| assignment.field("left"));
    names.any(|name| matches!(&*name.text(), "__tablename__" | "__table__"))
}
