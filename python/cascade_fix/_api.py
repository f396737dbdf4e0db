"""``check`` and ``fix``: the program's JSON, with types."""

import json
import os
import subprocess
import tempfile
from typing import Any, Dict, List, Optional, Sequence, TypedDict, cast

from ._program import find_program


class Position(TypedDict):
    """A place in a file."""

    line: int
    """The line, from 1."""
    column: int
    """The column, from 1, in characters."""
    byte: int
    """The offset in the file, in bytes, from 0."""


class Edit(TypedDict):
    """Bytes that a fix replaces."""

    path: str
    start: int
    end: int
    text: str


class Fix(TypedDict):
    """What would be written."""

    applicability: str
    """``safe`` takes away refresh-expire and nothing that anyone can notice; any other is ``unsafe``."""
    edits: List[Edit]
    lost: List[str]
    """The options that go."""
    notes: List[str]
    """What changes with it, in words."""


class Relationship(TypedDict):
    """What is known of a relationship."""

    owner: Optional[str]
    attribute: Optional[str]
    target: Optional[str]
    direction: Optional[str]
    """``one-to-many``, ``one-to-one``, ``many-to-one`` or ``many-to-many``."""
    uselist: Optional[bool]
    unknown: Optional[str]
    """Why the direction can't be told."""
    evidence: List[str]
    """How it is known."""


class Call(TypedDict):
    """The statement's call that gives a relationship its cascade."""

    start_line: int
    end_line: int
    callee: Optional[str]


class ReachingCall(TypedDict):
    """A call that refreshes or expires an object which leads to a relationship."""

    path: str
    start: Position
    kind: str
    classes: List[str]
    steps: List[str]
    reads: List[Dict[str, Any]]
    """Where a read raises MissingGreenlet today because of it."""


class Reach(TypedDict):
    """What of the repository's code comes to a relationship today."""

    level: str
    """``raises``, ``reached``, ``dormant`` or ``unknown``."""
    calls: List[ReachingCall]


class _Finding(TypedDict):
    code: str
    name: str
    severity: str
    message: str
    path: str
    start: Position
    end: Position
    call: Call
    relationship: Optional[Relationship]
    help: str


class Finding(_Finding, total=False):
    """One thing to change, or to look at."""

    hazard: Optional[str]
    before: Optional[List[str]]
    after: Optional[List[str]]
    fix: Optional[Fix]
    reach: Reach


class Report(TypedDict):
    """What ``cascade-fix check --output-format json`` prints; keys that are not named here are documented with the program."""

    version: int
    findings: List[Finding]
    safe_sites: int
    suppressed: int
    in_baseline: int
    stale_baseline: List[Dict[str, Any]]
    not_reached: int
    on_unchanged_lines: int
    unused_suppressions: List[Dict[str, Any]]
    skipped: List[Dict[str, Any]]
    failed: List[Dict[str, Any]]
    syntax_errors: List[Dict[str, Any]]
    summary: Dict[str, Any]


class CascadeFixError(Exception):
    """The program could not do what it was asked for: an option is wrong, or the source can't be encoded.

    ``status`` is its exit status, and the text what it said on stderr.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def check(
    source: str, *, filename: Optional[str] = None, root: Optional[str] = None, options: Sequence[str] = ()
) -> Report:
    """The findings in the text of a module.

    :param source: the text of a Python module.
    :param filename: the path of the module, from ``root``; imports and settings are found from there.
    :param root: a folder of the repository, which must exist; without it the source is looked at alone.
    :param options: other options of ``cascade-fix check``, such as ``["--select", "CAS"]``.
    :raises CascadeFixError: if an option is wrong, or the source can't be checked.
    """
    output = _run("check", source, filename, root, ["--output-format", "json", "--exit-zero"], options)
    try:
        report = json.loads(output)
    except ValueError:
        report = None
    if not isinstance(report, dict):
        raise CascadeFixError("an option has cascade-fix print something else than the report", 0)
    return cast(Report, report)


def fix(
    source: str,
    *,
    filename: Optional[str] = None,
    root: Optional[str] = None,
    unsafe_fixes: bool = False,
    options: Sequence[str] = (),
) -> str:
    """The text of a module after its fixes; the same text where there are none.

    :param source: the text of a Python module.
    :param filename: the path of the module, from ``root``; imports and settings are found from there.
    :param root: a folder of the repository, which must exist; without it the source is looked at alone.
    :param unsafe_fixes: whether to carry out fixes too that change something which can be noticed.
    :param options: other options of ``cascade-fix fix``.
    :raises CascadeFixError: if an option is wrong, or the source can't be fixed.
    """
    return _run("fix", source, filename, root, ["--unsafe-fixes"] if unsafe_fixes else [], options)


def _run(
    command: str, source: str, filename: Optional[str], root: Optional[str], own: List[str], options: Sequence[str]
) -> str:
    if not isinstance(source, str):
        raise TypeError("source is the text of a module, and not {!r:.40}".format(source))
    if isinstance(options, str):
        raise TypeError("options is a list, and not {!r:.40}".format(options))
    if filename is not None and os.path.normpath(filename).split(os.sep)[0] == os.pardir:
        raise ValueError("filename leads out of root: {!r:.40}".format(filename))
    try:
        text = source.encode()
    except UnicodeEncodeError as error:
        raise CascadeFixError("the source can't be encoded: {}".format(error), 2) from error
    if root is None:
        with tempfile.TemporaryDirectory(prefix="cascade-fix-") as nowhere:
            return _run(command, source, filename, nowhere, own, options)
    named = ["--stdin-filename", filename] if filename is not None else []
    run = subprocess.run(
        [find_program(), command, "--quiet", *named, *own, *options, "-"],
        input=text,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    if run.returncode != 0:
        said = run.stderr.decode(errors="replace").strip()
        raise CascadeFixError(said or "cascade-fix ended with status {}".format(run.returncode), run.returncode)
    return run.stdout.decode()
