//! A class's name goes in; the name of its table comes out, as the base class makes it.

use super::declared::Base;
use crate::module::Location;

/// How a base class names the tables of classes that don't do it themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// `BlogPost` is `blog_post`: flask-sqlalchemy, advanced-alchemy.
    Snake,
    /// `BlogPost` is `blogpost`: sqlmodel.
    Lower,
}

/// What a class says of its table's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableNaming {
    /// The name itself.
    Given(String),
    /// What a function or lambda makes of the class.
    Computed(Location),
    /// `None`: it has no table of its own.
    Nothing,
    /// It can't be told.
    Unknown,
}

impl Naming {
    /// The base class that a call made, or an attribute of what it made.
    pub(super) fn of_made(callee: &[String], rest: &[String]) -> Base {
        match (callee.last().map(String::as_str), rest) {
            (_, [model]) if model == "Model" => Base::Declarative(Some(Self::Snake)),
            (Some("declarative_base" | "automap_base" | "generate_base" | "as_declarative"), []) => {
                Base::Declarative(None)
            }
            (_, [base]) if base == "Base" => Base::Declarative(None),
            (Some("namedtuple" | "NewType" | "TypeVar"), _) => Base::Other,
            _ => Base::Unknown(format!("{}()", callee.join("."))),
        }
    }

    /// A class of another library.
    pub(super) fn of_outside(path: &[String]) -> Base {
        let (package, name) = (path.first().map_or("", String::as_str), path.last().map_or("", String::as_str));
        match (package, name) {
            ("sqlmodel", "SQLModel") => Base::Declarative(Some(Self::Lower)),
            ("flask_sqlalchemy", "Model") => Base::Root,
            ("flask_sqlalchemy" | "advanced_alchemy", _) => Base::Declarative(Some(Self::Snake)),
            ("litestar", _) if path.iter().any(|part| part == "sqlalchemy") => Base::Declarative(Some(Self::Snake)),
            ("sqlalchemy", name) if is_root(name) => Base::Root,
            ("sqlalchemy", _) => Base::Declarative(None),
            ("abc" | "collections" | "dataclasses" | "enum" | "typing" | "typing_extensions" | "pydantic", _) => {
                Base::Other
            }
            _ => Base::Foreign(name.to_owned()),
        }
    }

    /// A name that can't be followed to its end.
    pub(super) fn of_unknown(names: &[String]) -> Base {
        match names {
            [name] if matches!(name.as_str(), "object" | "dict" | "str" | "int" | "Exception" | "type") => Base::Other,
            [.., name] if is_root(name) => Base::Root,
            [_, .., model] if model == "Model" => Base::Declarative(Some(Self::Snake)),
            _ => Base::Unknown(names.join(".")),
        }
    }

    /// The table's name.
    fn apply(self, class: &str) -> String {
        match self {
            Self::Lower => class.to_lowercase(),
            Self::Snake => snake(class),
        }
    }
}

/// Whether the direct subclasses of a class of SQLAlchemy with the name are base classes.
fn is_root(name: &str) -> bool {
    matches!(name, "DeclarativeBase" | "DeclarativeBaseNoMeta")
}

/// `camel_to_snake_case` of flask-sqlalchemy: an underscore before a capital behind a small letter or a digit, and before one with a
/// small letter behind it.
fn snake(class: &str) -> String {
    let chars: Vec<char> = class.chars().collect();
    let mut out = String::new();
    for (index, c) in chars.iter().enumerate() {
        let after_small = index > 0 && (chars[index - 1].is_ascii_lowercase() || chars[index - 1].is_ascii_digit());
        let before_small = index > 0 && chars.get(index + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (after_small || before_small) {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out.trim_start_matches('_').to_owned()
}

/// The name that a base class gives the table of a class.
pub(super) fn table_name(naming: Naming, class: &str) -> String {
    naming.apply(class)
}

/// Whether a table's name is one that base classes make of a class's name: small letters, with underscores or without, singular or
/// plural.
pub(super) fn is_name_for(table: &str, class: &str) -> bool {
    let is_form = |singular: &str| {
        let plural = match singular.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None => format!("{singular}es"),
        };
        table == singular || table == plural || table.strip_suffix('s') == Some(singular)
    };
    is_form(&class.to_lowercase()) || is_form(&snake(class))
}
