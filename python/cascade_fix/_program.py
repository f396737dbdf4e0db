"""Where the program is that was installed with this package."""

import os
import shutil
import sys
import sysconfig
from typing import Iterator

NAME = "cascade-fix" + (sysconfig.get_config_var("EXE") or "")


def find_program() -> str:
    """The path of the ``cascade-fix`` program.

    It is looked for where pip puts scripts: of this environment, of the user's, beside a package that was installed with ``--target``;
    then on the ``PATH``.

    :raises FileNotFoundError: if it is in none of them.
    """
    looked_in = []
    for folder in _folders():
        path = os.path.join(folder, NAME)
        if os.path.isfile(path):
            return path
        looked_in.append(folder)
    found = shutil.which(NAME)
    if found:
        return found
    raise FileNotFoundError(
        "the program {} is neither in {} nor on the PATH: install it with `pip install cascade-fix`".format(
            NAME, ", ".join(looked_in)
        )
    )


def _folders() -> Iterator[str]:
    yield sysconfig.get_path("scripts")
    user = "nt_user" if os.name == "nt" else "osx_framework_user" if sys.platform == "darwin" and sys._framework else "posix_user"  # type: ignore[attr-defined]
    if user in sysconfig.get_scheme_names():
        yield sysconfig.get_path("scripts", scheme=user)
    # pip install --target, and environments that are put together of several folders
    beside = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    yield os.path.join(beside, "bin")
    yield os.path.join(beside, "Scripts")
