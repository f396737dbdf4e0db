//! A change goes in; the comments come out that suppress its findings, and whether they do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::{Choice, Fixes, site, with_edits};
use crate::outcome::{FileOutcome, Finding, Outcome, Status};
use crate::rewrite::{Edit, FileEdit};
use crate::rules::{Code, Rules};
use crate::suppression::{Suppressible, Suppressions, comment_above, suppressions};

/// One comment above each statement that has a site of the change.
///
/// # Errors
/// A site stands in no statement, in words.
pub fn comments(fixes: &Fixes, change: &Choice) -> Result<Vec<FileEdit>, String> {
    let mut codes: BTreeMap<(Arc<Path>, usize), BTreeSet<Code>> = BTreeMap::new();
    let mut edits: BTreeMap<(Arc<Path>, usize), Edit> = BTreeMap::new();
    for (file, at) in findings(fixes, change) {
        let comment = |codes: &[Code]| comment_above(file.source.as_ref()?, &at.range, codes);
        let none = || format!("no comment can stand above {}", file.display);
        let place = (Arc::clone(&file.path), comment(&[at.code]).ok_or_else(none)?.range.start);
        let together = codes.entry(place.clone()).or_default();
        together.insert(at.code);
        edits.extend(comment(&together.iter().copied().collect::<Vec<_>>()).map(|edit| (place, edit)));
    }
    Ok(edits.into_iter().map(|((path, _), edit)| FileEdit { path, edit }).collect())
}

/// Whether none of the change's findings in a file is told any more in the outcome of its text with the comments.
pub fn are_suppressed(fixes: &Fixes, change: &Choice, comments: &[FileEdit], path: &Path, after: &Outcome) -> bool {
    let Some(checked) = after.files.iter().find(|file| *file.path == *path) else { return false };
    let shift = |at: usize| {
        let above = comments.iter().filter(|one| *one.path == *path && one.edit.range.start <= at);
        at + above.map(|one| one.edit.text.len()).sum::<usize>()
    };
    findings(fixes, change).into_iter().filter(|(file, _)| *file.path == *path).all(|(file, at)| {
        let start = shift(at.range.start);
        let is_told = checked.findings.iter().any(|one| one.code == at.code && one.span.start == start);
        !is_told && checked.suppressed > file.suppressed
    })
}

/// The outcome whose findings are suppressed by comments.
pub struct Silenced {
    /// It carries out the comments and no fix; the findings that are left can't be suppressed.
    pub outcome: Outcome,
    /// How many findings the comments suppress, by file.
    pub numbers: Vec<(Arc<Path>, usize)>,
    /// Why the others can't be, with their places.
    pub refused: Vec<String>,
}

/// Comments for all findings of an outcome, with a reason unless that is empty. `rules` gives those that hold for a file.
pub fn silenced(mut outcome: Outcome, reason: &str, rules: impl Fn(&Path) -> Arc<Rules>) -> Silenced {
    let (mut numbers, mut refused) = (Vec::new(), Vec::new());
    for file in outcome.files.iter_mut().filter(|file| !matches!(file.status, Status::Skipped(_) | Status::Failed(_))) {
        file.status = Status::Unchanged;
        let Some(source) = file.source.as_ref().filter(|_| !file.findings.is_empty()) else { continue };
        let suppressible =
            |one: &Finding| Suppressible { value: one.span.clone(), call: one.call_span.clone(), code: one.code };
        let findings: Vec<Suppressible> = file.findings.iter().map(suppressible).collect();
        let Suppressions { edits, refused: left } = suppressions(source, &rules(&file.path), &findings, reason);
        let place = |index: usize| format!("{}:{}", file.display, file.findings[index].start);
        refused.extend(left.iter().map(|(index, why)| format!("{}: {}: {why}", place(*index), findings[*index].code)));
        if !edits.is_empty() {
            file.status = with_edits(file, Some(edits));
        }
        let is_left = |index: usize| left.iter().any(|(other, _)| *other == index);
        let (left, gone): (Vec<_>, Vec<_>) =
            std::mem::take(&mut file.findings).into_iter().enumerate().partition(|(index, _)| is_left(*index));
        file.findings = left.into_iter().map(|(_, finding)| finding).collect();
        file.suppressed += gone.len();
        numbers.push((Arc::clone(&file.path), gone.len()));
    }
    Silenced { outcome, numbers, refused }
}

/// Where a finding is.
struct At {
    range: std::ops::Range<usize>,
    code: Code,
}

/// All findings of a change that there is a fix for.
fn findings<'f>(fixes: &'f Fixes, change: &Choice) -> Vec<(&'f FileOutcome, At)> {
    let is_meant = |(file, finding): &(&FileOutcome, &Finding)| {
        finding.fix.is_some() && change.sites.contains(&site(file, finding))
    };
    let findings = fixes.proposed.findings().filter(is_meant);
    findings.map(|(file, finding)| (file, At { range: finding.span.clone(), code: finding.code })).collect()
}
