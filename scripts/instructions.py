#!/usr/bin/env python3
"""Counts the instructions of `cascade-fix check` with callgrind, for each part of the program, and holds them against those that are recorded.

    scripts/instructions.py [--record] [BINARY]        about two minutes; BINARY is target/release/cascade-fix if it is not named

Unlike times, counts are the same on a busy machine. Counted is one thread on three inputs: the example, a repository of 200 models with
2,000 relationships (scripts/models.py), and 2,000 files without any. Exit status 1 if an input takes 5 in 100 more than
scripts/instructions.json says. Another compiler gives other counts: then they can't be compared, which ends with 2; record
them anew, on the revision before the change.
"""

import argparse
import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from models import write, write_others

HERE = pathlib.Path(__file__).resolve().parent
RECORD = HERE / "instructions.json"
MOST_GROWTH = 1.05
#: a part with less of the whole is not shown
LEAST = 0.01
PARTS = {
    "tree-sitter": re.compile(r"^(ts_|tree_sitter|stack_|lexer_|_?ts)|scanner_|tree_sitter_python"),
    "regular expressions": re.compile(r"regex_|aho_corasick|globset|memchr"),
    "allocation": re.compile(r"^_?mi_|malloc|^mem(cpy|move|set)|__mem|^_mi"),
}


def example(root):
    shutil.copytree(HERE.parent / "testdata" / "example", root, dirs_exist_ok=True)


def with_models(root):
    write(root, 200)


def without(root):
    (root / "pyproject.toml").touch()
    write_others(root, 2_000)


INPUTS = {"example": example, "models": with_models, "without": without}


def part_of(function):
    module = re.match(r"<?&?(?:mut )?cascade_fix::(\w+)", function)
    if module:
        return module[1]
    for name, pattern in PARTS.items():
        if pattern.search(function):
            return name
    return "libraries"


def counts(binary, root):
    """The instructions of a run: all of them, and those of each part."""
    with tempfile.NamedTemporaryFile(prefix="callgrind-") as out:
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}"]
        run = subprocess.run([*tool, binary, "check", "-j1", "--quiet", "--output-format", "json", "."], cwd=root, capture_output=True)
        if run.returncode not in (0, 1):
            sys.exit(f"exit status {run.returncode}: {run.stderr.decode()[-500:]}")
        shown = subprocess.run(["callgrind_annotate", "--threshold=100", out.name], capture_output=True, text=True, check=True).stdout
    total, parts = 0, collections.Counter()
    for line in shown.splitlines():
        found = re.match(r"\s*([\d,]+) \([^)]*\)\s+(.*)", line)
        if not found:
            continue
        number = int(found[1].replace(",", ""))
        if "PROGRAM TOTALS" in line:
            total = number
        else:
            parts[part_of(found[2].split(":", 1)[-1])] += number
    return total, parts


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", nargs="?", type=pathlib.Path, default=HERE.parent / "target" / "release" / "cascade-fix")
    arguments.add_argument("--record", action="store_true", help="keep these counts as those to come up to")
    given = arguments.parse_args()
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    recorded = json.loads(RECORD.read_text()) if RECORD.exists() and not given.record else {}
    is_other = not given.record and recorded.get("compiler") != compiler
    if is_other:
        print(f"recorded with {recorded.get('compiler', 'none')}, this is {compiler}: nothing to compare with")
        recorded = {}
    totals, is_more = {}, False
    for name, fill in INPUTS.items():
        with tempfile.TemporaryDirectory(prefix="instructions-") as folder:
            fill(pathlib.Path(folder))
            totals[name], parts = counts(given.binary.resolve(), folder)
        before = recorded.get("instructions", {}).get(name)
        growth = f", {totals[name] / before:.3f} times what is recorded" if before else ""
        is_more |= bool(before) and totals[name] > before * MOST_GROWTH
        print(f"{name}: {totals[name] / 1e6:,.0f} million{growth}")
        for part, number in parts.most_common():
            if number >= LEAST * totals[name]:
                print(f"  {number / totals[name]:6.1%}  {part}")
    if given.record:
        RECORD.write_text(json.dumps({"compiler": compiler, "instructions": totals}, indent=2) + "\n")
    sys.exit(2 if is_other else is_more)


if __name__ == "__main__":
    main()
