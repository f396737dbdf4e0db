//! An attribute that is read by way of an object goes in; where a subclass in a module has another one comes out.

use std::sync::Arc;

use super::definition::Definition;
use crate::module::{Location, Module};
use crate::resolve::Resolver;

/// An attribute of the objects of a class: where it is bound, and the class.
pub(super) type OfObject = (Location, Location);

/// Where the classes of a module that inherit from that of the object replace one of the attributes.
pub(super) fn replaced<'d>(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    definitions: impl Iterator<Item = &'d Definition>,
) -> Vec<(OfObject, Location)> {
    let mut found = Vec::new();
    for definition in definitions {
        // subclasses in the class's own module are known where the attribute is read
        let Some(class) = definition.object.as_ref().filter(|class| class.path != module.path) else { continue };
        let of_object = || (definition.at.clone(), class.clone());
        let at = resolver.replaced_in(module, class, &definition.name);
        found.extend(at.into_iter().map(|at| (of_object(), at)));
    }
    found
}
