//! One walk of a tree, in order of position, that writes down every place that has a name.

use super::kind::{ReferenceKind, bound_to, calls_or_binds_arguments, kind_of};
use super::namespace::NamespaceUse;
use super::regions::Region;
use super::strings::{StringUse, word_at, words_in};
use super::whole::{Whole, kind_of_whole};
use super::{Detail, Occurrence, References, Role, Span, offset};
use crate::hints;
use crate::syntax::{self, Node, Parts, definition_around, dotted_name, kind, string_parts};

/// The places in a tree.
pub(super) fn references(root: &Node<'_>) -> References {
    let text = root.get_doc().text();
    let mut walk = ReferenceWalk {
        has_declarations: hints::may_share_names(text),
        regions: Region::of(root, 0).into_iter().collect(),
        around: vec![(usize::MAX, 0)],
        ..ReferenceWalk::default()
    };
    for node in root.dfs() {
        walk.visit(&node);
    }
    walk.finished(text)
}

#[derive(Default)]
struct ReferenceWalk {
    /// A name can be declared global or nonlocal.
    has_declarations: bool,
    occurrences: Vec<Occurrence>,
    details: Vec<Detail>,
    strings: Vec<StringUse>,
    regions: Vec<Region>,
    namespaces: Vec<NamespaceUse>,
    aliases: Vec<(Span, Span)>,
    /// The regions around the node, outermost first: where each ends, and its index.
    around: Vec<(usize, u32)>,
    /// Where the type ends that the node is in.
    type_ends: usize,
    /// Where `__all__ = …` or `__all__.extend(…)` ends that the node is in.
    export_ends: usize,
}

/// An expression that a name refers by.
struct Referring<'t> {
    expression: Node<'t>,
    /// None where it is no dotted name.
    path: Option<Vec<String>>,
    is_attribute: bool,
    /// In the pattern of a `case`.
    is_pattern: bool,
    starts: usize,
}

impl ReferenceWalk {
    fn visit(&mut self, node: &Node<'_>) {
        let range = node.range();
        while self.around.last().is_some_and(|(end, _)| *end <= range.start) {
            self.around.pop();
        }
        match &*node.kind() {
            kind::IDENTIFIER => self.add_identifier(node),
            kind::STRING => self.add_string(node),
            kind::TYPE => self.type_ends = self.type_ends.max(range.end),
            kind::ALIASED_IMPORT => self.add_alias(node),
            kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT if is_field_text(node, "left", |left| left == "__all__") => {
                self.export_ends = self.export_ends.max(range.end);
            }
            kind::CALL if is_field_text(node, "function", |function| function.starts_with("__all__")) => {
                self.export_ends = self.export_ends.max(range.end);
            }
            kind::FUNCTION_DEFINITION
            | kind::LAMBDA
            | kind::CLASS_DEFINITION
            | kind::FOR_STATEMENT
            | kind::WHILE_STATEMENT => {
                if let Some(region) = Region::of(node, self.region()) {
                    self.around.push((range.end, offset(self.regions.len())));
                    self.regions.push(region);
                }
            }
            _ => {}
        }
        self.namespaces.extend(NamespaceUse::of(node));
    }

    fn region(&self) -> u32 {
        self.around.last().map_or(0, |(_, index)| *index)
    }

    fn add_identifier(&mut self, name: &Node<'_>) {
        let Some(parent) = name.parent() else { return };
        let role = self.role(name, &parent);
        let referring = if role == Role::Reference { referring(name, &parent) } else { None };
        let mut occurrence = Occurrence {
            name: Span::of(&name.range()),
            expression: offset(referring.as_ref().map_or(name.range().start, |referring| referring.starts)),
            region: self.region(),
            detail: 0,
            role,
            kind: ReferenceKind::Changed,
            kinds_of_whole: [ReferenceKind::Changed; Whole::COUNT],
            is_attribute: referring.as_ref().is_some_and(|referring| referring.is_attribute),
            is_called: false,
        };
        if let Some(referring) = referring {
            self.complete(&mut occurrence, referring, name);
        }
        self.occurrences.push(occurrence);
    }

    /// Adds what is done with the expression.
    fn complete(&mut self, occurrence: &mut Occurrence, referring: Referring<'_>, name: &Node<'_>) {
        let Referring { expression, path, is_pattern, starts, .. } = referring;
        let is_in_type = name.range().start < self.type_ends;
        let (kind, items) = if is_pattern { (ReferenceKind::Read, Vec::new()) } else { kind_of(&expression) };
        occurrence.kind = kind;
        occurrence.kinds_of_whole = Whole::ALL.map(|whole| kind_of_whole(&expression, whole, is_in_type));
        occurrence.is_called = calls_or_binds_arguments(&expression);
        let binds = if kind == ReferenceKind::Aliased { bound_to(&expression) } else { None };
        let text = &name.get_doc().text()[starts..name.range().end];
        let is_plain = path.as_ref().is_some_and(|path| path.join(".") == text);
        if !items.is_empty() || binds.is_some() || !is_plain {
            let boxed = |names: Vec<String>| names.into_iter().map(String::into_boxed_str).collect();
            self.details.push(Detail {
                path: (!is_plain).then(|| boxed(path.unwrap_or_default())),
                items: boxed(items),
                binds: binds.map(|name| Span::of(&name.range())),
            });
            occurrence.detail = offset(self.details.len());
        }
    }

    fn role(&self, name: &Node<'_>, parent: &Node<'_>) -> Role {
        let is_field = |field: &str| parent.field(field).is_some_and(|node| node.range() == name.range());
        match &*parent.kind() {
            kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT if is_field("left") => {
                let is_outer = self.has_declarations && is_declared_outside(name);
                if is_outer { Role::OuterBinding } else { Role::Binding }
            }
            kind::KEYWORD_ARGUMENT if is_field("name") => Role::Keyword,
            kind::FUNCTION_DEFINITION | kind::CLASS_DEFINITION if is_field("name") => Role::Definition,
            kind::DEFAULT_PARAMETER | kind::TYPED_DEFAULT_PARAMETER if is_field("name") => Role::Definition,
            kind::PARAMETERS | kind::LAMBDA_PARAMETERS | kind::TYPED_PARAMETER => Role::Definition,
            kind::DICTIONARY_SPLAT_PATTERN | kind::LIST_SPLAT_PATTERN => Role::Definition,
            kind::DOTTED_NAME if !is_pattern(parent) => Role::Import,
            kind::DOTTED_NAME if is_captured(parent) => Role::Binding,
            kind::ALIASED_IMPORT => Role::Import,
            _ => Role::Reference,
        }
    }

    fn add_string(&mut self, string: &Node<'_>) {
        let (is_exported, is_in_type) =
            (string.range().start < self.export_ends, string.range().start < self.type_ends);
        for content in string_parts(string) {
            self.strings.push(StringUse::of(string, &content, is_exported, is_in_type));
        }
    }

    /// `import name as alias`, and `import package.name as alias`
    fn add_alias(&mut self, import: &Node<'_>) {
        let name = import.field("name").and_then(|name| name.parts().last());
        if let (Some(name), Some(alias)) = (name, import.field("alias")) {
            self.aliases.push((Span::of(&name.range()), Span::of(&alias.range())));
        }
    }

    fn finished(self, text: &str) -> References {
        let Self { mut occurrences, details, strings, regions, namespaces, aliases, .. } = self;
        occurrences.sort_by(|a, b| (&text[a.range()], a.name.start).cmp(&(&text[b.range()], b.name.start)));
        let places = strings
            .iter()
            .enumerate()
            .flat_map(|(index, string)| words_in(text, string.content()).map(move |at| (offset(at), offset(index))));
        let mut words: Vec<(u32, u32)> = places.collect();
        words.sort_by(|a, b| (word_at(text, a.0 as usize), a.0).cmp(&(word_at(text, b.0 as usize), b.0)));
        References {
            occurrences: occurrences.into(),
            details: details.into(),
            strings: strings.into(),
            words: words.into(),
            regions: regions.into(),
            namespaces: namespaces.into(),
            aliases: aliases.into(),
        }
    }
}

fn is_field_text(node: &Node<'_>, field: &str, is_it: impl Fn(&str) -> bool) -> bool {
    node.field(field).is_some_and(|part| is_it(&part.text()))
}

/// The expression whose last name a name is.
fn referring<'t>(name: &Node<'t>, parent: &Node<'t>) -> Option<Referring<'t>> {
    let is_last = || parent.field("attribute").is_some_and(|node| node.range() == name.range());
    match &*parent.kind() {
        kind::ATTRIBUTE if is_last() => Some(Referring {
            starts: parent.range().start,
            path: dotted_name(parent),
            expression: parent.clone(),
            is_attribute: true,
            is_pattern: false,
        }),
        kind::DOTTED_NAME => in_pattern(name, parent),
        _ => Some(Referring {
            starts: name.range().start,
            path: Some(vec![name.text().into_owned()]),
            expression: name.clone(),
            is_attribute: false,
            is_pattern: false,
        }),
    }
}

/// Whether a dotted name stands in the pattern of a `case`, and not in an import.
fn is_pattern(dotted: &Node<'_>) -> bool {
    dotted.parent().is_some_and(|around| syntax::is_pattern(&around))
}

/// Whether it is one without a dot, which the pattern binds.
fn is_captured(dotted: &Node<'_>) -> bool {
    dotted.parts().count() < 2 && dotted.parent().is_some_and(|around| around.kind() != kind::CLASS_PATTERN)
}

/// A name in `case module.NAME:`, with which a value is compared.
fn in_pattern<'t>(name: &Node<'t>, dotted: &Node<'t>) -> Option<Referring<'t>> {
    let parts: Vec<Node<'t>> = dotted.parts().collect();
    let until = parts.iter().position(|part| part.range() == name.range())?;
    Some(Referring {
        starts: dotted.range().start,
        path: Some(parts[..=until].iter().map(|part| part.text().into_owned()).collect()),
        expression: name.clone(),
        is_attribute: until > 0,
        is_pattern: true,
    })
}

/// Whether the function around says `global name` or `nonlocal name`.
fn is_declared_outside(name: &Node<'_>) -> bool {
    let Some(function) = definition_around(name) else { return false };
    let mut statements =
        function.dfs().filter(|node| matches!(&*node.kind(), kind::GLOBAL_STATEMENT | kind::NONLOCAL_STATEMENT));
    statements.any(|statement| statement.parts().any(|declared| declared.text() == name.text()))
}
