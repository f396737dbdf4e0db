#!/usr/bin/env python3
"""Counts, in Spark, how the cascades that have a finding are written, and draws it.

    scripts/fleet/census.py WORK_DIRECTORY [--bin PROGRAM] [REPOSITORY ...]

Prints how often each value has each finding and what becomes of it, and writes WORK_DIRECTORY/census.png and census.svg. All codes are selected,
the advice (CAS1) too. A cascade that has no finding isn't counted.
"""
import collections, os

import answers, on_spark, records, workbench

FIXES = {"safe": "#2a9d8f", "unsafe": "#e9c46a", "by hand": "#b5443c"}


def counts(answered, sources):
    """Rows of a value as it is written, a code, what becomes of it, and how often."""
    from pyspark.sql.functions import coalesce, explode, expr, lit, regexp_replace, when

    finding = answered.select("id", explode("findings").alias("finding")).select("id", "finding.*").join(sources.select("id", "content"), "id")
    written = expr("decode(substring(encode(content, 'UTF-8'), start.byte + 1, end.byte - start.byte), 'UTF-8')")
    plain = finding.withColumn("written", written).withColumn("inside", expr("regexp_extract(written, '^[A-Za-z]*[\\'\\\\\"]([^\\'\\\\\"]*)[\\'\\\\\"]$', 1)"))
    value = when(expr("inside != ''"), regexp_replace("inside", r"\s*,\s*", ", ")).when(expr("written = 'True'"), lit("True")).otherwise("(no plain string)")
    named = plain.select(value.alias("value"), "code", coalesce("fix.applicability", lit("by hand")).alias("fix"))
    return [tuple(row) for row in named.groupBy("value", "code", "fix").count().orderBy("count", ascending=False).collect()]


def draw(counted, total, repositories, folder):
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    most = collections.Counter()
    for value, _, _, count in counted:
        most[value] += count
    values = [value for value, _ in most.most_common(15)][::-1]
    _, axes = pyplot.subplots(figsize=(10, 0.4 * len(values) + 1.6), layout="constrained")
    left = [0] * len(values)
    for fix, color in FIXES.items():
        widths = [sum(count for value, _, kind, count in counted if (value, kind) == (each, fix)) for each in values]
        axes.barh(values, widths, left=left, color=color, label=fix)
        left = [before + width for before, width in zip(left, widths)]
    axes.bar_label(axes.containers[-1], labels=[str(width) for width in left], padding=3)
    axes.margins(x=0.08)
    axes.set(xlabel="findings", title=f"Cascades with a finding: {total} in {repositories} repositories")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(title="the fix is", frameon=False, loc="lower right")
    for kind in "png", "svg":
        pyplot.savefig(folder / f"census.{kind}", dpi=150)


def main():
    args = workbench.enter(__doc__, *on_spark.PACKAGES, "matplotlib==3.11.2")
    repositories = workbench.repositories(args)
    folder = args.work / "census"
    records.write_parquet(repositories, folder / "sources")
    with on_spark.session(os.cpu_count(), args.work / "spark") as spark:
        answered = on_spark.answer(spark, folder / "sources", [args.bin, *answers.STREAM, "--select", "CAS"], 8, folder / "answers")
        counted = counts(answered, spark.read.parquet(str(folder / "sources")))
        total = on_spark.found(answered).count()
    assert counted and sum(row[-1] for row in counted) == total, "each finding is counted once"
    print(f"{'value':<50} {'code':<7} {'fix':<8} count")
    for value, code, fix, count in counted:
        print(f"{value:<50} {code:<7} {fix:<8} {count:>5}")
    draw(counted, total, len(repositories), args.work)


if __name__ == "__main__":
    main()
