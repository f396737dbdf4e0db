//! Which list each profile writes for each kind of relationship, what is lost, and whether that is safe: `testdata/policy/rows.json`.
//! What a lost option means is in `testdata/oracle` and in the advice of each diagnostic.

use std::fs;

use crate::common::outcome;
use cascade_fix::outcome::Status;
use cascade_fix::policy::Applicability;
use cascade_fix::profile::Profile;
use cascade_fix::settings::Overrides;
use clap::ValueEnum;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Row {
    /// The models, `testdata/policy/<shape>.py`; a direction, or what else decides.
    shape: String,
    profile: String,
    /// Whether the repository calls expunge(obj).
    expunges: bool,
    after: String,
    lost: String,
    applicability: String,
}

#[test]
fn each_profile_writes_its_list_for_each_direction() {
    let rows: Vec<Row> = serde_json::from_str(include_str!("../../testdata/policy/rows.json")).unwrap();
    for row in rows {
        let models = fs::read_to_string(format!("testdata/policy/{}.py", row.shape)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("models.py"), &models).unwrap();
        if row.expunges {
            fs::write(folder.path().join("views.py"), "def detach(session, user):\n    session.expunge(user)\n")
                .unwrap();
        }
        let profile = Profile::from_str(&row.profile, false).unwrap();
        let run = |unsafe_fixes| {
            let overrides = Overrides { profile: Some(profile), ..Overrides::default() };
            outcome(folder.path(), overrides, unsafe_fixes)
        };
        for unsafe_fixes in [false, true] {
            let outcome = run(unsafe_fixes);
            let (file, finding) = outcome.findings().next().unwrap();
            let fix = finding.fix.as_ref().unwrap();
            let is_safe = fix.applicability == Applicability::Safe;
            assert_eq!(finding.details.after().unwrap().to_string(), row.after, "{row:?}");
            assert_eq!(finding.details.lost().to_string(), row.lost, "{row:?}");
            assert_eq!(if is_safe { "safe" } else { "unsafe" }, row.applicability, "{row:?}");
            let direction = finding.relationship.as_ref().unwrap().direction.map(|direction| direction.name());
            let expected = match &*row.shape {
                "viewonly" => Some("one-to-many"),
                "unknown" => None,
                known => Some(known),
            };
            assert_eq!(direction, expected, "{row:?}");
            match &file.status {
                Status::Changed(changed) => {
                    assert!(is_safe || unsafe_fixes, "{row:?}");
                    assert!(changed.text().contains(&format!("cascade=\"{}\"", row.after)), "{row:?}");
                }
                _ => assert!(!is_safe && !unsafe_fixes, "{row:?}"),
            }
        }
    }
}

/// What is said of a list beside `viewonly=True`.
#[derive(Debug, Deserialize)]
struct Viewonly {
    cascade: String,
    code: String,
    /// Whether options that write are in it.
    writes: bool,
    after: String,
}

#[derive(Debug, Deserialize)]
struct ViewonlyCases {
    lists: Vec<Viewonly>,
    /// By the least version of SQLAlchemy that is allowed: what it does about such options, and whether they cascade there.
    versions: Vec<(Option<String>, String, bool)>,
}

#[test]
fn options_that_write_beside_viewonly_are_told_in_the_same_words_by_each_code_and_as_the_version_has_it() {
    let cases: ViewonlyCases = serde_json::from_str(include_str!("../../testdata/policy/viewonly.json")).unwrap();
    for (list, (version, does, cascades)) in
        cases.lists.iter().flat_map(|list| cases.versions.iter().map(move |version| (list, version)))
    {
        let models = fs::read_to_string("testdata/policy/viewonly.py").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let models = models.replace("\"all\"", &format!("{:?}", list.cascade));
        assert!(models.contains(&format!("cascade={:?}", list.cascade)), "{models}");
        fs::write(folder.path().join("models.py"), models).unwrap();
        let sqlalchemy_version = version.as_ref().map(|version| version.parse().unwrap());
        let outcome = outcome(folder.path(), Overrides { sqlalchemy_version, ..Overrides::default() }, false);
        let findings: Vec<_> = outcome.findings().map(|(_, finding)| finding).collect();
        let [finding] = findings[..] else { panic!("{list:?} {findings:?}") };
        assert_eq!(
            (finding.code.as_str(), finding.details.after().unwrap().to_string()),
            (&*list.code, list.after.clone())
        );
        let sentence = format!("viewonly=True excludes save-update, delete and delete-orphan: {does}");
        let fix = finding.fix.as_ref().unwrap();
        let told: Vec<&String> = fix.notes.iter().map(|note| &note.text).chain([&finding.message]).collect();
        let about: Vec<&&String> =
            told.iter().filter(|text| text.contains("viewonly") || text.contains("1.4")).collect();
        let expected: &[&&String] = if list.writes { &[&&sentence] } else { &[] };
        assert_eq!(about, expected, "{list:?} {version:?}");
        let is_unsafe = list.code == "CAS204" || *cascades && list.writes;
        assert_eq!(fix.applicability == Applicability::Unsafe, is_unsafe, "{list:?} {version:?}");
    }
}
