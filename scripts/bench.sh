#!/usr/bin/env bash
# Compares, in one run on a warm cache, the whole-process medians of `cascade-fix check`, `rg -l cascade` and ast-grep's CLI with an
# equivalent rule, on a tree of more than 30,000 Python files from packages. Prints ratios and the peak memory.
#
#     scripts/bench.sh [WORK_DIRECTORY]        about ten minutes the first time; the downloads stay in WORK_DIRECTORY
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
work=${1:-${TMPDIR:-/tmp}/cascade-fix-bench}
packages="homeassistant==2026.11.0 ansible==14.5.0 Django==6.1.3 sympy==1.14.0 transformers==5.23.0 kubernetes==37.0.2
          twisted==26.10.0 pulumi-aws==7.51.1 apache-airflow-core==3.3.2 apache-superset==6.1.0 mlflow==3.18.0 langflow-base==1.13.0"

mkdir -p "$work"
[ -d "$work/venv" ] || python3 -m venv "$work/venv"
command -v rg >/dev/null || { apt-get update -qq && apt-get install -y -qq ripgrep; }
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ast-grep-cli
# shellcheck disable=SC2086
[ -d "$work/tree" ] || "$work/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --ignore-requires-python --python-version 3.14 --dest "$work/wheels" $packages
cargo build --quiet --release --manifest-path "$here/Cargo.toml"
target=${CARGO_TARGET_DIR:-$here/target}

exec python3 - "$work" "$target/release/cascade-fix" <<'PYTHON'
import os, pathlib, statistics, subprocess, sys, time, zipfile

work, binary = pathlib.Path(sys.argv[1]), sys.argv[2]
tree = work / "tree"
if not tree.is_dir():
    for wheel in sorted((work / "wheels").glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            sources = [name for name in archive.namelist() if name.endswith(".py")]
            archive.extractall(tree / wheel.name.split("-")[0], sources)

rule = work / "rule.yml"
rule.write_text("""\
id: all-cascade
language: Python
severity: warning
message: all includes refresh-expire
rule:
  kind: string
  regex: \\b(all|refresh-expire)\\b
  inside:
    any:
      - { kind: keyword_argument, has: { field: name, regex: ^cascade$ } }
      - { kind: pair, has: { field: key, regex: cascade } }
""")
commands = {
    "rg": ["rg", "-l", "cascade", "."],
    "cascade-fix": [binary, "check", "--quiet", "--output-format", "json", "."],
    "ast-grep": [str(work / "venv/bin/ast-grep"), "scan", "--rule", str(rule), "--json=stream", "."],
}


def run(name):
    start = time.perf_counter()
    done = subprocess.run(commands[name], cwd=tree, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode not in (0, 1):
        sys.exit(f"{name}: exit status {done.returncode}: {done.stderr.decode()[-300:]}")
    return time.perf_counter() - start


files = sum(1 for _ in tree.rglob("*.py"))
if files < 30_000:
    sys.exit(f"only {files} Python files in {tree}")
for name in ("rg", "cascade-fix"):
    run(name)
times = {name: [] for name in commands}
for _ in range(21):
    times["rg"].append(run("rg"))
    times["cascade-fix"].append(run("cascade-fix"))
for _ in range(3):
    times["ast-grep"].append(run("ast-grep"))
median = {name: statistics.median(values) for name, values in times.items()}
probe = subprocess.Popen(commands["cascade-fix"], cwd=tree, stdout=subprocess.DEVNULL)
_, _, usage = os.wait4(probe.pid, 0)
print(f"{files} Python files, {os.cpu_count()} cores")
print(f"cascade-fix check takes {median['cascade-fix'] / median['rg']:.2f} times as long as rg -l cascade")
print(f"ast-grep scan takes {median['ast-grep'] / median['cascade-fix']:.0f} times as long as cascade-fix check")
print(f"cascade-fix's peak memory is {usage.ru_maxrss / 1024:.0f} MB")
PYTHON
