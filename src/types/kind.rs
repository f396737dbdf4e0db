//! What an expression can be.

use std::path::PathBuf;
use std::sync::Arc;

use crate::module::{Dotted, Location, Module};
use crate::repository::Repository;
use crate::syntax::Node;

/// What an expression can be, as far as that tells of which class an object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// An object of a class of the repository, with what it was given for the class's type variables.
    Object(Class, Vec<Type>),
    /// A class of the repository itself.
    Class(Class, Vec<Type>),
    /// A function or lambda.
    Function(Function),
    /// A module of the repository, by its file.
    Module(PathBuf),
    /// Something of another library, by its name.
    Outside(Dotted),
    /// What something of another library makes, by the name of what makes it.
    OutsideObject(Dotted, Vec<Type>),
    /// What gives one after the other: a list, a set, a generator.
    Sequence(Box<Type>),
    /// A dictionary.
    Mapping(Box<Type>, Box<Type>),
    /// A tuple of known length, or a row.
    Tuple(Vec<Type>),
    /// A statement, a query, or a result.
    Rows(Rows),
    /// A session.
    Session,
    /// What makes a session when it is called.
    SessionMaker,
    /// What gives something to a `with` statement.
    Manager(Box<Type>),
    /// A type variable that nothing is known of.
    Variable(String),
    /// None
    Nothing,
    /// Something else, no object of a mapped class for certain.
    Other,
    /// Any of these; none of them is such a list.
    Union(Vec<Type>),
    /// It can't be known, and why.
    Unknown(String),
}

/// A class of the repository.
#[derive(Clone)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// The whole definition.
    pub at: Location,
    /// The file.
    pub module: Arc<Module>,
}

impl Class {
    /// The class with the definition.
    pub fn at(repository: &Repository, at: &Location) -> Option<Self> {
        let module = repository.module(&at.path)?;
        let name = module.node(&at.range())?.field("name")?.text().into_owned();
        Some(Self { name, at: at.clone(), module })
    }
}

/// A function or lambda of the repository.
#[derive(Clone)]
pub struct Function {
    /// The whole definition.
    pub at: Location,
    /// The file.
    pub module: Arc<Module>,
    /// What it is called on, where it is a method.
    pub receiver: Option<Box<Type>>,
    /// What the type variables of the class stand for that has it.
    pub variables: Vec<(String, Type)>,
}

impl Function {
    /// One that belongs to no object.
    pub(super) fn of(module: &Arc<Module>, definition: &Node<'_>) -> Self {
        let at = module.location(&definition.range());
        Self { at, module: module.clone(), receiver: None, variables: Vec::new() }
    }
}

/// What a statement selects, a query or a result gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// Which of them.
    pub of: RowsOf,
    /// What is in a row.
    pub columns: Vec<Type>,
}

/// What has rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowsOf {
    /// `select(…)`, or what inserts, updates or deletes and returns rows.
    Statement,
    /// `session.query(…)`
    Query,
    /// What `session.execute(…)` gives.
    Result,
    /// What `session.scalars(…)` gives.
    Scalars,
}

impl Type {
    /// What no expression gives: it adds nothing to what another can be.
    pub const NEVER: Self = Self::Union(Vec::new());

    /// It can't be known.
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown(reason.into())
    }

    /// What gives one after the other.
    pub fn sequence(of: Self) -> Self {
        Self::Sequence(Box::new(of))
    }

    /// Any of some.
    pub fn any(all: impl IntoIterator<Item = Self>) -> Self {
        let mut parts: Vec<Self> = Vec::new();
        for one in all {
            let inner = if let Self::Union(inner) = one { inner } else { vec![one] };
            for part in inner {
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
        }
        if parts.len() == 1 { parts.remove(0) } else { Self::Union(parts) }
    }

    /// Whether nothing is known to give it.
    pub fn is_never(&self) -> bool {
        matches!(self, Self::Union(parts) if parts.is_empty())
    }

    /// Each of what it can be.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::Union(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }

    /// What becomes of it when something is done to each of what it can be.
    pub fn each(&self, done: impl FnMut(&Self) -> Self) -> Self {
        Self::any(self.parts().iter().map(done))
    }

    /// The same without None.
    pub fn without_nothing(&self) -> Self {
        Self::any(self.parts().iter().filter(|part| **part != Self::Nothing).cloned())
    }
}

impl std::fmt::Debug for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl PartialEq for Class {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Class {}

impl std::hash::Hash for Class {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.at.hash(state);
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.at)
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        (&self.at, &self.receiver, &self.variables) == (&other.at, &other.receiver, &other.variables)
    }
}

impl Eq for Function {}

/// Whether nothing is left open of what it is, and of what is in it.
pub(super) fn says_all(found: &Type) -> bool {
    match found {
        Type::Unknown(_) | Type::Variable(_) => false,
        Type::Union(parts) => !parts.is_empty() && parts.iter().all(says_all),
        Type::Sequence(inner) | Type::Manager(inner) => says_all(inner),
        Type::Mapping(_, value) => says_all(value),
        Type::Tuple(items) => items.iter().all(says_all),
        _ => true,
    }
}

/// Whether it says something of an object.
pub(super) fn is_object(found: &Type) -> bool {
    found.parts().iter().any(|part| !matches!(part, Type::Nothing | Type::Other | Type::Unknown(_)))
}
