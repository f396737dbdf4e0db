//! Writes the codes of the diagnostics down as an enum: a file of `rules/diagnostics` is a code. Has the binary built again when a rule
//! changes: `include_dir!` alone does not.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let mut codes = Vec::new();
    for entry in fs::read_dir("rules/diagnostics")? {
        let path = entry?.path();
        let code = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_code =
            code.len() == 6 && code.starts_with("CAS") && code[3..].bytes().all(|digit| digit.is_ascii_digit());
        assert!(is_code, "{}: the file is named by its code, such as CAS106.yml", path.display());
        codes.push((code, name_in(&path)?));
    }
    codes.sort();
    let target = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("code.rs");
    fs::write(target, code_enum(&codes))
}

/// What stands behind `name:`.
fn name_in(path: &Path) -> io::Result<String> {
    let text = fs::read_to_string(path)?;
    Ok(text.lines().find_map(|line| line.strip_prefix("name:")).unwrap_or_default().trim().to_owned())
}

fn code_enum(codes: &[(String, String)]) -> String {
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
