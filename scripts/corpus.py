#!/usr/bin/env python3
"""Runs cascade-fix on real packages and checks what must hold for every one of them.

    scripts/corpus.py [WORK_DIRECTORY] [PACKAGE==VERSION ...]

Downloads the packages (kept in WORK_DIRECTORY), and for each: `diff` is a patch that git applies; `fix` writes the same to the byte; a
second `fix` writes nothing; Python's own parser takes every changed file; and a reader on Python's `ast` finds no literal `all` or
refresh-expire left in a `cascade=` of a call with a constructor's name, unless it is reported. Exit status 1 if anything fails.
"""
import ast, json, os, pathlib, shutil, subprocess, sys, tarfile, tempfile, zipfile

HERE = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = """advanced-alchemy==1.12.0 apache-airflow-core==3.3.2 apache-superset==6.1.0 argilla-server==2.8.0 arize-phoenix==20.26.1
    datajunction-server==0.0.272 ethyca-fides==2.86.2 faradaysec==5.25.2 gpustack==2.3.0 indico==3.3.14 keystone==30.0.0
    langflow-base==1.13.0 mlflow==3.18.0 neutron==29.0.0 optuna==5.0.0 SQLAlchemy==2.0.44 sqlmodel==0.0.50 zenml==0.98.0""".split()
CONSTRUCTORS = {"relationship", "backref", "relation", "dynamic_loader", "Relationship", "RelationshipProperty"}


def download(work, package):
    """The unpacked package: its wheel, else its source distribution."""
    folder = work / package.replace("==", "-")
    if folder.is_dir():
        return folder
    pip = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps"]
    wheel = ["--only-binary", ":all:", "--python-version", "3.13", "--ignore-requires-python"]
    with tempfile.TemporaryDirectory(dir=work) as tmp:
        done = subprocess.run([*pip, *wheel, "-d", tmp, package], capture_output=True, text=True)
        if done.returncode:
            done = subprocess.run([*pip, "--no-binary", ":all:", "--no-build-isolation", "-d", tmp, package], capture_output=True, text=True)
        archives = [path for path in pathlib.Path(tmp).iterdir() if path.suffix in (".whl", ".gz")]
        if not archives:
            sys.exit(f"{package} can't be downloaded: {done.stderr.strip()[-300:]}")
        out = pathlib.Path(tmp) / "out"
        if archives[0].suffix == ".whl":
            zipfile.ZipFile(archives[0]).extractall(out)
        else:
            tarfile.open(archives[0]).extractall(out, filter="data")
        shutil.move(out, folder)
    return folder


def run(folder, *command):
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=600)


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.py") if path.is_file() and not path.is_symlink()}


def unsafe_literals(source):
    """The lines of literal cascades with a token that implies refresh-expire, by the constructor's name alone."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or getattr(call.func, "attr", getattr(call.func, "id", None)) not in CONSTRUCTORS:
            continue
        for keyword in call.keywords:
            value = keyword.value
            if keyword.arg == "cascade" and isinstance(value, ast.Constant) and isinstance(value.value, str):
                tokens = {token.strip() for token in value.value.split(",")}
                if tokens & {"all", "refresh-expire"} and "none" not in tokens:
                    yield value.lineno


def check(binary, package, folder):
    problems = []
    with tempfile.TemporaryDirectory() as tmp:
        copy = pathlib.Path(tmp) / "copy"
        shutil.copytree(folder, copy, symlinks=True)
        before = contents(copy)
        run(copy, "git", "init", "-q")
        patch = run(copy, binary, "diff", "--no-ignore", "--quiet")
        report = json.loads(run(copy, binary, "check", "--no-ignore", "--output-format", "json").stdout)
        fix = run(copy, binary, "fix", "--no-ignore", "--quiet")
        after = contents(copy)
        if fix.returncode or patch.returncode not in (0, 1):
            problems.append(f"exit statuses {patch.returncode} and {fix.returncode}: {fix.stderr.decode()[-300:]}")
        run(copy, binary, "fix", "--no-ignore", "--quiet")
        if contents(copy) != after:
            problems.append("a second fix changes something")
        changed = [name for name in after if after[name] != before[name]]
        for name in changed:
            (copy / name).write_bytes(before[name])
        if patch.stdout:
            applied = subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=copy, input=patch.stdout, capture_output=True)
            if applied.returncode or contents(copy) != after:
                problems.append(f"git apply and fix differ {applied.stderr.decode()[-300:]}")
        reported = {(finding["path"], finding["start"]["line"]) for finding in report["findings"]}
        for name, source in after.items():
            try:
                left = list(unsafe_literals(source)) if b"cascade" in source else []
            except SyntaxError as error:
                left = []
                if name in changed:
                    problems.append(f"{name} does not parse: {error}")
            problems += [f"{name}:{line} is left and not reported" for line in left if (name, line) not in reported]
    fixed = sum(1 for finding in report["findings"] if finding["fix"])
    print(f"{package}: {fixed} fixed in {len(changed)} files, {len(report['findings']) - fixed} for a human, {report['safe_sites']} safe", flush=True)
    return [f"{package}: {problem}" for problem in problems]


def main():
    work = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.gettempdir() + "/cascade-fix-corpus").resolve()
    work.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=HERE, check=True)
    binary = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")) / "release" / "cascade-fix"
    problems = []
    for package in sys.argv[2:] or PACKAGES:
        problems += check(str(binary), package, download(work, package))
    print("\n".join(problems) or "all hold")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
