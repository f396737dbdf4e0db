//! Cases that are written in YAML: each file has a list of them.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A small repository, and what is said of it.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Map<String, Value>", bound = "T: DeserializeOwned")]
pub struct Case<T> {
    pub name: String,
    /// By path: what `files` has, and `source` as `models.py`.
    pub files: BTreeMap<String, String>,
    /// All other keys.
    pub said: T,
}

impl<T> Deref for Case<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.said
    }
}

impl<T: DeserializeOwned> TryFrom<Map<String, Value>> for Case<T> {
    type Error = String;

    fn try_from(mut keys: Map<String, Value>) -> Result<Self, String> {
        let told = |error: serde_json::Error| error.to_string();
        let mut take = |key: &str| keys.remove(key).unwrap_or_default();
        let name: String = serde_json::from_value(take("name")).map_err(told)?;
        let files: Option<BTreeMap<String, String>> = serde_json::from_value(take("files")).map_err(told)?;
        let source: Option<String> = serde_json::from_value(take("source")).map_err(told)?;
        let mut files = files.unwrap_or_default();
        if source.is_some_and(|source| files.insert("models.py".to_owned(), source).is_some()) {
            return Err(format!("{name}: models.py twice"));
        }
        let said = serde_json::from_value(Value::Object(keys)).map_err(|error| format!("{name}: {error}"))?;
        Ok(Self { name, files, said })
    }
}

/// The cases in the `*.yml` of a folder, in order, each with the name of its file.
pub fn in_folder<T: DeserializeOwned>(folder: &Path) -> Vec<(String, T)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    paths.sort();
    let cases = paths.iter().flat_map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        let cases: Vec<T> =
            ast_grep_config::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
        cases.into_iter().map(move |case| (file.clone(), case))
    });
    cases.collect()
}
