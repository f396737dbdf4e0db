//! CAS201: a value that SQLAlchemy refuses. For a human, with the nearest value that it takes.

use super::{Check, Judge};
use crate::policy::{Judgement, NoSet};
use crate::python::PyValue;
use crate::rules::Code;
use crate::sqlalchemy::cascade::{self, CascadeError, CascadeOption};

pub(super) const CHECK: Check = Check {
    // where one of several values is refused
    needs_direction: |site, sets| site.value.as_ref().is_ok_and(|value| sets.len() < value.alternatives.len()),
    ..Check::of(Code::Cas201, Judge::NoSet(judge))
};

fn judge(no_set: &NoSet) -> Option<Judgement> {
    let NoSet::Invalid(value, error) = no_set else { return None };
    let help = match (value, error) {
        (_, CascadeError::InvalidOptions(_)) => nearest_value(value).map(|value| format!("did you mean {value}?")),
        (PyValue::Bool(false), _) => {
            Some("leave it out: the default is save-update, merge, which False meant before 2.0".to_owned())
        }
        _ => None,
    };
    Some(Judgement { help, ..Judgement::new(Code::Cas201, error.to_string()) })
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
