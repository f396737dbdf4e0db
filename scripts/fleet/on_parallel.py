#!/usr/bin/env python3
"""Runs `cascade-fix stream` under GNU parallel: a process for each repository, as many at a time as there are cores.

    scripts/fleet/on_parallel.py WORK_DIRECTORY [--bin PROGRAM] [REPOSITORY ...]
"""
import shlex, shutil, subprocess

import answers, records, workbench

JOB = ["parallel", "--will-cite", "--keep-order", "--halt", "now,fail=1"]


def find(binary, files, answered, jobs):
    """Writes the answers for files of records, in the order of the files."""
    command = shlex.join([binary, *answers.STREAM])
    with open(answered, "w") as out:
        subprocess.run([*JOB, "--jobs", str(jobs), f"{command} < {{}}", ":::", *files], check=True, stdout=out)


def main():
    args = workbench.enter(__doc__)
    if not shutil.which("parallel"):
        subprocess.run("apt-get update -qq && apt-get install -y -qq parallel", shell=True, check=True, stdout=subprocess.DEVNULL)
    repositories = workbench.repositories(args)
    answered = args.work / "parallel.jsonl"
    find(args.bin, records.write_lines(repositories, args.work / "lines"), answered, "100%")
    with open(answered) as lines:
        answers.expect("GNU parallel", answers.read(lines), repositories, args.bin)


if __name__ == "__main__":
    main()
