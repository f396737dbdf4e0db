//! A fully qualified name goes in; which kind of relationship constructor it is comes out.

use foldhash::{HashMap, HashSet};
use serde::Deserialize;

/// What a constructor makes, and so which arguments it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConstructorKind {
    /// `sqlalchemy.orm.relationship` and its other names.
    Relationship,
    /// `sqlalchemy.orm.backref`.
    Backref,
    /// `sqlmodel.Relationship`.
    Sqlmodel,
}

/// The table of constructors, as one file gives it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConstructorsFile {
    #[serde(default)]
    constructors: HashMap<ConstructorKind, Vec<String>>,
    #[serde(default)]
    namespaces: Vec<String>,
    #[serde(default)]
    parameters: Vec<String>,
    #[serde(default)]
    cascade_options: Vec<String>,
}

/// Who makes a relationship, by fully qualified name.
#[derive(Debug, Default)]
pub struct Constructors {
    kinds: HashMap<String, ConstructorKind>,
    simple_names: HashSet<String>,
    namespaces: HashSet<String>,
    parameters: HashSet<String>,
    cascade_options: HashSet<String>,
}

impl Constructors {
    pub(super) fn add(&mut self, file: ConstructorsFile) {
        for (kind, names) in file.constructors {
            names.iter().for_each(|name| self.insert(name, kind));
        }
        self.namespaces.extend(file.namespaces);
        self.parameters.extend(file.parameters);
        self.cascade_options.extend(file.cascade_options);
    }

    /// Adds a function by its fully qualified name.
    pub fn insert(&mut self, qualified: &str, kind: ConstructorKind) {
        let simple = qualified.rsplit('.').next().unwrap_or(qualified);
        self.simple_names.insert(simple.to_owned());
        self.kinds.insert(qualified.to_owned(), kind);
    }

    /// The kind of the constructor with the fully qualified name.
    pub fn kind(&self, qualified: &str) -> Option<ConstructorKind> {
        self.kinds.get(qualified).copied()
    }

    /// The kind of the constructor that SQLAlchemy has under a name, whatever its module.
    pub fn kind_by_simple_name(&self, name: &str) -> Option<ConstructorKind> {
        self.kind(&format!("sqlalchemy.orm.{name}"))
    }

    /// Whether some constructor ends in the name.
    pub fn has_simple_name(&self, name: &str) -> bool {
        self.simple_names.contains(name)
    }

    /// Whether instances of the class hand out `sqlalchemy.orm`'s names as attributes.
    pub fn is_namespace(&self, qualified: &str) -> bool {
        self.namespaces.contains(qualified)
    }

    /// Whether a parameter of the name holds a constructor that SQLAlchemy hands over.
    pub fn is_parameter(&self, name: &str) -> bool {
        self.parameters.contains(name)
    }

    /// Whether it is the class of SQLAlchemy's own sets of cascade options.
    pub fn is_cascade_options(&self, qualified: &str) -> bool {
        self.cascade_options.contains(qualified)
    }

    /// Whether the table names it.
    pub fn is_known(&self, qualified: &str) -> bool {
        self.kinds.contains_key(qualified) || self.is_namespace(qualified) || self.is_cascade_options(qualified)
    }
}
