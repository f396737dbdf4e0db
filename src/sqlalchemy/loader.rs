//! The loaders that a relationship can be given beside its cascade.

/// The loaders that keep no objects, each with the annotation that stands for it.
const UNKEPT: [(&str, &str); 2] = [("write_only", "WriteOnlyMapped"), ("dynamic", "DynamicMapped")];

/// Whether a loader keeps none of the objects that it reads, by its name.
pub fn keeps_nothing(loader: &str) -> bool {
    UNKEPT.iter().any(|(name, _)| *name == loader)
}

/// The loader that keeps no objects which an annotation stands for.
pub fn unkept_by(annotation: &str) -> Option<&'static str> {
    UNKEPT.iter().find(|(_, word)| annotation.contains(word)).map(|(name, _)| *name)
}

/// A loader that can be added to a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Lazy {
    /// A read of what is not loaded raises
    Raise,
    /// A read of what is not loaded raises where it needs a query
    RaiseOnSql,
    /// What is related is loaded with the parent, by one more query
    Selectin,
}

impl Lazy {
    /// As SQLAlchemy spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raise => "raise",
            Self::RaiseOnSql => "raise_on_sql",
            Self::Selectin => "selectin",
        }
    }

    /// What it does to a relationship, in a sentence.
    pub fn note(self) -> String {
        let effect = match self {
            Self::Raise => "a read of what is not loaded raises",
            Self::RaiseOnSql => "a read of what is not loaded raises where it needs a query",
            Self::Selectin => "what is related is loaded with the parent, by one more query",
        };
        format!("lazy=\"{}\" is added, which is why this is unsafe: {effect}", self.name())
    }

    /// Whether it raises where something is not loaded.
    pub fn raises(self) -> bool {
        self != Self::Selectin
    }
}
