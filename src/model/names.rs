//! A name at a place goes in; the class or table that it stands for comes out.

use std::sync::Arc;

use crate::module::BindingKind;
use crate::module::{Location, Module};
use crate::resolve::{Effort, Found, KnownClass, Place, Resolution, Resolver, is_bound_by_comprehension};
use crate::syntax::{Node, dotted_name};

/// What a dotted name stands for, and the attributes behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Referent {
    /// A class of the repository, by its whole definition.
    Class(Location, Vec<String>),
    /// What a call made that is assigned to a name, by the call: its callee's names.
    Made(Location, Vec<String>, Vec<String>),
    /// A name of another library.
    Outside(Vec<String>),
    /// It can't be told; the names that it ended at.
    Unknown(Vec<String>),
}

/// How many aliases are followed.
const MOST_ALIASES: usize = 8;

/// What a dotted name at a place stands for.
pub fn named(resolver: &Resolver<'_>, place: &Place, names: &[String]) -> Referent {
    follow(resolver, place, names, MOST_ALIASES)
}

fn follow(resolver: &Resolver<'_>, place: &Place, names: &[String], aliases: usize) -> Referent {
    let unknown = || Referent::Unknown(names.to_vec());
    if names.is_empty() {
        return unknown();
    }
    let resolutions = resolver.follow(place, names, &Effort::for_callee());
    let mut all = resolutions.into_iter().map(|resolution| match resolution {
        Resolution::Bound(found) => bound(resolver, &found, aliases),
        Resolution::Outside(path) => Referent::Outside(path),
        Resolution::Module(_) | Resolution::Unbound | Resolution::Unknown(_) => unknown(),
    });
    let Some(first) = all.next() else { return unknown() };
    if all.all(|other| other == first) { first } else { unknown() }
}

/// The class that an attribute of a class names: `item = Item`.
pub fn named_by(resolver: &Resolver<'_>, class: &KnownClass, attribute: &str) -> Option<Referent> {
    let resolutions = resolver.member_of(class, attribute);
    let [Resolution::Bound(found)] = resolutions.as_slice() else { return None };
    let named = bound(resolver, found, MOST_ALIASES);
    matches!(named, Referent::Class(..) | Referent::Outside(_)).then_some(named)
}

fn bound(resolver: &Resolver<'_>, found: &Found, aliases: usize) -> Referent {
    let rest = found.rest.clone();
    let unknown = || Referent::Unknown(std::iter::once(found.name().to_owned()).chain(rest.clone()).collect());
    let at = || found.binding().value.as_ref().map(|value| found.module().location(value));
    match &found.binding().kind {
        BindingKind::Class(_) => at().map_or_else(unknown, |at| Referent::Class(at, rest.clone())),
        BindingKind::CallResult { callee, .. } => {
            at().map_or_else(unknown, |at| Referent::Made(at, callee.clone(), rest.clone()))
        }
        BindingKind::Alias(path) if aliases > 0 => {
            let names: Vec<String> = path.iter().chain(&rest).cloned().collect();
            match follow(resolver, &found.before(), &names, aliases - 1) {
                // the name that it ended at says more than the one it began with
                Referent::Unknown(_) => Referent::Unknown(names),
                known => known,
            }
        }
        _ => unknown(),
    }
}

/// Whether a dotted name can be that of a class, as far as the file itself says: it is defined or imported as one, or nothing in the file
/// binds it. A parameter, a loop variable or the result of a call is none.
pub fn stands_for_class(module: &Arc<Module>, node: &Node<'_>, names: &[String]) -> bool {
    let is_special = |name: &String| name.starts_with("__") && name.ends_with("__");
    !names.iter().any(is_special)
        && !is_bound_by_comprehension(node, &names[0])
        && is_class_at(module, &Place::of(module, node), names, MOST_ALIASES)
}

fn is_class_at(module: &Arc<Module>, place: &Place, names: &[String], aliases: usize) -> bool {
    let (first, rest) = (&names[0], &names[1..]);
    place.bindings(first, &Effort::for_callee()).iter().all(|binding| match &binding.kind {
        // `None` is what a failed import leaves behind
        BindingKind::Module(_) | BindingKind::Member(..) | BindingKind::Nothing => true,
        BindingKind::Class(_) => {
            let has_class = |name: &String| {
                let class = binding.value.as_ref().and_then(|value| module.node(value));
                let inner = class.map(|class| module.scope_of(&class));
                inner.is_some_and(|scope| scope.all(name).iter().any(|of| matches!(of.kind, BindingKind::Class(_))))
            };
            rest.first().is_none_or(has_class)
        }
        BindingKind::Alias(path) => {
            let names: Vec<String> = path.iter().chain(rest).cloned().collect();
            names[0] != *first && aliases > 0 && is_class_at(module, place, &names, aliases - 1)
        }
        _ => false,
    })
}

/// The text that an expression at a place gives, where it can give one alone.
pub fn text(resolver: &Resolver<'_>, place: &Place, node: &Node<'_>) -> Option<String> {
    resolver.text(place, node)
}

/// The same in a function that is called for a class.
pub fn text_for(resolver: &Resolver<'_>, place: &Place, node: &Node<'_>, class: Option<&KnownClass>) -> Option<String> {
    text(resolver, place, node).or_else(|| resolver.text_for(place, node, class?))
}

/// The last name of what is called: `Column` in `sa.Column(…)`.
pub fn called(call: &Node<'_>) -> Option<String> {
    dotted_name(&call.field("function")?)?.pop()
}
