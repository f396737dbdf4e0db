//! Arguments go in; an exit status comes out. Everything that touches terminal and disk is called from here.

mod add_ignore;
mod args;
mod baseline;
mod bases;
mod changed;
mod config;
mod documentation;
mod interactive;
mod lsp;
mod pr;
mod progress;
mod stream;
mod terminal;
mod verify;

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use anyhow::{Context, bail, ensure};

use crate::analysis::{Analysis, Reach, Request, Unsaved};
use crate::apply;
use crate::checks::OF_MODULES;
use crate::discover::WalkOptions;
use crate::disk::work_tree_around;
use crate::graph::DeleteGraph;
use crate::interruption::Interruption;
use crate::outcome::{FileOutcome, Fix, Outcome, Status};
use crate::policy::first_of;
use crate::replace;
use crate::report::{
    Applied, Format, GraphFormat, PatchFolder, write_failures, write_findings, write_graph, write_patch,
    write_statistics, write_summary,
};
use crate::repository::{PathBase, Repositories};
use crate::settings::{Overrides, name_of};
use crate::verify::facts::Facts;

use args::{Command, CommandLine, Common, Ending, Reports};
use bases::Based;
use foldhash::HashSet;

/// Nothing to do.
const CLEAN: u8 = 0;
/// Something to change, or for a human.
const FINDINGS: u8 = 1;
/// Wrong usage, or a file failed.
const FAILURE: u8 = 2;

/// How many files an error names.
const MOST_NAMED: usize = 5;

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let arguments = CommandLine::of_process();
    match dispatch(&arguments) {
        Ok(status) => ExitCode::from(status),
        Err(error) if is_broken_pipe(&error) => ExitCode::from(CLEAN),
        Err(error) => {
            let _ = writeln!(terminal::stderr(), "cascade-fix: {error:#}");
            ExitCode::from(FAILURE)
        }
    }
}

/// The reader of the output has gone, as `head` does: no failure of ours.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}

fn dispatch(arguments: &CommandLine) -> anyhow::Result<u8> {
    arguments.color.write_global();
    match &arguments.command {
        None => diff(arguments, &arguments.common, arguments.ending),
        Some(Command::Diff { common, ending }) => diff(arguments, common, *ending),
        Some(Command::Check { common, reports: Reports { add_ignore: Some(reason), .. }, .. }) => {
            add_ignore::add(arguments, common, reason)
        }
        Some(Command::Check { common, reports: Reports { write_baseline: Some(file), .. }, .. }) => {
            baseline::write(arguments, common, file)
        }
        Some(Command::Check { common, reports, ending }) => check(arguments, common, reports, *ending),
        Some(Command::Fix { common, exit_non_zero_on_fix, interactive: true }) => {
            interactive::fix(arguments, common, *exit_non_zero_on_fix)
        }
        Some(Command::Fix { common, exit_non_zero_on_fix, .. }) => fix(arguments, common, *exit_non_zero_on_fix),
        Some(Command::Verify { common, options }) => verify::verify(arguments, common, options),
        Some(Command::Pr { common, options }) => pr::pr(arguments, common, options),
        Some(Command::Graph { common, format, output_file }) => {
            graph(arguments, common, *format, output_file.as_deref())
        }
        Some(Command::Lsp { config, judging, means }) => lsp::lsp(config.as_deref(), judging, means),
        Some(Command::Stream { options, judging, means }) => stream::stream(options, judging, means),
        Some(Command::Config { schema: true, .. }) => config::schema(),
        Some(Command::Config { common, output_format, .. }) => config::config(common, *output_format),
        Some(Command::Explain { codes, all, output_format }) => documentation::explain(codes, *all, *output_format),
        Some(Command::Rules { output_format }) => documentation::rules(*output_format),
        Some(Command::Completions { shell }) => documentation::completions(*shell),
        Some(Command::Man { folder }) => documentation::man(folder),
    }
}

fn diff(arguments: &CommandLine, common: &Common, ending: Ending) -> anyhow::Result<u8> {
    let outcome = run(arguments, common)?;
    let folder = PatchFolder::at(&working_directory()?);
    let outside = folder.outside(&outcome);
    if outside.is_empty() || io::stdout().is_terminal() {
        print(|color, out| write_patch(&outcome, &folder, color, out))?;
    }
    summarize(arguments, common, &outcome, None, true)?;
    if !outside.is_empty() {
        bail!(unappliable(&outcome, &outside));
    }
    Ok(status(&outcome, ending))
}

/// Why a patch can't be applied where it was made, and what to do.
fn unappliable(outcome: &Outcome, outside: &[&FileOutcome]) -> String {
    let changed = outcome.files.iter().filter(|file| matches!(file.status, Status::Changed(_)));
    let mut above = outside[0].path.parent().unwrap_or(&outside[0].path);
    for file in changed {
        above = above.ancestors().find(|folder| file.path.starts_with(folder)).unwrap_or(above);
    }
    let above = work_tree_around(above).unwrap_or(above);
    let named = first_of(outside, MOST_NAMED, |file| file.display.clone());
    format!(
        "{named}: not below the working directory, and `git apply` and `patch` change nothing elsewhere; run this in {}, \
         or let `cascade-fix fix` write it",
        above.display()
    )
}

fn check(arguments: &CommandLine, common: &Common, reports: &Reports, ending: Ending) -> anyhow::Result<u8> {
    let format = reports.output_format;
    ensure!(
        !reports.statistics || format.has_statistics(),
        "--statistics has no format `{}`; print the numbers as full, json or jsonl, and the findings by --output {0}=FILE",
        name_of(&format)
    );
    let formats: Vec<Format> = reports.output.iter().map(|(format, _)| *format).chain([format]).collect();
    ensure!(
        !reports.calls || formats.iter().any(|format| format.tells_calls()),
        "--calls adds to the report as json alone; give --output-format json, or --output json=FILE"
    );
    let mut job = job(common, &root()?)?;
    job.request.all_relationships = formats.iter().any(|format| format.shows_all_relationships());
    job.request.calls = reports.calls;
    let based = Based::run(arguments, job, &formats)?;
    for (format, file) in &reports.output {
        write_file(file, |out| write_findings(*format, based.of(*format), false, out))?;
    }
    let outcome = based.of(format);
    let write = |color, out: &mut dyn Write| match reports.statistics {
        true => write_statistics(format, outcome, out),
        false => write_findings(format, outcome, color, out),
    };
    match &reports.output_file {
        Some(file) => write_file(file, |out| write(false, out))?,
        None => print(write)?,
    }
    summarize(arguments, common, based.of(Format::Full), None, false)?;
    Ok(status(outcome, ending))
}

fn graph(arguments: &CommandLine, common: &Common, format: GraphFormat, file: Option<&Path>) -> anyhow::Result<u8> {
    let mut job = job(common, &root()?)?;
    job.request.all_relationships = true;
    let outcome = run_job(arguments, job)?;
    let graph = DeleteGraph::of(&outcome);
    if graph.graph.edge_count() == 0 && !arguments.quiet {
        writeln!(terminal::stderr(), "No delete cascades here: the graph is empty.")?;
    }
    match file {
        Some(file) => write_file(file, |out| write_graph(format, &graph, out))?,
        None => print(|_, out| write_graph(format, &graph, out))?,
    }
    Ok(if outcome.totals().files_failed > 0 { FAILURE } else { CLEAN })
}

fn fix(arguments: &CommandLine, common: &Common, exit_non_zero_on_fix: bool) -> anyhow::Result<u8> {
    let job = job(common, &root()?)?;
    let unsaved = job.reach.unsaved.first().cloned();
    let mut outcome = run_job(arguments, job)?;
    let written = write_files(&mut outcome)?;
    let is_done = |fix: &Fix| outcome.carries_out(fix) && fix.edits.iter().all(|edit| written.contains(&edit.path));
    let findings = outcome.findings().filter(|(_, finding)| finding.fix.as_ref().is_some_and(is_done)).count();
    let applied = Applied { findings, files: written.len(), left: 0 };
    print(|_, out| match &unsaved {
        Some(unsaved) => write_filtered(&outcome, unsaved, out),
        None => write_paths(&outcome, out),
    })?;
    summarize(arguments, common, &outcome, Some(applied), true)?;
    Ok(status_of_fix(&outcome, applied, exit_non_zero_on_fix))
}

/// Writes the changed files, and says which were; the others fail. A filter's file is only looked at. Who interrupts is told of what was
/// written until then.
fn write_files(outcome: &mut Outcome) -> anyhow::Result<HashSet<Arc<Path>>> {
    let interruption = Interruption::listen().context("can't listen to signals")?;
    let mut written: HashSet<Arc<Path>> = HashSet::default();
    for file in &mut outcome.files {
        let (Status::Changed(changed), Some(source)) = (&file.status, &file.source) else { continue };
        let result = match &outcome.unsaved {
            Some(_) => apply::still_parses(source, changed).map(|()| 0),
            None if interruption.came() => Err("it was not written: interrupted".to_owned()),
            None => apply::write(&file.path, source, changed).map(|replaced| replaced.other_links),
        };
        match result {
            Ok(other_links) => {
                written.insert(Arc::clone(&file.path));
                tell_links(&file.display, other_links);
            }
            Err(reason) => file.status = Status::Failed(reason),
        }
    }
    Ok(written)
}

/// A replaced file is one of its own.
fn tell_links(file: &str, other_links: u64) {
    if other_links > 0 {
        let s = if other_links == 1 { "" } else { "s" };
        let _ = writeln!(
            terminal::stderr(),
            "{file}: it had {other_links} other hard link{s}; what they name has the old text"
        );
    }
}

/// `as_hook` asks whether something was changed, or is left for someone.
fn status_of_fix(outcome: &Outcome, applied: Applied, as_hook: bool) -> u8 {
    let is_left = || outcome.findings().filter(|(_, finding)| !finding.is_information()).count() > applied.findings;
    match outcome.totals().files_failed {
        0 if as_hook && (applied.files > 0 || is_left()) => FINDINGS,
        0 => CLEAN,
        _ => FAILURE,
    }
}

fn write_paths(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let mut written = outcome.files.iter().filter(|file| matches!(file.status, Status::Changed(_)));
    written.try_for_each(|file| writeln!(out, "{}", file.display))
}

/// What a filter has to give out: the file on standard input after the fixes, whatever became of it.
fn write_filtered(outcome: &Outcome, unsaved: &Unsaved, out: &mut dyn Write) -> io::Result<()> {
    match outcome.unsaved.as_ref().and_then(|path| outcome.files.iter().find(|file| file.path == *path)) {
        Some(FileOutcome { status: Status::Changed(changed), .. }) => {
            out.write_all(&changed.to_bytes().map_err(io::Error::other)?)
        }
        _ => out.write_all(&unsaved.bytes),
    }
}

fn run(arguments: &CommandLine, common: &Common) -> anyhow::Result<Outcome> {
    run_job(arguments, job(common, &root()?)?)
}

fn working_directory() -> anyhow::Result<PathBuf> {
    std::env::current_dir().context("can't tell the working directory")
}

/// The root of the repository around the working directory.
fn root() -> anyhow::Result<PathBuf> {
    let working_directory = working_directory()?;
    Ok(Repositories::new(&working_directory).of(&working_directory.join("models.py")).root().to_owned())
}

/// What the command line asks for.
struct Job {
    reach: Reach,
    request: Request,
}

/// What the command line asks for. Facts are about the repository with the root.
fn job(common: &Common, root: &Path) -> anyhow::Result<Job> {
    job_with(common, common.overrides(), root)
}

/// The same with something else in place of settings.
fn job_with(common: &Common, overrides: Overrides, root: &Path) -> anyhow::Result<Job> {
    let changed = changed::changes(common)?;
    let (paths, changed_lines) =
        changed.map_or_else(|| (common.paths(), None), |changed| (changed.files, changed.lines));
    let walk = WalkOptions {
        no_ignore: common.no_ignore,
        no_force_exclude: common.no_force_exclude,
        are_changed: common.since.is_some() || common.staged,
        threads: common.means.threads,
    };
    let settings = Arc::new(config::lookup(common, overrides)?);
    let facts = common.facts.as_ref().map(|file| Facts::read(file, root)).transpose()?;
    let unsaved = common.reads_stdin().then(|| unsaved(common)).transpose()?.into_iter().collect();
    Ok(Job {
        reach: Reach { paths, unsaved, walk, settings, base: PathBase::default(), unseen: None, checks: OF_MODULES },
        request: Request {
            unsafe_fixes: common.judging.unsafe_fixes,
            lazy: common.lazy,
            only: common.only,
            facts,
            changed_lines,
            ..Request::default()
        },
    })
}

/// The file on standard input.
fn unsaved(common: &Common) -> anyhow::Result<Unsaved> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).context("can't read standard input")?;
    Ok(Unsaved { path: common.stdin_filename().cloned(), bytes })
}

fn run_job(arguments: &CommandLine, job: Job) -> anyhow::Result<Outcome> {
    start_threads(job.reach.walk.threads)?;
    while_shown(arguments, |counter| only_outcome(job, counter))
}

/// Once for each process; 0 is one for each core.
fn start_threads(number: usize) -> anyhow::Result<()> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(number);
    threads.build_global().context("can't start the threads")
}

fn run_on_threads(arguments: &CommandLine, job: Job) -> anyhow::Result<Outcome> {
    while_shown(arguments, |counter| Ok(Analysis::of(job.reach, counter)?.outcome(&job.request)?))
}

/// The outcome of an analysis that is asked for one. Its memory goes when the process ends: to give it back piece by piece takes longer.
fn only_outcome(job: Job, counter: &AtomicUsize) -> anyhow::Result<Outcome> {
    Ok(ManuallyDrop::new(Analysis::of(job.reach, counter)?).outcome(&job.request)?)
}

/// Shows on a terminal how many files are read so far.
fn while_shown<T>(arguments: &CommandLine, work: impl FnOnce(&AtomicUsize) -> T) -> T {
    progress::shown_while(!arguments.quiet && io::stderr().is_terminal(), work)
}

/// Prints to stdout: in colour on a terminal (or as `--color` says), else byte for byte.
fn print(write: impl FnOnce(bool, &mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    let stdout = io::stdout();
    let color = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    let mut out = terminal::stdout();
    write(color, &mut out).and_then(|()| out.flush()).context("can't write to stdout")
}

/// Writes a file in one step: it is never there in part. A link stays one, and what is no file, such as a pipe, is written to.
fn write_file(file: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    write(&mut bytes)
        .and_then(|()| {
            if fs::metadata(file).is_ok_and(|known| !known.is_file()) {
                return fs::OpenOptions::new().write(true).open(file)?.write_all(&bytes);
            }
            replace::write(file, &bytes)
        })
        .with_context(|| format!("can't write {}", file.display()))
}

fn summarize(
    arguments: &CommandLine,
    common: &Common,
    outcome: &Outcome,
    applied: Option<Applied>,
    show_manual: bool,
) -> anyhow::Result<()> {
    let mut out = terminal::stderr();
    let written = match arguments.quiet {
        true => write_failures(outcome, &mut out),
        false => write_summary(outcome, applied, &common.command_line("fix"), show_manual, &mut out),
    };
    written.and_then(|()| out.flush()).context("can't write to stderr")
}

fn status(outcome: &Outcome, ending: Ending) -> u8 {
    match outcome.totals() {
        totals if totals.files_failed > 0 => FAILURE,
        _ if ending.exit_zero => CLEAN,
        totals if totals.fixable_safe + totals.fixable_unsafe + totals.manual > 0 => FINDINGS,
        _ => CLEAN,
    }
}
