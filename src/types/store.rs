//! A class of another library goes in that keeps objects of one model: a repository, a service, a user manager; what its attributes are
//! and what its methods give comes out.

use crate::syntax::Node;

use super::annotation::{callable, class_of_object};
use super::kind::{Class, Type};
use super::member::made_of;
use super::{Context, Types};

/// Classes whose objects keep objects of a model, which is the first thing that they are given for their type variables.
struct Store {
    /// Whether a class is one of them, by its name.
    has: fn(&str) -> bool,
    /// Methods that give one object.
    gives_one: &'static [&'static str],
    /// Those that give several.
    gives_several: &'static [&'static str],
    /// Those that give an object, or several, and something else beside.
    gives_pair: &'static [&'static str],
}

const STORES: [Store; 6] = [
    // advanced-alchemy's repositories and services
    Store {
        has: is_of_alchemy,
        gives_one: &["add", "update", "upsert", "get", "get_one", "get_one_or_none", "create", "delete", "to_model"],
        gives_several: &[
            "add_many",
            "create_many",
            "update_many",
            "upsert_many",
            "list",
            "get_many",
            "delete_many",
            "delete_where",
        ],
        gives_pair: &["get_or_upsert", "get_and_update"],
    },
    // fastapi-users
    Store {
        has: |name| name == "BaseUserManager",
        gives_one: &[
            "get",
            "get_by_email",
            "get_by_oauth_account",
            "create",
            "update",
            "authenticate",
            "oauth_callback",
            "oauth_associate_callback",
            "verify",
            "reset_password",
        ],
        gives_several: &[],
        gives_pair: &[],
    },
    Store {
        has: |name| matches!(name, "SQLAlchemyUserDatabase" | "SQLModelUserDatabase" | "SQLModelUserDatabaseAsync"),
        gives_one: &["get", "get_by_email", "get_by_oauth_account", "create", "update", "add_oauth_account"],
        gives_several: &[],
        gives_pair: &[],
    },
    Store { has: |name| name == "FastCRUD", gives_one: &["create"], gives_several: &[], gives_pair: &[] },
    Store {
        has: |name| name == "CRUDPlus",
        gives_one: &["create_model", "select_model", "select_model_by_column"],
        gives_several: &["create_models", "select_models", "select_models_order"],
        gives_pair: &[],
    },
    // factory_boy and polyfactory
    Store {
        has: is_factory,
        gives_one: &["create", "build", "create_sync", "create_async"],
        gives_several: &["create_batch", "build_batch", "batch", "create_batch_sync", "create_batch_async"],
        gives_pair: &[],
    },
];

/// A repository or service of advanced-alchemy, by its name.
fn is_of_alchemy(name: &str) -> bool {
    name.starts_with("SQLAlchemy") && (name.contains("Repository") || name.contains("Service"))
}

/// What makes objects of a mapped class for tests, by its name.
fn is_factory(name: &str) -> bool {
    matches!(name, "SQLAlchemyModelFactory" | "AsyncSQLAlchemyModelFactory" | "SQLAlchemyFactory")
}

fn store(path: &[String]) -> Option<&'static Store> {
    let name = path.last()?;
    STORES.iter().find(|store| (store.has)(name))
}

impl Store {
    fn gives(&self, model: &Type, method: &str) -> Option<Type> {
        match method {
            _ if self.gives_one.contains(&method) => Some(model.clone()),
            _ if self.gives_several.contains(&method) => Some(Type::sequence(model.clone())),
            _ if self.gives_pair.contains(&method) => Some(Type::Tuple(vec![model.clone(), Type::Other])),
            "list_and_count" => Some(Type::Tuple(vec![Type::sequence(model.clone()), Type::Other])),
            _ => None,
        }
    }
}

impl Types<'_> {
    /// The model that a store is made for, by the class that its constructor is given.
    pub(super) fn model_given(&self, context: &Context, path: &[String], call: &Node<'_>) -> Vec<Type> {
        if store(path).is_none() {
            return Vec::new();
        }
        let given = self.given(context, call).into_iter().map(|given| given.value);
        given.filter(|given| matches!(given, Type::Class(..))).take(1).map(|class| self.made_by(&class)).collect()
    }

    /// What a method of a store gives; None where it is no store, or its model is not known.
    pub(super) fn given_by_store(&self, path: &[String], given: &[Type], method: &str) -> Option<Type> {
        let model = given.first()?;
        if path.last()? == "FastAPIUsers" && method == "current_user" {
            return Some(callable(model.clone()));
        }
        store(path)?.gives(model, method)
    }

    /// An attribute of a store.
    pub(super) fn attribute_of_store(&self, path: &[String], given: &[Type], name: &str) -> Option<Type> {
        store(path)?;
        let other = |class: &str| Type::OutsideObject(vec![class.to_owned()], given.to_vec());
        match name {
            "session" => Some(Type::Session),
            "repository" => Some(other("SQLAlchemyAsyncRepository")),
            "user_db" => Some(other("SQLAlchemyUserDatabase")),
            "model" | "model_type" | "user_table" => given.first().map(class_of_object),
            _ => None,
        }
    }

    /// An attribute that a base of another library gives a class of the repository.
    pub(super) fn member_of_library(&self, receiver: &Type, class: &Class, name: &str) -> Option<Type> {
        let bases = self.library_bases(class);
        let is_flask = |base: &Type| matches!(base, Type::OutsideObject(path, _) if path.last().is_some_and(|name| name == "SQLAlchemy"));
        if let Some(Type::OutsideObject(path, given)) = bases.iter().find(|base| is_flask(base)) {
            return Some(self.attribute_of_outside(path, given, name));
        }
        let path = bases.iter().find_map(store_path)?;
        if matches!(name, "model_type" | "repository_type") {
            return None; // the class itself says which
        }
        if name == "repository"
            && let Type::Class(repository, given) = self.attribute(&class_itself(class), "repository_type")
        {
            return Some(self.object_of(&repository, &given));
        }
        let model: Vec<Type> = self.model_of_store(receiver, class).into_iter().collect();
        self.attribute_of_store(path, &model, name)
    }

    /// What a method gives that a base of another library gives a class of the repository.
    pub(super) fn method_of_library(&self, object: &Type, class: &Class, name: &str) -> Option<Type> {
        let itself = made_of(object);
        if VALIDATES.contains(&name) && self.has_base_named(class, &["SQLModel", "BaseModel"]) {
            return Some(itself);
        }
        let bases = self.library_bases(class);
        let store = store(bases.iter().find_map(store_path)?)?;
        match (object, name) {
            (Type::Class(..), "new") => Some(Type::Manager(Box::new(itself))),
            (Type::Object(..), _) => store.gives(&self.model_of_store(object, class)?, name),
            (Type::Class(..), _) => store.gives(&self.model_of_factory(class)?, name),
            _ => None,
        }
    }

    /// The model of a class that inherits from factory_boy's or polyfactory's, of which a call makes an object. One that makes objects in
    /// its own way has none.
    pub(super) fn model_of_factory(&self, class: &Class) -> Option<Type> {
        let itself = class_itself(class);
        let makes_itself = || ["_create", "_build"].iter().any(|name| self.lineage_binds(&itself, name));
        let is_one = self.has_base_of(class, is_factory) && !makes_itself();
        is_one.then(|| self.model_of_store(&itself, class))?
    }

    /// The model of a class that inherits from one of advanced-alchemy's repositories or services.
    pub(super) fn model_of(&self, class: &Class) -> Option<Type> {
        self.has_base_of(class, is_of_alchemy).then(|| self.model_of_store(&class_itself(class), class))?
    }

    /// The model of a class that inherits from a store: what it gives the store, its `model_type`, that of its `repository_type`, or that
    /// of its `Meta`.
    fn model_of_store(&self, object: &Type, class: &Class) -> Option<Type> {
        let given = match object {
            Type::Object(_, given) | Type::Class(_, given) => given.as_slice(),
            _ => &[],
        };
        let bases = self.bases_of_library(class, given);
        let model = bases.iter().find_map(|base| match base {
            Type::OutsideObject(path, given) if store(path).is_some() => given.first().cloned(),
            _ => None,
        });
        let object_of = |model: Type| match model {
            Type::Class(model, given) => Some(Type::Object(model, given)),
            _ => None,
        };
        let by_attribute = || {
            let model = self.attribute_of_class(class, "model_type");
            model.or_else(|| self.attribute_of_class(class, "__model__")).and_then(object_of)
        };
        let by_meta = || {
            let of_meta = |ancestor: Class| match self.attribute_of_class(&ancestor, "Meta")? {
                Type::Class(meta, _) => self.attribute_of_class(&meta, "model").and_then(object_of),
                _ => None,
            };
            self.lineage(class, &[]).into_iter().map(|known| known.class).find_map(of_meta)
        };
        let by_repository = || match self.attribute_of_class(class, "repository_type")? {
            Type::Class(repository, given) => {
                self.model_of_store(&Type::Object(repository.clone(), given), &repository)
            }
            _ => None,
        };
        let model = model.filter(|model| matches!(model, Type::Object(..)));
        model.or_else(by_attribute).or_else(by_repository).or_else(by_meta)
    }

    /// What a class of the repository, or a base of the repository, binds a name to.
    fn attribute_of_class(&self, class: &Class, name: &str) -> Option<Type> {
        let itself = class_itself(class);
        self.lineage_binds(&itself, name).then(|| self.attribute(&itself, name))
    }
}

/// Methods of pydantic's models that give an object of the class.
const VALIDATES: [&str; 10] = [
    "model_validate",
    "from_orm",
    "parse_obj",
    "model_construct",
    "construct",
    "model_validate_json",
    "validate",
    "copy",
    "model_copy",
    "sqlmodel_update",
];

fn class_itself(class: &Class) -> Type {
    Type::Class(class.clone(), Vec::new())
}

/// The name of a base that is a store.
fn store_path(base: &Type) -> Option<&[String]> {
    match base {
        Type::OutsideObject(path, _) if store(path).is_some() => Some(path),
        _ => None,
    }
}
