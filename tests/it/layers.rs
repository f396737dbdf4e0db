//! The layers that ARCHITECTURE.md draws: each module uses those below it alone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// What stands at the top of the crate beside its modules.
const ROOT: &str = "lib";

/// A place in which a file names a module of the crate.
#[derive(Debug, PartialEq, Eq)]
struct Use {
    line: usize,
    module: String,
}

#[test]
fn every_use_leads_down() {
    let layers = drawn();
    let rank = |module: &str| layers.iter().position(|layer| layer == module);
    let mut wrong = Vec::new();
    for (path, module) in files() {
        let Some(own) = rank(&module) else { continue };
        let text = std::fs::read_to_string(&path).unwrap();
        for Use { line, module: used } in uses(&text, &path, &modules()) {
            if used != module && rank(&used).is_some_and(|used| used < own) {
                let place = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display();
                wrong.push(format!("{place}:{line}: `{module}` uses `{used}`, which is above it"));
            }
        }
    }
    assert!(wrong.is_empty(), "ARCHITECTURE.md has the order of the layers:\n{}", wrong.join("\n"));
}

#[test]
fn each_module_is_in_one_layer() {
    let drawn = drawn();
    let there = modules();
    let missing: Vec<_> = there.iter().filter(|module| !drawn.contains(module)).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md, \"Layers\": no row for {missing:?}");
    let gone: Vec<_> = drawn.iter().filter(|module| !there.contains(*module)).collect();
    assert!(gone.is_empty(), "ARCHITECTURE.md, \"Layers\": a row for {gone:?}, which src has not");
    let twice: Vec<_> = drawn.iter().enumerate().filter(|(at, module)| drawn[..*at].contains(module)).collect();
    assert!(twice.is_empty(), "ARCHITECTURE.md, \"Layers\": more than one row for {twice:?}");
}

#[test]
fn a_module_is_seen_however_it_is_named() {
    let known: BTreeSet<String> = ["rules", "site", "cli"].map(str::to_owned).into();
    let found = |text: &str, path: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        uses(text, &path, &known).into_iter().map(|found| (found.line, found.module)).collect::<Vec<_>>()
    };
    let one = |module: &str| vec![(2, module.to_owned())];
    for text in [
        "use crate::rules;",
        "pub(crate) use crate::rules::Code as C;",
        "use crate::{rules::{self, Code}};",
        "fn f() { println!(\"{}\", crate::rules::all()) }",
        "use super::super::rules::Code;",
        "use super::{super::{rules as r}};",
        "mod inner { fn f() { super::super::super::rules::all() } }",
        "use ::cascade_fix::rules::Code;",
    ] {
        assert_eq!(found(&format!("\n{text}"), "src/policy/notes.rs"), one("rules"), "{text}");
    }
    assert_eq!(
        found("\nuse crate::{Job, site};", "src/analysis/mod.rs"),
        [(2, "lib".to_owned()), (2, "site".to_owned())]
    );
    assert_eq!(found("\nuse super::{site::Site};", "src/plan.rs"), one("site"));
    assert_eq!(found("\nuse rules::Code;", "src/lib.rs"), one("rules"));
    assert_eq!(found("\nfn main() { cascade_fix::cli::main() }", "src/main.rs"), one("cli"));
    for text in ["/// [`crate::rules`]\nfn f() {}", "use super::rules::Code;", "const A: &str = \"crate::rules\";"] {
        assert_eq!(found(text, "src/policy/notes.rs"), [], "{text}");
    }
}

/// The modules of ARCHITECTURE.md's table of layers, from above.
fn drawn() -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    let section = text.split("\n## ").find(|section| section.starts_with("Layers\n")).unwrap();
    let cell = |line: &str| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned());
    section.lines().filter_map(cell).collect()
}

/// Every source file, and the module at the top of the crate that it is part of.
fn files() -> Vec<(PathBuf, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut files) = (vec![source.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let module = parts(&path).remove(0);
                files.push((path, module));
            }
        }
    }
    files.sort();
    files
}

fn modules() -> BTreeSet<String> {
    files().into_iter().map(|(_, module)| module).collect()
}

/// The module that a file is, as the names on the way to it: `policy`, `notes`.
fn parts(path: &Path) -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let module = path.strip_prefix(source).unwrap().with_extension("");
    let parts = module.iter().map(|part| part.to_str().unwrap().to_owned());
    parts.filter(|part| part != "mod").collect()
}

/// Where a file names something at the top of the crate: a module, or what the crate's root has itself.
fn uses(text: &str, path: &Path, modules: &BTreeSet<String>) -> Vec<Use> {
    let parts = parts(path);
    let is_root = parts == [ROOT];
    let depth = if is_root { 0 } else { parts.len() };
    let mut reader = Reader { modules, is_root, found: Vec::new() };
    reader.read(text.parse().unwrap(), depth);
    reader.found
}

struct Reader<'a> {
    modules: &'a BTreeSet<String>,
    /// The file is the crate's root, which names its modules as they are.
    is_root: bool,
    found: Vec<Use>,
}

impl Reader<'_> {
    /// Reads what stands in a module that is so many levels below the crate's root.
    fn read(&mut self, tokens: TokenStream, depth: usize) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Ident(_) if !is_behind_path(&tokens, at) => at = self.path(&tokens, at, depth),
                TokenTree::Group(group) => {
                    let is_module = group.delimiter() == Delimiter::Brace
                        && at > 1
                        && matches!(&tokens[at - 2], TokenTree::Ident(word) if word == "mod");
                    self.read(group.stream(), depth + usize::from(is_module));
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    /// Reads the path that begins at a token in a module of a depth; gives the place behind what was read.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize, mut depth: usize) -> usize {
        let first = tokens[at].to_string();
        match first.as_str() {
            _ if !leads_on(tokens, at) => return at + 1,
            "crate" | "cascade_fix" => depth = 0,
            "self" => {}
            "super" => depth = depth.saturating_sub(1),
            _ if self.is_root && depth == 0 && self.modules.contains(&first) => {
                self.add(&tokens[at]);
                return at + 1;
            }
            _ => return at + 1,
        }
        at += 3;
        match tokens.get(at) {
            Some(TokenTree::Ident(word)) if word == "super" || word == "self" => self.path(tokens, at, depth),
            Some(name @ TokenTree::Ident(_)) if depth == 0 => {
                self.add(name);
                at + 1
            }
            Some(TokenTree::Group(group)) => {
                self.members(group.stream(), depth);
                at + 1
            }
            _ => at,
        }
    }

    /// Reads `{a, b::c, super::d}` behind a path to a module of a depth.
    fn members(&mut self, tokens: TokenStream, depth: usize) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',');
        let starts = (0..tokens.len()).filter(|at| *at == 0 || is_comma(&tokens[at - 1]));
        for at in starts.collect::<Vec<_>>() {
            match &tokens[at] {
                TokenTree::Ident(word) if word == "super" || word == "self" => {
                    self.path(&tokens, at, depth);
                }
                name @ TokenTree::Ident(_) if depth == 0 => self.add(name),
                _ => {}
            }
        }
    }

    fn add(&mut self, name: &TokenTree) {
        let module = Some(name.to_string()).filter(|name| self.modules.contains(name));
        self.found.push(Use { line: name.span().start().line, module: module.unwrap_or(ROOT.to_owned()) });
    }
}

/// Whether `::` stands behind a token.
fn leads_on(tokens: &[TokenTree], at: usize) -> bool {
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
    is_colon(tokens.get(at + 1)) && is_colon(tokens.get(at + 2))
}

/// Whether a name stands behind another's `::`, and is not the first of its path.
fn is_behind_path(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| matches!(&tokens[at], TokenTree::Punct(sign) if sign.as_char() == ':');
    at > 2 && colon(at - 1) && colon(at - 2) && !matches!(&tokens[at - 3], TokenTree::Ident(word) if word == "use")
}
