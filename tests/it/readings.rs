//! Every way to reach a value, crossed with every place that reads one: `testdata/readings`. A cell is a small repository. SQLAlchemy
//! is asked what its relationships are before and after the safe fixes; what is told has to agree with that, and to be what is told
//! where the value stands in the place itself, or be a finding for a human. The cells that are for a human, or lack advice that needs the
//! direction or the loader, are recorded in `less.txt`.
//!
//! A run takes a third of the ways beside the literal, each place another third than the one before; `EVERY=1 cargo test readings`
//! takes all, and `EVERY=1 READINGS=overwrite` records anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::common::{run_binary, sqlalchemy, write_tree};

/// How a value is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Way {
    name: String,
    read: String,
    #[serde(default)]
    above: String,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default = "in_the_class")]
    attribute: String,
    of: Option<String>,
}

/// Where it is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reader {
    name: String,
    value: String,
    call: String,
    #[serde(default = "parent")]
    on: String,
    #[serde(default)]
    sqlmodel: bool,
    #[serde(default)]
    beside: bool,
}

fn in_the_class() -> String {
    "{relationship}".to_owned()
}

fn parent() -> String {
    "parent".to_owned()
}

/// The ways to reach a value, and the places that read one.
fn read<T: for<'d> Deserialize<'d>>(name: &str) -> Vec<T> {
    let text = std::fs::read_to_string(Path::new("testdata/readings").join(name)).unwrap();
    ast_grep_config::from_str(&text).unwrap()
}

struct Cell {
    way: Way,
    reader: Reader,
}

/// What is told of a cell, and what SQLAlchemy says of it.
#[derive(Debug, Default)]
struct Run {
    findings: Vec<Value>,
    before: Value,
    after: Value,
}

impl Cell {
    fn files(&self) -> BTreeMap<String, String> {
        let Self { way, reader } = self;
        let call = reader.call.replace("{slot}", &way.read);
        let fill = |text: &str| text.replace("{relationship}", &call).replace("{value}", &reader.value);
        let attribute = if reader.sqlmodel { "related: list[\"Child\"]" } else { "related" };
        let on = |side: &str| match reader.on == side {
            true => format!("{attribute} = {}", fill(&way.attribute)),
            false => "pass".to_owned(),
        };
        let models = match reader.sqlmodel {
            true => include_str!("../../testdata/readings/sqlmodel.py"),
            false => include_str!("../../testdata/readings/models.py"),
        };
        let models = models.replace("# above", &fill(&way.above));
        let models = models.replace("# parent", &on("parent")).replace("# child", &on("child"));
        let others = way.files.iter().map(|(name, text)| (name.clone(), fill(text)));
        others.chain([("models.py".to_owned(), models)]).collect()
    }

    /// The same after the safe fixes of the findings.
    fn fixed(&self, findings: &[Value]) -> BTreeMap<String, String> {
        let mut files = self.files();
        let safe = findings.iter().filter(|finding| finding["fix"]["applicability"] == "safe");
        let edits = safe.flat_map(|finding| finding["fix"]["edits"].as_array().unwrap()).map(|edit| {
            let path = edit["path"].as_str().unwrap().split_once('/').unwrap().1.to_owned();
            let at = |key: &str| edit[key].as_u64().unwrap() as usize;
            (at("start"), at("end"), path, edit["text"].as_str().unwrap().to_owned())
        });
        for (start, end, path, text) in edits.collect::<BTreeSet<_>>().into_iter().rev() {
            files.get_mut(&path).unwrap().replace_range(start..end, &text);
        }
        files
    }

    /// What a cell lacks that the literal has; empty where it is the same.
    ///
    /// # Errors
    /// What is wrong about it.
    fn judged(&self, run: &Run, literal: &Run) -> Result<String, String> {
        if outcome_of(&run.before) != outcome_of(&literal.before) {
            return Err(format!("the cell is another than it should be: {}", run.before));
        }
        let is_human = codes(run).contains("CAS301");
        let missing: Vec<_> = codes(literal).difference(&codes(run)).cloned().collect();
        let other: Vec<_> = codes(run).difference(&codes(literal)).filter(|code| *code != "CAS301").cloned().collect();
        let has_direction = run.findings.iter().any(|finding| finding["relationship"]["direction"].is_string());
        let needs_direction = |code: &String| matches!(&**code, "CAS101" | "CAS102" | "CAS202");
        // advice about the loader is given where that can be read
        let may_lack = |code: &String| code == "CAS105" || !has_direction && needs_direction(code);
        let is_missing = !missing.iter().all(may_lack);
        if !other.is_empty() || !is_human && !self.reader.beside && is_missing {
            return Err(format!("{:?}, where the literal has {:?}", codes(run), codes(literal)));
        }
        run.disagreement(self.reader.beside).map_or_else(
            || {
                Ok(if is_human {
                    "CAS301".to_owned()
                } else {
                    missing.iter().map(|code| format!("no {code}")).collect::<Vec<_>>().join(", ")
                })
            },
            Err,
        )
    }
}

impl Run {
    /// Where SQLAlchemy disagrees with what is told.
    fn disagreement(&self, is_more_told: bool) -> Option<String> {
        let (Some(before), Some(after)) = (self.before.as_object(), self.after.as_object()) else {
            let is_same = outcome_of(&self.before) == outcome_of(&self.after);
            return (!is_same).then(|| format!("it was {} and is {}", self.before, self.after));
        };
        let told = |was: &Value| {
            self.findings.iter().any(|finding| {
                let Some(told) = finding["before"].as_array() else { return true };
                *told == *was["cascade"].as_array().unwrap()
                    || is_more_told && options(was).iter().all(|option| told.contains(&json!(option)))
            })
        };
        let is_left = |finding: &Value| finding["fix"]["applicability"] != "safe";
        for (name, was) in before {
            let is = after.get(name)?;
            if !only_loses(was, is) {
                return Some(format!("{name} becomes {is} from {was}"));
            }
            if options(was).contains("refresh-expire") && !told(was) {
                return Some(format!("{name} has {}, and that is told nowhere", was["cascade"]));
            }
            if options(is).contains("refresh-expire") && !self.findings.iter().any(is_left) {
                return Some(format!("{name} has {} still", is["cascade"]));
            }
        }
        None
    }
}

fn codes(run: &Run) -> BTreeSet<String> {
    run.findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// What SQLAlchemy says of the relationships, or the kind of the error.
fn outcome_of(observed: &Value) -> Value {
    match observed.as_str() {
        Some(error) => json!(error.trim_end().lines().last().map(|line| line.split(':').next())),
        None => observed.clone(),
    }
}

fn options(relationship: &Value) -> BTreeSet<&str> {
    relationship["cascade"].as_array().unwrap().iter().map(|option| option.as_str().unwrap()).collect()
}

/// Whether nothing goes but what a safe fix may take.
fn only_loses(was: &Value, is: &Value) -> bool {
    let others = |of: &Value| {
        let mut of = of.clone();
        of["cascade"].take();
        of
    };
    let may_go = |option: &&str| matches!(*option, "refresh-expire" | "expunge");
    others(was) == others(is)
        && options(is).is_subset(&options(was))
        && options(was).difference(&options(is)).all(may_go)
}

/// All cells, those of one reader together and the literal first; with the turn of each.
fn cells() -> Vec<Cell> {
    let (ways, readers): (Vec<Way>, Vec<Reader>) = (read("ways.yml"), read("readers.yml"));
    let every = std::env::var_os("EVERY").is_some();
    let mut cells = Vec::new();
    for (turn, reader) in readers.iter().enumerate() {
        let is_possible = |way: &&Way| way.of.is_none() || reader.value.starts_with('"');
        let is_in_turn = |index: usize| every || index == 0 || (index + turn).is_multiple_of(3);
        let ways = ways.iter().enumerate().filter(|(index, way)| is_in_turn(*index) && is_possible(way));
        cells.extend(ways.map(|(_, way)| Cell { way: way.clone(), reader: reader.clone() }));
    }
    cells
}

/// Each cell as a repository of its own below one folder, so that the binary is started once, and SQLAlchemy asked once.
fn run(cells: &[Cell]) -> Vec<Run> {
    let scratch = tempfile::tempdir().unwrap();
    let (before, after) = (scratch.path().join("before"), scratch.path().join("after"));
    let mut runs: Vec<Run> = Vec::new();
    for (index, cell) in cells.iter().enumerate() {
        let folder = before.join(index.to_string());
        write(&cell.files(), &folder);
        std::fs::create_dir(folder.join(".git")).unwrap();
        runs.push(Run::default());
    }
    let check = run_binary(&before, &["check", "--select", "CAS", "--output-format", "json"]);
    let mut report: Value = serde_json::from_slice(&check.stdout).unwrap();
    for finding in std::mem::take(report["findings"].as_array_mut().unwrap()) {
        let index = finding["path"].as_str().and_then(|path| path.split('/').next()).unwrap();
        runs[index.parse::<usize>().unwrap()].findings.push(finding);
    }
    let mut entries = Vec::new();
    let mut entry = |folder: std::path::PathBuf| {
        entries.push(json!({"name": folder, "folders": [folder], "modules": ["models"], "whole": true}));
    };
    for (index, cell) in cells.iter().enumerate() {
        entry(before.join(index.to_string()));
        let fixed = cell.fixed(&runs[index].findings);
        if fixed != cell.files() {
            write(&fixed, &after.join(index.to_string()));
            entry(after.join(index.to_string()));
        }
    }
    let observed = sqlalchemy::observe(&json!(entries));
    let of = |side: &Path, index: usize| observed.get(side.join(index.to_string()).to_str().unwrap()).cloned();
    for (index, run) in runs.iter_mut().enumerate() {
        run.before = of(&before, index).unwrap();
        run.after = of(&after, index).unwrap_or_else(|| run.before.clone());
    }
    runs
}

fn write(files: &BTreeMap<String, String>, folder: &Path) {
    write_tree(&files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect(), folder);
}

#[test]
fn a_value_is_read_as_sqlalchemy_reads_it_or_left_to_a_human() {
    const RECORDED: &str = "testdata/readings/less.txt";
    let cells = cells();
    let runs = run(&cells);
    let mut less: BTreeMap<String, String> = BTreeMap::new();
    let mut wrong = String::new();
    let mut literal = &runs[0];
    for (cell, run) in cells.iter().zip(&runs) {
        if cell.way.name == "literal" {
            literal = run;
        }
        let name = format!("{} | {}", cell.reader.name, cell.way.name);
        match cell.judged(run, literal) {
            Ok(lacks) => drop(less.insert(name, lacks)),
            Err(why) => writeln!(wrong, "{name}: {why}").unwrap(),
        }
    }
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{wrong}", wrong.lines().count(), cells.len());
    let recorded = std::fs::read_to_string(RECORDED).unwrap_or_default();
    let recorded: BTreeMap<&str, &str> = recorded.lines().filter_map(|line| line.split_once(": ")).collect();
    if std::env::var_os("READINGS").is_some() {
        let lines =
            less.iter().filter(|(_, lacks)| !lacks.is_empty()).map(|(name, lacks)| format!("{name}: {lacks}\n"));
        return std::fs::write(RECORDED, lines.collect::<String>()).unwrap();
    }
    let is_other =
        |(name, lacks): &(&String, &String)| recorded.get(name.as_str()).copied().unwrap_or_default() != *lacks;
    let others: Vec<_> = less.iter().filter(is_other).collect();
    assert!(others.is_empty(), "what is recorded in {RECORDED} is not so any more: {others:#?}");
}

/// A chain of so many steps: how it begins, what leads from one step to the next, and the arguments that its end is given to.
const CHAINS: [(&str, &str, &str, &str); 7] = [
    ("N0 = \"all\"", "N{to} = N{from}", "relationship", "cascade=N{to}"),
    ("N0 = {\"cascade\": \"all\"}", "N{to} = {**N{from}}", "relationship", "**N{to}"),
    ("def f0():\n    return \"all\"", "def f{to}():\n    return f{from}()", "relationship", "cascade=f{to}()"),
    ("N0 = True", "N{to} = N{from}", "relationship", "cascade=\"all\", viewonly=N{to}"),
    ("r0 = relationship", "r{to} = r{from}", "r{to}", "cascade=\"all\""),
    ("r0 = relationship", "r{to} = functools.partial(r{from}, lazy=\"select\")", "r{to}", "cascade=\"all\""),
    ("r0 = relationship", "def r{to}(*args, **kw):\n    return r{from}(*args, **kw)", "r{to}", "cascade=\"all\""),
];

#[test]
fn chains_are_followed_to_their_end_or_left_to_a_human() {
    let folder = tempfile::tempdir().unwrap();
    let files = [10, 60, 2000].iter().flat_map(|length| {
        CHAINS.iter().enumerate().map(move |(index, (first, next, callee, arguments))| {
            let step = |text: &str, to: usize| {
                text.replace("{to}", &to.to_string()).replace("{from}", &(to.saturating_sub(1)).to_string())
            };
            let steps: Vec<String> = (1..=*length).map(|to| step(next, to)).collect();
            let call = format!("{}(\"Child\", {})", step(callee, *length), step(arguments, *length));
            let head = "import functools\nfrom sqlalchemy.orm import relationship";
            let text = format!("{head}\n{first}\n{}\nclass Parent(Base):\n    a = {call}\n", steps.join("\n"));
            (format!("{length}/{index}.py"), text)
        })
    });
    let files: BTreeMap<String, String> = files.collect();
    write(&files, folder.path());
    let check = run_binary(folder.path(), &["check", "--output-format", "json"]);
    let report: Value = serde_json::from_slice(&check.stdout).unwrap();
    let told: BTreeMap<&str, &str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["path"].as_str().unwrap(), finding["code"].as_str().unwrap()))
        .collect();
    for path in files.keys() {
        let expected = if path.starts_with("10/") { "CAS001" } else { "CAS301" };
        assert_eq!(told.get(path.as_str()), Some(&expected), "{path}");
    }
}
