//! Which relationships a call reaches: SQLAlchemy is asked what it expires, for an object of each class of `testdata/reach`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::common::sqlalchemy::python;
use crate::common::{folder_with, run_binary};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/reach");

/// By class: the relationships over which an object of it expires others.
fn asked() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(python()).arg("ask.py").current_dir(DATA).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What is printed of the models beside a function.
fn printed(function: &str, format: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(Path::new(DATA).join("models.py"), folder.path().join("models.py")).unwrap();
    fs::write(folder.path().join("app.py"), format!("import models\n\n\n{function}")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cascade-fix"));
    command.args(["check", "--isolated", "--output-format", format, "."]).current_dir(folder.path()).output().unwrap()
}

/// The findings of the models beside a function.
fn findings(function: &str) -> Vec<Value> {
    let report: Value = serde_json::from_slice(&printed(function, "json").stdout).unwrap();
    report["findings"].as_array().unwrap().clone()
}

fn name(finding: &Value) -> String {
    let part = |key: &str| finding["relationship"][key].as_str().unwrap_or_default().to_owned();
    format!("{}.{}", part("owner"), part("attribute"))
}

/// The level of each relationship, by its name, beside a function.
fn levels(function: &str) -> BTreeMap<String, String> {
    let level = |finding: &Value| (name(finding), finding["reach"]["level"].as_str().unwrap().to_owned());
    findings(function).iter().map(level).collect()
}

/// The relationships that keep expunge beside a function.
fn keeping_expunge(function: &str) -> BTreeSet<String> {
    let keeps = |finding: &&Value| finding["after"].as_array().unwrap().iter().any(|option| option == "expunge");
    findings(function).iter().filter(keeps).map(name).collect()
}

#[test]
fn a_call_reaches_what_sqlalchemy_expires() {
    for (class, expired) in asked() {
        let levels = levels(&format!("def reload(session, obj: models.{class}):\n    session.refresh(obj)\n"));
        assert!(levels.len() >= 8, "{levels:?}");
        let reached = levels.iter().filter(|(_, level)| *level == "reached").map(|(name, _)| name.clone());
        let mut expected = expired.clone();
        if class == "User" || expired.iter().any(|name| name.starts_with("User.")) {
            // a user may be an admin, as the one is that SQLAlchemy was asked about
            expected.insert("Admin.grants".to_owned());
        }
        assert_eq!(reached.collect::<BTreeSet<_>>(), expected, "an object of {class}");
        assert!(levels.values().all(|level| level == "reached" || level == "dormant"), "{class}: {levels:?}");
    }
}

#[test]
fn what_names_attributes_reaches_nothing() {
    let levels = levels("def reload(session, user: models.User):\n    session.refresh(user, [\"posts\"])\n");
    assert!(levels.values().all(|level| level == "dormant"), "{levels:?}");
}

#[test]
fn an_object_that_is_not_known_may_reach_all() {
    let levels = levels("def reload(session, obj):\n    session.refresh(obj)\n");
    assert!(levels.values().all(|level| level == "unknown"), "{levels:?}");
}

/// The relationships of a level, by their names, beside the statements of a function.
fn of_level(level: &str, statements: &str) -> BTreeSet<String> {
    let parameters = "session: Session, user: models.User, users: list[models.User], thing, own: Own, handing: Handing";
    let levels = levels(&format!(
        "import asyncio\nfrom sqlalchemy.orm import Session\n\n\n\
         class Own:\n    def refresh(self, user):\n        pass\n\n\n\
         class Handing:\n    def __getattr__(self, name):\n        return getattr(self.session, name)\n\n\n\
         def f({parameters}):\n    {statements}\n",
    ));
    levels.into_iter().filter(|(_, found)| found == level).map(|(name, _)| name).collect()
}

#[test]
fn a_method_that_is_handed_on_is_a_call_of_what_comes_with_it() {
    let reached = of_level("reached", "session.refresh(user)");
    assert!(reached.len() > 3, "{reached:?}");
    for handed_on in [
        "list(map(session.refresh, users))",
        "asyncio.to_thread(session.refresh, user)",
        "getattr(session, 'refresh')(user)",
        "asyncio.to_thread(getattr(session, 'refresh'), user)",
        "session. refresh(user)",
        "session.\\\n    refresh(user)",
        "(session .  # a comment\n    refresh)(user)",
        "session.refresh('' or user)",
        "session.refresh(0 or user)",
        "session.refresh(with_for_update=True, instance=user)",
    ] {
        assert_eq!(of_level("reached", handed_on), reached, "{handed_on}");
        assert!(of_level("unknown", handed_on).is_empty(), "{handed_on}");
    }
    let all = of_level("unknown", "session.refresh(thing)");
    for unknown in [
        "again = session.refresh",
        "thing(session.refresh)",
        "thing(session.refresh, thing)",
        "thing(again=session.refresh)",
        "thing(lambda one, again=session.refresh: again(one))",
        "(session.refresh or thing)(user)",
        "for again, one in {session.refresh: user}.items(): again(one)",
        "return session.refresh",
        "again = getattr(session, 'refresh')",
        "methodcaller('refresh', thing)(session)",
        "methodcaller('refresh', instance=user)(session)",
        "session.refresh(with_for_update=True, **thing)",
        "session.refresh(attribute_names=None, *[user])",
    ] {
        assert_eq!(of_level("unknown", unknown), all, "{unknown}");
    }
    // what else comes to it, and what of it, is not seen: it may be any object
    for may_be_more in [
        "thing(session.refresh, user)",
        "thing(user, session.refresh, user)",
        "asyncio.to_thread(session.refresh, user, thing)",
        "asyncio.to_thread(session.refresh, user, attribute_names=thing)",
    ] {
        assert_eq!(of_level("unknown", may_be_more), all, "{may_be_more}");
    }
    for nothing in [
        "session.refresh = thing",
        "session.refresh, thing.other = thing",
        "session.refresh.assert_called_once_with(user)",
        "del session.refresh",
        "if session.refresh is thing: pass",
        "thing.refresh",
        "getattr(thing, 'refresh')(thing)",
        "getattr(session, 'refresh')()",
        "methodcaller('refresh')(session)",
        "list(map(methodcaller('expire', 10), [session]))",
        "session.refresh('user')",
        "thing('refresh', user)",
        "return thing.session.expire > 3",
        "return {'refresh': thing.session.refresh}",
        "thing(max_age=thing.session.expire)",
    ] {
        assert_eq!(of_level("dormant", nothing), all, "{nothing}");
    }
}

#[test]
fn expunge_stays_where_a_method_is_handed_on_with_more_than_one_object() {
    let function = "def f(session, comment: models.Comment, user: models.User, apply):\n    apply(session.expunge, comment, user)\n";
    let kept = keeping_expunge(function);
    assert!(kept.contains("User.posts") && kept.contains("Tag.uses"), "{kept:?}");
}

#[test]
fn what_may_be_a_session_is_one_for_mapped_objects_alone() {
    let reached = of_level("reached", "session.refresh(user)");
    let all = of_level("unknown", "session.refresh(thing)");
    for may_be_one in [
        "thing.refresh(user)",
        "handing.refresh(user)",
        "thing.store.expire(instance=user)",
        "asyncio.to_thread(thing.store.refresh, user)",
        "list(map(handing.refresh, users))",
    ] {
        assert_eq!(of_level("unknown", may_be_one), reached, "{may_be_one}");
        assert_eq!(of_level("dormant", may_be_one).len(), all.len() - reached.len(), "{may_be_one}");
    }
    for is_none in ["thing.refresh(thing)", "own.refresh(user)", "thing.refresh(1, user)"] {
        assert_eq!(of_level("dormant", is_none), all, "{is_none}");
    }
}

#[test]
fn a_repository_of_advanced_alchemy_refreshes_its_model() {
    let levels = levels(
        "from advanced_alchemy.repository import SQLAlchemyAsyncRepository\n\n\n\
         class Comments(SQLAlchemyAsyncRepository[models.Comment]):\n    model_type = models.Comment\n",
    );
    assert_eq!(levels["Comment.votes"], "reached", "{levels:?}");
    assert_eq!(levels["Post.comments"], "dormant", "{levels:?}");
}

#[test]
fn expunge_stays_where_a_call_comes_to_it() {
    let none = keeping_expunge("def f(session):\n    pass\n");
    let with = |call: &str| {
        let function =
            format!("def f(session, comment: models.Comment, user: models.User, thing, detach):\n    {call}\n");
        let kept = keeping_expunge(&function);
        assert!(kept.is_superset(&none), "{call}");
        kept
    };
    let own: BTreeSet<String> = none.iter().cloned().chain(["Comment.votes".to_owned()]).collect();
    assert_eq!(with("session.expunge(comment)"), own);
    let of_user = with("session.expunge(user)");
    for reached in ["User.posts", "Admin.grants", "Post.comments", "Comment.votes"] {
        assert!(of_user.contains(reached), "{reached}: {of_user:?}");
    }
    // it does not cascade over Post.tags, nor over User.notes
    assert!(!of_user.contains("Tag.uses") && !of_user.contains("Note.lines"), "{of_user:?}");
    assert_eq!(with("getattr(session, 'expunge')(comment)"), own);
    assert_eq!(with("session.expunge(comment); getattr(session, 'expunge')(user)"), of_user);
    for unknown in
        ["session.expunge(thing)", "for_each(session.expunge, thing)", "methodcaller('expunge', comment)(session)"]
    {
        assert!(with(unknown).contains("Tag.uses"), "{unknown}");
    }
}

#[test]
fn a_read_that_raises_is_told_with_its_relationship() {
    let function = "\
from sqlalchemy.ext.asyncio import AsyncSession


async def publish(session: AsyncSession, id: int):
    post = models.Post(id=id)
    comment = models.Comment()
    post.comments.append(comment)
    session.add(post)
    await session.flush()
    await session.refresh(post)
    return comment.post_id
";
    let findings = findings(function);
    let comments = findings.iter().find(|finding| name(finding) == "Post.comments").unwrap();
    assert_eq!(comments["reach"]["level"], "raises", "{comments}");
    let read = &comments["reach"]["calls"][0]["reads"][0];
    assert_eq!((read["text"].as_str(), read["start"]["line"].as_u64()), (Some("comment.post_id"), Some(14)), "{read}");
    let notes = comments["fix"]["notes"].to_string();
    assert!(notes.contains("raises today: `await session.refresh(post)` (app.py:13) expires what"), "{notes}");
    assert!(findings.iter().all(|finding| name(finding) == "Post.comments" || finding["reach"]["level"] != "raises"));
}

#[test]
fn classes_are_found_however_they_begin() {
    const MODELS: &str = "\
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, relationship


class Base(DeclarativeBase):
    pass


class User(Base):
    __table__ = Table('user', Base.metadata, Column('id', Integer, primary_key=True))
    posts = relationship('Post', cascade='all, delete-orphan', back_populates='user')


class Post(Base):
    __tablename__ = 'post'
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey('user.id'))
    user = relationship('User', cascade='all, delete-orphan', single_parent=True, back_populates='posts')
";
    let answer = |models: &str| {
        let folder = folder_with(&[("models.py", models)]);
        let run = run_binary(folder.path(), &["check", "--isolated", "--output-format=json", "."]);
        let report: Value = serde_json::from_slice(&run.stdout).unwrap();
        let told =
            |finding: &Value| (name(finding), finding["relationship"]["direction"].clone(), finding["after"].clone());
        report["findings"].as_array().unwrap().iter().map(told).collect::<Vec<_>>()
    };
    let expected = answer(MODELS);
    assert_eq!(expected[1].1, "many-to-one", "{expected:?}");
    assert!(expected[1].2.as_array().unwrap().iter().any(|option| option == "expunge"), "{expected:?}");
    let table = "(Table  # of users\n        ('user'";
    for (written, other) in [
        ("class Post", "\x0cclass Post"),
        ("class Post", "class\tPost"),
        ("class Post", "class\\\n Post"),
        ("Table('user'", "(Table)('user'"),
        (
            "Table('user', Base.metadata, Column('id', Integer, primary_key=True))",
            &format!("{table}, Base.metadata, Column('id', Integer, primary_key=True)))"),
        ),
    ] {
        let models = MODELS.replace(written, other);
        assert_ne!(models, MODELS);
        assert_eq!(answer(&models), expected, "{other:?}");
    }
}

#[test]
fn a_repository_refreshes_its_objects_however_its_bases_are_written() {
    let head = "from advanced_alchemy.repository import SQLAlchemyAsyncRepository\n\n\n";
    for bases in
        ["SQLAlchemyAsyncRepository[models.User]", "\n    # 1) reads :)\n    SQLAlchemyAsyncRepository[models.User],\n"]
    {
        let levels = levels(&format!("{head}class Users({bases}):\n    model_type = models.User\n"));
        assert!(levels.values().any(|level| level == "reached"), "{bases}: {levels:?}");
    }
}

#[test]
fn a_summary_says_that_no_read_was_found_which_raises() {
    let summary = |function: &str| {
        let Output { stdout, stderr, .. } = printed(function, "full");
        String::from_utf8([stdout, stderr].concat()).unwrap()
    };
    let import = "from sqlalchemy.ext.asyncio import AsyncSession\n\n\n";
    let reload = "async def reload(session: AsyncSession, post: models.Post):\n    await session.refresh(post)\n";
    assert!(summary(&format!("{import}{reload}")).contains("are reached (no read was found that raises)"));
    let without_asyncio = "def reload(session, post: models.Post):\n    session.refresh(post)\n";
    assert!(!summary(without_asyncio).contains("no read was found"));
}

const CHAIN: &str = "\
from sqlalchemy import ForeignKey, create_engine, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Agent(Base):
    __tablename__ = 'agents'
    talks: Mapped[list['Talk']] = relationship(cascade='all', lazy='LAZY')


class Talk(Base):
    __tablename__ = 'talks'
    agent_id: Mapped[int] = mapped_column(ForeignKey('agents.id'))
    messages: Mapped[list['Message']] = relationship(cascade='all', lazy='selectin')


class Message(Base):
    __tablename__ = 'messages'
    talk_id: Mapped[int] = mapped_column(ForeignKey('talks.id'))


def reload(session: Session, agent: Agent):
    session.refresh(agent)


if __name__ == '__main__':
    engine = create_engine('sqlite://')
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        message = Message()
        agent = Agent(talks=[Talk(messages=[message])])
        session.add(agent)
        session.commit()
        reload(session, agent)
        print(inspect(message).expired)
";

#[test]
fn what_is_loaded_with_an_object_that_is_expired_is_not_loaded_again() {
    for (lazy, is_expired) in [("select", true), ("raise", true), ("selectin", false)] {
        let text = CHAIN.replace("LAZY", lazy);
        let folder = folder_with(&[("app.py", text.as_str())]);
        let run = Command::new(python()).arg("app.py").current_dir(folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&run.stdout).trim().to_owned();
        assert_eq!(said, if is_expired { "True" } else { "False" }, "{lazy}: {run:?}");
        let check = run_binary(folder.path(), &["check", "--isolated", "--output-format=json", "."]);
        let report: Value = serde_json::from_slice(&check.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let messages = findings.iter().find(|finding| name(finding) == "Talk.messages").unwrap();
        assert_eq!(messages["hazard"], if is_expired { "refresh" } else { "form" }, "{lazy}: {messages}");
        assert_eq!(
            messages.to_string().contains("over Agent.talks, which is not loaded eagerly"),
            is_expired,
            "{messages}"
        );
    }
}
