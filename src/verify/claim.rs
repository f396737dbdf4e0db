//! The outcome of a run goes in; what it claims of each relationship comes out.

use std::path::{Path, PathBuf};

use crate::outcome::{FileOutcome, Finding, Outcome};
use crate::rules::Code;
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::Lazy;
use crate::sqlalchemy::cascade::CascadeOptions;

/// What the fixes of one value do to a relationship.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The file, relative to the repository's root.
    pub file: PathBuf,
    /// As reports show it.
    pub display: String,
    /// Where the value begins, 1-based.
    pub line: usize,
    /// The first and the last line of the call, 1-based.
    pub call_lines: (usize, usize),
    /// The call makes the other side of the relationship around it.
    pub is_backref: bool,
    /// The class that has the relationship.
    pub owner: Option<String>,
    /// The attribute.
    pub attribute: Option<String>,
    /// The direction, where it is told.
    pub direction: Option<Direction>,
    /// Whether it is a collection, where that is told.
    pub uselist: Option<bool>,
    /// The diagnostics.
    pub codes: Vec<Code>,
    /// The effective set before.
    pub before: CascadeOptions,
    /// The effective set after.
    pub after: CascadeOptions,
    /// The effective set of each value that there can be, before and after.
    pub branches: Vec<(CascadeOptions, CascadeOptions)>,
    /// The loader that is added.
    pub lazy: Option<Lazy>,
}

impl Claim {
    /// The claims of the fixes that are carried out, in order of file and position. `root` is the repository's.
    pub fn all(outcome: &Outcome, root: &Path) -> Vec<Self> {
        let mut claims: Vec<(std::ops::Range<usize>, Self)> = Vec::new();
        for (file, finding) in outcome.findings() {
            let Some(claim) = Self::of(outcome, file, finding, root) else { continue };
            match claims.last_mut() {
                Some((span, last)) if *span == finding.span && last.file == claim.file => last.codes.push(finding.code),
                _ => claims.push((finding.span.clone(), claim)),
            }
        }
        claims.into_iter().map(|(_, claim)| claim).collect()
    }

    fn of(outcome: &Outcome, file: &FileOutcome, finding: &Finding, root: &Path) -> Option<Self> {
        finding.fix.as_ref().filter(|fix| outcome.carries_out(fix))?;
        let (relationship, change) = (finding.relationship.as_ref(), finding.details.change()?);
        Some(Self {
            file: file.path.strip_prefix(root).unwrap_or(&file.path).to_owned(),
            display: file.display.clone(),
            line: finding.start.line,
            call_lines: finding.call_lines,
            is_backref: relationship.is_some_and(|known| known.call.as_ref().is_some_and(|call| call.is_backref)),
            owner: relationship.and_then(|known| known.owner.clone()),
            attribute: relationship.and_then(|known| known.attribute.clone()),
            direction: relationship.and_then(|known| known.direction),
            uselist: relationship.and_then(|known| known.uselist),
            codes: vec![finding.code],
            before: finding.details.before()?,
            after: change.after,
            branches: change.branches.clone(),
            lazy: change.lazy,
        })
    }

    /// Where the value stands, as reports show it.
    pub fn place(&self) -> String {
        format!("{}:{}", self.display, self.line)
    }

    /// Whether the relationship is named, by the last parts of class and attribute.
    pub(super) fn names(&self, class: &str, attribute: &str) -> bool {
        let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
        self.attribute.as_deref() == Some(attribute) && self.owner.as_deref().map(last) == Some(last(class))
    }

    /// Whether it says that a keyword gets a value, both as Python writes them.
    pub(super) fn gives(&self, keyword: &str, value: &str) -> bool {
        keyword == "lazy" && self.lazy.is_some_and(|lazy| value == format!("'{}'", lazy.name()))
    }

    /// Whether it says that one set becomes the other.
    pub(super) fn has(&self, before: CascadeOptions, after: CascadeOptions) -> bool {
        self.branches.contains(&(before, after))
    }
}
