//! A site, or a wrapper, goes in; the names that lead to its value come out, each with where it is bound.

use super::modules::{name_of_module, place_of_module};
use crate::module::{Location, Module, Occurrence, RegionKind, Whole};
use crate::policy::effective;
use crate::python::PyValue;
use crate::resolve::{Alternative, Step};
use crate::site::{Site, Wrapper};
use crate::sqlalchemy::cascade::CascadeOption;

/// A name to look for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) at: Location,
    pub(super) class: Option<String>,
    pub(super) is_local: bool,
    /// The class by whose objects it is read.
    pub(super) object: Option<Location>,
    /// Set where the name is that of the module or class that has the constant, and not of the constant itself.
    pub(super) whole: Option<Whole>,
}

impl Definition {
    pub(super) fn of_step(step: &Step) -> Vec<Self> {
        let named = |(name, at): (&String, &Location)| Self {
            name: name.clone(),
            at: at.clone(),
            class: step.class.clone(),
            is_local: step.function.is_some(),
            object: step.object.clone(),
            whole: None,
        };
        step.definitions().map(named).chain(Self::wholes_of(step)).collect()
    }

    /// A name that is bound at a location to what another occurrence refers to, and that name.
    pub(super) fn of_alias(module: &Module, at: &Location, value: &Occurrence) -> (String, Self) {
        let text = module.source.parser_text();
        let mut around = module.references().around(value);
        let is_named = |kind| matches!(kind, RegionKind::Function | RegionKind::Class);
        let around = around.find(|region| is_named(region.kind) && !region.name().is_empty());
        let is_class = around.is_some_and(|region| region.kind == RegionKind::Class);
        let definition = Self {
            name: text[at.range()].to_owned(),
            at: at.clone(),
            is_local: around.is_some() && !is_class,
            object: None,
            class: around.filter(|_| is_class).map(|class| text[class.name()].to_owned()),
            whole: None,
        };
        (definition.name.clone(), definition)
    }

    /// The definition of a module that imports all names of another one.
    pub(super) fn of_importer(module: &Module) -> Self {
        let stem = module.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Self {
            name: name_of_module(&module.path).or(stem).unwrap_or_default(),
            at: place_of_module(&module.path),
            class: None,
            is_local: false,
            object: None,
            whole: Some(Whole::Module),
        }
    }

    pub(super) fn of_wrapper(wrapper: &Wrapper) -> Self {
        Self {
            name: wrapper.name.clone(),
            at: wrapper.definition.clone(),
            class: wrapper.class.clone(),
            is_local: false,
            object: None,
            whole: None,
        }
    }

    /// What the constant of a step can be reached by way of.
    fn wholes_of(step: &Step) -> Vec<Self> {
        let whole = |name: &str, at: &Location, whole: Whole| Self {
            name: name.to_owned(),
            at: at.clone(),
            class: None,
            is_local: false,
            object: None,
            whole: Some(whole),
        };
        match (&step.enumeration, &step.holder) {
            (Some(at), _) => step.class.iter().map(|name| whole(name, at, Whole::Enumeration)).collect(),
            (None, Some(holder)) => {
                let kind = if holder.is_plain { Whole::PlainClass } else { Whole::Class };
                vec![whole(&holder.name, &holder.at, kind)]
            }
            (None, None) if step.function.is_some() => Vec::new(),
            (None, None) => {
                let name = name_of_module(&step.definition.path);
                let at = place_of_module(&step.definition.path);
                name.map(|name| whole(&name, &at, Whole::Module)).into_iter().collect()
            }
        }
    }
}

/// The places by which the constant of a step can be reached besides its own name.
pub fn wholes(step: &Step) -> Vec<(String, Location)> {
    Definition::wholes_of(step).into_iter().map(|whole| (whole.name, whole.at)).collect()
}

/// The names that are followed to a value which can't stay as it is, or which the objects of a subclass can have otherwise.
pub(super) fn names(site: &Site) -> Vec<Definition> {
    let Ok(value) = &site.value else { return Vec::new() };
    let can_be_hazard = |value: &PyValue| {
        // a list may be changed after it was made
        matches!(value, PyValue::Collection(..)) || effective(value, false).contains(CascadeOption::RefreshExpire)
    };
    let is_sought = |one: &Alternative| can_be_hazard(&one.value) || !one.dependencies.is_empty();
    let has_hazards = value.alternatives.iter().any(is_sought);
    let of_values = value.alternatives.iter().flat_map(|one| {
        let is_sought = is_sought(one);
        one.steps.iter().chain(&one.dependencies).map(move |step| (step, is_sought))
    });
    let of_dictionaries = site.recipients.iter().flat_map(|given| &given.steps).map(|step| (step, has_hazards));
    let steps = of_values.chain(of_dictionaries).filter(|(step, is_sought)| *is_sought || step.object.is_some());
    steps.flat_map(|(step, _)| Definition::of_step(step)).collect()
}
