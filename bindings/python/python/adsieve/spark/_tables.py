"""The tables of one archive as Parquet, written where it is scanned.

On their way through Java the rows of a page would cost more than the scan that found them.
"""

from __future__ import annotations

import uuid

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from ..arrow import table_schema, tables
from ._files import file_system

# Bytes of a table that are gathered into one row group.
_GROUP_BYTES = 16 << 20


class ArchiveTables:
    """Writes `folder/pages/NAME.parquet`, `folder/networks/NAME.parquet`, …

    The name is another one each time: of two attempts at the same archive, each has files of its own. A table without rows
    has no file.
    """

    def __init__(self, folder: str, archive: int):
        self._system, self._folder = file_system(folder)
        self._name = f"part-{archive:08}-{uuid.uuid4()}.parquet"
        self._waiting: dict[str, list[pa.Table]] = {}
        self._writers: dict[str, pq.ParquetWriter] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Takes pages with their nested rows."""
        for name, table in tables(batch).items():
            if table.num_rows:
                waiting = self._waiting.setdefault(name, [])
                waiting.append(table)
                if sum(one.nbytes for one in waiting) >= _GROUP_BYTES:
                    self._write(name)

    def _write(self, name: str) -> None:
        writer = self._writers.get(name)
        if writer is None:
            writer = self._writers[name] = open_table(self._system, f"{self._folder}/{name}/{self._name}", name)
        writer.write_table(pa.concat_tables(self._waiting.pop(name)))

    def close(self) -> list[str]:
        """Writes what is left; the files as paths below the folder."""
        for name in list(self._waiting):
            self._write(name)
        for writer in self._writers.values():
            writer.close()
        return [f"{name}/{self._name}" for name in self._writers]


def open_table(system: fs.FileSystem, path: str, table: str) -> pq.ParquetWriter:
    """A new Parquet file with the schema of a table."""
    if isinstance(system, fs.LocalFileSystem):  # all others make folders by themselves, or have none
        system.create_dir(path.rpartition("/")[0], recursive=True)
    return pq.ParquetWriter(path, table_schema(table), filesystem=system, compression="snappy")
