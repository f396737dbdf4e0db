//! A copy of a project goes in; what SQLAlchemy says of its models comes out, asked in a process of its own.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use serde::Serialize;
use tempfile::TempDir;

use super::process::{Ended, run_to_its_end};
use super::{Failure, FailureKind, SqlalchemyAnswer};

const PROGRAM: &str = include_str!("python/ask.py");
/// What both programs import that run in a copy.
pub(super) const REDIRECT: &str = include_str!("python/cascade_fix_redirect.py");

/// How to ask.
#[derive(Debug)]
pub struct Question {
    /// The interpreter.
    pub python: PathBuf,
    /// The modules to import.
    pub imports: Vec<String>,
    /// The packages to import with all modules below.
    pub walk: Vec<String>,
    /// How long a process may take.
    pub timeout: Duration,
    /// The folder of the repository, absolute.
    pub root: PathBuf,
    /// The folder below it in which the process runs.
    pub working_directory: PathBuf,
}

#[derive(Serialize)]
struct PythonJob<'a> {
    original: &'a Path,
    copy: &'a Path,
    imports: &'a [String],
    walk: &'a [String],
    timeout: f64,
    progress: &'a Path,
    hung: &'a Path,
}

impl Question {
    /// Asks about a copy of the project.
    ///
    /// # Errors
    /// The interpreter can't be started, or a temporary file can't be written. What goes wrong in it is part of the answer.
    pub fn ask(&self, copy: &Path) -> anyhow::Result<SqlalchemyAnswer> {
        let folder = TempDir::new().context("can't make a temporary folder")?;
        let file = |name: &str| folder.path().join(name);
        let copy = copy.canonicalize().context("can't find the copy of the project")?;
        let job = PythonJob {
            original: &self.root,
            copy: &copy,
            imports: &self.imports,
            walk: &self.walk,
            timeout: self.timeout.as_secs_f64(),
            progress: &file("progress"),
            hung: &file("hung"),
        };
        fs::write(file("ask.py"), PROGRAM)?;
        fs::write(file("cascade_fix_redirect.py"), REDIRECT)?;
        fs::write(file("job.json"), serde_json::to_vec(&job)?)?;
        let (ended, printed) = self.run(folder.path(), &copy)?;
        if let Ok(answer) = fs::read(file("answer.json")) {
            return serde_json::from_slice(&answer).context("can't read what was asked of SQLAlchemy");
        }
        let module = fs::read_to_string(file("progress")).ok().filter(|module| !module.is_empty());
        let said = match ended {
            Ended::TimedOut(_) => {
                fs::read(file("hung")).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
            }
            Ended::With(_) => Vec::from(printed).join("\n"),
        };
        let said = said.replace(&format!("{}/", copy.display()), "");
        Ok(SqlalchemyAnswer { failures: vec![unanswered(ended, module, &said)], ..SqlalchemyAnswer::default() })
    }

    /// Runs the program over the copy, with its files in a folder.
    fn run(&self, folder: &Path, copy: &Path) -> anyhow::Result<(Ended, VecDeque<String>)> {
        let below = self.working_directory.strip_prefix(&self.root).unwrap_or(Path::new(""));
        let mut command = Command::new(&self.python);
        command
            .arg("-B")
            .args(["ask.py", "job.json", "answer.json"].map(|name| folder.join(name)))
            .current_dir(copy.join(below))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONIOENCODING", "utf-8");
        run_to_its_end(command, self.timeout, || {
            format!("can't start {}; name the project's interpreter with --python", self.python.display())
        })
    }
}

fn unanswered(ended: Ended, module: Option<String>, said: &str) -> Failure {
    const MOST_LINES: usize = 20;
    let lines: Vec<&str> = said.lines().collect();
    let (kind, error) = match ended {
        Ended::TimedOut(_) => (FailureKind::Timeout, "Timeout"),
        Ended::With(_) => (FailureKind::Ended, "SystemExit"),
    };
    let message = format!("the interpreter {}", ended.told());
    let traceback = lines[lines.len().saturating_sub(MOST_LINES)..].join("\n");
    Failure { kind, module, error: error.to_owned(), message, missing: None, traceback }
}
