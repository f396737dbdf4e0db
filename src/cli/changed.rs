//! A revision goes in; the files that changed since come out.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::args::Common;
use crate::git::Git;
use crate::source::Kind;

/// The files below the paths of the command line that changed, where only such are asked for.
///
/// # Errors
/// The folder is in no work tree of git, or the revision names no commit.
pub(super) fn files(common: &Common) -> anyhow::Result<Option<Vec<PathBuf>>> {
    let working_directory = env::current_dir().context("can't tell the working directory")?;
    let (git, changed) = match (&common.since, common.staged) {
        (None, false) => return Ok(None),
        (since, _) => {
            ensure!(!common.reads_stdin(), "--since and --staged are about files; standard input is none");
            let git = Git::around(&working_directory)?;
            let changed = match since {
                Some(revision) => [git.changed_since(&git.fork_point(revision)?)?, git.untracked()?].concat(),
                None => staged(&git)?,
            };
            (git, changed)
        }
    };
    let folders = common
        .paths()
        .into_iter()
        .map(|path| path.canonicalize().with_context(|| format!("{}: no such file or folder", path.display())));
    let folders = folders.collect::<anyhow::Result<Vec<PathBuf>>>()?;
    let is_meant = |path: &Path| {
        path.is_file() && Kind::of(path).is_some() && folders.iter().any(|folder| path.starts_with(folder))
    };
    let root = git.root().canonicalize().context("can't tell the root of the work tree")?;
    let mut files: Vec<PathBuf> = changed.iter().map(|name| root.join(name)).filter(|path| is_meant(path)).collect();
    files.sort();
    files.dedup();
    Ok(Some(files))
}

/// The staged files, as long as the work tree has them as they are staged: it is what is checked.
fn staged(git: &Git) -> anyhow::Result<Vec<String>> {
    let (staged, unstaged) = (git.staged()?, git.unstaged()?);
    let both: Vec<&str> = staged.iter().filter(|name| unstaged.contains(name)).map(String::as_str).collect();
    ensure!(
        both.is_empty(),
        "{} has changes that are not staged, and what is checked is the work tree; stage them, or stash them (git stash --keep-index)",
        both.join(", ")
    );
    Ok(staged)
}
