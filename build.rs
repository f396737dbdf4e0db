//! Writes the codes of the diagnostics down as an enum: a file of `rules/diagnostics` is a code. Writes the kinds of syntax nodes down as
//! constants: the grammar has a list of them. Writes the rules down as JSON, which is read in a fraction of the time that YAML takes: each run
//! of the binary reads them. Has the binary built again when a rule changes: `include_dir!` alone does not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use serde_json::Value;
use tree_sitter_python::NODE_TYPES;

/// Kinds that trees have and the grammar's list has not: what can't be parsed, and what `as` names.
const NOT_LISTED: [&str; 2] = ["ERROR", "as_pattern_target"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let target = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let rules = rules()?;
    fs::write(target.join("code.rs"), code_enum(&codes(&rules)))?;
    fs::write(target.join("kind.rs"), kind_constants(&kinds()?))?;
    fs::write(target.join("rules.json"), serde_json::to_vec(&rules)?)
}

/// The documents of each file of rules, by its path.
fn rules() -> io::Result<BTreeMap<String, Vec<Value>>> {
    let mut paths = vec![PathBuf::from("rules/constructors.yml")];
    for folder in ["diagnostics", "observations", "spellings"] {
        let entries = fs::read_dir(Path::new("rules").join(folder))?;
        paths.extend(entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?);
    }
    let read = |path: &PathBuf| {
        let documents = serde_saphyr::from_multiple(&fs::read_to_string(path)?);
        let documents = documents.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // as the binary names them wherever it was built
        Ok((path.to_string_lossy().replace('\\', "/"), documents))
    };
    paths.iter().map(read).collect()
}

/// The codes in order, each with its name.
fn codes(rules: &BTreeMap<String, Vec<Value>>) -> Vec<(&str, &str)> {
    let named =
        rules.iter().filter_map(|(path, documents)| Some((path.strip_prefix("rules/diagnostics/")?, documents)));
    let codes = named.map(|(file, documents)| {
        let code = file.strip_suffix(".yml").unwrap_or(file);
        let is_code =
            code.len() == 6 && code.starts_with("CAS") && code[3..].bytes().all(|digit| digit.is_ascii_digit());
        assert!(is_code, "rules/diagnostics/{file}: the file is named by its code, such as CAS105.yml");
        (code, documents.first().and_then(|document| document["name"].as_str()).unwrap_or_default())
    });
    codes.collect()
}

fn code_enum(codes: &[(&str, &str)]) -> String {
    let variant = |code: &str| code.replace("CAS", "Cas");
    let each =
        |line: &dyn Fn(&str, &str) -> String| codes.iter().map(|(code, name)| line(code, name)).collect::<String>();
    format!(
        "/// A diagnostic's code. Its text is part of the contract with users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = \"UPPERCASE\")]
pub enum Code {{
{}}}

impl Code {{
    /// All codes, in order.
    pub const ALL: [Code; {}] = [{}];

    /// The code as users write it.
    pub fn as_str(self) -> &'static str {{
        match self {{
{}        }}
    }}
}}
",
        each(&|code, name| format!("    /// `{name}`\n    {},\n", variant(code))),
        codes.len(),
        each(&|code, _| format!("Code::{}, ", variant(code))),
        each(&|code, _| format!("            Code::{} => \"{code}\",\n", variant(code))),
    )
}

/// The kinds of nodes that are no mere words or signs; a kind that stands for several others is that of no node.
fn kinds() -> io::Result<BTreeSet<String>> {
    let types: Vec<Value> = serde_json::from_str(NODE_TYPES)?;
    let kinds = types.iter().filter(|kind| kind["named"] == true && kind.get("subtypes").is_none());
    let names = kinds.filter_map(|kind| kind["type"].as_str());
    Ok(names.chain(NOT_LISTED).map(str::to_owned).collect())
}

fn kind_constants(kinds: &BTreeSet<String>) -> String {
    let constant =
        |kind: &String| format!("/// `{kind}`\npub const {}: &str = \"{kind}\";\n", kind.to_ascii_uppercase());
    kinds.iter().map(constant).collect()
}
