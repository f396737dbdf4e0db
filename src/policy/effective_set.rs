//! A value goes in; the set that it gives the relationship comes out, or what SQLAlchemy has against it.

use crate::python::PyValue;
use crate::rules::{Code, Sets};
use crate::site::{Site, Unknown};
use crate::sqlalchemy::cascade::{self, CascadeError, CascadeOption, CascadeOptions};

/// What sqlmodel sets: `if rel_info.cascade_delete: rel_kwargs["cascade"] = "all, delete-orphan"`.
const CASCADE_DELETE: &str = "all, delete-orphan";

/// The set of one alternative of a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EffectiveSet {
    /// The effective set.
    pub options: CascadeOptions,
    /// What was written, where `viewonly=True` takes something of it away.
    pub written: CascadeOptions,
    /// What the way of writing is reported as, where refresh-expire is in the set.
    pub code: Code,
}

/// Why there is no set.
#[derive(Debug, Clone)]
pub(crate) enum NoSet {
    /// The value can't be known.
    Unknown(Unknown),
    /// A value for sqlmodel's flag that is none.
    NoFlag(PyValue),
    /// SQLAlchemy raises an error on the value.
    Invalid(PyValue, CascadeError),
}

impl EffectiveSet {
    /// What a value gives a site.
    ///
    /// # Errors
    /// SQLAlchemy, or sqlmodel, refuses it.
    pub fn of(site: &Site, value: &PyValue) -> Result<Self, NoSet> {
        if site.sets == Sets::CascadeDelete {
            return Ok(Self::new(site, of_flag(value)?, Code::Cas003));
        }
        let parsed = cascade::parse(value).map_err(|error| NoSet::Invalid(value.clone(), error))?;
        Ok(Self::new(site, parsed.options, if parsed.has_all { Code::Cas001 } else { Code::Cas002 }))
    }

    fn new(site: &Site, written: CascadeOptions, code: Code) -> Self {
        Self { options: if site.viewonly { written.of_viewonly() } else { written }, written, code }
    }

    /// Whether refresh-expire is in the set.
    pub fn is_hazard(&self) -> bool {
        self.options.contains(CascadeOption::RefreshExpire)
    }

    /// Whether an option is in the set.
    pub fn has(&self, option: CascadeOption) -> bool {
        self.options.contains(option)
    }
}

/// The effective set of a value.
pub fn effective(value: &PyValue, viewonly: bool) -> CascadeOptions {
    let options = cascade::parse(value).map(|parsed| parsed.options).unwrap_or_default();
    if viewonly { options.of_viewonly() } else { options }
}

fn of_flag(value: &PyValue) -> Result<CascadeOptions, NoSet> {
    match value {
        PyValue::None | PyValue::Bool(false) | PyValue::Int(0) => Ok(CascadeOptions::default()),
        PyValue::Bool(true) | PyValue::Int(_) => {
            let parsed = cascade::parse(&PyValue::Str(CASCADE_DELETE.to_owned()));
            Ok(parsed.map(|parsed| parsed.options).unwrap_or_default())
        }
        other => Err(NoSet::NoFlag(other.clone())),
    }
}
