//! The call that has sqlmodel's `cascade_delete` goes in; what can override the flag comes out.

use std::ops::Range;

use crate::syntax::{Node, keyword_container, keyword_value, splatted};

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
}
