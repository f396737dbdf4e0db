//! Modules around relationships: what is bound how and where, in code of every kind.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::values::{CONSTANTS, Text, literal, value};

/// A statement.
#[derive(Debug, Clone)]
enum Statement {
    /// A line, or several inside of brackets.
    Simple(String),
    /// What has statements below it.
    Block(String, Vec<Statement>),
}

use Statement::{Block, Simple};

const HEADER: &str = "\
import sqlalchemy.orm
from functools import partial
from sqlalchemy import orm
from sqlalchemy.orm import (
    Mapped,
    Relationship,  # its other name
    backref, relationship as children, relationship,
)
from app.base import Base, compute, registry, settings, table; FLAG = settings.flag
";

/// What has nothing to do with cascades, or only looks as if it had.
const OTHERS: [&str; 24] = [
    "größe = 1; ﬁ = größe",
    "x: int",
    "def outer(a, /, b=1, *rest, key=None, **others): return (yield a)",
    "print(*[1, 2], **{'sep': ''}, end='cascade=\"all\"')",
    "text = f\"{FLAG!r:>{10}} {'all' if FLAG else {'cascade': 'all'}}\"",
    "text = '''cascade=\"all\"\n  # noqa: CAS001\n'''",
    "if (n := len('all')) > 2: pass",
    "lambda cascade='all': cascade",
    "del text",
    "a = b = 1, 2; a[::2], *rest = [1, 2, 3]",
    "assert a, 'cascade'",
    "total = 1 + \\\n    2",
    "x = [i async for i in compute()] if 0 else {**{}, 'cascade': [j for j in range(3) if j]}",
    "numbers = 0x1F, 1_000, 1j, .5e-3, 0o17, 0b1",
    "global_cascade = other_library(cascade=compute)",
    "# a comment that says relationship(cascade='all')",
    "type = match = case = 1",
    "x = a if FLAG else b, not a, ~n, -n ** 2",
    "x = 'a' 'b' \"c\" '''d'''",
    "x = b'\\x00' rb'\\d'",
    "raise ValueError('all') from None",
    "x = a < n <= 3 != 4 is not None",
    "x = {1, 2} | {3} - {*rest} ^ {4} & {5}",
    "\"\"\"A docstring.\"\"\"",
];

const HEADS: [&str; 16] = [
    "if FLAG:",
    "for post, in [(1,)]:",
    "while not FLAG:",
    "with open('a') as a, open('b'):",
    "with (open('a') as a, open('b') as b,):",
    "def make(self, *, cascade_of=None) -> \"Mapped[Post]\":",
    "async def make(session, /):",
    "@cached(key=lambda s: s)\n@other.decorator\ndef make():",
    "class Inner(Base, metaclass=type(Base)):",
    "class Ärger:",
    "if FLAG:  # why",
    "try:\n    pass\nexcept* (ValueError, TypeError) as error:",
    "try:\n    pass\nfinally:",
    "match FLAG:\n    case {'cascade': 'all', **rest} | [*_] if rest: pass\n    case str() as s: pass\nif True:",
    "if 0: pass\nelif 1:",
    "for x in compute(): break\nelse:",
];

/// A whole file.
pub fn module() -> Text {
    let constants = vec(literal(), CONSTANTS.len()).prop_map(|values| {
        let lines = CONSTANTS.iter().zip(&values).map(|(name, value)| format!("{name} = ({value})\n"));
        let items = CONSTANTS.iter().map(|name| format!("    '{name}': {name},\n"));
        format!("{}CASCADES = {{\n{}}}\n", lines.collect::<String>(), items.collect::<String>())
    });
    let unit = select(vec!["    ", "    ", "  ", "\t"]);
    let ending = select(vec!["\n", "\n", "\n", "\r\n", "\r"]);
    let parts = (constants, vec(statement(), 1..6), unit, ending, select(vec!["", "\u{feff}"]), any::<bool>());
    let written = parts.prop_map(|(constants, statements, unit, ending, bom, is_ended)| {
        let mut text = format!("{bom}{HEADER}{constants}");
        statements.iter().for_each(|statement| write(statement, "", unit, &mut text));
        let text = if is_ended { &text } else { text.trim_end() };
        text.replace('\n', ending)
    });
    written.boxed()
}

/// A statement with blanks in front; the lines of its head stand as deep as its first, and others inside of brackets as they are.
fn write(statement: &Statement, blanks: &str, unit: &str, text: &mut String) {
    match statement {
        Simple(line) => text.push_str(&format!("{blanks}{line}\n")),
        Block(head, below) => {
            for line in head.lines() {
                let deeper = line.len() - line.trim_start().len();
                text.push_str(&format!("{blanks}{}{}\n", unit.repeat(deeper / 4), line.trim_start()));
            }
            below.iter().for_each(|statement| write(statement, &format!("{blanks}{unit}"), unit, text));
        }
    }
}

fn statement() -> BoxedStrategy<Statement> {
    let simple = prop_oneof![3 => bound(), 1 => select(OTHERS.to_vec()).prop_map(str::to_owned)].prop_map(Simple);
    let simple = prop_oneof![6 => simple, 1 => function(), 1 => declared()];
    simple
        .prop_recursive(3, 12, 3, |inner| {
            (select(HEADS.to_vec()), vec(inner, 1..4)).prop_map(|(head, below)| Block(head.to_owned(), below))
        })
        .boxed()
}

/// What a call is bound to, on a line.
fn bound() -> Text {
    let forms = select(vec![
        "posts = {}",
        "posts = {}",
        "posts: Mapped[list[\"Post\"]] = {}",
        "posts: 'Mapped[Post]' = {}  # noqa: CAS002",
        "posts = größe = {}",
        "a = 1; posts = {}; b = 2",
        "User.posts = {}",
        "registry.map_imperatively(User, table, properties={'posts': {}, \"n\": 1})",
        "setattr(User, 'posts', {})",
        "posts = [{}, *others][0]",
        "posts = (\n    {}\n    # behind\n)",
        "posts = FLAG and {}",
        "posts = lambda: {}",
        "if (posts := {}): pass",
        "posts = {} if FLAG else None",
        "__mapper_args__ = dict(properties=dict(posts={}))",
        "posts = \\\n    {}",
        "assert {}, f'{FLAG}'",
    ]);
    (forms, call()).prop_map(|(form, call)| form.replacen("{}", &call, 1)).boxed()
}

/// A function that hands its cascade on.
fn function() -> BoxedStrategy<Statement> {
    let heads = select(vec!["def owned(target, cascade={}, **others):", "async def owned(*, cascade: str = {}):"]);
    let bodies =
        select(vec!["return relationship(target, cascade=cascade)", "return children('A', cascade=cascade, **{})"]);
    let of_one_line = value().prop_filter("the head is written line by line", |value| !value.contains('\n'));
    (heads, of_one_line, bodies)
        .prop_map(|(head, value, body)| Block(head.replacen("{}", &value, 1), vec![Simple(body.to_owned())]))
        .boxed()
}

fn declared() -> BoxedStrategy<Statement> {
    let head = "@orm.declared_attr.directive\ndef posts(cls) -> Mapped[\"Post\"]:";
    call().prop_map(move |call| Block(head.to_owned(), vec![Simple(format!("return {call}"))])).boxed()
}

/// A relationship.
fn call() -> Text {
    let callee = select(vec![
        "relationship",
        "relationship",
        "orm.relationship",
        "sqlalchemy.orm.relationship",
        "children",
        "Relationship",
        "partial(relationship, 'Post')",
        "(relationship)",
    ]);
    let layout =
        select(vec![("", ", ", ""), ("", ", ", ","), ("\n    ", ",\n    ", ",\n"), ("\n\t", ",  # so\n\t", "\n")]);
    let arguments = (vec(argument(), 0..3), cascade(), vec(argument(), 0..2));
    (callee, layout, arguments)
        .prop_map(|(callee, (open, between, close), (before, cascade, behind))| {
            let mut arguments: Vec<String> = [before, vec![cascade], behind].concat();
            // each keyword once
            arguments.dedup_by_key(|argument| argument.split('=').next().unwrap_or_default().to_owned());
            format!("{callee}({open}\"Post\"{between}{}{close})", arguments.join(between))
        })
        .boxed()
}

fn argument() -> Text {
    let others = select(vec![
        "lazy=\"selectin\"",
        "back_populates='user'",
        "primaryjoin='User.id == Post.user_id'",
        "foreign_keys=lambda: [Post.user_id]",
        "passive_deletes=True",
        "uselist=not FLAG",
        "info={'cascade_of': 1}",
        "order_by=(\n    \"Post.id\"\n)",
        "doc=f\"{FLAG=}\"",
    ]);
    others.prop_map(str::to_owned).boxed()
}

/// The argument that has the cascade.
fn cascade() -> Text {
    let forms = select(vec![
        "cascade={}",
        "cascade={}",
        "cascade = {}",
        "cascade=\\\n    {}",
        "backref=backref('user', cascade={})",
        "backref=orm.backref(\"user\", lazy='joined', cascade={}, )",
        "backref=('user', {'cascade': {}})",
        "**{'cascade': {}}",
        "**{\n    \"lazy\": 'joined',  # now\n    \"cascade\": {},\n}",
        "**dict(cascade={})",
        "**({'cascade': {}} if FLAG else {})",
    ]);
    (forms, value()).prop_map(|(form, value)| form.replacen("{}", &value, 1)).boxed()
}
