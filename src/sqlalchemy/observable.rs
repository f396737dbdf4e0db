//! What code can do that notices an option.

use serde::Deserialize;

use crate::sqlalchemy::cascade::CascadeOption;

/// What code can do that notices a cascade option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observable {
    /// `session.expunge(obj)`, or a library is told to call it.
    Expunge,
    /// `session.refresh(obj)` or `session.expire(obj)` without names of attributes, or a library calls it.
    Refresh,
    /// `session.merge(obj)`.
    Merge,
}

impl Observable {
    /// All of them.
    pub const ALL: [Observable; 3] = [Self::Refresh, Self::Merge, Self::Expunge];
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Where a text that can't be parsed has the word for it, if that is one of a kind: an offset in bytes.
    pub fn word_in(self, text: &str) -> Option<usize> {
        (self == Self::Expunge).then(|| text.find("expunge"))?
    }

    /// The option that it notices.
    pub fn option(self) -> CascadeOption {
        match self {
            Self::Expunge => CascadeOption::Expunge,
            Self::Refresh => CascadeOption::RefreshExpire,
            Self::Merge => CascadeOption::Merge,
        }
    }
}
