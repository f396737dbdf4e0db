//! What most commands take: paths, and what is made of the findings there.

use std::path::PathBuf;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use clap::error::ErrorKind;

use crate::layout::Layout;
use crate::profile::Profile;
use crate::reach::Only;
use crate::settings::{Overrides, SettingsSource};
use crate::sqlalchemy::Lazy;
use crate::sqlalchemy::SqlalchemyVersion;

/// Each thread takes memory.
const MOST_THREADS: u64 = 1024;

/// Below what the help lists the options that go together.
const SELECTION: &str = "Which findings";
const FIXES: &str = "Fixes";
const FILES: &str = "Which files";
const SETTINGS: &str = "Settings";
pub(super) const EVERYWHERE: &str = "For every command";

/// What is looked for and what is done about it, wherever the texts come from.
#[derive(Debug, Args)]
pub(in crate::cli) struct Judging {
    /// Report these codes, prefixes of codes, or names only
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = SELECTION)]
    pub select: Vec<String>,
    /// Do not report these codes, prefixes of codes, or names
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = SELECTION)]
    pub ignore: Vec<String>,

    /// Carry out unsafe fixes too: those that change what someone can notice
    #[arg(long, help_heading = FIXES)]
    pub unsafe_fixes: bool,
    /// Which list to write [default: recommended]
    #[arg(long, value_name = "PROFILE", help_heading = FIXES)]
    pub profile: Option<Profile>,
    /// Whether statements that get too long are laid out again [default: fit]
    #[arg(long, value_name = "LAYOUT", help_heading = FIXES, hide_short_help = true)]
    pub layout: Option<Layout>,
    /// The SQLAlchemy version that the code runs with, such as 1.4 or 2.0.44
    #[arg(long, value_name = "VERSION", help_heading = FIXES, hide_short_help = true)]
    pub sqlalchemy_version: Option<SqlalchemyVersion>,
}

/// The rules and the threads that it is done with.
#[derive(Debug, Args)]
pub(in crate::cli) struct Means {
    /// Add the rules of a folder
    #[arg(long, value_name = "DIR", help_heading = SETTINGS, hide_short_help = true)]
    pub rules: Vec<PathBuf>,

    /// How many threads to use [default: one per core]
    #[arg(
        short = 'j',
        long,
        value_name = "NUMBER",
        value_parser = RangedU64ValueParser::<usize>::new().range(..=MOST_THREADS),
        default_value_t = 0,
        hide_default_value = true,
        help_heading = EVERYWHERE,
        hide_short_help = true
    )]
    pub threads: usize,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Common {
    /// Files and folders to check, or `-` for standard input [default: the working directory]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub judging: Judging,
    /// Report, and fix, only relationships that calls of refresh or expire reach today, or of these only where a read raises
    #[arg(long, value_name = "LEVEL", help_heading = SELECTION)]
    pub only: Option<Only>,
    /// Tell refresh-expire as information, and do nothing about it, where the product does not run under asyncio: the exit status is 0 then
    #[arg(long, help_heading = SELECTION)]
    pub require_asyncio: bool,

    /// Do not report, nor fix, what this file lists [default: that of the settings]; `check --write-baseline` writes it
    #[arg(long, value_name = "FILE", help_heading = SELECTION, conflicts_with = "no_baseline")]
    pub baseline: Option<PathBuf>,
    /// Report what a baseline of the settings lists too
    #[arg(long, help_heading = SELECTION, hide_short_help = true)]
    pub no_baseline: bool,
    /// Report, and fix, only what stands on changed lines; beside --since or --staged
    #[arg(long, help_heading = SELECTION)]
    pub diff_only: bool,

    /// Add this loader to fixed relationships that name none (an unsafe fix)
    #[arg(long, value_name = "LOADER", help_heading = FIXES, hide_short_help = true)]
    pub lazy: Option<Lazy>,
    /// Use what `verify --write-facts` wrote: what SQLAlchemy itself said of the relationships
    #[arg(long, value_name = "FILE", help_heading = FIXES, hide_short_help = true)]
    pub facts: Option<PathBuf>,

    /// Check only files that changed since the work tree left a revision of git, such as origin/main; those that git does not know too
    #[arg(long, value_name = "REV", conflicts_with = "staged", help_heading = FILES)]
    pub since: Option<String>,
    /// Check only files with staged changes
    #[arg(long, help_heading = FILES)]
    pub staged: bool,
    /// Leave out files and folders that match the glob (as in .gitignore)
    #[arg(long, value_name = "GLOB", value_delimiter = ',', help_heading = FILES)]
    pub exclude: Vec<String>,
    /// Do not respect ignore files, nor the default excludes (.venv, node_modules, build, …)
    #[arg(long, help_heading = FILES, hide_short_help = true)]
    pub no_ignore: bool,
    /// Check files that are named on the command line even if they are excluded
    #[arg(long, help_heading = FILES, hide_short_help = true)]
    pub no_force_exclude: bool,
    /// What the file on standard input is called: for messages, excludes, its kind and its repository
    #[arg(long, value_name = "NAME", help_heading = FILES, hide_short_help = true)]
    pub(super) stdin_filename: Option<PathBuf>,

    /// Take the settings of this file for everything [default: for each file those of the nearest folder that has some]
    #[arg(long, value_name = "FILE", conflicts_with = "isolated", help_heading = SETTINGS, hide_short_help = true)]
    pub config: Option<PathBuf>,
    /// Ignore all settings files
    #[arg(long, help_heading = SETTINGS, hide_short_help = true)]
    pub isolated: bool,
    #[command(flatten)]
    pub means: Means,
}

impl Judging {
    /// What it says in place of settings.
    pub fn overrides(&self, means: &Means) -> Overrides {
        Overrides {
            profile: self.profile,
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            rules: means.rules.clone(),
            layout: self.layout,
            sqlalchemy_version: self.sqlalchemy_version,
            ..Overrides::default()
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
            exclude: self.exclude.clone(),
            baseline: self.baseline.clone(),
            no_baseline: self.no_baseline,
            require_asyncio: self.require_asyncio,
            ..self.judging.overrides(&self.means)
        }
    }

    /// Where settings are looked for.
    pub fn settings_place(&self) -> SettingsSource {
        match &self.config {
            _ if self.isolated => SettingsSource::Isolated,
            Some(file) => SettingsSource::File(file.clone()),
            None => SettingsSource::Nearest,
        }
    }

    /// What that file is called.
    pub fn stdin_filename(&self) -> Option<&PathBuf> {
        self.stdin_filename.as_ref()
    }

    /// Ends the process where changed lines are asked for, and not since when.
    pub(super) fn check_diff_only(&self, command: &mut clap::Command) {
        if self.diff_only && self.since.is_none() && !self.staged {
            let message =
                "--diff-only is about what changed: add --since REV (such as --since origin/main) or --staged";
            command.error(ErrorKind::MissingRequiredArgument, message).exit();
        }
    }

    /// Ends the process where standard input is asked for in a way that makes no sense.
    pub(super) fn check_stdin(&self, command: &mut clap::Command) {
        let message = match (self.reads_stdin(), &self.stdin_filename) {
            (true, _) if self.paths.len() > 1 => "`-` stands for the only file; name no other path beside it",
            (false, Some(_)) => "--stdin-filename names the file on standard input; add the path `-`",
            _ => return,
        };
        command.error(ErrorKind::ArgumentConflict, message).exit();
    }
}
