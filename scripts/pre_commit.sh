#!/usr/bin/env bash
# Runs both hooks with the real pre-commit on a git repository of many files: the first run fixes and fails, the second passes, what the
# settings exclude stays as it is, and a finding for a human and a file that can't be decoded fail. After the install nothing is
# fetched.
#
#     scripts/pre_commit.sh        minutes: pre-commit builds this checkout with pip, which needs Rust
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'pre-commit==4.7.1' 2>/dev/null \
    || "$work/venv/bin/pip" install --quiet --disable-pip-version-check 'pre-commit>=4,<5'
export PRE_COMMIT_HOME="$work/home" CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$here/target}"
mkdir "$work/shop" && cd "$work/shop"
git init --quiet . && git config user.email shop@example.org && git config user.name shop
mkdir app vendored
model='from sqlalchemy.orm import relationship\n\nposts = relationship("Post", cascade="all, delete-orphan")\n'
for number in $(seq 200); do
    # shellcheck disable=SC2059
    printf "$model" > "app/model $number.py"
done
cp "app/model 1.py" vendored/model.py
printf '[tool.cascade-fix]\nexclude = ["vendored"]\n' > pyproject.toml
cat > .pre-commit-config.yaml <<YAML
repos:
  - repo: $here
    rev: $(git -C "$here" rev-parse HEAD)
    hooks:
      - id: cascade-fix
      - id: cascade-fix-check
YAML
git add -A
"$work/venv/bin/pre-commit" install-hooks

expect() {
    local expected=$1 what=$2 status=0
    unshare --net true 2>/dev/null && local alone="unshare --net"
    # shellcheck disable=SC2086
    ${alone:-} "$work/venv/bin/pre-commit" run --all-files > "$work/output" 2>&1 || status=$?
    grep -E '^(cascade-fix|- exit code)' "$work/output" || true
    [ "$status" -eq "$expected" ] || { cat "$work/output"; echo "$what: status $status, not $expected" >&2; exit 1; }
    echo "$what: status $status"
}
expect 1 "first run"
[ "$(grep -l 'merge' app/*.py | wc -l)" -eq 200 ] || { echo "not all files are fixed" >&2; exit 1; }
git diff --quiet -- vendored || { echo "an excluded file changed" >&2; exit 1; }
git add -A
expect 0 "second run"
printf 'from sqlalchemy.orm import relationship\n\nposts = relationship("Post", cascade=chosen())\n' > app/human.py
git add -A
expect 1 "with a finding for a human"
git rm --quiet --cached app/human.py && rm app/human.py
printf '# -*- coding: utf-8 -*-\nname = "\xff"\n' > app/bytes.py
git add -A
expect 1 "with a file that can't be decoded"
grep -q 'bytes.py' "$work/output"
