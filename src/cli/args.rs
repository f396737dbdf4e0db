//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::layout::Layout;
use crate::policy::Profile;
use crate::pull_request::SplitBy;
use crate::report::{DocumentationFormat, Format, GraphFormat, ListFormat, VerificationFormat};
use crate::settings::{ConfigFormat, Overrides, Place, SqlalchemyVersion, name_of};
use crate::site::Lazy;

/// Finds SQLAlchemy cascades that are unsafe under asyncio and writes the explicit list.
#[derive(Debug, Parser)]
#[command(
    name = "cascade-fix",
    version,
    after_help = "Exit status: 0 nothing to do (fix: applied), 1 something to change or for a human, 2 wrong usage or a failed file.\n\
                  Without a command, `diff` is run."
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub color: colorchoice_clap::Color,
    /// Print no summary and no progress
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the patch of the safe fixes; writes nothing
    Diff(Common),
    /// Print the findings with their reasons; writes nothing
    Check {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        reports: Reports,
    },
    /// Apply the safe fixes
    Fix {
        #[command(flatten)]
        common: Common,
        /// Exit with 1 if a file was changed, as commit hooks want it
        #[arg(long)]
        exit_non_zero_on_fix: bool,
        /// Show each change with its reasons and ask what to do about it
        #[arg(short, long)]
        interactive: bool,
    },
    /// Ask the project's own SQLAlchemy whether the fixes do what they claim; writes nothing into the project
    #[command(after_help = "Exit status: 0 proven, 1 not proven, 2 wrong usage.\n\
                            Without --base, fixes that are not written yet are verified; if there are none, the work tree against git's HEAD.")]
    Verify {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        options: VerifyOptions,
    },
    /// Print what is deleted with what: mapped classes, and the relationships whose delete cascades
    Graph {
        #[command(flatten)]
        common: Common,
        /// How to print it
        #[arg(long, value_name = "FORMAT", default_value = "mermaid")]
        format: GraphFormat,
        /// Write it to a file in place of stdout
        #[arg(long, value_name = "FILE")]
        output_file: Option<PathBuf>,
    },
    /// Make a branch with the fixes and the text of a pull request; the work tree is not touched
    #[command(after_help = "Exit status: 0 done, or nothing to do; 2 a branch was not made, or a file failed.\n\
                            With --import or --walk the fixes are verified first, and the result is in the text.")]
    Pr {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        options: PrOptions,
    },
    /// Print the settings in force for a file or folder, and where each comes from
    Config {
        #[command(flatten)]
        common: Common,
        /// How to print them
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        output_format: ConfigFormat,
        /// Print the JSON schema of settings files instead
        #[arg(long)]
        schema: bool,
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
}

/// Where findings go, and how.
#[derive(Debug, Args)]
pub(super) struct Reports {
    /// How to print the findings
    #[arg(long, value_name = "FORMAT", default_value = "full")]
    pub output_format: Format,
    /// Write them to a file in place of stdout
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
    /// Write another report of the same run to a file, such as sarif=findings.sarif; can be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report)]
    pub output: Vec<(Format, PathBuf)>,
}

/// `sarif=findings.sarif`
fn report(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("a format and a file are missing: sarif=findings.sarif")?;
    if file.is_empty() {
        return Err(format!("a file is missing behind `{format}=`"));
    }
    let format = Format::from_str(format, false).map_err(|_| {
        let all: Vec<_> = Format::value_variants().iter().map(name_of).collect();
        format!("there is no format `{format}`; there are {}", all.join(", "))
    })?;
    Ok((format, PathBuf::from(file)))
}

#[derive(Debug, Args)]
pub(super) struct VerifyOptions {
    #[command(flatten)]
    pub ask: AskOptions,
    /// Verify what changed since this commit
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Keep what SQLAlchemy says of the relationships in a file for `--facts`
    #[arg(long, value_name = "FILE")]
    pub write_facts: Option<PathBuf>,
    /// How to print what is proven
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output_format: VerificationFormat,
}

#[derive(Debug, Args)]
pub(super) struct PrOptions {
    /// What the names of branches begin with
    #[arg(long, value_name = "PREFIX", default_value = "cascade-fix")]
    pub branch: String,
    /// By what the changes are split into several branches
    #[arg(long, value_name = "WHAT", default_value = "none")]
    pub split_by: SplitBy,
    /// How many files a branch changes at most; a shared constant and its uses stay together
    #[arg(long, value_name = "NUMBER")]
    pub max_files: Option<NonZeroUsize>,
    /// Push the branches
    #[arg(long)]
    pub push: bool,
    /// Push them, and open pull requests with gh or glab
    #[arg(long)]
    pub create: bool,
    /// Where they are pushed to
    #[arg(long, value_name = "NAME", default_value = "origin")]
    pub remote: String,
    /// The branch that pull requests go into [default: the one that is checked out]
    #[arg(long, value_name = "BRANCH")]
    pub base: Option<String>,
    /// Show what would be done: commits, patch, text; makes nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write each text to a file of this folder in place of stdout
    #[arg(long, value_name = "DIR")]
    pub text_dir: Option<PathBuf>,
    /// Add a commit that lists the others in .git-blame-ignore-revs
    #[arg(long)]
    pub blame_ignore_revs: bool,
    #[command(flatten)]
    pub ask: AskOptions,
}

/// What to ask the project's own SQLAlchemy.
#[derive(Debug, Args)]
pub(super) struct AskOptions {
    /// The interpreter that the project runs with [default: that of the active environment, or of .venv]
    #[arg(long, value_name = "FILE")]
    pub python: Option<PathBuf>,
    /// A module to import that has models, such as app.models
    #[arg(long = "import", value_name = "MODULE", value_delimiter = ',')]
    pub imports: Vec<String>,
    /// A package to import with all modules below
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',')]
    pub walk: Vec<String>,
    /// How many seconds importing the models may take
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,
}

impl AskOptions {
    /// Whether something is to be imported.
    pub fn is_asked(&self) -> bool {
        !(self.imports.is_empty() && self.walk.is_empty())
    }
}

#[derive(Debug, Args)]
pub(super) struct Common {
    /// Files and folders to check, or `-` for standard input [default: the working directory]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What the file on standard input is called: for messages, excludes, its kind and its repository
    #[arg(long, value_name = "NAME")]
    stdin_filename: Option<PathBuf>,
    /// Report these codes, prefixes of codes, or names only
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Do not report these codes, prefixes of codes, or names
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Which list to write [default: recommended]
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<Profile>,
    /// Carry out unsafe fixes too: those that change what someone can notice
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Add this loader to fixed relationships that name none (an unsafe fix)
    #[arg(long, value_name = "LOADER")]
    pub lazy: Option<Lazy>,
    /// Whether statements that get too long are laid out again [default: fit]
    #[arg(long, value_name = "LAYOUT")]
    pub layout: Option<Layout>,
    /// The SQLAlchemy version that the code runs with, such as 1.4 or 2.0.44
    #[arg(long, value_name = "VERSION")]
    pub sqlalchemy_version: Option<SqlalchemyVersion>,
    /// Use what `verify --write-facts` wrote: what SQLAlchemy itself said of the relationships
    #[arg(long, value_name = "FILE")]
    pub facts: Option<PathBuf>,
    /// Check only files that changed since the work tree left a revision of git, such as origin/main; those that git does not know too
    #[arg(long, value_name = "REV", conflicts_with = "staged")]
    pub since: Option<String>,
    /// Check only files with staged changes
    #[arg(long)]
    pub staged: bool,
    /// Take the settings of this file for everything [default: for each file those of the nearest folder that has some]
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub config: Option<PathBuf>,
    /// Ignore all settings files
    #[arg(long)]
    pub isolated: bool,
    /// Leave out files and folders that match the glob (as in .gitignore)
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub exclude: Vec<String>,
    /// Do not respect ignore files, nor the default excludes (.venv, node_modules, build, …)
    #[arg(long)]
    pub no_ignore: bool,
    /// Check files that are named on the command line even if they are excluded
    #[arg(long)]
    pub no_force_exclude: bool,
    /// Add the rules of a folder
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// How many threads to use [default: one per core]
    #[arg(short = 'j', long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    pub threads: usize,
}

impl Arguments {
    /// The process's arguments; ends the process where they are wrong, or ask for help.
    pub fn of_process() -> Self {
        let mut command = Self::command();
        let matches = command.get_matches_mut();
        // paths and options before a command would go unused: they belong behind it
        let is_general = |id: &str| matches!(id, "quiet" | "color" | "Common" | "Color" | "Arguments");
        let given = |id: &&clap::Id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine);
        let misplaced = matches.ids().filter(given).find(|id| !is_general(id.as_str()));
        if let (Some(name), Some(id)) = (matches.subcommand_name(), misplaced) {
            let message =
                format!("`{id}` stands before the command `{name}`; put it behind (a path `{name}` is `./{name}`)");
            command.error(ErrorKind::ArgumentConflict, message).exit();
        }
        let arguments = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        arguments.common().check_stdin(&mut command);
        if matches!(&arguments.command, Some(Command::Fix { interactive: true, common, .. }) if common.reads_stdin()) {
            let message = "--interactive reads answers where `-` reads the file; name the file by its path";
            command.error(ErrorKind::ArgumentConflict, message).exit();
        }
        arguments
    }

    fn common(&self) -> &Common {
        match &self.command {
            None | Some(Command::Explain { .. } | Command::Rules { .. }) => &self.common,
            Some(
                Command::Diff(common)
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

impl Common {
    /// The paths to check.
    pub fn paths(&self) -> Vec<PathBuf> {
        match &*self.paths {
            _ if self.reads_stdin() => Vec::new(),
            [] => vec![PathBuf::from(".")],
            paths => paths.to_vec(),
        }
    }

    /// The paths that are named, as they are shown.
    pub fn named_paths(&self) -> Vec<String> {
        self.paths.iter().map(|path| path.display().to_string()).collect()
    }

    /// Whether a file is checked that comes by standard input.
    pub fn reads_stdin(&self) -> bool {
        self.paths.iter().any(|path| path.as_os_str() == "-")
    }

    /// What it says in place of settings.
    pub fn overrides(&self) -> Overrides {
        Overrides {
            profile: self.profile,
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            exclude: self.exclude.clone(),
            rules: self.rules.clone(),
            layout: self.layout,
            sqlalchemy_version: self.sqlalchemy_version,
        }
    }

    /// Where settings are looked for.
    pub fn settings_place(&self) -> Place {
        match &self.config {
            _ if self.isolated => Place::Isolated,
            Some(file) => Place::File(file.clone()),
            None => Place::Nearest,
        }
    }

    /// What that file is called.
    pub fn stdin_filename(&self) -> Option<&PathBuf> {
        self.stdin_filename.as_ref()
    }

    /// Ends the process where standard input is asked for in a way that makes no sense.
    fn check_stdin(&self, command: &mut clap::Command) {
        let message = match (self.reads_stdin(), &self.stdin_filename) {
            (true, _) if self.paths.len() > 1 => "`-` stands for the only file; name no other path beside it",
            (false, Some(_)) => "--stdin-filename names the file on standard input; add the path `-`",
            _ => return,
        };
        command.error(ErrorKind::ArgumentConflict, message).exit();
    }

    /// The command line that runs another command on the same.
    pub fn command_line(&self, command: &str) -> String {
        self.command_line_of(command, None, None)
    }

    /// The same for other paths, and with or without unsafe fixes, where that is said.
    pub fn command_line_of(&self, command: &str, paths: Option<&[String]>, unsafe_fixes: Option<bool>) -> String {
        let mut words = vec!["cascade-fix".to_owned(), command.to_owned()];
        let list = |words: &mut Vec<String>, option: &str, values: &[String]| {
            if !values.is_empty() {
                words.extend([option.to_owned(), values.join(",")]);
            }
        };
        list(&mut words, "--select", &self.select);
        list(&mut words, "--ignore", &self.ignore);
        list(&mut words, "--exclude", &self.exclude);
        let named = [
            ("--profile", self.profile.as_ref().map(name_of)),
            ("--lazy", self.lazy.as_ref().map(name_of)),
            ("--layout", self.layout.as_ref().map(name_of)),
            ("--sqlalchemy-version", self.sqlalchemy_version.map(|version| version.to_string())),
            ("--facts", self.facts.as_ref().map(|file| file.display().to_string())),
            // other paths are those that it is about
            ("--since", self.since.clone().filter(|_| paths.is_none())),
            ("--config", self.config.as_ref().map(|file| file.display().to_string())),
        ];
        words.extend(named.into_iter().filter_map(|(option, value)| Some([option.to_owned(), value?])).flatten());
        let flags = [
            ("--unsafe-fixes", unsafe_fixes.unwrap_or(self.unsafe_fixes)),
            ("--staged", self.staged),
            ("--isolated", self.isolated),
            ("--no-ignore", self.no_ignore),
            ("--no-force-exclude", self.no_force_exclude),
        ];
        words.extend(flags.into_iter().filter(|(_, set)| *set).map(|(flag, _)| flag.to_owned()));
        for folder in &self.rules {
            words.extend(["--rules".to_owned(), folder.display().to_string()]);
        }
        if let Some(name) = &self.stdin_filename {
            words.extend(["--stdin-filename".to_owned(), name.display().to_string()]);
        }
        let own = || self.paths.iter().map(|path| path.display().to_string()).collect();
        let paths: Vec<String> = paths.map_or_else(own, <[String]>::to_vec);
        if paths.iter().any(|path| path.starts_with('-') && path != "-") {
            words.push("--".to_owned());
        }
        words.extend(paths);
        words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./,=:@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
