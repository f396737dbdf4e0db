//! An attribute of a class goes in; what it can be comes out: a constant of the body, or a member of an Enum.

use super::Resolver;
use super::effort::Effort;
use super::names::{Found, Resolution};
use super::origin::Origins;
use super::place::Place;
use super::reason::Reason;
use super::value::Step;
use crate::module::BindingKind;
use crate::syntax::{Node, dotted_name, kind, string_content};

/// The kind of an Enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EnumKind {
    /// Its members are no strings.
    Plain,
    /// Its members are strings.
    Str,
}

impl Resolver<'_> {
    /// An attribute of a class: a constant in its body, or a member of an Enum.
    pub(super) fn member_origins(&self, class: &Found, step: &Step, effort: &Effort) -> Origins {
        let (names, shown) = (&class.rest, format!("{}.{}", class.name(), class.rest.join(".")));
        let kind = self.enum_kind(class, effort);
        let is_value = names.len() == 2 && names[1] == "value" && kind.is_some();
        if names.len() > 1 && !is_value && kind.is_some() {
            return Origins::unknown(Reason::about(&shown, "is an attribute of an Enum's member"));
        }
        let wanted = if is_value { &names[..1] } else { names.as_slice() };
        let members = self.class_member(class, wanted, effort).into_iter().map(|resolution| match resolution {
            Resolution::Bound(found) => {
                let class_name = Some(class.name().to_owned());
                effort.deeper(|| self.bound_origins(&found, &step.mention, class_name, effort)).unwrap_or_default()
            }
            _ => Origins::unknown(Reason::about(&shown, "is not defined in this repository")),
        });
        let mut origins = members.reduce(Origins::or).unwrap_or_default();
        for origin in &mut origins.all {
            origin.is_member |= kind == Some(EnumKind::Plain) && !is_value;
            if let Some(step) = origin.steps.first_mut() {
                step.enumeration = kind.map(|_| class.location());
            }
        }
        origins
    }

    /// `Cascade["ALL"]` and `Cascade["ALL"].value` of an Enum.
    pub(super) fn enum_item(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<Origins> {
        let (subscript, attribute) = match &*node.kind() {
            kind::ATTRIBUTE => (node.field("object")?, Some(node.field("attribute")?.text().into_owned())),
            _ => (node.clone(), None),
        };
        let mut names = dotted_name(&subscript.field("value")?)?;
        names.push(string_content(&subscript.field("subscript")?)?);
        names.extend(attribute);
        let mention = place.module.location(&node.range());
        self.follow(place, &names, effort).into_iter().find_map(|resolution| match resolution {
            Resolution::Bound(found) if self.enum_kind(&found, effort).is_some() => {
                Some(self.bound_origins(&found, &mention, None, effort))
            }
            _ => None,
        })
    }

    /// What `Kind["OWN"]` of an Enum is bound to in its class.
    pub(super) fn enum_member(&self, place: &Place, subscript: &Node<'_>, effort: &Effort) -> Vec<Resolution> {
        let names = subscript.field("value").and_then(|class| dotted_name(&class));
        let key = subscript.field("subscript").and_then(|key| string_content(&key));
        let (Some(names), Some(key)) = (names, key) else { return Vec::new() };
        let classes = self.follow(place, &names, effort).into_iter().filter_map(|resolution| match resolution {
            Resolution::Bound(class) if class.rest.is_empty() && self.is_enum(&class, effort) => Some(class),
            _ => None,
        });
        classes.flat_map(|class| self.class_member(&class, std::slice::from_ref(&key), effort)).collect()
    }

    /// Whether a class is an Enum.
    pub(super) fn is_enum(&self, class: &Found, effort: &Effort) -> bool {
        self.enum_kind(class, effort).is_some()
    }

    /// Whether a class is an Enum, and whether its members are strings.
    fn enum_kind(&self, class: &Found, effort: &Effort) -> Option<EnumKind> {
        let BindingKind::Class(bases) = &class.binding().kind else { return None };
        let mut is_enum = false;
        let mut is_str = false;
        for base in bases {
            match base.last().map(String::as_str) {
                Some("Enum") => is_enum = true,
                Some("StrEnum") => (is_enum, is_str) = (true, true),
                Some("str") => is_str = true,
                _ => {
                    let resolutions = self.follow(&class.before(), base, effort);
                    let inherited = resolutions.into_iter().find_map(|resolution| match resolution {
                        Resolution::Bound(base) => effort.deeper(|| self.enum_kind(&base, effort)).flatten(),
                        _ => None,
                    });
                    is_enum |= inherited.is_some();
                    is_str |= inherited == Some(EnumKind::Str);
                }
            }
        }
        is_enum.then_some(if is_str { EnumKind::Str } else { EnumKind::Plain })
    }
}
