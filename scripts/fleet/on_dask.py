#!/usr/bin/env python3
"""Runs `cascade-fix stream` in a Dask bag whose partitions are files of records, one for each repository.

    scripts/fleet/on_dask.py WORK_DIRECTORY [--bin PROGRAM] [REPOSITORY ...]
"""
import os

import answers, records, workbench

PACKAGES = ["dask==2026.8.0", "pyarrow==26.0.1"]


def of_partition(lines, binary):
    return list(answers.read(answers.ask(lines, binary)))


def find(binary, files, workers):
    """The rows of files of records."""
    import dask.bag

    lines = dask.bag.read_text([str(path) for path in files])
    return lines.map_partitions(of_partition, binary).compute(scheduler="processes", num_workers=workers)


def main():
    args = workbench.enter(__doc__, *PACKAGES)
    repositories = workbench.repositories(args)
    rows = find(args.bin, records.write_lines(repositories, args.work / "lines"), os.cpu_count())
    answers.expect("Dask", rows, repositories, args.bin)


if __name__ == "__main__":
    main()
