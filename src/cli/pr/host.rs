//! A branch goes in; its pull request is opened or updated, by the program of the host.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use super::branch::Branch;
use super::tell;
use crate::cli::args::{CommandLine, PrOptions};
use crate::git::Git;

/// Where pull requests are opened.
pub(super) struct Destination {
    host: Host,
    /// The branch that they go into.
    pub base: String,
    /// The root of the work tree.
    root: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    GitHub,
    GitLab,
}

impl Destination {
    /// What the remote and the branch that is checked out say.
    ///
    /// # Errors
    /// There is no such remote, no program for it, or no branch.
    pub fn of(git: &Git, options: &PrOptions) -> anyhow::Result<Self> {
        let url = git.line(&["remote", "get-url", "--", &options.remote])?;
        let host = Host::of(&url).with_context(|| {
            format!("neither gh nor glab is installed, or {url} does not tell which to use; open the pull request by hand after `pr --push`")
        })?;
        let base = options.base.clone().or_else(|| git.branch());
        let base =
            base.context("no branch is checked out; name the one that the pull request goes into with --base")?;
        Ok(Self { host, base, root: git.root().to_owned() })
    }

    /// Opens the pull request of a branch, or changes its text where it is open.
    pub fn propose(&self, arguments: &CommandLine, branch: &Branch) -> anyhow::Result<()> {
        let printed = match self.host {
            Host::GitHub => self.on_github(branch)?,
            Host::GitLab => self.on_gitlab(branch)?,
        };
        tell(arguments, printed.trim());
        Ok(())
    }

    fn on_github(&self, branch: &Branch) -> anyhow::Result<String> {
        let text = tempfile::NamedTempFile::new().context("can't make a temporary file")?;
        fs::write(text.path(), &branch.text)?;
        let body = format!("--body-file={}", text.path().display());
        let title = format!("--title={}", branch.title);
        let view = ["pr", "view", "--json=state", "--jq=.state", "--", &branch.name];
        match run("gh", &view, &self.root).as_deref().map(str::trim) {
            Ok("OPEN") => return run("gh", &["pr", "edit", &title, &body, "--", &branch.name], &self.root),
            Ok("CLOSED") => return Ok(closed(branch)),
            _ => {}
        }
        let [head, base] = [format!("--head={}", branch.name), format!("--base={}", self.base)];
        run("gh", &["pr", "create", &head, &base, &title, &body], &self.root)
    }

    fn on_gitlab(&self, branch: &Branch) -> anyhow::Result<String> {
        let body = format!("--description={}", branch.text);
        let title = format!("--title={}", branch.title);
        let told = run("glab", &["mr", "view", "--", &branch.name], &self.root).unwrap_or_default();
        match told.lines().find_map(|line| line.trim().strip_prefix("state:")).map(str::trim) {
            Some("open" | "opened") => {
                return run("glab", &["mr", "update", &title, &body, "--", &branch.name], &self.root);
            }
            Some("closed") => return Ok(closed(branch)),
            _ => {}
        }
        let [from, to] = [format!("--source-branch={}", branch.name), format!("--target-branch={}", self.base)];
        run("glab", &["mr", "create", &from, &to, &title, &body, "--yes"], &self.root)
    }
}

/// Who closed a pull request does not want it again.
fn closed(branch: &Branch) -> String {
    format!("The pull request of {} was closed; it was not opened again.", branch.name)
}

impl Host {
    /// The host of a remote, by its name, else by which of their programs is installed.
    fn of(url: &str) -> Option<Self> {
        let is_there = |name: &str| Command::new(name).arg("--version").output().is_ok_and(|run| run.status.success());
        let (gh, glab) = (is_there("gh"), is_there("glab"));
        match (url.contains("github"), url.contains("gitlab")) {
            (true, false) if gh => Some(Self::GitHub),
            (false, true) if glab => Some(Self::GitLab),
            (false, false) if gh && !glab => Some(Self::GitHub),
            (false, false) if glab && !gh => Some(Self::GitLab),
            _ => None,
        }
    }
}

/// What a host's program prints.
fn run(name: &str, arguments: &[&str], folder: &Path) -> anyhow::Result<String> {
    let run = Command::new(name).args(arguments).current_dir(folder).output();
    let run = run.with_context(|| format!("can't run {name}"))?;
    ensure!(
        run.status.success(),
        "{name} {}: {}",
        arguments[..2].join(" "),
        String::from_utf8_lossy(&run.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&run.stdout).into_owned())
}
