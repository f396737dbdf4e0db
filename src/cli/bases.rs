//! The formats of a run's reports go in; the outcome that each is to show comes out, with the paths that it tells relative to what its
//! readers have in front of them.

use super::args::Arguments;
use super::{Job, start_threads, while_shown};
use crate::analysis::{Analysis, Reach};
use crate::outcome::Outcome;
use crate::report::Format;
use crate::repository::Base;

/// The outcome of a job, for each base that is asked for.
pub(super) struct Based {
    outcomes: Vec<(Base, Outcome)>,
}

impl Based {
    /// Runs a job once, and again where formats have different bases and that matters: the working directory is no top of a repository.
    ///
    /// # Errors
    /// As those of a run.
    pub fn run(arguments: &Arguments, job: Job, formats: &[Format]) -> anyhow::Result<Self> {
        let Job { reach, request } = job;
        start_threads(reach.walk.threads)?;
        let mut outcomes: Vec<(Base, Outcome)> = Vec::new();
        for base in [Base::WorkingDirectory, Base::Repository] {
            let is_asked = formats.iter().any(|format| format.base() == base);
            if is_asked && !outcomes.iter().any(|(_, known)| has_one_base(known)) {
                let reach = Reach { base, ..reach.clone() };
                let outcome = while_shown(arguments, |counter| Analysis::of(reach, counter)?.outcome(&request))?;
                outcomes.push((base, outcome));
            }
        }
        Ok(Self { outcomes })
    }

    /// What a format is to show; formats other than those that were asked for show what the first does.
    pub fn of(&self, format: Format) -> &Outcome {
        let with_base = self.outcomes.iter().find(|(base, _)| *base == format.base());
        &with_base.unwrap_or(&self.outcomes[0]).1
    }
}

/// Whether its paths are the same from every base.
fn has_one_base(outcome: &Outcome) -> bool {
    outcome.files.iter().all(|file| file.display == file.in_repository)
}
