//! A site with its value goes in; the verdict comes out: which set to write instead, and why.
//!
//! What SQLAlchemy does with each option is documented at <https://docs.sqlalchemy.org/en/20/orm/cascades.html>.

use serde::Serialize;

use crate::cascade::{self, CascadeError, CascadeOption, CascadeOptions};
use crate::python::PyValue;
use crate::rules::{Code, Sets};
use crate::site::{Flag, Site};

/// Which list replaces an unsafe one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Profile {
    /// Drops refresh-expire, and expunge where nothing in the repository calls expunge(obj)
    #[default]
    Recommended,
    /// Drops refresh-expire alone
    Preserve,
}

/// Whether a fix may be applied unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// It changes nothing but what the diagnostic is about.
    Safe,
}

/// What is to be done at a site.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Nothing.
    Safe,
    /// Nothing: the calls of its function decide, and are sites of their own.
    HandedIn,
    /// Another set is to be written.
    Rewrite(Rewrite),
    /// A human has to look.
    Manual {
        /// The diagnostic.
        code: Code,
        /// What stands for `{reason}` in its message.
        reason: String,
        /// The effective set, where it is known.
        before: Option<CascadeOptions>,
        /// What to do, where that differs from the diagnostic's own help.
        help: Option<String>,
    },
}

/// One set in place of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewrite {
    /// The diagnostic.
    pub code: Code,
    /// The effective set now; where several are possible, what any of them has.
    pub before: CascadeOptions,
    /// The same afterwards.
    pub after: CascadeOptions,
    /// The effective set afterwards of each alternative of the value, in order; None where it stays as it is.
    pub each: Vec<Option<CascadeOptions>>,
    /// What speaks for the choice, in sentences.
    pub notes: Vec<String>,
}

/// What speaks for or against expunge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpungeUse<'a> {
    /// The repository calls expunge(obj), at `path:line`.
    Called(&'a str),
    /// It does not.
    Uncalled,
    /// The settings keep it.
    Kept,
    /// The settings drop it.
    Dropped,
}

/// Whether the verdict on the site depends on who calls `expunge(obj)`.
pub fn needs_expunge_call(site: &Site, profile: Profile) -> bool {
    match judge(site, profile, ExpungeUse::Called("")) {
        Verdict::Rewrite(kept) => profile == Profile::Recommended && kept.after.contains(CascadeOption::Expunge),
        _ => false,
    }
}

/// Decides about a site.
pub fn judge(site: &Site, profile: Profile, expunge: ExpungeUse<'_>) -> Verdict {
    if site.flag == Some(Flag::Overridden) {
        return Verdict::Safe;
    }
    let value = match &site.value {
        Ok(value) => value,
        Err(unknown) => {
            let (reason, help) = (unknown.reason.clone(), unknown.help.map(str::to_owned));
            return Verdict::Manual { code: Code::Cas301, reason, before: None, help };
        }
    };
    if value.alternatives.is_empty() {
        return Verdict::HandedIn;
    }
    let mut rewrite = Rewrite {
        code: Code::Cas001,
        before: CascadeOptions::default(),
        after: CascadeOptions::default(),
        each: Vec::new(),
        notes: Vec::new(),
    };
    for alternative in &value.alternatives {
        let verdict = judge_value(site, &alternative.value, profile, expunge);
        if matches!(verdict, Verdict::Manual { .. }) {
            return verdict;
        }
        rewrite.add(verdict, effective(&alternative.value, site.viewonly));
    }
    if rewrite.each.iter().all(Option::is_none) { Verdict::Safe } else { Verdict::Rewrite(rewrite) }
}

fn judge_value(site: &Site, value: &PyValue, profile: Profile, expunge: ExpungeUse<'_>) -> Verdict {
    if site.sets == Sets::CascadeDelete {
        return judge_flag(site, value, profile, expunge);
    }
    match cascade::parse(value) {
        Err(error) => refused(value, &error),
        Ok(parsed) => {
            let code = if parsed.has_all { Code::Cas001 } else { Code::Cas002 };
            hazard(code, parsed.options, site.viewonly, profile, expunge)
        }
    }
}

/// The effective set of a value.
pub fn effective(value: &PyValue, viewonly: bool) -> CascadeOptions {
    let options = cascade::parse(value).map(|parsed| parsed.options).unwrap_or_default();
    if viewonly { options.of_viewonly() } else { options }
}

impl Rewrite {
    /// Adds what is to be done with one alternative, which is `given` now.
    fn add(&mut self, verdict: Verdict, given: CascadeOptions) {
        match verdict {
            Verdict::Rewrite(one) => {
                let is_first = self.each.iter().all(Option::is_none);
                self.code = if is_first { one.code } else { self.code.min(one.code) };
                self.before = self.before.or(one.before);
                self.after = self.after.or(one.after);
                self.each.push(Some(one.after));
                for note in one.notes {
                    if !self.notes.contains(&note) {
                        self.notes.push(note);
                    }
                }
            }
            _ => {
                self.before = self.before.or(given);
                self.after = self.after.or(given);
                self.each.push(None);
            }
        }
    }
}

/// sqlmodel: `if rel_info.cascade_delete: rel_kwargs["cascade"] = "all, delete-orphan"`, unless overridden.
fn judge_flag(site: &Site, value: &PyValue, profile: Profile, expunge: ExpungeUse<'_>) -> Verdict {
    let is_set = match value {
        PyValue::None | PyValue::Bool(false) | PyValue::Int(0) => false,
        PyValue::Bool(true) | PyValue::Int(_) => true,
        other => {
            let reason = format!("`{}` is no flag", other.repr());
            return Verdict::Manual { code: Code::Cas301, reason, before: None, help: None };
        }
    };
    if !is_set {
        return Verdict::Safe;
    }
    let meant = cascade::parse(&PyValue::Str("all, delete-orphan".to_owned()));
    let before = meant.map(|parsed| parsed.options).unwrap_or_default();
    match (&site.flag, hazard(Code::Cas003, before, site.viewonly, profile, expunge)) {
        (Some(Flag::OutOfReach(reason)), Verdict::Rewrite(rewrite)) => Verdict::Manual {
            code: rewrite.code,
            reason: String::new(),
            before: Some(rewrite.before),
            help: Some(format!("{reason}; have it set \"cascade\": \"{}\"", rewrite.after)),
        },
        (_, verdict) => verdict,
    }
}

fn hazard(code: Code, given: CascadeOptions, viewonly: bool, profile: Profile, expunge: ExpungeUse<'_>) -> Verdict {
    let before = if viewonly { given.of_viewonly() } else { given };
    if !before.contains(CascadeOption::RefreshExpire) {
        return Verdict::Safe;
    }
    let mut after = before.without(CascadeOption::RefreshExpire);
    let mut notes = Vec::new();
    if viewonly && before != given {
        notes.push(
            "viewonly: SQLAlchemy 2.x keeps only merge, refresh-expire and expunge of the list, 1.4 refuses the others"
                .to_owned(),
        );
    }
    if profile == Profile::Recommended && after.contains(CascadeOption::Expunge) {
        let (is_kept, note) = match expunge {
            ExpungeUse::Called(place) => (true, format!("expunge is kept: {place} detaches objects with it")),
            ExpungeUse::Uncalled => {
                (false, "expunge is left out: nothing in the repository calls expunge(obj)".to_owned())
            }
            ExpungeUse::Kept => (true, "expunge is kept: the settings say so".to_owned()),
            ExpungeUse::Dropped => (false, "expunge is left out: the settings say so".to_owned()),
        };
        if !is_kept {
            after = after.without(CascadeOption::Expunge);
        }
        notes.push(note);
    }
    Verdict::Rewrite(Rewrite { code, before, after, each: Vec::new(), notes })
}

fn refused(value: &PyValue, error: &CascadeError) -> Verdict {
    let help = match (value, error) {
        (_, CascadeError::InvalidOptions(_)) => nearest_value(value).map(|value| format!("did you mean {value}?")),
        (PyValue::Bool(false), _) => {
            Some("leave it out: the default is save-update, merge, which False meant before 2.0".to_owned())
        }
        _ => None,
    };
    Verdict::Manual { code: Code::Cas201, reason: error.to_string(), before: None, help }
}

/// The whole value with each unknown option replaced by the nearest that exists.
fn nearest_value(value: &PyValue) -> Option<String> {
    let names: Vec<&str> = match value {
        PyValue::Str(text) => cascade::split(text).into_iter().map(|range| &text[range]).collect(),
        PyValue::Collection(_, items) => items
            .iter()
            .map(|item| if let PyValue::Str(text) = item { Some(text.as_str()) } else { None })
            .collect::<Option<_>>()?,
        _ => return None,
    };
    let names: Option<Vec<_>> = names.into_iter().map(cascade::nearest_spelling).collect();
    Some(format!("\"{}\"", names?.join(", ")))
}
