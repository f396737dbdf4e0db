//! A module goes in; the reads in its coroutines come out that raise MissingGreenlet because a refresh or an expire has expired related
//! objects, each with the path that leads there: loaded here, refreshed here, read here.
//!
//! Each coroutine is run on objects that stand for those of the session, way by way through its branches, as far as it can be followed. What
//! can't be known loads what is expired, or ends the way: nothing is told that isn't followed from where it was loaded to where it is read.

mod call;
mod callers;
mod cascade;
mod collection;
mod decisions;
mod each;
mod expression;
mod heap;
mod identity;
mod keys;
mod link;
mod loads;
mod loops;
mod mapping;
mod mentions;
mod options;
mod relation;
mod run;
mod sequence;
mod session;
mod setting;
mod statement;
mod ways;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::Classes;
use crate::module::{Location, Module};
use crate::syntax::is_async;
use crate::types::{Class, Types};

pub use callers::{Callees, Caller, goes_on};
pub use mentions::Mentions;

use mapping::Mapping;
use run::{Script, Walkthrough};

/// A relationship with refresh-expire.
#[derive(Debug)]
pub struct Cascading {
    /// `User.posts`
    pub name: String,
    /// Where the class is defined that has it.
    pub owner: Location,
    /// The value that gives it its cascade.
    pub value: Location,
    /// The attribute.
    pub attribute: String,
    /// The class that it leads to, where it is known.
    pub target: Option<Class>,
    /// Whether it is a collection, where that is known.
    pub is_list: Option<bool>,
    /// It is loaded with the object that has it, or may be.
    pub is_eager: bool,
}

/// A read that raises.
#[derive(Debug, Clone)]
pub struct Raised {
    /// The call that has expired what is read.
    pub call: Location,
    /// The relationships over which it did so, from the object of the call on.
    pub over: Vec<Edge>,
    /// The read.
    pub read: Location,
}

/// A relationship that was loaded when a call followed it.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Its place among those that were given.
    pub relationship: usize,
    /// Where it was loaded, or got what it leads to.
    pub loaded: Location,
}

/// How many ways through a coroutine are followed.
const MOST_WAYS: usize = 64;

/// The reads that raise in some functions of a module, as far as they are coroutines. Each function has the places of the relationships
/// that matter to it.
pub fn in_functions(
    types: &Types<'_>,
    classes: &Classes<'_>,
    module: &Arc<Module>,
    functions: &BTreeMap<Location, BTreeSet<usize>>,
    mentions: &Mentions<'_>,
) -> Vec<Raised> {
    let mapping = Mapping::new(types, classes, mentions.all);
    let mut found = Vec::new();
    for (at, relationships) in functions {
        let Some(function) = module.node(&at.range()).filter(is_async) else { continue };
        if !mentions.of_some(&mapping, relationships).are_in(&mapping, module, &function, 0) {
            continue;
        }
        let mut script = Script::default();
        let mut ways = Vec::new();
        for _ in 0..MOST_WAYS {
            ways.extend(Walkthrough::new(&mapping, module, &mut script).go(&function));
            if !script.next_way() {
                break;
            }
        }
        found.extend(ways::told(ways));
    }
    found.sort_by(|a, b| (&a.call, &a.read).cmp(&(&b.call, &b.read)));
    found.dedup_by(|a, b| a.is_same(b));
    found
}

impl Raised {
    /// Whether it is the same read behind the same call.
    fn is_same(&self, other: &Self) -> bool {
        self.call == other.call && self.read == other.read
    }
}
