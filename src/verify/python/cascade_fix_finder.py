"""Finds the modules of the project in its copy, and begins to watch SQLAlchemy once it is imported."""

import os
import sys
import types

import cascade_fix_events
from cascade_fix_redirect import Redirect

WATCHED = "sqlalchemy.orm"


class Finder(Redirect):
    def find_spec(self, name, path=None, target=None):
        spec = super().find_spec(name, path, target)
        if name == WATCHED and spec is not None and spec.loader is not None:
            arm(spec.loader)
        return spec


def arm(loader):
    """Has a loader begin to watch behind the module; it stays the loader that it is."""
    original = loader.exec_module

    def exec_module(module):
        original(module)
        watch()

    loader.exec_module = exec_module


def watch():
    """Executes the program that watches, under a name below `sqlalchemy`: SQLAlchemy looks by these for the caller that it warns."""
    try:
        path = os.path.join(cascade_fix_events.FOLDER, "cascade_fix_watch.py")
        with open(path, encoding="utf-8") as file:
            code = compile(file.read(), path, "exec")
        module = types.ModuleType("sqlalchemy.cascade_fix_watch")
        module.__file__ = path
        exec(code, module.__dict__)
        module.install()
    except Exception as error:
        cascade_fix_events.not_watched("SQLAlchemy can't be watched", error)


def begin(job):
    finder = Finder(job["original"], job["copy"])
    sys.path[:] = [finder.copied(os.path.abspath(path)) or path for path in sys.path]
    sys.meta_path.insert(0, finder)
    if WATCHED in sys.modules:
        watch()
