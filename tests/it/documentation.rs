//! What is documented is what the program says of itself: `BLESS=1 cargo test documentation` writes the parts that are stale. Links lead
//! somewhere, and the picture shows what is printed.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use cascade_fix::policy::Applicability;
use cascade_fix::profile::Profile;
use cascade_fix::report::Format;
use cascade_fix::rules::{FixKind, Rules};
use cascade_fix::settings::Overrides;
use clap::ValueEnum;
use serde_json::Value;

use crate::common::markdown::{Page, pages};
use crate::common::{folder_with, repository_of, run_binary};

/// Holds a part of a page against what it should be, or writes that.
fn check(page: &str, name: &str, wanted: &str) {
    let path = format!("docs/{page}.md");
    let text = fs::read_to_string(&path).unwrap();
    let begin = format!("<!-- {name}: written by BLESS=1 cargo test documentation -->\n");
    let end = format!("<!-- end of {name} -->\n");
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("{path} lacks {begin}"));
    let (known, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{path} lacks {end}"));
    let wanted = format!("\n{}\n\n", wanted.trim_end());
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, [before, &begin, &wanted, &end, after].concat()).unwrap();
    } else {
        assert!(known == wanted, "BLESS=1 cargo test documentation writes {name} of {path}:\n{wanted}");
    }
}

fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let heads = heads.iter().map(|head| (*head).to_owned()).collect::<Vec<_>>();
    let rule = vec!["---".to_owned(); heads.len()];
    [heads, rule].into_iter().chain(rows).map(|cells| format!("| {} |\n", cells.join(" | "))).collect()
}

fn printed(arguments: &[&str]) -> String {
    let run = run_binary(Path::new("."), arguments);
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// The commands that `--help` lists.
fn commands() -> Vec<String> {
    let help = printed(&["--help"]);
    let list = help.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    let lines = list.lines().filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    let names = lines.map(|line| line.split(' ').next().unwrap().to_owned());
    let commands: Vec<String> = names.filter(|name| name != "help").collect();
    assert!(commands.len() > 5, "{help}");
    commands
}

fn in_code(text: &str) -> String {
    format!("`{text}`")
}

/// The values of an option with what `--help` says of each.
fn values<T: ValueEnum + 'static>() -> impl Iterator<Item = (T, String, String)> {
    T::value_variants().iter().map(|value| {
        let shown = value.to_possible_value().unwrap();
        let help = shown.get_help().unwrap_or_else(|| panic!("{} has no help", shown.get_name())).to_string();
        (value.clone(), in_code(shown.get_name()), help)
    })
}

/// Whether the fix of `all, delete-orphan` is safe with a profile.
fn applicability(profile: Profile) -> &'static str {
    let models =
        "from sqlalchemy.orm import relationship\nposts = relationship(\"Post\", cascade=\"all, delete-orphan\")\n";
    let folder = folder_with(&[("models.py", models)]);
    let overrides = Overrides { profile: Some(profile), ..Overrides::default() };
    let outcome = crate::common::outcome(folder.path(), overrides, true);
    let fix = outcome.findings().find_map(|(_, finding)| finding.fix.clone()).unwrap();
    match fix.applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe => "unsafe",
    }
}

/// What `explain` prints of all codes: a heading for each alone, so that contents stay short.
fn explanations() -> String {
    let mut in_code = false;
    let printed = printed(&["explain", "--all", "--output-format", "markdown"]);
    let lines = printed.lines().map(|line| {
        in_code ^= line.starts_with("```");
        match line.trim_start_matches('#').trim() {
            _ if in_code || !line.starts_with('#') => format!("{line}\n"),
            title if line.starts_with("# ") => format!("## {title}\n"),
            title => format!("**{title}**\n"),
        }
    });
    lines.collect()
}

/// What `--help` prints of each command, but for the options that several have; then these.
fn help() -> String {
    const SHARED: [&str; 2] = ["\nWhich findings:\n", "\nFor every command:\n"];
    let own = |help: &str| SHARED.iter().filter_map(|heading| help.find(heading)).min().unwrap();
    let block = |title: &str, text: &str| format!("## {title}\n\n```text\n{}\n```\n\n", text.trim());
    let mut parts = String::new();
    for command in commands() {
        let help = printed(&[&command, "--help"]);
        parts += &block(&command, &help[..own(&help)]);
    }
    let shared = printed(&["check", "--help"]);
    parts + &block("Options of several commands", &shared[own(&shared)..])
}

// one test: several would write a file at once
#[test]
fn what_the_pages_say_of_the_program_is_what_it_says() {
    let codes = Rules::built_in().unwrap();
    let codes = codes.diagnostics().map(|diagnostic| {
        let fix = match diagnostic.fix {
            FixKind::Safe => "safe",
            FixKind::Unsafe => "unsafe",
            FixKind::Manual => "by hand",
        };
        let (code, name) = (diagnostic.code, &diagnostic.name);
        let link = format!("[{code}](#{name}-{})", code.to_string().to_lowercase());
        vec![link, in_code(name), diagnostic.summary().to_owned(), format!("{fix}: {}", diagnostic.help)]
    });
    check("codes", "codes", &table(&["code", "name", "finds", "fix"], codes));
    check("codes", "explanations", &explanations());

    let profiles = values::<Profile>().map(|(profile, name, help)| vec![name, help, applicability(profile).to_owned()]);
    check("profiles", "profiles", &table(&["`--profile`", "does, with what stood there", "the fix"], profiles));

    let formats = values::<Format>().map(|(_, name, help)| vec![name, help]);
    check("reports", "formats", &table(&["format", "what it is"], formats));

    let schema: Value = serde_json::from_str(&cascade_fix::settings::schema()).unwrap();
    let settings = schema["properties"].as_object().unwrap().iter().map(|(key, setting)| {
        let text = setting["description"].as_str().unwrap().replace('\n', " ");
        let (value, default) =
            text.trim_end_matches('.').split_once("; by default ").unwrap_or_else(|| panic!("{key}: {text}"));
        vec![in_code(key), value.to_owned(), default.to_owned()]
    });
    check("settings", "settings", &table(&["key", "value", "default"], settings));

    check("commands", "commands", &help());
}

#[test]
fn each_command_has_a_row() {
    let page = fs::read_to_string("docs/commands.md").unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `cascade-fix ")).collect();
    for command in commands() {
        let names = [format!("`cascade-fix {command}"), format!("`{command}`")];
        let has_row = rows.iter().any(|row| names.iter().any(|name| row.split(" | ").next().unwrap().contains(name)));
        assert!(has_row, "the table of docs/commands.md lacks {command}");
    }
}

#[test]
fn the_readme_is_one_page() {
    let readme = fs::read_to_string("README.md").unwrap();
    assert!(readme.lines().count() <= 110, "what is longer goes to docs/");
    let place = |text: &str| readme.find(text).unwrap_or_else(|| panic!("README lacks {text}"));
    assert!(
        place("## Install") < place("## Three commands") && place("## Three commands") < place("cargo build --release")
    );
}

#[test]
fn each_page_is_listed_once() {
    let mut listed = Page::read(Path::new("docs/SUMMARY.md")).links;
    listed.sort();
    let there: Vec<String> =
        pages().iter().map(|page| page.path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(listed, there, "docs/SUMMARY.md lists the pages of docs/");
}

#[test]
fn links_lead_somewhere() {
    let mut all: HashMap<String, Page> =
        pages().into_iter().map(|page| (page.path.to_str().unwrap().to_owned(), page)).collect();
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        all.insert(name.to_owned(), Page::read(Path::new(name)));
    }
    let mut wrong = Vec::new();
    for (name, page) in &all {
        let folder = page.path.parent().unwrap();
        for link in page.links.iter().filter(|link| !link.contains("://")) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let to = if path.is_empty() { page.path.clone() } else { folder.join(path) };
            let leads = match all.get(to.to_str().unwrap()) {
                Some(other) => anchor.is_empty() || other.anchors.iter().any(|one| one == anchor),
                // a site has nothing but the pages and their pictures
                None => to.exists() && !path.contains("..") && anchor.is_empty(),
            };
            wrong.extend((!leads).then(|| format!("{name}: {link}")));
        }
        let named = page.code.iter().filter(|code| {
            let is_path = code.chars().all(|c| c.is_ascii_alphanumeric() || "/_.-".contains(c));
            is_path && ["scripts/", "testdata/", "rules/"].iter().any(|folder| code.starts_with(folder))
        });
        // CONTRIBUTING's are examples
        let missing = named.filter(|code| name.starts_with("docs") && !Path::new(code).exists());
        wrong.extend(missing.map(|code| format!("{name}: there is no {code}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_picture_shows_what_is_printed() {
    let picture = fs::read_to_string("docs/report.svg").unwrap();
    assert!(picture.len() < 60_000, "{}", picture.len());
    assert!(!picture.contains("url(http"), "it asks a network for something");
    let repository = repository_of(Path::new("testdata/example"));
    let run = run_binary(repository.path(), &["check", "--select", "CAS001"]);
    let printed = String::from_utf8([run.stdout, run.stderr].concat()).unwrap();
    let shown = scraper::Html::parse_document(&picture);
    let texts = scraper::Selector::parse("g[class$=matrix] text").unwrap();
    let shown: String = shown.select(&texts).flat_map(|text| text.text()).collect();
    // lines are folded there
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let shown = bare(&shown);
    let shown = shown.strip_prefix("$cascade-fixcheck--selectCAS001").expect("it begins with the command");
    assert_eq!(shown, bare(&printed), "scripts/picture.py makes docs/report.svg again");
}
