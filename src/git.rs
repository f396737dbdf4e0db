//! Questions to git and what it is told to do, all through git itself. Names of files, branches and revisions are data: they go in where
//! git reads neither an option nor a pattern, and never through a shell.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};

/// A work tree.
#[derive(Debug, Clone)]
pub struct Git {
    root: PathBuf,
}

/// A file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// Relative to the root, with `/`.
    pub path: String,
    /// As git has it: `100644`.
    pub mode: String,
}

impl Git {
    /// The work tree around a folder.
    ///
    /// # Errors
    /// There is none, or git can't be run.
    pub fn around(folder: &Path) -> anyhow::Result<Self> {
        let root = Self { root: folder.to_owned() }.line(&["rev-parse", "--show-toplevel"]);
        let root = root.with_context(|| format!("{} is in no work tree of git", folder.display()))?;
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
        let mut child = Command::new("git")
            .arg("-C")
            .arg(&self.root)
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
        ensure!(run.status.success(), "git {name}: {}", String::from_utf8_lossy(&run.stderr).trim());
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
        commit.with_context(|| format!("`{revision}` names no commit of the repository in {}", self.root.display()))
    }

    /// The branch that is checked out; None where none is.
    pub fn branch(&self) -> Option<String> {
        self.line(&["symbolic-ref", "--quiet", "--short", "HEAD"]).ok()
    }

    /// The files of the work tree that differ from a commit, also those that are gone, relative to the root.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn changed_since(&self, commit: &str) -> anyhow::Result<Vec<String>> {
        Ok(names(&self.run(&["diff", "--name-only", "-z", "--no-renames", "--relative", commit, "--", "."])?))
    }

    /// The files that git does not know and does not ignore, relative to the root.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn untracked(&self) -> anyhow::Result<Vec<String>> {
        Ok(names(&self.run(&["ls-files", "--others", "--exclude-standard", "-z"])?))
    }

    /// The files that are different in the index from those of the commit that is checked out; relative to the root.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn staged(&self) -> anyhow::Result<Vec<String>> {
        Ok(names(&self.run(&["diff", "--cached", "--name-only", "-z", "--no-renames", "--diff-filter=d"])?))
    }

    /// Where the commit that is checked out left a revision; the revision itself where they have nothing in common.
    ///
    /// # Errors
    /// The revision names no commit.
    pub fn fork_point(&self, revision: &str) -> anyhow::Result<String> {
        let commit = self.named_commit(revision)?;
        Ok(self.line(&["merge-base", &commit, "HEAD"]).unwrap_or(commit))
    }

    /// The tracked files that are not as they are in the commit that is checked out, relative to the root.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn dirty(&self) -> anyhow::Result<Vec<String>> {
        let status = self.run(&["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=no"])?;
        Ok(names(&status).into_iter().filter_map(|entry| Some(entry.get(3..)?.to_owned())).collect())
    }

    /// A file of a commit; None where it has none of the name.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn file(&self, commit: &str, path: &str) -> anyhow::Result<Option<TreeFile>> {
        let listed = self.run(&["--literal-pathspecs", "ls-tree", "-z", "--full-tree", commit, "--", path])?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let entry = listed.split('\0').find_map(|entry| entry.split_once('\t').filter(|(_, name)| *name == path));
        let mode = entry.and_then(|(told, _)| told.split(' ').next());
        Ok(mode.map(|mode| TreeFile { path: path.to_owned(), mode: mode.to_owned() }))
    }

    /// The content of a file of a commit.
    ///
    /// # Errors
    /// There is none.
    pub fn content(&self, commit: &str, path: &str) -> anyhow::Result<Vec<u8>> {
        self.run(&["cat-file", "blob", &format!("{commit}:./{path}")])
    }

    /// The tree of a commit with other content in some files, which goes through git's filters as `git add` has it. Neither the work tree
    /// nor its index is touched.
    ///
    /// # Errors
    /// Git can't make it.
    pub fn tree_with(&self, commit: &str, files: &[(TreeFile, Vec<u8>)]) -> anyhow::Result<String> {
        let folder = tempfile::tempdir().context("can't make a temporary folder")?;
        let index = folder.path().join("index");
        let variables = [("GIT_INDEX_FILE", index.as_os_str())];
        self.run_with(&["read-tree", commit], &[], &variables)?;
        let mut entries = Vec::new();
        for (file, content) in files {
            let path = format!("--path={}", file.path);
            let blob = self.run_with(&["hash-object", "-w", "--stdin", &path], content, &variables)?;
            entries.extend_from_slice(format!("{} {}\t", file.mode, String::from_utf8_lossy(&blob).trim()).as_bytes());
            entries.extend_from_slice(file.path.as_bytes());
            entries.push(0);
        }
        self.run_with(&["update-index", "-z", "--index-info"], &entries, &variables)?;
        let tree = self.run_with(&["write-tree"], &[], &variables)?;
        Ok(String::from_utf8_lossy(&tree).trim().to_owned())
    }

    /// Makes a commit of a tree, signed where the settings of git want it.
    ///
    /// # Errors
    /// Git can't make it, as where it does not know who the author is.
    pub fn make_commit(&self, tree: &str, parent: &str, message: &str) -> anyhow::Result<String> {
        let is_signed = self.line(&["config", "--type=bool", "--get", "commit.gpgSign"]).is_ok_and(|set| set == "true");
        let mut arguments = vec!["commit-tree", tree, "-p", parent, "-F", "-"];
        arguments.extend(is_signed.then_some("-S"));
        let commit = self.run_with(&arguments, message.as_bytes(), &[])?;
        Ok(String::from_utf8_lossy(&commit).trim().to_owned())
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

    /// The commits from one, which is left out, to another, the oldest first.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn between(&self, from: &str, to: &str) -> anyhow::Result<Vec<String>> {
        let range = format!("{from}..{to}");
        let listed = self.run(&["rev-list", "--reverse", &range, "--"])?;
        Ok(String::from_utf8_lossy(&listed).lines().map(str::to_owned).collect())
    }

    /// Something of a commit, by one of git's formats.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn of_commit(&self, commit: &str, format: &str) -> anyhow::Result<String> {
        self.line(&["-c", "log.showSignature=false", "log", "-1", &format!("--format={format}"), commit, "--"])
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
        self.run(&["push", "--quiet", &lease, "--", remote, &format!("{reference}:{reference}")]).map(drop)
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

/// The full name of a branch.
fn reference(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

/// What git separates by zeros.
fn names(listed: &[u8]) -> Vec<String> {
    let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}
