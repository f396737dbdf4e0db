//! Conditions that aren't known are decided about, way by way; each decision is kept, with what it is about.

use std::collections::BTreeSet;

use crate::module::{Binding, BindingKind, is_of_word};
use crate::syntax::{Node, Parts, definition_around, has_scope, is_statement, kind, nodes_with_word, unparenthesized};

use super::heap::RunValue;
use super::run::Walkthrough;
use super::ways::{Decision, DecisionKind, ModuleState};

/// A condition one of whose ways leaves the coroutine.
#[derive(Clone, Copy)]
pub(super) struct Guard {
    /// Whether the other is that on which it holds.
    pub goes_on: bool,
    /// Nothing is read on the one.
    pub ends_at_once: bool,
}

impl Guard {
    /// What always holds from here on.
    pub const PASSED: Self = Self { goes_on: true, ends_at_once: true };

    /// That of the opposite condition.
    pub fn inverted(self) -> Self {
        Self { goes_on: !self.goes_on, ..self }
    }
}

impl Walkthrough<'_, '_> {
    /// Which way a condition goes that isn't known: the same as before, as long as nothing in it is bound anew.
    pub(super) fn assume(&mut self, condition: &Node<'_>, guard: Option<Guard>) -> bool {
        let text = condition.text();
        let known = self.assumed.iter().find(|(known, _)| *known == text).map(|(_, holds)| *holds);
        known.unwrap_or_else(|| {
            let holds = self.decide(condition, guard);
            self.assumed.push((text.into_owned(), holds));
            holds
        })
    }

    /// What was assumed of something isn't any more: it is another now.
    pub(super) fn forget_conditions(&mut self, about: &str) {
        self.assumed.retain(|(text, _)| {
            !text
                .match_indices(about)
                .any(|(at, _)| !text[..at].ends_with(is_of_word) && !text[at + about.len()..].starts_with(is_of_word))
        });
    }

    /// Which way a condition goes: that of its guard which goes on, or one of both.
    pub(super) fn decide(&mut self, condition: &Node<'_>, guard: Option<Guard>) -> bool {
        let only = guard.filter(|guard| guard.ends_at_once).map(|guard| guard.goes_on);
        let holds = only.unwrap_or_else(|| self.script.choose(2) == 0);
        let is_guard = guard.is_some_and(|guard| guard.goes_on == holds);
        self.take(condition, if is_guard { DecisionKind::Guard } else { DecisionKind::Condition }, holds, true);
        holds
    }

    /// A condition is a flag that is known here. What else was made of it isn't, and says something about it all the same.
    pub(super) fn follow_flag(&mut self, condition: &Node<'_>, holds: bool) {
        self.take(condition, DecisionKind::Condition, holds, false);
    }

    /// Whether what names stand for decides about what they are in, though that isn't known here.
    fn is_settled(&self, names: &[Node<'_>]) -> bool {
        let is_literal = |name: &str| matches!(self.name(name), Some(RunValue::Literal(_)));
        names.iter().map(Node::text).any(|name| self.frame().settled.contains(&*name) || is_literal(&name))
    }

    fn take(&mut self, condition: &Node<'_>, kind: DecisionKind, holds: bool, is_open: bool) {
        let statement = condition.ancestors().find(is_statement).unwrap_or_else(|| condition.clone());
        let names = names_in(condition);
        let is_settled = is_open && self.is_settled(&names);
        self.note(condition, &names, kind, holds, is_settled, &statement);
    }

    /// A loop is entered: there is something in what it goes through.
    pub(super) fn enters(&mut self, over: &Node<'_>, statement: &Node<'_>) {
        self.note(over, &names_in(over), DecisionKind::Loop, true, false, statement);
    }

    /// Nothing is raised in a `try` statement: what it sets tells that.
    pub(super) fn completes(&mut self, statement: &Node<'_>) {
        self.note(statement, &names_set_in(statement), DecisionKind::Completed, true, false, statement);
    }

    fn note(
        &mut self,
        condition: &Node<'_>,
        names: &[Node<'_>],
        kind: DecisionKind,
        holds: bool,
        is_settled: bool,
        statement: &Node<'_>,
    ) {
        let own = definition_around(condition).map(|function| self.module().scope_of(&function));
        let is_own = |name: &Node<'_>| own.as_ref().is_some_and(|own| !own.all(&name.text()).is_empty());
        let of_module = names.iter().filter(|name| !is_own(name)).filter_map(|name| self.module_state(name)).max();
        let names: BTreeSet<String> = names.iter().map(|name| name.text().into_owned()).collect();
        let is_free = self.frames.len() == 1 && names.is_disjoint(&self.frame().bound);
        // one that is ended by a round has no other behind it
        let is_loop = |node: &Node<'_>| match &*node.kind() {
            kind::FOR_STATEMENT => true,
            kind::WHILE_STATEMENT => !is_endless(node),
            _ => false,
        };
        let sets_one = |node: &Node<'_>| names_set_in(node).iter().any(|set| names.contains(&*set.text()));
        let around =
            condition.ancestors().take_while(|node| !has_scope(node)).find(|node| is_loop(node) && sets_one(node));
        let set_in = around.map(|around| self.module().location(&around.range()));
        let condition = (condition.text().into_owned(), self.frames.len());
        let statement = self.module().location(&statement.range());
        self.way.decisions.push(Decision {
            condition,
            kind,
            names,
            of_module,
            is_free,
            is_settled,
            set_in,
            holds,
            statement,
        });
    }

    /// The flags that a loop, or what may be cut short, sets aren't known any more.
    pub(super) fn forget_flags(&mut self, within: &Node<'_>) {
        if !self.frame().names.values().any(RunValue::is_constant) {
            return;
        }
        for name in names_set_in(within) {
            if self.name(&name.text()).as_ref().is_some_and(RunValue::is_constant) {
                self.bind(&name.text(), RunValue::Other);
            }
        }
    }

    /// What a name that is not the coroutine's own asks of the module.
    fn module_state(&self, name: &Node<'_>) -> Option<ModuleState> {
        let call = name.parent().filter(|around| around.kind() == kind::CALL);
        let arguments = call.and_then(|call| call.field("arguments"));
        let is_given_nothing = arguments.is_some_and(|arguments| arguments.parts().next().is_none());
        let of_binding = |binding: &Binding| match binding.kind {
            BindingKind::CallResult { .. } => Some(ModuleState::Made),
            BindingKind::Alias(_) | BindingKind::Expression | BindingKind::Nothing => Some(ModuleState::Derived),
            // a constant
            BindingKind::Member(..) if !name.text().contains(char::is_lowercase) => Some(ModuleState::Derived),
            // it can ask nothing else
            BindingKind::Function(..) if is_given_nothing => Some(ModuleState::Derived),
            _ => None,
        };
        self.module().scope.all(&name.text()).iter().filter_map(of_binding).max()
    }

    /// Whether a block leaves the coroutine.
    pub(super) fn leaves(&self, block: &Node<'_>) -> bool {
        let last = block.parts().last();
        let leaves = |last: Node<'_>| matches!(&*last.kind(), kind::RETURN_STATEMENT | kind::RAISE_STATEMENT);
        self.frames.len() == 1 && last.is_some_and(leaves)
    }

    /// Whether the way ends with the first statement of a block, in which nothing is read.
    pub(super) fn ends_at_once(&self, block: &Node<'_>) -> bool {
        let first = block.parts().next();
        first.is_some_and(|first| match &*first.kind() {
            kind::RAISE_STATEMENT => true,
            // who called goes on
            kind::RETURN_STATEMENT => self.frames.len() == 1 && first.parts().all(|value| is_constant(&value)),
            _ => false,
        })
    }

    /// Whether a function says of a name that it is that of another one, or of the module.
    pub(super) fn is_shared(&self, name: &str) -> bool {
        const WORDS: [&str; 2] = ["nonlocal", "global"];
        let module = self.module();
        let root = module.tree().root();
        let says_it = |node: Node<'_>| {
            matches!(&*node.kind(), kind::NONLOCAL_STATEMENT | kind::GLOBAL_STATEMENT)
                && node.parts().any(|one| one.text() == name)
        };
        module.may_share(name) && WORDS.iter().any(|word| nodes_with_word(&root, word).any(says_it))
    }
}

fn is_constant(value: &Node<'_>) -> bool {
    matches!(&*value.kind(), kind::NONE | kind::TRUE | kind::FALSE | kind::COMMENT)
}

/// `while True`
pub(super) fn is_endless(statement: &Node<'_>) -> bool {
    statement.field("condition").is_some_and(|condition| unparenthesized(&condition).kind() == kind::TRUE)
}

/// The names in an expression, without attributes.
fn names_in<'t>(expression: &Node<'t>) -> Vec<Node<'t>> {
    let is_attribute = |node: &Node<'_>| {
        let around = node.parent().filter(|around| around.kind() == kind::ATTRIBUTE);
        around.and_then(|around| around.field("attribute")).is_some_and(|name| name.range() == node.range())
    };
    expression.dfs().filter(|node| node.kind() == kind::IDENTIFIER && !is_attribute(node)).collect()
}

/// The names that assignments in a statement set.
fn names_set_in<'t>(statement: &Node<'t>) -> Vec<Node<'t>> {
    let target = |node: Node<'t>| match &*node.kind() {
        kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT => node.field("left"),
        kind::NAMED_EXPRESSION => node.field("name"),
        _ => None,
    };
    let targets = nodes_with_word(statement, "=").filter_map(target);
    targets.flat_map(|target| names_in(&target)).collect()
}
