#!/usr/bin/env python3
"""Makes go wrong what can go wrong while files are read and written, and looks whether something was lost.

    scripts/faults.py target/release/cascade-fix

One line for each fault: what became of it. The status is 1 if something was lost, torn, left lying about, hung, or not told. What the
machine can't do (no strace, no right to mount) is named as skipped. Linux, and best as root; nothing outside of temporary folders is
touched.
"""

import argparse
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BEFORE = 'from sqlalchemy.orm import relationship\n\n\nclass Order:\n    lines = relationship("Line", cascade="all, delete-orphan")\n'
AFTER = BEFORE.replace("all, delete-orphan", "save-update, merge, delete, delete-orphan")
TIMEOUT = 60
# a sequence that clears the screen, one that sets the title, a lone carriage return, and the one-character form of the first
ESCAPES = "\x1b[2J\x1b]0;title\x07\x9b2J\u202e"


class Skipped(Exception):
    """The machine can't do it."""


class Lost(Exception):
    """What must not happen."""


def check(condition, what):
    if not condition:
        raise Lost(what)


FAULTS = []


def fault(is_long=False):
    """A fault; a long one takes more than a few seconds, or tools or rights that are not everywhere."""

    def registered(run):
        FAULTS.append((run.__name__.replace("_", " "), run, is_long))
        return run

    return registered


class Tree:
    """A repository in a temporary folder."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, Path(folder)
        (self.folder / ".git").mkdir()

    def write(self, name, text=BEFORE):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run(self, *arguments, prefix=(), timeout=TIMEOUT, **options):
        command = [*prefix, self.binary, *arguments]
        options = {"cwd": self.folder, "stdin": subprocess.DEVNULL, "capture_output": True, **options}
        try:
            return subprocess.run(command, timeout=timeout, **options)
        except subprocess.TimeoutExpired:
            raise Lost(f"hung: {' '.join(map(str, arguments))}") from None

    def start(self, *arguments, prefix=()):
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([*prefix, self.binary, *arguments], cwd=self.folder, **pipes)

    def strace(self, *injections):
        if shutil.which("strace") is None:
            raise Skipped("strace is not installed")
        return ["strace", "-f", "-qq", "-o", "/dev/null", *(f"--inject={injection}" for injection in injections)]

    def leftovers(self):
        return [path for path in self.folder.rglob(".cascade-fix-*")]


def is_whole(path):
    return path.read_text() in (BEFORE, AFTER)


# ---- writes ----

WRITES = ["openat", "write", "fchmod", "fchown", "fsync", "linkat", "renameat2", "unlinkat", "flistxattr", "fstat", "statx", "close"]


@fault(is_long=True)
def killed_at_each_system_call(tree):
    """Killed by the system at the nth call of each kind: each file is the old one or the new one."""
    kills = 0
    for call in WRITES:
        log = tree.folder / "calls.log"
        tree.write("models.py")
        tree.strace()
        tree.run("fix", "-j1", prefix=["strace", "-f", "-qq", "-o", log, "-e", f"trace={call}"])
        calls = len([line for line in log.read_text().splitlines() if "resumed" not in line])
        log.unlink()
        # those of the write are the last
        for number in range(max(1, calls - 15), calls + 1):
            path = tree.write("models.py")
            tree.run("fix", "-j1", prefix=tree.strace(f"{call}:signal=KILL:when={number}"))
            check(is_whole(path), f"torn at {call} {number}")
            for left in tree.leftovers():
                check(left.read_text() in (BEFORE, AFTER), f"{left} at {call} {number}")
                left.unlink()
            kills += 1
    return f"{kills} kills"


@fault(is_long=True)
def errors_of_the_system(tree):
    """Each call of the write fails: the file is as it was, the reason is told, nothing is left."""
    errors = 0
    for call in ["write", "fchmod", "fsync", "linkat", "renameat2", "unlinkat", "flistxattr"]:
        for error in ["ENOSPC", "EIO", "EPERM", "EDQUOT"]:
            path, other = tree.write("a.py"), tree.write("b.py")
            # the first write of a file; what is printed comes behind
            run = tree.run("fix", "-j1", prefix=tree.strace(f"{call}:error={error}:when=1"))
            told = run.stderr.decode()
            check(is_whole(path) and is_whole(other), f"torn by {error} of {call}")
            if path.read_text() == BEFORE:
                check("a.py" in told or "can't write" in told, f"{error} of {call} is not told: {told}")
                check(run.returncode == 2, f"status {run.returncode} after {error} of {call}")
            if call not in ("write", "unlinkat"):
                check(other.read_text() == AFTER, f"{error} of {call} for one keeps the other from being written")
            if call != "unlinkat":
                check(not tree.leftovers(), f"{tree.leftovers()} after {error} of {call}")
            [left.unlink() for left in tree.leftovers()]
            errors += 1
    return f"{errors} errors"


def while_delayed(tree, call, change, *arguments):
    """Runs `fix` while a system call of the write waits, and changes something meanwhile."""
    run = tree.start("fix", "-j1", *arguments, prefix=tree.strace(f"{call}:delay_enter=1500000:when=1"))
    time.sleep(0.9)
    change()
    out, err = run.communicate(timeout=TIMEOUT)
    return run.returncode, out.decode(), err.decode()


@fault(is_long=True)
def an_edit_at_the_last_moment(tree):
    """Someone saves the file between the last look and the exchange: the edit stays, and it is told."""
    for how in ["in place", "by a rename"]:
        path = tree.write("models.py")
        edited = BEFORE + "# mine\n"

        def edit():
            if how == "in place":
                path.write_text(edited)
            else:
                other = tree.write("other.tmp", edited)
                other.rename(path)

        status, _, told = while_delayed(tree, "renameat2", edit)
        check(path.read_text() == edited, f"an edit {how} is lost")
        check(status == 2 and "changed since it was read" in told, f"not told: {told}")
        check(not tree.leftovers(), tree.leftovers())
    return "in place, by a rename"


@fault(is_long=True)
def a_file_that_turns_into_something_else(tree):
    """A pipe, a link, a folder or nothing comes in its place."""
    outside = tree.write("elsewhere/outside.txt")
    for kind in ["pipe", "link", "folder", "nothing"]:
        for call in ["linkat", "renameat2"]:
            path = tree.write("app/models.py")

            def change():
                path.unlink()
                if kind == "pipe":
                    os.mkfifo(path)
                elif kind == "link":
                    path.symlink_to(outside)
                elif kind == "folder":
                    path.mkdir()

            status, _, told = while_delayed(tree, call, change, "app")
            check(status == 2, f"{kind} before {call}: status {status}, {told}")
            check(outside.read_text() == BEFORE, f"{kind}: written through")
            check(not tree.leftovers(), f"{kind}: {tree.leftovers()}")
            if kind == "folder":
                check(path.is_dir(), "the folder is gone")
                path.rmdir()
            elif kind != "nothing":
                check(stat.S_IFMT(path.lstat().st_mode) != stat.S_IFREG, f"the {kind} is gone")
                path.unlink()
    return "pipe, link, folder, nothing"


@fault(is_long=True)
def a_folder_that_becomes_a_link(tree):
    """The folder is moved away and a link to another one comes in its place: nothing there is touched."""
    for call in ["openat", "renameat2"]:
        path = tree.write("app/models.py")
        outside = tree.write("outside/models.py")

        def change():
            (tree.folder / "app").rename(tree.folder / "moved")
            (tree.folder / "app").symlink_to(tree.folder / "outside")

        if call == "openat":
            # before the folder is opened for the write: a signal stops the program behind its reading
            run = tree.start("fix", "-j1", "app", prefix=tree.strace("openat:delay_enter=3000:when=1+"))
            time.sleep(0.25)
            change()
            run.communicate(timeout=TIMEOUT)
        else:
            while_delayed(tree, call, change, "app")
        check(outside.read_text() == BEFORE, f"written outside, at {call}")
        check(is_whole(tree.folder / "moved/models.py"), "torn")
        (tree.folder / "app").unlink()
        shutil.rmtree(tree.folder / "moved")
    return "nothing outside is touched"


@fault(is_long=True)
def a_signal_between_two_files(tree):
    """Ctrl-C, TERM and HUP: the file under way is finished, and those that were written are named."""
    for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
        paths = [tree.write(f"m{index:02}.py") for index in range(30)]
        run = tree.start("fix", "-j1", prefix=tree.strace("fsync:delay_enter=40000"))
        time.sleep(1.2)
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), number)
        out, err = run.communicate(timeout=TIMEOUT)
        written = sorted(path.name for path in paths if path.read_text() == AFTER)
        check(all(is_whole(path) for path in paths), "torn")
        check(not tree.leftovers(), tree.leftovers())
        check(0 < len(written) < 30, f"{len(written)} were written: the signal came too early or too late")
        check(out.decode().split() == written, "those that were written are not those that are named")
        check(b"interrupted" in err and run.returncode == 2, f"not told: {err.decode()}")
    return "INT, TERM, HUP"


@fault(is_long=True)
def two_runs_at_once(tree):
    for _ in range(15):
        paths = [tree.write(f"m{index}.py") for index in range(10)]
        runs = [tree.start("fix") for _ in range(2)]
        for run in runs:
            run.communicate(timeout=TIMEOUT)
        check(all(path.read_text() == AFTER for path in paths), "a file was not fixed, or is torn")
        check(not tree.leftovers(), tree.leftovers())
    return "15 times"


@fault()
def what_a_file_has_besides_its_bytes(tree):
    """Mode with its special bits, owner, extended attributes, access control list; another hard link is told of."""
    path = tree.write("models.py")
    kept = []
    if os.geteuid() == 0:
        os.chown(path, 1234, 2345)
        kept.append("owner")
    os.chmod(path, 0o6750)
    try:
        os.setxattr(path, "user.note", b"kept")
        kept.append("extended attributes")
        # version 2; owner, user 1000, group, mask, others
        entries = [(1, 6, 0xFFFFFFFF), (2, 6, 1000), (4, 4, 0xFFFFFFFF), (16, 6, 0xFFFFFFFF), (32, 0, 0xFFFFFFFF)]
        acl = (2).to_bytes(4, "little") + b"".join(
            tag.to_bytes(2, "little") + rights.to_bytes(2, "little") + who.to_bytes(4, "little") for tag, rights, who in entries
        )
        os.setxattr(path, "system.posix_acl_access", acl)
        kept.append("access control list")
    except OSError:
        pass

    def state():
        known = path.stat()
        return oct(known.st_mode), known.st_uid, known.st_gid, {name: os.getxattr(path, name) for name in os.listxattr(path)}

    before = state()
    (tree.folder / "other.txt").hardlink_to(path)
    run = tree.run("fix")
    check(path.read_text() == AFTER and state() == before, f"{before} became {state()}")
    check(b"hard link" in run.stderr, "the other hard link is not told of")
    check((tree.folder / "other.txt").read_text() == BEFORE, "the other link's text changed")
    return ", ".join(["mode", *kept, "hard link told"])


def mounted(kind, options, folder):
    folder.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-t", kind, "-o", options, kind, folder], capture_output=True).returncode != 0:
        raise Skipped("no right to mount")


@fault(is_long=True)
def a_full_disk(tree):
    folder = tree.folder / "small"
    mounted("tmpfs", "size=64k", folder)
    try:
        path = tree.write("small/models.py")
        try:
            (folder / "filler").write_bytes(b"x" * (1 << 20))
        except OSError:
            pass
        run = tree.run("fix", "small")
        check(is_whole(path), "torn")
        check(path.read_text() == AFTER or run.returncode == 2 and b"No space left" in run.stderr, run.stderr.decode())
        check(not tree.leftovers(), tree.leftovers())
    finally:
        subprocess.run(["umount", folder], check=True)
    return "as it was, and told"


@fault(is_long=True)
def a_read_only_file_system(tree):
    folder = tree.folder / "fixed"
    mounted("tmpfs", "size=1m", folder)
    try:
        path, other = tree.write("fixed/models.py"), tree.write("b.py")
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        run = tree.run("fix")
        check(path.read_text() == BEFORE and other.read_text() == AFTER, "the other file was not written")
        check(run.returncode == 2 and b"Read-only file system" in run.stderr, run.stderr.decode())
    finally:
        subprocess.run(["umount", folder], check=True)
    return "told, the other file is written"


@fault(is_long=True)
def a_file_that_is_a_mount_point(tree):
    path, below = tree.write("models.py"), tree.write("below.txt")
    if subprocess.run(["mount", "--bind", below, path], capture_output=True).returncode != 0:
        raise Skipped("no right to mount")
    try:
        for _ in range(2):
            run = tree.run("fix")
            check(run.returncode == 2 and path.read_text() == BEFORE, run.stderr.decode())
            check(not tree.leftovers(), tree.leftovers())
    finally:
        subprocess.run(["umount", path], check=True)
    return "told, nothing is left"


@fault()
def read_only_for_its_mode(tree):
    path, other = tree.write("a.py"), tree.write("b.py")
    path.chmod(0o444)
    run = tree.run("fix")
    check(path.read_text() == BEFORE and other.read_text() == AFTER, "the wrong one was written")
    check(run.returncode == 2 and b"read-only" in run.stderr, run.stderr.decode())
    return "told, the other file is written"


@fault()
def a_folder_without_the_right_to_write(tree):
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        raise Skipped("setpriv is not installed")
    path = tree.write("app/models.py")
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    tree.folder.chmod(0o755)
    path.chmod(0o666)
    path.parent.chmod(0o555)
    run = tree.run("fix", prefix=prefix)
    if b"No such file" in run.stderr or run.returncode in (126, 127):
        raise Skipped("the program can't be reached by another user")
    check(path.read_text() == BEFORE and run.returncode == 2, run.stderr.decode())
    check(b"Permission denied" in run.stderr, run.stderr.decode())
    return "told"


# ---- reading ----


@fault()
def special_files_in_the_tree(tree):
    path = tree.write("models.py")
    os.mkfifo(tree.folder / "pipe.py")
    (tree.folder / "zero.py").symlink_to("/dev/zero")
    (tree.folder / "loop").symlink_to(tree.folder)
    (tree.folder / "self.py").symlink_to("self.py")
    if os.geteuid() == 0:
        try:
            os.mknod(tree.folder / "device.py", stat.S_IFCHR | 0o666, os.makedev(1, 5))
        except OSError:
            pass
    tree.run("fix")
    # what can't be looked through may call expunge, which stays then
    check('"save-update, merge, expunge, delete, delete-orphan"' in path.read_text(), "the file beside them was not fixed")
    return "pipe, device, links in a circle"


@fault()
def special_files_for_settings(tree):
    """A pipe or an endless device under each name that is read by itself."""
    names = [
        ".gitignore",
        ".ignore",
        ".git/info/exclude",
        "pyproject.toml",
        "cascade-fix.toml",
        ".cascade-fix.toml",
        "ruff.toml",
        ".ruff.toml",
        ".editorconfig",
        ".pre-commit-config.yaml",
        "uv.lock",
        "poetry.lock",
        "Pipfile.lock",
        "requirements.txt",
        "setup.cfg",
        "setup.py",
        "CODEOWNERS",
        "app/.gitignore",
        "app/pyproject.toml",
        "app/.editorconfig",
    ]
    tree.write("app/models.py", BEFORE.replace("delete-orphan", "delete-orphan" + ", delete" * 20))
    (tree.folder / ".git/info").mkdir()
    for name in names:
        for kind in ["pipe", "device"]:
            path = tree.folder / name
            if kind == "pipe":
                os.mkfifo(path)
            else:
                path.symlink_to("/dev/zero")
            for command in ["check", "diff"]:
                tree.run(command, timeout=20)
            path.unlink()
    command = [tree.binary, "config", "--config", "/dev/stdin"]
    run = subprocess.run(command, input=b'profile = "bare"\n', cwd=tree.folder, capture_output=True, timeout=TIMEOUT)
    check(b"bare" in run.stdout, f"a pipe that someone names is refused: {run.stderr.decode()}")
    return f"{len(names)} names"


@fault()
def settings_that_lead_outside(tree):
    tree.write("models.py")
    told = []
    for folder in ["/", "/proc", "../..", "/etc"]:
        tree.write("cascade-fix.toml", f'rules = ["{folder}"]\n')
        run = tree.run("check", timeout=20)
        check(run.returncode == 2 and b"outside of the repository" in run.stderr, run.stderr.decode())
        told.append(folder)
    (tree.folder / "cascade-fix.toml").unlink()
    rules = tree.folder / "rules"
    rules.mkdir()
    (rules / "again").symlink_to(rules)
    tree.write("cascade-fix.toml", 'rules = ["rules"]\n')
    run = tree.run("check", timeout=20)
    check(run.returncode == 2 and b"link to a folder" in run.stderr, run.stderr.decode())
    return ", ".join(told) + ", a circle"


@fault()
def rules_without_an_end(tree):
    """`utils` that double at each step, and YAML that nests or repeats without end."""
    tree.write("models.py")
    utils = "\n".join(
        f"  u{index}: {{ any: [ {{ all: [ {{ kind: call }}, {{ matches: u{index + 1} }} ] }}, {{ all: [ {{ kind: call }}, {{ matches: u{index + 1} }} ] }} ] }}"
        for index in range(40)
    )
    doubling = f"id: doubling\nlanguage: Python\nmetadata: {{ sets: cascade }}\nutils:\n{utils}\n  u40: {{ kind: string }}\nrule: {{ matches: u0 }}\n"
    nested = "id: nested\nlanguage: Python\nrule: " + "{ not: " * 20_000 + "{ kind: call }" + " }" * 20_000 + "\n"
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
        f"{chr(98 + index)}: &{chr(98 + index)} [{','.join(['*' + chr(97 + index)] * 9)}]" for index in range(12)
    )
    for text in [doubling, nested, bomb]:
        tree.write("rules/hostile.yml", text)
        run = tree.run("check", "--rules", "rules", timeout=30)
        check(run.returncode == 2, f"taken: {text[:40]}")
        check(len(run.stderr) < 4000, "told at length")
    return "utils, nesting, anchors"


@fault(is_long=True)
def many_settings(tree):
    tree.write("models.py")
    for key, values in [("exclude", [f"a{index}/**/b*.py" for index in range(100_000)]), ("constructors", [f"a.b{index}" for index in range(100_000)])]:
        tree.write("cascade-fix.toml", f"{key} = {values!r}\n".replace("'", '"'))
        run = tree.run("check", timeout=30)
        check(run.returncode in (1, 2), run.stderr.decode()[:500])
    (tree.folder / "cascade-fix.toml").unlink()
    run = tree.run("check", "-j", str(2**64 - 1))
    check(run.returncode == 2 and b"panicked" not in run.stderr, run.stderr.decode())
    return "100,000 globs, 100,000 constructors, 2^64-1 threads"


@fault()
def odd_names(tree):
    """Names that are no UTF-8, with newlines, quotes, a percent sign, a leading hyphen; through git and without."""
    shutil.rmtree(tree.folder / ".git")
    git = lambda *arguments: subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *arguments], cwd=tree.folder, check=True, capture_output=True)
    git("init", "-q", ".")
    names = [b"caf\xe9.py", b"two\nlines.py", b"quo\"te's.py", b"percent%0A.py", b"-leading.py", b" blank .py", "\u00fcml\u00e4ut.py".encode()]
    places = [os.path.join(os.fsencode(tree.folder), name) for name in names]
    write = lambda text: [open(place, "w").write(text) for place in places]
    write(BEFORE.replace("all, ", ""))
    git("add", "-A")
    git("commit", "-qm", "one")
    write(BEFORE)
    for option in [["--since", "HEAD"], ["--since", "HEAD", "--diff-only"]]:
        run = tree.run("check", "--output-format", "json", *option)
        check(run.stdout.count(b'"CAS001"') >= len(names), f"{option}: not all found: {run.stderr.decode()}")
    patch = tree.run("diff").stdout
    applied = subprocess.run(["git", "apply", "-"], input=patch, cwd=tree.folder, capture_output=True)
    check(applied.returncode == 0, applied.stderr.decode())
    check(all(open(place).read() == AFTER for place in places), "the patch does not fix all")
    write(BEFORE)
    git("add", "-A")
    for option in [["--staged"], ["--staged", "--diff-only"]]:
        run = tree.run("check", "--output-format", "json", *option)
        check(run.stdout.count(b'"CAS001"') >= len(names), f"{option}: not all found: {run.stderr.decode()}")
    run = tree.run("fix")
    check(all(open(place).read() == AFTER for place in places), "not all are fixed")
    return f"{len(names)} names"


@fault(is_long=True)
def odd_contents(tree):
    """NUL bytes, 10,000 brackets, an empty file, one line without an end: the file beside them is fixed."""
    contents = {
        "nul.py": b"x = 1\0\n" + BEFORE.encode(),
        "brackets.py": b"x = " + b"[" * 10_000 + b"]" * 10_000 + b"\n" + BEFORE.encode(),
        "open.py": b"(" * 10_000 + BEFORE.encode(),
        "calls.py": BEFORE.encode() + b"y = " + b"f(" * 10_000 + b")" * 10_000,
        "empty.py": b"",
        "line.py": b"x = [" + b'relationship("A", cascade="all"), ' * 3000 + b"]",
        "bom.py": b"\xef\xbb\xbf\xef\xbb\xbf" + BEFORE.encode(),
        "utf16.py": BEFORE.encode("utf-16"),
        "latin.py": b"# \xe9\n" + BEFORE.encode(),
    }
    for name, content in contents.items():
        (tree.folder / name).write_bytes(content)
    path = tree.write("models.py")
    run = tree.run("fix", timeout=120)
    check(b"panicked" not in run.stderr, run.stderr.decode()[:2000])
    # what can't be decoded may call expunge, which stays then
    check('"save-update, merge, expunge, delete, delete-orphan"' in path.read_text(), "the file beside them was not fixed")
    return f"{len(contents)} files"


@fault(is_long=True)
def one_line_of_50_megabytes(tree):
    """It is skipped, and that is said; what is in the files beside it may be used there, so that expunge stays."""
    line = b'y = relationship("A", cascade="all"); ' + b"x = 1; " * (50 * 150_000)
    path = tree.folder / "long.py"
    path.write_bytes(b"from sqlalchemy.orm import relationship\n" + line + b"\n")
    beside = tree.write("models.py")
    run = tree.run("fix", timeout=60)
    check(b"long.py: has more than 10 MiB of Python" in run.stderr, run.stderr.decode()[:500])
    check('"save-update, merge, expunge, delete, delete-orphan"' in beside.read_text(), "the file beside it was not fixed")
    run = tree.run("check", "long.py", timeout=60)
    check(run.returncode == 2, f"status {run.returncode} for one that was named")
    # a line as long as files may be
    path.write_bytes(b"from sqlalchemy.orm import relationship\n" + line[: 9 << 20] + b"\n")
    run = tree.run("check", timeout=300)
    check(run.returncode == 1, run.stderr.decode()[:500])
    check(len(run.stdout) < 10_000, f"a report of {len(run.stdout)} bytes")
    return f"{len(line) >> 20} MiB"


# ---- what is printed ----


@fault()
def sequences_for_terminals(tree):
    """Escapes in names, sources and settings reach no report for people."""
    name = f"m{ESCAPES}.py"
    source = BEFORE.replace('"Line"', f'"Li{ESCAPES}ne"') + f"# {ESCAPES}\n"
    runs = []
    formats = ["full", "concise", "github", "markdown"]
    tree.write(name, source)
    tree.write("other.py", source.replace('cascade="all, delete-orphan"', f'cascade=f(f"all{ESCAPES}")'))
    for output in formats:
        runs.append((output, tree.run("check", "--output-format", output)))
    for output in ["dot", "mermaid"]:
        runs.append((output, tree.run("graph", "--format", output)))
    runs.append(("diff --color", tree.run("diff", "--color", "always")))
    tree.write("cascade-fix.toml", f'profile = "re{ESCAPES[-1]}c"\nx = "\\u001b[2J"\n')
    runs.append(("settings", tree.run("check")))
    tree.write("cascade-fix.toml", 'constructors = ["a\\u001b[2J"]\n')
    runs.append(("settings", tree.run("check")))
    (tree.folder / "cascade-fix.toml").unlink()
    runs.append(("missing", tree.run("check", "no\x1b[2J")))
    path = tree.folder / name
    path.chmod(0o444)
    runs.append(("fix", tree.run("fix")))
    for what, run in runs:
        for stream, text in [("stdout", run.stdout), ("stderr", run.stderr)]:
            if what == "fix" and stream == "stdout":
                continue
            text = text.decode(errors="replace")
            for sequence in ["\x1b[2J", "\x1b]0", "\x07", "\x9b", "\u202e"]:
                check(sequence not in text, f"{what}: {sequence!r} in {stream}")
    return f"{len(runs)} reports"


@fault(is_long=True)
def a_reader_that_goes(tree):
    for index in range(300):
        tree.write(f"m{index}.py")
    for command in [["diff"], ["check"], ["check", "--output-format", "json"]]:
        run = subprocess.Popen([tree.binary, *command], cwd=tree.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        run.stdout.read(10)
        run.stdout.close()
        err = run.stderr.read()
        run.wait(timeout=TIMEOUT)
        check(b"panicked" not in err and run.returncode in (0, 1), f"status {run.returncode}: {err.decode()}")
    return "diff, check"


# ---- git ----


@fault()
def what_git_is_told_to_run(tree):
    """Hooks, monitors and filters that a repository's own configuration names are not run by who only looks."""
    shutil.rmtree(tree.folder / ".git")
    environment = {**os.environ, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.example", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.example"}
    git = lambda *arguments: subprocess.run(["git", *arguments], cwd=tree.folder, check=True, capture_output=True, env=environment)
    git("init", "-q", ".")
    path = tree.write("models.py", BEFORE.replace("all, ", ""))
    tree.write(".gitattributes", "*.py filter=spy diff=spy\n")
    git("add", "-A")
    git("commit", "-qm", "one")
    marker = tree.folder.parent / (tree.folder.name + "-marker")
    spy = tree.folder.parent / (tree.folder.name + "-spy")
    spy.write_text(f'#!/bin/sh\necho "$0 $@" >> {marker}\ncat\n')
    spy.chmod(0o755)
    for key in ["core.fsmonitor", "filter.spy.clean", "filter.spy.process", "diff.spy.textconv", "diff.spy.command", "diff.external", "core.pager"]:
        git("config", key, str(spy))
    git("config", "filter.spy.required", "true")
    path.write_text(BEFORE)
    try:
        for arguments in [["check", "--since", "HEAD"], ["check", "--since", "HEAD", "--diff-only"], ["check"], ["diff"]]:
            run = tree.run(*arguments, env=environment)
            check(not marker.exists(), f"{' '.join(arguments)} runs {marker.read_text() if marker.exists() else ''}")
            check(run.returncode == 1, f"{' '.join(arguments)}: {run.stderr.decode()}")
        git("-c", "core.fsmonitor=", "-c", "filter.spy.clean=", "-c", "filter.spy.process=", "-c", "filter.spy.required=false", "add", "-A")
        marker.unlink(missing_ok=True)
        path.write_text(path.read_text())
        run = tree.run("check", "--staged", env=environment)
        check(not marker.exists(), f"--staged runs {marker.read_text() if marker.exists() else ''}")
        check(run.returncode == 1, run.stderr.decode())
    finally:
        marker.unlink(missing_ok=True)
        spy.unlink()
    return "monitor, filters, external diff"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--quick", action="store_true", help="only what takes a few seconds, and no tools or rights")
    parser.add_argument("only", nargs="*", help="parts of the names of faults")
    arguments = parser.parse_args()
    binary = arguments.binary.resolve()
    failed = 0
    for name, run, is_long in FAULTS:
        if arguments.only and not any(word in run.__name__ for word in arguments.only) or arguments.quick and is_long:
            continue
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            try:
                print(f"{name}: {run(Tree(binary, Path(folder).resolve()))}", flush=True)
            except Skipped as reason:
                print(f"{name}: skipped: {reason}", flush=True)
            except Lost as what:
                failed += 1
                print(f"{name}: FAILED: {what}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
