"""Watches the SQLAlchemy of this process: which related objects a refresh or an expire expires, and what is raised for lack of a loaded one.

Executed once `sqlalchemy.orm` is imported: 1.4 or later, on Python 3.7 or later. The program does what it would have done: nothing is loaded or kept
alive because of this, and what goes wrong here is told and swallowed.
"""

import functools
import os
import sys
import weakref

import cascade_fix_events
from cascade_fix_redirect import below

COPY = cascade_fix_events.JOB["copy"]
OWN = cascade_fix_events.FOLDER
CASCADE = "refresh-expire"
LIBRARIES = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)

# the calls of `refresh` that are under way, by session; each a list of what was expired in it
under_way = weakref.WeakKeyDictionary()
# by the state of an object: how a cascade expired it
expired = weakref.WeakKeyDictionary()


def guarded(what):
    """Makes a function return None where it fails, and tells that."""

    def around(function):
        @functools.wraps(function)
        def call(*arguments):
            try:
                return function(*arguments)
            except Exception as error:
                cascade_fix_events.not_watched(what, error)
                return None

        return call

    return around


def named(class_):
    return "%s.%s" % (class_.__module__, class_.__qualname__)


def frames():
    """The frames around, the innermost first, through the greenlets that wait for this one."""
    frame = sys._getframe(1)
    module = sys.modules.get("greenlet")
    around = module.getcurrent() if module is not None else None
    while frame is not None:
        yield frame
        frame = frame.f_back
        while frame is None and around is not None and around.parent is not None:
            around = around.parent
            frame = around.gr_frame


def place():
    """The innermost line of the project's own code, or else of a library that is not SQLAlchemy."""
    of_library = None
    for frame in frames():
        path = os.path.abspath(frame.f_code.co_filename)
        library = next((mark for mark in LIBRARIES if mark in path), None)
        if library is None and below(path, COPY):
            return shown(frame, path[len(COPY) + 1 :], True)
        if of_library is None and library is not None and not path.split(library)[-1].startswith(("sqlalchemy", "greenlet")):
            of_library = shown(frame, path.split(library)[-1], False)
    return of_library


def shown(frame, path, of_project):
    function = getattr(frame.f_code, "co_qualname", frame.f_code.co_name)
    return {
        "path": path.replace(os.sep, "/"),
        "line": frame.f_lineno,
        "function": function,
        "of_project": of_project,
    }


class Call:
    """A call that expires an object as a whole."""

    def __init__(self, kind, root):
        self.kind = kind
        self.edges = []
        # held until the cascade is done, as SQLAlchemy does
        self.objects = []
        self.loaded = {}
        self.lost = {}
        self.place = None
        seen, waiting = {root}, [root]
        while waiting:
            state = waiting.pop()
            for relationship in state.manager.mapper.relationships:
                if CASCADE not in relationship.cascade:
                    continue
                for child, _, reached, values in relationship.cascade_iterator(CASCADE, state, state.dict, set(), None):
                    if reached is root:
                        continue
                    self.edges.append((relationship, reached))
                    self.objects.append(child)
                    self.loaded[reached] = set(values)
                    if reached not in seen:
                        seen.add(reached)
                        waiting.append(reached)

    @guarded("what a cascade has expired")
    def note(self):
        """Notes what has gone from the objects that were reached."""
        for state, names in self.loaded.items():
            gone = names - set(state.dict)
            if gone or (state.key is None and state.session_id is None):
                self.lost[state] = gone
        self.objects = []
        self.edges = [(relationship, state) for relationship, state in self.edges if state in self.lost]
        if not self.edges:
            return
        self.place = place()
        for relationship, state in self.edges:
            expired[state] = {
                "gone": self.lost[state],
                "runid": getattr(state, "runid", None),
                "because": {"relationship": name_of(relationship), "kind": self.kind, "place": self.place},
            }

    @guarded("what a cascade has expired")
    def tell(self):
        """Writes it down; `left` are the objects that someone has and that still lack what was loaded."""
        reached = {}
        for relationship, state in self.edges:
            told = reached.setdefault(
                name_of(relationship),
                {"target": named(relationship.mapper.class_), "objects": 0, "left": 0, "discarded": 0, "file": file_of(relationship)},
            )
            told["objects"] += 1
            told["discarded"] += state.key is None
            told["left"] += state.obj() is not None and bool(self.lost[state] - set(state.dict))
        relationships = [dict(told, name=name) for name, told in sorted(reached.items())]
        cascade_fix_events.write("call", kind=self.kind, place=self.place, relationships=relationships)


def name_of(relationship):
    return "%s.%s" % (named(relationship.parent.class_), relationship.key)


def file_of(relationship):
    """The file that the class stands in: below the copy as a path there, else as it is."""
    file = getattr(sys.modules.get(relationship.parent.class_.__module__), "__file__", None)
    if file is None:
        return None
    path = os.path.abspath(file)
    return path[len(COPY) + 1 :].replace(os.sep, "/") if below(path, COPY) else path


@guarded("what a cascade reaches")
def begun(session, state):
    return Call("refresh" if under_way.get(session) else "expire", state)


def watch_expiring(session_class):
    expire_state, refresh = session_class._expire_state, session_class.refresh

    @functools.wraps(expire_state)
    def _expire_state(session, state, attribute_names=None, *rest, **keywords):
        call = None if attribute_names else begun(session, state)
        result = expire_state(session, state, attribute_names, *rest, **keywords)
        if call is not None:
            call.note()
            calls = under_way.get(session)
            if calls:
                calls[-1].append(call)
            else:
                call.tell()
        return result

    @functools.wraps(refresh)
    def watched_refresh(session, *arguments, **keywords):
        calls = under_way.setdefault(session, [])
        calls.append([])
        try:
            return refresh(session, *arguments, **keywords)
        finally:
            for call in calls.pop():
                call.tell()

    session_class._expire_state, session_class.refresh = _expire_state, watched_refresh


def watch_raised(error_class):
    original = error_class.__init__

    @functools.wraps(original)
    def __init__(error, *arguments, **keywords):
        original(error, *arguments, **keywords)
        # what is unpickled was raised elsewhere
        if sys._getframe(1).f_globals.get("__name__", "").startswith("sqlalchemy."):
            raised(error_class.__name__)

    error_class.__init__ = __init__


@guarded("what is raised")
def raised(name):
    read = because = None
    for frame in frames():
        code = frame.f_code
        if code.co_name == "__get__" and frame.f_globals.get("__name__") == "sqlalchemy.orm.attributes":
            instance, key = frame.f_locals.get("instance"), frame.f_locals["self"].key
            read = "%s.%s" % (named(type(instance)), key)
            because = why_expired(instance, key)
            break
    cascade_fix_events.write("raised", error=name, read=read, place=place(), because=because)


def why_expired(instance, key):
    """The cascade that an attribute is gone by, unless the object was loaded since."""
    state = getattr(instance, "_sa_instance_state", None)
    known = expired.get(state) if state is not None else None
    if known is None or key not in known["gone"] or known["runid"] != getattr(state, "runid", None):
        return None
    return known["because"]


def install():
    import sqlalchemy
    from sqlalchemy import exc
    from sqlalchemy.orm import Session
    from sqlalchemy.orm import exc as orm_exc

    watch_expiring(Session)
    watch_raised(exc.MissingGreenlet)
    watch_raised(orm_exc.DetachedInstanceError)
    python = ".".join(map(str, sys.version_info[:3]))
    cascade_fix_events.write("watching", sqlalchemy=sqlalchemy.__version__, python=python)
