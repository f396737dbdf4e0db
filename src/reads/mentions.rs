//! A coroutine goes in; whether it, or what it runs, names a relationship with refresh-expire, or the one that leads back, comes out.
//!
//! What raises was loaded over such a relationship: by reading it, by an option that names it, or by setting it or the other side. Most
//! coroutines name none, as far as what they run can be told without going through them, and are not followed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use parking_lot::Mutex;

use crate::hints::{Hints, member_names};
use crate::module::{Location, Module};
use crate::syntax::{Node, Parts, call_of_argument, callee_name, hinted_nodes, kind, parameter_name, string_content};
use crate::types::{Class, Type};

use super::Cascading;
use super::mapping::{Attribute, Mapping, Relation, member_name, members};
use super::run::MOST_FRAMES;

/// What takes the name of an attribute as a string.
const TAKE_NAMES: [&str; 4] = ["getattr", "setattr", "hasattr", "attrgetter"];

/// Which functions come to relationships by their names.
pub struct Mentions<'a> {
    /// All relationships.
    pub(super) all: &'a [Cascading],
    /// By the places of relationships among them.
    known: Mutex<BTreeMap<BTreeSet<usize>, Arc<MentionsOfSome>>>,
    /// By class: what each of its members names.
    members: Mutex<HashMap<Location, Arc<Members>>>,
}

/// The members of a class.
#[derive(Default)]
struct Members {
    all: Vec<Member>,
    /// The names of the relationships that certainly make none that leads back.
    without_backref: HashSet<String>,
}

/// A member of a class.
struct Member {
    name: String,
    /// It is, or makes, a relationship.
    is_relationship: bool,
    /// What a function names.
    names: HashSet<String>,
}

impl<'a> Mentions<'a> {
    /// None is known yet.
    pub fn of(all: &'a [Cascading]) -> Self {
        Self { all, known: Mutex::default(), members: Mutex::default() }
    }

    /// The same of some of them, by their places.
    pub(super) fn of_some(&self, mapping: &Mapping<'_>, places: &BTreeSet<usize>) -> Arc<MentionsOfSome> {
        if let Some(known) = self.known.lock().get(places) {
            return Arc::clone(known);
        }
        let found = Arc::new(MentionsOfSome::of(mapping, self, places));
        self.known.lock().insert(places.clone(), Arc::clone(&found));
        found
    }

    fn members_of(&self, class: &Class) -> Arc<Members> {
        if let Some(known) = self.members.lock().get(&class.at) {
            return Arc::clone(known);
        }
        let all =
            Arc::new(class.module.node(&class.at.range()).map_or_else(Members::default, |node| Members::of(&node)));
        self.members.lock().insert(class.at.clone(), Arc::clone(&all));
        all
    }
}

/// The names by which some relationships are come to, and the functions that do.
pub(super) struct MentionsOfSome {
    /// Their places among all.
    places: BTreeSet<usize>,
    /// The names of the relationships, and of those that may lead back.
    relationships: BTreeSet<String>,
    /// The same with those of the methods and properties of their classes that name one.
    names: HashSet<String>,
    /// By function, and how many others run it.
    known: Mutex<HashMap<(Location, usize), bool>>,
}

impl MentionsOfSome {
    fn of(mapping: &Mapping<'_>, mentions: &Mentions<'_>, places: &BTreeSet<usize>) -> Self {
        let mut relationships = BTreeSet::new();
        let mut classes: BTreeMap<Location, Class> = BTreeMap::new();
        for one in places.iter().map(|place| &mentions.all[*place]) {
            relationships.insert(one.attribute.clone());
            let owner = Class::at(mapping.classes.resolver.repository, &one.owner);
            // what leads back stands in the other class, unless this one makes it
            let stands_there = |owner: &&Class| {
                one.target.is_some() && mentions.members_of(owner).without_backref.contains(&one.attribute)
            };
            if let Some(owner) = owner.as_ref().filter(|owner| !stands_there(owner))
                && let Attribute::Relation(relation) = mapping.attribute(owner, &one.attribute)
            {
                relationships.extend(relation.reverse.clone());
            }
            for class in owner.iter().chain(&one.target).flat_map(|class| mapping.ancestors(class).to_vec()) {
                classes.insert(class.at.clone(), class);
            }
        }
        let members: Vec<_> = classes.values().map(|class| mentions.members_of(class)).collect();
        let members: Vec<&Member> = members.iter().flat_map(|members| &members.all).collect();
        relationships.extend(members.iter().filter(|member| member.is_relationship).map(|member| member.name.clone()));
        let mut names: HashSet<String> = relationships.iter().cloned().collect();
        loop {
            let names_one = |member: &&&Member| member.names.iter().any(|name| names.contains(name));
            let more = members.iter().filter(|member| !names.contains(&member.name)).filter(names_one);
            let more: Vec<String> = more.map(|member| member.name.clone()).collect();
            if more.is_empty() {
                return Self { places: places.clone(), relationships, names, known: Mutex::default() };
            }
            names.extend(more);
        }
    }

    /// Whether a function, or one that it runs, names one of them; `frames` are run already.
    pub(super) fn are_in(
        &self,
        mapping: &Mapping<'_>,
        module: &Arc<Module>,
        function: &Node<'_>,
        frames: usize,
    ) -> bool {
        let key = (module.location(&function.range()), frames);
        if let Some(known) = self.known.lock().get(&key) {
            return *known;
        }
        let place = FunctionAt { mapping, module, untyped: untyped_parameters(function), frames };
        let text = function.get_doc().text();
        let hints = Hints::of_members(text, &function.range(), |name| self.names.contains(name));
        let found = hinted_nodes(function, hints).any(|node| self.is_one(&place, &node))
            || frames + 1 < MOST_FRAMES && self.are_in_called(&place, function);
        self.known.lock().insert(key, found);
        found
    }

    /// The functions that a function calls, or gives to what it calls.
    fn are_in_called(&self, place: &FunctionAt<'_, '_>, function: &Node<'_>) -> bool {
        let bound = place.module.scope_of(function);
        let is_elsewhere = |given: &Node<'_>| given.kind() == kind::IDENTIFIER && bound.all(&given.text()).is_empty();
        function.dfs().filter(|node| node.kind() == kind::CALL).any(|call| {
            let given = call.field("arguments").into_iter().flat_map(|list| list.parts().collect::<Vec<_>>());
            let given = given.map(|given| given.field("value").unwrap_or(given)).filter(is_elsewhere);
            let runs = call.field("function").into_iter().chain(given);
            runs.into_iter().any(|called| {
                let found = place.mapping.type_of(place.module, &called);
                found.parts().iter().any(|part| self.are_in_function(place, part))
            })
        })
    }

    fn are_in_function(&self, place: &FunctionAt<'_, '_>, called: &Type) -> bool {
        let Type::Function(function) = called else { return false };
        let node = function.module.node(&function.at.range()).filter(|_| place.frames + 1 < MOST_FRAMES);
        node.is_some_and(|node| self.are_in(place.mapping, &function.module, &node, place.frames + 1))
    }

    /// Whether a node names one of them.
    fn is_one(&self, place: &FunctionAt<'_, '_>, node: &Node<'_>) -> bool {
        let named = |name: Option<Node<'_>>| name.map(|name| name.text().into_owned());
        let (name, of) = match &*node.kind() {
            kind::ATTRIBUTE => (named(node.field("attribute")), node.field("object")),
            kind::KEYWORD_ARGUMENT => {
                (named(node.field("name")), call_of_argument(node).and_then(|call| call.field("function")))
            }
            kind::STRING => {
                let name = string_content(node).filter(|name| self.relationships.contains(name));
                let taking = name.and_then(|_| callee_name(&call_of_argument(node)?));
                return taking.is_some_and(|taking| TAKE_NAMES.contains(&taking.as_str()));
            }
            _ => return false,
        };
        let (Some(name), Some(of)) = (name.filter(|name| self.names.contains(name)), of) else { return false };
        let found = place.mapping.type_of(place.module, &of);
        let is_made = node.kind() == kind::KEYWORD_ARGUMENT;
        let may_be_any = || self.relationships.contains(&name) || place.is_given(&of);
        let leads = |part: &Type| match part {
            Type::Object(..) if is_made => false,
            Type::Object(class, _) | Type::Class(class, _) => self.is_followed(place, class, &name),
            Type::Unknown(_) | Type::Variable(_) => may_be_any(),
            // a class that SQLAlchemy makes of another one
            Type::OutsideObject(path, _) => path.first().is_some_and(|first| first == "sqlalchemy"),
            _ => false,
        };
        found.is_never() && may_be_any() || found.parts().iter().any(leads)
    }

    /// Whether an attribute of a class is a relationship with refresh-expire, leads back where one does, or is a function that names one.
    /// What is said to be of a class that doesn't have it can be of another one.
    fn is_followed(&self, place: &FunctionAt<'_, '_>, class: &Class, name: &str) -> bool {
        let mapping = place.mapping;
        let matters = |relation: &Relation| relation.cascading.is_some_and(|place| self.places.contains(&place));
        let cascades = |attribute: &Attribute| matches!(attribute, Attribute::Relation(relation) if matters(relation));
        match mapping.attribute(class, name) {
            Attribute::Relation(relation) => {
                let reverse = relation.reverse.as_ref().map(|back| mapping.attribute(&relation.target, back));
                matters(&relation) || reverse.as_ref().is_some_and(cascades)
            }
            Attribute::Property(function) => self.are_in_function(place, &Type::Function(function)),
            Attribute::Column | Attribute::Key => false,
            Attribute::Other => match mapping.types.member_of(class, name) {
                function @ Type::Function(_) => self.are_in_function(place, &function),
                Type::Unknown(_) => self.relationships.contains(name),
                _ => !mapping.is_entity(class) && mapping.types.is_protocol(class),
            },
        }
    }
}

/// A function in which names are looked for.
struct FunctionAt<'p, 'a> {
    mapping: &'p Mapping<'a>,
    module: &'p Arc<Module>,
    /// The parameters without annotation: more is known of them where the function is run.
    untyped: Vec<String>,
    frames: usize,
}

impl FunctionAt<'_, '_> {
    /// Whether something is a parameter of which more is known where the function is run.
    fn is_given(&self, node: &Node<'_>) -> bool {
        self.frames > 0 && self.untyped.iter().any(|name| node.text() == name.as_str())
    }
}

fn untyped_parameters(function: &Node<'_>) -> Vec<String> {
    let parameters = function.field("parameters");
    let untyped = parameters.iter().flat_map(Node::parts).filter(|parameter| parameter.field("type").is_none());
    untyped.filter_map(|parameter| Some(parameter_name(&parameter)?.text().into_owned())).collect()
}

impl Members {
    fn of(class: &Node<'_>) -> Self {
        let mut found = Self::default();
        for member in members(class) {
            let Some(name) = member_name(&member).map(|name| name.text().into_owned()) else { continue };
            let text = member.text();
            let is_relationship = member.kind() != kind::FUNCTION_DEFINITION && text.contains("elation");
            if is_relationship && !text.contains("backref") && !text.contains("**") {
                found.without_backref.insert(name.clone());
            }
            let names = match &*member.kind() {
                kind::ASSIGNMENT => HashSet::default(),
                _ => member_names(&text).map(|name| text[name].to_owned()).collect(),
            };
            found.all.push(Member { name, is_relationship, names });
        }
        found
    }
}
