//! The language server, as an editor speaks with it.

use std::io::BufReader;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout};

use lsp_server::{Message, Notification, Request};
use serde_json::{Value, json};

use crate::common::{folder_with, read_tree, repository_of, start_binary, write_tree};

const MODELS: &str = "\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base import Base


class User(Base):
    __tablename__ = \"users\"

    id: Mapped[int] = mapped_column(primary_key=True)
    posts: Mapped[list[\"Post\"]] = relationship(doc=\"\u{1f600}\", cascade=\"all, delete-orphan\")


class Post(Base):
    __tablename__ = \"posts\"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(\"users.id\"))
";
const BASE: &str = "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n";
const USE: &str = "\
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User


async def show(session: AsyncSession) -> None:
    user = await session.get_one(User, 1)
    post = (await user.awaitable_attrs.posts)[0]
    await session.refresh(user)
    print(post.id)
";

/// An editor.
struct Editor {
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    requests: i32,
}

impl Editor {
    /// With the capabilities, and one folder for each path.
    fn new(folders: &[&Path], capabilities: Value, arguments: &[&str]) -> (Self, Value) {
        let mut server = start_binary(&[&["lsp"], arguments].concat());
        let (input, output) = (server.stdin.take().unwrap(), BufReader::new(server.stdout.take().unwrap()));
        let mut editor = Self { server, input, output, requests: 0 };
        let folders: Vec<Value> = folders.iter().map(|folder| json!({"uri": uri(folder), "name": "folder"})).collect();
        let params = json!({"processId": null, "capabilities": capabilities, "workspaceFolders": folders});
        let answer = editor.ask("initialize", params);
        editor.tell("initialized", json!({}));
        (editor, answer)
    }

    fn tell(&mut self, method: &str, params: Value) {
        Message::Notification(Notification::new(method.to_owned(), params)).write(&mut self.input).unwrap();
    }

    fn read(&mut self) -> Message {
        Message::read(&mut self.output).unwrap().expect("the server has ended")
    }

    /// The answer to a request; what comes before it is passed over.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let id = self.requests.into();
        Message::Request(Request::new(id, method.to_owned(), params)).write(&mut self.input).unwrap();
        loop {
            if let Message::Response(response) = self.read() {
                return serde_json::to_value(&response).unwrap();
            }
        }
    }

    fn open(&mut self, path: &Path, version: i32, text: &str) {
        let document = json!({"uri": uri(path), "languageId": "python", "version": version, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    fn change(&mut self, path: &Path, version: i32, text: &str) {
        let document = json!({"uri": uri(path), "version": version});
        let changes = json!([{"text": text}]);
        self.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// The next diagnostics of a version of a file.
    fn diagnostics(&mut self, path: &Path, version: i32) -> Vec<Value> {
        loop {
            let Message::Notification(Notification { method, params }) = self.read() else { continue };
            if method == "textDocument/publishDiagnostics" && params["uri"] == uri(path) && params["version"] == version
            {
                return params["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    fn actions(&mut self, path: &Path, diagnostic: &Value) -> Vec<Value> {
        let context = json!({"diagnostics": [diagnostic]});
        let params = json!({"textDocument": {"uri": uri(path)}, "range": diagnostic["range"], "context": context});
        self.ask("textDocument/codeAction", params)["result"].as_array().unwrap().clone()
    }

    fn end(mut self) -> i32 {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.server.wait().unwrap().code().unwrap()
    }
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// The text after the edits of an action to a file; positions are in UTF-16.
fn applied(action: &Value, path: &Path, text: &str) -> String {
    let of_version = || {
        let changes = action["edit"]["documentChanges"].as_array().unwrap();
        &changes.iter().find(|change| change["textDocument"]["uri"] == uri(path)).unwrap()["edits"]
    };
    let edits = action["edit"]["changes"].get(uri(path)).unwrap_or_else(of_version);
    let offset = |position: &Value| {
        let (line, character) = (position["line"].as_u64().unwrap(), position["character"].as_u64().unwrap());
        let start: usize = text.split_inclusive('\n').take(line as usize).map(str::len).sum();
        let units = text[start..].char_indices().scan(0, |units, (at, character)| {
            let here = *units;
            *units += character.len_utf16() as u64;
            Some((at, here))
        });
        start + units.into_iter().find(|(_, units)| *units == character).unwrap().0
    };
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(&range["start"]), offset(&range["end"]), edit["newText"].as_str().unwrap())
        })
        .collect();
    edits.sort();
    let mut fixed = text.to_owned();
    edits.iter().rev().for_each(|(start, end, new)| fixed.replace_range(start..end, new));
    fixed
}

fn project() -> tempfile::TempDir {
    let files =
        folder_with(&[("app/models.py", MODELS), ("app/base.py", BASE), ("app/use.py", USE), ("app/__init__.py", "")]);
    repository_of(files.path())
}

#[test]
fn an_editor_gets_findings_fixes_and_reasons() {
    let folder = project();
    let path = folder.path().join("app/models.py");
    let capabilities = json!({"workspace": {"workspaceEdit": {"documentChanges": true}}});
    let (mut editor, answer) = Editor::new(&[folder.path()], capabilities, &[]);
    assert_eq!(answer["result"]["capabilities"]["positionEncoding"], "utf-16");
    editor.open(&path, 1, MODELS);
    let diagnostics = editor.diagnostics(&path, 1);
    let [diagnostic] = &diagnostics[..] else { panic!("{diagnostics:?}") };
    assert_eq!(diagnostic["code"], "CAS001");
    assert_eq!(diagnostic["range"]["start"], json!({"line": 10, "character": 65}));
    let related = diagnostic["relatedInformation"].as_array().unwrap();
    let lines: Vec<u64> =
        related.iter().map(|one| one["location"]["range"]["start"]["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [8, 9], "{related:?}");

    let actions = editor.actions(&path, diagnostic);
    let titles: Vec<&str> = actions.iter().map(|action| action["title"].as_str().unwrap()).collect();
    let fix = "Write `save-update, merge, delete, delete-orphan`";
    let all = "cascade-fix: apply all safe fixes of this file";
    assert_eq!(titles, [fix, "Suppress CAS001 here with a comment", all]);
    // the line gets too long
    let fixed = MODELS
        .replace("doc=", "\n        doc=")
        .replace("all, delete-orphan\")", "save-update, merge, delete, delete-orphan\"\n    )");
    assert_eq!(actions[0]["isPreferred"], true);
    assert_eq!(actions[0]["edit"]["documentChanges"][0]["textDocument"]["version"], 1);
    assert_eq!(applied(&actions[0], &path, MODELS), fixed);
    assert_eq!(applied(&actions[2], &path, MODELS), fixed);
    let suppressed = applied(&actions[1], &path, MODELS);
    assert!(suppressed.contains("# cascade-fix: ignore[CAS001]\n"), "{suppressed}");

    let place = json!({"textDocument": {"uri": uri(&path)}, "position": {"line": 10, "character": 40}});
    let hover = editor.ask("textDocument/hover", place);
    let text = hover["result"]["contents"]["value"].as_str().unwrap();
    assert!(text.starts_with("**User.posts** `all` includes refresh-expire"), "{text}");
    assert!(text.contains("one-to-many") && text.contains("## Why"), "{text}");

    // what was written is found to be right, and the comment holds
    editor.change(&path, 2, &fixed);
    while !editor.diagnostics(&path, 2).is_empty() {}
    editor.change(&path, 3, &suppressed);
    while !editor.diagnostics(&path, 3).is_empty() {}
    assert_eq!(editor.end(), 0);
    assert_eq!(read_tree(folder.path())["app/models.py"], MODELS.as_bytes());
}

#[test]
fn findings_move_with_their_lines_before_the_rest_is_looked_at() {
    let folder = project();
    let path = folder.path().join("app/models.py");
    let encodings = json!({"general": {"positionEncodings": ["utf-8", "utf-16"]}});
    let (mut editor, answer) = Editor::new(&[folder.path()], encodings, &[]);
    assert_eq!(answer["result"]["capabilities"]["positionEncoding"], "utf-8");
    editor.open(&path, 1, MODELS);
    let before = editor.diagnostics(&path, 1);
    let moved = format!("\n# \u{e9}\n{MODELS}    one = relationship(\"User\", cascade=\"all\")\n");
    editor.change(&path, 2, &moved);
    let now = editor.diagnostics(&path, 2);
    let starts: Vec<&Value> = now.iter().map(|diagnostic| &diagnostic["range"]["start"]).collect();
    assert_eq!(starts, [&json!({"line": 12, "character": 67}), &json!({"line": 20, "character": 39})]);
    assert_eq!(now[0]["message"], before[0]["message"]);
    // the look at the whole knows what the line alone does not tell
    let now = editor.diagnostics(&path, 2);
    assert_eq!(now.len(), 2, "{now:?}");
    assert_eq!(editor.end(), 0);
}

#[test]
fn settings_and_several_folders() {
    let (one, other) = (project(), project());
    let write =
        |text: &str| write_tree(&[("cascade-fix.toml".to_owned(), text.as_bytes().to_vec())].into(), other.path());
    write("ignore = [\"CAS001\"]\n");
    let path = |folder: &tempfile::TempDir| folder.path().join("app/models.py");
    let (mut editor, _) = Editor::new(&[one.path(), other.path()], json!({}), &[]);
    editor.open(&path(&one), 1, MODELS);
    assert_eq!(editor.diagnostics(&path(&one), 1).len(), 1);
    editor.open(&path(&other), 1, MODELS);
    assert_eq!(editor.diagnostics(&path(&other), 1).len(), 0);
    write("");
    editor.tell("workspace/didChangeWatchedFiles", json!({"changes": []}));
    while editor.diagnostics(&path(&other), 1).is_empty() {}
    // a mistake is told, and what was known stays
    write("ignore = 3\n");
    editor.tell("workspace/didChangeWatchedFiles", json!({"changes": []}));
    let message = loop {
        if let Message::Notification(told) = editor.read()
            && told.method == "window/showMessage"
        {
            break told.params["message"].as_str().unwrap().to_owned();
        }
    };
    assert!(message.contains("ignore"), "{message}");
    // a folder goes: what is open in it is looked at again, with its repository
    write("ignore = [\"CAS001\"]\n");
    let removed = json!([{"uri": uri(other.path()), "name": "other"}]);
    editor.tell("workspace/didChangeWorkspaceFolders", json!({"event": {"added": [], "removed": removed}}));
    while !editor.diagnostics(&path(&other), 1).is_empty() {}
    assert_eq!(editor.end(), 0);
}

#[test]
fn what_is_no_request_of_ours_is_answered_with_an_error() {
    let (mut editor, _) = Editor::new(&[], json!({}), &["--select", "CAS001"]);
    assert_eq!(editor.ask("textDocument/definition", json!({}))["error"]["code"], -32601);
    assert_eq!(editor.ask("textDocument/hover", json!(3))["error"]["code"], -32602);
    let nowhere = json!({"textDocument": {"uri": "untitled:1"}, "position": {"line": 0, "character": 0}});
    assert_eq!(editor.ask("textDocument/hover", nowhere)["result"], Value::Null);
    editor.tell("textDocument/didOpen", json!({"textDocument": 4}));
    // a file of no folder is looked at with its repository
    let folder = project();
    let path = folder.path().join("app/models.py");
    editor.open(&path, 7, MODELS);
    let diagnostics = editor.diagnostics(&path, 7);
    let [diagnostic] = &diagnostics[..] else { panic!("{diagnostics:?}") };
    // nobody said that edits may name the version
    let actions = editor.actions(&path, diagnostic);
    assert!(applied(&actions[0], &path, MODELS).contains("save-update, merge, delete, delete-orphan"));
    assert_eq!(actions[0]["edit"]["documentChanges"], Value::Null);
    assert_eq!(editor.end(), 0);
}
