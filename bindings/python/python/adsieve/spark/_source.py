"""Opens archives wherever they lie, as binary streams."""

from __future__ import annotations

import urllib.request
from typing import IO
from urllib.parse import unquote, urlsplit

# Other names of what pyarrow knows.
_SCHEMES = {"s3a": "s3", "s3n": "s3", "gcs": "gs"}


def open_archive(path: str) -> str | IO[bytes]:
    """A local path as it is, anything else as a stream: `s3a://`, `gs://`, `hdfs://`, `abfss://` by pyarrow's file systems
    with the worker's own credentials, `http(s)://` by Python's standard library."""
    parts = urlsplit(path)
    scheme = _SCHEMES.get(parts.scheme, parts.scheme)
    if scheme in ("", "file"):
        return unquote(parts.path) if scheme else path
    if scheme in ("http", "https"):
        return urllib.request.urlopen(path, timeout=60)
    from pyarrow import fs

    system, inside = fs.FileSystem.from_uri(parts._replace(scheme=scheme).geturl())
    # The bytes as they are: content tells the compression, not the name.
    return system.open_input_stream(inside, compression=None, buffer_size=1 << 20)
