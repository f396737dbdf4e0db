//! An analysis is asked many times, and reads once: what it says later is of the texts that it read first, those on disk under those that
//! nobody saved.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cascade_fix::analysis::{Analysis, Unsaved};
use cascade_fix::outcome::Outcome;
use cascade_fix::report::{Format, PatchFolder, write_findings, write_patch};
use cascade_fix::settings::{Overrides, SettingsSource};
use tempfile::TempDir;

use crate::common::{asked, read_tree, repository_of, write_tree};

fn analysis(folder: &Path, unsaved: Vec<Unsaved>) -> Analysis {
    crate::common::analysis(folder, Overrides::default(), &SettingsSource::Isolated, unsaved)
}

/// All that a report says of an outcome, and what is written.
fn told(outcome: &Outcome, folder: &Path) -> String {
    let mut out = Vec::new();
    write_findings(Format::Json, outcome, false, &mut out).unwrap();
    write_patch(outcome, &PatchFolder::at(folder), false, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn repositories() -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir("testdata/repositories").unwrap().map(|entry| entry.unwrap().path().join("before"))
}

/// A repository of its own.
fn empty_repository() -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    folder
}

#[test]
fn it_says_the_same_when_the_files_are_gone() {
    for before in repositories() {
        let folder = repository_of(&before);
        let asked_at_once = told(&asked(&analysis(folder.path(), Vec::new()), true), folder.path());
        let analysis = analysis(folder.path(), Vec::new());
        let safe = told(&asked(&analysis, false), folder.path());
        std::fs::remove_dir_all(folder.path()).unwrap();
        assert_eq!(told(&asked(&analysis, true), folder.path()), asked_at_once, "{}", before.display());
        assert_eq!(told(&asked(&analysis, false), folder.path()), safe, "{}", before.display());
    }
}

#[test]
fn texts_that_are_not_saved_count_as_if_they_were() {
    for before in repositories() {
        let tree = read_tree(&before);
        let saved = empty_repository();
        write_tree(&tree, saved.path());
        let expected = told(&asked(&analysis(saved.path(), Vec::new()), true), saved.path());
        // every other file is there only for whoever has it open, and one is another on disk
        let (open, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
            tree.into_iter().enumerate().partition(|(at, (name, _))| at % 2 == 0 && name.ends_with(".py"));
        let (open, mut others): (BTreeMap<_, _>, BTreeMap<_, _>) =
            (open.into_values().collect(), others.into_values().collect());
        others.extend(open.keys().next().map(|name: &String| (name.clone(), b"import this\n".to_vec())));
        let folder = empty_repository();
        write_tree(&others, folder.path());
        let path = |name: &str| Some(folder.path().join(name));
        let unsaved = open.into_iter().map(|(name, bytes)| Unsaved { path: path(&name), bytes }).collect();
        let found = told(&asked(&analysis(folder.path(), unsaved), true), folder.path());
        assert_eq!(found, expected, "{}", before.display());
    }
}
