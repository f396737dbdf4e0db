//! The name that a function makes of a class's is the one that Python makes, or it is not known.

use std::collections::BTreeMap;

use crate::common::{outcome, write_tree};
use cascade_fix::settings::Overrides;
use serde::Deserialize;

/// A function of a class, and what it gives for each class's name; None where it fails, or gives no name.
#[derive(Deserialize)]
struct Function {
    expression: String,
    /// What stands before all of them.
    source: String,
    names: BTreeMap<String, Option<String>>,
}

const MODELS: &str = "from sqlalchemy import Column, ForeignKey, Integer\n\
    from sqlalchemy.orm import DeclarativeBase, declared_attr, relationship\n\
    class Base(DeclarativeBase):\n    pass\n\
    class Named(Base):\n    __abstract__ = True\n    id = Column(Integer, primary_key=True)\n    @declared_attr.directive\n    def __tablename__(cls) -> str:\n";

impl Function {
    /// A module in which the function names the tables of classes with the names. To each leads the key of another class.
    fn models(&self, header: &str) -> String {
        let mut text = format!("{header}{MODELS}        return {}\n", self.expression);
        for (index, (name, table)) in self.names.iter().enumerate() {
            let table = table.as_deref().unwrap_or("nothing");
            text += &format!(
                "class {name}(Named):\n    children = relationship('C{index}', cascade='all')\n\
                 class C{index}(Base):\n    __tablename__ = 'c{index}'\n    id = Column(Integer, primary_key=True)\n    p = Column(ForeignKey({table:?} '.id'))\n"
            );
        }
        text
    }
}

#[test]
fn each_name_is_the_one_that_python_makes() {
    let recorded = include_str!("../../testdata/oracle/table_names.jsonl");
    let all: Vec<Function> = recorded.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (header, functions) = all.split_first().unwrap();
    let (mut known, mut unknown) = (0, Vec::new());
    for function in functions {
        let folder = tempfile::tempdir().unwrap();
        let files = BTreeMap::from([("models.py".to_owned(), function.models(&header.source).into_bytes())]);
        write_tree(&files, folder.path());
        let outcome = outcome(folder.path(), Overrides::default(), false);
        let mut answered = 0;
        for (_, finding) in outcome.findings() {
            let relationship = finding.relationship.clone().unwrap();
            let owner = relationship.owner.unwrap();
            let expected = &function.names[&owner];
            for evidence in &relationship.evidence {
                let told = evidence.split(' ').nth(2).unwrap().strip_suffix(".id").unwrap().to_owned();
                // a table whose name is not known is called by its class
                if told != owner || expected.as_deref() == Some(&owner) {
                    assert_eq!(Some(&told), expected.as_ref(), "{} of {owner}", function.expression);
                    answered += 1;
                }
            }
        }
        let expected = function.names.values().flatten().count();
        known += answered;
        if answered < expected {
            unknown.push(format!("{}: {answered} of {expected}", function.expression));
        }
    }
    assert_eq!(unknown, [""; 0]);
    assert!(known > 1500, "{known}");
}

#[test]
fn a_key_is_named_by_its_column_where_a_function_of_the_base_gives_the_path_to_it() {
    let made_with = [
        "class Base(declarative_base(cls=Named)):\n    __abstract__ = True\n",
        "Base = declarative_base(cls=Named)\n",
        "class Base(Named, DeclarativeBase):\n    __abstract__ = True\n",
        "Alias = Named\nclass Base(Alias, DeclarativeBase):\n    __abstract__ = True\n",
    ];
    for base in made_with {
        let text = format!(
            "from sqlalchemy import Column, ForeignKey, Integer\n\
             from sqlalchemy.orm import DeclarativeBase, declarative_base, declared_attr, relationship\n\
             class Named:\n    id = Column(Integer, primary_key=True)\n\
             \x20   @declared_attr\n    def __tablename__(cls):\n        return cls.__name__.lower() + 's'\n\
             \x20   @declared_attr\n    def path(cls):\n        return f'{{cls.__tablename__}}.id'\n\
             {base}\
             class Team(Base):\n    players = relationship('Player', cascade='all')\n\
             class Player(Base):\n    team_id = Column(ForeignKey(Team.path))\n"
        );
        let folder = tempfile::tempdir().unwrap();
        write_tree(&BTreeMap::from([("models.py".to_owned(), text.clone().into_bytes())]), folder.path());
        let outcome = outcome(folder.path(), Overrides::default(), false);
        let relationships = outcome.findings().map(|(_, finding)| finding.relationship.clone().unwrap());
        let evidence: Vec<String> = relationships.flat_map(|relationship| relationship.evidence).collect();
        assert!(evidence[0].starts_with("players.team_id references teams.id "), "{evidence:?}: {text}");
    }
}
