//! What sessions, statements, queries and results give.
//!
//! As SQLAlchemy 2.0 has it: `Session.execute` gives rows, `Session.scalars` and sqlmodel's `Session.exec` of one column its values.

use crate::syntax::{Node, Parts, kind, on_one_line};

use super::kind::{Rows, RowsOf, Type};
use super::member::arguments_of;
use super::{Context, Types};

/// What holds the rows of a page.
pub(super) const PAGE: &str = "Pagination";

impl Types<'_> {
    /// What flask-sqlalchemy's object gives by what it has beside the names of SQLAlchemy.
    pub(super) fn call_of_flask(&self, context: &Context, name: &str, call: &Node<'_>) -> Option<Type> {
        let first = || self.argument(context, call, 0, "");
        let rows = || first().each(|statement| selected(statement, RowsOf::Scalars));
        match name {
            "get_or_404" => Some(first().each(|class| self.made_by(class))),
            "one_or_404" | "first_or_404" => Some(rows().each(|rows| match rows {
                Type::Rows(rows) => rows.first(),
                other => other.clone(),
            })),
            "paginate" => Some(rows().each(|rows| match rows {
                Type::Rows(rows) => page_of(rows),
                other => other.clone(),
            })),
            _ => None,
        }
    }

    /// What a session's method gives.
    pub(super) fn call_of_session(&self, context: &Context, name: &str, call: &Node<'_>) -> Type {
        let first = |argument: &str| self.argument(context, call, 0, argument);
        let rows = |statement: Type, of: RowsOf| statement.each(|statement| selected(statement, of));
        match name {
            "get" | "get_one" => {
                let made = first("entity").each(|class| self.made_by(class));
                if name == "get" { Type::any([made, Type::Nothing]) } else { made }
            }
            "merge" => first("instance"),
            "query" => Type::Rows(Rows { of: RowsOf::Query, columns: self.columns(context, call) }),
            "execute" | "stream" => rows(first("statement"), RowsOf::Result),
            "scalars" | "stream_scalars" => rows(first("statement"), RowsOf::Scalars),
            "scalar" => rows(first("statement"), RowsOf::Scalars).each(|rows| match rows {
                Type::Rows(rows) => rows.first(),
                other => other.clone(),
            }),
            "exec" => first("statement").each(|statement| match statement {
                Type::Rows(rows) if rows.columns.len() == 1 => selected(statement, RowsOf::Scalars),
                other => selected(other, RowsOf::Result),
            }),
            "begin" | "begin_nested" => Type::Manager(Box::new(Type::Session)),
            "run_sync" => {
                let given = [super::function::TypedArgument { name: None, value: Type::Session }];
                let rest = self.given(context, call).into_iter().skip(1);
                let given: Vec<_> = given.into_iter().chain(rest).collect();
                first("fn").each(|function| match function {
                    Type::Function(function) => self.returned(function, &given),
                    _ => Type::unknown("what `run_sync` gives can't be told"),
                })
            }
            "__aenter__" | "__enter__" | "__call__" => Type::Session,
            _ => Type::Other,
        }
    }

    /// The columns that `select(…)` or `query(…)` names: objects of mapped classes, or something else.
    pub(super) fn columns(&self, context: &Context, call: &Node<'_>) -> Vec<Type> {
        self.columns_of(context, &arguments_of(call))
    }

    fn columns_of(&self, context: &Context, all: &[Node<'_>]) -> Vec<Type> {
        let column = |argument: &Node<'_>| {
            self.value(context, argument).each(|found| match found {
                Type::Class(class, given) => self.object_of(class, given),
                // a class of another library, or a column of it
                Type::Outside(path) if !is_of_sqlalchemy(path) => Type::OutsideObject(path.clone(), Vec::new()),
                Type::OutsideObject(..) => self.made_by(found).each(|made| match made {
                    Type::OutsideObject(path, _) if is_of_sqlalchemy(path) => Type::Other,
                    made => made.clone(),
                }),
                Type::Unknown(_) | Type::Variable(_) => found.clone(),
                Type::Module(_) | Type::Function(_) => {
                    Type::unknown(format!("what `{}` selects can't be told", on_one_line(argument)))
                }
                _ => Type::Other,
            })
        };
        all.iter().filter(|argument| argument.kind() != kind::LIST_SPLAT).map(column).collect()
    }

    /// `Query(User)`, `Query([User, Order], session)`
    pub(super) fn call_of_query(&self, context: &Context, call: &Node<'_>) -> Type {
        let entities = arguments_of(call).into_iter().take(1).flat_map(|first| match &*first.kind() {
            kind::LIST | kind::TUPLE => first.parts().collect(),
            _ => vec![first],
        });
        Type::Rows(Rows { of: RowsOf::Query, columns: self.columns_of(context, &entities.collect::<Vec<_>>()) })
    }

    /// What a method of a statement, a query or a result gives.
    pub(super) fn call_of_rows(&self, context: &Context, rows: &Rows, name: &str, call: &Node<'_>) -> Type {
        let itself = || Type::Rows(rows.clone());
        let cant_be_told = || Type::unknown(format!("what `{name}` selects can't be told"));
        match (rows.of, name) {
            (RowsOf::Statement, "returning" | "with_only_columns") | (RowsOf::Query, "with_entities") => {
                Type::Rows(Rows { of: rows.of, columns: self.columns(context, call) })
            }
            (RowsOf::Statement | RowsOf::Query, "add_columns" | "add_entity" | "add_column") => {
                let columns = rows.columns.iter().cloned().chain(self.columns(context, call)).collect();
                Type::Rows(Rows { of: rows.of, columns })
            }
            (RowsOf::Statement, "scalar_subquery" | "subquery" | "cte" | "alias" | "exists" | "label" | "compile") => {
                Type::Other
            }
            (RowsOf::Query, "subquery" | "cte" | "exists" | "count" | "delete" | "update" | "statement" | "label") => {
                Type::Other
            }
            (RowsOf::Statement, _) => itself(),
            (RowsOf::Query, "first" | "one" | "one_or_none" | "get" | "get_or_404" | "first_or_404" | "one_or_404") => {
                rows.row()
            }
            (RowsOf::Query, "all" | "yield_per") => Type::sequence(rows.row()),
            (RowsOf::Query, "scalar") => rows.first(),
            (RowsOf::Query, "from_statement") => itself(),
            (RowsOf::Query, "paginate") => page_of(rows),
            (RowsOf::Query, _) => itself(),
            (_, "scalars") => match column_index(call) {
                Some(index) => Type::Rows(Rows {
                    of: RowsOf::Scalars,
                    columns: rows.columns.iter().skip(index).cloned().collect(),
                }),
                None => cant_be_told(),
            },
            (_, "scalar" | "scalar_one" | "scalar_one_or_none") => rows.first(),
            (_, "first" | "one" | "one_or_none" | "fetchone") => rows.row(),
            (_, "all" | "fetchall" | "fetchmany") => Type::sequence(rows.row()),
            (_, "partitions") => Type::sequence(Type::sequence(rows.row())),
            // a row is read by the names of its columns too
            (_, "unique" | "yield_per" | "tuples" | "mappings" | "freeze" | "__aiter__" | "__iter__") => itself(),
            (_, "columns") => cant_be_told(),
            _ => Type::Other,
        }
    }
}

/// Whether a name is one of SQLAlchemy, or of sqlmodel.
fn is_of_sqlalchemy(path: &[String]) -> bool {
    path.first().is_some_and(|root| matches!(root.as_str(), "sqlalchemy" | "sqlmodel"))
}

/// Which column `result.scalars(…)` gives; None where that can't be told.
fn column_index(call: &Node<'_>) -> Option<usize> {
    let arguments = call.field("arguments")?;
    let mut given = arguments.parts();
    match given.next() {
        None => Some(0),
        Some(given) => given.field("value").unwrap_or(given).text().parse().ok(),
    }
}

/// A page of flask-sqlalchemy, whose items are the rows.
fn page_of(rows: &Rows) -> Type {
    Type::OutsideObject(["flask_sqlalchemy", PAGE].map(str::to_owned).to_vec(), vec![rows.row()])
}

/// A column of a row by its name: that of a mapped class has the class's name.
pub(super) fn column_named(columns: &[Type], name: &str) -> Type {
    let is_it =
        |column: &&Type| column.parts().iter().any(|part| matches!(part, Type::Object(class, _) if class.name == name));
    let found = columns.iter().find(is_it).cloned();
    found.unwrap_or_else(|| Type::unknown(format!("which column of the row is `{name}` can't be told")))
}

/// What executing a statement gives.
pub(super) fn selected(statement: &Type, of: RowsOf) -> Type {
    match statement {
        Type::Rows(rows) => Type::Rows(Rows { of, columns: rows.columns.clone() }),
        Type::Unknown(why) => Type::unknown(why.clone()),
        Type::Variable(name) => Type::unknown(format!("`{name}` can stand for any class")),
        _ => Type::unknown("what the statement selects can't be told"),
    }
}
