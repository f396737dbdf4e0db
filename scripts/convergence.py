#!/usr/bin/env python3
"""Writes repositories whose relationships share constants in all ways, and fixes each twice: the second fix has to change nothing.

    scripts/convergence.py [--number N] [--seed SEED] [--binary BINARY]      random ones, besides all combinations

Run it with a Python that has SQLAlchemy: the relationships must have the options that the fix promises, and the ones that are left
alone those that they had. What fails stays in a folder, which is named.
"""

import argparse
import itertools
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

HEADER = """import copy

from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import backref, declarative_base, relationship

Base = declarative_base()

"""
CHILD = """

class Child(Base):
    __tablename__ = "child"
    id = Column(Integer, primary_key=True)
"""

# kinds of constants, with the ways in which a relationship can be given each
CONSTANTS = {
    "list": 'K = ["all"]',
    "list of two": 'K = ["all", "delete-orphan"]',
    "tuple": 'K = ("all", "delete-orphan")',
    "set": 'K = {"all"}',
    "frozenset": 'K = frozenset({"all"})',
    "string": 'K = "all"',
    "string of two": 'K = "all, delete-orphan"',
    "dictionary": 'K = {"cascade": "all", "overlaps": "*"}',
    "dictionary of a list": 'K = {"cascade": ["all"], "overlaps": "*"}',
    "dict call": 'K = dict(cascade="all", overlaps="*")',
}
COLLECTION = [
    "cascade=K",
    "cascade=list(K)",
    "cascade=tuple(K)",
    "cascade=set(K)",
    "cascade=frozenset(K)",
    "cascade=sorted(K)",
    "cascade=[*K]",
    "cascade=(*K,)",
    'cascade=[*K, "merge"]',
    'cascade=", ".join(K)',
    'cascade=",".join(K)',
    'cascade=K if K else "merge"',
    'cascade=K or "merge"',
    "cascade=copy.copy(K)",
    "cascade=copy.deepcopy(K)",
]
OF_KIND = {
    "list": ['cascade=K + ["merge"]', "cascade=K[:]", "cascade=K.copy()", "cascade=list(K) + list(K)"],
    "tuple": ['cascade=K + ("merge",)', "cascade=K[:]"],
    "set": ['cascade=K | {"merge"}', "cascade=K.copy()", 'cascade=K.union({"merge"})'],
    "frozenset": ['cascade=K | {"merge"}', "cascade=K.copy()"],
}
STRING = [
    "cascade=K",
    "cascade=str(K)",
    'cascade=K + ", merge"',
    'cascade=f"{K}, merge"',
    'cascade=", ".join([K, "merge"])',
    'cascade="%s" % K',
    "cascade=K.strip()",
    'cascade=K if True else "merge"',
    'cascade=K or "merge"',
    "cascade=copy.copy(K)",
]
DICTIONARY = [
    "**K",
    "**{**K}",
    "**dict(K)",
    "**K.copy()",
    '**(K | {"lazy": "select"})',
    '**{**K, "lazy": "select"}',
    '**dict(K, lazy="select")',
    "**copy.copy(K)",
    "**copy.deepcopy(K)",
    'cascade=K["cascade"]',
    'cascade=K.get("cascade")',
    '**{**K, "cascade": "merge"}',
]
# what else can be done with the constant, or beside a relationship
THIRDS = {
    "nothing": ("", ""),
    "printed": ("", "\nrepr(K)\n"),
    "counted": ("", "\nlen(K)\n"),
    "viewonly": (", viewonly=True", ""),
    "suppressed": ("", ""),
    "syntax error": ("", "\nx = = 1\n"),
}


def uses_of(kind):
    if kind.startswith("dict"):
        return DICTIONARY
    if kind.startswith("string"):
        return STRING
    return COLLECTION + OF_KIND.get(kind.split()[0], [])


def model(constants, uses, beyond=""):
    """A module; a use is an argument of a relationship, with what stands behind it, or in a comment at it."""
    text = HEADER + constants + "\n" + CHILD
    keys = "".join(f'    key{n} = Column(ForeignKey("parent{n}.id"))\n' for n in range(len(uses)))
    text += keys
    for number, (use, behind, comment) in enumerate(uses):
        text += f'\n\nclass Parent{number}(Base):\n    __tablename__ = "parent{number}"\n'
        text += "    id = Column(Integer, primary_key=True)\n"
        text += f'    children = relationship("Child", {use}{behind}){comment}\n'
    return text + beyond


def combinations():
    for kind, constant in CONSTANTS.items():
        for first, second in itertools.product(uses_of(kind), repeat=2):
            for name, (behind, beyond) in THIRDS.items():
                comment = "  # cascade-fix: ignore" if name == "suppressed" else ""
                yield f"{kind}: {first} and {second}, {name}", model(
                    constant, [(first, "", ""), (second, behind, comment)], beyond
                )


def at_random(seed):
    chosen = random.Random(seed)
    kind = chosen.choice(list(CONSTANTS))
    constant, uses, beyond = CONSTANTS[kind], [], ""
    if chosen.random() < 0.3:
        constant += "\nL = K"
    for _ in range(chosen.randint(2, 4)):
        use = chosen.choice(uses_of(kind))
        if "\nL" in constant and chosen.random() < 0.5:
            use = use.replace("K", "L")
        behind = chosen.choice(["", "", "", ", viewonly=True", ', lazy="selectin"'])
        comment = chosen.choice(["", "", "", "", "  # cascade-fix: ignore", "  # noqa: CAS001"])
        uses.append((use, behind, comment))
    if chosen.random() < 0.2:
        beyond = chosen.choice([beyond for _, beyond in THIRDS.values()])
    if chosen.random() < 0.1:
        beyond += "\n\ndef show(value=K):\n    return value\n"
    return f"seed {seed}", model(constant, uses, beyond)


OBSERVE = """
import contextlib, importlib.util, json, pathlib, sys, warnings
warnings.simplefilter("ignore")
answers = {}
for path in map(pathlib.Path, sys.argv[1:]):
    for file in path.glob("*.py"):
        try:
            spec = importlib.util.spec_from_file_location(file.stem, file)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            found = {name: sorted(cls.children.property.cascade) for name, cls in vars(module).items() if name.startswith("Parent")}
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
        answers[file.name] = found
print(json.dumps(answers))
"""


def observed(folder):
    return json.loads(subprocess.run([sys.executable, "-c", OBSERVE, folder], capture_output=True, text=True, check=True).stdout)


def cascade_fix(binary, folder, *arguments):
    return subprocess.run([binary, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def problems(binary, folder, names, options):
    """What is wrong with the files of a folder, by file; they are fixed."""
    report = cascade_fix(binary, folder, "check", "--output-format", "json", *options)
    before = observed(folder)
    cascade_fix(binary, folder, "fix", "--quiet", *options)
    once = {file.name: file.read_bytes() for file in folder.glob("*.py")}
    again = json.loads(cascade_fix(binary, folder, "check", "--output-format", "json", *options).stdout)
    cascade_fix(binary, folder, "fix", "--quiet", *options)
    after = observed(folder)
    for file in sorted(once):
        if (folder / file).read_bytes() != once[file]:
            yield file, "the second fix changes it"
        yield from ((file, what) for what in disagreements(before[file], after[file], options))
    known = {(finding["path"], finding["code"]) for finding in json.loads(report.stdout)["findings"]}
    for finding in again["findings"]:
        if (finding["path"], finding["code"]) not in known:
            yield finding["path"], f"the fix brings {finding['code']}: {finding['message']}"


def disagreements(before, after, options):
    if isinstance(before, str):
        return
    if isinstance(after, str):
        yield f"it can't be imported afterwards: {after}"
        return
    for name, options_before in before.items():
        lost = set(options_before) - set(after[name])
        if set(after[name]) - set(options_before) or lost - {"refresh-expire", "expunge"}:
            yield f"{name} has {after[name]} instead of {options_before}"


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--number", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=0, help="the first")
    arguments.add_argument("--every", type=int, default=1, help="of the combinations, one in so many")
    arguments.add_argument("--binary", type=pathlib.Path, default=here / "target" / "release" / "cascade-fix")
    given = arguments.parse_args()
    combined = itertools.islice(combinations(), 0, None, given.every)
    cases = [*combined, *(at_random(seed) for seed in range(given.seed, given.seed + given.number))]
    failed = set()
    for options in ([], ["--unsafe-fixes"]):
        # each file is whole in itself: many are fixed at once, in a folder without a repository
        for start in range(0, len(cases), 500):
            folder = pathlib.Path(tempfile.mkdtemp(prefix="convergence-"))
            for number, (_, text) in enumerate(cases[start : start + 500]):
                # names of their own, or each is looked for in all files
                own = re.sub(r"\b([KL])\b", rf"\g<1>_{start + number}", text)
                (folder / f"case{start + number}.py").write_text(own)
            found = list(problems(given.binary.resolve(), folder, cases, options))
            for file, what in found:
                number = int(file.removeprefix("case").removesuffix(".py"))
                failed.add(number)
                print(f"{cases[number][0]} {' '.join(options)} ({folder}/{file}): {what}")
            if not found:
                shutil.rmtree(folder)
    print(f"{len(cases)} files, each with safe fixes and with all, {len(failed)} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
