//! A relationship that has no annotation, the backref of one or an association proxy goes in; what the attribute holds comes out.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock, OnceLock};

use foldhash::{HashMap, HashSet};
use parking_lot::{Mutex, MutexGuard};

use crate::hints::{Words, strings_behind};
use crate::model::{Model, Relationship, RelationshipCall};
use crate::module::{Location, Module};
use crate::python::PyValue;
use crate::resolve::{Arguments, Keyword, Passed, Resolver};
use crate::syntax::{Node, callee_name, calls_named, kind, nodes_with_word, on_one_line, string_content};

use super::kind::{Class, Rows, RowsOf, Type};
use super::member::{RELATIONSHIPS, arguments_of};
use super::{Context, Types};

/// What is known of the relationships of a repository.
#[derive(Debug, Default)]
pub(super) struct KnownRelationships {
    /// By the call, and whether it is a backref that it makes.
    relationships: Mutex<HashMap<(Location, bool), Relationship>>,
    /// By what may be their names, as far as the texts tell: the files with backrefs.
    files_with_backrefs: OnceLock<HashMap<String, Vec<PathBuf>>>,
    /// By file.
    backrefs: Mutex<HashMap<PathBuf, Arc<Backrefs>>>,
}

/// By name: the calls that make backrefs.
type Backrefs = HashMap<String, Vec<Location>>;

impl KnownRelationships {
    fn known(&self) -> MutexGuard<'_, HashMap<(Location, bool), Relationship>> {
        self.relationships.lock()
    }
}

impl Types<'_> {
    /// What a relationship without annotation leads to, as SQLAlchemy finds it.
    pub(super) fn relationship(&self, context: &Context, call: &Node<'_>) -> Type {
        let found = self.completed(RelationshipCall { at: context.module.location(&call.range()), is_backref: false });
        let target = found.target_class.as_ref().and_then(|at| Class::at(self.resolver.repository, at));
        let object = match (target, &found.target) {
            (Some(class), _) => Type::Object(class, Vec::new()),
            (None, Some(target)) => return Type::unknown(format!("which class `{target}` is can't be told")),
            (None, None) => return Type::unknown(format!("where `{}` leads can't be told", on_one_line(call))),
        };
        held(&self.resolver, object, found.uselist, &context.module, call)
    }

    /// What an attribute holds that a `backref` in another class makes.
    pub(super) fn backref(&self, class: &Class, name: &str) -> Option<Type> {
        let of = |at: Location| {
            let module = self.resolver.repository.module(&at.path)?;
            let found = self.completed(RelationshipCall { at: at.clone(), is_backref: true });
            let owner = Class::at(self.resolver.repository, found.owner_class.as_ref()?)?;
            let target = Class::at(self.resolver.repository, found.target_class.as_ref()?)?;
            let call = module.node(&at.range())?;
            let object = Type::Object(target, Vec::new());
            self.inherits(class, &owner).then(|| held(&self.resolver, object, found.uselist, &module, &call))
        };
        let found = Type::any(self.backrefs(name).into_iter().filter_map(of));
        (!found.is_never()).then_some(found)
    }

    /// The calls that make backrefs of a name: `backref("name", …)`, or the relationship that has `backref="name"`.
    fn backrefs(&self, name: &str) -> Vec<Location> {
        let files = self.inferred.related.files_with_backrefs.get_or_init(|| self.files_with_backrefs());
        let of_name = |file| self.backrefs_in(file).get(name).cloned().unwrap_or_default();
        files.get(name).into_iter().flatten().flat_map(of_name).collect()
    }

    /// Those of a file, which is looked through once.
    fn backrefs_in(&self, file: &PathBuf) -> Arc<Backrefs> {
        let known = || self.inferred.related.backrefs.lock();
        if let Some(found) = known().get(file) {
            return Arc::clone(found);
        }
        let mut found = Backrefs::default();
        if let Some(module) = self.resolver.repository.module(file) {
            let root = module.tree().root();
            let keywords = nodes_with_word(&root, "backref").filter(|node| node.kind() == kind::KEYWORD_ARGUMENT);
            for keyword in keywords.filter(|node| node.field("name").is_some_and(|name| name.text() == "backref")) {
                let Some(value) = keyword.field("value") else { continue };
                let is_call = value.kind() == kind::CALL;
                let name = if is_call {
                    arguments_of(&value).first().and_then(string_content)
                } else {
                    string_content(&value)
                };
                let relationship = keyword.ancestors().find(|node| node.kind() == kind::CALL);
                let call = if is_call { Some(value) } else { relationship };
                if let (Some(name), Some(call)) = (name, call) {
                    found.entry(name).or_default().push(module.location(&call.range()));
                }
            }
        }
        let found = Arc::new(found);
        known().insert(file.clone(), Arc::clone(&found));
        found
    }

    /// The files with backrefs, by the strings that come soon behind the word.
    fn files_with_backrefs(&self) -> HashMap<String, Vec<PathBuf>> {
        let repository = self.resolver.repository;
        let mut found: HashMap<String, Vec<PathBuf>> = HashMap::default();
        for file in (self.search)(repository.root(), &|bytes| memchr::memmem::find(bytes, b"backref").is_some()) {
            let Some(source) = repository.source(&file) else { continue };
            for name in strings_behind(source.text(), "backref").collect::<HashSet<_>>() {
                found.entry(name.to_owned()).or_default().push(file.clone());
            }
        }
        found
    }

    /// What SQLAlchemy tells of a relationship. All of its module are looked up together.
    fn completed(&self, made: RelationshipCall) -> Relationship {
        let key = |call: &RelationshipCall| (call.at.clone(), call.is_backref);
        if let Some(known) = self.inferred.related.known().get(&key(&made)) {
            return known.clone();
        }
        let mut calls = if made.is_backref { Vec::new() } else { self.made_beside(&made.at) };
        if !calls.contains(&made) {
            calls.push(made.clone());
        }
        let model = Model::new(self.resolver.clone(), &self.inferred.declared, &calls, self.search);
        let complete = |call: RelationshipCall| {
            let mut found = Relationship { call: Some(call.clone()), ..Relationship::default() };
            model.complete(&mut found);
            (key(&call), found)
        };
        let completed: Vec<_> = calls.into_iter().map(complete).collect();
        let mut known = self.inferred.related.known();
        known.extend(completed);
        known.get(&key(&made)).cloned().unwrap_or_default()
    }

    /// The relationships that are made in the same module.
    fn made_beside(&self, at: &Location) -> Vec<RelationshipCall> {
        static WORDS: LazyLock<Words> = LazyLock::new(|| Words::few(&RELATIONSHIPS));
        let Some(module) = self.resolver.repository.module(&at.path) else { return Vec::new() };
        let root = module.tree().root();
        let made = calls_named(&root, &WORDS)
            .filter(|call| callee_name(call).is_some_and(|name| RELATIONSHIPS.contains(&name.as_str())));
        made.map(|call| RelationshipCall { at: module.location(&call.range()), is_backref: false }).collect()
    }

    /// `association_proxy("memberships", "group")`: the groups of all memberships.
    pub(super) fn proxied(&self, receiver: &Type, call: &Node<'_>) -> Type {
        let names: Vec<Option<String>> = arguments_of(call).iter().map(string_content).collect();
        let [Some(through), Some(name), ..] = names.as_slice() else {
            return Type::unknown(format!("what `{}` leads to can't be told", on_one_line(call)));
        };
        self.attribute(receiver, through).each(|through| match through {
            Type::Sequence(_) | Type::Rows(_) => Type::sequence(self.attribute(&self.item(through), name)),
            Type::Mapping(key, value) => Type::Mapping(key.clone(), Box::new(self.attribute(value, name))),
            one => self.attribute(one, name),
        })
    }
}

/// What an attribute holds of objects of a class: one, several, or a query for them, as its call says.
fn held(resolver: &Resolver<'_>, object: Type, uselist: Option<bool>, module: &Arc<Module>, call: &Node<'_>) -> Type {
    let given = Arguments::of_relationship(resolver, module, call);
    let written = || match given.keyword(resolver, "uselist") {
        Keyword::Given(PyValue::Bool(uselist)) => Some(uselist),
        _ => None,
    };
    let is_dynamic =
        callee_name(call).is_some_and(|name| name == "dynamic_loader") || given.keyword(resolver, "lazy").is("dynamic");
    let collection = match given.get(resolver, "collection_class") {
        Passed::Given(class) => class.node().as_ref().and_then(callee_name),
        _ => None,
    };
    let is_keyed = collection.is_some_and(|name| {
        matches!(
            name.as_str(),
            "attribute_mapped_collection"
                | "column_mapped_collection"
                | "mapped_collection"
                | "attribute_keyed_dict"
                | "column_keyed_dict"
                | "keyfunc_mapping"
        )
    });
    match uselist.or_else(written) {
        Some(true) if is_dynamic => Type::Rows(Rows { of: RowsOf::Query, columns: vec![object] }),
        Some(true) if is_keyed => Type::Mapping(Box::new(Type::Other), Box::new(object)),
        Some(true) => Type::sequence(object),
        Some(false) => object,
        None => Type::unknown(format!("whether `{}` gives a list can't be told", on_one_line(call))),
    }
}
