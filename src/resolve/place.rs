//! A node goes in; the scopes around it come out, with what its names are bound to there.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::effort::Effort;
use super::locals::{Known, Locals};
use crate::module::Module;
use crate::module::{Binding, BindingKind, ModuleName, Occurrence, Region, RegionKind, Scope};
use crate::syntax::{Node, has_scope, kind};

/// From where names are looked up.
#[derive(Clone)]
pub struct Place {
    /// The module.
    pub module: Arc<Module>,
    /// The scopes around, innermost first; the last is the module's.
    pub(super) scopes: Vec<Around>,
}

/// A scope around a place.
#[derive(Clone)]
pub(super) struct Around {
    pub(super) scope: Arc<Scope>,
    /// Only what is bound before the offset counts; None where the place runs at another time than the scope.
    pub(super) before: Option<usize>,
    /// What is bound after the offset never counts; else it does for a name that nothing binds before.
    pub(super) is_strict: bool,
    /// What is known of its names while it is carried out.
    pub(super) known: Option<Arc<Locals>>,
}

impl Around {
    pub(super) fn has(&self, name: &str) -> bool {
        self.known.as_ref().is_some_and(|known| known.get(name).is_some())
    }

    pub(super) fn bindings(&self, name: &str, effort: &Effort) -> &[Binding] {
        let Some(offset) = self.before else {
            return if effort.every_assignment { self.scope.all(name) } else { self.scope.before(name, usize::MAX) };
        };
        match self.scope.before(name, offset) {
            [] if !self.is_strict => self.scope.all(name),
            bindings => bindings,
        }
    }
}

impl Place {
    /// The place of a node.
    pub fn of(module: &Arc<Module>, node: &Node<'_>) -> Self {
        let own = node.range();
        let around: Vec<_> = node.ancestors().filter(|node| has_scope(node) || is_loop(node)).collect();
        let mut before = Some(position_in_loops(own.start, &around));
        let mut scopes = Vec::new();
        // defaults, decorators and bases are looked up from outside
        let is_inside = |scope: &&Node<'_>| {
            let body = || scope.field("body").map(|body| body.range());
            has_scope(scope) && body().is_some_and(|body| body.start <= own.start && own.end <= body.end)
        };
        for (depth, around) in around.iter().filter(is_inside).enumerate() {
            let is_class = around.kind() == kind::CLASS_DEFINITION;
            if !is_class {
                scopes.push(Around { scope: module.scope_of(around), before, is_strict: false, known: None });
                before = None;
            } else if depth == 0 {
                scopes.push(Around { scope: module.scope_of(around), before, is_strict: true, known: None });
            }
        }
        scopes.push(Around { scope: Arc::clone(&module.scope), before, is_strict: false, known: None });
        Self { module: Arc::clone(module), scopes }
    }

    /// The place of a name that a module has.
    pub fn at(module: &Arc<Module>, occurrence: &Occurrence) -> Self {
        Self::inside(module, &occurrence.range(), module.references().around(occurrence))
    }

    /// The place of a function, class or loop.
    pub(super) fn of_region(module: &Arc<Module>, region: &Region) -> Self {
        Self::inside(module, &region.range(), module.references().around_region(region))
    }

    fn inside<'r>(module: &Arc<Module>, own: &Range<usize>, around: impl Iterator<Item = &'r Region> + Clone) -> Self {
        let mut before = Some(end_of_loops(own.start, around.clone()));
        let mut scopes = Vec::new();
        for (depth, region) in around.filter(|region| region.has_in_body(own)).enumerate() {
            let is_class = region.kind == RegionKind::Class;
            if !is_class || depth == 0 {
                let scope = module.scope_of_region(region);
                scopes.push(Around { scope, before, is_strict: is_class, known: None });
            }
            if !is_class {
                before = None;
            }
        }
        scopes.push(Around { scope: Arc::clone(&module.scope), before, is_strict: false, known: None });
        Self { module: Arc::clone(module), scopes }
    }

    /// The place of what follows a module's own statements.
    pub fn after(module: &Arc<Module>) -> Self {
        let scope = Around { scope: Arc::clone(&module.scope), before: None, is_strict: false, known: None };
        Self { module: Arc::clone(module), scopes: vec![scope] }
    }

    /// The same from a scope inside the innermost.
    pub(super) fn inward(&self, scope: &Arc<Scope>) -> Self {
        let inner = Around { scope: Arc::clone(scope), before: None, is_strict: false, known: None };
        let outer = self.clone().at_any_time().scopes;
        Self { module: Arc::clone(&self.module), scopes: std::iter::once(inner).chain(outer).collect() }
    }

    /// The same where the order of statements does not count.
    pub(super) fn at_any_time(self) -> Self {
        let scopes = self.scopes.into_iter().map(|around| Around { before: None, ..around }).collect();
        Self { module: self.module, scopes }
    }

    /// The same from the scope with the index on.
    pub(super) fn outward(&self, scope: usize) -> Self {
        Self { module: Arc::clone(&self.module), scopes: self.scopes.get(scope..).unwrap_or_default().to_vec() }
    }

    /// What the nearest scope that binds a name binds it to here; empty where none does. Imports are not followed.
    pub fn bindings(&self, name: &str, effort: &Effort) -> &[Binding] {
        let bindings = self.scopes.iter().map(|around| around.bindings(name, effort));
        bindings.into_iter().find(|bindings| !bindings.is_empty()).unwrap_or_default()
    }

    /// The same inside of an expression that binds names of its own.
    pub(super) fn with(&self, locals: Locals) -> Self {
        let inner = Around { scope: Arc::default(), before: None, is_strict: false, known: Some(Arc::new(locals)) };
        let scopes = std::iter::once(inner).chain(self.scopes.iter().cloned()).collect();
        Self { module: Arc::clone(&self.module), scopes }
    }

    /// The same place, with what the names of its innermost scope stand for.
    pub(super) fn holding(mut self, locals: Locals) -> Self {
        self.scopes[0].known = Some(Arc::new(locals));
        self
    }

    /// The same where a name of the function or lambda with the range is known.
    pub(super) fn knowing(mut self, function: &Range<usize>, locals: Locals) -> Self {
        let is_of = |around: &&mut Around| around.scope.owner.as_ref().is_some_and(|owner| owner.range == *function);
        if let Some(around) = self.scopes.iter_mut().find(is_of) {
            around.known = Some(Arc::new(locals));
        }
        self
    }

    /// Binds a name of the innermost scope.
    pub(super) fn set(&mut self, name: &str, known: Known) {
        let locals = self.scopes[0].known.get_or_insert_default();
        Arc::make_mut(locals).set(name, known);
    }

    /// What is known of a name.
    pub(super) fn known(&self, name: &str) -> Option<&Known> {
        let is_bound = |around: &&Around| around.has(name) || !around.scope.all(name).is_empty();
        self.scopes.iter().find(is_bound)?.known.as_ref()?.get(name)
    }

    /// Whether a function that is carried out has not come to where it binds the name.
    pub(super) fn is_unset(&self, name: &str) -> bool {
        let is_bound = |around: &&Around| around.has(name) || !around.scope.all(name).is_empty();
        let is_assigned = |binding: &Binding| {
            !matches!(
                binding.kind,
                BindingKind::Module(_) | BindingKind::Member(..) | BindingKind::Function(..) | BindingKind::Class(_)
            )
        };
        self.scopes.iter().find(is_bound).is_some_and(|around| {
            around.known.as_ref().is_some_and(|known| known.is_whole && known.get(name).is_none())
                && around.scope.all(name).iter().any(is_assigned)
        })
    }

    /// The file of the place.
    pub fn path(&self) -> &Path {
        &self.module.path
    }

    /// The modules of which everything is imported, the nearest scope's last import first.
    pub(super) fn stars(&self) -> impl Iterator<Item = &ModuleName> {
        self.scopes.iter().flat_map(|around| around.scope.stars.iter().rev()).map(|(module, _)| module)
    }
}

/// The offset, or the end of the loops around it in its scope: what they bind later counts in their next round.
pub(super) fn position_in_loops(offset: usize, around: &[Node<'_>]) -> usize {
    let in_scope = around.iter().take_while(|node| is_loop(node) || node.kind() == kind::CLASS_DEFINITION);
    in_scope.filter(|node| is_loop(node)).last().map_or(offset, |outermost| outermost.range().end)
}

/// The same by the regions around.
fn end_of_loops<'r>(offset: usize, around: impl Iterator<Item = &'r Region>) -> usize {
    let in_scope = around.take_while(|region| matches!(region.kind, RegionKind::Loop | RegionKind::Class));
    let outermost = in_scope.filter(|region| region.kind == RegionKind::Loop).last();
    outermost.map_or(offset, |outermost| outermost.range().end)
}

pub(super) fn is_loop(node: &Node<'_>) -> bool {
    matches!(&*node.kind(), kind::FOR_STATEMENT | kind::WHILE_STATEMENT)
}
