//! A string goes in; what whoever has the string can do with what it names comes out.

use std::ops::Range;

use super::whole::kind_of_whole;
use super::{ReferenceKind, Span, Whole};
use crate::syntax::{Node, call_of_argument, kind};

/// How a string can come to name something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    /// It is in `__all__`.
    Export,
    /// It stands alone: a docstring, in which there can be an example that is run.
    Docstring,
    /// It is the value of a dictionary's item.
    ItemValue,
    /// It is the key of a dictionary's item.
    ItemKey,
    /// Names are looked up by it: `vars(…)[…]`, `globals().get(…)`.
    Lookup,
    /// It is run as code: `eval(…)`.
    Code,
    /// It stands anywhere else.
    Other,
}

/// A string.
#[derive(Debug)]
pub struct StringUse {
    span: Span,
    content: Span,
    /// How it can name something.
    pub named_by: NamedBy,
    /// What is done with what it names, where a function gets it that takes the name of an attribute.
    pub as_attribute: Option<ReferenceKind>,
    /// What is done with the module that it names, where it is imported by that name.
    pub as_module: Option<ReferenceKind>,
    /// It is an annotation, or a part of one.
    pub is_in_type: bool,
    /// Nothing is filled in: its text is all that it has.
    pub is_whole: bool,
}

impl StringUse {
    /// What a node is that has a content, in `__all__`, in a type or elsewhere.
    pub(super) fn of(string: &Node<'_>, content: &Range<usize>, is_exported: bool, is_in_type: bool) -> Self {
        Self {
            span: Span::of(&string.range()),
            content: Span::of(content),
            named_by: if is_exported { NamedBy::Export } else { named_by(string) },
            as_attribute: kind_as_attribute(string),
            as_module: kind_as_module(string),
            is_in_type,
            is_whole: !string.children().any(|child| child.kind() == kind::INTERPOLATION),
        }
    }

    /// The string with its quotes.
    pub fn range(&self) -> Range<usize> {
        self.span.range()
    }

    /// What stands between the quotes.
    pub fn content(&self) -> Range<usize> {
        self.content.range()
    }
}

fn named_by(string: &Node<'_>) -> NamedBy {
    let Some(parent) = string.parent() else { return NamedBy::Other };
    match &*parent.kind() {
        kind::EXPRESSION_STATEMENT => NamedBy::Docstring,
        kind::PAIR if parent.field("value").is_some_and(|value| value.range() == string.range()) => NamedBy::ItemValue,
        kind::PAIR => NamedBy::ItemKey,
        kind::SUBSCRIPT | kind::ARGUMENT_LIST if is_of_names(&parent) => NamedBy::Lookup,
        kind::ARGUMENT_LIST if is_run(&parent) => NamedBy::Code,
        _ => NamedBy::Other,
    }
}

/// The argument of a function that gets the name of an attribute.
fn kind_as_attribute(string: &Node<'_>) -> Option<ReferenceKind> {
    match function_given(string)?.text().rsplit('.').next().unwrap_or_default() {
        "setattr" | "delattr" | "patch" | "object" | "setitem" => Some(ReferenceKind::Changed),
        "getattr" | "hasattr" | "attrgetter" => Some(ReferenceKind::Read),
        _ => None,
    }
}

/// The function that gets a string as an argument.
fn function_given<'t>(string: &Node<'t>) -> Option<Node<'t>> {
    call_of_argument(string)?.field("function")
}

/// `vars(…)[…]`, `globals().get(…)`, `….__dict__.pop(…)`
fn is_of_names(parent: &Node<'_>) -> bool {
    let container = match &*parent.kind() {
        kind::SUBSCRIPT => parent.field("value"),
        _ => parent.parent().and_then(|call| call.field("function")?.field("object")),
    };
    container.is_some_and(|container| {
        let text = container.text();
        text.ends_with(".__dict__")
            || ["vars(", "globals(", "locals("].iter().any(|function| text.starts_with(function))
            || container.kind() == kind::IDENTIFIER && text.chars().any(char::is_uppercase)
    })
}

/// `eval(…)` and others that run what they are given.
fn is_run(arguments: &Node<'_>) -> bool {
    let function = arguments.parent().and_then(|call| call.field("function"));
    let function = function.map(|function| function.text().into_owned()).unwrap_or_default();
    let name = function.rsplit('.').next().unwrap_or_default();
    ["eval", "exec", "compile", "timeit", "literal_eval", "dedent", "run", "runctx"].contains(&name)
}

/// What `import_module` and the like give is used as the module is.
fn kind_as_module(string: &Node<'_>) -> Option<ReferenceKind> {
    let around = string.parent()?;
    let expression = match &*around.kind() {
        kind::ARGUMENT_LIST => {
            let function = function_given(string)?.text().into_owned();
            let name = function.rsplit('.').next().unwrap_or_default();
            let imports = ["import_module", "__import__", "import_string", "resolve_name", "importorskip"];
            around.parent().filter(|_| imports.contains(&name))?
        }
        kind::SUBSCRIPT if around.field("value")?.text().ends_with("modules") => around,
        _ => return None,
    };
    let is_in_type = expression.ancestors().any(|node| node.kind() == kind::TYPE);
    Some(kind_of_whole(&expression, Whole::Module, is_in_type))
}

/// Whether a character can be a part of a name.
pub fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The word that begins at an offset.
pub(super) fn word_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    &rest[..rest.find(|c| !is_of_word(c)).unwrap_or(rest.len())]
}

/// Where the words of a part of a text begin.
pub(super) fn words_in(text: &str, part: Range<usize>) -> impl Iterator<Item = usize> {
    let mut is_inside = false;
    text[part.clone()].char_indices().filter_map(move |(at, c)| {
        let begins = is_of_word(c) && !is_inside;
        is_inside = is_of_word(c);
        begins.then_some(part.start + at)
    })
}
