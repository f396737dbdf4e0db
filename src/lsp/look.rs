//! A folder and the texts that are open go in; what is found in all of it comes out. It takes as long as a run of `check`, so that it is
//! done beside the conversation with the editor.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashMap;

use crate::analysis::{Analysis, Reach, Request, Unsaved};
use crate::changed_lines::ChangedLines;
use crate::checks::OF_MODULES;
use crate::discover::WalkOptions;
use crate::outcome::{FileOutcome, Finding, Outcome};
use crate::repository::PathBase;
use crate::settings::{Lookup, Overrides, SettingsError, SettingsSource};

/// Why a new text is looked at alone.
const UNSEEN: &str = "the rest of the repository is looked at when you stop typing";

/// Where settings come from.
#[derive(Debug, Clone)]
pub struct Configured {
    /// What the command line says.
    pub overrides: Overrides,
    /// Where settings files are.
    pub place: SettingsSource,
    /// How many threads look at a folder; 0 is one for each core.
    pub threads: usize,
}

/// What was found in a folder.
pub(super) struct Examined {
    pub outcome: Outcome,
    pub settings: Arc<Lookup>,
    /// The texts that were open then.
    texts: HashMap<PathBuf, Arc<str>>,
}

impl Configured {
    fn lookup(&self, folder: &Path) -> Result<Lookup, SettingsError> {
        Lookup::new(self.overrides.clone(), &self.place, folder)
    }

    /// Looks at a folder under the texts that are open in it.
    pub(super) fn look(&self, folder: &Path, texts: HashMap<PathBuf, Arc<str>>) -> Result<Examined, String> {
        let settings = Arc::new(self.lookup(folder).map_err(|error| error.to_string())?);
        let unsaved = texts.iter().map(|(path, text)| unsaved(path, text)).collect();
        let outcome = run(vec![folder.to_owned()], unsaved, &settings, None, &Request::default())?;
        Ok(Examined { outcome, settings, texts })
    }
}

impl Examined {
    /// The text of a file as it was looked at, and its findings; no text where there was nothing to find.
    pub fn of(&self, path: &Path) -> (Option<Arc<str>>, &[Finding]) {
        let file = self.file(path);
        let source = file.and_then(|file| file.source.as_ref()).map(|source| Arc::from(source.text()));
        (self.texts.get(path).cloned().or(source), file.map(|file| &*file.findings).unwrap_or_default())
    }

    /// What was found in a file.
    pub fn file(&self, path: &Path) -> Option<&FileOutcome> {
        self.outcome.files.iter().find(|file| *file.path == *path)
    }

    /// What can be found in changed lines of a text without the rest of its repository, which takes the time of parsing it.
    pub fn alone(&self, path: &Path, text: &Arc<str>, changed: &[Range<usize>]) -> Vec<Finding> {
        let request =
            Request { changed_lines: Some(ChangedLines::of_file(path.to_owned(), changed)), ..Request::default() };
        let outcome = run(Vec::new(), vec![unsaved(path, text)], &self.settings, Some(UNSEEN), &request);
        let files = outcome.map(|outcome| outcome.files).unwrap_or_default();
        files.into_iter().filter(|file| *file.path == *path).flat_map(|file| file.findings).collect()
    }
}

fn unsaved(path: &Path, text: &Arc<str>) -> Unsaved {
    Unsaved { path: Some(path.to_owned()), bytes: text.as_bytes().to_vec() }
}

fn run(
    paths: Vec<PathBuf>,
    unsaved: Vec<Unsaved>,
    settings: &Arc<Lookup>,
    unseen: Option<&'static str>,
    request: &Request,
) -> Result<Outcome, String> {
    let (walk, settings) = (WalkOptions::default(), Arc::clone(settings));
    let reach = Reach { paths, unsaved, walk, settings, base: PathBase::Repository, unseen, checks: OF_MODULES };
    Analysis::outcome_of(reach, request)
}
