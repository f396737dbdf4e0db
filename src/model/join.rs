//! The arguments of a relationship that name columns go in; what they name comes out, as facts of their own.

use super::names::{Referent, called, named, text_for};
use crate::module::Module;
use crate::resolve::{KnownClass, Place, Resolver};
use crate::syntax::{Node, Parts, Tree, dotted_name, kind, string_content, unparenthesized};
use std::sync::Arc;

/// A column as an argument names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnName {
    /// In Python: what the first names stand for, with the attributes behind it.
    Code(Referent),
    /// An attribute of the class in whose body it stands.
    Own(String),
    /// In a string, which SQLAlchemy evaluates: names of classes and tables, and attributes behind them.
    Text(Vec<String>),
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Term {
    /// The column; None where it is something else.
    pub column: Option<ColumnName>,
    /// `foreign(…)`
    pub is_foreign: bool,
    /// `remote(…)`
    pub is_remote: bool,
}

/// Where the names of an argument are looked up.
pub struct JoinReader<'a> {
    /// Follows names.
    pub resolver: &'a Resolver<'a>,
    /// The module of the argument.
    pub module: &'a Arc<Module>,
    /// The class that the function around is called for.
    pub class: Option<&'a KnownClass>,
}

impl JoinReader<'_> {
    /// The comparisons of `primaryjoin`; None where it can't be read.
    pub fn comparisons(&self, node: &Node<'_>) -> Option<Vec<(Term, Term)>> {
        self.read(node, |reader, node, is_text| reader.comparisons_in(node, is_text))
    }

    /// The columns of `foreign_keys` or `remote_side`; None where one of them can't be read.
    pub fn columns(&self, node: &Node<'_>) -> Option<Vec<ColumnName>> {
        self.read(node, |reader, node, is_text| {
            let items: Vec<Node<'_>> = match &*node.kind() {
                kind::LIST | kind::TUPLE | kind::SET | kind::EXPRESSION_LIST => {
                    node.parts().map(|item| unparenthesized(&item)).collect()
                }
                _ => vec![node.clone()],
            };
            let columns: Option<Vec<_>> = items
                .iter()
                .map(|item| match string_content(item).filter(|_| !is_text) {
                    Some(text) => Some(ColumnName::Text(text.trim().split('.').map(str::to_owned).collect())),
                    None => reader.term(item, is_text).column,
                })
                .collect();
            columns.map(|columns| columns.into_iter().collect())
        })
    }

    fn text(&self, node: &Node<'_>) -> Option<String> {
        text_for(self.resolver, &Place::of(self.module, node), node, self.class)
    }

    /// A string is evaluated, and a lambda called, as SQLAlchemy does.
    fn read<T>(&self, node: &Node<'_>, read: impl Fn(&Self, &Node<'_>, bool) -> Option<T>) -> Option<T> {
        let mut node = unparenthesized(node);
        while node.kind() == kind::LAMBDA {
            node = unparenthesized(&node.field("body")?);
        }
        let operator = node.field("operator").map(|operator| operator.text().into_owned());
        let makes_text = matches!(operator.as_deref(), Some("+" | "%"));
        let text = match &*node.kind() {
            kind::BINARY_OPERATOR if !makes_text => return read(self, &node, false),
            kind::STRING | kind::CONCATENATED_STRING | kind::BINARY_OPERATOR => {
                string_content(&node).or_else(|| self.text(&node))
            }
            kind::CALL if node.text().contains(".format(") => self.text(&node),
            _ => return read(self, &node, false),
        };
        // over several lines, as in a call
        let tree = Tree::parse(&format!("({})", text?));
        let statement = tree.root().parts().next()?;
        read(self, &unparenthesized(&statement.parts().next()?), true)
    }

    #[allow(clippy::unnecessary_wraps)]
    fn comparisons_in(&self, node: &Node<'_>, is_text: bool) -> Option<Vec<(Term, Term)>> {
        let mut found = Vec::new();
        let mut stack = vec![node.clone()];
        while let Some(node) = stack.pop() {
            let operands: Vec<Node<'_>> = node.parts().collect();
            match (&*node.kind(), operands.as_slice()) {
                (kind::COMPARISON_OPERATOR, [left, right]) => {
                    found.push((self.term(left, is_text), self.term(right, is_text)));
                }
                (kind::CALL, _) if is_annotation(&node) => found.push((self.term(&node, is_text), Term::default())),
                _ => stack.extend(operands.into_iter().rev()),
            }
        }
        Some(found)
    }

    fn term(&self, node: &Node<'_>, is_text: bool) -> Term {
        let node = unparenthesized(node);
        if node.kind() == kind::CALL && is_annotation(&node) {
            let inner = node.field("arguments").and_then(|arguments| arguments.parts().next());
            let inner = inner.map(|inner| self.term(&inner, is_text)).unwrap_or_default();
            let name = called(&node).unwrap_or_default();
            return Term {
                is_foreign: inner.is_foreign || name == "foreign",
                is_remote: inner.is_remote || name == "remote",
                ..inner
            };
        }
        if let Some(names) = dotted_name(&node) {
            return Term { column: Some(self.column(&node, names, is_text)), ..Term::default() };
        }
        // a function of columns is none, unless it marks one
        let marked = node.dfs().find(|inner| inner.kind() == kind::CALL && is_annotation(inner));
        marked.map(|marked| self.term(&marked, is_text)).unwrap_or_default()
    }

    fn column(&self, node: &Node<'_>, names: Vec<String>, is_text: bool) -> ColumnName {
        if is_text {
            return ColumnName::Text(names);
        }
        let in_body =
            node.ancestors().find(|node| matches!(&*node.kind(), kind::CLASS_DEFINITION | kind::FUNCTION_DEFINITION));
        match names.as_slice() {
            [name] if in_body.is_some_and(|around| around.kind() == kind::CLASS_DEFINITION) => {
                ColumnName::Own(name.clone())
            }
            [class, attribute] if class == "cls" || class == "self" => ColumnName::Own(attribute.clone()),
            _ => ColumnName::Code(named(self.resolver, &Place::of(self.module, node), &names)),
        }
    }
}

fn is_annotation(call: &Node<'_>) -> bool {
    called(call).is_some_and(|name| name == "foreign" || name == "remote")
}
