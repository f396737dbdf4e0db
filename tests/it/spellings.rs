//! What people write a cascade as, in `testdata/spellings/*.yml`: the findings and the files that `fix` leaves are those of the
//! table, and both sides of each case are executed under SQLAlchemy, which must give each relationship the options that the
//! finding promises.
//!
//! A case is a small repository. `files` are its files; `source` is short for its `models.py`, and `value`, `arguments` and
//! `above` for the models of [`Case::models`]. `db.py` is part of every case; the modules of `outside` can be imported but are
//! not part of the repository. A finding begins inside the text `at`, in the file before the colon (`models.py` if none); its
//! `after` is `before` without refresh-expire and expunge unless it says otherwise, and without `before` it is one for a human.
//! `relationships` are those that show whether that is right; `runs` are the options in effect of one that has others, such as
//! one of several values. `fixed` maps texts of a file to what is written for them. `unseen` are the relationships whose hazard
//! is not found. `executes: false` is for what SQLAlchemy 2.x refuses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::common::{cases, read_tree, run_binary, sqlalchemy, write_tree};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    above: String,
    value: Option<String>,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    outside: BTreeMap<String, String>,
    #[serde(default = "yes")]
    executes: bool,
    // the finding at `value`
    code: Option<String>,
    before: Option<String>,
    after: Option<String>,
    #[serde(default)]
    runs: BTreeMap<String, Runs>,
    reason: Option<String>,
    #[serde(default)]
    notes: Vec<String>,
    /// What is written for `value`.
    becomes: Option<String>,
    #[serde(default)]
    findings: Vec<Expected>,
    #[serde(default)]
    fixed: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    unseen: BTreeSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    at: String,
    code: Option<String>,
    #[serde(default)]
    relationships: Vec<String>,
    before: Option<String>,
    after: Option<String>,
    #[serde(default)]
    runs: BTreeMap<String, Runs>,
    reason: Option<String>,
    #[serde(default)]
    notes: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Runs {
    before: String,
    after: String,
}

const ALL: [&str; 5] = ["save-update", "merge", "refresh-expire", "expunge", "delete"];

type Case = cases::Case<Table>;
type Files = BTreeMap<String, Vec<u8>>;
type Options = BTreeSet<String>;
type Observed = BTreeMap<String, Result<BTreeMap<String, Options>, String>>;

fn yes() -> bool {
    true
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let cases = cases::in_folder::<Case>(Path::new("testdata/spellings")).into_iter();
    let cases: Vec<_> = cases.map(|(file, case)| Case { name: format!("{file}: {}", case.name), ..case }).collect();
    let names: BTreeSet<_> = cases.iter().map(|case| &case.name).collect();
    assert!(cases.len() == names.len(), "two cases have the same name");
    cases
});

impl Case {
    fn files(&self) -> Files {
        let mut files = self.files.clone();
        files.entry("db.py".to_owned()).or_insert_with(|| include_str!("../../testdata/spellings/db.py").to_owned());
        if let Some(models) = self.models() {
            assert!(files.insert("models.py".to_owned(), models).is_none(), "{}: models.py twice", self.name);
        }
        files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect()
    }

    /// The models of a case that tells only the value of the cascade, or only the arguments.
    fn models(&self) -> Option<String> {
        let value = self.value.iter().map(|value| format!("cascade={value}"));
        let arguments: Vec<_> = value.chain(self.arguments.iter().cloned()).collect();
        let above = if self.above.is_empty() { String::new() } else { format!("{}\n\n", self.above) };
        (!arguments.is_empty()).then(|| {
            format!(
                "from sqlalchemy.orm import relationship\n\nfrom db import Base\n\n{above}class Parent(Base):\n    \
                 children = relationship(\n        \"Child\",\n        {},\n    )\n",
                arguments.join(",\n        ")
            )
        })
    }

    fn fixed_files(&self) -> Files {
        let mut files = self.files();
        let becomes = self.value.iter().zip(&self.becomes);
        let becomes = becomes.map(|(value, text)| ("models.py", format!("cascade={value}"), format!("cascade={text}")));
        let fixed = self.fixed.iter().flat_map(|(path, texts)| {
            texts.iter().map(|(text, instead)| (path.as_str(), text.clone(), instead.clone()))
        });
        for (path, text, instead) in becomes.chain(fixed) {
            let before = String::from_utf8(files[path].clone()).unwrap();
            assert_eq!(before.matches(&text).count(), 1, "{}: `{text}` has to be in {path} once", self.name);
            files.insert(path.to_owned(), before.replace(&text, &instead).into_bytes());
        }
        files
    }

    fn expected(&self) -> Vec<Expected> {
        let at_value = self.value.iter().filter(|_| self.before.is_some() || self.reason.is_some());
        let at_value = at_value.map(|value| Expected {
            at: format!("cascade={value}"),
            code: self.code.clone(),
            relationships: vec!["Parent.children".to_owned()],
            before: self.before.clone(),
            after: self.after.clone(),
            runs: self.runs.clone(),
            reason: self.reason.clone(),
            notes: self.notes.clone(),
        });
        at_value.chain(self.findings.iter().cloned()).collect()
    }

    /// How the executed case disagrees with the findings; None where it does not.
    fn disagreement(&self, before: &Observed, after: &Observed) -> Option<String> {
        let (before, after) = match (&before[&self.name], &after[&self.name]) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(error), _) | (_, Err(error)) => return Some(format!("it can't be executed:\n{error}")),
        };
        let mut wrong = String::new();
        let mut found = BTreeSet::new();
        for finding in self.expected() {
            if finding.relationships.is_empty() {
                writeln!(wrong, "no relationship shows that the finding at `{}` is right", finding.at).unwrap();
            }
            for name in &finding.relationships {
                found.insert(name.clone());
                let sides = finding.options_that_run(name).into_iter().zip([("before", before), ("after", after)]);
                for (promised, (side, observed)) in sides {
                    if !observed.contains_key(name) || promised.is_some_and(|promised| observed[name] != promised) {
                        writeln!(wrong, "{name} {side} is {:?}, not as promised", observed.get(name)).unwrap();
                    }
                }
            }
        }
        for (name, options) in before {
            let is_seen = !options.contains("refresh-expire") || found.contains(name);
            if is_seen == self.unseen.contains(name) {
                writeln!(wrong, "{name} has {options:?} and {} found", if is_seen { "is" } else { "is not" }).unwrap();
            }
            if !found.contains(name) && after.get(name) != Some(options) {
                writeln!(wrong, "{name} changes from {options:?} to {:?}", after.get(name)).unwrap();
            }
        }
        (!wrong.is_empty()).then_some(wrong)
    }

    /// What the binary does otherwise than the case says; None where it does what it says.
    fn difference(&self, run: &Run) -> Option<String> {
        let files = self.files();
        let mut wrong = String::new();
        let mut missing = self.expected();
        let mut unexpected = Vec::new();
        for finding in &run.findings {
            match missing.iter().position(|expected| expected.is(finding, self, &files)) {
                Some(index) => drop(missing.remove(index)),
                None => unexpected.push(finding),
            }
        }
        for expected in missing {
            writeln!(wrong, "  expected {}", expected.line(self, &files)).unwrap();
        }
        for finding in unexpected {
            writeln!(wrong, "  got      {}", line_of(finding)).unwrap();
        }
        for unread in &run.unread {
            writeln!(wrong, "  got      {unread}").unwrap();
        }
        for (path, expected) in self.fixed_files() {
            let (expected, written) = (String::from_utf8(expected).unwrap(), String::from_utf8_lossy(&run.once[&path]));
            if *expected != *written {
                let diff = similar::TextDiff::from_lines(&*expected, &*written);
                let changes = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
                changes.for_each(|change| write!(wrong, "  {path} {}{change}", change.tag()).unwrap());
            }
        }
        if run.twice != run.once {
            writeln!(wrong, "  a second fix changes something").unwrap();
        }
        (!wrong.is_empty()).then_some(wrong)
    }
}

/// What the binary does in the repository of one case. Paths are relative to it.
#[derive(Debug, Default)]
struct Run {
    findings: Vec<Value>,
    /// What is skipped, failed or has a syntax error.
    unread: Vec<Value>,
    once: Files,
    twice: Files,
}

/// Every case as a repository of its own below one folder, so that the binary is started but three times.
fn run_cases() -> Vec<Run> {
    let scratch = tempfile::tempdir().unwrap();
    let mut runs = Vec::new();
    for (index, case) in CASES.iter().enumerate() {
        let folder = scratch.path().join(index.to_string());
        write_tree(&case.files(), &folder);
        std::fs::create_dir(folder.join(".git")).unwrap();
        runs.push(Run::default());
    }
    let check = run_binary(scratch.path(), &["check", "--output-format", "json"]);
    let mut report: Value = serde_json::from_slice(&check.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&check.stderr)));
    for list in ["findings", "skipped", "failed", "syntax_errors"] {
        for mut entry in std::mem::take(report[list].as_array_mut().unwrap()) {
            let (index, path) = entry["path"].as_str().and_then(|path| path.split_once('/')).unwrap();
            let (run, path) = (&mut runs[index.parse::<usize>().unwrap()], path.to_owned());
            entry["path"] = json!(path);
            if list == "findings" { &mut run.findings } else { &mut run.unread }.push(entry);
        }
    }
    let read = |index: usize| read_tree(&scratch.path().join(index.to_string()));
    run_binary(scratch.path(), &FIX);
    runs.iter_mut().enumerate().for_each(|(index, run)| run.once = read(index));
    run_binary(scratch.path(), &FIX);
    runs.iter_mut().enumerate().for_each(|(index, run)| run.twice = read(index));
    runs
}

/// `fix` as it writes values in place, whatever else it can do.
static FIX: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let help = run_binary(Path::new("."), &["fix", "--help"]);
    let has_layout = String::from_utf8_lossy(&help.stdout).contains("--layout");
    ["fix", "--quiet"].into_iter().chain(has_layout.then_some(["--layout", "keep"]).into_iter().flatten()).collect()
});

impl Expected {
    fn code(&self) -> &str {
        self.code.as_deref().unwrap_or(if self.before.is_some() { "CAS001" } else { "CAS301" })
    }

    fn after(&self) -> Option<Options> {
        let options = set_of(self.after.as_ref().or(self.before.as_ref())?);
        let without =
            |options: Options| options.into_iter().filter(|name| !matches!(&**name, "refresh-expire" | "expunge"));
        Some(if self.after.is_some() { options } else { without(options).collect() })
    }

    /// What a relationship has before and after.
    fn options_that_run(&self, relationship: &str) -> [Option<Options>; 2] {
        match self.runs.get(relationship) {
            Some(runs) => [Some(set_of(&runs.before)), Some(set_of(&runs.after))],
            None => [self.before.as_deref().map(set_of), self.after()],
        }
    }

    /// The file and the bytes of it in which the finding begins.
    fn place(&self, case: &Case, files: &Files) -> (String, Range<usize>) {
        let in_file = self.at.split_once(": ").filter(|(path, _)| files.contains_key(*path));
        let (path, text) = in_file.unwrap_or(("models.py", &self.at));
        let file = std::str::from_utf8(&files[path]).unwrap();
        assert_eq!(file.matches(text).count(), 1, "{}: `{text}` has to be in {path} once", case.name);
        let start = file.find(text).unwrap();
        (path.to_owned(), start..start + text.len())
    }

    fn is(&self, finding: &Value, case: &Case, files: &Files) -> bool {
        let (path, range) = self.place(case, files);
        let told = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let message = format!("{}; {}", told("message"), told("help"));
        let notes = finding["fix"]["notes"].to_string();
        finding["path"] == path.as_str()
            && finding["start"]["byte"].as_u64().is_some_and(|byte| range.contains(&(byte as usize)))
            && finding["code"] == self.code()
            && (self.before.is_none() || options_of(&finding["before"]) == self.before.as_deref().map(set_of))
            && options_of(&finding["after"]) == self.after()
            && finding["fix"].is_null() == self.before.is_none()
            && self.reason.as_ref().is_none_or(|reason| message.contains(reason))
            && self.notes.iter().all(|note| notes.contains(note))
    }

    fn line(&self, case: &Case, files: &Files) -> String {
        let (path, range) = self.place(case, files);
        let line = 1 + files[&path][..range.start].iter().filter(|byte| **byte == b'\n').count();
        let what = match (self.before.as_deref().map(set_of), self.after()) {
            (Some(before), Some(after)) => format!("{} -> {} {:?}", listed(&before), listed(&after), self.notes),
            _ => format!("for a human: … {} …", self.reason.as_deref().unwrap_or_default()),
        };
        format!("{path}:{line} {} {what} at `{}`", self.code(), self.at)
    }
}

fn line_of(finding: &Value) -> String {
    let what = match (options_of(&finding["before"]), options_of(&finding["after"])) {
        (Some(before), Some(after)) => format!("{} -> {} {}", listed(&before), listed(&after), finding["fix"]["notes"]),
        _ => format!("for a human: {}", finding["message"].as_str().unwrap_or_default()),
    };
    let text = |key: &str| finding[key].as_str().unwrap_or_default();
    format!("{}:{}:{} {} {what}", text("path"), finding["start"]["line"], finding["start"]["column"], text("code"))
}

/// The set as the table writes it.
fn listed(options: &Options) -> String {
    let has_all = ALL.iter().all(|name| options.contains(*name));
    let rest = options.iter().map(String::as_str).filter(|name| !has_all || !ALL.contains(name));
    let names: Vec<_> = has_all.then_some("all").into_iter().chain(rest).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn options_of(names: &Value) -> Option<Options> {
    names.as_array().map(|names| names.iter().map(|name| name.as_str().unwrap().to_owned()).collect())
}

/// The set that a list in the table stands for.
fn set_of(list: &str) -> Options {
    let names = list.split(", ").filter(|name| !name.is_empty() && *name != "none");
    names.flat_map(|name| if name == "all" { ALL.to_vec() } else { vec![name] }).map(str::to_owned).collect()
}

#[test]
fn the_binary_finds_and_writes_what_the_table_says() {
    let runs = run_cases();
    let cases = CASES.iter().zip(&runs);
    let failures: Vec<_> = cases.filter_map(|(case, run)| Some((&case.name, case.difference(run)?))).collect();
    report(&failures);
}

#[test]
fn sqlalchemy_gives_each_relationship_the_options_that_its_finding_promises() {
    let before = observe(Case::files);
    let after = observe(Case::fixed_files);
    let executed = CASES.iter().filter(|case| case.executes);
    let failures: Vec<_> =
        executed.filter_map(|case| Some((&case.name, case.disagreement(&before, &after)?))).collect();
    report(&failures);
    assert!(CASES.len() >= 150);
}

fn report(failures: &[(&String, String)]) {
    let text: String =
        failures.iter().map(|(name, difference)| format!("{name}\n{}\n\n", difference.trim_end())).collect();
    assert!(failures.is_empty(), "{} of {} cases fail:\n\n{text}", failures.len(), CASES.len());
}

/// The effective options of the executed cases, with these files.
fn observe(files: fn(&Case) -> Files) -> Observed {
    let scratch = tempfile::tempdir().unwrap();
    let mut entries = Vec::new();
    for (index, case) in CASES.iter().enumerate().filter(|(_, case)| case.executes) {
        let folder = scratch.path().join(index.to_string());
        let files = files(case);
        let outside = case.outside.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
        write_tree(&files, &folder.join("inside"));
        write_tree(&outside, &folder.join("outside"));
        std::fs::create_dir_all(folder.join("outside")).unwrap();
        let modules: Vec<_> = files.keys().filter_map(|path| module_of(path)).collect();
        entries.push(
            json!({"name": case.name, "folders": [folder.join("inside"), folder.join("outside")], "modules": modules}),
        );
    }
    let observed = sqlalchemy::observe(&json!(entries));
    let read = |value: Value| match value {
        Value::String(error) => Err(error),
        value => Ok(serde_json::from_value(value).unwrap()),
    };
    observed.into_iter().map(|(name, value)| (name, read(value))).collect()
}

fn module_of(path: &str) -> Option<String> {
    let module = path.strip_suffix(".py")?.replace('/', ".");
    Some(module.strip_suffix(".__init__").map(str::to_owned).unwrap_or(module))
}
