"""Python imports this before a program: it has SQLAlchemy watched wherever it is imported, and the results of pytest written down.

Lies in a temporary folder in front of PYTHONPATH, beside `job.json`. What goes wrong here must not reach the program.
"""

import os
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))


def begin():
    import cascade_fix_events

    try:
        import cascade_fix_finder

        cascade_fix_finder.begin(cascade_fix_events.JOB)
        # in this process alone: where PYTHONPATH is taken away, pytest would not find it
        others = [name for name in os.environ.get("PYTEST_PLUGINS", "").split(",") if name]
        if "cascade_fix_results" not in others:
            os.environ["PYTEST_PLUGINS"] = ",".join(["cascade_fix_results"] + others)
    except Exception as error:
        cascade_fix_events.not_watched("the watching can't begin", error)


def chain():
    """Runs the file of this name that would have been imported without this one."""
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    others = [path for path in sys.path if os.path.abspath(path) != FOLDER]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


try:
    begin()
except Exception as error:
    sys.stderr.write("cascade-fix could not watch: %r\n" % (error,))
chain()
