//! Rule files go in; spellings, observations, diagnostics and the table of constructors come out.
//!
//! The files are YAML. A document with a `rule` key is a rule in ast-grep's language; what it means for cascade-fix
//! stands under its `metadata`. The built-in files are part of the binary; a folder of the user's adds to them.

mod argument;
mod constructors;
mod diagnostic;
mod error;
mod load;
mod spelling;
mod weight;

pub use constructors::{ConstructorKind, Constructors};
pub use diagnostic::{Code, Diagnostic, FixKind, InvalidExample, Severity};
pub use error::{RuleError, UnknownDiagnostic};
pub use spelling::{Match, Observation, Rule, RuleSet, Sets, Spelling};

use std::path::{Path, PathBuf};

use memchr::memmem::Finder;

use crate::hints::Hints;
use crate::sqlalchemy::Observable;
use crate::syntax::Node;

/// Everything that is data: what to look for and what to say of it. The built-in observations and diagnostics are read when they are
/// asked for.
#[derive(Default)]
pub struct Rules {
    /// Where a cascade can stand.
    pub spellings: RuleSet<Spelling>,
    observations: RuleSet<Observation>,
    diagnostics: Vec<Diagnostic>,
    /// Who makes a relationship.
    pub constructors: Constructors,
    /// Words that files must have for a rule of the user's to match in them; the built-in rules need none.
    pub words: Vec<Finder<'static>>,
}

/// The code of the built-in diagnostic with a name.
pub fn code_named(name: &str) -> Option<Code> {
    let mut known = load::ABOUT_FINDINGS.diagnostics.iter();
    known.find(|diagnostic| diagnostic.name.eq_ignore_ascii_case(name)).map(|diagnostic| diagnostic.code)
}

/// That no diagnostic has a name, with the nearest spelling that one has.
pub fn unknown(name: &str) -> UnknownDiagnostic {
    let wanted = name.trim().to_ascii_lowercase();
    let known = load::ABOUT_FINDINGS.diagnostics.iter();
    let spellings = known.flat_map(|one| [one.code.to_string(), one.name.clone()]);
    let distance = |spelling: &str| strsim::damerau_levenshtein(&spelling.to_ascii_lowercase(), &wanted);
    let nearest = spellings.min_by_key(|spelling| distance(spelling));
    let nearest = nearest.filter(|spelling| distance(spelling) <= spelling.len() / 3);
    UnknownDiagnostic { given: name.to_owned(), nearest }
}

impl Rules {
    /// The built-in rules.
    ///
    /// # Errors
    /// A built-in file is broken; a test keeps that from happening.
    pub fn built_in() -> Result<Self, RuleError> {
        load::built_in()
    }

    /// The built-in rules with those of folders, which are relative to the working directory.
    ///
    /// # Errors
    /// A folder can't be read, or a file in it is broken.
    pub fn with_folders(folders: &[PathBuf], working_directory: &Path) -> Result<Self, RuleError> {
        let mut rules = Self::built_in()?;
        folders.iter().try_for_each(|folder| rules.add_folder(folder, working_directory))?;
        Ok(rules)
    }

    /// Adds the rules of a folder (`*.yml`, `*.yaml`, subfolders included), which is relative to the working directory.
    ///
    /// # Errors
    /// The folder can't be read, or a file in it is broken.
    pub fn add_folder(&mut self, folder: &Path, working_directory: &Path) -> Result<(), RuleError> {
        load::add_folder(self, folder, working_directory)
    }

    /// What code elsewhere in the repository would notice.
    pub fn observations(&self) -> impl Iterator<Item = &Rule<Observation>> {
        load::ABOUT_FINDINGS.observations.iter().chain(self.observations.iter())
    }

    /// The diagnostics, in order of their codes.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        load::ABOUT_FINDINGS.diagnostics.iter().chain(&self.diagnostics)
    }

    /// The diagnostic with the code.
    pub fn diagnostic(&self, code: Code) -> Option<&Diagnostic> {
        self.diagnostics().find(|diagnostic| diagnostic.code == code)
    }

    /// The diagnostics that a code, a prefix of codes or a name stands for, whatever its case.
    ///
    /// # Errors
    /// It stands for none.
    pub fn named(&self, name: &str) -> Result<Vec<&Diagnostic>, UnknownDiagnostic> {
        let wanted = name.trim().to_ascii_lowercase();
        let code = |one: &Diagnostic| one.code.as_str().to_ascii_lowercase();
        let is_meant = |one: &&Diagnostic| one.name == wanted || code(one).starts_with(&wanted);
        let meant: Vec<_> = self.diagnostics().filter(|_| !wanted.is_empty()).filter(is_meant).collect();
        if !meant.is_empty() {
            return Ok(meant);
        }
        Err(unknown(name))
    }

    /// The spellings that match at a file's hints, in order of position.
    pub fn find_spellings<'r, 't>(&'r self, root: &Node<'t>, hints: &Hints) -> Vec<(&'r Rule<Spelling>, Match<'t>)> {
        self.spellings.find_all(root, hints)
    }

    /// The places in a file that do what notices whether an option is set, in order.
    pub fn find_observations<'t>(&self, root: &Node<'t>, what: Observable) -> Vec<Node<'t>> {
        let hints = Hints::of_observable(root.get_doc().text(), what);
        let built_in = load::ABOUT_FINDINGS.observations.find_all(root, &hints);
        let found = built_in
            .into_iter()
            .chain(self.observations.find_all(root, &hints))
            .filter(|(rule, _)| rule.metadata.observes == what);
        let mut nodes: Vec<_> = found.map(|(_, found)| found.get_node().clone()).collect();
        nodes.sort_by_key(|node| node.range().start);
        nodes
    }
}
