//! A command and a copy of the project go in; how the command ended there, and what SQLAlchemy did meanwhile, comes out.

use std::collections::VecDeque;
use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Serialize;
use tempfile::TempDir;

use super::events::Seen;
use crate::verify::ask::REDIRECT;
use crate::verify::copy::link_environments;
use crate::verify::process::{Ended, run_to_its_end};

/// What Python finds before the program: the first is imported by itself.
const PROGRAMS: [(&str, &str); 6] = [
    ("sitecustomize.py", include_str!("../python/sitecustomize.py")),
    ("cascade_fix_events.py", include_str!("../python/cascade_fix_events.py")),
    ("cascade_fix_finder.py", include_str!("../python/cascade_fix_finder.py")),
    ("cascade_fix_redirect.py", REDIRECT),
    ("cascade_fix_results.py", include_str!("../python/cascade_fix_results.py")),
    ("cascade_fix_watch.py", include_str!("../python/cascade_fix_watch.py")),
];

/// What is run, and how.
#[derive(Debug)]
pub struct Tracing {
    /// The command, as a shell reads it.
    pub command: String,
    /// The project's interpreter: its programs come before others.
    pub python: Option<PathBuf>,
    /// How long it may take.
    pub timeout: Duration,
    /// The folder of the repository, absolute.
    pub root: PathBuf,
    /// The folder below it in which the command runs.
    pub working_directory: PathBuf,
}

/// One run of the command.
#[derive(Debug)]
pub struct TracedRun {
    /// How it ended.
    pub ended: Ended,
    /// How long it took.
    pub took: Duration,
    /// The last lines that it printed.
    pub output: Vec<String>,
    /// What was seen.
    pub seen: Seen,
}

#[derive(Serialize)]
struct TraceJob<'a> {
    original: &'a Path,
    copy: &'a Path,
    events: &'a Path,
}

impl Tracing {
    /// Runs the command in a copy of the project.
    ///
    /// # Errors
    /// No shell can be started, a temporary file can't be written or read, or someone interrupts. How the command fails is part of the result.
    pub fn run(&self, copy: &Path) -> anyhow::Result<TracedRun> {
        let folder = TempDir::with_prefix("cascade-fix-").context("can't make a temporary folder")?;
        let folder_path = folder.path().canonicalize().context("can't find the temporary folder")?;
        let copy = copy.canonicalize().context("can't find the copy of the project")?;
        let below = self.working_directory.strip_prefix(&self.root).unwrap_or(Path::new(""));
        for part in [Path::new(""), below] {
            link_environments(&self.root.join(part), &copy.join(part))?;
        }
        let events = folder_path.join("events.jsonl");
        let job = TraceJob { original: &self.root, copy: &copy, events: &events };
        fs::write(folder_path.join("job.json"), serde_json::to_vec(&job)?)?;
        PROGRAMS.iter().try_for_each(|(name, text)| fs::write(folder_path.join(name), text))?;
        let (ended, took, output) = self.watched(&folder_path, &copy.join(below))?;
        let shown = |line: String| line.replace(&format!("{}/", copy.display()), "");
        let seen = match File::open(&events) {
            Ok(file) => Seen::read(BufReader::new(file)).context("can't read what was watched")?,
            // no process wrote anything
            Err(_) => Seen::default(),
        };
        Ok(TracedRun { ended, took, output: output.into_iter().map(shown).collect(), seen })
    }

    fn watched(&self, folder: &Path, working_directory: &Path) -> anyhow::Result<(Ended, Duration, VecDeque<String>)> {
        let mut command = shell(&self.command);
        command
            .current_dir(working_directory)
            .envs(self.environment(folder)?)
            // the shell's idea of the folder, which some programs take for it
            .env("PWD", working_directory);
        let began = Instant::now();
        let what = "can't start a shell for the command of --trace";
        let (ended, lines) = run_to_its_end(command, self.timeout, || what.to_owned())?;
        Ok((ended, began.elapsed(), lines))
    }

    fn environment(&self, folder: &Path) -> anyhow::Result<Vec<(&'static str, OsString)>> {
        let before = |first: &Path, name: &str| {
            let rest = env::var_os(name).filter(|value| !value.is_empty());
            let rest = rest.iter().flat_map(env::split_paths).collect::<Vec<_>>();
            env::join_paths([first.to_owned()].into_iter().chain(rest)).with_context(|| format!("can't add to {name}"))
        };
        let mut variables = vec![
            ("PYTHONPATH", before(folder, "PYTHONPATH")?),
            // uv would install the copy into the project's own environment
            ("UV_NO_SYNC", "1".into()),
        ];
        let programs = self.python.as_deref().filter(|python| python.components().count() > 1).and_then(Path::parent);
        if let Some(programs) = programs {
            variables.push(("PATH", before(programs, "PATH")?));
        }
        Ok(variables)
    }
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt;

    let mut shell = Command::new("cmd");
    // cmd has its own way to read quotes
    shell.arg("/C").raw_arg(command);
    shell
}
