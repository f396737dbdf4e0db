//! The command line.

mod command_line;
mod common;
mod misspelt;
mod options;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

use crate::report::{DocumentationFormat, GraphFormat, ListFormat};
use crate::settings::ConfigFormat;

pub(super) use command_line::quoted;
pub(super) use common::{Common, Judging, Means};
pub(super) use options::{AskOptions, Ending, PrOptions, Reports, StreamArguments, VerifyOptions};

use common::EVERYWHERE;

const STREAM_HELP: &str = "\
    Reads     {\"id\": …, \"path\": \"app/models.py\", \"content\": \"…\", \"repo\": \"shop\"}\n\
    Writes    {\"id\": …, \"path\": …, \"alone\": …, \"findings\": […], \"syntax_errors\": […], \"content\": …}\n\
    or        {\"id\": …, \"path\": …, \"skipped\": REASON}    or    {\"id\": …, \"line\": …, \"error\": REASON}\n\n\
    One line comes out for each that goes in, in the same order. Lines that follow each other with the same `repo` are one repository; \
    others are looked at alone.\n\
    Exit status: 0 all lines are answered, 2 wrong usage, or input or output failed.";

/// Finds SQLAlchemy cascades that include refresh-expire and writes the explicit list: where a relationship is not loaded eagerly, reading a
/// related object after `session.refresh(parent)` raises MissingGreenlet under asyncio because of it.
#[derive(Debug, Parser)]
#[command(
    name = "cascade-fix",
    version,
    after_help = "Exit status: 0 nothing to do (fix: applied), 1 something to change or for a human, 2 wrong usage or a failed file.\n\
                  Without a command, `diff` is run."
)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub ending: Ending,
    #[command(flatten)]
    pub common: Common,
    /// Print no summary and no progress; failed files are named all the same
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    pub quiet: bool,
    #[command(flatten, next_help_heading = EVERYWHERE)]
    pub color: colorchoice_clap::Color,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the patch of the safe fixes; writes nothing
    Diff {
        #[command(flatten)]
        ending: Ending,
        #[command(flatten)]
        common: Common,
    },
    /// Print the findings with their reasons; fixes nothing
    Check {
        #[command(flatten)]
        reports: Reports,
        #[command(flatten)]
        ending: Ending,
        #[command(flatten)]
        common: Common,
    },
    /// Apply the safe fixes
    Fix {
        /// Show each change with its reasons and ask what to do about it
        #[arg(short, long)]
        interactive: bool,
        /// Exit with 1 if a file was changed, or a finding is left, as commit hooks want it
        #[arg(long)]
        exit_non_zero_on_fix: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Ask the project's own SQLAlchemy whether the fixes do what they claim; writes nothing into the project
    #[command(after_help = "Exit status: 0 proven, 1 not proven, 2 wrong usage.\n\
                            Without --base, fixes that are not written yet are verified; if there are none, the work tree against git's HEAD.")]
    Verify {
        #[command(flatten)]
        options: VerifyOptions,
        #[command(flatten)]
        common: Common,
    },
    /// Print what is deleted with what: mapped classes, and the relationships whose delete cascades
    Graph {
        /// How to print it
        #[arg(long, value_name = "FORMAT", default_value = "mermaid")]
        format: GraphFormat,
        /// Write it to a file in place of stdout
        #[arg(long, value_name = "FILE")]
        output_file: Option<PathBuf>,
        #[command(flatten)]
        common: Common,
    },
    /// Make a branch with the fixes and the text of a pull request; the work tree is not touched
    #[command(after_help = "Exit status: 0 done, or nothing to do; 2 a branch was not made, or a file failed.\n\
                            With --import, --walk or --trace the fixes are verified first, and the result is in the text.")]
    Pr {
        #[command(flatten)]
        options: PrOptions,
        #[command(flatten)]
        common: Common,
    },
    /// Serve an editor over standard input and output, in the Language Server Protocol
    #[command(after_help = "Exit status: 0 the editor has ended it, 1 the editor has gone, 2 wrong usage.")]
    Lsp {
        /// Take the settings of this file for everything [default: for each file those of the nearest folder that has some]
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        #[command(flatten)]
        judging: Judging,
        #[command(flatten)]
        means: Means,
    },
    /// Answer each line of JSON on standard input, a file's text, with a line: its findings
    #[command(after_help = STREAM_HELP)]
    Stream {
        #[command(flatten)]
        options: StreamArguments,
        #[command(flatten)]
        judging: Judging,
        #[command(flatten)]
        means: Means,
    },
    /// Print the settings in force for a file or folder, and where each comes from
    Config {
        /// How to print them
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        output_format: ConfigFormat,
        /// Print the JSON schema of settings files instead
        #[arg(long)]
        schema: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Print what a diagnostic looks for, why, and what its fix changes
    Explain {
        /// Codes, prefixes of codes, or names
        #[arg(value_name = "CODE", required_unless_present = "all", conflicts_with = "all")]
        codes: Vec<String>,
        /// Explain every diagnostic
        #[arg(long)]
        all: bool,
        /// How to print it
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        output_format: DocumentationFormat,
    },
    /// List the diagnostics
    Rules {
        /// How to print them
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        output_format: ListFormat,
    },
    /// Print what completes these commands and their options in a shell
    #[command(
        after_help = "For bash: cascade-fix completions bash > ~/.local/share/bash-completion/completions/cascade-fix"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual's pages, one for each command
    Man {
        /// The folder for them, such as ~/.local/share/man/man1; it is made where it is missing
        folder: PathBuf,
    },
}

impl CommandLine {
    /// Commands, arguments and options.
    pub fn described() -> clap::Command {
        Self::command().mut_subcommands(|command| without_fixes(without_stdin(command)))
    }

    /// The process's arguments; ends the process where they are wrong, or ask for help.
    pub fn of_process() -> Self {
        let mut command = Self::described();
        let given: Vec<_> = std::env::args_os().collect();
        let matches = command.try_get_matches_from_mut(&given).unwrap_or_else(|error| {
            let is_no_option = matches!(error.kind(), ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand);
            match misspelt::command_for_arguments(&command, &given).filter(|_| is_no_option) {
                Some(meant) => refuse(&mut command, ErrorKind::InvalidSubcommand, misspelt::told(&given[1], &meant)),
                None => pointing_to_diff(error).exit(),
            }
        });
        if let Some(message) = misplaced(&matches) {
            refuse(&mut command, ErrorKind::ArgumentConflict, message);
        }
        let arguments = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let first = arguments.common.paths.first().filter(|_| arguments.command.is_none());
        if let Some((path, meant)) = first.and_then(|path| Some((path, misspelt::command_for_path(&command, path)?))) {
            refuse(&mut command, ErrorKind::InvalidSubcommand, misspelt::told(path.as_os_str(), &meant));
        }
        if let Some(message) = arguments.misplaced_reason(&given) {
            refuse(&mut command, ErrorKind::InvalidValue, message);
        }
        arguments.common().check_stdin(&mut command);
        arguments.common().check_diff_only(&mut command);
        if matches!(&arguments.command, Some(Command::Fix { interactive: true, common, .. }) if common.reads_stdin()) {
            let message = "--interactive reads answers where `-` reads the file; name the file by its path";
            refuse(&mut command, ErrorKind::ArgumentConflict, message.to_owned());
        }
        arguments
    }

    /// What is to be said of a reason that was taken for a path, as it is not joined to its option.
    fn misplaced_reason(&self, given: &[OsString]) -> Option<String> {
        let Some(Command::Check { reports: Reports { add_ignore: Some(_), .. }, .. }) = &self.command else {
            return None;
        };
        let reason = given.iter().skip_while(|word| *word != "--add-ignore").nth(1)?.to_string_lossy();
        let is_path = reason.starts_with('-') || Path::new(&*reason).exists();
        let joined = quoted(&format!("--add-ignore={reason}"));
        (!is_path).then(|| format!("there is no file or folder `{reason}`; a reason is joined to its option: {joined}"))
    }

    fn common(&self) -> &Common {
        match &self.command {
            None
            | Some(
                Command::Lsp { .. }
                | Command::Stream { .. }
                | Command::Explain { .. }
                | Command::Rules { .. }
                | Command::Completions { .. }
                | Command::Man { .. },
            ) => &self.common,
            Some(
                Command::Diff { common, .. }
                | Command::Check { common, .. }
                | Command::Fix { common, .. }
                | Command::Verify { common, .. }
                | Command::Graph { common, .. }
                | Command::Pr { common, .. }
                | Command::Config { common, .. },
            ) => common,
        }
    }
}

/// A command without the help for standard input, where it is about a repository.
fn without_stdin(command: clap::Command) -> clap::Command {
    if !matches!(command.get_name(), "pr" | "verify") {
        return command;
    }
    let paths = "Files and folders to check [default: the working directory]";
    command.mut_arg("paths", |arg| arg.help(paths)).mut_arg("stdin_filename", |arg| arg.hide(true))
}

/// The command as its help has it: what fixes nothing takes the options for fixes, as a script may give them to all, and
/// doesn't list them.
fn without_fixes(command: clap::Command) -> clap::Command {
    if command.get_name() != "graph" {
        return command;
    }
    ["unsafe_fixes", "profile", "layout", "lazy"]
        .into_iter()
        .fold(command, |command, id| command.mut_arg(id, |arg| arg.hide(true)))
}

/// An error that tells who wants to see changes first which command shows them.
fn pointing_to_diff(mut error: clap::Error) -> clap::Error {
    let unknown = error.get(ContextKind::InvalidArg);
    if matches!(unknown, Some(ContextValue::String(name)) if matches!(name.as_str(), "--dry-run" | "--diff")) {
        let tip = "`cascade-fix diff` shows what `cascade-fix fix` would write, and writes nothing";
        error.remove(ContextKind::SuggestedArg);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

/// Ends the process, which was asked for something that makes no sense.
fn refuse(command: &mut clap::Command, kind: ErrorKind, message: String) -> ! {
    command.error(kind, message).exit()
}

/// What is to be said of paths and options before a command: they would go unused, and belong behind it.
fn misplaced(matches: &ArgMatches) -> Option<String> {
    let is_general =
        |id: &str| matches!(id, "quiet" | "color" | "Common" | "Judging" | "Means" | "Color" | "Ending" | "Arguments");
    let given = |id: &&clap::Id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine);
    let id = matches.ids().filter(given).find(|id| !is_general(id.as_str()))?;
    let name = matches.subcommand_name()?;
    Some(format!("`{id}` stands before the command `{name}`; put it behind (a path `{name}` is `./{name}`)"))
}
