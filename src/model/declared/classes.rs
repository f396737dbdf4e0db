//! The definition of a class goes in; what it declares comes out: its bases, its table, its columns.

use super::columns::{ColumnFacts, is_columnless};
use super::{Base, ClassColumn, DeclarationReader, DeclaredClass, function_around, is_column};
use crate::model::annotation;
use crate::model::column_function;
use crate::model::names::{Referent, called};
use crate::model::naming::{Naming, TableNaming};
use crate::model::table::Schema;
use crate::python::PyValue;
use crate::resolve::{Arguments, Effort, Keyword, Resolution};
use crate::syntax::{
    Node, Parts, definition_around, dotted_name, first_parameter, keyword_value, kind, positional_arguments, returned,
    unparenthesized,
};

impl DeclarationReader<'_> {
    pub(super) fn class(&self, node: &Node<'_>) -> Option<DeclaredClass> {
        let name = node.field("name")?.text().into_owned();
        let superclasses = node.field("superclasses");
        let is_collection = superclasses.as_ref().is_some_and(|bases| {
            let mut names = bases.dfs().filter(|node| node.kind() == kind::IDENTIFIER);
            names.any(|name| annotation::is_collection(&name.text()))
        });
        let bases = superclasses.as_ref().map(|bases| self.bases(bases)).unwrap_or_default();
        let decorated = node.parent().filter(|around| around.kind() == kind::DECORATED_DEFINITION);
        let is_decorated = |words: &[&str]| {
            let decorators = decorated.iter().flat_map(Node::children).filter(|child| child.kind() == kind::DECORATOR);
            decorators.into_iter().any(|decorator| words.iter().any(|word| decorator.text().contains(word)))
        };
        let mut class = DeclaredClass {
            name,
            at: self.module.location(&node.range()),
            function: function_around(self.module, node),
            is_table: superclasses.is_some_and(|bases| {
                let given = Arguments::of_list(self.module, &bases);
                let keyword = given.keyword(self.resolver, "table");
                !matches!(keyword, Keyword::Absent | Keyword::Given(PyValue::Bool(false)))
            }),
            is_abstract: false,
            allows_unmapped: false,
            is_collection,
            is_declarative: is_decorated(&[".mapped"]),
            is_root: bases.contains(&Base::Root)
                || is_decorated(&["as_declarative"])
                || bases.iter().all(|base| *base == Base::Other) && self.has_declarative_meta(node),
            bases,
            table_name: None,
            table: None,
            schema: None,
            columns: Vec::new(),
            keys: Vec::new(),
            is_open: false,
        };
        self.add_body(&node.field("body")?, &mut class);
        Some(class)
    }

    /// `class Base(metaclass=DeclarativeMeta)`, or with a metaclass that inherits from it: without another base it is one itself.
    fn has_declarative_meta(&self, class: &Node<'_>) -> bool {
        const META: &str = "DeclarativeMeta";
        let superclasses = class.field("superclasses");
        let Some(meta) = superclasses.and_then(|bases| keyword_value(&bases, "metaclass")) else { return false };
        let is_meta = |names: &[String]| names.last().is_some_and(|name| name == META);
        match self.named(&meta) {
            Referent::Outside(path) | Referent::Unknown(path) => is_meta(&path),
            Referent::Class(at, _) => {
                let module = self.resolver.repository.module(&at.path);
                let bases = module.as_ref().and_then(|module| module.node(&at.range())?.field("superclasses"));
                bases.is_some_and(|bases| bases.text().contains(META))
            }
            Referent::Made(..) => false,
        }
    }

    /// What the statements of a class's body declare.
    fn add_body(&self, body: &Node<'_>, class: &mut DeclaredClass) {
        let mut stack: Vec<Node<'_>> = body.parts().collect();
        stack.reverse();
        while let Some(statement) = stack.pop() {
            match &*statement.kind() {
                kind::EXPRESSION_STATEMENT => {
                    for assignment in statement.parts().filter(|node| node.kind() == kind::ASSIGNMENT) {
                        self.add_assignment(&assignment, class);
                    }
                }
                kind::DECORATED_DEFINITION => self.add_declared(&statement, class),
                kind::IF_STATEMENT
                | kind::ELSE_CLAUSE
                | kind::ELIF_CLAUSE
                | kind::TRY_STATEMENT
                | kind::WITH_STATEMENT
                | kind::BLOCK => {
                    let from = stack.len();
                    stack.extend(statement.parts());
                    stack[from..].reverse();
                }
                _ => {}
            }
        }
    }

    pub(super) fn bases(&self, superclasses: &Node<'_>) -> Vec<Base> {
        let bases = positional_arguments(superclasses).into_iter();
        bases
            .map(|base| if base.kind() == kind::SUBSCRIPT { base.field("value").unwrap_or(base) } else { base })
            .map(|base| self.base(&base))
            .collect()
    }

    pub(super) fn base(&self, node: &Node<'_>) -> Base {
        match self.named(node) {
            Referent::Class(class, rest) if rest.is_empty() => Base::Class(class),
            Referent::Made(at, callee, rest) => match Naming::of_made(&callee, &rest) {
                Base::Declarative(naming) => Base::Made(at, naming),
                other => other,
            },
            Referent::Outside(path) => Naming::of_outside(&path),
            Referent::Unknown(names) => match Naming::of_unknown(&names) {
                Base::Unknown(_) if self.is_foreign(node) => Base::Foreign(names.last().cloned().unwrap_or_default()),
                base => base,
            },
            Referent::Class(..) => Base::Unknown(node.text().into_owned()),
        }
    }

    /// Whether a dotted name begins with what another library gives.
    pub(super) fn is_foreign(&self, node: &Node<'_>) -> bool {
        let Some(first) = dotted_name(node).and_then(|names| names.into_iter().next()) else { return false };
        let resolutions = self.resolver.follow(&self.place(node), &[first], &Effort::for_callee());
        !resolutions.is_empty() && resolutions.iter().all(|resolution| matches!(resolution, Resolution::Outside(_)))
    }

    /// `name = value` in a class's body.
    pub(super) fn add_assignment(&self, assignment: &Node<'_>, class: &mut DeclaredClass) {
        let Some(left) = assignment.field("left").filter(|left| left.kind() == kind::IDENTIFIER) else { return };
        let before = class.columns.len();
        if let Some(right) = assignment.field("right") {
            self.add_attribute(&left.text(), &unparenthesized(&right), class);
            if class.columns.len() == before {
                return;
            }
        }
        let Some(annotated) = assignment.field("type").and_then(|annotation| self.annotated(&annotation)) else {
            return;
        };
        class.is_open |= annotated.is_open;
        if class.columns.len() == before {
            let (attribute, at) = (left.text().into_owned(), self.module.location(&assignment.range()));
            let name = annotated.name.clone().unwrap_or_else(|| attribute.clone());
            class.columns.push(ClassColumn { attribute, name, references: Vec::new(), is_primary: false, at });
        }
        if let Some(column) = class.columns.last_mut() {
            column.references.extend(annotated.references);
            column.is_primary |= annotated.is_primary;
        }
    }

    /// A function under `@declared_attr`.
    pub(super) fn add_declared(&self, definition: &Node<'_>, class: &mut DeclaredClass) {
        let decorators = definition.parts().filter(|node| node.kind() == kind::DECORATOR);
        let is_declared = decorators
            .into_iter()
            .any(|node| node.text().contains("declared_attr") || node.text().contains("classproperty"));
        let Some(function) =
            definition.field("definition").filter(|node| is_declared && node.kind() == kind::FUNCTION_DEFINITION)
        else {
            return;
        };
        let Some(name) = function.field("name").map(|name| name.text().into_owned()) else { return };
        if name == "__tablename__" {
            class.table_name = Some(TableNaming::Computed(self.module.location(&function.range())));
            return;
        }
        for value in returned(&function) {
            self.add_attribute(&name, &unparenthesized(&value), class);
        }
    }

    pub(super) fn add_attribute(&self, name: &str, value: &Node<'_>, class: &mut DeclaredClass) {
        match name {
            "__tablename__" => {
                class.table_name = Some(self.table_naming(value));
            }
            "__abstract__" => class.is_abstract = value.kind() == kind::TRUE,
            "__allow_unmapped__" => class.allows_unmapped = value.kind() == kind::TRUE,
            "__table__" => match self.named(value) {
                Referent::Made(table, callee, rest)
                    if rest.is_empty() && callee.last().is_some_and(|name| name == "Table") =>
                {
                    class.table = Some(table);
                }
                _ => class.is_open = true,
            },
            "__table_args__" => self.add_table_args(value, class),
            // where it may name a schema for all tables
            "metadata" if value.kind() != kind::CALL || value.text().contains("schema") => {
                class.schema.get_or_insert(Schema::Unknown);
            }
            "metadata" => {}
            _ if name.starts_with("__") => {}
            _ => self.add_column(name, value, class),
        }
    }

    /// What is assigned to `__tablename__`.
    pub(super) fn table_naming(&self, value: &Node<'_>) -> TableNaming {
        // `declared_attr(lambda cls: …)`
        let declared = called(value).filter(|name| value.kind() == kind::CALL && name == "declared_attr");
        let function = declared.and_then(|_| positional_arguments(&value.field("arguments")?).into_iter().next());
        match function {
            Some(lambda) if lambda.kind() == kind::LAMBDA => {
                TableNaming::Computed(self.module.location(&lambda.range()))
            }
            _ if value.kind() == kind::NONE => TableNaming::Nothing,
            _ => self.text(value).map_or(TableNaming::Unknown, TableNaming::Given),
        }
    }

    pub(super) fn add_table_args(&self, value: &Node<'_>, class: &mut DeclaredClass) {
        let is_written = matches!(&*value.kind(), kind::TUPLE | kind::DICTIONARY);
        class.schema = Some(if is_written { Schema::Default } else { Schema::Unknown });
        for node in value.dfs() {
            match &*node.kind() {
                kind::CALL if called(&node).is_some_and(|name| name == "ForeignKeyConstraint") => {
                    match self.constraint(&node) {
                        Some(key) => class.keys.push(key),
                        None => class.is_open = true,
                    }
                }
                kind::DICTIONARY => {
                    if let Some(schema) = self.schema(&Arguments::of_list(self.module, &node)) {
                        class.schema = Some(schema);
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn add_column(&self, attribute: &str, value: &Node<'_>, class: &mut DeclaredClass) {
        let Some(callee) = (value.kind() == kind::CALL).then(|| called(value)).flatten() else { return };
        let is_relationship = self.resolver.constructors.has_simple_name(&callee);
        if is_relationship || is_columnless(&callee) {
            return;
        }
        let is_written = is_column(&callee) || value.text().contains("ForeignKey(") || value.text().contains("Column(");
        let column = if is_written {
            self.column(value)
        } else if let Some(references) = column_function::references(self.resolver, &self.place(value), value) {
            ColumnFacts::of_references(references)
        } else {
            class.is_open = true;
            return;
        };
        class.is_open |= column.is_open;
        class.columns.push(ClassColumn {
            attribute: attribute.to_owned(),
            name: column.name.unwrap_or_else(|| attribute.to_owned()),
            references: column.references,
            is_primary: column.is_primary,
            at: self.module.location(&value.range()),
        });
    }
}

/// Whether an expression is made of the class that the function around it is called for.
pub(super) fn is_made_for_class(node: &Node<'_>) -> bool {
    let class = definition_around(node).and_then(|function| first_parameter(&function));
    let is_class = |name: &Node<'_>| class.as_ref().is_some_and(|class| name.text() == class.text());
    !matches!(&*node.kind(), kind::ATTRIBUTE | kind::IDENTIFIER)
        && node.dfs().any(|name| name.kind() == kind::IDENTIFIER && is_class(&name))
}

/// `__table__.c`, `c` and `columns` between a table or class and its column.
pub(super) fn is_columns(rest: &[String]) -> bool {
    let rest = rest.strip_prefix(&["__table__".to_owned()][..]).unwrap_or(rest);
    matches!(rest, [columns] if columns == "c" || columns == "columns")
}
