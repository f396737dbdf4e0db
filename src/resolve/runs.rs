//! The node that is called goes in; what its call runs comes out: functions and classes of the repository, or who else.

use super::Resolver;
use super::effort::Effort;
use super::names::{Found, Resolution};
use super::place::Place;
use crate::module::BindingKind;
use crate::syntax::{Node, dotted_name};

/// What a call runs.
#[derive(Clone)]
pub enum Ran {
    /// A function, a lambda or a class of the repository.
    Own(Found),
    /// What is outside of it, by its fully qualified name; a name that nothing binds too.
    Outside(String),
    /// A parameter of the function or lambda around.
    Parameter(Found),
    /// It can't be told.
    Unknown,
}

impl Resolver<'_> {
    /// What the call of a node at a place can run; names that only hand on to others are followed.
    pub fn run_by(&self, place: &Place, function: &Node<'_>) -> Vec<Ran> {
        let effort = Effort::for_callee();
        if let Some(above) = self.method_above(place, function, &effort) {
            return above;
        }
        let Some(names) = dotted_name(function) else { return vec![Ran::Unknown] };
        if matches!(names[0].as_str(), "self" | "cls") && names.len() > 1 {
            let class = self.class_around(place, function, &effort);
            return class.map_or_else(|| vec![Ran::Unknown], |class| self.run_by_member(&class, &names[1..], &effort));
        }
        self.run_by_name(place, &names, &effort)
    }

    /// The method with the name that the objects of a class have, where the repository defines it.
    pub fn method(&self, class: &Found, name: &str) -> Vec<Found> {
        let members = self.class_member(class, &[name.to_owned()], &Effort::for_callee());
        let is_function = |found: &Found| matches!(found.binding().kind, BindingKind::Function(..));
        let bound = |resolution| if let Resolution::Bound(found) = resolution { Some(found) } else { None };
        members.into_iter().filter_map(bound).filter(is_function).collect()
    }

    fn run_by_name(&self, place: &Place, names: &[String], effort: &Effort) -> Vec<Ran> {
        let ran = |resolution| match resolution {
            Resolution::Bound(found) => {
                effort.deeper(|| self.run_by_bound(found, effort)).unwrap_or_else(|| vec![Ran::Unknown])
            }
            Resolution::Outside(path) => vec![Ran::Outside(path.join("."))],
            Resolution::Unbound => vec![Ran::Outside(names.join("."))],
            Resolution::Module(_) | Resolution::Unknown(_) => vec![Ran::Unknown],
        };
        self.follow(place, names, effort).into_iter().flat_map(ran).collect()
    }

    fn run_by_bound(&self, found: Found, effort: &Effort) -> Vec<Ran> {
        let rest = found.rest.clone();
        match &found.binding().kind {
            BindingKind::Alias(path) => {
                let names: Vec<String> = path.iter().chain(&rest).cloned().collect();
                self.run_by_name(&found.before(), &names, effort)
            }
            BindingKind::CallResult { callee, first_argument: Some(function) }
                if rest.is_empty() && callee.last().is_some_and(|name| name == "partial") =>
            {
                self.run_by_name(&found.before(), function, effort)
            }
            BindingKind::CallResult { callee, .. } if !rest.is_empty() => {
                let made = self.run_by_name(&found.before(), callee, effort);
                let ran = made.into_iter().flat_map(|made| match made {
                    Ran::Own(class) => self.run_by_member(&class, &rest, effort),
                    _ => vec![Ran::Unknown],
                });
                ran.collect()
            }
            BindingKind::Class(_) if !rest.is_empty() => self.run_by_member(&found, &rest, effort),
            BindingKind::Class(_) | BindingKind::Function(..) if rest.is_empty() => vec![Ran::Own(found)],
            BindingKind::Parameter(_) if rest.is_empty() => vec![Ran::Parameter(found)],
            BindingKind::Nothing => Vec::new(),
            _ => vec![Ran::Unknown],
        }
    }

    fn run_by_member(&self, class: &Found, names: &[String], effort: &Effort) -> Vec<Ran> {
        let members = self.class_member(class, names, effort).into_iter().flat_map(|resolution| match resolution {
            Resolution::Bound(found) => effort.deeper(|| self.run_by_bound(found, effort)).unwrap_or_default(),
            Resolution::Outside(path) => vec![Ran::Outside(path.join("."))],
            _ => vec![Ran::Unknown],
        });
        members.collect()
    }

    /// `super().__init__`, `super().method` and `Base.__init__` in a class: what its bases have.
    fn method_above(&self, place: &Place, function: &Node<'_>, effort: &Effort) -> Option<Vec<Ran>> {
        let (object, method) = (function.field("object")?, function.field("attribute")?);
        if object.field("function").is_none_or(|called| called.text() != "super") {
            let is_constructor = matches!(&*method.text(), "__init__" | "__new__");
            return is_constructor.then(|| Some(self.run_by_name(place, &dotted_name(&object)?, effort)))?;
        }
        let class = self.class_around(place, function, effort)?;
        let BindingKind::Class(bases) = &class.binding().kind else { return None };
        let of_base = |base: &Vec<String>| -> Vec<Ran> {
            let ran = self.run_by_name(&class.before(), base, effort).into_iter().flat_map(|ran| match ran {
                Ran::Own(base) if matches!(&*method.text(), "__init__" | "__new__") => vec![Ran::Own(base)],
                Ran::Own(base) => self.run_by_member(&base, &[method.text().into_owned()], effort),
                other => vec![other],
            });
            ran.collect()
        };
        Some(bases.iter().flat_map(of_base).collect())
    }
}
