//! The options of single commands.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::pull_request::SplitBy;
use crate::report::{Format, VerificationFormat};
use crate::settings::name_of;
use crate::suppression::checked_reason;

/// Where findings go, and how.
#[derive(Debug, Args)]
pub(in crate::cli) struct Reports {
    /// How to print the findings
    #[arg(long, value_name = "FORMAT", default_value = "full")]
    pub output_format: Format,
    /// Write them to a file in place of stdout
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
    /// Write another report of the same run to a file, such as sarif=findings.sarif; can be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report)]
    pub output: Vec<(Format, PathBuf)>,
    /// Print the number of findings of each code in place of them
    #[arg(long)]
    pub statistics: bool,
    /// Tell in the JSON report which mapped classes the objects can be that sessions refresh, expire, merge and expunge
    #[arg(long)]
    pub calls: bool,
    /// Suppress all findings with comments, in place of printing them: `# cascade-fix: ignore[CAS001] -- REASON`
    #[arg(
        long,
        value_name = "REASON",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_parser = checked_reason,
        conflicts_with_all = ["output_format", "output_file", "output", "statistics", "write_baseline", "exit_zero"]
    )]
    pub add_ignore: Option<String>,
    /// Write all findings to a baseline, or bring one up to date, in place of printing them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["output_format", "output_file", "output", "statistics", "baseline"])]
    pub write_baseline: Option<PathBuf>,
}

/// What the answers to lines are.
#[derive(Debug, Args)]
pub(in crate::cli) struct StreamArguments {
    /// Add the text of a file after its safe fixes, where it changes
    #[arg(long)]
    pub fix: bool,
    /// Take the settings of this file [default: none, whatever stands in a repository]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// How a command ends that tells of findings.
#[derive(Debug, Clone, Copy, Args)]
pub(in crate::cli) struct Ending {
    /// Exit with 0 even if there are findings; still with 2 if something failed
    #[arg(long)]
    pub exit_zero: bool,
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
pub(in crate::cli) struct VerifyOptions {
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
pub(in crate::cli) struct PrOptions {
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
    /// Write each text to a file of this folder, which is made where there is none, in place of stdout
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
pub(in crate::cli) struct AskOptions {
    /// The interpreter that the project runs with [default: that of the active environment, or of .venv]
    #[arg(long, value_name = "FILE")]
    pub python: Option<PathBuf>,
    /// A module to import that has models, such as app.models
    #[arg(long = "import", value_name = "MODULE", value_delimiter = ',')]
    pub imports: Vec<String>,
    /// A package to import with all modules below
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',')]
    pub walk: Vec<String>,
    /// A command to run before and after the fix with SQLAlchemy watched, such as 'pytest -q tests/api': what a cascade expires and what raises
    #[arg(long, value_name = "COMMAND")]
    pub trace: Option<String>,
    /// How many seconds importing the models may take, and each run of --trace
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,
}

impl AskOptions {
    /// Whether something is to be proven.
    pub fn is_wanted(&self) -> bool {
        self.is_asked() || self.trace.is_some()
    }

    /// Whether something is to be imported.
    pub fn is_asked(&self) -> bool {
        !(self.imports.is_empty() && self.walk.is_empty())
    }
}
