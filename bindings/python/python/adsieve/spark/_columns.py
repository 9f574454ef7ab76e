"""Columns of pages and texts."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import IntegerType, StringType, StructField, StructType

from .. import arrow
from ._engine import Settings, engine_of
from ._schema import spark_type

# Columns of a page that say where a file lies.
_OF_FILES = ("page", "path", "entry")


def _report_type() -> pa.DataType:
    return pa.struct([field for field in arrow.page_schema() if field.name not in _OF_FILES])


def scan_pages(
    df: DataFrame,
    html_col: str,
    url_col: str | None = None,
    *,
    into: str = "adsieve",
    keep_html: bool = False,
    engine: Settings | None = None,
) -> DataFrame:
    """Scans a column of HTML (strings, or bytes as they were served) and adds the reports as the struct `into`.

    Its fields are those of `scan_warcs` but for `page`, `path` and `entry`. The HTML is left out of the result unless
    `keep_html` asks for it. A null page has a null report.
    """
    kept = [field for field in df.schema if (keep_html or field.name != html_col) and field.name != into]
    schema = StructType([*kept, StructField(into, spark_type(_report_type()), True)])
    task = functools.partial(
        _scan_column, html=html_col, url=url_col, kept=[field.name for field in kept], engine=dict(engine or {})
    )
    return df.mapInArrow(task, schema)


def _scan_column(batches: Iterable[pa.RecordBatch], *, html, url, kept, engine) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        scanned = engine_of(engine).scan_arrow(batch, html, url)
        fields = list(_report_type())
        columns = [scanned.column(field.name) for field in fields]
        is_null = batch.column(html).is_null() if batch.column(html).null_count else None
        reports = pa.StructArray.from_arrays(columns, fields=fields, mask=is_null)
        yield pa.RecordBatch.from_arrays([*(batch.column(name) for name in kept), reports], names=[*kept, "report"])


def clean_texts(
    df: DataFrame, text_col: str, *, into: str | None = None, cuts: str | None = None, engine: Settings | None = None
) -> DataFrame:
    """Cuts leaked ad code out of a column of texts; every other byte stays.

    The cleaned text takes the place of the old one, or stands in the column `into`. `cuts` names a column for how many
    cuts each text took.
    """
    target = into or text_col
    added = [StructField(target, StringType(), True)] + ([StructField(cuts, IntegerType(), True)] if cuts else [])
    names = {field.name for field in added}
    kept = [field for field in df.schema if field.name not in names]
    task = functools.partial(
        _clean_column, text=text_col, kept=[field.name for field in kept], has_cuts=cuts is not None, engine=dict(engine or {})
    )
    cleaned = df.mapInArrow(task, StructType([*kept, *added]))
    order = [name for name in df.columns if name in cleaned.columns]
    return cleaned.select(*order, *(name for name in cleaned.columns if name not in order))


def _clean_column(batches: Iterable[pa.RecordBatch], *, text, kept, has_cuts, engine) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        cleaned, counts = arrow.clean_column(engine_of(engine), batch.column(text))
        columns = [*(batch.column(name) for name in kept), cleaned.cast(pa.string()), *([counts] if has_cuts else [])]
        yield pa.RecordBatch.from_arrays(columns, names=[str(number) for number in range(len(columns))])
