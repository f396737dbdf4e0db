//! A module goes in; its classes, tables and imperative mappings come out as facts of their own: no syntax tree is kept.

mod classes;
mod columns;

use std::cell::RefCell;
use std::sync::{Arc, LazyLock};

use super::names::{Referent, called, named, text};
use super::naming::{Naming, TableNaming};
use super::table::{ForeignKey, ForeignKeyTarget, Schema, Table};
use crate::hints::{Hints, Words};
use crate::module::{Location, Module};
use crate::resolve::{Arguments, Passed, Place, Resolver};
use crate::syntax::{Node, Parts, dotted_name, kind, unparenthesized};

use columns::ColumnFacts;
use foldhash::HashMap;

/// What a module declares.
#[derive(Debug, Default)]
pub struct Declared {
    /// Its classes, those in functions included, in order of position.
    pub classes: Vec<Arc<DeclaredClass>>,
    /// Its calls of `Table`.
    pub tables: Vec<Arc<Table>>,
    /// Its imperative mappings.
    pub mappings: Vec<ImperativeMapping>,
    /// The classes that its calls of `declarative_base(cls=…)` and the like build on, by call.
    pub templates: Vec<(Location, Location)>,
}

impl Declared {
    /// The class with the definition.
    pub fn class(&self, at: &Location) -> Option<&Arc<DeclaredClass>> {
        let first = self.classes.partition_point(|class| class.at.start < at.start);
        self.classes[first..].iter().take_while(|class| class.at.start == at.start).find(|class| class.at == *at)
    }
}

/// A class.
#[derive(Debug)]
pub struct DeclaredClass {
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
    pub references: Vec<ForeignKeyTarget>,
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
pub struct ImperativeMapping {
    /// The whole call.
    pub at: Location,
    /// The function around.
    pub function: Option<Location>,
    /// That is a test case's `setup_mappers`.
    pub is_set_up: bool,
    /// The class as it is named, and what that stands for.
    pub class: Referent,
    /// The table.
    pub table: Referent,
    /// A table is given.
    pub has_table: bool,
    /// The class it inherits from.
    pub inherits: Option<Referent>,
}

/// What a call is of that declares something.
const DECLARING: [&str; 7] =
    ["Table", "declarative_base", "automap_base", "generate_base", "SQLAlchemy", "map_imperatively", "mapper"];

/// Reads a module's declarations.
pub fn of_module(resolver: &Resolver<'_>, module: &Arc<Module>) -> Declared {
    let mut reader = DeclarationReader { resolver, module, declared: Declared::default(), types: RefCell::default() };
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::few(&DECLARING));
    let hints = Hints::of_declarations(module.source.parser_text(), &WORDS);
    let mut stack = vec![module.tree().root()];
    while let Some(node) = stack.pop() {
        match &*node.kind() {
            kind::CLASS_DEFINITION => {
                let class = reader.class(&node);
                reader.declared.classes.extend(class.map(Arc::new));
            }
            kind::CALL => reader.call(&node),
            _ => {}
        }
        if may_declare(&node) {
            let from = stack.len();
            stack.extend(node.parts().filter(|child| hints.touch(&child.range())));
            stack[from..].reverse();
        }
    }
    reader.declared
}

/// Whether classes, tables or mappings can stand in a node: in statements, and in what they assign or call.
fn may_declare(node: &Node<'_>) -> bool {
    match &*node.kind() {
        kind::IMPORT_STATEMENT
        | kind::IMPORT_FROM_STATEMENT
        | kind::COMMENT
        | kind::STRING
        | kind::IDENTIFIER
        | kind::ATTRIBUTE
        | kind::TYPE
        | kind::DECORATOR => false,
        kind::CALL => called(node).is_none_or(|name| name != "Table" && !is_column(&name)),
        _ => true,
    }
}

fn is_column(name: &str) -> bool {
    matches!(name, "Column" | "mapped_column" | "Field")
}

/// The function or lambda around a node.
pub fn function_around(module: &Module, node: &Node<'_>) -> Option<Location> {
    let function = node.ancestors().find(|node| matches!(&*node.kind(), kind::FUNCTION_DEFINITION | kind::LAMBDA))?;
    Some(module.location(&function.range()))
}

/// Reads `map_imperatively(Class, table, …)`; None for any other call.
pub fn mapping(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>) -> Option<ImperativeMapping> {
    called(call).filter(|name| name == "map_imperatively" || name == "mapper")?;
    let arguments = Arguments::of_list(module, &call.field("arguments")?);
    let argument = |name: &str, position: Option<usize>| match arguments.passed(resolver, name, position) {
        Passed::Given(given) => Some(of_node(resolver, &given.module, &given.node()?)),
        Passed::Unknown => Some(Referent::Unknown(Vec::new())),
        Passed::Absent => None,
    };
    let table = argument("local_table", Some(1));
    Some(ImperativeMapping {
        at: module.location(&call.range()),
        function: function_around(module, call),
        is_set_up: call
            .ancestors()
            .any(|around| around.field("name").is_some_and(|name| name.text() == "setup_mappers")),
        class: argument("class_", Some(0))?,
        has_table: table.is_some(),
        table: table.unwrap_or(Referent::Unknown(Vec::new())),
        inherits: argument("inherits", None),
    })
}

/// What an expression stands for: a name, or what a call makes.
fn of_node(resolver: &Resolver<'_>, module: &Arc<Module>, node: &Node<'_>) -> Referent {
    match dotted_name(node) {
        Some(names) => named(resolver, &Place::of(module, node), &names),
        None if node.kind() == kind::CALL => {
            let callee = node.field("function").and_then(|function| dotted_name(&function)).unwrap_or_default();
            Referent::Made(module.location(&node.range()), callee, Vec::new())
        }
        None => Referent::Unknown(Vec::new()),
    }
}

struct DeclarationReader<'a> {
    resolver: &'a Resolver<'a>,
    module: &'a Arc<Module>,
    declared: Declared,
    /// The columns in types that have a name.
    types: RefCell<HashMap<String, Option<ColumnFacts>>>,
}

impl DeclarationReader<'_> {
    fn place(&self, node: &Node<'_>) -> Place {
        Place::of(self.module, node)
    }

    fn named(&self, node: &Node<'_>) -> Referent {
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
                let given = Arguments::of_list(self.module, &arguments);
                let classes = ["cls", "model_class"].map(|name| given.get(self.resolver, name));
                let class = classes.into_iter().find_map(|class| match class {
                    Passed::Given(class) => Some(of_node(self.resolver, &class.module, &class.node()?)),
                    Passed::Absent | Passed::Unknown => None,
                });
                if let Some(Referent::Class(class, _)) = class {
                    self.declared.templates.push((self.module.location(&call.range()), class));
                }
            }
            "map_imperatively" | "mapper" => self.declared.mappings.extend(mapping(self.resolver, self.module, call)),
            _ => {}
        }
    }
}

/// The items of a list or tuple.
pub fn items<'t>(list: &Node<'t>) -> Vec<Node<'t>> {
    list.parts().map(|item| unparenthesized(&item)).collect()
}
