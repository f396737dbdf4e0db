#!/usr/bin/env bash
# Compares cascade-fix with `rg -l cascade`, a walk that reads nothing, ast-grep, semgrep and LibCST, on trees of packages, of models, of one
# large file, and of a million files: downloads what that takes, and runs scripts/bench.py, which says what is measured.
#
#     scripts/bench.sh [WORK_DIRECTORY] [TREE ...]      half an hour the first time; what is made stays in WORK_DIRECTORY (6 GB)
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
work=${1:-${TMPDIR:-/tmp}/cascade-fix-bench}
packages="homeassistant==2026.11.0 ansible==14.5.0 Django==6.1.3 sympy==1.14.0 transformers==5.23.0 kubernetes==37.0.2
          twisted==26.10.0 pulumi-aws==7.51.1 apache-airflow-core==3.3.2 apache-superset==6.1.0 mlflow==3.18.0 langflow-base==1.13.0"

mkdir -p "$work"
command -v rg >/dev/null || { apt-get update -qq && apt-get install -y -qq ripgrep; }
[ -d "$work/venv" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ast-grep-cli semgrep libcst
# shellcheck disable=SC2086
[ -d "$work/wheels" ] || "$work/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --ignore-requires-python --python-version 3.14 --dest "$work/wheels" $packages
cargo build --quiet --release --locked --manifest-path "$here/Cargo.toml"
target=${CARGO_TARGET_DIR:-$here/target}

exec "$work/venv/bin/python" "$here/scripts/bench.py" "$work" "$target/release/cascade-fix" "${@:2}"
