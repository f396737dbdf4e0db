//! The comments of files and the sites with their verdicts go in; the sites come out that are to be told and changed, those that a
//! comment suppresses, and the comments that suppress nothing.
//!
//! `# cascade-fix: ignore` and `# noqa` with a code are about the line, the call or the statement that they stand in or above;
//! `# cascade-fix: ignore-file` is about the file. A use that is suppressed is, to the others of what it shares with them, a use for
//! something else: it keeps its value.

mod comments;
mod directive;
mod written;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use crate::checks::Sighting;
use crate::module::Location;
use crate::outcome::UnusedSuppression;
use crate::policy::{Judgement, Verdict};
use crate::resolve::Alternative;
use crate::rules::{Code, Rules};
use crate::site::{Recipient, Site};
use crate::source::Source;
use comments::Comments;

pub use written::{Suppressible, Suppressions, checked_reason, comment_above, suppressions};

/// The findings of a run: those that are left, and those that are set aside.
#[derive(Default)]
pub struct Suppressed {
    /// Those that are left, with the findings that no comment suppresses, in the order in which they were given.
    pub kept: Vec<(Site, Verdict)>,
    /// Those of which findings are counted and not told, why, and how many.
    pub aside: Vec<(Site, AsideReason, usize)>,
    /// Literals that stay as they are, though uses of them in other files are changed.
    pub left_alone: HashSet<Location>,
    /// What the checks found that are not about cascades, in the order in which it was given.
    pub sightings: Vec<(Code, Sighting)>,
    /// The files of those that are counted and not told, and why.
    pub sightings_aside: Vec<(Arc<Path>, AsideReason)>,
    comments: HashMap<Arc<Path>, Comments>,
    calls: CascadeCalls,
}

/// Why a finding is counted and not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsideReason {
    /// The settings ignore it.
    Ignored,
    /// A comment suppresses it.
    Suppressed,
    /// A baseline lists it.
    InBaseline,
    /// It stands on lines that are as they were.
    Unchanged,
    /// No call reaches its relationship.
    Unreached,
}

impl Suppressed {
    /// Sifts sites. `checked` are the files whose comments count even where no site is; `file` gives the text of a file and the rules
    /// that hold for it; `judge` judges a site of which only some relationships are left.
    pub fn new<'p>(
        sites: Vec<(Site, Verdict)>,
        checked: impl Iterator<Item = &'p Arc<Path>>,
        file: impl Fn(&Path) -> Option<(Arc<Source>, Arc<Rules>)> + Sync,
        judge: impl Fn(&Site) -> Verdict,
    ) -> Self {
        let mut paths: HashSet<&Arc<Path>> = checked.collect();
        for (site, verdict) in &sites {
            for judgement in verdict.judgements() {
                let of_values = concerned(site, judgement).map(|one| &one.written.at);
                let others = site.recipients.iter().map(|given| &given.at).chain(of_values);
                paths.extend(others.chain([&site.at]).map(|at| &at.path));
            }
        }
        let with_comments = paths.into_par_iter().filter_map(|path| {
            let (source, rules) = file(path)?;
            Some((Arc::clone(path), Comments::of(&source, &rules)?))
        });
        let ignored = sites.iter().filter(|(_, verdict)| verdict.ignored() > 0);
        let aside = ignored.map(|(site, verdict)| (site.clone(), AsideReason::Ignored, verdict.ignored())).collect();
        let mut suppressed = Self { comments: with_comments.collect(), aside, ..Self::default() };
        if suppressed.comments.is_empty() {
            return Self { kept: sites, ..suppressed };
        }
        let calls = calls(&sites);
        for (site, verdict) in sites {
            match verdict {
                Verdict::Judged(judgements, _) if !judgements.is_empty() => {
                    suppressed.sift(site, judgements, &calls, &judge)
                }
                _ => suppressed.kept.push((site, verdict)),
            }
        }
        suppressed.calls = calls;
        suppressed
    }

    /// Adds what a check found that is not about cascades, if neither the settings nor a comment are against that.
    pub fn add_sighting(&mut self, code: Code, sighting: Sighting, is_ignored: bool) {
        let calls = std::mem::take(&mut self.calls);
        if is_ignored {
            self.sightings_aside.push((Arc::clone(&sighting.at.path), AsideReason::Ignored));
        } else if self.suppresses(&sighting.at, Some(&sighting.call), code, &calls) {
            self.sightings_aside.push((Arc::clone(&sighting.at.path), AsideReason::Suppressed));
        } else {
            self.sightings.push((code, sighting));
        }
        self.calls = calls;
    }

    /// Sets sightings aside for another reason than a comment.
    pub fn set_sightings_aside(&mut self, why: AsideReason, is_meant: impl Fn(&Sighting, Code) -> bool) {
        let all = std::mem::take(&mut self.sightings);
        let (gone, left): (Vec<_>, Vec<_>) = all.into_iter().partition(|(code, one)| is_meant(one, *code));
        self.sightings = left;
        self.sightings_aside.extend(gone.into_iter().map(|(_, sighting)| (Arc::clone(&sighting.at.path), why)));
    }

    /// Sets findings aside for another reason than a comment. What shares something with them is changed as if they were suppressed.
    pub fn set_aside(&mut self, why: AsideReason, is_meant: impl Fn(&Site, &Judgement) -> bool) {
        for (site, verdict) in std::mem::take(&mut self.kept) {
            let Verdict::Judged(judgements, ignored) = verdict else {
                self.kept.push((site, verdict));
                continue;
            };
            let (gone, left): (Vec<_>, Vec<_>) = judgements.into_iter().partition(|one| is_meant(&site, one));
            if !gone.is_empty() {
                self.aside.push((site.clone(), why, gone.len()));
            }
            if gone.is_empty() || !left.is_empty() {
                self.kept.push((site, Verdict::Judged(left, ignored)));
            }
        }
    }

    /// The comments of a file that suppress nothing. Where others may use what it defines (`is_shared`), only those of which that can
    /// be told.
    pub fn unused(&self, path: &Path, is_shared: bool, is_selected: impl Fn(Code) -> bool) -> Vec<UnusedSuppression> {
        let Some(comments) = self.comments.get(path) else { return Vec::new() };
        comments.unused(self.calls.of(path), is_shared, is_selected)
    }

    fn sift(&mut self, site: Site, judgements: Vec<Judgement>, calls: &CascadeCalls, judge: &dyn Fn(&Site) -> Verdict) {
        let left: Vec<Option<Vec<Recipient>>> =
            judgements.iter().map(|judgement| self.left(&site, judgement, calls)).collect();
        let is_touched = |left: &&Option<Vec<Recipient>>| left.as_ref() != Some(&site.recipients);
        let suppressed = left.iter().filter(is_touched).count();
        if suppressed > 0 {
            self.aside.push((site.clone(), AsideReason::Suppressed, suppressed));
        }
        self.kept.extend(split(&site, &judgements, &left, judge));
    }

    /// The calls that get the dictionary in which the value stands, and where a finding is not suppressed; None where it is suppressed
    /// altogether.
    fn left(&mut self, site: &Site, judgement: &Judgement, calls: &CascadeCalls) -> Option<Vec<Recipient>> {
        let code = judgement.code;
        let is_here = self.suppresses(&site.at, Some(&site.call), code, calls);
        let written: Vec<Location> =
            concerned(site, judgement).map(|one| one.written.at.clone()).filter(|at| !site.at.covers(at)).collect();
        let mut is_at_definition = false;
        for at in &written {
            is_at_definition |= self.suppresses_definition(at, code, calls);
        }
        if is_here || is_at_definition {
            return None;
        }
        let left = self.left_givens(site, code, calls)?;
        for at in written.into_iter().filter(|at| at.path != site.at.path) {
            if self.comments.get_mut(&at.path).is_some_and(|comments| comments.suppress_file(code)) {
                self.left_alone.insert(at);
            }
        }
        Some(left)
    }

    fn suppresses(&mut self, value: &Location, call: Option<&Location>, code: Code, calls: &CascadeCalls) -> bool {
        let Some(comments) = self.comments.get_mut(&value.path) else { return false };
        let call = call.filter(|call| call.path == value.path).map(Location::range);
        let place = comments.place(&value.range(), call.as_ref(), calls.of(&value.path));
        comments.suppress(&place, code)
    }

    fn suppresses_definition(&mut self, value: &Location, code: Code, calls: &CascadeCalls) -> bool {
        let Some(comments) = self.comments.get_mut(&value.path) else { return false };
        let place = comments.place(&value.range(), None, calls.of(&value.path));
        comments.suppress_definition(&place, code)
    }

    /// The calls that get the dictionary in which the value stands without those that are suppressed; None where all are.
    fn left_givens(&mut self, site: &Site, code: Code, calls: &CascadeCalls) -> Option<Vec<Recipient>> {
        let is_elsewhere = |given: &Recipient| !given.at.covers(&site.at);
        let is_suppressed = |given: &Recipient| is_elsewhere(given) && self.suppresses(&given.at, None, code, calls);
        let (suppressed, left): (Vec<_>, Vec<_>) = site.recipients.iter().cloned().partition(is_suppressed);
        // without a name that leads to it, the planner does not see that the call uses the dictionary too
        let is_whole = left.is_empty() || suppressed.iter().any(|given| given.steps.is_empty());
        (suppressed.is_empty() || !is_whole).then_some(left)
    }
}

/// A site as one for each choice of the findings that are left at the calls that get its dictionary: mostly one.
fn split(
    site: &Site,
    judgements: &[Judgement],
    left: &[Option<Vec<Recipient>>],
    judge: &dyn Fn(&Site) -> Verdict,
) -> Vec<(Site, Verdict)> {
    let is_left =
        |given: &Recipient| left.iter().map(|left| left.as_ref().is_some_and(|left| left.contains(given))).collect();
    let mut groups: Vec<(Vec<bool>, Vec<Recipient>)> = Vec::new();
    for given in &site.recipients {
        let choice: Vec<bool> = is_left(given);
        match groups.iter_mut().find(|(known, _)| *known == choice) {
            Some((_, recipients)) => recipients.push(given.clone()),
            None => groups.push((choice, vec![given.clone()])),
        }
    }
    let sites = groups.into_iter().filter(|(choice, _)| choice.contains(&true)).map(|(choice, recipients)| {
        let is_whole = recipients.len() == site.recipients.len();
        let part = Site { recipients, ..site.clone() };
        let of_part = if is_whole { judgements.to_vec() } else { judge(&part).judgements().to_vec() };
        let chosen: Vec<Code> =
            judgements.iter().zip(choice).filter(|(_, is_chosen)| *is_chosen).map(|(found, _)| found.code).collect();
        let kept = of_part.into_iter().filter(|judgement| chosen.contains(&judgement.code)).collect();
        (part, Verdict::Judged(kept, 0))
    });
    sites.collect()
}

/// The calls that get a cascade, by file.
#[derive(Default)]
struct CascadeCalls(HashMap<Arc<Path>, Vec<Range<usize>>>);

impl CascadeCalls {
    fn of(&self, path: &Path) -> &[Range<usize>] {
        self.0.get(path).map(Vec::as_slice).unwrap_or_default()
    }
}

fn calls(sites: &[(Site, Verdict)]) -> CascadeCalls {
    let mut calls: HashMap<Arc<Path>, Vec<Range<usize>>> = HashMap::default();
    for (site, _) in sites {
        calls.entry(Arc::clone(&site.call.path)).or_default().push(site.call.range());
    }
    calls.values_mut().for_each(|calls| calls.sort_by_key(|call| (call.start, call.end)));
    CascadeCalls(calls)
}

/// What the value of a site can be that is not as it should be.
fn concerned<'s>(site: &'s Site, judgement: &'s Judgement) -> impl Iterator<Item = &'s Alternative> {
    let alternatives = site.value.iter().flat_map(|value| &value.alternatives).enumerate();
    let is_concerned = move |index: usize| match &judgement.change {
        Some(change) => change.each.get(index).is_none_or(Option::is_some),
        None => true,
    };
    alternatives.filter(move |(index, _)| is_concerned(*index)).map(|(_, alternative)| alternative)
}
