//! A revision goes in; the files that changed since come out, and where asked, their lines that did.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::args::Common;
use crate::changed_lines::ChangedLines;
use crate::git::Git;
use crate::source::Kind;

/// What changed.
pub(super) struct Changes {
    /// The files below the paths of the command line, absolute.
    pub files: Vec<PathBuf>,
    /// The lines, where only such are asked for; also of other files.
    pub lines: Option<ChangedLines>,
}

/// What changed, where only such is asked for.
///
/// # Errors
/// The folder is in no work tree of git, or the revision names no commit.
pub(super) fn changes(common: &Common) -> anyhow::Result<Option<Changes>> {
    if common.since.is_none() && !common.staged {
        return Ok(None);
    }
    ensure!(!common.reads_stdin(), "--since and --staged are about files; standard input is none");
    let git = Git::around(&env::current_dir().context("can't tell the working directory")?)?;
    let root = git.root().canonicalize().context("can't tell the root of the work tree")?;
    let since = common.since.as_deref().map(|revision| git.fork_point(revision)).transpose()?;
    let untracked = if since.is_some() { git.untracked()? } else { Vec::new() };
    let changed = match &since {
        Some(commit) => [git.changed_since(commit)?, untracked.clone()].concat(),
        None => staged(&git)?,
    };
    let lines = common.diff_only.then(|| lines(&git, &root, since.as_deref(), &untracked)).transpose()?;
    Ok(Some(Changes { files: below(common, &root, &changed)?, lines }))
}

/// The lines that changed since a commit, or are staged where there is none; all of a file that git does not know.
fn lines(git: &Git, root: &Path, since: Option<&str>, untracked: &[PathBuf]) -> anyhow::Result<ChangedLines> {
    let mut lines = ChangedLines::of_patch(&git.patch(since)?, root);
    untracked.iter().for_each(|name| lines.add_all_of(root.join(name)));
    Ok(lines)
}

/// The files below the paths of the command line, of those with names relative to a root.
fn below(common: &Common, root: &Path, names: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let folders = common
        .paths()
        .into_iter()
        .map(|path| path.canonicalize().with_context(|| format!("{}: no such file or folder", path.display())));
    let folders = folders.collect::<anyhow::Result<Vec<PathBuf>>>()?;
    let is_meant = |path: &Path| {
        path.is_file() && Kind::of(path).is_some() && folders.iter().any(|folder| path.starts_with(folder))
    };
    let mut files: Vec<PathBuf> = names.iter().map(|name| root.join(name)).filter(|path| is_meant(path)).collect();
    files.sort();
    files.dedup();
    Ok(files)
}

/// The staged files, as long as the work tree has them as they are staged: it is what is checked.
fn staged(git: &Git) -> anyhow::Result<Vec<PathBuf>> {
    let (staged, unstaged) = (git.staged()?, git.unstaged()?);
    let both = staged.iter().filter(|name| unstaged.contains(name)).map(|name| name.to_string_lossy());
    let both: Vec<_> = both.collect();
    ensure!(
        both.is_empty(),
        "{} has changes that are not staged, and what is checked is the work tree; stage them, or stash them (git stash --keep-index)",
        both.join(", ")
    );
    Ok(staged)
}
