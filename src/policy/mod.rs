//! What a verdict on a site is, which options may stay in its set, and what a change of them means in words. The checks decide by it.
//!
//! What SQLAlchemy does with each option is documented at <https://docs.sqlalchemy.org/en/20/orm/cascades.html>.

mod effective_set;
mod kept;
mod loading;
pub(crate) mod notes;
mod reach;

use serde::Serialize;

use crate::module::Location;
use crate::profile::{Expunge, Profile, Targets};
use crate::reach::Reached;
use crate::repository::Places;
use crate::rules::Code;
use crate::selection::Selection;
use crate::settings::Setting;
use crate::site::{self, Flag, Keywords, Site};
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::Lazy;
use crate::sqlalchemy::Observable;
use crate::sqlalchemy::SqlalchemyVersion;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

pub(crate) use effective_set::effective;
pub(crate) use effective_set::{EffectiveSet, NoSet};
pub use loading::{Hazard, Loaded};
pub(crate) use loading::{is_eager, may_be_eager};
pub(crate) use notes::first_of;
pub use notes::{Note, NoteKind};

/// What is about refresh-expire.
const HAZARDS: [Code; 3] = [Code::Cas001, Code::Cas002, Code::Cas003];

/// What decides which list is written, besides the site.
pub struct Policy<'a> {
    /// The list.
    pub profile: Profile,
    /// The lists of one's own, by direction.
    pub targets: &'a Targets<Setting<CascadeOptions>>,
    /// Whether expunge is kept.
    pub expunge: Expunge,
    /// The loader to add; None adds none.
    pub lazy: Option<Lazy>,
    /// The list that someone chose for this very site.
    pub wanted: Option<CascadeOptions>,
    /// The codes to report.
    pub selection: &'a Selection,
    /// What the rest of the repository says.
    pub surroundings: &'a dyn Surroundings,
}

/// What the policy asks of the repository around a site.
pub trait Surroundings {
    /// The places that do what notices a cascade.
    fn places(&self, what: Observable) -> &Places;

    /// What notices that expunge goes at the site, besides calls in the repository.
    fn expunger(&self) -> Option<&Expunger>;

    /// Who expunges objects that lead to the site's relationships, where that was looked up.
    fn detached(&self) -> Option<&Reached>;

    /// Who refreshes or expires the objects of the site's relationships, where that was looked up.
    fn reached(&self) -> Option<&Reached>;

    /// A place as reports show it: `path:line:column`.
    fn shown(&self, location: &Location) -> String;

    /// The least SQLAlchemy that the code runs with, where that is known.
    fn version(&self) -> Option<SqlalchemyVersion>;
}

/// What notices that expunge cascades, in words that begin a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expunger {
    /// SQLAlchemy itself, for orphans: how an unsaved object that has the relationship comes to be expunged.
    Orphans(String),
    /// Something may that can't be looked at.
    Unread(String),
}

/// Whether a fix may be applied unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// It changes nothing but what the diagnostic is about.
    Safe,
    /// It changes something that can be noticed.
    Unsafe,
}

impl Applicability {
    /// That of two changes together.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Safe, Self::Safe) => Self::Safe,
            _ => Self::Unsafe,
        }
    }
}

/// What is to be done at a site.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Nothing.
    Safe,
    /// Nothing: the calls of its function decide, and are sites of their own.
    HandedIn,
    /// There is something to tell; nothing of it is selected where it is empty. Behind it, how many judgements the settings ignore.
    Judged(Vec<Judgement>, usize),
}

/// What is to be told of a site: one diagnostic.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The diagnostic.
    pub code: Code,
    /// What stands for `{reason}` in its message.
    pub reason: String,
    /// The effective set, where it is known.
    pub before: Option<CascadeOptions>,
    /// How the relationship is loaded, where the diagnostic is about refresh-expire.
    pub loaded: Option<Box<Loaded>>,
    /// What to do, where that differs from the diagnostic's own help.
    pub help: Option<String>,
    /// What to write; None where a human has to decide.
    pub change: Option<Change>,
    /// It is told, and nothing is to be done.
    pub is_information: bool,
}

/// What a diagnostic wants to be changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Whether it may be carried out unseen.
    pub applicability: Applicability,
    /// For each alternative of the value, in order; None where it stays as it is.
    pub each: Vec<Option<Shift>>,
    /// The loader that is added.
    pub lazy: Option<Lazy>,
    /// What speaks for it, and what it changes, in sentences.
    pub notes: Vec<Note>,
}

/// What becomes of a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shift {
    /// The options that go.
    pub drop: CascadeOptions,
    /// The options that come.
    pub add: CascadeOptions,
}

/// Which changes are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowedChanges {
    /// Those that may be carried out unseen.
    Safe,
    /// All.
    All,
}

/// One set in place of another: all changes of a site together.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewrite {
    /// The effective set now; where several are possible, what any of them has.
    pub before: CascadeOptions,
    /// The same afterwards.
    pub after: CascadeOptions,
    /// What any of the possible sets loses.
    pub lost: CascadeOptions,
    /// The effective set afterwards of each alternative of the value, in order; None where it stays as it is.
    pub each: Vec<Option<CascadeOptions>>,
    /// The effective set of each alternative, now and afterwards.
    pub branches: Vec<(CascadeOptions, CascadeOptions)>,
    /// The loader that is added.
    pub lazy: Option<Lazy>,
}

/// Whether the verdict on a site can depend on what the repository does that notices a cascade.
pub(crate) fn asks_observations(site: &Site, policy: &Policy<'_>) -> bool {
    let is_selected = |given: &EffectiveSet| given.is_hazard() && policy.selection.has(given.code);
    possible(site).iter().any(is_selected)
}

/// Whether the verdict on a site can depend on what SQLAlchemy itself expunges.
pub(crate) fn asks_orphans(site: &Site, policy: &Policy<'_>) -> bool {
    let is_lost = |given: &EffectiveSet| {
        given.is_hazard() && given.has(CascadeOption::Expunge) && policy.selection.has(given.code)
    };
    policy.can_lose_expunge() && possible(site).iter().any(is_lost)
}

/// The set that a site can give its relationships, of all values that there can be; None where it can be anything.
pub(crate) fn set_given(site: &Site) -> Option<CascadeOptions> {
    if site.flag == Some(Flag::Overridden) {
        return Some(CascadeOptions::default());
    }
    let mut set = CascadeOptions::default();
    for alternative in &site.value.as_ref().ok()?.alternatives {
        match EffectiveSet::of(site, &alternative.value) {
            Ok(given) => set = set.or(given.options),
            // SQLAlchemy refuses it
            Err(NoSet::Invalid(..)) => {}
            Err(_) => return None,
        }
    }
    Some(set)
}

/// The effective set of a site, of all values that there can be; None where there is none that SQLAlchemy takes.
pub(crate) fn effective_set(site: &Site) -> Option<CascadeOptions> {
    let given = possible(site);
    (!given.is_empty()).then(|| CascadeOptions::union(given.iter().map(|given| given.options)))
}

/// The set that stands at a site, of all values that there can be, where `viewonly=True` takes something of it away.
pub(crate) fn written_set(site: &Site) -> Option<CascadeOptions> {
    let given = possible(site);
    let loses = given.iter().any(|given| given.written != given.options);
    loses.then(|| CascadeOptions::union(given.iter().map(|given| given.written)))
}

/// What is given to a site, as far as SQLAlchemy takes it.
pub(crate) fn possible(site: &Site) -> Vec<EffectiveSet> {
    match &site.value {
        Ok(value) if site.flag != Some(Flag::Overridden) => value
            .alternatives
            .iter()
            .filter_map(|alternative| EffectiveSet::of(site, &alternative.value).ok())
            .collect(),
        _ => Vec::new(),
    }
}

impl Verdict {
    /// What there is to tell. Advice that nobody asked for is none.
    pub(crate) fn of(mut judgements: Vec<Judgement>, policy: &Policy<'_>) -> Self {
        judgements.retain(|judgement| policy.selection.has(judgement.code) || judgement.code.is_on_by_default());
        if judgements.is_empty() {
            return Self::Safe;
        }
        let is_ignored =
            |judgement: &&Judgement| policy.selection.ignores(judgement.code) && judgement.code.is_on_by_default();
        let ignored = judgements.iter().filter(is_ignored).count();
        judgements.retain(|judgement| policy.selection.has(judgement.code));
        Self::Judged(judgements, ignored)
    }

    /// What is to be told.
    pub fn judgements(&self) -> &[Judgement] {
        if let Self::Judged(judgements, _) = self { judgements } else { &[] }
    }

    /// How much there would be to tell if the settings did not ignore it.
    pub fn ignored(&self) -> usize {
        if let Self::Judged(_, ignored) = self { *ignored } else { 0 }
    }

    /// Whether refresh-expire is to go.
    pub fn is_hazard(&self) -> bool {
        self.judgements().iter().any(Judgement::is_hazard)
    }

    /// The same where refresh-expire can do no harm: it is told, and nothing is done about it.
    pub fn as_information(mut self) -> Self {
        let Self::Judged(judgements, _) = &mut self else { return self };
        for hazard in judgements.iter_mut().filter(|judgement| judgement.is_hazard()) {
            hazard.is_information = true;
            hazard.change = None;
            hazard.help = Some("nothing to do: the product does not run under asyncio (require-asyncio)".to_owned());
        }
        self
    }

    /// Whether a change is wanted that may not be carried out unseen.
    pub fn has_unsafe_change(&self) -> bool {
        let mut changes = self.judgements().iter().filter_map(|judgement| judgement.change.as_ref());
        changes.any(|change| change.applicability == Applicability::Unsafe)
    }

    /// All allowed changes together; None where there is none.
    pub fn rewrite(&self, site: &Site, allowed: AllowedChanges) -> Option<Rewrite> {
        let changes = self.judgements().iter().filter_map(|judgement| judgement.change.as_ref());
        let changes: Vec<&Change> = changes.filter(|change| change.is_within(allowed)).collect();
        let alternatives = &site.value.as_ref().ok()?.alternatives;
        let given = alternatives.iter().filter_map(|alternative| EffectiveSet::of(site, &alternative.value).ok());
        let given: Vec<CascadeOptions> = given.map(|given| given.options).collect();
        let each: Vec<Option<CascadeOptions>> =
            (given.iter().enumerate()).map(|(index, given)| shifted(*given, index, &changes)).collect();
        each.iter().any(Option::is_some).then(|| Rewrite {
            before: CascadeOptions::union(given.iter().copied()),
            after: CascadeOptions::union(each.iter().zip(&given).map(|(after, given)| after.unwrap_or(*given))),
            lost: CascadeOptions::union(
                each.iter().zip(&given).filter_map(|(after, given)| Some(given.minus((*after)?))),
            ),
            branches: given.iter().zip(&each).map(|(now, after)| (*now, after.unwrap_or(*now))).collect(),
            lazy: changes.iter().find_map(|change| change.lazy),
            each,
        })
    }
}

impl Judgement {
    /// What a human has to look at.
    pub(crate) fn new(code: Code, reason: String) -> Self {
        Self { code, reason, before: None, loaded: None, help: None, change: None, is_information: false }
    }

    /// Whether it is about refresh-expire.
    pub fn is_hazard(&self) -> bool {
        HAZARDS.contains(&self.code)
    }
}

impl Change {
    /// Whether it is one of the allowed changes.
    pub fn is_within(&self, allowed: AllowedChanges) -> bool {
        allowed == AllowedChanges::All || self.applicability == Applicability::Safe
    }
}

impl Shift {
    /// Takes options away.
    pub(crate) fn dropping(drop: CascadeOptions) -> Self {
        Self { drop, add: CascadeOptions::default() }
    }

    /// Adds an option.
    pub(crate) fn adding(option: CascadeOption) -> Self {
        Self { drop: CascadeOptions::default(), add: [option].into_iter().collect() }
    }
}

/// A site as the relationships see it that get its value and of which the same is known.
pub(crate) struct View<'a> {
    pub site: &'a Site,
    /// Their direction, where it is known.
    pub direction: Option<Direction>,
    /// What else they are given.
    pub keywords: &'a Keywords,
    /// What hands the value to them.
    pub recipients: Vec<&'a site::Recipient>,
}

/// The set of one alternative after some changes; None where they leave it as it is.
pub(crate) fn shifted(set: CascadeOptions, index: usize, changes: &[&Change]) -> Option<CascadeOptions> {
    let mut shifts = changes.iter().filter_map(|change| *change.each.get(index)?).peekable();
    shifts.peek()?;
    Some(shifts.fold(set, |set, shift| set.minus(shift.drop).or(shift.add)))
}
