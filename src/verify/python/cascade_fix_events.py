"""Writes down what is seen: one line of JSON for each event, from any process and any thread."""

import json
import os
import sys

# the names are bound here: a test may put other functions in their place
_open, _write, _close, _dumps = os.open, os.write, os.close, json.dumps
FOLDER = os.path.dirname(os.path.abspath(__file__))

with open(os.path.join(FOLDER, "job.json"), encoding="utf-8") as _file:
    JOB = json.load(_file)

_told = set()


def write(event, **values):
    """Appends a line. The file is opened each time: a program may close what it did not open, and fork."""
    line = _dumps(dict(values, event=event)).encode() + b"\n"
    file = _open(JOB["events"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        _write(file, line)
    finally:
        _close(file)


def not_watched(what, error):
    """Tells once in each process what could not be watched."""
    why = "%s: %s: %s" % (what, type(error).__name__, error)
    if why in _told:
        return
    _told.add(why)
    try:
        write("not-watched", why=why)
    except Exception:
        sys.stderr.write("cascade-fix could not watch: %s\n" % why)
