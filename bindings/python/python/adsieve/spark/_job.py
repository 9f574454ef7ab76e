"""The job: a manifest of archives to partitioned Parquet, batch by batch.

Each batch of archives becomes a partition `batch=N` of every table, and then a line of `progress`. A run that was ended
goes on behind the last batch that was noted: what an unfinished batch has written is written anew. Pages are scanned once
into `staging`, in one action whose tasks Spark commits once, and the tables are made from there: a worker that dies costs the
archives that it had in hand, which another scans, and neither loses nor doubles a row.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from ..arrow import _NESTED, table_schema
from ._counters import Counters
from ._engine import Settings
from ._source import open_archive
from ._warcs import Opener, scan_schema, scan_warcs


def write_tables(
    spark: SparkSession,
    paths: Sequence[str],
    output: str,
    *,
    batch: int | None = None,
    engine: Settings | None = None,
    opener: Opener = open_archive,
    quiet: bool = False,
) -> dict[str, int]:
    """Scans archives and writes `output/pages/batch=0/…`, `output/networks/…`, …, with the columns of
    `adsieve scan --format parquet`. Gives what was counted over all batches, earlier runs included.

    `batch` is how many archives make a batch, by default eight for each core of the cluster. A run goes on where an earlier
    one into the same `output` ended; raises `ValueError` if that one had other archives or another size of batch.
    """
    paths = list(paths)
    size = batch or _size_before(spark, output) or 8 * max(spark.sparkContext.defaultParallelism, 1)
    done = _progress(spark, output)
    for number, start in enumerate(range(0, len(paths), size)):
        archives = paths[start : start + size]
        digest = hashlib.sha256("\n".join(archives).encode()).hexdigest()
        if number in done:
            if done[number]["digest"] != digest:
                raise ValueError(f"batch {number} of {output} holds other archives: was it begun with another manifest or --batch?")
            continue
        begun = time.monotonic()
        counters = Counters.of(spark.sparkContext)
        pages = scan_warcs(spark, archives, first_archive=start, engine=engine, opener=opener, counters=counters)
        staging = f"{output}/staging/batch={number}"
        pages.write.mode("overwrite").parquet(staging)
        _write_batch(spark, spark.read.schema(scan_schema()).parquet(staging), output, number)
        done[number] = {"batch": number, "size": size, "digest": digest, **counters.values()}
        _note(spark, output, done[number])
        _delete(spark, staging)
        if not quiet:
            _tell(done[number], len(archives), time.monotonic() - begun)
    _delete(spark, f"{output}/staging")
    names = ("archives", "pages", "bad_archives", "bad_records")
    return {name: sum(row[name] for row in done.values()) for name in names}


def _write_batch(spark: SparkSession, pages: DataFrame, output: str, number: int) -> None:
    tables = flat_tables(pages)

    def write(name: str) -> None:
        tables[name].write.mode("overwrite").parquet(f"{output}/{name}/batch={number}")

    # The tables are jobs of their own, small beside the scan: together they keep the cluster busy.
    with ThreadPoolExecutor(len(tables)) as threads:
        list(threads.map(write, tables))


def flat_tables(pages: DataFrame) -> dict[str, DataFrame]:
    """The six tables out of pages with nested rows."""
    counts = [f.size(name).cast("long").alias(name) if name in _NESTED else f.col(name) for name in table_schema("pages").names]
    tables = {"pages": pages.select(*counts)}
    for name in _NESTED:
        rows = pages.select("page", f.explode(name).alias("row"))
        tables[name] = rows.select("page", *(f.col(f"row.{column}") for column in table_schema(name).names if column != "page"))
    return tables


def _progress(spark: SparkSession, output: str) -> dict[int, dict]:
    if not _exists(spark, f"{output}/progress"):
        return {}
    rows = spark.read.schema(_PROGRESS).json(f"{output}/progress/*").collect()
    return {row["batch"]: row.asDict() for row in rows}


_PROGRESS = (
    "batch long, size long, digest string, archives long, pages long, bad_archives long, bad_records long, problems array<string>"
)


def _size_before(spark: SparkSession, output: str) -> int | None:
    return next((row["size"] for row in _progress(spark, output).values()), None)


def _note(spark: SparkSession, output: str, row: dict) -> None:
    frame = spark.createDataFrame([row], _PROGRESS).coalesce(1)
    frame.write.mode("overwrite").json(f"{output}/progress/{row['batch']:06}")


def _hadoop_path(spark: SparkSession, path: str):
    context = spark.sparkContext
    hadoop = context._jvm.org.apache.hadoop.fs.Path(path)
    return hadoop.getFileSystem(context._jsc.hadoopConfiguration()), hadoop


def _exists(spark: SparkSession, path: str) -> bool:
    system, path = _hadoop_path(spark, path)
    return system.exists(path)


def _delete(spark: SparkSession, path: str) -> None:
    system, path = _hadoop_path(spark, path)
    system.delete(path, True)


def _tell(row: dict, archives: int, seconds: float) -> None:
    for problem in row["problems"]:
        print(f"warning: {problem}", file=sys.stderr)
    bad = f", {row['bad_archives']} archives and {row['bad_records']} records could not be read"
    bad = bad if row["bad_archives"] or row["bad_records"] else ""
    print(f"batch {row['batch']}: {archives} archives, {row['pages']} pages in {seconds:.1f} s{bad}", file=sys.stderr)
