//! A branch as it is to be goes in; it is held against what there is of it, made anew where that differs, and pushed.

use anyhow::bail;

use super::{Making, tell};
use crate::cli::args::Arguments;
use crate::git::TreeFile;
use crate::outcome::Outcome;
use crate::pull_request::{CommitKind, commit_message, is_made_by_us};

pub(super) const BLAME_IGNORE_REVS: &str = ".git-blame-ignore-revs";

/// A branch as it is to be.
pub(super) struct Branch {
    pub name: String,
    pub title: String,
    pub text: String,
    /// What makes the same changes.
    pub command: String,
    /// The outcome with everything that is carried out on it.
    pub outcome: Outcome,
    pub commits: Vec<Planned>,
}

pub(super) struct Planned {
    pub tree: String,
    pub message: String,
}

/// What there is of a branch.
pub(super) enum State {
    /// Nothing.
    New,
    /// All of it.
    Same,
    /// What this program made, which is to be made anew.
    Old,
}

/// Where a branch ends.
pub(super) struct Known {
    pub here: Option<String>,
    pub there: Option<String>,
}

impl Making<'_> {
    /// What there is of a branch here and at the remote, and where it ends here.
    ///
    /// # Errors
    /// Somebody else's commits are on it.
    pub(super) fn state(&self, branch: &Branch) -> anyhow::Result<(State, Known)> {
        let here = self.git.commit(&format!("refs/heads/{}", branch.name));
        let there = match self.is_pushed() {
            true => self.git.fetch(&self.options.remote, &branch.name)?,
            false => None,
        };
        for tip in here.iter().chain(&there) {
            self.check_ours(branch, tip)?;
        }
        let state = match here.as_ref().or(there.as_ref()) {
            None => State::New,
            Some(tip) if self.is_same(branch, tip)? => State::Same,
            Some(_) => State::Old,
        };
        Ok((state, Known { here, there }))
    }

    pub(super) fn is_pushed(&self) -> bool {
        self.options.push || self.options.create
    }

    fn check_ours(&self, branch: &Branch, tip: &str) -> anyhow::Result<()> {
        let Ok(base) = self.git.line(&["merge-base", &self.head, tip]) else {
            bail!(
                "the branch {} has nothing in common with what is checked out; delete it, or name another with --branch",
                branch.name
            );
        };
        for commit in self.git.between(&base, tip)? {
            let tree = self.git.of_commit(&commit, "%T")?;
            let message = self.git.of_commit(&commit, "%B")?;
            if !is_made_by_us(&message, &tree) {
                let subject = self.git.of_commit(&commit, "%h %s")?;
                bail!(
                    "the branch {} has a commit that cascade-fix did not make ({subject}); merge or delete the branch, or name another \
                     with --branch",
                    branch.name
                );
            }
        }
        Ok(())
    }

    /// Whether the commits of a branch are those that would be made.
    fn is_same(&self, branch: &Branch, tip: &str) -> anyhow::Result<bool> {
        let commits = self.git.between(&self.head, tip)?;
        let begins_here = self.git.line(&["merge-base", &self.head, tip])? == self.head;
        let wanted = branch.commits.len() + usize::from(self.options.blame_ignore_revs);
        if !begins_here || commits.len() != wanted {
            return Ok(false);
        }
        for (commit, planned) in commits.iter().zip(&branch.commits) {
            let is_same = self.git.of_commit(commit, "%T")? == planned.tree
                && self.git.of_commit(commit, "%B")?.trim_end() == planned.message.trim_end();
            if !is_same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes a branch, pushes it and proposes it, as far as that is wanted.
    pub(super) fn make(
        &self,
        arguments: &Arguments,
        branch: &Branch,
        state: &State,
        known: &Known,
    ) -> anyhow::Result<()> {
        let number = branch.commits.len();
        let mut tip = known.here.clone().or_else(|| known.there.clone());
        match state {
            State::Same if known.here.is_some() => {
                tell(arguments, &format!("{} is up to date.", branch.name));
            }
            State::Same => self.git.set_branch(&branch.name, tip.as_deref().unwrap_or_default(), None)?,
            State::New | State::Old => {
                let commit = self.commit(branch)?;
                self.git.set_branch(&branch.name, &commit, known.here.as_deref())?;
                let done = if known.here.is_some() || known.there.is_some() { "updated" } else { "made" };
                let commits = if number == 1 { "commit" } else { "commits" };
                tell(arguments, &format!("{} was {done}: {number} {commits}.", branch.name));
                tip = Some(commit);
            }
        }
        if self.is_pushed() {
            if known.there == tip {
                tell(arguments, &format!("{} has it already.", self.options.remote));
            } else {
                self.git.push(&self.options.remote, &branch.name, known.there.as_deref())?;
                tell(arguments, &format!("Pushed to {}.", self.options.remote));
            }
        }
        match &self.destination {
            Some(destination) => destination.propose(arguments, branch),
            None => Ok(()),
        }
    }

    /// The commits of a branch; the last one.
    fn commit(&self, branch: &Branch) -> anyhow::Result<String> {
        let mut commits = vec![self.head.clone()];
        for planned in &branch.commits {
            let parent = commits.last().unwrap_or(&self.head);
            commits.push(self.git.make_commit(&planned.tree, parent, &planned.message)?);
        }
        let made = &commits[1..];
        let Some(tip) = made.last() else { return Ok(self.head.clone()) };
        if !self.options.blame_ignore_revs {
            return Ok(tip.clone());
        }
        let known = self.git.file(tip, BLAME_IGNORE_REVS)?;
        let mut content = match &known {
            Some(_) => self.git.content(tip, BLAME_IGNORE_REVS)?,
            None => Vec::new(),
        };
        if !content.is_empty() && !content.ends_with(b"\n") {
            content.push(b'\n');
        }
        let lines: String = made.iter().map(|commit| format!("{commit}\n")).collect();
        content.extend_from_slice(format!("# SQLAlchemy cascades listed by cascade-fix\n{lines}").as_bytes());
        let file = known.unwrap_or(TreeFile { path: BLAME_IGNORE_REVS.to_owned(), mode: "100644".to_owned() });
        let tree = self.git.tree_with(tip, &[(file, content)])?;
        let message = commit_message(CommitKind::BlameIgnoreRevs, None, &branch.command, &tree);
        self.git.make_commit(&tree, tip, &message)
    }
}
