#!/usr/bin/env python3
"""Has `cascade-fix verify` ask the SQLAlchemy of real packages whether the fixes of their models do what they claim.

    scripts/verify_corpus.py [--work DIRECTORY] [--binary BINARY] [PACKAGE==VERSION ...]     an hour the first time, then minutes

Each package is installed with what it needs into an environment of its own (kept in the work directory) and downloaded as corpus.py does. The
modules with findings are imported, before and after. Nothing may be refuted, and each relationship that has refresh-expire has none
after the fix, or is a finding for a human. Exit status 1 if that does not hold.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import corpus

HERE = pathlib.Path(__file__).resolve().parent.parent
# what to import before the modules with findings, what to install besides, and modules that can't be imported alone
PACKAGES = {
    "apache-airflow-core==3.3.2": {"first": ["airflow.models"]},
    "argilla-server==2.8.0": {"first": ["argilla_server.models"]},
    "arize-phoenix==20.26.1": {},
    "datajunction-server==0.0.272": {"with": ["sqlalchemy[asyncio]"], "first": ["datajunction_server.database"]},
    "faradaysec==5.25.2": {"first": ["faraday.server.models"]},
    "keystone==30.0.0": {},
    "neutron==29.0.0": {"first": ["neutron.db.migration.models.head"]},
    "optuna==5.0.0": {},
    "zenml==0.98.0": {"with": ["zenml[server]==0.98.0"], "first": ["zenml.zen_stores.schemas"]},
}


def environment(work, package, besides):
    folder = work / "environments" / package
    python = folder / "bin" / "python"
    installed = folder / "installed"
    if not installed.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*pip, package, *besides], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"can't be installed: {done.stderr.strip()[-300:]}")
        installed.touch()
    return python


def module_of(path):
    parts = pathlib.PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_test(module):
    return any(part in ("tests", "testing", "test") or part.startswith("test_") for part in module.split("."))


def run(binary, folder, *arguments):
    return subprocess.run([binary, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=900)


def verify(binary, work, package, how):
    """What is wrong, and a line that says what was looked at."""
    folder = corpus.download(work, package)
    python = environment(work, package, how.get("with", []))
    found = json.loads(run(binary, folder, "check", "--no-ignore", "--output-format", "json").stdout)
    modules = sorted({module_of(finding["path"]) for finding in found["findings"]})
    modules = how.get("first", []) + [module for module in modules if not is_test(module)]
    manual = {
        (finding["path"], line)
        for finding in found["findings"]
        if not finding["fix"]
        for line in range(finding["call"]["start_line"], finding["call"]["end_line"] + 1)
    }
    with tempfile.NamedTemporaryFile(suffix=".json") as facts:
        imports = [argument for module in modules for argument in ("--import", module)]
        options = [
            "--no-ignore",
            "--python",
            python,
            "--timeout",
            "600",
            "--write-facts",
            facts.name,
            "--output-format",
            "json",
        ]
        verified = run(binary, folder, "verify", *options, *imports, ".")
        if not verified.stdout:
            return [verified.stderr.strip()], ""
        report = json.loads(verified.stdout)
        if report["failures"]:
            failure = report["failures"][0]
            return [f"{failure['module']}: {failure['error']}: {failure['message'][:300]}"], ""
        relationships = json.loads(pathlib.Path(facts.name).read_text())["relationships"]
    problems = [
        f"{checked['name']}: {'; '.join(checked['refuted'])}"
        for checked in report["relationships"]
        if checked["refuted"]
    ]
    problems += [
        f"{objection}: {report['new_warnings'] + report['gone_warnings']}" for objection in report["objections"]
    ]
    cured = {checked["name"] for checked in report["relationships"] if "refresh-expire" not in checked["after"]}
    own = {path.stem for path in folder.iterdir()}
    hazards = [
        relationship
        for relationship in relationships
        if "refresh-expire" in relationship["cascade"]
        # another library's mixin has its own cascade
        and ((relationship["made_by"] or "").partition(".")[0] in own or relationship["is_backref"])
    ]
    for relationship in hazards:
        name = f"{relationship['class']}.{relationship['attribute']}"
        is_manual = any((place["path"], place["line"]) in manual for place in relationship["declared"])
        if name not in cured and not is_manual:
            problems.append(f"{name} has refresh-expire, and nothing is said of it")
    unseen = [claim for claim in report["not_seen"] if not is_test(module_of(claim["path"]))]
    line = f"SQLAlchemy {report['sqlalchemy']}: {len(relationships)} relationships, {len(hazards)} with refresh-expire, {len(cured)} claims proven"
    return problems, line + (f", {len(unseen)} claims about what no import makes" if unseen else "")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--work", type=pathlib.Path, default=HERE / "target" / "corpus")
    arguments.add_argument("--binary", type=pathlib.Path, default=HERE / "target" / "release" / "cascade-fix")
    arguments.add_argument("packages", nargs="*", metavar="PACKAGE==VERSION")
    given = arguments.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    proven = failed = 0
    for package in given.packages or PACKAGES:
        try:
            problems, line = verify(given.binary.resolve(), given.work.resolve(), package, PACKAGES.get(package, {}))
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            problems, line = [str(error)], ""
        print(f"{package}: {line}", flush=True)
        for problem in problems:
            print(f"    {problem}", flush=True)
        proven += bool(line) and not problems
        failed += bool(line) and bool(problems)
    print(f"{proven} packages proven, {failed} not, the others can't be imported here")
    sys.exit(bool(failed) or proven < min(8, len(given.packages or PACKAGES)))


if __name__ == "__main__":
    main()
