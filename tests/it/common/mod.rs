//! Trees of files, and the binary run in them.

pub mod cases;
pub mod markdown;
pub mod sqlalchemy;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use cascade_fix::analysis::{Analysis, Reach, Request, Unsaved};
use cascade_fix::checks::OF_MODULES;
use cascade_fix::discover::WalkOptions;
use cascade_fix::outcome::Outcome;
use cascade_fix::repository::PathBase;
use cascade_fix::settings::{Lookup, Overrides, SettingsSource};
use tempfile::TempDir;

/// Runs cascade-fix in a folder.
pub fn run_binary(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cascade-fix"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .output()
        .unwrap()
}

/// Starts cascade-fix, to be written to and read from.
pub fn start_binary(arguments: &[&str]) -> Child {
    let mut binary = Command::new(env!("CARGO_BIN_EXE_cascade-fix"));
    binary.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

/// Every file below a folder, by its relative path; git's own files left out.
pub fn read_tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in std::fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.extend(Some(path).filter(|path| !path.ends_with(".git")));
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    files
}

/// Writes files below a folder.
pub fn write_tree(files: &BTreeMap<String, Vec<u8>>, folder: &Path) {
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// A temporary folder with files.
pub fn folder_with(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let tree = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    write_tree(&tree, folder.path());
    folder
}

/// Copies every file below a folder.
pub fn copy_tree(from: &Path, to: &Path) {
    write_tree(&read_tree(from), to);
}

/// A repository of its own with every file below a folder.
pub fn repository_of(folder: &Path) -> TempDir {
    let repository = TempDir::new().unwrap();
    copy_tree(folder, repository.path());
    std::fs::create_dir(repository.path().join(".git")).unwrap();
    repository
}

/// The library's analysis of a folder, by the defaults and what is said besides.
pub fn analysis(folder: &Path, overrides: Overrides, place: &SettingsSource, unsaved: Vec<Unsaved>) -> Analysis {
    let settings = Arc::new(Lookup::new(overrides, place, folder).unwrap());
    let (walk, base) = (WalkOptions::default(), PathBase::Repository);
    let reach =
        Reach { paths: vec![folder.to_owned()], unsaved, walk, settings, base, unseen: None, checks: OF_MODULES };
    Analysis::of(reach, &Default::default()).unwrap()
}

/// What an analysis is asked for, with its unsafe fixes or without.
pub fn asked(analysis: &Analysis, unsafe_fixes: bool) -> Outcome {
    analysis.outcome(&Request { unsafe_fixes, ..Request::default() }).unwrap()
}

/// What the library makes of a folder, by the defaults and what is said besides.
pub fn outcome(folder: &Path, overrides: Overrides, unsafe_fixes: bool) -> Outcome {
    asked(&analysis(folder, overrides, &SettingsSource::Isolated, Vec::new()), unsafe_fixes)
}
