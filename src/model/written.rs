//! The call of a relationship constructor goes in; what it and the statement around it say of the relationship comes out, as facts
//! of their own.

use std::sync::Arc;

use super::annotation::{Annotation, Multiplicity};
use super::declared::{self, ImperativeMapping};
use super::join::{ColumnName, JoinReader, Term};
use super::names::{Referent, named, named_by, text, text_for};
use super::received::{Received, received};
use super::statement::{self, Owner};
use crate::module::BindingKind;
use crate::module::{Location, Module};
use crate::python::PyValue;
use crate::resolve::{Arguments, Effort, Keyword, KnownClass, Passed, Place, Resolution, Resolver};
use crate::syntax::{
    Node, Parts, definition_around, dotted_name, first_parameter, kind, string_content, unparenthesized,
};

/// The class that a relationship leads to, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A string, which SQLAlchemy looks up among all mapped classes.
    Text(String),
    /// A name.
    Named(Referent),
    /// It can't be told.
    Unknown,
}

/// Who has the relationship.
#[derive(Debug, Clone)]
pub enum Declaring {
    /// A class, by what its name stands for.
    Class(Referent),
    /// A class that is mapped in the same call.
    Mapping(Box<ImperativeMapping>),
    /// It can't be told.
    Unknown,
}

/// What a relationship's own statement says.
#[derive(Debug, Clone)]
pub struct WrittenRelationship {
    /// The constructor's call.
    pub at: Location,
    /// Who has it.
    pub owner: Declaring,
    /// Where it leads.
    pub target: Target,
    /// The annotation of the attribute.
    pub annotation: Option<Annotation>,
    /// What the generic type in it stands for.
    pub generic: Option<Referent>,
    /// The class is given to the constructor; else the annotation names it.
    pub has_argument: bool,
    /// sqlmodel makes it.
    pub is_sqlmodel: bool,
    /// `secondary`, as it is written.
    pub secondary: Passed<String>,
    /// `primaryjoin`
    pub primaryjoin: Passed<Vec<(Term, Term)>>,
    /// `foreign_keys`
    pub foreign_keys: Passed<Vec<ColumnName>>,
    /// `remote_side`
    pub remote_side: Passed<Vec<ColumnName>>,
    /// `uselist`
    pub uselist: Passed<bool>,
    /// Whether `collection_class` is given.
    pub has_collection_class: bool,
    /// `lazy`
    pub lazy: Passed<String>,
    /// The arguments of the backref, where the call makes one.
    pub backref_uselist: Passed<bool>,
}

impl WrittenRelationship {
    /// Reads a call in a module. For a backref it is that of the declaring side, with what the backref says itself.
    ///
    /// # Errors
    /// Why it can't be read, in words that complete "its direction is not known: …".
    pub fn of(
        resolver: &Resolver<'_>,
        module: &Arc<Module>,
        call: &Node<'_>,
        is_backref: bool,
        class: Option<&KnownClass>,
    ) -> Result<Self, String> {
        let declaring = if is_backref { statement::declaring_call(resolver, module, call) } else { Some(call.clone()) };
        let declaring = declaring.ok_or("the relationship that it is the other side of is made elsewhere")?;
        let Received { mut arguments, is_sqlmodel } = received(resolver, module, &declaring)?;
        arguments.open_dictionary_of_sqlmodel(resolver);
        let given = RelationshipArguments { resolver, arguments: &arguments, class };
        let comparisons =
            |module: &Arc<Module>, node: &Node<'_>| JoinReader { resolver, module, class }.comparisons(node);
        let columns = |module: &Arc<Module>, node: &Node<'_>| JoinReader { resolver, module, class }.columns(node);
        let place = statement::place_of(&declaring);
        let annotation = place.as_ref().and_then(|place| annotation(resolver, module, &declaring, place));
        Ok(Self {
            at: module.location(&declaring.range()),
            owner: owner(resolver, module, place.as_ref()),
            target: given.target(annotation.as_ref(), module, &declaring),
            generic: annotation.as_ref().and_then(|annotation| match &annotation.multiplicity {
                Multiplicity::Generic(names) => Some(named(resolver, &Place::of(module, &declaring), names)),
                _ => None,
            }),
            has_argument: !matches!(arguments.get_at(resolver, "argument", 0), Passed::Absent),
            is_sqlmodel,
            annotation,
            secondary: given.secondary(is_sqlmodel),
            primaryjoin: given.read("primaryjoin", comparisons),
            foreign_keys: given.read("foreign_keys", columns),
            remote_side: given.read("remote_side", columns),
            uselist: given.flag("uselist"),
            has_collection_class: !matches!(arguments.get(resolver, "collection_class"), Passed::Absent),
            lazy: given.read("lazy", |module, node| text(resolver, &Place::of(module, node), node)),
            backref_uselist: match is_backref.then(|| backref_arguments(resolver, module, call)) {
                Some(arguments) => RelationshipArguments { resolver, arguments: &arguments, class }.flag("uselist"),
                None => Passed::Absent,
            },
        })
    }
}

/// The annotation of an attribute; where an alias in it may stand for anything, without its multiplicity.
fn annotation(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    call: &Node<'_>,
    place: &statement::Stands<'_>,
) -> Option<Annotation> {
    let annotation = Annotation::of(place.annotation.as_ref()?)?;
    Some(match &annotation.class {
        Some(names) if !annotation.is_string && is_type_alias(resolver, module, call, names) => {
            Annotation { multiplicity: Multiplicity::Unknown, class: None, ..annotation }
        }
        _ => annotation,
    })
}

/// Arguments that are read.
struct RelationshipArguments<'a> {
    resolver: &'a Resolver<'a>,
    arguments: &'a Arguments,
    /// The class that the function around is called for.
    class: Option<&'a KnownClass>,
}

impl RelationshipArguments<'_> {
    fn read<T>(&self, name: &str, read: impl Fn(&Arc<Module>, &Node<'_>) -> Option<T>) -> Passed<T> {
        match self.arguments.get(self.resolver, name) {
            Passed::Given(expression) => {
                let read = expression.node().and_then(|node| read(&expression.module, &node));
                read.map_or(Passed::Unknown, Passed::Given)
            }
            Passed::Absent => Passed::Absent,
            Passed::Unknown => Passed::Unknown,
        }
    }

    /// A flag that is given with one value alone.
    fn flag(&self, name: &str) -> Passed<bool> {
        match self.arguments.keyword(self.resolver, name) {
            Keyword::Absent | Keyword::Given(PyValue::None) => Passed::Absent,
            Keyword::Given(value) => Passed::Given(value.is_truthy()),
            Keyword::OneOf(_) | Keyword::Unread(..) | Keyword::Unknown => Passed::Unknown,
        }
    }

    /// `secondary`, or sqlmodel's `link_model`.
    fn secondary(&self, is_sqlmodel: bool) -> Passed<String> {
        let secondary = match is_sqlmodel {
            true => self.arguments.get(self.resolver, "secondary"),
            false => self.arguments.get_at(self.resolver, "secondary", 1),
        };
        match secondary {
            Passed::Given(expression) => match expression.node() {
                Some(node) if !is_parameter(self.resolver, &expression.module, &node) => Passed::Given(one_line(&node)),
                _ => Passed::Unknown,
            },
            Passed::Absent => self.read("link_model", |_, node| Some(node.text().into_owned())),
            Passed::Unknown => Passed::Unknown,
        }
    }

    fn target(&self, annotation: Option<&Annotation>, module: &Arc<Module>, call: &Node<'_>) -> Target {
        let resolver = self.resolver;
        let given = match self.arguments.get_at(resolver, "argument", 0) {
            Passed::Given(expression) => expression,
            Passed::Unknown => return Target::Unknown,
            Passed::Absent => return target_of_annotation(resolver, annotation, module, call),
        };
        let (Some(mut node), module) = (given.node(), &given.module) else { return Target::Unknown };
        while node.kind() == kind::LAMBDA {
            let Some(body) = node.field("body") else { return Target::Unknown };
            node = unparenthesized(&body);
        }
        if let Some(names) = dotted_name(&node) {
            if let Some(class) = self.class.filter(|_| is_class_of_function(&node, &names[..1])) {
                return match &names[1..] {
                    [] => class.at().map_or(Target::Unknown, |at| Target::Named(Referent::Class(at, Vec::new()))),
                    [attribute] => match named_by(resolver, class, attribute) {
                        Some(named) => Target::Named(named),
                        None => text_for(resolver, &Place::of(module, &node), &node, Some(class))
                            .map_or(Target::Unknown, Target::Text),
                    },
                    _ => Target::Unknown,
                };
            }
            let place = Place::of(module, &node);
            let named = named(resolver, &place, &names);
            if matches!(named, Referent::Class(..) | Referent::Made(..) | Referent::Outside(_)) {
                return Target::Named(named);
            }
            return text(resolver, &place, &node).map_or(Target::Named(named), Target::Text);
        }
        if node.kind() == kind::CALL
            && let Some(mapping) = declared::mapping(resolver, module, &node)
        {
            return Target::Named(mapping.class);
        }
        let text = string_content(&node).or_else(|| text_for(resolver, &Place::of(module, &node), &node, self.class));
        text.map_or(Target::Unknown, Target::Text)
    }
}

/// Whether a name is the first parameter of a function under `declared_attr`.
fn is_class_of_function(node: &Node<'_>, names: &[String]) -> bool {
    let first = definition_around(node).and_then(|function| first_parameter(&function));
    first.is_some_and(|first| names == [first.text()])
}

/// The class that the annotation alone names.
fn target_of_annotation(
    resolver: &Resolver<'_>,
    annotation: Option<&Annotation>,
    module: &Arc<Module>,
    call: &Node<'_>,
) -> Target {
    let Some((annotation, class)) = annotation.and_then(|annotation| Some((annotation, annotation.class.as_ref()?)))
    else {
        return Target::Unknown;
    };
    // `Mapped["User"]` is looked for where the class stands first, then among all mapped classes
    match named(resolver, &Place::of(module, call), class) {
        Referent::Class(at, rest) if rest.is_empty() => Target::Named(Referent::Class(at, rest)),
        _ if annotation.is_string || class.len() == 1 => Target::Text(class.join(".")),
        other => Target::Named(other),
    }
}

/// What a backref gives to the other side.
fn backref_arguments(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>) -> Arguments {
    let given = Arguments::of_call(module, call);
    let Passed::Given(backref) = given.get(resolver, "backref") else { return given };
    let Some(pair) = backref.node().filter(|node| node.kind() == kind::TUPLE) else { return given };
    let mut arguments = Arguments::default();
    if let Some(dictionary) = pair.parts().nth(1) {
        arguments.add(&backref.module, &dictionary);
    }
    arguments
}

/// Who has the relationship that stands at a place.
pub(super) fn owner(resolver: &Resolver<'_>, module: &Arc<Module>, place: Option<&statement::Stands<'_>>) -> Declaring {
    match place.map(|place| &place.owner) {
        Some(Owner::Body(class)) => Declaring::Class(Referent::Class(module.location(&class.range()), Vec::new())),
        Some(Owner::Name(node)) => {
            let names = dotted_name(node).unwrap_or_default();
            Declaring::Class(named(resolver, &Place::of(module, node), &names))
        }
        Some(Owner::Mapper(call)) => declared::mapping(resolver, module, call)
            .map_or(Declaring::Unknown, |mapping| Declaring::Mapping(Box::new(mapping))),
        Some(Owner::Unknown) | None => Declaring::Unknown,
    }
}

/// Whether names lead to what an expression gives, as in `Users = list["User"]`.
fn is_type_alias(resolver: &Resolver<'_>, module: &Arc<Module>, call: &Node<'_>, names: &[String]) -> bool {
    let resolutions = resolver.follow(&Place::of(module, call), names, &Effort::for_callee());
    let is_expression = |bound: &BindingKind| matches!(bound, BindingKind::Expression | BindingKind::Opaque(_));
    resolutions.iter().any(|resolution| match resolution {
        Resolution::Bound(found) => found.rest.is_empty() && is_expression(&found.binding().kind),
        _ => false,
    })
}

/// Whether a name is a parameter of a function: it can be None.
fn is_parameter(resolver: &Resolver<'_>, module: &Arc<Module>, node: &Node<'_>) -> bool {
    let Some(names) = dotted_name(node) else { return false };
    let resolutions = resolver.follow(&Place::of(module, node), &names, &Effort::for_callee());
    resolutions.iter().any(|resolution| match resolution {
        Resolution::Bound(found) => matches!(found.binding().kind, BindingKind::Parameter(_)),
        _ => false,
    })
}

fn one_line(node: &Node<'_>) -> String {
    node.text().split_whitespace().collect::<Vec<_>>().join(" ")
}
