#!/usr/bin/env bash
# Builds the wheel and the source distribution, and tries the wheel in fresh environments: on the oldest Python that is found here and
# on the newest. Needs python3, and Rust; maturin and zig come from PyPI.
#
#   scripts/wheel.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mkdir -p "${1:-target/wheels}" && cd "${1:-target/wheels}" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

python3 -m venv "$scratch/build"
"$scratch/build/bin/pip" install --quiet 'maturin>=1.9,<2' 'ziglang'
# manylinux2014 is glibc 2.17: zig links against that, whatever is here
PATH="$scratch/build/bin:$PATH" maturin build --release --locked --zig --compatibility manylinux2014 --out "$folder"
PATH="$scratch/build/bin:$PATH" maturin sdist --out "$folder"
wheel=$(ls -t "$folder"/*.whl | head -1)
echo "$(basename "$wheel"): $(du -k "$wheel" | cut -f1) KiB"
[ "$(du -k "$wheel" | cut -f1)" -lt 6144 ] || { echo "the wheel is 6 MB or more" >&2; exit 1; }

try() {
    "$1" -m venv "$scratch/try" && "$scratch/try/bin/pip" install --quiet --no-index "$wheel"
    (
        cp -r testdata/example "$scratch/example" && cd "$scratch/example"
        # outside of the environment there is no such program
        PATH=/usr/bin:/bin "$scratch/try/bin/python" -m cascade_fix --version
        PATH=/usr/bin:/bin "$scratch/try/bin/cascade-fix" fix
        PATH=/usr/bin:/bin "$scratch/try/bin/python" -c '
import cascade_fix, sys
source = "from sqlalchemy.orm import relationship\nx = relationship(\"A\", cascade=\"all\")\n"
assert [finding["code"] for finding in cascade_fix.check(source)["findings"]] == ["CAS001"]
assert "save-update, merge, expunge, delete" in cascade_fix.fix(source)
print("works on Python", sys.version.split()[0])'
    )
    rm -rf "$scratch/try" "$scratch/example"
}
# a name can be there without a Python behind it
found() {
    compgen -c python3 | grep -xE 'python3\.[0-9]+' | sort -uV | while read -r python; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then echo "$python"; fi
    done
}
for python in $(found | sed -n '1p;$p' | sort -u); do
    try "$python"
done
