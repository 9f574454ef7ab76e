"""The job: a manifest of archives to partitioned Parquet, batch by batch.

Each batch of archives becomes a partition `batch=N` of every table, and then a line of `progress`. A run that was ended
goes on behind the last batch that was noted: what an unfinished batch has written is written anew. Tasks write the tables of
their archives into `staging`, under names of their own, and tell Spark the names; Spark takes the result of one attempt for each
task, and only the files of these attempts move to their tables. A worker that dies costs the archives that it had in hand, which
another scans, and neither loses nor doubles a row.
"""

from __future__ import annotations

import functools
import hashlib
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
from pyspark.sql import SparkSession

from ..arrow import TABLES
from ._counters import Counters
from ._engine import Settings
from ._files import file_system
from ._source import open_archive
from ._tables import ArchiveTables, open_table
from ._warcs import Opener, over_archives, pages_of

# Files that are moved at a time: an object store copies them, one request after the other.
_MOVES = 16


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
    one into the same `output` ended; raises `ValueError` if that one had other archives or another size of batch. Workers
    write through pyarrow's file systems, with credentials of their own.
    """
    paths = list(paths)
    output = _qualified(spark, output)
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
        staging = f"{output}/staging/batch={number}"
        _delete(spark, staging)
        task = functools.partial(_write_archive, folder=staging, engine=dict(engine or {}), opener=opener, counters=counters)
        written = over_archives(spark, archives, task, "name string", first_archive=start).collect()
        _publish(spark, output, number, [row.name for row in written])
        done[number] = {"batch": number, "size": size, "digest": digest, **counters.values()}
        _note(spark, output, done[number])
        _delete(spark, staging)
        if not quiet:
            _tell(done[number], len(archives), time.monotonic() - begun)
    _delete(spark, f"{output}/staging")
    names = ("archives", "pages", "bad_archives", "bad_records")
    return {name: sum(row[name] for row in done.values()) for name in names}


def _write_archive(path: str, number: int, *, folder, engine, opener, counters) -> Iterator[pa.RecordBatch]:
    """The task: the names of the files that it wrote, below the folder."""
    files = ArchiveTables(folder, number)
    for batch in pages_of(path, number, engine, opener, counters):
        files.add(batch)
    yield pa.RecordBatch.from_arrays([pa.array(files.close(), pa.string())], names=["name"])


def _publish(spark: SparkSession, output: str, number: int, names: Iterable[str]) -> None:
    """Moves files out of `staging` into their tables, in place of what an ended run has left there."""
    by_table: dict[str, list[str]] = {name: [] for name in TABLES}
    for name in names:
        table, _, file = name.partition("/")
        by_table[table].append(file)
    system, _ = _hadoop_path(spark, output)

    def move(table: str, file: str) -> None:
        source, target = f"{output}/staging/batch={number}/{table}/{file}", f"{output}/{table}/batch={number}/{file}"
        if not system.rename(_hadoop_path(spark, source)[1], _hadoop_path(spark, target)[1]):
            raise OSError(f"{source} could not be moved to {target}")

    with ThreadPoolExecutor(_MOVES) as threads:
        moves = []
        for table, files in by_table.items():
            partition = f"{output}/{table}/batch={number}"
            _delete(spark, partition)
            system.mkdirs(_hadoop_path(spark, partition)[1])
            if not files:
                # So that who reads the table learns its columns.
                open_table(*file_system(f"{partition}/part-empty.parquet"), table).close()
            moves += [threads.submit(move, table, file) for file in files]
        for each in moves:
            each.result()


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
    system, path = _hadoop_path(spark, f"{output}/progress/{row['batch']:06}.json")
    stream = system.create(path, True)
    stream.write(bytearray(json.dumps(row).encode() + b"\n"))
    stream.close()


def _hadoop_path(spark: SparkSession, path: str):
    context = spark.sparkContext
    hadoop = context._jvm.org.apache.hadoop.fs.Path(path)
    return hadoop.getFileSystem(context._jsc.hadoopConfiguration()), hadoop


def _exists(spark: SparkSession, path: str) -> bool:
    system, path = _hadoop_path(spark, path)
    return system.exists(path)


def _qualified(spark: SparkSession, path: str) -> str:
    """The path with its scheme, as Hadoop takes one without: the workers' file systems do not know its default."""
    system, path = _hadoop_path(spark, path)
    return str(system.makeQualified(path).toString())


def _delete(spark: SparkSession, path: str) -> None:
    system, path = _hadoop_path(spark, path)
    system.delete(path, True)


def _tell(row: dict, archives: int, seconds: float) -> None:
    for problem in row["problems"]:
        print(f"warning: {problem}", file=sys.stderr)
    bad = f", {row['bad_archives']} archives and {row['bad_records']} records could not be read"
    bad = bad if row["bad_archives"] or row["bad_records"] else ""
    print(f"batch {row['batch']}: {archives} archives, {row['pages']} pages in {seconds:.1f} s{bad}", file=sys.stderr)
