//! A branch goes in; its pull request is opened or updated, by the program of the host.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use super::branch::Branch;
use super::{Making, tell};
use crate::cli::args::Arguments;

impl Making<'_> {
    /// Opens the pull request, or changes its text where it is open.
    pub(super) fn propose(&self, arguments: &Arguments, branch: &Branch) -> anyhow::Result<()> {
        let base = self.base()?;
        let url = self.git.line(&["remote", "get-url", "--", &self.options.remote])?;
        let text = tempfile::NamedTempFile::new().context("can't make a temporary file")?;
        fs::write(text.path(), &branch.text)?;
        let file = text.path().to_string_lossy().into_owned();
        let host = host_of(&url).with_context(|| {
            format!("can't tell whether {url} is on GitHub or GitLab, or neither gh nor glab is installed; open the pull request by hand")
        })?;
        let [head, title] = [format!("--head={}", branch.name), format!("--title={}", branch.title)];
        let printed = match host {
            Host::GitHub => {
                let is_open =
                    run_tool("gh", &["pr", "view", "--json=state", "--jq=.state", "--", &branch.name], self.git.root())
                        .is_ok_and(|state| state.trim() == "OPEN");
                let body = format!("--body-file={file}");
                match is_open {
                    true => run_tool("gh", &["pr", "edit", &title, &body, "--", &branch.name], self.git.root())?,
                    false => {
                        let base = format!("--base={base}");
                        run_tool("gh", &["pr", "create", &head, &base, &title, &body], self.git.root())?
                    }
                }
            }
            Host::GitLab => {
                let body = format!("--description={}", branch.text);
                let is_open =
                    run_tool("glab", &["mr", "view", "--", &branch.name], self.git.root()).is_ok_and(|told| {
                        told.lines().any(|line| line.trim() == "state:\topen" || line.trim() == "state: open")
                    });
                match is_open {
                    true => run_tool("glab", &["mr", "update", &title, &body, "--", &branch.name], self.git.root())?,
                    false => {
                        let [from, to] =
                            [format!("--source-branch={}", branch.name), format!("--target-branch={base}")];
                        run_tool("glab", &["mr", "create", &from, &to, &title, &body, "--yes"], self.git.root())?
                    }
                }
            }
        };
        tell(arguments, printed.trim());
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    GitHub,
    GitLab,
}

/// The host of a remote, by its name, else by which of their programs is installed.
fn host_of(url: &str) -> Option<Host> {
    let is_there = |name: &str| Command::new(name).arg("--version").output().is_ok_and(|run| run.status.success());
    let (gh, glab) = (is_there("gh"), is_there("glab"));
    match (url.contains("github"), url.contains("gitlab")) {
        (true, false) if gh => Some(Host::GitHub),
        (false, true) if glab => Some(Host::GitLab),
        (false, false) if gh && !glab => Some(Host::GitHub),
        (false, false) if glab && !gh => Some(Host::GitLab),
        _ => None,
    }
}

/// What a host's program prints.
fn run_tool(name: &str, arguments: &[&str], folder: &Path) -> anyhow::Result<String> {
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
