//! A name of another library goes in; what its objects are and what a call of it gives comes out, as far as SQLAlchemy, sqlmodel,
//! advanced-alchemy and Python's own library are concerned.

use crate::syntax::{Node, keyword_value, kind};

use super::annotation::CLASS_OF;
use super::call::{makes_managers, not_told};
use super::expression::{awaited, is_task};
use super::kind::{Rows, RowsOf, Type};
use super::member::arguments_of;
use super::rows::PAGE;
use super::{Context, Types};

const SESSIONS: [&str; 5] = ["Session", "AsyncSession", "scoped_session", "async_scoped_session", "SQLModelSession"];
const SESSION_MAKERS: [&str; 2] = ["sessionmaker", "async_sessionmaker"];
/// What statements are made by that select rows, and what statements are annotated with.
const STATEMENTS: [&str; 9] =
    ["select", "Select", "SelectOfScalar", "SelectBase", "insert", "update", "delete", "Insert", "Update"];
const RESULTS: [&str; 6] =
    ["Result", "CursorResult", "ChunkedIteratorResult", "AsyncResult", "TupleResult", "IteratorResult"];
const SCALARS: [&str; 2] = ["ScalarResult", "AsyncScalarResult"];
impl Types<'_> {
    /// An object of a class of another library.
    pub(super) fn outside_type(&self, path: &[String], given: Vec<Type>) -> Type {
        let name = path.last().map(String::as_str).unwrap_or_default();
        match name {
            "Any" => Type::unknown("it is annotated `Any`"),
            _ if SESSIONS.contains(&name) => Type::Session,
            _ if SESSION_MAKERS.contains(&name) => Type::SessionMaker,
            _ if STATEMENTS.contains(&name) => self.outside_rows(RowsOf::Statement, given),
            "Query" => self.outside_rows(RowsOf::Query, given),
            _ if RESULTS.contains(&name) => self.outside_rows(RowsOf::Result, given),
            _ if SCALARS.contains(&name) => self.outside_rows(RowsOf::Scalars, given),
            "Row" => match given.as_slice() {
                [] => Type::unknown("its annotation says nothing of its columns"),
                [columns @ Type::Tuple(_)] => columns.clone(),
                _ => Type::Tuple(given),
            },
            _ => Type::OutsideObject(path.to_vec(), given),
        }
    }

    /// What is annotated as a statement or result of some rows.
    pub(super) fn outside_rows(&self, of: RowsOf, given: Vec<Type>) -> Type {
        let columns = match <[Type; 1]>::try_from(given) {
            Ok([Type::Tuple(columns)]) => columns,
            Ok([one]) => vec![one],
            Err(given) if given.is_empty() => return Type::unknown("its annotation says nothing of its rows"),
            Err(given) => given,
        };
        Type::Rows(Rows { of, columns })
    }

    /// `Name[…]` of another library.
    pub(super) fn given_to_outside(&self, path: &[String], given: Vec<Type>) -> Type {
        match self.outside_type(path, given) {
            made @ Type::OutsideObject(..) => Type::OutsideObject(CLASS_OF.map(str::to_owned).to_vec(), vec![made]),
            _ => Type::Outside(path.to_vec()),
        }
    }

    pub(super) fn item_of_outside(&self, path: &[String], given: &[Type]) -> Type {
        match given.first() {
            Some(first) => first.clone(),
            None => Type::unknown(format!("what a loop over a `{}` gives can't be told", path.join("."))),
        }
    }

    pub(super) fn attribute_of_outside(&self, path: &[String], given: &[Type], name: &str) -> Type {
        let maker = path.last().map(String::as_str).unwrap_or_default();
        match (maker, name) {
            ("SQLAlchemy", "session") | (_, "db_session") => Type::Session,
            // flask-sqlalchemy's object has the names of SQLAlchemy
            ("SQLAlchemy", _) => Type::Outside(vec!["sqlalchemy".to_owned(), name.to_owned()]),
            (PAGE, "items") => Type::sequence(given.first().cloned().unwrap_or(Type::Other)),
            _ => self
                .attribute_of_store(path, given, name)
                .unwrap_or_else(|| Type::unknown(format!("what `{name}` of a `{}` is can't be told", path.join(".")))),
        }
    }

    /// What a call of something of another library gives.
    pub(super) fn call_of_outside(&self, context: &Context, path: &[String], call: &Node<'_>) -> Type {
        let name = path.last().map(String::as_str).unwrap_or_default();
        let first = || self.argument(context, call, 0, "");
        if path.first().is_some_and(|root| root == "builtins") {
            return self.call_of_builtin(context, name, call);
        }
        if let Some(given) = self.call_of_flask(context, name, call).filter(|_| is_of(path, "sqlalchemy")) {
            return given;
        }
        if makes_managers(path) {
            return Type::OutsideObject(path.to_vec(), vec![first()]);
        }
        match name {
            _ if SESSIONS.contains(&name) => Type::Session,
            _ if SESSION_MAKERS.contains(&name) => Type::SessionMaker,
            "select" | "query" => Type::Rows(Rows { of: RowsOf::Statement, columns: self.columns(context, call) }),
            "insert" | "update" | "delete" => Type::Rows(Rows { of: RowsOf::Statement, columns: Vec::new() }),
            "aliased" | "with_polymorphic" => first(),
            "cast" if path.len() == 2 && path[0].starts_with("typing") => {
                arguments_of(call).first().map_or(Type::NEVER, |class| self.annotated(context, class))
            }
            "Query" => self.call_of_query(context, call),
            "declarative_base" | "automap_base" => self.base_made(context, path, call),
            "NewType" => self.argument(context, call, 1, "tp"),
            "object_session" | "async_object_session" => Type::Session,
            "replace" if is_of(path, "dataclasses") => first(),
            "copy" | "deepcopy" | "wait_for" | "shield" | "inspect" | "sync_to_async" | "async_to_sync" => first(),
            "create_task" | "ensure_future" | "run_coroutine_threadsafe" => task_of(first()),
            "run" if is_of(path, "asyncio") => awaited(&first()),
            "as_completed" => Type::sequence(self.item(&first())),
            "gather" => self.gathered(context, call),
            "to_thread" | "run_in_threadpool" | "run_sync" | "run" => self.handed_on(context, call),
            "partial" => first(),
            "Depends" | "Security" => self.dependency(context, call),
            "defaultdict" => self.defaulted(context, call),
            "OrderedDict" => self.call_of_builtin(context, "dict", call),
            "deque" => Type::sequence(self.item(&first())),
            "choice" => self.item(&first()),
            "choices" | "sample" => Type::sequence(self.item(&first())),
            "closing" | "aclosing" => Type::Manager(Box::new(first())),
            "enter_async_context" | "enter_context" => self.entered(&first()),
            _ => self
                .call_of_itertools(context, path, name, call)
                .unwrap_or_else(|| Type::OutsideObject(path.to_vec(), self.model_given(context, path, call))),
        }
    }

    fn call_of_itertools(&self, context: &Context, path: &[String], name: &str, call: &Node<'_>) -> Option<Type> {
        let item_of = |index| self.item(&self.argument(context, call, index, ""));
        Some(match name {
            "chain" => {
                let all = arguments_of(call);
                Type::sequence(Type::any(all.iter().map(|one| self.item(&self.value(context, one)))))
            }
            "groupby" => Type::sequence(Type::Tuple(vec![Type::Other, Type::sequence(item_of(0))])),
            _ if !is_of(path, "itertools") => return None,
            "islice" | "cycle" => Type::sequence(item_of(0)),
            "filterfalse" | "takewhile" | "dropwhile" => Type::sequence(item_of(1)),
            "from_iterable" => Type::sequence(self.item(&item_of(0))),
            "product" | "zip_longest" => self.call_of_builtin(context, "zip", call),
            "pairwise" | "combinations" | "permutations" => Type::sequence(Type::Tuple(vec![item_of(0); 2])),
            _ => return None,
        })
    }

    /// `declarative_base(cls=Base)`: what inherits from it inherits from the classes too.
    fn base_made(&self, context: &Context, path: &[String], call: &Node<'_>) -> Type {
        let keyword = call.field("arguments").and_then(|arguments| keyword_value(&arguments, "cls"));
        let classes = keyword.map_or(Type::NEVER, |classes| self.value(context, &classes));
        let classes = classes.parts().iter().flat_map(|part| match part {
            Type::Tuple(all) => all.clone(),
            one => vec![one.clone()],
        });
        Type::any([Type::OutsideObject(path.to_vec(), Vec::new())].into_iter().chain(classes))
    }

    /// `defaultdict(list)`: what the factory makes is what its values are.
    fn defaulted(&self, context: &Context, call: &Node<'_>) -> Type {
        let made = self.argument(context, call, 0, "").each(|factory| match factory {
            Type::Class(class, given) => self.object_of(class, given),
            Type::Function(function) => self.returned(function, &[]),
            Type::Outside(path)
                if path.last().is_some_and(|name| matches!(name.as_str(), "list" | "set" | "deque")) =>
            {
                Type::sequence(Type::NEVER)
            }
            Type::Outside(path) if path.last().is_some_and(|name| name == "dict") => {
                Type::Mapping(Box::new(Type::Other), Box::new(Type::NEVER))
            }
            _ => Type::NEVER,
        });
        Type::Mapping(Box::new(Type::Other), Box::new(made))
    }

    /// `asyncio.gather(…)`: one result for each, or a list of them.
    fn gathered(&self, context: &Context, call: &Node<'_>) -> Type {
        let all = arguments_of(call);
        if let [one] = all.as_slice()
            && one.kind() == kind::LIST_SPLAT
        {
            return Type::sequence(awaited(&self.item(&self.value(context, one))));
        }
        Type::Tuple(all.iter().map(|one| awaited(&self.value(context, one))).collect())
    }

    /// What a function gives that is handed on to be called: `asyncio.to_thread(load, 1)`.
    fn handed_on(&self, context: &Context, call: &Node<'_>) -> Type {
        let given: Vec<_> = self.given(context, call).into_iter().skip(1).collect();
        self.argument(context, call, 0, "").each(|function| match function {
            Type::Function(function) => awaited(&self.returned(function, &given)),
            Type::Class(class, given) => self.object_of(class, given),
            _ => not_told(call),
        })
    }

    /// What a method of an object of another library gives.
    pub(super) fn method_of_outside(
        &self,
        context: &Context,
        path: &[String],
        given: &[Type],
        name: &str,
        call: &Node<'_>,
    ) -> Type {
        if let Some(found) = self.given_by_store(path, given, name) {
            return found;
        }
        match name {
            "enter_async_context" | "enter_context" => return self.entered(&self.argument(context, call, 0, "")),
            "get" | "get_nowait" if is_holder(path) && !given.is_empty() => return given[0].clone(),
            "result" if is_task(path) => return given.first().cloned().unwrap_or(Type::Other),
            "create_task" => return task_of(self.argument(context, call, 0, "coro")),
            "run_until_complete" => return awaited(&self.argument(context, call, 0, "future")),
            "submit" => return task_of(self.handed_on(context, call)),
            _ => {}
        }
        match self.attribute_of_outside(path, given, name) {
            Type::Outside(path) => self.call_of_outside(context, &path, call),
            Type::Session => Type::Session,
            _ => not_told(call),
        }
    }
}

/// What gives back what was put into it.
fn is_holder(path: &[String]) -> bool {
    const HOLDERS: [&str; 4] = ["ContextVar", "Queue", "LifoQueue", "PriorityQueue"];
    path.last().is_some_and(|name| HOLDERS.contains(&name.as_str()))
}

/// A task that gives something when it is awaited.
fn task_of(given: Type) -> Type {
    Type::OutsideObject(["asyncio", "Task"].map(str::to_owned).to_vec(), vec![awaited(&given)])
}

/// A name of a package, or of an object that has its names.
fn is_of(path: &[String], package: &str) -> bool {
    path.first().is_some_and(|root| root == package)
}
