//! The statement that sets the cascade of a property goes in; its site comes out.

use super::Finder;
use super::sites::Sites;
use super::{around, is_hazardous, syntax_error};
use crate::resolve::shortened;
use crate::rules::{Rule, Spelling};
use crate::site::property::{AssignedObject, Tracer, imports_sqlalchemy, read_back};
use crate::site::{Site, Unknown};
use crate::syntax::{Node, kind, unparenthesized};

impl<'a> Finder<'a> {
    /// What may set a cascade on a relationship's property, and can't be followed.
    pub(super) fn site_of_unknown_assignment(
        &self,
        rule: &Rule<Spelling>,
        object: &Node<'_>,
        binding: &Node<'_>,
    ) -> Option<Site> {
        let traced = Tracer { resolver: self.resolver }.trace(self.module, object);
        let why = Unknown {
            reason: format!("`{}` may set one on `{}`", shortened(&around(binding).text()), object.text()),
            help: Some("check by hand whether it sets a cascade, and which"),
        };
        let at = self.module.location(&binding.range());
        (traced == AssignedObject::Property).then(|| Site::unknown(&rule.config.id, at, why))
    }

    /// Why a cascade that is set can't be changed alone.
    fn is_read_back(&self, read: &Node<'_>) -> Unknown {
        let line = self.module.source.position(read.range().start).shown_line();
        Unknown {
            reason: format!("line {line} reads it back"),
            help: Some("write the list by hand, and look at what is done with it there"),
        }
    }

    /// A cascade that is set on an object, which a rule of the user's need not name.
    pub(super) fn site_of_assignment(
        &self,
        rule: &Rule<Spelling>,
        object: Option<&Node<'_>>,
        binding: &Node<'_>,
        value: &Node<'_>,
        sites: &mut Sites,
    ) -> Option<Site> {
        let mut value = unparenthesized(value);
        // `one.cascade = other.cascade = value`
        while value.kind() == kind::ASSIGNMENT {
            value = unparenthesized(&value.field("right")?);
        }
        let traced = object
            .map_or(AssignedObject::Property, |object| Tracer { resolver: self.resolver }.trace(self.module, object));
        let evaluated = self.evaluated(&value, None, sites);
        let evaluated = match (traced, object) {
            (AssignedObject::Property, Some(object)) => {
                match read_back(object).filter(|_| evaluated.as_ref().is_ok_and(is_hazardous)) {
                    Some(read) => Err(self.is_read_back(&read)),
                    None => evaluated,
                }
            }
            (_, None) => evaluated,
            (AssignedObject::Unknown, Some(object))
                if evaluated.as_ref().is_ok_and(is_hazardous) && imports_sqlalchemy(self.module) =>
            {
                Err(Unknown {
                    reason: format!("`{}` can't be traced to a relationship", shortened(&object.text())),
                    help: Some("check by hand whether it is a relationship's property"),
                })
            }
            _ => return None,
        };
        let callee = "sqlalchemy.orm.RelationshipProperty.cascade".to_owned();
        let at = self.module.location(&value.range());
        let site = Site { value: evaluated, callee, ..Site::unknown(&rule.config.id, at, syntax_error()) };
        Some(Site { call: self.module.location(&binding.range()), ..site })
    }
}
