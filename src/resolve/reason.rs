//! Why something can't be known, as the chain of what leads there: a name, what a function returns. Its words come out in one place.

use std::fmt;

/// Why something can't be known. Shown, it completes "this cascade can't be known here: …".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reason {
    /// What leads to what can't be known, the outermost first.
    links: Vec<ReasonLink>,
    /// The name that the words are about, where they are about one.
    subject: Option<String>,
    /// Why the last link, or the expression itself, can't be known.
    words: String,
}

/// One step on the way to what can't be known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum ReasonLink {
    /// What a name is bound to.
    Name(String),
    /// What a function returns.
    Result(String),
}

impl Reason {
    /// "`name` …"
    pub(crate) fn about(name: &str, predicate: impl fmt::Display) -> Self {
        Self { subject: Some(name.to_owned()), ..Self::from(format!("`{name}` {predicate}")) }
    }

    /// No binding of a name is in reach.
    pub(super) fn unbound(name: &str) -> Self {
        Self { subject: Some(name.to_owned()), ..Self::from(format!("nothing in reach defines `{name}`")) }
    }

    /// The same reason with further links before its own, the outermost first.
    pub(super) fn behind(mut self, links: &[ReasonLink]) -> Self {
        self.links.splice(0..0, links.iter().cloned());
        self
    }

    /// The links that are told: of each kind the nearest to the end, so that a chain of any length is a line.
    fn told(&self) -> Vec<&ReasonLink> {
        let mut told: Vec<&ReasonLink> = Vec::new();
        for link in self.links.iter().rev() {
            let is_of_kind = |other: &&ReasonLink| std::mem::discriminant(*other) == std::mem::discriminant(link);
            let is_named = matches!(link, ReasonLink::Name(name) if self.subject.as_ref() == Some(name)
                || told.iter().any(|other| other.name() == name));
            if !is_named && !told.iter().any(is_of_kind) {
                told.insert(0, link);
            }
        }
        told
    }
}

impl ReasonLink {
    fn name(&self) -> &str {
        match self {
            Self::Name(name) | Self::Result(name) => name,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for link in self.told() {
            match link {
                ReasonLink::Name(name) => write!(f, "`{name}` can be anything: ")?,
                ReasonLink::Result(function) => write!(f, "what `{function}` returns can't be known: ")?,
            }
        }
        f.write_str(&self.words)
    }
}

impl From<String> for Reason {
    fn from(words: String) -> Self {
        Self { links: Vec::new(), subject: None, words }
    }
}

impl From<&str> for Reason {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}
