//! An outcome that names files by their paths from each base goes in; what is told from one base comes out.

use super::{Asyncio, FileOutcome, Finding, Outcome, SiteOutcome, Status};
use crate::model::Relationship;
use crate::repository::{Base, told_from};

impl Outcome {
    /// The same with the paths that it tells from one base, in texts too.
    pub fn told_from(&self, base: Base) -> Self {
        let mut told = self.clone();
        let tell = |text: &mut String| *text = told_from(text, base);
        told.files.iter_mut().for_each(|file| tell_file(file, &tell));
        told.files.sort_by(|a, b| a.display.cmp(&b.display));
        if let Some(Asyncio::Used(place) | Asyncio::InTests(place)) = &mut told.asyncio {
            tell(place);
        }
        for (_, places) in &mut told.noticed {
            places.product.iter_mut().chain(&mut places.tests).for_each(tell);
        }
        told
    }
}

fn tell_file(file: &mut FileOutcome, tell: &impl Fn(&mut String)) {
    tell(&mut file.display);
    if let Status::Skipped(reason) | Status::Failed(reason) = &mut file.status {
        tell(reason);
    }
    file.findings.iter_mut().for_each(|finding| tell_finding(finding, tell));
    file.sites.iter_mut().for_each(|site| tell_site(site, tell));
}

fn tell_finding(finding: &mut Finding, tell: &impl Fn(&mut String)) {
    let notes = finding.fix.iter_mut().flat_map(|fix| &mut fix.notes);
    [&mut finding.message, &mut finding.help].into_iter().chain(&mut finding.remarks).chain(notes).for_each(tell);
    finding.relationship.iter_mut().for_each(|relationship| tell_relationship(relationship, tell));
}

fn tell_relationship(relationship: &mut Relationship, tell: &impl Fn(&mut String)) {
    relationship.unknown.iter_mut().chain(&mut relationship.evidence).for_each(tell);
}

fn tell_site(site: &mut SiteOutcome, tell: &impl Fn(&mut String)) {
    site.classes.iter_mut().flatten().flatten().for_each(tell);
    site.relationships.iter_mut().for_each(|relationship| tell_relationship(relationship, tell));
}
