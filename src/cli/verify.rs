//! The command `verify`: asks the project's own SQLAlchemy about the models before and after the change.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::args::{Arguments, AskOptions, Common, VerifyOptions};
use super::{CLEAN, FINDINGS, job, print, root, run_on_threads, start_threads};
use crate::git::Git;
use crate::outcome::{Outcome, Status};
use crate::report::write_verification;
use crate::verify::{Answer, Claim, Question, Verification, copy_project, facts};

/// A change: two copies of the project, and what is claimed of it.
struct Change {
    before: tempfile::TempDir,
    after: tempfile::TempDir,
    claims: Vec<Claim>,
    /// The change is carried out already.
    is_done: bool,
}

pub(super) fn verify(arguments: &Arguments, common: &Common, options: &VerifyOptions) -> anyhow::Result<u8> {
    ensure!(!common.reads_stdin(), "`verify` imports the project; it can't do that with standard input");
    ensure!(
        options.ask.is_asked(),
        "name what has the models: --import app.models, or --walk app for all modules below a package"
    );
    let working_directory = env::current_dir().context("can't tell the working directory")?;
    let root = root()?;
    let question = question(&options.ask, &root, &working_directory)?;
    start_threads(common.threads)?;
    let change = change(arguments, common, options, &root)?;
    let (before, after) = ask(&question, &change)?;
    if let Some(file) = &options.write_facts {
        write_facts(file, if change.is_done { &after } else { &before }, &root)?;
    }
    let verification = Verification::of(change.claims, &before, &after, common.unsafe_fixes);
    print(|color, out| write_verification(options.output_format, &verification, color, out))?;
    Ok(if verification.is_proven() { CLEAN } else { FINDINGS })
}

/// What SQLAlchemy says of fixes that are not written yet.
pub(super) fn of_pending(
    outcome: &Outcome,
    options: &AskOptions,
    root: &Path,
    working_directory: &Path,
) -> anyhow::Result<Verification> {
    let question = question(options, root, working_directory)?;
    let change = pending(outcome, root)?;
    let (before, after) = ask(&question, &change)?;
    Ok(Verification::of(change.claims, &before, &after, outcome.unsafe_fixes))
}

fn question(options: &AskOptions, root: &Path, working_directory: &Path) -> anyhow::Result<Question> {
    Ok(Question {
        python: interpreter(options, working_directory)?,
        imports: options.imports.clone(),
        walk: options.walk.clone(),
        timeout: Duration::from_secs(options.timeout),
        root: root.to_owned(),
        working_directory: working_directory.to_owned(),
    })
}

/// What SQLAlchemy says of the models before and after the change.
fn ask(question: &Question, change: &Change) -> anyhow::Result<(Answer, Answer)> {
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

fn change(arguments: &Arguments, common: &Common, options: &VerifyOptions, root: &Path) -> anyhow::Result<Change> {
    if options.base.is_none() {
        let outcome = run_on_threads(arguments, job(common, root)?)?;
        if outcome.files.iter().any(|file| matches!(file.status, Status::Changed(_))) {
            return pending(&outcome, root);
        }
    }
    since(arguments, common, options.base.as_deref(), root)
}

/// The fixes that are not written yet.
fn pending(outcome: &Outcome, root: &Path) -> anyhow::Result<Change> {
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
    Ok(Change { before, after, claims: Claim::all(outcome, root), is_done: false })
}

/// What changed since a commit: the work tree against the files as they were, which the run is repeated on.
fn since(arguments: &Arguments, common: &Common, base: Option<&str>, root: &Path) -> anyhow::Result<Change> {
    let (before, after) = (copy_project(root)?, copy_project(root)?);
    let git = Git::at(root);
    let commit = match base {
        Some(base) => git.named_commit(base)?,
        None => match git.commit("HEAD") {
            Some(commit) => commit,
            None => return Ok(Change { before, after, claims: Vec::new(), is_done: true }),
        },
    };
    // other files that git does not know may be what the code needs to be imported
    let untracked = git.untracked()?.into_iter().filter(|path| path.ends_with(".py"));
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
    Ok(Change { claims: Claim::all(&outcome, &copy), before, after, is_done: true })
}

/// Runs on a copy of the project, in the folder that is the working directory's copy.
fn run_in(arguments: &Arguments, common: &Common, root: &Path, copy: &Path) -> anyhow::Result<Outcome> {
    let working_directory = env::current_dir()?;
    let below = working_directory.strip_prefix(root).unwrap_or(Path::new(""));
    env::set_current_dir(copy.join(below)).context("the working directory was not there at that commit")?;
    let outcome = job(common, root).and_then(|job| run_on_threads(arguments, job));
    env::set_current_dir(working_directory)?;
    outcome
}

fn write_facts(file: &Path, answer: &Answer, root: &Path) -> anyhow::Result<()> {
    if !answer.failures.is_empty() {
        return Ok(());
    }
    let json = facts::to_json(answer, root)?;
    fs::write(file, json).with_context(|| format!("can't write {}", file.display()))
}
