//! What reports say of a run as a whole: what findings share is said once to people, and what is information counts nowhere.

use std::path::Path;

use crate::common::{copy_tree, run_binary};
use serde_json::Value;
use tempfile::TempDir;

/// A recorded repository, by its name.
fn repository(name: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    copy_tree(&Path::new("testdata/repositories").join(name).join("before"), folder.path());
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    folder
}

/// The status and the report in a format.
fn check(folder: &Path, format: &str, options: &[&str]) -> (Option<i32>, String) {
    let run = run_binary(folder, &[&["check", "--output-format", format], options].concat());
    (run.status.code(), String::from_utf8(run.stdout).unwrap())
}

#[test]
fn what_findings_share_is_said_once_to_people_and_beside_each_to_programs() {
    let folder = repository("loaders");
    let shared = "an unsaved change of one is kept, which was thrown away";
    for (format, number) in [("full", 1), ("html", 1), ("markdown", 1), ("json", 5), ("jsonl", 5), ("sarif", 5)] {
        let (_, report) = check(folder.path(), format, &[]);
        assert_eq!(report.matches(shared).count(), number, "{format}:\n{report}");
    }
}

#[test]
fn a_change_of_form_comes_last_for_people_and_in_order_of_path_for_programs() {
    let folder = repository("loaders");
    let order = |report: &str| {
        let mut found: Vec<(usize, &str)> = ["Playlist.notes", "Playlist.links", "Playlist.tracks"]
            .into_iter()
            .map(|name| (report.find(name).unwrap(), name))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, name)| name.to_owned()).collect::<Vec<_>>()
    };
    for format in ["full", "concise", "html", "markdown"] {
        let (_, report) = check(folder.path(), format, &[]);
        assert_eq!(order(&report), ["Playlist.notes", "Playlist.links", "Playlist.tracks"], "{format}");
    }
    let (_, report) = check(folder.path(), "json", &[]);
    let report: Value = serde_json::from_str(&report).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let lines: Vec<u64> = findings.iter().map(|finding| finding["start"]["line"].as_u64().unwrap()).collect();
    assert!(lines.is_sorted(), "{lines:?}");
}

#[test]
fn information_has_its_own_level_in_each_format_and_ends_with_success() {
    let folder = repository("without-asyncio");
    let levels = [
        ("full", "info[CAS001]", "warning[CAS001]"),
        ("github", "::notice ", "::warning "),
        ("gitlab", "\"severity\": \"info\"", "\"severity\": \"major\""),
        ("sarif", "\"level\": \"note\"", "\"severity\": \"warning\""),
        ("rdjson", "\"severity\": \"INFO\"", "\"severity\": \"WARNING\""),
        ("junit", "<skipped", "<failure"),
        ("json", "\"severity\": \"information\"", "\"severity\": \"warning\""),
        ("html", "state information", "state human"),
        ("markdown", "Information: the product does not run under asyncio", "For a human"),
    ];
    for (format, told, not_told) in levels {
        let (status, report) = check(folder.path(), format, &["--require-asyncio"]);
        assert_eq!(status, Some(0), "{format}");
        assert!(report.contains(told), "{format}:\n{report}");
        assert!(!report.contains(not_told), "{format}:\n{report}");
        let (status, report) = check(folder.path(), format, &[]);
        assert_eq!(status, Some(1), "{format}");
        assert!(!report.contains(told), "{format}:\n{report}");
    }
}

#[test]
fn what_the_settings_ignore_is_counted() {
    let report = |folder: &TempDir, options: &[&str]| -> Value {
        serde_json::from_str(&check(folder.path(), "json", options).1).unwrap()
    };
    let per_file = report(&repository("settings"), &[]);
    assert_eq!(per_file["summary"]["ignored"], 4, "{per_file}");
    let folder = repository("loaders");
    let all = report(&folder, &[]);
    let number = all["findings"].as_array().unwrap().len();
    assert_eq!(all["summary"]["ignored"], 0, "{all}");
    let cases: [(&[&str], usize); 4] = [
        (&["--ignore", "CAS0"], number),
        (&["--ignore", "CAS0,CAS1"], number),
        (&["--ignore", "CAS1"], 0),
        (&["--select", "CAS301"], 0),
    ];
    for (options, ignored) in cases {
        let report = report(&folder, options);
        assert_eq!(report["summary"]["ignored"], ignored, "{options:?}: {report}");
        assert_eq!(report["safe_sites"], all["safe_sites"], "{options:?}: {report}");
    }
    let run = run_binary(folder.path(), &["--ignore", "CAS0"]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(said.starts_with(&format!("Nothing to fix; {number} ignored by the settings; ")), "{said}");
}

#[test]
fn without_asyncio_no_report_claims_that_a_read_raises() {
    let claims = ["expires the related objects that are loaded, and the next attribute read on one of them raises"];
    for (name, is_claimed) in [("without-asyncio", false), ("loaders", true)] {
        let folder = repository(name);
        for format in ["html", "markdown"] {
            let (_, report) = check(folder.path(), format, &[]);
            let text = report.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(claims.iter().any(|claim| text.contains(claim)), is_claimed, "{name}, {format}:\n{text}");
        }
    }
}
