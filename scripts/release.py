#!/usr/bin/env python3
"""The steps of a release that `.github/workflows/release.yml` takes, in such form that they run anywhere.

    scripts/release.py check TAG                        the tag names the version in Cargo.toml, and the changelog has a section for it
    scripts/release.py notes TAG                        prints that section
    scripts/release.py archive TARGET WHEELS FOLDER     packs the program of the one wheel in WHEELS for those who have no Python
    scripts/release.py try FOLDER                       unpacks the one archive in FOLDER and has it fix an example
    scripts/release.py checksums FOLDER                 writes FOLDER/SHA256SUMS
"""
import hashlib, pathlib, re, shutil, subprocess, sys, tempfile, tomllib, zipfile

HERE = pathlib.Path(__file__).resolve().parent.parent
BESIDE = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"]


def only(folder, pattern):
    found = sorted(pathlib.Path(folder).glob(pattern))
    if len(found) != 1:
        sys.exit(f"{folder} should have one {pattern}, and has {len(found)}")
    return found[0]


def notes(tag):
    """The changelog's section of the version."""
    changelog = (HERE / "CHANGELOG.md").read_text(encoding="utf-8")
    section = re.search(rf"^## \[?{re.escape(tag.removeprefix('v'))}\]?(?: [^\n]*)?\n(.*?)(?=^## |\Z)", changelog, re.M | re.S)
    if not section or not section[1].strip():
        sys.exit(f"CHANGELOG.md has no section for {tag}")
    return section[1].strip()


def check(tag):
    version = tomllib.loads((HERE / "Cargo.toml").read_text(encoding="utf-8"))["package"]["version"]
    if tag != f"v{version}":
        sys.exit(f"the tag is {tag}, and Cargo.toml has {version}")
    notes(tag)


def archive(target, wheels, folder):
    name = f"cascade-fix-{target}"
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(only(wheels, "*.whl")) as wheel:
        [program] = [member for member in wheel.namelist() if re.search(r"\.data/scripts/cascade-fix(\.exe)?$", member)]
        inside = pathlib.Path(scratch) / name
        inside.mkdir()
        binary = inside / pathlib.PurePosixPath(program).name
        binary.write_bytes(wheel.read(program))
        binary.chmod(0o755)
        for beside in BESIDE:
            shutil.copy(HERE / beside, inside)
        kind = "zip" if "windows" in target else "gztar"
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        print(shutil.make_archive(str(pathlib.Path(folder) / name), kind, scratch, name))


def try_out(folder):
    with tempfile.TemporaryDirectory() as scratch:
        shutil.unpack_archive(only(folder, "cascade-fix-*"), scratch)
        binary = only(scratch, "*/cascade-fix*")
        example = shutil.copytree(HERE / "testdata" / "example", pathlib.Path(scratch) / "example")
        subprocess.run([binary, "--version"], check=True)
        changed = subprocess.run([binary, "fix"], cwd=example, check=True, capture_output=True, text=True).stdout
        print(changed, end="")
        if not changed:
            sys.exit("the example has something to fix, and nothing was fixed")


def checksums(folder):
    files = sorted(path for path in pathlib.Path(folder).iterdir() if path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (pathlib.Path(folder) / "SHA256SUMS").write_text("".join(lines))


def main():
    steps = {"check": check, "notes": lambda tag: print(notes(tag)), "archive": archive, "try": try_out, "checksums": checksums}
    if len(sys.argv) < 2 or sys.argv[1] not in steps:
        sys.exit(__doc__)
    steps[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
