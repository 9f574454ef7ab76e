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
from ._engine import Settings, engine_of
from ._schema import spark_schema
from ._source import open_archive

# An archive's number stands in the upper half of its pages' numbers.
PAGE_BITS = 32

# Pages of a batch on the way to Spark.
_ROWS = 128

Opener = Callable[[str], str | IO[bytes]]


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
    context = spark.sparkContext
    known = context.broadcast(list(paths))
    task = functools.partial(
        _scan_numbers,
        paths=known,
        first=first_archive,
        engine=dict(engine or {}),
        opener=opener,
        counters=counters or Counters.of(context),
    )
    return spark.range(0, len(paths), 1, max(len(paths), 1)).mapInArrow(task, scan_schema())


def _scan_numbers(batches: Iterable[pa.RecordBatch], *, paths, first, engine, opener, counters) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for number in batch.column(0).to_pylist():
            first_page = (first + number) << PAGE_BITS
            yield from _scan_archive(paths.value[number], first_page, engine, opener, counters)


def _scan_archive(path: str, first_page: int, settings, opener: Opener, counters: Counters) -> Iterator[pa.RecordBatch]:
    try:
        documents = open_documents(opener(path), path)
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        counters.bad_archives.add(1)
        counters.problems.add([f"{path}: {error}"])
        return
    for batch in engine_of(settings).scan_batches(documents, first_page=first_page, rows=_ROWS):
        counters.pages.add(batch.num_rows)
        yield batch
    counters.archives.add(1)
    problems = documents.problems
    counters.bad_records.add(len(problems))
    if problems:
        counters.problems.add([f"{path}: {problem}" for problem in problems])
