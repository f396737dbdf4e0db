//! YAML texts go in; rules come out, or an error that names file, line and key.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ast_grep_config::{GlobalRules, RuleConfig, SerializableRuleConfig};
use ast_grep_language::SupportLang;
use memchr::memmem::Finder;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

use crate::disk::read_for_tools;

use super::constructors::ConstructorsFile;
use super::weight::is_bearable;
use super::{Diagnostic, Rule, RuleError, Rules, Spelling, argument};

/// The built-in files as JSON: the documents of each, by its path.
static BUILT_IN: LazyLock<BTreeMap<&'static str, Vec<&'static RawValue>>> = LazyLock::new(|| {
    let files = serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/rules.json")));
    files.expect("it was written as such")
});

/// What is needed for every file.
pub(super) fn built_in() -> Result<Rules, RuleError> {
    of_built_in(&["rules/spellings/", "rules/constructors.yml"])
}

/// What is needed where something was found.
pub(super) static ABOUT_FINDINGS: LazyLock<Rules> = LazyLock::new(|| {
    let rules = of_built_in(&["rules/diagnostics/", "rules/observations/"]);
    let mut rules = rules.expect("the tests read every built-in file");
    rules.diagnostics.sort_by_key(|diagnostic| diagnostic.code);
    rules
});

/// The rules of the built-in files whose paths begin as one of the words.
fn of_built_in(beginnings: &[&str]) -> Result<Rules, RuleError> {
    let mut rules = Rules::default();
    let is_meant = |path: &str| beginnings.iter().any(|beginning| path.starts_with(beginning));
    for (path, documents) in BUILT_IN.iter().filter(|(path, _)| is_meant(path)) {
        for document in documents {
            add_document(&mut rules, &RuleFile { path: Path::new(path), text: document.get(), document: None })?;
        }
    }
    Ok(rules)
}

/// Adds the files of a folder, which is relative to the working directory; errors name them as the folder is named.
pub(super) fn add_folder(rules: &mut Rules, folder: &Path, working_directory: &Path) -> Result<(), RuleError> {
    let root = working_directory.join(folder);
    let named = |path: &Path| {
        let mut named = folder.to_owned();
        named.extend(path.strip_prefix(&root).unwrap_or(path).components());
        named
    };
    let io_error = |path: &Path, source| RuleError::Io { path: named(path), source };
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut folders = vec![root.clone()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| io_error(&folder, error))? {
            let entry = entry.map_err(|error| io_error(&folder, error))?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(|error| io_error(&folder, error))?);
            seen += 1;
            match path.extension().and_then(|extension| extension.to_str()) {
                _ if seen > MOST_ENTRIES => return Err(io_error(&root, too_many())),
                _ if kind.is_dir() => folders.push(path),
                // which could lead around in a circle
                _ if kind.is_symlink() && path.is_dir() => {
                    return Err(io_error(&path, io::Error::other("it is a link to a folder")));
                }
                Some("yml" | "yaml") => paths.push(path),
                _ => {}
            }
        }
    }
    paths.sort();
    for path in paths {
        let text = read_for_tools(&path).map_err(|error| io_error(&path, error))?;
        add_file(rules, &named(&path), &text)?;
    }
    Ok(())
}

/// The most that a folder of rules may have below it, files and folders.
const MOST_ENTRIES: usize = 10_000;

fn too_many() -> io::Error {
    io::Error::other(format!("more than {MOST_ENTRIES} files and folders are below it, so it is no folder of rules"))
}

fn add_file(rules: &mut Rules, path: &Path, text: &str) -> Result<(), RuleError> {
    let mut documents = documents(text).into_iter();
    documents.try_for_each(|document| add_document(rules, &RuleFile { path, text, document: Some(document) }))
}

fn add_document(rules: &mut Rules, file: &RuleFile<'_>) -> Result<(), RuleError> {
    let keys = file.parse::<BTreeMap<String, IgnoredAny>>()?;
    if keys.contains_key("rule") {
        add_rule(rules, file)?;
    } else if keys.contains_key("code") {
        rules.diagnostics.push(file.parse::<Diagnostic>()?);
    } else {
        rules.constructors.add(file.parse::<ConstructorsFile>()?);
    }
    Ok(())
}

fn add_rule(rules: &mut Rules, file: &RuleFile<'_>) -> Result<(), RuleError> {
    let serializable = file.parse::<SerializableRuleConfig<SupportLang>>()?;
    if serializable.id.is_empty() {
        return Err(file.broken("id", "is missing; give the rule a name of its own"));
    }
    let Some(metadata) = &serializable.metadata else {
        return Err(file.broken("metadata", "is missing; say under it what the rule `sets`, or what it `observes`"));
    };
    let written = file.parse::<serde_json::Value>()?;
    if !is_bearable(&written) {
        return Err(file.broken(
            "utils",
            "use each other so often that a file would never be done; let each be used by few others",
        ));
    }
    let metadata = serde_json::to_value(metadata).map_err(|error| file.broken("metadata", &error.to_string()))?;
    let observes = metadata.get("observes").is_some();
    let config =
        RuleConfig::try_from(serializable, &GlobalRules::default()).map_err(|error| file.broken_chain(&error))?;
    let argument = argument::name(&written).map(str::to_owned);
    if observes {
        let metadata = file.metadata(metadata)?;
        rules.observations.add(Rule { config, argument, metadata });
        return Ok(());
    }
    let variables = config.matcher.defined_vars();
    if !["VALUE", "KEYWORDS", "PROPERTY"].iter().any(|name| variables.contains(name)) {
        return Err(file.broken(
            "rule",
            "captures neither $VALUE, the cascade's value, nor $KEYWORDS, a dictionary that has it under its name",
        ));
    }
    if variables.contains("KEYWORDS") && !variables.contains("CALLEE") {
        return Err(file.broken("rule", "captures no $CALLEE; let it stand for the function that gets the dictionary"));
    }
    let metadata: Spelling = file.metadata(metadata)?;
    rules.words.extend(metadata.word.iter().map(|word| Finder::new(word).into_owned()));
    rules.spellings.add(Rule { config, argument, metadata });
    Ok(())
}

/// One document of a rule file, with what an error needs to say where it is.
struct RuleFile<'a> {
    path: &'a Path,
    text: &'a str,
    /// Range of bytes in the text; None where that is the JSON of a built-in one.
    document: Option<std::ops::Range<usize>>,
}

impl RuleFile<'_> {
    fn body(&self) -> &str {
        self.document.clone().map_or(self.text, |document| &self.text[document])
    }

    fn first_line(&self) -> usize {
        let start = self.document.as_ref().map_or(0, |document| document.start);
        self.text[..start].matches('\n').count()
    }

    fn parse<T: DeserializeOwned>(&self) -> Result<T, RuleError> {
        if self.document.is_none() {
            return serde_json::from_str(self.text).map_err(|error| self.broken_at(1, "json", &error.to_string()));
        }
        ast_grep_config::from_str(self.body()).map_err(|error| {
            let text = error.to_string();
            let line = error.location().and_then(|at| usize::try_from(at.line()).ok());
            // "error: line 1 column 2: what", with an excerpt below
            let message = text.lines().next().unwrap_or_default();
            let message = message.splitn(3, ": ").last().filter(|_| line.is_some()).unwrap_or(message);
            let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
            let line = line.unwrap_or(1);
            self.broken_at(self.first_line() + line, missing.or(self.key_at(line)).unwrap_or("yaml"), message)
        })
    }

    fn metadata<T: DeserializeOwned>(&self, metadata: serde_json::Value) -> Result<T, RuleError> {
        serde_json::from_value(metadata).map_err(|error| self.broken("metadata", &error.to_string()))
    }

    /// The key on a line of the document (1-based), or the last one before it.
    fn key_at(&self, line: usize) -> Option<&str> {
        self.body()
            .lines()
            .take(line)
            .filter_map(|line| line.trim_start().trim_start_matches("- ").split_once(':'))
            .map(|(key, _)| key.trim())
            .last()
    }

    fn broken(&self, key: &str, message: &str) -> RuleError {
        let line = self.body().lines().position(|line| line.starts_with(&format!("{key}:")));
        self.broken_at(self.first_line() + line.unwrap_or(0) + 1, key, message)
    }

    /// An error of ast-grep's names the part of the rule in backquotes, and its cause one level below.
    fn broken_chain(&self, error: &(dyn Error + 'static)) -> RuleError {
        let mut messages = Vec::new();
        let mut cause = error.source();
        while let Some(error) = cause {
            messages.push(error.to_string().split_whitespace().collect::<Vec<_>>().join(" "));
            cause = error.source();
        }
        let message = if messages.is_empty() { error.to_string() } else { messages.join(" ") };
        let key = ["utils", "constraints", "transform", "labels", "fix"]
            .into_iter()
            .find(|key| message.contains(&format!("`{key}`")))
            .unwrap_or("rule");
        self.broken(key, &message)
    }

    fn broken_at(&self, line: usize, key: &str, message: &str) -> RuleError {
        RuleError::Broken { path: self.path.to_owned(), line, key: key.to_owned(), message: message.to_owned() }
    }
}

/// The ranges of the YAML documents in a text.
fn documents(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "---" {
            ranges.push(start..at);
            start = at + line.len();
        }
        at += line.len();
    }
    ranges.push(start..text.len());
    ranges.retain(|range| text[range.clone()].lines().any(|line| !line.trim().is_empty() && !line.starts_with('#')));
    ranges
}
