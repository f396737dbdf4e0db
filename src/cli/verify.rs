//! The command `verify`: asks the project's own SQLAlchemy about the models before and after the change.

use std::env;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;

use super::args::{AskOptions, CommandLine, Common, VerifyOptions};
use super::progress::told_while;
use super::{CLEAN, FINDINGS, job, print, root, run_on_threads, start_threads};
use crate::git::Git;
use crate::outcome::{Outcome, Status};
use crate::report::write_verification;
use crate::verify::trace::{Runs, Tracing, When};
use crate::verify::{Claim, Question, SqlalchemyAnswer, Verification, copy_project, facts};

/// A change: two copies of the project, and what is claimed of it.
struct BeforeAndAfter {
    before: TempDir,
    after: TempDir,
    claims: Vec<Claim>,
    /// The change is carried out already.
    is_done: bool,
}

pub(super) fn verify(arguments: &CommandLine, common: &Common, options: &VerifyOptions) -> anyhow::Result<u8> {
    ensure!(!common.reads_stdin(), "`verify` imports the project; it can't do that with standard input");
    ensure!(
        options.ask.is_wanted(),
        "name what has the models: --import app.models, or --walk app for all modules below a package; or what is to be watched: \
         --trace 'pytest -q'"
    );
    ensure!(
        options.ask.is_asked() || options.write_facts.is_none(),
        "--write-facts keeps what SQLAlchemy says of the models: name them with --import or --walk"
    );
    let working_directory = env::current_dir().context("can't tell the working directory")?;
    let root = root()?;
    start_threads(common.means.threads)?;
    let asking = Asking {
        options: &options.ask,
        root: &root,
        working_directory: &working_directory,
        is_shown: is_shown(arguments),
    };
    asking.check()?;
    let change = change(arguments, common, options, &root)?;
    let (verification, answers) = asking.prove(&change, common.judging.unsafe_fixes)?;
    if let Some((file, (before, after))) = options.write_facts.as_ref().zip(answers) {
        write_facts(file, if change.is_done { &after } else { &before }, &root)?;
    }
    print(|color, out| write_verification(options.output_format, &verification, color, out))?;
    Ok(if verification.is_proven() { CLEAN } else { FINDINGS })
}

/// What SQLAlchemy says of fixes that are not written yet.
pub(super) fn of_pending(
    arguments: &CommandLine,
    outcome: &Outcome,
    options: &AskOptions,
    root: &Path,
    working_directory: &Path,
) -> anyhow::Result<Verification> {
    let asking = Asking { options, root, working_directory, is_shown: is_shown(arguments) };
    Ok(asking.prove(&pending(outcome, root)?, outcome.unsafe_fixes)?.0)
}

/// Whether someone sees what is being done.
fn is_shown(arguments: &CommandLine) -> bool {
    !arguments.quiet && io::stderr().is_terminal()
}

/// Whom to ask, and where.
struct Asking<'a> {
    options: &'a AskOptions,
    root: &'a Path,
    working_directory: &'a Path,
    is_shown: bool,
}

impl Asking<'_> {
    /// What the models show, and the command that is watched; the answers about the models, too, where they are asked for.
    fn prove(
        &self,
        change: &BeforeAndAfter,
        may_warn_less: bool,
    ) -> anyhow::Result<(Verification, Option<(SqlalchemyAnswer, SqlalchemyAnswer)>)> {
        let answers = self.options.is_asked().then(|| ask(&self.question()?, change)).transpose()?;
        let asked = answers
            .as_ref()
            .map(|(before, after)| Verification::of(change.claims.clone(), before, after, may_warn_less));
        let tracing = self.tracing()?;
        let runs = tracing.as_ref().map(|tracing| self.runs(tracing, change)).transpose()?;
        let verification = match (asked, tracing.zip(runs)) {
            (Some(mut asked), Some((tracing, runs))) => {
                asked.add_runs(&tracing, runs, &change.claims);
                asked
            }
            (Some(asked), None) => asked,
            (None, Some((tracing, runs))) => Verification::of_runs(&tracing, runs, &change.claims),
            (None, None) => bail!("there is nothing to ask: --import, --walk or --trace"),
        };
        Ok((verification, answers))
    }

    fn runs(&self, tracing: &Tracing, change: &BeforeAndAfter) -> anyhow::Result<Runs> {
        Runs::of(|when| {
            let (when, copy) = match when {
                When::Before => ("before", &change.before),
                When::After => ("after", &change.after),
            };
            let what = format!("running `{}` {when} the fix", tracing.command);
            told_while(self.is_shown, what, || tracing.run(copy.path()))
        })
    }

    /// Complains of what is missing before anything is done.
    fn check(&self) -> anyhow::Result<()> {
        self.options.is_asked().then(|| self.question()).transpose().map(drop)
    }

    fn tracing(&self) -> anyhow::Result<Option<Tracing>> {
        let Some(command) = self.options.trace.clone() else { return Ok(None) };
        // the command may name an interpreter itself
        let python = match self.options.python {
            Some(_) => Some(interpreter(self.options, self.working_directory)?),
            None => interpreter(self.options, self.working_directory).ok(),
        };
        Ok(Some(Tracing {
            command,
            python,
            timeout: Duration::from_secs(self.options.timeout),
            root: self.root.to_owned(),
            working_directory: self.working_directory.to_owned(),
        }))
    }

    fn question(&self) -> anyhow::Result<Question> {
        Ok(Question {
            python: interpreter(self.options, self.working_directory)?,
            imports: self.options.imports.clone(),
            walk: self.options.walk.clone(),
            timeout: Duration::from_secs(self.options.timeout),
            root: self.root.to_owned(),
            working_directory: self.working_directory.to_owned(),
        })
    }
}

/// What SQLAlchemy says of the models before and after the change.
fn ask(question: &Question, change: &BeforeAndAfter) -> anyhow::Result<(SqlalchemyAnswer, SqlalchemyAnswer)> {
    let (before, after) = thread::scope(|scope| {
        let before = scope.spawn(|| question.ask(change.before.path()));
        let after = question.ask(change.after.path());
        (before.join(), after)
    });
    Ok((before.map_err(|_| anyhow::anyhow!("the first question failed"))??, after?))
}

/// The interpreter: the one that is named, else that of an environment.
fn interpreter(options: &AskOptions, working_directory: &Path) -> anyhow::Result<PathBuf> {
    let of_environment = |folder: PathBuf| {
        let names = ["bin/python", "Scripts/python.exe"];
        names.into_iter().map(|name| folder.join(name)).find(|python| python.is_file())
    };
    if let Some(python) = &options.python {
        // a bare name is looked for on the path
        let is_path = python.components().count() > 1;
        return Ok(if is_path { working_directory.join(python) } else { python.clone() });
    }
    let activated = env::var_os("VIRTUAL_ENV").map(PathBuf::from);
    let near = [".venv", "venv"].map(|name| working_directory.join(name));
    let found = activated.into_iter().chain(near).find_map(of_environment);
    found.context("no environment found; name the project's interpreter: --python .venv/bin/python")
}

fn change(
    arguments: &CommandLine,
    common: &Common,
    options: &VerifyOptions,
    root: &Path,
) -> anyhow::Result<BeforeAndAfter> {
    if options.base.is_none() {
        let outcome = run_on_threads(arguments, job(common, root)?)?;
        if outcome.files.iter().any(|file| matches!(file.status, Status::Changed(_))) {
            return pending(&outcome, root);
        }
    }
    since(arguments, common, options.base.as_deref(), root)
}

/// The fixes that are not written yet.
fn pending(outcome: &Outcome, root: &Path) -> anyhow::Result<BeforeAndAfter> {
    let (before, after) = (copy_project(root)?, copy_project(root)?);
    for file in &outcome.files {
        let Status::Changed(changed) = &file.status else { continue };
        let below = file
            .path
            .strip_prefix(root)
            .map_err(|_| anyhow::anyhow!("{} is outside of the repository; run `verify` in its own", file.display))?;
        fs::write(after.path().join(below), changed.to_bytes().map_err(anyhow::Error::msg)?)
            .with_context(|| format!("can't write a copy of {}", file.display))?;
    }
    Ok(BeforeAndAfter { before, after, claims: Claim::all(outcome, root), is_done: false })
}

/// What changed since a commit: the work tree against the files as they were, which the run is repeated on.
fn since(arguments: &CommandLine, common: &Common, base: Option<&str>, root: &Path) -> anyhow::Result<BeforeAndAfter> {
    let (before, after) = (copy_project(root)?, copy_project(root)?);
    let git = Git::at(root);
    let commit = match base {
        Some(base) => git.named_commit(base)?,
        None => match git.commit("HEAD") {
            Some(commit) => commit,
            None => return Ok(BeforeAndAfter { before, after, claims: Vec::new(), is_done: true }),
        },
    };
    // other files that git does not know may be what the code needs to be imported
    let untracked = git.untracked()?.into_iter().filter(|path| path.extension().is_some_and(|suffix| suffix == "py"));
    for path in git.changed_since(&commit)?.into_iter().chain(untracked) {
        let to = before.path().join(&path);
        match git.content(&commit, &path) {
            Ok(bytes) => {
                if let Some(folder) = to.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::write(&to, bytes)?;
            }
            // it was not there
            Err(_) => match fs::remove_file(&to) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            },
        }
    }
    let copy = before.path().canonicalize()?;
    let outcome = run_in(arguments, common, root, &copy)?;
    Ok(BeforeAndAfter { claims: Claim::all(&outcome, &copy), before, after, is_done: true })
}

/// Runs on a copy of the project, in the folder that is the working directory's copy.
fn run_in(arguments: &CommandLine, common: &Common, root: &Path, copy: &Path) -> anyhow::Result<Outcome> {
    let working_directory = env::current_dir()?;
    let below = working_directory.strip_prefix(root).unwrap_or(Path::new(""));
    env::set_current_dir(copy.join(below)).context("the working directory was not there at that commit")?;
    let outcome = job(common, root).and_then(|job| run_on_threads(arguments, job));
    env::set_current_dir(working_directory)?;
    outcome
}

fn write_facts(file: &Path, answer: &SqlalchemyAnswer, root: &Path) -> anyhow::Result<()> {
    if !answer.failures.is_empty() {
        return Ok(());
    }
    let json = facts::to_json(answer, root)?;
    fs::write(file, json).with_context(|| format!("can't write {}", file.display()))
}
