//! A branch as it is to be goes in; it is held against what there is of it, made anew where that differs, and pushed.

use std::iter;
use std::path::Path;

use anyhow::bail;

use super::{Making, tell};
use crate::cli::args::CommandLine;
use crate::git::{Commit, Stored, TreeFile};
use crate::outcome::Outcome;
use crate::pull_request::{CommitKind, commit_message, commit_text, is_made_by_us};

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
    pub commits: Vec<PlannedCommit>,
}

/// A commit as it is to be.
pub(super) struct PlannedCommit {
    pub kind: CommitKind,
    pub tree: String,
    /// Its message, without the line by which this program recognises the commit as its own in a later run.
    pub text: String,
}

/// What there is of a branch.
pub(super) enum BranchState {
    /// Nothing.
    New,
    /// All of it: merged into what is checked out, it makes what a new one would.
    Same {
        /// Its last commit.
        tip: String,
    },
    /// What this program made, which is to be made anew.
    Old,
}

/// Where a branch ends.
pub(super) struct BranchTips {
    pub here: Option<String>,
    pub there: Option<String>,
}

impl Making<'_> {
    /// What there is of a branch here and at the remote, and where it ends here.
    ///
    /// # Errors
    /// Somebody else's commits are on it.
    pub(super) fn state(&self, branch: &Branch) -> anyhow::Result<(BranchState, BranchTips)> {
        let here = self.git.commit(&format!("refs/heads/{}", branch.name));
        let there = match self.is_pushed() {
            true => self.git.fetch(&self.options.remote, &branch.name)?,
            false => None,
        };
        let ours = here.iter().chain(&there).map(|tip| Ok((tip, self.ours(tip)?)));
        let ours = ours.collect::<anyhow::Result<Vec<_>>>()?;
        let same = ours.iter().find(|(_, commits)| self.is_same(branch, commits));
        let state = match same {
            Some((tip, _)) => BranchState::Same { tip: (*tip).clone() },
            None if ours.is_empty() => BranchState::New,
            None => BranchState::Old,
        };
        Ok((state, BranchTips { here, there }))
    }

    pub(super) fn is_pushed(&self) -> bool {
        self.options.push || self.options.create
    }

    /// The commits of a branch that were made here, the oldest first.
    ///
    /// # Errors
    /// The last one is somebody else's, and not on what is checked out already.
    fn ours(&self, tip: &str) -> anyhow::Result<Vec<Commit>> {
        let mut ours: Vec<Commit> = Vec::new();
        let mut at = tip.to_owned();
        // one that was made here knows what it was made on, so that nothing of others can be in between
        while let Some(commit) = self.git.read_commit(&at).ok().filter(is_made_by_us) {
            at.clone_from(&commit.parents[0]);
            ours.insert(0, commit);
        }
        if ours.is_empty() && !self.git.is_ancestor(tip, &self.head) {
            let subject = self.git.read_commit(tip)?.message.lines().next().unwrap_or_default().to_owned();
            bail!(
                "it has a commit that cascade-fix did not make ({tip:.10} {subject}) and was left as it is; merge or delete the branch, or \
                 name another with --branch"
            );
        }
        Ok(ours)
    }

    /// Whether the commits of a branch do what those that would be made do, also where they were made on an earlier commit: as long as nothing
    /// that they change has changed since, who approved the branch need not do so again.
    fn is_same(&self, branch: &Branch, commits: &[Commit]) -> bool {
        let wanted = branch.commits.len() + usize::from(self.options.blame_ignore_revs);
        let Some(base) = commits.first().map(|first| &first.parents[0]) else { return false };
        if commits.len() != wanted || !self.git.is_ancestor(base, &self.head) {
            return false;
        }
        let before = iter::once(&self.head).chain(branch.commits.iter().map(|planned| &planned.tree));
        let is_planned = |((commit, planned), before): ((&Commit, &PlannedCommit), &String)| {
            let made = self.git.differences(&commit.parents[0], &commit.tree);
            let to_be_made = self.git.differences(before, &planned.tree);
            commit.message.starts_with(&planned.text)
                && made.is_ok_and(|made| to_be_made.is_ok_and(|to_be_made| made == to_be_made))
        };
        let listed = |commit: &str| self.git.files(commit).ok().map(|mut files| files.remove(BLAME_IGNORE_REVS));
        let is_list_same = || !self.options.blame_ignore_revs || listed(base) == listed(&self.head);
        commits.iter().zip(&branch.commits).zip(before).all(is_planned) && is_list_same()
    }

    /// Makes a branch, pushes it and proposes it, as far as that is wanted.
    pub(super) fn make(
        &self,
        arguments: &CommandLine,
        branch: &Branch,
        state: &BranchState,
        tips: &BranchTips,
    ) -> anyhow::Result<()> {
        let number = branch.commits.len();
        let tip = match state {
            BranchState::Same { tip: same } => {
                if tips.here.as_ref() != Some(same) {
                    self.git.set_branch(&branch.name, same, tips.here.as_deref())?;
                }
                tell(arguments, &format!("{} is up to date.", branch.name));
                same.clone()
            }
            BranchState::New | BranchState::Old => {
                let commit = self.commit(branch)?;
                self.git.set_branch(&branch.name, &commit, tips.here.as_deref())?;
                let done = if tips.here.is_some() || tips.there.is_some() { "updated" } else { "made" };
                let commits = if number == 1 { "commit" } else { "commits" };
                tell(arguments, &format!("{} was {done}: {number} {commits}.", branch.name));
                commit
            }
        };
        if self.is_pushed() {
            if tips.there.as_ref() == Some(&tip) {
                tell(arguments, &format!("{} has it already.", self.options.remote));
            } else {
                self.git.push(&self.options.remote, &branch.name, tips.there.as_deref())?;
                tell(arguments, &format!("Pushed to {}.", self.options.remote));
            }
        }
        match &self.destination {
            Some(destination) => destination.propose(arguments, branch),
            None => Ok(()),
        }
    }

    /// Makes the commits of a branch; gives the last one.
    fn commit(&self, branch: &Branch) -> anyhow::Result<String> {
        let mut tip = self.head.clone();
        let mut passed_over = Vec::new();
        for PlannedCommit { kind, tree, text } in &branch.commits {
            tip = self.git.make_commit(tree, &tip, &commit_message(text, tree, &tip))?;
            // who looks for what changed behaviour is to find the others
            passed_over.extend((*kind == CommitKind::Safe).then(|| tip.clone()));
        }
        if self.options.blame_ignore_revs { self.pass_over(branch, &tip, &passed_over) } else { Ok(tip) }
    }

    /// A commit that names others for `git blame` to pass over.
    fn pass_over(&self, branch: &Branch, tip: &str, commits: &[String]) -> anyhow::Result<String> {
        let known = self.git.files(tip)?.remove(BLAME_IGNORE_REVS);
        let mut content = match &known {
            Some(_) => self.git.content(tip, Path::new(BLAME_IGNORE_REVS))?,
            None => Vec::new(),
        };
        if !content.is_empty() && !content.ends_with(b"\n") {
            content.push(b'\n');
        }
        let lines: String = commits.iter().map(|commit| format!("{commit}\n")).collect();
        content.extend_from_slice(format!("# SQLAlchemy cascades listed by cascade-fix\n{lines}").as_bytes());
        let file = known.unwrap_or(TreeFile {
            path: BLAME_IGNORE_REVS.to_owned(),
            mode: "100644".to_owned(),
            blob: String::new(),
        });
        let tree = self.git.tree_with(tip, &[self.git.changed(&file, &content, Stored::Verbatim)?])?;
        let text = commit_text(CommitKind::BlameIgnoreRevs, None, &branch.command, true);
        self.git.make_commit(&tree, tip, &commit_message(&text, &tree, tip))
    }
}
