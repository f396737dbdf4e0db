#!/usr/bin/env bash
# Everything that goes wrong while files are read and written, made to go wrong: scripts/faults.py on a release build.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked --quiet
exec scripts/faults.py "${CARGO_TARGET_DIR:-target}/release/cascade-fix" "$@"
