//! What others embed: the Python package, completions, the manual, the action.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::process::{Command, Output};

use serde::Deserialize;
use serde_json::Value;

use crate::common::folder_with;

pub const BINARY: &str = env!("CARGO_BIN_EXE_cascade-fix");

const COMMANDS: [&str; 13] = [
    "diff",
    "check",
    "fix",
    "verify",
    "graph",
    "pr",
    "config",
    "explain",
    "rules",
    "completions",
    "man",
    "lsp",
    "stream",
];

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
    let completed = "eval \"$(\"$0\" completions bash)\"; COMP_WORDS=(cascade-fix \"$@\"); COMP_CWORD=$#; \
                     _cascade__fix cascade-fix \"${COMP_WORDS[-1]}\" \"${COMP_WORDS[-2]}\"; echo \"${COMPREPLY[@]}\"";
    let words = [("gr", "graph"), ("check --output-fo", "--output-format"), ("fix --unsafe", "--unsafe-fixes")];
    for (line, last) in words {
        let mut bash = Command::new("bash");
        bash.args(["-c", completed, BINARY]).args(line.split(' '));
        assert_eq!(output(&mut bash).trim(), last);
    }
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

/// A step of `action.yml`.
#[derive(Deserialize)]
struct Step {
    name: String,
    run: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
}

/// Runs a step of the action, as a runner would: with what its `env` takes from the inputs, and the files that it writes to.
pub fn run_step(name: &str, folder: &Path, inputs: &[(&str, &str)]) -> Output {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/action.yml")).unwrap();
    let action: Value = ast_grep_config::from_str(&text).unwrap();
    let steps: Vec<Step> = serde_json::from_value(action["runs"]["steps"].clone()).unwrap();
    let step = steps.into_iter().find(|step| step.name == name).unwrap();
    let given = |input: &str| {
        let default = || action["inputs"][input]["default"].as_str().unwrap_or_default().to_owned();
        inputs.iter().find(|(key, _)| *key == input).map_or_else(default, |(_, value)| (*value).to_owned())
    };
    let mut shell = Command::new("bash");
    // what GitHub runs for `shell: bash`
    shell.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &step.run.unwrap()]).current_dir(folder.join("work"));
    for (key, value) in &step.env {
        let expression = value.trim_start_matches("${{ ").trim_end_matches(" }}");
        shell.env(key, given(expression.rsplit_once("inputs.").map_or(expression, |(_, input)| input)));
    }
    let binaries = Path::new(BINARY).parent().unwrap().to_owned();
    let path = env::var_os("PATH").unwrap();
    shell.env(
        "PATH",
        env::join_paths([folder.join("bin"), binaries].into_iter().chain(env::split_paths(&path))).unwrap(),
    );
    shell.env("RUNNER_TEMP", folder.join("temp"));
    shell.env("GITHUB_OUTPUT", folder.join("output")).env("GITHUB_STEP_SUMMARY", folder.join("summary"));
    shell.env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap()
}

const MODELS: &str = "from sqlalchemy.orm import relationship\nx = relationship('A', cascade='all')\n";

#[test]
fn the_action_annotates_and_tells_its_status() {
    let folder = folder_with(&[("work/app/models.py", MODELS), ("work/other.py", MODELS), ("temp/x", "")]);
    let run = run_step("Check", folder.path(), &[("paths", "app\n"), ("options", "--select=CAS0\n\n--isolated\n")]);
    let printed = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(run.status.code(), Some(0), "{printed}{}", String::from_utf8_lossy(&run.stderr));
    assert!(printed.starts_with("::warning") && printed.contains("file=app/models.py,line=2"), "{printed}");
    assert!(!printed.contains("other.py"), "{printed}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("summary").contains("app/models.py:2"), "{}", read("summary"));
    assert!(read("output").starts_with("status=1\n"), "{}", read("output"));
    let sarif: Value = serde_json::from_str(&read("temp/cascade-fix.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
    assert_eq!(run_step("Result", folder.path(), &[("steps.check.outputs.status", "1")]).status.code(), Some(1));
    let wrong = run_step("Check", folder.path(), &[("options", "--nope")]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("--nope"));
    // nothing of the inputs is code
    run_step(
        "Check",
        folder.path(),
        &[("paths", "$(touch pwned)`touch pwned`;touch pwned"), ("options", "; touch pwned")],
    );
    assert!(!folder.path().join("work/pwned").exists());
}

#[test]
fn the_action_opens_a_pull_request() {
    let folder = folder_with(&[("work/models.py", MODELS), ("temp/x", "")]);
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(folder.path().join("work")).env("GIT_CONFIG_GLOBAL", "/dev/null");
        output(git.args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(arguments))
    };
    git(&["init", "--quiet", "--initial-branch", "main"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "all"]);
    git(&["init", "--quiet", "--bare", "../remote.git"]);
    git(&["remote", "add", "origin", "../remote.git"]);
    git(&["push", "--quiet", "origin", "main"]);
    // what opens pull requests writes down what it is asked
    let gh = folder.path().join("bin/gh");
    std::fs::create_dir_all(gh.parent().unwrap()).unwrap();
    std::fs::write(&gh, "#!/bin/sh\necho \"$@\" >> \"$RUNNER_TEMP/asked\"\necho '[]'\n").unwrap();
    output(Command::new("chmod").arg("+x").arg(&gh));
    let run = run_step("Open the pull request", folder.path(), &[("token", "secret")]);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    let asked = std::fs::read_to_string(folder.path().join("temp/asked")).unwrap_or_default();
    assert!(asked.contains("pr create"), "{asked}\n{said}");
    let pushed = git(&["log", "-1", "--format=%an %s", "origin/cascade-fix/cascades"]);
    assert!(pushed.starts_with("github-actions[bot] List SQLAlchemy cascades"), "{pushed}");
    assert!(!said.contains("secret"), "{said}");
}
