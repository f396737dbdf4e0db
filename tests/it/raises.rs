//! Reads that are told to raise do raise, in random asynchronous programs that SQLAlchemy runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::sqlalchemy::python;
use crate::common::{folder_with, run_binary};

/// Seeds whose programs have what was once taken to raise and does not: a collection that its last object left, one of an object that was
/// made here, an object that is appended where it is already, an append that a refresh of the attribute throws away, or that the other side of the
/// relationship keeps, the one that another took the place of, what loader options of another query load again, what is set where it may be
/// already, a column that is loaded with a foreign key, what the flush of a change loads, what need not be loaded, what is not in the
/// session, what is there only if a list has another object, what two copies of a list have at a place, what was set before it may be
/// expired, what is loaded with an object but not where that leads back to where the object came from, and another of a list that has no other.
const HARD_SEEDS: [&str; 20] = [
    "119", "129", "171", "196", "1137", "1200", "3070", "3117", "3141", "3302", "615", "647", "254", "5117", "3400",
    "3466", "8117", "4027", "6115", "191",
];

/// Seeds and programs of theirs, of which all that raises because of a cascade is told: what may be the same as another is loaded, refreshed or
/// comes into a collection; one of several objects is taken by its place; an object is appended to a collection that is not in the session, or
/// where it is; what may be the same as another comes again with that; the other side of what is set is told
/// where nothing is looked for; what was made here comes into a collection beside what was there; what may be set to another, or is set to
/// what it leads to; one-to-one leads back to where it came from; all of a class have those that are expired; one of a list is expired where
/// all of it are; what is in the session has the options that it was loaded with; what a cascade took away
/// stays away where it may do so twice; and a collection that is loaded again has the same others.
const TOLD_PROGRAMS: [(&str, &str); 23] = [
    ("17", "program_2"),
    ("45", "program_1"),
    ("65", "program_2"),
    ("123", "program_0"),
    ("146", "program_2"),
    ("2026", "program_1"),
    ("2052", "program_3"),
    ("48", "program_1"),
    ("120", "program_2"),
    ("171", "program_1"),
    ("171", "program_3"),
    ("1045", "program_3"),
    ("1062", "program_4"),
    ("1065", "program_3"),
    ("3017", "program_4"),
    ("3075", "program_0"),
    ("3097", "program_1"),
    ("132", "program_0"),
    ("156", "program_0"),
    ("177", "program_4"),
    ("189", "program_4"),
    ("191", "program_0"),
    ("194", "program_3"),
];

/// Seeds with relationships that are told to be dormant, and programs that raise because of others.
const DORMANT_SEEDS: [&str; 4] = ["14", "39", "56", "88"];

/// Runs the programs; whether all holds that is checked, and what is said.
fn compare(arguments: &[&str]) -> (bool, String) {
    let run = Command::new(python())
        .args(["scripts/raises.py", "--jobs", "2", "--bin", env!("CARGO_BIN_EXE_cascade-fix")])
        .args(arguments)
        .output()
        .unwrap();
    let said = [run.stdout, run.stderr].concat();
    (run.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn reads_that_are_told_raise_in_that_line_and_none_does_after_the_fix() {
    let (holds, said) = compare(&["--count", "100"]);
    assert!(holds && said.contains("raises: 0 wrong and 0 left by the fix"), "{said}");
}

#[test]
fn what_need_not_be_in_a_collection_is_not_told_to_raise() {
    // so few of them tell nothing of how many are found
    let (_, said) = compare(&[&["--count", "1", "--seed"], &HARD_SEEDS[..]].concat());
    assert!(said.contains("raises: 0 wrong and 0 left by the fix"), "{said}");
}

#[test]
fn what_can_be_known_of_objects_that_may_be_the_same_is_told() {
    let seeds = BTreeSet::from(TOLD_PROGRAMS.map(|(seed, _)| seed));
    let given: Vec<&str> = ["--count", "1", "--show", "99", "--seed"].into_iter().chain(seeds).collect();
    let (_, said) = compare(&given);
    assert!(said.contains("raises: 0 wrong and 0 left by the fix"), "{said}");
    for (seed, program) in TOLD_PROGRAMS {
        assert!(!said.contains(&format!("seed {seed}, {program}:")), "{said}");
    }
}

/// The line of a file in which an error was raised that is MissingGreenlet, or comes from one; None for any other.
const LINE_OF: &str = "\
import asyncio, contextlib, importlib.util, io, json, os, pathlib, runpy, sys, traceback, warnings

warnings.simplefilter('ignore')


def line_of(error, path):
    if 'MissingGreenlet' in (type(error).__name__, type(getattr(error, 'orig', None)).__name__):
        return [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path][-1]


";

/// Runs each program; the line of its own in which it raises MissingGreenlet.
const RUN: &str = "\
lines = {}
for path in map(pathlib.Path, sys.argv[1:]):
    try:
        runpy.run_path(str(path), run_name='__main__')
    except Exception as error:
        line = line_of(error, str(path))
        if line:
            lines[path.name] = line
print(json.dumps(lines), flush=True)
# connections have threads, which nobody ends
os._exit(0)
";

#[test]
fn what_programs_do_decides_what_is_told_of_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/raises");
    let mut programs: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    programs.sort();
    let run = Command::new(python()).args(["-c", &[LINE_OF, RUN].concat()]).args(&programs).output().unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    let last = said.lines().last().unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&run.stderr)));
    let raised: BTreeMap<String, u64> = serde_json::from_str(last).unwrap();
    let told = reads_told_in(&folder);
    for (program, lines) in &told {
        assert_eq!(
            lines.iter().copied().collect::<Vec<_>>(),
            Vec::from_iter(raised.get(program).copied()),
            "{program}"
        );
    }
    for path in &programs {
        let program = path.file_name().unwrap().to_str().unwrap();
        assert_eq!(told.contains_key(program), program.starts_with("told_"), "{program}");
        // what is asked of one must not depend on what was asked before of another
        let alone = folder_with(&[(program, &fs::read_to_string(path).unwrap())]);
        assert_eq!(reads_told_in(alone.path()).get(program), told.get(program), "{program} alone");
    }
}

/// Runs each coroutine of a module on rows of its own; the line of the module in which it raises MissingGreenlet, and where each begins.
const RUN_EACH: &str = "\
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import StaticPool

path = sys.argv[1]
specification = importlib.util.spec_from_file_location('app', path)
app = importlib.util.module_from_spec(specification)
sys.modules['app'] = app
specification.loader.exec_module(app)


async def run(program):
    engine = create_async_engine('sqlite+aiosqlite://', poolclass=StaticPool)
    async with engine.begin() as connection:
        await connection.run_sync(app.Base.metadata.create_all)
    app.maker.configure(bind=engine)
    await app.fill()
    try:
        await program()
    except Exception as error:
        line = line_of(error, path)
        if not line:
            raise
        return line
    finally:
        await engine.dispose()


programs = {name: found for name, found in vars(app).items() if name.startswith(('told_', 'silent_'))}
with contextlib.redirect_stdout(io.StringIO()):
    raised = [(name, found.__code__.co_firstlineno, asyncio.run(run(found))) for name, found in programs.items()]
print(json.dumps(raised), flush=True)
os._exit(0)
";

#[test]
fn what_is_taken_of_a_sequence_is_told_where_it_raises() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sequences");
    let run =
        Command::new(python()).args(["-c", &[LINE_OF, RUN_EACH].concat()]).arg(folder.join("app.py")).output().unwrap();
    let raised: Vec<(String, u64, Option<u64>)> =
        serde_json::from_slice(&run.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&run.stderr)));
    let told = reads_told_in(&folder).remove("app.py").unwrap();
    let ends = raised.iter().skip(1).map(|(_, begin, _)| *begin).chain([u64::MAX]);
    for ((name, begin, line), end) in raised.iter().zip(ends) {
        assert_eq!(told.range(begin..&end).collect::<Vec<_>>(), Vec::from_iter(line), "{name}");
        assert_eq!(line.is_some(), name.starts_with("told_"), "{name}");
    }
    assert!(raised.len() > 50, "{raised:?}");
}

/// The lines of the reads that are told to raise, by file.
fn reads_told_in(folder: &Path) -> BTreeMap<String, BTreeSet<u64>> {
    let check = run_binary(folder, &["check", "--isolated", "--calls", "--output-format=json", "."]);
    let report: Value = serde_json::from_slice(&check.stdout).unwrap();
    let mut told: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for read in report["calls"].as_array().unwrap().iter().filter_map(|call| call["reads"].as_array()).flatten() {
        let path = read["path"].as_str().unwrap().to_owned();
        told.entry(path).or_default().insert(read["start"]["line"].as_u64().unwrap());
    }
    told
}

#[test]
fn what_is_told_to_be_dormant_is_not_why_a_read_raises() {
    let (_, said) = compare(&[&["--count", "5", "--seed"], &DORMANT_SEEDS[..]].concat());
    assert!(said.contains("raises: 0 wrong and 0 left by the fix"), "{said}");
    assert!(!said.contains("; 0 dormant beside"), "{said}");
}

const MODELS: &str = "\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = 'author'
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list['Book']] = relationship(cascade='all')


class Book(Base):
    __tablename__ = 'book'
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey('author.id'))
";
const STORE: &str = "\
from sqlalchemy.ext.asyncio import AsyncSession

from models import Author


async def save(session: AsyncSession, author: Author):
    await session.commit()
    await session.refresh(author)


async def rename(session: AsyncSession, author: Author, name: str):
    author.name = name
    await save(session, author)
";
const API: &str = "\
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlalchemy.orm import selectinload

from models import Author
from store import rename

maker = async_sessionmaker(expire_on_commit=False)


async def endpoint(name: str):
    async with maker() as session:
        statement = select(Author).where(Author.id == 1).options(selectinload(Author.books))
        author = (await session.scalars(statement)).one()
        books = list(author.books)
        await rename(session, author, name)
        return [book.title for book in books]
";

#[test]
fn a_read_in_another_file_than_the_refresh_is_told_over_two_calls() {
    // guards take none of the ways that are followed
    let guards: String =
        (0..80).map(|n| format!("        if not name or name == '{n}':\n            raise ValueError\n")).collect();
    // with the loader's option, SQLAlchemy loads the books again: what is read is there
    let without = API.replace(".options(selectinload(Author.books))", "");
    let awaited = without.replace("list(author.books)", "list(await author.awaitable_attrs.books)");
    let models = MODELS.replace("class Base(DeclarativeBase)", "class Base(AsyncAttrs, DeclarativeBase)");
    let models =
        models.replace("from sqlalchemy.orm", "from sqlalchemy.ext.asyncio import AsyncAttrs\nfrom sqlalchemy.orm");
    let guarded = awaited.replace("        statement =", &format!("{guards}        statement ="));
    for (api, expected) in [(API, "reached"), (&awaited, "raises"), (&guarded, "raises")] {
        let folder = folder_with(&[("models.py", models.as_str()), ("store.py", STORE), ("api.py", api)]);
        let run = run_binary(folder.path(), &["check", "--isolated", "--output-format=json", "."]);
        let report: Value = serde_json::from_slice(&run.stdout).unwrap();
        let reach = &report["findings"][0]["reach"];
        assert_eq!(reach["level"], expected, "{reach:#}");
        if expected == "raises" {
            assert_eq!(reach["calls"][0]["path"], "store.py", "{reach:#}");
            let read = &reach["calls"][0]["reads"][0];
            assert_eq!(
                (read["path"].as_str(), read["text"].as_str()),
                (Some("api.py"), Some("book.title")),
                "{reach:#}"
            );
        }
    }
}

#[test]
fn whoever_awaits_a_coroutine_is_found_however_it_is_written() {
    let models = MODELS.replace("class Base(DeclarativeBase)", "class Base(AsyncAttrs, DeclarativeBase)");
    let models =
        models.replace("from sqlalchemy.orm", "from sqlalchemy.ext.asyncio import AsyncAttrs\nfrom sqlalchemy.orm");
    let api = API.replace(".options(selectinload(Author.books))", "");
    let api = api.replace("list(author.books)", "list(await author.awaitable_attrs.books)");
    const AWAITED: &str = "await rename(session, author, name)";
    let spellings = [
        "await (\n            rename(session, author, name)\n        )",
        "await (  # a, b\n            rename(session, author, name)\n        )",
        "await \\\n            rename \\\n            (session, author, name)",
        "(await ((rename(session, author, name))))",
        "await store.rename(session, author, name)",
    ];
    let mut files: Vec<(&str, String)> = Vec::new();
    for spelling in spellings {
        files.push(("api.py", api.replace(AWAITED, spelling).replace("from store", "import store\nfrom store")));
    }
    files.push(("api.py", api.replace(AWAITED, spellings[1]).replace('\n', "\r")));
    files.push(("api.py.j2", api.replace(AWAITED, &format!("{{% if name %}}{AWAITED}{{% endif %}}"))));
    let lines: Vec<String> = api.replace(AWAITED, spellings[0]).lines().map(|line| format!("{line}\n")).collect();
    let cell = serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": lines});
    let python = serde_json::json!({"language_info": {"name": "python"}});
    let notebook = serde_json::json!({"cells": [cell], "metadata": python, "nbformat": 4, "nbformat_minor": 5});
    files.push(("api.ipynb", serde_json::to_string_pretty(&notebook).unwrap()));
    for (name, api) in &files {
        let folder = folder_with(&[("models.py", models.as_str()), ("store.py", STORE), (name, api)]);
        let run = run_binary(folder.path(), &["check", "--isolated", "--output-format=json", "."]);
        let report: Value = serde_json::from_slice(&run.stdout).unwrap();
        let reach = &report["findings"][0]["reach"];
        assert_eq!(reach["level"], "raises", "{name}: {api}\n{reach:#}");
    }
}
