//! What SQLAlchemy says of a project's models, as the program that asks it writes it down.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::python::{CollectionKind, PyValue};
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::{self, CascadeOptions};

/// What SQLAlchemy answers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SqlalchemyAnswer {
    /// Python's version.
    pub python: String,
    /// SQLAlchemy's; None where it can't be imported.
    pub sqlalchemy: Option<String>,
    /// What went wrong; nothing is proven then.
    pub failures: Vec<Failure>,
    /// The modules below a package that can't be imported.
    pub not_imported: Vec<Failure>,
    /// The warnings of SQLAlchemy, sorted.
    pub warnings: Vec<String>,
    /// The relationships of all mapped classes.
    pub relationships: Vec<SqlalchemyRelationship>,
}

/// Why SQLAlchemy could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When it went wrong.
    pub kind: FailureKind,
    /// The module that was imported.
    pub module: Option<String>,
    /// The class of the exception.
    pub error: String,
    /// Its message.
    pub message: String,
    /// What is missing: the module of a ModuleNotFoundError, the key of a KeyError.
    #[serde(default, skip_serializing)]
    pub missing: Option<String>,
    /// The frames of the project, and the exception.
    pub traceback: String,
}

/// When something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// SQLAlchemy can't be imported.
    Sqlalchemy,
    /// A module can't be imported.
    Import,
    /// A module ends the process.
    Exit,
    /// SQLAlchemy refuses the models.
    Configure,
    /// It took too long.
    Timeout,
    /// The process ended without an answer.
    Ended,
}

/// A relationship as SQLAlchemy knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlalchemyRelationship {
    /// The mapped class, fully qualified.
    pub class: String,
    /// The attribute.
    pub attribute: String,
    /// The class that it leads to, fully qualified.
    pub target: String,
    /// As SQLAlchemy names it, which does not tell one-to-one from one-to-many.
    direction: NamedDirection,
    /// Whether it is a collection.
    pub uselist: bool,
    /// The names of the effective options.
    cascade: Vec<String>,
    /// `viewonly`
    pub viewonly: bool,
    /// The other keywords, as they are in effect: a text each, by name. Facts don't need them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keywords: BTreeMap<String, String>,
    /// The places in the project that make it, the innermost call first.
    pub declared: Vec<FileLine>,
    /// It is the other side of the relationship that is made there.
    pub is_backref: bool,
    /// The module whose code makes it; another library's where that has a mixin or a base class for it.
    #[serde(default)]
    pub made_by: Option<String>,
    /// The files of both classes, as places name them.
    #[serde(default)]
    pub files: Vec<String>,
}

/// The direction of a relationship by SQLAlchemy's own name: `MANYTOONE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum NamedDirection {
    OneToMany,
    ManyToOne,
    ManyToMany,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileLine {
    /// Relative to the repository's root, with `/`; of a library, to the folder that it is installed in.
    pub path: String,
    /// 1-based.
    pub line: usize,
}

impl SqlalchemyRelationship {
    /// The direction, with one-to-one told apart.
    pub fn direction(&self) -> Direction {
        match (self.direction, self.uselist) {
            (NamedDirection::ManyToOne, _) => Direction::ManyToOne,
            (NamedDirection::ManyToMany, _) => Direction::ManyToMany,
            (NamedDirection::OneToMany, true) => Direction::OneToMany,
            (NamedDirection::OneToMany, false) => Direction::OneToOne,
        }
    }

    /// The effective set.
    pub fn options(&self) -> CascadeOptions {
        let names = self.cascade.iter().cloned().map(PyValue::Str).collect();
        cascade::parse(&PyValue::Collection(CollectionKind::List, names))
            .map(|parsed| parsed.options)
            .unwrap_or_default()
    }

    /// The same for what needs no keywords.
    pub(super) fn without_keywords(&self) -> Self {
        Self { keywords: BTreeMap::new(), ..self.clone() }
    }

    /// The keywords that another answer has otherwise: name, value here, value there.
    pub(super) fn other_keywords<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        let names: BTreeSet<&String> = self.keywords.keys().chain(other.keywords.keys()).collect();
        let value = |asked: &'a Self, name: &String| asked.keywords.get(name).map_or("None", String::as_str);
        names
            .into_iter()
            .map(move |name| (name.as_str(), value(self, name), value(other, name)))
            .filter(|(_, here, there)| here != there)
    }

    /// Whether a call in a file, between two lines, makes it.
    pub fn is_made_in(&self, path: &str, (first, last): (usize, usize)) -> bool {
        self.declared.iter().any(|place| place.path == path && (first..=last).contains(&place.line))
    }
}

impl Failure {
    /// Whether the module that was to be imported, or a package that it is part of, does not exist; false where a module is missing that it
    /// imports itself.
    pub fn is_not_found(&self) -> bool {
        let is_around =
            |(module, missing): (&String, &String)| format!("{module}.").starts_with(&format!("{missing}."));
        self.kind == FailureKind::Import
            && self.error == "ModuleNotFoundError"
            && self.module.as_ref().zip(self.missing.as_ref()).is_some_and(is_around)
    }

    /// The key that an import looks for in vain, where it may be the name of an environment variable.
    fn missing_variable(&self) -> Option<&str> {
        let is_of_import = self.kind == FailureKind::Import && self.error == "KeyError";
        let key = self.missing.as_deref().filter(|_| is_of_import)?;
        key.chars().any(|letter| letter.is_ascii_uppercase()).then_some(key)
    }

    /// What to do.
    pub fn help(&self) -> String {
        if let Some(name) = self.missing_variable() {
            return format!("if that is an environment variable, set it: {name}=… cascade-fix verify …");
        }
        match self.kind {
            FailureKind::Sqlalchemy => {
                "name the project's own interpreter: --python .venv/bin/python".to_owned()
            }
            FailureKind::Import if self.is_not_found() => {
                "name it as an import does (app, app.models), and run in the folder that it is imported from, or set PYTHONPATH".to_owned()
            }
            FailureKind::Import if self.error == "ModuleNotFoundError" => {
                "run in the folder that the module is imported from, or set PYTHONPATH; what the project needs has to be installed beside \
                 its SQLAlchemy"
                    .to_owned()
            }
            FailureKind::Import => "import what has the models alone, or give it what it needs (environment, settings)".to_owned(),
            FailureKind::Exit => "import the module that has the models, not the program that runs".to_owned(),
            FailureKind::Configure => "SQLAlchemy refuses the models as they are; mend that first".to_owned(),
            FailureKind::Timeout => "import less, or wait longer: --timeout SECONDS".to_owned(),
            FailureKind::Ended => "see what the import does; nothing may end the interpreter".to_owned(),
        }
    }
}
