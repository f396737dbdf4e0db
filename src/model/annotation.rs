//! The annotation of an attribute goes in; which class it names and whether it is a collection come out.
//!
//! It follows `RelationshipProperty.declarative_scan` in `sqlalchemy/orm/relationships.py`.

use crate::syntax::{Node, Parts, Tree, dotted_name, kind, string_content, unparenthesized};

/// What an annotation says of a relationship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// What it is wrapped in.
    pub container: Container,
    /// Whether the attribute holds one object or several.
    pub multiplicity: Multiplicity,
    /// The class inside, as a dotted name; None where it is no name.
    pub class: Option<Vec<String>>,
    /// The class is given as a string.
    pub is_string: bool,
    /// As it is written.
    pub shown: String,
}

/// What a relationship's annotation is wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// `Mapped[…]` or `Relationship[…]`
    Mapped,
    /// `WriteOnlyMapped[…]` or `DynamicMapped[…]`
    Lazy,
    /// No container: SQLAlchemy 2.x takes it with `__allow_unmapped__` alone, sqlmodel always.
    Plain,
}

/// Whether an attribute holds one object or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Multiplicity {
    /// A collection that can be made.
    Collection,
    /// `Sequence[…]`, `dict[…]` and the like: SQLAlchemy needs a `collection_class` beside it.
    AbstractCollection,
    /// One object, unless a `collection_class` is given.
    Scalar,
    /// A generic type that is no collection: one object.
    NoCollection,
    /// A generic type, by the names that lead to it.
    Generic(Vec<String>),
    /// It can't be told.
    Unknown,
}

/// A type as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WrittenType {
    Name(Vec<String>),
    Text(String),
    Generic(Vec<String>, Vec<WrittenType>),
    Union(Vec<WrittenType>),
    None,
    Other,
}

const COLLECTIONS: [&str; 4] = ["list", "List", "set", "Set"];
/// SQLAlchemy makes none of these itself: they are abstract, or have no way to append.
const ABSTRACT: [&str; 17] = [
    "frozenset",
    "FrozenSet",
    "dict",
    "Dict",
    "deque",
    "Deque",
    "OrderedDict",
    "DefaultDict",
    "Collection",
    "Sequence",
    "MutableSequence",
    "AbstractSet",
    "MutableSet",
    "Mapping",
    "MutableMapping",
    "KeysView",
    "ValuesView",
];
const NO_COLLECTIONS: [&str; 4] = ["Iterable", "Iterator", "Generator", "Annotated"];

/// Whether a type of the name holds several objects.
pub fn is_collection(name: &str) -> bool {
    COLLECTIONS.contains(&name) || ABSTRACT.contains(&name)
}

impl Multiplicity {
    /// The multiplicity of a generic type with a name.
    pub fn of_generic(name: &str) -> Option<Self> {
        match name {
            _ if COLLECTIONS.contains(&name) => Some(Self::Collection),
            _ if ABSTRACT.contains(&name) => Some(Self::AbstractCollection),
            _ if NO_COLLECTIONS.contains(&name) => Some(Self::NoCollection),
            _ => None,
        }
    }
}

impl Annotation {
    /// Reads an annotation.
    pub fn of(node: &Node<'_>) -> Option<Self> {
        let shown = node.text().split_whitespace().collect::<Vec<_>>().join(" ");
        let mut written = WrittenType::of(node);
        if let WrittenType::Text(text) = &written {
            written = WrittenType::of_text(text);
        }
        let (container, inside) = match written {
            WrittenType::Generic(name, mut inside) if inside.len() == 1 => match name.last().map(String::as_str) {
                Some("Mapped" | "Relationship" | "RelationshipProperty") => (Container::Mapped, inside.remove(0)),
                Some("WriteOnlyMapped" | "DynamicMapped") => (Container::Lazy, inside.remove(0)),
                _ => (Container::Plain, WrittenType::Generic(name, inside)),
            },
            other => (Container::Plain, other),
        };
        let (multiplicity, class, is_string) = inside.without_none().read(container);
        Some(Self { container, multiplicity, class, is_string, shown })
    }
}

impl WrittenType {
    pub(crate) fn of(node: &Node<'_>) -> Self {
        let node = unparenthesized(node);
        let parts = || node.parts().collect::<Vec<_>>();
        match &*node.kind() {
            kind::TYPE => node.parts().next().map_or(Self::Other, |inner| Self::of(&inner)),
            kind::NONE => Self::None,
            kind::STRING => string_content(&node).map_or(Self::Other, Self::Text),
            kind::GENERIC_TYPE => match parts().as_slice() {
                [name, parameters] => Self::generic(name, &parameters.parts().collect::<Vec<_>>()),
                _ => Self::Other,
            },
            kind::SUBSCRIPT => match parts().split_first() {
                Some((name, parameters)) => Self::generic(name, parameters),
                None => Self::Other,
            },
            kind::BINARY_OPERATOR | kind::UNION_TYPE => Self::Union(parts().iter().map(Self::of).collect()),
            _ => dotted_name(&node).map_or(Self::Other, Self::Name),
        }
    }

    /// What stands in a string.
    pub(crate) fn of_text(text: &str) -> Self {
        let is_name = |part: &str| {
            part.chars().all(|c| c.is_alphanumeric() || c == '_') && !part.starts_with(|c: char| c.is_ascii_digit())
        };
        if text != "None" && text.split('.').all(|part| !part.is_empty() && is_name(part)) {
            return Self::Name(text.split('.').map(str::to_owned).collect());
        }
        let tree = Tree::parse(text.trim());
        let statement = tree.root().parts().next();
        let expression = statement.and_then(|statement| statement.parts().next());
        expression.map_or(Self::Other, |expression| Self::of(&expression))
    }

    fn generic(name: &Node<'_>, parameters: &[Node<'_>]) -> Self {
        let Some(name) = dotted_name(name) else { return Self::Other };
        let parameters: Vec<Self> = parameters.iter().map(Self::of).collect();
        match name.last().map(String::as_str) {
            Some("Optional" | "Union") => Self::Union(parameters),
            _ => Self::Generic(name, parameters),
        }
    }

    /// `Optional[X]`, `Union[X, None]` and `X | None` are X.
    fn without_none(self) -> Self {
        let Self::Union(parts) = self else { return self };
        let mut parts: Vec<Self> = parts.into_iter().filter(|part| *part != Self::None).collect();
        if parts.len() == 1 { parts.remove(0).without_none() } else { Self::Other }
    }

    fn read(self, container: Container) -> (Multiplicity, Option<Vec<String>>, bool) {
        match self {
            Self::Name(names) => (Multiplicity::Scalar, Some(names), false),
            Self::Text(text) => match Self::of_text(&text).without_none() {
                Self::Name(names) => (Multiplicity::Scalar, Some(names), true),
                // SQLAlchemy looks into no string inside of a container; without one it is evaluated before
                Self::Generic(name, inside) if container == Container::Plain => {
                    Self::Generic(name, inside).read(container)
                }
                _ => (Multiplicity::Scalar, None, true),
            },
            Self::Generic(name, inside) => {
                let is_mapping =
                    name.last().is_some_and(|name| name.to_lowercase().contains("dict") || name.contains("Mapping"));
                let of = if is_mapping { inside.into_iter().next_back() } else { inside.into_iter().next() };
                let (_, class, is_string) =
                    of.map_or((Multiplicity::Unknown, None, false), |of| of.without_none().read(container));
                let multiplicity =
                    name.last().and_then(|last| Multiplicity::of_generic(last)).unwrap_or(Multiplicity::Generic(name));
                (multiplicity, class, is_string)
            }
            Self::Union(_) | Self::None | Self::Other => (Multiplicity::Unknown, None, false),
        }
    }
}
