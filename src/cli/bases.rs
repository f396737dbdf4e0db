//! The formats of a run's reports go in; the outcome that each is to show comes out, with the paths that it tells relative to what its
//! readers have in front of them.

use super::args::CommandLine;
use super::{Job, only_outcome, start_threads, while_shown};
use crate::analysis::Reach;
use crate::outcome::Outcome;
use crate::report::Format;
use crate::repository::PathBase;

/// The outcome of a job, for each base that is asked for.
pub(super) struct Based {
    outcomes: Vec<(PathBase, Outcome)>,
}

impl Based {
    /// Runs a job once, whatever bases the formats have.
    ///
    /// # Errors
    /// As those of a run.
    pub fn run(arguments: &CommandLine, job: Job, formats: &[Format]) -> anyhow::Result<Self> {
        let Job { reach, request } = job;
        start_threads(reach.walk.threads)?;
        let is_asked = |base: &PathBase| formats.iter().any(|format| format.base() == *base);
        let bases: Vec<PathBase> =
            [PathBase::WorkingDirectory, PathBase::Repository].into_iter().filter(is_asked).collect();
        let base = if let [only] = bases[..] { only } else { PathBase::Each };
        let reach = Reach { base, ..reach };
        let outcome = while_shown(arguments, |counter| only_outcome(Job { reach, request }, counter))?;
        let outcomes = match base {
            PathBase::Each => bases.into_iter().map(|base| (base, outcome.told_from(base))).collect(),
            _ => vec![(base, outcome)],
        };
        Ok(Self { outcomes })
    }

    /// What a format is to show; formats other than those that were asked for show what the first does.
    pub fn of(&self, format: Format) -> &Outcome {
        let with_base = self.outcomes.iter().find(|(base, _)| *base == format.base());
        &with_base.unwrap_or(&self.outcomes[0]).1
    }
}
