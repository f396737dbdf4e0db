//! What `--help` says of each command, and what is said of a command that is misspelt.

use std::path::Path;

use crate::common::{folder_with, run_binary};

const COMMANDS: [&str; 9] = ["diff", "check", "fix", "verify", "graph", "pr", "config", "explain", "rules"];

fn help(arguments: &[&str]) -> String {
    let run = run_binary(Path::new("."), arguments);
    assert_eq!(run.status.code(), Some(0), "{arguments:?}");
    String::from_utf8(run.stdout).unwrap()
}

/// The headings with the long options below each.
fn sections(help: &str) -> Vec<(String, Vec<String>)> {
    let mut sections: Vec<(String, Vec<String>)> = Vec::new();
    for line in help.lines() {
        if let Some(title) = line.strip_suffix(':').filter(|title| !title.starts_with(' ')) {
            sections.push((title.to_owned(), Vec::new()));
        }
        let option = line.split_whitespace().find(|word| word.starts_with("--"));
        let is_first = |option: &&str| line.trim_start().split(", ").any(|part| part.trim().starts_with(option));
        if let (Some(option), Some((_, options))) = (option.filter(is_first), sections.last_mut()) {
            options.push(option.to_owned());
        }
    }
    sections
}

#[test]
fn the_help_of_a_command_begins_with_its_own_options() {
    let general = ["--select", "--exclude", "--config", "--unsafe-fixes", "--threads", "--quiet", "--color"];
    for command in COMMANDS {
        let sections = sections(&help(&[command, "--help"]));
        let first = sections.iter().find(|(title, _)| title != "Arguments").unwrap();
        assert_eq!(first.0, "Options", "{command}");
        assert!(first.1.iter().any(|option| option == "--help"), "{command}");
        assert!(!first.1.iter().any(|option| general.contains(&option.as_str())), "{command}: {first:?}");
        let all = sections.iter().flat_map(|(_, options)| options);
        assert!(all.clone().any(|option| option == "--quiet"), "{command}");
    }
}

#[test]
fn the_short_help_is_a_part_of_the_long_one() {
    for command in COMMANDS {
        let options = |text: &str| sections(text).into_iter().flat_map(|(_, options)| options).collect::<Vec<String>>();
        let (short, long) = (help(&[command, "-h"]), help(&[command, "--help"]));
        let (short, long) = (options(&short), options(&long));
        assert!(short.iter().all(|option| long.contains(option)), "{command}: {short:?}");
        let has_common = long.iter().any(|option| option == "--select");
        assert_eq!(short.len() < long.len(), has_common, "{command}: the rarer options are in the long help alone");
    }
}

#[test]
fn standard_input_is_in_the_help_of_the_commands_that_read_it() {
    for (command, reads) in [("check", true), ("fix", true), ("pr", false), ("verify", false)] {
        let help = help(&[command, "--help"]);
        for part in ["standard input", "--stdin-filename"] {
            assert_eq!(help.contains(part), reads, "{command}: {part}");
        }
    }
}

#[test]
fn a_misspelt_command_is_told_with_the_one_that_is_meant() {
    let folder = folder_with(&[("chek", ""), ("app/models.py", "")]);
    let cases: [(&[&str], &str); 7] = [
        (&["chekc"], "`chekc`; did you mean `check`?"),
        (&["chekc", "app"], "`chekc`; did you mean `check`?"),
        (&["chekc", "--output-format", "json", "app"], "`chekc`; did you mean `check`?"),
        (&["verfy", "--walk", "app"], "`verfy`; did you mean `verify`?"),
        (&["exlain", "CAS001"], "`exlain`; did you mean `explain`?"),
        (&["fxi"], "`fxi`; did you mean `fix`?"),
        (&["check", "--outptu-format", "json"], "'--output-format'"),
    ];
    for (arguments, told) in cases {
        let run = run_binary(folder.path(), arguments);
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(told), "{arguments:?}: {said}");
    }
}

#[test]
fn a_path_that_is_like_a_command_is_a_path() {
    let folder = folder_with(&[("chekc/models.py", ""), ("app/models.py", "")]);
    assert_eq!(run_binary(folder.path(), &["chekc"]).status.code(), Some(0));
    for path in ["src", "app2", "tests"] {
        let said = String::from_utf8(run_binary(folder.path(), &[path]).stderr).unwrap();
        assert!(said.contains(&format!("{path}: no such file or folder")), "{said}");
    }
}
