//! A file in each line of JSON, and the lines that answer.

use std::io::{BufRead, BufReader, Write};

use serde_json::{Value, json};

use crate::common::start_binary;

const USER: &str = "\
from sqlalchemy.orm import relationship

from app.base import Base


class User(Base):
    __tablename__ = \"users\"
    posts = relationship(\"Post\", cascade=\"all, delete-orphan\")
";
const POST: &str = "\
from sqlalchemy import Column, ForeignKey, Integer

from app.base import Base


class Post(Base):
    __tablename__ = \"posts\"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey(\"users.id\"))
";
const BASE: &str = "from sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n";

/// The answers to some lines, each as it stands there.
fn answers(lines: &[String], arguments: &[&str]) -> Vec<Value> {
    let mut stream = start_binary(&[&["stream"], arguments].concat());
    stream.stdin.take().unwrap().write_all(lines.concat().as_bytes()).unwrap();
    let output = stream.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn line(record: &Value) -> String {
    format!("{record}\n")
}

#[test]
fn each_line_is_answered_in_its_place() {
    let records = [
        line(&json!({"id": {"any": [1]}, "path": "user.py", "content": USER})),
        line(&json!({"id": 2, "path": "README.md", "content": "all"})),
        "{\"id\": 3,\n".to_owned(),
        "\n".to_owned(),
        line(&json!({"id": 5, "path": "../up.py", "content": ""})),
        line(&json!({"id": 6, "path": ".git/hooks/a.py", "content": ""})),
        line(&json!({"id": 7, "path": "a.py"})),
        line(&json!({"id": 8, "path": "a.py", "content": 8})),
        line(&json!({"id": 9, "path": "a.py", "content": "x = relationship(cascade=None\n"})),
        format!("{{\"id\": 10, \"path\": \"long.py\", \"content\": \"{}\"}}\n", "#".repeat(16 << 20)),
        // the last line needs no end
        json!({"path": "b.py", "content": ""}).to_string(),
    ];
    let said = answers(&records, &["--fix"]);
    let ids: Vec<&Value> = said.iter().map(|answer| &answer["id"]).collect();
    let none = &Value::Null;
    assert_eq!(
        ids,
        [
            &json!({"any": [1]}),
            &json!(2),
            none,
            none,
            &json!(5),
            &json!(6),
            &json!(7),
            &json!(8),
            &json!(9),
            none,
            none
        ]
    );
    assert_eq!(said[0]["findings"][0]["code"], "CAS001");
    // nobody knows who expunges
    let list = "\n        \"Post\", cascade=\"save-update, merge, expunge, delete, delete-orphan\"\n    ";
    let fixed = USER.replace("\"Post\", cascade=\"all, delete-orphan\"", list);
    assert_eq!((&said[0]["alone"], &said[0]["content"]), (&json!(true), &json!(fixed)));
    assert_eq!(said[1], json!({"id": 2, "path": "README.md", "skipped": "no file with Python, by its name"}));
    let errors: Vec<(u64, &str)> =
        said.iter().filter_map(|answer| Some((answer["line"].as_u64()?, answer["error"].as_str().unwrap()))).collect();
    let starts = [
        (3, "not a JSON object with `path` and `content`: EOF"),
        (4, "the line is empty"),
        (5, "`path` leads out of its repository"),
        (6, "`path` is one of git's own"),
        (7, "`content` is missing"),
        (8, "`content` is no string"),
        (10, "the line is longer than 16 MiB"),
    ];
    assert_eq!(errors.len(), starts.len(), "{errors:?}");
    for ((line, error), (expected, start)) in errors.iter().zip(starts) {
        assert!(*line == expected && error.starts_with(start), "{line}: {error}");
    }
    assert_eq!(said[8]["syntax_errors"].as_array().unwrap().len(), 1);
    assert_eq!(said[10], json!({"id": null, "path": "b.py", "alone": true, "findings": [], "syntax_errors": []}));
}

#[test]
fn lines_of_a_repository_are_judged_together() {
    let record = |id: usize, path: &str, content: &str, repo: &str| {
        line(&json!({"id": id, "path": path, "content": content, "repo": repo}))
    };
    let shop = [
        record(0, "app/user.py", USER, "shop"),
        record(1, "app/post.py", POST, "shop"),
        "nothing\n".to_owned(),
        record(3, "/app/base.py", BASE, "shop"),
        record(4, "app/base.py", "", "shop"),
        record(5, "pyproject.toml", "[tool.cascade-fix]\nignore = [\"CAS001\"]\n", "shop"),
        record(6, "app/user.py", USER, "other"),
    ];
    let said = answers(&shop, &["--fix"]);
    assert_eq!(said.len(), shop.len());
    let finding = |number: usize| &said[number]["findings"][0];
    let known = &finding(0)["relationship"];
    assert_eq!((&said[0]["alone"], &known["direction"]), (&json!(false), &json!("one-to-many")), "{known}");
    assert!(said[0]["content"].as_str().unwrap().contains("\"save-update, merge, delete, delete-orphan\""));
    assert_eq!((&said[2]["line"], &said[2]["id"]), (&json!(3), &Value::Null));
    assert!(said[4]["error"].as_str().unwrap().starts_with("the path came before"), "{}", said[4]);
    assert_eq!(said[5]["skipped"], "no file with Python, by its name");
    assert_eq!(finding(6)["relationship"]["direction"], Value::Null);
    assert!(answers(&shop, &["--ignore", "CAS"]).iter().all(|answer| answer["findings"][0].is_null()));
}

#[test]
fn who_writes_a_line_and_waits_is_answered() {
    let mut stream = start_binary(&["stream"]);
    let (mut input, mut output) = (stream.stdin.take().unwrap(), BufReader::new(stream.stdout.take().unwrap()));
    for id in 0..3 {
        input.write_all(line(&json!({"id": id, "path": "user.py", "content": USER})).as_bytes()).unwrap();
        input.flush().unwrap();
        let mut answer = String::new();
        output.read_line(&mut answer).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&answer).unwrap()["id"], id);
    }
    drop(input);
    assert!(stream.wait().unwrap().success());
}
