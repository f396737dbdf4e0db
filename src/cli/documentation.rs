//! Codes and names of diagnostics go in, or a shell; their documentation is printed, or what it takes to complete the commands there.

use std::fs;
use std::path::Path;

use anyhow::Context;
use clap_complete::Shell;
use foldhash::HashSet;

use super::args::CommandLine;
use super::{CLEAN, print};
use crate::report::{DocumentationFormat, ListFormat, write_documentation, write_list};
use crate::rules::{Code, Diagnostic, Rules};

/// Prints the documentation of the diagnostics that are meant by codes, prefixes or names.
pub(super) fn explain(wanted: &[String], all: bool, format: DocumentationFormat) -> anyhow::Result<u8> {
    let rules = Rules::built_in()?;
    let named = wanted.iter().map(|name| rules.named(name)).collect::<Result<Vec<_>, _>>()?;
    let mut codes: Vec<Code> = named.into_iter().flatten().map(|diagnostic| diagnostic.code).collect();
    if all {
        codes = Code::ALL.to_vec();
    }
    let mut explained = HashSet::default();
    codes.retain(|code| explained.insert(*code));
    let explained: Vec<&Diagnostic> = codes.into_iter().filter_map(|code| rules.diagnostic(code)).collect();
    print(|color, out| write_documentation(format, &explained, color, out))?;
    Ok(CLEAN)
}

/// Prints the list of diagnostics.
pub(super) fn rules(format: ListFormat) -> anyhow::Result<u8> {
    let rules = Rules::built_in()?;
    print(|color, out| write_list(format, &rules.diagnostics().collect::<Vec<_>>(), color, out))?;
    Ok(CLEAN)
}

/// Prints the script that completes the commands in a shell.
pub(super) fn completions(shell: Shell) -> anyhow::Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::described(), env!("CARGO_PKG_NAME"), &mut script);
    if shell == Shell::Bash {
        // clap_complete 4.6 looks for what is below a program with a hyphen under another name than it has set
        script = String::from_utf8(script)?.replace("cascade__subcmd__fix__", "cascade__fix__").into_bytes();
    }
    print(|_, out| out.write_all(&script))?;
    Ok(CLEAN)
}

/// Writes the manual, a page for each command.
pub(super) fn man(folder: &Path) -> anyhow::Result<u8> {
    let failed = || format!("can't write the manual into {}", folder.display());
    fs::create_dir_all(folder).with_context(failed)?;
    clap_mangen::generate_to(CommandLine::described(), folder).with_context(failed)?;
    Ok(CLEAN)
}
