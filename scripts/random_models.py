#!/usr/bin/env python3
"""Writes random models, and lets `cascade-fix verify` ask SQLAlchemy whether the fixes do what they claim.

    scripts/random_models.py [--number N] [--seed SEED] [--binary BINARY]      a thousand take about ten minutes

Run it with a Python that has SQLAlchemy. Each repository has directions, inheritance, backrefs and spellings at random, spread over
modules. A seed that fails is printed with its folder, which stays.
"""

import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

OPTIONS = ["save-update", "merge", "expunge", "delete", "delete-orphan", "refresh-expire"]
HEADER = """from __future__ import annotations

from typing import List, Optional

from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import Mapped, backref, declared_attr, mapped_column, relationship

from app.base import Base
"""


class Module:
    def __init__(self, name):
        self.name, self.constants, self.classes = name, [], []

    def text(self):
        return "\n".join([HEADER, *self.constants, "", *self.classes]) + "\n"


class Repository:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.modules = [Module(f"part{number}") for number in range(self.random.randint(1, 3))]
        self.number = 0
        self.directions = {}
        self.claims = 0

    def cascade(self, module, may_have_orphans):
        """A cascade, as an expression that stands in the module."""
        options = list(OPTIONS if may_have_orphans else OPTIONS[:4] + OPTIONS[5:])
        if self.random.random() < 0.6:
            names = ["all"] + (["delete-orphan"] if may_have_orphans and self.random.random() < 0.5 else [])
        else:
            names = self.random.sample(options, self.random.randint(1, len(options)))
            if "delete-orphan" in names and "delete" not in names:
                names.append("delete")
        return self.spelled(module, names)

    def spelled(self, module, names):
        text = self.random.choice([", ", ",", " , "]).join(names)
        quote = self.random.choice("'\"")
        literal = self.random.choice(["", "", "r", "u"]) + quote + text + quote
        kind = self.random.randrange(9)
        if kind == 0:
            return "[" + ", ".join(map(repr, names)) + "]"
        if kind == 1:
            return "(" + "".join(f"{name!r}, " for name in names) + ")"
        if kind == 2:
            return " ".join(repr(part) for part in (text[: len(text) // 2], text[len(text) // 2 :]))
        if kind == 3:
            name = f"CASCADE_{len(module.constants)}"
            module.constants.append(f"{name} = {literal}")
            return name
        if kind == 4:
            name = f"PARTS_{len(module.constants)}"
            module.constants.append(f"{name} = {tuple(names)!r}")
            return f"', '.join({name})"
        if kind == 5:
            return f"{literal} if {self.random.choice(['True', 'False'])} else {', '.join(names)!r}"
        return literal

    def pair(self):
        """Two classes that are related in some way."""
        self.number += 1
        number, choose = self.number, self.random.choice
        parent, child = f"Parent{number}", f"Child{number}"
        one, other = choose(self.modules), choose(self.modules)
        keys = [f"    parent_id = Column(ForeignKey('parent{number}.id'))"]
        declarations, of_child = [], []
        cascade = self.cascade(one, True)
        form = self.random.randrange(7)
        if form == 0:
            declarations = [f"    rel: Mapped[List[{child}]] = relationship(cascade={cascade})"]
            self.directions[f"{parent}.rel"] = "one-to-many"
        elif form == 1:
            declarations = [f"    rel = relationship('{child}', cascade={cascade}, uselist=False)"]
            self.directions[f"{parent}.rel"] = "one-to-one"
        elif form == 2:
            of_child = [f"    rel = relationship('{parent}', cascade={self.cascade(other, False)})"]
            self.directions[f"{child}.rel"] = "many-to-one"
        elif form == 3:
            of_child = [
                f"    up = relationship('{parent}', backref=backref('rel', cascade={self.cascade(other, True)}))"
            ]
            self.directions[f"{parent}.rel"] = "one-to-many"
        elif form == 4:
            keys = []
            one.constants.append(
                f"link{number} = Table('link{number}', Base.metadata, Column('a', ForeignKey('parent{number}.id')), Column('b', ForeignKey('child{number}.id')))"
            )
            declarations = [
                f"    rel = relationship('{child}', secondary=link{number}, cascade={self.cascade(one, False)})"
            ]
            self.directions[f"{parent}.rel"] = "many-to-many"
        elif form == 5:
            declarations = [
                f"    up_id = Column(ForeignKey('parent{number}.id'))",
                f"    rel = relationship('{parent}', cascade={cascade}, back_populates='up')",
                f"    up = relationship('{parent}', back_populates='rel', remote_side='{parent}.id')",
            ]
            self.directions[f"{parent}.rel"] = "one-to-many"
        else:
            options = f"OPTIONS_{len(one.constants)}"
            one.constants.append(f"{options} = {{'cascade': {cascade}, 'back_populates': 'up'}}")
            declarations = [f"    rel: Mapped[List[{child}]] = relationship('{child}', **{options})"]
            of_child = [f"    up: Mapped[{parent}] = relationship('{parent}', back_populates='rel')"]
        one.classes.append(self.table(parent, f"parent{number}", declarations))
        other.classes.append(self.table(child, f"child{number}", keys + of_child))
        if self.random.random() < 0.4:
            self.subclass(one, parent, f"parent{number}")

    def table(self, name, table, lines):
        return "\n".join(
            [
                f"class {name}(Base):",
                f"    __tablename__ = '{table}'",
                "",
                "    id = Column(Integer, primary_key=True)",
                *lines,
                "",
                "",
            ]
        )

    def subclass(self, module, name, table):
        """Joined or single-table inheritance, with a relationship of its own."""
        number = self.number
        cascade = self.cascade(module, True)
        lines = [f"class Sub{number}({name}):"]
        if self.random.random() < 0.5:
            lines += [
                f"    __tablename__ = 'sub{number}'",
                f"    id = Column(ForeignKey('{table}.id'), primary_key=True)",
            ]
            target = f"sub{number}"
        else:
            target = table
        lines += [f"    own: Mapped[List['Own{number}']] = relationship('Own{number}', cascade={cascade})", "", ""]
        module.classes.append("\n".join(lines))
        module.classes.append(
            self.table(f"Own{number}", f"own{number}", [f"    sub_id = Column(ForeignKey('{target}.id'))"])
        )
        self.directions[f"Sub{number}.own"] = "one-to-many"

    def write(self, folder):
        for _ in range(self.random.randint(1, 4)):
            self.pair()
        (folder / "app").mkdir()
        (folder / "app" / "__init__.py").touch()
        (folder / "app" / "base.py").write_text(
            "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"
        )
        (folder / "pyproject.toml").write_text("[project]\nname = 'app'\ndependencies = ['sqlalchemy>=2.0']\n")
        for module in self.modules:
            # names in annotations are looked up in the module, so that each has all classes in the end
            (folder / "app" / f"{module.name}.py").write_text(module.text())


def run(binary, folder, *arguments):
    return subprocess.run([binary, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def problems(binary, seed, folder, repository):
    repository.write(folder)
    profile = random.Random(seed).choice(["recommended", "preserve", "minimal", "bare", "none"])
    options = ["--profile", profile, "--unsafe-fixes"]
    verified = run(
        binary, folder, "verify", *options, "--python", sys.executable, "--walk", "app", "--output-format", "json"
    )
    if not verified.stdout:
        yield f"verify: {verified.stderr}"
        return
    report = json.loads(verified.stdout)
    if verified.returncode != 0 or not report["proven"]:
        yield f"not proven with {options}: {json.dumps(report, indent=1)}"
    repository.claims = sum(bool(checked["claim"]) for checked in report["relationships"])
    for checked in report["relationships"]:
        claim = checked["claim"]
        name = ".".join(checked["name"].split(".")[-2:])
        if "refresh-expire" in checked["after"]:
            yield f"{name} has refresh-expire after the fix"
        expected = repository.directions.get(name)
        if expected and checked["direction"] != expected:
            yield f"{name} is written as {expected}, and is {checked['direction']}"
        if expected and claim and claim["direction"] not in (None, expected):
            yield f"{name} is {expected}, not {claim['direction']}"
    found = json.loads(run(binary, folder, "check", *options, "--output-format", "json").stdout)
    if found["summary"]["manual"]:
        yield f"a human has to look at {[finding['message'] for finding in found['findings'] if not finding['fix']]}"
    run(binary, folder, "fix", *options)
    again = run(binary, folder, "fix", *options)
    if again.stdout or again.returncode != 0:
        yield f"a second fix writes {again.stdout} {again.stderr}"


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--number", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=0, help="the first")
    arguments.add_argument("--binary", type=pathlib.Path, default=here / "target" / "release" / "cascade-fix")
    given = arguments.parse_args()
    failed = claims = 0
    for seed in range(given.seed, given.seed + given.number):
        folder = pathlib.Path(tempfile.mkdtemp(prefix=f"models-{seed}-"))
        repository = Repository(seed)
        found = list(problems(given.binary.resolve(), seed, folder, repository))
        claims += repository.claims
        for problem in found:
            print(f"seed {seed} ({folder}): {problem}")
        failed += bool(found)
        if not found:
            shutil.rmtree(folder)
    print(f"{given.number} repositories, {claims} claims about relationships, {failed} repositories failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
