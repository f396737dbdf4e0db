//! A class goes in; what it inherits from in the repository comes out, and the members that it has from there.

use std::sync::Arc;

use super::Resolver;
use super::arguments::{Arguments, Expression};
use super::effort::Effort;
use super::locals::KnownClass;
use super::names::{Found, Resolution};
use super::place::Place;
use crate::module::{BindingKind, Dotted};
use crate::module::{Location, Module};
use crate::syntax::{Node, Parts, dotted_name, kind, nodes_with_word, positional_arguments};

impl Resolver<'_> {
    /// A class and the classes that it inherits from, each once; the nearest come first, as Python asks them where no two bases of a
    /// class have one in common.
    fn lineage(&self, class: &Found, effort: &Effort) -> Vec<Found> {
        let mut known: Vec<Location> = Vec::new();
        let mut pending = vec![class.clone()];
        let mut lineage = Vec::new();
        while let Some(class) = pending.pop() {
            if known.contains(&class.location()) {
                continue;
            }
            known.push(class.location());
            if let BindingKind::Class(bases) = &class.binding().kind {
                let place = class.before();
                let templates = class.value().map(|node| templates_of(class.module(), &node)).unwrap_or_default();
                let bases = bases.iter().chain(&templates).flat_map(|base| self.classes_at(&place, base, effort));
                pending.extend(bases.collect::<Vec<_>>().into_iter().rev());
                lineage.push(class);
            }
        }
        lineage
    }

    /// The classes of the repository that a base can be, by aliases too; `declarative_base(cls=Model)` has what `Model` has.
    fn classes_at(&self, place: &Place, names: &[String], effort: &Effort) -> Vec<Found> {
        let resolutions = effort.deeper(|| self.follow(place, names, effort)).unwrap_or_default();
        let classes = resolutions.into_iter().flat_map(|resolution| match resolution {
            Resolution::Bound(found) if found.rest.is_empty() => match &found.binding().kind {
                BindingKind::Class(_) => vec![found],
                BindingKind::Alias(path) => self.classes_at(&found.before(), path, effort),
                BindingKind::CallResult { .. } => {
                    let template = found.value().and_then(|call| template(found.module(), &call));
                    template.map(|names| self.classes_at(&found.before(), &names, effort)).unwrap_or_default()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        });
        classes.collect()
    }

    /// What an attribute of a class is bound to, in the class or the first of its bases that has it.
    pub fn member_of(&self, class: &KnownClass, name: &str) -> Vec<Resolution> {
        self.class_member(&class.found, &[name.to_owned()], &Effort::for_callee())
    }

    /// The bindings of a member of a class, or of its bases where it has none.
    pub(super) fn class_member(&self, class: &Found, names: &[String], effort: &Effort) -> Vec<Resolution> {
        let own = |class: &Found| {
            let node = class.value()?;
            let scope = class.module().scope_of(&node);
            let place = class.place().inward(&scope);
            let count = scope.all(&names[0]).len();
            let bindings = (0..count).flat_map(|index| self.import_or_binding(&place, names, index, effort));
            (count > 0).then(|| bindings.collect::<Vec<_>>())
        };
        if !matches!(class.binding().kind, BindingKind::Class(_)) {
            return vec![Resolution::Unbound];
        }
        let inherited = || self.lineage(class, effort).iter().skip(1).find_map(own);
        own(class).or_else(inherited).unwrap_or_else(|| vec![Resolution::Unbound])
    }

    /// What an object that a call makes has as an attribute, where that is what its class says: None where it makes something else, or the
    /// object can have another value than the class.
    pub(super) fn instance_member(
        &self,
        place: &Place,
        call: &Node<'_>,
        names: &[String],
        effort: &Effort,
    ) -> Option<Vec<Found>> {
        let function = call.field("function").filter(|_| call.kind() == kind::CALL)?;
        let has_arguments = call.field("arguments")?.parts().next().is_some();
        let mut members = Vec::new();
        for resolution in self.ends_of(place, &function, effort) {
            let Resolution::Bound(class) = resolution else { return None };
            if !class.rest.is_empty() || !self.is_as_written(&class, &names[0], has_arguments, effort) {
                return None;
            }
            for resolution in self.class_member(&class, names, effort) {
                let Resolution::Bound(member) = resolution else { return None };
                members.push(member);
            }
        }
        (!members.is_empty()).then_some(members)
    }

    /// Whether the objects of a class have the value of an attribute that the class has: no method sets it, nothing else makes them.
    fn is_as_written(&self, class: &Found, attribute: &str, has_arguments: bool, effort: &Effort) -> bool {
        const HARMLESS: [&str; 4] = ["object", "ABC", "Generic", "Protocol"];
        let set = format!("self.{attribute}");
        self.lineage(class, effort).iter().all(|class| {
            let (BindingKind::Class(bases), Some(node)) = (&class.binding().kind, class.value()) else {
                return false;
            };
            let is_known = |base: &Dotted| {
                base.last().is_some_and(|name| HARMLESS.contains(&name.as_str()))
                    || !self.classes_at(&class.before(), base, effort).is_empty()
            };
            let written = node.field("superclasses").map_or(0, |bases| bases.parts().count());
            let is_decorated = node.parent().is_some_and(|around| around.kind() == kind::DECORATED_DEFINITION);
            bases.len() == written
                && bases.iter().all(is_known)
                && !(has_arguments && is_decorated)
                && !nodes_with_word(&node, &set).any(|node| assigns(&node, &set))
        })
    }

    /// An attribute of a class as the subclasses in the same module have it, where they have one of their own.
    pub(super) fn overriding(&self, class: &Found, names: &[String], effort: &Effort) -> Vec<Resolution> {
        let module = class.module();
        let subclasses =
            module.scope.classes().flat_map(|name| self.follow(&Place::after(module), &[name.to_owned()], effort));
        let inherits = |found: &Found| {
            found.rest.is_empty()
                && self.lineage(found, effort).iter().skip(1).any(|base| base.location() == class.location())
        };
        let own = subclasses.filter_map(|resolution| match resolution {
            Resolution::Bound(found) if inherits(&found) => {
                let scope = module.scope_of(&found.value()?);
                (!scope.all(&names[0]).is_empty()).then(|| self.class_member(&found, names, effort))
            }
            _ => None,
        });
        own.flatten().collect()
    }

    /// The class around whose objects an expression reads: `self.name`, `cls.name`.
    pub(super) fn class_of_object(&self, place: &Place, expression: &Node<'_>, effort: &Effort) -> Option<Location> {
        let names = dotted_name(expression).filter(|names| names.len() > 1)?;
        let is_object = matches!(names[0].as_str(), "self" | "cls");
        is_object.then(|| self.class_around(place, expression, effort))?.map(|class| class.location())
    }

    /// Where the classes of a module that inherit from another one have an attribute of their own.
    pub fn replaced_in(&self, module: &Arc<Module>, class: &Location, attribute: &str) -> Vec<Location> {
        let effort = Effort::for_callee();
        let classes =
            module.scope.classes().flat_map(|name| self.follow(&Place::after(module), &[name.to_owned()], &effort));
        let own = classes.filter_map(|resolution| {
            let Resolution::Bound(heir) = resolution else { return None };
            let is_own = heir.rest.is_empty() && heir.module().path == module.path;
            let scope = module.scope_of(&heir.value().filter(|_| is_own)?);
            let name = scope.all(attribute).first()?.name.clone();
            let inherits = self.lineage(&heir, &effort).iter().skip(1).any(|base| base.location() == *class);
            inherits.then(|| module.location(&name))
        });
        own.collect()
    }

    /// Whether a class has a class with the name of another library among its bases, or is what a call of that makes.
    pub(super) fn inherits_from(&self, found: &Found, name: &str, effort: &Effort) -> bool {
        let is_it = |path: &Dotted| path.last().is_some_and(|last| last == name);
        match &found.binding().kind {
            BindingKind::CallResult { callee, .. } => found.rest.is_empty() && is_it(callee),
            _ => {
                found.rest.is_empty()
                    && self.lineage(found, effort).iter().any(|class| match &class.binding().kind {
                        BindingKind::Class(bases) => bases.iter().any(is_it),
                        _ => false,
                    })
            }
        }
    }
}

/// Whether an assignment is one to the attribute of an object.
pub(super) fn assigns(node: &Node<'_>, attribute: &str) -> bool {
    matches!(&*node.kind(), kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT)
        && node.field("left").is_some_and(|left| left.text() == attribute)
}

/// The class that a call of `declarative_base` makes the base class from.
fn template(module: &Arc<Module>, call: &Node<'_>) -> Option<Dotted> {
    let given = Arguments::of_call(module, call);
    let class = ["cls", "model_class"].iter().find_map(|name| given.written(name, None));
    class.and_then(Expression::node).as_ref().and_then(dotted_name)
}

/// The same of the calls that stand among the bases of a class.
fn templates_of(module: &Arc<Module>, class: &Node<'_>) -> Vec<Dotted> {
    let bases = class.field("superclasses").map(|bases| positional_arguments(&bases)).unwrap_or_default();
    bases.iter().filter_map(|base| template(module, base)).collect()
}
