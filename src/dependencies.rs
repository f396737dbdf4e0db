//! The files in which a distribution names what it needs go in; which SQLAlchemy the code runs with comes out, and whether it has an
//! asyncio driver.
//!
//! Lock files say it to the point, requirements nearly, `pyproject.toml` and its like in ranges: what counts is the least version that
//! is allowed, of the file that says most.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use pep440_rs::{Operator, Version, VersionSpecifiers};
use serde::Deserialize;
use toml::{Table, Value};

use crate::disk::{read_for_tools, toml_table};
use crate::sqlalchemy::SqlalchemyVersion;

/// Distributions without which nothing of SQLAlchemy runs under asyncio, by their normalized names.
const ASYNC_DRIVERS: [&str; 9] = [
    "asyncpg",
    "aiosqlite",
    "aiomysql",
    "asyncmy",
    "aioodbc",
    "psqlpy",
    "advanced-alchemy",
    "sqlalchemy-aio",
    "fastapi-async-sqlalchemy",
];

/// What a folder's files say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// The least SQLAlchemy that the code runs with, and the file that says so.
    pub sqlalchemy: Option<(SqlalchemyVersion, PathBuf)>,
    /// The first file that names a driver for asyncio.
    pub async_driver: Option<PathBuf>,
}

/// A distribution's normalized name and the least version of it that is allowed.
type Requirement = (String, Option<Version>);

/// What the files of a folder say.
pub fn of_folder(folder: &Path) -> Dependencies {
    let mut found = Dependencies::default();
    for (path, requirements) in files(folder) {
        for (name, version) in requirements {
            if name == "sqlalchemy" && found.sqlalchemy.is_none() {
                found.sqlalchemy = version.and_then(|version| short(&version)).map(|version| (version, path.clone()));
            }
            // what tests need says nothing of the product
            if found.async_driver.is_none() && ASYNC_DRIVERS.contains(&name.as_str()) && !is_for_tests(&path) {
                found.async_driver = Some(path.clone());
            }
        }
    }
    found
}

/// The requirements of each file, those first that say most.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<Requirement>)> {
    let read = |name: &str, parse: fn(&str) -> Vec<Requirement>| {
        let path = folder.join(name);
        let text = read_for_tools(&path).ok()?;
        Some((path, parse(&text)))
    };
    let mut files: Vec<_> = ["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"]
        .iter()
        .filter_map(|name| read(name, of_toml_lock))
        .collect();
    files.extend(read("Pipfile.lock", of_pipfile_lock));
    let mut named: Vec<PathBuf> = ["", "requirements"]
        .iter()
        .filter_map(|inside| fs::read_dir(folder.join(inside)).ok())
        .flat_map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path()))
        .filter(|path| is_requirements(folder, path))
        .collect();
    named.sort();
    let lines = |path: PathBuf| Some((path.clone(), of_lines(&read_for_tools(&path).ok()?)));
    files.extend(named.into_iter().filter_map(lines));
    files.extend(read("pyproject.toml", of_pyproject));
    files.extend(read("setup.cfg", of_lines));
    files.extend(read("setup.py", of_strings));
    files
}

/// `requirements-test.txt`, `requirements/dev.in`.
fn is_for_tests(path: &Path) -> bool {
    let name = path.file_stem().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    name.split(['-', '_', '.'])
        .any(|word| ["test", "tests", "testing", "dev", "develop", "development"].contains(&word))
}

/// `requirements.txt`, `requirements-dev.txt`, `constraints.txt`, and every text in a folder `requirements`.
fn is_requirements(folder: &Path, path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let is_text = name.ends_with(".txt") || name.ends_with(".in");
    let is_named = name.starts_with("requirements") || name.starts_with("constraints");
    is_text && (is_named || path.parent() != Some(folder))
}

/// `[[package]]` with `name` and `version`.
fn of_toml_lock(text: &str) -> Vec<Requirement> {
    let Ok(lock) = text.parse::<Table>() else { return Vec::new() };
    let packages = ["package", "packages"].iter().find_map(|key| lock.get(*key)?.as_array());
    let each = packages.into_iter().flatten().filter_map(|package| {
        let version =
            package.get("version").and_then(Value::as_str).and_then(|version| Version::from_str(version).ok());
        Some((normalized(package.get("name")?.as_str()?), version))
    });
    each.collect()
}

fn of_pipfile_lock(text: &str) -> Vec<Requirement> {
    #[derive(Deserialize)]
    struct Lock {
        #[serde(default)]
        default: BTreeMap<String, Package>,
        #[serde(default)]
        develop: BTreeMap<String, Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        version: Option<String>,
    }
    let Ok(Lock { default, develop }) = serde_json::from_str(text) else { return Vec::new() };
    let packages = default.into_iter().chain(develop);
    packages.map(|(name, package)| (normalized(&name), package.version.and_then(|version| least(&version)))).collect()
}

fn of_pyproject(text: &str) -> Vec<Requirement> {
    let Some(document) = toml_table(text) else { return Vec::new() };
    let mut found = Vec::new();
    let project = document.get("project");
    let poetry = document.get("tool").and_then(|tool| tool.get("poetry"));
    let tables = |value: Option<&Value>| value.and_then(Value::as_table).cloned().unwrap_or_default();
    let mut lists: Vec<Value> = project.and_then(|project| project.get("dependencies")).cloned().into_iter().collect();
    lists.extend(
        tables(project.and_then(|project| project.get("optional-dependencies"))).into_iter().map(|(_, list)| list),
    );
    lists.extend(tables(document.get("dependency-groups")).into_iter().map(|(_, list)| list));
    let texts = lists.iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str);
    found.extend(texts.filter_map(requirement));
    let groups = tables(poetry.and_then(|poetry| poetry.get("group"))).into_iter().map(|(_, group)| group);
    let with_dependencies = poetry.cloned().into_iter().chain(groups);
    for (name, given) in with_dependencies.flat_map(|group| tables(group.get("dependencies"))) {
        let version = given.as_str().or_else(|| given.get("version")?.as_str());
        found.push((normalized(&name), version.and_then(least)));
    }
    found
}

/// One requirement a line, as pip reads them; what is none of them is passed over.
fn of_lines(text: &str) -> Vec<Requirement> {
    text.lines().filter_map(|line| requirement(line.split(['#', '\\']).next()?.trim())).collect()
}

/// Requirements in string literals, wherever they stand.
fn of_strings(text: &str) -> Vec<Requirement> {
    text.split(['"', '\'']).filter_map(requirement).collect()
}

/// `SQLAlchemy[asyncio]>=1.4,<2 ; python_version > "3.8"`
fn requirement(text: &str) -> Option<Requirement> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let end = text.find(|c| !is_of_name(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('[').and_then(|extras| extras.split_once(']')).map_or(rest, |(_, rest)| rest);
    let specifiers = rest.split([';', '@']).next()?.trim().trim_start_matches('(').trim_end_matches(')');
    (!name.is_empty()).then(|| (normalized(name), least(specifiers)))
}

/// The least version that specifiers allow; None where they bound nothing from below, or are none. `^` and `~` are poetry's.
fn least(specifiers: &str) -> Option<Version> {
    let of_poetry = specifiers.trim().strip_prefix(['^', '~']).filter(|rest| !rest.starts_with('='));
    if let Some(version) = of_poetry {
        return Version::from_str(version.split(',').next()?.trim()).ok();
    }
    let parsed = VersionSpecifiers::from_str(specifiers).ok()?;
    let is_bound = |operator: &Operator| {
        !matches!(operator, Operator::LessThan | Operator::LessThanEqual | Operator::NotEqual | Operator::NotEqualStar)
    };
    parsed.iter().filter(|one| is_bound(one.operator())).map(|one| one.version().clone()).max()
}

/// PEP 503: in lower case, with one hyphen for each run of `-`, `_` and `.`.
fn normalized(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

fn short(version: &Version) -> Option<SqlalchemyVersion> {
    let part = |index: usize| version.release().get(index).map_or(Some(0), |part| u16::try_from(*part).ok());
    Some(SqlalchemyVersion { major: part(0)?, minor: part(1)? })
}
