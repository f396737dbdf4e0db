//! A project goes in; a temporary copy of it comes out, in which programs may run and write.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context;
use ignore::{DirEntry, WalkBuilder};
use tempfile::TempDir;

/// What the names of copies begin with, which may stand in the project itself.
const PREFIX: &str = "cascade-fix-";

/// Copies a project into a temporary folder, without what its code can't need: git's own files, environments, caches.
///
/// # Errors
/// A file can't be read or written.
pub fn copy_project(root: &Path) -> anyhow::Result<TempDir> {
    let copy = TempDir::with_prefix(PREFIX).context("can't make a temporary folder")?;
    let temporary = std::env::temp_dir().canonicalize().ok();
    let is_copy = move |entry: &DirEntry| {
        let is_named = entry.file_name().to_string_lossy().starts_with(PREFIX);
        is_named && entry.path().parent() == temporary.as_deref()
    };
    let is_taken = move |entry: &DirEntry| is_needed(entry) && !is_copy(entry);
    let walk = WalkBuilder::new(root).standard_filters(false).filter_entry(is_taken).build();
    for entry in walk {
        let entry = entry.context("can't copy the project")?;
        let Ok(below) = entry.path().strip_prefix(root) else { continue };
        let to = copy.path().join(below);
        let copied = match entry.file_type() {
            Some(kind) if kind.is_dir() => fs::create_dir_all(&to),
            Some(kind) if kind.is_symlink() => copy_link(entry.path(), &to, root, copy.path()),
            Some(kind) if kind.is_file() => fs::copy(entry.path(), &to).map(drop),
            _ => Ok(()),
        };
        copied.with_context(|| format!("can't copy {}", entry.path().display()))?;
    }
    // where the repository begins
    fs::create_dir_all(copy.path().join(".git"))?;
    Ok(copy)
}

/// A link to a file becomes a file, since it could be written through; one to a folder leads to the copy of the folder.
fn copy_link(link: &Path, to: &Path, root: &Path, copy: &Path) -> io::Result<()> {
    let Ok(target) = fs::canonicalize(link) else { return Ok(()) };
    if target.is_file() {
        return fs::copy(link, to).map(drop);
    }
    let target = target.strip_prefix(root).map_or_else(|_| target.clone(), |below| copy.join(below));
    link_folder(&target, to)
}

#[cfg(unix)]
fn link_folder(target: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, to)
}

#[cfg(windows)]
fn link_folder(target: &Path, to: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(target, to)
}

fn is_needed(entry: &DirEntry) -> bool {
    const NEVER: [&str; 9] =
        [".git", "__pycache__", "node_modules", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".tox", ".nox", ".hg"];
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    !is_folder || !(NEVER.iter().any(|name| entry.file_name() == *name) || is_environment(entry.path()))
}

fn is_environment(folder: &Path) -> bool {
    folder.join("pyvenv.cfg").exists()
}

/// Links the environments that stand in a folder of the project into its copy: `.venv/bin/pytest` is there, too. They are the project's own.
pub(super) fn link_environments(folder: &Path, copied: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))?.flatten() {
        let (environment, link) = (entry.path(), copied.join(entry.file_name()));
        if is_environment(&environment) && !link.exists() {
            link_folder(&environment, &link).with_context(|| format!("can't link {}", environment.display()))?;
        }
    }
    Ok(())
}
