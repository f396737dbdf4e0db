"""What each script here begins with: its command line, an environment of its own, the program, and the repositories.

    scripts/fleet/SCRIPT.py WORK_DIRECTORY [--bin PROGRAM] [REPOSITORY ...]

A REPOSITORY is a folder, or a package from PyPI as NAME==VERSION; without any, the packages of scripts/corpus.py are taken.
What is installed and downloaded stays in WORK_DIRECTORY.
"""
import argparse, os, pathlib, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
import corpus


def enter(description, *packages):
    """The arguments; goes on in WORK_DIRECTORY's environment, which has the packages."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=pathlib.Path, help="keeps what is installed, downloaded and written")
    parser.add_argument("--bin", default=os.environ.get("CASCADE_FIX"), help="the program; else $CASCADE_FIX, else it is built")
    parser.add_argument("repositories", nargs="*", help="folders, or packages as NAME==VERSION")
    args = parser.parse_intermixed_args()
    args.work = args.work.resolve()
    environment = args.work / "venv"
    python = str(environment / "bin" / "python")
    if pathlib.Path(sys.prefix) != environment:
        if not environment.is_dir():
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        if packages:
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True)
        os.execv(python, [python, *sys.argv])
    args.bin = os.path.abspath(args.bin) if args.bin else build()
    return args


def build():
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    return str(pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "cascade-fix")


def repositories(args):
    """The folders of the repositories."""
    downloads = args.work / "packages"
    downloads.mkdir(exist_ok=True)
    given = args.repositories or corpus.PACKAGES
    return [pathlib.Path(name).resolve() if os.path.isdir(name) else corpus.download(downloads, name) for name in given]
