#!/usr/bin/env python3
"""Asks linters and type checkers whether the pragmas in testdata/layout/pragmas.toml mean the same before and after the fix.

    scripts/pragmas.py [WORK_DIRECTORY]

Installs ruff, mypy, pyright, pylint and SQLAlchemy from PyPI (into an environment in WORK_DIRECTORY, once; or $TOOLS, the `bin` folder
of one that has them). What a tool says of the text after it has to have said of the text before, the lines aside; unused pragmas are
told, too. Exit status 1 if something is new.
"""
import collections, json, os, pathlib, re, shutil, subprocess, sys, tempfile, tomllib

HERE = pathlib.Path(__file__).resolve().parent.parent
IMPORTS = "from sqlalchemy.orm import Mapped, backref, relationship\n\n_ = Mapped, backref, relationship\n"
TOOLS = {
    "ruff": "ruff check --no-cache --isolated --select F,E,N,RUF100 --ignore E501 --output-format json .",
    "mypy": "mypy --strict --warn-unused-ignores --no-error-summary --cache-dir /dev/null .",
    "pyright": "pyright --outputjson --project pyrightconfig.json --pythonpath {python}",
    "pylint": "pylint --output-format json --disable=all --enable=E,W,useless-suppression,suppressed-message *.py",
}


def install(work):
    environment = work / "pragmas"
    if not (environment / "bin" / "pylint").exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([environment / "bin" / "pip", "install", "-q", *TOOLS, "sqlalchemy"], check=True)
    return environment / "bin"


def findings(tool, output):
    """What a tool says: by file, the codes and messages."""
    said = collections.defaultdict(list)
    if tool == "ruff":
        for one in json.loads(output):
            said[pathlib.Path(one["filename"]).name].append((one["code"], one["message"]))
    elif tool == "pylint":
        for one in json.loads(output):
            # which line a pragma stands in is a part of the message
            said[one["path"]].append((one["symbol"], re.sub(r"line \d+", "line", one["message"])))
    elif tool == "pyright":
        for one in json.loads(output)["generalDiagnostics"]:
            said[pathlib.Path(one["file"]).name].append((one.get("rule"), one["message"]))
    else:
        for line in output.splitlines():
            name, _, rest = line.partition(":")
            said[name].append(("", rest.partition(":")[2].strip()))
    return {name: collections.Counter(found) for name, found in said.items()}


def run(tools, tool, texts):
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        for index, text in enumerate(texts):
            (folder / f"case_{index}.py").write_text(text)
        (folder / "pyrightconfig.json").write_text('{"reportUnnecessaryTypeIgnoreComment": true}')
        environment = os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"}
        done = subprocess.run(TOOLS[tool].format(python=os.path.realpath(shutil.which("mypy", path=str(tools))).replace("mypy", "python")), shell=True, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
        said = findings(tool, done.stdout)
    return [said.get(f"case_{index}.py", collections.Counter()) for index in range(len(texts))]


def main():
    work = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.gettempdir() + "/cascade-fix-corpus").resolve()
    work.mkdir(parents=True, exist_ok=True)
    tools = os.environ.get("TOOLS") or install(work)
    cases = tomllib.loads((HERE / "testdata" / "layout" / "pragmas.toml").read_text())["case"]
    differing = 0
    for tool in TOOLS:
        before, after = (run(tools, tool, [IMPORTS + case[key] for case in cases]) for key in ("before", "after"))
        others = [(case["name"], new - old) for case, old, new in zip(cases, before, after) if new - old]
        for name, new in others:
            print(f"--- {tool}: {name}\n  {new}")
        differing += len(others)
        print(f"{tool}: {len(cases) - len(others)} of {len(cases)} cases mean the same, with {sum(map(collections.Counter.total, before))} findings", flush=True)
    sys.exit(differing > 0)


if __name__ == "__main__":
    main()
