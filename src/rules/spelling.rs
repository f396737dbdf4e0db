//! A syntax tree goes in; the nodes that a rule in ast-grep's language matches come out.

use ast_grep_config::RuleConfig;
use ast_grep_core::matcher::MatcherExt;
use ast_grep_core::{Matcher, NodeMatch};
use ast_grep_language::SupportLang;
use serde::Deserialize;

use super::ConstructorKind;
use crate::hints::Hints;
use crate::sqlalchemy::Observable;
use crate::syntax::{Node, PythonDoc, hinted_nodes};

/// A match of a rule, with the nodes it captured.
pub type Match<'t> = NodeMatch<'t, PythonDoc>;

/// A rule in ast-grep's language, and what its metadata says.
pub struct Rule<M> {
    /// The rule itself.
    pub config: RuleConfig<SupportLang>,
    /// The name of the keyword arguments that it matches, where it says one.
    pub argument: Option<String>,
    /// What it means here.
    pub metadata: M,
}

/// A place where a cascade is bound to a relationship. The rule matches the binding and captures
/// `$VALUE`, the cascade's value; and `$CALLEE`, the function or class that gets it, `$KEYWORDS`, the name of a dictionary of
/// keyword arguments, or `$PROPERTY`, the object whose cascade is set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Spelling {
    /// What the value sets.
    pub sets: Sets,
    /// What `$CALLEE` must turn out to be.
    pub of: Vec<ConstructorKind>,
    /// The cascade is the backref's, though the callee is the declaring side.
    #[serde(default)]
    pub is_backref: bool,
    /// A word in what the rule matches, where that is neither `cascade=` nor `"cascade"`: files without it are not parsed.
    #[serde(default)]
    pub word: Option<String>,
    /// Sources in which the rule finds no site.
    #[serde(default)]
    pub valid: Vec<String>,
    /// Sources in which the rule finds a site.
    #[serde(default)]
    pub invalid: Vec<String>,
}

/// What a site's value sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Sets {
    /// The cascade itself.
    Cascade,
    /// sqlmodel's flag that stands for `all, delete-orphan`.
    CascadeDelete,
}

/// Code that notices whether a cascade option is set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// What it does.
    pub observes: Observable,
    /// Sources in which the rule finds nothing.
    #[serde(default)]
    pub valid: Vec<String>,
    /// Sources in which the rule finds something.
    #[serde(default)]
    pub invalid: Vec<String>,
}

/// Rules, by the kinds of nodes that they can match.
pub struct RuleSet<M> {
    rules: Vec<Rule<M>>,
    /// Indices into `rules`, by the id of the kind.
    by_kind: Vec<Vec<usize>>,
}

impl<M> Default for RuleSet<M> {
    fn default() -> Self {
        Self { rules: Vec::new(), by_kind: Vec::new() }
    }
}

impl<M> RuleSet<M> {
    pub(super) fn add(&mut self, rule: Rule<M>) {
        for kind in rule.config.matcher.potential_kinds().iter().flatten() {
            if self.by_kind.len() <= kind {
                self.by_kind.resize_with(kind + 1, Vec::new);
            }
            self.by_kind[kind].push(self.rules.len());
        }
        self.rules.push(rule);
    }

    /// The rules, in the order of their files.
    pub fn iter(&self) -> impl Iterator<Item = &Rule<M>> {
        self.rules.iter()
    }

    /// All matches below a node that touch a hint, outer nodes first.
    pub(super) fn find_all<'r, 't>(&'r self, root: &Node<'t>, hints: &Hints) -> Vec<(&'r Rule<M>, Match<'t>)> {
        let mut found = Vec::new();
        for node in hinted_nodes(root, hints) {
            let of_kind = self.by_kind.get(usize::from(node.kind_id())).into_iter().flatten();
            let may_match = |rule: &&Rule<M>| {
                let named = |name: &String| node.field("name").is_some_and(|named| named.text() == name.as_str());
                rule.argument.as_ref().is_none_or(named)
            };
            for rule in of_kind.map(|index| &self.rules[*index]).filter(may_match) {
                found.extend(rule.config.matcher.match_node(node.clone()).map(|matched| (rule, matched)));
            }
        }
        found
    }
}
