#!/bin/sh
# What multi-gitter and Sourcegraph run in each repository: writes the safe fixes. They make the branch and the pull request of what changed.
set -e
command -v cascade-fix > /dev/null || pip install --quiet cascade-fix
cascade-fix fix --quiet
