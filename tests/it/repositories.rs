//! Small repositories before and after `fix`: `testdata/repositories/NAME/before` becomes `after`, to the byte. The paths
//! named are those of `paths.json`, or the whole. `BLESS=1 cargo test repositories` writes what is there now.

use std::collections::BTreeSet;
use std::path::Path;

use crate::common::{copy_tree, read_tree, run_binary};

#[test]
fn fix_writes_the_recorded_files_and_a_second_fix_writes_nothing() {
    let mut seen = 0;
    for entry in std::fs::read_dir("testdata/repositories").unwrap() {
        let folder = entry.unwrap().path();
        let scratch = tempfile::tempdir().unwrap();
        copy_tree(&folder.join("before"), scratch.path());
        std::fs::create_dir(scratch.path().join(".git")).unwrap();
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
        for options in [&["--select", "CAS"][..], &["--select", "CAS", "--unsafe-fixes"]] {
            let scratch = tempfile::tempdir().unwrap();
            copy_tree(&folder.join("before"), scratch.path());
            std::fs::create_dir(scratch.path().join(".git")).unwrap();
            let fix: Vec<&str> = ["fix", "--quiet"].iter().chain(options).copied().collect();
            let before = findings(scratch.path());
            run_binary(scratch.path(), &fix);
            let fixed = read_tree(scratch.path());
            let after = findings(scratch.path());
            let new: Vec<_> = after.difference(&before).collect();
            assert!(new.is_empty(), "{} with {options:?}: new after the fix: {new:?}", folder.display());
            run_binary(scratch.path(), &fix);
            assert!(read_tree(scratch.path()) == fixed, "{} with {options:?}: a second fix", folder.display());
            seen += 1;
        }
    }
    assert!(seen > 10);
}

/// What `check` finds, by relationship.
fn findings(folder: &Path) -> BTreeSet<String> {
    let run = run_binary(folder, &["check", "--select", "CAS", "--output-format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let relationship = &finding["relationship"];
            format!("{} {} {} {}", finding["code"], finding["path"], relationship["owner"], relationship["attribute"])
        })
        .collect()
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
