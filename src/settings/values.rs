//! The values of single settings: TOML goes in; what is valid comes out, or why it is not.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use clap::ValueEnum;
use ignore::gitignore::GitignoreBuilder;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::error::suggestion;
use crate::python::{CollectionKind, PyValue};
use crate::rules::Code;
use crate::rules::UnknownDiagnostic;
use crate::selection;
use crate::sqlalchemy::SqlalchemyVersion;
use crate::sqlalchemy::cascade::{self, CascadeError, CascadeOptions, OPTION_NAMES, Parsed};

/// A value and where it stands in the file.
#[derive(Debug, Deserialize)]
#[serde(transparent, bound = "T: Deserialize<'de>")]
pub(super) struct Located<T>(Spanned<T>);

impl<T> Located<T> {
    /// The offset of its first byte.
    pub fn start(&self) -> usize {
        self.0.span().start
    }

    pub fn value(&self) -> &T {
        self.0.get_ref()
    }

    pub fn into_inner(self) -> T {
        self.0.into_inner()
    }

    pub fn map<U>(self, to: impl FnOnce(T) -> U) -> Located<U> {
        let span = self.0.span();
        Located(Spanned::new(span, to(self.0.into_inner())))
    }
}

/// By place: the keys of a table stay in the order of writing.
impl<T> Ord for Located<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.start().cmp(&other.start())
    }
}

impl<T> PartialOrd for Located<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Located<T> {}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
    }
}

/// What a string stands for. An error says where the string is, which serde's `try_from` would lose in a list.
#[derive(Debug)]
pub(super) struct Text<T>(pub T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parser<T>(PhantomData<T>);
        impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Parser<T> {
            type Value = Text<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<T>, E> {
                text.parse().map(Text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Parser(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Text<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A value by the name that it has on the command line too.
#[derive(Debug)]
pub(super) struct Named<T>(pub T);

impl<T: ValueEnum> FromStr for Named<T> {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, String> {
        T::from_str(given, false).map(Self).map_err(|_| {
            let names: Vec<String> = T::value_variants().iter().map(name_of).collect();
            let nearest = suggestion(given, names.iter().map(String::as_str));
            format!("`{given}` is none of {}{nearest}", names.join(", "))
        })
    }
}

/// What a value is called on the command line and in settings.
pub fn name_of<T: ValueEnum>(value: &T) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

impl<T: ValueEnum> JsonSchema for Named<T> {
    fn schema_name() -> Cow<'static, str> {
        std::any::type_name::<T>().rsplit("::").next().unwrap_or_default().into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let values = T::value_variants().iter().filter_map(T::to_possible_value);
        let each = values.map(|value| {
            let help = value.get_help().map(ToString::to_string).unwrap_or_default();
            json_schema!({ "const": value.get_name(), "description": help })
        });
        json_schema!({ "oneOf": each.collect::<Vec<_>>() })
    }
}

/// A diagnostic's code, or a prefix of codes.
#[derive(Debug)]
pub(super) struct CodePrefix {
    pub name: String,
    pub codes: Vec<Code>,
}

/// A list of codes in the file.
pub(super) type Codes = Vec<Located<Text<CodePrefix>>>;

/// The codes and their prefixes by name, for editors to complete.
impl JsonSchema for CodePrefix {
    fn schema_name() -> Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        /// `CAS`
        const LETTERS: usize = 3;
        let prefixes = |code: Code| (LETTERS..=code.as_str().len()).map(move |end| &code.as_str()[..end]);
        let names: BTreeSet<&str> = Code::ALL.into_iter().flat_map(prefixes).collect();
        json_schema!({ "enum": names })
    }
}

impl FromStr for CodePrefix {
    type Err = UnknownDiagnostic;

    fn from_str(name: &str) -> Result<Self, UnknownDiagnostic> {
        Ok(Self { name: name.to_owned(), codes: selection::named(&[name.to_owned()])? })
    }
}

/// A glob as in `.gitignore`.
#[derive(Debug, JsonSchema)]
#[schemars(extend("minLength" = 1))]
pub(super) struct Glob(pub String);

impl FromStr for Glob {
    type Err = String;

    fn from_str(glob: &str) -> Result<Self, String> {
        let mut builder = GitignoreBuilder::new("");
        let built = builder.add_line(None, glob).and_then(|builder| builder.build());
        match built {
            Ok(matcher) if matcher.is_empty() => Err(format!("`{glob}` matches nothing; it is blank or a comment")),
            Ok(_) => Ok(Self(glob.to_owned())),
            Err(error) => Err(format!("`{glob}` is no glob: {error}")),
        }
    }
}

/// Where a function is defined: `package.module.function`.
#[derive(Debug, JsonSchema)]
#[schemars(extend("pattern" = r"^[^\s\d.()][^\s.()]*(\.[^\s\d.()][^\s.()]*)+$"))]
pub(super) struct QualifiedName(pub String);

impl FromStr for QualifiedName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let is_identifier = |part: &str| {
            !part.starts_with(|c: char| c.is_ascii_digit())
                && !part.is_empty()
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        };
        match name.contains('.') && name.split('.').all(is_identifier) {
            true => Ok(Self(name.to_owned())),
            false => Err(format!("`{name}` is no fully qualified name; give the module too, as in `app.orm.children`")),
        }
    }
}

/// As ruff has it.
#[derive(Debug, JsonSchema)]
#[schemars(extend("minimum" = LineLength::FEWEST, "maximum" = LineLength::MOST))]
pub(super) struct LineLength(pub usize);

impl LineLength {
    const FEWEST: usize = 1;
    const MOST: usize = 320;
}

impl<'de> Deserialize<'de> for LineLength {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Columns;
        impl Visitor<'_> for Columns {
            type Value = usize;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a number from {} to {}", LineLength::FEWEST, LineLength::MOST)
            }

            fn visit_i64<E: Error>(self, given: i64) -> Result<usize, E> {
                let is_length = |length: &usize| (LineLength::FEWEST..=LineLength::MOST).contains(length);
                let length = usize::try_from(given).ok().filter(is_length);
                length.ok_or_else(|| E::invalid_value(Unexpected::Signed(given), &self))
            }
        }
        deserializer.deserialize_i64(Columns).map(Self)
    }
}

impl JsonSchema for SqlalchemyVersion {
    fn schema_name() -> Cow<'static, str> {
        "SqlalchemyVersion".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^[0-9]+\.[0-9]+[.0-9A-Za-z]*$" })
    }
}

/// A cascade to write: a string as in SQLAlchemy, or the options in a list.
#[derive(Debug)]
pub(super) struct Cascades(pub CascadeOptions);

/// An option of such a cascade, by a name that SQLAlchemy knows.
struct OptionName(String);

/// Those that no cascade to write has, and why.
const UNSAFE: [(&str, &str); 2] = [
    ("all", "`all` includes refresh-expire, which no list that is written has; list the other options"),
    ("refresh-expire", "`refresh-expire` is in no list that is written; leave it out"),
];

impl Cascades {
    fn of(names: Vec<OptionName>) -> Result<Self, String> {
        let parsed = parsed(names)?;
        parsed.warning.map_or(Ok(Self(parsed.options)), |warning| Err(warning.to_owned()))
    }
}

impl FromStr for Cascades {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = cascade::split(text).into_iter().map(|range| text[range].parse());
        Self::of(names.collect::<Result<_, _>>()?)
    }
}

impl FromStr for OptionName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let named = || Self(name.to_owned());
        parsed(vec![named()])?;
        match UNSAFE.iter().find(|(option, _)| *option == name) {
            Some((_, why)) => Err((*why).to_owned()),
            None => Ok(named()),
        }
    }
}

fn parsed(names: Vec<OptionName>) -> Result<Parsed, String> {
    let names = names.into_iter().map(|name| PyValue::Str(name.0)).collect();
    cascade::parse(&PyValue::Collection(CollectionKind::List, names)).map_err(|error| refused(&error))
}

fn refused(error: &CascadeError) -> String {
    let CascadeError::InvalidOptions(options) = error else { return error.to_string() };
    let given = options.first().and_then(PyValue::as_str).unwrap_or_default();
    let advice = match cascade::nearest_spelling(given) {
        Some(several) if several == given => "; let each have an element of its own".to_owned(),
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None => String::new(),
    };
    format!("`{given}` is no cascade option{advice}")
}

impl<'de> Deserialize<'de> for Cascades {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StringOrList;
        impl<'de> Visitor<'de> for StringOrList {
            type Value = Cascades;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string such as \"save-update, merge\", or a list of such options")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Cascades, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Cascades, A::Error> {
                let mut names = Vec::new();
                while let Some(Text(name)) = list.next_element()? {
                    names.push(name);
                }
                Cascades::of(names).map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_any(StringOrList)
    }
}

impl JsonSchema for Cascades {
    fn schema_name() -> Cow<'static, str> {
        "Cascades".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let is_safe = |name: &&str| UNSAFE.iter().all(|(option, _)| option != name);
        let names: Vec<&str> = OPTION_NAMES.into_iter().filter(is_safe).collect();
        let any = names.join("|");
        json_schema!({
            "oneOf": [
                {
                    "type": "string",
                    "description": "As SQLAlchemy takes it, such as `save-update, merge`",
                    "pattern": format!(r"^(({any})(\s*,\s*({any}))*)?$")
                },
                { "type": "array", "items": { "enum": names } }
            ]
        })
    }
}
