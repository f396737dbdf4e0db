//! A version as it is written goes in; the numbers that decide what SQLAlchemy does come out.

use std::fmt;
use std::str::FromStr;

/// The version of SQLAlchemy that the code runs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SqlalchemyVersion {
    /// 2 of 2.0.44.
    pub major: u16,
    /// 0 of 2.0.44.
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
