//! SQLAlchemy itself: what it makes of models.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

/// What `observe.py` answers to these entries, by their names.
pub fn observe(entries: &Value) -> BTreeMap<String, Value> {
    let mut python = Command::new(&*PYTHON)
        .arg("testdata/spellings/observe.py")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(entries.to_string().as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "observe.py fails");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// An interpreter that has SQLAlchemy.
pub fn python() -> &'static Path {
    &PYTHON
}

/// The interpreter of a virtual environment with what `requirements.txt` lists, made on first use.
static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let requirements = include_str!("../../../testdata/spellings/requirements.txt");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("spellings-venv");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let installed = folder.join("installed.txt");
    if std::fs::read_to_string(&installed).is_ok_and(|text| text == requirements) {
        return python;
    }
    run(
        "the tests need python3 with its venv module",
        Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder),
    );
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
    run("the tests need pip to install SQLAlchemy", pip.arg("testdata/spellings/requirements.txt"));
    std::fs::write(installed, requirements).unwrap();
    python
});

fn run(need: &str, command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{need}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{need}: {command:?} ends with {}:\n{said}", output.status);
}
