//! What is to be told of a site and the list that someone chose for it go in; the same with that list to be written comes out.

use super::{ALL, Subject, of_sets};
use crate::policy::{Applicability, Change, EffectiveSet, Judgement, Note, Policy, Shift, View, notes};
use crate::python::PyValue;
use crate::sqlalchemy::cascade::{self, CascadeOptions};

/// Puts the list in place of what the judgements want to be written, in every alternative of the value. That counts as safe: who chose it
/// knows what is lost.
pub(super) fn instead(
    judgements: &mut [Judgement],
    views: &[View<'_>],
    given: &[EffectiveSet],
    list: CascadeOptions,
    policy: &Policy<'_>,
) {
    let each: Vec<Option<Shift>> = given.iter().map(|given| shift(given.options, list)).collect();
    let refused = refused(views, given, &each, list, policy);
    let warning = cascade::parse(&PyValue::Str(list.to_string())).ok().and_then(|parsed| parsed.warning);
    let notes = notes_of(views, given, &each, policy).into_iter().chain(warning.map(Note::of_form));
    let notes: Vec<Note> = notes.collect();
    for judgement in judgements {
        let Some(change) = &judgement.change else { continue };
        let lazy = change.lazy;
        judgement.change = refused.is_none().then(|| Change {
            applicability: Applicability::Safe,
            each: each.clone(),
            lazy,
            notes: notes.iter().cloned().chain(lazy.map(|lazy| Note::of_behaviour(lazy.note()))).collect(),
        });
        if refused.is_some() {
            judgement.help.clone_from(&refused);
        }
    }
}

/// Why the list can't be written, in words.
fn refused(
    views: &[View<'_>],
    given: &[EffectiveSet],
    each: &[Option<Shift>],
    list: CascadeOptions,
    policy: &Policy<'_>,
) -> Option<String> {
    if each.iter().all(Option::is_none) {
        return Some(format!("`{list}` is what stands there"));
    }
    let writes = list.minus(list.of_viewonly());
    if !writes.is_empty() && views.iter().any(|view| view.site.viewonly) {
        return Some(format!("`{writes}` is for relationships that write, and this one has viewonly=True"));
    }
    let given: Vec<EffectiveSet> =
        given.iter().map(|given| EffectiveSet { options: list, written: list, ..*given }).collect();
    let told = views.iter().flat_map(|view| of_sets(&Subject { view, sets: &given, policy }));
    let refused = |judgement: Judgement| {
        let check = ALL.iter().find(|check| check.code == judgement.code)?;
        (check.refuses)(&judgement)
    };
    told.into_iter().find_map(refused)
}

/// None where the list is what is there.
fn shift(now: CascadeOptions, list: CascadeOptions) -> Option<Shift> {
    (now != list).then(|| Shift { drop: now.minus(list), add: list.minus(now) })
}

fn notes_of(views: &[View<'_>], given: &[EffectiveSet], each: &[Option<Shift>], policy: &Policy<'_>) -> Vec<Note> {
    let before = CascadeOptions::union(given.iter().map(|given| given.options));
    let lost = CascadeOptions::union(each.iter().flatten().map(|shift| shift.drop));
    let added = CascadeOptions::union(each.iter().flatten().map(|shift| shift.add));
    let mut notes: Vec<Note> = Vec::new();
    for view in views {
        let of_lost = lost.iter().flat_map(|option| notes::of_lost(option, view, before, policy));
        for note in of_lost.chain(added.iter().filter_map(notes::of_added)) {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}
