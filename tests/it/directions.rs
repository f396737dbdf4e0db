//! The direction of every recorded shape is the one that SQLAlchemy gave it, in one module and spread over several; never another.

use std::collections::BTreeMap;

use crate::common::{outcome, write_tree};
use cascade_fix::model::Relationship;
use cascade_fix::settings::Overrides;
use serde::Deserialize;

/// A shape and what SQLAlchemy 2.0 made of it. The relationship in question has a cascade, which decides nothing.
#[derive(Deserialize)]
struct Shape {
    case: String,
    source: String,
    direction: Option<String>,
    uselist: Option<bool>,
    #[serde(default)]
    error: Option<String>,
    /// The source alone does not tell it.
    #[serde(default)]
    may_be_unknown: bool,
}

fn shapes() -> Vec<Shape> {
    let recorded = [
        include_str!("../../testdata/oracle/directions.jsonl"),
        include_str!("../../testdata/oracle/more_directions.jsonl"),
    ];
    recorded.into_iter().flat_map(str::lines).map(|line| serde_json::from_str(line).unwrap()).collect()
}

impl Shape {
    /// As it is recorded: whether it is a collection is told apart.
    fn expected(&self) -> Option<(&'static str, bool)> {
        let direction = match (self.direction.as_deref()?, self.uselist?) {
            ("ONETOMANY", true) => "one-to-many",
            ("ONETOMANY", false) => "one-to-one",
            ("MANYTOONE", _) => "many-to-one",
            ("MANYTOMANY", _) => "many-to-many",
            other => panic!("{other:?}"),
        };
        Some((direction, self.uselist?))
    }

    /// Each class in a module of its own, which imports all of those before it.
    fn modules(&self) -> BTreeMap<String, Vec<u8>> {
        let is_header = |line: &&str| line.starts_with("from ") && !line.contains(" as ");
        let (header, body): (Vec<&str>, Vec<&str>) = self.source.lines().partition(is_header);
        let mut parts: Vec<String> = vec![String::new()];
        let mut is_decorated = false;
        for line in body {
            let begins = line.starts_with('@') || line.starts_with("class ") && !is_decorated;
            if begins && !line.starts_with("class Base") {
                parts.push(String::new());
            }
            is_decorated = line.starts_with('@');
            let part = parts.last_mut().unwrap();
            *part += line;
            part.push('\n');
        }
        let mut modules =
            BTreeMap::from(["pyproject.toml", "app/__init__.py"].map(|name| (name.to_owned(), Vec::new())));
        for (index, part) in parts.iter().enumerate() {
            let imports = (0..index).map(|before| format!("from app.part{before} import *\n"));
            let text = header.join("\n") + "\n" + &imports.collect::<String>() + part;
            modules.insert(format!("app/part{index}.py"), text.into_bytes());
        }
        modules
    }
}

/// What is said of the only relationship with a cascade.
fn relationship(files: &BTreeMap<String, Vec<u8>>) -> Relationship {
    let folder = tempfile::tempdir().unwrap();
    write_tree(files, folder.path());
    let outcome = outcome(folder.path(), Overrides::default(), false);
    let found: Vec<_> = outcome.findings().map(|(_, finding)| finding.relationship.clone()).collect();
    assert_eq!(found.len(), 1, "{:?}", outcome.files);
    found.into_iter().next().flatten().unwrap_or_default()
}

/// Code in which a name stands for something else than a class where a class is expected.
const NO_CLASSES: [&str; 9] = [
    "def owned(target):\n    return relationship(target, cascade='all')\n",
    "def give(owner):\n    owner.children = relationship('Child', cascade='all')\n",
    "def give(model):\n    return relationship(model.__name__, cascade='all')\n",
    "for model in models():\n    model.children = relationship('Child', cascade='all')\n",
    "Made = make()\nMade.children = relationship('Child', cascade='all')\n",
    "made = [relationship(model, cascade='all') for model in models()]\n",
    "class Parent(Base):\n    children = relationship(MODELS['child'], cascade='all')\n",
    "class Parent(Base):\n    children = relationship(f'{unknown()}Child', cascade='all')\n",
    "class Parent(Base):\n    children = relationship(make().Child, cascade='all')\n",
];

#[test]
fn what_may_be_no_class_is_not_told_as_one() {
    for code in NO_CLASSES {
        let models = format!("from sqlalchemy.orm import relationship\n{code}");
        let found = relationship(&BTreeMap::from([("models.py".to_owned(), models.into_bytes())]));
        let told: Vec<String> = [&found.owner, &found.target].into_iter().flatten().cloned().collect();
        assert!(told.iter().all(|name| ["Parent", "Child"].contains(&name.as_str())), "{code}{told:?}");
        assert!(found.owner.is_none() || found.target.is_none(), "{code}{told:?}");
        assert!(found.direction.is_none() && found.unknown.is_some(), "{code}{:?}", found.unknown);
    }
}

#[test]
fn each_shape_in_one_module() {
    for shape in shapes() {
        let files = BTreeMap::from([("models.py".to_owned(), shape.source.clone().into_bytes())]);
        let found = relationship(&files);
        let said = found.direction.map(|direction| direction.name()).zip(found.uselist);
        if said.is_some() || !shape.may_be_unknown {
            assert_eq!(said, shape.expected(), "{}: {:?}", shape.case, shape.error);
        }
        assert_eq!(found.direction.is_some(), !found.evidence.is_empty(), "{}", shape.case);
        assert_eq!(found.direction.is_none(), found.unknown.is_some(), "{}", shape.case);
    }
}

#[test]
fn each_shape_spread_over_modules() {
    let mut unknown = Vec::new();
    for shape in shapes() {
        let found = relationship(&shape.modules());
        let said = found.direction.map(|direction| direction.name()).zip(found.uselist);
        match said {
            None if shape.may_be_unknown => {}
            None if shape.expected().is_some() => unknown.push(shape.case),
            _ => assert_eq!(said, shape.expected(), "{}: {:?}", shape.case, shape.error),
        }
    }
    assert_eq!(unknown, [""; 0]);
}

#[test]
fn classes_of_one_name_are_told_with_their_places() {
    let base = "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship\n\n\nclass Base(DeclarativeBase):\n    id: Mapped[int] = mapped_column(primary_key=True)\n";
    let child =
        |table: &str| format!("from base import Base\n\n\nclass Child(Base):\n    __tablename__ = \"{table}\"\n");
    let parent = "from base import Base, relationship\n\n\nclass Parent(Base):\n    __tablename__ = \"parents\"\n    children = relationship(\"Child\", cascade=\"all\")\n";
    let files = [
        ("base.py", base.to_owned()),
        ("one.py", child("ones")),
        ("other.py", child("others")),
        ("parent.py", parent.to_owned()),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.into_bytes()));
    let unknown = relationship(&BTreeMap::from(files)).unknown.unwrap();
    assert!(
        unknown.ends_with("names 2 mapped classes of this repository, such as those at one.py:4 and other.py:4"),
        "{unknown}"
    );
}
