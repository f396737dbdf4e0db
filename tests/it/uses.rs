//! What else a program does with a constant that is given to a relationship, in `testdata/uses.yml`: `program` prints the same before
//! and after `fix`, which changes `consts` where that can't be noticed, and else writes a list of its own for the relationship.
//!
//! `keeps` says that the constant stays, `by_hand` that somebody has to write the relationship's list; `value` is the relationship's.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::common::{read_tree, run_binary, sqlalchemy, write_tree};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    consts: String,
    value: String,
    #[serde(default)]
    files: BTreeMap<String, String>,
    program: String,
    #[serde(default)]
    keeps: bool,
    #[serde(default)]
    by_hand: bool,
}

type Files = BTreeMap<String, Vec<u8>>;

impl Case {
    fn files(&self) -> Files {
        let mut files = self.files.clone();
        files.insert("consts.py".to_owned(), self.consts.clone());
        files.insert("program.py".to_owned(), self.program.clone());
        files.insert("models.py".to_owned(), self.models());
        files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect()
    }

    fn models(&self) -> String {
        format!(
            "from sqlalchemy.orm import relationship\n\nimport consts\nfrom base import Base\n\n\nclass Parent(Base):\n    \
             children = relationship(\"Child\", cascade={})\n",
            self.value
        )
    }
}

/// What each program prints, or how it fails.
fn outputs(folders: &[std::path::PathBuf]) -> Vec<String> {
    const DRIVER: &str = "\
import contextlib, io, json, os, runpy, sys
outputs = []
for folder in sys.argv[1:]:
    known, path, arguments = set(sys.modules), list(sys.path), list(sys.argv)
    sys.path.insert(0, folder)
    sys.argv = ['program.py', 'OWNED']
    os.chdir(folder)
    sys.dont_write_bytecode = True
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            runpy.run_path('program.py', run_name='__main__')
    except Exception as error:
        out.write(f'failed: {error!r}')
    outputs.append(out.getvalue())
    for name in set(sys.modules) - known:
        del sys.modules[name]
    sys.path[:], sys.argv = path, arguments
print(json.dumps(outputs))
";
    let run = Command::new(sqlalchemy::python()).args(["-c", DRIVER]).args(folders).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap()
}

#[test]
fn a_program_prints_the_same_after_the_fix() {
    let text = std::fs::read_to_string("testdata/uses.yml").unwrap();
    let cases: Vec<Case> = ast_grep_config::from_str(&text).unwrap();
    assert!(cases.len() > 50);
    let scratch = tempfile::tempdir().unwrap();
    let folders: Vec<_> = (0..cases.len()).map(|index| scratch.path().join(index.to_string())).collect();
    for (case, folder) in cases.iter().zip(&folders) {
        write_tree(&case.files(), folder);
        std::fs::create_dir(folder.join(".git")).unwrap();
    }
    let before = outputs(&folders);
    run_binary(scratch.path(), &["fix", "--quiet"]);
    let fixed: Vec<Files> = folders.iter().map(|folder| read_tree(Path::new(folder))).collect();
    let after = outputs(&folders);
    run_binary(scratch.path(), &["fix", "--quiet"]);

    for (index, case) in cases.iter().enumerate() {
        let name = &case.name;
        assert!(!before[index].contains("failed: ") && !before[index].is_empty(), "{name}: {}", before[index]);
        assert_eq!(before[index], after[index], "{name}: the program prints something else after the fix");
        let is_kept = fixed[index]["consts.py"] == case.consts.as_bytes();
        assert_eq!(is_kept, case.keeps, "{name}: whether the constant stays");
        let has_own = fixed[index]["models.py"] != case.models().into_bytes();
        assert_eq!(has_own, case.keeps && !case.by_hand, "{name}: whether the relationship has a list of its own");
        let twice = read_tree(&folders[index]);
        assert!(twice == fixed[index], "{name}: a second fix changes something");
    }
}
