//! The page for a reviewer: it shows what the outcome has, and nothing of the code under review is markup in it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::common::{folder_with, run_binary};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scraper::{ElementRef, Html, Selector};
use sha2::{Digest, Sha256};

/// What would be markup, a script or the end of one where it is not escaped.
const HOSTILE: &str = "</script><img src=x onerror=alert(1)>&amp;{{7*7}}";

const MODELS: &str = r#"
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    posts = relationship("Post", cascade="all, delete-orphan")
    notes = relationship("Post", cascade="save-update, merge, delete")
    kept = relationship("Post", cascade="save-update, merge, delete-orphan")
    quiet = relationship("Post", cascade="all")  # cascade-fix: ignore
    open = relationship("Post", cascade=unknown())
    wrong = relationship("Post", cascade="al")


class Post(Base):
    __tablename__ = "post"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("user.id"))
"#;

fn page(folder: &Path) -> (String, Html) {
    let (status, text) = page_with(folder, &["--select", "CAS0,CAS104,CAS2,CAS3"]);
    assert_eq!(status, Some(1));
    let html = Html::parse_document(&text);
    (text, html)
}

fn page_with(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let run = run_binary(folder, &[&["check", "--isolated", "-q", "--output-format", "html"], arguments].concat());
    (run.status.code(), String::from_utf8(run.stdout).unwrap())
}

fn all<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: &ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_relationship_is_a_row_with_its_options_before_and_after() {
    let folder = folder_with(&[("app/models.py", MODELS)]);
    let (_, html) = page(folder.path());
    let cell = Selector::parse("td.cell .hidden").unwrap();
    let state = Selector::parse(".state").unwrap();
    let name = Selector::parse(".name").unwrap();
    let rows: BTreeMap<String, (Vec<String>, String)> = all(&html, "tbody tr")
        .iter()
        .map(|row| {
            let cells = row.select(&cell).map(|cell| text(&cell)).collect();
            let first = |selector| text(&row.select(selector).next().unwrap());
            (first(&name), (cells, first(&state)))
        })
        .collect();
    let would_add = "absent; a fix that is held back would add it";
    let expected = [
        ("User.posts", ["kept", "kept", "removed", "removed", "kept", "kept"], "can be fixed"),
        ("User.notes", ["kept", "kept", "absent", "absent", "kept", "absent"], "needs nothing"),
        ("User.kept", ["kept", "kept", "absent", "absent", would_add, "kept"], "held back"),
        ("User.quiet", ["kept", "kept", "kept", "kept", "kept", "absent"], "suppressed"),
        ("User.open", ["not known"; 6], "for a human"),
        ("User.wrong", ["not known"; 6], "for a human"),
    ];
    let expected =
        expected.map(|(name, cells, state)| (name.to_owned(), (cells.map(str::to_owned).to_vec(), state.to_owned())));
    assert_eq!(rows, BTreeMap::from(expected));
    let human: Vec<String> = all(&html, "#human .reason .name").iter().map(text).collect();
    assert_eq!(human, ["User.open", "User.wrong"]);
    let held_back: Vec<String> = all(&html, "#held-back .reason .name").iter().map(text).collect();
    assert_eq!(held_back, ["User.kept"]);
    assert_eq!(all(&html, "#graph svg path.line").len(), 4);
}

#[test]
fn what_the_settings_ignore_is_not_said_to_need_nothing() {
    let models = "from sqlalchemy.orm import relationship\nclass User(Base):\n    posts = relationship('Post', cascade='all')\n    \
                  notes = relationship('Note', cascade='merge')\n";
    let folder = folder_with(&[("models.py", models)]);
    let (status, html) = page_with(folder.path(), &["--ignore", "CAS001"]);
    assert_eq!(status, Some(0));
    let html = Html::parse_document(&html);
    let states: Vec<String> = all(&html, "tbody tr .state").iter().map(text).collect();
    assert_eq!(states, ["ignored by the settings", "needs nothing"]);
}

#[test]
fn a_row_shows_all_that_is_to_be_done_and_what_would_be_lost() {
    let relationships = [
        ("both", "cascade='all', passive_deletes='all'"),
        ("three", "cascade='all', secondary=tags, passive_deletes='all'"),
        ("viewing", "cascade='save-update, merge', viewonly=True"),
        ("seeing", "cascade='all, delete-orphan', viewonly=True"),
        ("lone", "cascade='delete, delete-orphan'"),
    ];
    let lines: String =
        relationships.iter().map(|(name, given)| format!("    {name} = relationship('Post', {given})\n")).collect();
    let models = MODELS.replace("    quiet =", &format!("{lines}    quiet ="));
    let models = models.replace("class User", "tags = Table('tags', Base.metadata)\n\n\nclass User");
    let models = models.replace("ForeignKey, Integer", "ForeignKey, Integer, Table");
    let folder = folder_with(&[("app/models.py", &models)]);
    let run = run_binary(folder.path(), &["check", "--isolated", "-q", "--select", "CAS", "--output-format", "html"]);
    let html = Html::parse_document(&String::from_utf8(run.stdout).unwrap());
    let [cell, state, name] = ["td.cell .hidden", ".state", ".name"].map(|one| Selector::parse(one).unwrap());
    let rows: BTreeMap<String, (Vec<String>, Vec<String>, String)> = all(&html, "tbody tr")
        .iter()
        .map(|row| {
            let cells = row.select(&cell).map(|cell| text(&cell)).collect();
            let states = row.select(&state).map(|state| text(&state)).collect();
            let classes = row.attr("data-states").unwrap().to_owned();
            (text(&row.select(&name).next().unwrap()), (cells, states, classes))
        })
        .collect();
    let (fixed, held, human) = ("can be fixed", "held back", "for a human");
    assert_eq!(rows["User.both"].1, [fixed, human]);
    assert_eq!(rows["User.both"].2, "fixed human");
    assert_eq!(rows["User.three"].1, [fixed, held, human]);
    assert_eq!(rows["User.viewing"].1, [held]);
    assert_eq!(rows["User.seeing"].1, [fixed]);
    assert_eq!(rows["User.lone"].1, [held]);
    let would_lose = "written, without effect; a fix that is held back would remove it";
    let loses = "written, without effect; removed";
    assert_eq!(rows["User.viewing"].0, [would_lose, "kept", "absent", "absent", "absent", "absent"]);
    assert_eq!(rows["User.seeing"].0, [loses, "kept", "removed", "removed", loses, loses]);
    assert_eq!(rows["User.three"].0[4], "kept; a fix that is held back would remove it");
    assert!(!html.root_element().text().any(|text| text.contains(" fixed in ")), "nothing is fixed yet");
}

#[test]
fn the_diff_is_that_of_the_patch() {
    let folder = folder_with(&[("app/models.py", MODELS)]);
    let (_, html) = page(folder.path());
    let lines: Vec<String> = all(&html, ".diff .line").iter().map(|line| line.text().collect()).collect();
    let patch = String::from_utf8(run_binary(folder.path(), &["diff", "--isolated", "-q"]).stdout).unwrap();
    let of_patch: Vec<&str> = patch.lines().skip(3).filter(|line| !line.starts_with("@@")).collect();
    assert_eq!(lines, of_patch);
    let reasons = text(&all(&html, "#changes .reason")[0]);
    assert!(
        reasons.contains("User.posts") && reasons.contains("one-to-many: post.user_id references user.id"),
        "{reasons}"
    );
}

#[test]
fn nothing_of_the_code_is_markup_and_nothing_comes_from_elsewhere() {
    let hostile = MODELS.replace("\"Post\", cascade=\"all, delete-orphan\"", &format!("{HOSTILE:?}, cascade=\"all\""));
    let hostile =
        hostile.replace("# cascade-fix: ignore", &format!("# {HOSTILE}")).replace("\"al\"", &format!("{HOSTILE:?}"));
    let name = format!("{}.py", HOSTILE.replace('/', "\u{2215}"));
    let folder = folder_with(&[(&name, &hostile), ("broken.py", "cascade='\u{0}'\n"), (".editorconfig", "")]);
    std::fs::write(folder.path().join("binary.py"), b"cascade='\xff'").unwrap();
    let (source, html) = page(folder.path());
    for selector in
        ["img", "iframe", "link", "object", "base", "[src]", "[onerror]", "[onload]", "[onclick]", "[style]"]
    {
        assert!(all(&html, selector).is_empty(), "{selector}");
    }
    assert_eq!(all(&html, "script").len(), 1);
    for link in all(&html, "a") {
        let target = link.attr("href").unwrap();
        assert!(target.starts_with('#') || target.starts_with("https://docs.sqlalchemy.org/"), "{target}");
    }
    assert!(!source.contains("url(http") && !source.contains("@import"));
    let script: String = all(&html, "script")[0].text().collect();
    let policy = all(&html, "meta[http-equiv=Content-Security-Policy]")[0].attr("content").unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(policy.contains(&format!("script-src 'sha256-{}'", STANDARD.encode(Sha256::digest(&script)))), "{policy}");
    // it is shown as it is
    let shown: String = html.root_element().text().collect();
    assert!(shown.contains(HOSTILE), "{shown}");
    assert!(html.errors.is_empty(), "{:?}", html.errors);
}

#[test]
fn it_is_the_same_each_time() {
    let folder = folder_with(&[("app/models.py", MODELS)]);
    assert_eq!(page(folder.path()).0, page(folder.path()).0);
}

#[test]
fn it_can_be_used_by_keyboard_and_screen_reader() {
    let folder = folder_with(&[("app/models.py", MODELS)]);
    let (_, html) = page(folder.path());
    assert_eq!(all(&html, "html")[0].attr("lang"), Some("en"));
    assert_eq!((all(&html, "main").len(), all(&html, "h1").len(), all(&html, "table caption").len()), (1, 1, 1));
    assert!(all(&html, "thead th").iter().all(|head| head.attr("scope") == Some("col")));
    assert!(all(&html, "tbody th").iter().all(|head| head.attr("scope") == Some("row")));
    let ids: Vec<&str> = all(&html, "[id]").iter().filter_map(|element| element.attr("id")).collect();
    for link in all(&html, "a[href^='#'], [aria-labelledby], [aria-controls]") {
        let target = link.attr("href").map(|target| target.trim_start_matches('#'));
        let target = target.or(link.attr("aria-labelledby")).or(link.attr("aria-controls")).unwrap();
        assert_eq!(ids.iter().filter(|id| **id == target).count(), 1, "{target}");
    }
    // what scrolls can be reached without a mouse, and has a name
    for region in all(&html, "[tabindex]") {
        assert!(
            region.attr("role") == Some("region")
                && (region.attr("aria-label").or(region.attr("aria-labelledby"))).is_some()
        );
    }
}
