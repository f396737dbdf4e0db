//! The outcomes with the edits of their fixes go in; the imports that these leave unused are taken out by the same fixes, or told.

use std::path::Path;
use std::sync::Arc;

use super::outcomes::edits_by_file;
use super::run::Run;
use crate::imports::{Unused, can_be_left_out, is_taken_from, left_unused};
use crate::module::Module;
use crate::outcome::{FileOutcome, Fix};
use crate::policy::Note;
use crate::rewrite::FileEdit;

impl Run<'_> {
    /// Completes the fixes that take the last use of an import away.
    pub(super) fn take_imports_out(&self, outcomes: &mut [FileOutcome]) {
        let edits = edits_by_file(outcomes);
        let mut paths: Vec<&Arc<Path>> = edits.keys().collect();
        paths.sort();
        for path in paths {
            let repository = self.analysis.repositories.of(path);
            let Some(module) = repository.open(path) else { continue };
            for mut unused in left_unused(&module, &edits[path]) {
                if unused.removal.is_ok()
                    && let Some(why) = self.is_needed(&module, &unused)
                {
                    unused.removal = Err(why);
                }
                let line = module.source.position(unused.range.start).shown_line();
                let place = format!("{}:{line}", repository.display(path));
                let fixes =
                    outcomes.iter_mut().flat_map(|file| &mut file.findings).filter_map(|finding| finding.fix.as_mut());
                fixes.filter(|fix| takes(fix, path, &unused)).for_each(|fix| complete(fix, path, &place, &unused));
            }
        }
    }

    /// Why an import has to stay although its file doesn't use it.
    fn is_needed(&self, module: &Module, unused: &Unused) -> Option<String> {
        let repository = self.analysis.repositories.of(&module.path);
        let stem = module.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let has = |bytes: &[u8], word: &str| memchr::memmem::find(bytes, word.as_bytes()).is_some();
        // `from … import *` names none
        let can_take = |bytes: &[u8]| {
            has(bytes, &stem) && (has(bytes, "import *") || unused.names.iter().any(|name| has(bytes, name)))
        };
        for path in self.analysis.search.look(&self.analysis.walk.of_all_in(repository.root()), can_take).files {
            let path = self.analysis.walk.absolute(&path);
            if *path == *module.path {
                continue;
            }
            let taker = repository.open(&path);
            if taker.is_none_or(|taker| is_taken_from(&taker, &stem, &unused.names)) {
                return Some(format!("{} may take it from here", repository.display(&path)));
            }
        }
        let is_noticed = unused.is_whole && !can_be_left_out(&repository, module, unused);
        is_noticed.then(|| "what it imports may do more than define names".to_owned())
    }
}

/// Whether a fix takes a use of an import away.
fn takes(fix: &Fix, path: &Arc<Path>, unused: &Unused) -> bool {
    fix.edits.iter().any(|FileEdit { path: of, edit }| of == path && unused.taken_by.contains(&edit.range))
}

fn complete(fix: &mut Fix, path: &Arc<Path>, place: &str, unused: &Unused) {
    let text = &unused.text;
    match &unused.removal {
        Ok(edits) => {
            let edits = edits.iter().map(|edit| FileEdit { path: Arc::clone(path), edit: edit.clone() });
            fix.edits.extend(edits);
            fix.edits.sort_by(|a, b| (&a.path, a.edit.range.start).cmp(&(&b.path, b.edit.range.start)));
            fix.notes.push(Note::of_form(format!("`{text}` goes, as nothing else uses it ({place})")));
        }
        Err(why) => fix.notes.push(Note::of_form(format!("`{text}` is not used any more ({place}); it stays: {why}"))),
    }
}
