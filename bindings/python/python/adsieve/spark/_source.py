"""Opens archives wherever they lie, as binary streams."""

from __future__ import annotations

import urllib.request
from typing import IO
from urllib.parse import urlsplit

from ._files import file_system


def open_archive(path: str) -> str | IO[bytes]:
    """A local path as it is, anything else as a stream: `s3a://`, `gs://`, `hdfs://`, `abfss://` by pyarrow's file systems
    with the worker's own credentials, `http(s)://` by Python's standard library."""
    scheme = urlsplit(path).scheme
    if scheme in ("http", "https"):
        return urllib.request.urlopen(path, timeout=60)
    system, inside = file_system(path)
    if scheme in ("", "file"):
        return inside
    # The bytes as they are: content tells the compression, not the name.
    return system.open_input_stream(inside, compression=None, buffer_size=1 << 20)
