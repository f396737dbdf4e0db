//! A module goes in; its classes, tables and imperative mappings come out as facts of their own: no syntax tree is kept.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::annotation;
use super::column_function;
use super::names::{Named, called, named, text};
use super::naming::{Naming, TableNaming};
use super::table::{Column, ForeignKey, Reference, Schema, Table, TableName};
use crate::module::Target;
use crate::module::{Location, Module};
use crate::resolve::{Effort, End, Found, Place, Resolver};
use crate::syntax::{Node, dotted_name, keyword_value, positional_arguments, returned, splatted, unparenthesized};

/// What a module declares.
#[derive(Debug, Default)]
pub struct Declared {
    /// Its classes, those in functions included, in order of position.
    pub classes: Vec<Arc<Class>>,
    /// Its calls of `Table`.
    pub tables: Vec<Arc<Table>>,
    /// Its imperative mappings.
    pub mappings: Vec<Mapping>,
    /// The classes that its calls of `declarative_base(cls=…)` and the like build on, by call.
    pub templates: Vec<(Location, Location)>,
}

impl Declared {
    /// The class with the definition.
    pub fn class(&self, at: &Location) -> Option<&Arc<Class>> {
        let first = self.classes.partition_point(|class| class.at.start < at.start);
        self.classes[first..].iter().take_while(|class| class.at.start == at.start).find(|class| class.at == *at)
    }
}

/// A class.
#[derive(Debug)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// The whole definition.
    pub at: Location,
    /// The function that it is defined in.
    pub function: Option<Location>,
    /// Its bases, in order.
    pub bases: Vec<Base>,
    /// `table=True`, which makes a sqlmodel class a mapped one.
    pub is_table: bool,
    /// `__abstract__ = True`
    pub is_abstract: bool,
    /// `__allow_unmapped__ = True`
    pub allows_unmapped: bool,
    /// A base of it is a collection.
    pub is_collection: bool,
    /// A decorator maps it.
    pub is_declarative: bool,
    /// It is a base class itself, which is not mapped.
    pub is_root: bool,
    /// `__tablename__`
    pub table_name: Option<TableNaming>,
    /// `__table__`
    pub table: Option<Location>,
    /// The schema that `__table_args__` names; None without `__table_args__`.
    pub schema: Option<Schema>,
    /// Its columns.
    pub columns: Vec<ClassColumn>,
    /// The constraints in its `__table_args__`.
    pub keys: Vec<ForeignKey>,
    /// It may have columns that are not seen.
    pub is_open: bool,
}

/// A column that a class declares.
#[derive(Debug, Clone)]
pub struct ClassColumn {
    /// The attribute.
    pub attribute: String,
    /// The column's name in the database.
    pub name: String,
    /// What it refers to.
    pub references: Vec<Reference>,
    /// Whether it is in the primary key.
    pub is_primary: bool,
    /// Where it is declared.
    pub at: Location,
}

/// A base of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// A class of the repository.
    Class(Location),
    /// A class of a library, or one that it made, which names tables in some way and has no columns of its own.
    Declarative(Option<Naming>),
    /// `DeclarativeBase`: the class itself becomes a base class, which is not mapped.
    Root,
    /// The same as a declarative one, made by a call.
    Made(Location, Option<Naming>),
    /// A class that has nothing to do with tables.
    Other,
    /// A class of a library of which nothing but its name is known.
    Foreign(String),
    /// It can't be told; as it is written.
    Unknown(String),
}

/// `map_imperatively(Class, table, …)`, which was `mapper(…)`.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The whole call.
    pub at: Location,
    /// The function around.
    pub function: Option<Location>,
    /// That is a test case's `setup_mappers`.
    pub is_set_up: bool,
    /// The class as it is named, and what that stands for.
    pub class: Named,
    /// The table.
    pub table: Named,
    /// A table is given.
    pub has_table: bool,
    /// The class it inherits from.
    pub inherits: Option<Named>,
}

/// Reads a module's declarations.
pub fn of_module(resolver: &Resolver<'_>, module: &Arc<Module>) -> Declared {
    let mut reader = Reader { resolver, module, declared: Declared::default(), types: RefCell::default() };
    let mut stack = vec![module.tree().root()];
    while let Some(node) = stack.pop() {
        match &*node.kind() {
            "class_definition" => {
                let class = reader.class(&node);
                reader.declared.classes.extend(class.map(Arc::new));
            }
            "call" => reader.call(&node),
            _ => {}
        }
        if may_declare(&node) {
            let from = stack.len();
            stack.extend(node.named_children());
            stack[from..].reverse();
        }
    }
    reader.declared
}

/// Whether classes, tables or mappings can stand in a node: in statements, and in what they assign or call.
fn may_declare(node: &Node<'_>) -> bool {
    match &*node.kind() {
        "import_statement"
        | "import_from_statement"
        | "comment"
        | "string"
        | "identifier"
        | "attribute"
        | "type"
        | "decorator" => false,
        "call" => called(node).is_none_or(|name| name != "Table" && !is_column(&name)),
        _ => true,
    }
}

fn is_column(name: &str) -> bool {
    matches!(name, "Column" | "mapped_column" | "Field")
}

/// The function or lambda around a node.
pub fn function_around(module: &Module, node: &Node<'_>) -> Option<Location> {
    let function = node.ancestors().find(|node| matches!(&*node.kind(), "function_definition" | "lambda"))?;
    Some(module.location(&function.range()))
}

/// Reads `map_imperatively(Class, table, …)`; None for any other call.
pub fn mapping(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>) -> Option<Mapping> {
    called(call).filter(|name| name == "map_imperatively" || name == "mapper")?;
    let arguments = call.field("arguments")?;
    let by_position = positional_arguments(&arguments);
    let argument = |index: usize, name: &str| {
        let given = by_position.get(index).cloned().or_else(|| keyword_value(&arguments, name));
        given.map(|node| of_node(resolver, module, &unparenthesized(&node)))
    };
    Some(Mapping {
        at: module.location(&call.range()),
        function: function_around(module, call),
        is_set_up: call
            .ancestors()
            .any(|around| around.field("name").is_some_and(|name| name.text() == "setup_mappers")),
        class: argument(0, "class_")?,
        has_table: argument(1, "local_table").is_some(),
        table: argument(1, "local_table").unwrap_or(Named::Unknown(Vec::new())),
        inherits: keyword_value(&arguments, "inherits").map(|class| of_node(resolver, module, &class)),
    })
}

/// What an expression stands for: a name, or what a call makes.
fn of_node(resolver: &Resolver<'_>, module: &Arc<Module>, node: &Node<'_>) -> Named {
    match dotted_name(node) {
        Some(names) => named(resolver, &Place::of(module, node), &names),
        None if node.kind() == "call" => {
            let callee = node.field("function").and_then(|function| dotted_name(&function)).unwrap_or_default();
            Named::Made(module.location(&node.range()), callee, Vec::new())
        }
        None => Named::Unknown(Vec::new()),
    }
}

struct Reader<'a> {
    resolver: &'a Resolver<'a>,
    module: &'a Arc<Module>,
    declared: Declared,
    /// The columns in types that have a name.
    types: RefCell<HashMap<String, Option<ColumnFacts>>>,
}

/// How many aliases of a type are followed.
const MOST_ALIASES: usize = 8;

/// What a name is bound to that stands for a type, through other names for it.
fn alias_of_type(resolver: &Resolver<'_>, place: &Place, names: &[String], aliases: usize) -> Option<Found> {
    let mut ends = resolver.follow(place, names, &Effort::for_callee());
    let Some(End::Bound(found)) = ends.pop().filter(|_| ends.is_empty()) else { return None };
    match &found.binding().target {
        Target::Alias(path) if found.rest.is_empty() => {
            let path = path.clone();
            alias_of_type(resolver, &found.before(), &path, aliases.checked_sub(1)?)
        }
        Target::Expression if found.rest.is_empty() => Some(found),
        _ => None,
    }
}

/// What a call's arguments declare of a column.
#[derive(Clone)]
struct ColumnFacts {
    name: Option<String>,
    references: Vec<Reference>,
    is_primary: bool,
    is_open: bool,
}

impl ColumnFacts {
    fn of_references(references: Vec<Option<Reference>>) -> Self {
        let is_open = references.iter().any(Option::is_none);
        Self { name: None, references: references.into_iter().flatten().collect(), is_primary: false, is_open }
    }
}

impl Reader<'_> {
    fn place(&self, node: &Node<'_>) -> Place {
        Place::of(self.module, node)
    }

    fn named(&self, node: &Node<'_>) -> Named {
        of_node(self.resolver, self.module, node)
    }

    fn text(&self, node: &Node<'_>) -> Option<String> {
        text(self.resolver, &self.place(node), node)
    }

    fn call(&mut self, call: &Node<'_>) {
        let (Some(name), Some(arguments)) = (called(call), call.field("arguments")) else { return };
        match name.as_str() {
            "Table" => {
                let table = self.table(call, &arguments);
                self.declared.tables.push(Arc::new(table));
            }
            "declarative_base" | "automap_base" | "generate_base" | "SQLAlchemy" => {
                let class = keyword_value(&arguments, "cls").or_else(|| keyword_value(&arguments, "model_class"));
                if let Some(Named::Class(class, _)) = class.map(|class| self.named(&class)) {
                    self.declared.templates.push((self.module.location(&call.range()), class));
                }
            }
            "map_imperatively" | "mapper" => self.declared.mappings.extend(mapping(self.resolver, self.module, call)),
            _ => {}
        }
    }

    fn table(&self, call: &Node<'_>, arguments: &Node<'_>) -> Table {
        let by_position = positional_arguments(arguments);
        let name = by_position.first().and_then(|name| self.text(name));
        let schema = keyword_value(arguments, "schema").filter(|schema| schema.kind() != "none");
        let schema = schema.map_or(Schema::Default, |schema| self.schema(&schema));
        let name = name.map(|name| TableName { schema, name });
        let mut table = Table {
            id: self.module.location(&call.range()),
            name,
            named_after: None,
            keys: Vec::new(),
            is_open: !splatted(arguments).is_empty(),
        };
        for part in by_position.iter().skip(2) {
            self.add_part(part, &mut table.keys, &mut table.is_open);
        }
        table
    }

    /// A column or constraint of a table.
    fn add_part(&self, part: &Node<'_>, keys: &mut Vec<ForeignKey>, is_open: &mut bool) {
        let Some(name) = (part.kind() == "call").then(|| called(part)).flatten() else {
            *is_open = true;
            return;
        };
        if name == "ForeignKeyConstraint" {
            match self.constraint(part) {
                Some(key) => keys.push(key),
                None => *is_open = true,
            }
        } else if is_column(&name) || part.text().contains("ForeignKey(") {
            let column = self.column(part);
            *is_open |= column.is_open;
            let at = self.module.location(&part.range());
            let name = column.name.unwrap_or_default();
            keys.extend(
                column
                    .references
                    .into_iter()
                    .map(|to| ForeignKey { columns: vec![(name.clone(), to)], at: at.clone() }),
            );
        }
    }

    /// `ForeignKeyConstraint([…], […])`
    fn constraint(&self, call: &Node<'_>) -> Option<ForeignKey> {
        let arguments = call.field("arguments")?;
        let by_position = positional_arguments(&arguments);
        let argument =
            |index: usize, name: &str| by_position.get(index).cloned().or_else(|| keyword_value(&arguments, name));
        let own = argument(0, "columns")?;
        let there = argument(1, "refcolumns")?;
        let own = items(&own).into_iter().map(|item| self.text(&item).or_else(|| dotted_name(&item)?.pop()));
        let own: Option<Vec<String>> = own.collect();
        let there: Option<Vec<Reference>> = items(&there).into_iter().map(|item| self.reference(&item)).collect();
        let columns: Vec<_> = own?.into_iter().zip(there?).collect();
        (!columns.is_empty()).then(|| ForeignKey { columns, at: self.module.location(&call.range()) })
    }

    /// What the first argument of `ForeignKey` refers to.
    fn reference(&self, node: &Node<'_>) -> Option<Reference> {
        if let Some(text) = self.text(node) {
            return Some(Reference::parse(&text));
        }
        if is_made_for_class(node) {
            return Some(Reference::Made(self.module.location(&node.range())));
        }
        let (prefix, attribute) = (node.field("object")?, node.field("attribute")?.text().into_owned());
        match self.named(&prefix) {
            Named::Class(class, rest) if rest.is_empty() => Some(Reference::Attribute(class, attribute)),
            Named::Class(class, rest) if is_columns(&rest) => Some(Reference::Attribute(class, attribute)),
            Named::Made(table, callee, rest)
                if callee.last().is_some_and(|name| name == "Table") && is_columns(&rest) =>
            {
                Some(Reference::Of(Column { table, name: attribute }))
            }
            _ => None,
        }
    }

    fn column(&self, call: &Node<'_>) -> ColumnFacts {
        let mut facts = ColumnFacts { name: None, references: Vec::new(), is_primary: false, is_open: false };
        let Some(arguments) = call.field("arguments") else { return facts };
        let is_named = called(call).is_some_and(|name| matches!(name.as_str(), "Column" | "mapped_column"));
        let first = positional_arguments(&arguments).into_iter().next();
        let name = keyword_value(&arguments, "name").or(first).filter(|_| is_named);
        facts.name = name
            .filter(|name| matches!(&*name.kind(), "string" | "concatenated_string"))
            .and_then(|name| self.text(&name));
        for node in arguments.dfs() {
            match &*node.kind() {
                "call" if called(&node).is_some_and(|name| name == "ForeignKey") => {
                    let of = node.field("arguments").and_then(|arguments| {
                        keyword_value(&arguments, "column")
                            .or_else(|| positional_arguments(&arguments).into_iter().next())
                    });
                    match of.and_then(|of| self.reference(&unparenthesized(&of))) {
                        Some(reference) => facts.references.push(reference),
                        None => facts.is_open = true,
                    }
                }
                "keyword_argument" => {
                    let (Some(name), Some(value)) = (node.field("name"), node.field("value")) else { continue };
                    match &*name.text() {
                        "primary_key" => facts.is_primary |= value.kind() == "true",
                        "foreign_key" if value.kind() != "none" => match self.text(&value) {
                            Some(text) => facts.references.push(Reference::parse(&text)),
                            None => facts.is_open = true,
                        },
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        facts
    }

    fn schema(&self, node: &Node<'_>) -> Schema {
        self.text(node).map_or(Schema::Unknown, Schema::Named)
    }

    fn class(&self, node: &Node<'_>) -> Option<Class> {
        let name = node.field("name")?.text().into_owned();
        let superclasses = node.field("superclasses");
        let is_collection = superclasses.as_ref().is_some_and(|bases| {
            let mut names = bases.dfs().filter(|node| node.kind() == "identifier");
            names.any(|name| annotation::is_collection(&name.text()))
        });
        let bases = superclasses.as_ref().map(|bases| self.bases(bases)).unwrap_or_default();
        let decorated = node.parent().filter(|around| around.kind() == "decorated_definition");
        let is_decorated = |words: &[&str]| {
            let decorators = decorated.iter().flat_map(Node::children).filter(|child| child.kind() == "decorator");
            decorators.into_iter().any(|decorator| words.iter().any(|word| decorator.text().contains(word)))
        };
        let mut class = Class {
            name,
            at: self.module.location(&node.range()),
            function: function_around(self.module, node),
            is_table: superclasses
                .and_then(|bases| keyword_value(&bases, "table"))
                .is_some_and(|value| value.kind() == "true"),
            is_abstract: false,
            allows_unmapped: false,
            is_collection,
            is_declarative: is_decorated(&[".mapped"]),
            is_root: bases.contains(&Base::Root) || is_decorated(&["as_declarative"]),
            bases,
            table_name: None,
            table: None,
            schema: None,
            columns: Vec::new(),
            keys: Vec::new(),
            is_open: false,
        };
        let mut stack: Vec<Node<'_>> = node.field("body")?.named_children().collect();
        stack.reverse();
        while let Some(statement) = stack.pop() {
            match &*statement.kind() {
                "expression_statement" => {
                    for assignment in statement.named_children().filter(|node| node.kind() == "assignment") {
                        self.add_assignment(&assignment, &mut class);
                    }
                }
                "decorated_definition" => self.add_declared(&statement, &mut class),
                "if_statement" | "else_clause" | "elif_clause" | "try_statement" | "with_statement" | "block" => {
                    let from = stack.len();
                    stack.extend(statement.named_children());
                    stack[from..].reverse();
                }
                _ => {}
            }
        }
        Some(class)
    }

    fn bases(&self, superclasses: &Node<'_>) -> Vec<Base> {
        let bases = positional_arguments(superclasses).into_iter();
        bases
            .map(|base| if base.kind() == "subscript" { base.field("value").unwrap_or(base) } else { base })
            .map(|base| self.base(&base))
            .collect()
    }

    fn base(&self, node: &Node<'_>) -> Base {
        match self.named(node) {
            Named::Class(class, rest) if rest.is_empty() => Base::Class(class),
            Named::Made(at, callee, rest) => match Naming::of_made(&callee, &rest) {
                Base::Declarative(naming) => Base::Made(at, naming),
                other => other,
            },
            Named::Outside(path) => Naming::of_outside(&path),
            Named::Unknown(names) => match Naming::of_unknown(&names) {
                Base::Unknown(_) if self.is_foreign(node) => Base::Foreign(names.last().cloned().unwrap_or_default()),
                base => base,
            },
            Named::Class(..) => Base::Unknown(node.text().into_owned()),
        }
    }

    /// Whether a dotted name begins with what another library gives.
    fn is_foreign(&self, node: &Node<'_>) -> bool {
        let Some(first) = dotted_name(node).and_then(|names| names.into_iter().next()) else { return false };
        let ends = self.resolver.follow(&self.place(node), &[first], &Effort::for_callee());
        !ends.is_empty() && ends.iter().all(|end| matches!(end, End::Outside(_)))
    }

    /// `name = value` in a class's body.
    fn add_assignment(&self, assignment: &Node<'_>, class: &mut Class) {
        let Some(left) = assignment.field("left").filter(|left| left.kind() == "identifier") else { return };
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

    /// The column in `Mapped[Annotated[…, mapped_column(…)]]`, or in the type that a name in it stands for.
    fn annotated(&self, annotation: &Node<'_>) -> Option<ColumnFacts> {
        let is_mapped = annotation.dfs().take(6).any(|node| node.kind() == "identifier" && node.text() == "Mapped");
        if !is_mapped {
            return None;
        }
        let is_call = |node: &Node<'_>| node.kind() == "call" && called(node).is_some_and(|name| is_column(&name));
        if let Some(call) = annotation.dfs().find(|node| is_call(node)) {
            return Some(self.column(&call));
        }
        let mut names = annotation.dfs().filter(|node| node.kind() == "identifier" && node.text() != "Mapped");
        names.find_map(|name| {
            let mut types = self.types.borrow_mut();
            types.entry(name.text().into_owned()).or_insert_with(|| self.column_of_type(&name)).clone()
        })
    }

    /// The column in `name = Annotated[…, mapped_column(…)]`.
    fn column_of_type(&self, name: &Node<'_>) -> Option<ColumnFacts> {
        let found = alias_of_type(self.resolver, &self.place(name), &[name.text().into_owned()], MOST_ALIASES)?;
        let value = found.value()?;
        let is_call = |node: &Node<'_>| node.kind() == "call" && called(node).is_some_and(|name| is_column(&name));
        let call = value.dfs().find(|node| is_call(node)).filter(|_| value.text().starts_with("Annotated"))?;
        let (module, types) = (found.module(), RefCell::default());
        Some(Reader { resolver: self.resolver, module, declared: Declared::default(), types }.column(&call))
    }

    /// A function under `@declared_attr`.
    fn add_declared(&self, definition: &Node<'_>, class: &mut Class) {
        let decorators = definition.named_children().filter(|node| node.kind() == "decorator");
        let is_declared = decorators
            .into_iter()
            .any(|node| node.text().contains("declared_attr") || node.text().contains("classproperty"));
        let Some(function) =
            definition.field("definition").filter(|node| is_declared && node.kind() == "function_definition")
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

    fn add_attribute(&self, name: &str, value: &Node<'_>, class: &mut Class) {
        match name {
            "__tablename__" => {
                class.table_name = Some(self.table_naming(value));
            }
            "__abstract__" => class.is_abstract = value.kind() == "true",
            "__allow_unmapped__" => class.allows_unmapped = value.kind() == "true",
            "__table__" => match self.named(value) {
                Named::Made(table, callee, rest)
                    if rest.is_empty() && callee.last().is_some_and(|name| name == "Table") =>
                {
                    class.table = Some(table);
                }
                _ => class.is_open = true,
            },
            "__table_args__" => self.add_table_args(value, class),
            // where it may name a schema for all tables
            "metadata" if value.kind() != "call" || value.text().contains("schema") => {
                class.schema.get_or_insert(Schema::Unknown);
            }
            "metadata" => {}
            _ if name.starts_with("__") => {}
            _ => self.add_column(name, value, class),
        }
    }

    /// What is assigned to `__tablename__`.
    fn table_naming(&self, value: &Node<'_>) -> TableNaming {
        // `declared_attr(lambda cls: …)`
        let declared = called(value).filter(|name| value.kind() == "call" && name == "declared_attr");
        let function = declared.and_then(|_| positional_arguments(&value.field("arguments")?).into_iter().next());
        match function {
            Some(lambda) if lambda.kind() == "lambda" => TableNaming::Computed(self.module.location(&lambda.range())),
            _ if value.kind() == "none" => TableNaming::Nothing,
            _ => self.text(value).map_or(TableNaming::Unknown, TableNaming::Given),
        }
    }

    fn add_table_args(&self, value: &Node<'_>, class: &mut Class) {
        let is_written = matches!(&*value.kind(), "tuple" | "dictionary");
        class.schema = Some(if is_written { Schema::Default } else { Schema::Unknown });
        for node in value.dfs() {
            match &*node.kind() {
                "call" if called(&node).is_some_and(|name| name == "ForeignKeyConstraint") => {
                    match self.constraint(&node) {
                        Some(key) => class.keys.push(key),
                        None => class.is_open = true,
                    }
                }
                "dictionary" => {
                    if let Some(schema) = keyword_value(&node, "schema").filter(|schema| schema.kind() != "none") {
                        class.schema = Some(self.schema(&schema));
                    }
                }
                _ => {}
            }
        }
    }

    fn add_column(&self, attribute: &str, value: &Node<'_>, class: &mut Class) {
        let Some(callee) = (value.kind() == "call").then(|| called(value)).flatten() else { return };
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
fn is_made_for_class(node: &Node<'_>) -> bool {
    let function = node.ancestors().find(|around| around.kind() == "function_definition");
    let parameters = function.and_then(|function| function.field("parameters"));
    let class = parameters.and_then(|parameters| parameters.named_children().next());
    let is_class = |name: &Node<'_>| class.as_ref().is_some_and(|class| name.text() == class.text());
    !matches!(&*node.kind(), "attribute" | "identifier")
        && node.dfs().any(|name| name.kind() == "identifier" && is_class(&name))
}

/// The items of a list or tuple.
pub fn items<'t>(list: &Node<'t>) -> Vec<Node<'t>> {
    list.named_children().filter(|item| item.kind() != "comment").map(|item| unparenthesized(&item)).collect()
}

/// Calls in a class's body that make no column.
fn is_columnless(callee: &str) -> bool {
    matches!(
        callee,
        "association_proxy"
            | "synonym"
            | "hybrid_property"
            | "hybrid_method"
            | "column_property"
            | "composite"
            | "Index"
            | "property"
            | "ConfigDict"
    )
}

/// `__table__.c`, `c` and `columns` between a table or class and its column.
fn is_columns(rest: &[String]) -> bool {
    let rest = rest.strip_prefix(&["__table__".to_owned()][..]).unwrap_or(rest);
    matches!(rest, [columns] if columns == "c" || columns == "columns")
}
