//! Choosing among the changes of a run: all together are what the run writes, and each can be carried out without the others.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use crate::common::{analysis, asked, repository_of};
use cascade_fix::apply::still_parses;
use cascade_fix::choice::{Choice, Chosen, Decision, FixVariant, Fixes};
use cascade_fix::outcome::{Outcome, Status};
use cascade_fix::settings::{Overrides, SettingsSource};

/// The fixes of every repository of the test data.
static FIXES: LazyLock<Vec<(PathBuf, Fixes)>> = LazyLock::new(|| {
    let folders = fs::read_dir("testdata/repositories").unwrap().map(|entry| entry.unwrap().path());
    let folders = folders.chain([PathBuf::from("testdata/example")]).filter(|folder| folder.is_dir());
    let fixes = folders.map(|folder| {
        let copy = repository_of(&folder);
        let overrides = Overrides { select: vec!["CAS".to_owned()], ..Overrides::default() };
        let analysis = analysis(copy.path(), overrides, &SettingsSource::Isolated, Vec::new());
        (folder, Fixes { proposed: asked(&analysis, false), all: Some(asked(&analysis, true)) })
    });
    fixes.collect()
});

fn chosen(fixes: &Fixes, change: &Choice, reading: FixVariant) -> Chosen {
    let edits = fixes.edits(change, reading);
    let findings = fixes.findings(change, reading).len();
    Chosen { change: change.clone(), edits, findings, decision: Decision::Fix }
}

fn written(outcome: &Outcome) -> BTreeMap<&str, Vec<u8>> {
    let changed = outcome.files.iter().filter_map(|file| match &file.status {
        Status::Changed(changed) => Some((&*file.display, changed.to_bytes().unwrap())),
        Status::Failed(reason) => panic!("{}: {reason}", file.display),
        _ => None,
    });
    changed.collect()
}

#[test]
fn all_changes_together_are_what_the_run_writes() {
    for (name, fixes) in FIXES.iter() {
        for (reading, expected) in
            [(FixVariant::Proposed, &fixes.proposed), (FixVariant::Unsafe, fixes.all.as_ref().unwrap())]
        {
            let all: Vec<_> = fixes.changes().iter().map(|change| chosen(fixes, change, reading)).collect();
            assert_eq!(written(&fixes.carried_out(&all)), written(expected), "{name:?} {reading:?}");
        }
    }
}

#[test]
fn each_change_can_be_carried_out_alone() {
    let mut count = 0;
    for (name, fixes) in FIXES.iter() {
        for change in fixes.changes() {
            for reading in [FixVariant::Proposed, FixVariant::Unsafe] {
                let alone = fixes.alone(&change, reading);
                for file in &alone.files {
                    let Status::Changed(changed) = &file.status else { continue };
                    still_parses(file.source.as_ref().unwrap(), changed)
                        .unwrap_or_else(|why| panic!("{name:?}: {why}"));
                    count += 1;
                }
            }
        }
    }
    assert!(count > 50, "{count}");
}

/// Every other change in its safe and the others in their unsafe reading: no edit of one meets one of another.
#[test]
fn both_readings_go_together() {
    for (_, fixes) in FIXES.iter() {
        for turn in [0, 1] {
            let changes = fixes.changes();
            let mixed = changes.iter().enumerate().map(|(index, change)| {
                chosen(fixes, change, if index % 2 == turn { FixVariant::Proposed } else { FixVariant::Unsafe })
            });
            let mixed: Vec<_> = mixed.collect();
            written(&fixes.carried_out(&mixed));
        }
    }
}

#[test]
fn nothing_chosen_is_nothing_written() {
    for (_, fixes) in FIXES.iter() {
        assert!(written(&fixes.carried_out(&[])).is_empty());
    }
}
