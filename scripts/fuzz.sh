#!/usr/bin/env bash
# Fuzzes each target of fuzz/ for some seconds, from its seeds and from what earlier runs came by, and prints a line for each: how many
# inputs were run, and what is found. Exit status 1 if something is; what made it is in fuzz/artifacts.
#
#     scripts/fuzz.sh [SECONDS] [TARGET ...]      60 seconds for each target; needs the nightly compiler and `cargo install cargo-fuzz`
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift $(($# > 0))
[ $# -gt 0 ] || set -- $(cd fuzz/fuzz_targets && basename -s .rs ./*.rs)

# one input after the other, and what has to be a file in memory where that can be
export RAYON_NUM_THREADS=1
if [ -d /dev/shm ]; then export TMPDIR=/dev/shm; fi

# no sanitizer: what is looked for are panics, hangs and wrong texts, and there is twice the time for them
cargo +nightly fuzz build --sanitizer none

failed=0
for target in "$@"; do
    corpus=fuzz/corpus/$target seeds=fuzz/seeds/$target artifacts=fuzz/artifacts/$target
    mkdir -p "$corpus" "$artifacts"
    before=$(find "$artifacts" -type f | wc -l)
    log=$artifacts.log status=0
    cargo +nightly fuzz run --sanitizer none "$target" "$corpus" "$seeds" -- -dict=fuzz/dictionary.txt -timeout=10 \
        -rss_limit_mb=4096 -max_len=8192 -max_total_time="$seconds" -print_final_stats=1 >"$log" 2>&1 || status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    found=$(($(find "$artifacts" -type f | wc -l) - before))
    echo "$target: ${runs:-0} executions, $found new findings"
    if [ "$status" -ne 0 ]; then
        failed=1
        grep -m 1 -A 3 'panicked at\|ERROR: libFuzzer' "$log" | sed 's/^/    /' || tail -n 5 "$log"
    fi
done
exit $failed
