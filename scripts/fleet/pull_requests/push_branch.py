"""Where all-repos pushes: the branch alone, for hosts that it has no pull requests for. `"push": "push_branch"` names this module."""
import typing

from all_repos import autofix_lib


class Settings(typing.NamedTuple):
    """There is nothing to set."""


def push(settings, branch):
    autofix_lib.run("git", "push", "--quiet", "--force", "origin", f"HEAD:{branch}")
