//! A word that was typed where a command or a path can stand goes in; the command comes out that was meant, if it is neither.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// The command that is meant by what was taken for the first path, which does not exist.
pub(super) fn command_for_path(command: &clap::Command, path: &Path) -> Option<String> {
    nearest(command, path.as_os_str())
}

/// The command that is meant by the process's first argument, where the arguments behind it are none of the program without a command.
pub(super) fn command_for_arguments(command: &clap::Command, arguments: &[OsString]) -> Option<String> {
    nearest(command, arguments.get(1)?)
}

/// What is said of it.
pub(super) fn told(given: &OsStr, meant: &str) -> String {
    let given = given.to_string_lossy();
    format!("there is no command, file or folder `{given}`; did you mean `{meant}`?")
}

fn nearest(command: &clap::Command, given: &OsStr) -> Option<String> {
    // in a short word, two letters make another word
    const SHORT: usize = 4;
    let word = given.to_str().filter(|word| !word.starts_with('-') && !Path::new(word).exists())?;
    let most_edits = if word.chars().count() > SHORT { 2 } else { 1 };
    let distance = |name: &str| strsim::damerau_levenshtein(word, name);
    let names = command.get_subcommands().map(clap::Command::get_name);
    let nearest = names.map(|name| (distance(name), name)).min()?;
    (1..=most_edits).contains(&nearest.0).then(|| nearest.1.to_owned())
}
