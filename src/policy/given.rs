//! A value goes in; the set that it gives the relationship comes out, or what SQLAlchemy has against it.

use super::Judgement;
use crate::python::PyValue;
use crate::rules::{Code, Sets};
use crate::site::Site;
use crate::sqlalchemy::cascade::{self, CascadeError, CascadeOption, CascadeOptions};

/// What sqlmodel sets: `if rel_info.cascade_delete: rel_kwargs["cascade"] = "all, delete-orphan"`.
const CASCADE_DELETE: &str = "all, delete-orphan";

/// The set of one alternative of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    /// The effective set.
    pub options: CascadeOptions,
    /// What was written, where `viewonly=True` takes something of it away.
    pub written: CascadeOptions,
    /// What the way of writing is reported as, where refresh-expire is in the set.
    pub code: Code,
}

impl Given {
    /// What a value gives a site.
    ///
    /// # Errors
    /// SQLAlchemy, or sqlmodel, refuses it.
    pub fn of(site: &Site, value: &PyValue) -> Result<Self, Judgement> {
        if site.sets == Sets::CascadeDelete {
            return Ok(Self::new(site, of_flag(value)?, Code::Cas003));
        }
        let parsed = cascade::parse(value).map_err(|error| refused(value, &error))?;
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

fn of_flag(value: &PyValue) -> Result<CascadeOptions, Judgement> {
    match value {
        PyValue::None | PyValue::Bool(false) | PyValue::Int(0) => Ok(CascadeOptions::default()),
        PyValue::Bool(true) | PyValue::Int(_) => {
            let parsed = cascade::parse(&PyValue::Str(CASCADE_DELETE.to_owned()));
            Ok(parsed.map(|parsed| parsed.options).unwrap_or_default())
        }
        other => Err(Judgement::new(Code::Cas301, format!("`{}` is no flag", other.repr()))),
    }
}

fn refused(value: &PyValue, error: &CascadeError) -> Judgement {
    let help = match (value, error) {
        (_, CascadeError::InvalidOptions(_)) => nearest_value(value).map(|value| format!("did you mean {value}?")),
        (PyValue::Bool(false), _) => {
            Some("leave it out: the default is save-update, merge, which False meant before 2.0".to_owned())
        }
        _ => None,
    };
    Judgement { help, ..Judgement::new(Code::Cas201, error.to_string()) }
}

/// The whole value with each unknown option replaced by the nearest that exists, and `all` by what it is to be.
fn nearest_value(value: &PyValue) -> Option<String> {
    let names: Vec<&str> = match value {
        PyValue::Str(text) => cascade::split(text).into_iter().map(|range| &text[range]).collect(),
        PyValue::Collection(_, items) => items.iter().map(PyValue::as_str).collect::<Option<_>>()?,
        _ => return None,
    };
    let names: Option<Vec<_>> = names.into_iter().map(cascade::nearest_spelling).collect();
    let text = names?.join(", ");
    let meant = cascade::parse(&PyValue::Str(text.clone())).ok()?.options;
    if meant.contains(CascadeOption::RefreshExpire) {
        let list = meant.without(CascadeOption::RefreshExpire).without(CascadeOption::Expunge);
        return Some(format!("\"{list}\""));
    }
    Some(format!("\"{text}\""))
}
