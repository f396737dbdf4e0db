//! A name of another library goes in; what its objects are and what a call of it gives comes out, as far as SQLAlchemy, sqlmodel,
//! advanced-alchemy and Python's own library are concerned.

use crate::module::Location;
use crate::resolve::{Effort, End, Place};
use crate::syntax::Node;

use super::assignment::shown;
use super::kind::{Class, Rows, RowsOf, Type};
use super::member::arguments_of;
use super::{Context, Types};

const SESSIONS: [&str; 5] = ["Session", "AsyncSession", "scoped_session", "async_scoped_session", "SQLModelSession"];
const SESSION_MAKERS: [&str; 2] = ["sessionmaker", "async_sessionmaker"];
/// What statements are made by that select rows, and what statements are annotated with.
const STATEMENTS: [&str; 9] =
    ["select", "Select", "SelectOfScalar", "SelectBase", "insert", "update", "delete", "Insert", "Update"];
const RESULTS: [&str; 6] =
    ["Result", "CursorResult", "ChunkedIteratorResult", "AsyncResult", "TupleResult", "IteratorResult"];
const SCALARS: [&str; 2] = ["ScalarResult", "AsyncScalarResult"];
/// Methods of advanced-alchemy's repositories and services that give one object of the model.
const GIVES_ONE: [&str; 9] =
    ["add", "update", "upsert", "get", "get_one", "get_one_or_none", "get_or_upsert", "create", "delete"];
/// Those that give several.
const GIVES_SEVERAL: [&str; 8] =
    ["add_many", "create_many", "update_many", "upsert_many", "list", "get_many", "delete_many", "delete_where"];

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
            "Row" => given.into_iter().next().unwrap_or(Type::Other),
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
        let _ = given;
        Type::Outside(path.to_vec())
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
            _ => {
                let _ = given;
                Type::unknown(format!("what `{name}` of a `{}` is can't be told", path.join(".")))
            }
        }
    }

    /// What a call of something of another library gives.
    pub(super) fn call_of_outside(&self, context: &Context, path: &[String], call: &Node<'_>) -> Type {
        let name = path.last().map(String::as_str).unwrap_or_default();
        let first = || self.argument(context, call, 0, "");
        if path.first().is_some_and(|root| root == "builtins") {
            return self.call_of_builtin(context, name, call);
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
            "copy" | "deepcopy" | "create_task" | "ensure_future" | "wait_for" | "shield" | "inspect" => first(),
            "gather" => self.gathered(context, call),
            "to_thread" | "run_in_threadpool" | "run_sync" | "sync_to_async" => self.handed_on(context, call),
            "partial" => first(),
            "Depends" | "Security" => self.dependency(context, call),
            "defaultdict" | "OrderedDict" => Type::unknown(format!("what is in `{}` can't be told", shown(call))),
            "chain" => {
                let all = arguments_of(call);
                Type::sequence(Type::any(all.iter().map(|one| self.item(&self.value(context, one)))))
            }
            "choice" => self.item(&first()),
            "choices" | "sample" => Type::sequence(self.item(&first())),
            "groupby" => Type::sequence(Type::Tuple(vec![Type::Other, Type::sequence(self.item(&first()))])),
            "closing" | "aclosing" => Type::Manager(Box::new(first())),
            "enter_async_context" | "enter_context" => self.entered(&first()),
            _ => Type::OutsideObject(path.to_vec(), Vec::new()),
        }
    }

    /// `asyncio.gather(…)`: one result for each, or a list of them.
    fn gathered(&self, context: &Context, call: &Node<'_>) -> Type {
        let all = arguments_of(call);
        if let [one] = all.as_slice()
            && one.kind() == "list_splat"
        {
            return Type::sequence(self.item(&self.value(context, one)));
        }
        Type::Tuple(all.iter().map(|one| self.value(context, one)).collect())
    }

    /// What a function gives that is handed on to be called: `asyncio.to_thread(load, 1)`.
    fn handed_on(&self, context: &Context, call: &Node<'_>) -> Type {
        let given: Vec<_> = self.given(context, call).into_iter().skip(1).collect();
        self.argument(context, call, 0, "").each(|function| match function {
            Type::Function(function) => self.returned(function, &given),
            Type::Class(class, given) => self.object_of(class, given),
            _ => Type::unknown(format!("what `{}` gives can't be told", shown(call))),
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
        let maker = path.last().map(String::as_str).unwrap_or_default();
        if is_repository(maker)
            && let Some(model) = given.first()
        {
            return given_by_repository(model, name).unwrap_or(Type::Other);
        }
        if matches!(name, "enter_async_context" | "enter_context") {
            return self.entered(&self.argument(context, call, 0, ""));
        }
        match self.attribute_of_outside(path, given, name) {
            Type::Outside(path) => self.call_of_outside(context, &path, call),
            Type::Session => Type::Session,
            _ => Type::unknown(format!("what `{}` gives can't be told", shown(call))),
        }
    }

    /// An attribute that a base of another library gives a class of the repository.
    pub(super) fn member_of_library(&self, receiver: &Type, class: &Class, name: &str) -> Option<Type> {
        let is_object = matches!(receiver, Type::Object(..));
        (name == "session" && is_object && self.model_of(class).is_some()).then_some(Type::Session)
    }

    /// What a method gives that a base of another library gives a class of the repository.
    pub(super) fn method_of_library(
        &self,
        _: &Context,
        object: &Type,
        class: &Class,
        name: &str,
        _: &Node<'_>,
    ) -> Option<Type> {
        let itself = match object {
            Type::Class(class, given) => Type::Object(class.clone(), given.clone()),
            other => other.clone(),
        };
        match (object, name) {
            (
                Type::Class(..),
                "model_validate"
                | "from_orm"
                | "parse_obj"
                | "model_construct"
                | "construct"
                | "model_validate_json"
                | "validate",
            )
            | (Type::Object(..), "copy" | "model_copy" | "sqlmodel_update")
                if self.has_base_named(class, &["SQLModel", "BaseModel"]) =>
            {
                Some(itself)
            }
            (Type::Object(..), _) => given_by_repository(&self.model_of(class)?, name),
            _ => None,
        }
    }

    fn has_base_named(&self, class: &Class, names: &[&str]) -> bool {
        let last = |base: &Type| match base {
            Type::OutsideObject(path, _) => path.last().cloned(),
            _ => None,
        };
        self.library_bases(class).iter().filter_map(last).any(|last| names.contains(&last.as_str()))
    }

    /// The model of a class that inherits from one of advanced-alchemy's repositories or services.
    pub(super) fn model_of(&self, class: &Class) -> Option<Type> {
        let bases = self.library_bases(class);
        let of_base = bases.iter().find_map(|base| match base {
            Type::OutsideObject(path, given) if path.last().is_some_and(|name| is_repository(name)) => {
                Some(given.first().cloned())
            }
            _ => None,
        })?;
        let of_attribute = || {
            let class = Type::Class(class.clone(), Vec::new());
            match self.attribute(&class, "model_type") {
                Type::Class(class, given) => Some(Type::Object(class, given)),
                _ => None,
            }
        };
        of_base.filter(|model| matches!(model, Type::Object(..))).or_else(of_attribute)
    }

    /// The fixture of pytest that a parameter of a test, or of another fixture, names.
    pub(super) fn fixture(&self, context: &Context, function: &Node<'_>, name: &str) -> Option<Type> {
        let is_test = function.field("name").is_some_and(|name| name.text().starts_with("test"));
        let decorated = function.parent().filter(|around| around.kind() == "decorated_definition");
        let is_fixture = super::member::decorators(decorated.as_ref()).iter().any(|name| name == "fixture");
        if !is_test && !is_fixture {
            return None;
        }
        let own = std::iter::once(context.module.path.to_path_buf());
        let root = self.resolver.repository.root();
        let folders = context.module.path.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
        let files = own.chain(folders.map(|folder| folder.join("conftest.py")));
        for file in files {
            let Some(module) = self.resolver.repository.module(&file) else { continue };
            let ends = self.resolver.follow(&Place::after(&module), &[name.to_owned()], &Effort::for_callee());
            let functions = ends.iter().filter(|end| matches!(end, End::Bound(_)));
            let found = Type::any(functions.map(|end| self.of_ends(&Context::of(&module), std::slice::from_ref(end))));
            if let Type::Function(fixture) = &found
                && fixture.at
                    != (Location {
                        path: context.module.path.clone(),
                        start: function.range().start,
                        end: function.range().end,
                    })
            {
                return Some(self.each_yielded(&self.returned(fixture, &[])));
            }
        }
        None
    }
}

fn is_repository(name: &str) -> bool {
    name.starts_with("SQLAlchemy") && (name.contains("Repository") || name.contains("Service"))
}

fn given_by_repository(model: &Type, name: &str) -> Option<Type> {
    match name {
        _ if GIVES_ONE.contains(&name) => Some(model.clone()),
        _ if GIVES_SEVERAL.contains(&name) => Some(Type::sequence(model.clone())),
        "get_or_upsert" | "get_and_update" => Some(Type::Tuple(vec![model.clone(), Type::Other])),
        "list_and_count" => Some(Type::Tuple(vec![Type::sequence(model.clone()), Type::Other])),
        _ => None,
    }
}
