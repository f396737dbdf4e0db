//! Python that does not stand in a file of its own: in notebooks, in templates, on standard input.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::common::{read_tree, write_tree};
use cascade_fix::source::{Edit, EditError, Kind, Source, TemplateLanguage};
use cascade_fix::syntax::Tree;
use serde_json::{Value, json};

const UNSAFE: &str = "from sqlalchemy.orm import relationship\nposts = relationship(\"Post\", cascade=\"all\")\n";
const FIXED: &str =
    "from sqlalchemy.orm import relationship\nposts = relationship(\"Post\", cascade=\"save-update, merge, delete\")\n";

fn filter(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cascade-fix"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    write_tree(&files.collect(), folder.path());
    folder
}

fn notebook(cells: &[&str]) -> Source {
    let cells: Vec<Value> = cells.iter().map(|cell| json!({"cell_type": "code", "source": cell})).collect();
    Source::of_kind(Kind::Notebook, json!({ "cells": cells }).to_string().into_bytes()).unwrap()
}

/// The notebooks of the test data that are some, by path.
fn notebooks() -> Vec<(String, Source)> {
    let files = read_tree(Path::new("testdata/repositories/notebooks/before"));
    let read = |(name, bytes)| Some((name, Source::of_kind(Kind::Notebook, bytes).ok()?));
    let notebooks: Vec<_> = files.into_iter().filter_map(read).collect();
    assert!(notebooks.len() > 10);
    notebooks
}

#[test]
fn a_filter_gives_out_the_fixed_bytes_in_the_encoding_that_it_was_given() {
    let folder = folder(&[]);
    let heads: [(&[u8], &[u8]); 6] = [
        (b"", b""),
        (b"\xef\xbb\xbf", b""),
        (b"# coding: latin-1 \xe9\x85\n", b"# \xff"),
        (b"# coding: cp1252 \x80\n", b"# \x93"),
        (b"# coding: shift_jis \x83\x65\r\n", b"#"),
        ("# é 😀\n".as_bytes(), b""),
    ];
    for (head, tail) in heads {
        let with = |text: &str| [head, text.as_bytes(), tail].concat();
        for ending in ["\n", "\r\n", "\r"] {
            let (given, wanted) = (UNSAFE.replace('\n', ending), FIXED.replace('\n', ending));
            let run = filter(folder.path(), &["fix", "-", "--stdin-filename", "models.py"], &with(&given));
            assert_eq!(run.status.code(), Some(0));
            assert!(run.stdout == with(&wanted), "{:?}", String::from_utf8_lossy(&run.stdout));
            let again = filter(
                folder.path(),
                &["fix", "-", "--stdin-filename", "models.py", "--exit-non-zero-on-fix"],
                &run.stdout,
            );
            assert!((again.status.code(), &again.stdout) == (Some(0), &run.stdout));
        }
    }
    assert_eq!(
        filter(
            folder.path(),
            &["fix", "-", "--stdin-filename", "models.py", "--exit-non-zero-on-fix"],
            UNSAFE.as_bytes()
        )
        .status
        .code(),
        Some(1)
    );
    assert_eq!(read_tree(folder.path()).len(), 0);
}

/// Nobody knows which repository it is from: what may be elsewhere in that stays as it is.
#[test]
fn a_text_without_a_name_is_looked_at_alone() {
    let folder = folder(&[("others.py", "OWNED = 'all'\n")]);
    let given =
        "from sqlalchemy.orm import relationship\nOWNED = \"all\"\nposts = relationship(\"Post\", cascade=OWNED)\n";
    let wanted = given.replace("cascade=OWNED", "cascade=\"save-update, merge, expunge, delete\"");
    let run = filter(folder.path(), &["fix", "-"], given.as_bytes());
    assert_eq!(String::from_utf8_lossy(&run.stdout), wanted);
    let run = filter(folder.path(), &["fix", "-", "--stdin-filename", "models.py"], given.as_bytes());
    assert_eq!(String::from_utf8_lossy(&run.stdout), given.replace("\"all\"", "\"save-update, merge, delete\""));
}

#[test]
fn a_filter_gives_back_what_it_cannot_read() {
    let folder = folder(&[]);
    let cases: [(&str, &[u8], &str); 4] = [
        ("a.py", b"cascade=\xff", "not UTF-8"),
        ("a.py", b"# coding: klingon\ncascade=1\r\n\0", "klingon"),
        ("a.ipynb", b"{\"cells\": [cascade", "is no notebook"),
        ("build/a.py", UNSAFE.as_bytes(), "is excluded by `build/`"),
    ];
    for (name, bytes, reason) in cases {
        let (status, what) = if name.starts_with("build/") { (0, "Skipped") } else { (2, "Failed") };
        let run = filter(folder.path(), &["fix", "--stdin-filename", name, "-"], bytes);
        let told = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.code() == Some(status) && run.stdout == bytes, "{told}");
        assert!(told.starts_with(&format!("{what} 1 file:\n  {name}: ")) && told.contains(reason), "{told}");
    }
    for nothing in [&b""[..], b"\n", b"no = 'hint'", b"cascade\xff"] {
        assert_eq!(filter(folder.path(), &["fix", "-"], nothing).stdout, nothing);
    }
}

#[test]
fn the_name_on_standard_input_says_what_is_read() {
    let folder = folder(&[]);
    let named = |name: &str, text: &str| {
        let run = filter(folder.path(), &["fix", "-q", "-", "--stdin-filename", name], text.as_bytes());
        String::from_utf8(run.stdout).unwrap()
    };
    let in_notebook = |text: &str| json!({"cells": [{"cell_type": "code", "source": text}]}).to_string();
    assert_eq!(named("new.ipynb", &in_notebook(UNSAFE)), in_notebook(FIXED));
    let template = |text: &str| format!("{{% if x %}}\n{text}{{% endif %}}\n");
    assert_eq!(named("new.py.j2", &template(UNSAFE)), template(FIXED));
}

#[test]
fn standard_input_counts_in_place_of_the_file_of_its_name() {
    const DETACH: &str = "def detach(session, user):\n    session.expunge(user)\n";
    let both = [UNSAFE, DETACH].concat();
    let fixed = |folder: &Path, name: &str, text: &str| {
        let run = filter(folder, &["fix", "-q", "-", "--stdin-filename", name], text.as_bytes());
        String::from_utf8(run.stdout).unwrap()
    };
    let elsewhere = folder(&[("pyproject.toml", ""), ("jobs/detach.py", DETACH)]);
    let kept = "save-update, merge, expunge, delete";
    assert!(fixed(elsewhere.path(), "app/models.py", UNSAFE).contains(kept), "the repository is searched");
    let saved = folder(&[("pyproject.toml", ""), ("models.py", &both)]);
    assert_eq!(fixed(saved.path(), "models.py", UNSAFE), FIXED, "the call is gone from the text");
    assert_eq!(fixed(saved.path(), "./models.py", UNSAFE), FIXED);
    assert_eq!(fixed(saved.path(), saved.path().join("models.py").to_str().unwrap(), UNSAFE), FIXED);
    let unsaved = folder(&[("pyproject.toml", ""), ("models.py", UNSAFE)]);
    assert!(fixed(unsaved.path(), "models.py", &both).contains(kept), "the call is not on disk yet");
    assert!(fixed(unsaved.path(), "new.py", &both).contains(kept), "the file is not on disk yet");
    assert_eq!(std::fs::read_to_string(unsaved.path().join("models.py")).unwrap(), UNSAFE);
}

#[test]
fn a_fixed_notebook_differs_in_the_sources_of_its_code_cells_alone() {
    let (before, after) = ("testdata/repositories/notebooks/before", "testdata/repositories/notebooks/after");
    let read = |folder: &str, name: &str| -> Option<Value> {
        let bytes = std::fs::read(Path::new(folder).join(name)).unwrap();
        serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).ok()
    };
    let mut changed = 0;
    for name in read_tree(Path::new(before)).keys() {
        let (Some(mut old), Some(mut new)) = (read(before, name), read(after, name)) else { continue };
        changed += usize::from(old != new);
        for cells in [&mut old, &mut new] {
            let cells = cells.get_mut("cells").and_then(Value::as_array_mut).into_iter().flatten();
            cells.filter(|cell| cell["cell_type"] == "code").for_each(|cell| cell["source"] = Value::Null);
        }
        assert!(old == new || old.get("worksheets").is_some(), "{name}");
    }
    assert!(changed > 8);
}

#[test]
fn lines_that_are_inserted_become_items_of_the_list_of_lines() {
    for (name, source) in notebooks() {
        let at = source.text().find("            \"all\"");
        let Some(at) = at else { continue };
        let edits = [Edit { range: at..at, text: "x\n\"y\"\n".to_owned() }];
        let json = source.with_edits(&edits.iter().collect::<Vec<_>>()).unwrap().to_bytes().unwrap();
        let json: Value = serde_json::from_slice(json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&json)).unwrap();
        let lines = json["cells"][3]["source"].as_array().unwrap();
        let is_line = |line: &&Value| line.as_str().unwrap().trim_end_matches('\n').contains('\n');
        assert_eq!(lines.iter().find(is_line), None, "{name}");
        assert_eq!((&lines[6], &lines[7]), (&json!("x\n"), &json!("\"y\"\n")), "{name}");
    }
}

#[test]
fn any_edit_of_a_notebook_is_read_back_and_is_what_the_report_says() {
    const INSERTED: [&str; 6] = ["", "\"\\\n", "é😀\n\nx", "\n", "\u{1}\t\u{2028}\\u0041", "\r\n"];
    for (name, source) in notebooks() {
        let (text, bytes) = (source.text(), source.to_bytes().unwrap());
        let ends: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
        for (number, start) in ends.iter().enumerate() {
            let end = ends[(number + [0, 1, 2, 30][number % 4]).min(ends.len() - 1)];
            let edit = Edit { range: *start..end, text: INSERTED[number % INSERTED.len()].to_owned() };
            let changed = match source.with_edits(&[&edit]) {
                Ok(changed) => changed,
                // a cell may become one of bash, and its end is no text of its own
                Err(EditError::AcrossCells | EditError::NotReadBack) => continue,
                Err(error) => panic!("{name}: {error}"),
            };
            let on_disk = source.disk_edit(&edit).unwrap();
            let mut spliced = bytes.clone();
            spliced.splice(on_disk.range, on_disk.text.bytes());
            assert!(spliced == changed.to_bytes().unwrap(), "{name} {edit:?}");
            let expected = [&text[..*start], &edit.text, &text[end..]].concat();
            assert_eq!(changed.text(), expected, "{name} {edit:?}");
        }
    }
}

#[test]
fn whatever_is_cut_off_is_read_or_refused() {
    let files = read_tree(Path::new("testdata/repositories"));
    let others = files.into_iter().filter_map(|(name, bytes)| Some((Kind::of(Path::new(&name))?, bytes)));
    for (kind, bytes) in others.filter(|(kind, _)| *kind != Kind::Python) {
        for length in (0..bytes.len()).step_by(7) {
            for part in [&bytes[..length], &bytes[length..]] {
                let Ok(source) = Source::of_kind(kind, part.to_vec()) else { continue };
                assert_eq!(source.parser_text().len(), source.text().len());
            }
        }
    }
}

#[test]
fn commands_of_ipython_do_not_keep_a_cell_from_being_parsed() {
    const CELLS: [&str; 18] = [
        "if x:\n    %time y = 1\n    z = 1\n        ",
        "for x in y:\n        %prun f(x)",
        "%time x = 1",
        "if x:\n    %matplotlib inline\n    !ls (\nelse:\n    !cd \\\n      [\n",
        "!pip install 'a\nx = 1",
        "files = !ls {folder} | grep (\n",
        "a, b = %sql SELECT '\n",
        "x?",
        "x.y??\n?x\n??x.y[0]",
        "/f a b\n,f a b\n;f a b",
        "%%time\nx = 1",
        "%%capture out\nx = (1\n     % 2)",
        "%%bash\nif [ x",
        "\n\n%%html\n<b>",
        "x = '''\n% no magic\n! '''\nx != y\nx %= 3",
        "x = f(1)  # (?",
        "await f()\nreturn 1",
        "%",
    ];
    for cell in CELLS {
        let source = notebook(&["x = 1", cell, "y = 2"]);
        assert_eq!(
            Tree::parse(source.parser_text()).syntax_errors().first(),
            None,
            "{cell:?} {:?}",
            source.parser_text()
        );
        assert_eq!(source.parser_text().len(), source.text().len());
    }
}

#[test]
fn tags_of_templates_do_not_keep_a_file_from_being_parsed() {
    const JINJA: [&str; 8] = [
        "class {{ a }}(Base):\n    {% if x %}a = 1{% endif %}\n    {%- if y -%} b = {{ '}}' }} {%- endif %}\n    c = 1\n",
        "x = [{% for a in b %}{{ a }},{% endfor %}]\n",
        "{# ' #}x = 1 {# a\nb #}\n",
        "{% set x = [\n1] %}{% raw %}x = {1: {}}{% endraw %}\n",
        "def {{ f(\n  '\"') }}_x({{ y }}, z='{{ z }}'):\n    {{ body }}\n",
        "x = {1: {2: 3}}\n",
        "from {{ a }}.b import c\nimport {{ d }}\n@{{ e }}\ndef f(): pass\n",
        "if y:\n\t{% if x %}\n\tx\n\t{% endif %}\n",
    ];
    const MAKO: [&str; 3] = [
        "<%! x %>\n% if x:\nx = ${y | n}\n% endif\n## '\n",
        "<%doc>'</%doc><%def name='x'>\nx = \"${y}\"\n</%def>\n",
        "${ {'}': 1}['}'] } = 5 % 3\n",
    ];
    let jinja = JINJA.iter().map(|text| (TemplateLanguage::Jinja, text));
    for (language, text) in jinja.chain(MAKO.iter().map(|text| (TemplateLanguage::Mako, text))) {
        let source = Source::of_kind(Kind::Template(language), text.as_bytes().to_vec()).unwrap();
        assert_eq!(
            Tree::parse(source.parser_text()).syntax_errors().first(),
            None,
            "{text:?} {:?}",
            source.parser_text()
        );
        assert_eq!((source.text(), source.to_bytes().unwrap()), (*text, text.as_bytes().to_vec()));
    }
}

#[test]
fn text_full_of_opening_tags_takes_no_time() {
    for opening in
        ["{{", "{%", "{{(", "{{\"", "${", "<%", "{{(}}", "{# {{ \"", "x{%%}", "{%%}", " {##}", "{{}}", "${}", "x<%%>"]
    {
        for language in [TemplateLanguage::Jinja, TemplateLanguage::Mako] {
            let start = std::time::Instant::now();
            let text = opening.repeat(100_000);
            assert!(Source::of_kind(Kind::Template(language), text.into_bytes()).is_ok());
            assert!(start.elapsed().as_secs() < 20, "{opening}");
        }
    }
}

#[test]
fn a_cell_full_of_odd_signs_takes_no_time() {
    for sign in ["x ?a", "=", "= ", "!", "'", "'''", "\\", "\n%", "(", "\"\"\"\\", "#?"] {
        let start = std::time::Instant::now();
        let source = notebook(&[&format!("x{}", sign.repeat(100_000))]);
        assert_eq!(source.parser_text().len(), source.text().len());
        assert!(start.elapsed().as_secs() < 20, "{sign}");
    }
}

#[test]
fn a_place_in_a_notebook_is_one_in_its_cell_and_one_on_disk() {
    let folder = Path::new("testdata/repositories/notebooks/before");
    let run = crate::common::run_binary(folder, &["check", "--output-format", "json"]);
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let mut checked = 0;
    for finding in report["findings"].as_array().unwrap() {
        let number = |place: &str, key: &str| finding[place][key].as_u64().unwrap() as usize;
        let bytes = std::fs::read(folder.join(finding["path"].as_str().unwrap())).unwrap();
        let json: Value =
            serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).unwrap_or_default();
        let source = match &json["cells"][number("start", "cell") - 1]["source"] {
            Value::String(text) => text.clone(),
            Value::Array(lines) => lines.iter().map(|line| line.as_str().unwrap()).collect(),
            _ => continue,
        };
        let stored = std::str::from_utf8(&bytes[number("start", "byte")..number("end", "byte")]).unwrap();
        if number("start", "line") != number("end", "line") || stored.contains('\n') || stored.contains("\",") {
            continue;
        }
        let line = source.split('\n').nth(number("start", "line") - 1).unwrap();
        let (from, to) = (number("start", "column") - 1, number("end", "column") - 1);
        let shown: String = line.chars().skip(from).take(to - from).collect();
        assert_eq!(serde_json::from_str::<String>(&format!("\"{stored}\"")).unwrap(), shown, "{finding}");
        checked += 1;
    }
    assert!(checked > 40, "{checked}");
}
