//! All paths of a report have one base: a host's that of the repository, whatever folder the program runs in; a person's the folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use cascade_fix::analysis::{Analysis, Reach, Request};
use cascade_fix::checks::OF_MODULES;
use cascade_fix::discover::WalkOptions;
use cascade_fix::outcome::Outcome;
use cascade_fix::report::{Format, write_findings, write_summary};
use cascade_fix::repository::PathBase;
use cascade_fix::settings::{Lookup, Overrides, SettingsSource};
use tempfile::TempDir;

use crate::common::{folder_with, repository_of, run_binary};

const FOR_HOSTS: [&str; 6] = ["github", "gitlab", "sarif", "junit", "markdown", "html"];
const FOR_WHO_RUNS_IT: [&str; 6] = ["full", "concise", "json", "jsonl", "rdjson", "rdjsonl"];

/// What names other places: evidence in another file, a shared constant, one that may be changed, calls that notice a cascade, and
/// files that are not checked.
fn repository(marker: &str) -> TempDir {
    let import = "from sqlalchemy.orm import relationship\n";
    let user = format!(
        "{import}from shared.constants import OWNED, OPEN, NAMED\nfrom app.base import Base\n\
         from sqlalchemy import Column, Integer, ForeignKey\n\
         class User(Base):\n    __tablename__ = 'user'\n    id = Column(Integer, primary_key=True)\n    \
         posts = relationship('Post', cascade='all, delete-orphan')\n    \
         notes = relationship('Post', cascade=OWNED)\n    more = relationship('Post', cascade=OWNED, viewonly=True)\n    \
         open = relationship('Post', cascade=OPEN)\n    listed = relationship('Post', cascade=NAMED)\n\
         class Post(Base):\n    __tablename__ = 'post'\n    id = Column(Integer, primary_key=True)\n    \
         user_id = Column(ForeignKey('user.id'))\n"
    );
    let constants = "OWNED = 'all'\nOPEN = ['all']\nNAMED = 'all, delete'\nOPEN.append('delete')\nprint(NAMED)\n";
    let calls = "async def run(session, user):\n    await session.refresh(user)\n    session.expunge(user)\n";
    let folder = folder_with(&[
        ("backend/app/__init__.py", ""),
        ("backend/app/base.py", "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"),
        ("backend/app/models.py", &user),
        ("backend/shared/__init__.py", ""),
        ("backend/shared/constants.py", constants),
        ("backend/pyproject.toml", "[project]\nname = 'backend'\ndependencies = ['sqlalchemy>=2.0', 'asyncpg']\n"),
        ("jobs/work.py", &format!("import sqlalchemy.ext.asyncio\n{calls}")),
        ("jobs/broken.py", &format!("{import}x = relationship('X', cascade='all')\ndef (\n")),
        ("jobs/unused.py", "y = 1  # cascade-fix: ignore\n"),
        (marker, ""),
    ]);
    fs::write(folder.path().join("jobs/latin.py"), b"cascade='\xe9'\n").unwrap();
    folder
}

fn report(folder: &Path, arguments: &[&str]) -> String {
    let run = run_binary(folder, &[&["check", "--quiet", "--select", "CAS"], arguments].concat());
    assert_eq!(run.status.code(), Some(1), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// The paths of files that a text names.
fn named(text: &str) -> BTreeSet<&str> {
    let is_part = |character: char| character.is_alphanumeric() || "-_./".contains(character);
    let words = text.split(|character| !is_part(character));
    words.filter(|word| word.ends_with(".py") && word.contains('/')).collect()
}

/// Where a report is made, and of what.
const PLACES: [(&str, &[&str]); 5] = [
    ("", &["."]),
    ("backend", &[".."]),
    ("backend/app", &["../..", "models.py"]),
    ("jobs", &[".", ".."]),
    ("", &["backend", "."]),
];

#[test]
fn a_report_for_a_host_is_the_same_wherever_it_is_made() {
    for marker in [".git/HEAD", "pyproject.toml"] {
        let repository = repository(marker);
        if marker == "pyproject.toml" {
            fs::remove_file(repository.path().join("backend/pyproject.toml")).unwrap();
        }
        for format in FOR_HOSTS {
            let at_top = report(repository.path(), &["--output-format", format]);
            assert!(named(&at_top).contains("backend/app/models.py"), "{format}: {at_top}");
            for name in named(&at_top).iter().filter(|name| !name.contains("scripts/")) {
                assert!(repository.path().join(name).is_file(), "{format}: {name}");
            }
            for (place, paths) in PLACES {
                let there = report(&repository.path().join(place), &[&["--output-format", format], paths].concat());
                assert_eq!(there, at_top, "{format} in {place}, {marker}");
            }
        }
    }
}

#[test]
fn a_report_for_who_runs_it_names_what_is_there() {
    let repository = repository(".git/HEAD");
    for format in FOR_WHO_RUNS_IT {
        for (place, paths) in PLACES {
            let folder = repository.path().join(place);
            let text = report(&folder, &[&["--output-format", format], paths].concat());
            assert!(text.contains("models.py") && text.contains("constants.py"), "{format} in {place}: {text}");
            for name in named(&text) {
                assert!(!name.starts_with('/') && folder.join(name).is_file(), "{format} in {place}: {name}");
            }
        }
    }
}

#[test]
fn reports_of_one_run_have_a_base_each() {
    let repository = repository(".git/HEAD");
    let folder = repository.path().join("backend/app");
    let both = ["--output", "github=../../github.txt", "--output-format", "concise", "../.."];
    let concise = report(&folder, &both);
    let github = fs::read_to_string(repository.path().join("github.txt")).unwrap();
    assert_eq!(concise, report(&folder, &["--output-format", "concise", "../.."]));
    assert_eq!(github, report(repository.path(), &["--output-format", "github"]));
    assert!(concise.contains("../../jobs/broken.py:2") && github.contains("file=jobs/broken.py"), "{concise}{github}");
}

#[test]
fn outside_of_a_repository_paths_are_those_of_the_working_directory() {
    let repository = repository("README");
    fs::remove_file(repository.path().join("backend/pyproject.toml")).unwrap();
    for format in [&FOR_HOSTS[..], &FOR_WHO_RUNS_IT].concat() {
        let text = report(repository.path(), &["--output-format", format, "backend"]);
        assert!(named(&text).contains("backend/app/models.py"), "{format}: {text}");
        for name in named(&text).iter().filter(|name| !name.contains("scripts/")) {
            assert!(repository.path().join(name).is_file(), "{format}: {name}");
        }
    }
}

#[test]
fn one_analysis_tells_from_each_base_what_one_of_that_base_tells() {
    let mut differing = 0;
    for entry in fs::read_dir("testdata/repositories").unwrap() {
        let repository = repository_of(&entry.unwrap().path().join("before"));
        let top = repository.path().canonicalize().unwrap();
        let folders = fs::read_dir(&top).unwrap().map(|entry| entry.unwrap().path());
        let Some(folder) = folders.filter(|path| path.is_dir() && !path.ends_with(".git")).min() else { continue };
        let outcome = |base| {
            let select = vec!["CAS".to_owned()];
            let overrides = Overrides { select, ..Overrides::default() };
            let settings = Arc::new(Lookup::new(overrides, &SettingsSource::Nearest, &folder).unwrap());
            let (paths, walk) = (vec![top.clone()], WalkOptions::default());
            let reach = Reach { paths, unsaved: Vec::new(), walk, settings, base, unseen: None, checks: OF_MODULES };
            let request = Request { all_relationships: true, calls: true, ..Request::default() };
            Analysis::of(reach, &Default::default()).unwrap().outcome(&request).unwrap()
        };
        let told = |outcome: &Outcome| {
            let mut out = Vec::new();
            for format in [Format::Full, Format::Json, Format::Markdown, Format::Html] {
                write_findings(format, outcome, false, &mut out).unwrap();
            }
            write_summary(outcome, None, "cascade-fix fix", true, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let each = outcome(PathBase::Each);
        let bases = [PathBase::WorkingDirectory, PathBase::Repository].map(|base| {
            let expected = told(&outcome(base));
            assert!(told(&each.told_from(base)) == expected, "{}: {base:?}", top.display());
            assert!(!expected.contains('\u{FDD0}'), "{}: {base:?}", top.display());
            expected
        });
        differing += usize::from(bases[0] != bases[1]);
    }
    assert!(differing > 5, "{differing} repositories have something to tell in a folder of theirs");
}
