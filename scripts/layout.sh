#!/usr/bin/env bash
# Counts how many files that `ruff format --check` accepts it still accepts after `cascade-fix fix`, on real packages, and lists the
# others with what ruff would change. At least 99 in 100 must be.
#
#     scripts/layout.sh [WORK_DIRECTORY] [PACKAGE==VERSION | FOLDER ...]
exec python3 "$(dirname "$0")/layout.py" "$@"
