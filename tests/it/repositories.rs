//! Small repositories before and after `fix`: `testdata/repositories/NAME/before` becomes `after`, to the byte. The paths
//! named are those of `paths.json`, or the whole. `BLESS=1 cargo test repositories` writes what is there now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::common::{analysis, asked, copy_tree, read_tree, repository_of, run_binary};
use cascade_fix::outcome::{FileOutcome, Finding, Outcome, Status};
use cascade_fix::settings::{Overrides, SettingsSource};
use serde_json::Value;

#[test]
fn fix_writes_the_recorded_files_and_a_second_fix_writes_nothing() {
    let mut seen = 0;
    for entry in std::fs::read_dir("testdata/repositories").unwrap() {
        let folder = entry.unwrap().path();
        let scratch = repository_of(&folder.join("before"));
        let paths = std::fs::read_to_string(folder.join("paths.json"))
            .map_or_else(|_| Vec::new(), |text| serde_json::from_str::<Vec<String>>(&text).unwrap());
        let arguments: Vec<&str> = ["fix", "--quiet"].into_iter().chain(paths.iter().map(String::as_str)).collect();
        let run = run_binary(scratch.path(), &arguments);
        assert_eq!(run.status.code(), Some(0), "{}: {}", folder.display(), String::from_utf8_lossy(&run.stderr));
        let fixed = read_tree(scratch.path());
        assert_recorded(&folder.join("after"), scratch.path());
        run_binary(scratch.path(), &arguments);
        assert!(read_tree(scratch.path()) == fixed, "{}: a second fix changes something", folder.display());
        seen += 1;
    }
    assert!(seen > 5);
}

#[test]
fn a_fix_leaves_no_finding_that_was_not_there_and_converges_with_unsafe_fixes_too() {
    let mut seen = 0;
    for entry in std::fs::read_dir("testdata/repositories").unwrap() {
        let folder = entry.unwrap().path();
        let scratch = repository_of(&folder.join("before"));
        let every_check = || Overrides { select: vec!["CAS".to_owned()], ..Overrides::default() };
        let analysis = || analysis(scratch.path(), every_check(), &SettingsSource::Isolated, Vec::new());
        let before = analysis();
        for unsafe_fixes in [false, true] {
            let what = format!("{} with{} unsafe fixes", folder.display(), if unsafe_fixes { "" } else { "out" });
            copy_tree(&folder.join("before"), scratch.path());
            let fixed = asked(&before, unsafe_fixes);
            for (path, bytes) in written(&fixed) {
                std::fs::write(path, bytes).unwrap();
            }
            let again = asked(&analysis(), unsafe_fixes);
            let (before, after) = (findings(&fixed), findings(&again));
            let new: Vec<_> = after.difference(&before).collect();
            assert!(new.is_empty(), "{what}: new after the fix: {new:?}");
            assert_eq!(written(&again).count(), 0, "{what}: a second fix");
            seen += 1;
        }
    }
    assert!(seen > 10);
}

#[test]
fn of_a_file_or_folder_that_is_named_alone_is_told_what_is_told_of_it_among_all() {
    let mut seen = 0;
    for entry in std::fs::read_dir("testdata/repositories").unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap();
        // in the others a fix may be in another file than what it mends
        if !["calls-", "expunge-", "orphans-"].iter().any(|beginning| name.starts_with(beginning)) {
            continue;
        }
        let scratch = repository_of(&folder.join("before"));
        let all = told_by_file(scratch.path(), ".");
        let folders = all.keys().flat_map(|path| Path::new(path).ancestors().skip(1).filter_map(Path::to_str));
        let folders: BTreeSet<&str> = folders.filter(|folder| !folder.is_empty()).collect();
        for named in all.keys().map(String::as_str).chain(folders) {
            let mut of_it = all.clone();
            of_it.retain(|path, _| Path::new(path).starts_with(named));
            assert_eq!(told_by_file(scratch.path(), named), of_it, "{name}: {named}");
            seen += 1;
        }
    }
    assert!(seen > 35);
}

/// The findings of a check as JSON, by file.
fn told_by_file(repository: &Path, named: &str) -> BTreeMap<String, Vec<Value>> {
    let run = run_binary(repository, &["check", "--output-format", "json", named]);
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let mut told: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        told.entry(finding["path"].as_str().unwrap().to_owned()).or_default().push(finding.clone());
    }
    told
}

/// The files that an outcome changes.
fn written(outcome: &Outcome) -> impl Iterator<Item = (&Path, Vec<u8>)> {
    outcome.files.iter().filter_map(|file| match &file.status {
        Status::Changed(changed) => Some((&*file.path, changed.to_bytes().unwrap())),
        Status::Failed(reason) => panic!("{}: {reason}", file.display),
        _ => None,
    })
}

/// What is found, by relationship.
fn findings(outcome: &Outcome) -> BTreeSet<String> {
    let named = |(file, finding): (&FileOutcome, &Finding)| {
        format!("{:?} {} {:?}", finding.code, file.display, finding.relationship_name())
    };
    outcome.findings().map(named).collect()
}

#[test]
fn pythons_own_parser_takes_every_fixed_file_that_it_took_before() {
    const PROGRAM: &str = "\
import ast, pathlib, sys
def parses(path):
    try:
        return bool(ast.parse(path.read_bytes()))
    except (SyntaxError, ValueError):
        return False
for before in pathlib.Path('testdata/repositories').rglob('before/**/*.py'):
    after = pathlib.Path(str(before).replace('/before/', '/after/'))
    if parses(before) and not parses(after):
        sys.exit(f'{after} does not parse')
";
    let run = std::process::Command::new("python3").args(["-c", PROGRAM]).output().expect("the tests need python3");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

fn assert_recorded(after: &Path, scratch: &Path) {
    if std::env::var_os("BLESS").is_some() {
        let _ = std::fs::remove_dir_all(after);
        copy_tree(scratch, after);
    }
    let (recorded, written) = (read_tree(after), read_tree(scratch));
    assert_eq!(recorded.keys().collect::<Vec<_>>(), written.keys().collect::<Vec<_>>(), "{}", after.display());
    for (path, bytes) in recorded {
        let written = &written[&path];
        assert!(
            bytes == *written,
            "{}/{path} differs:\n{}",
            after.display(),
            similar::TextDiff::from_lines(&*String::from_utf8_lossy(&bytes), &*String::from_utf8_lossy(written))
                .unified_diff()
        );
    }
}
