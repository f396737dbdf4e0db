//! What others embed: the Python package, completions, the manual, hooks.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::common::folder_with;

const BINARY: &str = env!("CARGO_BIN_EXE_cascade-fix");

const COMMANDS: [&str; 11] =
    ["diff", "check", "fix", "verify", "graph", "pr", "config", "explain", "rules", "completions", "man"];

fn output(command: &mut Command) -> String {
    let run = command.output().unwrap();
    assert!(run.status.success(), "{command:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// Python with the package and the program.
fn python() -> Command {
    let mut python = Command::new("python3");
    let folders = [Path::new(BINARY).parent().unwrap().to_owned()];
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(folders.into_iter().chain(env::split_paths(&path))).unwrap();
    python
        .env("PATH", path)
        .env("PYTHONPATH", concat!(env!("CARGO_MANIFEST_DIR"), "/python"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

#[test]
fn each_shell_completes_all_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = output(Command::new(BINARY).args(["completions", shell]));
        for command in COMMANDS {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    let completed = "eval \"$(\"$0\" completions bash)\"; COMP_WORDS=(cascade-fix gr); COMP_CWORD=1; \
                     _cascade__fix cascade-fix gr cascade-fix; echo \"${COMPREPLY[@]}\"";
    assert_eq!(output(Command::new("bash").args(["-c", completed, BINARY])).trim(), "graph");
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let folder = folder_with(&[]);
    let pages = folder.path().join("made/man1");
    output(Command::new(BINARY).arg("man").arg(&pages));
    for command in COMMANDS {
        let page = std::fs::read_to_string(pages.join(format!("cascade-fix-{command}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{page}");
    }
}

#[test]
fn the_python_package_gives_what_the_program_says() {
    let mut python = python();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/embedding/api.py");
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/example");
    let printed = output(python.arg(script).current_dir(example));
    assert_eq!(printed.trim(), "['addresses', 'invoices', 'orders']");
}

#[test]
fn the_python_module_is_the_program() {
    let version = output(Command::new(BINARY).arg("--version"));
    assert_eq!(output(python().args(["-m", "cascade_fix", "--version"])), version);
    let run = python().args(["-m", "cascade_fix", "check", "--nope"]).output().unwrap();
    assert_eq!(run.status.code(), Some(2));
}
