#!/usr/bin/env python3
"""Measures `cascade-fix stream`, alone and on each engine, with one worker and with two, on this machine.

    scripts/fleet/measure.py WORK_DIRECTORY [--bin PROGRAM] [REPOSITORY ...]

Each figure is the median of three runs, taken in turn. Processor time is what the program used; what else runs on the machine disturbs it
less than the time on the clock, from which all other figures are.
"""
import collections, json, os, resource, statistics, subprocess, time

import answers, on_dask, on_parallel, on_spark, records, workbench

RUNS = 3


def program(binary, lines):
    """Runs it on a file of lines, and gives the processor's seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(lines) as given:
        subprocess.run([binary, *answers.STREAM], stdin=given, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def make_lines(files, work):
    """All records in one file; the same without `repo`; and a single one."""
    together, alone, one = work / "together.jsonl", work / "alone.jsonl", work / "one.jsonl"
    count = 0
    with open(together, "w") as every, open(alone, "w") as each:
        for path in files:
            for line in path.open():
                record = json.loads(line)
                every.write(line)
                del record["repo"]
                each.write(json.dumps(record) + "\n")
                count += 1
    one.write_text(json.dumps({"id": 1, "path": "a.py", "content": ""}) + "\n")
    return count, together, alone, one


def on_engines(args, files, sources, times):
    """Times each engine with one worker and with two; Spark's start is timed apart from its work."""
    for workers in 1, 2:
        times[f"GNU parallel, {workers}"].append(clock(lambda: on_parallel.find(args.bin, files, args.work / "measured.jsonl", workers)))
        times[f"Dask, {workers}"].append(clock(lambda: on_dask.find(args.bin, files, workers)))
        start = time.perf_counter()
        with on_spark.session(workers, args.work / "spark") as spark:
            spark.range(1).collect()
            times["Spark starts"].append(time.perf_counter() - start)
            command = [args.bin, *answers.STREAM]
            times[f"Spark, {workers}"].append(clock(lambda: on_spark.answer(spark, sources, command, 8, args.work / "measured")))


def clock(do):
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def main():
    args = workbench.enter(__doc__, *on_dask.PACKAGES, *on_spark.PACKAGES)
    repositories = workbench.repositories(args)
    files = records.write_lines(repositories, args.work / "lines")
    records.write_parquet(repositories, args.work / "sources")
    count, together, alone, one = make_lines(files, args.work)
    times = collections.defaultdict(list)
    for _ in range(RUNS):
        times["start"].append(clock(lambda: program(args.bin, one)))
        times["together, processor"].append(program(args.bin, together))
        times["alone, processor"].append(program(args.bin, alone))
        on_engines(args, files, args.work / "sources", times)
    times["Spark starts"] = times["Spark starts"][:1]  # later ones find the JVM running
    median = {name: statistics.median(values) for name, values in times.items()}
    print(f"{count} records, {together.stat().st_size / count / 1024:.1f} KiB each, of {len(repositories)} repositories; {os.cpu_count()} cores")
    print(f"a process starts and answers in {1000 * median['start']:.0f} ms; Spark starts in {median['Spark starts']:.1f} s")
    for kind in "together", "alone":
        print(f"files of a repository {kind}: {count / median[f'{kind}, processor']:.0f} records a second of a core")
    for engine in "GNU parallel", "Dask", "Spark":
        first, second = median[f"{engine}, 1"], median[f"{engine}, 2"]
        print(f"{engine}: {count / first:.0f} records a second with one worker, {count / second:.0f} with two: {first / second:.2f} times as fast")


if __name__ == "__main__":
    main()
