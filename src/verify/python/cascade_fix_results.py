"""A plugin of pytest that writes down the result of each test."""

import os

import cascade_fix_events

# set while the results of a run are written down: what that run starts itself, workers or runs within tests, is not asked
MARK = "CASCADE_FIX_RESULTS"


class Results:
    def pytest_runtest_logreport(self, report):
        outcome = report.outcome
        if outcome not in ("passed", "failed", "skipped"):
            return
        if hasattr(report, "wasxfail"):
            outcome = "xfailed" if outcome == "skipped" else "xpassed"
        elif outcome == "failed" and report.when != "call":
            outcome = "error"
        elif outcome == "passed" and report.when != "call":
            return
        tell(report.nodeid, outcome, report)

    def pytest_collectreport(self, report):
        if report.outcome == "failed":
            tell(report.nodeid or ".", "error", report)


def tell(test, outcome, report):
    try:
        cascade_fix_events.write("test", id=test, outcome=outcome, message=message(report, outcome))
    except Exception as error:
        cascade_fix_events.not_watched("the result of a test", error)


def message(report, outcome):
    """The first line of what was raised."""
    if outcome not in ("failed", "error"):
        return None
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash is not None else str(report.longrepr or "").strip().rpartition("\n")[2]
    return text.partition("\n")[0][:300]


def pytest_configure(config):
    if MARK in os.environ or hasattr(config, "workerinput"):
        return
    os.environ[MARK] = str(os.getpid())
    config.pluginmanager.register(Results(), "cascade-fix-results-of-tests")
    cascade_fix_events.write("tests", pid=os.getpid())


def pytest_unconfigure(config):
    if config.pluginmanager.hasplugin("cascade-fix-results-of-tests"):
        os.environ.pop(MARK, None)
