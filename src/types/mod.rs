//! An expression goes in; what it can be comes out, as far as objects of the repository's classes go, with the steps that lead there.
//!
//! It is what a type checker infers, no more than is needed to know whom a call of a session is given: classes and their bases, type
//! variables, annotations, what functions return, and what SQLAlchemy's sessions, statements and results give. What can't be known has
//! its reason.

mod annotation;
mod assignment;
mod call;
mod class;
mod decorator;
mod expression;
mod filled;
mod fixture;
mod function;
mod kind;
mod member;
mod name;
mod narrowed;
mod outside;
mod reaching;
mod related;
mod rows;
mod store;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use dashmap::DashMap;

use crate::model::{DeclaredModules, SearchFolder};
use crate::module::{Location, Module};
use crate::resolve::Resolver;
use crate::syntax::Node;

pub use kind::{Class, Function, RowsOf, Type};

use foldhash::HashMap;
use foldhash::fast::RandomState;
use related::KnownRelationships;

/// How many expressions are looked at to find out what one can be.
const MOST_STEPS: u32 = 4000;

/// How many steps are told of what one expression can be.
const MOST_STEPS_TOLD: usize = 40;

/// How many of them inside each other.
const MOST_DEPTH: u32 = 40;

/// What was inferred of the code of one repository, by all who infer something of it.
#[derive(Debug, Default)]
pub struct Inferred {
    /// What expressions can be that stand in no function which is looked at for one call, by where they are.
    known: DashMap<(TypeQuestion, Location), TypeWithSteps, RandomState>,
    related: KnownRelationships,
    /// What its modules declare.
    pub declared: Arc<DeclaredModules>,
}

/// Infers what the expressions of one repository can be.
pub struct Types<'a> {
    resolver: Resolver<'a>,
    /// The files of a folder for whose bytes a test holds.
    search: SearchFolder<'a>,
    /// By class: the names of its type variables; none as long as they are looked up.
    class_variables: RefCell<HashMap<Location, Vec<String>>>,
    /// By class: what its objects are, where they are sessions.
    makes: RefCell<HashMap<Location, Option<Type>>>,
    inferred: &'a Inferred,
    /// What is being looked at.
    visited: RefCell<Vec<(TypeQuestion, Location, Arc<TypeFrame>)>>,
    steps_left: Cell<u32>,
    /// How the last answers were come by.
    trail: RefCell<Vec<InferenceStep>>,
}

/// What is asked of a place about types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum TypeQuestion {
    /// What the expression can be.
    Value,
    /// What the name can be that is bound there.
    Bound,
    /// What an object of the type can be that is written there.
    Written,
    /// What a call of the function gives.
    Returned,
}

/// What something can be, and the steps that lead there.
type TypeWithSteps = (Type, Arc<[InferenceStep]>);

/// One step on the way to what an expression can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferenceStep {
    /// Where it is read.
    pub at: Location,
    /// In words.
    pub words: String,
}

/// What is known where code is looked at: nothing, or what one call hands to a function.
#[derive(Debug, Default, PartialEq, Eq)]
struct TypeFrame {
    /// What the method is called on.
    receiver: Option<Type>,
    /// What its parameters without annotation are given.
    arguments: BTreeMap<String, Type>,
    /// What type variables stand for.
    variables: BTreeMap<String, Type>,
}

impl TypeFrame {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A module and what is known in it.
#[derive(Clone)]
struct Context {
    module: Arc<Module>,
    frame: Arc<TypeFrame>,
}

impl Context {
    fn of(module: &Arc<Module>) -> Self {
        Self { module: Arc::clone(module), frame: Arc::default() }
    }

    /// The same in its own module, or what holds in another one.
    fn within(&self, module: &Arc<Module>) -> Self {
        if module.path == self.module.path { self.clone() } else { Self::of(module) }
    }

    fn node(&self, range: &Range<usize>) -> Option<Node<'_>> {
        self.module.node(range)
    }
}

impl<'a> Types<'a> {
    /// Nothing is known yet but what others inferred of the repository.
    pub fn new(resolver: Resolver<'a>, search: SearchFolder<'a>, inferred: &'a Inferred) -> Self {
        Self {
            resolver,
            search,
            class_variables: RefCell::default(),
            makes: RefCell::default(),
            inferred,
            visited: RefCell::default(),
            steps_left: Cell::new(0),
            trail: RefCell::default(),
        }
    }

    /// A question begins, of which no step was made.
    fn begin(&self) {
        self.steps_left.set(MOST_STEPS);
        self.trail.borrow_mut().clear();
    }

    /// What an expression of a module can be, and the steps that lead there.
    pub fn of(&self, module: &Arc<Module>, expression: &Node<'_>) -> (Type, Vec<InferenceStep>) {
        self.begin();
        let found = self.value(&Context::of(module), expression);
        (found, self.trail.take())
    }

    /// What the objects are that an object of a class gives, where that is one of advanced-alchemy's repositories or services.
    pub fn model_of_repository(&self, module: &Arc<Module>, class: &Node<'_>) -> Option<Type> {
        let bases = class.field("superclasses")?;
        if !bases.text().contains("Repository") && !bases.text().contains("Service") {
            return None;
        }
        self.begin();
        self.model_of(&assignment::class_of(&Context::of(module), class))
    }

    /// What an expression can be; asked once for each outside of functions that are looked at for one call.
    fn value(&self, context: &Context, expression: &Node<'_>) -> Type {
        let at = context.module.location(&expression.range());
        self.once(context, TypeQuestion::Value, at, || self.expression(context, expression))
    }

    /// Finds something out for a place, once. What leads back to itself adds nothing.
    fn once(&self, context: &Context, question: TypeQuestion, at: Location, find: impl FnOnce() -> Type) -> Type {
        let is_general = context.frame.is_empty();
        if is_general && let Some(known) = self.inferred.known.get(&(question, at.clone())) {
            let (known, steps) = &*known;
            self.trail.borrow_mut().extend(steps.iter().cloned());
            return known.clone();
        }
        let entry = (question, at.clone(), Arc::clone(&context.frame));
        if self.visited.borrow().contains(&entry) {
            return Type::NEVER;
        }
        let depth = u32::try_from(self.visited.borrow().len()).unwrap_or(u32::MAX);
        let Some(left) = self.steps_left.get().checked_sub(1).filter(|_| depth < MOST_DEPTH) else {
            return Type::unknown("it leads on over more expressions than are followed");
        };
        self.steps_left.set(left);
        self.visited.borrow_mut().push(entry);
        let from = self.trail.borrow().len();
        let found = find();
        self.visited.borrow_mut().pop();
        self.shorten_trail(from);
        // inside of something that leads back to itself, or that is cut short, an answer may lack a part
        if is_general && (depth == 0 || left > 0 && !found.is_never()) {
            let steps = self.trail.borrow()[from..].into();
            self.inferred.known.insert((question, at), (found.clone(), steps));
        }
        found
    }

    /// Tells each step from a place of the trail on once: what is put together of many parts comes by the same ones again and again.
    fn shorten_trail(&self, from: usize) {
        let mut trail = self.trail.borrow_mut();
        if trail.len() < from + 2 {
            return;
        }
        let mut once: Vec<InferenceStep> = Vec::new();
        for step in trail.drain(from..) {
            if once.len() < MOST_STEPS_TOLD && !once.contains(&step) {
                once.push(step);
            }
        }
        trail.extend(once);
    }

    fn step(&self, context: &Context, node: &Node<'_>, words: String) {
        self.trail.borrow_mut().push(InferenceStep { at: context.module.location(&node.range()), words });
    }
}
