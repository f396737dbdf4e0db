//! A check that is not about cascades goes the way of all others: selection, comments, baselines, changed lines, fixes, every report.

use std::path::Path;
use std::sync::Arc;

use cascade_fix::analysis::{Analysis, Reach, Request};
use cascade_fix::checks::{Correction, ModuleCheck, ModuleView, Sighting};
use cascade_fix::choice::Fixes;
use cascade_fix::discover::WalkOptions;
use cascade_fix::outcome::{Outcome, Status};
use cascade_fix::policy::{Applicability, Note};
use cascade_fix::report::{Format, write_findings, write_summary};
use cascade_fix::repository::PathBase;
use cascade_fix::rules::Code;
use cascade_fix::settings::{Lookup, Overrides, SettingsSource};
use clap::ValueEnum as _;

use crate::common::folder_with;

/// A relationship with `lazy="dynamic"`. The texts are those of a diagnostic that there is.
const DYNAMIC: &[ModuleCheck] = &[ModuleCheck { code: Code::Cas105, words: &["dynamic"], find: dynamic }];

fn dynamic(view: &ModuleView<'_>) -> Vec<Sighting> {
    let mut found = Vec::new();
    for call in view.calls_of("sqlalchemy.orm.relationship") {
        let lazy = call.dfs().find(|node| node.kind() == "keyword_argument" && node.text() == "lazy=\"dynamic\"");
        let Some(value) = lazy.and_then(|lazy| lazy.field("value")) else { continue };
        let correction = Correction {
            applicability: Applicability::Unsafe,
            edits: vec![view.replacing(&value, "\"write_only\"")],
            notes: vec![Note::of_form("a query is written with select() from now on")],
        };
        let help = Some("write lazy=\"write_only\"".to_owned());
        let relationship = Some(view.relationship_of(&call));
        found.push(Sighting { help, relationship, correction: Some(correction), ..view.sighting(&value) });
    }
    found
}

const MODELS: &str = r#"from sqlalchemy.orm import relationship as rel

class User(Base):
    posts = rel("Post", lazy="dynamic")
    groups = rel("Group", lazy="dynamic", cascade="all")
    notes = rel("Note", lazy="dynamic")  # noqa: CAS105
    others = other("Note", lazy="dynamic")
"#;

/// What is found where one file alone has something to say.
fn outcome(folder: &Path, select: &[&str], unsafe_fixes: bool) -> Outcome {
    let select = select.iter().map(|code| (*code).to_owned()).collect();
    let overrides = Overrides { select, ..Overrides::default() };
    let settings = Arc::new(Lookup::new(overrides, &SettingsSource::Isolated, folder).unwrap());
    let (paths, walk, base) = (vec![folder.to_owned()], WalkOptions::default(), PathBase::Repository);
    let reach = Reach { paths, unsaved: Vec::new(), walk, settings, base, unseen: None, checks: DYNAMIC };
    let analysis = Analysis::of(reach, &Default::default()).unwrap();
    let request = Request { unsafe_fixes, all_relationships: true, ..Request::default() };
    analysis.outcome(&request).unwrap()
}

fn lines(outcome: &Outcome) -> Vec<(Code, usize)> {
    outcome.findings().map(|(_, finding)| (finding.code, finding.start.line)).collect()
}

fn written(outcome: &Outcome) -> &str {
    match &outcome.files[0].status {
        Status::Changed(changed) => changed.text(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_check_of_modules_is_told_among_those_of_cascades() {
    let folder = folder_with(&[("models.py", MODELS), ("other.py", "dynamic = 1\n")]);
    let outcome = outcome(folder.path(), &["CAS0", "CAS105"], false);
    assert_eq!(lines(&outcome), [(Code::Cas105, 4), (Code::Cas105, 5), (Code::Cas001, 5)]);
    assert_eq!(outcome.totals().suppressed, 1);
    assert_eq!(outcome.totals().fixable_unsafe, 2);
    assert_eq!(outcome.files.len(), 1, "a file with the word and without a finding has nothing to say");
}

#[test]
fn a_check_of_modules_is_silent_where_its_code_is_not_selected() {
    let folder = folder_with(&[("models.py", MODELS)]);
    assert_eq!(lines(&outcome(folder.path(), &["CAS0"], true)), [(Code::Cas001, 5)]);
}

#[test]
fn a_fix_of_a_check_of_modules_is_held_back_or_written_beside_the_others() {
    let folder = folder_with(&[("models.py", MODELS)]);
    let safe = outcome(folder.path(), &["CAS0", "CAS105"], false);
    assert_eq!(written(&safe).matches("write_only").count(), 0);
    let all = outcome(folder.path(), &["CAS0", "CAS105"], true);
    let expected = [
        r#"    posts = rel("Post", lazy="write_only")"#,
        r#"    groups = rel("Group", lazy="write_only", cascade="save-update, merge, delete")"#,
        r#"    notes = rel("Note", lazy="dynamic")  # noqa: CAS105"#,
    ];
    assert_eq!(written(&all).lines().skip(3).take(3).collect::<Vec<_>>(), expected);
}

#[test]
fn no_list_is_asked_for_where_a_change_is_not_about_cascades() {
    let folder = folder_with(&[("models.py", MODELS)]);
    let all = outcome(folder.path(), &["CAS105"], true);
    let fixes = Fixes { proposed: outcome(folder.path(), &["CAS105"], false), all: Some(all) };
    let changes = fixes.changes();
    assert_eq!(changes.len(), 2);
    assert!(changes.iter().all(|change| fixes.lists(change).is_empty()));
}

#[test]
fn every_report_shows_a_finding_without_sets() {
    let folder = folder_with(&[("models.py", MODELS)]);
    for unsafe_fixes in [false, true] {
        let outcome = outcome(folder.path(), &["CAS105"], unsafe_fixes);
        for format in Format::value_variants() {
            let mut out = Vec::new();
            write_findings(*format, &outcome, false, &mut out).unwrap();
            let said = String::from_utf8(out).unwrap();
            // how each format escapes quotes is its own
            let said = said.replace("\\\"", "\"").replace("&quot;", "\"").replace("&#34;", "\"").replace('\\', "");
            for word in ["CAS105", "write_only", "write lazy="] {
                assert!(said.contains(word), "{format:?} lacks {word}:\n{said}");
            }
            assert!(!said.contains("write ``"), "{said}");
        }
        let mut out = Vec::new();
        write_summary(&outcome, None, "cascade-fix fix", false, &mut out).unwrap();
        let said = String::from_utf8(out).unwrap();
        let expected = if unsafe_fixes { "2 findings in 1 file can be fixed" } else { "2 unsafe fixes held back" };
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn the_json_of_a_finding_without_sets_has_all_keys() {
    let folder = folder_with(&[("models.py", MODELS)]);
    let mut out = Vec::new();
    write_findings(Format::Json, &outcome(folder.path(), &["CAS105"], true), false, &mut out).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let finding = &report["findings"][0];
    for key in ["before", "after", "hazard"] {
        assert!(finding.get(key).is_some_and(serde_json::Value::is_null), "{key}: {finding}");
    }
    assert_eq!(finding["relationship"]["owner"], "User");
    assert_eq!(finding["fix"]["applicability"], "unsafe");
    assert_eq!(finding["fix"]["lost"], serde_json::json!([]));
    assert_eq!(finding["call"]["start_line"], 4);
}
