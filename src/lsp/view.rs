//! The findings of a text as it was looked at, and the text as it is now, go in; the findings of the latter come out: those of lines that
//! stayed, where these are now, and of other lines what can be said without looking at the rest of the repository.

use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp};

use crate::outcome::Finding;
use crate::policy::Applicability;

/// After so long two texts count as different where they are not compared yet.
const MOST_TIME: Duration = Duration::from_millis(5);

/// The lines of a text that stayed, and those that did not.
pub(super) struct Stayed {
    /// The lines of now that were not there, from 0; none where some were taken out.
    pub changed: Vec<Range<usize>>,
    /// Ranges in bytes: before, and where the same begins now.
    parts: Vec<(Range<usize>, usize)>,
}

impl Stayed {
    pub fn between(before: &str, now: &str) -> Self {
        let (before, now) = (lines(before), lines(now));
        let (before_starts, now_starts) = (starts(&before), starts(&now));
        let deadline = Instant::now() + MOST_TIME;
        let ops = similar::capture_diff_slices_deadline(Algorithm::Myers, &before, &now, Some(deadline));
        let (mut changed, mut parts) = (Vec::new(), Vec::new());
        for op in ops {
            match op {
                DiffOp::Equal { old_index, new_index, len } => {
                    parts.push((before_starts[old_index]..before_starts[old_index + len], now_starts[new_index]));
                }
                _ => changed.push(op.new_range()),
            }
        }
        Self { changed, parts }
    }

    /// Where a range is now, if all of it stayed.
    pub fn now(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let (part, start) = self.parts.iter().find(|(part, _)| part.start <= range.start && range.end <= part.end)?;
        Some(range.start - part.start + start..range.end - part.start + start)
    }

    /// Whether a range of the text of now was there before.
    fn was_there(&self, range: &Range<usize>) -> bool {
        let is_in = |(part, start): &(Range<usize>, usize)| *start <= range.start && range.end <= start + part.len();
        self.parts.iter().any(is_in)
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Where each line begins, and where the last one ends.
fn starts(lines: &[&str]) -> Vec<usize> {
    let ends = lines.iter().scan(0, |end, line| {
        *end += line.len();
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

/// The findings of a file's text as it is now, where what is found in its changed lines alone is known.
pub(super) fn findings_now(path: &Path, found: &[Finding], stayed: &Stayed, alone: Vec<Finding>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = found.iter().filter_map(|finding| moved(path, finding, stayed)).collect();
    findings.extend(alone.into_iter().filter(|finding| is_sure(finding) && !stayed.was_there(&finding.call_span)));
    findings.sort_by_key(|finding| finding.span.start);
    findings
}

/// Whether a finding holds whatever stands in the rest of the repository.
fn is_sure(finding: &Finding) -> bool {
    finding.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Safe)
}

fn moved(path: &Path, finding: &Finding, stayed: &Stayed) -> Option<Finding> {
    let mut moved = finding.clone();
    moved.span = stayed.now(&finding.span)?;
    moved.call_span = stayed.now(&finding.call_span)?;
    for edit in moved.fix.iter_mut().flat_map(|fix| &mut fix.edits).filter(|edit| *edit.path == *path) {
        edit.edit.range = stayed.now(&edit.edit.range)?;
    }
    Some(moved)
}
