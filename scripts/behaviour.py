#!/usr/bin/env python3
"""Holds `cascade-fix fix` against what programs do: random models are fixed, and random programs of session calls run on them before and after.

    scripts/behaviour.py [--count N] [--seed SEED] [--bin BINARY] [--refresh] [--jobs N]      ten thousand take about five minutes

What is raised, read and warned of, and what is in the database in the end, has to be the same. SQLAlchemy's own order depends on where
objects are in memory: a difference counts if no run of many on the one side ends as one of the other does. With --expunge drop, or keep,
the setting says what becomes of expunge: with drop, which needs unsafe fixes, many programs differ.

With --refresh the programs also call refresh and expire, and two things are checked. The fix does what one does that takes out
refresh-expire alone (`--profile preserve`). And where what refresh-expire did to the related objects is done by hand before each call,
the programs do what they did before: nothing else has changed.

Run it with a Python that has SQLAlchemy. Models that differ are shown with the fewest relationships and steps that still do. Exit status 1
if any does.
"""

import argparse
import difflib
import gc
import importlib
import multiprocessing
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import warnings

import session_sources
import sqlalchemy as sa
from session_models import Repository
from session_programs import Models, Program, Run, registry, without

PROGRAMS = 5
TOGETHER = 40
RUNS = 15
HERE = pathlib.Path(__file__).resolve().parent.parent
HAS_MAPPED = sa.__version__ >= "2"
try:
    import sqlmodel  # noqa: F401
except ImportError:
    HAS_SQLMODEL = False
else:
    HAS_SQLMODEL = HAS_MAPPED


class Version:
    """The models of a repository as a stage has them."""

    def __init__(self, folder, repository):
        self.folder, self.repository = folder, repository
        self.models = self.base = None

    def load(self):
        """Imports them anew: every object is somewhere else in memory then."""
        self.forget()
        sys.path.insert(0, str(self.folder))
        importlib.invalidate_caches()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.base = importlib.import_module("app").Base
                registry(self.base).configure()
                self.models = Models(self.base, self.repository.classes, self.repository.checks_keys)
        finally:
            sys.path.remove(str(self.folder))
            for name in [name for name in sys.modules if name.partition(".")[0] == "app"]:
                del sys.modules[name]
        return self

    def forget(self):
        if self.base is not None:
            registry(self.base).dispose()
        self.models = self.base = None

    def text(self):
        files = sorted((self.folder / "app").glob("*.py"))
        return {file.name: file.read_text() for file in files}


class Case:
    """A repository in each stage, and what is compared."""

    def __init__(self, folder, repository):
        self.repository = repository
        self.stages = {stage.name: Version(stage / str(repository.seed), repository) for stage in folder.iterdir()}

    def load(self):
        for version in self.stages.values():
            version.load()

    def forget(self):
        for version in self.stages.values():
            version.forget()

    def is_changed(self):
        return self.stages["before"].text() != self.stages["after"].text()

    def run(self, way, program, steps):
        """How a program ends in a stage; or after the fix, with what refresh-expire did done by hand."""
        if way != "by hand":
            return repr(Run(self.stages[way].models, program).go(steps))
        before, after = (self.stages[stage].models.cascades() for stage in ("before", "after"))
        lost = {key for key in before if "refresh-expire" in before[key] - after[key]}
        return repr(Run(self.stages["after"].models, program, lost).go(steps))

    def differs(self, pair, program, steps, least=RUNS):
        """Whether a program ends otherwise in the one way than in the other, in however many runs."""
        ends = [{self.run(way, program, steps)} for way in pair]
        runs = 1
        # the more ends there are on one side, the more runs it takes to meet
        while not ends[0] & ends[1]:
            if runs > least * max(map(len, ends)):
                return True
            self.load()
            for way, of_way in zip(pair, ends):
                of_way.add(self.run(way, program, steps))
            runs += 1
        return False


class Check:
    """What is checked, with which program."""

    def __init__(self, given):
        self.binary, self.refreshes, self.expunge = given.bin.resolve(), given.refresh, given.expunge
        self.pairs = [("preserve", "after"), ("before", "by hand")] if self.refreshes else [("before", "after")]

    def repository(self, seed):
        return Repository(seed, HAS_MAPPED, HAS_SQLMODEL)

    def program(self, repository, number):
        return Program(repository, random.Random(f"{repository.seed}.{number}"), self.refreshes).write()

    def write(self, folder, repositories):
        """Writes repositories and fixes them: a folder for each stage, in it one for each repository."""
        stages = {"before": None, "after": [], "preserve": ["--profile", "preserve"]}
        for stage, options in stages.items():
            if stage == "preserve" and not self.refreshes:
                continue
            for repository in repositories:
                self.write_one(folder / stage / str(repository.seed), repository)
            if options is not None:
                # what SQLAlchemy itself would notice is no safe fix, whatever the settings say
                reach = ["--unsafe-fixes"] if self.expunge == "drop" else []
                command = [self.binary, "fix", "--quiet", *options, *reach, stage]
                subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    def write_one(self, folder, repository):
        for path, text in session_sources.files(repository).items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        if self.expunge:
            (folder / "pyproject.toml").write_text(f"[tool.cascade-fix]\nexpunge = '{self.expunge}'\n")

    def together(self, seeds):
        """The programs that ran, those that noticed refresh-expire, and those that differ: seed, number and pair."""
        ran, noticed, found = 0, 0, []
        repositories = [repository for repository in map(self.repository, seeds) if repository.relations]
        with tempfile.TemporaryDirectory(prefix="behaviour-") as folder:
            folder = pathlib.Path(folder)
            self.write(folder, repositories)
            for repository in repositories:
                case = Case(folder, repository)
                if not case.is_changed():
                    continue
                case.load()
                for number in range(PROGRAMS):
                    program = self.program(repository, number)
                    ran += 1
                    pairs = [pair for pair in self.pairs if case.differs(pair, program, program.steps)]
                    found += [(repository.seed, number, pair) for pair in pairs]
                    if self.refreshes:
                        noticed += len({case.run(way, program, program.steps) for way in ("before", "after")}) > 1
                case.forget()
        gc.collect()
        return ran, noticed, found


def smallest(check, seed, number, pair):
    """The fewest relations and steps that still differ: the repository, the program, its steps."""
    repository = check.repository(seed)
    program = check.program(repository, number)
    steps = program.steps

    def still(repository, steps):
        with tempfile.TemporaryDirectory(prefix="behaviour-") as folder:
            check.write(pathlib.Path(folder), [repository])
            case = Case(pathlib.Path(folder), repository)
            case.load()
            is_so = case.differs(pair, program, steps, least=3)
            case.forget()
            return is_so

    for size in (8, 4, 2, 1):
        for start in range(len(steps) - size, -1, -size):
            fewer = steps[:start] + steps[start + size :]
            if still(repository, fewer):
                steps = fewer
    for relation in list(repository.relations):
        smaller = repository.without({relation.number})
        fewer = without(steps, {side.attribute for side in relation.sides()})
        fewer = [step for step in fewer if step[0] != "new" or step[2] in smaller.classes]
        if smaller.relations and still(smaller, fewer):
            repository, steps = smaller, fewer
    return repository, program, steps


def show(check, seed, number, pair):
    repository, program, steps = smallest(check, seed, number, pair)
    print(f"\nseed {seed}, program {number}: {pair[0]} and {pair[1]} differ")
    with tempfile.TemporaryDirectory(prefix="behaviour-") as folder:
        check.write(pathlib.Path(folder), [repository])
        case = Case(pathlib.Path(folder), repository)
        before, after = case.stages["before"].text(), case.stages["after"].text()
        for name, text in before.items():
            lines = difflib.unified_diff(text.splitlines(), after[name].splitlines(), n=1000, lineterm="")
            # the file as it was, with what the fix did to it; without the names of the files
            shown = list(lines)[3:] or [f" {line}" for line in text.splitlines()]
            shown = [line for line in shown if line.strip() and not line[1:].startswith(("from ", "import "))]
            if shown:
                print(f"  app/{name}", *(f"    {line}" for line in shown), sep="\n")
        print(f"  Session(engine, autoflush={program.autoflush}, expire_on_commit={program.expire_on_commit})")
        print(*(f"    {written(step)}" for step in [*steps, ("commit",)]), sep="\n")
        case.load()
        for way in pair:
            print(f"  {way}: {case.run(way, program, steps)}")
        case.forget()


def written(step):
    """A step as Python."""
    name, rest = step[0], [f"x{part}" if isinstance(part, int) else part for part in step[1:]]
    if not rest:
        return f"session.{name}()"
    if name == "new":
        return f"{rest[0]} = {rest[1]}(name='{rest[1].lower()}{step[1]}')"
    if name == "merge":
        return f"{rest[1]} = session.merge({rest[0]})"
    if len(rest) < 2:
        return {"read": f"{rest[0]}.name", "rename": f"{rest[0]}.name += 'x'"}.get(name, f"session.{name}({rest[0]})")
    one, attribute, other = rest
    return {
        "add-to": f"{one}.{attribute}.append({other})",
        "remove": f"{one}.{attribute}.remove({other})  # or another that is there",
        "replace": f"{one}.{attribute} = [{other}]",
        "set": f"{one}.{attribute} = {other}",
        "unset": f"{one}.{attribute} = None",
        "clear": f"{one}.{attribute}.clear()",
        "look": f"{one}.{attribute}",
    }[name]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=10_000, help="how many programs")
    arguments.add_argument("--seed", type=int, default=0, help="the first")
    arguments.add_argument("--bin", type=pathlib.Path, default=HERE / "target" / "release" / "cascade-fix")
    arguments.add_argument("--refresh", action="store_true", help="programs call refresh and expire too")
    arguments.add_argument("--expunge", choices=["keep", "drop"], help="as the setting has it, in place of auto")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments.add_argument("--show", type=int, default=3, help="how many of those that differ are shown")
    given = arguments.parse_args()
    check = Check(given)
    seeds = range(given.seed, given.seed + -(-given.count // PROGRAMS))
    parts = [seeds[start : start + TOGETHER] for start in range(0, len(seeds), TOGETHER)]
    ran, noticed, found = 0, 0, []
    with multiprocessing.Pool(given.jobs, maxtasksperchild=4) as pool:
        for part in pool.imap(check.together, parts):
            ran, noticed, found = ran + part[0], noticed + part[1], found + part[2]
    for one in found[: given.show]:
        show(check, *one)
    beyond = f" but for what refresh-expire did, which {noticed:,} notice" if given.refresh else ""
    differ = len({(seed, number) for seed, number, _ in found})
    print(f"behaviour: {differ:,} of {ran:,} programs differ{beyond} (SQLAlchemy {sa.__version__})")
    sys.exit(bool(differ))


if __name__ == "__main__":
    main()
