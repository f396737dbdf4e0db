//! The node that is called goes in; which relationship constructor it is comes out, or that it is none.
//!
//! A name is followed through the scopes around it, the module's imports and the project's own modules, until it ends
//! at a name of `rules/constructors.yml`.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use super::bindings::{Dotted, ModuleName, Scope, Target};
use crate::repository::Repository;
use crate::rules::{ConstructorKind, Constructors};
use crate::source::is_covered;
use crate::syntax::{Node, dotted_name, has_scope};

/// How many names are looked up to find out who is called.
const MAX_LOOKUPS: u32 = 200;

/// Who is called.
#[derive(Debug, Clone, PartialEq)]
pub enum Callee {
    /// A relationship constructor, by kind and fully qualified name.
    Constructor(ConstructorKind, String),
    /// A class whose instances hand out SQLAlchemy's names as attributes.
    Namespace,
    /// Something else, certainly.
    Other,
    /// A name that nothing in reach binds.
    Unbound,
    /// It can't be told, and why.
    Unknown(String),
}

/// Follows names.
pub struct Resolver<'a> {
    /// What the names may end at.
    pub constructors: &'a Constructors,
    /// Where the project's own modules are found.
    pub repository: &'a Repository,
}

/// From where names are looked up.
#[derive(Clone)]
struct Place {
    /// The module's file.
    path: Arc<Path>,
    /// The scopes around, innermost first; the last is the module's.
    scopes: Vec<Arc<Scope>>,
}

impl Place {
    /// The same from a scope inside the innermost.
    fn inward(&self, scope: &Arc<Scope>) -> Self {
        let scopes = std::iter::once(scope).chain(&self.scopes).cloned().collect();
        Self { path: Arc::clone(&self.path), scopes }
    }

    /// The same from the scope with the index on.
    fn outward(&self, scope: usize) -> Self {
        Self { path: Arc::clone(&self.path), scopes: self.scopes.get(scope..).unwrap_or_default().to_vec() }
    }
}

impl Resolver<'_> {
    /// Who is called by a node in the file at an absolute path.
    pub fn callee(&self, path: &Path, module_scope: &Arc<Scope>, function: &Node<'_>) -> Callee {
        let Some(names) = dotted_name(function) else {
            return self.without_name(function);
        };
        if names.last().is_some_and(|name| is_covered(name)) {
            return Callee::Unknown("a template names it".to_owned());
        }
        if is_method_of_its_class(function, &names) {
            return Callee::Other;
        }
        let scopes = inner_scopes(function).into_iter().map(Arc::new).chain([Arc::clone(module_scope)]).collect();
        let place = Place { path: path.into(), scopes };
        let found = self.name(&place, &names, &Cell::new(MAX_LOOKUPS));
        let is_like_a_constructor = names.last().is_some_and(|name| self.constructors.has_simple_name(name));
        match found {
            Callee::Unbound | Callee::Unknown(_) if !is_like_a_constructor => Callee::Other,
            Callee::Unbound if names.len() == 1 => match self.foreign_star(&place) {
                Some(module) if !declares_tables(function) => Callee::Unknown(format!(
                    "`{}` may come from `{module}`, which is not part of this repository",
                    names[0]
                )),
                _ => self.assumed(&names),
            },
            Callee::Unbound | Callee::Unknown(_) if hands_out_models(function, &names) => self.assumed(&names),
            Callee::Unbound => Callee::Unknown(format!("nothing in reach defines `{}`", names[0])),
            found => found,
        }
    }

    /// A module outside the repository, other than SQLAlchemy and sqlmodel, of which everything is imported.
    fn foreign_star(&self, place: &Place) -> Option<String> {
        let stars = place.scopes.iter().flat_map(|scope| &scope.stars);
        let is_known =
            |module: &&ModuleName| matches!(module.path.first().map(String::as_str), Some("sqlalchemy" | "sqlmodel"));
        let foreign = stars.filter(|module| !is_known(module)).find(|module| self.is_foreign(place, module));
        foreign.map(|module| module.path.join("."))
    }

    /// `get_db().relationship(…)`, `(relationship if new else relation)(…)`: no name to follow.
    fn without_name(&self, function: &Node<'_>) -> Callee {
        let is_constructors_name = |node: &Node<'_>| self.constructors.has_simple_name(&node.text());
        let is_like_a_constructor = match function.field("attribute") {
            Some(name) => is_constructors_name(&name),
            None => function.dfs().filter(|node| node.kind() == "identifier").any(|name| is_constructors_name(&name)),
        };
        if is_like_a_constructor { Callee::Unknown("it is an expression".to_owned()) } else { Callee::Other }
    }

    fn assumed(&self, names: &[String]) -> Callee {
        let name = &names[names.len() - 1];
        match self.constructors.kind_by_simple_name(name) {
            Some(kind) => Callee::Constructor(kind, format!("sqlalchemy.orm.{name}")),
            None => Callee::Other,
        }
    }

    /// Follows a dotted name in the innermost scope that binds it, else in star imports.
    fn name(&self, place: &Place, names: &[String], budget: &Cell<u32>) -> Callee {
        let Some(left) = budget.get().checked_sub(1) else {
            return Callee::Unknown(format!("`{}` is defined in terms of itself", names[0]));
        };
        budget.set(left);
        match place.scopes.iter().position(|scope| scope.targets(&names[0]).next().is_some()) {
            Some(scope) => self.bound(&place.outward(scope), names, usize::MAX, budget),
            None => self.starred(place, names, budget),
        }
    }

    /// Follows a dotted name that the innermost scope of the place binds before the binding with the number.
    fn bound(&self, place: &Place, names: &[String], number: usize, budget: &Cell<u32>) -> Callee {
        let mut best = Callee::Other;
        for (number, target) in place.scopes[0].targets_before(&names[0], number) {
            match self.target(place, target, number, names, budget) {
                found @ (Callee::Constructor(..) | Callee::Namespace) => return found,
                found @ (Callee::Unknown(_) | Callee::Unbound) => best = found,
                Callee::Other => {}
            }
        }
        best
    }

    /// Follows a dotted name that the right side of a binding mentions: where that is the bound name itself, what it was before.
    fn mentioned(&self, place: &Place, names: &[String], bound: &str, number: usize, budget: &Cell<u32>) -> Callee {
        if names[0] != bound {
            self.name(place, names, budget)
        } else if place.scopes[0].targets_before(bound, number).next().is_some() {
            self.bound(place, names, number, budget)
        } else {
            self.name(&place.outward(1), names, budget)
        }
    }

    fn starred(&self, place: &Place, names: &[String], budget: &Cell<u32>) -> Callee {
        let stars = place.scopes.iter().flat_map(|scope| scope.stars.iter().rev());
        stars
            .map(|star| self.member(place, star, names, budget))
            .find(|found| matches!(found, Callee::Constructor(..) | Callee::Namespace))
            .unwrap_or(Callee::Unbound)
    }

    /// Follows the binding with the number of the first name, then the rest of the names.
    fn target(&self, place: &Place, target: &Target, number: usize, names: &[String], budget: &Cell<u32>) -> Callee {
        let (name, rest) = (&names[0], &names[1..]);
        let with_rest = |path: &[String]| -> Dotted { path.iter().chain(rest).cloned().collect() };
        let mentioned = |names: &[String]| self.mentioned(place, names, name, number, budget);
        match target {
            Target::Module(path) => self.absolute(place, &with_rest(path), budget),
            Target::Member(from, member) => {
                let found = self.member(place, from, &with_rest(std::slice::from_ref(member)), budget);
                match found {
                    Callee::Other if !rest.is_empty() && self.is_foreign(place, from) => Callee::Unknown(format!(
                        "`{name}` comes from `{}`, which is not part of this repository",
                        from.path.join(".")
                    )),
                    found => found,
                }
            }
            Target::Alias(path) => match mentioned(&with_rest(path)) {
                Callee::Unbound => {
                    Callee::Unknown(format!("`{name}` is `{}`, which nothing in reach defines", path.join(".")))
                }
                found => found,
            },
            Target::CallResult { callee, first_argument: Some(bound) }
                if rest.is_empty() && callee.last().is_some_and(|name| name == "partial") =>
            {
                mentioned(bound)
            }
            Target::CallResult { callee, .. } => match mentioned(callee) {
                Callee::Namespace if !rest.is_empty() => self.attribute_of_namespace(rest),
                _ => Callee::Unknown(format!("`{name}` is the result of calling `{}`", callee.join("."))),
            },
            Target::Function(..) | Target::Class(_) if !rest.is_empty() => Callee::Other,
            Target::Function(handed_on, scope) => self.wrapper(&place.inward(scope), handed_on, budget),
            Target::Class(bases) => self.wrapper(place, bases, budget),
            Target::Opaque(what) => Callee::Unknown(format!("`{name}` is {what}")),
        }
    }

    /// A function that calls one of the names, or a class with them as bases.
    fn wrapper(&self, place: &Place, names: &[Dotted], budget: &Cell<u32>) -> Callee {
        names
            .iter()
            .map(|names| self.name(place, names, budget))
            .find(|found| matches!(found, Callee::Constructor(..) | Callee::Namespace))
            .unwrap_or(Callee::Other)
    }

    fn attribute_of_namespace(&self, rest: &[String]) -> Callee {
        let rest = rest.join(".");
        ["sqlalchemy.orm", "sqlalchemy"]
            .iter()
            .map(|module| format!("{module}.{rest}"))
            .find_map(|qualified| Some(Callee::Constructor(self.constructors.kind(&qualified)?, qualified)))
            .unwrap_or(Callee::Other)
    }

    /// A member of a module that an import statement names.
    fn member(&self, place: &Place, from: &ModuleName, names: &[String], budget: &Cell<u32>) -> Callee {
        if from.path.iter().any(|name| is_covered(name)) {
            return Callee::Unknown("a template names the module that it comes from".to_owned());
        }
        let path: Dotted = from.path.iter().chain(names).cloned().collect();
        if from.level == 0 {
            return self.absolute(place, &path, budget);
        }
        let Some(folder) = place.path.ancestors().nth(from.level) else {
            return Callee::Unknown("a relative import leads out of the file system".to_owned());
        };
        // SQLAlchemy's and sqlmodel's own code
        let package = self.repository.package(folder);
        let qualified: Dotted = package.iter().chain(&path).cloned().collect();
        if let Some(found) = self.known(qualified.join(".")).filter(|_| !package.is_empty()) {
            return found;
        }
        self.inside(&[folder.to_owned()], &path, from.path.len(), budget).unwrap_or_else(|| {
            Callee::Unknown(format!(
                "no file of this repository is the module `{}{}`",
                ".".repeat(from.level),
                from.path.join(".")
            ))
        })
    }

    fn absolute(&self, place: &Place, path: &[String], budget: &Cell<u32>) -> Callee {
        if let Some(found) = self.known(path.join(".")) {
            return found;
        }
        let folders = self.repository.import_roots(&place.path);
        self.inside(&folders, path, 1, budget).unwrap_or(Callee::Other)
    }

    /// What a fully qualified name is by `rules/constructors.yml`.
    fn known(&self, qualified: String) -> Option<Callee> {
        match self.constructors.kind(&qualified) {
            Some(kind) => Some(Callee::Constructor(kind, qualified)),
            None => self.constructors.is_namespace(&qualified).then_some(Callee::Namespace),
        }
    }

    /// Follows a dotted name below the first folder that has its module: the longest part of it that is a module's
    /// file, then the rest inside. None where no such file exists.
    fn inside(
        &self,
        folders: &[std::path::PathBuf],
        path: &[String],
        at_least: usize,
        budget: &Cell<u32>,
    ) -> Option<Callee> {
        let mut missing = None;
        for folder in folders {
            for length in (at_least..=path.len()).rev() {
                let Some(file) = self.repository.module_file(folder, &path[..length]) else {
                    continue;
                };
                if length == path.len() {
                    return Some(Callee::Other);
                }
                let Some(scope) = self.repository.module_scope(&file) else {
                    continue;
                };
                match self.name(&Place { path: file.as_path().into(), scopes: vec![scope] }, &path[length..], budget) {
                    Callee::Unbound => {
                        let file = self.repository.display(&file);
                        missing = Some(Callee::Unknown(format!("`{}` is not defined in {file}", path[length])));
                    }
                    found => return Some(found),
                }
            }
            if missing.is_some() {
                return missing;
            }
        }
        missing
    }

    fn is_foreign(&self, place: &Place, from: &ModuleName) -> bool {
        from.level == 0
            && from.path.first().is_none_or(|head| head != "sqlalchemy")
            && !self
                .repository
                .import_roots(&place.path)
                .iter()
                .any(|root| self.repository.module_file(root, &from.path[..1]).is_some())
    }
}

/// The scopes of the functions around a node, innermost first, and of the class in whose body it stands: a class's names are
/// not seen from the functions and classes inside it.
fn inner_scopes(node: &Node<'_>) -> Vec<Scope> {
    let mut scopes = Vec::new();
    for (depth, around) in node.ancestors().filter(has_scope).enumerate() {
        if around.kind() != "class_definition" {
            scopes.push(Scope::of_function(&around));
        } else if depth == 0 {
            scopes.push(Scope::of_class_before(&around, node.range().start));
        }
    }
    scopes
}

/// Whether the object before the last dot is used in the file as flask-sqlalchemy's is: `db.Model`, `db.Column`, ….
fn hands_out_models(function: &Node<'_>, names: &[String]) -> bool {
    const HANDED_OUT: [&str; 4] = ["Model", "Column", "ForeignKey", "Table"];
    let object = names[..names.len() - 1].join(".");
    let is_handed_out = |node: &Node<'_>| {
        let name = node.field("attribute");
        name.is_some_and(|name| HANDED_OUT.contains(&&*name.text()))
            && node.field("object").is_some_and(|node| node.text() == object)
    };
    !matches!(&*object, "" | "self" | "cls")
        && function.root().root().dfs().filter(|node| node.kind() == "attribute").any(|node| is_handed_out(&node))
}

/// Whether `self.name` is a method of the class around.
fn is_method_of_its_class(function: &Node<'_>, names: &[String]) -> bool {
    let [object, method] = names else { return false };
    let class = function.ancestors().find(|node| node.kind() == "class_definition");
    matches!(&**object, "self" | "cls")
        && class.is_some_and(|class| {
            let scope = Scope::of_class_before(&class, usize::MAX);
            let mut targets = scope.targets(method);
            targets.any(|(_, target)| matches!(target, Target::Function(handed_on, _) if handed_on.is_empty()))
        })
}

/// Whether the file calls what declares columns and tables by its bare name, as it calls the constructor.
fn declares_tables(function: &Node<'_>) -> bool {
    const DECLARING: [&str; 4] = ["Column", "mapped_column", "ForeignKey", "Table"];
    let root = function.root().root();
    let mut called = root.dfs().filter(|node| node.kind() == "call").filter_map(|call| call.field("function"));
    called.any(|called| DECLARING.contains(&&*called.text()))
}
