//! The call of a relationship constructor goes in; what it and the statement around it say of the relationship comes out, as facts
//! of their own.

use std::sync::Arc;

use super::annotation::{Annotation, Shape};
use super::declared::{self, Mapping};
use super::join::{ColumnName, Reader, Term};
use super::names::{Named, named, text};
use super::statement::{self, Owner};
use crate::module::{Location, Module};
use crate::resolve::{Effort, End, Place, Resolver, Target as Bound};
use crate::syntax::{
    Node, dotted_name, keyword_container, keyword_value, keywords, positional_arguments, splatted, string_content,
    unparenthesized,
};

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument<T> {
    /// It is not given, or given as None.
    Absent,
    /// It is given.
    Given(T),
    /// It may be given, and can't be read here.
    Unknown,
}

/// The class that a relationship leads to, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A string, which SQLAlchemy looks up among all mapped classes.
    Text(String),
    /// A name.
    Named(Named),
    /// It can't be told.
    Unknown,
}

/// Who has the relationship.
#[derive(Debug, Clone)]
pub enum Declaring {
    /// A class, by what its name stands for.
    Class(Named),
    /// A class that is mapped in the same call.
    Mapping(Box<Mapping>),
    /// It can't be told.
    Unknown,
}

/// What a relationship's own statement says.
#[derive(Debug, Clone)]
pub struct Written {
    /// The constructor's call.
    pub at: Location,
    /// Who has it.
    pub owner: Declaring,
    /// Where it leads.
    pub target: Target,
    /// The annotation of the attribute.
    pub annotation: Option<Annotation>,
    /// What the generic type in it stands for.
    pub generic: Option<Named>,
    /// The class is given to the constructor; else the annotation names it.
    pub has_argument: bool,
    /// sqlmodel makes it.
    pub is_sqlmodel: bool,
    /// `secondary`, as it is written.
    pub secondary: Argument<String>,
    /// `primaryjoin`
    pub primaryjoin: Argument<Vec<(Term, Term)>>,
    /// `foreign_keys`
    pub foreign_keys: Argument<Vec<ColumnName>>,
    /// `remote_side`
    pub remote_side: Argument<Vec<ColumnName>>,
    /// `uselist`
    pub uselist: Argument<bool>,
    /// Whether `collection_class` is given.
    pub has_collection_class: bool,
    /// `lazy`
    pub lazy: Argument<String>,
    /// The arguments of the backref, where the call makes one.
    pub backref_uselist: Argument<bool>,
}

/// Where the arguments of a constructor stand.
struct Arguments<'a, 't> {
    resolver: &'a Resolver<'a>,
    module: &'a Arc<Module>,
    /// What argument lists and dictionary displays give, by name.
    given: Vec<(String, Node<'t>)>,
    /// Dictionaries that are put together elsewhere.
    dictionaries: Vec<Node<'t>>,
}

impl<'t> Arguments<'_, 't> {
    fn add(&mut self, dictionary: &Node<'t>) {
        let dictionary = unparenthesized(dictionary);
        match keyword_container(&dictionary) {
            Some(container) => {
                self.dictionaries.extend(splatted(&container));
                self.given.extend(keywords(&container));
            }
            None => self.dictionaries.push(dictionary),
        }
    }

    fn get(&self, name: &str) -> Argument<Node<'t>> {
        if let Some((_, value)) = self.given.iter().find(|(given, _)| given == name) {
            let value = unparenthesized(value);
            return if value.kind() == "none" { Argument::Absent } else { Argument::Given(value) };
        }
        let may_have = |dictionary: &Node<'t>| {
            let place = Place::of(self.module, dictionary);
            let found = self.resolver.entries(&place, dictionary, name, &Effort::for_value());
            found.is_open || !found.entries.is_empty() || !found.arguments.is_empty()
        };
        if self.dictionaries.iter().any(may_have) { Argument::Unknown } else { Argument::Absent }
    }

    fn read<T>(&self, name: &str, read: impl Fn(&Node<'t>) -> Option<T>) -> Argument<T> {
        match self.get(name) {
            Argument::Given(node) => read(&node).map_or(Argument::Unknown, Argument::Given),
            Argument::Absent => Argument::Absent,
            Argument::Unknown => Argument::Unknown,
        }
    }
}

impl Written {
    /// Reads a call in a module. For a backref it is that of the declaring side, with what the backref says itself.
    ///
    /// # Errors
    /// Why it can't be read, in words that complete "its direction is not known: …".
    pub fn of(
        resolver: &Resolver<'_>,
        module: &Arc<Module>,
        call: &Node<'_>,
        is_backref: bool,
    ) -> Result<Self, String> {
        let declaring = if is_backref { statement::declaring_call(call) } else { Some(call.clone()) };
        let declaring = declaring.ok_or("the relationship that it is the other side of is made elsewhere")?;
        let shown = || declaring.field("function").map(|function| one_line(&function)).unwrap_or_default();
        let handed_on = || format!("`{}` may hand on other arguments than it is given", shown());
        let constructor = Constructor::of(resolver, module, &declaring).filter(|constructor| constructor.is_known);
        let constructor = constructor.ok_or_else(handed_on)?;
        let list = declaring.field("arguments").ok_or_else(handed_on)?;
        let mut arguments =
            Arguments { resolver, module, given: keywords(&list).collect(), dictionaries: splatted(&list) };
        let sqlmodel = keyword_value(&list, "sa_relationship_kwargs");
        if let Some(keywords) = &sqlmodel {
            arguments.add(keywords);
        }
        let reader = Reader { resolver, module };
        let flag = |node: &Node<'_>| match &*node.kind() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        let place = statement::place_of(&declaring);
        let annotation = place.as_ref().and_then(|place| place.annotation.as_ref()).and_then(Annotation::of);
        let annotation = annotation.map(|annotation| match &annotation.class {
            Some(names) if !annotation.is_string && is_type_alias(resolver, module, &declaring, names) => {
                Annotation { shape: Shape::Unknown, class: None, ..annotation }
            }
            _ => annotation,
        });
        let by_position = positional_arguments(&list);
        let plain_text = |node: &Node<'_>| text(resolver, &Place::of(module, node), node);
        let secondary = match (arguments.get("secondary"), by_position.get(1)) {
            (Argument::Absent, Some(second)) if sqlmodel.is_none() && second.kind() != "none" => {
                Argument::Given(second.clone())
            }
            (given, _) => given,
        };
        let link_model = arguments.read("link_model", |node| Some(node.text().into_owned()));
        let secondary = match secondary {
            Argument::Given(node) if is_parameter(resolver, module, &node) => Argument::Unknown,
            Argument::Given(node) => Argument::Given(one_line(&node)),
            Argument::Absent => link_model,
            Argument::Unknown => Argument::Unknown,
        };
        Ok(Self {
            at: module.location(&declaring.range()),
            owner: owner(resolver, module, place.as_ref()),
            target: target(&arguments, by_position.first(), annotation.as_ref(), &declaring),
            generic: annotation.as_ref().and_then(|annotation| match &annotation.shape {
                Shape::Generic(names) => Some(named(resolver, &Place::of(module, &declaring), names)),
                _ => None,
            }),
            has_argument: !matches!((arguments.get("argument"), by_position.first()), (Argument::Absent, None)),
            is_sqlmodel: constructor.is_sqlmodel,
            annotation,
            secondary,
            primaryjoin: arguments.read("primaryjoin", |node| reader.comparisons(node)),
            foreign_keys: arguments.read("foreign_keys", |node| reader.columns(node)),
            remote_side: arguments.read("remote_side", |node| reader.columns(node)),
            uselist: arguments.read("uselist", flag),
            has_collection_class: !matches!(arguments.get("collection_class"), Argument::Absent),
            lazy: arguments.read("lazy", plain_text),
            backref_uselist: if is_backref {
                backref_arguments(resolver, module, call).read("uselist", flag)
            } else {
                Argument::Absent
            },
        })
    }
}

/// What the constructor of a call turns out to be.
struct Constructor {
    /// It is one of the known ones: a wrapper may add arguments that are not seen here.
    is_known: bool,
    /// It is sqlmodel's.
    is_sqlmodel: bool,
}

impl Constructor {
    fn of(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>) -> Option<Self> {
        let names = dotted_name(&call.field("function")?)?;
        let is_known = |name: Option<&String>| name.is_some_and(|name| resolver.constructors.has_simple_name(name));
        let ends = resolver.follow(&Place::of(module, call), &names, &Effort::for_callee());
        let all_known = ends.iter().all(|end| match end {
            End::Outside(path) => is_known(path.last()),
            // `db.relationship` and what can't be followed
            End::Bound(found) if !found.rest.is_empty() => is_known(found.rest.last()),
            End::Bound(found) => match &found.binding().target {
                Bound::Alias(path) => is_known(path.last()),
                _ => false,
            },
            End::Module | End::Unbound | End::Unknown(_) => is_known(names.last()),
        });
        let is_sqlmodel = ends.iter().any(|end| matches!(end, End::Outside(path) if path[0] == "sqlmodel"));
        Some(Self { is_known: all_known, is_sqlmodel })
    }
}

fn backref_arguments<'a, 't>(
    resolver: &'a Resolver<'a>,
    module: &'a Arc<Module>,
    call: &Node<'t>,
) -> Arguments<'a, 't> {
    let mut arguments = Arguments { resolver, module, given: Vec::new(), dictionaries: Vec::new() };
    let Some(list) = call.field("arguments") else { return arguments };
    match keyword_value(&list, "backref").map(|value| unparenthesized(&value)).filter(|value| value.kind() == "tuple") {
        Some(pair) => {
            if let Some(dictionary) = pair.named_children().filter(|child| child.kind() != "comment").nth(1) {
                arguments.add(&dictionary);
            }
        }
        None => {
            arguments.dictionaries = splatted(&list);
            arguments.given.extend(keywords(&list));
        }
    }
    arguments
}

fn owner(resolver: &Resolver<'_>, module: &Arc<Module>, place: Option<&statement::Stands<'_>>) -> Declaring {
    match place.map(|place| &place.owner) {
        Some(Owner::Body(class)) => Declaring::Class(Named::Class(module.location(&class.range()), Vec::new())),
        Some(Owner::Name(node)) => {
            let names = dotted_name(node).unwrap_or_default();
            Declaring::Class(named(resolver, &Place::of(module, node), &names))
        }
        Some(Owner::Mapper(call)) => declared::mapping(resolver, module, call)
            .map_or(Declaring::Unknown, |mapping| Declaring::Mapping(Box::new(mapping))),
        Some(Owner::Unknown) | None => Declaring::Unknown,
    }
}

fn target<'t>(
    arguments: &Arguments<'_, 't>,
    first: Option<&Node<'t>>,
    annotation: Option<&Annotation>,
    call: &Node<'_>,
) -> Target {
    let (resolver, module) = (arguments.resolver, arguments.module);
    let given = match arguments.get("argument") {
        Argument::Given(node) => Some(node),
        Argument::Unknown => return Target::Unknown,
        Argument::Absent => first.cloned(),
    };
    let Some(mut node) = given.map(|node| unparenthesized(&node)) else {
        let Some((annotation, class)) =
            annotation.and_then(|annotation| Some((annotation, annotation.class.as_ref()?)))
        else {
            return Target::Unknown;
        };
        // `Mapped["User"]` is looked for where the class stands first, then among all mapped classes
        return match named(resolver, &Place::of(module, call), class) {
            Named::Class(at, rest) if rest.is_empty() => Target::Named(Named::Class(at, rest)),
            _ if annotation.is_string || class.len() == 1 => Target::Text(class.join(".")),
            other => Target::Named(other),
        };
    };
    while node.kind() == "lambda" {
        let Some(body) = node.field("body") else { return Target::Unknown };
        node = unparenthesized(&body);
    }
    match dotted_name(&node) {
        Some(names) => Target::Named(named(resolver, &Place::of(module, &node), &names)),
        None if node.kind() == "call" => match declared::mapping(resolver, module, &node) {
            Some(mapping) => Target::Named(mapping.class),
            None => Target::Unknown,
        },
        None => string_content(&node)
            .or_else(|| text(resolver, &Place::of(module, &node), &node))
            .map_or(Target::Unknown, Target::Text),
    }
}

/// Whether names lead to what an expression gives, as in `Users = list["User"]`.
fn is_type_alias(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>, names: &[String]) -> bool {
    let ends = resolver.follow(&Place::of(module, call), names, &Effort::for_callee());
    let is_expression = |bound: &Bound| matches!(bound, Bound::Expression | Bound::Opaque(_));
    ends.iter()
        .any(|end| matches!(end, End::Bound(found) if found.rest.is_empty() && is_expression(&found.binding().target)))
}

/// Whether a name is a parameter of a function: it can be None.
fn is_parameter(resolver: &Resolver<'_>, module: &Arc<Module>, node: &Node<'_>) -> bool {
    let Some(names) = dotted_name(node) else { return false };
    let ends = resolver.follow(&Place::of(module, node), &names, &Effort::for_callee());
    ends.iter().any(|end| matches!(end, End::Bound(found) if matches!(found.binding().target, Bound::Parameter(_))))
}

fn one_line(node: &Node<'_>) -> String {
    node.text().split_whitespace().collect::<Vec<_>>().join(" ")
}
