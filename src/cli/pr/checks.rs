//! What must hold before a branch is made. Nothing is touched until all of it does.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use crate::cli::args::{Common, PrOptions};
use crate::git::Git;
use crate::pull_request::SplitBy;

/// How many names an error lists.
const MOST_LISTED: usize = 10;

/// Options that make no sense together.
pub(super) fn arguments(common: &Common, options: &PrOptions) -> anyhow::Result<()> {
    ensure!(!common.reads_stdin(), "`pr` makes branches of a repository; it can't do that with standard input");
    ensure!(!common.staged, "`pr` is about what is committed; --staged is for `check`, `diff` and `fix`");
    let is_split = options.split_by != SplitBy::None || options.max_files.is_some();
    ensure!(
        !(options.blame_ignore_revs && is_split),
        "each of several branches would add to .git-blame-ignore-revs, and they could not be merged; leave out --blame-ignore-revs, or make \
         one branch"
    );
    Ok(())
}

/// Names in a message and a command are relative to the root; no report may be left in the work tree.
pub(super) fn place(git: &Git, working_directory: &Path, options: &PrOptions) -> anyhow::Result<()> {
    let root = git.root().canonicalize().context("can't tell the root of the work tree")?;
    ensure!(
        working_directory.canonicalize()? == root,
        "`pr` is about the whole repository; run it in its root, {}",
        git.root().display()
    );
    for name in [Some(&options.branch), options.base.as_ref()].into_iter().flatten() {
        ensure!(git.is_branch_name(name), "`{name}` is no name for a branch");
    }
    // git keeps a branch where it would have to keep the folder of the others
    let parts = options.branch.match_indices('/').map(|(at, _)| &options.branch[..at]).chain([&*options.branch]);
    for name in parts {
        let is_branch = git.commit(&format!("refs/heads/{name}")).is_some();
        ensure!(
            !is_branch,
            "there is a branch `{name}`, so that none can be called `{name}/…`; name another with --branch"
        );
    }
    let Some(folder) = &options.text_dir else { return Ok(()) };
    ensure!(folder.is_dir() || !folder.exists(), "{} is no folder", folder.display());
    let absolute = to_be(folder)?;
    // what is yet to be made is ignored as a folder if what is in it is
    ensure!(
        !absolute.starts_with(&root) || git.ignores(&absolute.join("text.md")),
        "{} is in the work tree, and the text would be left there; name a folder elsewhere, or one that git ignores",
        folder.display()
    );
    Ok(())
}

/// The absolute path, without links, of a folder that need not be there yet.
fn to_be(folder: &Path) -> anyhow::Result<PathBuf> {
    let absolute = std::path::absolute(folder)?;
    let there = absolute.ancestors().find(|above| above.exists()).unwrap_or(&absolute);
    let rest = absolute.strip_prefix(there)?;
    Ok(there.canonicalize().with_context(|| format!("can't tell where {} is", folder.display()))?.join(rest))
}

/// The work tree is what is committed, and all of it: what is safe depends on the whole repository.
pub(super) fn work_tree(git: &Git) -> anyhow::Result<()> {
    let dirty = git.dirty()?;
    if !dirty.is_empty() {
        bail!(
            "the work tree has changes that are not committed: {}; commit or stash them, and run again",
            listed(&dirty)
        );
    }
    let missing: Vec<String> = git.missing()?.into_iter().filter(|name| name.ends_with(".py")).collect();
    if !missing.is_empty() {
        bail!(
            "the work tree lacks files of the commit: {}; whether a fix is safe depends on what they do; check all out (git \
             sparse-checkout disable), and run again",
            listed(&missing)
        );
    }
    Ok(())
}

/// The branch that pull requests go into is there. What is pushed is the fixes alone: the commit that they are made on is published.
pub(super) fn published(git: &Git, head: &str, options: &PrOptions) -> anyhow::Result<()> {
    let remote = &options.remote;
    let base = options.base.clone().or_else(|| git.branch());
    if !(options.push || options.create) {
        return options.base.as_ref().map_or(Ok(()), |base| known(git, base, remote));
    }
    let Some(base) = base else { return Ok(()) };
    let Some(there) = git.fetch(remote, &base)? else {
        bail!("{remote} has no branch {base}; push it first, or name the one that pull requests go into with --base");
    };
    ensure!(
        git.is_ancestor(head, &there),
        "what is checked out has commits that {base} of {remote} has not, and they would be pushed too; push {base} first, or check out what \
         is published"
    );
    Ok(())
}

/// A branch is there, here or at the remote.
fn known(git: &Git, branch: &str, remote: &str) -> anyhow::Result<()> {
    let mut here = [format!("refs/heads/{branch}"), format!("refs/remotes/{remote}/{branch}")].into_iter();
    ensure!(
        here.any(|name| git.commit(&name).is_some()) || matches!(git.fetch(remote, branch), Ok(Some(_))),
        "there is no branch {branch}, neither here nor at {remote}; name the one that pull requests go into with --base"
    );
    Ok(())
}

fn listed(names: &[String]) -> String {
    let more = names.len().saturating_sub(MOST_LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.iter().take(MOST_LISTED).cloned().collect::<Vec<_>>().join(", ") + &more
}
