//! What a call can give under a name goes in; what the relationship gets comes out.

use super::arguments::Possible;
use super::reason::Reason;
use crate::python::PyValue;

/// An argument that a call has or has not.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Keyword {
    /// The call has it not.
    Absent,
    /// The call has it, with this value alone.
    Given(PyValue),
    /// It can be one of several values; None where it need not be given.
    OneOf(Vec<Option<PyValue>>),
    /// The call has it, and its value can't be known: which are known to be possible, and why, in words.
    Unread(Vec<PyValue>, Reason),
    /// Nothing says that the call has it, or that it has not.
    #[default]
    Unknown,
}

impl Keyword {
    /// Sums up everything that an argument of a call can be.
    pub(super) fn of(possible: &Possible) -> Self {
        let known = possible.values.iter().filter_map(|value| value.as_ref().ok());
        let mut values: Vec<PyValue> = Vec::new();
        for alternative in known.clone().flat_map(|value| &value.alternatives) {
            if !values.contains(&alternative.value) {
                values.push(alternative.value.clone());
            }
        }
        let unread = possible.values.iter().find_map(|value| value.as_ref().err().cloned());
        let handed_in = known.clone().flat_map(|value| &value.arguments).next();
        let handed_in = handed_in.map(|argument| argument.why_unknown());
        match (unread.or(handed_in), &*values) {
            (Some(why), _) => Self::Unread(values, why),
            (None, []) if possible.is_open => Self::Unknown,
            (None, []) => Self::Absent,
            (None, [only]) if possible.is_certain => Self::Given(only.clone()),
            (None, _) => {
                let absent = (!possible.is_certain).then_some(None);
                Self::OneOf(values.into_iter().map(Some).chain(absent).collect())
            }
        }
    }

    /// Whether it is given with a string.
    pub fn is(&self, text: &str) -> bool {
        matches!(self, Self::Given(PyValue::Str(given)) if given == text)
    }

    /// Whether it is given, or may be, with a string.
    pub fn can_be(&self, text: &str) -> bool {
        let is_text = |value: &PyValue| value.as_str() == Some(text);
        self.values().any(is_text)
    }

    /// Whether a flag can be off.
    pub fn can_be_off(&self) -> bool {
        let need_not_be = matches!(self, Self::Absent) || matches!(self, Self::OneOf(values) if values.contains(&None));
        need_not_be || self.values().any(|value| !value.is_truthy())
    }

    /// Whether a flag is on; it is off where nothing says that it is given.
    ///
    /// # Errors
    /// Why that can't be known.
    pub fn is_on(&self) -> Result<bool, Reason> {
        let can_be_on = self.values().any(PyValue::is_truthy);
        match self {
            Self::Unread(_, why) => Err(why.clone()),
            _ if can_be_on && self.can_be_off() => Err("it need not be the same each time".into()),
            _ => Ok(can_be_on),
        }
    }

    /// Why it can't be known what is given.
    pub fn unread(&self) -> Option<&Reason> {
        if let Self::Unread(_, why) = self { Some(why) } else { None }
    }

    /// The values that are known to be possible.
    fn values(&self) -> impl Iterator<Item = &PyValue> {
        let (one, several, unread) = match self {
            Self::Given(value) => (Some(value), None, None),
            Self::OneOf(values) => (None, Some(values), None),
            Self::Unread(values, _) => (None, None, Some(values)),
            Self::Absent | Self::Unknown => (None, None, None),
        };
        one.into_iter().chain(several.into_iter().flatten().flatten()).chain(unread.into_iter().flatten())
    }

    /// The same where the call is looked at in another way.
    pub fn merge(&mut self, other: Self) {
        if *self != other {
            *self = Self::Unknown;
        }
    }
}
