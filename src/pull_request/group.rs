//! The changed files go in; the groups come out that travel together, each with a name that stays the same from run to run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashMap;
use petgraph::unionfind::UnionFind;
use sha2::{Digest, Sha256};

use super::CodeOwners;
use crate::outcome::{FileOutcome, Outcome, Status};

/// What the repository's own folder is called.
const ROOT: &str = "root";

/// By what changed files are split into several branches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum SplitBy {
    /// One branch for all
    #[default]
    None,
    /// By the owners that CODEOWNERS names
    Codeowners,
    /// By the folders in the repository's root
    Directory,
    /// By the nearest folder with pyproject.toml, setup.cfg or setup.py
    Package,
}

/// How changed files are split.
#[derive(Debug, Default)]
pub struct Split {
    /// By what.
    pub by: SplitBy,
    /// How many files a group has at most; one that can't be taken apart can have more.
    pub max_files: Option<usize>,
    /// Who owns which files.
    pub owners: CodeOwners,
    /// The root of the repository.
    pub root: PathBuf,
    /// The paths that are looked at, in words; empty where that is the whole repository.
    pub about: String,
}

/// Files that are changed on one branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Of letters, digits and hyphens: no two groups have the same.
    pub slug: String,
    /// What it is about, for people; None where it is all.
    pub about: Option<String>,
    /// The files, in order.
    pub paths: Vec<Arc<Path>>,
}

/// The groups of the files that one of the outcomes changes. Files stay together whose fixes do: those with a shared constant and those
/// that use it.
pub fn groups(outcomes: &[&Outcome], split: &Split) -> Vec<Group> {
    let parts = together(outcomes);
    if split.by == SplitBy::None && split.max_files.is_none() && !parts.is_empty() {
        let about = (!split.about.is_empty()).then(|| split.about.clone());
        let slug = slug(&["cascades", &split.about].join(" "));
        return vec![Group { slug, about, paths: whole(outcomes) }];
    }
    let mut by_name: BTreeMap<String, Vec<Vec<&FileOutcome>>> = BTreeMap::new();
    for files in parts {
        by_name.entry(split.name(&files)).or_default().push(files);
    }
    let mut slugs: BTreeSet<String> = BTreeSet::new();
    let mut groups = Vec::new();
    for (name, parts) in by_name {
        for part in chunks(parts, split.max_files) {
            let first = part.first().map(|file| file.in_repository.as_str()).unwrap_or_default();
            let mut slug = slug(&name);
            if split.max_files.is_some() {
                // by its first file: it keeps its name when those before it are merged
                slug = format!("{slug}-{}", short_hash(first));
            }
            // not every file system, and so not every git, tells branches apart that differ by case alone
            if !slugs.insert(slug.to_ascii_lowercase()) {
                slug = format!("{slug}-{}", short_hash(&format!("{name}\0{first}")));
                slugs.insert(slug.to_ascii_lowercase());
            }
            let files = match part.len() {
                1 => first.to_owned(),
                number => format!("{first} and {} more", number - 1),
            };
            let about = if split.max_files.is_some() { files } else { name.clone() };
            groups.push(Group {
                slug,
                about: Some(about),
                paths: part.iter().map(|file| Arc::clone(&file.path)).collect(),
            });
        }
    }
    groups
}

/// The changed files, together where a fix is about several of them.
fn together<'a>(outcomes: &[&'a Outcome]) -> Vec<Vec<&'a FileOutcome>> {
    let mut files: Vec<&FileOutcome> = outcomes.iter().flat_map(|outcome| &outcome.files).collect();
    files.sort_by(|a, b| a.in_repository.cmp(&b.in_repository).then_with(|| a.path.cmp(&b.path)));
    files.dedup_by(|a, b| a.path == b.path);
    let index: HashMap<&Arc<Path>, usize> = files.iter().enumerate().map(|(index, file)| (&file.path, index)).collect();
    let mut sets = UnionFind::<usize>::new(files.len());
    for (file, finding) in outcomes.iter().flat_map(|outcome| outcome.findings()) {
        for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
            if let (Some(one), Some(other)) = (index.get(&file.path), index.get(&edit.path)) {
                sets.union(*one, *other);
            }
        }
    }
    let is_changed = |path: &Arc<Path>| {
        let mut files = outcomes.iter().flat_map(|outcome| &outcome.files);
        files.any(|file| file.path == *path && matches!(file.status, Status::Changed(_)))
    };
    let mut parts: BTreeMap<usize, Vec<&FileOutcome>> = BTreeMap::new();
    let mut order: Vec<usize> = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let set = sets.find(at);
        if !parts.contains_key(&set) {
            order.push(set);
        }
        parts.entry(set).or_default().push(file);
    }
    let parts = order.into_iter().filter_map(|set| parts.remove(&set));
    parts.filter(|part| part.iter().any(|file| is_changed(&file.path))).collect()
}

/// Where all goes on one branch, every file that there is something to tell of.
fn whole(outcomes: &[&Outcome]) -> Vec<Arc<Path>> {
    let mut paths: Vec<Arc<Path>> =
        outcomes.iter().flat_map(|outcome| &outcome.files).map(|file| Arc::clone(&file.path)).collect();
    paths.sort();
    paths.dedup();
    paths
}

/// Parts joined into groups of so many files.
fn chunks(parts: Vec<Vec<&FileOutcome>>, most: Option<usize>) -> Vec<Vec<&FileOutcome>> {
    let mut chunks: Vec<Vec<&FileOutcome>> = Vec::new();
    for part in parts {
        match chunks.last_mut().filter(|last| most.is_none_or(|most| last.len() + part.len() <= most)) {
            Some(last) => last.extend(part),
            None => chunks.push(part),
        }
    }
    chunks
}

impl Split {
    /// The name of the group in which files belong that stay together.
    fn name(&self, files: &[&FileOutcome]) -> String {
        let names: BTreeSet<String> = files.iter().map(|file| self.name_of(file)).collect();
        names.into_iter().collect::<Vec<_>>().join(" + ")
    }

    fn name_of(&self, file: &FileOutcome) -> String {
        let path = file.in_repository.as_str();
        match self.by {
            SplitBy::None => "cascades".to_owned(),
            SplitBy::Codeowners => match self.owners.of(path) {
                owners if owners.is_empty() => "no owner".to_owned(),
                owners => owners.into_iter().collect::<Vec<_>>().join(" "),
            },
            SplitBy::Directory => path.split_once('/').map_or(ROOT, |(folder, _)| folder).to_owned(),
            SplitBy::Package => self.package(path),
        }
    }

    /// The folder of the distribution that has a file.
    fn package(&self, path: &str) -> String {
        let folders = Path::new(path).ancestors().skip(1);
        let has_settings = |folder: &&Path| {
            let names = ["pyproject.toml", "setup.cfg", "setup.py"];
            names.iter().any(|name| self.root.join(folder).join(name).is_file())
        };
        let folder = folders.into_iter().find(has_settings).unwrap_or(Path::new(""));
        match folder.to_string_lossy().replace('\\', "/") {
            folder if folder.is_empty() => ROOT.to_owned(),
            folder => folder,
        }
    }
}

/// A name as a part of a branch's: what is special to git or to a shell becomes a hyphen.
fn slug(name: &str) -> String {
    const LONGEST: usize = 60;
    let mut slug = String::new();
    for character in name.chars() {
        match character {
            character if character.is_ascii_alphanumeric() || character == '_' => slug.push(character),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    let slug = slug.trim_end_matches('-');
    match slug.len() {
        0 => ROOT.to_owned(),
        1..=LONGEST => slug.to_owned(),
        _ => format!("{}-{}", &slug[..LONGEST], short_hash(name)),
    }
}

fn short_hash(text: &str) -> String {
    Sha256::digest(text).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}
