//! An attribute of a class goes in; what it can be comes out: a constant of the body, or a member of an Enum.

use super::Resolver;
use super::effort::Effort;
use super::names::{End, Found};
use super::place::Place;
use super::reason::Reason;
use super::value::{Step, Value};
use crate::module::Target;
use crate::python::PyValue;
use crate::syntax::{Node, dotted_name, string_content};

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
    pub(super) fn member_value(&self, class: &Found, step: &Step, effort: &Effort) -> Result<Value, Reason> {
        let (names, shown) = (&class.rest, format!("{}.{}", class.name(), class.rest.join(".")));
        let kind = self.enum_kind(class, effort);
        let is_value = names.len() == 2 && names[1] == "value" && kind.is_some();
        if names.len() > 1 && !is_value && kind.is_some() {
            return Err(Reason::about(&shown, "is an attribute of an Enum's member"));
        }
        let wanted = if is_value { &names[..1] } else { names.as_slice() };
        let mut value = Value::default();
        for end in self.class_member(class, wanted, effort) {
            let End::Bound(found) = end else {
                return Err(Reason::about(&shown, "is not defined in this repository"));
            };
            let class_name = Some(class.name().to_owned());
            value = value.or(self.bound_value(&found, &step.mention, class_name, effort)?);
        }
        for step in value.alternatives.iter_mut().filter_map(|alternative| alternative.steps.first_mut()) {
            step.enumeration = kind.map(|_| class.location());
        }
        match kind {
            Some(EnumKind::Plain) if !is_value => value
                .map(|_| Some(PyValue::Opaque("Enum")))
                .ok_or_else(|| Reason::about(&shown, "is a member of an Enum")),
            _ => Ok(value),
        }
    }

    /// `Cascade["ALL"]` and `Cascade["ALL"].value` of an Enum.
    pub(super) fn enum_item(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<Result<Value, Reason>> {
        let (subscript, attribute) = match &*node.kind() {
            "attribute" => (node.field("object")?, Some(node.field("attribute")?.text().into_owned())),
            _ => (node.clone(), None),
        };
        let mut names = dotted_name(&subscript.field("value")?)?;
        names.push(string_content(&subscript.field("subscript")?)?);
        names.extend(attribute);
        let mention = place.module.location(&node.range());
        self.follow(place, &names, effort).into_iter().find_map(|end| match end {
            End::Bound(found) if self.enum_kind(&found, effort).is_some() => {
                Some(self.bound_value(&found, &mention, None, effort))
            }
            _ => None,
        })
    }

    /// What `Kind["OWN"]` of an Enum is bound to in its class.
    pub(super) fn enum_member(&self, place: &Place, subscript: &Node<'_>, effort: &Effort) -> Vec<End> {
        let names = subscript.field("value").and_then(|class| dotted_name(&class));
        let key = subscript.field("subscript").and_then(|key| string_content(&key));
        let (Some(names), Some(key)) = (names, key) else { return Vec::new() };
        let classes = self.follow(place, &names, effort).into_iter().filter_map(|end| match end {
            End::Bound(class) if class.rest.is_empty() && self.is_enum(&class, effort) => Some(class),
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
        let Target::Class(bases) = &class.binding().target else { return None };
        let mut is_enum = false;
        let mut is_str = false;
        for base in bases {
            match base.last().map(String::as_str) {
                Some("Enum") => is_enum = true,
                Some("StrEnum") => (is_enum, is_str) = (true, true),
                Some("str") => is_str = true,
                _ => {
                    let ends = self.follow(&class.before(), base, effort);
                    let inherited = ends.into_iter().find_map(|end| match end {
                        End::Bound(base) => effort.deeper(|| self.enum_kind(&base, effort)).flatten(),
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
