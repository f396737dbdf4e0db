//! A parsed module goes in; the places in it that are not as they should be come out: what a check is that is not about cascades.
//!
//! Such a check finds its places itself. From there on they go the way of all findings: selection, comments, baselines, changed lines,
//! fixes and every report.

use std::sync::Arc;

use crate::model::{self, Relationship};
use crate::module::{Location, Module};
use crate::policy::{Applicability, Note};
use crate::resolve::{Callee, Place, Resolver};
use crate::rewrite::{Edit, FileEdit};
use crate::rules::Code;
use crate::syntax::{Node, kind};

/// What is looked for under one code in whole modules.
#[derive(Clone, Copy)]
pub struct ModuleCheck {
    /// The code, of which the text is in `rules/diagnostics`.
    pub code: Code,
    /// A file that has none of these words is not parsed for the check.
    pub words: &'static [&'static str],
    /// What is found in a module.
    pub find: fn(&ModuleView<'_>) -> Vec<Sighting>,
}

/// What a check of modules looks at.
pub struct ModuleView<'a> {
    /// The module.
    pub module: &'a Arc<Module>,
    /// Who follows its names.
    pub resolver: &'a Resolver<'a>,
}

/// A place that a check of modules found.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// Where it is.
    pub at: Location,
    /// The call around it, or the place itself.
    pub call: Location,
    /// Who is called; empty where nobody is.
    pub callee: String,
    /// What stands for `{reason}` in the diagnostic's message.
    pub reason: String,
    /// What to do, where that differs from the diagnostic's own help.
    pub help: Option<String>,
    /// The relationship that it is about, where it is about one.
    pub relationship: Option<Relationship>,
    /// What to write; None where a human has to decide.
    pub correction: Option<Correction>,
}

/// What is written at a sighting.
#[derive(Debug, Clone)]
pub struct Correction {
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// In order of file and position.
    pub edits: Vec<FileEdit>,
    /// What speaks for it, in sentences.
    pub notes: Vec<Note>,
}

impl ModuleView<'_> {
    /// The calls of a constructor of `rules/constructors.yml`, such as `sqlalchemy.orm.relationship`, whatever it is called in the module.
    pub fn calls_of(&self, name: &str) -> Vec<Node<'_>> {
        let is_meant = |call: &Node<'_>| {
            let Some(function) = call.field("function") else { return false };
            match self.resolver.callee(&Place::of(self.module, &function), &function) {
                Callee::Constructor(_, called) => called == name,
                _ => false,
            }
        };
        self.module.tree().root().dfs().filter(|node| node.kind() == kind::CALL).filter(is_meant).collect()
    }

    /// The relationship that a call makes, as far as its own statement tells.
    pub fn relationship_of(&self, call: &Node<'_>) -> Relationship {
        model::of_call(self.resolver, self.module, call, false)
    }

    /// A sighting of a node, which nothing is said of yet but where it is.
    pub fn sighting(&self, node: &Node<'_>) -> Sighting {
        let call = node.ancestors().find(|around| around.kind() == kind::CALL).unwrap_or_else(|| node.clone());
        Sighting {
            at: self.module.location(&node.range()),
            call: self.module.location(&call.range()),
            callee: call.field("function").map(|function| function.text().into_owned()).unwrap_or_default(),
            reason: String::new(),
            help: None,
            relationship: None,
            correction: None,
        }
    }

    /// The edit that puts a text in a node's place.
    pub fn replacing(&self, node: &Node<'_>, text: &str) -> FileEdit {
        FileEdit { path: Arc::clone(&self.module.path), edit: Edit { range: node.range(), text: text.to_owned() } }
    }
}
