#!/usr/bin/env bash
# Has the SARIF Multitool (npm's @microsoft/sarif-multitool) judge the SARIF reports of this repository's examples, or of FOLDER, by the
# rules of the format and by those of GitHub's code scanning.
#
#     scripts/sarif.sh [WORK_DIRECTORY] [FOLDER]        a minute the first time; node with npm has to be there
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
work=${1:-${TMPDIR:-/tmp}/cascade-fix-sarif}
folders=("$here/testdata/example" "$here/testdata/repositories")
[ $# -lt 2 ] || folders=("$2")

mkdir -p "$work"
npm install --silent --no-fund --prefix "$work" @microsoft/sarif-multitool@5.7.0
cargo build --quiet --release --manifest-path "$here/Cargo.toml"
binary=${CARGO_TARGET_DIR:-$here/target}/release/cascade-fix
# it runs without the libraries for languages
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

for number in "${!folders[@]}"; do
    report=$work/$number.sarif
    "$binary" check --quiet --select CAS --unsafe-fixes --output-file "$report" --output-format sarif "${folders[$number]}" || [ $? -eq 1 ]
    "$work/node_modules/.bin/sarif-multitool" validate --rule-kind "'Sarif;Gh'" "$report" >"$work/said" || true
    # SARIF2005 asks for a page about the tool
    grep -q 'Analysis completed' "$work/said" && ! grep -E '(error|warning) [A-Z]+[0-9]+' "$work/said" | grep -v SARIF2005 || {
        cat "$work/said"
        exit 1
    }
done
echo "the SARIF Multitool finds nothing wrong"
