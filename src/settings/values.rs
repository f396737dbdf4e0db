//! The values of single settings: TOML goes in; what is valid comes out, or why it is not.

use std::borrow::Cow;
use std::cmp::Ordering;
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
use crate::cascade::{self, CascadeError, CascadeOption, CascadeOptions, OPTION_NAMES};
use crate::python::{CollectionKind, PyValue};
use crate::rules::Code;
use crate::selection::{self, UnknownCode};

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

/// Whether the profile `recommended` keeps expunge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Expunge {
    /// Where the repository calls expunge(obj)
    #[default]
    Auto,
    /// Always
    Keep,
    /// Never
    Drop,
}

/// A diagnostic's code, or a prefix of codes.
#[derive(Debug, JsonSchema)]
#[schemars(extend("pattern" = "^[Cc][Aa]?[Ss]?[0-9]{0,3}$"))]
pub(super) struct CodePrefix {
    pub name: String,
    #[schemars(skip)]
    pub codes: Vec<Code>,
}

impl FromStr for CodePrefix {
    type Err = UnknownCode;

    fn from_str(name: &str) -> Result<Self, UnknownCode> {
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
#[schemars(extend("pattern" = r"^\w+(\.\w+)+$"))]
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

/// The version of SQLAlchemy that the code runs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(extend("pattern" = r"^[0-9]+\.[0-9]+"))]
pub struct SqlalchemyVersion {
    /// 2 of 2.0.44.
    #[schemars(skip)]
    pub major: u16,
    /// 0 of 2.0.44.
    #[schemars(skip)]
    pub minor: u16,
}

impl FromStr for SqlalchemyVersion {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let leading =
            |part: &str| part.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
        let is_version = given.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
        let mut parts = given.split('.');
        let (major, minor) = (parts.next().and_then(|part| part.parse().ok()), parts.next().and_then(leading));
        match (major, minor) {
            (Some(major), Some(minor)) if is_version => Ok(Self { major, minor }),
            _ => Err(format!("`{given}` is no version of SQLAlchemy, such as 1.4, 2.0 or 2.0.44")),
        }
    }
}

impl fmt::Display for SqlalchemyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A cascade to write: a string as in SQLAlchemy, or the options in a list.
#[derive(Debug)]
pub(super) struct Cascades(pub CascadeOptions);

impl Cascades {
    fn of(value: &PyValue) -> Result<Self, String> {
        let parsed = cascade::parse(value).map_err(|error| refused(&error))?;
        if parsed.options.contains(CascadeOption::RefreshExpire) {
            return Err("has refresh-expire, which is unsafe under asyncio; list the options without it".to_owned());
        }
        parsed.warning.map_or(Ok(Self(parsed.options)), |warning| Err(warning.to_owned()))
    }
}

fn refused(error: &CascadeError) -> String {
    let CascadeError::InvalidOptions(options) = error else { return error.to_string() };
    let given = options.first().and_then(PyValue::as_str).unwrap_or_default();
    let nearest = cascade::nearest_spelling(given).map(|name| format!("; did you mean `{name}`?"));
    format!("`{given}` is no cascade option{}", nearest.unwrap_or_default())
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
                Cascades::of(&PyValue::Str(text.to_owned())).map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Cascades, A::Error> {
                let mut options = Vec::new();
                while let Some(option) = list.next_element()? {
                    options.push(PyValue::Str(option));
                }
                Cascades::of(&PyValue::Collection(CollectionKind::List, options)).map_err(A::Error::custom)
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
        let names = OPTION_NAMES.into_iter().filter(|name| !matches!(*name, "all" | "refresh-expire"));
        json_schema!({
            "oneOf": [
                { "type": "string", "description": "As SQLAlchemy takes it, such as `save-update, merge`" },
                { "type": "array", "items": { "enum": names.collect::<Vec<_>>() } }
            ]
        })
    }
}
