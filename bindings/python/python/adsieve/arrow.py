"""Reports of pages as Arrow batches, and columns of pages and texts out of them. Needs pyarrow.

A row stands for a page: the columns of the table `pages` that `adsieve scan --format parquet` writes, where a count of
`networks`, `bids`, `slots`, `requests` or `findings` gives way to the rows themselves, a list of structs with the columns
of that table. `tables()` makes the six flat tables out of such batches.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from . import _native

if TYPE_CHECKING:
    from ._engine import Engine

_TYPES = {"text": pa.string(), "json": pa.string(), "number": pa.int64(), "list": pa.list_(pa.field("element", pa.string(), nullable=False))}
_COLUMNS: dict[str, list[tuple[str, str]]] = _native.table_columns()
TABLES = list(_COLUMNS)
"""`pages`, `networks`, `bids`, `slots`, `requests`, `findings`."""
_NESTED = [table for table in TABLES if table != "pages"]


@cache
def table_schema(table: str) -> pa.Schema:
    """The schema of one of the `TABLES`."""
    return pa.schema([pa.field(name, _TYPES[kind], nullable=kind != "list") for name, kind in _COLUMNS[table]])


@cache
def _row_type(table: str) -> pa.DataType:
    return pa.struct([field for field in table_schema(table) if field.name != "page"])


@cache
def page_schema() -> pa.Schema:
    """The schema of pages with their networks, bids, slots, requests and findings."""
    fields = []
    for field in table_schema("pages"):
        if field.name in _NESTED:
            field = pa.field(field.name, pa.list_(pa.field("element", _row_type(field.name), nullable=False)), nullable=True)
        fields.append(field)
    return pa.schema(fields)


def nested_batch(filled: dict[str, Any]) -> pa.RecordBatch:
    """A batch out of the columns that the engine has filled."""
    rows, _, columns = filled["pages"]
    arrays = []
    for (name, kind), column in zip(_COLUMNS["pages"], columns):
        arrays.append(_rows_of_pages(name, rows, filled[name]) if name in _NESTED else _array(kind, rows, column))
    return pa.RecordBatch.from_arrays(arrays, schema=page_schema())


def _rows_of_pages(table: str, pages: int, filled: tuple[int, bytes, list[Any]]) -> pa.Array:
    rows, ends, columns = filled
    kinds = _COLUMNS[table]
    arrays = [_array(kind, rows, column) for (name, kind), column in zip(kinds, columns) if name != "page"]
    structs = pa.StructArray.from_buffers(_row_type(table), rows, [None], children=arrays)
    return pa.ListArray.from_buffers(page_schema().field(table).type, pages, [None, pa.py_buffer(ends)], children=[structs])


def _array(kind: str, rows: int, column: tuple[Any, ...]) -> pa.Array:
    first, *buffers = column
    buffers = [pa.py_buffer(buffer) for buffer in buffers]
    if kind == "list":
        ends, item_ends, data = buffers
        items = pa.StringArray.from_buffers(first, item_ends, data)
        return pa.ListArray.from_buffers(_TYPES["list"], rows, [None, ends], children=[items])
    valid = buffers[0] if first else None
    return pa.Array.from_buffers(_TYPES[kind], rows, [valid, *buffers[1:]], null_count=first)


def text_column(array: pa.Array) -> dict[str, Any]:
    """The buffers of a column of texts or bytes, for the engine to read where they lie."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        array, kind = array.dictionary_decode(), kind.value_type
    if kind == pa.string_view() or kind == pa.null():
        kind = pa.large_string()
    elif kind == pa.binary_view() or pa.types.is_fixed_size_binary(kind):
        kind = pa.large_binary()
    array = array.cast(kind)
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if not is_text and not pa.types.is_binary(kind) and not pa.types.is_large_binary(kind):
        raise TypeError(f"a column of pages or texts holds strings or bytes, not {kind}")
    valid, offsets, data = (memoryview(buffer).cast("B") if buffer else None for buffer in array.buffers())
    return {
        "length": len(array),
        "offset": array.offset,
        "is_large": pa.types.is_large_string(kind) or pa.types.is_large_binary(kind),
        "is_text": is_text,
        "valid": valid,
        "offsets": offsets,
        "data": data,
    }


def scan_batch(engine: Engine, batch: pa.RecordBatch, html: str, url: str | None, first_page: int = 0) -> pa.RecordBatch:
    """See `Engine.scan_arrow`."""
    pages = text_column(batch.column(html))
    urls = text_column(batch.column(url)) if url is not None else None
    return nested_batch(engine.scan_column(pages, urls, first_page))


def clean_column(engine: Engine, array: pa.Array) -> tuple[pa.Array, pa.Array]:
    """A column of texts without leaked ad code, and how many cuts each text took."""
    offsets, data, cuts = engine.clean_column(text_column(array))
    counts = pa.array(cuts, pa.int32())
    valid = None
    if counts.null_count:
        valid = pa.array([count is not None for count in cuts], pa.bool_()).buffers()[1]
    cleaned = pa.Array.from_buffers(pa.large_string(), len(cuts), [valid, pa.py_buffer(offsets), pa.py_buffer(data)])
    return cleaned, counts


def tables(batch: pa.RecordBatch) -> dict[str, pa.Table]:
    """The six flat tables of some pages, as `--format parquet` writes them."""
    flat = {}
    counts = []
    for field in table_schema("pages"):
        column = batch.column(field.name)
        counts.append(pc.list_value_length(column).cast(pa.int64()) if field.name in _NESTED else column)
    flat["pages"] = pa.Table.from_arrays(counts, schema=table_schema("pages"))
    for name in _NESTED:
        lists = batch.column(name)
        pages = pc.take(batch.column("page"), pc.list_parent_indices(lists))
        rows = pc.list_flatten(lists)
        columns = [pages, *(rows.field(field.name) for field in table_schema(name) if field.name != "page")]
        flat[name] = pa.Table.from_arrays(columns, schema=table_schema(name))
    return flat
