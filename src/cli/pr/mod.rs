//! The command `pr`: a branch for the fixes, its commits, and the text of its pull request. The work tree and its index are not touched.

mod branch;
mod host;

use std::collections::HashSet;
use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail, ensure};

use branch::{BLAME_IGNORE_REVS, Branch, Planned, State};
use host::Destination;

use super::args::{Arguments, Common, PrOptions, quoted};
use super::{CLEAN, FAILURE, job, print, run_on_threads, start_threads, verify};
use crate::Job;
use crate::git::{Git, TreeFile};
use crate::outcome::{FileOutcome, Finding, Outcome, Status};
use crate::pull_request::{CodeOwners, CommitKind, Group, Split, SplitBy, commit_message, groups, restricted};
use crate::report::{PullRequest, pull_request_text, write_patch, write_verification};
use crate::verify::Verification;

/// How many names an error lists.
const MOST_LISTED: usize = 10;

/// What is the same for all branches.
struct Making<'a> {
    common: &'a Common,
    options: &'a PrOptions,
    git: Git,
    /// The commit that the branches begin at.
    head: String,
    /// The outcome with the safe fixes, then that with all, if they are wanted.
    outcomes: Vec<Outcome>,
    verification: Option<Verification>,
    /// Where pull requests are opened, if they are.
    destination: Option<Destination>,
}

/// Runs the command.
///
/// # Errors
/// The work tree is not as it was committed, or a branch can't be made, pushed or proposed.
pub(super) fn pr(arguments: &Arguments, common: &Common, options: &PrOptions) -> anyhow::Result<u8> {
    ensure!(!common.reads_stdin(), "`pr` makes branches of a repository; it can't do that with standard input");
    let working_directory = env::current_dir().context("can't tell the working directory")?;
    let git = Git::around(&working_directory)?;
    let head = git.commit("HEAD").context("there is no commit yet that a branch could begin at")?;
    check_place(&git, &working_directory, options)?;
    check_clean(&git)?;
    let destination = options.create.then(|| Destination::of(&git, options)).transpose()?;
    start_threads(common.threads)?;
    let outcomes = outcomes(arguments, common, git.root())?;
    let (outcomes, left_out) = without_strangers(&git, &head, outcomes)?;
    left_out.iter().for_each(|reason| tell(arguments, reason));
    let mut making = Making { common, options, git, head, outcomes, verification: None, destination };
    let failed = making.outcomes.iter().any(|outcome| outcome.totals().files_failed > 0);
    let groups = making.groups()?;
    if groups.is_empty() {
        tell(arguments, "Nothing to change: no branch was made.");
        return Ok(if failed { FAILURE } else { CLEAN });
    }
    making.verification = making.verify(&working_directory)?;
    let branches = groups.iter().map(|group| making.branch(group)).collect::<anyhow::Result<Vec<_>>>()?;
    // one that can't be made keeps the others from being made
    let states = branches.iter().map(|branch| making.state(branch)).collect::<anyhow::Result<Vec<_>>>()?;
    for (branch, (state, known)) in branches.iter().zip(&states) {
        if options.dry_run {
            making.print_plan(branch, state)?;
        } else {
            making.make(arguments, branch, state, known)?;
            making.give_text(branch, branches.len())?;
        }
    }
    Ok(if failed { FAILURE } else { CLEAN })
}

fn tell(arguments: &Arguments, line: &str) {
    if !arguments.quiet {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}

/// Names in a message and a command are relative to the root; no report may be left in the work tree.
fn check_place(git: &Git, working_directory: &Path, options: &PrOptions) -> anyhow::Result<()> {
    let root = git.root().canonicalize().context("can't tell the root of the work tree")?;
    ensure!(
        working_directory.canonicalize()? == root,
        "`pr` is about the whole repository; run it in its root, {}",
        git.root().display()
    );
    for name in [Some(&options.branch), options.base.as_ref()].into_iter().flatten() {
        ensure!(git.is_branch_name(name), "`{name}` is no name for a branch");
    }
    let Some(folder) = &options.text_dir else { return Ok(()) };
    let absolute = folder.canonicalize().with_context(|| format!("{}: no such folder", folder.display()))?;
    ensure!(
        !absolute.starts_with(&root) || git.ignores(&absolute),
        "{} is in the work tree, and the text would be left there; name a folder elsewhere, or one that git ignores",
        folder.display()
    );
    Ok(())
}

fn check_clean(git: &Git) -> anyhow::Result<()> {
    let dirty = git.dirty()?;
    if dirty.is_empty() {
        return Ok(());
    }
    let more = dirty.len().saturating_sub(MOST_LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let listed = dirty.iter().take(MOST_LISTED).cloned().collect::<Vec<_>>().join(", ");
    bail!("the work tree has changes that are not committed: {listed}{more}; commit or stash them, and run again")
}

fn outcomes(arguments: &Arguments, common: &Common, root: &Path) -> anyhow::Result<Vec<Outcome>> {
    let mut job = Job { all_relationships: true, unsafe_fixes: false, ..job(common, root)? };
    let mut outcomes = vec![run_on_threads(arguments, &job)?];
    if common.unsafe_fixes {
        job.unsafe_fixes = true;
        outcomes.push(run_on_threads(arguments, &job)?);
    }
    Ok(outcomes)
}

/// The outcomes without the fixes of files that are no part of the commit, with those that need them; and why.
fn without_strangers(git: &Git, head: &str, outcomes: Vec<Outcome>) -> anyhow::Result<(Vec<Outcome>, Vec<String>)> {
    let mut strangers: HashSet<Arc<Path>> = HashSet::new();
    let mut reasons = Vec::new();
    let changed = outcomes.iter().flat_map(|outcome| &outcome.files);
    for file in changed.filter(|file| matches!(file.status, Status::Changed(_))) {
        let name = name_in(git, file);
        let known = name.as_ref().map(|name| git.file(head, name)).transpose()?.flatten();
        if known.is_none() && strangers.insert(Arc::clone(&file.path)) {
            let why = match name {
                Some(name) if git.ignores(Path::new(&name)) => "git ignores it",
                Some(_) => "git does not know it (it is untracked, or in a submodule; run `pr` in that)",
                None => "it is in another repository",
            };
            reasons.push(format!("{} is left out: {why}.", file.display));
        }
    }
    if strangers.is_empty() {
        return Ok((outcomes, reasons));
    }
    let split = Split { by: SplitBy::None, max_files: Some(1), owners: CodeOwners::default(), root: PathBuf::new() };
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
    Ok((outcomes.iter().map(left).collect(), reasons))
}

/// How many findings no fix is carried out for.
fn left_to_humans(outcome: &Outcome) -> usize {
    let is_carried_out = |finding: &Finding| finding.fix.as_ref().is_some_and(|fix| outcome.carries_out(fix));
    outcome.findings().filter(|(_, finding)| !is_carried_out(finding)).count()
}

/// A file's name as git has it; None where it is not below the root.
fn name_in(git: &Git, file: &FileOutcome) -> Option<String> {
    let root = git.root().canonicalize().ok()?;
    let below = file.path.strip_prefix(&root).or_else(|_| file.path.strip_prefix(git.root())).ok()?;
    Some(below.to_str()?.replace('\\', "/"))
}

impl Making<'_> {
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
        };
        Ok(groups(&self.outcomes.iter().collect::<Vec<_>>(), &split))
    }

    /// What SQLAlchemy says of all changes together, where it is to be asked.
    ///
    /// # Errors
    /// It refutes them.
    fn verify(&self, working_directory: &Path) -> anyhow::Result<Option<Verification>> {
        if !self.options.ask.is_asked() {
            return Ok(None);
        }
        let Some(outcome) = self.outcomes.last() else { return Ok(None) };
        let root = super::root()?;
        let verification = verify::of_pending(outcome, &self.options.ask, &root, working_directory)?;
        if !verification.is_proven() {
            let mut out = std::io::stderr().lock();
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
        let mut commits: Vec<Planned> = Vec::new();
        let mut before = self.git.of_commit(&self.head, "%T")?;
        for ((part, kind), command) in parts.iter().zip(kinds).zip(&commands) {
            let tree = self.git.tree_with(&self.head, &self.contents(part)?)?;
            if tree != before {
                commits.push(Planned { message: commit_message(kind, about, command, &tree), tree: tree.clone() });
                before = tree;
            }
        }
        let command = &commands[parts.len() - 1];
        let elsewhere = self.outcomes.last().map_or(0, |all| left_to_humans(all) - left_to_humans(&outcome));
        let verification = self.verification.as_ref();
        let request = PullRequest { outcome: &outcome, command, elsewhere, verification };
        let text = pull_request_text(&request);
        let title = commits.first().and_then(|commit| commit.message.lines().next()).unwrap_or_default().to_owned();
        let name = format!("{}/{}", self.options.branch, group.slug);
        Ok(Branch { name, title, text, command: command.clone(), outcome, commits })
    }

    /// The files of an outcome that are changed, as they are to be.
    fn contents(&self, outcome: &Outcome) -> anyhow::Result<Vec<(TreeFile, Vec<u8>)>> {
        let mut contents = Vec::new();
        for file in &outcome.files {
            let (Status::Changed(changed), Some(name)) = (&file.status, name_in(&self.git, file)) else { continue };
            let Some(known) = self.git.file(&self.head, &name)? else { continue };
            contents.push((known, changed.to_bytes().map_err(anyhow::Error::msg)?));
        }
        Ok(contents)
    }

    /// The command that makes the changes of a group.
    fn command(&self, group: &Group, with_unsafe: bool) -> String {
        let is_whole = self.options.split_by == SplitBy::None && self.options.max_files.is_none();
        let paths = (!is_whole).then(|| {
            let names = group.paths.iter().map(|path| path.strip_prefix(self.git.root()).unwrap_or(path));
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
    fn print_plan(&self, branch: &Branch, state: &State) -> anyhow::Result<()> {
        let what = match state {
            State::New => "would be made",
            State::Same => "is up to date",
            State::Old => "would be updated",
        };
        let mut steps = Vec::new();
        if self.is_pushed() {
            steps.push(format!("git push {} {}", quoted(&self.options.remote), quoted(&branch.name)));
        }
        if let Some(destination) = &self.destination {
            steps.push(format!("open or update a pull request into {}: {}", destination.base, branch.title));
        }
        print(|color, out| {
            writeln!(out, "Branch {} {what}, from {}.", branch.name, &self.head[..12.min(self.head.len())])?;
            for (index, commit) in branch.commits.iter().enumerate() {
                writeln!(out, "\nCommit {}:\n", index + 1)?;
                for line in commit.message.lines() {
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
            write_patch(&branch.outcome, color, out)?;
            writeln!(out, "\nText:\n\n{}", branch.text)?;
            steps.iter().try_for_each(|step| writeln!(out, "Then: {step}"))
        })
    }
}
