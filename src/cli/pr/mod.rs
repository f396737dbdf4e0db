//! The command `pr`: a branch for the fixes, its commits, and the text of its pull request. The work tree and its index are not touched.

mod branch;
mod checks;
mod host;

use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};

use branch::{BLAME_IGNORE_REVS, Branch, BranchState, PlannedCommit};
use foldhash::{HashMap, HashSet};
use host::Destination;

use super::args::{CommandLine, Common, PrOptions, quoted};
use super::{CLEAN, FAILURE, Job, job, print, start_threads, verify, while_shown};
use crate::analysis::{Analysis, Reach, Request};
use crate::git::{Git, Stored, TreeFile};
use crate::outcome::{FileOutcome, Finding, Outcome, Status};
use crate::pull_request::{
    CodeOwners, CommitKind, Group, Split, SplitBy, commit_text, groups, is_made_by_us, restricted,
};
use crate::report::{PatchFolder, PullRequest, pull_request_text, write_patch, write_verification};
use crate::repository::PathBase;
use crate::verify::Verification;

/// What is the same for all branches.
struct Making<'a> {
    common: &'a Common,
    options: &'a PrOptions,
    git: Git,
    /// The commit that the branches begin at.
    head: String,
    /// The outcome with the safe fixes, then that with all, if they are wanted.
    outcomes: Vec<Outcome>,
    committed: Committed,
    verification: Option<Verification>,
    /// Where pull requests are opened, if they are.
    destination: Option<Destination>,
}

/// Runs the command.
///
/// # Errors
/// The work tree is not as it was committed, or no branch can be made.
pub(super) fn pr(arguments: &CommandLine, common: &Common, options: &PrOptions) -> anyhow::Result<u8> {
    let working_directory = env::current_dir().context("can't tell the working directory")?;
    let git = Git::around(&working_directory)?;
    let head = git.commit("HEAD").context("there is no commit yet that a branch could begin at")?;
    checks::arguments(common, options)?;
    checks::place(&git, &working_directory, options)?;
    checks::work_tree(&git)?;
    let destination = options.create.then(|| Destination::of(&git, options)).transpose()?;
    checks::published(&git, &head, options)?;
    start_threads(common.means.threads)?;
    let outcomes = outcomes(arguments, common, git.root())?;
    let (outcomes, committed, left_out) = without_strangers(&git, &git.files(&head)?, outcomes)?;
    left_out.iter().for_each(|reason| tell(arguments, reason));
    let mut making = Making { common, options, git, head, outcomes, committed, verification: None, destination };
    let groups = making.groups()?;
    if groups.is_empty() {
        tell(arguments, &making.nothing());
    } else {
        making.verification = making.verify(arguments, &working_directory)?;
    }
    let branches = groups.iter().map(|group| making.branch(group)).collect::<anyhow::Result<Vec<_>>>()?;
    if let Some(folder) = options.text_dir.as_ref().filter(|_| !options.dry_run && !branches.is_empty()) {
        fs::create_dir_all(folder).with_context(|| format!("can't make the folder {}", folder.display()))?;
    }
    let is_done = making.all(arguments, &branches)?;
    if !options.dry_run {
        making.tell_of_others(arguments, &branches)?;
    }
    let has_failed = making.outcomes.iter().any(|outcome| outcome.totals().files_failed > 0);
    Ok(if has_failed || !is_done { FAILURE } else { CLEAN })
}

fn tell(arguments: &CommandLine, line: &str) {
    if !arguments.quiet {
        let _ = writeln!(super::terminal::stderr(), "{line}");
    }
}

fn outcomes(arguments: &CommandLine, common: &Common, root: &Path) -> anyhow::Result<Vec<Outcome>> {
    let Job { reach, request } = job(common, root)?;
    let reach = Reach { base: PathBase::Repository, ..reach };
    let mut request = Request { all_relationships: true, unsafe_fixes: false, ..request };
    while_shown(arguments, |counter| {
        let analysis = Analysis::of(reach, counter)?;
        let mut outcomes = vec![analysis.outcome(&request)?];
        if common.judging.unsafe_fixes {
            request.unsafe_fixes = true;
            outcomes.push(analysis.outcome(&request)?);
        }
        Ok(outcomes)
    })
}

/// The files of the commit that an outcome changes, with how each is stored, by their paths.
type Committed = HashMap<Arc<Path>, (TreeFile, Stored)>;

/// The outcomes without the fixes of files that are no part of the commit as they are, with those that need them; and why.
fn without_strangers(
    git: &Git,
    files: &HashMap<String, TreeFile>,
    outcomes: Vec<Outcome>,
) -> anyhow::Result<(Vec<Outcome>, Committed, Vec<String>)> {
    let mut committed = Committed::default();
    let mut strangers: HashSet<Arc<Path>> = HashSet::default();
    let mut reasons = Vec::new();
    let changed = outcomes.iter().flat_map(|outcome| &outcome.files);
    for file in changed.filter(|file| matches!(file.status, Status::Changed(_))) {
        if committed.contains_key(&file.path) || strangers.contains(&file.path) {
            continue;
        }
        match as_committed(git, files, file)? {
            Ok(stored) => drop(committed.insert(Arc::clone(&file.path), stored)),
            Err(why) => {
                strangers.insert(Arc::clone(&file.path));
                let name = name_in(git, file).unwrap_or_else(|_| file.display.clone());
                reasons.push(format!("{name} is left out: {why}."));
            }
        }
    }
    if strangers.is_empty() {
        return Ok((outcomes, committed, reasons));
    }
    let split = Split { max_files: Some(1), ..Split::default() };
    let all: Vec<&Outcome> = outcomes.iter().collect();
    let with_strangers = groups(&all, &split).into_iter().flat_map(|group| {
        let is_touched = group.paths.iter().any(|path| strangers.contains(path));
        if is_touched { group.paths } else { Vec::new() }
    });
    let gone: HashSet<Arc<Path>> = with_strangers.collect();
    let left = |outcome: &Outcome| {
        let paths = outcome.files.iter().map(|file| Arc::clone(&file.path)).filter(|path| !gone.contains(path));
        Outcome { files_scanned: outcome.files_scanned, ..restricted(outcome, &paths.collect()) }
    };
    Ok((outcomes.iter().map(left).collect(), committed, reasons))
}

/// A changed file as the commit has it, or why that is another.
fn as_committed(
    git: &Git,
    files: &HashMap<String, TreeFile>,
    file: &FileOutcome,
) -> anyhow::Result<Result<(TreeFile, Stored), &'static str>> {
    let name = match name_in(git, file) {
        Ok(name) => name,
        Err(why) => return Ok(Err(why)),
    };
    let Some(known) = files.get(&name) else {
        let is_ignored = git.ignores(Path::new(&name));
        let unknown = "git does not know it (it is untracked, or in a submodule; run `pr` in that)";
        return Ok(Err(if is_ignored { "git ignores it" } else { unknown }));
    };
    let Some(source) = &file.source else { return Ok(Err("it was not read")) };
    let stored = git.stored(known, &source.to_bytes().map_err(anyhow::Error::msg)?)?;
    let differs = "it differs from the commit, which git was told to pass over (skip-worktree or assume-unchanged)";
    Ok(stored.map(|stored| (known.clone(), stored)).ok_or(differs))
}

/// How many findings no fix is carried out for.
fn left_to_humans(outcome: &Outcome) -> usize {
    let is_carried_out = |finding: &Finding| finding.fix.as_ref().is_some_and(|fix| outcome.carries_out(fix));
    outcome.findings().filter(|(_, finding)| !finding.is_information() && !is_carried_out(finding)).count()
}

/// A file's name as git has it, or why it has none.
fn name_in(git: &Git, file: &FileOutcome) -> Result<String, &'static str> {
    let root = git.root().canonicalize().unwrap_or_else(|_| git.root().to_owned());
    let below = file.path.strip_prefix(&root).or_else(|_| file.path.strip_prefix(git.root()));
    let below = below.map_err(|_| "it is in another repository")?;
    Ok(below.to_str().ok_or("its name is no UTF-8")?.replace('\\', "/"))
}

impl Making<'_> {
    /// Makes or shows all branches; whether none failed. They have nothing to do with each other, so that one that fails keeps none of the
    /// others from being made.
    fn all(&self, arguments: &CommandLine, branches: &[Branch]) -> anyhow::Result<bool> {
        let mut is_done = true;
        let mut failed = |branch: &Branch, error: &anyhow::Error| {
            is_done = false;
            let _ = writeln!(super::terminal::stderr(), "cascade-fix: {}: {error:#}", branch.name);
        };
        for branch in branches {
            let (state, tips) = match self.state(branch) {
                Ok(found) => found,
                Err(error) => {
                    failed(branch, &error);
                    continue;
                }
            };
            if self.options.dry_run {
                self.print_plan(branch, &state)?;
                continue;
            }
            if let Err(error) = self.make(arguments, branch, &state, &tips) {
                // the text is there to be used by hand
                failed(branch, &error);
            }
            self.give_text(branch, branches.len())?;
        }
        Ok(is_done)
    }

    /// What is said where there is no branch to make.
    fn nothing(&self) -> String {
        let information = self.outcomes.last().map_or(0, |outcome| outcome.totals().information);
        match self.outcomes.last().map_or(0, left_to_humans) {
            0 if information > 0 => format!(
                "Nothing to change: no branch was made. Information alone, as the product does not run under asyncio: {information}, which \
                 `cascade-fix check` lists."
            ),
            0 => "Nothing to change: no branch was made.".to_owned(),
            number => format!(
                "Nothing to change: no branch was made. Held back or for a human: {number}, which `cascade-fix check` lists."
            ),
        }
    }

    /// Names branches of earlier runs that are not of this one.
    fn tell_of_others(&self, arguments: &CommandLine, branches: &[Branch]) -> anyhow::Result<()> {
        for (name, tip) in self.git.branches(&self.options.branch)? {
            let is_one = branches.iter().any(|branch| branch.name == name);
            let is_ours = || self.git.read_commit(&tip).is_ok_and(|commit| is_made_by_us(&commit));
            if !is_one && !self.git.is_ancestor(&tip, &self.head) && is_ours() {
                tell(
                    arguments,
                    &format!("{name} is of another run and was left as it is; delete it where it is not wanted."),
                );
            }
        }
        Ok(())
    }

    fn groups(&self) -> anyhow::Result<Vec<Group>> {
        let root = self.git.root();
        let owners = match (self.options.split_by, CodeOwners::of_repository(root)) {
            (SplitBy::Codeowners, None) => {
                bail!("there is no CODEOWNERS file in .github, the root, docs or .gitlab to split by")
            }
            (_, owners) => owners.unwrap_or_default(),
        };
        let split = Split {
            by: self.options.split_by,
            max_files: self.options.max_files.map(|most| most.get()),
            owners,
            root: root.to_owned(),
            about: self.common.named_paths().join(" "),
        };
        Ok(groups(&self.outcomes.iter().collect::<Vec<_>>(), &split))
    }

    /// What SQLAlchemy says of all changes together, where it is to be asked.
    ///
    /// # Errors
    /// It refutes them.
    fn verify(&self, arguments: &CommandLine, working_directory: &Path) -> anyhow::Result<Option<Verification>> {
        if !self.options.ask.is_wanted() {
            return Ok(None);
        }
        let Some(outcome) = self.outcomes.last() else { return Ok(None) };
        let root = super::root()?;
        let verification = verify::of_pending(arguments, outcome, &self.options.ask, &root, working_directory)?;
        if !verification.is_proven() {
            let mut out = super::terminal::stderr();
            write_verification(crate::report::VerificationFormat::Text, &verification, false, &mut out)?;
            bail!("the changes are not proven; no branch was made");
        }
        Ok(Some(verification))
    }

    fn branch(&self, group: &Group) -> anyhow::Result<Branch> {
        let paths: HashSet<Arc<Path>> = group.paths.iter().cloned().collect();
        let parts: Vec<Outcome> = self.outcomes.iter().map(|outcome| restricted(outcome, &paths)).collect();
        let outcome = parts.last().cloned().unwrap_or_default();
        let commands = [self.command(group, false), self.command(group, true)];
        let kinds = [CommitKind::Safe, CommitKind::Unsafe];
        let about = group.about.as_deref();
        let mut commits: Vec<PlannedCommit> = Vec::new();
        let mut before = self.git.read_commit(&self.head)?.tree;
        for ((part, kind), command) in parts.iter().zip(kinds).zip(&commands) {
            let tree = self.git.tree_with(&self.head, &self.changed(part)?)?;
            if tree != before {
                commits.push(PlannedCommit {
                    kind,
                    text: commit_text(kind, about, command, outcome.may_run_under_asyncio()),
                    tree: tree.clone(),
                });
                before = tree;
            }
        }
        let command = &commands[parts.len() - 1];
        let elsewhere = self.outcomes.last().map_or(0, |all| left_to_humans(all) - left_to_humans(&outcome));
        let verification = self.verification.as_ref();
        let request = PullRequest { outcome: &outcome, command, elsewhere, verification };
        let text = pull_request_text(&request);
        let title = commits.first().and_then(|commit| commit.text.lines().next()).unwrap_or_default().to_owned();
        let name = format!("{}/{}", self.options.branch, group.slug);
        Ok(Branch { name, title, text, command: command.clone(), outcome, commits })
    }

    /// The files of an outcome that are changed, as they are to be.
    fn changed(&self, outcome: &Outcome) -> anyhow::Result<Vec<TreeFile>> {
        let mut files = Vec::new();
        for file in &outcome.files {
            let (Status::Changed(changed), Some((known, stored))) = (&file.status, self.committed.get(&file.path))
            else {
                continue;
            };
            files.push(self.git.changed(known, &changed.to_bytes().map_err(anyhow::Error::msg)?, *stored)?);
        }
        Ok(files)
    }

    /// The command that makes the changes of a group.
    fn command(&self, group: &Group, with_unsafe: bool) -> String {
        let is_split = self.options.split_by != SplitBy::None || self.options.max_files.is_some();
        let is_asked = |path: &Arc<Path>| {
            let files = self.outcomes.iter().flat_map(|outcome| &outcome.files).filter(|file| file.path == *path);
            let has_fix = |file: &FileOutcome| file.findings.iter().any(|finding| finding.fix.is_some());
            self.committed.contains_key(path) || files.into_iter().any(has_fix)
        };
        let paths = (is_split || self.common.since.is_some()).then(|| {
            let paths = group.paths.iter().filter(|path| is_asked(path));
            let names = paths.map(|path| path.strip_prefix(self.git.root()).unwrap_or(path));
            names.map(|name| name.to_string_lossy().replace('\\', "/")).collect::<Vec<_>>()
        });
        self.common.command_line_of("fix", paths.as_deref(), Some(with_unsafe))
    }

    /// The text on stdout, or in a file of the folder that is named.
    fn give_text(&self, branch: &Branch, number: usize) -> anyhow::Result<()> {
        match &self.options.text_dir {
            Some(folder) => {
                let file = folder.join(format!("{}.md", branch.name.replace('/', "-")));
                super::write_file(&file, |out| out.write_all(branch.text.as_bytes()))
            }
            None => print(|_, out| {
                if number > 1 {
                    writeln!(out, "<!-- {} -->\n", branch.name)?;
                }
                write!(out, "{}", branch.text)
            }),
        }
    }

    /// All that would be done.
    fn print_plan(&self, branch: &Branch, state: &BranchState) -> anyhow::Result<()> {
        let what = match state {
            BranchState::New => format!("would be made, from {}", &self.head[..12.min(self.head.len())]),
            BranchState::Same { .. } => "is up to date".to_owned(),
            BranchState::Old => format!("would be updated, from {}", &self.head[..12.min(self.head.len())]),
        };
        let mut steps = Vec::new();
        if self.is_pushed() {
            steps.push(format!("git push {} {}", quoted(&self.options.remote), quoted(&branch.name)));
        }
        if let Some(destination) = &self.destination {
            steps.push(format!("open or update a pull request into {}: {}", destination.base, branch.title));
        }
        print(|color, out| {
            writeln!(out, "Branch {} {what}.", branch.name)?;
            for (index, commit) in branch.commits.iter().enumerate() {
                writeln!(out, "\nCommit {}:\n", index + 1)?;
                for line in commit.text.lines() {
                    writeln!(out, "    {line}")?;
                }
            }
            if self.options.blame_ignore_revs {
                writeln!(
                    out,
                    "\nCommit {}: the names of those above in {BLAME_IGNORE_REVS}",
                    branch.commits.len() + 1
                )?;
            }
            writeln!(out)?;
            write_patch(&branch.outcome, &PatchFolder::at(self.git.root()), color, out)?;
            writeln!(out, "\nText:\n\n{}", branch.text)?;
            steps.iter().try_for_each(|step| writeln!(out, "Then: {step}"))
        })
    }
}
