//! The node that is called goes in; which relationship constructor it is comes out, or that it is none.
//!
//! A name is followed through the scopes around it, the module's imports and the project's own modules, until it ends
//! at a name of `rules/constructors.yml`.

use std::sync::LazyLock;

use super::effort::Effort;
use super::names::{Found, Resolution};
use super::place::Place;
use crate::hints::Words;
use crate::module::{BindingKind, Dotted, ModuleName, Scope};
use crate::repository::Repository;
use crate::rules::{ConstructorKind, Constructors};
use crate::source::is_covered;
use crate::syntax::{Node, calls_named, dotted_name, kind, nodes_with_words};

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
#[derive(Clone)]
pub struct Resolver<'a> {
    /// What the names may end at.
    pub constructors: &'a Constructors,
    /// Where the project's own modules are found.
    pub repository: &'a Repository,
}

impl Resolver<'_> {
    /// Who is called by a node at a place.
    pub fn callee(&self, place: &Place, function: &Node<'_>) -> Callee {
        if let Some(base) = self.initialized_class(place, function) {
            return base;
        }
        let Some(names) = dotted_name(function) else {
            return self.without_name(function);
        };
        if names.last().is_some_and(|name| is_covered(name)) {
            return Callee::Unknown("a template names it".to_owned());
        }
        if is_method_of_its_class(function, &names) {
            return Callee::Other;
        }
        let effort = Effort::for_callee();
        let found = self.name(place, &names, &effort);
        if effort.is_spent() && !matches!(found, Callee::Constructor(..) | Callee::Namespace) {
            return Callee::Unknown("it leads on over more names than are followed".to_owned());
        }
        let is_like_a_constructor = names.last().is_some_and(|name| self.constructors.has_simple_name(name));
        match found {
            Callee::Unbound | Callee::Unknown(_) if !is_like_a_constructor => Callee::Other,
            Callee::Unbound if names.len() == 1 => match self.foreign_star(place) {
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

    /// `super().__init__(…)` and `Base.__init__(self, …)` in a class that is derived from a constructor.
    fn initialized_class(&self, place: &Place, function: &Node<'_>) -> Option<Callee> {
        let object = function.field("object")?;
        if function.field("attribute")?.text() != "__init__" {
            return None;
        }
        let is_super = object.field("function").is_some_and(|called| called.text() == "super");
        let found = if is_super {
            let class = self.class_around(place, function, &Effort::for_callee())?;
            self.bound(&class, &Effort::for_callee())
        } else {
            self.name(place, &dotted_name(&object)?, &Effort::for_callee())
        };
        matches!(found, Callee::Constructor(..)).then_some(found)
    }

    /// A module outside the repository, other than SQLAlchemy and sqlmodel, of which everything is imported.
    fn foreign_star(&self, place: &Place) -> Option<String> {
        let stars = place.stars();
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
            None => {
                function.dfs().filter(|node| node.kind() == kind::IDENTIFIER).any(|name| is_constructors_name(&name))
            }
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

    /// Who a dotted name is.
    pub(super) fn name(&self, place: &Place, names: &[String], effort: &Effort) -> Callee {
        let mut best = Callee::Other;
        for resolution in self.follow(place, names, effort) {
            let found = match resolution {
                Resolution::Bound(found) => {
                    let bound = || self.bound(&found, effort);
                    effort.following(found.location(), bound).unwrap_or(Callee::Other)
                }
                Resolution::Outside(path) => self.known(path.join(".")).unwrap_or(Callee::Other),
                Resolution::Module(_) => Callee::Other,
                Resolution::Unbound => Callee::Unbound,
                Resolution::Unknown(why) => Callee::Unknown(why.to_string()),
            };
            match found {
                Callee::Constructor(..) | Callee::Namespace => return found,
                Callee::Unknown(_) | Callee::Unbound => best = found,
                Callee::Other => {}
            }
        }
        best
    }

    /// Who is bound.
    fn bound(&self, found: &Found, effort: &Effort) -> Callee {
        let (name, rest) = (found.name(), found.rest.as_slice());
        let with_rest = |path: &[String]| -> Dotted { path.iter().chain(rest).cloned().collect() };
        match &found.binding().kind {
            BindingKind::Alias(path) => match self.name(&found.before(), &with_rest(path), effort) {
                Callee::Unbound => {
                    Callee::Unknown(format!("`{name}` is `{}`, which nothing in reach defines", path.join(".")))
                }
                found => found,
            },
            BindingKind::CallResult { callee, first_argument: Some(bound) }
                if rest.is_empty() && callee.last().is_some_and(|name| name == "partial") =>
            {
                self.name(&found.before(), bound, effort)
            }
            BindingKind::CallResult { callee, .. } => match self.name(&found.before(), callee, effort) {
                Callee::Namespace if !rest.is_empty() => self.attribute_of_namespace(rest),
                Callee::Other if !rest.is_empty() => self.member_of_object(found, callee, rest, effort),
                _ => Callee::Unknown(format!("`{name}` is the result of calling `{}`", callee.join("."))),
            },
            BindingKind::Class(_) if !rest.is_empty() => self.member_of_class(found, rest, effort),
            BindingKind::Function(..) if !rest.is_empty() => Callee::Other,
            BindingKind::Function(handed_on, scope) => self.wrapper(&found.place().inward(scope), handed_on, effort),
            BindingKind::Class(bases) => self.wrapper(&found.before(), bases, effort),
            BindingKind::Parameter(_) if self.constructors.is_parameter(name) && rest.is_empty() => {
                Callee::Constructor(ConstructorKind::Relationship, name.to_owned())
            }
            BindingKind::Parameter(parameter) => Callee::Unknown(format!("`{name}` is {}", parameter.what)),
            BindingKind::Opaque(what) => Callee::Unknown(format!("`{name}` is {what}")),
            BindingKind::Expression => Callee::Unknown(format!("`{name}` is no import and no definition")),
            BindingKind::Nothing | BindingKind::Module(_) | BindingKind::Member(..) => Callee::Other,
        }
    }

    /// A method of an object that a class of the repository, or something else, made.
    fn member_of_object(&self, object: &Found, class: &[String], rest: &[String], effort: &Effort) -> Callee {
        let classes =
            self.follow(&object.before(), class, effort).into_iter().filter_map(|resolution| match resolution {
                Resolution::Bound(class) if class.rest.is_empty() => Some(class),
                _ => None,
            });
        let has_member =
            |class: &Found| !matches!(self.class_member(class, rest, effort).as_slice(), [] | [Resolution::Unbound]);
        match classes.into_iter().find(has_member) {
            Some(class) => self.member_of_class(&class, rest, effort),
            None => Callee::Unknown(format!("`{}` is the result of calling `{}`", object.name(), class.join("."))),
        }
    }

    fn member_of_class(&self, class: &Found, names: &[String], effort: &Effort) -> Callee {
        let members = self.class_member(class, names, effort);
        let callees = members.into_iter().filter_map(|resolution| match resolution {
            Resolution::Bound(found) => effort.deeper(|| self.bound(&found, effort)),
            Resolution::Outside(path) => self.known(path.join(".")),
            _ => None,
        });
        callees.into_iter().find(|found| matches!(found, Callee::Constructor(..))).unwrap_or(Callee::Other)
    }

    /// A function that calls one of the names, or a class with them as bases.
    fn wrapper(&self, place: &Place, names: &[Dotted], effort: &Effort) -> Callee {
        names
            .iter()
            .map(|names| self.name(place, names, effort))
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

    /// What a fully qualified name is by `rules/constructors.yml`.
    fn known(&self, qualified: String) -> Option<Callee> {
        match self.constructors.kind(&qualified) {
            Some(kind) => Some(Callee::Constructor(kind, qualified)),
            None => self.constructors.is_namespace(&qualified).then_some(Callee::Namespace),
        }
    }
}

/// Whether the object before the last dot is used in the file as flask-sqlalchemy's is: `db.Model`, `db.Column`, ….
fn hands_out_models(function: &Node<'_>, names: &[String]) -> bool {
    const HANDED_OUT: [&str; 4] = ["Model", "Column", "ForeignKey", "Table"];
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::few(&HANDED_OUT));
    let object = names[..names.len() - 1].join(".");
    let is_handed_out = |node: &Node<'_>| {
        let name = node.field("attribute");
        name.is_some_and(|name| HANDED_OUT.contains(&&*name.text()))
            && node.field("object").is_some_and(|node| node.text() == object)
    };
    let root = function.root().root();
    !matches!(&*object, "" | "self" | "cls")
        && nodes_with_words(&root, &WORDS).any(|node| node.kind() == kind::ATTRIBUTE && is_handed_out(&node))
}

/// Whether `self.name` is a method of the class around.
fn is_method_of_its_class(function: &Node<'_>, names: &[String]) -> bool {
    let [object, method] = names else { return false };
    let class = function.ancestors().find(|node| node.kind() == kind::CLASS_DEFINITION);
    matches!(&**object, "self" | "cls")
        && class.is_some_and(|class| {
            let scope = Scope::of_class(&class);
            let hands_on =
                |target: &BindingKind| matches!(target, BindingKind::Function(handed_on, _) if !handed_on.is_empty());
            scope
                .all(method)
                .iter()
                .any(|binding| matches!(binding.kind, BindingKind::Function(..)) && !hands_on(&binding.kind))
        })
}

/// Whether the file calls what declares columns and tables by its bare name, as it calls the constructor.
fn declares_tables(function: &Node<'_>) -> bool {
    const DECLARING: [&str; 4] = ["Column", "mapped_column", "ForeignKey", "Table"];
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::few(&DECLARING));
    let root = function.root().root();
    let mut called = calls_named(&root, &WORDS).filter_map(|call| call.field("function"));
    called.any(|called| DECLARING.contains(&&*called.text()))
}
