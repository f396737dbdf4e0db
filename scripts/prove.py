#!/usr/bin/env python3
"""Runs a small application of asyncio before and after `cascade-fix fix`, and shows what it does.

    scripts/prove.py [--postgres] [--sqlalchemy VERSION …] [--binary BINARY]       a minute; the first time longer

The application is testdata/proof; what is read after a refresh, by loader and by the way in which it was loaded, is held against its
reload.jsonl. Environments for each version of SQLAlchemy are made below target/proof. The database is SQLite in
memory (aiosqlite); with --postgres it is a PostgreSQL server from Debian's packages, which is started on the loopback address and stopped
again (asyncpg). Exit status 1 if something is not as the documentation says.
"""

import argparse
import contextlib
import glob
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent.parent
VERSIONS = ["1.4", "2.0", "2.1"]
REFRESH_READ = "refresh(user), then read a post that was loaded"
DIRTY = "refresh(user) beside an unsaved change of a post, then commit"
PENDING = "refresh(user) beside a new post, then commit"
APPEND = "user.posts.append(Post()), then commit"
NEW = "add(User(posts=[Post()])), then commit"
DELETE = "delete(user), then commit"
REMOVE = "remove a post from user.posts, then commit"

# what the documentation says: as it stands, after `fix`, and after `fix --profile bare --unsafe-fixes`
EXPECTED = {
    REFRESH_READ: ("MissingGreenlet", "reads loaded", "reads loaded"),
    DIRTY: ("the change is thrown away", "the change is saved", "the change is saved"),
    PENDING: ("the post is lost", "the post is inserted", "the post is lost"),
    APPEND: ("the post is inserted", "the post is inserted", "the post is lost"),
    NEW: ("the post is inserted", "the post is inserted", "the post is lost"),
    DELETE: ("0 posts are left", "0 posts are left", None),
    REMOVE: ("1 post is left", "1 post is left", None),
}

# the parts of testdata/proof/reload.jsonl
TABLES = {
    "child": "refresh(shelf), then read a book that is held in a variable",
    "collection": "refresh(shelf), then read shelf.books",
    "child_after_expire": "expire(shelf), then read a book that is held in a variable",
}


def environment(version):
    """The interpreter of an environment with a version of SQLAlchemy."""
    folder = HERE / "target" / "proof" / version
    python = folder / "bin" / "python"
    installed = folder / "installed"
    if not installed.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, f"sqlalchemy[asyncio]=={version}.*", "aiosqlite", "asyncpg"], check=True)
        installed.touch()
    return python


def demonstrate(python, folder, url):
    run = subprocess.run([python, "-B", "demonstrate.py", url], cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"{python} demonstrate.py: {run.stderr}")
    return {line["tried"]: line for line in map(json.loads, run.stdout.splitlines())}


def reloaded(python, folder, url):
    """What a read after `refresh(shelf)` or `expire(shelf)` does, by the way in which a book was loaded and the loader."""
    run = subprocess.run(
        [python, "-B", "-W", "ignore", "reload.py", url], cwd=folder, capture_output=True, text=True, check=False
    )
    if run.returncode:
        sys.exit(f"{python} reload.py: {run.stderr}")
    return {(line["loaded_by"], line["lazy"]): line for line in map(json.loads, run.stdout.splitlines())}


def compare_reloaded(python, version, stages, url):
    """Prints the table of two stages; how much of it is not as documented."""
    before, after = (reloaded(python, folder, url) for folder, _ in stages)
    documented = map(json.loads, (HERE / "testdata" / "proof" / "reload.jsonl").read_text().splitlines())
    documented = [row for row in documented if row.get("since", "") <= version]
    loaders = list(dict.fromkeys(row["lazy"] for row in documented))
    wrong = 0
    print(f"  {stages[0][1]} → {stages[1][1]}, where that is not the same")
    for what, title in TABLES.items():
        print(f"  {title}")
        rows = [["loaded by", *(f"lazy={lazy}" for lazy in loaders)]]
        for way in dict.fromkeys(row["loaded_by"] for row in documented):
            keys = [(way, lazy) for lazy in loaders]
            rows.append([way, *(cell(before[key][what], after[key][what]) if key in before else "" for key in keys)])
        widths = [max(map(len, column)) for column in zip(*rows)]
        for row in rows:
            print("    " + "  ".join(map(str.ljust, row, widths)).rstrip())
        for row in documented:
            key = row["loaded_by"], row["lazy"]
            found = [stage[key][what] if key in stage else None for stage in (before, after)]
            if found != row[what]:
                wrong += 1
                print(f"    {key[0]}, lazy={key[1]}: {found}, NOT {row[what]}")
    return wrong


def cell(before, after):
    """What a read does with the one cascade, and with the other if that is something else."""
    before, after = ("reads" if read == "reads" else "raises" for read in (before, after))
    return before if before == after else f"{before} → {after}"


def fixed(binary, folder, *options):
    """A copy of the application after a fix, and its cascade."""
    copy = pathlib.Path(tempfile.mkdtemp(dir=folder.parent))
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    subprocess.run([binary, "fix", "--quiet", "--isolated", *options], cwd=copy, check=True, stdout=subprocess.DEVNULL)
    return copy, cascade(copy)


def cascade(folder):
    return (folder / "app" / "models.py").read_text().partition('cascade="')[2].partition('"')[0]


@contextlib.contextmanager
def postgres():
    """The URL of a PostgreSQL server that lives as long as the context."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not found:
        sys.exit("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    programs = pathlib.Path(found[-1])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="proof-"))
    # the server refuses to run as root
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run([*as_user, programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "proof", "-N"], **quiet)
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -F"
    control = [*as_user, programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], **quiet)
    try:
        yield f"postgresql+asyncpg://proof@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
        shutil.rmtree(folder, ignore_errors=True)


def prove(versions, binary, url):
    """Prints a table for each version; the number of results that are not as expected."""
    wrong = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "proof"
        shutil.copytree(HERE / "testdata" / "proof", folder)
        stages = [
            (folder, cascade(folder)),
            fixed(binary, folder),
            fixed(binary, folder, "--profile", "bare", "--unsafe-fixes"),
        ]
        for version in versions:
            python = environment(version)
            exact = subprocess.run(
                [python, "-c", "import sqlalchemy; print(sqlalchemy.__version__)"],
                capture_output=True,
                text=True,
                check=True,
            )
            print(f"SQLAlchemy {exact.stdout.strip()}, {url.partition(':')[0]}")
            shown = [demonstrate(python, stage, url) for stage, _ in stages]
            for (_, written), lines, expected in zip(stages, shown, range(3)):
                print(f'  cascade="{written}"')
                for number, (tried, line) in enumerate(lines.items(), 1):
                    wanted = EXPECTED[tried][expected]
                    is_wrong = wanted is not None and line["result"] != wanted
                    wrong += is_wrong
                    print(f"    {number}. {tried}: {line['result']}" + (f"   NOT {wanted}" if is_wrong else ""))
                    for warning in line["warnings"]:
                        print(f"       warning: {warning.partition(' (')[0]}")
            wrong += compare_reloaded(python, exact.stdout.strip(), stages[:2], url)
    return wrong


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--postgres", action="store_true")
    arguments.add_argument("--sqlalchemy", nargs="+", default=VERSIONS, metavar="VERSION")
    arguments.add_argument("--binary", type=pathlib.Path, default=HERE / "target" / "release" / "cascade-fix")
    given = arguments.parse_args()
    database = postgres() if given.postgres else contextlib.nullcontext("sqlite+aiosqlite://")
    with database as url:
        wrong = prove(given.sqlalchemy, given.binary.resolve(), url)
    print("as documented" if not wrong else f"{wrong} results are not as documented")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
