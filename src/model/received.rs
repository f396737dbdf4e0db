//! A call of a relationship constructor goes in, or of what hands its arguments on to one; the arguments that reach the constructor come
//! out, or why that can't be told.

use std::sync::Arc;

use super::handed_on;
use crate::module::{BindingKind, Module};
use crate::resolve::{Arguments, Effort, Found, Place, Resolution, Resolver};
use crate::syntax::{Node, dotted_name, kind};

/// How many wrappers inside each other are looked into.
const MOST_WRAPPERS: usize = 4;

/// What reaches a constructor.
pub struct Received {
    /// All that it is given.
    pub arguments: Arguments,
    /// It is sqlmodel's.
    pub is_sqlmodel: bool,
}

/// What reaches the constructor by a call.
///
/// # Errors
/// Why that can't be told.
pub fn received(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>) -> Result<Received, String> {
    let shown = || call.field("function").map(|function| function.text().into_owned()).unwrap_or_default();
    let unknown = || format!("`{}` may hand on other arguments than it is given", shown());
    let names = call.field("function").and_then(|function| dotted_name(&function)).ok_or_else(unknown)?;
    let list = call.field("arguments").ok_or_else(unknown)?;
    let way = WayToConstructor { resolver, levels: MOST_WRAPPERS };
    way.reached(&Place::of(module, call), &names, Arguments::of_list(module, &list))
}

/// The way from a call to the constructor.
pub(super) struct WayToConstructor<'a> {
    pub resolver: &'a Resolver<'a>,
    levels: usize,
}

impl WayToConstructor<'_> {
    /// What reaches the constructor that names lead to.
    pub fn reached(&self, place: &Place, names: &[String], given: Arguments) -> Result<Received, String> {
        let is_known =
            |name: Option<&String>| name.is_some_and(|name| self.resolver.constructors.has_simple_name(name));
        let unknown = || Err(format!("`{}` may hand on other arguments than it is given", names.join(".")));
        let plain = |given: &Arguments, is_sqlmodel| Ok(Received { arguments: given.clone(), is_sqlmodel });
        let resolutions = self.resolver.follow(place, names, &Effort::for_callee());
        let is_only = resolutions.len() == 1;
        let mut found_last = None;
        for resolution in resolutions {
            let received = match resolution {
                Resolution::Outside(path) if is_known(path.last()) => plain(&given, path[0] == "sqlmodel"),
                Resolution::Module(_) | Resolution::Unbound | Resolution::Unknown(_) if is_known(names.last()) => {
                    plain(&given, false)
                }
                // `db.relationship` and what can't be followed
                Resolution::Bound(found) if !found.rest.is_empty() && is_known(found.rest.last()) => {
                    plain(&given, false)
                }
                Resolution::Bound(found) if found.rest.is_empty() => {
                    if !is_only && is_stand_in(&found) {
                        continue;
                    }
                    self.bound(&found, given.clone())
                }
                _ => unknown(),
            }?;
            let is_other = |known: &Received| !is_only && known.is_sqlmodel != received.is_sqlmodel;
            if found_last.as_ref().is_some_and(is_other) {
                return unknown();
            }
            found_last = Some(received);
        }
        found_last.map_or_else(unknown, Ok)
    }

    /// What reaches the constructor by a name that the repository binds.
    fn bound(&self, found: &Found, given: Arguments) -> Result<Received, String> {
        let unknown = || format!("`{}` may hand on other arguments than it is given", found.name());
        let deeper = Self { resolver: self.resolver, levels: self.levels.checked_sub(1).ok_or_else(unknown)? };
        match &found.binding().kind {
            BindingKind::Alias(path) => deeper.reached(&found.before(), path, given),
            BindingKind::CallResult { callee, first_argument: Some(bound) }
                if callee.last().is_some_and(|name| name == "partial") =>
            {
                let node = found.value().ok_or_else(unknown)?;
                let list = node.field("arguments").ok_or_else(unknown)?;
                let mut before = Arguments::of_list(found.module(), &list);
                before.by_position.remove(0);
                deeper.reached(&found.before(), bound, before.and(given))
            }
            BindingKind::Function(..) => {
                let function = found.value().ok_or_else(unknown)?;
                handed_on::through(&deeper, found.module(), &function, given)?.map_or_else(|| Err(unknown()), Ok)
            }
            _ => Err(unknown()),
        }
    }
}

/// Whether a name is bound to a stand-in for what could not be imported: to nothing, or to a function that at most raises.
fn is_stand_in(found: &Found) -> bool {
    matches!(found.binding().kind, BindingKind::Function(..))
        && found.value().is_some_and(|function| {
            let body = function.field("body");
            let calls = |node: &Node<'_>| {
                node.kind() == kind::CALL && !node.ancestors().any(|around| around.kind() == kind::RAISE_STATEMENT)
            };
            !body.is_some_and(|body| body.dfs().any(|node| calls(&node)))
        })
        || matches!(found.binding().kind, BindingKind::Nothing)
}
