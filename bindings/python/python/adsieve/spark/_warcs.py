"""Archives to pages, one archive a task."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

from .. import open as open_documents
from ..arrow import page_schema
from ._counters import Counters
from ._engine import Settings, engine_of, settle
from ._schema import spark_schema
from ._source import open_archive

# An archive's number stands in the upper half of its pages' numbers.
PAGE_BITS = 32

# Pages of a batch on the way to Spark.
_ROWS = 128

Opener = Callable[[str], str | IO[bytes]]

# What is done with an archive, by its path and its number.
ArchiveTask = Callable[[str, int], Iterator[pa.RecordBatch]]


def scan_schema() -> StructType:
    """The schema of `scan_warcs`: a row for a page, with its networks, bids, slots, requests and findings."""
    return spark_schema(page_schema())


def scan_warcs(
    spark: SparkSession,
    paths: Sequence[str],
    *,
    first_archive: int = 0,
    engine: Settings | None = None,
    opener: Opener = open_archive,
    counters: Counters | None = None,
) -> DataFrame:
    """Scans archives (WARC, WET, WACZ, HAR, zip, … or plain pages) to a DataFrame of pages.

    Each archive is a task and is read as a stream. `page` is unique and the same whenever and wherever it is computed: the
    archive's number in `paths`, counted from `first_archive`, times 2³², and the page's number in it.

    `engine` are arguments of `adsieve.Engine` (files must be there on every worker), `opener` turns a path into a local
    path or a binary stream. What cannot be read of an archive is passed over and counted in `counters`; so is an archive
    that is not there or may not be read. Any other error fails the task, and Spark tries it again.
    """
    counters = counters or Counters.of(spark.sparkContext)
    task = functools.partial(pages_of, engine=dict(engine or {}), opener=opener, counters=counters)
    return over_archives(spark, paths, task, scan_schema(), first_archive=first_archive)


def over_archives(spark: SparkSession, paths: Sequence[str], task: ArchiveTask, schema: StructType | str, *, first_archive: int = 0) -> DataFrame:
    """What `task(path, number)` yields for each archive, an archive a task of Spark's."""
    known = spark.sparkContext.broadcast(list(paths))
    run = functools.partial(_run_numbers, paths=known, first=first_archive, task=task)
    return spark.range(0, len(paths), 1, max(len(paths), 1)).mapInArrow(run, schema)


def _run_numbers(batches: Iterable[pa.RecordBatch], *, paths, first, task) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for number in batch.column(0).to_pylist():
            yield from task(paths.value[number], first + number)
    settle()


def pages_of(path: str, number: int, engine: Settings, opener: Opener, counters: Counters) -> Iterator[pa.RecordBatch]:
    """The pages of one archive; counts what is done and what cannot be read."""
    try:
        documents = open_documents(opener(path), path)
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        counters.bad_archives.add(1)
        counters.problems.add([f"{path}: {error}"])
        return
    for batch in engine_of(engine).scan_batches(documents, first_page=number << PAGE_BITS, rows=_ROWS):
        counters.pages.add(batch.num_rows)
        yield batch
    counters.archives.add(1)
    problems = documents.problems
    counters.bad_records.add(len(problems))
    if problems:
        counters.problems.add([f"{path}: {problem}" for problem in problems])
