//! A site with its verdict and its planned edits goes in; the findings come out.

use crate::checks::{Correction, Sighting};
use crate::module::Location;
use crate::outcome::{CascadeDetail, Details, Finding, Fix, SetChange};
use crate::plan::Planned;
use crate::policy::{AllowedChanges, Applicability, Judgement, Note, Rewrite, Verdict};
use crate::rules::{Code, Diagnostic, Rules, Severity};
use crate::site::Site;
use crate::source::Source;

/// What a site ends as.
pub enum Diagnosed {
    /// It needs nothing.
    Safe,
    /// It is not to be reported.
    Unselected,
    /// It is to be reported.
    Found(Vec<Finding>),
}

/// What is written at a site.
pub struct PlannedRewrite<'a> {
    /// All changes of the site together.
    pub rewrite: &'a Rewrite,
    /// The edits, or why a human has to write them.
    pub planned: Result<Planned, String>,
}

/// The findings of a site in the file with the text. `written` is what the allowed changes come to, where there are any.
pub fn diagnose(
    rules: &Rules,
    source: &Source,
    (site, verdict): &(Site, Verdict),
    allowed: AllowedChanges,
    written: Option<&PlannedRewrite<'_>>,
) -> Diagnosed {
    let judgements = match verdict {
        Verdict::Safe => return Diagnosed::Safe,
        Verdict::HandedIn => return Diagnosed::Unselected,
        Verdict::Judged(judgements, _) if judgements.is_empty() => return Diagnosed::Unselected,
        Verdict::Judged(judgements, _) => judgements,
    };
    let within = |judgement: &Judgement| judgement.change.as_ref().is_some_and(|change| change.is_within(allowed));
    let is_unsafe = allowed == AllowedChanges::All && verdict.has_unsafe_change();
    let applicability = if is_unsafe { Applicability::Unsafe } else { Applicability::Safe };
    let found = judgements.iter().map(|judgement| {
        let finding = finding(rules, source, site, judgement);
        match written.filter(|_| within(judgement)) {
            Some(written) => with_fix(finding, judgement, written, applicability),
            None => finding,
        }
    });
    Diagnosed::Found(found.collect())
}

fn finding(rules: &Rules, source: &Source, site: &Site, judgement: &Judgement) -> Finding {
    let call = if site.call.path == site.at.path { &site.call } else { &site.at };
    let said = Said { code: judgement.code, reason: &judgement.reason, help: judgement.help.as_deref() };
    let core = core(rules, source, &site.at, call, said);
    Finding {
        severity: if judgement.is_information { Severity::Information } else { core.severity },
        callee: site.callee.clone(),
        relationship: Some(site.told_relationship()),
        remarks: loaded(judgement, !judgement.is_information),
        details: Details {
            cascade: Some(CascadeDetail {
                hazard: judgement.loaded.as_ref().map(|loaded| loaded.hazard),
                before: judgement.before,
                change: None,
            }),
            reach: None,
        },
        ..core
    }
}

/// The finding of a check that is not about cascades, with its fix where that is allowed.
pub fn sighted(rules: &Rules, source: &Source, code: Code, sighting: &Sighting, allowed: AllowedChanges) -> Finding {
    let Sighting { at, call, callee, reason, help, relationship, correction } = sighting;
    let fix = correction.as_ref().map(|Correction { applicability, edits, notes }| Fix {
        applicability: *applicability,
        edits: edits.clone(),
        notes: notes.clone(),
    });
    Finding {
        callee: callee.clone(),
        relationship: relationship.clone(),
        fix: fix.filter(|fix| allowed == AllowedChanges::All || fix.applicability == Applicability::Safe),
        ..core(rules, source, at, call, Said { code, reason, help: help.as_deref() })
    }
}

/// What a check says of a place.
struct Said<'a> {
    code: Code,
    reason: &'a str,
    help: Option<&'a str>,
}

/// A finding at a place of a text, in the words of its diagnostic.
fn core(rules: &Rules, source: &Source, at: &Location, call: &Location, said: Said<'_>) -> Finding {
    let diagnostic = rules.diagnostic(said.code);
    let line = |offset| source.position(offset).line;
    let text = |of: fn(&Diagnostic) -> &String| diagnostic.map(of).cloned().unwrap_or_default();
    Finding {
        code: said.code,
        name: text(|diagnostic| &diagnostic.name),
        severity: diagnostic.map_or(Severity::Warning, |diagnostic| diagnostic.severity),
        message: text(|diagnostic| &diagnostic.message).replace("{reason}", said.reason),
        help: said.help.map_or_else(|| text(|diagnostic| &diagnostic.help), str::to_owned),
        span: at.range(),
        start: source.position(at.start),
        end: source.position(at.end),
        call_span: call.range(),
        call_lines: (line(call.start), line(call.end)),
        callee: String::new(),
        relationship: None,
        remarks: Vec::new(),
        fix: None,
        details: Details::default(),
    }
}

fn with_fix(
    mut finding: Finding,
    judgement: &Judgement,
    written: &PlannedRewrite<'_>,
    applicability: Applicability,
) -> Finding {
    let PlannedRewrite { rewrite, planned } = written;
    let notes = judgement.change.iter().flat_map(|change| &change.notes);
    let branches = branches(rewrite);
    match planned {
        Ok(planned) => {
            let change = SetChange {
                after: rewrite.after,
                lost: rewrite.lost,
                branches: rewrite.branches.clone(),
                lazy: rewrite.lazy,
            };
            let is_of_form = applicability == Applicability::Safe && change.is_of_form();
            finding.remarks = loaded(judgement, is_of_form);
            let told = finding.remarks.iter().cloned().chain(branches.map(Note::of_form));
            let notes = told.chain(notes.chain(&planned.notes).cloned()).collect();
            finding.fix = Some(Fix { applicability, edits: planned.edits.clone(), notes });
            if let Some(cascade) = &mut finding.details.cascade {
                cascade.before = Some(rewrite.before);
                cascade.change = Some(change);
            }
        }
        Err(reason) => {
            let wanted = branches.unwrap_or_else(|| format!("`{}`", rewrite.after));
            finding.help = format!("write {wanted} by hand: {reason}");
        }
    }
    finding
}

/// How the relationship is loaded, in a sentence, where that decides about it.
fn loaded(judgement: &Judgement, is_of_form: bool) -> Vec<Note> {
    judgement.loaded.as_ref().and_then(|loaded| loaded.told(is_of_form)).map(Note::of_form).into_iter().collect()
}

/// What becomes of each value, where there are several that end as different lists.
fn branches(rewrite: &Rewrite) -> Option<String> {
    let mut branches = rewrite.branches.clone();
    branches.sort_by_key(|(before, _)| before.sorted_names());
    branches.dedup();
    if branches.iter().all(|(_, after)| *after == branches[0].1) {
        return None;
    }
    let (stay, change): (Vec<_>, Vec<_>) = branches.iter().partition(|(before, after)| before == after);
    let changed = change.iter().map(|(before, after)| format!("`{after}` where it is `{before}`"));
    let stays = stay.iter().map(|(before, _)| format!("nothing else where it is `{before}`"));
    Some(changed.chain(stays).collect::<Vec<_>>().join(", "))
}
