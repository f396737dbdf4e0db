"""Imports modules of a project, configures the mappers, and writes down what SQLAlchemy knows of each relationship.

    python -B ask.py JOB ANSWER

JOB and ANSWER are JSON files. The project is a copy: whatever would be imported from the original comes from there.
Needs nothing but the SQLAlchemy that the project uses: 1.4 or later, on Python 3.8 or later.
"""

import faulthandler
import functools
import importlib
import json
import os
import pkgutil
import re
import sys
import traceback
import warnings

from cascade_fix_redirect import Redirect, below

MOST_PLACES = 8
DEEPEST = 4
# what SQLAlchemy derives from the rest, or what is told elsewhere: a backref is a relationship too
NOT_KEYWORDS = {
    "argument",
    "backref",
    "comparator",
    "direction",
    "entity",
    "key",
    "local_columns",
    "local_remote_pairs",
    "logger",
    "mapper",
    "parent",
    "secondary_synchronize_pairs",
    "strategy",
    "strategy_key",
    "synchronize_pairs",
    "target",
}
# keywords that a relationship keeps under another name, or has without keeping them
HIDDEN_KEYWORDS = {
    "attribute_options": "_attribute_options",
    "doc": "doc",
    "foreign_keys": "_calculated_foreign_keys",
    "info": "info",
    "other side": "_reverse_property",
    "overlaps": "_overlaps",
}


class Project:
    def __init__(self, job):
        self.copy, self.original = job["copy"], job["original"]
        self.warnings = []
        self.mappers = []
        self.current = None

    def shown(self, text):
        return text.replace(self.copy + os.sep, "").replace(self.copy, ".")

    def prepare(self):
        redirect = Redirect(self.original, self.copy)
        working_directory = os.getcwd()
        roots = [working_directory, os.path.join(working_directory, "src")]
        own = os.path.dirname(os.path.abspath(__file__))
        rest = [redirect.copied(os.path.abspath(path)) or path for path in sys.path if path != own]
        sys.path[:] = [root for root in roots if os.path.isdir(root)] + rest
        sys.meta_path.insert(0, redirect)
        sys.argv = [sys.executable]

    def listen(self):
        """Notes each mapper, and where each relationship is made."""
        from sqlalchemy import event, exc
        from sqlalchemy.orm import Mapper, relationships

        event.listen(Mapper, "instrument_class", lambda mapper, _: self.mappers.append(mapper))
        own = tuple(kind for kind in vars(exc).values() if isinstance(kind, type) and issubclass(kind, Warning))
        warnings.simplefilter("always")

        def note(message, category, *_, **__):
            if issubclass(category, own):
                text = re.sub(r"0x[0-9a-fA-F]+", "0x…", self.shown(str(message)))
                self.warnings.append("%s: %s" % (category.__name__, text))

        warnings.showwarning = note
        original = relationships.RelationshipProperty.__init__

        def __init__(relationship, *arguments, **keywords):
            original(relationship, *arguments, **keywords)
            relationship._made_by = caller(sys._getframe(1))
            relationship._declared_at = self.places(sys._getframe(1))

        relationships.RelationshipProperty.__init__ = __init__

    def places(self, frame):
        """The places of a module of the project that make a relationship, the innermost first, and whether it is the other side of another."""
        places = []
        while frame is not None and len(places) < MOST_PLACES:
            code = frame.f_code
            if code.co_name == "_generate_backref" and "self" in frame.f_locals:
                around = getattr(frame.f_locals["self"], "_declared_at", ([], False))
                return around[0], True
            if below(code.co_filename, self.copy):
                places.append(
                    {"path": code.co_filename[len(self.copy) + 1 :].replace(os.sep, "/"), "line": frame.f_lineno}
                )
            # what is around a module has only imported it
            frame = None if code.co_name == "<module>" else frame.f_back
        return places, False

    def modules(self, names, walked):
        """Every module to import, in order; where one does not have to be there, True behind it."""
        for name in names:
            yield name, False
        for name in walked:
            yield name, False
            package = sys.modules.get(name)
            for found in pkgutil.walk_packages(getattr(package, "__path__", []), name + ".", onerror=lambda _: None):
                if found.name.rpartition(".")[2] != "__main__":
                    yield found.name, True

    def failure(self, kind, error, name):
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if below(frame.filename, self.copy)]
        lines = traceback.format_list(frames) + traceback.format_exception_only(type(error), error)
        return {
            "kind": kind,
            "module": name,
            "error": type(error).__name__,
            "message": str(error),
            "missing": missing(error),
            "traceback": self.shown("".join(lines)),
        }

    def relationships(self):
        for mapper in self.mappers:
            for relationship in mapper.relationships:
                if relationship.parent is not mapper:
                    continue
                places, is_backref = getattr(relationship, "_declared_at", ([], False))
                yield {
                    "class": named(mapper.class_),
                    "attribute": relationship.key,
                    "target": named(relationship.mapper.class_),
                    "direction": relationship.direction.name,
                    "uselist": bool(relationship.uselist),
                    "cascade": sorted(relationship.cascade),
                    "viewonly": bool(relationship.viewonly),
                    "keywords": keywords(relationship),
                    "declared": places,
                    "is_backref": is_backref,
                    "made_by": getattr(relationship, "_made_by", None),
                    "files": sorted({self.file_of(mapper.class_), self.file_of(relationship.mapper.class_)} - {None}),
                }

    def file_of(self, class_):
        """The file of the project that a class stands in."""
        file = getattr(sys.modules.get(class_.__module__), "__file__", None) or ""
        return file[len(self.copy) + 1 :].replace(os.sep, "/") if below(file, self.copy) else None


def missing(error):
    """The module that an import doesn't find, or the key that is not there."""
    if isinstance(error, ModuleNotFoundError):
        return error.name
    if isinstance(error, KeyError) and error.args and isinstance(error.args[0], str):
        return error.args[0]
    return None


def caller(frame):
    """The module whose code calls SQLAlchemy, directly or through what wraps it."""
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.partition(".")[0] not in ("sqlalchemy", "sqlmodel", "flask_sqlalchemy", __name__):
            return name
        frame = frame.f_back
    return None


def named(class_):
    return "%s.%s" % (class_.__module__, class_.__qualname__)


def keywords(relationship):
    """All that `relationship` can be given but for the cascade, as it is in effect: texts by name, the same in each process."""
    kept = {name: name for name in vars(relationship) if not name.startswith("_") and name not in NOT_KEYWORDS}
    kept.update(HIDDEN_KEYWORDS)
    found = {name: written(getattr(relationship, attribute, None)) for name, attribute in kept.items()}
    found["class of the relationship"] = named(type(relationship))
    return found


def written(value, depth=0):
    """A value as a text; what has none of its own by its type or its qualified name."""
    from sqlalchemy.orm import Mapper
    from sqlalchemy.orm.interfaces import MapperProperty

    try:
        if value is None or isinstance(value, (bool, int, float, str, bytes)):
            return repr(value)
        if depth == DEEPEST:
            return named(type(value))
        if isinstance(value, Mapper):
            return named(value.class_)
        if isinstance(value, MapperProperty):
            return "%s.%s" % (named(value.parent.class_), value.key)
        return written_parts(value, depth + 1) or written_sql(value) or written_function(value, depth + 1)
    except Exception:
        return named(type(value))


def written_parts(value, depth):
    if isinstance(value, dict):
        parts = ["%s: %s" % (written(key, depth), written(part, depth)) for key, part in value.items()]
        return "{%s}" % ", ".join(sorted(parts))
    if isinstance(value, (set, frozenset)):
        return "{%s}" % ", ".join(sorted(written(part, depth) for part in value))
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join(written(part, depth) for part in value)
    return None


def written_sql(value):
    from sqlalchemy import Column, Table
    from sqlalchemy.sql import ClauseElement

    if hasattr(value, "__clause_element__") and not isinstance(value, type):
        value = value.__clause_element__()
    if isinstance(value, Table):
        return value.fullname
    if isinstance(value, Column):
        return "%s.%s" % (value.table.fullname, value.name)
    if not isinstance(value, ClauseElement):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return str(value.compile(compile_kwargs={"literal_binds": True}))
        except Exception:
            return str(value)


def written_function(value, depth):
    if isinstance(value, type):
        return named(value)
    if isinstance(value, functools.partial):
        return "partial(%s)" % written([value.func, *value.args, value.keywords], depth)
    if not hasattr(value, "__qualname__"):
        return named(type(value))
    cells = getattr(value, "__closure__", None) or ()
    around = written([cell.cell_contents for cell in cells], depth) if cells else ""
    return "%s.%s%s" % (value.__module__, value.__qualname__, around)


def ask(job):
    project = Project(job)
    project.prepare()
    answer = {
        "python": sys.version.split()[0],
        "sqlalchemy": None,
        "failures": [],
        "not_imported": [],
        "warnings": [],
        "relationships": [],
    }
    try:
        import sqlalchemy

        answer["sqlalchemy"] = sqlalchemy.__version__
        project.listen()
    except BaseException as error:
        answer["failures"].append(project.failure("sqlalchemy", error, "sqlalchemy"))
        return answer
    for name, is_found in project.modules(job["imports"], job["walk"]):
        with open(job["progress"], "w") as progress:
            progress.write(name)
        try:
            importlib.import_module(name)
        except BaseException as error:
            failure = project.failure("exit" if isinstance(error, SystemExit) else "import", error, name)
            answer["not_imported" if is_found else "failures"].append(failure)
    with open(job["progress"], "w") as progress:
        progress.write("")
    if not answer["failures"]:
        try:
            from sqlalchemy.orm import configure_mappers

            configure_mappers()
            answer["relationships"] = list(project.relationships())
        except BaseException as error:
            answer["failures"].append(project.failure("configure", error, None))
    answer["warnings"] = sorted(project.warnings)
    return answer


def main():
    asked, answered = sys.argv[1:3]
    with open(asked, encoding="utf-8") as file:
        job = json.load(file)
    hung = open(job["hung"], "w")
    faulthandler.dump_traceback_later(job["timeout"] * 0.9, exit=False, file=hung)
    answer = ask(job)
    faulthandler.cancel_dump_traceback_later()
    with open(answered + ".part", "w", encoding="utf-8") as file:
        json.dump(answer, file)
    os.replace(answered + ".part", answered)
    sys.stdout.flush()
    # threads that an import has started do not hold the answer up
    os._exit(0)


main()
