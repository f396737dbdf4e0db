//! What a relationship is given goes in; whether `refresh(obj)` loads it again comes out: what a list with refresh-expire can do there.
//!
//! `testdata/loaders` has what SQLAlchemy itself does with each loader.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::python::PyValue;
use crate::resolve::Keyword;
use crate::site::{Keywords, Recipient};
use crate::sqlalchemy::Loader;

/// What a list with refresh-expire does to a related object that is read after `refresh(obj)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Hazard {
    /// It can be expired, and the read is a query: under asyncio it raises.
    Refresh,
    /// It is loaded again, or is not expired in the first place: another list changes the form alone.
    Form,
}

/// How the objects of a relationship come to be loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loading {
    /// With the object that has them, also by a refresh.
    Eager,
    /// Never: each read is a query that is written out, and nothing is kept.
    Unkept,
    /// When they are read, if at all.
    Later,
    /// It can't be told.
    Unknown,
}

impl Loading {
    fn of(given: &Recipient) -> Self {
        match &given.keywords.lazy {
            Keyword::Absent => Self::Later,
            Keyword::Given(lazy) => match Loader::of(lazy) {
                Some(Loader::Selectin | Loader::Subquery | Loader::Immediate) => Self::Eager,
                Some(Loader::Joined) => Self::joined(given),
                Some(Loader::Select | Loader::Raise | Loader::RaiseOnSql | Loader::Noload) => Self::Later,
                Some(Loader::Dynamic | Loader::WriteOnly) => Self::Unkept,
                None => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }

    /// A joined loader that leads to the same mapper again loads no deeper than `join_depth`, and not at all without one.
    fn joined(given: &Recipient) -> Self {
        let is_deep = matches!(given.keywords.join_depth, Keyword::Given(PyValue::Int(depth)) if depth > 0);
        let leads_back = given.relationship.as_ref().and_then(|known| known.is_recursive);
        if is_deep || leads_back == Some(false) { Self::Eager } else { Self::Unknown }
    }
}

/// Whether a refresh may load a relationship again, as far as its own loader goes.
pub(crate) fn may_be_eager(given: &Recipient) -> bool {
    matches!(Loading::of(given), Loading::Eager | Loading::Unknown)
}

/// Whether a refresh loads a relationship again.
pub(crate) fn is_eager(given: &Recipient) -> bool {
    Loading::of(given) == Loading::Eager
}

/// Whether nothing is loaded that could be expired.
pub(crate) fn is_unkept(keywords: &Keywords) -> bool {
    matches!(&keywords.lazy, Keyword::Given(lazy) if Loader::of(lazy).is_some_and(Loader::keeps_nothing))
}

/// What is known of how the relationships that get a value are loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// What refresh-expire can do there.
    pub hazard: Hazard,
    /// How they are loaded, in words, where that decides about it.
    how: Option<String>,
    /// What the list decides nevertheless.
    exceptions: &'static str,
}

impl Loaded {
    /// By what hands the value to them; `later` is a relationship by way of which a call comes to them, and that is not loaded with its
    /// object; `named` gives some of them in words.
    pub(crate) fn of(recipients: &[Recipient], later: Option<&str>, named: impl Fn(&[&Recipient]) -> String) -> Self {
        let of = |loading: Loading| recipients.iter().filter(|given| Loading::of(given) == loading).collect::<Vec<_>>();
        let (eager, unkept) = (of(Loading::Eager), of(Loading::Unkept));
        let is_eager = !eager.is_empty();
        if eager.len() + unkept.len() < recipients.len() {
            let formal: Vec<&Recipient> = eager.into_iter().chain(unkept).collect();
            let how =
                || format!("no read raises after refresh(obj) for {}, because of how it is loaded", named(&formal));
            return Self { hazard: Hazard::Refresh, how: (!formal.is_empty()).then(how), exceptions: "" };
        }
        if let Some(later) = later.filter(|_| is_eager) {
            let how = format!(
                "loaded eagerly ({}), but only when the object that has it is loaded: a call reaches that object over {later}, which is not \
                 loaded eagerly",
                spelled(&eager)
            );
            return Self { hazard: Hazard::Refresh, how: Some(how), exceptions: "" };
        }
        let eagerly = format!(
            "loaded eagerly ({}): it is read without error after refresh(obj), whatever the list",
            spelled(&eager)
        );
        let never = format!("{} keeps no objects that refresh(obj) could expire", spelled(&unkept));
        let how = [(is_eager, eagerly), (!unkept.is_empty(), never)];
        let how = how.into_iter().filter_map(|(holds, how)| holds.then_some(how)).collect::<Vec<_>>().join("; ");
        Self {
            hazard: Hazard::Form,
            how: Some(how),
            exceptions: if is_eager {
                "expire(obj), edits that are not saved, and rows that others changed"
            } else {
                "objects that are not saved"
            },
        }
    }

    /// In a sentence; `is_of_form` says that nothing else is changed.
    pub fn told(&self, is_of_form: bool) -> Option<String> {
        let how = self.how.as_ref()?;
        Some(match self.hazard == Hazard::Form && is_of_form {
            true => format!("{how}, so nothing but the form changes, except for {}", self.exceptions),
            false => how.clone(),
        })
    }
}

/// `lazy="selectin"`, or several of them.
fn spelled(recipients: &[&Recipient]) -> String {
    let spelling = |given: &&Recipient| match &given.keywords.lazy {
        Keyword::Given(PyValue::Str(name)) => format!("lazy=\"{name}\""),
        _ => "lazy=False".to_owned(),
    };
    recipients.iter().map(spelling).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}
