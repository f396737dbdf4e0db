//! What is deleted with what: which classes and relationships are there, how they are marked, and that each format says the same.

use std::collections::BTreeMap;
use std::path::Path;

use crate::common::{folder_with, run_binary};
use serde_json::Value;

const MODELS: &str = r#"
from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()
tags = Table("tags", Base.metadata, Column("post_id", ForeignKey("post.id")), Column("tag_id", ForeignKey("tag.id")))


class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    posts = relationship("Post", cascade="all, delete-orphan")
    notes = relationship("Note", cascade="save-update, merge, delete")
    friends = relationship("Friend", cascade="all, delete")  # cascade-fix: ignore
    seen = relationship("Seen", cascade="save-update, merge")
    kept = relationship("Kept", cascade="save-update, merge, delete-orphan")


class Post(Base):
    __tablename__ = "post"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("user.id"))
    tags = relationship("Tag", secondary=tags, cascade="all, delete")


class Tag(Base):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("tag.id"))
    children = relationship("Tag", cascade="all")


class Note(Base):
    __tablename__ = "note"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("user.id"))


class Friend(Base):
    __tablename__ = "friend"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("user.id"))
    pen = relationship("Pen", uselist=False, cascade="save-update, merge, delete")


class Pen(Base):
    __tablename__ = "pen"
    id = Column(Integer, primary_key=True)
    friend_id = Column(ForeignKey("friend.id"))
    owner = relationship("Friend", cascade="all")


class Seen(Base):
    __tablename__ = "seen"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("user.id"))


class Kept(Base):
    __tablename__ = "kept"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("user.id"))
"#;

fn graph(folder: &Path, arguments: &[&str]) -> String {
    let run = run_binary(folder, &[&["graph", "--isolated", "-q"], arguments].concat());
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// `Owner.attribute → Target`, with what becomes of each, by the JSON.
fn deletions(folder: &Path, arguments: &[&str]) -> BTreeMap<String, (String, bool)> {
    let graph: Value = serde_json::from_str(&graph(folder, &[&["--format", "json"], arguments].concat())).unwrap();
    let name = |index: &Value| graph["classes"][index.as_u64().unwrap() as usize]["name"].as_str().unwrap();
    let of = |deletion: &Value| {
        let attribute = deletion["attribute"].as_str().unwrap();
        let key = format!("{}.{attribute} → {}", name(&deletion["from"]), name(&deletion["to"]));
        (key, (deletion["change"].as_str().unwrap().to_owned(), deletion["is_in_cycle"].as_bool().unwrap()))
    };
    graph["deletions"].as_array().unwrap().iter().map(of).collect()
}

fn expected(all: &[(&str, &str, bool)]) -> BTreeMap<String, (String, bool)> {
    all.iter().map(|(key, change, cycle)| ((*key).to_owned(), ((*change).to_owned(), *cycle))).collect()
}

#[test]
fn all_that_deletes_is_there_with_what_becomes_of_it() {
    let folder = folder_with(&[("models.py", MODELS)]);
    let plain = expected(&[
        ("User.posts → Post", "rewritten", false),
        ("User.notes → Note", "none", false),
        ("User.friends → Friend", "none", false),
        ("Post.tags → Tag", "rewritten", false),
        ("Tag.children → Tag", "rewritten", true),
        ("Friend.pen → Pen", "none", true),
        ("Pen.owner → Friend", "rewritten", true),
    ]);
    assert_eq!(deletions(folder.path(), &[]), plain);
    let held_back = expected(&[
        ("User.posts → Post", "rewritten", false),
        ("User.notes → Note", "none", false),
        ("User.friends → Friend", "none", false),
        ("User.kept → Kept", "would-be-added", false),
        ("Post.tags → Tag", "would-be-removed", false),
        ("Tag.children → Tag", "rewritten", true),
        ("Friend.pen → Pen", "none", true),
        ("Pen.owner → Friend", "would-be-removed", true),
    ]);
    assert_eq!(deletions(folder.path(), &["--select", "CAS"]), held_back);
    // what no longer deletes goes around no longer
    let is_around = |key: &str, cycle: bool| cycle && key.starts_with("Tag.");
    let after = |(key, (change, cycle)): (String, (String, bool))| {
        let cycle = is_around(&key, cycle);
        (key, (change.replace("would-be-", ""), cycle))
    };
    let carried_out: BTreeMap<_, _> = held_back.into_iter().map(after).collect();
    assert_eq!(deletions(folder.path(), &["--select", "CAS", "--unsafe-fixes"]), carried_out);
}

#[test]
fn marks_are_never_by_colour_alone() {
    let folder = folder_with(&[("models.py", MODELS)]);
    let mermaid = graph(folder.path(), &["--select", "CAS0,CAS104"]);
    for line in [
        "|\"tags ✎ (many-to-many!)\"|",
        "|\"children ✎ (cycle)\"|",
        "|\"owner ✎ (many-to-one!, cycle)\"|",
        "|\"notes\"|",
    ] {
        assert!(mermaid.contains(line), "{line}: {mermaid}");
    }
    assert!(mermaid.contains("-.->|\"kept (would delete: held back)\"|"), "{mermaid}");
    assert!(mermaid.contains("==>|\"tags"), "{mermaid}");
}

#[test]
fn a_relationship_is_marked_that_todays_calls_reach() {
    let service = "from sqlalchemy.ext.asyncio import AsyncSession\n\nfrom models import Post, User\n\n\n\
                   async def again(session: AsyncSession, user: User, post: Post):\n    \
                   await session.refresh(user)\n    await session.refresh(post)\n    await session.refresh(post)\n";
    let folder = folder_with(&[("models.py", MODELS), ("service.py", service)]);
    let mermaid = graph(folder.path(), &[]);
    assert!(mermaid.contains("\"posts ✎ (reached by 1 call)\""), "{mermaid}");
    assert!(mermaid.contains("\"owner ✎ (many-to-one!, cycle)\""), "{mermaid}");
    let json: Value = serde_json::from_str(&graph(folder.path(), &["--format", "json"])).unwrap();
    let of = |attribute: &str| json["deletions"].as_array().unwrap().iter().find(|one| one["attribute"] == attribute);
    assert_eq!(of("posts").unwrap()["reach"], "reached");
    assert_eq!(of("posts").unwrap()["calls"], serde_json::json!(["service.py:7:11"]));
    assert_eq!(of("owner").unwrap()["reach"], "dormant");
}

#[test]
fn each_format_has_the_same_classes_and_relationships() {
    let folder = folder_with(&[("models.py", MODELS)]);
    let number = deletions(folder.path(), &[]).len();
    assert_eq!(
        graph(folder.path(), &[]).matches("-->|").count() + graph(folder.path(), &[]).matches("==>|").count(),
        number
    );
    let svg = graph(folder.path(), &["--format", "svg"]);
    assert_eq!(svg.matches("<path class=\"line").count(), number);
    assert_eq!(svg.matches("<rect").count(), 6);
    let dot = graph(folder.path(), &["--format", "dot"]);
    assert_eq!(dot.matches(" -> ").count(), number);
    layout::gv::DotParser::new(&dot).process().unwrap();
}

#[test]
fn classes_of_the_same_name_are_told_apart() {
    let module = MODELS.replace("\"tags\", Base", "\"tags2\", Base");
    let folder = folder_with(&[("a/models.py", MODELS), ("b/models.py", &module)]);
    let graph: Value = serde_json::from_str(&graph(folder.path(), &["--format", "json"])).unwrap();
    let posts = graph["classes"].as_array().unwrap().iter().filter(|class| class["name"] == "Post");
    let places: Vec<_> = posts.map(|class| class["place"].as_str().unwrap().to_owned()).collect();
    assert_eq!(places, ["a/models.py:19", "b/models.py:19"]);
}

#[test]
fn nothing_of_the_code_is_markup() {
    let hostile = "from sqlalchemy.orm import relationship\nclass A(Base):\n    b = relationship('</text><script>\"]|@x`#', cascade='all')\n";
    let folder = folder_with(&[("models.py", hostile)]);
    let mermaid = graph(folder.path(), &[]);
    assert!(mermaid.contains("[\"#60;/text#62;#60;script#62;#34;#93;#124;#64;x#96;#35;\"]"), "{mermaid}");
    let svg = graph(folder.path(), &["--format", "svg"]);
    assert!(svg.contains("&lt;/text&gt;&lt;script&gt;&quot;") && !svg.contains("<script"), "{svg}");
    let dot = graph(folder.path(), &["--format", "dot"]);
    assert!(dot.contains(r#""</text><script>\"]|@x`#""#), "{dot}");
}

#[test]
fn too_much_for_one_drawing_is_drawn_class_by_class() {
    let relationships: String =
        (0..15).map(|number| format!("    r{number} = relationship('C{number}', cascade='all')\n")).collect();
    let classes: String = (0..15).map(|number| format!("class C{number}(Base):\n{relationships}")).collect();
    let folder = folder_with(&[("models.py", &format!("from sqlalchemy.orm import relationship\n{classes}"))]);
    let svg = graph(folder.path(), &["--format", "svg"]);
    assert_eq!(svg.matches("<path class=\"line").count(), 225);
    assert_eq!(svg.matches("<rect").count(), 225);
    assert!(graph(folder.path(), &[]).starts_with("flowchart LR\n"));
}

#[test]
fn nothing_that_deletes_is_an_empty_graph() {
    let folder = folder_with(&[("models.py", "x = 1\n")]);
    assert_eq!(graph(folder.path(), &[]), "flowchart LR\n");
    assert!(graph(folder.path(), &["--format", "svg"]).contains("0 mapped classes"));
    let file = folder.path().join("graph.svg");
    assert_eq!(graph(folder.path(), &["--format", "svg", "--output-file", file.to_str().unwrap()]), "");
    assert!(std::fs::read_to_string(file).unwrap().starts_with("<svg"));
}

#[test]
fn a_name_fits_its_box_whatever_its_characters() {
    // in pixels, as DejaVu Sans Bold has them at the size of the drawing
    let names = [
        ("WWWWMMMMWWWWMMMMWWWW", 12.),
        ("illustrativesigil", 5.),
        ("電子書籍出版管理契約", 12.),
        ("Ünïcödé_Überschrift", 8.),
        ("X", 9.),
    ];
    let targets = names.map(|(name, _)| format!("    r_{name} = relationship('{name}', cascade='all')\n")).concat();
    let classes = names.map(|(name, _)| {
        format!(
            "class {name}(Base):\n    __tablename__ = '{name}'\n    id = Column(Integer, primary_key=True)\n    \
             owner_id = Column(ForeignKey('owner.id'))\n"
        )
    });
    let models = format!(
        "from sqlalchemy import Column, ForeignKey, Integer\nfrom sqlalchemy.orm import declarative_base, relationship\n\
         Base = declarative_base()\nclass Owner(Base):\n    __tablename__ = 'owner'\n    id = Column(Integer, primary_key=True)\n\
         {targets}{}",
        classes.concat()
    );
    let folder = folder_with(&[("models.py", &models)]);
    let svg = graph(folder.path(), &["--format", "svg"]);
    for (name, least) in names {
        let (before, _) = svg.split_once(&format!(">{name}</text></g>")).unwrap_or_else(|| panic!("{name}: {svg}"));
        let (_, rect) = before.rsplit_once("<rect").unwrap();
        let width = rect.split("width=\"").nth(1).unwrap().split('"').next().unwrap();
        let needed = least * name.chars().count() as f64;
        assert!(width.parse::<f64>().unwrap() > needed + 10., "{name}: {width}");
    }
}
