#!/usr/bin/env python3
"""Makes docs/report.svg: what `cascade-fix check --select CAS001` prints for testdata/example on a terminal, in its colours.

    scripts/picture.py [--binary BINARY]        seconds; rich comes from PyPI, into target/picture

The binary is target/release/cascade-fix, or that of CARGO_TARGET_DIR. `cargo test documentation` says when the picture is stale.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

HERE = pathlib.Path(__file__).resolve().parent.parent
RICH = "rich==15.0.0"
ARGUMENTS = ["check", "--select", "CAS001"]
WIDTH = 144


def in_environment():
    """Starts this script again in an environment that has rich."""
    folder = HERE / "target" / "picture"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", RICH], check=True)
    os.execv(python, [str(python), *sys.argv])


def printed(binary):
    """What the program prints, in a copy of the example."""
    with tempfile.TemporaryDirectory() as folder:
        example = shutil.copytree(HERE / "testdata" / "example", pathlib.Path(folder) / "example")
        # its root is here, and not where this repository is
        (example / ".git").mkdir()
        run = subprocess.run([binary, *ARGUMENTS, "--color", "always"], cwd=example, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
        if run.returncode != 1:
            sys.exit(f"{binary} ends with {run.returncode}:\n{run.stdout}")
        return run.stdout


def main():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target"))
    built = target / "release" / "cascade-fix"
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", type=pathlib.Path, default=built)
    options = parser.parse_args()
    try:
        from rich.console import Console
        from rich.text import Text
    except ImportError:
        in_environment()
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"), force_terminal=True, color_system="truecolor")
    console.print(Text(" ".join(["$ cascade-fix", *ARGUMENTS])))
    for line in printed(str(options.binary.resolve())).splitlines():
        text = Text.from_ansi(line)
        first, *rest = text.wrap(console, WIDTH) or [text]
        console.print(first, no_wrap=True)
        # the rest of a note goes on below where its text began, without colours, which it has none of
        begins = re.match(r"\s*=\s\w+:\s|\s*", text.plain.replace("|", " ")).end()
        behind = text.plain[len(first.plain) :].lstrip() if rest else ""
        for part in textwrap.wrap(behind, WIDTH - begins):
            console.print(Text(" " * begins + part), no_wrap=True)
    svg = console.export_svg(title="cascade-fix check")
    # the fonts of the one who looks: nothing is asked of a network
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace")
    # names of classes that stay the same from run to run
    svg = re.sub(r"terminal-\d+-", "t-", svg)
    (HERE / "docs" / "report.svg").write_text(svg)
    print(f"docs/report.svg: {len(svg.encode()) // 1024} KiB")


if __name__ == "__main__":
    main()
