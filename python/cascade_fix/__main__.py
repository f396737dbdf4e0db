"""``python -m cascade_fix`` is the same as ``cascade-fix``."""

import os
import subprocess
import sys

from ._program import find_program


def main() -> None:
    command = [find_program(), *sys.argv[1:]]
    if sys.platform == "win32":
        # execv returns to the shell before the new process has ended
        raise SystemExit(subprocess.run(command).returncode)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
