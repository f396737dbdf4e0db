//! A line of JSON goes in; the file that it tells of comes out, or what is wrong with the line.

use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// A line as it was read.
#[derive(Debug)]
pub struct Line {
    /// Which of the input's lines, from 1.
    pub number: usize,
    /// Its bytes, unless there are too many.
    pub bytes: Option<Vec<u8>>,
}

/// The most bytes of a line that are read: a few times the longest module that people have.
pub const MOST_OF_LINE: usize = 16 << 20;

const NO_OBJECT: &str = "not a JSON object with `path` and `content`";

/// What a line says of a file.
#[derive(Debug)]
pub(super) struct Record {
    pub id: Id,
    /// As the line has it.
    pub path: String,
    /// The same as a way down from the top of a repository.
    pub inside: PathBuf,
    pub content: String,
    pub repository: Option<String>,
}

/// What a line says of itself, as it stands there.
pub(super) type Id = Option<Box<RawValue>>;

/// What is wrong with a line.
#[derive(Debug)]
pub(super) struct Mistake {
    pub id: Id,
    pub path: Option<String>,
    pub reason: String,
}

#[derive(Deserialize)]
struct Keys {
    id: Id,
    path: Option<Value>,
    content: Option<Value>,
    repo: Option<Value>,
}

impl Record {
    pub fn read(line: &Line) -> Result<Self, Mistake> {
        let mistake = |reason: String| Mistake { id: None, path: None, reason };
        let too_long = || format!("the line is longer than {} MiB", MOST_OF_LINE >> 20);
        let bytes = line.bytes.as_ref().ok_or_else(too_long).map_err(mistake)?;
        match bytes.trim_ascii_start().first() {
            Some(b'{') => {}
            Some(_) => return Err(mistake(NO_OBJECT.to_owned())),
            None => return Err(mistake("the line is empty".to_owned())),
        }
        let keys: Keys = serde_json::from_slice(bytes).map_err(|error| mistake(told(&error)))?;
        Self::of(keys)
    }

    fn of(keys: Keys) -> Result<Self, Mistake> {
        let Keys { id, path, content, repo } = keys;
        let known = path.as_ref().and_then(Value::as_str).map(str::to_owned);
        let fields = || {
            let path = text("path", path)?.ok_or("`path` is missing")?;
            let content = text("content", content)?.ok_or("`content` is missing: the text of the file")?;
            Ok::<_, String>((way_down(&path)?, path, content, text("repo", repo)?))
        };
        match fields() {
            Ok((inside, path, content, repository)) => Ok(Self { id, path, inside, content, repository }),
            Err(reason) => Err(Mistake { id, path: known, reason }),
        }
    }
}

/// A line holds one value, so that the column alone says where.
fn told(error: &serde_json::Error) -> String {
    format!("{NO_OBJECT}: {error}").replace(" at line 1 column ", " at column ")
}

fn text(key: &str, value: Option<Value>) -> Result<Option<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("`{key}` is no string")),
    }
}

/// A path of a repository: what leads to its top is dropped, and nothing leads out of it.
fn way_down(path: &str) -> Result<PathBuf, String> {
    let mut way = PathBuf::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(name) if name == ".git" => return Err("`path` is one of git's own".to_owned()),
            Component::Normal(name) => way.push(name),
            Component::ParentDir => return Err("`path` leads out of its repository by `..`".to_owned()),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    if way.as_os_str().is_empty() || path.ends_with('/') || path.contains('\0') {
        return Err("`path` names no file".to_owned());
    }
    Ok(way)
}
