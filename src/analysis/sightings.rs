//! The files of a scan go in; what the checks find in them that are not about cascades comes out.

use super::run::Run;
use crate::checks::{ModuleView, Sighting};
use crate::resolve::Resolver;
use crate::rules::Code;

impl Run<'_> {
    /// What is found in files under check, in order; of codes that are on by default also what the settings ignore, which is counted.
    pub fn sightings(&self) -> Vec<(Code, Sighting)> {
        let mut found = Vec::new();
        for path in &self.analysis.scan.with_words {
            let settings = self.analysis.reach.settings.of(path);
            let selection = settings.selection(path);
            let is_asked = |code: Code| selection.has(code) || code.is_on_by_default() && selection.ignores(code);
            let checks: Vec<_> = self.analysis.reach.checks.iter().filter(|check| is_asked(check.code)).collect();
            let repository = self.analysis.repositories.of(path);
            let Some(module) = (!checks.is_empty()).then(|| repository.open(path)).flatten() else { continue };
            let resolver = Resolver { constructors: &settings.rules.constructors, repository: &repository };
            let view = ModuleView { module: &module, resolver: &resolver };
            for check in checks {
                found.extend((check.find)(&view).into_iter().map(|sighting| (check.code, sighting)));
            }
        }
        found.sort_by(|(code, one), (other_code, other)| (&one.at, code).cmp(&(&other.at, other_code)));
        found
    }
}
