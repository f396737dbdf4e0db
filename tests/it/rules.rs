//! Every rule keeps the promises of its own examples, and a broken rule file is answered with file, line and key.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use ast_grep_core::matcher::MatcherExt;

use cascade_fix::layout::Layout;
use cascade_fix::module::Module;
use cascade_fix::outcome::{FileOutcome, Status};
use cascade_fix::repository::Repositories;
use cascade_fix::rules::{Code, Diagnostic, FixKind, Rules};
use cascade_fix::scan::find_sites;
use cascade_fix::settings::Overrides;
use cascade_fix::source::Source;
use cascade_fix::sqlalchemy::Observable;
use cascade_fix::syntax::Tree;

/// What is found and done where a diagnostic is reported besides those that are on by default, and its fix carried out.
fn outcome(source: &str, diagnostic: &Diagnostic) -> Option<FileOutcome> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("models.py"), source).unwrap();
    let select = ["CAS0", "CAS2", "CAS3", diagnostic.code.as_str()].map(str::to_owned).to_vec();
    let overrides = Overrides { layout: Some(Layout::Keep), select, ..Overrides::default() };
    crate::common::outcome(folder.path(), overrides, diagnostic.fix == FixKind::Unsafe).files.pop()
}

fn codes(outcome: Option<&FileOutcome>) -> Vec<Code> {
    outcome.iter().flat_map(|file| &file.findings).map(|finding| finding.code).collect()
}

#[test]
fn each_code_has_one_check() {
    assert_eq!(cascade_fix::checks::codes().collect::<Vec<_>>(), Code::ALL);
}

#[test]
fn each_diagnostic_has_documentation_and_examples() {
    let rules = Rules::built_in().unwrap();
    let documented: Vec<_> = rules.diagnostics().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(documented, Code::ALL);
    for diagnostic in rules.diagnostics() {
        assert!(!diagnostic.valid.is_empty() && !diagnostic.invalid.is_empty(), "{}", diagnostic.code);
        for text in [&diagnostic.what, &diagnostic.why, &diagnostic.changes, &diagnostic.help, &diagnostic.message] {
            assert!(!text.trim().is_empty(), "{}", diagnostic.code);
        }
        assert_ne!(diagnostic.example.before, diagnostic.example.after, "{}", diagnostic.code);
    }
}

#[test]
fn valid_examples_of_a_diagnostic_do_not_give_it() {
    for diagnostic in Rules::built_in().unwrap().diagnostics() {
        for source in &diagnostic.valid {
            assert!(
                !codes(outcome(source, diagnostic).as_ref()).contains(&diagnostic.code),
                "{}:\n{source}",
                diagnostic.code
            );
        }
    }
}

#[test]
fn invalid_examples_of_a_diagnostic_give_it_and_are_fixed_as_recorded() {
    for diagnostic in Rules::built_in().unwrap().diagnostics() {
        for example in &diagnostic.invalid {
            let outcome = outcome(&example.source, diagnostic);
            assert_eq!(codes(outcome.as_ref()), [diagnostic.code], "{}", example.source);
            let fixed = match &outcome.unwrap().status {
                Status::Changed(changed) => Some(changed.text().to_owned()),
                _ => None,
            };
            assert_eq!(fixed, example.fixed, "{}", example.source);
        }
    }
}

#[test]
fn examples_of_a_spelling_have_a_site_or_none() {
    let rules = Rules::built_in().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let repositories = Repositories::new(folder.path());
    let path = folder.path().join("models.py");
    let sites_of = |rule: &str, source: &str| {
        let decoded = Source::decode(source.into()).unwrap();
        let sites = find_sites(&rules, &repositories.of(&path), &Arc::new(Module::parse(&path, decoded)));
        sites.sites.iter().filter(|site| site.rule == rule).count()
    };
    for rule in rules.spellings.iter() {
        let id = &rule.config.id;
        assert!(!rule.metadata.valid.is_empty() && !rule.metadata.invalid.is_empty(), "{id} lacks examples");
        for source in &rule.metadata.valid {
            assert_eq!(sites_of(id, source), 0, "{id}:\n{source}");
        }
        for source in &rule.metadata.invalid {
            assert!(sites_of(id, source) > 0, "{id}:\n{source}");
        }
    }
}

/// The name tells of a node that a rule is no match before it is tried.
#[test]
fn a_rule_that_names_an_argument_matches_no_other() {
    let rules = Rules::built_in().unwrap();
    let naming: Vec<_> = rules.spellings.iter().filter(|rule| rule.argument.is_some()).collect();
    let names: BTreeSet<&str> = naming.iter().filter_map(|rule| rule.argument.as_deref()).collect();
    assert_eq!(names, BTreeSet::from(["backref", "cascade", "cascade_delete", "sa_relationship_kwargs"]));
    let mut tried = 0;
    for source in rules.spellings.iter().flat_map(|rule| rule.metadata.valid.iter().chain(&rule.metadata.invalid)) {
        let tree = Tree::parse(source);
        for node in tree.root().dfs() {
            let name = node.field("name").map(|name| name.text().into_owned());
            let matching = naming.iter().filter(|rule| rule.config.matcher.match_node(node.clone()).is_some());
            for rule in matching {
                tried += 1;
                assert_eq!(name, rule.argument, "{}:\n{source}", rule.config.id);
            }
        }
    }
    assert!(tried > naming.len());
}

#[test]
fn examples_of_an_observation_are_observed_or_not() {
    let rules = Rules::built_in().unwrap();
    let found = |source: &str, what: Observable| !rules.find_observations(&Tree::parse(source).root(), what).is_empty();
    for rule in rules.observations() {
        let observes = |source: &str| found(source, rule.metadata.observes);
        assert!(!rule.metadata.valid.is_empty() && !rule.metadata.invalid.is_empty());
        assert!(rule.metadata.invalid.iter().all(|source| observes(source)), "{}", rule.config.id);
        assert!(!rule.metadata.valid.iter().any(|source| observes(source)), "{}", rule.config.id);
    }
}

#[test]
fn a_broken_rule_file_is_answered_with_file_line_and_key() {
    let expected: Vec<(String, String)> =
        serde_json::from_str(include_str!("../../testdata/rules/broken.json")).unwrap();
    for (file, message) in expected {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(Path::new("testdata/rules/broken").join(&file), folder.path().join(&file)).unwrap();
        let error = Rules::built_in().unwrap().add_folder(folder.path(), folder.path()).unwrap_err().to_string();
        let error = error.rsplit('/').next().unwrap();
        assert!(error.starts_with(&message), "{error}\nwas expected to begin with\n{message}");
    }
}

#[test]
fn a_spelling_of_the_users_is_a_file() {
    let folder = tempfile::tempdir().unwrap();
    crate::common::copy_tree(Path::new("testdata/rules/user"), folder.path());
    let before = crate::common::run_binary(folder.path(), &["check", "--output-format", "concise", "models.py"]);
    assert_eq!(before.status.code(), Some(0), "{}", String::from_utf8_lossy(&before.stdout));
    let run = crate::common::run_binary(
        folder.path(),
        &["check", "--output-format", "concise", "--rules", "rules", "models.py"],
    );
    assert_eq!(
        String::from_utf8_lossy(&run.stdout),
        "models.py:5:35: CAS001 User.posts: `all` includes refresh-expire; write `save-update, merge, delete, delete-orphan`\n\
         models.py:6:39: CAS001 User.visits: `all` includes refresh-expire; write `save-update, merge, delete`\n"
    );
}

#[test]
fn what_is_explained_needs_no_file_of_this_repository() {
    let folder = crate::common::folder_with(&[(
        "models.py",
        "from sqlalchemy.orm import relationship\nposts = relationship('Post', cascade='all')\n",
    )]);
    for arguments in [
        &["explain", "--all"][..],
        &["explain", "--all", "--output-format", "markdown"],
        &["explain", "--all", "--output-format", "json"],
        &["check", "--output-format", "sarif"],
    ] {
        let run = crate::common::run_binary(folder.path(), arguments);
        let text = String::from_utf8(run.stdout).unwrap();
        for cited in ["scripts/", "testdata/", "rules/", "prove.py"] {
            assert!(!text.contains(cited), "{arguments:?} cites {cited}");
        }
        assert!(text.contains("https://docs.sqlalchemy.org/"), "{arguments:?}");
    }
}
