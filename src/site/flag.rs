//! The call that has sqlmodel's `cascade_delete` goes in; what can override the flag comes out.

use std::ops::Range;
use std::sync::Arc;

use crate::module::Module;
use crate::resolve::{Arguments, Expression, Passed, Resolver};
use crate::syntax::{Node, Parts, assigned_name, keyword_container, kind};

/// sqlmodel's argument for what it hands on to SQLAlchemy.
const KEYWORDS: &str = "sa_relationship_kwargs";
/// The arguments of sqlmodel that take the place of the flag.
const DICTIONARIES: [&str; 2] = [KEYWORDS, "sa_relationship"];

/// The surroundings of sqlmodel's `cascade_delete`.
#[derive(Debug, Clone, PartialEq)]
pub enum Flag {
    /// `sa_relationship`, or a cascade in `sa_relationship_kwargs`, takes precedence.
    Overridden,
    /// A dictionary display of `sa_relationship_kwargs`: offset after its `{`, and whether it is empty.
    Display(usize, bool),
    /// A call of `dict` there: offset after its `(`, and whether it is empty.
    DictCall(usize, bool),
    /// `sa_relationship_kwargs=None`: the `None`.
    Nothing(Range<usize>),
    /// There is no `sa_relationship_kwargs` yet: the flag's own argument.
    Argument(Range<usize>),
    /// `sa_relationship_kwargs` is no literal; in words.
    OutOfReach(String),
}

impl Flag {
    /// What can override the flag, from the call's arguments and the flag's own.
    pub(super) fn of(resolver: &Resolver<'_>, module: &Arc<Module>, list: &Node<'_>, argument: &Node<'_>) -> Self {
        let arguments = Arguments::of_list(module, list);
        if matches!(arguments.get(resolver, "sa_relationship"), Passed::Given(_)) {
            return Flag::Overridden;
        }
        let out_of_reach = |given: &str| Flag::OutOfReach(format!("`{given}` may set the cascade already"));
        match arguments.written(KEYWORDS, None).map(Expression::node) {
            Some(Some(given)) if given.kind() == kind::NONE => Flag::Nothing(given.range()),
            Some(Some(given)) => match keyword_container(&given) {
                Some(items) => Self::beside_items(resolver, module, &given, &items),
                None => out_of_reach(&given.text()),
            },
            Some(None) => out_of_reach(KEYWORDS),
            None => {
                let mut holders = DICTIONARIES.iter().filter_map(|name| arguments.holder(resolver, name));
                match holders.next().and_then(Expression::node) {
                    None => Flag::Argument(argument.range()),
                    Some(other) => {
                        Flag::OutOfReach(format!("`**{}` may set sa_relationship_kwargs already", other.text()))
                    }
                }
            }
        }
    }

    /// The same by the items of the `sa_relationship_kwargs` that are given.
    fn beside_items(resolver: &Resolver<'_>, module: &Arc<Module>, given: &Node<'_>, items: &Node<'_>) -> Self {
        let arguments = Arguments::of_list(module, items);
        if arguments.written("cascade", None).is_some() {
            return Flag::Overridden;
        }
        let is_item =
            |child: &Node<'_>| matches!(&*child.kind(), kind::PAIR | kind::KEYWORD_ARGUMENT | kind::DICTIONARY_SPLAT);
        if arguments.may_have(resolver, "cascade") || !items.parts().all(|child| is_item(&child)) {
            return Flag::OutOfReach(
                "a dictionary splatted into sa_relationship_kwargs may set the cascade already".to_owned(),
            );
        }
        let is_empty = items.named_children().next().is_none();
        let after_bracket = items.range().start + 1;
        match &*given.kind() {
            kind::DICTIONARY => Flag::Display(after_bracket, is_empty),
            _ => Flag::DictCall(after_bracket, is_empty),
        }
    }

    /// The same where a `functools.partial` and its calls give arguments together. `partial` is the call that makes what is called, in the
    /// module, or the flag's own call where the flag is given to it.
    pub(super) fn beside_partial(
        self,
        resolver: &Resolver<'_>,
        arguments: &Node<'_>,
        (module, partial): (&Arc<Module>, &Node<'_>),
    ) -> Self {
        if !matches!(self, Flag::Argument(_)) {
            return self;
        }
        let given = partial.field("arguments").filter(|given| given.range() != arguments.range());
        let calls = if given.is_some() { Vec::new() } else { calls_of_assigned(partial) };
        match given.into_iter().chain(calls).find(|list| gives_dictionary(resolver, module, list)) {
            Some(other) => {
                let shown = other.parent().and_then(|call| call.field("function")).unwrap_or(other);
                Flag::OutOfReach(format!("the call of `{}` gives arguments of its own for that", shown.text()))
            }
            None => self,
        }
    }
}

/// Whether arguments can have what takes the place of `sa_relationship_kwargs`, or of the flag.
fn gives_dictionary(resolver: &Resolver<'_>, module: &Arc<Module>, list: &Node<'_>) -> bool {
    let arguments = Arguments::of_list(module, list);
    let mut names = DICTIONARIES.into_iter().chain(["cascade_delete"]);
    names.any(|name| !matches!(arguments.passed(resolver, name, None), Passed::Absent))
}

/// The arguments of the calls, in the same file, of the name that a call's result is given.
fn calls_of_assigned<'t>(call: &Node<'t>) -> Vec<Node<'t>> {
    let Some(name) = assigned_name(call) else { return Vec::new() };
    // the last of the ancestors is the module
    let Some(root) = call.ancestors().last() else { return Vec::new() };
    let of_name = |node: &Node<'t>| {
        let called = node.field("function")?;
        let is_named =
            called.text() == name.text() || called.field("attribute").is_some_and(|last| last.text() == name.text());
        node.field("arguments").filter(|_| is_named)
    };
    root.dfs().filter(|node| node.kind() == kind::CALL).filter_map(|node| of_name(&node)).collect()
}
