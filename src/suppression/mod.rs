//! The comments of files and the sites with their verdicts go in; the sites come out that are to be told and changed, those that a
//! comment suppresses, and the comments that suppress nothing.
//!
//! `# cascade-fix: ignore` and `# noqa` with a code are about the line, the call or the statement that they stand in or above;
//! `# cascade-fix: ignore-file` is about the file. A use that is suppressed is, to the others of what it shares with them, a use for
//! something else: it keeps its value.

mod comments;
mod directive;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::module::Location;
use crate::outcome::UnusedSuppression;
use crate::policy::{Judgement, Verdict};
use crate::resolve::Alternative;
use crate::rules::Code;
use crate::site::{Given, Site};
use crate::source::Source;
use comments::Comments;

/// The sites of a run, sifted.
#[derive(Default)]
pub struct Sifted {
    /// Those that are left, with the findings that no comment suppresses, in the order in which they were given.
    pub kept: Vec<(Site, Verdict)>,
    /// Those of which findings are suppressed, and how many.
    pub suppressed: Vec<(Site, usize)>,
    /// Literals that stay as they are, though uses of them in other files are changed.
    pub left_alone: HashSet<Location>,
    comments: HashMap<Arc<Path>, Comments>,
}

impl Sifted {
    /// Sifts sites. `checked` are the files whose comments count even where no site is; `source` gives the text of a file.
    pub fn new<'p>(
        sites: Vec<(Site, Verdict)>,
        checked: impl Iterator<Item = &'p Arc<Path>>,
        source: impl Fn(&Path) -> Option<Arc<Source>> + Sync,
    ) -> Self {
        let mut paths: HashSet<&Arc<Path>> = checked.collect();
        for (site, verdict) in &sites {
            for judgement in verdict.judgements() {
                let of_values = concerned(site, judgement).map(|one| &one.written.at);
                let others = site.dictionaries.iter().map(|given| &given.at).chain(of_values);
                paths.extend(others.chain([&site.at]).map(|at| &at.path));
            }
        }
        let with_comments =
            paths.into_par_iter().filter_map(|path| Some((Arc::clone(path), Comments::of(&source(path)?)?)));
        let mut sifted = Self { comments: with_comments.collect(), ..Self::default() };
        if sifted.comments.is_empty() {
            return Self { kept: sites, ..sifted };
        }
        let calls = calls(&sites);
        for (mut site, verdict) in sites {
            let Verdict::Judged(judgements) = verdict else {
                sifted.kept.push((site, verdict));
                continue;
            };
            let number = judgements.len();
            let left: Vec<Judgement> = judgements
                .into_iter()
                .filter(|judgement| !sifted.is_suppressed(&mut site, judgement, &calls))
                .collect();
            if left.len() < number {
                sifted.suppressed.push((site.clone(), number - left.len()));
            }
            if number == 0 || !left.is_empty() {
                sifted.kept.push((site, Verdict::Judged(left)));
            }
        }
        sifted
    }

    /// The comments of a file that suppress nothing.
    pub fn unused(&self, path: &Path, is_selected: impl Fn(Code) -> bool) -> Vec<UnusedSuppression> {
        self.comments.get(path).map_or_else(Vec::new, |comments| comments.unused(is_selected))
    }

    /// Whether a finding is suppressed. Where only some of the calls that get a dictionary are, the site loses those.
    fn is_suppressed(&mut self, site: &mut Site, judgement: &Judgement, calls: &Calls) -> bool {
        let code = judgement.code;
        let is_here = self.suppresses(&site.at, Some(&site.call), code, calls);
        let written: Vec<Location> =
            concerned(site, judgement).map(|one| one.written.at.clone()).filter(|at| !site.at.covers(at)).collect();
        let mut is_at_definition = false;
        for at in &written {
            is_at_definition |= self.suppresses_definition(at, code, calls);
        }
        if is_here || is_at_definition || self.suppresses_givens(site, code, calls) {
            return true;
        }
        for at in written.into_iter().filter(|at| at.path != site.at.path) {
            if self.comments.get_mut(&at.path).is_some_and(|comments| comments.suppress_file(code)) {
                self.left_alone.insert(at);
            }
        }
        false
    }

    fn suppresses(&mut self, value: &Location, call: Option<&Location>, code: Code, calls: &Calls) -> bool {
        let Some(comments) = self.comments.get_mut(&value.path) else { return false };
        let call = call.filter(|call| call.path == value.path).map(Location::range);
        let place = comments.place(&value.range(), call.as_ref(), calls.of(&value.path));
        comments.suppress(&place, code)
    }

    fn suppresses_definition(&mut self, value: &Location, code: Code, calls: &Calls) -> bool {
        let Some(comments) = self.comments.get_mut(&value.path) else { return false };
        let place = comments.place(&value.range(), None, calls.of(&value.path));
        comments.suppress_definition(&place, code)
    }

    /// Whether all calls are suppressed that get the dictionary in which the value stands. If some are, the site loses them.
    fn suppresses_givens(&mut self, site: &mut Site, code: Code, calls: &Calls) -> bool {
        let is_elsewhere = |given: &Given| !given.at.covers(&site.at);
        let (elsewhere, mut kept): (Vec<_>, Vec<_>) = site.dictionaries.iter().cloned().partition(is_elsewhere);
        let (suppressed, others): (Vec<_>, Vec<_>) =
            elsewhere.into_iter().partition(|given| self.suppresses(&given.at, None, code, calls));
        kept.extend(others);
        // without a name that leads to it, the planner does not see that the call uses the dictionary too
        let is_whole = kept.is_empty() || suppressed.iter().any(|given| given.steps.is_empty());
        if suppressed.is_empty() || is_whole {
            return !suppressed.is_empty();
        }
        site.dictionaries = kept;
        false
    }
}

/// The calls that get a cascade, by file.
struct Calls(HashMap<Arc<Path>, Vec<Range<usize>>>);

impl Calls {
    fn of(&self, path: &Path) -> &[Range<usize>] {
        self.0.get(path).map(Vec::as_slice).unwrap_or_default()
    }
}

fn calls(sites: &[(Site, Verdict)]) -> Calls {
    let mut calls: HashMap<Arc<Path>, Vec<Range<usize>>> = HashMap::new();
    for (site, _) in sites {
        calls.entry(Arc::clone(&site.call.path)).or_default().push(site.call.range());
    }
    Calls(calls)
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
