#!/usr/bin/env python3
"""Runs `cascade-fix stream` in Spark: a parquet data set of sources goes in, one of findings comes out. Needs Java 17 or newer.

    scripts/fleet/on_spark.py WORK_DIRECTORY [--bin PROGRAM] [REPOSITORY ...]
"""
import contextlib, operator, os, shlex, sys

import answers, records, workbench

PACKAGES = ["pyspark==4.3.0", "pyarrow==26.0.1"]
PLACE = "struct<line:int,column:int,byte:int>"
FINDING = f"struct<code:string,message:string,start:{PLACE},end:{PLACE},fix:struct<applicability:string>>"
ANSWER = f"id string, path string, alone boolean, skipped string, error string, findings array<{FINDING}>"


@contextlib.contextmanager
def session(workers, scratch):
    """Spark on this machine, with so many tasks at a time."""
    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(f"local[{workers}]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false").config("spark.log.level", "ERROR")
    spark = builder.config("spark.driver.memory", "4g").config("spark.local.dir", str(scratch)).getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


def answer(spark, sources, command, partitions, folder):
    """Asks the command about a data set of sources, and writes and gives the data set of its answers.

    The files of a repository have to be in one partition, and stand together in it.
    """
    from pyspark.sql.functions import struct, to_json

    together = spark.read.parquet(str(sources)).repartition(partitions, "repo").sortWithinPartitions("repo", "path")
    lines = together.select(to_json(struct("*"))).rdd.map(operator.itemgetter(0))
    answered = spark.read.schema(ANSWER).json(lines.pipe(shlex.join(command), checkCode=True))
    answered.write.mode("overwrite").parquet(str(folder))
    return spark.read.parquet(str(folder))


def found(answered):
    """The findings of answers, each a row."""
    from pyspark.sql.functions import coalesce, explode, lit

    each = answered.select("id", explode("findings").alias("finding")).select("id", "finding.*")
    return each.select("id", "start.line", "start.column", "code", "message", coalesce("fix.applicability", lit("")).alias("fix"))


def main():
    args = workbench.enter(__doc__, *PACKAGES)
    repositories = workbench.repositories(args)
    sources, findings = args.work / "sources", str(args.work / "findings")
    records.write_parquet(repositories, sources)
    with session(os.cpu_count(), args.work / "spark") as spark:
        answered = answer(spark, sources, [args.bin, *answers.STREAM], 8, args.work / "answers")
        assert answered.where("error is not null").isEmpty(), "a record could not be read"
        found(answered).write.mode("overwrite").parquet(findings)
        rows = [answers.Row(*row) for row in spark.read.parquet(findings).collect()]
    answers.expect("Spark", rows, repositories, args.bin)


if __name__ == "__main__":
    main()
