//! Which objects session calls are given: each file of `testdata/calls` says it beside the calls.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::folder_with;

/// What a file says of its calls, by line: the words behind `#: `.
fn written(text: &str) -> BTreeMap<u64, String> {
    let lines = (1..).zip(text.lines());
    lines.filter_map(|(line, text)| Some((line, text.split_once("#: ")?.1.trim().to_owned()))).collect()
}

/// The same of what the report says.
fn told(call: &Value) -> String {
    let mut classes: Vec<&str> = call["classes"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    classes.sort_unstable();
    if !call["unknown"].is_null() {
        classes.push("?");
    }
    if classes.is_empty() { "-".to_owned() } else { classes.join(" | ") }
}

fn calls_in(folder: &Path) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cascade-fix"));
    let run =
        command.args(["check", "--calls", "--output-format=json", "--isolated", "."]).current_dir(folder).output();
    let report: Value = serde_json::from_slice(&run.unwrap().stdout).unwrap();
    report["calls"].as_array().unwrap().clone()
}

#[test]
fn calls_are_told_with_the_classes_that_their_objects_can_be() {
    let folders = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/calls")).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for folder in folders.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let mut said: BTreeMap<String, BTreeMap<u64, String>> = BTreeMap::new();
        for call in calls_in(&folder) {
            let file = said.entry(call["path"].as_str().unwrap().to_owned()).or_default();
            let before = file.insert(call["start"]["line"].as_u64().unwrap(), told(&call));
            assert!(before.is_none(), "two calls stand in one line: {call}");
        }
        for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let (right, said) = (written(&fs::read_to_string(&file).unwrap()), said.remove(&name).unwrap_or_default());
            count += right.len();
            for line in right.keys().chain(said.keys().filter(|line| !right.contains_key(line))) {
                let (right, said) = (right.get(line), said.get(line));
                if right != said {
                    wrong.push(format!("{}:{line}: {right:?} is right, {said:?} is said", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 80, "{count} calls");
}

const NAMES: &str = "\
from sqlalchemy.orm import Session

from models import User

NONE = None
EMPTY = []
SOME = ('name',)
LIST = ['name']


def refresh(session: Session, user: User, names=None):
    session.refresh(user)
    session.refresh(user, None)
    session.refresh(user, NONE)
    session.refresh(user, EMPTY)
    session.refresh(user, [
        # none
    ])
    session.refresh(user, names)
    session.refresh(user, attribute_names=[*names])
    session.refresh(user, **names)
    session.refresh(user, NONE or SOME)
    LIST.clear()
    session.refresh(user, LIST)
    session.refresh(user, tuple(LIST))
    if names:
        names = None
        session.refresh(user, names)
    if names:
        session.refresh(user, names)  # named
    else:
        session.refresh(user, names)
    session.refresh(user, SOME)  # named
    session.refresh(user, attribute_names=SOME)  # named
    session.refresh(user, ('name', names))  # named
    session.refresh(user, {'name', *names})  # named
    session.refresh(user, **{'attribute_names': SOME})  # named
    session.refresh(instance=user, attribute_names=['name'])  # named
";

#[test]
fn attributes_are_named_where_sqlalchemy_certainly_gets_one() {
    let models = fs::read_to_string("testdata/reach/models.py").unwrap();
    let folder = folder_with(&[("models.py", models.as_str()), ("names.py", NAMES)]);
    let calls = calls_in(folder.path());
    let told: Vec<_> = calls.iter().map(|call| (call["start"]["line"].as_u64(), &call["named_attributes"])).collect();
    let written = (1..).zip(NAMES.lines()).filter(|(_, line)| line.contains("session.refresh("));
    let written: Vec<_> =
        written.map(|(number, line)| (Some(number), Value::from(line.ends_with("# named")))).collect();
    assert_eq!(told, written.iter().map(|(number, is_named)| (*number, is_named)).collect::<Vec<_>>());
}

#[test]
fn calls_of_a_repository_inside_of_another_are_told_once() {
    let models = fs::read_to_string("testdata/calls/sessions/models.py").unwrap();
    let uses = "from models import User\nfrom sqlalchemy.orm import Session\n\nSession().refresh(User())\n";
    let files = [("a/models.py", models.as_str()), ("a/use.py", uses), ("b/models.py", &models), ("b/use.py", uses)];
    let folder = folder_with(&files);
    for repository in ["a", "b"] {
        fs::create_dir(folder.path().join(repository).join(".git")).unwrap();
    }
    let calls = calls_in(folder.path());
    assert_eq!(calls.iter().map(|call| call["path"].as_str().unwrap()).collect::<Vec<_>>(), ["a/use.py", "b/use.py"]);
}

#[test]
fn a_package_that_is_named_alone_imports_its_own_modules() {
    let models = fs::read_to_string("testdata/calls/sessions/models.py").unwrap();
    let uses = "from app.inner.models import User\nfrom sqlalchemy.orm import Session\n\nSession().refresh(User())\n";
    let folder = folder_with(&[
        ("app/__init__.py", ""),
        ("app/inner/__init__.py", ""),
        ("app/inner/models.py", models.as_str()),
        ("app/inner/use.py", uses),
    ]);
    for named in ["app", "app/inner"] {
        let calls = calls_in(&folder.path().join(named));
        assert_eq!(calls.iter().map(told).collect::<Vec<_>>(), ["User"], "{named}");
    }
}

#[test]
fn calls_beside_an_error_are_told() {
    let models = fs::read_to_string("testdata/calls/sessions/models.py").unwrap();
    let method = "    async def again(self, session: AsyncSession, user: User):\n        await session.refresh(user)\n        \
                  await self.log('This method is long enough for its body to be set aside until somebody looks at it', user)\n\n";
    let imports = "from models import User\nfrom sqlalchemy.ext.asyncio import AsyncSession\n\n\n";
    let uses = format!("{imports}class Service:\n    import\n\n{method}{method}");
    let folder = folder_with(&[("models.py", models.as_str()), ("use.py", &uses)]);
    assert_eq!(calls_in(folder.path()).iter().map(told).collect::<Vec<_>>(), ["User", "User"]);
}

#[test]
fn calls_are_asked_for_with_a_report_that_tells_them() {
    let run = |arguments: &[&str]| {
        let folder = folder_with(&[("a.py", "x = 1\n")]);
        let mut command = Command::new(env!("CARGO_BIN_EXE_cascade-fix"));
        command.args(["check", "--isolated", "--calls", "."]).args(arguments).current_dir(folder.path());
        command.output().unwrap()
    };
    let refused = run(&[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("give --output-format json"), "{refused:?}");
    assert_eq!(run(&["--output", "json=calls.json"]).status.code(), Some(0));
}

#[test]
fn a_backref_is_found_by_its_name_in_whatever_encoding_it_is_written() {
    const MODELS: &str = "\
# -*- coding: latin-1 -*-
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class User(Base):
    __tablename__ = 'users'
    id = Column(Integer, primary_key=True)
    orders = relationship('Order', cascade='all', backref='k\u{e4}ufer')


class Order(Base):
    __tablename__ = 'orders'
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey('users.id'))
";
    const USE: &str = "\
from sqlalchemy.orm import Session

from models import Order


def reload(session: Session, order: Order):
    session.refresh(order.k\u{e4}ufer)
";
    let folder = folder_with(&[("app.py", USE)]);
    let latin: Vec<u8> = MODELS.chars().map(|character| u8::try_from(character).unwrap()).collect();
    fs::write(folder.path().join("models.py"), latin).unwrap();
    let calls = calls_in(folder.path());
    assert_eq!(calls.iter().map(told).collect::<Vec<_>>(), ["User"], "{calls:?}");
}

#[test]
fn calls_of_notebooks_are_told_however_their_lines_are_stored() {
    const CODE: [&str; 3] = [
        r#""async def f(session, user: models.User):\n", "    await session.refresh(", "user)""#,
        r#""async def f(session, user: models.User):\n", "    session.\\\n", "        expunge(user)""#,
        r#""async def f(session, user: models.User):\n", "    await getattr(session, \"refresh\")(user)""#,
    ];
    const MODELS: &str = "\
from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class User(Base):
    __tablename__ = 'users'
    id = Column(Integer, primary_key=True)
";
    for code in CODE {
        let cell = format!(
            r#"{{"cell_type": "code", "execution_count": null, "metadata": {{}}, "outputs": [], "source": ["import models\n", {code}]}}"#
        );
        let notebook = format!(
            r#"{{"cells": [{cell}], "metadata": {{"language_info": {{"name": "python"}}}}, "nbformat": 4, "nbformat_minor": 5}}"#
        );
        let folder = folder_with(&[("models.py", MODELS), ("app.ipynb", &notebook)]);
        let calls = calls_in(folder.path());
        assert_eq!(calls.iter().map(told).collect::<Vec<_>>(), ["User"], "{code}");
    }
}
