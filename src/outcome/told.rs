//! An outcome that names files by their paths from each base goes in; what is told from one base comes out.
//!
//! Outcome, file and finding are taken apart in full: a field that is new has to be told too, or said to have no path in it.

use super::{
    Asyncio, Details, FileOutcome, Finding, Fix, Outcome, ReachDetail, SiteOutcome, Status, ToldCall, ToldRead,
    UnusedSuppression,
};
use crate::model::Relationship;
use crate::repository::{PathBase, Places, told_from};

impl Outcome {
    /// The same with the paths that it tells from one base, in texts too.
    pub fn told_from(&self, base: PathBase) -> Self {
        let mut told = self.clone();
        let tell = |text: &mut String| *text = told_from(text, base);
        let Self {
            files,
            unsaved: _,
            unsafe_fixes: _,
            asyncio,
            noticed,
            calls,
            open_calls: _,
            stale_facts: _,
            stale_baseline: _,
            files_scanned: _,
            files_parsed: _,
        } = &mut told;
        files.iter_mut().for_each(|file| tell_file(file, &tell));
        files.sort_by(|a, b| a.display.cmp(&b.display));
        if let Some(Asyncio::Used(place) | Asyncio::InTests(place)) = asyncio {
            tell(place);
        }
        for (_, Places { product, tests }) in noticed {
            product.iter_mut().chain(tests).for_each(tell);
        }
        calls.iter_mut().flatten().for_each(|call| tell_call(call, &tell));
        told
    }
}

fn tell_file(file: &mut FileOutcome, tell: &impl Fn(&mut String)) {
    let FileOutcome {
        path: _,
        display,
        in_repository: _,
        source: _,
        status,
        findings,
        safe_sites: _,
        ignored: _,
        suppressed: _,
        in_baseline: _,
        on_unchanged_lines: _,
        not_reached: _,
        sites,
        unused_suppressions,
        syntax_errors: _,
    } = file;
    tell(display);
    if let Status::Skipped(reason) | Status::Failed(reason) = status {
        tell(reason);
    }
    findings.iter_mut().for_each(|finding| tell_finding(finding, tell));
    sites.iter_mut().for_each(|site| tell_site(site, tell));
    for UnusedSuppression { at: _, text: _, reason } in unused_suppressions {
        reason.iter_mut().for_each(tell);
    }
}

fn tell_finding(finding: &mut Finding, tell: &impl Fn(&mut String)) {
    let Finding {
        code: _,
        name: _,
        severity: _,
        message,
        help,
        span: _,
        start: _,
        end: _,
        call_span: _,
        call_lines: _,
        callee: _,
        relationship,
        remarks,
        fix,
        details: Details { cascade: _, reach },
    } = finding;
    if let Some(ReachDetail { level: _, is_by_tests_alone: _, calls, open }) = reach {
        calls.iter_mut().chain(open).for_each(|call| tell_call(call, tell));
    }
    [message, help].into_iter().chain(remarks.iter_mut().map(|note| &mut note.text)).for_each(tell);
    relationship.iter_mut().for_each(|relationship| tell_relationship(relationship, tell));
    if let Some(Fix { applicability: _, edits: _, notes }) = fix {
        notes.iter_mut().for_each(|note| tell(&mut note.text));
    }
}

fn tell_relationship(relationship: &mut Relationship, tell: &impl Fn(&mut String)) {
    let Relationship { unknown, evidence, .. } = relationship;
    unknown.iter_mut().chain(evidence).for_each(tell);
}

fn tell_site(site: &mut SiteOutcome, tell: &impl Fn(&mut String)) {
    let SiteOutcome { relationships, classes, .. } = site;
    classes.iter_mut().flatten().flatten().for_each(tell);
    relationships.iter_mut().for_each(|relationship| tell_relationship(relationship, tell));
}

fn tell_call(call: &mut ToldCall, tell: &impl Fn(&mut String)) {
    let ToldCall { path, start: _, kind: _, classes: _, named_attributes: _, unknown, steps, reads } = call;
    std::iter::once(path).chain(unknown).chain(steps).for_each(tell);
    for ToldRead { path, start: _, text: _, over } in reads {
        std::iter::once(path).chain(over).for_each(tell);
    }
}
