//! What SQLAlchemy said of a project's relationships, kept in a file: evidence of the first order for later runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{SqlalchemyAnswer, SqlalchemyRelationship};
use crate::disk::read_named_for_tools;
use crate::model::Relationship;

const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    version: u32,
    /// SQLAlchemy's version.
    sqlalchemy: Option<String>,
    /// By path relative to the repository's root, with `/`: the SHA-256 of the files that the relationships stand in.
    files: BTreeMap<String, String>,
    relationships: Vec<SqlalchemyRelationship>,
}

/// What is kept in a file, for the repository that it is about.
#[derive(Debug)]
pub struct Facts {
    kept: Kept,
    /// As messages name the file.
    display: String,
    /// The repository's root, absolute.
    root: PathBuf,
    /// The files that have changed since.
    stale: BTreeSet<String>,
}

/// Why facts can't be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}; write it again with `cascade-fix verify --write-facts {path}`")]
pub struct FactsError {
    path: String,
    reason: String,
}

/// The facts of an answer about the files below a repository's root, as JSON.
///
/// # Errors
/// They can't be written as JSON.
pub fn to_json(answer: &SqlalchemyAnswer, root: &Path) -> serde_json::Result<String> {
    let paths: BTreeSet<String> = answer.relationships.iter().flat_map(paths_of).cloned().collect();
    let files = paths.into_iter().filter_map(|path| Some((path.clone(), hash_of(&root.join(&path))?))).collect();
    let sqlalchemy = answer.sqlalchemy.clone();
    let declared = answer.relationships.iter().filter(|asked| !asked.declared.is_empty());
    let relationships = declared.map(SqlalchemyRelationship::without_keywords).collect();
    Ok(serde_json::to_string_pretty(&Kept { version: VERSION, sqlalchemy, files, relationships })? + "\n")
}

/// The files that a fact depends on.
fn paths_of(asked: &SqlalchemyRelationship) -> impl Iterator<Item = &String> {
    asked.declared.iter().map(|place| &place.path).chain(&asked.files)
}

fn hash_of(file: &Path) -> Option<String> {
    let digest = Sha256::digest(fs::read(file).ok()?);
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Facts {
    /// Reads facts about the repository with the root.
    ///
    /// # Errors
    /// The file can't be read, or is no such file.
    pub fn read(path: &Path, root: &Path) -> Result<Self, FactsError> {
        let error = |reason: String| FactsError { path: path.display().to_string(), reason };
        let text = read_named_for_tools(path).map_err(|reason| error(reason.to_string()))?;
        let kept: Kept = serde_json::from_str(&text).map_err(|reason| error(reason.to_string()))?;
        if kept.version != VERSION {
            return Err(error(format!("its version is {}, not {VERSION}", kept.version)));
        }
        let is_stale = |(path, hash): &(&String, &String)| hash_of(&root.join(path)).as_ref() != Some(*hash);
        let stale = kept.files.iter().filter(is_stale).map(|(path, _)| path.clone()).collect();
        Ok(Self { kept, display: path.display().to_string(), root: root.to_owned(), stale })
    }

    /// The files that have changed since, as messages name them.
    pub fn stale(&self) -> impl Iterator<Item = &str> {
        self.stale.iter().map(String::as_str)
    }

    /// Adds what is known of the relationship that a call makes between two lines of a file, unless a file that it depends on has changed
    /// since, or the classes that have it don't agree. Whether there was something to add.
    pub fn complete(
        &self,
        relationship: &mut Relationship,
        file: &Path,
        lines: (usize, usize),
        is_backref: bool,
    ) -> bool {
        let Ok(path) = file.strip_prefix(&self.root) else { return false };
        let path = path.to_string_lossy().replace('\\', "/");
        let about = |asked: &&SqlalchemyRelationship| asked.is_backref == is_backref && asked.is_made_in(&path, lines);
        let about: Vec<&SqlalchemyRelationship> = self.kept.relationships.iter().filter(about).collect();
        let named = |asked: &&&SqlalchemyRelationship| {
            relationship.attribute.as_ref().is_none_or(|name| *name == asked.attribute)
        };
        let about: Vec<&SqlalchemyRelationship> = about.iter().filter(named).copied().collect();
        let Some(first) = about.first() else { return false };
        let is_stale = about.iter().any(|asked| paths_of(asked).any(|path| self.stale.contains(path)));
        // a mixin's relationship is one of each class
        if is_stale || about.iter().any(|other| other.direction() != first.direction()) {
            return false;
        }
        relationship.direction = Some(first.direction());
        relationship.uselist = Some(first.uselist);
        relationship.is_recursive = Some(first.class == first.target);
        if relationship.target.is_none() {
            relationship.target = first.target.rsplit('.').next().map(str::to_owned);
        }
        let version = self.kept.sqlalchemy.as_deref().unwrap_or("?");
        relationship.evidence =
            vec![format!("SQLAlchemy {version} says so of {}.{} ({})", first.class, first.attribute, self.display)];
        relationship.unknown = None;
        true
    }
}
