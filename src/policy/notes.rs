//! The options that a relationship loses go in; what a user notices of it comes out, and where.

use super::{EffectiveSet, Expunger, Policy, Profile, View, loading, reach};
use crate::profile::Expunge;
use crate::reach::Level;
use crate::repository::Places;
use crate::rules::Code;
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::Observable;
use crate::sqlalchemy::SqlalchemyVersion;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

/// How many places a note names.
const MOST_NAMED: usize = 5;
/// How many of those in tests.
const MOST_TESTS_NAMED: usize = 2;

/// What is said where expunge goes and nothing can notice it.
const EXPUNGE_LEFT_OUT: &str = "expunge is left out: no expunge(obj) of the repository is given an object that leads to it, and no \
    relationship with delete-orphan leads to the class that has it";
/// What calls of refresh and expire no longer do.
const REFRESHED: &str = "refresh and expire no longer touch related objects: one that the call does not load again keeps what is loaded \
    of it, its own collections too, even if a query gives it again, where the next read loaded it anew; an unsaved change of one is kept, which \
    was thrown away";
const PENDING: &str = "a related object that is not saved yet is inserted, which refresh and expire silently expunged; where no \
    relationship leads back from it, its foreign key is NULL then, or the flush fails if it can't be";

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// What someone notices of a change.
    Behaviour,
    /// An option that stays, and why.
    Kept,
    /// How the change is written, and why nothing notices it.
    Form,
    /// Expunge goes, and nothing notices it.
    ExpungeUnnoticed,
}

/// What is to be known of a change besides, a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// In words.
    pub text: String,
}

impl Note {
    /// How the change is written.
    pub fn of_form(text: impl Into<String>) -> Self {
        Self { kind: NoteKind::Form, text: text.into() }
    }

    pub(crate) fn of_behaviour(text: impl Into<String>) -> Self {
        Self { kind: NoteKind::Behaviour, text: text.into() }
    }

    fn of_kept(text: impl Into<String>) -> Self {
        Self { kind: NoteKind::Kept, text: text.into() }
    }
}

impl Policy<'_> {
    /// Whether something in the repository notices that expunge cascades.
    pub(crate) fn observes_expunge(&self) -> bool {
        match self.surroundings.detached() {
            Some(detached) => detached.level != Level::Dormant,
            None => !self.surroundings.places(Observable::Expunge).is_empty(),
        }
    }

    /// Whether options that write cascade beside `viewonly=True` too, as they did before 1.4.
    pub(crate) fn viewonly_writes(&self) -> bool {
        self.surroundings.version().is_some_and(|version| version < SqlalchemyVersion { major: 1, minor: 4 })
    }

    /// Whether something notices that expunge cascades: the repository, or SQLAlchemy itself.
    pub(crate) fn notices_expunge(&self) -> bool {
        self.observes_expunge() || self.surroundings.expunger().is_some()
    }

    /// What notices that expunge cascades, in words that begin a sentence.
    fn why_expunge(&self) -> Option<String> {
        self.detaching().or_else(|| match self.surroundings.expunger()? {
            Expunger::Orphans(why) | Expunger::Unread(why) => Some(why.clone()),
        })
    }

    fn places(&self, what: Observable) -> Option<String> {
        let Places { product, tests } = self.surroundings.places(what);
        let first = |places: &[String], most: usize| first_of(places, most, String::clone);
        Some(match (product.is_empty(), tests.is_empty()) {
            (true, true) => return None,
            (false, true) => first(product, MOST_NAMED),
            (true, false) => format!("in {} alone: {}", kind(tests), first(tests, MOST_TESTS_NAMED)),
            (false, false) => {
                format!("{}; in {}: {}", first(product, MOST_NAMED), kind(tests), first(tests, MOST_TESTS_NAMED))
            }
        })
    }

    /// The first call that detaches an object, as a reason to keep expunge; one of the product, if it has some.
    fn detaching(&self) -> Option<String> {
        if let Some(detached) = self.surroundings.detached().filter(|detached| detached.elsewhere.is_empty()) {
            return reach::detaching(detached);
        }
        let Places { product, tests } = self.surroundings.places(Observable::Expunge);
        let by_product = product.first().map(|place| format!("{place} can detach objects with it"));
        by_product.or_else(|| Some(format!("only {} can do it ({})", kind(tests), tests.first()?)))
    }
}

/// What the files of places are that are no part of the product.
pub(super) fn kind(places: &[String]) -> &'static str {
    let is_migration =
        |place: &String| place.split('/').any(|name| matches!(name, "migrations" | "alembic" | "versions"));
    match (places.iter().any(is_migration), places.iter().all(is_migration)) {
        (false, _) => "tests",
        (true, false) => "tests and migrations",
        (true, true) => "migrations",
    }
}

/// The first of some things in words, and how many more there are: `a, b and 3 more`.
pub fn first_of<T>(all: &[T], most: usize, shown: impl Fn(&T) -> String) -> String {
    let named = all.iter().take(most).map(shown).collect::<Vec<_>>().join(", ");
    match all.len().checked_sub(most) {
        Some(more) if more > 0 => format!("{named} and {more} more"),
        _ => named,
    }
}

/// What is to be said of a list in place of one with refresh-expire.
pub(crate) fn of_hazard(
    view: &View<'_>,
    given: &[EffectiveSet],
    before: CascadeOptions,
    lost: CascadeOptions,
    policy: &Policy<'_>,
) -> Vec<Note> {
    let mut notes = Vec::new();
    if given.iter().any(|given| given.is_hazard() && given.options != given.written) {
        let excluded = format!("viewonly=True excludes save-update, delete and delete-orphan: {}", of_viewonly(policy));
        notes.push(Note::of_form(excluded));
    }
    notes.extend(lost.iter().flat_map(|option| of_lost(option, view, before, policy)));
    let is_kept = before.contains(CascadeOption::Expunge) && !lost.contains(CascadeOption::Expunge);
    if is_kept && policy.profile == Profile::Recommended && policy.targets.of(view.direction).is_none() {
        notes.push(Note::of_kept(match (policy.expunge, policy.why_expunge()) {
            (Expunge::Auto, Some(why)) => format!("expunge is kept: {why}"),
            _ => "expunge is kept: the settings say so".to_owned(),
        }));
    }
    let kept = before.minus(lost);
    if kept.contains(CascadeOption::Delete) {
        let deleted = match view.direction {
            // where CAS101 or CAS102 is selected, its own fix leaves delete out
            Some(Direction::ManyToMany) if policy.selection.has(Code::Cas101) => None,
            Some(Direction::ManyToOne) if policy.selection.has(Code::Cas102) => None,
            Some(Direction::ManyToMany) => {
                Some("delete is kept; on a many-to-many it deletes rows that others may share (CAS101)")
            }
            Some(Direction::ManyToOne) => {
                Some("delete is kept; on a many-to-one it deletes the parent with the child (CAS102)")
            }
            _ => None,
        };
        notes.extend(deleted.map(Note::of_kept));
    }
    notes
}

/// What SQLAlchemy does about options that write beside `viewonly=True`, from the least version on that the code runs with.
pub(crate) fn of_viewonly(policy: &Policy<'_>) -> &'static str {
    match policy.surroundings.version() {
        Some(version) if version.major >= 2 => "SQLAlchemy 2.x leaves them out",
        Some(_) if policy.viewonly_writes() => {
            "SQLAlchemy 1.3 warns and cascades them all the same, 1.4 raises ArgumentError, 2.x leaves them out"
        }
        _ => "SQLAlchemy 1.4 raises ArgumentError, 2.x leaves them out",
    }
}

/// What a user notices when an option goes.
pub(crate) fn of_lost(
    option: CascadeOption,
    view: &View<'_>,
    before: CascadeOptions,
    policy: &Policy<'_>,
) -> Vec<Note> {
    match option {
        CascadeOption::RefreshExpire => of_lost_refresh_expire(view, before, policy),
        option => of_option(option, view, policy).into_iter().collect(),
    }
}

/// Who reaches the relationship, and what that no longer does.
fn of_lost_refresh_expire(view: &View<'_>, before: CascadeOptions, policy: &Policy<'_>) -> Vec<Note> {
    // what is loaded is never kept there, and so never expired
    if loading::is_unkept(view.keywords) {
        return Vec::new();
    }
    let Some(reached) = policy.surroundings.reached() else { return Vec::new() };
    let who = reach::told(reached);
    if reached.level == Level::Dormant {
        return vec![Note::of_form(who)];
    }
    let pending = before.contains(CascadeOption::DeleteOrphan).then_some(PENDING);
    [&*who, REFRESHED].into_iter().chain(pending).map(Note::of_behaviour).collect()
}

fn of_option(option: CascadeOption, view: &View<'_>, policy: &Policy<'_>) -> Option<Note> {
    let at = |what: Observable| policy.places(what).map(|places| format!(" ({places})")).unwrap_or_default();
    Some(Note::of_behaviour(match option {
        CascadeOption::RefreshExpire => return None,
        CascadeOption::Expunge => return Some(of_lost_expunge(policy)),
        CascadeOption::SaveUpdate => {
            "save-update is lost: objects added through the relationship are not inserted; SQLAlchemy only warns"
                .to_owned()
        }
        CascadeOption::Merge => {
            format!("merge is lost: session.merge(obj){} leaves related objects out", at(Observable::Merge))
        }
        CascadeOption::Delete => match view.direction {
            Some(Direction::ManyToOne) => "delete is lost: deleting the child leaves its parent",
            Some(Direction::ManyToMany) => "delete is lost: deleting an object leaves the related rows",
            _ => "delete is lost: deleting the parent sets the foreign keys to NULL, or fails where they can't be",
        }
        .to_owned(),
        CascadeOption::DeleteOrphan => match view.direction {
            Some(Direction::OneToMany | Direction::OneToOne) => {
                "delete-orphan is lost: an object that is removed from the relationship stays, with NULL as its foreign key, or that fails \
                 where it can't be NULL"
            }
            _ => "delete-orphan is lost: an object that is removed from the relationship is no longer deleted",
        }
        .to_owned(),
    }))
}

fn of_lost_expunge(policy: &Policy<'_>) -> Note {
    if let Some(places) = policy.places(Observable::Expunge).filter(|_| policy.observes_expunge()) {
        let lost = format!("expunge is lost: expunge(obj) ({places}) no longer detaches the related objects");
        return Note::of_behaviour(lost);
    }
    match policy.surroundings.expunger() {
        Some(Expunger::Orphans(why)) => {
            Note::of_behaviour(format!("expunge is lost: {why}; what is related to it is inserted all the same then"))
        }
        Some(Expunger::Unread(why)) => Note::of_behaviour(format!("expunge is lost: {why}, and may need it")),
        None => Note { kind: NoteKind::ExpungeUnnoticed, text: EXPUNGE_LEFT_OUT.to_owned() },
    }
}

/// What a user notices when an option comes.
pub(crate) fn of_added(option: CascadeOption) -> Option<Note> {
    let note = match option {
        CascadeOption::SaveUpdate => "save-update is added: objects added through the relationship are inserted",
        CascadeOption::Delete => {
            "delete is added: deleting the parent deletes the related objects, whose foreign keys were set to NULL"
        }
        _ => return None,
    };
    Some(Note::of_behaviour(note))
}
