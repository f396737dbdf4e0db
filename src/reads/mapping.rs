//! A mapped class and the name of an attribute go in; what reading it on an object does comes out.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::HashMap;

use crate::model::Classes;
use crate::module::{Location, Module};
use crate::resolve::{Arguments, Effort, Expression, Keyword, Passed, Place, Resolution, Resolver};
use crate::sqlalchemy::{Loader, unkept_by};
use crate::syntax::{
    Node, Parts, callee_name, decorator_last_names, dotted_name, is_clause, is_statement, kind, returned,
};
use crate::types::{Class, Function, Type, Types};

use super::Cascading;
use super::keys::has_key;

/// What an attribute of an object is.
#[derive(Clone)]
pub(super) enum Attribute {
    /// A column: it is read from the database where the object is expired.
    Column,
    /// The column that numbers the rows: the same, and each row has a number there.
    Key,
    /// A relationship.
    Relation(Rc<Relation>),
    /// A property: what its function reads.
    Property(Function),
    /// What is no attribute of a row, or can't be told.
    Other,
}

/// A relationship, as far as it matters to what is loaded.
pub(super) struct Relation {
    pub name: String,
    pub target: Class,
    pub is_list: bool,
    pub loading: LoaderStrategy,
    /// The attribute of the target that leads back.
    pub reverse: Option<String>,
    /// Its place among those that are given, where it has refresh-expire.
    pub cascading: Option<usize>,
    /// Its direction is many-to-one, as far as its class has a foreign key: what it leads to is looked up by key.
    pub is_by_key: bool,
}

/// When a relationship is loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LoaderStrategy {
    /// When it is read.
    Lazy,
    /// Reading it raises where it isn't loaded.
    Never,
    /// With the object, or it may be.
    Eager,
    /// It has nothing to load, or can't be followed.
    Unfollowed,
}

/// What is known of the classes.
pub(super) struct Mapping<'a> {
    pub types: &'a Types<'a>,
    pub classes: &'a Classes<'a>,
    cascading: &'a [Cascading],
    known: RefCell<HashMap<(Location, String), Attribute>>,
    relations: RefCell<HashMap<Location, Rc<Vec<Rc<Relation>>>>>,
    /// By class: itself and those that it inherits from.
    ancestors: RefCell<HashMap<Location, Rc<[Class]>>>,
    /// By expression: what it can be.
    expressions: RefCell<HashMap<Location, Rc<Type>>>,
}

const RELATIONSHIPS: [&str; 2] = ["relationship", "Relationship"];
const COLUMNS: [&str; 4] = ["mapped_column", "Column", "Field", "column_property"];
const PROPERTIES: [&str; 3] = ["property", "hybrid_property", "cached_property"];

impl<'a> Mapping<'a> {
    pub fn new(types: &'a Types<'a>, classes: &'a Classes<'a>, cascading: &'a [Cascading]) -> Self {
        let (known, relations) = (RefCell::default(), RefCell::default());
        let (ancestors, expressions) = (RefCell::default(), RefCell::default());
        Self { types, classes, cascading, known, relations, ancestors, expressions }
    }

    /// What an expression of a module can be.
    pub fn type_of(&self, module: &Arc<Module>, expression: &Node<'_>) -> Rc<Type> {
        let at = module.location(&expression.range());
        if let Some(known) = self.expressions.borrow().get(&at) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.types.of(module, expression).0);
        self.expressions.borrow_mut().insert(at, Rc::clone(&found));
        found
    }

    /// A class and those that it inherits from, the nearest first.
    pub fn ancestors(&self, class: &Class) -> Rc<[Class]> {
        let known = self.ancestors.borrow().get(&class.at).cloned();
        known.unwrap_or_else(|| {
            let found: Rc<[Class]> = self.types.ancestors(class).into();
            self.ancestors.borrow_mut().insert(class.at.clone(), Rc::clone(&found));
            found
        })
    }

    /// Whether objects of the class are in a session.
    pub fn is_entity(&self, class: &Class) -> bool {
        self.classes.is_entity(&class.at)
    }

    /// Whether an object of the one can be one of the other.
    pub fn can_be(&self, one: &Class, other: &Class) -> bool {
        let inherits = |one: &Class, from: &Class| self.ancestors(one).contains(from);
        one == other || inherits(one, other) || inherits(other, one)
    }

    /// What reading an attribute does.
    pub fn attribute(&self, class: &Class, name: &str) -> Attribute {
        let key = (class.at.clone(), name.to_owned());
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let found = self.ancestors(class).iter().find_map(|owner| self.own(class, owner, name));
        let found = found.unwrap_or(Attribute::Other);
        self.known.borrow_mut().insert(key, found.clone());
        found
    }

    /// The relationships of a class.
    pub fn relations(&self, class: &Class) -> Rc<Vec<Rc<Relation>>> {
        if let Some(known) = self.relations.borrow().get(&class.at) {
            return Rc::clone(known);
        }
        let mut names: Vec<String> = Vec::new();
        for owner in self.ancestors(class).iter() {
            let Some(node) = owner.module.node(&owner.at.range()) else { continue };
            let members = members(&node);
            names.extend(members.iter().filter_map(|member| Some(member_name(member)?.text().into_owned())));
            let of_owner = self.cascading.iter().filter(|one| one.owner == owner.at);
            names.extend(of_owner.map(|one| one.attribute.clone()));
        }
        let mut found: Vec<Rc<Relation>> = Vec::new();
        for name in names {
            if let Attribute::Relation(relation) = self.attribute(class, &name)
                && !found.iter().any(|known| known.name == relation.name)
            {
                found.push(relation);
            }
        }
        let found = Rc::new(found);
        self.relations.borrow_mut().insert(class.at.clone(), Rc::clone(&found));
        found
    }

    /// The members of a class of which something is true, by their names.
    pub(super) fn names_of(&self, class: &Class, is_wanted: impl Fn(&Node<'_>) -> bool) -> Vec<String> {
        let mut names = Vec::new();
        for owner in self.ancestors(class).iter() {
            let Some(node) = owner.module.node(&owner.at.range()) else { continue };
            let members = members(&node);
            let wanted = members.iter().filter(|member| is_wanted(member));
            names.extend(wanted.filter_map(|member| Some(member_name(member)?.text().into_owned())));
        }
        names
    }

    /// What a class makes of a name; None where it says nothing of it.
    fn own(&self, class: &Class, owner: &Class, name: &str) -> Option<Attribute> {
        let node = owner.module.node(&owner.at.range())?;
        let member = members(&node)
            .into_iter()
            .rev()
            .find(|member| member_name(member).is_some_and(|found| found.text() == name));
        let Some(member) = member else { return self.of_backref(owner, name) };
        if member.kind() == kind::ASSIGNMENT {
            return Some(self.assigned(class, owner, name, &member));
        }
        let function = member.field("definition").unwrap_or_else(|| member.clone());
        if function.kind() != kind::FUNCTION_DEFINITION {
            return Some(Attribute::Other);
        }
        let has = |wanted: &[&str]| decorator_last_names(&member).iter().any(|name| wanted.contains(&name.as_str()));
        if has(&["declared_attr", "directive"]) {
            let made = returned(&function).pop().filter(|made| made.kind() == kind::CALL);
            return Some(made.map_or(Attribute::Other, |made| self.made(class, owner, name, &made)));
        }
        if has(&PROPERTIES) {
            let at = owner.module.location(&function.range());
            let receiver = Some(Box::new(Type::Object(class.clone(), Vec::new())));
            let module = owner.module.clone();
            return Some(Attribute::Property(Function { at, module, receiver, variables: Vec::new() }));
        }
        Some(Attribute::Other)
    }

    fn assigned(&self, class: &Class, owner: &Class, name: &str, assignment: &Node<'_>) -> Attribute {
        match assignment.field("right") {
            Some(_) if assignment.field("type").is_some_and(|written| unkept_by(&written.text()).is_some()) => {
                Attribute::Other
            }
            Some(right) if right.kind() == kind::CALL => self.made(class, owner, name, &right),
            Some(_) => Attribute::Other,
            None => {
                let annotation = assignment.field("type");
                let is_mapped = annotation.is_some_and(|annotation| annotation.text().starts_with("Mapped["));
                if is_mapped { Attribute::Column } else { Attribute::Other }
            }
        }
    }

    /// What a call makes that a class has under a name.
    fn made(&self, class: &Class, owner: &Class, name: &str, call: &Node<'_>) -> Attribute {
        let callee = callee_name(call).unwrap_or_default();
        if COLUMNS.contains(&callee.as_str()) {
            let given = Arguments::of_call(&owner.module, call);
            let is_deferred = given.keyword(self.resolver(), "deferred") != Keyword::Absent;
            return match is_deferred {
                true => Attribute::Other,
                false if self.is_number_of_rows(class, name) => Attribute::Key,
                false => Attribute::Column,
            };
        }
        if !RELATIONSHIPS.contains(&callee.as_str()) {
            return Attribute::Other;
        }
        let found = self.types.member_of(class, name).without_nothing();
        let (target, is_list) = match found {
            Type::Object(target, _) => (target, false),
            Type::Sequence(item) => match *item {
                Type::Object(target, _) => (target, true),
                _ => return Attribute::Other,
            },
            _ => return Attribute::Other,
        };
        let cascading = self.cascading.iter().position(|one| one.owner == owner.at && one.attribute == name);
        let given = Arguments::of_relationship(self.resolver(), &owner.module, call);
        // a call may have given it any loader
        let mut loading = if self.is_of_call(owner, call) { LoaderStrategy::Eager } else { self.loading(&given) };
        if cascading.is_some_and(|index| self.cascading[index].is_eager) {
            loading = LoaderStrategy::Eager;
        }
        let Ok(reverse) = reverse(self.resolver(), &given) else { return Attribute::Other };
        let is_by_key = !is_list && has_key(owner);
        let name = name.to_owned();
        Attribute::Relation(Rc::new(Relation { name, target, is_list, loading, reverse, cascading, is_by_key }))
    }

    fn resolver(&self) -> &Resolver<'_> {
        &self.classes.resolver
    }

    /// How a relationship is loaded that gets these arguments.
    fn loading(&self, given: &Arguments) -> LoaderStrategy {
        let has = |name: &&str| given.keyword(self.resolver(), name) != Keyword::Absent;
        if ["sa_relationship", "viewonly", "collection_class"].iter().any(has) {
            return LoaderStrategy::Unfollowed;
        }
        match given.keyword(self.resolver(), "lazy") {
            Keyword::Absent => LoaderStrategy::Lazy,
            Keyword::Given(lazy) => match Loader::of(&lazy) {
                Some(Loader::Select) => LoaderStrategy::Lazy,
                Some(Loader::Raise | Loader::RaiseOnSql) => LoaderStrategy::Never,
                Some(Loader::Dynamic | Loader::WriteOnly | Loader::Noload) => LoaderStrategy::Unfollowed,
                Some(Loader::Selectin | Loader::Subquery | Loader::Immediate | Loader::Joined) | None => {
                    LoaderStrategy::Eager
                }
            },
            _ => LoaderStrategy::Eager,
        }
    }

    /// What another class gives it: the other side of a relationship.
    fn of_backref(&self, owner: &Class, name: &str) -> Option<Attribute> {
        let index = self.cascading.iter().position(|one| one.owner == owner.at && one.attribute == name)?;
        let one = &self.cascading[index];
        let (Some(target), Some(is_list)) = (&one.target, one.is_list) else { return Some(Attribute::Other) };
        let loading = if one.is_eager { LoaderStrategy::Eager } else { LoaderStrategy::Lazy };
        let (name, target) = (name.to_owned(), target.clone());
        let Some(reverse) = self.maker_of_backref(&target, &name) else { return Some(Attribute::Other) };
        let (reverse, is_by_key) = (Some(reverse), !is_list && has_key(owner));
        let relation = Relation { name, target, is_list, loading, reverse, cascading: Some(index), is_by_key };
        Some(Attribute::Relation(Rc::new(relation)))
    }

    /// The relationship of a class whose backref has a name.
    fn maker_of_backref(&self, class: &Class, name: &str) -> Option<String> {
        self.ancestors(class).iter().find_map(|owner| {
            let node = owner.module.node(&owner.at.range())?;
            let makes_it = |member: &&Node<'_>| {
                let call = member.field("right").filter(|right| right.kind() == kind::CALL);
                let given = call.map(|call| Arguments::of_relationship(self.resolver(), &owner.module, &call));
                given.is_some_and(|given| {
                    reverse(self.resolver(), &given).is_ok_and(|found| found.as_deref() == Some(name))
                })
            };
            Some(member_name(members(&node).iter().find(makes_it)?)?.text().into_owned())
        })
    }

    /// Whether a call is that of a name that a call was bound to: `relationship = partial(relationship, lazy="selectin")`.
    fn is_of_call(&self, owner: &Class, call: &Node<'_>) -> bool {
        let Some(function) = call.field("function") else { return true };
        let Some(names) = dotted_name(&function) else { return true };
        let place = Place::of(&owner.module, &function);
        let resolutions = self.resolver().follow(&place, &names, &Effort::for_callee());
        resolutions.iter().any(|resolution| match resolution {
            Resolution::Bound(found) => found.rest.is_empty() && found.is_made_by_call(),
            _ => false,
        })
    }
}

/// The statements of a class that give it attributes, those under a condition included.
pub(super) fn members<'t>(class: &Node<'t>) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    class.field("body").iter().for_each(|body| add_members(body, &mut found));
    found
}

fn add_members<'t>(block: &Node<'t>, found: &mut Vec<Node<'t>>) {
    for statement in block.parts() {
        match &*statement.kind() {
            kind::EXPRESSION_STATEMENT => {
                found.extend(statement.parts().next().filter(|inner| inner.kind() == kind::ASSIGNMENT));
            }
            kind::FUNCTION_DEFINITION | kind::DECORATED_DEFINITION => found.push(statement),
            kind::BLOCK => add_members(&statement, found),
            _ if is_statement(&statement) || is_clause(&statement) => add_members(&statement, found),
            _ => {}
        }
    }
}

pub(super) fn member_name<'t>(member: &Node<'t>) -> Option<Node<'t>> {
    match &*member.kind() {
        kind::ASSIGNMENT => member.field("left"),
        kind::DECORATED_DEFINITION => member.field("definition")?.field("name"),
        _ => member.field("name"),
    }
}

/// `back_populates="name"`, `backref="name"`, `backref=backref("name", …)`; an error where what leads back can't be told.
fn reverse(resolver: &Resolver<'_>, given: &Arguments) -> Result<Option<String>, ()> {
    let name = match given.get(resolver, "back_populates") {
        Passed::Absent => given.get(resolver, "backref"),
        name => name,
    };
    match name {
        Passed::Absent => Ok(None),
        Passed::Given(name) => name.text(resolver).or_else(|| backref_name(resolver, &name)).map(Some).ok_or(()),
        Passed::Unknown => Err(()),
    }
}

/// The name in `backref("name", …)`.
fn backref_name(resolver: &Resolver<'_>, given: &Expression) -> Option<String> {
    let call = given.node().filter(|node| node.kind() == kind::CALL)?;
    match Arguments::of_call(&given.module, &call).get_at(resolver, "name", 0) {
        Passed::Given(name) => name.text(resolver),
        _ => None,
    }
}
