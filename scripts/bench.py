#!/usr/bin/env python3
"""Measures `cascade-fix check` beside other tools, each as a whole process, by turns and on a warm cache, and prints ratios.

    scripts/bench.py WORK_DIRECTORY BINARY [TREE ...]        scripts/bench.sh makes what it needs

The trees:

- packages: about 40,000 files of packages, of which four have models with such cascades
- without: those of the packages in which nothing is found
- monorepo: 2,000 models with 20,000 relationships in 200 of 20,000 files
- file: one file of 5 MB
- growth: 10,000, 100,000 and 1,000,000 files, most of them empty

Beside `check` with a thread for each core and with one there are `rg -l cascade`, which reads each file once (the floor), `rg --files`, which reads
none, ast-grep's command line, semgrep with an equivalent rule, and LibCST, which parses the files that have the word. What takes long runs once, the
others 4 or 12 times; the median counts. Printed are the wall time and the processor time over those of `rg -l cascade`, and the peak memory,
unless that is less than what this script itself takes, some 50 MB. ast-grep leaves out files as large as that of the third tree.
"""

import dataclasses
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
import zipfile

import models

TURNS = 11
#: what takes longer than this in seconds is not run again
LONG = 20
RULE = """\
id: all-cascade
language: Python
severity: warning
message: all includes refresh-expire
rule:
  kind: string
  regex: \\b(all|refresh-expire)\\b
  inside:
    any:
      - { kind: keyword_argument, has: { field: name, regex: ^cascade$ } }
      - { kind: pair, has: { field: key, regex: cascade } }
"""
SEMGREP = """\
rules:
  - id: all-cascade
    languages: [python]
    severity: WARNING
    message: all includes refresh-expire
    patterns:
      - pattern: $CALLEE(..., cascade="$VALUE", ...)
      - metavariable-regex: { metavariable: $VALUE, regex: '.*\\b(all|refresh-expire)\\b.*' }
"""
LIBCST = """\
import os, sys
import libcst, libcst.matchers as matchers

CASCADE = matchers.Arg(keyword=matchers.Name("cascade"), value=matchers.SimpleString())
for folder, _, names in os.walk("."):
    for name in names:
        if name.endswith(".py"):
            data = open(os.path.join(folder, name), "rb").read()
            if b"cascade" in data:
                try:
                    module = libcst.parse_module(data)
                except Exception:
                    continue
                for argument in matchers.findall(module, CASCADE):
                    if "all" in argument.value.value or "refresh-expire" in argument.value.value:
                        print(os.path.join(folder, name), argument.value.value)
"""


@dataclasses.dataclass
class Cost:
    """Of one run: seconds of wall and processor time, and the most memory in MB."""

    wall: float
    processor: float
    memory: float


def run(command, folder):
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    # cascade-fix ends with 1 where something is found, rg where nothing is
    allowed = (0, 1) if pathlib.Path(command[0]).name in ("cascade-fix", "rg") else (0,)
    if os.waitstatus_to_exitcode(status) not in allowed:
        sys.exit(f"{command[0]} ends with {os.waitstatus_to_exitcode(status)} in {folder}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def measured(commands, folder, turns=TURNS):
    """The median of each command, which take turns; one that takes long runs once."""
    costs = {name: [run(command, folder)] for name, command in commands.items()}
    again = [name for name, (cost,) in costs.items() if cost.wall < LONG]
    for _ in range(turns):
        for name in again:
            costs[name].append(run(commands[name], folder))
    # the first was on a colder cache
    kept = {name: of[1:] or of for name, of in costs.items()}
    median = lambda of, field: statistics.median(getattr(cost, field) for cost in of)
    return {name: Cost(*(median(of, field) for field in ("wall", "processor", "memory"))) for name, of in kept.items()}


class Bench:
    def __init__(self, work, binary):
        self.work, self.binary = work, binary
        (work / "rule.yml").write_text(RULE)
        (work / "semgrep.yml").write_text(SEMGREP)
        (work / "find_cascades.py").write_text(LIBCST)
        self.check = [binary, "check", "--quiet", "--output-format", "json"]

    def commands(self, paths=(".",), others=True):
        tools = {
            "rg -l cascade": ["rg", "-l", "cascade", *paths],
            "cascade-fix check": [*self.check, *paths],
            "cascade-fix check -j1": [*self.check, "-j1", *paths],
        }
        if others:
            bin = self.work / "venv" / "bin"
            # all files, as large as they are
            semgrep = ["scan", "--metrics", "off", "--disable-version-check", "--quiet", "--no-git-ignore", "--max-target-bytes", "0"]
            semgrep += ["--timeout", "0", "--config", self.work / "semgrep.yml"]
            tools["rg --files"] = ["rg", "--files", *paths]
            tools["ast-grep scan"] = [bin / "ast-grep", "scan", "--rule", self.work / "rule.yml", "--json=stream", *paths]
            tools["semgrep scan"] = [bin / "semgrep", *semgrep, *paths]
            tools["LibCST"] = [bin / "python", self.work / "find_cascades.py"]
        return tools

    def show(self, title, costs):
        floor = costs["rg -l cascade"]
        print(f"\n{title}\n  {'':24} {'wall':>8} {'processor':>10} {'memory':>9}")
        for name, cost in sorted(costs.items(), key=lambda item: item[1].wall):
            print(f"  {name:24} {cost.wall / floor.wall:7.2f}x {cost.processor / floor.processor:9.2f}x {cost.memory:6.0f} MB")
        sys.stdout.flush()

    def tree(self, name, fill):
        """The folder of a tree, filled once."""
        folder = self.work / name
        if not folder.is_dir():
            unfinished = self.work / f"{name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            fill(unfinished)
            unfinished.rename(folder)
        return folder

    def packages(self):
        def fill(folder):
            for wheel in sorted((self.work / "wheels").glob("*.whl")):
                with zipfile.ZipFile(wheel) as archive:
                    sources = [name for name in archive.namelist() if name.endswith(".py")]
                    archive.extractall(folder / wheel.name.split("-")[0], sources)

        return self.tree("tree", fill)

    def of_packages(self):
        folder = self.packages()
        files = sum(1 for _ in folder.rglob("*.py"))
        if files < 30_000:
            sys.exit(f"only {files} Python files in {folder}: remove it and {self.work / 'wheels'}")
        self.show(f"packages: {files:,} files", measured(self.commands(), folder))

    def without(self):
        """The packages of the tree whose check finds nothing."""
        tree = self.packages()
        paths = [path.name for path in sorted(tree.iterdir()) if self.is_clean(path)]
        files = sum(1 for path in paths for _ in (tree / path).rglob("*.py"))
        self.show(f"without: {files:,} files of {len(paths)} packages", measured(self.commands(paths, others=False), tree))

    def is_clean(self, folder):
        return subprocess.run([*self.check, "."], cwd=folder, capture_output=True).returncode == 0

    def monorepo(self):
        def fill(folder):
            models.write(folder)
            models.write_others(folder / "services", 19_800)

        folder = self.tree("monorepo", fill)
        self.show("monorepo: 20,000 files, 2,000 models with 20,000 relationships", measured(self.commands(), folder, 3))
        one = "app/models/models0.py"
        costs = measured({"rg -l cascade": ["rg", "-l", "cascade", "."], "cascade-fix check FILE": [*self.check, one]}, folder)
        self.show(f"monorepo: {one} alone", costs)

    def file(self):
        def fill(folder):
            code = models.functions(100_000)
            model = 'from sqlalchemy.orm import relationship\n\nposts = relationship("Post", cascade="all")\n\n\n'
            (folder / "large.py").write_text(model + code[: code.rindex("def ", 0, 5_000_000)])
        self.show("file: one of 5 MB", measured(self.commands(), self.tree("file", fill), 3))

    def fill_sparsely(self, folder, size):
        for number in range(size):
            path = folder / f"package_{number // 1000}" / f"module_{number}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text('posts = relationship("Post")\n' if number % 100 == 0 else "")

    def growth(self):
        sizes = [10_000, 100_000, 1_000_000]
        processor = {}
        for size in sizes:
            fill = lambda folder, size=size: self.fill_sparsely(folder, size)
            costs = measured(self.commands(others=False), self.tree(f"files-{size}", fill), 3)
            self.show(f"growth: {size:,} files", costs)
            processor[size] = costs["cascade-fix check"].processor
        doublings = math.log2(sizes[-1] / sizes[0])
        growth = (processor[sizes[-1]] / sizes[-1]) / (processor[sizes[0]] / sizes[0])
        print(f"  processor time for a file grows by {growth ** (1 / doublings):.2f} when the files double")


def main():
    work, binary, *names = sys.argv[1:]
    bench = Bench(pathlib.Path(work).resolve(), str(pathlib.Path(binary).resolve()))
    trees = {"packages": bench.of_packages, "without": bench.without, "monorepo": bench.monorepo, "file": bench.file, "growth": bench.growth}
    print(f"{os.cpu_count()} cores; times are over those of rg -l cascade")
    for name in names or trees:
        trees[name]()


if __name__ == "__main__":
    main()
