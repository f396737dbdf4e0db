//! What holds for every file of `testdata`, however it is stored: a second fix changes nothing, every byte outside the edits
//! stays, git makes of the printed patch what fix writes, and no syntax error is added.
//!
//! Each variant has a third of the folders, another third than the one before it; `EVERY=1 cargo test properties` takes all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::common::{read_tree, run_binary, write_tree};
use cascade_fix::source::{Kind, Source};
use cascade_fix::syntax::Tree;
use serde_json::Value;

type Files = BTreeMap<String, Vec<u8>>;

/// Every Python file of the test data and the example, below the path it has there.
fn sources() -> Files {
    let mut files = read_tree(Path::new("testdata"));
    // the variants give the lines their ends
    files.retain(|name, bytes| name.ends_with(".py") && !bytes.contains(&b'\r'));
    assert!(files.len() > 15);
    files
}

/// Every notebook and template of the test data.
fn other_sources() -> Files {
    let mut files = read_tree(Path::new("testdata"));
    files.retain(|name, _| Kind::of(Path::new(name)).is_some_and(|kind| kind != Kind::Python));
    assert!(files.len() > 15);
    files
}

fn with_endings(files: &Files, ending: &[u8]) -> Files {
    let convert = |bytes: &Vec<u8>| bytes.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(ending);
    files.iter().map(|(name, bytes)| (name.clone(), convert(bytes))).collect()
}

fn in_encoding(files: &Files, declared: &str, comment: &[u8]) -> Files {
    let head =
        |bytes: &Vec<u8>| [format!("# -*- coding: {declared} -*-\n# ").as_bytes(), comment, b"\n", bytes].concat();
    files.iter().filter(|(_, bytes)| bytes.is_ascii()).map(|(name, bytes)| (name.clone(), head(bytes))).collect()
}

fn mapped(files: &Files, change: impl Fn(&[u8]) -> Vec<u8>) -> Files {
    files.iter().map(|(name, bytes)| (name.clone(), change(bytes))).collect()
}

fn plain_with_odd_names() -> Files {
    let odd = |name: &str| format!("{}/a b/ä \"q\" \\ {}", folder_of(name), name.replace('/', "_"));
    sources().into_iter().map(|(name, bytes)| (odd(&name), bytes)).collect()
}

fn variants() -> Vec<(&'static str, Files)> {
    let plain = sources();
    vec![
        ("CRLF", with_endings(&plain, b"\r\n")),
        ("lone CR", with_endings(&plain, b"\r")),
        ("BOM", mapped(&plain, |bytes| [b"\xef\xbb\xbf", bytes].concat())),
        ("BOM and CRLF", mapped(&with_endings(&plain, b"\r\n"), |bytes| [b"\xef\xbb\xbf", bytes].concat())),
        ("no final newline", mapped(&plain, |bytes| bytes.trim_ascii_end().to_vec())),
        ("form feeds", mapped(&plain, |bytes| [b"\x0c\n", bytes].concat())),
        ("UTF-8 beyond ASCII", mapped(&plain, |bytes| ["# ä €\n".as_bytes(), bytes].concat())),
        ("Latin-1", in_encoding(&plain, "latin-1", b"caf\xe9 \x80\x85")),
        ("Windows-1252", in_encoding(&plain, "cp1252", b"\x80 \x93quoted\x94")),
        ("Shift JIS", in_encoding(&plain, "shift_jis", b"\x83\x65\x83\x58\x83\x67")),
        ("plain", plain),
        ("odd names", plain_with_odd_names()),
    ]
}

/// The variants of what is not plain Python: JSON and tags bear less than Python does.
fn other_variants() -> Vec<(&'static str, Files)> {
    let plain = other_sources();
    vec![
        ("others, CRLF", with_endings(&plain, b"\r\n")),
        ("others, lone CR", with_endings(&plain, b"\r")),
        ("others, BOM", mapped(&plain, |bytes| [b"\xef\xbb\xbf", bytes].concat())),
        ("others, no final newline", mapped(&plain, |bytes| bytes.trim_ascii_end().to_vec())),
        ("others", plain),
    ]
}

/// Of each variant the folders whose turn it is; a folder's files stay together.
fn in_turn(variants: Vec<(&'static str, Files)>) -> Vec<(&'static str, Files)> {
    if std::env::var_os("EVERY").is_some() {
        return variants;
    }
    let names = variants.iter().flat_map(|(_, files)| files.keys());
    let folders: BTreeSet<String> = names.map(|name| folder_of(name)).collect();
    let turn = |name: &str| folders.range(..folder_of(name)).count();
    let of_turn = |(index, (variant, mut files)): (usize, (&'static str, Files))| {
        files.retain(|name, _| (turn(name) + index).is_multiple_of(3));
        (variant, files)
    };
    variants.into_iter().enumerate().map(of_turn).collect()
}

/// The folder of a file of the test data that has a meaning of its own: a repository, or what holds one kind of case.
fn folder_of(name: &str) -> String {
    name.split('/').take(2).collect::<Vec<_>>().join("/")
}

fn git(folder: &Path, arguments: &[&str]) {
    let settings = ["-c", "core.autocrlf=false", "-c", "core.safecrlf=false"];
    let run = Command::new("git").args(settings).args(arguments).current_dir(folder).output().unwrap();
    assert!(run.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

fn syntax_errors(name: &str, bytes: &[u8]) -> usize {
    let kind = Kind::of(Path::new(name)).unwrap_or_default();
    Source::of_kind(kind, bytes.to_vec()).map_or(0, |source| {
        let (source, tree) = Tree::of(source);
        tree.syntax_errors_of(&source).len()
    })
}

/// The files after the edits of the JSON report, whose offsets are bytes on disk.
fn spliced(files: &Files, report: &Value) -> Files {
    let mut files = files.clone();
    let mut edits: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["fix"]["applicability"] == "safe")
        .filter_map(|f| f["fix"]["edits"].as_array())
        .flatten()
        .collect();
    edits.sort_by_key(|edit| std::cmp::Reverse((edit["start"].as_u64(), edit["end"].as_u64())));
    // the layout of a statement is a part of each fix in it
    edits.dedup();
    for edit in edits {
        let bytes = files.get_mut(edit["path"].as_str().unwrap()).unwrap();
        let (start, end) = (edit["start"].as_u64().unwrap() as usize, edit["end"].as_u64().unwrap() as usize);
        bytes.splice(start..end, edit["text"].as_str().unwrap().bytes());
    }
    files
}

#[test]
fn diff_check_and_fix_agree_to_the_byte_however_a_file_is_stored() {
    for (variant, files) in in_turn(variants()).into_iter().chain(in_turn(other_variants())) {
        let folder = tempfile::tempdir().unwrap();
        write_tree(&files, folder.path());
        git(folder.path(), &["init", "--quiet"]);

        let patch = run_binary(folder.path(), &["diff", "--quiet", "--no-ignore"]);
        assert_eq!(patch.status.code(), Some(1), "{variant}: {}", String::from_utf8_lossy(&patch.stderr));
        let report = run_binary(folder.path(), &["check", "--output-format", "json", "--no-ignore"]);
        let report: Value = serde_json::from_slice(&report.stdout).unwrap();
        assert!(read_tree(folder.path()) == files, "{variant}: diff or check wrote something");

        assert_eq!(run_binary(folder.path(), &["fix", "--quiet", "--no-ignore"]).status.code(), Some(0), "{variant}");
        let fixed = read_tree(folder.path());
        assert!(fixed != files, "{variant}: nothing was fixed");
        assert!(spliced(&files, &report) == fixed, "{variant}: fix wrote something else than the edits of check");
        for (name, bytes) in &fixed {
            assert!(
                syntax_errors(name, bytes) <= syntax_errors(name, &files[name]),
                "{variant}: {name} has a new syntax error"
            );
        }

        run_binary(folder.path(), &["fix", "--quiet", "--no-ignore"]);
        assert!(read_tree(folder.path()) == fixed, "{variant}: a second fix changes something");

        write_tree(&files, folder.path());
        std::fs::write(folder.path().join("patch"), &patch.stdout).unwrap();
        git(folder.path(), &["apply", "--check", "patch"]);
        git(folder.path(), &["apply", "--whitespace=nowarn", "patch"]);
        std::fs::remove_file(folder.path().join("patch")).unwrap();
        assert!(read_tree(folder.path()) == fixed, "{variant}: git apply and fix differ");
    }
}

#[test]
fn every_variant_has_the_findings_of_the_plain_files() {
    let count = |files: &Files| {
        let folder = tempfile::tempdir().unwrap();
        write_tree(files, folder.path());
        let run = run_binary(folder.path(), &["check", "--output-format", "json", "--no-ignore"]);
        let report: Value = serde_json::from_slice(&run.stdout).unwrap();
        assert_eq!(report["skipped"].as_array().unwrap().len(), 0, "{report}");
        let of =
            |finding: &Value| (finding["path"].to_string(), finding["code"].to_string(), finding["after"].to_string());
        report["findings"].as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    let plain = sources();
    for (variant, files) in in_turn(variants()).into_iter().filter(|(variant, _)| *variant != "odd names") {
        let expected = plain.iter().filter(|(name, _)| files.contains_key(*name));
        let expected = count(&expected.map(|(name, bytes)| (name.clone(), bytes.clone())).collect());
        let found = count(&files);
        let difference = expected.iter().zip(&found).find(|(expected, found)| expected != found);
        assert_eq!(difference, None, "{variant}");
        assert_eq!(found.len(), expected.len(), "{variant}");
    }
}
