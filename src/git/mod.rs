//! Questions to git and what it is told to do, all through git itself. Names of files, branches and revisions are data: they go in where
//! git reads neither an option nor a pattern, and never through a shell.

mod objects;

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::disk::path_of;

pub use objects::{Commit, Stored, TreeFile};

/// A work tree.
#[derive(Debug, Clone)]
pub struct Git {
    root: PathBuf,
}

impl Git {
    /// The work tree around a folder.
    ///
    /// # Errors
    /// There is none, or git can't be run.
    pub fn around(folder: &Path) -> anyhow::Result<Self> {
        let root = Self { root: folder.to_owned() }.line(&["rev-parse", "--show-toplevel"]);
        let root = root.with_context(|| format!("{} is in no work tree of git; run it in one", folder.display()))?;
        Ok(Self { root: PathBuf::from(root) })
    }

    /// The work tree with its root in a folder.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The folder in which it begins.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What git prints.
    ///
    /// # Errors
    /// Git can't be run, or ends with an error.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> anyhow::Result<Vec<u8>> {
        self.run_with(arguments, &[], &[])
    }

    /// What git prints that compares files of the work tree. It may have been told to run programs over them first, as Git LFS is: none of
    /// these is run, so that whoever only looks at a repository runs none of its code.
    ///
    /// # Errors
    /// Git can't be run, or ends with an error.
    fn look(&self, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
        let keys =
            self.run(&["config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$"]);
        let mut all = Vec::new();
        for key in names(&keys.unwrap_or_default()) {
            let value = if key.ends_with(".required") { "false" } else { "" };
            all.extend(["-c".to_owned(), format!("{key}={value}")]);
        }
        all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self.run(&all)
    }

    /// What git prints, trimmed, without the end of the line.
    ///
    /// # Errors
    /// Git can't be run, ends with an error, or prints what is no text.
    pub fn line<S: AsRef<OsStr>>(&self, arguments: &[S]) -> anyhow::Result<String> {
        let text = String::from_utf8(self.run(arguments)?).context("git printed what is no text")?;
        Ok(text.trim_end_matches(['\n', '\r']).to_owned())
    }

    /// What git prints that reads some input and some variables.
    ///
    /// # Errors
    /// Git can't be run, or ends with an error.
    pub fn run_with<S: AsRef<OsStr>>(
        &self,
        arguments: &[S],
        input: &[u8],
        variables: &[(&str, &OsStr)],
    ) -> anyhow::Result<Vec<u8>> {
        self.run_by(&QUIET, arguments, input, variables)
    }

    fn run_by<S: AsRef<OsStr>>(
        &self,
        options: &[&str],
        arguments: &[S],
        input: &[u8],
        variables: &[(&str, &OsStr)],
    ) -> anyhow::Result<Vec<u8>> {
        let mut child = Command::new("git")
            .arg("-C")
            .arg(&self.root)
            .args(options)
            .args(arguments)
            .envs(variables.iter().copied())
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("can't run git")?;
        let stdin = child.stdin.take();
        let run = std::thread::scope(|scope| {
            // a git that does not read on is told of by its status
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
            child.wait_with_output()
        });
        let run = run.context("can't run git")?;
        let name = arguments.first().map(|name| name.as_ref().to_string_lossy().into_owned()).unwrap_or_default();
        if !run.status.success() {
            // what a hook prints is on either
            let said = [run.stderr, run.stdout].map(|text| String::from_utf8_lossy(&text).trim().to_owned());
            bail!("git {name}: {}", said.join("\n").trim());
        }
        Ok(run.stdout)
    }

    /// The commit that a revision names; None where it names none.
    pub fn commit(&self, revision: &str) -> Option<String> {
        let commit = format!("{revision}^{{commit}}");
        self.line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).ok()
    }

    /// The commit that a person named.
    ///
    /// # Errors
    /// There is none.
    pub fn named_commit(&self, revision: &str) -> anyhow::Result<String> {
        let commit = self.commit(revision);
        commit.with_context(|| {
            let root = self.root.display();
            let is_shallow = self.line(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|said| said == "true");
            let hint = if is_shallow { "; this is a shallow clone: fetch it first" } else { "" };
            format!("`{revision}` names no commit of the repository in {root}{hint}")
        })
    }

    /// The branch that is checked out; None where none is.
    pub fn branch(&self) -> Option<String> {
        self.line(&["symbolic-ref", "--quiet", "--short", "HEAD"]).ok()
    }

    /// The files of the work tree that differ from a commit, also those that are gone, relative to the root.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn changed_since(&self, commit: &str) -> anyhow::Result<Vec<PathBuf>> {
        self.differing(&["--relative", commit, "--", "."])
    }

    /// The files that git does not know and does not ignore, relative to the root.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn untracked(&self) -> anyhow::Result<Vec<PathBuf>> {
        Ok(paths(&self.run(&["ls-files", "--others", "--exclude-standard", "-z"])?))
    }

    /// The files that are different in the index from those of the commit that is checked out; relative to the root.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn staged(&self) -> anyhow::Result<Vec<PathBuf>> {
        self.differing(&["--cached", "--diff-filter=d"])
    }

    /// The files of the work tree that are different from those in the index, relative to the root.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn unstaged(&self) -> anyhow::Result<Vec<PathBuf>> {
        self.differing(&[])
    }

    fn differing(&self, what: &[&str]) -> anyhow::Result<Vec<PathBuf>> {
        let how = ["diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules"];
        Ok(paths(&self.look(&[&how, what].concat())?))
    }

    /// Where the commit that is checked out left a revision; the revision itself where they have nothing in common.
    ///
    /// # Errors
    /// The revision names no commit.
    pub fn fork_point(&self, revision: &str) -> anyhow::Result<String> {
        let commit = self.named_commit(revision)?;
        Ok(self.line(&["merge-base", &commit, "HEAD"]).unwrap_or(commit))
    }

    /// What changed in the work tree since a commit, or is staged where there is none, as a patch without context.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn patch(&self, since: Option<&str>) -> anyhow::Result<Vec<u8>> {
        // whatever the settings of git say of patches
        let options = [
            "--unified=0",
            "--inter-hunk-context=0",
            "--find-renames",
            "--text",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-relative",
            "--ignore-submodules",
            "--src-prefix=a/",
            "--dst-prefix=b/",
        ];
        let mut arguments = vec!["diff"];
        arguments.extend(options);
        arguments.push(since.unwrap_or("--cached"));
        arguments.push("--");
        self.look(&arguments)
    }

    /// The tracked files that are not as they are in the commit that is checked out, relative to the root.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn dirty(&self) -> anyhow::Result<Vec<String>> {
        let how = ["--porcelain=v1", "-z", "--no-renames", "--untracked-files=no", "--ignore-submodules"];
        let status = self.run(&[&["status"], &how[..]].concat())?;
        Ok(names(&status).into_iter().filter_map(|entry| Some(entry.get(3..)?.to_owned())).collect())
    }

    /// Lets a branch end at a commit, if it ends where it is thought to: at a commit, or nowhere.
    ///
    /// # Errors
    /// It is checked out somewhere, has another end, or its name is none.
    pub fn set_branch(&self, branch: &str, commit: &str, known: Option<&str>) -> anyhow::Result<()> {
        let reference = reference(branch);
        if let Some(folder) = self.checked_out_in(&reference)? {
            bail!("the branch {branch} is checked out in {folder}; check out another one there and run again");
        }
        let absent = "0".repeat(commit.len());
        self.run(&["update-ref", "-m", "cascade-fix pr", &reference, commit, known.unwrap_or(&absent)]).map(drop)
    }

    /// The work tree in which a branch is checked out.
    fn checked_out_in(&self, reference: &str) -> anyhow::Result<Option<String>> {
        let folder = self.line(&["for-each-ref", "--format=%(worktreepath)", reference])?;
        Ok((!folder.is_empty()).then_some(folder))
    }

    /// Whether a commit is one of those that another was made of, or that itself.
    pub fn is_ancestor(&self, commit: &str, of: &str) -> bool {
        commit == of || self.run(&["merge-base", "--is-ancestor", commit, of]).is_ok()
    }

    /// The files of the commit that is checked out which the work tree is meant to lack, as in a sparse checkout.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn missing(&self) -> anyhow::Result<Vec<String>> {
        let listed = names(&self.run(&["ls-files", "-t", "-z"])?);
        let skipped = listed.into_iter().filter_map(|entry| entry.strip_prefix("S ").map(str::to_owned));
        Ok(skipped.filter(|name| !self.root.join(name).exists()).collect())
    }

    /// Branches whose names begin with one, with where they end.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn branches(&self, prefix: &str) -> anyhow::Result<Vec<(String, String)>> {
        let listed = self.line(&["for-each-ref", "--format=%(refname) %(objectname)", &reference(prefix)])?;
        let branch = |line: &str| {
            let (name, commit) = line.strip_prefix("refs/heads/")?.rsplit_once(' ')?;
            Some((name.to_owned(), commit.to_owned()))
        };
        Ok(listed.lines().filter_map(branch).collect())
    }

    /// Where a branch of a remote ends, with its commits fetched; None where it has no such branch.
    ///
    /// # Errors
    /// The remote can't be reached.
    pub fn fetch(&self, remote: &str, branch: &str) -> anyhow::Result<Option<String>> {
        let reference = reference(branch);
        let listed = self.line(&["ls-remote", "--quiet", "--", remote, &reference])?;
        let Some((commit, _)) = listed.split_once('\t') else { return Ok(None) };
        if self.commit(commit).is_none() {
            self.run(&["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", remote, &reference])?;
        }
        Ok(Some(commit.to_owned()))
    }

    /// Pushes a branch, if it ends at the remote where it is thought to.
    ///
    /// # Errors
    /// The remote can't be reached, refuses, or has another end of the branch.
    pub fn push(&self, remote: &str, branch: &str, known: Option<&str>) -> anyhow::Result<()> {
        let reference = reference(branch);
        let lease = format!("--force-with-lease={reference}:{}", known.unwrap_or_default());
        let both = format!("{reference}:{reference}");
        // whatever a team has pushes go through
        self.run_by(&[], &["push", "--quiet", &lease, "--", remote, &both], &[], &[]).map(drop)
    }

    /// Whether a name can be that of a branch.
    pub fn is_branch_name(&self, name: &str) -> bool {
        !name.starts_with('-') && self.run(&["check-ref-format", &reference(name)]).is_ok()
    }

    /// Whether the ignore files leave out a path.
    pub fn ignores(&self, path: &Path) -> bool {
        let arguments: [OsString; 4] = ["check-ignore".into(), "--quiet".into(), "--".into(), path.into()];
        self.run(&arguments).is_ok()
    }
}

/// What a repository's own configuration names to be run is not: no hooks, and nothing that watches the file system.
const QUIET: [&str; 4] = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];

/// The full name of a branch.
fn reference(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

/// The paths that git separates by zeros.
fn paths(listed: &[u8]) -> Vec<PathBuf> {
    listed.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(path_of).collect()
}

/// The texts that git separates by zeros.
fn names(listed: &[u8]) -> Vec<String> {
    let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}
