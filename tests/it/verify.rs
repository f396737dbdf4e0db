//! `verify` proves what is true, refutes what is not, and never takes a failure for a proof.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

#[cfg(unix)]
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::common::sqlalchemy::python;
use crate::common::{read_tree, run_binary, write_tree};
use serde_json::Value;

const MODELS: &str = "\
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import backref, declarative_base, relationship

Base = declarative_base()
OWNED = 'all, delete-orphan'


class User(Base):
    __tablename__ = 'user'
    id = Column(Integer, primary_key=True)
    posts = relationship(
        'Post',
        cascade=OWNED,
    )
    notes = relationship('Note', cascade='merge')


class Post(Base):
    __tablename__ = 'post'
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey('user.id'))


class Note(Base):
    __tablename__ = 'note'
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey('user.id'))
    parent_id = Column(ForeignKey('note.id'))
    parent = relationship('Note', remote_side=id, backref=backref('replies', cascade='all'))
";

struct Project(tempfile::TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files: BTreeMap<_, _> =
            files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
        write_tree(&files, folder.path());
        let project = Self(folder);
        project.git(&["init", "--quiet"]);
        project.git(&["add", "--all"]);
        project.git(&[
            "-c",
            "user.name=test",
            "-c",
            "user.email=test@example.org",
            "commit",
            "--quiet",
            "-m",
            "models",
        ]);
        project
    }

    fn of_models(models: &str) -> Self {
        Self::new(&[("app/__init__.py", ""), ("app/models.py", models)])
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, arguments: &[&str]) {
        assert!(Command::new("git").args(arguments).current_dir(self.path()).status().unwrap().success());
    }

    fn verify(&self, arguments: &[&str]) -> Output {
        let fixed = ["verify", "--python", python().to_str().unwrap()];
        run_binary(self.path(), &[&fixed, arguments].concat())
    }

    /// The report, and whether the exit status says proven.
    fn report(&self, arguments: &[&str]) -> (Value, bool) {
        let output = self.verify(&[arguments, &["--output-format", "json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
        assert_eq!(report["proven"] == true, output.status.code() == Some(0), "{report}");
        let is_proven = report["proven"] == true;
        (report, is_proven)
    }
}

const IMPORT: [&str; 2] = ["--import", "app.models"];

fn verdicts(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let relationships = report["relationships"].as_array().unwrap().iter();
    relationships.map(|checked| (text(&checked["name"]), text(&checked["verdict"]))).collect()
}

fn owned(verdicts: &[(&str, &str)]) -> Vec<(String, String)> {
    verdicts.iter().map(|(name, verdict)| ((*name).to_owned(), (*verdict).to_owned())).collect()
}

const BOTH: [(&str, &str); 2] = [("app.models.Note.replies", "proven"), ("app.models.User.posts", "proven")];

#[test]
fn fixes_are_proven_before_and_after_they_are_written() {
    let project = Project::of_models(MODELS);
    let tree = read_tree(project.path());
    let (report, is_proven) = project.report(&IMPORT);
    assert!(is_proven, "{report}");
    assert_eq!(verdicts(&report), owned(&BOTH));
    assert_eq!(report["unchanged"], 2);
    assert!(read_tree(project.path()) == tree, "something was written into the project");
    run_binary(project.path(), &["fix"]);
    assert!(read_tree(project.path()) != tree);
    let (report, is_proven) = project.report(&IMPORT);
    assert!(is_proven, "{report}");
    assert_eq!(verdicts(&report), owned(&BOTH));
    project.git(&[
        "-c",
        "user.name=test",
        "-c",
        "user.email=test@example.org",
        "commit",
        "--quiet",
        "--all",
        "-m",
        "fix",
    ]);
    assert_eq!(
        project.report(&[&IMPORT[..], &["--base", "HEAD~1"]].concat()).0["relationships"].as_array().unwrap().len(),
        2
    );
    assert_eq!(project.report(&IMPORT).0["relationships"].as_array().unwrap().len(), 0);
    assert_eq!(project.verify(&["--import", "app.models", "--base", "--output=x"]).status.code(), Some(2));
}

#[test]
fn other_changes_refute() {
    let after = |from: &str, to: &str| {
        let project = Project::of_models(MODELS);
        run_binary(project.path(), &["fix"]);
        let path = project.path().join("app/models.py");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replace(from, to)).unwrap();
        let (report, is_proven) = project.report(&IMPORT);
        assert!(!is_proven, "{from} as {to}: {report}");
        verdicts(&report)
            .into_iter()
            .filter(|(_, verdict)| verdict == "refuted")
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(after("'merge'", "'merge, delete'"), ["app.models.User.notes"]);
    assert_eq!(
        after("OWNED = 'save-update, merge, delete, delete-orphan'", "OWNED = 'save-update, merge, delete'"),
        ["app.models.User.posts"]
    );
    assert_eq!(after("remote_side=id, ", ""), [""; 0]);
    assert_eq!(after("    notes = relationship('Note', cascade='merge')\n", ""), ["app.models.User.notes"]);
    assert_eq!(after("'Post',\n", "'Post', uselist=False,\n"), ["app.models.User.posts"]);
    assert_eq!(after("cascade='merge')", "cascade='merge', back_populates='nothing')"), [""; 0]);
}

/// What the report has against a relationship.
fn objections<'r>(report: &'r Value, name: &str) -> Vec<&'r str> {
    let mut checked = report["relationships"].as_array().unwrap().iter();
    let checked = checked.find(|checked| checked["name"] == name).unwrap_or_else(|| panic!("{name}: {report}"));
    checked["refuted"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap()).collect()
}

/// A keyword for a relationship to `Child`, and what is said where it is new.
const KEYWORDS: [(&str, &str); 21] = [
    ("passive_deletes=True", "passive_deletes is True in place of False"),
    ("passive_updates=False", "passive_updates is False in place of True"),
    ("lazy='selectin'", "lazy is 'selectin' in place of 'select'"),
    ("single_parent=True", "single_parent is True in place of False"),
    ("uselist=False", "uselist is False in place of True"),
    ("viewonly=True", "viewonly is True in place of False"),
    ("order_by='Child.name.desc()'", "order_by is [child.name DESC] in place of False"),
    ("collection_class=set", "collection_class is builtins.set in place of None"),
    ("innerjoin=True", "innerjoin is True in place of False"),
    ("join_depth=2", "join_depth is 2 in place of None"),
    ("load_on_pending=True", "load_on_pending is True in place of False"),
    ("active_history=True", "active_history is True in place of False"),
    ("post_update=True", "post_update is True in place of False"),
    ("enable_typechecks=False", "enable_typechecks is False in place of True"),
    ("distinct_target_key=True", "distinct_target_key is True in place of None"),
    ("omit_join=False", "omit_join is False in place of None"),
    ("info={'a': [1, 'b']}", "info is {'a': [1, 'b']} in place of {}"),
    ("doc='of it'", "doc is 'of it' in place of None"),
    ("query_class=Own", "query_class is app.models.Own in place of None"),
    (
        "primaryjoin='and_(Parent.id == Child.parent_id, Child.id > 5)'",
        "AND child.id > 5 in place of parent.id = child.parent_id",
    ),
    ("back_populates='parent'", "other side is {app.models.Child.parent} in place of {}"),
];

fn with_keywords(keywords: &[String]) -> String {
    let relationships: Vec<_> = keywords
        .iter()
        .enumerate()
        .map(|(number, keyword)| {
            format!("    r{number} = relationship('Child', cascade='merge', overlaps='*'{keyword})\n")
        })
        .collect();
    let up = if keywords.iter().any(|keyword| keyword.contains("back_populates")) {
        format!("    parent = relationship('Parent', overlaps='*', back_populates='r{}')\n", keywords.len() - 1)
    } else {
        "    parent = relationship('Parent', overlaps='*')\n".to_owned()
    };
    format!(
        "from sqlalchemy import Column, ForeignKey, Integer, String\nfrom sqlalchemy.orm import Query, declarative_base, \
         relationship\n\nBase = declarative_base()\n\n\nclass Own(Query):\n    pass\n\n\nclass Parent(Base):\n    \
         __tablename__ = 'parent'\n    id = Column(Integer, primary_key=True)\n{}\n\nclass Child(Base):\n    \
         __tablename__ = 'child'\n    id = Column(Integer, primary_key=True)\n    name = Column(String)\n    \
         parent_id = Column(ForeignKey('parent.id'))\n{up}",
        relationships.concat()
    )
}

#[test]
fn a_keyword_that_changes_is_named() {
    let project = Project::of_models(&with_keywords(&KEYWORDS.map(|_| String::new())));
    let after = with_keywords(&KEYWORDS.map(|(keyword, _)| format!(", {keyword}")));
    fs::write(project.path().join("app/models.py"), after).unwrap();
    let (report, is_proven) = project.report(&IMPORT);
    assert!(!is_proven, "{report}");
    for (number, (keyword, reason)) in KEYWORDS.iter().enumerate() {
        let said = objections(&report, &format!("app.models.Parent.r{number}"));
        assert!(said.iter().any(|objection| objection.contains(reason)), "{keyword}: {said:?}");
    }
    let said = objections(&report, "app.models.Child.parent");
    assert!(said.contains(&"back_populates is 'r20' in place of None"), "{said:?}");
}

#[test]
fn what_a_wrapper_makes_of_the_cascade_is_noticed() {
    let wrapper = "def owned(target, **kwargs):\n    if kwargs.get('cascade') == 'all':\n        \
                   kwargs['passive_deletes'] = True\n    return relationship(target, **kwargs)\n\n\nclass User(Base):";
    let models = MODELS
        .replace("class User(Base):", wrapper)
        .replace("relationship('Note', cascade='merge')", "owned('Note', cascade='all')");
    let project = Project::of_models(&models);
    let listed = models
        .replace("cascade='all')\n\n\nclass Post", "cascade='save-update, merge, expunge, delete')\n\n\nclass Post");
    assert_ne!(listed, models);
    fs::write(project.path().join("app/models.py"), listed).unwrap();
    let (report, is_proven) = project.report(&[&IMPORT[..], &["--base", "HEAD"]].concat());
    assert!(!is_proven, "{report}");
    let said = objections(&report, "app.models.User.notes");
    assert!(said.contains(&"passive_deletes is False in place of True"), "{said:?}");
}

#[test]
fn what_is_no_text_is_the_same_in_each_import() {
    let keywords = "collection_class=attribute_keyed_dict('id'), order_by=lambda: Post.id, info={'made': object(), 'by': lambda: None, \
                    'kinds': {Base, 'a', 'b', 'c'}},";
    let models = MODELS.replace("'Post',\n", &format!("'Post',\n        {keywords}\n")).replace(
        "from sqlalchemy.orm import",
        "from sqlalchemy.orm.collections import attribute_keyed_dict\nfrom sqlalchemy.orm import",
    );
    let project = Project::of_models(&models);
    let (report, is_proven) = project.report(&IMPORT);
    assert!(is_proven, "{report}");
    assert_eq!(verdicts(&report), owned(&BOTH));
}

#[test]
fn a_loader_that_is_added_is_claimed() {
    let project = Project::of_models(MODELS);
    let lazy = ["--unsafe-fixes", "--lazy", "raise_on_sql"];
    let (report, is_proven) = project.report(&[&IMPORT[..], &lazy].concat());
    assert!(is_proven, "{report}");
    assert_eq!(verdicts(&report), owned(&BOTH));
    run_binary(project.path(), &[&["fix"][..], &lazy].concat());
    assert!(fs::read_to_string(project.path().join("app/models.py")).unwrap().contains("raise_on_sql"));
    let (report, is_proven) = project.report(&IMPORT);
    assert!(!is_proven, "{report}");
    assert_eq!(objections(&report, "app.models.User.posts"), ["lazy is 'raise_on_sql' in place of 'select'"]);
}

#[test]
fn a_wrong_claim_is_refuted() {
    // what is imported is not what the source says
    let own = "import functools\n\n_relationship = relationship\nglobals()['relationship'] = lambda *args, **kw: \
               _relationship(*args, **{**kw, 'cascade': 'save-update'})\n\n\nclass User(Base):";
    let patched = MODELS.replace("class User(Base):", own);
    let project = Project::of_models(&patched);
    let (report, is_proven) = project.report(&IMPORT);
    assert!(!is_proven, "{report}");
}

#[test]
fn what_is_not_imported_is_not_proven() {
    let other = MODELS.replace("'user'", "'other'").replace("'user.id'", "'other.id'");
    let project = Project::new(&[("app/__init__.py", ""), ("app/models.py", MODELS), ("app/other.py", &other)]);
    let (report, is_proven) = project.report(&IMPORT);
    assert!(!is_proven);
    assert_eq!(report["not_seen"].as_array().unwrap().len(), 2, "{report}");
    assert!(report["not_seen"].as_array().unwrap().iter().all(|claim| claim["path"] == "app/other.py"));
    let (report, is_proven) = project.report(&["--walk", "app"]);
    assert!(!report["failures"].as_array().unwrap().is_empty() || is_proven, "{report}");
}

#[test]
fn a_package_that_is_not_there_is_told_and_not_one_that_it_needs() {
    let project = Project::of_models(&format!("import nothing_like_it\n{MODELS}"));
    for (arguments, told) in [
        (["--walk", "nosuchpkg"], "not found: no package or module `nosuchpkg` can be imported"),
        (["--import", "nosuchpkg.models"], "not found: no package or module `nosuchpkg.models` can be imported"),
        (["--import", "app.nosuch"], "not found: no package or module `app.nosuch` can be imported"),
        (IMPORT, "failed before and after the change: `app.models`: ModuleNotFoundError"),
    ] {
        for format in ["text", "markdown"] {
            let output = project.verify(&[&arguments[..], &["--output-format", format]].concat());
            let said = String::from_utf8(output.stdout).unwrap();
            assert_eq!(output.status.code(), Some(1), "{said}");
            let told = if format == "text" { told } else { &told[..9] };
            assert!(said.contains(told), "{arguments:?}: {said}");
        }
    }
}

#[test]
fn a_failing_import_is_reported_and_never_proven() {
    let kind_of = |models: &str, arguments: &[&str]| {
        let project = Project::of_models(models);
        let (report, is_proven) = project.report(&[&IMPORT[..], arguments].concat());
        assert!(!is_proven, "{report}");
        let failure = &report["failures"][0];
        (failure["kind"].as_str().unwrap().to_owned(), failure.to_string())
    };
    let before = |line: &str| format!("{line}\n{MODELS}");
    let (kind, failure) = kind_of(&before("import os\nos.environ['DATABASE_URL']"), &[]);
    assert_eq!(kind, "import");
    assert!(failure.contains("app/models.py\\\", line 2") && failure.contains("DATABASE_URL=…"), "{failure}");
    assert_eq!(kind_of(&before("import nothing_like_it"), &[]).0, "import");
    assert_eq!(kind_of(&before("def f(:"), &[]).0, "import");
    assert_eq!(kind_of(&before("import sys\nsys.exit(3)"), &[]).0, "exit");
    assert_eq!(kind_of(&before("import os\nos._exit(0)"), &[]).0, "ended");
    let (kind, failure) = kind_of(&before("import time\ntime.sleep(600)"), &["--timeout", "3"]);
    assert_eq!(kind, "timeout");
    assert!(failure.contains("app/models.py\\\", line 2"), "{failure}");
    assert_eq!(kind_of(&MODELS.replace("remote_side=id, ", "remote_side='x', "), &[]).0, "configure");
}

#[test]
fn what_an_import_prints_and_writes_does_no_harm() {
    let noisy = "import pathlib, sys\nprint('{}' * 100000)\nsys.stderr.write('x')\npathlib.Path('app.db').write_text('x')\n\
                 pathlib.Path(__file__).with_suffix('.db').write_text('x')\n";
    let project = Project::of_models(&format!("{noisy}{MODELS}"));
    let tree = read_tree(project.path());
    let (report, is_proven) = project.report(&IMPORT);
    assert!(is_proven, "{report}");
    assert!(read_tree(project.path()) == tree);
}

/// Nothing goes on that the import has started, and no copy of the project stays.
#[test]
#[cfg(unix)]
fn who_is_told_to_end_leaves_nothing() {
    let project = Project::of_models(MODELS);
    let (scratch, pids) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let lines = format!(
        "import subprocess, time\nchild = subprocess.Popen(['sleep', '600'])\nopen(f'{}/{{child.pid}}', 'w').close()\ntime.sleep(600)\n",
        pids.path().display()
    );
    fs::write(project.path().join("app/models.py"), lines).unwrap();
    let mut verify = Command::new(env!("CARGO_BIN_EXE_cascade-fix"))
        .args(["verify", "--python", python().to_str().unwrap()])
        .args(IMPORT)
        .current_dir(project.path())
        .env("TMPDIR", scratch.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = || fs::read_dir(pids.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    while started().is_empty() {
        assert!(verify.try_wait().unwrap().is_none());
        thread::sleep(Duration::from_millis(20));
    }
    let pid = Pid::from_raw(verify.id().try_into().unwrap());
    kill(pid, Signal::SIGTERM).unwrap();
    assert_eq!(verify.wait().unwrap().code(), Some(2));
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
    for child in started() {
        let child = Pid::from_raw(child.to_str().unwrap().parse().unwrap());
        // one that has ended may still be there for whoever waits for it
        let state = fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        assert!(kill(child, None).is_err() || state.contains(" Z "), "{child} goes on");
    }
}

#[test]
fn what_is_installed_in_place_comes_from_the_copy() {
    let project = Project::new(&[("lib/code/app/__init__.py", ""), ("lib/code/app/models.py", MODELS)]);
    let fixed = ["verify", "--python", python().to_str().unwrap(), "--import", "app.models", "--output-format", "json"];
    let output = Command::new(env!("CARGO_BIN_EXE_cascade-fix"))
        .args(fixed)
        .current_dir(project.path())
        .env("PYTHONPATH", project.path().join("lib/code"))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["proven"], true, "{report}");
    assert_eq!(verdicts(&report).len(), 2);
}

#[test]
fn people_and_pull_requests_read_the_same() {
    let project = Project::of_models(MODELS);
    let said = |arguments: &[&str]| {
        let output = project.verify(&[&IMPORT[..], arguments].concat());
        (String::from_utf8(output.stdout).unwrap(), output.status.code())
    };
    let (text, status) = said(&[]);
    assert_eq!(status, Some(0));
    assert!(text.lines().all(|line| line.to_lowercase().starts_with("proven")), "{text}");
    assert!(
        text.contains("app.models.User.posts    one-to-many") && text.contains("2 of 2 claimed relationships"),
        "{text}"
    );
    let (markdown, _) = said(&["--output-format", "markdown"]);
    assert!(markdown.contains("\n| proven | `app.models.User.posts` | one-to-many | "), "{markdown}");
    fs::write(project.path().join("app/models.py"), "import os; os.environ['A|B<c>']\n").unwrap();
    let (text, status) = said(&[]);
    assert_eq!((text.matches("failed after the change").count(), status), (1, Some(1)), "{text}");
    let (markdown, _) = said(&["--output-format", "markdown"]);
    assert!(markdown.contains("A\\|B&lt;c\\>"), "{markdown}");
}

#[test]
fn where_nothing_is_claimed_there_is_nothing_to_prove() {
    let output = Project::of_models(&MODELS.replace("all", "save-update, merge")).verify(&IMPORT);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Nothing to prove: no relationship is claimed to change"), "{text}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn facts_tell_what_the_source_does_not() {
    let models = MODELS
        .replace("class Post(Base):", "def table_name():\n    return ''.join(['po', 'st'])\n\n\nclass Post(Base):");
    let models = models.replace("__tablename__ = 'post'", "locals()['__tablename__'] = table_name()").replace(
        "Column(ForeignKey('user.id'))\n\n\nclass Note",
        "eval('Column(ForeignKey(\"user.id\"))')\n\n\nclass Note",
    );
    let project = Project::of_models(&models);
    let direction = |arguments: &[&str]| {
        let output = run_binary(project.path(), &[&["check", "--output-format", "json"], arguments].concat());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let of_posts = findings.iter().find(|finding| finding["relationship"]["attribute"] == "posts").unwrap();
        (of_posts["relationship"]["direction"].clone(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(direction(&[]).0, Value::Null);
    let (report, is_proven) = project.report(&[&IMPORT[..], &["--write-facts", "facts.json"]].concat());
    assert!(is_proven, "{report}");
    assert_eq!(direction(&["--facts", "facts.json"]).0, "one-to-many");
    let path = project.path().join("app/models.py");
    fs::write(&path, format!("{models}\n")).unwrap();
    let (stale, said) = direction(&["--facts", "facts.json"]);
    assert_eq!(stale, Value::Null);
    assert!(said.contains("app/models.py"), "{said}");
    fs::write(project.path().join("facts.json"), "{}").unwrap();
    let output = run_binary(project.path(), &["check", "--facts", "facts.json"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_fixes_of_random_models_are_proven() {
    let binary = env!("CARGO_BIN_EXE_cascade-fix");
    let output = Command::new(python())
        .args(["scripts/random_models.py", "--number", "50", "--binary", binary])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_pull_request_says_what_was_proven_and_is_not_made_of_what_was_not() {
    let project = Project::of_models(MODELS);
    project.git(&["config", "user.name", "test"]);
    project.git(&["config", "user.email", "test@example.org"]);
    let made = || {
        let run = ["pr", "--isolated", "--python", python().to_str().unwrap(), "--import", "app.models"];
        let output = run_binary(project.path(), &run);
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, text, said) = made();
    assert_eq!(status, Some(0), "{said}");
    assert!(
        text.contains("### What SQLAlchemy says") && text.contains("**Proven: 2 of 2 claimed relationships"),
        "{text}"
    );
    fs::write(project.path().join("app/models.py"), format!("import nowhere\n{MODELS}")).unwrap();
    project.git(&["commit", "--quiet", "--all", "-m", "broken"]);
    let (status, text, said) = made();
    assert_eq!((status, text.as_str()), (Some(2), ""));
    assert!(said.contains("No module named 'nowhere'") && said.contains("no branch was made"), "{said}");
}
