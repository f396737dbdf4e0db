#!/usr/bin/env python3
"""Asks the installed SQLAlchemy 2.0 for the direction of `P.rel` in models of more shapes, and records its answers.

scripts/directions.py       a few seconds; rewrites testdata/oracle/more_directions.jsonl
"""

import json
import pathlib
import subprocess
import sys

HEADER = """
import typing
from typing import *
from sqlalchemy import *
from sqlalchemy.orm import *

"""
BASE = "class Base(DeclarativeBase):\n    pass\n"
NAMED_BY_BASE = """class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__name__.lower()
"""
DECORATED = """@as_declarative()
class Base:
    id = Column(Integer, primary_key=True)

    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()
"""
CHILD = "class C(Base):\n    __tablename__ = 'c'\n    id = Column(Integer, primary_key=True)\n    pid = Column(ForeignKey('p.id'))\n"
ALIASES = "Many = List['C']\nOne = Optional['C']\n"
BOX = "T = TypeVar('T')\nclass Box(Generic[T]):\n    pass\n"


def parent(relationship, base=BASE):
    return f"{base}class P(Base):\n    __tablename__ = 'p'\n    id = Column(Integer, primary_key=True)\n    {relationship}\n"


def annotated(annotation, arguments="'C', "):
    return parent(f"rel: {annotation} = relationship({arguments}cascade='all')") + CHILD


def named_by_base(base, of_parent, of_child="pass"):
    return f"{base}class P(Base):\n    {of_parent}\nclass C(Base):\n    {of_child}\n"


REL = "rel = relationship('C', cascade='all')"
SCHEMA = BASE.replace("pass", "metadata = MetaData(schema='core')")

# by name: the source, and whether it may be unknown
SHAPES = {
    "the base names the tables, key on the target": (
        named_by_base(NAMED_BY_BASE, REL, "p_id = Column(ForeignKey('p.id'))"),
        False,
    ),
    "the base names the tables, key on the owner": (
        named_by_base(NAMED_BY_BASE, f"c_id = Column(ForeignKey('c.id'))\n    {REL}"),
        False,
    ),
    "the base names the tables, join on the owner": (
        named_by_base(
            NAMED_BY_BASE,
            "c_id = Column(Integer)\n    rel = relationship('C', cascade='all', primaryjoin='foreign(P.c_id) == C.id')",
        ),
        False,
    ),
    "a decorated base names the tables, key on the target": (
        named_by_base(DECORATED, REL, "p_id = Column(ForeignKey('p.id'))"),
        False,
    ),
    "a decorated base names the tables, key on the owner": (
        named_by_base(DECORATED, f"c_id = Column(ForeignKey('c.id'))\n    {REL}"),
        False,
    ),
    "the base's metadata has a schema, which the key names": (
        parent(REL, SCHEMA) + CHILD.replace("p.id", "core.p.id"),
        False,
    ),
    "the base's metadata has a schema, which the key leaves out": (parent(REL, SCHEMA) + CHILD, False),
    "Iterable with collection_class": (annotated("Mapped[Iterable['C']]", "collection_class=list, "), False),
    "list in a string": (annotated("Mapped['list[C]']"), False),
    "typing.List in a string": (annotated("Mapped['typing.List[C]']"), False),
    "list in a string with collection_class": (annotated("Mapped['List[C]']", "'C', collection_class=list, "), False),
    "list in a string without a class": (annotated("Mapped['List[C]']", ""), False),
    "optional list in a string": (annotated("Mapped['Optional[List[C]]']"), False),
    "list or None in a string": (annotated("Mapped['List[C] | None']"), False),
    "list or None": (annotated("Mapped[Optional[List['C']]]"), False),
    "annotated list": (annotated("Mapped[Annotated[List['C'], 'x']]"), False),
    "the whole annotation in a string": (annotated("'Mapped[typing.List[C]]'"), False),
    "dict": (annotated("Mapped[dict[str, 'C']]", "collection_class=attribute_keyed_dict('pid'), "), False),
    "a generic class": (BOX + annotated("Mapped[Box['C']]"), True),
    "a generic class with collection_class": (
        BOX + annotated("Mapped[Box['C']]", "'C', collection_class=list, "),
        True,
    ),
    "an alias of a list": (ALIASES + annotated("Mapped[Many]"), True),
    "an alias of a list without a class": (ALIASES + annotated("Mapped[Many]", ""), True),
    "an alias of one": (ALIASES + annotated("Mapped[One]"), True),
    "Any": (annotated("Mapped[Any]"), False),
}

ASK = """
try:
    configure_mappers()
    relationship = inspect(P).relationships.rel
    print(relationship.direction.name, int(relationship.uselist))
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


def answer(source):
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", source + ASK], capture_output=True, text=True, check=False
    )
    said = (run.stdout or run.stderr).strip().splitlines()[-1]
    direction, _, uselist = said.partition(" ")
    if direction in {"ONETOMANY", "MANYTOONE", "MANYTOMANY"}:
        return {"direction": direction, "uselist": uselist == "1"}
    return {"direction": None, "uselist": None, "error": said[:200]}


def main():
    recorded = pathlib.Path(__file__).resolve().parent.parent / "testdata" / "oracle" / "more_directions.jsonl"
    lines = []
    for case, (source, may_be_unknown) in SHAPES.items():
        answered = answer(HEADER + source)
        print(f"{case}: {answered}")
        lines.append(
            json.dumps({"case": case, "source": HEADER + source, "may_be_unknown": may_be_unknown, **answered})
        )
    recorded.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
