//! An outcome with all relationships goes in; each relationship comes out, with its cascade as it is and as it will be.

use crate::model::Relationship;
use crate::outcome::{FileOutcome, Finding, Outcome, SiteOutcome};
use crate::sqlalchemy::cascade::CascadeOptions;

/// A relationship and its cascade.
#[derive(Debug)]
pub struct Related<'a> {
    /// The file of the value.
    pub file: &'a FileOutcome,
    /// The value.
    pub site: &'a SiteOutcome,
    /// What is known of the relationship.
    pub relationship: Option<&'a Relationship>,
    /// Where its owner and its target are defined, as `path:line`.
    pub classes: [Option<String>; 2],
    /// What is told of the value.
    pub findings: Vec<&'a Finding>,
    /// The effective set after the fixes that are carried out, if that is known.
    pub after: Option<CascadeOptions>,
    /// The effective set after a fix that is held back.
    pub held_back: Option<CascadeOptions>,
}

impl Related<'_> {
    /// The effective set now, if that is known.
    pub fn before(&self) -> Option<CascadeOptions> {
        self.site.options
    }

    /// The effective set after all fixes, also those that are held back, if that is known.
    pub fn at_last(&self) -> Option<CascadeOptions> {
        self.held_back.or(self.after)
    }

    /// Whether a fix that is carried out writes another list.
    pub fn is_rewritten(&self) -> bool {
        self.after != self.before()
    }

    /// `User.posts`, as far as that is known.
    pub fn name(&self) -> String {
        let known = self.relationship.map(|known| (known.owner.as_deref(), known.attribute.as_deref()));
        let (owner, attribute) = known.unwrap_or_default();
        [owner, attribute].map(|name| name.unwrap_or("?")).join(".")
    }
}

/// The relationships of all sites whose value is known or something is told of, in order of file and position.
pub fn related(outcome: &Outcome) -> Vec<Related<'_>> {
    let of_site = |file, site: &SiteOutcome| {
        let findings: Vec<&Finding> = FileOutcome::findings_at(file, &site.span).collect();
        let fixes = || findings.iter().filter_map(|finding| Some((finding.fix.as_ref()?, finding.details.after()?)));
        let after = fixes().find(|(fix, _)| outcome.carries_out(fix)).map(|(_, after)| after).or(site.options);
        let held_back = fixes().find(|(fix, _)| !outcome.carries_out(fix)).map(|(_, after)| after);
        (findings, after, held_back)
    };
    let sites = outcome.files.iter().flat_map(|file| file.sites.iter().map(move |site| (file, site)));
    let mut all = Vec::new();
    for (file, site) in sites {
        let (findings, after, held_back) = of_site(file, site);
        if site.options.is_none() && findings.is_empty() && !site.is_suppressed {
            continue;
        }
        let relationships = site.relationships.iter().map(Some).zip(site.classes.iter().cloned());
        // of a value that is handed to no relationship that is known, something is told nevertheless
        let unknown = site.relationships.is_empty().then_some((None, [None, None]));
        for (relationship, classes) in relationships.chain(unknown) {
            all.push(Related { file, site, relationship, classes, findings: findings.clone(), after, held_back });
        }
    }
    all
}
