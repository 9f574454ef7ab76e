"""Files of the job's output, wherever they lie: local paths as they are, anything else by pyarrow's file systems."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from pyarrow import fs

# Other names of what pyarrow knows.
_SCHEMES = {"s3a": "s3", "s3n": "s3", "gcs": "gs"}


def file_system(path: str) -> tuple[fs.FileSystem, str]:
    """The file system of a path or URL, and the path in it."""
    parts = urlsplit(path)
    scheme = _SCHEMES.get(parts.scheme, parts.scheme)
    if scheme in ("", "file"):
        return fs.LocalFileSystem(), unquote(parts.path) if scheme else path
    return fs.FileSystem.from_uri(parts._replace(scheme=scheme).geturl())
