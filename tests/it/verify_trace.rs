//! `verify --trace` tells what a command showed before and after the fix, and never takes silence for a proof.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common::sqlalchemy::python;
use crate::common::{copy_tree, folder_with, read_tree, run_binary};

const MODELS: &str = "\
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class User(Base):
    __tablename__ = 'user'
    id = Column(Integer, primary_key=True)
    posts = relationship('Post', cascade='all')


class Post(Base):
    __tablename__ = 'post'
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey('user.id'))
";

/// A session with a user and a post, then these lines.
fn program(lines: &str) -> String {
    format!(
        "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import Session\nfrom models import *\n\nengine = \
         create_engine('sqlite://')\nBase.metadata.create_all(engine)\nsession = Session(engine)\nuser, post = User(id=1), \
         Post(id=1)\nuser.posts.append(post)\nsession.add(user)\nsession.commit()\nuser.posts[0].id\n{lines}\n"
    )
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    run_binary(folder, &[&["verify", "--isolated", "--python", python().to_str().unwrap()], arguments].concat())
}

/// The report of a run with a command.
fn traced(folder: &Path, command: &str, arguments: &[&str]) -> Value {
    let output = run(folder, &[&["--trace", command, "--output-format", "json"], arguments].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!(report["proven"] == true, output.status.code() == Some(0), "{report:#}");
    report
}

fn said(folder: &Path, command: &str, arguments: &[&str]) -> (String, Option<i32>) {
    let output = run(folder, &[&["--trace", command], arguments].concat());
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (text, output.status.code())
}

/// The project in `testdata/trace`, as a repository.
fn service() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_tree(Path::new("testdata/trace"), folder.path());
    for arguments in [
        &["init", "--quiet"][..],
        &["config", "user.name", "test"],
        &["config", "user.email", "test@example.org"],
        &["add", "--all"],
        &["commit", "--quiet", "-m", "service"],
    ] {
        assert!(Command::new("git").args(arguments).current_dir(folder.path()).status().unwrap().success());
    }
    folder
}

#[test]
fn a_refresh_that_expires_and_raises_is_told_before_and_is_gone_after() {
    let project = service();
    let tree = read_tree(project.path());
    for command in ["pytest -q", "pytest -q -n 2", "python -m pytest -q"] {
        let report = traced(project.path(), command, &[]);
        assert_eq!(report["proven"], true, "{report:#}");
        let trace = &report["trace"];
        let expired = |at: usize| &trace["relationships"][at];
        assert_eq!(
            [&expired(0)["name"], &expired(1)["name"]],
            ["app.models.Post.notes", "app.models.User.posts"],
            "{trace:#}"
        );
        assert!(expired(0)["claim"].is_null() && expired(0)["after"]["calls"] == 1, "{trace:#}");
        assert!(expired(1)["claim"]["path"] == "app/models.py" && expired(1)["after"].is_null(), "{trace:#}");
        let before = &expired(1)["before"];
        assert_eq!([&before["calls"], &before["objects"], &before["left"]], [1, 1, 1]);
        let place = &before["places"][0];
        assert_eq!([&place["path"], &place["kind"], &place["function"]], ["app/service.py", "refresh", "rename"]);
        assert_eq!(place["line"], 22);
        let raised = &trace["raised"][0];
        assert_eq!([&raised["error"], &raised["read"]], ["MissingGreenlet", "app.models.Post.title"]);
        assert_eq!([&raised["before"], &raised["after"], &raised["lines"][0]], [1, 0, 33]);
        assert_eq!(raised["because"]["relationship"], "app.models.User.posts");
        let changed = &trace["changed_tests"];
        assert_eq!(changed.as_array().unwrap().len(), 1, "{changed:#}");
        assert_eq!(changed[0]["id"], "tests/test_service.py::test_title_after_rename");
        assert_eq!([&changed[0]["before"]["outcome"], &changed[0]["after"]["outcome"]], ["failed", "passed"]);
        assert_eq!(trace["not_exercised"][0]["attribute"], "badges");
        assert_eq!(trace["before"]["tests"], 3);
    }
    assert!(read_tree(project.path()) == tree, "something was written into the project");
}

#[test]
fn people_and_pull_requests_read_what_was_seen() {
    let project = service();
    let (text, status) = said(project.path(), "pytest -q", &["--import", "app.models"]);
    assert_eq!(status, Some(0), "{text}");
    let sentence = "`pytest -q`, before the fix and after it (SQLAlchemy 2.0.44 on Python ";
    let seen = "2 of 2 refreshes expired related objects before, 1 of 2 refreshes after; MissingGreenlet was raised once before, \
                never after; 1 test of 3 changed its result (before: 2 passed, 1 failed; after: 3 passed); it ended with exit status 1 before, and ended \
                with exit status 0 after.";
    for part in [
        sentence,
        seen,
        "expires  app.models.Post.notes in 1 call before, 1 after",
        "no fix changes it",
        "expired  app.models.User.posts in 1 call before, none after",
        "refresh in app/service.py:22 (rename): once before, never after",
        "raised   MissingGreenlet by a read of app.models.Post.title in app/service.py:33 (title_after_rename)",
        "the object was expired through app.models.User.posts by the refresh in app/service.py:22 (rename)",
        "changed  tests/test_service.py::test_title_after_rename failed before, passed after\n         sqlalchemy.exc.MissingGreenlet: ",
        "untested the command expired no objects of 1 relationship that the fix changes\n         User.badges (app/models.py:14)",
        "Proven: 2 of 2 claimed relationships proven",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let python = python().to_str().unwrap();
    let output = run_binary(project.path(), &["pr", "--isolated", "--python", python, "--trace", "pytest -q"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for part in [
        "### What SQLAlchemy says",
        "**Proven as far as the command goes",
        sentence,
        seen,
        "- expired: `app.models.User.posts` in 1 call",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_test_that_gets_worse_refutes() {
    let worse = "from models import User\n\n\ndef test_cascade():\n    assert User.posts.property.cascade.refresh_expire\n\n\ndef \
                 test_other():\n    assert not User.posts.property.cascade.refresh_expire\n";
    let project = folder_with(&[("models.py", MODELS), ("test_models.py", worse), (".git/HEAD", "")]);
    let report = traced(project.path(), "pytest -q", &["--import", "models"]);
    assert_eq!(report["proven"], false);
    let objections = report["trace"]["objections"].as_array().unwrap();
    assert_eq!(objections, &["`test_models.py::test_cascade` passed before, failed after"]);
    let changed = report["trace"]["changed_tests"].as_array().unwrap();
    assert_eq!(changed.iter().map(|test| &test["worse"]).collect::<Vec<_>>(), [true, false]);
    let exit =
        "import sys\nfrom models import User\nsys.exit(0 if User.posts.property.cascade.refresh_expire else 3)\n";
    fs::write(project.path().join("main.py"), exit).unwrap();
    let (text, status) = said(project.path(), "python main.py", &["--import", "models"]);
    assert_eq!(status, Some(1), "{text}");
    assert!(
        text.contains("refuted: the command succeeded before the fix and ended with exit status 3 after it"),
        "{text}"
    );
}

#[test]
fn a_test_that_is_not_the_same_before_either_refutes_nothing() {
    let outside = folder_with(&[("turns", "")]);
    let turns = outside.path().join("turns");
    // the second run fails alone, or each but the first
    for (passes, is_unsteady) in [("turn % 2", false), ("turn == 1", true)] {
        fs::write(&turns, "").unwrap();
        let test = format!(
            "import pathlib\nfrom models import User\n\n\ndef test_turns():\n    turns = pathlib.Path({turns:?})\n    \
             turns.write_text(turns.read_text() + 'x')\n    turn = len(turns.read_text())\n    assert {passes}\n"
        );
        let project = folder_with(&[("models.py", MODELS), ("test_turns.py", &test), (".git/HEAD", "")]);
        let report = traced(project.path(), "pytest -q", &["--import", "models"]);
        let number = |key: &str| report["trace"][key].as_array().unwrap().len();
        assert_eq!((number("unsteady_tests"), number("changed_tests")), if is_unsteady { (1, 0) } else { (0, 1) });
        assert_eq!(report["proven"], is_unsteady, "{report:#}");
    }
}

#[test]
fn an_expire_and_what_is_detached_and_discarded_is_seen_without_asyncio() {
    let lines = "user.posts.append(Post(id=2))\nwith session.no_autoflush:\n    session.expire(user)\nsession.close()\ntry:\n    \
                 post.id\nexcept Exception as error:\n    print(type(error))";
    // without delete-orphan the cascade passes over what is not inserted yet
    let models = MODELS.replace("cascade='all'", "cascade='all, delete-orphan'");
    let project = folder_with(&[("models.py", &models), ("main.py", &program(lines)), (".git/HEAD", "")]);
    let report = traced(project.path(), "python main.py", &[]);
    let trace = &report["trace"];
    assert_eq!(report["proven"], true, "{trace:#}");
    let before = &trace["relationships"][0]["before"];
    assert_eq!([&before["objects"], &before["discarded"], &before["calls"]], [2, 1, 1], "{trace:#}");
    assert_eq!([&before["places"][0]["kind"], &before["places"][0]["function"]], ["expire", "<module>"]);
    assert_eq!(trace["before"]["expires"], serde_json::json!({"all": 1, "expiring": 1}));
    let raised = &trace["raised"][0];
    assert_eq!([&raised["error"], &raised["read"]], ["DetachedInstanceError", "models.Post.id"]);
    assert_eq!([&raised["before"], &raised["after"]], [1, 0], "{trace:#}");
    assert_eq!(raised["because"]["kind"], "expire");
}

#[test]
fn what_expired_nothing_is_no_proof_of_a_fix() {
    let project = folder_with(&[("models.py", MODELS), ("main.py", &program("")), (".git/HEAD", "")]);
    let (text, status) = said(project.path(), "python main.py", &[]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("no object was refreshed or expired as a whole"), "{text}");
    assert!(text.contains("Not proven: nothing that is fixed was seen to expire related objects"), "{text}");
    assert_eq!(said(project.path(), "python main.py", &["--import", "models"]).1, Some(0));
}

#[test]
fn a_command_that_fails_or_is_not_there_or_cannot_be_watched_is_told() {
    let project =
        folder_with(&[("models.py", MODELS), ("main.py", &program("session.refresh(user)")), (".git/HEAD", "")]);
    let told = |command: &str, parts: &[&str]| {
        let (text, status) = said(project.path(), command, &["--import", "models"]);
        assert_eq!(status, Some(1), "{command}: {text}");
        parts.iter().for_each(|part| assert!(text.contains(part), "{command}: {part}: {text}"));
        text
    };
    let text = told(
        "seq 1 1000; no-such-program",
        &[
            "refuted: the command ended with exit status 127 before the fix: a program was not found",
            "after the fix: a program was not found",
            "         | 1000\n",
            "no-such-program",
        ],
    );
    assert!(!text.contains("| 900\n"), "{text}");
    told(
        "echo told; exit 3",
        &[
            "printed  the command ended with exit status 3 before and after the fix; its last lines:\n         | told\n",
            "refuted: could not watch the command before the fix: no Python of it that takes PYTHONPATH imported `sqlalchemy.orm`",
            "it ended with exit status 3 both times",
        ],
    );
    told(
        "python -I -c 'import sqlalchemy.orm'",
        &["refuted: could not watch the command after the fix: no Python of it"],
    );
    let (text, status) = said(project.path(), "python main.py; exit 3", &["--import", "models"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("it ended with exit status 3 both times"), "{text}");
    let output = run(project.path(), &["--write-facts", "facts.json", "--trace", "pytest"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn another_sqlalchemy_than_is_known_runs_on_and_the_report_says_so() {
    let fake = "class Session:\n    pass\n\n\nclass exc:\n    DetachedInstanceError = ValueError\n";
    let project = folder_with(&[
        ("models.py", MODELS),
        ("fake/sqlalchemy/__init__.py", "__version__ = '9.9'\n"),
        ("fake/sqlalchemy/exc.py", "class MissingGreenlet(Exception):\n    pass\n"),
        ("fake/sqlalchemy/orm/__init__.py", fake),
        (".git/HEAD", ""),
    ]);
    let command =
        "PYTHONPATH=$PYTHONPATH:fake python -c 'import sqlalchemy.orm; print(\"done\")' > out && cat out && exit 4";
    let (text, status) = said(project.path(), command, &["--import", "models"]);
    assert_eq!(status, Some(1), "{text}");
    let why = "refuted: could not watch the command before the fix: SQLAlchemy can't be watched: AttributeError: ";
    assert!(text.contains(why) && text.contains("_expire_state"), "{text}");
    assert!(text.contains("| done\n") && text.contains("exit status 4 both times"), "{text}");
}

#[test]
fn what_is_not_done_in_time_is_ended_with_all_that_it_started() {
    let project = folder_with(&[("models.py", MODELS), (".git/HEAD", "")]);
    let alive = project.path().join("alive");
    let command = format!("(sleep 4; touch {}) & echo begun; sleep 600", alive.display());
    let began = Instant::now();
    let (text, status) = said(project.path(), &command, &["--timeout", "1"]);
    assert_eq!(status, Some(1), "{text}");
    assert!(
        text.contains("the command was not done after 1 s before and after the fix; its last lines:\n         | begun"),
        "{text}"
    );
    assert!(
        text.contains("refuted: the command was not done after 1 s after the fix: run less, or wait longer: --timeout"),
        "{text}"
    );
    assert!(began.elapsed() < Duration::from_secs(30));
    std::thread::sleep(Duration::from_secs(5).saturating_sub(began.elapsed()));
    assert!(!alive.exists());
}

#[test]
fn a_program_has_its_own_sitecustomize_and_its_modules_come_from_the_copy() {
    let project = folder_with(&[
        ("lib/models.py", MODELS),
        ("lib/sitecustomize.py", "import builtins\nbuiltins.customized = True\n"),
        ("main.py", &program("assert customized\nsession.refresh(user)")),
        (".git/HEAD", ""),
    ]);
    let output = Command::new(env!("CARGO_BIN_EXE_cascade-fix"))
        .args(["verify", "--isolated", "--python", python().to_str().unwrap(), "--trace", "python main.py"])
        .args(["--output-format", "json"])
        .current_dir(project.path())
        .env("PYTHONPATH", project.path().join("lib"))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let trace = &report["trace"];
    assert_eq!(report["proven"], true, "{trace:#}");
    assert_eq!(trace["before"]["exit_status"], 0, "{trace:#}");
    assert_eq!(trace["relationships"][0]["before"]["file"], "lib/models.py");
}

#[test]
fn warnings_keep_the_line_of_the_caller() {
    let lines = "import warnings\nfrom sqlalchemy import event, util\nevent.listen(Session, 'before_flush', lambda *_: util.warn('told'))\n\
                 with warnings.catch_warnings(record=True) as caught:\n    warnings.simplefilter('always')\n    session.add(Post(id=7))\n    \
                 session.refresh(user)\nassert [w.filename[-7:] for w in caught] == ['main.py'], caught[0].filename";
    let project = folder_with(&[("models.py", MODELS), ("main.py", &program(lines)), (".git/HEAD", "")]);
    let report = traced(project.path(), "python main.py", &["--import", "models"]);
    assert_eq!(report["trace"]["before"]["exit_status"], 0, "{report:#}");
}
