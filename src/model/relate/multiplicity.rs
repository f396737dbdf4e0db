//! What is written of a relationship goes in, with the direction of its join; whether it is a collection comes out.

use crate::model::annotation::{Annotation, Container, Multiplicity};
use crate::model::direction::RelationshipDirection;
use crate::model::join::ColumnName;
use crate::model::written::{Target, WrittenRelationship};
use crate::resolve::Passed;
use crate::sqlalchemy::{Direction, Loader};

impl RelationshipDirection {
    /// The direction of the other side.
    pub(super) fn reversed(self) -> Self {
        match self {
            Self::OneToMany => Self::ManyToOne,
            Self::ManyToOne => Self::OneToMany,
            Self::ManyToMany => Self::ManyToMany,
        }
    }

    pub(super) fn of(self, uselist: Option<bool>) -> Direction {
        match self {
            Self::OneToMany if uselist == Some(false) => Direction::OneToOne,
            Self::OneToMany => Direction::OneToMany,
            Self::ManyToOne => Direction::ManyToOne,
            Self::ManyToMany => Direction::ManyToMany,
        }
    }
}

impl WrittenRelationship {
    /// The names of classes that are looked up by name.
    pub(super) fn named_by_strings(&self) -> Vec<String> {
        let mut names = Vec::new();
        if let Target::Text(text) = &self.target {
            names.extend(text.trim().rsplit('.').next().map(str::to_owned));
        }
        let terms = match &self.primaryjoin {
            Passed::Given(comparisons) => comparisons.iter().flat_map(|(left, right)| [left, right]).collect(),
            _ => Vec::new(),
        };
        let of_arguments = [&self.foreign_keys, &self.remote_side].into_iter().filter_map(|argument| match argument {
            Passed::Given(columns) => Some(columns),
            _ => None,
        });
        let columns = terms.iter().filter_map(|term| term.column.as_ref()).chain(of_arguments.flatten());
        for column in columns {
            if let ColumnName::Text(path) = column {
                names.extend(path.iter().rev().nth(1).cloned());
            }
        }
        names
    }

    /// Whether the attribute is a collection: `RelationshipProperty` and its `declarative_scan`.
    pub(super) fn uselist(
        &self,
        is_backref: bool,
        direction: RelationshipDirection,
        annotation: Option<&(&Annotation, Multiplicity)>,
        evidence: &mut Vec<String>,
    ) -> Option<bool> {
        let given = if is_backref { &self.backref_uselist } else { &self.uselist };
        let by_direction = direction != RelationshipDirection::ManyToOne;
        if !is_backref
            && let Some((annotation, multiplicity)) =
                annotation.filter(|(annotation, _)| annotation.container != Container::Lazy)
        {
            match multiplicity {
                Multiplicity::Scalar if self.has_collection_class => {}
                Multiplicity::Scalar | Multiplicity::NoCollection => {
                    evidence.push(format!("`{}` is no collection", annotation.shown));
                    return Some(false);
                }
                Multiplicity::Unknown | Multiplicity::Generic(_) => return None,
                Multiplicity::Collection | Multiplicity::AbstractCollection => {}
            }
        }
        match given {
            Passed::Given(flag) => {
                evidence.push(format!("uselist={}", if *flag { "True" } else { "False" }));
                Some(*flag)
            }
            Passed::Absent => Some(by_direction),
            Passed::Unknown => None,
        }
    }

    /// Whether SQLAlchemy refuses the relationship when mappers are configured.
    pub(super) fn is_refused(
        &self,
        direction: RelationshipDirection,
        annotation: Option<&(&Annotation, Multiplicity)>,
    ) -> bool {
        let is_lazy = annotation.is_some_and(|(annotation, _)| annotation.container == Container::Lazy)
            || matches!(&self.lazy, Passed::Given(lazy) if Loader::named(lazy).is_some_and(Loader::keeps_nothing));
        let is_abstract = annotation.is_some_and(|(_, multiplicity)| *multiplicity == Multiplicity::AbstractCollection);
        is_lazy && direction == RelationshipDirection::ManyToOne || is_abstract && !self.has_collection_class
    }
}
