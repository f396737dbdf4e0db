#!/usr/bin/env python3
"""Counts how many files that `ruff format --check` accepts it still accepts after `cascade-fix fix`, on real packages.

    scripts/layout.py [WORK_DIRECTORY] [PACKAGE==VERSION | FOLDER ...]

Downloads the packages of scripts/corpus.py (kept in WORK_DIRECTORY) and ruff (from PyPI, into an environment there; or $RUFF). Each
package is tried as it is, with its own configuration, and as copies that ruff has formatted first, with several line lengths,
with tabs, with two blanks and without magic trailing commas. Only files that the fix changes count. The files that are no longer
accepted are listed with what ruff would change. Exit status 1 if fewer than 99 in 100 are.
"""
import os, pathlib, re, shutil, subprocess, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from corpus import HERE, PACKAGES, download

VARIANTS = {
    "as it is": None,
    "79 columns": "line-length = 79",
    "88 columns": "line-length = 88",
    "100 columns": "line-length = 100",
    "120 columns": "line-length = 120",
    "tabs": 'line-length = 88\nformat.indent-style = "tab"',
    "two blanks": "line-length = 80\nindent-width = 2",
    "no magic comma": "line-length = 88\nformat.skip-magic-trailing-comma = true",
}


def install_ruff(work):
    if os.environ.get("RUFF"):
        return os.environ["RUFF"]
    environment = work / "ruff"
    if not (environment / "bin" / "ruff").exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([environment / "bin" / "pip", "install", "-q", "--disable-pip-version-check", "ruff"], check=True)
    return str(environment / "bin" / "ruff")


def copy_of(folder, target):
    """What matters of a package: its configuration, and the files in which a cascade can be."""
    target.mkdir()
    for path in folder.rglob("*"):
        is_configuration = path.name in ("pyproject.toml", "ruff.toml", ".ruff.toml", ".editorconfig")
        if path.is_file() and not path.is_symlink() and (is_configuration or path.suffix == ".py" and b"cascade" in path.read_bytes()):
            place = target / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def refused(ruff, folder, names):
    """The files that ruff would change, or can't read."""
    if not names:
        return set()
    done = subprocess.run([ruff, "format", "--check", "--no-cache", *names], cwd=folder, capture_output=True, text=True, timeout=600)
    output = done.stdout + done.stderr
    return {name for name in names if re.search(rf"(?:^|[\s/`]){re.escape(name)}(?:$|[:\s`])", output, re.MULTILINE)}


def measure(ruff, binary, package, variant, settings):
    """The files that the fix changes and ruff accepts before, and those of them that it does not accept afterwards."""
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp) / "copy"
        copy_of(package, folder)
        if settings is not None:
            for path in [*folder.rglob("*.toml"), *folder.rglob(".editorconfig")]:
                path.unlink()
            (folder / "ruff.toml").write_text(settings + "\n")
            subprocess.run([ruff, "format", "-q", "--no-cache", "."], cwd=folder, capture_output=True, timeout=600)
        before = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.py")}
        accepted = set(before) - refused(ruff, folder, sorted(before))
        subprocess.run([binary, "fix", "--no-ignore", "--quiet"], cwd=folder, capture_output=True, timeout=600)
        changed = sorted(name for name in accepted if (folder / name).read_bytes() != before[name])
        left = refused(ruff, folder, changed)
        for name in sorted(left):
            diff = subprocess.run([ruff, "format", "--diff", "--no-cache", name], cwd=folder, capture_output=True, text=True).stdout
            print(f"--- {package.name}, {variant}: {name}\n{diff}", flush=True)
        return len(changed), len(left)


def main():
    work = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.gettempdir() + "/cascade-fix-corpus").resolve()
    work.mkdir(parents=True, exist_ok=True)
    ruff = install_ruff(work)
    binary = os.environ.get("CASCADE_FIX")
    if not binary:
        subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=HERE, check=True)
        binary = str(pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")) / "release" / "cascade-fix")
    packages = [pathlib.Path(name).resolve() if "==" not in name else download(work, name) for name in sys.argv[2:] or PACKAGES]
    passed = True
    for variant, settings in VARIANTS.items():
        counts = [measure(ruff, binary, package, variant, settings) for package in packages]
        changed, left = (sum(column) for column in zip(*counts))
        passed &= 100 * (changed - left) >= 99 * changed
        print(f"{variant}: {changed - left} of {changed} changed files are still accepted", flush=True)
    sys.exit(not passed)


if __name__ == "__main__":
    main()
