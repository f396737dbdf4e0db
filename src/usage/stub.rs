//! A stub goes in; what it says of a constant of its module comes out.

use std::sync::Arc;

use super::definition::Definition;
use crate::module::{Module, Occurrence, ReferenceKind, Role};
use crate::resolve::{Place, Resolver};
use crate::syntax::{Node, kind};

/// Whether a file is the stub of some module.
pub(super) fn is_stub(module: &Module) -> bool {
    module.path.extension().is_some_and(|extension| extension == "pyi")
}

/// Whether a file is the stub of the module that has the definition.
pub(super) fn is_stub_of(module: &Module, definition: &Definition) -> bool {
    is_stub(module) && module.path.file_stem() == definition.at.path.file_stem() && module.path != definition.at.path
}

/// What a stub says of a constant where it declares it: a type that names the value, or the value itself.
pub(super) fn kind_of_stub(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    occurrence: &Occurrence,
) -> Option<ReferenceKind> {
    if !matches!(occurrence.role, Role::Binding | Role::OuterBinding) {
        return None;
    }
    let declaration = module.node(&occurrence.range())?.parent().filter(|parent| parent.kind() == kind::ASSIGNMENT)?;
    let value = declaration.field("right").filter(|value| !matches!(&*value.text(), "..." | "None"));
    let is_typed = |annotation: Node<'_>| resolver.names_values(&Place::of(module, &annotation), &annotation, &[]);
    let is_told = value.is_some() || declaration.field("type").is_some_and(is_typed);
    is_told.then_some(ReferenceKind::Typed)
}
