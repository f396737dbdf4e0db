//! The call that has sqlmodel's `cascade_delete` goes in; what can override the flag comes out.

use std::ops::Range;

use crate::syntax::{Node, assigned_name, keyword_container, keyword_value, splatted};

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
    pub(super) fn of(arguments: &Node<'_>, argument: &Node<'_>) -> Self {
        if keyword_value(arguments, "sa_relationship").is_some_and(|value| value.kind() != "none") {
            return Flag::Overridden;
        }
        let Some(given) = keyword_value(arguments, "sa_relationship_kwargs") else {
            let may_set_it = |splatted: &Node<'_>| {
                keyword_container(splatted).is_none_or(|display| {
                    display
                        .named_children()
                        .any(|child| child.kind() == "dictionary_splat" || child.text().contains("sa_relationship"))
                })
            };
            return match splatted(arguments).into_iter().find(may_set_it) {
                None => Flag::Argument(argument.range()),
                Some(other) => Flag::OutOfReach(format!("`**{}` may set sa_relationship_kwargs already", other.text())),
            };
        };
        if given.kind() == "none" {
            return Flag::Nothing(given.range());
        }
        let Some(container) = keyword_container(&given) else {
            return Flag::OutOfReach(format!("`{}` may set the cascade already", given.text()));
        };
        if keyword_value(&container, "cascade").is_some() {
            return Flag::Overridden;
        }
        if container.named_children().any(|child| !matches!(&*child.kind(), "pair" | "keyword_argument" | "comment")) {
            return Flag::OutOfReach(
                "a dictionary splatted into sa_relationship_kwargs may set the cascade already".to_owned(),
            );
        }
        let is_empty = container.named_children().next().is_none();
        let after_bracket = container.range().start + 1;
        match &*given.kind() {
            "dictionary" => Flag::Display(after_bracket, is_empty),
            _ => Flag::DictCall(after_bracket, is_empty),
        }
    }

    /// The same where a `functools.partial` and its calls give arguments together. `partial` is the call that makes what is called, or the
    /// flag's own call where the flag is given to it.
    pub(super) fn beside_partial(self, arguments: &Node<'_>, partial: &Node<'_>) -> Self {
        if !matches!(self, Flag::Argument(_)) {
            return self;
        }
        let given = partial.field("arguments").filter(|given| given.range() != arguments.range());
        let calls = if given.is_some() { Vec::new() } else { calls_of_assigned(partial) };
        match given.into_iter().chain(calls).find(gives_dictionary) {
            Some(other) => {
                let shown = other.parent().and_then(|call| call.field("function")).unwrap_or(other);
                Flag::OutOfReach(format!("the call of `{}` gives arguments of its own for that", shown.text()))
            }
            None => self,
        }
    }
}

/// Whether arguments can have what takes the place of `sa_relationship_kwargs`.
fn gives_dictionary(arguments: &Node<'_>) -> bool {
    let is_given = |name| keyword_value(arguments, name).is_some();
    ["sa_relationship_kwargs", "sa_relationship", "cascade_delete"].into_iter().any(is_given)
        || !splatted(arguments).is_empty()
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
    root.dfs().filter(|node| node.kind() == "call").filter_map(|node| of_name(&node)).collect()
}
