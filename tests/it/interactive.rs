//! `fix --interactive` on a pseudo-terminal: what each key does, and that nothing is written that was not confirmed.
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{read_tree, run_binary, write_tree};
use nix::sys::termios::{LocalFlags, tcgetattr};
use rexpect::process::{Signal, WaitStatus};
use rexpect::session::{PtySession, spawn_command};

/// Far more than anything takes, in milliseconds.
const PATIENCE: u64 = 60_000;

const MODELS: &str = "\
from sqlalchemy.orm import relationship


class User(Base):
    posts = relationship('Post', cascade='all')
    notes = relationship('Note', cascade='all, delete-orphan')
    tags = relationship('Tag', cascade='all, delete')
";

/// A repository with a program running in it.
struct Dialogue {
    folder: tempfile::TempDir,
    session: PtySession,
}

impl Dialogue {
    fn of_models(models: &str, arguments: &[&str]) -> Self {
        Self::new(&[("models.py", models)], arguments)
    }

    fn new(files: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cascade-fix"));
        command.args(["fix", "--interactive", "--color", "never"]).args(arguments);
        Self::of_command(files, command)
    }

    /// What a shell does with the program in `$0`. Ctrl-C has its effect even where the tests run in the background, which ignores it.
    fn of_script(files: &[(&str, &str)], script: &str) -> Self {
        let mut command = Command::new("env");
        command.args(if cfg!(target_os = "linux") { &["--default-signal=INT"][..] } else { &[] });
        command.args(["sh", "-c", script, env!("CARGO_BIN_EXE_cascade-fix")]);
        Self::of_command(files, command)
    }

    fn of_command(files: &[(&str, &str)], mut command: Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files: BTreeMap<_, _> =
            files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
        write_tree(&files, folder.path());
        command.current_dir(folder.path()).env("TERM", "xterm").env_remove("NO_COLOR");
        Self { session: spawn_command(command, Some(PATIENCE)).unwrap(), folder }
    }

    /// What is printed up to a text, and takes that away.
    fn until(&mut self, text: &str) -> String {
        self.session.exp_string(text).unwrap()
    }

    /// Answers the next question; what was printed before it.
    fn press(&mut self, key: &str) -> String {
        let said = self.until("Apply this change [");
        let offered = self.until("]? ");
        self.await_keys();
        self.session.send(key).unwrap();
        self.session.flush().unwrap();
        format!("{said}[{offered}]")
    }

    /// Until the terminal hands on single keys.
    fn await_keys(&self) {
        let terminal = self.session.process().get_file_handle().unwrap();
        while tcgetattr(&terminal).unwrap().local_flags.contains(LocalFlags::ICANON) {
            std::thread::yield_now();
        }
    }

    /// Types a line where a list is asked for; what was said and asked.
    fn list(&mut self, list: &str) -> String {
        let said = self.until("List for ");
        let asked = self.until("): ");
        self.session.send_line(list).unwrap();
        format!("{said}{asked}")
    }

    /// What it says at last, its exit status, and the files then.
    fn end(mut self) -> (String, i32, BTreeMap<String, String>) {
        let said = self.session.exp_eof().unwrap();
        let status = match self.session.process().wait().unwrap() {
            WaitStatus::Exited(_, status) => status,
            WaitStatus::Signaled(_, signal, _) => 128 + signal as i32,
            other => panic!("{other:?}"),
        };
        (said, status, texts(self.folder.path()))
    }
}

fn texts(folder: &Path) -> BTreeMap<String, String> {
    read_tree(folder).into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
}

/// The models with some lists in place of others.
fn with(models: &str, lists: &[(&str, &str)]) -> String {
    lists.iter().fold(models.to_owned(), |models, (old, new)| {
        assert!(models.contains(old), "{old}");
        models.replacen(old, new, 1)
    })
}

const POSTS: (&str, &str) = ("cascade='all')", "cascade='save-update, merge, delete')");
const NOTES: (&str, &str) = ("'all, delete-orphan'", "'save-update, merge, delete, delete-orphan'");
const TAGS: (&str, &str) = ("'all, delete'", "'save-update, merge, delete'");

#[test]
fn only_what_is_confirmed_is_applied() {
    let mut dialogue = Dialogue::of_models(MODELS, &[]);
    let shown = dialogue.press("y");
    for part in ["warning[CAS001]", "note: User.posts: write `save-update, merge, delete`", "+    posts", "(1/3)"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("+    notes") && shown.ends_with("[y,n,a,q,e,s,?]"), "{shown}");
    assert!(dialogue.press("n").contains("(2/3)"));
    assert!(dialogue.press("y").contains("(3/3)"));
    let (said, status, files) = dialogue.end();
    assert_eq!(files["models.py"], with(MODELS, &[POSTS, TAGS]));
    assert_eq!(status, 0);
    assert!(said.contains("models.py\r\n") && said.contains("Fixed 2 cascades in 1 file; 1 left as it is"), "{said}");
}

#[test]
fn what_was_confirmed_before_q_is_applied() {
    let mut dialogue = Dialogue::of_models(MODELS, &[]);
    dialogue.press("y");
    dialogue.press("q");
    let (said, status, files) = dialogue.end();
    assert_eq!(files["models.py"], with(MODELS, &[POSTS]));
    assert_eq!(status, 0);
    assert!(said.contains("Fixed 1 cascade in 1 file; 2 left as they are"), "{said}");
}

#[test]
fn enter_behind_a_key_is_no_answer() {
    let mut dialogue = Dialogue::of_models(MODELS, &[]);
    let mut shown = dialogue.press("y\r");
    shown += &dialogue.press("\rn\r");
    shown += &dialogue.press("y");
    let (said, _, files) = dialogue.end();
    assert_eq!(files["models.py"], with(MODELS, &[POSTS, TAGS]));
    assert!(!format!("{shown}{said}").contains("print this help"), "{shown}{said}");
    assert!(said.contains("Fixed 2 cascades in 1 file; 1 left as it is"), "{said}");
}

#[test]
fn the_end_of_the_input_is_as_q() {
    let mut dialogue = Dialogue::of_models(MODELS, &[]);
    dialogue.press("y");
    dialogue.press("\u{4}");
    let (_, status, files) = dialogue.end();
    assert_eq!((status, &*files["models.py"]), (0, &*with(MODELS, &[POSTS])));
}

#[test]
fn a_goes_on_to_the_end_of_the_file() {
    let mut dialogue = Dialogue::new(&[("a.py", MODELS), ("b.py", MODELS)], &[]);
    dialogue.press("n");
    dialogue.press("a");
    assert!(dialogue.press("q").contains("(4/6)"));
    let (_, _, files) = dialogue.end();
    assert_eq!(files["a.py"], with(MODELS, &[NOTES, TAGS]));
    assert_eq!(files["b.py"], MODELS);
}

#[test]
fn an_unsafe_fix_is_taken_by_u_alone() {
    let models = "\
from sqlalchemy.orm import relationship


class User(Base):
    posts = relationship('Post', cascade='merge')
    notes = relationship('Note', cascade='all, delete-orphan')
    files = relationship('File', cascade='delete')
    tags = relationship('Tag', cascade='merge, delete')
";
    let mut dialogue = Dialogue::of_models(models, &["--select", "CAS0,CAS103"]);
    let shown = dialogue.press("y");
    assert!(shown.contains("u applies an unsafe fix") && shown.ends_with("[n,q,e,u,s,?]"), "{shown}");
    // y is not offered: it is asked again
    dialogue.press("u");
    dialogue.press("a");
    dialogue.press("n");
    dialogue.press("u");
    let (said, _, files) = dialogue.end();
    let lists = [("'merge'", "'save-update, merge'"), NOTES, ("'merge, delete'", "'save-update, merge, delete'")];
    assert_eq!(files["models.py"], with(models, &lists));
    assert!(said.contains("Fixed 3 cascades in 1 file; 1 left as it is"), "{said}");
}

#[test]
fn y_and_u_are_offered_where_there_are_both_fixes() {
    let models = "\
from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import relationship

user_tag = Table('user_tag', Base.metadata, Column('u', ForeignKey('user.id')), Column('t', ForeignKey('tag.id')))


class User(Base):
    __tablename__ = 'user'
    id = Column(Integer, primary_key=True)
    tags = relationship('Tag', secondary=user_tag, cascade='all')


class Tag(Base):
    __tablename__ = 'tag'
    id = Column(Integer, primary_key=True)
";
    for (key, list) in [("y", "save-update, merge, delete"), ("u", "save-update, merge")] {
        let mut dialogue = Dialogue::of_models(models, &["--select", "CAS"]);
        let shown = dialogue.press(key);
        assert!(shown.contains("y applies a safe fix") && shown.contains("u applies an unsafe fix"), "{shown}");
        assert!(shown.contains("(1/1)"), "{shown}");
        assert_eq!(dialogue.end().2["models.py"], with(models, &[("'all'", &format!("'{list}'"))]));
    }
    let mut dialogue = Dialogue::of_models(models, &["--select", "CAS", "--unsafe-fixes"]);
    let shown = dialogue.press("y");
    assert!(shown.contains("y applies an unsafe fix") && shown.ends_with("[y,n,a,q,e,s,?]"), "{shown}");
    assert_eq!(dialogue.end().2["models.py"], with(models, &[("'all'", "'save-update, merge'")]));
}

#[test]
fn the_list_that_is_typed_is_written() {
    let mut dialogue = Dialogue::of_models(MODELS, &[]);
    dialogue.press("e");
    let asked = dialogue.list("save-update, delet");
    assert!(asked.contains("User.posts (models.py:5:42; Enter for `save-update, merge, delete`"), "{asked}");
    let refused = dialogue.list("all");
    assert!(refused.contains("did you mean `save-update, delete`?"), "{refused}");
    let refused = dialogue.list("delete, save-update");
    assert!(refused.contains("refresh-expire is what has to go"), "{refused}");
    let shown = dialogue.press("y");
    assert!(shown.contains("merge is lost") && shown.contains("+    posts"), "{shown}");
    assert!(shown.contains("(1/3)") && shown.ends_with("[y,n,a,q,e,s,?]"), "{shown}");
    dialogue.press("e");
    dialogue.list("");
    dialogue.press("n");
    dialogue.press("q");
    let (_, _, files) = dialogue.end();
    assert_eq!(files["models.py"], with(MODELS, &[("cascade='all')", "cascade='save-update, delete')")]));
}

#[test]
fn a_list_that_cant_be_written_is_asked_for_again() {
    let models = with(
        MODELS,
        &[
            ("'Post', cascade='all'", "'Post', viewonly=True, cascade='all'"),
            ("'Note', cascade='all, delete-orphan'", "'Note', passive_deletes='all', cascade='refresh-expire, merge'"),
        ],
    );
    let mut dialogue = Dialogue::of_models(&models, &["--layout", "keep"]);
    dialogue.press("e");
    dialogue.list("save-update, merge");
    let shown = dialogue.press("e");
    assert!(shown.contains("can't be written: `save-update` is for relationships that write"), "{shown}");
    dialogue.list("none");
    dialogue.press("y");
    dialogue.press("e");
    dialogue.list("delete");
    let shown = dialogue.press("e");
    assert!(shown.contains("can't be written: it has passive_deletes"), "{shown}");
    dialogue.list("expunge");
    dialogue.press("y");
    dialogue.press("e");
    dialogue.list("save-update, merge, expunge, delete, delete-orphan");
    dialogue.press("y");
    let lists = [
        ("True, cascade='all'", "True, cascade='none'"),
        ("'refresh-expire, merge'", "'expunge'"),
        ("'all, delete'", "'save-update, merge, expunge, delete, delete-orphan'"),
    ];
    assert_eq!(dialogue.end().2["models.py"], with(&models, &lists));
}

#[test]
fn the_typed_list_is_written_in_all_branches() {
    let models = "\
from sqlalchemy.orm import relationship
posts = relationship('Post', cascade='all' if OWNED else 'merge')
notes = relationship('Note', cascade='all', backref=backref('user', cascade='all'))
";
    let mut dialogue = Dialogue::of_models(models, &["--layout", "keep"]);
    dialogue.press("e");
    dialogue.list("save-update");
    dialogue.press("y");
    dialogue.press("q");
    let branches = [("'all' if", "'save-update' if"), ("'merge'", "'save-update'")];
    assert_eq!(dialogue.end().2["models.py"], with(models, &branches));
}

const SHARED: [(&str, &str); 2] = [
    ("constants.py", "OWNED = 'all, delete-orphan'\n"),
    (
        "models.py",
        "\
from sqlalchemy.orm import relationship
from constants import OWNED


class User(Base):
    posts = relationship('Post', cascade=OWNED)
    notes = relationship('Note', cascade=OWNED)
    tags = relationship('Tag', cascade='all')
",
    ),
];

#[test]
fn a_shared_constant_is_one_change() {
    let mut dialogue = Dialogue::new(&SHARED, &[]);
    let shown = dialogue.press("y");
    assert!(shown.contains("(1/2)"), "{shown}");
    for part in ["User.posts", "User.notes", "+OWNED = 'save-update, merge, delete, delete-orphan'"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    dialogue.press("n");
    let (said, _, files) = dialogue.end();
    assert_eq!(files["constants.py"], "OWNED = 'save-update, merge, delete, delete-orphan'\n");
    assert_eq!(files["models.py"], SHARED[1].1);
    assert!(said.contains("Fixed 2 cascades in 1 file; 1 left as it is"), "{said}");
}

#[test]
fn uses_that_leave_an_import_unused_together_are_one_change() {
    let models = "\
from sqlalchemy.orm import relationship

from consts import OWNED


class User(Base):
    posts = relationship('Post', cascade=OWNED)
    notes = relationship('Note', cascade=OWNED)
";
    let files =
        [("models.py", models), ("consts.py", "OWNED = 'all'\n"), ("shown.py", "import consts\nprint(consts.OWNED)\n")];
    let mut dialogue = Dialogue::new(&files, &[]);
    let shown = dialogue.press("y");
    assert!(shown.contains("-from consts import OWNED") && shown.contains("(1/1)"), "{shown}");
    let (_, status, files) = dialogue.end();
    assert_eq!(status, 0);
    assert!(!files["models.py"].contains("OWNED"), "{}", files["models.py"]);
}

#[test]
fn the_list_typed_for_a_shared_constant_is_written_there() {
    let mut dialogue = Dialogue::new(&SHARED, &[]);
    dialogue.press("e");
    dialogue.list("save-update, merge");
    dialogue.press("y");
    dialogue.press("q");
    let (_, _, files) = dialogue.end();
    assert_eq!(files["constants.py"], "OWNED = 'save-update, merge'\n");
    assert_eq!(files["models.py"], SHARED[1].1);
}

#[test]
fn values_in_a_statement_that_is_laid_out_again_are_one_change_with_a_list_for_each() {
    let models = "\
from sqlalchemy.orm import backref, relationship


class User(Base):
    posts = relationship(\"Post\", cascade=\"all\", backref=backref(\"user\", cascade=\"all\"))
";
    let mut dialogue = Dialogue::of_models(models, &[]);
    assert!(dialogue.press("e").contains("(1/1)"));
    dialogue.list("save-update, merge, expunge, delete");
    dialogue.list("save-update, merge, expunge");
    let shown = dialogue.press("y");
    assert!(shown.contains("(1/1)"), "{shown}");
    let expected = "\
from sqlalchemy.orm import backref, relationship


class User(Base):
    posts = relationship(
        \"Post\",
        cascade=\"save-update, merge, expunge, delete\",
        backref=backref(\"user\", cascade=\"save-update, merge, expunge\"),
    )
";
    assert_eq!(dialogue.end().2["models.py"], expected);
}

#[test]
fn what_is_suppressed_is_left_alone_by_the_next_run() {
    let models = MODELS.replace('\n', "\r\n");
    let mut dialogue = Dialogue::of_models(&models, &[]);
    dialogue.press("s");
    dialogue.press("s");
    dialogue.press("y");
    let (said, _, files) = dialogue.end();
    let comment = "    # cascade-fix: ignore[CAS001]\r\n";
    let suppressed = models.replace("    posts", &format!("{comment}    posts"));
    let suppressed = suppressed.replace("    notes", &format!("{comment}    notes"));
    assert_eq!(files["models.py"], with(&suppressed, &[TAGS]));
    assert!(said.contains("Fixed 1 cascade in 1 file; 2 suppressed"), "{said}");
    check_is_clean(&files);
}

#[test]
fn all_uses_of_a_shared_constant_are_suppressed() {
    let mut dialogue = Dialogue::new(&SHARED, &[]);
    dialogue.press("s");
    dialogue.press("y");
    let (_, _, files) = dialogue.end();
    assert_eq!(files["constants.py"], SHARED[0].1);
    assert_eq!(files["models.py"].matches("    # cascade-fix: ignore[CAS001]\n").count(), 2);
    check_is_clean(&files);
}

#[test]
fn findings_are_suppressed_in_notebooks_and_templates() {
    let notebook = r#"{
 "cells": [
  {
   "cell_type": "code",
   "metadata": {},
   "outputs": [],
   "source": [
    "from sqlalchemy.orm import relationship\n",
    "posts = relationship('Post', cascade='all')"
   ]
  }
 ],
 "metadata": {"language_info": {"name": "python"}},
 "nbformat": 4,
 "nbformat_minor": 5
}
"#;
    let template = "\
from sqlalchemy.orm import relationship
class {{ name }}(Base):
    posts = relationship('{{ post }}', cascade='all')
";
    let mut dialogue = Dialogue::new(&[("models.ipynb", notebook), ("models.py.j2", template)], &[]);
    dialogue.press("s");
    dialogue.press("s");
    let (_, _, files) = dialogue.end();
    assert!(files["models.ipynb"].contains("    \"# cascade-fix: ignore[CAS001]\\n\",\n"), "{}", files["models.ipynb"]);
    assert!(files["models.py.j2"].contains("    # cascade-fix: ignore[CAS001]\n    posts"));
    check_is_clean(&files);
}

/// Where a line above the statement is a part of something else, it would be no comment.
#[test]
fn what_no_comment_suppresses_is_asked_about_again() {
    let models = "from sqlalchemy.orm import relationship\nx = '''\n'''; posts = relationship('Post', cascade='all')\n";
    let mut dialogue = Dialogue::of_models(models, &[]);
    dialogue.press("s");
    let shown = dialogue.press("q");
    assert!(shown.contains("can't be suppressed"), "{shown}");
    assert_eq!(dialogue.end().2["models.py"], models);
}

fn check_is_clean(files: &BTreeMap<String, String>) {
    let folder = tempfile::tempdir().unwrap();
    let files = files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
    write_tree(&files, folder.path());
    let output = run_binary(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("unused"));
}

#[test]
fn help_is_given_for_other_keys() {
    let mut dialogue = Dialogue::of_models(MODELS, &[]);
    dialogue.press("?");
    let shown = dialogue.press("x");
    assert!(shown.contains("s  suppress it with a comment") && !shown.contains("u  "), "{shown}");
    assert!(shown.contains("Ctrl-C  stop; nothing is written"), "{shown}");
    // an arrow of some terminals, that ends with a letter
    assert!(dialogue.press("\u{1b}Oa").contains("y  apply it"));
    assert!(dialogue.press("q").contains("(1/3)"));
    assert_eq!(dialogue.end().2["models.py"], MODELS);
}

#[test]
fn after_ctrl_c_nothing_is_written_and_the_terminal_is_as_before() {
    let script = "trap : INT; stty echo; \"$0\" fix -i; echo \"status $?\"; stty -a; exit 7";
    for with_list in [false, true] {
        let mut dialogue = Dialogue::of_script(&[("models.py", MODELS)], script);
        dialogue.press("y");
        if with_list {
            dialogue.press("e");
            dialogue.until("): ");
            dialogue.session.send_control('c').unwrap();
        } else {
            dialogue.press("\u{3}");
        }
        let (said, status, files) = dialogue.end();
        assert_eq!((status, &*files["models.py"]), (7, MODELS));
        assert!(said.contains("status 130"), "{said}");
        for mode in ["echo", "icanon", "isig", "icrnl", "opost"] {
            assert!(said.split_whitespace().any(|word| word == mode), "{mode}: {said}");
        }
        assert!(!said.contains("\u{1b}[?25l"), "{said}");
    }
}

#[test]
fn the_signal_ends_it() {
    let mut dialogue = Dialogue::of_script(&[("models.py", MODELS)], "exec \"$0\" fix -i");
    dialogue.press("\u{3}");
    assert_eq!(dialogue.end().1, 128 + Signal::SIGINT as i32);
}

#[test]
fn stdout_has_the_paths_alone() {
    let mut dialogue = Dialogue::of_script(&[("models.py", MODELS)], "\"$0\" fix -i > paths");
    dialogue.press("a");
    assert_eq!(dialogue.end().2["paths"], "models.py\n");
}

#[test]
fn a_file_that_changes_meanwhile_is_left_alone() {
    let mut dialogue = Dialogue::of_models(MODELS, &[]);
    dialogue.press("y");
    let other = MODELS.replace("tags", "marks");
    fs::write(dialogue.folder.path().join("models.py"), &other).unwrap();
    dialogue.press("q");
    let (said, status, files) = dialogue.end();
    assert_eq!((status, &files["models.py"]), (2, &other));
    assert!(said.contains("it changed since it was read; run again"), "{said}");
}

#[test]
fn it_needs_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("models.py"), MODELS).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_cascade-fix"))
        .args(["fix", "-i"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("run it in one, or run `fix` without it"));
    let output = run_binary(folder.path(), &["fix", "-i", "-"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("name the file by its path"));
    assert_eq!(texts(folder.path())["models.py"], MODELS);
}
