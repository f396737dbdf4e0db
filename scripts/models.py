#!/usr/bin/env python3
"""Writes a repository of 2,000 models with 20,000 relationships, checks it with cascade-fix, and prints the processor time, the
memory and what is known of the relationships; and for one of its 200 files, named alone, the time over that of all.

    scripts/models.py [BINARY]        about half a minute; BINARY is target/release/cascade-fix if it is not named
"""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

MODELS, OF_EACH, TO_A_FILE = 2_000, 10, 10
HEADER = "from sqlalchemy import Column, ForeignKey, Integer\nfrom sqlalchemy.orm import relationship\n\nfrom app.base import Base\n"


def model(number, models):
    """A class that refers to ten others, and leads to ten others that refer to it."""
    yield f'\n\nclass Model{number}(Base):\n    __tablename__ = "table{number}"\n\n    id = Column(Integer, primary_key=True)'
    for index in range(1, OF_EACH + 1):
        yield f'    parent{index}_id = Column(ForeignKey("table{(number - index * 37) % models}.id"))'
    for index in range(1, OF_EACH + 1):
        target = (number + index * 37) % models
        yield f'    children{index} = relationship("Model{target}", cascade="all, delete-orphan")'


def write(root, models=MODELS):
    folder = root / "app" / "models"
    folder.mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nname = "app"\ndependencies = ["sqlalchemy>=2.0", "asyncpg"]\n')
    (root / "app" / "base.py").write_text("from sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n")
    for package in (root / "app", folder):
        (package / "__init__.py").touch()
    for first in range(0, models, TO_A_FILE):
        lines = [line for index in range(first, first + TO_A_FILE) for line in model(index, models)]
        (folder / f"models{first}.py").write_text(HEADER + "\n".join(lines) + "\n")


def functions(number):
    """Code without models."""
    return "".join(f"def function_{n}(value):\n    return value + {n}\n\n\n" for n in range(number))


def write_others(root, files):
    """Files without models."""
    code = functions(40)
    for number in range(files):
        path = root / f"package_{number // 100}" / f"module_{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)


def checked(binary, root, path, report):
    """What a check of a path takes; its report is written."""
    with report.open("wb") as out:
        process = subprocess.Popen([binary, "check", "--quiet", "--output-format", "json", path], cwd=root, stdout=out)
        return os.wait4(process.pid, 0)[2]


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    binary = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else here / "target" / "release" / "cascade-fix").resolve()
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(temporary)
        write(root)
        report = root / "report.json"
        alone = [checked(binary, root, "app/models/models0.py", report) for _ in range(5)]
        usages = [checked(binary, root, "app", report) for _ in range(5)]
        findings = json.loads(report.read_text())["findings"]
    seconds, of_one = (sorted(usage.ru_utime + usage.ru_stime for usage in of) for of in (usages, alone))
    directions = collections.Counter((finding["relationship"] or {}).get("direction") for finding in findings)
    print(f"{len(findings)} relationships: {dict(directions)}")
    print(f"processor time: {seconds[0]:.2f} s at best, {seconds[len(seconds) // 2]:.2f} s in the median of {len(seconds)} runs")
    print(f"one file of {MODELS // TO_A_FILE}, named alone: {of_one[len(of_one) // 2] / seconds[len(seconds) // 2]:.2f} of that")
    print(f"peak memory: {max(usage.ru_maxrss for usage in usages) // 1024} MB")


if __name__ == "__main__":
    main()
