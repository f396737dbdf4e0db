//! A site goes in whose value several relationships can get; what is to be told of it comes out: one list for all of them, or which
//! relationships want which.

use std::collections::{BTreeMap, BTreeSet};

use super::{Subject, chosen, of_sets};
use crate::model::Relationship;
use crate::policy::{
    Applicability, Change, EffectiveSet, Judgement, Loaded, Note, Policy, Shift, View, first_of, shifted,
};
use crate::rules::Code;
use crate::site::{self, Site};
use crate::sqlalchemy::cascade::CascadeOptions;

/// How many relationships are named.
const MOST_NAMED: usize = 5;

/// What one view of a site wants.
struct Wish<'a> {
    view: View<'a>,
    judgements: Vec<Judgement>,
    /// The set afterwards of each alternative of the value, in order.
    after: Vec<CascadeOptions>,
}

/// Judges a site by its alternatives, once for all relationships of which the same is known.
pub(super) fn judge(site: &Site, given: &[EffectiveSet], policy: &Policy<'_>) -> Vec<Judgement> {
    let mut wishes: Vec<Wish<'_>> = views(site).into_iter().map(|view| Wish::of(view, given, policy)).collect();
    let is_one = site.recipients.iter().all(|one| one.at == site.recipients[0].at);
    let mut judgements = match wishes.len() {
        1 => wishes.remove(0).judgements,
        _ => agreed(&wishes, policy),
    };
    if let Some(list) = policy.wanted {
        chosen::instead(&mut judgements, &views(site), given, list, policy);
    }
    for judgement in judgements.iter_mut().filter(|judgement| judgement.is_hazard()) {
        let later = policy.surroundings.reached().and_then(|reached| reached.over_later.as_deref());
        judgement.loaded = Some(Box::new(Loaded::of(&site.recipients, later, |recipients| named(recipients, policy))));
    }
    if !is_one {
        let uses = Note::of_form(format!("it goes to {}", named(&site.recipients.iter().collect::<Vec<_>>(), policy)));
        let changes = judgements.iter_mut().filter_map(|judgement| judgement.change.as_mut());
        changes.for_each(|change| change.notes.push(uses.clone()));
    }
    judgements
}

/// The relationships that get a site's value, those together of which the same is known.
fn views(site: &Site) -> Vec<View<'_>> {
    let mut views: Vec<View<'_>> = Vec::new();
    for given in &site.recipients {
        let direction = given.relationship.as_ref().and_then(|known| known.direction);
        let is_same = |view: &&mut View<'_>| view.direction == direction && *view.keywords == given.keywords;
        match views.iter_mut().find(is_same) {
            Some(view) => view.recipients.push(given),
            None => views.push(View { site, direction, keywords: &given.keywords, recipients: vec![given] }),
        }
    }
    views
}

impl<'a> Wish<'a> {
    fn of(view: View<'a>, given: &[EffectiveSet], policy: &Policy<'_>) -> Self {
        let judgements = of_sets(&Subject { view: &view, sets: given, policy });
        let selected = judgements.iter().filter(|judgement| policy.selection.has(judgement.code));
        let changes: Vec<&Change> = selected.filter_map(|judgement| judgement.change.as_ref()).collect();
        let after = (given.iter().enumerate())
            .map(|(index, given)| shifted(given.options, index, &changes).unwrap_or(given.options))
            .collect();
        Self { view, judgements, after }
    }

    fn judgement(&self, code: Code) -> Option<&Judgement> {
        self.judgements.iter().find(|judgement| judgement.code == code)
    }

    fn shifts(&self, code: Code) -> Option<&[Option<Shift>]> {
        Some(&self.judgement(code)?.change.as_ref()?.each)
    }
}

/// What several views want together.
fn agreed(wishes: &[Wish<'_>], policy: &Policy<'_>) -> Vec<Judgement> {
    let codes: BTreeSet<Code> = wishes.iter().flat_map(|wish| &wish.judgements).map(|found| found.code).collect();
    let have_one_list = wishes.iter().all(|wish| wish.after == wishes[0].after);
    let agreed_on = |code: Code| {
        let found = wishes.iter().filter_map(|wish| wish.judgement(code));
        let mut told = found.clone().next()?.clone();
        let is_same = wishes.iter().all(|wish| wish.shifts(code) == wishes[0].shifts(code));
        if found.clone().all(|judgement| judgement.change.is_none()) {
            let concerned = wishes.iter().filter(|wish| wish.judgement(code).is_some());
            let concerned: Vec<_> = concerned.flat_map(|wish| &wish.view.recipients).copied().collect();
            if !told.reason.is_empty() && found.count() < wishes.len() {
                told.reason = format!("{} for {}", told.reason, named(&concerned, policy));
            }
        } else if is_same || have_one_list {
            let changes: Vec<&Change> = found.filter_map(|judgement| judgement.change.as_ref()).collect();
            let least = if is_same { Applicability::Safe } else { Applicability::Unsafe };
            told.change = Some(Change::of_all(&changes, least));
        } else {
            told.change = None;
            told.help = Some(different_lists(wishes, policy));
        }
        Some(told)
    };
    codes.into_iter().filter_map(agreed_on).collect()
}

impl Change {
    /// Several changes of one value, of which at least one is needed by each relationship.
    fn of_all(changes: &[&Self], least: Applicability) -> Self {
        let mut notes: Vec<Note> = Vec::new();
        for note in changes.iter().flat_map(|change| &change.notes) {
            if !notes.contains(note) {
                notes.push(note.clone());
            }
        }
        let each = (0..changes[0].each.len()).map(|index| {
            let shifts = changes.iter().filter_map(|change| change.each[index]);
            shifts.reduce(|one, other| Shift { drop: one.drop.or(other.drop), add: one.add.or(other.add) })
        });
        Self {
            applicability: changes.iter().map(|change| change.applicability).fold(least, Applicability::and),
            each: each.collect(),
            lazy: changes[0].lazy.filter(|lazy| changes.iter().all(|change| change.lazy == Some(*lazy))),
            notes,
        }
    }
}

/// Which relationships want which list.
fn different_lists(wishes: &[Wish<'_>], policy: &Policy<'_>) -> String {
    let mut by_list: BTreeMap<String, Vec<&site::Recipient>> = BTreeMap::new();
    for wish in wishes {
        let list = CascadeOptions::union(wish.after.iter().copied());
        by_list.entry(list.to_string()).or_default().extend(&wish.view.recipients);
    }
    let wanted: Vec<String> =
        by_list.iter().map(|(list, recipients)| format!("`{list}` for {}", named(recipients, policy))).collect();
    format!("write it by hand: the relationships that get it want different lists: {}", wanted.join("; "))
}

/// `User.posts (app/models.py:12:30), …`: relationships with the expressions that hand them the value.
fn named(recipients: &[&site::Recipient], policy: &Policy<'_>) -> String {
    let name = |given: &&site::Recipient| {
        let at = policy.surroundings.shown(&given.at);
        let name = given.relationship.as_ref().and_then(Relationship::name);
        name.map_or_else(|| at.clone(), |name| format!("{name} ({at})"))
    };
    let mut names: Vec<String> = recipients.iter().map(name).collect();
    names.sort();
    names.dedup();
    first_of(&names, MOST_NAMED, String::clone)
}
