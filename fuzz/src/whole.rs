//! The bytes of a module that is looked at alone: what a fix leaves outside of its edits, and that it has nothing left to do.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, LazyLock};

use cascade_fix::analysis::{Analysis, Reach, Request, Unsaved};
use cascade_fix::checks::OF_MODULES;
use cascade_fix::discover::WalkOptions;
use cascade_fix::outcome::{FileOutcome, Outcome, Status};
use cascade_fix::repository::PathBase;
use cascade_fix::settings::{Lookup, Overrides, SettingsSource};
use cascade_fix::source::{DiskEdit, Source};
use cascade_fix::syntax::Tree;

/// A folder that there is not: nothing is read from disk.
const NOWHERE: &str = "/nowhere/at/all";

/// The defaults, and the defaults with all codes.
static SETTINGS: LazyLock<[Arc<Lookup>; 2]> = LazyLock::new(|| {
    let selecting = |select: &[&str]| {
        let select = select.iter().map(|code| (*code).to_owned()).collect();
        let overrides = Overrides { select, ..Overrides::default() };
        Arc::new(Lookup::new(overrides, &SettingsSource::Isolated, Path::new(NOWHERE)).unwrap())
    };
    [selecting(&[]), selecting(&["CAS"])]
});

/// A module as it is.
pub fn check(bytes: &[u8]) {
    check_named("models.py", bytes);
}

/// A file whose name says how it holds Python.
pub fn check_named(name: &str, bytes: &[u8]) {
    for unsafe_fixes in [false, true] {
        check_fix(name, bytes, unsafe_fixes);
    }
}

/// What is found in a file that nothing else is known of: with safe fixes of what is on by default, or with all fixes of all codes.
pub fn outcome(name: &str, bytes: &[u8], unsafe_fixes: bool) -> Outcome {
    outcome_by(&SETTINGS[usize::from(unsafe_fixes)], name, bytes, unsafe_fixes)
}

/// The same by other settings.
pub fn outcome_by(settings: &Arc<Lookup>, name: &str, bytes: &[u8], unsafe_fixes: bool) -> Outcome {
    let unsaved = vec![Unsaved { path: Some(Path::new(NOWHERE).join(name)), bytes: bytes.to_vec() }];
    let walk = WalkOptions { no_ignore: true, no_force_exclude: true, are_changed: false, threads: 1 };
    let reach = Reach {
        paths: Vec::<PathBuf>::new(),
        unsaved,
        walk,
        settings: Arc::clone(settings),
        base: PathBase::Repository,
        unseen: Some("it is alone"),
        checks: OF_MODULES,
    };
    let analysis = Analysis::of(reach, &AtomicUsize::new(0)).unwrap();
    analysis.outcome(&Request { unsafe_fixes, ..Request::default() }).unwrap()
}

fn check_fix(name: &str, bytes: &[u8], unsafe_fixes: bool) {
    let before = outcome(name, bytes, unsafe_fixes);
    let Some(file) = before.files.first() else { return };
    let (Some(source), Status::Changed(changed)) = (&file.source, &file.status) else {
        let is_failed = file.source.is_some() && file.status.failed().is_some();
        assert!(!is_failed, "the fixes can't be carried out: {:?}", file.status.failed());
        return;
    };
    let edits = disk_edits(&before, file);
    let after = changed.to_bytes().expect("what is to be written has bytes");
    // what comes out is told in UTF-8, whatever the file is in
    if edits.iter().all(|edit| edit.text.is_ascii()) {
        assert!(spliced(bytes, &edits) == after, "other bytes change than those of the edits:\n{}", changed.text());
    }
    if !parses(source) {
        return;
    }
    assert!(parses(changed), "the fixed text does not parse:\n{}", changed.stored());
    let again = outcome(name, &after, unsafe_fixes);
    for file in &again.files {
        let second = if let Status::Changed(second) = &file.status { second.stored() } else { changed.stored() };
        assert!(second == changed.stored(), "a second fix makes\n{second}\nof\n{}", changed.stored());
    }
}

/// Whether the parser finds nothing wrong.
pub fn parses(source: &Source) -> bool {
    Tree::parse(source.parser_text()).syntax_errors_of(source).is_empty()
}

/// The edits of the fixes that are carried out in a file, each once and in order.
fn disk_edits(outcome: &Outcome, file: &FileOutcome) -> Vec<DiskEdit> {
    let fixes = outcome.findings().filter_map(|(_, finding)| finding.fix.as_ref());
    let carried_out = fixes.filter(|fix| outcome.carries_out(fix)).flat_map(|fix| &fix.edits);
    let source = file.source.as_ref().expect("it was read");
    let edits = carried_out.filter(|edit| edit.path == file.path);
    let mut edits: Vec<DiskEdit> =
        edits.map(|edit| source.disk_edit(&edit.edit).expect("the file can hold it")).collect();
    edits.sort_by(|a, b| (a.range.start, a.range.end, &a.text).cmp(&(b.range.start, b.range.end, &b.text)));
    edits.dedup();
    edits
}

fn spliced(bytes: &[u8], edits: &[DiskEdit]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    for edit in edits {
        out.extend(&bytes[at..edit.range.start]);
        out.extend(edit.text.as_bytes());
        at = edit.range.end;
    }
    out.extend(&bytes[at..]);
    out
}
